"""What in an index is no resource: sponsors, licences, translations and the like, by headings and by addresses."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum
from urllib.parse import unquote

from bot.catalog.addresses import host_of
from bot.catalog.labels import is_language
from bot.importing.words import TABLE, pattern


class Reason(Enum):
    """Why an address isn't a resource, as the report says it."""

    SPONSOR = "sponsors and donations"
    CONTRIBUTING = "contributing and contributors"
    LICENSE = "licence and citation"
    TRANSLATION = "translations of the list"
    SOCIAL = "chats and profiles"
    CREDITS = "thanks, staff and news about the list"
    CONTENTS = "tables of contents and “back to top”"
    INTRO = "before the list begins"
    BADGE = "badges and icons"
    DESCRIPTION = "links inside a description"
    PROSE = "mentioned in running text"
    STRUCK = "struck out"
    IN_PAGE = "links within the page"
    RELATIVE = "relative links (give the index's address with --base URL)"
    NOT_WEB = "not web links"
    MALFORMED = "malformed links, or links with a user name"
    TOO_LONG = "links longer than 512 characters, Discord's limit"
    UNDEFINED = "references without a definition"
    UNUSED = "definitions that no link uses"
    IMAGE = "pictures"
    IN_CODE = "in code"
    PRIVATE = "on a private network"
    UNREAD = "not links (comments, attributes, broken markup)"


def _patterns(section: str) -> list[tuple[Reason, re.Pattern[str]]]:
    return [(Reason[name], pattern(section, name)) for name in TABLE[section]]


_HEADINGS, _LINKS, _PROSE_LINKS = _patterns("headings"), _patterns("links"), _patterns("prose_links")
_ADVERT, _INVITATION = pattern("texts", "advert"), pattern("texts", "invitation")
_JOINTS = re.compile(r"\s*(?:&|/|,|\+|\||\band\b|\bund\b|\by\b|\bet\b|\bи\b|和|与|及)\s*", re.IGNORECASE)
_PROFILES = pattern("texts", "profile")
_FEWEST_SITES = 3  # two may be a pair of channels worth following
_MOST_PROFILES = 12  # more of them are a list of communities
_MOST_PARTS = 6  # of a heading: "Credits & Licence" has two


def reason_for_heading(text: str) -> Reason | None:
    """Why nothing below a heading is a resource; None if it is. Of "Credits & Licence" each part must say so."""
    text = re.sub(r"^[\W\d_]+|[\W_]+$", "", text)
    if (whole := _reason(text)) is not None:
        return whole
    reasons = [_reason(part) for part in _JOINTS.split(text)[:_MOST_PARTS] if part]
    return reasons[0] if all(reasons) and reasons else None


def _reason(text: str) -> Reason | None:
    return next((reason for reason, words in _HEADINGS if words.fullmatch(text.strip())), None)


def reason_for_link(text: str, url: str, *, prose: bool = False) -> Reason | None:
    """Why a link is no resource wherever it stands, by its address; in running text more are none than in a list."""
    url = unquote(url)
    for reason, addresses in [*_LINKS, *(_PROSE_LINKS if prose else [])]:
        if addresses.search(url):
            return reason
    if prose and is_language(text):
        return Reason.TRANSLATION
    return Reason.SOCIAL if _INVITATION.match(text) else None


def are_profiles(urls: Sequence[str]) -> bool:
    """Whether most of a few addresses are profiles and chats on different sites: those of the list's own authors."""
    found = [url for url in urls if _PROFILES.search(url)]
    sites = len(set(map(host_of, found)))
    return 2 * len(found) >= len(urls) and min(len(urls), _FEWEST_SITES) <= sites and 1 < len(urls) <= _MOST_PROFILES


def is_advert(text: str) -> bool:
    """Whether a paragraph is about something else than the list: its sponsors, its rules, its end."""
    return _ADVERT.search(text) is not None
