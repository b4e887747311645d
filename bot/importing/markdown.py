"""Markdown as blocks: markdown-it reads it, with HTML, tables, footnotes, front matter and bare addresses.

text --dialects--> lines --markdown-it--> tokens --_Reader--> Collector --> blocks
                                            └── html --HtmlReader──┘
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

import yaml
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin

from bot.errors import CatalogError, Problem
from bot.importing.blocks import Break, Collector, Outline, Source, address_at, find_addresses
from bot.importing.html import HtmlReader
from bot.importing.meta import Reason
from bot.importing.words import one_line

OnProgress = Callable[[float], None]
"""Called with the share that is done, from 0 to 1. It may begin again: show the greatest."""
_Item = TypeVar("_Item")
EVERY = 128
"""Items between two progress updates. At 1 they take longer than the work; at 10,000 a bar stands still."""

MAX_NESTING = 100
"""Lists, quotes and emphasis inside each other. At markdown-it's own 20 deep outlines lose links; each level of a
hostile line costs its whole length."""
MAX_BRACKETS = 8
"""Brackets inside each other that may be links. Finding the end of one costs what it holds."""
PART = 2_000
"""Characters of a paragraph that are parsed at a time. Some of markdown-it's rules copy the rest of the paragraph for
each character: at 100,000 that takes minutes, at 100 links fall apart."""
MAX_PARAGRAPH = 100_000
"""Characters of one paragraph, item or cell: three times the longest that was found. More is no Markdown."""
MAX_BLOCKS = 20_000
"""Lines of a file, and its paragraphs, items, headings and cells: four times those of the longest list that was found.
Each takes some 2 kB while it is read."""
MAX_FRONT_MATTER = 20_000
"""Characters of front matter. YAML is parsed at some 50,000 a second."""
_BRACKET = "\ue000"
"""Stands for a bracket or a tag that can be none, so that the parser doesn't look for its end."""
_TAG = "\ue001"

_TOML = re.compile(r"\+\+\+[ \t]*\n(.*?)^\+\+\+[ \t]*$", re.DOTALL | re.MULTILINE)
_FRONT_END = re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE)
_WWW = re.compile(r"(?<![\w./@-])www\.[\w-]+\.\w", re.IGNORECASE)
_MARKDOWN_LINES = re.compile(r"\n[ \t]*(?:[-*+]|\d+[.)]|#{1,6}|\|)[ \t]")
"""Lines that begin as only Markdown's do: inside HTML they were meant as such, though CommonMark takes them as text."""
_FENCE = re.compile(r"[ >\t]*(?:(?:[-*+]|\d+[.)])[ \t]+)*(`{3,}|~{3,})([^`\n]*)")
_TIGHT_HEADING = re.compile(r"( {0,3}(?:#{2,6}(?=[^\s#!])|#(?=[^\s#!]\S*\s\S[^#]*$)))(.*)")
_ADMONITION = re.compile(r"[ \t]*(?::::+|(?:!!!|\?\?\?\+?|===)(?=\s)).*")
_TEMPLATE = re.compile(r"[ \t]*\{[%:].*[%}]\}?[ \t]*")
_SPACED_ADDRESS = re.compile(r"\]\((https?://[^()\s<>]{1,500}(?: [^()<>\s\"'][^()<>\s]{0,200}){1,20}) ?\)")
_UNDEFINED = re.compile(r"\[[^\[\]]{1,200}\]\[[^\[\]]{0,200}\]")


def no_progress(share: float) -> None:
    """Tell nobody."""


def with_progress(items: Sequence[_Item], on_progress: OnProgress, start: float, end: float) -> Iterator[_Item]:
    """The items one by one; on the way, the share that is done goes from `start` to `end`."""
    for done, item in enumerate(items):
        if done % EVERY == 0 or len(items) < EVERY:
            on_progress(start + (end - start) * done / len(items))
        yield item


