"""A member's own progress, shown to them, posted or shared with others, and a server's: cards with buttons."""

from __future__ import annotations

import logging
from collections.abc import Collection
from enum import Enum
from typing import Any

import discord

from bot.catalogs import Library
from bot.discord_io.bot import Interaction
from bot.discord_io.buttons import CATALOG, NextStepButton, PersistentItem, acknowledge
from bot.discord_io.cards import Card, notice
from bot.discord_io.failures import ran_out
from bot.discord_io.languages import shared_language
from bot.discord_io.membership import CANDIDATES
from bot.discord_io.refusals import REQUEST_ERRORS, refusal_of, sentence_of, why
from bot.discord_io.text import name_of
from bot.features.progress.cards import picture_file, picture_groups, progress_blocks, server_lines, shared_card
from bot.features.progress.pictures import Pictures
from bot.language import N_, Language
from bot.progress import tally

log = logging.getLogger(__name__)


class Share(Enum):
    """What a button does; the value stands for it in a custom_id."""

    POST = "post"
    OPEN = "share"
    CLOSE = "stop"
    SERVER = "server"
    POST_SERVER = "post-server"


LABELS = {
    Share.POST: N_("Post here"),
    Share.OPEN: N_("Share my progress"),
    Share.CLOSE: N_("Stop sharing"),
    Share.SERVER: N_("This server"),
    Share.POST_SERVER: N_("Post here"),
}
OPENED = N_("Sharing is on. Nothing was posted.")
WITHDRAWN = N_("Sharing is off. Earlier posts stay.")
OPEN = N_("Anyone who shares a server with you can see this with `/progress member:`, and server numbers count you.")
PRIVATE = N_("Only you can see this.")


class ShareButton(PersistentItem, template=rf"progress:{CATALOG}:(?P<share>{'|'.join(one.value for one in Share)})"):
    """Posts the progress of the member who presses it, shares it or stops that, or shows the server's."""

    costly = True

    @classmethod
    def of(cls, library: Library, share: Share, language: Language) -> discord.ui.Button[Any]:
        """For one of the things that can be done."""
        custom_id = f"progress:{library.catalog.id}:{share.value}"
        return discord.ui.Button(label=language.t(LABELS[share]), custom_id=custom_id)

    async def press(self, interaction: Interaction, library: Library) -> None:
        """Do it, and show how it is now."""
        await acknowledge(interaction)
        share = Share(self.state["share"])
        if share in (Share.SERVER, Share.POST_SERVER):
            await show_server(interaction, library, post=share is Share.POST_SERVER)
        else:
            await show_own(interaction, library, share)


def own_card(
    library: Library, done: Collection[str], language: Language, *, is_open: bool, on_server: bool, remark: str = ""
) -> Card:
    """A member's own progress, to be sent with `picture_file`, with what they can do with it; `is_open` says that
    others can see it, `on_server` that there are others to post it to."""
    actions = [Share.CLOSE if is_open else Share.OPEN, *((Share.POST, Share.SERVER) if on_server else ())]
    buttons = [] if tally(library.catalog, done).complete else [NextStepButton.of(library, language)]
    buttons += [ShareButton.of(library, one, language) for one in actions]
    text = "\n".join(f"-# {line}" for line in filter(None, (remark, language.t(OPEN if is_open else PRIVATE))))
    blocks = progress_blocks(library, done, language)
    return Card([*blocks, discord.ui.TextDisplay(text), discord.ui.ActionRow(*buttons)])


async def show_own(interaction: Interaction, library: Library, share: Share | None = None) -> None:
    """Do what a member wants with their progress, and answer with their own card, privately.

    Posting and sharing are two things: neither does the other. The interaction was acknowledged.
    """
    bot, user, language = interaction.client, interaction.user, interaction.client.language_for(interaction)
    done = library.finished(await bot.store.marks.of(user.id))
    remark = ""
    if share is Share.OPEN:
        await bot.store.marks.share(user.id, bot.clock())
        if interaction.guild_id is not None:
            bot.membership.remember(interaction.guild_id, user.id)
        remark = language.t(OPENED)
    elif share is Share.CLOSE:
        await bot.store.marks.unshare(user.id)
        remark = language.t(WITHDRAWN)
    elif share is Share.POST:
        shared = await shared_language(interaction)
        card = shared_card(library, done, name_of(user, shared), shared)
        remark = await _posted(interaction, card, language, await _file(interaction, library, done, shared))
    is_open = await bot.store.marks.shared_since(user.id) is not None
    on_server = interaction.guild_id is not None
    own = own_card(library, done, language, is_open=is_open, on_server=on_server, remark=remark)
    await interaction.edit_original_response(view=own, attachments=[await _file(interaction, library, done, language)])


async def show_other(interaction: Interaction, library: Library, other: discord.Member) -> None:
    """Answer with the progress of a member who shares theirs; the interaction was deferred."""
    language = interaction.client.language_for(interaction)
    done = library.finished(await interaction.client.store.marks.of(other.id))
    card = shared_card(library, done, name_of(other, language), language)
    await interaction.edit_original_response(view=card, attachments=[await _file(interaction, library, done, language)])


async def show_server(interaction: Interaction, library: Library, *, post: bool) -> None:
    """Answer with how far the members of a server are who share their progress; the interaction was acknowledged."""
    bot, language = interaction.client, interaction.client.language_for(interaction)
    guild = bot.get_guild(interaction.guild_id or 0)
    if guild is None:
        # A member may use the bot from their own account on a server that does not have it.
        not_here = language.t("I'm not on this server, so I can't tell who is.")
        await interaction.edit_original_response(view=notice(not_here), attachments=[])
        return
    pages = [page for resource in library.catalog for page in resource.pages]
    sharing = await bot.store.marks.sharing_finishers(pages, CANDIDATES)
    here, complete = await bot.membership.present(guild, sharing)
    counts = library.count_by_resource(await bot.store.marks.counts(here))

    def lines(language: Language) -> str:
        return "\n".join(server_lines(library, len(here), counts, language, complete=complete))

    shared = Card([discord.ui.TextDisplay(lines(await shared_language(interaction)))]) if post else None
    remark = f"\n-# {await _posted(interaction, shared, language)}" if shared else ""
    text: discord.ui.TextDisplay[Any] = discord.ui.TextDisplay(lines(language) + remark)
    row = [discord.ui.ActionRow[Any](ShareButton.of(library, Share.POST_SERVER, language))] if here else []
    await interaction.edit_original_response(view=Card([text, *row]), attachments=[])


async def _posted(interaction: Interaction, card: Card, language: Language, *files: discord.File) -> str:
    """Post a card for everyone where the member is; returns what became of it."""
    if (held_back := interaction.client.gate.not_shared(interaction)) is not None:
        return held_back
    try:
        message = await interaction.followup.send(view=card, files=files, wait=True)
    except REQUEST_ERRORS as error:
        if ran_out(error):
            raise
        log.info("Discord did not take a post for everyone: %s", sentence_of(error))
        return language.t("Not posted: {reason}.", reason=why(refusal_of(error).reason, language))
    if message.flags.ephemeral:
        return language.t("Discord keeps my posts private here, so only you can see it.")
    return language.t("Posted. It won't update.")


async def _file(interaction: Interaction, library: Library, done: Collection[str], language: Language) -> discord.File:
    return picture_file(await Pictures.of(interaction.client).png(picture_groups(library, done), language))
