"""From a block of an index to the works that it names, each with its links.

- [Title](url) by Name - What it is. [[PDF](url)]      title first: the rest is its summary; "[PDF]" is a further link
- Title, Name (2017). [PDF](url) [Code](url)           a mere label: the text before it is the title
- **Title**: [PDF](url)                                bold or quoted text is the title before all other text
| Title | What it is | [Notebook](url) |               a row: the cell of its subject is the title
- Paper: [Title](url)                                  a label before the link says its kind
As [Title](url) shows, …                               running text: the sentence is the summary
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import urljoin

from bot.catalog.addresses import host_of, is_private_host, is_web_address
from bot.catalog.labels import has_words, is_date, is_label, is_language, is_site_name
from bot.catalog.model import MAX_LABEL, MAX_LINKS, MAX_NAME, MAX_PARAGRAPH, MAX_TITLE, MAX_URL
from bot.importing.blocks import Block, BlockKind, Break, Cell, Code, Link, Piece, Source, Strong, plain
from bot.importing.meta import Reason, is_advert
from bot.importing.words import (
    LONGEST_SENTENCE,
    MAX_SUBJECT,
    Sentences,
    address_title,
    authors_in,
    clean,
    clean_title,
    cut,
    first_sentence,
    is_back_to_top,
    is_part,
    is_provider,
    kind_mark,
    kind_of,
    label_name,
    last_sentence,
    only_authors,
    split_names,
    urlsplit_host,
    without_byline,
    year_in,
    year_of,
)

MANY = 3
"""Link texts that stand this often in a list, with other addresses, are labels. At 2 most are names that come twice."""
MOST_AUTHORS = 12
"""Most names that are taken from a table's cell; a longer one is not a list of names."""
MOST_PIECES = 40
"""Pieces of text behind a link that are looked at for its summary. What is longer is a list of links without an end."""
MAX_TITLE_BEHIND = 100
"""Characters behind a bare address that are its title. What is longer is about it."""

_INSIDE = re.compile(
    r"""[\[(<"'“]+(?P<plain>https?://[^\s\])>"'”]+)(?:\]\((?P<link>https?://[^\s)]+)\))?""", re.IGNORECASE
)
"""An address in the place of one: `[title]([https://…)`, or a whole link, `[title]([text](https://…))`."""
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_DESCRIPTIONS = re.compile(
    r"\b(?:about|comments?|desc\w*|details?|notes?|remarks?|summary|what|why|beschreibung|descripci[oó]n|описание)\b"
    r"|描述|说明|简介|概要|説明",
    re.IGNORECASE,
)
_SUBJECTS = re.compile(
    r"\b(?:title|name|topics?|paper|book|lecture|project|resource|tool|content|contents|subject|titel|thema|t[íi]tulo"
    r"|titre|название|тема)\b|标题|名称|题目|名前|タイトル",
    re.IGNORECASE,
)
_DATES = re.compile(
    r"\b(?:date|published|released?|year|week|day|datum|jahr|fecha|année|дата|год)\b|日期|年|時間|时间", re.I
)
_AUTHORS = re.compile(
    r"\W*(?:authors?(?:\(s\))?|by|instructors?|lecturers?|speakers?|autor\w*|автор\w*|作者|著者)\W*$", re.I
)
_YEAR_NAMED = re.compile(r"\W*(?:last )?(?:published|year|released?|date|jahr|año|année|год|年份?)\W*$", re.I)
_QUOTED = re.compile(r"[\"“«「『《]([^\"“”«»「」『』《》]{2,200})[\"”»」』》]")
"""A title in quotation marks, as a citation has it."""
_POINTERS = frozenset(
    {"here", "this", "link", "read", "more", "that", "these", "hier", "aquí", "ici", "тут", "здесь", "这里"}
)
_JOINT = re.compile(r"[\s\W]*(?:(?:and|or|vs|und|y|et|и|和|与)[\s\W]*)?")
_CODE = re.compile(r"\W*(?:week|lecture|day|module|unit|part)?\s*[A-Z]{0,8}[\s./-]?\d[\w./-]{0,6}\W*", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?。！？:：)\]]\s*$")
_FORMATS = re.compile(r"\s*[(\[]([^()\[\]]{2,40})[)\]]$")
"""In which forms a book is had: "(PDF, EPUB)"."""
_GOES_ON = re.compile(r"(?:is|are|was|were|has|have|for|by|of|with|to|and|which|that)\b")
_PROPER = re.compile(r"(?:[^\W\d_a-z][\w.'’-]*[\s,-]*|(?:of|at|and|the|de|für)\s+){1,6}")
"""The name of a place or a person, which is no description."""
_HAS_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")