class MarkdownReader:
    """Reads Markdown texts; one parser serves them all."""

    def __init__(self, on_progress: OnProgress = no_progress) -> None:
        self._parser = _parser(on_progress)

    def read(self, text: str, name: str) -> Outline:
        """Read a text; `name` is that of its file.

        Raises CatalogError, with the line, if the text ends inside a link, a block of code or a comment.
        """
        _refuse_cut(text, name)
        if text.count("\n") > MAX_BLOCKS:
            what = f"has more than {MAX_BLOCKS:,} lines, the most that are read; part it into several lists"
            raise CatalogError(name, [Problem(MAX_BLOCKS + 1, what)])
        kept, front_matter = _without_front_matter(text)
        try:
            outline = _Reader(self._parser, name, "\n".join(_dialects(kept.split("\n")))).read()
        except _TooMuch as error:
            raise CatalogError(name, [Problem(*error.args)]) from None
        outline.front_matter.update(front_matter)
        line = at = 0
        for address, start in find_addresses(text):
            line, at = line + text.count("\n", at, start), start
            outline.addresses.setdefault(address, Source(name, line + 1))
        return outline


class _TooMuch(Exception):
    """More than any person wrote: the line where it was noticed, and what is wrong."""

    def __init__(self, token: Token, what: str) -> None:
        super().__init__(token.map[0] + 1 if token.map else 0, what)


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
    parser = _Parser("js-default", {"maxNesting": MAX_NESTING, "html": True, "linkify": False, "typographer": False})
    parser.use(footnote_plugin)
    parser.disable("footnote_tail")  # it moves notes to the end, and drops those that nothing refers to
    parser.core.ruler.at("inline", _inline_rule(on_progress))
    parser.inline.ruler.after("text", "address", _address_rule)
    parser.inline.ruler.at("emphasis", _mark_rule)
    parser.inline.ruler.disable("strikethrough")
    for rule in ("balance_pairs", "strikethrough", "emphasis"):
        parser.inline.ruler2.disable(rule)
    return parser


def _inline_rule(on_progress: OnProgress) -> Callable[[StateCore], None]:
    """markdown-it's own rule for the text of blocks, where most of its time goes, in parts and with progress."""

    def rule(state: StateCore) -> None:
        tokens = [token for token in state.tokens if token.type == "inline"]
        if len(tokens) > MAX_BLOCKS:
            raise _TooMuch(tokens[MAX_BLOCKS], f"has more than {MAX_BLOCKS:,} paragraphs, the most that are read")
        for token in with_progress(tokens, on_progress, 0, 0.4):
            token.children = token.children or []
            if len(token.content) > MAX_PARAGRAPH:
                raise _TooMuch(token, f"begins a paragraph of more than {MAX_PARAGRAPH:,} characters")
            state.env["marks"] = {}
            for part in _parts(_tamed(token.content)):
                state.md.inline.parse(part, state.md, state.env, token.children)

    return rule


def _address_rule(state: StateInline, silent: bool) -> bool:
    """An address without a link around it. Called at each ":": the scheme before it is in `pending`."""
    if state.linkLevel or not state.src.startswith("://", state.pos):
        return False
    scheme = re.search(r"https?$", state.pending[-5:], re.IGNORECASE)
    if scheme is None:
        return False
    start = state.pos - len(scheme[0])
    address = address_at(state.src, start)
    if address.endswith("_") and state.src[start - 1 : start] == "_":
        address = address.rstrip("_")
    if len(address) <= len(scheme[0]) + 3:
        return False
    if not silent:
        state.pending = state.pending[: -len(scheme[0])]
        token = state.push("link_open", "a", 1)
        token.attrs, token.info = {"href": address}, "auto"
        state.push("text", "", 0).content = address
        state.push("link_close", "a", -1)
    state.pos = start + len(address)
    return True


