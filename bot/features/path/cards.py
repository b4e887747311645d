"""The path in pages: numbers run through all stages, the tracks come last, and every page fits a message."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil
from typing import Any
from weakref import WeakKeyDictionary

import discord

from bot.catalog import Catalog, Resource, Stage, Track
from bot.catalogs import Library
from bot.discord_io.buttons import button, path_button
from bot.discord_io.cards import Card, notice
from bot.discord_io.marks import STATE_LIMIT, mark_button, state_words
from bot.discord_io.text import by_line, echo, link, show
from bot.features.path import words
from bot.marks import Action
from bot.path import Step
from bot.progress import next_step, tally

LINES = 8
"""Most resources on a page: about two phone screens."""
PIECES = 32
"""Most components that the groups of a page take: Discord takes 40 in a message, and the frame, the opening, the last
line and the buttons are 8."""
PAGE_LIMIT = 2400
"""Most characters of list on a page: with the longest opening, heading and last line it stays under CARD_LIMIT, and the
longest line that a catalog may hold (a title of 256, an address of 512 with all its characters encoded) still fits."""
TITLE_LIMIT = 150
"""Characters of the catalog's, a stage's or a track's title."""
GOAL_LIMIT = 500
"""Characters of a stage's goal, a track's note or the prerequisites."""
UNKNOWN = "•"
"""Before a step where no marks are shown. Something stands before every number: a line that begins with one is taken
for a list, which some apps count anew."""


@dataclass(frozen=True, slots=True)
class Part:
    """What a page shows of one stage or track: its heading and some of its steps."""

    heading: str
    steps: tuple[Step, ...]

    @property
    def characters(self) -> int:
        """Its length at most, whatever is marked."""
        return len(self.heading) + sum(map(_length, self.steps))

    @property
    def pieces(self) -> int:
        """How many of a message's components it takes: a heading, and for each step a block, its text and its button;
        for no steps a line that says so."""
        return 1 + max(1, 3 * len(self.steps))


Page = tuple[Part, ...]

_paged: WeakKeyDictionary[Library, dict[str, tuple[Page, ...]]] = WeakKeyDictionary()
"""The pages of each list, made once: at 12,000 resources that takes a tenth of a second. Weak, so that a list that was
replaced can be freed."""


def pages(library: Library, group_id: str = "") -> tuple[Page, ...]:
    """The pages of the whole path, or of one stage or track; empty if there is no such group. Nobody's marks change
    where they begin and end."""
    known = _paged.setdefault(library, {})
    if group_id not in known and (found := _pages(library, group_id)):
        known[group_id] = found
    return known.get(group_id, ())


def _pages(library: Library, group_id: str) -> tuple[Page, ...]:
    catalog = library.catalog
    stages = [stage for stage in catalog.stages if group_id in ("", stage.id)]
    tracks = [track for track in catalog.tracks if group_id in ("", track.id)]
    staged: list[Page] = [(part,) for stage in stages for part in _parts(stage, _stage_heading(stage), library)]
    tracked = [part for track in tracks for part in _parts(track, _track_heading(track), library)]
    return (*staged, *_together(tracked))


def path_card(library: Library, group_id: str, number: int, today: date, done: Collection[str] | None = None) -> Card:
    """One page as a card with its buttons; `number` counts from 0 and is brought into range.

    `done` are the ids of what its member has finished; None shows no marks. What is new `today` says so.
    """
    found = pages(library, group_id)
    if not found:
        return notice(words.GROUP_GONE)
    number = min(max(number, 0), len(found) - 1)
    return Card(_blocks(library, found, number, group_id, today, done))


def unknown_group(library: Library, text: str) -> Card:
    """What a member is told who asks for a stage or track that the list does not have."""
    titles = [show(group.title, TITLE_LIMIT) for group in library.catalog.groups]
    return notice(words.no_group(echo(text), titles))


def card_at_next(library: Library, group_id: str, today: date, done: Collection[str] | None) -> Card:
    """The page with the member's next step, of the group that is shown if the step is there; the first page to
    somebody who has done all."""
    following = next_step(library.catalog, done).resource if done is not None else None
    if following is None:
        return path_card(library, group_id, 0, today, done)
    shown = group_id if library.step(following).group.id == group_id else ""
    return path_card(library, shown, page_with(library, shown, following), today, done)


def page_with(library: Library, group_id: str, resource: Resource) -> int:
    """The number of the page that a resource stands on."""
    listed = pages(library, group_id)
    return next(number for number, page in enumerate(listed) if _holds(page, resource))


def _holds(page: Page, resource: Resource) -> bool:
    return any(step.resource is resource for part in page for step in part.steps)


def _length(step: Step) -> int:
    return len(_line(step, UNKNOWN, "")) + STATE_LIMIT + len(f" · {words.NEW}")


def _line(step: Step, sign: str, state: str) -> str:
    resource = step.resource
    about = " · ".join(filter(None, (state, by_line(resource.kind, resource.authors))))
    return f"{sign} {step.number}. {link(resource.title, resource.url)}" + (f"\n-# {about}" if about else "")


