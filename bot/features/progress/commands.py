"""/progress and /next."""

from __future__ import annotations

from collections.abc import Collection

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
from bot.features.progress.cards import picture_file, picture_groups, progress_card, server_card
from bot.features.progress.next_card import NextRequest, next_card
from bot.features.progress.pictures import Pictures

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
    """Answers /next and /progress; whose progress is shown to whom is decided here."""

    def __init__(self, bot: StudyBot) -> None:
        self._bot = bot
        self._pictures = Pictures()

    @app_commands.command(name="next", description="Show what is next for you on the path.")
    @app_commands.describe(kind="Only one kind, such as paper or video", level="Only one level, such as beginner")
    async def next(self, interaction: Interaction, kind: str | None = None, level: str | None = None) -> None:
        """Answer with one step, privately."""
        library = self._bot.library_for(interaction)
        filters = Filters.typed(kind, level)
        if (problem := library.problem_with(filters)) is not None:
            await interaction.response.send_message(view=notice(escape(defuse(problem))), ephemeral=True)
            return
        await interaction.response.defer(ephemeral=True, thinking=True)
        done = library.finished(await self._bot.store.marks(interaction.user.id))
        request = NextRequest(library, done, *filters)
        await interaction.edit_original_response(view=next_card(request))

    @next.autocomplete("kind")
    async def _kinds(self, interaction: Interaction, current: str) -> Choices:
        return filter_choices(self._bot.library_for(interaction), "kind", current)

    @next.autocomplete("level")
    async def _levels(self, interaction: Interaction, current: str) -> Choices:
        return filter_choices(self._bot.library_for(interaction), "level", current)

    @app_commands.command(name="progress", description="Show how far you are on the path.", extras=COSTLY)
    @app_commands.describe(
        member="Somebody else on this server who shares theirs",
        share="True: post this for everyone, and let others see yours. False: let nobody see yours any more",
        server="Where the people of this server stand together, without names",
    )
    async def progress(
        self,
        interaction: Interaction,
        member: discord.User | None = None,
        share: bool | None = None,
        server: bool = False,
    ) -> None:
        """Answer privately; what is shared is one more message."""
        library = self._bot.library_for(interaction)
        await interaction.response.defer(ephemeral=True, thinking=True)
        other = member if member is not None and member.id != interaction.user.id else None
        if other is not None and (server or share is not None):
            await _answer(interaction, notice(ONE_AT_A_TIME if server else OWN_ALONE))
        elif server:
            await self._server(interaction, library, post=bool(share))
        elif other is not None:
            await self._other(interaction, library, other)
        else:
            await self._own(interaction, library, share)

    async def _own(self, interaction: Interaction, library: Library, share: bool | None) -> None:
        store, user = self._bot.store, interaction.user
        if share:
            await store.share(user.id, self._bot.clock())
        elif share is False:
            await store.unshare(user.id)
        done = library.finished(await store.marks(user.id))
        shared = share is None and await store.shared_since(user.id) is not None
        not_posted = self._bot.gate.not_shared(interaction) if share else None
        remark = SHARED if share else WITHDRAWN if share is False else SHARED_ALREADY if shared else PRIVATE
        if not_posted is not None:
            remark = f"{not_posted} {SHARED_ALREADY}"
        await _answer(interaction, progress_card(library, done, remark=remark), await self._picture(library, done))
        if share and not_posted is None:
            card = progress_card(library, done, name=user.display_name)
            await interaction.followup.send(view=card, file=await self._picture(library, done))

    async def _other(self, interaction: Interaction, library: Library, other: discord.User | discord.Member) -> None:
        store, name = self._bot.store, echo(other.display_name)
        if interaction.guild_id is None:
            await _answer(interaction, notice(NEEDS_SERVER))
        elif other.bot:
            await _answer(interaction, notice(f"**{name}** is a bot, and bots do not study."))
        elif not isinstance(other, discord.Member):
            await _answer(interaction, notice(f"**{name}** is not on this server."))
        elif await store.shared_since(other.id) is None:
            text = f"**{name}** keeps their progress to themselves, and that is fine. Why not ask them?"
            await _answer(interaction, notice(text))
        else:
            done = library.finished(await store.marks(other.id))
            card = progress_card(library, done, name=other.display_name)
            await _answer(interaction, card, await self._picture(library, done))

    async def _picture(self, library: Library, done: Collection[str]) -> discord.File:
        return picture_file(await self._pictures.png(picture_groups(library, done)))

    async def _server(self, interaction: Interaction, library: Library, *, post: bool) -> None:
        guild = self._bot.get_guild(interaction.guild_id) if interaction.guild_id else None
        if guild is None:
            # A member may use the bot from their own account on a server that does not have it.
            await _answer(interaction, notice(NOT_HERE if interaction.guild_id else NEEDS_SERVER))
            return
        pages = [page for resource in library.catalog for page in resource.pages]
        learners = await self._bot.store.finishers(pages, CANDIDATES)
        here, complete = await self._bot.membership.present(guild, learners)
        counts = library.count_by_resource(await self._bot.store.mark_counts(here))
        not_posted = self._bot.gate.not_shared(interaction) if post and here else None
        card = server_card(library, len(here), counts, complete=complete)
        await _answer(interaction, card)
        if not_posted is not None:
            await interaction.followup.send(view=notice(not_posted), ephemeral=True)
        elif post and here:
            await interaction.followup.send(view=card)


async def _answer(interaction: Interaction, card: Card, *files: discord.File) -> None:
    await interaction.edit_original_response(view=card, attachments=files)
