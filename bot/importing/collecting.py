"""From the events of a markup (text, links, cells, ends of blocks) to blocks."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.characters import without_hidden
from bot.importing.blocks import Block, BlockKind, Cell, LeftOut, Link, Piece, Reason, Source, Strong, one_line, plain

_ADDRESS = re.compile(r"https?://[^\s<>\"'`]+", re.IGNORECASE)


class Collector:
    """Collects the blocks of one text; `line` is where its reader stands, from 1."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._pieces: list[Piece] = []
        self._link: Link | None = None
        self._text: list[str] = []
        self._cells: list[tuple[Piece, ...]] | None = None
        self._columns: list[str] = []
        self._depth = 0
        self._in_new_item = False
        self._heading = 0
        self._strong = 0
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
        else:
            self._pieces.append(Strong(text) if self._strong and text.strip() else text)

    def strong(self, *, begins: bool) -> None:
        """Text in bold begins or ends."""
        self._strong = max(0, self._strong + (1 if begins else -1))

    def code(self, text: str) -> None:
        """Some code: text, but addresses in it are no links."""
        self.ignored(text, Reason.IN_CODE)
        self.text(text)

    def picture(self, alt: str, address: str) -> None:
        """A picture: inside a link its description is the link's text; elsewhere it leads nowhere."""
        if self._link is None:
            self.leave_out(address, Reason.IMAGE)
        else:
            self._link = replace(self._link, badge=True)
            self._text.append(f" {alt} ")

    def open(self, url: str, *, bare: bool = False, tooltip: str = "") -> None:
        """A link begins; one that was open ends."""
        self.close()
        self._link, self._text = Link(without_hidden(url).strip(), "", self.source, bare, tooltip=tooltip), []

    def close(self) -> None:
        """The open link ends, if there is one."""
        if self._link is not None:
            self._pieces.append(replace(self._link, text=one_line("".join(self._text))))
            self._link = None

    def leave_out(self, address: str, reason: Reason) -> None:
        """Note an address that is no link."""
        self.left_out.append(LeftOut(self.source, address, reason))

    def ignored(self, text: str, reason: Reason) -> None:
        """Note the addresses in a text that is ignored."""
        if "://" in text:
            for address in _ADDRESS.findall(text):
                self.leave_out(address, reason)

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
        self._heading = level

    def end_heading(self) -> None:
        """The heading ends."""
        self.end_block()
        self._heading = 0

    def end_block(self) -> None:
        """The current block ends; inside a table's cell it goes on, after a space."""
        if self._cells is not None:
            self.text(" ")
            return
        if (pieces := self._take()) and (block := self._block(pieces)):
            self.blocks.append(block)

    def begin_row(self) -> None:
        """A row of a table begins."""
        self.end_row()
        self.end_block()
        self._cells = []

    def end_cell(self) -> None:
        """A cell of the current row ends."""
        if self._cells is not None:
            self._cells.append(self._take())

    def end_row(self, *, heads: bool = False) -> None:
        """The current row ends, if there is one; `heads` says that its cells are the headings of the columns."""
        if self._cells is None:
            return
        if self._pieces or self._link:
            self.end_cell()
        cells, self._cells = self._cells, None
        if heads:
            self._columns = [plain(cell) for cell in cells]
            if not any(isinstance(piece, Link) for cell in cells for piece in cell):
                return
        self._add_row(cells)

    def _add_row(self, cells: list[tuple[Piece, ...]]) -> None:
        pieces = tuple(piece for cell in cells for piece in (*cell, " "))
        if _has_content(pieces):
            columns = self._columns + [""] * len(cells)
            row = tuple(Cell(heading, cell) for heading, cell in zip(columns, cells, strict=False))
            self.blocks.append(Block(BlockKind.ROW, self._start(pieces), pieces, self._depth, row))

    def end_table(self) -> None:
        """The table ends, and with it what is known of its columns."""
        self.end_row()
        self._columns = []

    def _take(self) -> tuple[Piece, ...]:
        self.close()
        self._strong = 0
        pieces, self._pieces = tuple(self._pieces), []
        return pieces

    def _block(self, pieces: tuple[Piece, ...]) -> Block | None:
        if not _has_content(pieces):
            return None
        source = self._start(pieces)
        if self._heading:
            return Block(BlockKind.HEADING, source, pieces, self._heading)
        kind = BlockKind.ITEM if self._in_new_item else BlockKind.PARAGRAPH
        self._in_new_item = False
        return Block(kind, source, pieces, self._depth)

    def _start(self, pieces: tuple[Piece, ...]) -> Source:
        return next((piece.source for piece in pieces if isinstance(piece, Link)), self.source)


def _has_content(pieces: tuple[Piece, ...]) -> bool:
    return any(isinstance(piece, Link) or piece.strip() for piece in pieces)
