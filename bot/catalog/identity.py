"""What makes two things the same: the page behind an address, and the id made from a title."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from urllib.parse import unquote

_ADDRESS = re.compile(
    r"""(?:[a-z][a-z0-9+.-]*://)?                    # scheme
        (?:[^/?\#]*@)?                               # user and password
        (?P<host> \[[^]/?\#]*] | [^/?\#:@[\]]* )
        (?::(?P<port>\d*))?
        (?P<path> (?:/[^?\#]*)? )
        (?:\?(?P<query>[^\#]*))?
        (?:\#(?P<fragment>.*))?""",
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_WWW = re.compile(r"^(?:www\.)+(?=[^.]+\.)")
_HOST = re.compile(r"[^/?#:]*")
_END_OF_PATH = re.compile(r"(?:/index\.html?|[/\s])+$", re.IGNORECASE)
_DEFAULT_PORTS = (None, "", "80", "443")

_TRACKING = frozenset(
    "_ga _gl _hsenc _hsmi dclid fbclid gbraid gclid gclsrc igsh igshid li_fat_id mc_cid mc_eid mkt_tok msclkid ref ref_"
    " ref_src ref_url trk ttclid twclid vero_id wbraid wickedid yclid".split()
)
"""Query parameters that say where a reader came from and never which page is meant. With more of them than that,
two pages would count as one; with fewer, one link copied from two places would count as two."""

_ARXIV = r"(?:abs|pdf|html|ps|format)/(\d{4}\.\d{4,5}|[a-z-]+(?:\.[a-z]{2})?/\d{7})(?:v\d+)?"
_REPO = r"([^/?#]+/[^/?#]+?)"
_DOI = r"(10\.[^?#]+?)"
_ID, _HEX, _NUMBER = r"([\w-]+)", r"([0-9a-f]{10,40})", r"(\d+)"
_BEFORE = r"(?:[^#]*?&)?"  # other parameters
_QUERY = r"(?:\?[^#]*)?"
_END = r"(?:[^\w-].*)?"  # whatever follows an id
_TEXT_END = r"(?:\.pdf)?(?:[?#].*)?"


def _lowered(found: re.Match[str]) -> str:
    return (found[1].lower() if found[1].isascii() else found[1]) + found[2]


_SAME_WORK: tuple[tuple[str, str, str | Callable[[re.Match[str]], str]], ...] = (
    ("youtube youtube-nocookie", r"(?:(?:m|music)\.)*youtube(?:-nocookie)?\.com(.*)", r"youtube.com\1"),
    ("youtube", rf"(youtube\.com/watch\?){_BEFORE}(v=){_ID}{_END}", r"\1\2\3"),
    ("youtube", rf"youtube\.com/(?:embed|shorts|live|v|e)/(?!videoseries\b){_ID}{_END}", r"youtube.com/watch?v=\1"),
    ("youtu", rf"youtu\.be/+{_ID}{_END}", r"youtube.com/watch?v=\1"),
    ("youtube", rf"(youtube\.com/playlist\?){_BEFORE}(list=){_ID}{_END}", r"\1\2\3"),
    ("youtube", r"(youtube\.com/(?:@|c/|user/|channel/)[^?#]+)\?[^#]*(.*)", r"\1\2"),
    ("vimeo", rf"(?:player\.)?vimeo\.com/(?:video/)?{_NUMBER}{_END}", r"vimeo.com/\1"),
    ("arxiv", rf"(?:[a-z]+\.)*arxiv\.org/{_ARXIV}{_TEXT_END}", r"arxiv.org/abs/\1"),
    ("ar5iv", rf"ar5iv\.(?:labs\.arxiv\.)?org/{_ARXIV}{_END}", r"arxiv.org/abs/\1"),
    ("doi", r"(?:dx\.)+doi\.org/(.*)", r"doi.org/\1"),
    ("doi", r"doi\.org/10\.48550(?:/|%2F)arxiv\.(.*)", r"arxiv.org/abs/\1"),
    ("doi", r"(doi\.org/10\.[^?#%]*)(.*)", _lowered),
    ("acm", rf"dl\.acm\.org/doi/(?:(?:abs|e?pdf|full|fullHtml)/)?{_DOI}{_TEXT_END}", r"doi.org/\1"),
    ("springer", rf"link\.springer\.com/(?:article|book|chapter|content/pdf)/{_DOI}{_TEXT_END}", r"doi.org/\1"),
    ("openreview", rf"openreview\.net/(?:forum|pdf)\?{_BEFORE}id={_ID}{_END}", r"openreview.net/pdf?id=\1"),
    ("aclweb", r"aclweb\.org/anthology/(.+)", r"aclanthology.org/\1"),
    ("aclanthology", rf"(aclanthology\.org/(?:\w+-\d+|\d+\.[\w-]+\.\d+))(?:v\d+)?{_TEXT_END}", r"\1"),
    ("nips", r"(?:papers|proceedings)\.nips\.cc/(.*)", r"papers.nips.cc/\1"),
    ("neurips", r"(?:papers|proceedings)\.neurips\.cc/(?:paper_files/)?(.*)", r"papers.nips.cc/\1"),
    ("nips", rf"(papers\.nips\.cc/paper/\d+/)(?:file|hash)/{_HEX}-(?:Paper|Abstract)\b.*", r"\1\2"),
    ("mlr", rf"(proceedings\.mlr\.press/v\d+)/{_ID}(?:/\2)?(?:\.html)?{_TEXT_END}", r"\1/\2.html"),
    ("semanticscholar", rf"(semanticscholar\.org/paper/)[^/?#]+/{_HEX}{_END}", r"\1\2"),
    ("huggingface", r"huggingface\.co(.*)", r"hf.co\1"),
    ("githubusercontent", rf"raw\.githubusercontent\.com/{_REPO}/(?:refs/heads/)?(.+)", r"github.com/\1/blob/\2"),
    ("colab nbviewer", r"(?:colab\.research\.google\.com|nbviewer\.\w+(?:\.org)?)/github/([^?#]+).*", r"github.com/\1"),
    ("colab", rf"(colab\.research\.google\.com/drive/){_ID}{_END}", r"\1\2"),
    ("github", rf"github\.com/{_REPO}\.git((?:[/?#].*)?)", r"github.com/\1\2"),
    ("github", rf"github\.com/{_REPO}/raw/(.+)", r"github.com/\1/blob/\2"),
    ("github", rf"github\.com/{_REPO}/tree/(?:main|master|HEAD)([?#].*)?", r"github.com/\1\2"),
    ("github", rf"github\.com/{_REPO}/blob/(?:main|master|HEAD)/readme(?:\.\w+)?([?#].*)?", r"github.com/\1\2"),
    ("github", rf"github\.com/{_REPO}{_QUERY}#readme", r"github.com/\1"),
    ("github", r"(github\.com/[^/?#%]+(?:/[^/?#%]+)?)(.*)", _lowered),
    ("github", rf"gist\.github\.com/[^/?#]+/{_HEX}(.*)", r"gist.github.com/\1\2"),
    ("google", rf"(docs\.google\.com/\w+/)(?:u/\d+/)?(d/){_ID}(?:/\w*)?{_QUERY}(?:#gid=0|#sl.*)?(#.*)?", r"\1\2\3\4"),
    ("google", rf"drive\.google\.com/(?:file/d/|(?:open|uc)\?{_BEFORE}id=){_ID}{_END}", r"drive.google.com/file/d/\1"),
    ("wikipedia", r"([\w-]+)(?:\.m)+\.wikipedia\.org(.*)", r"\1.wikipedia.org\2"),
    ("reddit", r"(?:(?:old|new|np|m|amp)\.)+reddit\.com(.*)", r"reddit.com\1"),
    ("reddit", r"reddit\.com/(?:r/[^/?#]+/)?comments/(\w+)(?:/[^/?#]*)?(?:[?#].*)?", r"redd.it/\1"),
    ("twitter", r"(?:mobile\.)*twitter\.com(.*)", r"x.com\1"),
    ("x", rf"(x\.com/\w+/status/){_NUMBER}{_END}", r"\1\2"),
    ("stackoverflow", rf"(stackoverflow\.com/q)(?:uestions)?(/\d+)(?:/[\w-]*)?{_QUERY}(#.*)?", r"\1\2\3"),
    ("medium", rf"(?:[\w-]+\.)?medium\.com/(?:[^?#]*[/-])?{_HEX}(?:[?#].*)?", r"medium.com/p/\1"),
    ("substack", rf"open\.substack\.com/pub/{_ID}/p/([^/?#]+).*", r"\1.substack.com/p/\2"),
    ("amazon", r"(amazon\.[a-z.]+)/(?:[^?#]*/)?(?:dp|gp/product)/(\w{10})(?:[/?#].*)?", r"\1/dp/\2"),
    ("goodreads", rf"(goodreads\.com/book/show/){_NUMBER}(?:[.-][^/?#]*)?{_QUERY}(#.*)?", r"\1\2\3"),
    ("archive", r"(?:.*/)?web\.archive\.org/web/\d+(?:[a-z]{2}_)?/((?:https?://)?[\w-].*)", r"\1"),
)  # fmt: skip
"""Addresses of one work: a word of the host, a form, and the form that it stands for. In this order; what changed goes
through all of them again. Pages about a work (alphaxiv.org, hf.co/papers, Google Scholar) are pages of their own."""

_ESCAPES_OF_TEXT = re.compile(r"(?:%[89a-f][0-9a-f])+", re.IGNORECASE)
_ESCAPE_OF_ASCII = re.compile(r"%([0-7][0-9a-f])", re.IGNORECASE)
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")

_LATIN = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "ð": "d", "đ": "d", "þ": "th", "ł": "l", "ı": "i", "'": "", "’": ""}
)

_RULES: dict[str, list[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]]] = {}
"""The table by the words of hosts."""
for _words, _form, _other in _SAME_WORK:
    for _word in _words.split():
        _rule = re.compile(_form, re.ASCII | re.IGNORECASE | re.DOTALL), _other
        _RULES.setdefault(_word, []).append(_rule)

_PASSES = 4
"""Most passes through the table: a copy in an archive of a mirror takes two. The bound ends any cycle of rows."""


def canonical_page(url: str) -> str:
    """The page that an address leads to, in one form for all the ways to write it.

    Scheme, user, `www.`, default port, trailing slashes, `index.html` and tracking parameters are dropped; the host is
    lower case; parameters are sorted by name; escapes that need none are decoded (RFC 3986, section 6.2.2). The
    fragment is kept: it may be a chapter. Sites that have several addresses for one work are in a table: a YouTube
    video without times and playlists, an arXiv paper in any format and version, …. The result is its own canonical
    form, and at most eleven characters longer than the address. Never raises: what is no address is returned without
    the space around it.
    """
    page = _normalised(url)
    for _ in range(_PASSES):
        if (rewritten := _rewritten(page)) == page:
            break
        page = _normalised(rewritten)
    return page


def _normalised(url: str) -> str:
    url = url.strip()
    if (parts := _ADDRESS.fullmatch(url)) is None:
        return url
    host, port, path, query, fragment = parts.groups()
    page = _WWW.sub("", host.lower().rstrip("."), count=1)
    if port not in _DEFAULT_PORTS:
        page += f":{port}"
    page += _END_OF_PATH.sub("", _decoded(path))
    if query and (kept := "&".join(_parameters(query))):
        page += f"?{kept}"
    return (f"{page}#{_decoded(fragment)}" if fragment else page).strip()


def _rewritten(page: str) -> str:
    """A page after the rows of the table that its host has."""
    for word in _HOST.match(page)[0].split("."):  # type: ignore[index]
        for form, other in _RULES.get(word, ()):
            if found := form.fullmatch(page):
                page = found.expand(other) if isinstance(other, str) else other(found)
    return page


def slug(title: str, limit: int, fallback: str) -> str:
    """An id made from a title: its words in lower case, joined by hyphens, cut at a word to at most `limit` characters.

    Accents are dropped. Letters that no slug can hold (another script) are replaced by a short hash of the title, so
    that two such titles get different ids, and the same ones in every run. A title without letters and digits gives
    the `fallback`, which must be a slug itself.
    """
    folded = unicodedata.normalize("NFKD", title.casefold().translate(_LATIN))
    letters = folded if folded.isascii() else "".join(c for c in folded if not unicodedata.combining(c))
    kept = "-".join(re.findall(r"[a-z0-9]+", letters))
    if letters.isascii() or not any(character.isalnum() and not character.isascii() for character in folded):
        return _cut(kept, limit) or fallback
    digest = hashlib.sha256(title.encode("utf-8", "replace")).hexdigest()[:6]
    return f"{_cut(kept, limit - len(digest) - 1) or fallback}-{digest}"


class Ids:
    """Gives ids that are all different, and none of them `taken`."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = set(taken)
        self._last: dict[str, int] = {}

    def take(self, wanted: str, limit: int) -> str:
        """The wanted slug, or the first of `slug-2`, `slug-3`, … that is not taken, in at most `limit` characters."""
        number, candidate = self._last.get(wanted, 1), wanted
        while candidate in self._taken:
            number += 1
            ending = f"-{number}"
            candidate = wanted[: limit - len(ending)].rstrip("-") + ending
        self._last[wanted] = number
        self._taken.add(candidate)
        return candidate


def _parameters(query: str) -> Iterator[str]:
    """The parameters that belong to the page, sorted by name; those of one name keep their order."""
    pairs = [pair.partition("=") for pair in _decoded(query).split("&") if pair]
    for name, equals, value in sorted(pairs, key=lambda pair: pair[0]):
        if name not in _TRACKING and not name.startswith("utm_"):
            yield f"{name}{equals}{value}"


def _decoded(text: str) -> str:
    while "%" in text:
        decoded = _ESCAPE_OF_ASCII.sub(_decoded_ascii, _ESCAPES_OF_TEXT.sub(_decoded_text, text))
        if decoded == text:
            break
        text = decoded  # once more: behind a stray "%3" a decoded "2" makes an escape
    return text


def _decoded_ascii(escape: re.Match[str]) -> str:
    character = chr(int(escape[1], 16))
    return character if character in _UNRESERVED else escape[0].upper()


def _decoded_text(escapes: re.Match[str]) -> str:
    try:
        text = unquote(escapes[0], errors="strict")
    except UnicodeDecodeError:
        return escapes[0].upper()
    return text if text.isprintable() else escapes[0].upper()


def _cut(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    at = text.rfind("-", 0, limit + 1)
    return text[:at] if at > 0 else text[:limit]
