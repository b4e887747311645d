"""/done."""

from __future__ import annotations

import re
from collections.abc import Collection
from itertools import chain, islice
from typing import Any

import discord
from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.catalog import Resource
from bot.catalogs import Library, without_addresses
from bot.discord_io.bot import Interaction, StudyBot
from bot.discord_io.cards import Card, notice
from bot.discord_io.marks import MarkButton, act, changed_card, finished_in_time, kept_if_late, one_at_a_time
from bot.discord_io.options import Choices
from bot.discord_io.text import CHOICE_LIMIT, CHOICES_LIMIT, LABEL_LIMIT, echo
from bot.language import Language
from bot.search.text import words
from bot.store.marks import Action

_STEP = re.compile(
    r"(?:the\s+)?(?:(?:step|number|no|nr)(?![a-z])[\s.:-]*)?#?\s*(\d{1,6})(?:st|nd|rd|th)?\.?(?:\s+step)?",
    re.IGNORECASE,
)
"""A step as people write it: 3, #3, step 3, no. 3, "the 3rd step"."""


class Marks(commands.Cog):
    """Marks what a member has done."""

    def __init__(self, bot: StudyBot) -> None:
        self._bot = bot

    @app_commands.command(name="done", description=locale_str("Mark a resource done."))
    @app_commands.rename(resource=locale_str("resource"))
    @app_commands.describe(resource=locale_str("Title, step number (3) or link"))
    async def done(self, interaction: Interaction, resource: str) -> None:
        """Mark it and answer with how far the member is, privately, and with a way back."""
        library, language = self._bot.library_for(interaction), self._bot.language_for(interaction)
        found = _find(library, resource, language)
        if not isinstance(found, Resource):
            await interaction.response.send_message(view=found, ephemeral=True)
            return
        async with kept_if_late(interaction, library, found, Action.MARK):
            await interaction.response.defer(ephemeral=True, thinking=True)
        async with one_at_a_time(interaction.user.id):
            card = changed_card(await act(interaction, library, found, Action.MARK))
            await interaction.edit_original_response(view=card)

    @done.autocomplete("resource")
    async def _resources(self, interaction: Interaction, current: str) -> Choices:
        library, language = self._bot.library_for(interaction), self._bot.language_for(interaction)
        done = await finished_in_time(self._bot.store, library, interaction.user.id) or frozenset()
        return [_choice(library, one, done, language) for one in _offered(library, current, done)]


def _find(library: Library, text: str, language: Language) -> Resource | Card:
    """The resource that a member means, or what to tell them: an id or title, a link, a step, else words of a title."""
    if (named := library.named(text)) is not None:
        return named
    if found := library.at_addresses(text):
        return found[0] if len(found) == 1 else _which(library, text, found, language)
    if words(text) and not words(without_addresses(text)):
        return notice(language.t("That link isn't on the list. See `/path`."))
    if (step := _STEP.fullmatch(text.strip())) is not None:
        return library.at_step(int(step[1])) or notice(_no_such_step(int(step[1]), len(library.steps), language))
    guess = library.guess(text)
    return guess.meant or _which(library, text, guess.candidates, language)


def _no_such_step(number: int, last: int, language: Language) -> str:
    return language.plural(
        "There's no step {number}: the path has {n} step.",
        "There's no step {number}: the path has {n} steps.",
        last,
        number=number,
    )


def _which(library: Library, text: str, candidates: Collection[Resource], language: Language) -> Card:
    """Asks which of a few resources a member meant; nothing is marked before they say."""
    t = language.t
    if not candidates:
        return notice(
            t("I can't find “{typed}” on the list. Choose one of the suggestions as you type.", typed=echo(text))
        )
    labels = [library.label(one, LABEL_LIMIT, language) for one in candidates]
    buttons = [
        MarkButton.of(library, one, Action.MARK, language, label) for one, label in zip(candidates, labels, strict=True)
    ]
    question: discord.ui.TextDisplay[Any] = discord.ui.TextDisplay(t("Which one do you mean? Nothing is marked yet."))
    return Card([question, discord.ui.ActionRow(*buttons)])


def _offered(library: Library, typed: str, done: Collection[str]) -> list[Resource]:
    """What the typed text may name, and for no text the steps of the path; what is done is listed last."""
    if typed.strip():
        return sorted(library.index.complete(typed, CHOICES_LIMIT), key=lambda one: one.id in done)
    steps = chain(
        (one for one in library.catalog if one.id not in done), (one for one in library.catalog if one.id in done)
    )
    return list(islice(steps, CHOICES_LIMIT))


def _choice(
    library: Library, resource: Resource, done: Collection[str], language: Language
) -> app_commands.Choice[str]:
    suffix = language.t(" (done)") if resource.id in done else ""
    name = library.label(resource, CHOICE_LIMIT - len(suffix), language) + suffix
    return app_commands.Choice(name=name, value=resource.id)
