"""From the blocks of an index to a catalog in the making.

blocks --_Walker--> a tree of sections with works --filter--> --stages--> groups --> Draft
                                                       └── what is no resource, with the reason
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from urllib.parse import unquote

from bot.catalog.identity import Ids, canonical_page, slug
from bot.catalog.labels import has_words, is_label, is_site_name
from bot.catalog.model import MAX_CATALOG_ID, MAX_ID, MAX_LINKS, MAX_NAME, MAX_PARAGRAPH, MAX_TITLE
from bot.characters import without_hidden
from bot.importing.blocks import BOLD_LEVEL, Block, BlockKind, Break, Cell, LeftOut, Link, Outline, Piece, Source, plain
from bot.importing.entries import (
    Entry,
    Labels,
    absolute,
    detail,
    joined,
    made_entry,
    part_title,
    read_row,
    read_run,
    subject_columns,
)
from bot.importing.markdown import OnProgress, no_progress, with_progress
from bot.importing.meta import Reason, are_profiles, is_advert, reason_for_heading, reason_for_link
from bot.importing.stages import TRACK_LEVEL, Group, Section, groups_of
from bot.importing.words import (
    MAX_SUBJECT,
    begins_with_part,
    clean,
    clean_title,
    cut,
    heading_text,
    is_part,
    urlsplit_host,
)

MOST_ALIASES = 5
"""Most other names that a resource gets from links that were merged into it."""
MOST_BARE = 2
"""Most bare addresses below an item that are further links of one work: its code and its shop. Three are a list."""
MIN_DESCRIPTION = 40  # characters: less than a sentence is a date or a signature
MIN_GOAL = 20
OUTLINE_LEVEL = 9
"""The level of an outline's item as a heading, in a list without headings."""

