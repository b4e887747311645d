"""The path in pages: numbers run through all stages, the tracks come last, and every page fits a message."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import ceil
from typing import Any, Self

import discord

from bot.catalog import Catalog, Resource, Stage, Track
from bot.library import Library
from bot.path import Step
from bot.progress import next_step, tally
from bot.views.buttons import LastingButton, bot_of, turn
from bot.views.cards import Card, notice
from bot.views.done import INTENT, STATE_LIMIT, DoneButton, Turned, intent, marks_of, state_words
from bot.views.text import by_line, link, show

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
DONE, NEXT, OPEN = ("✓", "done"), ("→", "next for you"), ("○", "to do")
"""A sign for the eye and words for the ear, of each state that a step can have for a member."""
KEPT = 64
"""Divisions into pages that are kept: the whole path's and those of most stages. At 0 each turn of a page divides all
of it anew (a tenth of a second at 12,000 resources)."""
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


@lru_cache(maxsize=KEPT)
def pages(library: Library, group_id: str = "") -> tuple[Page, ...]:
    """The pages of the whole path, or of one stage or track; empty if there is no such group. Nobody's marks change
    where they begin and end."""
    catalog = library.catalog
    stages = [stage for stage in catalog.stages if group_id in ("", stage.id)]
    tracks = [track for track in catalog.tracks if group_id in ("", track.id)]
    staged: list[Page] = [(part,) for stage in stages for part in _parts(stage, _stage_heading(stage), library)]
    tracked = [part for track in tracks for part in _parts(track, _track_heading(track), library)]
    return (*staged, *_together(tracked))


def path_card(library: Library, group_id: str, number: int, done: Collection[str] | None = None) -> Card:
    """One page as a card with its buttons; `number` counts from 0 and is brought into range.

    `done` are the ids of what its member has finished; None shows no marks.
    """
    found = pages(library, group_id)
    if not found:
        return notice("That part of the path is not in the index any more. Use /path to see what is.")
    number = min(max(number, 0), len(found) - 1)
    return Card(_blocks(library, found, number, group_id, done))


def page_with(library: Library, group_id: str, resource: Resource) -> int:
    """The number of the page that a resource stands on."""
    listed = pages(library, group_id)
    return next(number for number, page in enumerate(listed) if _holds(page, resource))


def _holds(page: Page, resource: Resource) -> bool:
    return any(step.resource is resource for part in page for step in part.steps)


def _length(step: Step) -> int:
    return len(_line(step, UNKNOWN, "")) + STATE_LIMIT


def _line(step: Step, sign: str, words: str) -> str:
    resource = step.resource
    about = by_line(resource.kind, resource.authors)
    return f"{sign} {step.number}. {link(resource.title, resource.url)}\n-# {f'{words} · ' if words else ''}{about}"


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
    library: Library, found: Sequence[Page], number: int, group_id: str, done: Collection[str] | None
) -> Iterator[discord.ui.Item[Any]]:
    if number == 0 and not group_id:
        yield discord.ui.TextDisplay(_opening(library.catalog))
        yield discord.ui.Separator()
    following = next_step(library.catalog, done).resource if done is not None else None
    for part in found[number]:
        yield discord.ui.TextDisplay(part.heading + ("" if part.steps else "\n-# No resources here yet."))
        for step in part.steps:
            yield _section(library, step, group_id, done, following)
    footer = [f"Page {number + 1} of {len(found)}"] if len(found) > 1 else []
    if done is not None:
        footer += _standing(library, done, following)
    if footer:
        yield discord.ui.TextDisplay(f"-# {' · '.join(footer)}")
    if buttons := [*_turning(found, number, group_id), *_leading_on(found[number], group_id, following)]:
        yield discord.ui.ActionRow(*buttons)


def _turning(found: Sequence[Page], number: int, group_id: str) -> Iterator[PageButton]:
    if len(found) > 1:
        yield PageButton(group_id, number - 1, "Previous", enabled=number > 0)
        yield PageButton(group_id, number + 1, "Next", enabled=number + 1 < len(found))


def _leading_on(page: Page, group_id: str, following: Resource | None) -> Iterator[YourStepButton]:
    if following is not None and not _holds(page, following):
        yield YourStepButton(group_id)


def _section(
    library: Library, step: Step, group_id: str, done: Collection[str] | None, following: Resource | None
) -> discord.ui.Item[Any]:
    resource = step.resource
    finished = done is not None and resource.id in done
    sign, words = (UNKNOWN, "") if done is None else DONE if finished else NEXT if resource is following else OPEN
    if words == OPEN[1]:
        words = state_words(library, resource, done) or words
    kind = PartDoneButton if group_id else PathDoneButton
    label = f"Undo {step.number}" if finished else f"Mark {step.number} done"  # one of many to a screen reader
    button = kind(resource.id, intent(finished), label=label)
    return discord.ui.Section(_line(step, sign, words), accessory=button)


def _standing(library: Library, done: Collection[str], following: Resource | None) -> list[str]:
    """`3 of 23 done`, `next for you: step 4`."""
    whole = tally(library.catalog, done)
    listed = [f"{whole.done} of {whole.total} done"]
    return [*listed, f"next for you: step {library.step(following).number}"] if following else listed


def _opening(catalog: Catalog) -> str:
    text = f"## {show(catalog.title, TITLE_LIMIT)}"
    if catalog.prerequisites:
        text += f"\nBefore you start: {show('; '.join(catalog.prerequisites), GOAL_LIMIT)}"
    return text


class PageButton(LastingButton, template=r"path:(?P<group>[a-z0-9-]*):(?P<page>-?\d{1,6})"):
    """Turns to a page of the path."""

    def __init__(self, group_id: str, page: int, label: str = "Path", *, enabled: bool = True) -> None:
        self.group_id = group_id
        self.page = page
        super().__init__(discord.ui.Button(label=label, custom_id=f"path:{group_id}:{page}", disabled=not enabled))

    @classmethod
    def of(cls, match: re.Match[str]) -> Self:
        """The button that a custom_id names."""
        return cls(match["group"], int(match["page"]))

    async def press(self, interaction: discord.Interaction[Any]) -> None:
        """Show the page."""
        bot = bot_of(interaction)
        done = await marks_of(bot.store, bot.library.catalog, interaction.user.id)
        await turn(interaction, path_card(bot.library, self.group_id, self.page, done))


class YourStepButton(LastingButton, template=r"path-step:(?P<group>[a-z0-9-]*)"):
    """Turns to the page with the next step of whoever presses it: of the stage or track that is shown, if it is there.

    It looks for the step when it is pressed: a mark may have moved it since the page was shown.
    """

    def __init__(self, group_id: str) -> None:
        self.group_id = group_id
        super().__init__(discord.ui.Button(label="To your next step", custom_id=f"path-step:{group_id}"))

    async def press(self, interaction: discord.Interaction[Any]) -> None:
        """Show the page; the first one to somebody who has done all."""
        bot = bot_of(interaction)
        done = await marks_of(bot.store, bot.library.catalog, interaction.user.id)
        await turn(interaction, _card_at_next(bot.library, self.group_id, done))


def _card_at_next(library: Library, group_id: str, done: Collection[str] | None) -> Card:
    following = next_step(library.catalog, done).resource if done is not None else None
    if following is None:
        return path_card(library, group_id, 0, done)
    shown = group_id if library.step(following).group.id == group_id else ""
    return path_card(library, shown, page_with(library, shown, following), done)


class PathDoneButton(DoneButton, template=r"done-path:(?P<id>[a-z0-9-]{1,64})" + INTENT):
    """The one beside each step of the whole path: it shows the same page with the new marks."""

    prefix = "done-path"

    def redrawn(self, library: Library, done: frozenset[str], turned: Turned) -> Card:
        """The page that the step stands on."""
        resource = library.catalog[self.resource_id]
        group_id = self.group_of(library.step(resource))
        return path_card(library, group_id, page_with(library, group_id, resource), done)

    def group_of(self, step: Step) -> str:
        """The stage or track that the card shows; empty for the whole path."""
        return ""


class PartDoneButton(PathDoneButton, template=r"done-part:(?P<id>[a-z0-9-]{1,64})" + INTENT):
    """The one beside each step where only its stage or track is shown."""

    prefix = "done-part"

    def group_of(self, step: Step) -> str:
        """The step's own."""
        return step.group.id
