"""/progress: how far a member is, or another who shares it, or a server together."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.membership import CANDIDATES, Membership
from bot.library import Library
from bot.picture import draw_path
from bot.store import Store
from bot.views.cards import Card, notice
from bot.views.progress_card import picture_file, picture_groups, progress_card, server_card
from bot.views.text import echo

NEEDS_SERVER = "That works on a server only: here there is nobody else to look at. `/progress` alone shows your own."
NOT_HERE = "I am no member of this server myself, so I cannot tell who is. `/progress` alone shows your own."
OWN_ALONE = "`share` is about your own progress: leave out `member` to share it."
ONE_AT_A_TIME = "Choose one: a `member`, or the whole `server`."
SHARED = (
    "Posted for everyone here. On every server that you share with somebody, they can now see yours with "
    "`/progress member:`; `/progress share: False` ends that on all of them."
)
SHARED_ALREADY = (
    "On every server that you share with somebody, they can see this with `/progress member:`. "
    "`/progress share: False` ends that."
)
WITHDRAWN = "From now on nobody else can see this. What was posted before stays where it is."
PRIVATE = "Only you can see this. `/progress share: True` shows it to others."


class Progress(commands.Cog):
    """Answers /progress; whose progress is shown to whom is decided here."""

    def __init__(self, library: Library, store: Store, clock: Callable[[], datetime], membership: Membership) -> None:
        self._library = library
        self._store = store
        self._clock = clock
        self._membership = membership

    @app_commands.allowed_installs(guilds=True, users=True)
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
    @app_commands.command(name="progress", description="Show how far you are on the path.")
    @app_commands.describe(
        member="Somebody else on this server who shares theirs",
        share="True: post this for everyone, and let others see yours. False: let nobody see yours any more",
        server="Where the people of this server stand together, without names",
    )
    async def progress(
        self,
        interaction: discord.Interaction[Any],
        member: discord.User | None = None,
        share: bool | None = None,
        server: bool = False,
    ) -> None:
        """Answer privately; what is shared is one more message."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        other = member if member is not None and member.id != interaction.user.id else None
        if other is not None and (server or share is not None):
            await _answer(interaction, notice(ONE_AT_A_TIME if server else OWN_ALONE))
        elif server:
            await self._server(interaction, post=bool(share))
        elif other is not None:
            await self._other(interaction, other)
        else:
            await self._own(interaction, share)

    async def _own(self, interaction: discord.Interaction[Any], share: bool | None) -> None:
        user = interaction.user
        if share:
            await self._store.share(user.id, self._clock())
        elif share is False:
            await self._store.unshare(user.id)
        done = _done(self._library, await self._store.marks(user.id))
        shared = share is None and await self._store.shared_since(user.id) is not None
        remark = SHARED if share else WITHDRAWN if share is False else SHARED_ALREADY if shared else PRIVATE
        await self._show(interaction, done, remark=remark)
        if share:
            await self._post(interaction, done, user.display_name)

    async def _other(self, interaction: discord.Interaction[Any], other: discord.User | discord.Member) -> None:
        name = echo(other.display_name)
        if interaction.guild_id is None:
            await _answer(interaction, notice(NEEDS_SERVER))
        elif other.bot:
            await _answer(interaction, notice(f"**{name}** is a bot, and bots walk no path."))
        elif not isinstance(other, discord.Member):
            await _answer(interaction, notice(f"**{name}** is not on this server."))
        elif await self._store.shared_since(other.id) is None:
            text = f"**{name}** keeps their progress to themselves, and that is fine. Why not ask them?"
            await _answer(interaction, notice(text))
        else:
            done = _done(self._library, await self._store.marks(other.id))
            await self._show(interaction, done, name=other.display_name)

    async def _server(self, interaction: discord.Interaction[Any], *, post: bool) -> None:
        if interaction.guild_id is None:
            await _answer(interaction, notice(NEEDS_SERVER))
            return
        guild = interaction.client.get_guild(interaction.guild_id)
        if guild is None:  # a member uses the bot from their own account, and the server does not have it
            await _answer(interaction, notice(NOT_HERE))
            return
        pages = {one.id: one.url for one in self._library.catalog}
        learners = await self._store.finishers(list(pages.values()), CANDIDATES)
        here, complete = await self._membership.present(guild, learners)
        counted = await self._store.mark_counts(here)
        counts = {resource_id: counted.get(page, 0) for resource_id, page in pages.items()}
        card = server_card(self._library, len(here), counts, complete=complete)
        await _answer(interaction, card)
        if post and here:
            await interaction.followup.send(view=card, allowed_mentions=discord.AllowedMentions.none())

    async def _show(
        self, interaction: discord.Interaction[Any], done: Collection[str], *, name: str = "", remark: str = ""
    ) -> None:
        card = progress_card(self._library, done, name=name, remark=remark)
        await _answer(interaction, card, await self._picture(done))

    async def _post(self, interaction: discord.Interaction[Any], done: Collection[str], name: str) -> None:
        await interaction.followup.send(
            view=progress_card(self._library, done, name=name),
            file=await self._picture(done),
            allowed_mentions=discord.AllowedMentions.none(),
        )

    async def _picture(self, done: Collection[str]) -> discord.File:
        return picture_file(await asyncio.to_thread(draw_path, picture_groups(self._library, done)))


def _done(library: Library, marks: Collection[str]) -> frozenset[str]:
    """The ids of the resources that are marked, and the pages that are marked and not on this list."""
    ids = {resource.url: resource.id for resource in library.catalog}
    return frozenset(ids.get(page, page) for page in marks)


async def _answer(interaction: discord.Interaction[Any], card: Card, *files: discord.File) -> None:
    await interaction.edit_original_response(
        view=card, attachments=files, allowed_mentions=discord.AllowedMentions.none()
    )