@dataclass(slots=True)
class Entry:
    """A work as an index describes it; what the index does not say is empty. `id` is given later.

    `label` is the text of its link if nothing but that and the address was found to name it: the title may be that of
    the section. `prose` says that it is mentioned in a sentence; `weak` that its summary is but the rest of a citation.
    """

    title: str
    url: str
    source: Source
    kind: str | None = None
    year: int | None = None
    authors: tuple[str, ...] = ()
    summary: str = ""
    links: dict[str, str] = field(default_factory=dict)
    aliases: list[str] = field(default_factory=list)
    id: str = ""
    label: str | None = None
    prose: bool = False
    listed: bool = True
    weak: bool = False
    subject: str = ""

    def add_link(self, label: str, url: str) -> bool:
        """Add a further link of the work; False if there are too many, or it is the address of the work itself."""
        if url == self.url or url in self.links.values():
            return True
        label = clean(label).strip("[](). ")[:MAX_LABEL].strip() or urlsplit_host(url)[:MAX_LABEL] or "link"
        number, name = 1, label
        while name.casefold() in (known.casefold() for known in self.links):
            number += 1
            name = f"{label[: MAX_LABEL - 3]} {number}"
        if len(self.links) < MAX_LINKS:
            self.links[name] = url
            return True
        return False

    def describe(self, text: str, *, weak: bool = False) -> None:
        """Give the entry a summary if it has none, or but a name or the rest of a citation."""
        text = clean(text)
        weak = weak or _PROPER.fullmatch(text) is not None
        if (not self.summary or self.weak) and has_words(text):
            self.summary, self.weak = cut(text, MAX_PARAGRAPH), weak


@dataclass(slots=True)
class Run:
    """What was read in a block: its works; links that belong to the work above; and links that are none."""

    entries: list[Entry] = field(default_factory=list)
    further: list[tuple[str, Link]] = field(default_factory=list)
    left_out: list[tuple[Link, Reason]] = field(default_factory=list)


class Labels:
    """Which link texts of a list can't name a work: labels everywhere, and texts that stand three times."""

    def __init__(self, blocks: Iterable[Block]) -> None:
        pages: defaultdict[str, set[str]] = defaultdict(set)
        for block in blocks:
            for link in block.links:
                if not link.bare and len(pages[text := clean_title(link.text).casefold()]) < MANY:
                    pages[text].add(link.url)
        self._repeated = frozenset(text for text, urls in pages.items() if len(urls) >= MANY)

    def is_titled(self, link: Link) -> bool:
        """Whether a link's text names what it leads to."""
        if link.bare or not link.text:
            return False
        text = clean_title(link.text)
        return bool(text) and not is_label(text) and not is_part(text) and text.casefold() not in self._repeated

    def is_repeated(self, link: Link) -> bool:
        """Whether a link's text says something, though not which work it is: "Introduction" for the fifth time."""
        return not link.bare and has_words(link.text) and not is_label(clean_title(link.text))


# -- addresses


def absolute(address: str, base: str | None) -> str | Reason:
    """The address as one of the web, or the reason why it is none; `base` is where the index itself stands."""
    if re.match(r"(?:\./)?#", address):
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
        address = joined(base, address)
    if len(address) > MAX_URL:
        return Reason.TOO_LONG
    if is_web_address(address):
        return Reason.PRIVATE if is_private_host(host_of(address)) else address
    return Reason.MALFORMED if address.lower().startswith("http") else Reason.NOT_WEB


def joined(base: str, address: str) -> str:
    """A relative address against a base; as it is where that can't be done."""
    try:
        return urljoin(base, address)
    except ValueError:
        return address


# -- the links of an item, a heading or a paragraph


def read_run(
    block: Block, labels: Labels, headings: tuple[str, ...] = (), *, below_work: bool = False, described: bool = False
) -> Run:
    """The works in an item, a heading or a paragraph; its links are absolute.

    `headings` are those above, the nearest first; `below_work` says that the block lies in the item of a work, so that
    its labels are further links of that one; `described` that it is one with a link already, which sentences describe.
    """
    return _RunReader(block, labels, headings, below_work=below_work, described=described).read()


