"""HTML inside Markdown: its tags as the same events that Markdown gives."""

from __future__ import annotations

from collections.abc import Callable
from html.parser import HTMLParser

from bot.importing.blocks import Reason
from bot.importing.collecting import Collector

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BLOCKS = frozenset(
    "address article aside blockquote center dd details div dl dt figcaption figure footer form header hr main nav ol"
    " p section summary ul".split()
)
_BOLD = frozenset({"b", "strong"})
_SILENT = frozenset({"pre", "script", "style", "template", "textarea"})
"""Elements whose content is code or is not shown."""

OnText = Callable[[str, int], None]
"""Told a text between tags, and its line."""


class HtmlReader(HTMLParser):
    """Tells a collector what tags say. What lies between them, in a block of HTML, is told to `on_text`."""

    def __init__(self, collector: Collector, on_text: OnText | None = None) -> None:
        super().__init__(convert_charrefs=True)
        self._collector = collector
        self._on_text = on_text
        self._first_line = collector.line
        self._silent = 0
        self._heads = True

    def read_tag(self, tag: str) -> None:
        """Read a single tag or comment that stands in a line of Markdown."""
        self.reset()
        self.feed(tag)

    def read_block(self, html: str) -> None:
        """Read a block of HTML; what it leaves open ends with it."""
        self.feed(html)
        self.close()
        self._collector.end_table()
        self._collector.end_block()
        self._collector.end_heading()

    def _at_tag(self) -> None:
        if self._on_text is not None:
            self._collector.line = self._first_line + self.getpos()[0] - 1

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A tag opens."""
        self._at_tag()
        values = {name: value or "" for name, value in attrs}
        if tag in _SILENT:
            self._silent += 1
        elif tag == "a":
            self._open_link(values)
        elif tag == "img":
            self._collector.picture(values.get("alt", ""), values.get("src", ""))
        elif tag == "iframe":
            self._embed(values)
        elif tag in _BOLD:
            self._collector.strong(begins=True)
        elif tag == "br":
            self._collector.text(" ")
        elif self._on_text is not None:
            self._open_block(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A tag that closes itself, such as `<br/>`; browsers do not let `<a … />` close itself."""
        if tag not in _SILENT:
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        """A tag closes."""
        self._at_tag()
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag == "a":
            self._collector.close()
        elif tag in _BOLD:
            self._collector.strong(begins=False)
        elif self._on_text is not None:
            self._close_block(tag)

    def handle_data(self, data: str) -> None:
        """The text between two tags."""
        self._at_tag()
        if self._silent:
            self._collector.ignored(data, Reason.IN_CODE)
        elif self._on_text is not None:
            self._on_text(data, self._collector.line)

    def _open_link(self, attributes: dict[str, str]) -> None:
        if address := attributes.get("href", "").strip():
            self._collector.open(address, tooltip=attributes.get("title", ""))

    def _embed(self, attributes: dict[str, str]) -> None:
        """A page shown inside this one, such as a video, is a link to it."""
        if address := attributes.get("src", "").strip():
            title = attributes.get("title", "")
            self._collector.open(address, bare=not title)
            self._collector.text(title)
            self._collector.close()

    def _open_block(self, tag: str) -> None:
        if tag == "li":
            self._collector.begin_item()
        elif tag in _HEADINGS:
            self._collector.end_block()
            self._collector.begin_heading(_HEADINGS[tag])
        elif tag == "tr":
            self._collector.begin_row()
            self._heads = True
        elif tag == "td":
            self._heads = False
        elif tag in _BLOCKS:
            self._collector.end_block()

    def _close_block(self, tag: str) -> None:
        if tag == "li":
            self._collector.end_item()
        elif tag in _HEADINGS:
            self._collector.end_heading()
        elif tag in ("td", "th"):
            self._collector.end_cell()
        elif tag == "tr":
            self._collector.end_row(heads=self._heads)
        elif tag == "table":
            self._collector.end_table()
        elif tag in _BLOCKS:
            self._collector.end_block()
