"""Addresses: which a resource may have, which hosts are private, and which names look like another."""

from __future__ import annotations

import re
import unicodedata
from ipaddress import AddressValueError, IPv4Address, IPv6Address, IPv6Network

import idna

from bot.characters import hidden, named

_SCHEMES = ("http://", "https://")
_PARTS = re.compile(
    r"https?://(?P<user>[^/?#]*@)?(?:\[(?P<ip>[^\]/?#]*)]|(?P<host>[^/?#:\[\]]*))(?::(?P<port>[^/?#]*))?(?:[/?#].*)?",
    re.IGNORECASE | re.DOTALL,
)
_PORT = re.compile(r"(?:[0-9]{1,5})?")
_HIGHEST_PORT = 65_535
_LABEL = re.compile(r"[a-z0-9_-]{1,63}", re.IGNORECASE)
"""A part of a host, as the domain name system takes it (RFC 1035, section 2.3.4; the underscore is in use)."""
_LONGEST_HOST = 253
_INSIDE = re.compile(r"https?://[^\s<>()\[\]\"'“”„‘’«»]+", re.IGNORECASE)
"""An address in quotes, brackets or a Markdown link."""
_BARE = re.compile(r"(?:[\w-]+\.)+[a-z]{2,}(?:[/?#:]\S*)?", re.IGNORECASE)
_NUMBER = re.compile(r"0x[0-9a-f]*|[0-9]+")
_PRIVATE_NAMES = (".localhost", ".local", ".internal", ".intranet", ".lan", ".home.arpa", ".test")
_TRANSLATED = IPv6Network("64:ff9b::/96")
_WRITTEN_TOGETHER = (
    {"LATIN", "CJK", "IDEOGRAPHIC", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA"},
    {"LATIN", "CJK", "BOPOMOFO"},
    {"LATIN", "CJK", "HANGUL"},
)
"""Scripts that Japanese, Chinese and Korean mix."""
_LIKE_LATIN = frozenset("авеікмнорстухѕјԁһԛԝӏαειοκνρτυχ")
"""Letters of Cyrillic and Greek that look like Latin ones (Unicode's confusables.txt, small letters)."""
_SHOWN = 100
"""Characters of an address that advice repeats."""


def is_web_address(url: str) -> bool:
    """Whether a resource may have this address."""
    return address_fault(url) is None


def address_fault(url: str) -> str | None:
    """What keeps a resource from having this address, to go on after "url"; None if nothing does.

    An address is http or https, without spaces and hidden characters. Its host is a name as the domain name system
    takes it (with other letters than English ones: as IDNA 2008 takes it), its port one that exists. It names no user:
    what stands before an @ looks like the host and is not.
    """
    if not url.lower().startswith(_SCHEMES):
        return _without_scheme(url)
    if places := hidden(url):
        return f"has an invisible character, {named(url, places[0])}; delete it"
    parts = _PARTS.fullmatch(url)
    if any(map(str.isspace, url)):
        return "is not a web address: it has a space; write %20 for it, or copy the address again"
    if parts is None:
        return "is not a web address"
    if parts["user"]:
        return "names a user before the @; leave that out"
    if not _is_port(parts["port"] or ""):
        return f"has a port that does not exist; ports go from 1 to {_HIGHEST_PORT}"
    if parts["ip"] is not None:
        return None if _is_ip(parts["ip"]) else "is not a web address"
    return _host_fault(parts["host"])


def host_of(url: str) -> str:
    """The host of an address in lower case, an IPv6 one without its brackets; empty if there is none. Never raises."""
    parts = _PARTS.fullmatch(url)
    return (parts["ip"] or parts["host"] or "").lower().rstrip(".") if parts else ""


def is_private_host(host: str) -> bool:
    """Whether a host, as an address writes it, is on the reader's own machine or network.

    That is an IP address outside the public internet, in any form that programs take (`127.1`, `0x7f000001`,
    `2130706433`, `::ffff:10.0.0.1`), a name that is reserved for such hosts (RFC 6761, RFC 6762, RFC 8375), or a name
    without a dot. Names are not resolved.
    """
    host = unicodedata.normalize("NFKC", host).lower().strip("[]").rstrip(".").partition("%")[0]
    ip = _ip(host)
    if ip is None:
        return "." not in host or host.endswith(_PRIVATE_NAMES)
    if isinstance(ip, IPv6Address):
        ip = _embedded(ip) or ip
    return not ip.is_global or ip.is_multicast


def _ip(host: str) -> IPv4Address | IPv6Address | None:
    if ":" in host:
        return IPv6Address(host) if _is_ip(host) else None
    numbers = [_number(part) for part in host.split(".")]
    if not 1 <= len(numbers) <= 4 or None in numbers:
        return None
    *first, last = (number for number in numbers if number is not None)
    if any(number > 0xFF for number in first) or last >= 256 ** (4 - len(first)):
        return None
    return IPv4Address(sum(number << 8 * (3 - place) for place, number in enumerate(first)) + last)


def _number(part: str) -> int | None:
    """A part of an IPv4 address as inet_aton takes it: decimal, hexadecimal after 0x, octal after 0."""
    if not _NUMBER.fullmatch(part):
        return None
    if part.startswith("0x"):
        return int(part[2:] or "0", 16)
    try:
        return int(part, 8 if part.startswith("0") else 10)
    except ValueError:
        return None


def _embedded(ip: IPv6Address) -> IPv4Address | None:
    """The IPv4 address inside an IPv6 one: mapped, 6to4, or behind a translator (RFC 6052)."""
    if ip in _TRANSLATED:
        return IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour


def lookalike(url: str) -> str | None:
    """The host of an address as the domain name system has it, if its letters look like others; None if they do not.

    That is a host one of whose labels mixes scripts that no language mixes, or is written in letters that all look like
    Latin ones (Unicode Technical Standard 39, sections 4 and 5.2).
    """
    host = host_of(url)
    if host.isascii() and "xn--" not in host:
        return None
    labels = [_unicode(label) for label in host.split(".")]
    if not any(_mixes_scripts(label) or (labels[-1].isascii() and _is_like_latin(label)) for label in labels):
        return None
    return ".".join(label if label.isascii() else _ascii(label) for label in labels)


def _mixes_scripts(label: str) -> bool:
    scripts = {unicodedata.name(letter, "?").split()[0] for letter in label if letter.isalpha()}
    return len(scripts) > 1 and not any(scripts <= together for together in _WRITTEN_TOGETHER)


def _is_like_latin(label: str) -> bool:
    letters = {letter for letter in label if letter.isalpha()}
    return bool(letters) and letters <= _LIKE_LATIN


def _unicode(label: str) -> str:
    try:
        return idna.ulabel(label) if label.startswith("xn--") else label
    except idna.IDNAError:
        return label


def _ascii(label: str) -> str:
    try:
        return idna.alabel(label).decode()
    except idna.IDNAError:
        return label.encode("ascii", "backslashreplace").decode()


def _without_scheme(url: str) -> str:
    if inside := _INSIDE.search(url):
        return f"must be an address alone; write {inside[0][:_SHOWN]}"
    example = f"; write https://{url[:_SHOWN]}" if _BARE.fullmatch(url) else ""
    return f"must start with http:// or https://{example}"


def _is_port(port: str) -> bool:
    return _PORT.fullmatch(port) is not None and (not port or 1 <= int(port) <= _HIGHEST_PORT)


def _is_ip(text: str) -> bool:
    try:
        IPv6Address(text)
    except AddressValueError:
        return False
    return True


def _host_fault(host: str) -> str | None:
    labels = host.removesuffix(".").split(".")
    if not all(labels) or len(host) > _LONGEST_HOST:
        return "is not a web address"
    if all(map(_is_label, labels)):
        return None
    return "is not a web address" if host.isascii() else "has a host that is no domain name; copy it from the browser"


def _is_label(label: str) -> bool:
    if label.isascii():
        return _LABEL.fullmatch(label) is not None
    try:
        idna.alabel(unicodedata.normalize("NFC", label.lower()))
    except idna.IDNAError:
        return False
    return True
