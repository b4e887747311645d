"""The answer to /next: one step with its reasons, a few others, or a warm word when all is done."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import discord

from bot.catalog import Resource
from bot.catalogs import Library
from bot.discord_io.buttons import button, next_button, path_button
from bot.discord_io.cards import Card, open_button
from bot.discord_io.marks import changed_words, mark_button
from bot.discord_io.text import CUSTOM_ID_LIMIT, LABEL_LIMIT, by_line, first_sentence, fit, listed, show
from bot.features.progress import words
from bot.features.progress.words import Share
from bot.marks import Action, MarkChange
from bot.progress import NextStep, next_step, tally, unmet

TITLE_LIMIT = 150
"""Characters of a title; the longest card stays under CARD_LIMIT."""
SUMMARY_LIMIT = 400
"""Characters of the summary."""
NAMED = 3
"""Resources that a reason names."""


TRACKS = 6
"""Tracks that are named as the way on."""
NOTE_LIMIT = 200
"""Characters of a track's note there."""


@dataclass(frozen=True, slots=True)
class NextRequest:
    """A request for the next step: the list, the ids that the member has `done`, and a kind or level if they want only
    that."""

    library: Library
    done: Collection[str]
    kind: str | None = None
    level: str | None = None

    def fits(self, resource: Resource) -> bool:
        """Whether a resource is of the kind and the level that are wanted."""
        return self.kind in (None, resource.kind) and self.level in (None, resource.level)

    @property
    def filter_words(self) -> str:
        """`beginner video`; empty without a filter."""
        return " ".join(filter(None, (self.level, self.kind)))


def next_card(request: NextRequest, just_done: Resource | None = None) -> Card:
    """The next step as a card; `just_done` is what was marked done on this very card a moment ago."""
    found = next_step(request.library.catalog, request.done, kind=request.kind, level=request.level)
    return Card([*_just_done(request, just_done), *_main(request, found)])


def _just_done(request: NextRequest, resource: Resource | None) -> Iterator[discord.ui.Item[Any]]:
    if resource is not None:
        said = changed_words(request.library, resource, request.done, MarkChange(True))
        yield discord.ui.Section(said, accessory=_mark_button(request, resource, Action.UNDO))
        yield discord.ui.Separator()


def _main(request: NextRequest, found: NextStep) -> Iterable[discord.ui.Item[Any]]:
    return _step(request, found, found.resource) if found.resource else _nothing_left(request)


def _step(request: NextRequest, found: NextStep, resource: Resource) -> Iterator[discord.ui.Item[Any]]:
    yield discord.ui.TextDisplay("\n".join(_lines(request, found, resource)))
    yield discord.ui.ActionRow(open_button(resource.url), _mark_button(request, resource, Action.MARK))
    if found.alternatives:
        yield discord.ui.Separator()
        yield discord.ui.TextDisplay(f"**{words.OTHERS}**")
        yield discord.ui.ActionRow(*map(_alternative, found.alternatives))


def _lines(request: NextRequest, found: NextStep, resource: Resource) -> Iterator[str]:
    whole = tally(request.library.catalog, request.done)
    yield f"### {words.next_for_you(show(resource.title, TITLE_LIMIT))}"
    place = request.library.step(resource).number
    yield by_line(resource.kind, resource.authors, resource.level, words.step_words(place, whole.total))
    if resource.summary:
        yield first_sentence(resource.summary, SUMMARY_LIMIT)
    yield f"\n**{words.WHY_NOW}** {_why(request, found, resource)}"
    if found.unlocks:
        yield f"**{words.OPENS}** {_named(found.unlocks)}"
    yield f"-# {words.have_done(whole.done, whole.total)}"


def _why(request: NextRequest, found: NextStep, resource: Resource) -> str:
    if found.before is not None:
        return words.comes_first(request.filter_words, _named([found.before]))
    if found.builds_on:
        return words.builds_on(_named(found.builds_on))
    if found.passed is not None:
        return _first_now(request, resource, found.passed)
    if request.filter_words:
        return words.first_of(request.filter_words)
    if _only_tracks_are_left(request):
        group = request.library.step(resource).group
        return words.from_a_track(show(group.title, TITLE_LIMIT))
    if request.library.step(resource).number > 1:
        return words.FIRST_LEFT
    return words.BEGINS


def _first_now(request: NextRequest, resource: Resource, passed: Resource) -> str:
    waited_for = unmet(request.library.catalog, passed, request.done)
    what = words.IT if waited_for == (resource,) else _named(waited_for)
    return words.first_now(request.filter_words, _named([passed]), what)


def _only_tracks_are_left(request: NextRequest) -> bool:
    staged = [resource.id for stage in request.library.catalog.stages for resource in stage.resources]
    return bool(staged) and all(slug in request.done for slug in staged)


def _named(resources: Iterable[Resource]) -> str:
    ones = list(resources)
    more = [words.more(len(ones) - NAMED)] if len(ones) > NAMED else []
    return listed([*(f"**{show(one.title, TITLE_LIMIT)}**" for one in ones[:NAMED]), *more])


def _mark_button(request: NextRequest, resource: Resource, action: Action) -> discord.ui.Button[Any]:
    suffix = f":{request.kind or ''}:{request.level or ''}"
    marking = mark_button(request.library, resource, action, prefix="next", suffix=suffix)
    if len(marking.custom_id or "") > CUSTOM_ID_LIMIT:  # what comes after it is then unfiltered
        return mark_button(request.library, resource, action, prefix="next", suffix="::")
    return marking


def _alternative(resource: Resource) -> discord.ui.Button[Any]:
    facts = ", ".join(filter(None, (resource.kind, resource.level)))
    about = f" ({facts})" if facts else ""
    return open_button(resource.url, fit(resource.title, LABEL_LIMIT - len(about)) + about)


def _nothing_left(request: NextRequest) -> list[discord.ui.Item[Any]]:
    whole = tally(request.library.catalog, request.done)
    if whole.complete:
        catalog_id = request.library.catalog.id
        ways_on = [
            button(words.POST, f"prog:{catalog_id}:{Share.POST.value}"),
            path_button(catalog_id, words.SHOW_PATH),
        ]
        return [discord.ui.TextDisplay("\n".join(_the_end(request, whole.total))), discord.ui.ActionRow(*ways_on)]
    if not whole.total:
        return [discord.ui.TextDisplay(words.EMPTY)]
    wanted = sum(request.fits(resource) for resource in request.library.catalog)
    text = (
        words.all_of_it_done(request.filter_words, wanted) if wanted else words.none_on_the_list(request.filter_words)
    )
    return [discord.ui.TextDisplay(text), discord.ui.ActionRow(next_button(request.library.catalog.id))]


def _the_end(request: NextRequest, total: int) -> Iterator[str]:
    yield f"### {words.all_done(total)}"
    yield words.THE_END
    tracks = [track for track in request.library.catalog.tracks if track.resources][:TRACKS]
    if tracks:
        yield f"\n**{words.DEEPER}**"
    for track in tracks:
        note = f": {show(track.note, NOTE_LIMIT)}" if track.note else ""
        yield f"- **{show(track.title, TITLE_LIMIT)}**{note}"
    yield words.SHOW_IT
