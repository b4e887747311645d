"""From the blocks of an index to a catalog in the making: groups with entries, duplicates merged, ids given."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

from bot.catalog.identity import Ids, canonical_page, slug
from bot.catalog.model import MAX_CATALOG_ID, MAX_ID, MAX_NAME, MAX_PARAGRAPH, MAX_TITLE
from bot.importing.addresses import Resolver
from bot.importing.blocks import Block, BlockKind, LeftOut, Source
from bot.importing.entries import Context, Entry, entries_in, is_titled, speaks
from bot.importing.markdown import Outline
from bot.importing.progress import OnProgress, told, unseen
from bot.importing.texts import clean, cut, has_words, heading_text

PATH_SEPARATOR = " › "
"""Between the headings of a stage's title, from the outermost to the innermost."""
MOST_ALIASES = 5
"""Most other names that a resource gets from links that were merged into it."""

_TRACKS = re.compile(r"\btracks\b", re.IGNORECASE)
_TRACK_HEADING = re.compile(r"tracks?(?:\s+\w+)?\s*[:–—-]\s*\S.*", re.IGNORECASE)
_MIN_DESCRIPTION = 40  # characters: less than a sentence is a date or a signature
_MIN_GOAL = 20


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


@dataclass(frozen=True, slots=True)
class Merged:
    """A link to a page that an earlier entry has."""

    source: Source
    title: str
    entry: Entry


@dataclass(slots=True)
class Draft:
    """A catalog in the making, and what was left out of it. `topics` are names by id."""

    id: str
    title: str
    description: str
    origin: str
    language: str
    groups: list[Group]
    left_out: list[LeftOut]
    merged: list[Merged]
    topics: dict[str, str] = field(default_factory=dict)

    @property
    def entries(self) -> Iterator[Entry]:
        """All entries in order."""
        return (entry for group in self.groups for entry in group.entries)


def draft(outline: Outline, title: str, origin: str, base: str | None, on_progress: OnProgress = unseen) -> Draft:
    """The catalog that an outline describes.

    `title` is used where the index has none; `origin` says where it comes from; `base` is the address against which
    relative links are resolved (None: they are left out).
    """
    resolver = Resolver(base)
    blocks = [resolver.resolved(block) for block in outline.blocks]
    named = outline.front_matter.get("title") or _first_heading(blocks) or title
    title = cut(heading_text(named), MAX_TITLE) or title
    drafter = _Drafter(title)
    for block in told(list(_structured(blocks)), on_progress, 0.4, 0.7):
        drafter.add(block)
    made = Draft(
        id=slug(title, MAX_CATALOG_ID, "list"),
        title=title,
        description=drafter.description,
        origin=origin,
        language=_language(outline.front_matter),
        groups=drafter.groups(),
        left_out=sorted([*outline.left_out, *resolver.left_out], key=lambda one: (one.source.name, one.source.line)),
        merged=drafter.merged,
    )
    give_ids(made)
    return made


def give_ids(made: Draft) -> None:
    """Give an id to each group and entry of a draft, made from its title."""
    ids = Ids()
    for group in made.groups:
        group.id = ids.take(slug(" ".join(group.path) or group.title, MAX_ID, "part"), MAX_ID)
    ids = Ids()
    for entry in made.entries:
        entry.id = ids.take(slug(entry.title, MAX_ID, "resource"), MAX_ID)


def _language(front_matter: dict[str, str]) -> str:
    language = front_matter.get("language") or front_matter.get("lang") or ""
    return language if re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", language) else ""


_CONTENTS = re.compile(
    r"(?:table of )?contents?|index|summary|toc|目录|目次|sommaire|inhalt\w*|[ií]ndice|содержание", re.I
)


def _first_heading(blocks: Sequence[Block]) -> str:
    """The heading that names the whole: the only one of level 1, or the first if no other before it is as high."""
    headings = [
        block for block in blocks if block.kind is BlockKind.HEADING and not _CONTENTS.fullmatch(_heading(block))
    ]
    top = [block for block in headings if block.level == 1]
    if top and (top[0] is headings[0] or len(top) == 1):
        return _heading(top[0])
    if top or (headings and all(block.level > headings[0].level for block in headings[1:])):
        return _heading(headings[0])
    return ""