def _mark_rule(state: StateInline, silent: bool) -> bool:
    """The marks around bold, italic and struck-out text. Which of them belong together doesn't matter here, and finding
    out takes markdown-it the square of their number: each only turns bold or struck-out on or off."""
    mark, start = state.src[state.pos], state.pos
    if mark not in "*_~":
        return False
    run = re.compile(rf"{re.escape(mark)}+").match(state.src, start)
    end = run.end() if run else start + 1
    before, after = state.src[start - 1 : start], state.src[end : end + 1]
    opened = state.env.setdefault("marks", {})
    inside = before.isalnum() and after.isalnum() and mark == "_"
    closes = opened.get(mark, -1) >= 0 and bool(before.strip())
    opens = bool(after.strip()) and state.src.find(mark, end) >= 0
    if inside or not (opens or closes) or (mark == "~" and end - start != 2):
        if not silent:
            state.pending += state.src[start:end]
    elif not silent:
        opened[mark] = -1 if closes else start
        if end - start > 1:
            state.push("struck_mark" if mark == "~" else "bold_mark", "", 0).hidden = closes
    state.pos = end
    return True


# -- bounds


def _tamed(text: str) -> str:
    """A text without brackets and tags that never end or lie too deep: each would be searched to the end of it."""
    if text.count("[") > MAX_BRACKETS:
        text = _without_loose_brackets(text)
    for begin, end in (("<?", "?>"), ("<!--", "-->"), ("<![CDATA[", "]]>"), ("<!", ">")):
        if (last := text.rfind(begin)) >= 0 and (closed := text.rfind(end)) < last:
            text = text[: closed + 1] + text[closed + 1 :].replace(begin, _TAG + begin[1:])
    return text


def _without_loose_brackets(text: str) -> str:
    opened: list[int] = []
    loose: list[int] = []
    for found in re.finditer(r"\\.|[\[\]]", text, re.DOTALL):
        if found[0] == "[":
            opened.append(found.start())
        elif found[0] == "]" and opened:
            start = opened.pop()
            if len(opened) >= MAX_BRACKETS:
                loose.append(start)
    characters = list(text)
    for at in (*opened, *loose):
        characters[at] = _BRACKET
    return "".join(characters)


def _parts(text: str) -> Iterator[str]:
    """A text in parts that end between links."""
    start = 0
    while len(text) - start > 2 * PART:
        end = next((at for at in _gaps(text, start + PART, start + 2 * PART)), start + 2 * PART)
        yield text[start:end]
        start = end
    yield text[start:]


def _gaps(text: str, start: int, end: int) -> Iterator[int]:
    """Where a text may be parted: at white space outside of brackets."""
    depth = 0
    for found in re.compile(r"[\[\]()\s]").finditer(text, start, end):
        depth += {"[": 1, "(": 1, "]": -1, ")": -1}.get(found[0], 0)
        if depth <= 0 and found[0].isspace() and text[found.start() - 1] not in "](":
            yield found.start()


# -- what other dialects have


def _without_front_matter(text: str) -> tuple[str, dict[str, str]]:
    """A text without front matter, of which the lines stay as empty ones, and the texts in it by key.

    Between two rules `---` it is one only if it is a YAML mapping; other lists begin with a rule, too.
    """
    data: object = None
    end = 0
    if (toml := _TOML.match(text[: 2 * MAX_FRONT_MATTER])) is not None:
        end = toml.end()
        try:
            data = tomllib.loads(toml[1])
        except tomllib.TOMLDecodeError:
            data = {}
    elif re.match(r"---[ \t]*\n", text) and (closing := _FRONT_END.search(text, 4, MAX_FRONT_MATTER)) is not None:
        end = closing.end()
        try:
            data = yaml.load(text[text.index("\n") : closing.start()], Loader=yaml.BaseLoader)  # noqa: S506 - only text
        except (yaml.YAMLError, RecursionError):
            data = None
    if not isinstance(data, dict):
        return text, {}
    kept = "\n" * text.count("\n", 0, end) + text[end:]
    return kept, {str(key): one_line(value) for key, value in data.items() if isinstance(value, str)}


