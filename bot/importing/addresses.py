"""Which addresses can be resources: those of the web, made absolute; the others with the reason why not."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import urljoin

from bot.catalog.addresses import is_web_address
from bot.catalog.model import MAX_URL
from bot.importing.blocks import Block, BlockKind, Cell, LeftOut, Link, Piece, Reason, plain
from bot.importing.texts import has_words

_INSIDE = re.compile(
    r"""[\[(<"'“]+(?P<plain>https?://[^\s\])>"'”]+)(?:\]\((?P<link>https?://[^\s)]+)\))?""", re.IGNORECASE
)
"""An address in the place of one: `[title]([https://…)`, or a whole link, `[title]([text](https://…))`."""
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)


def absolute(address: str, base: str | None) -> str | Reason:
    """The address as one of the web, or the reason why it is none; `base` is where the index itself stands."""
    if address.startswith("#"):
        return Reason.IN_PAGE
    if address.startswith("//"):
        address = f"https:{address}"
    elif address.lower().startswith("www."):
        address = f"http://{address}"
    elif (inside := _INSIDE.match(address)) is not None:
        address = inside["link"] or inside["plain"]  # the markup is wrong, the address is plain to see
    elif not _SCHEME.match(address):
        if base is None:
            return Reason.RELATIVE if address else Reason.MALFORMED
        address = _joined(base, address)
    if len(address) > MAX_URL:
        return Reason.TOO_LONG
    if is_web_address(address):
        return address
    return Reason.MALFORMED if address.lower().startswith("http") else Reason.NOT_WEB


def _without_anchors(block: Block) -> tuple[Piece, ...]:
    """The pieces of a block; those of a heading without its links to places in the page, if words remain."""
    if block.kind is not BlockKind.HEADING:
        return block.pieces
    kept = tuple(piece for piece in block.pieces if isinstance(piece, str) or not piece.url.startswith("#"))
    return kept if has_words(plain(kept)) else block.pieces


def _joined(base: str, address: str) -> str:
    try:
        return urljoin(base, address)
    except ValueError:
        return address


class Resolver:
    """Makes the links of blocks absolute; those that cannot be resources become text, and are noted in `left_out`.

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
            return replace(block, pieces=self._pieces(_without_anchors(block)))
        cells = tuple(Cell(cell.heading, self._pieces(cell.pieces)) for cell in block.cells)
        return replace(block, cells=cells, pieces=tuple(piece for cell in cells for piece in (*cell.pieces, " ")))

    def _pieces(self, pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
        return tuple(self._link(piece) if isinstance(piece, Link) else piece for piece in pieces)

    def _link(self, link: Link) -> Piece:
        base = self._base and _joined(self._base, link.source.name) if (self._base or "").endswith("/") else self._base
        url = absolute(link.url, base)
        if isinstance(url, str):
            return replace(link, url=url)
        self.left_out.append(LeftOut(link.source, link.url, url))
        return link.text
