"""What an index is made of, once its markup is gone: headings, list items, table rows and paragraphs with links."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum, auto

from bot.catalog.labels import has_words, is_label
from bot.characters import without_hidden
from bot.importing.meta import Reason
from bot.importing.words import clean_title, one_line

SUMMARY_LEVEL = 7
"""The level of a `<summary>` as a heading: below those that Markdown has."""
BOLD_LEVEL = 8
"""The level of a line that is bold as a whole, as a heading."""
NO_LEVEL = 99
"""The level of what is no heading: below all others."""
MAX_BOLD_HEADING = 100
"""Characters of a bold line that is a heading. A longer one is a statement."""


class BlockKind(Enum):
    """What a block was in the markup."""

    HEADING = auto()
    ITEM = auto()
    ROW = auto()
    PARAGRAPH = auto()


@dataclass(frozen=True, slots=True)
class Source:
    """Where something stands: the name of a file, and its line from 1."""

    name: str
    line: int

    def __str__(self) -> str:
        return f"{self.name}:{self.line}"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An address that became no resource."""

    source: Source
    address: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Link:
    """A link with its text.

    `bare`: the text is the address itself; `icon`: it is a picture's; `struck`: it is crossed out.
    """

    url: str
    text: str
    source: Source
    bare: bool = False
    icon: bool = False
    struck: bool = False


class Strong(str):
    """Text in bold."""

    __slots__ = ()


class Code(str):
    """Text in code, such as the tag in "`Free`"."""

    __slots__ = ()


class Break(str):
    """The end of a line: "\\n" where the author asked for one, " " where the text was only wrapped."""

    __slots__ = ()


Piece = str | Link


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table's row, with the heading of its column."""

    heading: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """A run of text with its links.

    `level` is that of a heading (1 to 8), or how many list items the block lies in (0: none). A paragraph of level 1
    or more continues the list item before it. `cells` are those of a row, and `table` counts the tables of the file.
    """

    kind: BlockKind
    source: Source
    pieces: tuple[Piece, ...]
    level: int = 0
    cells: tuple[Cell, ...] = ()
    table: int = 0

    @property
    def links(self) -> Iterator[Link]:
        """The links in the block, in order."""
        return (piece for piece in self.pieces if isinstance(piece, Link))

    @property
    def text(self) -> str:
        """The text of the block, with the texts of its links."""
        return plain(self.pieces)


@dataclass(frozen=True, slots=True)
class Outline:
    """What was read: the blocks in order, the addresses left out, and the texts of the front matter by key."""

    blocks: list[Block] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    front_matter: dict[str, str] = field(default_factory=dict)
    addresses: dict[str, Source] = field(default_factory=dict)


def plain(pieces: Iterable[Piece]) -> str:
    """The text of the pieces, with the texts of links, on one line."""
    return one_line("".join(piece if isinstance(piece, str) else piece.text for piece in pieces))


