"""A member's own progress, shown to them, posted once, or open to others."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import discord

from bot.catalogs import Library
from bot.discord_io.bot import Interaction
from bot.discord_io.buttons import CATALOG, NextStepButton, PersistentItem, acknowledge
from bot.discord_io.cards import Card
from bot.features.progress import words
from bot.features.progress.cards import picture_file, picture_groups, progress_blocks, shared_card
from bot.features.progress.pictures import Pictures
from bot.features.progress.words import Share
from bot.language import ENGLISH
from bot.progress import tally


def own_card(library: Library, done: Collection[str], *, is_open: bool, remark: str = "") -> Card:
    """A member's own progress, to be sent with `picture_file`, with what they can do with it; `is_open` says that
    others may look at it."""
    buttons = [] if tally(library.catalog, done).complete else [NextStepButton.of(library, ENGLISH)]
    buttons += [ShareButton.of(library, one) for one in (Share.POST, Share.CLOSE if is_open else Share.OPEN)]
    said = discord.ui.TextDisplay[Any](f"-# {remark or words.whose(is_open=is_open)}")
    return Card([*progress_blocks(library, done), said, discord.ui.ActionRow(*buttons)])


async def share(interaction: Interaction, library: Library, pictures: Pictures, wanted: Share | None) -> None:
    """Do what a member wants with their progress, None: nothing, and answer with their own card, privately.

    Posting and letting others look are two things: neither does the other. The interaction was deferred.
    """
    bot, user = interaction.client, interaction.user
    if wanted is Share.OPEN:
        await bot.store.marks.share(user.id, bot.clock())
    elif wanted is Share.CLOSE:
        await bot.store.marks.unshare(user.id)
    done = library.finished(await bot.store.marks.of(user.id))
    is_open = await bot.store.marks.shared_since(user.id) is not None
    held_back = bot.gate.not_shared(interaction) if wanted is Share.POST else None
    remarks = {Share.POST: words.POSTED, Share.OPEN: words.OPENED, Share.CLOSE: words.WITHDRAWN}
    remark = held_back or (remarks[wanted] if wanted is not None else "")
    await _show(
        interaction, own_card(library, done, is_open=is_open, remark=remark), await _file(pictures, library, done)
    )
    if wanted is Share.POST and held_back is None:
        card = shared_card(library, done, user.display_name)
        await interaction.followup.send(view=card, file=await _file(pictures, library, done))


async def show_other(
    interaction: Interaction, library: Library, pictures: Pictures, other: discord.Member, done: Collection[str]
) -> None:
    """Answer with the progress of somebody who lets others look."""
    await _show(interaction, shared_card(library, done, other.display_name), await _file(pictures, library, done))


async def _file(pictures: Pictures, library: Library, done: Collection[str]) -> discord.File:
    return picture_file(await pictures.png(picture_groups(library, done)))


async def _show(interaction: Interaction, card: Card, file: discord.File) -> None:
    await interaction.edit_original_response(view=card, attachments=[file])


class ShareButton(PersistentItem, template=rf"progress:{CATALOG}:(?P<share>post|open|close)"):
    """Posts the progress of whoever presses it, or lets others look at it, or ends that."""

    @classmethod
    def of(cls, library: Library, share: Share) -> discord.ui.Button[Any]:
        """For one of the things that can be done."""
        labels = {Share.POST: words.POST, Share.OPEN: words.LET_LOOK, Share.CLOSE: words.STOP}
        return discord.ui.Button(label=labels[share], custom_id=f"progress:{library.catalog.id}:{share.value}")

    costly = True

    async def press(self, interaction: Interaction, library: Library) -> None:
        """Do it, and show their own card with how it is now."""
        await acknowledge(interaction)
        await share(interaction, library, Pictures.of(interaction.client), Share(self.state["share"]))
