"""How far somebody is, as a picture of the path, and where a server stands together."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from io import BytesIO
from typing import Any

import discord

from bot.catalog import Resource
from bot.catalogs import Library
from bot.discord_io.cards import Card
from bot.discord_io.text import echo, show
from bot.features.progress import words
from bot.path import Step
from bot.picture import PathGroup, PathStep, describe_path
from bot.progress import Tally, next_step, tally

PICTURE = "path.png"
"""The name of the attached picture."""
CELLS = 12
"""Cells of a bar: it stays on one line of a phone."""
TITLE_LIMIT = 80
"""Characters of a stage's or a resource's title."""
SHORT_TITLE_LIMIT = 45
"""Characters of one in a server's list; LISTED of them with as many headings stay under CARD_LIMIT."""
ENOUGH = 5
"""People from whom on numbers are shown for each resource. Of two, each could read the other's marks from them; at any
number somebody can compare the numbers before and after one person's mark, which the README says."""
LISTED = 25
"""Resources that are listed for a server: those that most people have done."""


def picture_groups(library: Library, done: Collection[str]) -> list[PathGroup]:
    """The path as the picture takes it."""
    following = next_step(library.catalog, done).resource
    return [
        PathGroup(group.title, tuple(_path_step(step, done, following) for step in library.steps_of(group)))
        for group in library.catalog.groups
    ]


def _path_step(step: Step, done: Collection[str], following: Resource | None) -> PathStep:
    """A stop; only the next one is named, so that pictures of the same marks are the same."""
    is_next = step.resource is following
    return PathStep(step.number, step.resource.id in done, is_next, step.resource.title if is_next else "")


def picture_file(png: bytes) -> discord.File:
    """The picture as an attachment that `progress_card` shows."""
    return discord.File(BytesIO(png), PICTURE)


def shared_card(library: Library, done: Collection[str], name: str) -> Card:
    """Somebody's progress as others see it, to be sent with `picture_file`; `name` is whose it is."""
    return Card(progress_blocks(library, done, name))


def progress_blocks(library: Library, done: Collection[str], name: str = "") -> Iterator[discord.ui.Item[Any]]:
    """Somebody's progress, `name`, or the reader's own."""
    yield discord.ui.TextDisplay("\n".join(_lines(library, done, name)))
    description = describe_path(picture_groups(library, done))
    yield discord.ui.MediaGallery(discord.MediaGalleryItem(f"attachment://{PICTURE}", description=description))


def _lines(library: Library, done: Collection[str], name: str) -> Iterator[str]:
    whole = tally(library.catalog, done)
    yield f"### {words.progress_of(echo(name) if name else '', whole.done, whole.total)}"
    if whole.complete:
        yield words.WELL_DONE
    following = next_step(library.catalog, done).resource
    if following is not None:
        yield words.next_is(show(following.title, TITLE_LIMIT), library.step(following).number)


def bar(part: Tally) -> str:
    """`████░░░░░░░░` for the eye: a beginning shows, an end is never early. It stands after the number, which a screen
    reader then says first."""
    filled = CELLS * part.done // part.total if part.total else 0
    filled = max(filled, 1) if part.done else 0
    return f"`{'█' * filled}{'░' * (CELLS - filled)}`"


def server_card(library: Library, people: int, counts: Mapping[str, int], *, complete: bool = True) -> Card:
    """Where the people of a server stand: how many of `people` have done each resource, and nobody's name.

    It says so if the numbers are not `complete`.
    """
    remark = [] if complete else [f"-# {words.SERVER_INCOMPLETE}"]
    return Card([discord.ui.TextDisplay("\n".join([*_server_lines(library, people, counts), *remark]))])


def _server_lines(library: Library, people: int, counts: Mapping[str, int]) -> Iterator[str]:
    yield f"### {words.SERVER_TITLE}"
    begun = [step for step in library.steps if counts.get(step.resource.id)]
    if not begun:
        yield words.SERVER_EMPTY
        return
    yield words.people_marked(people)
    if people < ENOUGH:
        yield words.marks_in_all(sum(counts.values()))
        yield f"-# {words.from_on(ENOUGH)}"
        return
    listed = sorted(sorted(begun, key=lambda step: -counts[step.resource.id])[:LISTED], key=lambda step: step.number)
    yield from _listed(listed, people, counts)
    if len(begun) > len(listed):
        yield f"-# {words.fewer_have_done(len(begun) - len(listed))}"
    if left := len(library.steps) - len(begun):
        yield f"-# {words.untouched(left)}"
    yield f"-# {words.SERVER_PRIVATE}"


def _listed(steps: Sequence[Step], people: int, counts: Mapping[str, int]) -> Iterator[str]:
    heading = ""
    for step in steps:
        if step.group.id != heading:
            heading = step.group.id
            yield f"**{show(step.group.title, SHORT_TITLE_LIMIT)}**"
        number = counts[step.resource.id]
        title = show(step.resource.title, SHORT_TITLE_LIMIT)
        yield f"{words.step_of(step.number, title, number, people)} {bar(Tally(number, people))}"
