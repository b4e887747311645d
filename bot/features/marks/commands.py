"""/done."""

from __future__ import annotations

import re
from collections.abc import Collection
from itertools import chain, islice

import discord
from discord import app_commands
from discord.ext import commands

from bot.catalog import Resource
from bot.catalog.addresses import is_web_address
from bot.catalogs import Library
from bot.discord_io.bot import Interaction, StudyBot
from bot.discord_io.cards import Card, notice
from bot.discord_io.marks import apply_action, changed_card, finished_in_time, mark_button, one_at_a_time
from bot.discord_io.options import Choices
from bot.discord_io.text import CHOICE_LIMIT, CHOICES_LIMIT, LABEL_LIMIT, echo, fit
from bot.features.marks import words
from bot.marks import Action

_STEP = re.compile(r"\s*#?\s*([0-9]{1,6})\s*")
"""A step as people write it: 3, or #3."""


class Marks(commands.Cog):
    """Marks what a member has done."""

    def __init__(self, bot: StudyBot) -> None:
        self._bot = bot

    @app_commands.command(name="done", description=words.DONE)
    @app_commands.describe(resource=words.DONE_RESOURCE)
    async def done(self, interaction: Interaction, resource: str) -> None:
        """Mark it and answer with how far the member is, privately, and with a way back."""
        library = self._bot.library_for(interaction)
        await interaction.response.defer(ephemeral=True, thinking=True)
        async with one_at_a_time(interaction.user.id):
            card = await self._answer(interaction, library, resource)
            await interaction.edit_original_response(view=card)

    async def _answer(self, interaction: Interaction, library: Library, text: str) -> Card:
        if (named := library.named(text)) is not None:
            return await self._marked(interaction, library, named)
        if is_web_address(text.strip()):
            found = library.at_address(text)
            return await self._marked(interaction, library, found) if found else notice(words.NO_SUCH_ADDRESS)
        if (step := _STEP.fullmatch(text)) is not None:
            found = library.at_step(int(step[1]))
            refusal = notice(words.no_such_step(int(step[1]), len(library.steps)))
            return await self._marked(interaction, library, found) if found else refusal
        guess = library.guess(text)
        if guess.meant is not None:
            return await self._marked(interaction, library, guess.meant)
        return _which(library, text, guess.candidates) if guess.candidates else notice(words.unknown(echo(text)))

    async def _marked(self, interaction: Interaction, library: Library, resource: Resource) -> Card:
        change = await apply_action(interaction, resource, Action.MARK)
        done = library.finished(await self._bot.store.marks(interaction.user.id))
        return changed_card(library, resource, done, change)

    @done.autocomplete("resource")
    async def _resources(self, interaction: Interaction, current: str) -> Choices:
        library = self._bot.library_for(interaction)
        done = await finished_in_time(self._bot.store, library, interaction.user.id) or frozenset()
        return [_choice(one, done) for one in _offered(library, current, done)]


def _which(library: Library, text: str, candidates: Collection[Resource]) -> Card:
    """Asks which of a few resources a member meant; nothing is marked before they say."""
    buttons = [mark_button(library, one, Action.MARK, label=fit(one.title, LABEL_LIMIT)) for one in candidates]
    return Card([discord.ui.TextDisplay(words.which(echo(text))), discord.ui.ActionRow(*buttons)])


def _offered(library: Library, typed: str, done: Collection[str]) -> list[Resource]:
    """What the typed text may name, and for no text the steps of the path; what is done comes last."""
    if typed.strip():
        return sorted(library.index.complete(typed, CHOICES_LIMIT), key=lambda one: one.id in done)
    steps = chain(
        (one for one in library.catalog if one.id not in done), (one for one in library.catalog if one.id in done)
    )
    return list(islice(steps, CHOICES_LIMIT))


def _choice(resource: Resource, done: Collection[str]) -> app_commands.Choice[str]:
    suffix = words.DONE_SUFFIX if resource.id in done else ""
    return app_commands.Choice(name=fit(resource.title, CHOICE_LIMIT - len(suffix)) + suffix, value=resource.id)
