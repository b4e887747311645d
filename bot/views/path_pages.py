"""The path in pages: numbers run through all stages, the tracks come last, and every page fits a message."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any, Self

import discord

from bot.catalog import Catalog, Stage, Track
from bot.library import Library
from bot.path import Step
from bot.views.buttons import LastingButton, library_of, turn
from bot.views.cards import Card, notice
from bot.views.text import by_line, link, show

LINES = 10
"""Most resources on a page: about two phone screens."""
PAGE_LIMIT = 2400
"""Most characters of list on a page: with the longest opening and heading it stays under CARD_LIMIT, and the
longest line that a catalog may hold (a title of 256, an address of 512 with all its characters encoded) still fits."""
TITLE_LIMIT = 150
"""Characters of the catalog's, a stage's or a track's title."""
GOAL_LIMIT = 500
"""Characters of a stage's goal, a track's note or the prerequisites."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page: the groups that it shows and the lines under each."""

    sections: tuple[tuple[str, str], ...]


def pages(library: Library, group_id: str = "") -> list[Page]:
    """The pages of the whole path, or of one stage or track; empty if there is no such group."""
    catalog = library.catalog
    stages = [stage for stage in catalog.stages if group_id in ("", stage.id)]
    tracks = [track for track in catalog.tracks if group_id in ("", track.id)]
    staged = [page for stage in stages for page in _stage_pages(stage, _steps_of(library, stage))]
    return staged + _track_pages([(track, _steps_of(library, track)) for track in tracks])


def path_card(library: Library, group_id: str, number: int) -> Card:
    """One page as a card with its buttons; `number` counts from 0 and is brought into range."""
    found = pages(library, group_id)
    if not found:
        return notice("That part of the path is not in the index any more. Use /path to see what is.")
    number = min(max(number, 0), len(found) - 1)
    return Card(_blocks(library.catalog, found, number, group_id))


def _steps_of(library: Library, group: Stage | Track) -> list[Step]:
    return [step for step in library.steps if step.group is group]


def _line(step: Step) -> str:
    resource = step.resource
    return f"{step.number}. {link(resource.title, resource.url)}\n-# {by_line(resource.kind, resource.authors)}"


def _chunks(lines: Sequence[str]) -> list[list[str]]:
    """Lines in as few pages as LINES allows, of about equal length, none over PAGE_LIMIT characters."""
    most = ceil(len(lines) / ceil(len(lines) / LINES)) if lines else 1
    chunks: list[list[str]] = [[]]
    for line in lines:
        current = chunks[-1]
        if current and (len(current) == most or sum(map(len, current)) + len(line) > PAGE_LIMIT):
            chunks.append([])
        chunks[-1].append(line)
    return chunks


def _stage_pages(stage: Stage, steps: Sequence[Step]) -> list[Page]:
    heading = f"### {show(stage.title, TITLE_LIMIT)}\n{show(stage.goal, GOAL_LIMIT)}".strip()
    return [Page(((heading, "\n".join(chunk)),)) for chunk in _chunks([_line(step) for step in steps])]


def _track_pages(tracks: Sequence[tuple[Track, Sequence[Step]]]) -> list[Page]:
    """Tracks share pages as long as they fit."""
    found: list[Page] = []
    room = 0
    for track, steps in tracks:
        for section in _track_sections(track, steps):
            size = len(section[0]) + len(section[1])
            if size > room:
                found.append(Page(()))
                room = PAGE_LIMIT
            room -= size
            found[-1] = Page((*found[-1].sections, section))
    return found


def _track_sections(track: Track, steps: Sequence[Step]) -> Iterator[tuple[str, str]]:
    heading = f"### Track: {show(track.title, TITLE_LIMIT)}\n{show(track.note, GOAL_LIMIT)}".strip()
    for chunk in _chunks([_line(step) for step in steps]):
        yield heading, "\n".join(chunk) or "-# No resources here yet."


def _blocks(catalog: Catalog, found: Sequence[Page], number: int, group_id: str) -> Iterator[discord.ui.Item[Any]]:
    if number == 0 and not group_id:
        yield discord.ui.TextDisplay(_opening(catalog))
        yield discord.ui.Separator()
    for heading, lines in found[number].sections:
        yield discord.ui.TextDisplay(f"{heading}\n{lines}")
    if len(found) > 1:
        yield discord.ui.TextDisplay(f"-# Page {number + 1} of {len(found)}")
        yield discord.ui.ActionRow(
            PageButton(group_id, number - 1, "Previous", enabled=number > 0),
            PageButton(group_id, number + 1, "Next", enabled=number + 1 < len(found)),
        )


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
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """The button behind a press."""
        return cls(match["group"], int(match["page"]))

    async def press(self, interaction: discord.Interaction[Any]) -> None:
        """Show the page."""
        await turn(interaction, path_card(library_of(interaction), self.group_id, self.page))