def _heading(block: Block) -> str:
    """The text of a heading without its badges."""
    return heading_text(replace(block, pieces=tuple(p for p in block.pieces if isinstance(p, str) or not p.badge)).text)


# -- structure that headings do not give


def _structured(blocks: Sequence[Block]) -> Iterator[Block]:
    """The blocks, with headings for what is one without its markup: lists of tracks, and the outermost items of an
    outline without headings."""
    with_headings = any(block.kind is BlockKind.HEADING for block in blocks[1:])
    before: Block | None = None
    for listed, run in groupby(blocks, lambda block: block.level > 0 and block.kind is not BlockKind.HEADING):
        some = list(run)
        if listed and _are_tracks(before, some):
            yield from (_as_heading(block, _TRACK_LEVEL) if _is_outermost(block) else block for block in some)
        elif listed and not with_headings:
            for block, below in zip(some, [*some[1:], None], strict=True):
                is_heading = _is_outermost(block) and _is_label_of(block, below)
                yield _as_heading(block, _OUTLINE_LEVEL) if is_heading else block
        else:
            yield from some
        before = some[-1]


def _as_heading(block: Block, level: int) -> Block:
    return replace(block, kind=BlockKind.HEADING, level=level)


def _is_outermost(block: Block) -> bool:
    return block.kind is BlockKind.ITEM and block.level == 1


_OUTLINE_LEVEL = 7
_TRACK_LEVEL = 8


def _is_label_of(block: Block, below: Block | None) -> bool:
    """Whether an item has no link itself, and items with links below it."""
    if any(block.links) or below is None or below.level <= 1:
        return False
    return any(map(is_titled, below.links)) or not any(below.links)


def _are_tracks(before: Block | None, items: Sequence[Block]) -> bool:
    """Whether the paragraph before a list calls its items tracks, and not all of them are links."""
    if before is None or before.kind is not BlockKind.PARAGRAPH or not _TRACKS.search(before.text):
        return False
    return any(not any(item.links) for item in items if _is_outermost(item))


