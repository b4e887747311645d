"""From the headings of an index to the stages that a reader sees."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from zlib import crc32

from bot.catalog.model import MAX_TITLE
from bot.importing.blocks import Source
from bot.importing.entries import Entry
from bot.importing.meta import Reason
from bot.importing.words import cut

PATH_SEPARATOR = " › "
"""Between the headings of a stage's title, from the outermost to the innermost."""
NEIGHBOUR_SEPARATOR = " · "
"""Between the headings of stages that were joined."""
MOST_STAGES = 40
"""Stages that a reader can overlook. With more of them the lowest headings go where there are higher ones,
then neighbours are joined."""
MANY_HEADINGS = 5
"""Headings of the highest level with one work each that are no stages. Two or three may well be."""
TRACK_LEVEL = 10
"""The level of a track's name as a heading."""
FEWEST_STAGES = 5
"""Stages that are left when headings go. One of a thousand works is no section that anybody sees."""
MAX_PATH = 100
"""Characters of a stage's title with the headings above it. Longer ones fill a phone's screen."""


@dataclass(slots=True)
class Group:
    """A stage or a track; `path` are its headings from the outermost."""

    title: str
    path: tuple[str, ...]
    source: Source
    is_track: bool = False
    note: str = ""
    entries: list[Entry] = field(default_factory=list)
    id: str = ""


@dataclass(slots=True, eq=False)
class Section:
    """A heading with what stands below it: works, and sections of a lower level, in order.

    `entry` is the work that the heading itself names; `meta` says why what is below it is no resource; `texts` are the
    lines without a link, which may be details of the one work that it has.
    """

    title: str
    level: int
    source: Source
    parent: Section | None = None
    items: list[Entry | Section] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    note: str = ""
    entry: Entry | None = None
    meta: Reason | None = None
    is_track: bool = False
    dropped: set[int] = field(default_factory=set)

    @property
    def entries(self) -> list[Entry]:
        """The works directly below the heading."""
        return [item for item in self.items if isinstance(item, Entry)]

    @property
    def sections(self) -> list[Section]:
        """The sections directly below the heading."""
        return [item for item in self.items if isinstance(item, Section)]

    def all_entries(self) -> Iterator[Entry]:
        """The works below the heading, of its sections too, in order."""
        for item in self.items:
            if isinstance(item, Section):
                yield from item.all_entries()
            else:
                yield item

    @property
    def above(self) -> Iterator[Section]:
        """The section, then those around it, the nearest first."""
        section: Section | None = self
        while section is not None:
            yield section
            section = section.parent

    @property
    def path(self) -> tuple[str, ...]:
        """The headings from the outermost to this one."""
        return tuple(section.title for section in self.above if section.title)[::-1]

    @property
    def reason(self) -> Reason | None:
        """Why nothing below the heading is a resource."""
        return next((section.meta for section in self.above if section.meta is not None), None)

    @property
    def is_empty(self) -> bool:
        """Whether a heading has neither works nor sections nor a text."""
        return bool(self.title) and not (self.items or self.texts or self.note or self.reason or self.is_track)


def groups_of(root: Section, title: str) -> list[Group]:
    """The stages of a tree of sections, then its tracks; `title` is that of the list."""
    _fold(root)
    _collapse(root)
    groups = list(_groups(root, (), title))
    return sorted(_joined(groups), key=lambda group: group.is_track)


def _fold(section: Section) -> None:
    """Let sections of one work each be part of the one around them, and those that are but a letter."""
    for below in section.sections:
        _fold(below)
    children = [below for below in section.sections if any(True for _ in below.all_entries()) and not below.is_track]
    letters = [below for below in children if len(below.title.strip(" -–—.")) < 2]
    single = [below for below in children if not below.sections and len(below.entries) == 1]
    named = [below for below in single if below.entry is below.entries[0]]
    folded = {id(below) for below in letters} if len(letters) > 2 and len(letters) >= 0.5 * len(children) else set()
    fewest = 2 if section.title else MANY_HEADINGS
    if len(single) >= 0.6 * len(children) and len(single) >= fewest:
        folded |= {id(below) for below in single}
    elif section.title or len(named) >= MANY_HEADINGS:
        folded |= {id(below) for below in named}
    if folded:
        section.items = [
            one for item in section.items
            for one in (item.all_entries() if isinstance(item, Section) and id(item) in folded else (item,))
        ]  # fmt: skip


