"""Which addresses a resource may have: those of the web that lead where they seem to lead."""

from __future__ import annotations

import re
import unicodedata
from ipaddress import AddressValueError, IPv6Address

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
