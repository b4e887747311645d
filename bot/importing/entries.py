"""From a block of an index to the resources that it names: title, summary, kind, year and authors of each link.

- [Title](url) by Name - What it is. [[PDF](url)]      title first: the rest is its summary; "[PDF]" is "Title (PDF)"
- Title, Name (2017). [PDF](url) [Code](url)           a mere label: the text before it is its title
| Title | What it is | [Notebook](url) |               a row: its first words are the title, other cells the summary
As [Title](url) shows, …                               running text: the sentence is the summary
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import accumulate

from bot.catalog.model import MAX_NAME, MAX_PARAGRAPH, MAX_TITLE
from bot.importing.blocks import Block, BlockKind, Cell, Link, Piece, Source, Strong, plain
from bot.importing.facts import authors_in, kind_of, split_names, without_byline, year_in, year_of
from bot.importing.texts import (
    MAX_SUBJECT,
    Sentences,
    address_title,
    clean,
    cut,
    has_words,
    is_label,
    last_sentence,
)

MOST_AUTHORS = 12
"""Most names that are taken from a table's cell; a longer one is not a list of names."""

_DESCRIPTIONS = re.compile(r"\b(?:about|comments?|desc\w*|details?|notes?|remarks?|summary|what)\b", re.IGNORECASE)
_DATES = re.compile(r"\b(?:date|published|released?|year)\b", re.IGNORECASE)
_AUTHORS = re.compile(r"\W*(?:authors?(?:\(s\))?|by|instructors?|lecturers?|speakers?)\W*$", re.IGNORECASE)
_QUOTED = re.compile(r"[\"“]([^\"“”]{5,})[\"”]")
"""A title in quotation marks, as a citation has it."""
_POINTERS = frozenset({"here", "this", "link", "read", "more"})
_LABEL_BEHIND = re.compile(r"\s*[(\[]([\w -]{3,20})[)\]]")


@dataclass(slots=True)
class Entry:
    """A resource as an index describes it; what the index does not say is empty. `id` is given later."""

    title: str
    url: str
    source: Source
    kind: str | None = None
    year: int | None = None
    authors: tuple[str, ...] = ()
    summary: str = ""
    aliases: list[str] = field(default_factory=list)
    id: str = ""
    topics: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Context:
    """What stands above a block: the title of the list item around it, and the labels and headings, nearest first."""

    subject: str = ""
    headings: tuple[str, ...] = ()


def entries_in(block: Block, context: Context) -> list[Entry]:
    """The resources that a block names, in order; its links are absolute."""
    if not any(True for _ in block.links):
        return []
    return list(_in_row(block, context) if block.cells else _Run(block, context).entries())


def is_titled(link: Link) -> bool:
    """Whether a link's text names what it leads to."""
    return not link.bare and bool(link.text) and not is_label(link.text)


def speaks(block: Block) -> bool:
    """Whether a block has words outside of its links, as a sentence has and a row of links has not."""
    return has_words("".join(piece for piece in block.pieces if isinstance(piece, str)))


