"""What an index is made of, once its markup is gone: headings, list items, table rows and paragraphs with links."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum, auto

from bot.characters import without_hidden


class BlockKind(Enum):
    """What a block was in the markup."""

    HEADING = auto()
    ITEM = auto()
    ROW = auto()
    PARAGRAPH = auto()


class Reason(Enum):
    """Why an address was left out."""

    IN_PAGE = "places in the index itself"
    RELATIVE = "relative addresses (give that of the index with --base URL)"
    NOT_WEB = "no addresses of the web (http or https)"
    MALFORMED = "addresses that lead nowhere, or that name a user before an @"
    TOO_LONG = "longer than 512 characters, more than Discord takes"
    IMAGE = "pictures that link to nothing"
    IN_CODE = "in code"
    UNUSED = "references that nothing uses"


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

    `bare` says that its text is the address itself; `badge` that its text is that of a picture; `tooltip` is the title
    in `[text](address "title")`.
    """

    url: str
    text: str
    source: Source
    bare: bool = False
    badge: bool = False
    tooltip: str = ""


class Strong(str):
    """Text in bold: where it begins a list item, the item's title."""

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

    `level` is that of a heading (1 to 6), or how many list items the block lies in (0: none). A paragraph of level 1
    or more continues the list item before it. `cells` are those of a table's row.
    """

    kind: BlockKind
    source: Source
    pieces: tuple[Piece, ...]
    level: int = 0
    cells: tuple[Cell, ...] = ()

    @property
    def links(self) -> Iterator[Link]:
        """The links in the block, in order."""
        return links(self.pieces)

    @property
    def text(self) -> str:
        """The text of the block, with the texts of its links."""
        return plain(self.pieces)


def links(pieces: Iterable[Piece]) -> Iterator[Link]:
    """The links among the pieces, in order."""
    return (piece for piece in pieces if isinstance(piece, Link))


def plain(pieces: Iterable[Piece]) -> str:
    """The text of the pieces, with the texts of links, on one line."""
    return one_line("".join(piece if isinstance(piece, str) else piece.text for piece in pieces))


def one_line(text: str) -> str:
    """The text without line breaks, characters that are not seen, and repeated spaces."""
    return " ".join(without_hidden(text).split())