def _count(section: Section) -> int:
    """How many groups a section gives."""
    own = bool(section.entries) and not section.is_track
    return own + sum(map(_count, section.sections))


def _collapse(root: Section) -> None:
    """Take the lowest headings away, those of the smallest sections first, until the stages are few enough."""
    count = _count(root)
    by_depth: defaultdict[int, list[Section]] = defaultdict(list)
    for section in _walk(root) if count > MOST_STAGES else ():
        if section.title and section.sections and not section.is_track:
            by_depth[len(section.path)].append(section)
    for depth in sorted(by_depth, reverse=True):
        sizes = {id(section): sum(1 for _ in section.all_entries()) for section in by_depth[depth]}
        for section in sorted(by_depth[depth], key=lambda section: sizes[id(section)]):
            if count <= MOST_STAGES:
                return
            if count - _count(section) + 1 < FEWEST_STAGES:
                continue
            count -= _count(section) - 1
            section.items = list(section.all_entries())


def _walk(section: Section) -> Iterator[Section]:
    yield section
    for below in section.sections:
        yield from _walk(below)


def _groups(section: Section, path: tuple[str, ...], title: str) -> Iterator[Group]:
    """The groups of a section: runs of its own works, and its sections; a heading above all others isn't shown."""
    own = section.entries
    if own or (section.is_track and section.title and not section.sections and section.parent and not section.meta):
        yield Group(_title(path) or title, path, section.source, section.is_track, section.note, own)
    wholes = [below for below in section.sections if any(True for _ in below.all_entries())]
    for below in section.sections:
        alone = len(wholes) == 1 and not own and below is wholes[0] and below.sections and not below.entries
        heading = () if alone or not below.title or below.title in path else (below.title,)
        if below.is_track and not section.is_track:
            yield from _groups(below, heading, title)
        else:
            yield from _groups(below, (*path, *heading), title)


def _joined(groups: list[Group]) -> list[Group]:
    """One stage for several neighbours below the same heading, where there are still too many.

    Whether a heading begins one depends on nothing but its text: a new heading changes one stage, not all behind it.
    """
    stages = [group for group in groups if not group.is_track]
    size = -(-len(stages) // MOST_STAGES)
    if size < 2:
        return groups
    runs: list[list[Group]] = []
    for group in stages:
        if not runs or group.path[:-1] != runs[-1][0].path[:-1] or crc32("".join(group.path[-1:]).encode()) % size == 0:
            runs.append([])
        runs[-1].append(group)
    return [*map(_one, runs), *(group for group in groups if group.is_track)]


def _one(groups: list[Group]) -> Group:
    """Several groups as one, with the headings of all, or of the first and the last."""
    first, headings = groups[0], [group.path[-1] for group in groups if group.path]
    title = NEIGHBOUR_SEPARATOR.join(headings)
    if len(title) > MAX_PATH:
        title = f"{headings[0]} … {headings[-1]}"
    if len(groups) > 1:
        path = (*first.path[:-1], cut(title, MAX_PATH))
        first = replace(first, title=_title(path), path=path, note="", entries=[])
        first.entries += [entry for group in groups for entry in group.entries]
    return first


def _title(path: Sequence[str]) -> str:
    """The headings of a group as its title; where they are too long together, the outermost are dropped."""
    while len(path) > 1 and len(PATH_SEPARATOR.join(path)) > MAX_PATH:
        path = path[1:]
    return cut(PATH_SEPARATOR.join(path), MAX_TITLE)
