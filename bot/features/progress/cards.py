"""How far somebody is: a bar and numbers for each stage, the path as a picture, and where a server stands together."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from io import BytesIO
from typing import Any

import discord

from bot.catalogs import Library
from bot.discord_io.buttons import next_button
from bot.discord_io.cards import Card
from bot.discord_io.text import count, echo, show
from bot.path import Step
from bot.picture import PathGroup, PathStep, describe_path
from bot.progress import Tally, next_step, tallies, tally

PICTURE = "path.png"
"""The name of the attached picture."""
CELLS = 12
"""Cells of a bar: it stays on one line of a phone."""
TITLE_LIMIT = 80
"""Characters of a stage's or a resource's title."""
SHORT_TITLE_LIMIT = 45
"""Characters of one in a server's list; LISTED of them with as many headings stay under CARD_LIMIT."""
GROUPS = 20
"""Stages and tracks that have a bar of their own; the longest card stays under CARD_LIMIT."""
ENOUGH = 5
"""People from whom on numbers are shown for each resource. Of two, each could read the other's marks from them; at any
number somebody can compare the numbers before and after one person's mark, which the README says."""
LISTED = 25
"""Resources that are listed for a server: those that most people have done."""


def picture_groups(library: Library, done: Collection[str]) -> list[PathGroup]:
    """The path as the picture takes it."""
    following = next_step(library.catalog, done).resource
    return [
        PathGroup(
            group.title,
            tuple(
                PathStep(step.number, step.resource.id in done, step.resource is following)
                for step in library.steps_of(group)
            ),
        )
        for group in library.catalog.groups
    ]


def picture_file(png: bytes) -> discord.File:
    """The picture as an attachment that `progress_card` shows."""
    return discord.File(BytesIO(png), PICTURE)


def progress_card(library: Library, done: Collection[str], *, name: str = "", remark: str = "") -> Card:
    """Somebody's progress, to be sent with `picture_file`; `name` is whose it is, the reader's own without one.

    `remark` is one more line below it.
    """
    return Card(_blocks(library, done, name, remark))


def _blocks(library: Library, done: Collection[str], name: str, remark: str) -> Iterator[discord.ui.Item[Any]]:
    yield discord.ui.TextDisplay("\n".join(_lines(library, done, name)))
    words = describe_path(picture_groups(library, done))
    yield discord.ui.MediaGallery(discord.MediaGalleryItem(f"attachment://{PICTURE}", description=words))
    if remark:
        yield discord.ui.TextDisplay(f"-# {remark}")
    if not name and not tally(library.catalog, done).complete:
        yield discord.ui.ActionRow(next_button(library.catalog.id))


def _lines(library: Library, done: Collection[str], name: str) -> Iterator[str]:
    whole = tally(library.catalog, done)
    yield f"### {f'Progress of {echo(name)}' if name else 'Your progress'}: {whole.done} of {whole.total}"
    if whole.complete:
        yield "The whole path is done. Well done!"
    filled = [(group, part) for group, part in tallies(library.catalog, done) if part.total]
    for group, part in filled[:GROUPS]:
        yield f"**{show(group.title, TITLE_LIMIT)}**\n{part.done} of {part.total} {bar(part)}"
    if len(filled) > GROUPS:
        yield f"-# And {len(filled) - GROUPS} more."
    following = next_step(library.catalog, done).resource
    if following is not None:
        yield f"\nNext: **{show(following.title, TITLE_LIMIT)}**, step {library.step(following).number}"


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
    remark = (
        [] if complete else ["-# There may be more: Discord has not told me yet of everybody whether they are here."]
    )
    return Card([discord.ui.TextDisplay("\n".join([*_server_lines(library, people, counts), *remark]))])


def _server_lines(library: Library, people: int, counts: Mapping[str, int]) -> Iterator[str]:
    yield "### Where this server stands"
    begun = [step for step in library.steps if counts.get(step.resource.id)]
    if not begun:
        yield "Nobody here has marked anything done yet. `/done` is the beginning."
        return
    yield f"{people} {'person here has' if people == 1 else 'people here have'} marked something done."
    if people < ENOUGH:
        yield f"In all that is {count(sum(counts.values()), 'mark')}."
        yield f"-# From {ENOUGH} people on I show numbers for each resource: of fewer, one could guess whose they are."
        return
    listed = sorted(sorted(begun, key=lambda step: -counts[step.resource.id])[:LISTED], key=lambda step: step.number)
    yield from _listed(listed, people, counts)
    if len(begun) > len(listed):
        yield f"-# And {len(begun) - len(listed)} more that fewer people have done."
    if untouched := len(library.steps) - len(begun):
        yield f"-# {count(untouched, 'resource')} nobody here has done yet."
    yield "-# These are numbers only: who did what stays with each person. `/privacy counted` leaves you out."


def _listed(steps: Sequence[Step], people: int, counts: Mapping[str, int]) -> Iterator[str]:
    heading = ""
    for step in steps:
        if step.group.id != heading:
            heading = step.group.id
            yield f"**{show(step.group.title, SHORT_TITLE_LIMIT)}**"
        number = counts[step.resource.id]
        title = show(step.resource.title, SHORT_TITLE_LIMIT)
        # A line that begins with a number is taken for a list, which some apps count anew.
        yield f"Step {step.number}: {title}\n{number} of {people} {bar(Tally(number, people))}"