def _dialects(lines: Sequence[str]) -> Iterator[str]:
    """The lines as CommonMark would have them: `##Heading`, boxes of other renderers and template code undone."""
    fence, indented = "", False
    for line in lines:
        if (code := _FENCE.match(line)) is not None and (
            not fence or (code[1].startswith(fence) and not code[2].strip())
        ):
            fence = "" if fence else code[1]
        if fence:
            yield line
            continue
        if _ADMONITION.match(line):
            indented = not line.lstrip().startswith(":::")
            yield ""
            continue
        if indented and line.strip():
            indented = line.startswith("    ")
            line = line.removeprefix("    ")
        yield _line(line)


def _line(line: str) -> str:
    if (heading := _TIGHT_HEADING.match(line)) is not None:
        return f"{heading[1]} {heading[2]}"
    if "{" in line and _TEMPLATE.fullmatch(line):
        return ""
    if "](" in line and " " in line:
        return _SPACED_ADDRESS.sub(lambda link: f"]({link[1].replace(' ', '%20')})", line)
    return line


def _refuse_cut(text: str, name: str) -> None:
    """Refuse a text that ends inside a link or a comment: the rest of the file is missing."""
    stripped = text.rstrip()
    last = stripped[stripped.rfind("\n") + 1 :][-2000:]
    if re.search(r"\]\((?:https?:[^)\s]*)?$|<a\s[^>]*$", last) and "`" not in last:
        line = stripped.count("\n") + 1
        raise CatalogError(name, [Problem(line, "the file ends inside a link; is the rest of it missing?")])
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
        self._lines = text.split("\n")
        self._collector = Collector(name)
        self._shift = 0
        self._in_code = 0
        self._in_link = False
        self._env: dict[str, Any] = {}

    def read(self) -> Outline:
        self._walk(self._parser.parse(self._text, self._env))
        self._collector.end_block()
        self._note_references()
        return Outline(self._collector.blocks, self._collector.left_out)

    def _walk(self, tokens: Sequence[Token]) -> None:
        for token in tokens:
            if token.map and token.nesting >= 0:
                self._collector.line = self._shift + token.map[0] + 1
            if (handle := _BLOCKS.get(token.type)) is not None:
                handle(self, token)

    def _code(self, token: Token) -> None:
        if token.type == "fence":
            self._refuse_open(token)
        if "://" not in token.content:
            return
        for number, line in enumerate(token.content.split("\n"), start=self._collector.line + (token.type == "fence")):
            self._collector.line = number
            self._collector.leave_out_addresses(line, Reason.IN_CODE)

    def _refuse_open(self, fence: Token) -> None:
        """Refuse a block of code that never ends, and so swallows the rest of the file."""
        if self._shift or not fence.map:
            return
        first, end = fence.map
        if any(line.strip() for line in self._lines[end : end + 1]):
            return
        last = self._lines[end - 1].strip("> \t\r") if first + 1 < end <= len(self._lines) else ""
        closed = last.startswith(fence.markup) and not last.strip(fence.markup[0])
        if not closed and end >= len(self._text.rstrip().split("\n")):
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

    def _children(self, tokens: Sequence[Token]) -> None:
        for token in tokens:
            if (handle := _INLINES.get(token.type)) is not None:
                handle(self, token)

    def _plain(self, token: Token) -> None:
        text = token.content.replace(_BRACKET, "[").replace(_TAG, "<")
        at = 0
        if not self._in_link and not self._in_code and "www." in text.lower():
            for found in _WWW.finditer(text):
                if found.start() >= at:
                    address = address_at(text, found.start())
                    self._collector.text(text[at : found.start()])
                    self._collector.open(address, bare=True)
                    self._collector.text(address)
                    self._collector.close()
                    at = found.start() + len(address)
        self._collector.text(text[at:])

    def _break(self, token: Token) -> None:
        self._collector.text(Break("\n" if token.type == "hardbreak" else " "))
        self._collector.line += 1

    def _struck(self, token: Token) -> None:
        self._collector.struck = 0 if token.hidden else 1

    def _link(self, token: Token) -> None:
        address = str(token.attrGet("href") or "")
        bare = token.info == "auto"
        if not (bare and self._in_code):
            self._in_link = True
            self._collector.open(address.replace(_BRACKET, "["), bare=bare)

    def _link_end(self, token: Token) -> None:
        self._in_link = False
        self._collector.close()

    def _inline_code(self, token: Token) -> None:
        self._collector.code(token.content.replace(_BRACKET, "[").replace(_TAG, "<"))

    def _tag(self, token: Token) -> None:
        if (code := re.match(r"<(/?)(?:code|kbd|samp)\b", token.content, re.IGNORECASE)) is not None:
            self._in_code = max(0, self._in_code + (-1 if code[1] else 1))
        HtmlReader(self._collector).read_tag(token.content)
        self._collector.line += token.content.count("\n")

    def _note(self, token: Token) -> None:
        """A note written in place, `^[like this]`; one with a name is a block of its own."""
        notes = self._env.get("footnotes", {}).get("list", {})
        if "label" not in token.meta and (note := notes.get(token.meta.get("id"))):
            self._children(note.get("tokens") or ())

    def _note_references(self) -> None:
        """Note definitions that nothing uses, and uses that nothing defines."""
        used = {link.url for block in self._collector.blocks for link in block.links}
        pictures = {left.address for left in self._collector.left_out if left.reason is Reason.IMAGE}
        for reference in self._env.get("references", {}).values():
            if (address := reference["href"]) not in used and address not in pictures:
                self._collector.line = (reference.get("map") or [0])[0] + 1
                self._collector.leave_out(address, Reason.UNUSED)
        for number, line in enumerate(self._lines if self._env.get("references") else (), start=1):
            for found in _UNDEFINED.findall(line) if "][" in line else ():
                name = (found[found.index("][") + 2 : -1] or found[1 : found.index("]")]).upper()
                if " ".join(name.split()) not in self._env["references"]:
                    self._collector.line = number
                    self._collector.leave_out(found, Reason.UNDEFINED)


