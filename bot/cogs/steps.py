"""/done and /next: one step after the other."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.catalog import Resource
from bot.cogs.options import Choices, refusal, word, words_offered
from bot.library import Library
from bot.store import Store
from bot.views.cards import notice
from bot.views.done import MARK, finished_card, marks_of, toggle, turn_of, which_card
from bot.views.next_card import Asked, next_card
from bot.views.text import CHOICE_LIMIT, CHOICES_LIMIT, echo, fit

UNKNOWN = "Nothing on the list is called “{}”. Pick one that Discord offers while you type."
FORGOTTEN = "That one is not on the list any more, and now it is out of your record too: its mark is taken away."
DONE_SUFFIX = " (done)"
"""What marks a finished resource among the choices."""


class Steps(commands.Cog):
    """Marks what a member has done, and says what comes next."""

    def __init__(self, library: Library, store: Store) -> None:
        self._library = library
        self._store = store

    @app_commands.allowed_installs(guilds=True, users=True)
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
    @app_commands.command(name="done", description="Mark a resource as done, or take the mark back.")
    @app_commands.describe(resource="Its title, or part of it")
    async def done(self, interaction: discord.Interaction[Any], resource: str) -> None:
        """Turn the mark around and answer with how far that is, privately."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        async with turn_of(interaction.user.id):
            card = await self._answer(interaction, resource)
            await interaction.edit_original_response(view=card, allowed_mentions=discord.AllowedMentions.none())

    async def _answer(self, interaction: discord.Interaction[Any], text: str) -> discord.ui.LayoutView:
        if (named := self._library.named(text)) is not None:
            return await self._turned(interaction, named)
        page = text.strip()  # of a resource that was taken off the list since
        if not self._library.catalog.finished([page]) and await self._store.unmark(interaction.user.id, [page]):
            return notice(FORGOTTEN)
        guess = self._library.guess(text)
        if guess.meant is not None:
            return await self._turned(interaction, guess.meant, MARK)  # words that were only like it take no mark away
        return which_card(text, guess.candidates) if guess.candidates else notice(UNKNOWN.format(echo(text)))

    async def _turned(
        self, interaction: discord.Interaction[Any], resource: Resource, wanted: str | None = None
    ) -> discord.ui.LayoutView:
        turned = await toggle(interaction, resource.id, wanted)
        done = self._library.catalog.finished(await self._store.marks(interaction.user.id))
        return finished_card(self._library, resource, done, turned)

    @done.autocomplete("resource")
    async def _resources(self, interaction: discord.Interaction[Any], current: str) -> Choices:
        done = await marks_of(self._store, self._library.catalog, interaction.user.id) or frozenset()
        fitting = sorted(_fitting(self._library, current), key=lambda one: one.id in done)
        return [_choice(one, done) for one in fitting[:CHOICES_LIMIT]]

    @app_commands.allowed_installs(guilds=True, users=True)
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
    @app_commands.command(name="next", description="Show what is next for you on the path.")
    @app_commands.describe(kind="Only one kind, such as paper or video", level="Only one level, such as beginner")
    async def next(
        self, interaction: discord.Interaction[Any], kind: str | None = None, level: str | None = None
    ) -> None:
        """Answer with one step, privately."""
        if (refused := refusal(self._library, kind, level)) is not None:
            await interaction.response.send_message(view=notice(refused), ephemeral=True)
            return
        await interaction.response.defer(ephemeral=True, thinking=True)
        done = self._library.catalog.finished(await self._store.marks(interaction.user.id))
        asked = Asked(self._library, done, word(kind), word(level))
        await interaction.edit_original_response(view=next_card(asked), allowed_mentions=discord.AllowedMentions.none())

    @next.autocomplete("kind")
    async def _kinds(self, interaction: discord.Interaction[Any], current: str) -> Choices:
        return words_offered(self._library, "kind", current)

    @next.autocomplete("level")
    async def _levels(self, interaction: discord.Interaction[Any], current: str) -> Choices:
        return words_offered(self._library, "level", current)


def _fitting(library: Library, typed: str) -> list[Resource]:
    """The resources with what is typed in their titles, then what a search finds; all of them for nothing typed."""
    said = " ".join(typed.split()).casefold()
    if not said:
        return list(library.catalog)
    titled = [one for one in library.catalog if said in one.title.casefold()]
    found = [hit.resource for hit in library.index.search(typed, limit=CHOICES_LIMIT).hits]
    return list(dict.fromkeys([*titled, *found]))


def _choice(resource: Resource, done: Collection[str]) -> app_commands.Choice[str]:
    suffix = DONE_SUFFIX if resource.id in done else ""
    return app_commands.Choice(name=fit(resource.title, CHOICE_LIMIT - len(suffix)) + suffix, value=resource.id)