class Collector:
    """Collects the blocks of one text from the events of its markup; `line` is where the reader stands, from 1."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._pieces: list[Piece] = []
        self._link: Link | None = None
        self._text: list[str] = []
        self._alt: list[str] = []
        self._cells: list[tuple[Piece, ...]] | None = None
        self._columns: list[str] = []
        self._heads = False
        self._spans: dict[int, int] = {}
        self._table = 1
        self._depth = 0
        self._in_new_item = False
        self._heading = 0
        self._strong = 0
        self.struck = 0
        self.line = 1
        self.blocks: list[Block] = []
        self.left_out: list[LeftOut] = []

    @property
    def source(self) -> Source:
        """Where the reader stands."""
        return Source(self._name, self.line)

    # -- within a block

    def text(self, text: str) -> None:
        """Some text, of the open link if there is one."""
        if self._link is not None:
            self._text.append(text)
            if text.strip() and self._link.icon:
                self._link = replace(self._link, icon=False)
        elif self._strong and type(text) is str and text.strip():
            self._pieces.append(Strong(text))
        else:
            self._pieces.append(text)

    def strong(self, *, begins: bool) -> None:
        """Text in bold begins or ends."""
        self._strong = max(0, self._strong + (1 if begins else -1))

    def code(self, text: str) -> None:
        """Some code: text, but addresses in it are no links."""
        self.leave_out_addresses(text, Reason.IN_CODE)
        self.text(Code(text))

    def picture(self, alt: str, address: str) -> None:
        """A picture: inside a link its description is the link's text; elsewhere it leads nowhere."""
        self.leave_out(address, Reason.IMAGE)
        if self._link is not None:
            self._link = replace(self._link, icon=not "".join(self._text).strip())
            self._alt.append(alt)

    def open(self, url: str, *, bare: bool = False) -> None:
        """A link begins; one that was open ends."""
        self.close()
        url = without_hidden(url).strip()
        self._link = Link(url, "", self.source, bare, struck=self.struck > 0)
        self._text, self._alt = [], []

    def close(self) -> None:
        """The open link ends, if there is one."""
        if self._link is not None:
            text = one_line("".join(self._text)) or one_line(" ".join(self._alt))
            self._pieces.append(replace(self._link, text=text))
            self._link = None

    def leave_out(self, address: str, reason: Reason) -> None:
        """Note an address that is no link."""
        self.left_out.append(LeftOut(self.source, address, reason))

    def leave_out_addresses(self, text: str, reason: Reason) -> None:
        """Note the addresses in a text that is ignored."""
        for address in find_addresses(text):
            self.leave_out(address[0], reason)

    # -- between blocks

    def begin_item(self) -> None:
        """A list item begins."""
        self.end_block()
        self._depth += 1
        self._in_new_item = True

    def end_item(self) -> None:
        """The innermost list item ends."""
        self.end_block()
        self._depth = max(0, self._depth - 1)
        self._in_new_item = False

    def begin_heading(self, level: int) -> None:
        """A heading begins."""
        self.end_row()
        self.end_block()
        self._heading = level

    def end_heading(self) -> None:
        """The heading ends."""
        self.end_block()
        self._heading = 0

    def end_section(self) -> None:
        """What a `<summary>` was the heading of ends."""
        self.blocks.append(Block(BlockKind.HEADING, self.source, (), SUMMARY_LEVEL))

    def end_contents(self) -> None:
        """A rule across the page ends a table of contents, and nothing else."""
        self.blocks.append(Block(BlockKind.HEADING, self.source, (), NO_LEVEL))

    def end_block(self) -> None:
        """The current block ends; inside a table's cell it goes on, on a new line."""
        if self._cells is not None:
            self.text(Break("\n"))
            return
        if pieces := self._take():
            self.blocks += self._made(pieces)
        self._strong = self.struck = 0

    def begin_row(self) -> None:
        """A row of a table begins."""
        self.end_row()
        self.end_block()
        self._cells = []

    def end_cell(self, rows: int = 1, *, heads: bool = False) -> None:
        """A cell of the current row ends; it reaches over a number of rows, and may be the heading of its column."""
        if self._cells is not None:
            self._heads = heads and (self._heads or not self._cells)
            self._skip_spanned()
            if rows > 1:
                self._spans[len(self._cells)] = rows
            self._cells.append(self._take())

    def _skip_spanned(self) -> None:
        """Leave the columns empty into which a cell of a row above reaches."""
        while self._cells is not None and self._spans.get(len(self._cells), 0) > 1:
            self._spans[len(self._cells)] -= 1
            self._cells.append(())

    def end_row(self) -> None:
        """The current row ends, if there is one; one of headings names the columns."""
        if self._cells is None:
            return
        if self._pieces or self._link:
            self.end_cell()
        cells, self._cells = self._cells, None
        if self._heads:
            self._columns = [plain(cell) for cell in cells]
            if not any(isinstance(piece, Link) for cell in cells for piece in cell):
                return
        self._add_row(cells)

    def _add_row(self, cells: list[tuple[Piece, ...]]) -> None:
        pieces = tuple(piece for cell in cells for piece in (*cell, " "))
        if _has_content(pieces):
            columns = self._columns + [""] * len(cells)
            row = tuple(Cell(heading, cell) for heading, cell in zip(columns, cells, strict=False))
            self.blocks.append(Block(BlockKind.ROW, self._start(pieces), pieces, self._depth, row, self._table))

    def end_table(self) -> None:
        """The table ends, and with it what is known of its columns."""
        self.end_row()
        self._columns = []
        self._spans = {}
        self._table += 1

    def _take(self) -> tuple[Piece, ...]:
        self.close()
        pieces, self._pieces = tuple(self._pieces), []
        return pieces

    def _made(self, pieces: tuple[Piece, ...]) -> Iterator[Block]:
        if not _has_content(pieces):
            return
        if self._heading:
            yield Block(BlockKind.HEADING, self._start(pieces), pieces, self._heading)
        elif not self._depth and _is_bold_line(pieces):
            yield Block(BlockKind.HEADING, self.source, pieces, BOLD_LEVEL)
        elif not self._depth and len(parts := _lines_with_links(pieces)) > 1:
            yield from (Block(BlockKind.ITEM, self._start(part), part, 1) for part in parts)
        else:
            kind = BlockKind.ITEM if self._in_new_item else BlockKind.PARAGRAPH
            self._in_new_item = False
            yield Block(kind, self._start(pieces), pieces, self._depth)

    def _start(self, pieces: tuple[Piece, ...]) -> Source:
        return next((piece.source for piece in pieces if isinstance(piece, Link)), self.source)


