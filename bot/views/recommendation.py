"""The answer to /recommend: hits with their reasons, related resources apart, or a way on when nothing fits."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Self

import discord

from bot.library import Library
from bot.search import Answer, Hit, Related
from bot.views.buttons import LastingButton, library_of, turn
from bot.views.cards import Card, open_button
from bot.views.text import LABEL_LIMIT, by_line, echo, first_sentence, fit, show

SUMMARY_LIMIT = 110
"""Characters of summary per hit: a line or two. Five hits at every limit stay under CARD_LIMIT."""
WHY_LIMIT = 120
"""Characters of reasons per hit."""
TITLE_LIMIT = 150
"""Characters of title per hit."""
NEAREST = 5
"""Topics offered when nothing fits: one row of buttons holds five."""


def recommendation(answer: Answer, library: Library) -> Card:
    """The card for an answer."""
    return Card(_found(answer, library) if answer.hits else _silent(answer, library))


def _found(answer: Answer, library: Library) -> Iterator[discord.ui.Item[Any]]:
    yield discord.ui.TextDisplay(_heading(answer))
    for number, hit in enumerate(answer.hits, start=1):
        yield discord.ui.Separator()
        yield discord.ui.Section(_hit_text(number, hit, library), accessory=open_button(hit.resource.url))
    if answer.related:
        yield discord.ui.Separator(spacing=discord.SeparatorSpacing.large)
        yield discord.ui.TextDisplay(_related_text(answer.related))
        yield discord.ui.ActionRow(*_related_buttons(answer.related))


def _heading(answer: Answer) -> str:
    lines = [f"### Resources for “{echo(answer.query)}”"]
    if answer.suggestion:
        lines.append(f"-# Read as “{echo(answer.suggestion)}”.")
    if answer.cut:
        lines.append("-# That was long: I looked at the first part of it only.")
    return "\n".join(lines)


def _hit_text(number: int, hit: Hit, library: Library) -> str:
    resource = hit.resource
    step = library.step(resource)
    lines = [
        f"**{number}. {show(resource.title, TITLE_LIMIT)}**",
        f"{by_line(resource.kind, resource.authors)} · step {step.number} of {len(library.catalog)}",
        first_sentence(resource.summary, SUMMARY_LIMIT),
        f"-# Why: {show('; '.join(reason.spoken() for reason in hit.why), WHY_LIMIT)}",
    ]
    return "\n".join(line for line in lines if line)


def _related_text(related: Iterable[Related]) -> str:
    names = dict.fromkeys(topic.name for one in related for topic in one.topics)
    shared = f", by what they share: {show(', '.join(list(names)[:3]), WHY_LIMIT)}" if names else ""
    return f"**Related**{shared}"


def _related_buttons(related: Iterable[Related]) -> Iterator[discord.ui.Button[Any]]:
    for one in related:
        label = fit(one.resource.title, LABEL_LIMIT)
        yield discord.ui.Button(style=discord.ButtonStyle.link, label=label, url=one.resource.url)


def _silent(answer: Answer, library: Library) -> Iterator[discord.ui.Item[Any]]:
    title = show(library.catalog.title, TITLE_LIMIT)
    yield discord.ui.TextDisplay(f"### Nothing here fits “{echo(answer.query)}”\n{title} has no resource about that.")
    queries = _ways_on(answer)
    if queries:
        yield discord.ui.TextDisplay("The nearest that it does treat:")
        yield discord.ui.ActionRow(*map(SearchButton, queries))


def _ways_on(answer: Answer) -> list[str]:
    names = [answer.suggestion] if answer.suggestion else []
    names += [topic.name for topic in answer.nearest]
    return list(dict.fromkeys(name for name in names if len(name) <= LABEL_LIMIT))[:NEAREST]


class SearchButton(LastingButton, template=r"search:(?P<query>[\s\S]{1,80})"):
    """Searches for what is written on it."""

    def __init__(self, query: str) -> None:
        self.query = query
        super().__init__(discord.ui.Button(label=query, custom_id=f"search:{query}"))

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """The button behind a press."""
        return cls(match["query"])

    async def press(self, interaction: discord.Interaction[Any]) -> None:
        """Show the card for this query."""
        library = library_of(interaction)
        await turn(interaction, recommendation(library.index.search(self.query), library))