class _RunReader:
    def __init__(
        self, block: Block, labels: Labels, headings: tuple[str, ...], *, below_work: bool, described: bool
    ) -> None:
        self._described_work = described
        self._block = block
        self._labels = labels
        self._headings = headings
        self._below_work = below_work
        self._run = Run()
        self._pieces = self._without_icons()
        self._at = [at for at, piece in enumerate(self._pieces) if isinstance(piece, Link)]
        self._listed = block.level > 0 or block.kind is BlockKind.HEADING
        self._beside = "".join(piece for piece in self._pieces if isinstance(piece, str))[:LONGEST_SENTENCE]
        self._current: Entry | None = None
        self._described = False
        self._row = self._is_row()
        self._named_row = self._row and 2 * sum(labels.is_titled(self._link(at)) for at in self._at) > len(self._at)

    def _without_icons(self) -> list[Piece]:
        """The pieces without icons, if there is anything else to click; those that are struck out, too."""
        links = list(self._block.links)
        only_icons = all(link.icon for link in links)
        alone = not has_words("".join(piece for piece in self._block.pieces if isinstance(piece, str)))
        kept: list[Piece] = []
        for piece in self._block.pieces:
            if isinstance(piece, Link) and (
                piece.struck or (is_back_to_top(piece.text) and (alone or has_words(piece.text)))
            ):
                self._run.left_out.append((piece, Reason.STRUCK if piece.struck else Reason.CONTENTS))
            elif isinstance(piece, Link) and piece.icon and not only_icons:
                self._run.left_out.append((piece, Reason.BADGE))
            else:
                kept.append(piece)
        return kept

    def read(self) -> Run:
        if self._at:
            if not self._listed and not self._is_list():
                self._prose()
            else:
                self._first(self._at[0])
                for before, at in zip(self._at, self._at[1:], strict=False):
                    self._next(before, at)
        return self._run

    def _is_list(self) -> bool:
        """Whether a paragraph is an item without its bullet: it begins with its title, or ends with "[PDF]"."""
        links = [self._link(at) for at in self._at]
        if all(not self._labels.is_titled(link) and not link.bare and _word(link) not in _POINTERS for link in links):
            return True
        if self._is_row():
            return True
        before = clean(self._text(0, self._at[0]))
        return (not has_words(before) or _is_mark(before)) and self._labels.is_titled(links[0])

    def _is_row(self) -> bool:
        """Whether a paragraph is a row of names, with a letter or a dot between them."""
        own = re.findall(r"[^\W\d_]{2,}", "".join(piece for piece in self._pieces if isinstance(piece, str)))
        return not self._listed and len(self._at) > 2 and len(own) < len(self._at)

    def _link(self, at: int) -> Link:
        piece = self._pieces[at]
        assert isinstance(piece, Link)  # noqa: S101 - `_at` holds the places of links
        return piece

    def _text(self, start: int, end: int) -> str:
        return plain(self._pieces[start:end])

    # -- the first link

    def _first(self, at: int) -> None:
        link, before = self._link(at), self._text(0, at)
        spoken = clean(_without_number(before))
        if self._described_work and self._is_description(link, spoken):
            if self._labels.is_titled(link) or _word(link) in _POINTERS:
                self._run.left_out.append((link, Reason.DESCRIPTION))
            else:
                self._run.further.append((link.text if not link.bare else "", link))
            self._described = True
        elif self._labels.is_titled(link):
            in_brackets = re.match(r"\[.*\]$", link.text) is not None or re.search(r"\[$", before.strip()) is not None
            if (in_brackets or is_provider(link.text, link.url)) and _names(spoken):
                self._named_before(at, link)
            else:
                self._titled(at, link, leads=not has_words(spoken) or _is_mark(spoken))
        elif has_words(spoken) and not _is_mark(spoken):
            self._named_before(at, link)
        else:
            self._unnamed(at, link, spoken)

    def _is_description(self, link: Link, before: str) -> bool:
        """Whether a block below a work says something about it: a sentence, or "Lecture: …" before a label."""
        if not has_words(before) or _is_mark(before):
            return False
        if self._block.level == 0 or len(before) > MAX_SUBJECT:
            return True
        marked = re.match(r"[\w ]{2,20}:\s", before) is not None and not self._labels.is_titled(link)
        return marked or self._labels.is_titled(link) or (link.bare and len(before.split()) > 5)

    def _titled(self, at: int, link: Link, *, leads: bool) -> None:
        title, before = clean_title(link.text), clean(self._text(0, at))
        if _CODE.fullmatch(title) and (bold := _bold(self._pieces[at + 1 : at + MOST_PIECES])):
            title = f"{title}: {bold}"
        entry = self._entry(title, link, before or self._label_behind(at))
        if leads:
            whole = self._rest(at, title).removeprefix(f"({entry.year})").strip()
            authors, rest = without_byline(without_formats(whole))
            people = only_authors(rest, 2 if rest == whole else 1)  # "Ann Baker (PDF)" is who wrote it
            entry.authors = names(authors or people) or entry.authors
            entry.describe("" if people else rest)
        elif self._listed:
            entry.describe(self._sentence(at, title))
        self._add(entry)

    def _named_before(self, at: int, link: Link) -> None:
        """A title that stands before a link whose text is a label."""
        title, rest = split_title(self._pieces[:at])
        if is_part(clean_title(link.text)):
            entry = self._entry(part_title(title, link.text), link, "")
            entry.subject = title
        else:
            entry = self._entry(title, link, link.text)
        entry.describe(" ".join(filter(None, (rest, self._rest(at, title)))), weak=not self._rest(at, title))
        self._add(entry)

    def _unnamed(self, at: int, link: Link, mark: str) -> None:
        """A link that neither its text nor the text before it names."""
        label = link.text if not link.bare else label_name(mark)
        if self._below_work and (label or not self._behind(at)):
            self._run.further.append((label, link))
            return
        if is_language(link.text) or (is_site_name(link.text) and not link.bare and not mark):
            self._titled(at, link, leads=True)
            return
        if is_part(clean_title(link.text)) and (bold := _bold(self._pieces[at + 1 : at + MOST_PIECES])):
            entry = self._entry(f"{clean_title(link.text)}: {bold}", link, "")
            entry.describe(clean(self._rest(at, "").removeprefix(bold)), weak=True)
            self._add(entry)
            return
        behind = self._behind(at)
        entry = self._entry(behind or address_title(link.url), link, label)
        if not behind:
            entry.label = label
        entry.describe(self._rest(at, behind) if behind else "")
        self._add(entry)

    def _behind(self, at: int) -> str:
        """The text behind a link as its title: `https://… - The first one`."""
        end = next((other for other in self._at if other > at), len(self._pieces))
        text = clean(first_sentence(clean(plain(_spoken(self._pieces[at + 1 : end])))))
        fits = 4 < len(text) <= MAX_TITLE_BEHIND and not is_label(text) and not _GOES_ON.match(text)
        return text if fits else ""

    # -- those behind it

    def _next(self, before: int, at: int) -> None:
        link, gap = self._link(at), self._text(before + 1, at)
        if self._current is not None and self._current.url == link.url:
            return
        mark = label_name(clean(gap).strip(":：-–— "))
        mark = mark if is_label(mark) else ""
        is_joint = _JOINT.fullmatch(gap) is not None
        in_brackets = re.search(r"[(\[（]\s*$", gap) is not None
        if not is_joint and not mark:
            self._described = True
        if (self._labels.is_titled(link) or self._named_row) and not in_brackets and not mark:
            if (is_joint and not self._described) or self._row:
                self._titled(at, link, leads=True)
            else:
                self._run.left_out.append((link, Reason.DESCRIPTION))
        elif _word(link) not in _POINTERS or (is_joint and not in_brackets):
            self._further(link, mark)
        else:
            self._run.left_out.append((link, Reason.DESCRIPTION))

    def _further(self, link: Link, mark: str) -> None:
        label = mark if link.bare else link.text
        if self._current is None and self._below_work:
            self._run.further.append((label, link))
        elif self._current is None:
            entry = self._entry(address_title(link.url), link, label)
            entry.label = label
            self._add(entry)
        elif self._current.subject and is_part(text := clean_title(link.text)):
            entry = self._entry(part_title(self._current.subject, text), link, "")
            entry.subject = self._current.subject
            self._add(entry)
        elif not self._current.add_link(label, link.url):
            self._run.left_out.append((link, Reason.DESCRIPTION))

    # -- running text

    def _prose(self) -> None:
        texts = [piece if isinstance(piece, str) else piece.text for piece in self._pieces]
        sentences, place = Sentences("".join(texts)), 0
        for piece, text in zip(self._pieces, texts, strict=True):
            place += len(text)
            if isinstance(piece, Link):
                self._mentioned(piece, clean(sentences.around(max(0, place - 1))))

    def _mentioned(self, link: Link, sentence: str) -> None:
        titled, label = self._labels.is_titled(link), label_name(link.text)
        title = clean_title(link.text) if titled else "" if link.bare else cut(sentence, MAX_SUBJECT)
        if len(title) > MAX_TITLE_BEHIND and self._headings and label and not titled:
            title = f"{self._headings[0]}: {label}"
        is_word = titled and " " not in title and title.islower()  # "it made me [cry](url)"
        if is_word or (not titled and not link.bare and not label and self._headings):  # "see [here](url)"
            self._run.left_out.append((link, Reason.PROSE))
            return
        if is_advert(sentence):
            self._run.left_out.append((link, Reason.SPONSOR))
            return
        entry = self._entry(title, link, "")
        entry.prose, entry.listed = True, False
        if titled and len(sentence.split()) >= len(title.split()) + 3:
            entry.describe(sentence)
        self._run.entries.append(entry)

    # -- texts

    def _label_behind(self, at: int) -> str:
        match = re.match(r"\s*[(\[]([\w -]{3,20})[)\]]", "".join(map(str, self._pieces[at + 1 : at + 2])))
        return match[1] if match else ""

    def _rest(self, at: int, title: str) -> str:
        """What stands behind a link, without labels, pictures and tags; empty if it is but other links."""
        pieces = list(_spoken(self._pieces[at + 1 : at + MOST_PIECES], self._labels))
        own = clean("".join(piece for piece in pieces if isinstance(piece, str)))
        text = clean(plain(pieces))
        text = clean(text.removeprefix(title.partition(": ")[2])) if _CODE.match(title) else text
        links = sum(isinstance(piece, Link) for piece in pieces)
        siblings = len(re.findall(r"[^\W\d_]{2,}", own)) <= links // 2 < links
        return text if _says(own) and not siblings and not is_label(text) else ""

    def _sentence(self, at: int, title: str) -> str:
        """The sentence in which a link stands, if it says more than the title."""
        text = plain(_spoken(self._pieces, self._labels))
        place = len(plain(_spoken(self._pieces[: at + 1], self._labels)))
        sentence = clean(Sentences(text).around(max(0, place - 1)))
        own = re.findall(r"[^\W\d_]{2,}", "".join(piece for piece in self._pieces if isinstance(piece, str)))
        return sentence if len(own) >= 3 or _HAS_CJK.search("".join(own)) else ""

    def _entry(self, title: str, link: Link, label: str) -> Entry:
        return made_entry(title, link, label, self._headings if self._listed else (), self._beside)

    def _add(self, entry: Entry) -> None:
        self._run.entries.append(entry)
        self._current = entry


