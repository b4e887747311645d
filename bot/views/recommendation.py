"""The answer to /recommend: hits with their reasons, related resources apart, or a way on when nothing fits."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from typing import Any, cast

import discord

from bot.catalog import Resource
from bot.library import Library
from bot.search import Answer, Related
from bot.views.buttons import LastingButton, bot_of, turn
from bot.views.cards import Card, open_button
from bot.views.done import DONE, INTENT, DoneButton, Turned, intent, marks_of, state_words
from bot.views.text import LABEL_LIMIT, by_line, echo, first_sentence, show

SUMMARY_LIMIT = 110
"""Characters of summary per hit: a line or two. Five hits at every limit stay under CARD_LIMIT."""
WHY_LIMIT = 120
"""Characters of reasons per hit."""
TITLE_LIMIT = 150
"""Characters of title per hit."""
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
        resource, why = hit.resource, "; ".join(reason.spoken() for reason in hit.why)
        yield discord.ui.Separator()
        yield discord.ui.TextDisplay(_hit_text(number, resource, f"-# Why: {show(why, WHY_LIMIT)}", library, done))
        finished = done is not None and resource.id in done
        button = DoneButton(resource.id) if shared else FoundDoneButton(resource.id, intent(finished))
        yield discord.ui.ActionRow(open_button(resource.url), button)
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


def _hit_text(number: int, resource: Resource, why: str, library: Library, done: Collection[str] | None) -> str:
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

    async def press(self, interaction: discord.Interaction[Any]) -> None:
        """Show the card for this query."""
        bot = bot_of(interaction)
        done = await marks_of(bot.store, bot.library.catalog, interaction.user.id)
        await turn(interaction, recommendation(bot.library.index.search(self.query), bot.library, done))


class FoundDoneButton(DoneButton, template=r"done-found:(?P<id>[a-z0-9-]{1,64})" + INTENT):
    """The one under each hit of a card that only its member sees, which is then marked there."""

    prefix = "done-found"

    def redrawn(self, library: Library, done: frozenset[str], turned: Turned) -> discord.ui.LayoutView:
        """The same card with every mark as it is now: hits stay where they are while somebody reads them."""
        card = cast(discord.ui.LayoutView, self.view)
        blocks = list(cast(Iterable[Any], card.walk_children()))
        texts = [one for one in blocks if isinstance(one, discord.ui.TextDisplay)]
        rows = [one for one in blocks if isinstance(one, discord.ui.ActionRow)]
        # A heading, then a text and a row for each hit; related resources have link buttons alone.
        for number, (text, row) in enumerate(zip(texts[1:], rows, strict=False), start=1):
            if (found := _hit_of(row, library, self.template)) is not None:
                text.content = _hit_text(number, found, text.content.rpartition("\n")[2], library, done)
                row.clear_items()
                row.add_item(open_button(found.url))
                row.add_item(FoundDoneButton(found.id, intent(found.id in done)))
        card.stop()
        return card


def _hit_of(row: discord.ui.ActionRow[Any], library: Library, template: re.Pattern[str]) -> Resource | None:
    """The resource that a row of buttons belongs to; None for other rows, and for a resource that is gone."""
    marking = [template.fullmatch(str(getattr(button, "custom_id", ""))) for button in row.children]
    return next((found for match in marking if match and (found := library.catalog.get(match["id"]))), None)
