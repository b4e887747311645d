"""What makes two things the same: the page behind an address, and the id made from a title."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator
from urllib.parse import parse_qs, unquote

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
_DEFAULT_PORTS = (None, "", "80", "443")

_TRACKING = frozenset(
    "_hsenc _hsmi dclid fbclid gbraid gclid gclsrc igsh igshid li_fat_id mc_cid mc_eid mkt_tok msclkid ref ref_src"
    " ref_url ttclid twclid vero_id wbraid wickedid yclid".split()
)
"""Query parameters that say where a reader came from and never which page is meant. With more of them than that,
two pages would count as one; with fewer, one link copied from two places would count as two."""

_YOUTUBE_HOSTS = frozenset({"youtube.com", "m.youtube.com", "music.youtube.com", "youtube-nocookie.com"})
_VIDEO = re.compile(r"([\w-]+)(?:/|$)", re.ASCII)
_VIDEO_PATH = re.compile(r"/(?:embed|shorts|live|v|e)/(?!videoseries\b)")
_YOUTUBE_NOISE = frozenset({"ab_channel", "app", "feature", "pp", "si", "start", "t"})

_ESCAPES_OF_TEXT = re.compile(r"(?:%[89a-f][0-9a-f])+", re.IGNORECASE)
_ESCAPE_OF_ASCII = re.compile(r"%([0-7][0-9a-f])", re.IGNORECASE)
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")

_LATIN = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "ð": "d", "đ": "d", "þ": "th", "ł": "l", "ı": "i", "'": "", "’": ""}
)


def canonical_page(url: str) -> str:
    """The page that an address leads to, in one form for all the ways to write it.

    Scheme, user, `www.`, default port, trailing slashes and tracking parameters are dropped; the host is lower case;
    parameters are sorted by name; escapes that need none are decoded (RFC 3986, section 6.2.2). All addresses of a
    YouTube video become `youtube.com/watch?v=ID`, without times and playlists. The fragment is kept: it may be a
    chapter. The result is never longer than the address, and its own canonical form. Never raises: what is no
    address is returned without the space around it.
    """
    url = url.strip()
    if (parts := _ADDRESS.fullmatch(url)) is None:
        return url
    host, port, path, query, fragment = parts.groups()
    path = _decoded(path)
    host = _WWW.sub("", host.lower().rstrip("."), count=1)
    youtube = host in _YOUTUBE_HOSTS
    if (youtube or host == "youtu.be") and (video := _youtube_video(host, path, query or "")):
        return f"youtube.com/watch?v={video}"
    page = "youtube.com" if youtube else host
    if port not in _DEFAULT_PORTS:
        page += f":{port}"
    page += re.sub(r"[/\s]+$", "", path)
    if query and (kept := "&".join(_parameters(query, _YOUTUBE_NOISE if youtube else frozenset()))):
        page += f"?{kept}"
    return (f"{page}#{_decoded(fragment)}" if fragment else page).strip()


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
    """Gives ids of which no two are the same, and none is `taken`."""

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


def _youtube_video(host: str, path: str, query: str) -> str | None:
    """The id of the video that an address shows; None for any other page."""
    named = ""
    if host == "youtu.be":
        named = path.lstrip("/")
    elif path.rstrip("/") == "/watch":
        named = parse_qs(query).get("v", [""])[0]
    elif before := _VIDEO_PATH.match(path):
        named = path[before.end() :]
    video = _VIDEO.match(named)
    return video[1] if video else None


def _parameters(query: str, noise: frozenset[str]) -> Iterator[str]:
    """The parameters that belong to the page, sorted by name; those of one name keep their order."""
    pairs = [pair.partition("=") for pair in _decoded(query).split("&") if pair]
    for name, equals, value in sorted(pairs, key=lambda pair: pair[0]):
        if name not in _TRACKING and name not in noise and not name.startswith("utm_"):
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
