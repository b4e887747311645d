"""/progress and /next."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.catalogs import Filters, Library
from bot.discord_io.bot import Interaction, StudyBot
from bot.discord_io.cards import Card, notice
from bot.discord_io.limits import COSTLY
from bot.discord_io.membership import CANDIDATES
from bot.discord_io.options import Choices, filter_choices
from bot.discord_io.text import defuse, echo, escape
from bot.features.progress import words
from bot.features.progress.cards import server_card
from bot.features.progress.next_card import NextRequest, next_card
from bot.features.progress.pictures import Pictures
from bot.features.progress.sharing import share as show_own
from bot.features.progress.sharing import show_other
from bot.features.progress.words import Share


class Progress(commands.Cog):
    """Answers /next and /progress; whose progress is shown to whom is decided here."""

    def __init__(self, bot: StudyBot) -> None:
        self._bot = bot
        self._pictures = Pictures.of(bot)

    @app_commands.command(name="next", description=words.NEXT)
    @app_commands.describe(kind=words.NEXT_KIND, level=words.NEXT_LEVEL)
    async def next(self, interaction: Interaction, kind: str | None = None, level: str | None = None) -> None:
        """Answer with one step, privately."""
        library = self._bot.library_for(interaction)
        filters = Filters.typed(kind, level)
        if (problem := library.problem_with(filters)) is not None:
            await interaction.response.send_message(view=notice(escape(defuse(problem))), ephemeral=True)
            return
        await interaction.response.defer(ephemeral=True, thinking=True)
        done = library.finished(await self._bot.store.marks.of(interaction.user.id))
        request = NextRequest(library, done, *filters)
        await interaction.edit_original_response(view=next_card(request))

    @next.autocomplete("kind")
    async def _kinds(self, interaction: Interaction, current: str) -> Choices:
        return filter_choices(self._bot.library_for(interaction), "kind", current)

    @next.autocomplete("level")
    async def _levels(self, interaction: Interaction, current: str) -> Choices:
        return filter_choices(self._bot.library_for(interaction), "level", current)

    @app_commands.command(name="progress", description=words.PROGRESS, extras=COSTLY)
    @app_commands.describe(member=words.PROGRESS_MEMBER, share=words.PROGRESS_SHARE, server=words.PROGRESS_SERVER)
    @app_commands.choices(
        share=[app_commands.Choice(name=name, value=share.value) for share, name in words.SHARES.items()]
    )
    async def progress(
        self,
        interaction: Interaction,
        member: discord.User | None = None,
        share: str | None = None,
        server: bool = False,
    ) -> None:
        """Answer privately; what is posted is one more message."""
        library = self._bot.library_for(interaction)
        await interaction.response.defer(ephemeral=True, thinking=True)
        wanted = Share(share) if share else None
        other = member if member is not None and member.id != interaction.user.id else None
        if other is not None and (server or wanted is not None):
            await _answer(interaction, notice(words.ONE_AT_A_TIME if server else words.OWN_ALONE))
        elif server and wanted not in (None, Share.POST):
            await _answer(interaction, notice(words.SERVER_IS_POSTED))
        elif server:
            await self._server(interaction, library, post=wanted is Share.POST)
        elif other is not None:
            await self._other(interaction, library, other)
        else:
            await show_own(interaction, library, self._pictures, wanted)

    async def _other(self, interaction: Interaction, library: Library, other: discord.User | discord.Member) -> None:
        store, name = self._bot.store, echo(other.display_name)
        if interaction.guild_id is None:
            await _answer(interaction, notice(words.NEEDS_SERVER))
        elif other.bot:
            await _answer(interaction, notice(words.bot_has_none(name)))
        elif not isinstance(other, discord.Member):
            await _answer(interaction, notice(words.not_here(name)))
        elif await store.marks.shared_since(other.id) is None:
            await _answer(interaction, notice(words.keeps_to_themselves(name)))
        else:
            done = library.finished(await store.marks.of(other.id))
            await show_other(interaction, library, self._pictures, other, done)

    async def _server(self, interaction: Interaction, library: Library, *, post: bool) -> None:
        guild = self._bot.get_guild(interaction.guild_id) if interaction.guild_id else None
        if guild is None:
            # A member may use the bot from their own account on a server that does not have it.
            await _answer(interaction, notice(words.NOT_HERE if interaction.guild_id else words.NEEDS_SERVER))
            return
        pages = [page for resource in library.catalog for page in resource.pages]
        learners = await self._bot.store.marks.finishers(pages, CANDIDATES)
        here, complete = await self._bot.membership.present(guild, learners)
        counts = library.count_by_resource(await self._bot.store.marks.counts(here))
        not_posted = self._bot.gate.not_shared(interaction) if post and here else None
        card = server_card(library, len(here), counts, complete=complete)
        await _answer(interaction, card)
        if not_posted is not None:
            await interaction.followup.send(view=notice(not_posted), ephemeral=True)
        elif post and here:
            await interaction.followup.send(view=card)


async def _answer(interaction: Interaction, card: Card) -> None:
    await interaction.edit_original_response(view=card)