def made_entry(title: str, link: Link, label: str, headings: tuple[str, ...], beside: str) -> Entry:
    """An entry with all that its link and the text beside it say for certain."""
    year = year_of(link.url, f"{title} {beside}")
    if len(years := re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", title)) == 1 and title.endswith(years[0]):
        year = year or int(years[0])
    authors = authors_in(title) or authors_in(beside)
    kind = kind_of(link.url, label or kind_mark(link.text), headings)
    return Entry(cut(title, MAX_TITLE) or address_title(link.url), link.url, link.source, kind, year, names(authors))


def without_formats(text: str) -> str:
    """A text without the forms and the licence in which a book is had: "(PDF, EPUB)", "(CC BY)"."""
    while (formats := _FORMATS.search(text)) is not None:
        if not all(
            is_label(word) or re.match(r"CC\b|GFDL|GPL|asciidoc", word.strip()) for word in formats[1].split(",")
        ):
            break
        text = text[: formats.start()]
    return text


def part_title(subject: str, part: str) -> str:
    """The title of a part of a work: "Bread: Part 2", "Bread (2)"."""
    part = clean(part).strip("()[] ")
    return f"{subject} ({part})" if part.isdigit() else f"{subject}: {part}"


def split_title(pieces: Sequence[Piece]) -> tuple[str, str]:
    """The title in a text before a link with a label, and what else the text says; "" if there is none."""
    line = _last_line(pieces)
    text = clean(_without_number(plain(line)))
    bold, quoted = _bold(line, anywhere=True), _QUOTED.findall(text)
    if bold and not is_label(bold) and not is_part(bold):
        title = bold
    elif len(quoted) == 1 and (len(quoted[0].split()) > 1 or _HAS_CJK.search(quoted[0])):
        title = quoted[0].rstrip(" .,")
    elif len(text) > MAX_SUBJECT and 0 < len(head := _head_of(line)) <= MAX_SUBJECT:
        title = head
    else:
        title = text if len(text) <= MAX_SUBJECT else clean(last_sentence(text))
        if (dated := re.match(r"(.{8,}?)[\s,]*\((?:19|20)\d\d\w?\)(?:[,.:]|$)\s*(.*)", title)) is not None:
            title = clean(first_sentence(dated[2])) or dated[1] if re.search(r"\b[A-Z]\.$", dated[1]) else dated[1]
        title = re.sub(r"\s+(?:is|at|on|in|see|>>|=>|->|from|via|by|here|:)$", "", title.strip("[] "), flags=re.I)
    title = clean_title(title).rstrip("、，,;；:：")
    if is_label(title) or len(title) > MAX_TITLE:
        return "", ""
    before, _, after = text.partition(title)
    after = re.sub(r"^\W*[(\[](?:19|20)\d\d[)\]]", "", after.lstrip(' .,:"”»』」》'))
    rest = clean(before.rstrip(' "“«『「《') + " " + after)
    return title, rest if _says(rest) else ""


def _head_of(line: Sequence[Piece]) -> str:
    """What stands before the first separator of a long text; two spaces are one, which authors set."""
    raw = "".join(piece if isinstance(piece, str) else piece.text for piece in line).replace("\n", "  ").strip()
    head = clean(_without_number(re.split(r"\s{2,}| [-–—] |: ", raw)[0]))
    return "" if is_label(head) else head


def _last_line(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces behind the last line break that has words behind it, and behind the last link."""
    start = 0
    for at in range(len(pieces) - 1, -1, -1):
        piece = pieces[at]
        if isinstance(piece, Link) or (isinstance(piece, Break) and piece == "\n"):
            start = at + 1
            if has_words(plain(pieces[start:])):
                break
    return list(pieces[start:])


def _bold(pieces: Iterable[Piece], *, anywhere: bool = False) -> str:
    """The first text in bold; only at the beginning unless `anywhere`."""
    found: list[str] = []
    for piece in pieces:
        if isinstance(piece, Strong) or (found and isinstance(piece, Code)):
            found.append(piece)
        elif found and (isinstance(piece, Link) or has_words(piece)):
            break
        elif isinstance(piece, Link) or (has_words(_without_number(piece)) and not anywhere):
            return ""
    return clean_title("".join(found)).strip(" :.,") if found else ""


def _spoken(pieces: Iterable[Piece], labels: Labels | None = None) -> Iterator[Piece]:
    """The pieces that say something: without links that are labels, and without tags such as `Free`."""
    kept = [piece for piece in pieces if isinstance(piece, str) or (labels is not None and labels.is_titled(piece))]
    tags = [isinstance(piece, Code) or (isinstance(piece, str) and not has_words(piece)) for piece in kept]
    first = tags.index(False) if False in tags else len(kept)
    last = len(tags) - tags[::-1].index(False) if False in tags else 0
    if 0 < last < len(kept) and not _SENTENCE_END.search(plain(kept[last - 1 : last])):
        last = len(kept)  # "written in `Rust`" ends with a word of its sentence
    if (
        first < len(kept)
        and plain(kept[first : first + 1])[:1].isalnum()
        and not re.search(r"\W$", plain(kept[:first]))
    ):
        first = 0  # "`grep` for code" begins with one
    for at, piece in enumerate(kept):
        bracketed = isinstance(piece, Link) and at and re.search(r"[\[(（]\s*$", plain(kept[at - 1 : at])) is not None
        if not (isinstance(piece, Code) and (at < first or at >= last)) and not bracketed:
            yield piece


def _without_number(text: str) -> str:
    return re.sub(r"^\W*\[?\(?(?:\d[\d./-]*)[\])]?[.):]?\s+", "", text)


def _is_mark(text: str) -> bool:
    """Whether the text before a link says only what it leads to, or when: "Slides:", "[2023/10]"."""
    return (is_label(text) or is_part(text) or is_date(text)) and len(text) < 40


def _names(text: str) -> bool:
    """Whether a text before the name of a provider is a title: two words, and no sentence that goes on."""
    return (
        len(text.split()) > 1
        and re.search(r"(?:\b(?:at|by|from|in|on|see|the|a|to|with|of|and|for)|['’]s?)$", text) is None
    )


def _says(text: str) -> bool:
    return has_words(text) and (" " in text or len(text) > 3)


def _word(link: Link) -> str:
    return clean(link.text).strip("[](). ").casefold()


def names(found: tuple[str, ...]) -> tuple[str, ...]:
    """Names that fit a catalog; none if they are too many to be people."""
    fitting = tuple(name for name in found if len(name) <= MAX_NAME and has_words(name))
    return fitting if len(fitting) <= MOST_AUTHORS else ()


def detail(entry: Entry, text: str) -> bool:
    """Take a line such as "Authors: A B and C D" or "Last published: 2015" into an entry; False if it is none."""
    label, colon, value = text.partition(":")
    value = clean(value)
    if colon and len(label) < 30 and _AUTHORS.match(label):
        entry.authors = entry.authors or names(split_names(value))
    elif colon and len(label) < 30 and _YEAR_NAMED.match(label):
        found = re.search(r"(?:19|20)\d\d", value)
        entry.year = entry.year or (int(found[0]) if found else None)
    elif found_names := only_authors(text):
        entry.authors = entry.authors or names(found_names)
    else:
        return False
    return True


# -- the rows of tables


def subject_columns(blocks: Iterable[Block]) -> dict[tuple[str, int], int]:
    """For each table, by file and number, the column that names its rows."""
    tables: defaultdict[tuple[str, int], list[Block]] = defaultdict(list)
    for block in blocks:
        if block.cells:
            tables[block.source.name, block.table].append(block)
    return {key: _subject_column(rows) for key, rows in tables.items()}


def _subject_column(rows: Sequence[Block]) -> int:
    """The column whose heading says so, else the first that has words and other ones in each row."""
    width = max(len(row.cells) for row in rows)
    best = -1
    for column in range(width):
        cells = [row.cells[column] for row in rows if column < len(row.cells)]
        texts = [clean(plain(cell.pieces)) for cell in cells]
        texts = [
            text for text in texts if has_words(text) and not is_date(text) and not is_label(text) and not is_part(text)
        ]
        heading = cells[0].heading
        if not texts or _AUTHORS.match(heading) or _DATES.search(heading):
            continue
        if len(set(texts)) < 0.6 * len(texts) or len(texts) < 0.5 * len(cells) * (best >= 0):
            continue
        if _SUBJECTS.search(heading) and Counter(len(text) > 200 for text in texts)[True] < len(texts):
            return column
        best = column if best < 0 else best
    return best


def read_row(block: Block, column: int, labels: Labels, headings: tuple[str, ...]) -> Run:
    """The works in a row of a table; `column` is the one that names it (-1: none)."""
    return _RowReader(block, column, labels, headings).read()


class _RowReader:
    def __init__(self, block: Block, column: int, labels: Labels, headings: tuple[str, ...]) -> None:
        self._block = block
        self._labels = labels
        self._headings = headings
        self._column = column if column < len(block.cells) else -1
        self._texts = [clean(plain(cell.pieces)) for cell in block.cells]
        self._run = Run()
        self._entry: Entry | None = None
        self._subject = ""
        self._rest = ""

    def read(self) -> Run:
        if self._column >= 0:
            self._read_subject(self._block.cells[self._column])
        for at, cell in enumerate(self._block.cells):
            self._read_cell(at, cell)
        self._describe()
        return self._run

    def _read_subject(self, cell: Cell) -> None:
        links = [piece for piece in cell.pieces if isinstance(piece, Link)]
        titled = next((link for link in links if self._labels.is_titled(link)), None)
        if titled is not None:
            self._entry = self._made(clean_title(titled.text), titled, cell, "")
            after = list(_spoken(cell.pieces[cell.pieces.index(titled) + 1 :], self._labels))
            self._rest = clean(plain(after))
        else:
            texts = [" " if isinstance(piece, Break) else piece for piece in cell.pieces if isinstance(piece, str)]
            self._subject, self._rest = split_title(texts)
            self._subject = self._subject or cut(clean(plain(texts)), MAX_SUBJECT)

    def _made(self, title: str, link: Link, cell: Cell, label: str) -> Entry:
        entry = made_entry(title, link, label, (cell.heading, *self._headings), "")
        self._run.entries.append(entry)
        return entry

    def _read_cell(self, at: int, cell: Cell) -> None:
        links = [piece for piece in cell.pieces if isinstance(piece, Link)]
        only_icons = all(link.icon for link in links)
        own = [piece for piece in cell.pieces if isinstance(piece, str)]
        spoken = len(clean("".join(own)).split()) > 4
        for link in links:
            if self._entry is not None and link.url == self._entry.url:
                continue
            before = cell.pieces[: cell.pieces.index(link)]
            named = (
                split_title(_last_line(before))[0] if at != self._column and not self._labels.is_titled(link) else ""
            )
            if link.struck or (link.icon and not only_icons):
                self._run.left_out.append((link, Reason.STRUCK if link.struck else Reason.BADGE))
            elif len(named.split()) > 1 and not is_part(named) and not link.icon:
                self._made(named, link, cell, link.text)
            elif self._labels.is_titled(link) and (not link.icon or only_icons) and not self._offers(link):
                if spoken and at != self._column:
                    self._run.left_out.append((link, Reason.DESCRIPTION))
                else:
                    self._made(clean_title(link.text), link, cell, cell.heading)
            else:
                self._further(link, cell)

    def _offers(self, link: Link) -> bool:
        """Whether a link's text says less than the subject of the row: a provider, or two words that stand alone."""
        alone = sum(1 for _ in self._block.links) == 1 and len(link.text.split()) < 3
        return bool(self._subject) and self._entry is None and (alone or is_provider(link.text, link.url))

    def _further(self, link: Link, cell: Cell) -> None:
        label = link.text if has_words(link.text) and not link.bare else "" if link.icon else cell.heading
        if self._entry is None and self._subject:
            self._entry = self._made(self._subject, link, cell, link.text)
        elif self._entry is not None:
            if not self._entry.add_link(label, link.url):
                self._run.left_out.append((link, Reason.DESCRIPTION))
        elif self._run.entries:
            self._run.entries[0].add_link(label, link.url)
        else:
            self._run.further.append((label, link))

    def _describe(self) -> None:
        cells = list(zip(self._block.cells, self._texts, strict=True))
        year = next((year_in(text) for cell, text in cells if _DATES.search(cell.heading) and year_in(text)), None)
        authors = next((names(split_names(text)) for cell, text in cells if _AUTHORS.match(cell.heading)), ())
        entry = self._entry or (self._run.entries[0] if len(self._run.entries) == 1 else None)
        if entry is None:
            return
        entry.year = year or entry.year
        entry.authors = authors or entry.authors
        parts = [self._rest] if _says(self._rest) else []
        for at, (cell, text) in enumerate(cells):
            if at != self._column and not _AUTHORS.match(cell.heading) and self._is_description(cell, text):
                said, heading = clean(plain(_spoken(cell.pieces, self._labels))), clean(cell.heading)
                plainly = not heading or _DESCRIPTIONS.search(heading) or len(self._texts) < 3 or len(said.split()) > 8
                parts.append(said if plainly else f"{heading}: {said}")
        entry.describe(" · ".join(filter(has_words, parts)))

    def _is_description(self, cell: Cell, text: str) -> bool:
        """Whether a cell says something about its row in words of its own."""
        own = clean("".join(piece for piece in cell.pieces if isinstance(piece, str)))
        if not has_words(own) or text == self._subject:
            return False
        long = len(own.split()) > 3 or (_HAS_CJK.search(own) is not None and len(own) > 8)
        return long or (_DESCRIPTIONS.search(cell.heading) is not None and len(own.split()) > 1)
