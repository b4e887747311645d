"""Markdown as blocks: markdown-it reads it, with HTML, tables, footnotes, front matter and bare addresses.

text --markdown-it--> tokens --_Reader--> Collector --> blocks
                         └── html --HtmlReader──┘
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.front_matter import front_matter_plugin

from bot.errors import CatalogError, Problem
from bot.importing.blocks import Block, LeftOut, Reason, one_line
from bot.importing.collecting import Collector
from bot.importing.html import HtmlReader
from bot.importing.progress import OnProgress, told, unseen

MAX_NESTING = 200
"""Lists, quotes and emphasis inside each other. At markdown-it's own 20 deep outlines lose links; at a thousand
its recursion would reach Python's limit."""

_TOML = re.compile(r"\+\+\+[ \t]*\n(.*?)^\+\+\+[ \t]*$", re.DOTALL | re.MULTILINE)
_AS_ADDRESS = re.compile(r"https?://|www\.", re.IGNORECASE)
"""How an address without a link around it begins: `README.md` and `node.js` are none, though md is a domain."""
_MARKDOWN_LINES = re.compile(r"^[ \t]*(?:[-*+]|\d+[.)]|#{1,6}|\|)[ \t]", re.MULTILINE)
"""Lines that begin as only Markdown's do: inside HTML they were meant as such, though CommonMark takes them as text."""


@dataclass(frozen=True, slots=True)
class Outline:
    """What was read: the blocks in order, the addresses left out, and the texts of the front matter by key."""

    blocks: list[Block] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    front_matter: dict[str, str] = field(default_factory=dict)


def read_markdown(text: str, name: str, on_progress: OnProgress = unseen) -> Outline:
    """Read a Markdown text; `name` is that of its file.

    Raises CatalogError, with the line, if the text ends inside a link, a block of code or a comment.
    """
    _refuse_cut(text, name)
    text, front_matter = _without_toml(text)
    outline = _Reader(_parser(on_progress), name, text).read()
    outline.front_matter.update(front_matter)
    return outline


class _Parser(MarkdownIt):
    """markdown-it that keeps addresses as they were written, so that a catalog shows what the index has."""

    def normalizeLink(self, url: str) -> str:
        return url.strip().replace(" ", "%20")

    def normalizeLinkText(self, link: str) -> str:
        return link

    def validateLink(self, url: str) -> bool:
        """Every address is a link here; what is not one of the web is left out later, with the reason."""
        return True


def _parser(on_progress: OnProgress) -> MarkdownIt:
    parser = _Parser("gfm-like", {"maxNesting": MAX_NESTING})
    parser.use(footnote_plugin).use(front_matter_plugin)
    parser.disable("footnote_tail")  # it moves notes to the end, and drops those that nothing refers to
    if parser.linkify is not None:
        parser.linkify.set({"fuzzy_email": False})
    parser.core.ruler.at("inline", _inline_rule(on_progress))
    return parser


def _inline_rule(on_progress: OnProgress) -> Callable[[StateCore], None]:
    """markdown-it's own rule for the text of blocks, where most of its time goes, that tells how far it is."""

    def rule(state: StateCore) -> None:
        tokens = [token for token in state.tokens if token.type == "inline"]
        for token in told(tokens, on_progress, 0, 0.4):
            token.children = token.children or []
            state.md.inline.parse(token.content, state.md, state.env, token.children)

    return rule


def _without_toml(text: str) -> tuple[str, dict[str, str]]:
    """A text without front matter in TOML, of which the lines stay as empty ones, and the texts in it by key."""
    front = _TOML.match(text)
    if front is None:
        return text, {}
    try:
        data = tomllib.loads(front[1])
    except tomllib.TOMLDecodeError:
        data = {}
    kept = "\n" * front[0].count("\n") + text[front.end() :]
    return kept, {key: one_line(value) for key, value in data.items() if isinstance(value, str)}