_TRACKS = re.compile(r"\btracks\b", re.IGNORECASE)
_TRACK_HEADING = re.compile(r"tracks?(?:\s+\w+)?\s*[:–—-]\s*\S.*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Merged:
    """A link to a page that an earlier entry has."""

    source: Source
    title: str
    entry: Entry


@dataclass(slots=True)
class Draft:
    """A catalog in the making, and what was left out of it.

    `unlinked` are items without a link, `empty` headings without a resource; `addresses` is how many the text has.
    """

    id: str
    title: str
    description: str
    origin: str
    language: str
    groups: list[Group]
    left_out: list[LeftOut]
    merged: list[Merged]
    unlinked: list[Source]
    empty: list[Source]
    addresses: int

    @property
    def entries(self) -> Iterator[Entry]:
        """All entries in order."""
        return (entry for group in self.groups for entry in group.entries)


def draft(outline: Outline, title: str, origin: str, base: str | None, on_progress: OnProgress = no_progress) -> Draft:
    """The catalog that an outline describes.

    `title` is used where the index has none; `origin` says where it comes from; `base` is the address against which
    relative links are resolved (None: they are left out).
    """
    resolver = _Resolver(base)
    blocks = [resolver.resolved(block) for block in outline.blocks]
    named = outline.front_matter.get("title") or _first_heading(blocks) or title
    title = cut(heading_text(named), MAX_TITLE) or title
    blocks = list(_structured(blocks))
    walker = _Walker(title, blocks)
    for at, block in with_progress(list(enumerate(blocks)), on_progress, 0.4, 0.7):
        walker.add(at, block)
    chooser = _Chooser(walker)
    groups = groups_of(walker.root, title)
    _tell_apart(groups)
    made = Draft(
        id=slug(title, MAX_CATALOG_ID, "list"),
        title=title,
        description=walker.description,
        origin=origin,
        language=_language(outline.front_matter),
        groups=groups,
        left_out=[*outline.left_out, *resolver.left_out, *walker.left_out, *chooser.left_out],
        merged=chooser.merged,
        unlinked=walker.unlinked(resolver.left_out),
        empty=[section.source for section in walker.sections if section.is_empty],
        addresses=len(outline.addresses),
    )
    _account(made, outline.addresses)
    made.left_out.sort(key=lambda one: (one.source.name, one.source.line))
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


def _account(made: Draft, addresses: dict[str, Source]) -> None:
    """Note each address of the text that was neither read nor left out so far: no link is lost in silence."""
    seen = {address for entry in made.entries for address in (entry.url, *entry.links.values())}
    seen.update(left.address for left in made.left_out)
    known = {canonical_page(address) for address in seen} | seen
    ordered = sorted(known)
    for address, source in addresses.items():
        at = bisect_left(ordered, address)
        near = ordered[at] if at < len(ordered) else ""
        escaped = near.startswith(address) and near[len(address) : len(address) + 1] in tuple("%([_*.,;:!?'~)")
        if not escaped and not any(form in known for form in _forms(address)):
            made.left_out.append(LeftOut(source, address, Reason.UNREAD))


def _forms(address: str) -> Iterator[str]:
    """An address, and what it may be without markup that stands behind it."""
    address = without_hidden(address)
    yield from (address, canonical_page(address), canonical_page(address.replace("&amp;", "&")))
    for end in [found.start() for found in re.finditer(r"[)\]*_'|(\[]", address[:600])][:-9:-1]:
        yield canonical_page(address[:end].replace("&amp;", "&"))


def _language(front_matter: dict[str, str]) -> str:
    language = front_matter.get("language") or front_matter.get("lang") or ""
    return language if re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", language) else ""


def _first_heading(blocks: Sequence[Block]) -> str:
    """The heading that names the whole: the only one of level 1, or the first if no other before it is as high."""
    headings = [block for block in blocks if block.kind is BlockKind.HEADING and block.level < BOLD_LEVEL - 1]
    headings = [one for one in headings if has_words(text := _heading(one)) and reason_for_heading(text) is None]
    top = [block for block in headings if block.level == 1]
    if top and (top[0] is headings[0] or len(top) == 1):
        return _heading(top[0])
    if top or (headings and all(block.level > headings[0].level for block in headings[1:])):
        return _heading(headings[0])
    return ""


def _heading(block: Block) -> str:
    """The text of a heading without its badges."""
    kept = [piece for piece in block.pieces if isinstance(piece, str) or not piece.icon]
    return heading_text(plain(kept))


class _Resolver:
    """Makes the links of blocks absolute; those that can't be resources become text, and are noted in `left_out`.

    `base` is the address of the index; one that ends with a slash is that of its folder.
    """

    def __init__(self, base: str | None) -> None:
        self._base = base
        self.left_out: list[LeftOut] = []

    def resolved(self, block: Block) -> Block:
        """The block with absolute links only."""
        if not any(True for _ in block.links):
            return block
        if not block.cells:
            return replace(block, pieces=self._pieces(block.pieces))
        cells = tuple(Cell(cell.heading, self._pieces(cell.pieces)) for cell in block.cells)
        return replace(block, cells=cells, pieces=tuple(piece for cell in cells for piece in (*cell.pieces, " ")))

    def _pieces(self, pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
        return tuple(self._link(piece) if isinstance(piece, Link) else piece for piece in pieces)

    def _link(self, link: Link) -> Piece:
        base = self._base and joined(self._base, link.source.name) if (self._base or "").endswith("/") else self._base
        url = absolute(link.url, base)
        if isinstance(url, str):
            return replace(link, url=url, bare=link.bare or re.match(r"https?://\S+$", link.text) is not None)
        self.left_out.append(LeftOut(link.source, link.url, url))
        return "" if link.icon else link.text


# -- structure that headings don't give


def _structured(blocks: Sequence[Block]) -> Iterator[Block]:
    """The blocks, with headings for what is one without its markup: lists of tracks, and the outermost items of an
    outline without headings."""
    headings = sum(block.kind is BlockKind.HEADING and bool(block.pieces) for block in blocks[1:])
    before: Block | None = None
    for listed, run in groupby(blocks, lambda block: block.level > 0 and block.kind is not BlockKind.HEADING):
        some = list(run)
        if listed and _are_tracks(before, some):
            yield from (_as_heading(block, TRACK_LEVEL) if _is_outermost(block) else block for block in some)
        elif listed and not headings:
            for block, below in zip(some, [*some[1:], None], strict=True):
                is_heading = _is_outermost(block) and _is_label_of(block, below)
                yield _as_heading(block, OUTLINE_LEVEL) if is_heading else block
        else:
            yield from some
        before = some[-1]


def _as_heading(block: Block, level: int) -> Block:
    return replace(block, kind=BlockKind.HEADING, level=level)


def _is_outermost(block: Block) -> bool:
    return block.kind is BlockKind.ITEM and block.level == 1


def _is_label_of(block: Block, below: Block | None) -> bool:
    """Whether an item has no link itself, and items with titled links below it."""
    if any(block.links) or below is None or below.level <= 1:
        return False
    named = [link for link in below.links if not link.bare and not is_label(link.text) and not is_part(link.text)]
    return bool(named) or not any(below.links)


def _are_tracks(before: Block | None, items: Sequence[Block]) -> bool:
    """Whether the paragraph before a list calls its items tracks, and not all of them are links."""
    if before is None or before.kind is not BlockKind.PARAGRAPH or not _TRACKS.search(before.text):
        return False
    return any(not any(item.links) for item in items if _is_outermost(item))


# -- sections


@dataclass(slots=True)
class _Item:
    """A list item that is open: its depth, its text, and the work that it names."""

    level: int
    text: str
    source: Source
    entry: Entry | None = None
    used: bool = False


class _Walker:
    """Takes blocks in order and builds the tree of sections."""

    def __init__(self, title: str, blocks: Sequence[Block]) -> None:
        self._title = title
        self._labels = Labels(blocks)
        self._columns = subject_columns(blocks)
        self._bare = _bare_below(blocks)
        self._items: list[_Item] = []
        self._unlinked: list[Source] = []
        self.root = Section("", 0, Source("", 0))
        self.sections: list[Section] = [self.root]
        self._open: list[Section] = [self.root]
        self.named_at: Section | None = None
        self.description = ""
        self.left_out: list[LeftOut] = []

    @property
    def _section(self) -> Section:
        return self._open[-1]

    def unlinked(self, left_out: Iterable[LeftOut]) -> list[Source]:
        """The items that name a work and have no link, nor one that was left out."""
        self._leave_items(0)
        linked = {(one.source.name, one.source.line) for one in (*left_out, *self.left_out)}
        return [source for source in self._unlinked if (source.name, source.line) not in linked]

    def add(self, at: int, block: Block) -> None:
        """The next block of the index."""
        if block.kind is BlockKind.HEADING:
            self._leave_items(0)
            self._add_heading(block)
        elif block.kind is BlockKind.ROW:
            self._leave_items(block.level + 1)
            run = read_row(block, self._columns[block.source.name, block.table], self._labels, self._headings())
            self._take(run.entries, run.further, run.left_out)
        elif block.kind is BlockKind.ITEM:
            self._leave_items(block.level)
            self._add_item(at, block)
        else:
            self._leave_items(block.level + 1)
            self._add_paragraph(block)

    # -- headings

    def _add_heading(self, block: Block) -> None:
        while len(self._open) > 1 and (self._section.level >= block.level or self._section.meta is Reason.CONTENTS):
            self._open.pop()
        if not block.pieces:
            return
        text = _heading(block) if block.level < OUTLINE_LEVEL else clean(block.text)
        note = ""
        if block.level == TRACK_LEVEL:
            text, _, note = text.partition(" - ")
        is_title = text.casefold() == self._title.casefold() and len(self._open) == 1
        if has_words(text):  # a heading's pictures are badges
            icons = [link for link in block.links if link.icon]
            self.left_out += [LeftOut(link.source, link.url, Reason.BADGE) for link in icons]
            block = replace(block, pieces=tuple(piece for piece in block.pieces if piece not in icons))
        run = read_run(block, self._labels, self._headings())
        if run.entries and block.level < OUTLINE_LEVEL and len(run.entries) == 1 and run.entries[0].label is None:
            text = run.entries[0].title
        section = Section("" if is_title else cut(text, MAX_TITLE), block.level, block.source, self._section)
        section.meta = None if is_title else reason_for_heading(text)
        section.is_track = block.level == TRACK_LEVEL or bool(_TRACK_HEADING.fullmatch(text))
        section.note = cut(clean(note), MAX_PARAGRAPH)
        self._section.items.append(section)
        self.sections.append(section)
        self._open.append(section)
        if is_title:
            self.named_at = section
            self.description = ""  # what stood above the title is about something else
        self._take(run.entries, run.further, run.left_out)
        if len(run.entries) == 1 and block.level < OUTLINE_LEVEL:
            section.entry = run.entries[0]

    def _headings(self) -> tuple[str, ...]:
        """The labels and headings above, the nearest first."""
        labels = [item.text for item in reversed(self._items) if item.entry is None]
        return (*labels, *(section.title for section in reversed(self._open) if section.title))

    # -- items and their works

    def _leave_items(self, level: int) -> None:
        while self._items and self._items[-1].level >= level:
            item = self._items.pop()
            if (
                item.entry is None
                and not item.used
                and has_words(item.text)
                and not re.match(r"[\w ]{2,20}:", item.text)
            ):
                self._unlinked.append(item.source)
            elif self._items:
                self._items[-1].used = True

    def _work(self) -> _Item | None:
        """The innermost open item that names a work, or could: one with a link, else with a text that is no label."""
        for item in reversed(self._items):
            if item.entry is not None or (
                has_words(item.text) and not is_label(item.text) and len(item.text) <= MAX_SUBJECT
            ):
                return item
        return None

    def _add_item(self, at: int, block: Block) -> None:
        work = self._work()
        below = work is not None and (at not in self._bare or work.entry is not None)
        run = read_run(
            block,
            self._labels,
            self._headings(),
            below_work=below,
            described=work is not None and work.entry is not None,
        )
        subject = "" if work is None else work.entry.title if work.entry is not None else work.text
        for entry in run.entries if subject else ():
            entry.subject = entry.subject or subject
            if begins_with_part(entry.title) and not entry.title.startswith(entry.subject):
                entry.title = cut(f"{entry.subject}: {entry.title}", MAX_TITLE)
        if run.left_out and not run.entries and work is not None and work.entry is not None:
            work.entry.describe(block.text)
        self._take(run.entries, run.further, run.left_out, work)
        item = _Item(block.level, cut(clean(block.text), MAX_TITLE), block.source)
        item.entry = run.entries[0] if run.entries else None
        item.used = bool(run.further) or any(True for _ in block.links)
        if run.further and not run.entries:
            item.text = ""
        elif not run.entries and not any(True for _ in block.links):
            item.used = self._add_text(work, block.text)
        self._items.append(item)

    def _add_text(self, work: _Item | None, text: str) -> bool:
        """A text without a link below a work describes it; False if it is none."""
        if work is not None and work.entry is not None:
            if not detail(work.entry, clean(text)):
                work.entry.describe(text)
            return True
        self._section.texts.append(text)
        return False

    def _take(
        self,
        entries: Iterable[Entry],
        further: Iterable[tuple[str, Link]],
        left_out: Iterable[tuple[Link, Reason]],
        work: _Item | None = None,
        *,
        listed: bool = True,
    ) -> None:
        self._section.items.extend(entries)
        self.left_out += [LeftOut(link.source, link.url, reason) for link, reason in left_out]
        for label, link in further:
            if work is not None:
                self._attach(work, label, link)
            else:
                self._add_unnamed(label, link, listed=listed)

    def _attach(self, work: _Item, label: str, link: Link) -> None:
        """A link with a mere label belongs to the work above it; a part of that is a work of its own."""
        work.used = True
        subject = work.entry.subject or work.entry.title if work.entry is not None else work.text
        text = clean_title(link.text)
        if is_part(text) or (work.entry is None and self._labels.is_repeated(link)):
            entry = made_entry(part_title(subject, text), link, "", self._headings(), "")
            entry.subject = subject
            self._section.items.append(entry)
        elif work.entry is None:
            work.entry = made_entry(subject, link, label, self._headings(), "")
            self._section.items.append(work.entry)
        elif not work.entry.add_link(label, link.url):
            self.left_out.append(LeftOut(link.source, link.url, Reason.DESCRIPTION))

    def _add_unnamed(self, label: str, link: Link, *, listed: bool) -> None:
        if self._section.entry is not None and self._section.entry.add_link(label, link.url):
            return
        entry = made_entry("", link, label, self._headings(), "")
        entry.label, entry.listed = label, listed
        self._section.items.append(entry)

    # -- texts between entries

    def _add_paragraph(self, block: Block) -> None:
        work = self._work() if block.level else None
        entry = work.entry if work is not None else self._section.entry
        if not any(True for _ in block.links):
            self._add_plain(block, work, entry)
            return
        run = read_run(block, self._labels, self._headings(), below_work=entry is not None, described=entry is not None)
        for one in run.entries:
            one.listed = False
        self._take(run.entries, run.further, run.left_out, work, listed=False)
        self._note(block)
        if self._section.entry is not None and entry is self._section.entry:
            _take_details(entry, block)

    def _add_plain(self, block: Block, work: _Item | None, entry: Entry | None) -> None:
        if entry is not None and (work is not None or len(self._section.items) < 2):
            if not _take_details(entry, block):
                entry.describe(block.text)
        elif block.level == 0:
            self._section.texts.append(block.text)
            self._note(block)

    def _note(self, block: Block) -> None:
        """A paragraph before the first entry of a section is its goal; the first of all describes the list."""
        text = clean(plain(piece for piece in block.pieces if isinstance(piece, str) or not piece.icon))
        own = "".join(piece for piece in block.pieces if isinstance(piece, str))
        section = self._section
        if block.level or len(text) < MIN_GOAL or len(own) < len(text) / 2:
            return
        if not section.title:
            if len(text) >= MIN_DESCRIPTION and not is_advert(text):
                self.description = self.description or cut(text, MAX_PARAGRAPH)
        elif not section.note and not section.items and section.entry is None:
            section.note = cut(text, MAX_PARAGRAPH)


def _take_details(entry: Entry, block: Block) -> bool:
    """Take the lines of a paragraph that are details of a work; False if there are none."""
    lines: list[list[Piece]] = [[]]
    for piece in block.pieces:
        if isinstance(piece, Break):
            lines.append([])
        else:
            lines[-1].append(piece)
    found = [detail(entry, plain(line).strip(" *_")) for line in lines]  # all of them, not only to the first
    return any(found)


def _bare_below(blocks: Sequence[Block]) -> set[int]:
    """The places of items that are but an address, where an item has more of them than its work would."""
    found: set[int] = set()
    below: defaultdict[int, list[int]] = defaultdict(list)
    for at, block in enumerate(blocks):
        for level in [level for level in below if level > block.level or block.kind is BlockKind.HEADING]:
            run = below.pop(level)
            found.update(run if len(run) > MOST_BARE else ())
        if block.kind is BlockKind.ITEM and _is_bare(block):
            below[block.level].append(at)
    for run in below.values():
        found.update(run if len(run) > MOST_BARE else ())
    return found


def _is_bare(block: Block) -> bool:
    words = "".join(piece for piece in block.pieces if isinstance(piece, str))
    return any(True for _ in block.links) and all(link.bare for link in block.links) and not has_words(words)


# -- what is a resource


class _Chooser:
    """Names what the section names, merges what is the same page, and leaves out what is no resource."""

    def __init__(self, walker: _Walker) -> None:
        self._walker = walker
        self._by_page: dict[str, Entry] = {}
        self.left_out: list[LeftOut] = []
        self.merged: list[Merged] = []
        self._social: dict[int, bool] = {}
        self._listed: dict[tuple[int, bool], bool] = {}
        for section in walker.sections:
            _name_by_section(section)
        self._headings = {slug(section.title, 200, "") for section in walker.sections if section.title}
        listed = sum(not one.prose for section in walker.sections for one in section.entries)
        every = sum(len(section.entries) for section in walker.sections)
        self._is_list = listed >= 0.6 * every
        self._has_sections = any(section.entries and section.path and not section.reason for section in walker.sections)
        self._in_order(walker.root)

    def _in_order(self, section: Section) -> None:
        stack: list[tuple[Section, int]] = [(section, 0)]
        while stack:
            section, at = stack.pop()
            while at < len(section.items):
                item = section.items[at]
                at += 1
                if isinstance(item, Section):
                    stack.append((section, at))
                    section, at = item, 0
                elif not self._keep(item, section):
                    section.dropped.add(id(item))
            section.items = [item for item in section.items if id(item) not in section.dropped]

    def _keep(self, entry: Entry, section: Section) -> bool:
        reason = self._reason(entry, section)
        if reason is not None:
            for url in (entry.url, *entry.links.values()):
                self.left_out.append(LeftOut(entry.source, url, reason))
            return False
        for label, url in list(entry.links.items()):
            if (reason := reason_for_link(label, url)) is not None:
                del entry.links[label]
                self.left_out.append(LeftOut(entry.source, url, reason))
        page = canonical_page(entry.url)
        if (first := self._by_page.get(page)) is not None:
            self.merged.append(Merged(entry.source, entry.title, first))
            _merge(first, entry)
            return False
        self._by_page[page] = entry
        return True

    def _reason(self, entry: Entry, section: Section) -> Reason | None:
        """Why an entry is no resource; None if it is one."""
        outside = not section.path and self._has_sections
        if section.reason is not None:
            return section.reason
        if (reason := reason_for_link(entry.title, entry.url, prose=entry.prose or outside)) is not None:
            return reason
        if self._is_social(section):
            return Reason.SOCIAL
        place = unquote(entry.url.partition("#")[2])
        if (
            place
            and slug(entry.title, 200, "") in self._headings
            and slug(place, 200, "-") == slug(entry.title, 200, "")
        ):
            return Reason.CONTENTS
        if outside and (not entry.listed or self._before_title(section)):
            return Reason.INTRO
        if not entry.listed and self._is_list and self._has_listed(section, below=entry.prose):
            return Reason.PROSE
        return None

    def _has_listed(self, section: Section, *, below: bool) -> bool:
        """Whether a section has works in a list besides what its heading names; `below`: or in rows and sections."""
        key = (id(section), below)
        if key not in self._listed:
            entries = section.all_entries() if below else section.entries
            self._listed[key] = any(
                (one.listed or (below and not one.prose)) and one is not section.entry for one in entries
            )
        return self._listed[key]

    def _is_social(self, section: Section) -> bool:
        """Whether the links of a section lead to profiles and chats, most of them."""
        if id(section) not in self._social:
            self._social[id(section)] = are_profiles([entry.url for entry in section.entries])
        return self._social[id(section)]

    def _before_title(self, section: Section) -> bool:
        return section is self._walker.root and self._walker.named_at is not None


def _name_by_section(section: Section) -> None:
    """Links that nothing beside them names: one work that the heading names, if they are all that it has."""
    unnamed = [entry for entry in section.entries if entry.label is not None]
    if not unnamed:
        return
    sections = any(isinstance(item, Section) for item in section.items)
    kinds = {re.sub(r"[\W\d_]+", "", entry.label or "").casefold() for entry in unnamed}
    one_work = len(unnamed) == 1 or (len(kinds) == len(unnamed) and "" not in kinds)
    named = has_words(section.title) and not is_label(section.title)
    if named and not sections and one_work and len(unnamed) == len(section.entries) and len(unnamed) <= MAX_LINKS:
        first, *others = unnamed
        first.title, first.label = section.title, None
        for other in others:
            first.add_link(other.label or "", other.url)
            section.items.remove(other)
        for text in section.texts:
            if not detail(first, clean(text)):
                first.describe(text)
        section.entry, section.note = first, ""
        return
    for entry in unnamed:
        label = clean_title(entry.label or "")
        if has_words(label) and (named or not is_label(label) or " " in label):
            entry.title = cut(f"{section.title}: {label}" if named and not is_site_name(label) else label, MAX_TITLE)
            entry.label = None


def _merge(first: Entry, other: Entry) -> None:
    """Keep what a later link to the same page adds: a summary, a kind, further links, another title."""
    first.summary = first.summary or other.summary
    first.kind = first.kind or other.kind
    first.year = first.year or other.year
    first.authors = first.authors or other.authors
    for label, url in other.links.items():
        first.add_link(label, url)
    known = {first.title.casefold(), *(alias.casefold() for alias in first.aliases)}
    if (
        other.title.casefold() not in known and len(other.title) <= MAX_NAME and len(first.aliases) < MOST_ALIASES
        and other.label is None and not other.prose
    ):  # fmt: skip
        first.aliases.append(other.title)


def _tell_apart(groups: Sequence[Group]) -> None:
    """Give entries of one title different ones: with the section before it, else with the site behind it."""
    same: defaultdict[str, list[tuple[Group, Entry]]] = defaultdict(list)
    for group in groups:
        for entry in group.entries:
            same[entry.title.casefold()].append((group, entry))
    for pairs in same.values():
        if len(pairs) < 2:
            continue
        subjects = Counter((entry.subject or "".join(group.path[-1:])) for group, entry in pairs)
        hosts = Counter(urlsplit_host(entry.url) for _, entry in pairs)
        for number, (group, entry) in enumerate(pairs, start=1):
            host, subject = urlsplit_host(entry.url), entry.subject or "".join(group.path[-1:])
            if subject and subjects[subject] == 1 and subject.casefold() != entry.title.casefold():
                entry.title = cut(f"{subject}: {entry.title}", MAX_TITLE)
            elif hosts[host] == 1 and number > 1:
                entry.title = cut(f"{entry.title} ({host})", MAX_TITLE)
            elif number > 1:
                entry.title = cut(f"{entry.title[: MAX_TITLE - 8]} ({number})", MAX_TITLE)