_Handler = Callable[[_Reader, Token], object]
_BLOCKS: dict[str, _Handler] = {
    "inline": lambda reader, token: reader._children(token.children or ()),
    "paragraph_close": lambda reader, token: reader._collector.end_block(),
    "list_item_open": lambda reader, token: reader._collector.begin_item(),
    "list_item_close": lambda reader, token: reader._collector.end_item(),
    "heading_open": lambda reader, token: reader._collector.begin_heading(int(token.tag[1:])),
    "heading_close": lambda reader, token: reader._collector.end_heading(),
    "tr_open": lambda reader, token: reader._collector.begin_row(),
    "tr_close": lambda reader, token: reader._collector.end_row(),
    "th_close": lambda reader, token: reader._collector.end_cell(heads=True),
    "td_close": lambda reader, token: reader._collector.end_cell(),
    "table_close": lambda reader, token: reader._collector.end_table(),
    "hr": lambda reader, token: reader._collector.end_contents(),
    "fence": _Reader._code,
    "code_block": _Reader._code,
    "html_block": _Reader._html_block,
}
_INLINES: dict[str, _Handler] = {
    "text": _Reader._plain,
    "softbreak": _Reader._break,
    "hardbreak": _Reader._break,
    "bold_mark": lambda reader, token: reader._collector.strong(begins=not token.hidden),
    "struck_mark": _Reader._struck,
    "link_open": _Reader._link,
    "link_close": _Reader._link_end,
    "image": lambda reader, token: reader._collector.picture(token.content, str(token.attrGet("src") or "")),
    "code_inline": _Reader._inline_code,
    "html_inline": _Reader._tag,
    "footnote_ref": _Reader._note,
}