def _chunks(steps: Sequence[Step]) -> list[list[Step]]:
    """Steps in as few pages as LINES allows, of about equal length, none over PAGE_LIMIT characters."""
    most = ceil(len(steps) / ceil(len(steps) / LINES)) if steps else 1
    chunks: list[list[Step]] = [[]]
    room = PAGE_LIMIT
    for step in steps:
        size = _length(step)
        if chunks[-1] and (len(chunks[-1]) == most or size > room):
            chunks.append([])
            room = PAGE_LIMIT
        chunks[-1].append(step)
        room -= size
    return chunks


def _stage_heading(stage: Stage) -> str:
    return f"### {show(stage.title, TITLE_LIMIT)}\n{show(stage.goal, GOAL_LIMIT)}".strip()


def _track_heading(track: Track) -> str:
    return f"### Track: {show(track.title, TITLE_LIMIT)}\n{show(track.note, GOAL_LIMIT)}".strip()


def _parts(group: Stage | Track, heading: str, library: Library) -> list[Part]:
    steps = library.steps_of(group)
    return [Part(heading, tuple(chunk)) for chunk in _chunks(steps)]


def _together(parts: Sequence[Part]) -> list[Page]:
    """Parts share pages as long as they fit."""
    found: list[Page] = []
    for part in parts:
        page = (*found[-1], part) if found else (part,)
        fits = sum(one.characters for one in page) <= PAGE_LIMIT and sum(one.pieces for one in page) <= PIECES
        if found and fits and sum(len(one.steps) for one in page) <= LINES:
            found[-1] = page
        else:
            found.append((part,))
    return found


def _blocks(
    library: Library, found: Sequence[Page], number: int, group_id: str, today: date, done: Collection[str] | None
) -> Iterator[discord.ui.Item[Any]]:
    if number == 0 and not group_id:
        yield discord.ui.TextDisplay(_opening(library.catalog))
        yield discord.ui.Separator()
    following = next_step(library.catalog, done).resource if done is not None else None
    for part in found[number]:
        yield discord.ui.TextDisplay(part.heading + ("" if part.steps else f"\n-# {words.NOTHING_YET}"))
        for step in part.steps:
            yield _section(library, step, group_id, today, done, following)
    footer = [words.page_of(number + 1, len(found))] if len(found) > 1 else []
    if done is not None:
        footer += _standing(library, done, following)
    if footer:
        yield discord.ui.TextDisplay(f"-# {' · '.join(footer)}")
    if buttons := [
        *_turning(library, found, number, group_id),
        *_leading_on(library, found[number], group_id, following),
    ]:
        yield discord.ui.ActionRow(*buttons)


def _turning(library: Library, found: Sequence[Page], number: int, group_id: str) -> Iterator[discord.ui.Button[Any]]:
    if len(found) > 1:
        catalog_id, last = library.catalog.id, len(found) - 1
        yield path_button(catalog_id, words.PREVIOUS_PAGE, group_id, number - 1, disabled=number == 0)
        yield path_button(catalog_id, words.NEXT_PAGE, group_id, number + 1, disabled=number == last)


def _leading_on(
    library: Library, page: Page, group_id: str, following: Resource | None
) -> Iterator[discord.ui.Button[Any]]:
    if following is not None and not _holds(page, following):
        yield button(words.TO_NEXT_STEP, f"here:{library.catalog.id}:{group_id}")


def _state(finished: bool, is_next: bool) -> tuple[str, str]:
    """The sign and the words of a step's state."""
    return words.DONE if finished else words.NEXT if is_next else words.OPEN


def _section(
    library: Library,
    step: Step,
    group_id: str,
    today: date,
    done: Collection[str] | None,
    following: Resource | None,
) -> discord.ui.Item[Any]:
    resource = step.resource
    finished = done is not None and resource.id in done
    sign, state = (UNKNOWN, "") if done is None else _state(finished, resource is following)
    if (sign, state) == words.OPEN:
        state = state_words(library, resource, done) or state
    if resource.is_new(today):
        state = " · ".join(filter(None, (state, words.NEW)))
    label = words.mark_label(step.number, finished=finished)
    prefix = "part" if group_id else "step"
    accessory = mark_button(library, resource, Action.beside(finished), label=label, prefix=prefix)
    return discord.ui.Section(_line(step, sign, state), accessory=accessory)


def _standing(library: Library, done: Collection[str], following: Resource | None) -> list[str]:
    """`3 of 23 done`, `next for you: step 4`."""
    whole = tally(library.catalog, done)
    listed = [words.standing(whole.done, whole.total)]
    return [*listed, words.next_step(library.step(following).number)] if following else listed


def _opening(catalog: Catalog) -> str:
    return words.opening(show(catalog.title, TITLE_LIMIT), show("; ".join(catalog.prerequisites), GOAL_LIMIT))