class _Run:
    """The links of an item, a heading or a paragraph."""

    def __init__(self, block: Block, context: Context) -> None:
        self._block = block
        self._context = context
        self._pieces = block.pieces
        self._listed = block.level > 0 or block.kind is BlockKind.HEADING or _is_citation(block)
        self._subject = ""
        self._subject_is_used = False
        self._own_text = "".join(piece for piece in self._pieces if isinstance(piece, str))
        self._titled = [clean(link.text) for link in block.links if is_titled(link)]
        texts = [piece if isinstance(piece, str) else piece.text for piece in self._pieces]
        self._ends = list(accumulate(map(len, texts)))
        self._sentences = Sentences("".join(texts))

    def entries(self) -> Iterator[Entry]:
        first = True
        for index, piece in enumerate(self._pieces):
            if isinstance(piece, Link):
                yield self._entry(index, piece, first=first)
                first = False

    def _entry(self, index: int, link: Link, *, first: bool) -> Entry:
        before = self._before(index)
        if is_titled(link):
            title = self._subject = clean(link.text) or address_title(link.url)
            self._subject_is_used = True
            summary = self._summary(index, title, leads=first and not clean(before))
        else:
            title = self._title_of_label(index, link, before)
            summary = self._around(index, title) if first and self._listed else ""
        beside = f"{title} {self._own_text}" if self._listed and len(self._titled) < 2 else title
        named = self._listed and (is_titled(link) or title == self._subject)
        year = year_of(link.url, beside)
        authors, summary = without_byline(clean(summary.removeprefix(f"({year})")))
        summary = clean(summary) if has_words(summary) else ""
        return Entry(
            cut(title, MAX_TITLE),
            link.url,
            link.source,
            kind_of(link.url, self._label(index, link, before), self._context.headings if named else ()),
            year,
            _names(authors or authors_in(title)),
            cut(summary or clean(link.tooltip), MAX_PARAGRAPH),
        )

    def _before(self, index: int) -> str:
        """The text between the link and the one before it."""
        start = next((at + 1 for at in range(index - 1, -1, -1) if isinstance(self._pieces[at], Link)), 0)
        return plain(self._pieces[start:index])

    def _label(self, index: int, link: Link, before: str) -> str:
        """The word beside a link, or of it, that may say its kind."""
        if not is_titled(link):
            return link.text
        behind = self._pieces[index + 1] if index + 1 < len(self._pieces) else ""
        if isinstance(behind, str) and (label := _LABEL_BEHIND.match(behind)) and is_label(label[1]):
            return label[1]
        return clean(before) if is_label(before) else ""

    def _title_of_label(self, index: int, link: Link, before: str) -> str:
        """The title of a link whose text says only what it leads to."""
        label = clean(link.text).strip("[]() ")
        if label.casefold() in _POINTERS and not self._listed:
            return cut(clean(self._sentence(index)), MAX_SUBJECT)
        if not self._listed and before and not has_words(before):
            self._subject = ""  # links in a row, with dots or bars between them, say nothing of each other
        if (not self._subject or not self._listed) and (text := self._text_before(link, before)):
            self._subject, self._subject_is_used = text, False
        if not self._subject:
            following = self._titled[0] if self._titled and self._listed else ""  # `[PDF](url) [Title](url)`
            self._subject = following or self._context.subject
            self._subject_is_used = bool(self._subject)
        return self._joined(label, link)

    def _text_before(self, link: Link, before: str) -> str:
        """The text that names a link with a mere label: what is in bold at its item's beginning, else all before it."""
        bold = clean("".join(_leading_bold(self._pieces))) if self._listed else ""
        text = clean(before)
        if len(text) > MAX_SUBJECT or not self._listed:
            text = clean(last_sentence(before))
        quoted = _QUOTED.findall(text)
        named = bold or (quoted[0].rstrip(" .,") if len(quoted) == 1 else text.strip("[] "))
        return named if has_words(named) and not is_label(named) and len(named) <= MAX_SUBJECT else ""

    def _joined(self, label: str, link: Link) -> str:
        address = address_title(link.url)
        if not self._subject:
            return address if link.bare or not has_words(label) else f"{label}: {address}"
        if not self._subject_is_used:
            self._subject_is_used = True
            return self._subject
        return f"{self._subject} ({address if link.bare or not label else label})"

    def _summary(self, index: int, title: str, *, leads: bool) -> str:
        if self._block.kind is BlockKind.HEADING:
            return ""
        if self._listed and leads:
            return self._rest(index)
        sentence = clean(self._sentence(index))
        return sentence if has_words(self._own_text) and len(sentence.split()) >= len(title.split()) + 3 else ""

    def _around(self, index: int, title: str) -> str:
        """What an item says besides the title that stands in it as text."""
        before = clean(plain(self._pieces[:index]))
        others = re.sub(rf'["“]?{re.escape(title)}[.,]?["”]?', " ", before, count=1)
        before = clean(others) if others != before else ""
        return " ".join(filter(None, (before if has_words(before) else "", self._rest(index))))

    def _rest(self, index: int) -> str:
        """What stands behind a link, without labels and pictures; empty if it is but other links."""
        rest = [piece for piece in self._pieces[index + 1 :] if isinstance(piece, str) or is_titled(piece)]
        own = clean("".join(piece for piece in rest if isinstance(piece, str)))
        return clean(plain(rest)) if has_words(own) and (" " in own or len(own) > 3) else ""

    def _sentence(self, index: int) -> str:
        return self._sentences.around(max(0, self._ends[index] - 1))


