"""HTML inside Markdown: its tags as the same events that Markdown gives, in time linear in its length."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

from bot.importing.blocks import SUMMARY_LEVEL, Break, Collector
from bot.importing.meta import Reason

_TOKEN = re.compile(
    r"""<!--|<(?P<end>/?)(?P<tag>[A-Za-z][\w:-]*)(?P<values>(?:[^<>"']|"[^"]{0,4000}"|'[^']{0,4000}')*)>|<[!?][^<>]*>"""
)
"""A tag, or where a comment begins. A quoted value is bounded, so that quotes that never close cost no square."""
_VALUE = re.compile(r"""([A-Za-z][\w:-]*)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?""")

_HEADINGS = {f"h{level}": level for level in range(1, 7)} | {"summary": SUMMARY_LEVEL}
_BLOCKS = frozenset(
    "address article aside blockquote center dd details div dl dt figcaption figure footer form header hr main nav ol"
    " p section ul".split()
)
_BOLD = frozenset({"b", "strong"})
_STRUCK = frozenset({"s", "del", "strike"})
_SILENT = frozenset({"pre", "script", "style", "template", "textarea"})
"""Elements whose content is code or isn't shown."""

OnText = Callable[[str, int], None]
"""Called with a text between tags, and its line."""


class HtmlReader:
    """Tells a collector what tags say. What lies between them, in a block of HTML, goes to `on_text`."""

    def __init__(self, collector: Collector, on_text: OnText | None = None) -> None:
        self._collector = collector
        self._on_text = on_text
        self._silent = 0
        self._rows = 1

    def read_tag(self, tag: str) -> None:
        """Read a single tag or comment that stands in a line of Markdown."""
        if (token := _TOKEN.match(tag)) is not None and token["tag"]:
            self._tag(token)

    def read_block(self, html: str) -> None:
        """Read a block of HTML; what it leaves open ends with it."""
        at, line = 0, self._collector.line
        while (token := _TOKEN.search(html, at)) is not None:
            self._data(html[at : token.start()], line)
            line += html.count("\n", at, token.start())
            self._collector.line = line
            end = token.end()
            if token["tag"]:
                self._tag(token)
            elif token[0] == "<!--":
                end = closed + 3 if (closed := html.find("-->", token.end())) >= 0 else len(html)
            line += html.count("\n", token.start(), end)
            at = end
        self._data(html[at:], line)
        self._collector.end_table()
        self._collector.end_block()
        self._collector.end_heading()

    def _data(self, text: str, line: int) -> None:
        self._collector.line = line
        if self._silent:
            self._collector.leave_out_addresses(text, Reason.IN_CODE)
        elif self._on_text is not None and text:
            self._on_text(text, line)

    def _tag(self, token: re.Match[str]) -> None:
        tag = token["tag"].lower()
        if token["end"]:
            self._close(tag)
        else:
            values = {name.lower(): unescape(a or b or c) for name, a, b, c in _VALUE.findall(token["values"])}
            self._open(tag, values, closed=token["values"].endswith("/"))

    def _open(self, tag: str, values: dict[str, str], *, closed: bool) -> None:
        if tag in _SILENT:
            self._silent += not closed
        elif tag == "a":
            if address := values.get("href", "").strip():
                self._collector.open(address)
        elif tag == "img":
            self._collector.picture(values.get("alt", ""), values.get("src", ""))
        elif tag == "iframe":
            self._embed(values)
        elif tag in _BOLD:
            self._collector.strong(begins=True)
        elif tag in _STRUCK:
            self._collector.struck += 1
        elif tag == "br":
            self._collector.text(Break("\n"))
        elif self._on_text is not None:
            self._open_block(tag, values)

    def _embed(self, values: dict[str, str]) -> None:
        """A page shown inside this one, such as a video, is a link to it."""
        if address := values.get("src", "").strip():
            title = values.get("title", "")
            self._collector.open(address, bare=not title)
            self._collector.text(title)
            self._collector.close()

    def _open_block(self, tag: str, values: dict[str, str]) -> None:
        if tag == "li":
            self._collector.begin_item()
        elif tag in _HEADINGS:
            self._collector.begin_heading(_HEADINGS[tag])
        elif tag == "tr":
            self._collector.begin_row()
        elif tag in ("td", "th"):
            self._rows = int(rows) if (rows := values.get("rowspan", "")).isdecimal() and len(rows) < 4 else 1
        elif tag in _BLOCKS:
            self._collector.end_block()

    def _close(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag == "a":
            self._collector.close()
        elif tag in _BOLD:
            self._collector.strong(begins=False)
        elif tag in _STRUCK:
            self._collector.struck = max(0, self._collector.struck - 1)
        elif self._on_text is not None:
            self._close_block(tag)

    def _close_block(self, tag: str) -> None:
        if tag == "li":
            self._collector.end_item()
        elif tag in _HEADINGS:
            self._collector.end_heading()
        elif tag in ("td", "th"):
            self._collector.end_cell(self._rows, heads=tag == "th")
            self._rows = 1
        elif tag == "tr":
            self._collector.end_row()
        elif tag == "table":
            self._collector.end_table()
        elif tag in _BLOCKS:
            self._collector.end_block()
            if tag == "details":
                self._collector.end_section()