def _has_content(pieces: tuple[Piece, ...]) -> bool:
    return any(isinstance(piece, Link) or piece.strip() for piece in pieces)


def _is_bold_line(pieces: tuple[Piece, ...]) -> bool:
    """Whether a paragraph is bold as a whole and short: a heading without its markup."""
    if any(isinstance(piece, Link) or (has_words(piece) and not isinstance(piece, Strong)) for piece in pieces):
        return False
    text = plain(pieces)
    return has_words(text) and len(text) <= MAX_BOLD_HEADING and not text.endswith((".", "!", ","))


def _lines_with_links(pieces: tuple[Piece, ...]) -> list[tuple[Piece, ...]]:
    """The lines of a paragraph that is a list without bullets: one for each line that begins with a link."""
    lines: list[list[Piece]] = [[]]
    asked = any(isinstance(piece, Break) and piece == "\n" for piece in pieces)
    for piece in pieces:
        if isinstance(piece, Break) and (piece == "\n" or not asked):
            lines.append([])
        else:
            lines[-1].append(piece)
    lines = [line for line in lines if _has_content(tuple(line))]
    leading = [_begins_with_link(line) for line in lines]
    if sum(leading) < 2 or not leading[0] or not (asked or all(leading)):
        return [pieces]
    parts: list[list[Piece]] = []
    for line, begins in zip(lines, leading, strict=True):
        if begins:
            parts.append(line)
        else:
            parts[-1] += [" ", *line]
    return [tuple(part) for part in parts]


def _begins_with_link(line: Sequence[Piece]) -> bool:
    first = next((piece for piece in line if isinstance(piece, Link) or has_words(clean_title(piece))), None)
    return isinstance(first, Link) and not (first.icon and is_label(first.text))


_ADDRESS = re.compile(r"https?://", re.IGNORECASE)
_END_OF_ADDRESS = re.compile(
    r"[\s<>\"`…\u3000-\u303f\uff00-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65“”‘’«»|\\^{}]|\Z"
)
"""What no address holds, besides white space: quotes and brackets, and the punctuation of Chinese and Japanese."""
_LONGEST_ADDRESS = 2048


def find_addresses(text: str) -> Iterator[tuple[str, int]]:
    """The addresses in a text, each with where it begins; one that stands in another is not found."""
    at = 0
    while (found := _ADDRESS.search(text, at)) is not None:
        address = address_at(text, found.start())
        at = found.start() + max(len(address), len(found[0]))
        if len(address) > len(found[0]):
            yield address, found.start()


def address_at(text: str, start: int) -> str:
    """The address that begins at a place, without the punctuation behind it: a bracket belongs to it if both do."""
    end = _END_OF_ADDRESS.search(text, start, start + _LONGEST_ADDRESS)
    address = text[start : end.start() if end else start + _LONGEST_ADDRESS]
    address = address.partition("](")[0]
    while address and (
        address[-1] in ".,;:!?*'~" or (address[-1] in ")]" and _closes_nothing(address)) or address[-2:] == "**"
    ):
        address = address[:-1]
    return address


def _closes_nothing(address: str) -> bool:
    closing = address[-1]
    return address.count("(" if closing == ")" else "[") < address.count(closing)