def _is_citation(block: Block) -> bool:
    """Whether a paragraph is an item without its bullet: a text with "[PDF]" behind it, and nothing else to click."""
    return all(is_label(link.text) and not link.bare and _label_of(link) not in _POINTERS for link in block.links)


def _label_of(link: Link) -> str:
    return clean(link.text).strip("[]() ").casefold()


def _leading_bold(pieces: tuple[Piece, ...]) -> Iterator[str]:
    for piece in pieces:
        if isinstance(piece, Strong):
            yield piece
        elif isinstance(piece, Link) or has_words(piece):
            return


def _in_row(block: Block, context: Context) -> Iterator[Entry]:
    texts = [clean(plain(cell.pieces)) for cell in block.cells]
    name = next((at for at, text in enumerate(texts) if has_words(text) and not year_in(text)), None)
    titled = next((clean(link.text) for link in block.links if is_titled(link)), "")
    plain_name = texts[name] if name is not None and not any(map(_is_link, block.cells[name].pieces)) else ""
    subject, used = titled or plain_name or context.subject, bool(titled)
    year = next((year_in(text) for cell, text in _named(block.cells, texts, _DATES)), None)
    authors = next((split_names(text) for cell, text in _named(block.cells, texts, _AUTHORS)), ())
    summary = _row_summary(block.cells, texts, skip=name if not titled else None, with_authors=not _names(authors))
    for cell in block.cells:
        for link in (piece for piece in cell.pieces if isinstance(piece, Link)):
            label = clean(link.text).strip("[]() ")
            if is_titled(link):
                title = clean(link.text)
            elif not subject:
                title = address_title(link.url)
            else:
                title = f"{subject} ({label or address_title(link.url)})" if used else subject
                used = True
            kind = kind_of(link.url, "" if is_titled(link) else link.text, (cell.heading, *context.headings))
            yield Entry(
                cut(title or address_title(link.url), MAX_TITLE), link.url, link.source, kind,
                year or year_of(link.url, title), _names(authors), cut(summary, MAX_PARAGRAPH),
            )  # fmt: skip


def _named(cells: Iterable[Cell], texts: Iterable[str], pattern: re.Pattern[str]) -> Iterator[tuple[Cell, str]]:
    """The cells, with their texts, of the columns whose heading fits a pattern."""
    return ((cell, text) for cell, text in zip(cells, texts, strict=True) if pattern.search(cell.heading))


def _row_summary(cells: tuple[Cell, ...], texts: list[str], skip: int | None, *, with_authors: bool) -> str:
    """The cells without links: the description as it is, others with the heading of their column."""
    parts = []
    for at, (cell, text) in enumerate(zip(cells, texts, strict=True)):
        if at == skip or not has_words(text) or any(map(_is_link, cell.pieces)) or year_in(text):
            continue
        if not with_authors and _AUTHORS.match(cell.heading):
            continue
        heading = clean(cell.heading)
        described = at == 0 or not heading or _DESCRIPTIONS.search(heading) or len(text.split()) > 5
        parts.append(text if described else f"{heading}: {text}")
    return " · ".join(parts)


def _is_link(piece: Piece) -> bool:
    return isinstance(piece, Link)


def _names(names: tuple[str, ...]) -> tuple[str, ...]:
    fitting = tuple(name for name in names if len(name) <= MAX_NAME and has_words(name))
    return fitting if len(fitting) <= MOST_AUTHORS else ()