def _refuse_cut(text: str, name: str) -> None:
    """Refuse a text that ends inside a link or a comment: the rest of the file is missing."""
    lines = text.rstrip().split("\n")
    if re.search(r"\]\((?:https?:[^)\s]*)?$|<a\s[^>]*$", lines[-1]) and "`" not in lines[-1]:
        raise CatalogError(name, [Problem(len(lines), "the file ends inside a link; is the rest of it missing?")])
    start = text.rfind("<!--")
    if start >= 0 and "-->" not in text[start:] and not text[text.rfind("\n", 0, start) + 1 : start].strip():
        line = text.count("\n", 0, start) + 1
        raise CatalogError(name, [Problem(line, "the comment that begins here never ends; close it with -->")])


class _Reader:
    """Walks markdown-it's tokens and tells a collector what they are."""

    def __init__(self, parser: MarkdownIt, name: str, text: str) -> None:
        self._parser = parser
        self._name = name
        self._text = text
        self._collector = Collector(name)
        self._tags = HtmlReader(self._collector)
        self._shift = 0
        self._in_head = False
        self._in_code = 0
        self._env: dict[str, Any] = {}
        self._front_matter: dict[str, str] = {}

    def read(self) -> Outline:
        self._walk(self._parser.parse(self._text, self._env))
        self._collector.end_block()
        self._note_unused_references()
        return Outline(self._collector.blocks, self._collector.left_out, self._front_matter)

    def _walk(self, tokens: Sequence[Token]) -> None:
        for token in tokens:
            if token.map and token.nesting >= 0:
                self._collector.line = self._shift + token.map[0] + 1
            if (handle := _BLOCKS.get(token.type)) is not None:
                handle(self, token)

    def _inline(self, token: Token) -> None:
        self._children(token.children or ())

    def _paragraph(self, token: Token) -> None:
        self._collector.end_block()

    def _item(self, token: Token) -> None:
        if token.nesting > 0:
            self._collector.begin_item()
        else:
            self._collector.end_item()

    def _heading(self, token: Token) -> None:
        if token.nesting > 0:
            self._collector.begin_heading(int(token.tag[1:]))
        else:
            self._collector.end_heading()

    def _head(self, token: Token) -> None:
        self._in_head = token.nesting > 0

    def _row(self, token: Token) -> None:
        if token.nesting > 0:
            self._collector.begin_row()
        else:
            self._collector.end_row(heads=self._in_head)

    def _cell(self, token: Token) -> None:
        self._collector.end_cell()

    def _table(self, token: Token) -> None:
        self._collector.end_table()

    def _code(self, token: Token) -> None:
        if token.type == "fence":
            self._refuse_open(token)
        for number, line in enumerate(token.content.split("\n"), start=self._collector.line + (token.type == "fence")):
            self._collector.line = number
            self._collector.ignored(line, Reason.IN_CODE)

    def _refuse_open(self, fence: Token) -> None:
        """Refuse a block of code that never ends, and so swallows the rest of the file."""
        if self._shift or not fence.map:
            return
        first, end = fence.map
        lines = self._text.split("\n")
        last = lines[end - 1].strip("> \t\r") if first + 1 < end <= len(lines) else ""
        closed = last.startswith(fence.markup) and not last.strip(fence.markup[0])
        if not closed and not any(line.strip() for line in lines[end:]):
            text = f"the block of code that begins here never ends; close it with {fence.markup}"
            raise CatalogError(self._name, [Problem(first + 1, text)])

    def _html_block(self, token: Token) -> None:
        HtmlReader(self._collector, self._text_in_html).read_block(token.content)

    def _text_in_html(self, text: str, line: int) -> None:
        """The text between two tags: HTML to CommonMark, Markdown to many an author."""
        if not text.strip():
            self._collector.text(" ")
        elif _MARKDOWN_LINES.search(text):
            shift, self._shift = self._shift, line - 1
            self._collector.end_block()
            self._walk(self._parser.parse("\n".join(part.lstrip() for part in text.split("\n")), self._env))
            self._shift = shift
        else:
            for token in self._parser.parseInline(text, self._env):
                self._children(token.children or ())

    def _front(self, token: Token) -> None:
        try:
            data = yaml.load(token.content, Loader=yaml.BaseLoader)  # noqa: S506 - it makes nothing but text
        except (yaml.YAMLError, RecursionError):
            return
        if isinstance(data, dict):
            self._front_matter = {str(key): one_line(text) for key, text in data.items() if isinstance(text, str)}

    def _children(self, tokens: Sequence[Token]) -> None:
        for token, following in zip(tokens, [*tokens[1:], None], strict=False):
            guessed = token.type == "link_open" and token.markup == "linkify"
            if guessed and following and (self._in_code or not _AS_ADDRESS.match(following.content)):
                continue
            if (handle := _INLINES.get(token.type)) is not None:
                handle(self, token)

    def _plain(self, token: Token) -> None:
        self._collector.text(token.content)

    def _break(self, token: Token) -> None:
        self._collector.text(" ")
        self._collector.line += 1

    def _bold(self, token: Token) -> None:
        self._collector.strong(begins=token.nesting > 0)

    def _link(self, token: Token) -> None:
        title, address = str(token.attrGet("title") or ""), str(token.attrGet("href") or "")
        self._collector.open(address, bare=token.info == "auto", tooltip=title)

    def _link_end(self, token: Token) -> None:
        self._collector.close()

    def _image(self, token: Token) -> None:
        self._collector.picture(token.content, str(token.attrGet("src") or ""))

    def _inline_code(self, token: Token) -> None:
        self._collector.code(token.content)

    def _tag(self, token: Token) -> None:
        if (code := re.match(r"<(/?)(?:code|kbd|samp)\b", token.content, re.IGNORECASE)) is not None:
            self._in_code = max(0, self._in_code + (-1 if code[1] else 1))
        self._tags.read_tag(token.content)
        self._collector.line += token.content.count("\n")

    def _note(self, token: Token) -> None:
        """A note written in place, `^[like this]`; one with a name is a block of its own."""
        notes = self._env.get("footnotes", {}).get("list", {})
        if "label" not in token.meta and (note := notes.get(token.meta.get("id"))):
            self._children(note.get("tokens") or ())

    def _note_unused_references(self) -> None:
        used = {link.url for block in self._collector.blocks for link in block.links}
        for reference in self._env.get("references", {}).values():
            if (address := reference["href"]) not in used:
                self._collector.line = (reference.get("map") or [0])[0] + 1
                self._collector.leave_out(address, Reason.UNUSED)


_BLOCKS: dict[str, Callable[[_Reader, Token], None]] = {
    "inline": _Reader._inline,
    "paragraph_close": _Reader._paragraph,
    "list_item_open": _Reader._item,
    "list_item_close": _Reader._item,
    "heading_open": _Reader._heading,
    "heading_close": _Reader._heading,
    "thead_open": _Reader._head,
    "thead_close": _Reader._head,
    "tr_open": _Reader._row,
    "tr_close": _Reader._row,
    "th_close": _Reader._cell,
    "td_close": _Reader._cell,
    "table_close": _Reader._table,
    "fence": _Reader._code,
    "code_block": _Reader._code,
    "html_block": _Reader._html_block,
    "front_matter": _Reader._front,
}
_INLINES: dict[str, Callable[[_Reader, Token], None]] = {
    "text": _Reader._plain,
    "softbreak": _Reader._break,
    "hardbreak": _Reader._break,
    "strong_open": _Reader._bold,
    "strong_close": _Reader._bold,
    "link_open": _Reader._link,
    "link_close": _Reader._link_end,
    "image": _Reader._image,
    "code_inline": _Reader._inline_code,
    "html_inline": _Reader._tag,
    "footnote_ref": _Reader._note,
}
