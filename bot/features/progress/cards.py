"""How far a member is, as a picture of the path, and how far a server is together."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from io import BytesIO
from typing import Any

import discord

from bot.catalog import Resource
from bot.catalogs import Library
from bot.discord_io.cards import Card
from bot.discord_io.text import show
from bot.language import Language
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
LISTED = 25
"""Resources that are listed for a server: those that most members have finished."""


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
    """The picture as an attachment that the card shows."""
    return discord.File(BytesIO(png), PICTURE)


def shared_card(library: Library, done: Collection[str], name: str, language: Language) -> Card:
    """A member's progress as others see it, to be sent with `picture_file`; `name` is safe to show."""
    return Card(progress_blocks(library, done, language, name))


def progress_blocks(
    library: Library, done: Collection[str], language: Language, name: str = ""
) -> Iterator[discord.ui.Item[Any]]:
    """A member's progress with its picture: another's, with their `name`, or the reader's own."""
    yield discord.ui.TextDisplay("\n".join(_lines(library, done, language, name)))
    description = describe_path(picture_groups(library, done), language)
    yield discord.ui.MediaGallery(discord.MediaGalleryItem(f"attachment://{PICTURE}", description=description))


def _lines(library: Library, done: Collection[str], language: Language, name: str) -> Iterator[str]:
    t, whole = language.t, tally(library.catalog, done)
    if name:
        yield "### " + t("{name}'s progress: {done} of {total}", name=name, done=whole.done, total=whole.total)
    else:
        yield "### " + t("Your progress: {done} of {total}", done=whole.done, total=whole.total)
    if whole.complete:
        yield t("The whole path is done. Well done!")
    following = next_step(library.catalog, done).resource
    if following is not None:
        number, title = library.step(following).number, show(following.title, TITLE_LIMIT)
        yield t("Next: **{title}**, step {number}", title=title, number=number)


def bar(part: Tally) -> str:
    """`████░░░░░░░░`: any progress shows, and the bar is full only at the end. It follows the number, which a screen
    reader then says first."""
    filled = CELLS * part.done // part.total if part.total else 0
    filled = max(filled, 1) if part.done else 0
    return f"`{'█' * filled}{'░' * (CELLS - filled)}`"


def server_lines(
    library: Library, people: int, counts: Mapping[str, int], language: Language, *, complete: bool
) -> Iterator[str]:
    """How many of the `people` of a server who share their progress have finished each resource, and nobody's name.

    It says so if the numbers are not `complete`.
    """
    t, plural = language.t, language.plural
    yield "### " + t("Progress on this server")
    if people:
        yield plural("{n} member shares their progress.", "{n} members share their progress.", people)
        yield from _listed(library, people, counts, language)
    elif complete:
        yield t("Nobody here who shares their progress has finished anything yet.")
    yield "-# " + t("Only members who share their progress are counted.")
    if not complete:
        yield "-# " + t("May be incomplete: I'm still checking who is on this server.")


def _listed(library: Library, people: int, counts: Mapping[str, int], language: Language) -> Iterator[str]:
    begun = [step for step in library.steps if counts.get(step.resource.id)]
    listed = sorted(sorted(begun, key=lambda step: -counts[step.resource.id])[:LISTED], key=lambda step: step.number)
    yield from _counted(listed, people, counts, language)
    if more := len(begun) - len(listed):
        yield "-# " + language.plural("And {n} more with fewer finishers.", "And {n} more with fewer finishers.", more)
    if left := len(library.steps) - len(begun):
        yield "-# " + language.plural(
            "{n} resource nobody here has finished.", "{n} resources nobody here has finished.", left
        )


def _counted(steps: Sequence[Step], people: int, counts: Mapping[str, int], language: Language) -> Iterator[str]:
    heading = ""
    for step in steps:
        if step.group.id != heading:
            heading = step.group.id
            yield f"**{show(step.group.title, SHORT_TITLE_LIMIT)}**"
        number, title = counts[step.resource.id], show(step.resource.title, SHORT_TITLE_LIMIT)
        # A line that begins with a number is taken for a list, which some apps count anew.
        yield language.t("Step {number}: {title}", number=step.number, title=title)
        yield language.t("{done} of {total}", done=number, total=people) + f" {bar(Tally(number, people))}"
