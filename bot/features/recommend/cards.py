"""The answer to /recommend: hits with their reasons, related resources apart, or a way on when nothing fits."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

import discord

from bot.catalog import Resource
from bot.catalogs import NO_FILTERS, Filters, Library
from bot.discord_io.buttons import button, next_button, path_button
from bot.discord_io.cards import Card, open_button
from bot.discord_io.marks import DONE
from bot.discord_io.text import CARD_LIMIT, CHOICE_LIMIT, by_line, echo, first_sentence, fit, link, show
from bot.features.recommend import words
from bot.marks import Action
from bot.progress import unmet
from bot.reasons import reasons
from bot.search import Answer, Hit, Related

SUMMARY_LIMITS = (240, 90, 1)
"""Characters of a hit's first sentence. The first is the longest that reads well on a phone; a card over CARD_LIMIT is
made again with the next."""
WHY_LIMIT = 90
"""Characters of reasons per hit."""
TITLE_LIMIT = 150
"""Characters of a title."""
LINK_LIMIT = 300
"""Characters of a title with its address; an address that is longer gets a button of its own."""
FIRST_LIMIT = 70
"""Characters of a prerequisite's title."""
QUERY_LIMIT = 64
"""Characters of a query on a button: with a catalog's id it fits a custom_id."""
NEAREST = 4
"""Topics offered when nothing fits: one row holds five buttons, and the last shows the path."""


def recommendation(
    answer: Answer,
    library: Library,
    done: Collection[str] | None = None,
    *,
    filters: Filters = NO_FILTERS,
    shared: bool = False,
) -> Card:
    """The card for an answer; `done` are the ids of what the member who asked has finished, where that is known.

    What they have finished comes last and says so. A `shared` card is for everyone: it shows nobody's marks. `filters`
    are those that the answer was searched with.
    """
    if not answer.hits:
        return Card(_silent(answer, library, filters))
    for limit in SUMMARY_LIMITS:
        card = Card(_found(answer, library, None if shared else done, shared, limit))
        if card.content_length() <= CARD_LIMIT:
            break
    return card


def _found(
    answer: Answer, library: Library, done: Collection[str] | None, shared: bool, summary_limit: int
) -> Iterator[discord.ui.Item[Any]]:
    yield discord.ui.TextDisplay(_heading(answer))
    hits = sorted(answer.hits, key=lambda hit: done is not None and hit.resource.id in done)
    for number, hit in enumerate(hits, start=1):
        why = "" if answer.start else _why(hit)  # all are there for the same reason, which the heading says
        if number > 1:
            yield discord.ui.Separator(visible=False)
        yield discord.ui.TextDisplay(hit_text(number, hit.resource, why, library, done, summary_limit))
        if not _linked(hit.resource):
            yield discord.ui.ActionRow(open_button(hit.resource.url, words.open_label(number)))
    options = mark_options([hit.resource for hit in hits], done, shared=shared)
    yield discord.ui.ActionRow(
        discord.ui.Select(custom_id=f"hits:{library.catalog.id}", placeholder=words.MARK_ONE, options=options)
    )
    if answer.related and not answer.start:
        yield discord.ui.Separator()
        yield discord.ui.TextDisplay(_related_text(words.RELATED, answer.related, done or ()))
    if answer.start and not shared:
        yield discord.ui.ActionRow(next_button(library.catalog.id))


def _heading(answer: Answer) -> str:
    lines = [f"### {words.heading(echo(answer.query))}"]
    if answer.start:
        lines = [f"### {words.START_TITLE}", words.START]
    if answer.suggestion:
        lines.append(f"-# {words.read_as(echo(answer.suggestion))}")
    if answer.ignored:
        lines.append(f"-# {words.ignored([echo(word) for word in answer.ignored])}")
    if answer.cut:
        lines.append(f"-# {words.LONG}")
    return "\n".join(lines)


def mark_options(
    resources: Sequence[Resource], done: Collection[str] | None, *, shared: bool = False
) -> list[discord.SelectOption]:
    """What can be chosen to be marked: each hit by its number and title, and what that does as the first letter of its
    value. A `shared` card cannot know who has finished what."""
    return [_mark_option(number, one, done, shared) for number, one in enumerate(resources, start=1)]


