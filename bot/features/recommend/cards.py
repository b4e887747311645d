"""The answer to /recommend: hits with their reasons, related resources apart, or a way on when nothing fits."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

import discord

from bot.catalog import Resource
from bot.catalogs import Library
from bot.discord_io.buttons import button
from bot.discord_io.cards import Card, open_button
from bot.discord_io.marks import DONE, mark_button, state_words
from bot.discord_io.text import by_line, echo, first_sentence, show
from bot.marks import Action
from bot.search import Answer, Related

SUMMARY_LIMIT = 110
"""Characters of summary per hit: a line or two. Five hits at every limit stay under CARD_LIMIT."""
WHY_LIMIT = 120
"""Characters of reasons per hit."""
TITLE_LIMIT = 150
"""Characters of title per hit."""
QUERY_LIMIT = 64
"""Characters of a query on a button: with a catalog's id it fits a custom_id."""
NEAREST = 5
"""Topics offered when nothing fits: one row of buttons holds five."""


def recommendation(
    answer: Answer, library: Library, done: Collection[str] | None = None, *, shared: bool = False
) -> Card:
    """The card for an answer; `done` are the ids of what the member who asked has finished, where that is known.

    What they have finished comes last and says so. A `shared` card is for everyone: it shows nobody's marks.
    """
    if not answer.hits:
        return Card(_silent(answer, library))
    return Card(_found(answer, library, None if shared else done, shared))


def _found(
    answer: Answer, library: Library, done: Collection[str] | None, shared: bool
) -> Iterator[discord.ui.Item[Any]]:
    yield discord.ui.TextDisplay(_heading(answer))
    hits = sorted(answer.hits, key=lambda hit: done is not None and hit.resource.id in done)
    for number, hit in enumerate(hits, start=1):
        why = "; ".join(reason.spoken() for reason in hit.why)
        yield discord.ui.Separator()
        yield discord.ui.TextDisplay(hit_text(number, hit.resource, f"-# Why: {show(why, WHY_LIMIT)}", library, done))
        yield discord.ui.ActionRow(*hit_row(library, hit.resource, done, shared=shared))
    if answer.related:
        yield discord.ui.Separator(spacing=discord.SeparatorSpacing.large)
        yield discord.ui.TextDisplay(_related_text(answer.related))
        yield discord.ui.ActionRow(*_related_buttons(answer.related, done or ()))


def _heading(answer: Answer) -> str:
    lines = [f"### Resources for “{echo(answer.query)}”"]
    if answer.suggestion:
        lines.append(f"-# Read as “{echo(answer.suggestion)}”.")
    if answer.cut:
        lines.append("-# That was long: I looked at the first part of it only.")
    return "\n".join(lines)


def hit_row(
    library: Library, resource: Resource, done: Collection[str] | None, *, shared: bool = False
) -> list[discord.ui.Button[Any]]:
    """The buttons under a hit: the page, and the member's mark."""
    if shared:
        return [open_button(resource.url), mark_button(library, resource, Action.TOGGLE)]
    action = Action.beside(done is not None and resource.id in done)
    return [open_button(resource.url), mark_button(library, resource, action, prefix="hit")]


def hit_text(number: int, resource: Resource, why: str, library: Library, done: Collection[str] | None) -> str:
    """A hit in lines, of which `why` is the last."""
    step, state = library.step(resource), state_words(library, resource, done)
    marked = f" · {state}" if state else ""
    lines = [
        f"**{number}. {show(resource.title, TITLE_LIMIT)}**{marked}",
        f"{by_line(resource.kind, resource.authors)} · step {step.number} of {len(library.catalog)}",
        first_sentence(resource.summary, SUMMARY_LIMIT),
        why,
    ]
    return "\n".join(line for line in lines if line)


def _related_text(related: Iterable[Related]) -> str:
    names = dict.fromkeys(topic.name for one in related for topic in one.topics)
    shared = f", by what they share: {show(', '.join(list(names)[:3]), WHY_LIMIT)}" if names else ""
    return f"**Related**{shared}"


def _related_buttons(related: Iterable[Related], done: Collection[str]) -> Iterator[discord.ui.Button[Any]]:
    for one in related:
        mark = f"{DONE}: " if one.resource.id in done else ""
        yield open_button(one.resource.url, f"{mark}{one.resource.title}")


def _silent(answer: Answer, library: Library) -> Iterator[discord.ui.Item[Any]]:
    title = show(library.catalog.title, TITLE_LIMIT)
    yield discord.ui.TextDisplay(f"### Nothing here fits “{echo(answer.query)}”\n{title} has no resource about that.")
    queries = _ways_on(answer)
    if queries:
        yield discord.ui.TextDisplay("The nearest that it does treat:")
        yield discord.ui.ActionRow(*(search_button(library, query) for query in queries))


def search_button(library: Library, query: str) -> discord.ui.Button[Any]:
    """A button that searches for the text on it, at most QUERY_LIMIT characters."""
    return button(query, f"find:{library.catalog.id}:{query}")


def _ways_on(answer: Answer) -> list[str]:
    names = [answer.suggestion] if answer.suggestion else []
    names += [topic.name for topic in answer.nearest]
    return list(dict.fromkeys(name for name in names if len(name) <= QUERY_LIMIT))[:NEAREST]