class _Drafter:
    """Takes blocks in order and builds groups."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._headings: list[tuple[int, str]] = []
        self._items: list[tuple[int, str, bool]] = []
        self._groups: list[Group] = []
        self._badges = Group("Badges", ("Badges",), Source("", 0), is_track=True)
        self._by_page: dict[str, Entry] = {}
        self._last: Entry | None = None
        self.description = ""
        self.merged: list[Merged] = []

    def groups(self) -> list[Group]:
        """The groups that have entries, stages first; tracks also without."""
        kept = [group for group in [*self._groups, self._badges] if group.entries or group.is_track]
        kept = [group for group in kept if group is not self._badges or group.entries]
        return sorted(kept, key=lambda group: group.is_track)

    def add(self, block: Block) -> None:
        """The next block of the index."""
        if block.kind is BlockKind.HEADING:
            self._add_heading(block)
        else:
            self._leave_items(block)
        found = entries_in(block, self._context())
        kept = [entry for entry in found if self._keep(entry, block)]
        if block.kind is BlockKind.ITEM:
            self._enter_item(block, found)
        elif not found or block.kind is BlockKind.PARAGRAPH:
            self._add_text(block)
        self._label(kept)
        self._last = found[0] if found else self._last

    # -- headings

    def _add_heading(self, block: Block) -> None:
        self._items.clear()
        self._last = None
        while self._headings and self._headings[-1][0] >= block.level:
            self._headings.pop()
        text = clean(block.text) if block.level >= _OUTLINE_LEVEL else _heading(block)
        note = ""
        if block.level == _TRACK_LEVEL:
            text, _, note = text.partition(" - ")
        is_title = text.casefold() == self._title.casefold() and not self._headings
        self._headings.append((block.level, "" if is_title else text))
        path = tuple(filter(None, (text for _, text in self._headings)))
        self._begin(path, block, note)

    def _begin(self, path: tuple[str, ...], block: Block, note: str) -> None:
        is_track = block.level == _TRACK_LEVEL or any(_TRACK_HEADING.fullmatch(text) for text in path)
        if block.level == _TRACK_LEVEL:
            path = path[-1:]
        elif "tracks" in (above := [text.casefold() for text in path[:-1]]):
            path, is_track = path[above.index("tracks") + 1 :], True
        self._groups.append(Group(_title(path) or self._title, path, block.source, is_track, clean(note)))

    def _group(self, block: Block) -> Group:
        if not self._groups:
            self._groups.append(Group(self._title, (), block.source))
        return self._groups[-1]

    # -- entries

    def _context(self) -> Context:
        labels = [text for _, text, is_link in reversed(self._items) if not is_link]
        subject = next((text for _, text, _ in reversed(self._items)), "")
        return Context(subject, (*labels, *(text for _, text in reversed(self._headings) if text)))

    def _keep(self, entry: Entry, block: Block) -> bool:
        page = canonical_page(entry.url)
        if (first := self._by_page.get(page)) is not None:
            self.merged.append(Merged(entry.source, entry.title, first))
            _merge(first, entry)
            return False
        self._by_page[page] = entry
        group = self._group(block)
        if not group.path and _is_badge(block, entry):
            group = self._badges
        group.entries.append(entry)
        return True

    def _leave_items(self, block: Block) -> None:
        floor = block.level if block.kind is BlockKind.ITEM else block.level + 1
        while self._items and self._items[-1][0] >= floor:
            self._items.pop()

    def _enter_item(self, block: Block, found: list[Entry]) -> None:
        text = found[0].title if found else clean(block.text)
        if not found and self._items and self._items[-1][2] and self._last is not None:
            self._describe(self._last, block.text)  # a text below a link, in the same item
        self._items.append((block.level, cut(text, MAX_TITLE), bool(found)))

    def _label(self, entries: Iterable[Entry]) -> None:
        """An entry without a word of its own gets the label above its list: "Research papers"."""
        label = next((text for _, text, is_link in reversed(self._items) if not is_link), "")
        for entry in entries:
            if not entry.summary and has_words(label):
                entry.summary = cut(label, MAX_PARAGRAPH)

    # -- texts between entries

    def _add_text(self, block: Block) -> None:
        text = clean(block.text)
        if block.level > 0 or not speaks(block):
            if self._items and self._items[-1][2] and self._last is not None:
                self._describe(self._last, text)
            return
        if not self.description and not any(group.path for group in self._groups):
            if len(text) >= _MIN_DESCRIPTION:
                self.description = cut(text, MAX_PARAGRAPH)
        elif (group := self._group(block)).path and not group.note and not group.entries and len(text) >= _MIN_GOAL:
            group.note = cut(text, MAX_PARAGRAPH)

    def _describe(self, entry: Entry, text: str) -> None:
        if not entry.summary:
            entry.summary = cut(clean(text), MAX_PARAGRAPH)


def _merge(first: Entry, other: Entry) -> None:
    """Keep what a later link to the same page adds: a summary, a kind, another title."""
    first.summary = first.summary or other.summary
    first.kind = first.kind or other.kind
    first.year = first.year or other.year
    first.authors = first.authors or other.authors
    known = {first.title.casefold(), *(alias.casefold() for alias in first.aliases)}
    if other.title.casefold() not in known and len(other.title) <= MAX_NAME and len(first.aliases) < MOST_ALIASES:
        first.aliases.append(other.title)


def _is_badge(block: Block, entry: Entry) -> bool:
    return any(link.badge and link.url == entry.url for link in block.links)


def _title(path: tuple[str, ...]) -> str:
    """The headings of a group as its title; where they are too long together, the outermost are dropped."""
    while len(path) > 1 and len(PATH_SEPARATOR.join(path)) > MAX_TITLE:
        path = path[1:]
    return cut(PATH_SEPARATOR.join(path), MAX_TITLE)