def _mark_option(number: int, resource: Resource, done: Collection[str] | None, shared: bool) -> discord.SelectOption:
    finished = not shared and done is not None and resource.id in done
    action = Action.TOGGLE if shared else Action.beside(finished)
    label = fit(words.mark_label(number, resource.title, finished=finished), CHOICE_LIMIT)
    return discord.SelectOption(label=label, value=f"{action.value}:{resource.id}")


def hit_text(
    number: int, resource: Resource, why: str, library: Library, done: Collection[str] | None, summary_limit: int
) -> str:
    """A hit in lines: the title as a link, what it is, its first sentence, what to do first, and `why`."""
    title = link(resource.title, resource.url) if _linked(resource) else show(resource.title, TITLE_LIMIT)
    finished = f" · {DONE}" if done is not None and resource.id in done else ""
    level = f" · {resource.level}" if resource.level else ""
    step = library.step(resource).number
    lines = [
        f"**{number}. {title}**{finished}",
        f"{by_line(resource.kind, resource.authors)}{level} · step {step} of {len(library.catalog)}",
        first_sentence(resource.summary, summary_limit) if summary_limit > 1 else "",
        _first(resource, library, done),
        why,
    ]
    return "\n".join(line for line in lines if line)


def _linked(resource: Resource) -> bool:
    return len(resource.title) <= TITLE_LIMIT and len(link(resource.title, resource.url)) <= LINK_LIMIT


def _first(resource: Resource, library: Library, done: Collection[str] | None) -> str:
    """`Do *KV Cache brief explainer* first.`, for a member who has not."""
    if done is None or resource.id in done or not (waiting := unmet(library.catalog, resource, done)):
        return ""
    return words.first(show(waiting[0].title, FIRST_LIMIT), len(waiting) - 1)


def _why(hit: Hit) -> str:
    """The reasons on one line; none that the title says itself."""
    if all(reason.field == "title" and reason.how == "exact" for reason in hit.why):
        return ""
    return f"-# {words.why(show(reasons(hit.why), WHY_LIMIT))}"


def _related_text(heading: str, related: Iterable[Related], done: Collection[str]) -> str:
    links = []
    for one in related:
        resource = one.resource
        title = link(resource.title, resource.url) if _linked(resource) else show(resource.title, TITLE_LIMIT)
        links.append(f"- {title}{f' · {DONE}' if resource.id in done else ''}")
    return "\n".join([f"**{heading}**", *links])


def _silent(answer: Answer, library: Library, filters: Filters) -> Iterator[discord.ui.Item[Any]]:
    query = echo(answer.query)
    queries = _ways_on(answer)
    rest = path_button(library.catalog.id, words.SHOW_PATH)
    if answer.excluded:
        wanted = " ".join(word for word in (filters.level, filters.kind) if word)
        yield discord.ui.TextDisplay(words.only_filtered(wanted, query, answer.excluded))
        lifting = [search_button(library, answer.query, words.SHOW_THEM)] if len(answer.query) <= QUERY_LIMIT else []
        yield discord.ui.ActionRow(*lifting, rest)
        return
    yield discord.ui.TextDisplay(words.no_match(query, _unknown(answer, query)))
    if answer.related:
        yield discord.ui.TextDisplay(_related_text(words.CLOSEST, answer.related, ()))
    if queries:
        yield discord.ui.TextDisplay(words.NEAR)
    yield discord.ui.ActionRow(*(search_button(library, query) for query in queries), rest)


def _unknown(answer: Answer, echoed: str) -> list[str]:
    """The words that the list doesn't have, of those that may be repeated: an address, say, is not."""
    return [echo(word) for word in answer.ignored if word in echoed.casefold()]


def search_button(library: Library, query: str, label: str = "") -> discord.ui.Button[Any]:
    """A button that searches for a query of at most QUERY_LIMIT characters, which is on it unless a label is."""
    return button(label or query, f"find:{library.catalog.id}:{query}")


def _ways_on(answer: Answer) -> list[str]:
    names = [answer.suggestion] if answer.suggestion else []
    names += [topic.name for topic in answer.nearest]
    return list(dict.fromkeys(name for name in names if len(name) <= QUERY_LIMIT))[:NEAREST]
