"""Topics that a list seems to treat: its headings, and words that many of its titles share."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from bot.catalog.identity import slug
from bot.catalog.model import MAX_ID, MAX_NAME
from bot.importing.drafting import Draft
from bot.importing.entries import Entry
from bot.importing.texts import has_words

MOST_FROM_TITLES = 40
"""Most topics that are proposed from titles. More than that nobody prunes; the headings come besides."""
FEWEST_TITLES = 3
"""Fewest titles that must share a phrase. At two, most proposals are names that happen to come twice."""
MOST_SHARE = 0.25
"""Greatest part of all titles that may share a phrase: what is in every third title tells nothing apart."""

_WORD = re.compile(r"[^\W\d_][\w'’+#.-]*[\w+#]|[^\W\d_]")
_TELLING_NOTHING = frozenset(
    """a about an and are as at be best by can code course courses de der des die do edition el en for free from get
    guide het how i ii in introduction into is it its la learn learning le lecture les list los more my new of on one
    online or our part projects resources the to tutorial tutorials und using via we what why with you your""".split()
)
_HEADINGS_OF_ANYTHING = re.compile(
    r"(?:\d+[.)]?\s*)?(?:about|additional|badges|contents?|general|introduction|links?|lists?|misc\w*|more|others?"
    r"|overview|prerequisites|references|related|resources?|see also|uncategori[sz]ed|various)"
    r"(?:\s+(?:lists?|resources?|links?))?",
    re.IGNORECASE,
)


def propose_topics(draft: Draft) -> None:
    """Give a draft topics, and its entries those that they seem to treat; a curator prunes them."""
    draft.topics.clear()
    for group in draft.groups:
        name = _heading_name(group.path[-1] if group.path else "")
        if group.entries and name:
            for entry in group.entries:
                _give(draft, entry, name)
    for phrase, entries in _shared_phrases(list(draft.entries)):
        for entry in entries:
            _give(draft, entry, phrase)


def _give(draft: Draft, entry: Entry, name: str) -> None:
    id_ = slug(name, MAX_ID, "topic")
    draft.topics.setdefault(id_, name)
    if id_ not in entry.topics:
        entry.topics.append(id_)


def _heading_name(heading: str) -> str:
    """A heading as a topic's name: without its number and decoration; empty if it could stand over anything."""
    name = re.sub(r"^[\W\d_]+|[^\w)+#]+$", "", heading)
    fits = has_words(name) and len(name) <= MAX_NAME and not _HEADINGS_OF_ANYTHING.fullmatch(name)
    return name if fits else ""


def _shared_phrases(entries: list[Entry]) -> Iterator[tuple[str, list[Entry]]]:
    """The words and pairs of words that several titles share, the most frequent first, with their entries."""
    holders: dict[str, list[Entry]] = {}
    spelled: dict[str, Counter[str]] = {}
    for entry in entries:
        for phrase, text in {text.casefold(): text for text in _phrases(entry.title)}.items():
            holders.setdefault(phrase, []).append(entry)
            spelled.setdefault(phrase, Counter())[text] += 1
    shared = {
        phrase: found
        for phrase, found in holders.items()
        if FEWEST_TITLES <= len(found) <= max(FEWEST_TITLES, MOST_SHARE * len(entries))
    }
    best = sorted(shared, key=lambda phrase: (-len(shared[phrase]) * (1 + phrase.count(" ")), phrase))
    for phrase in _without_parts(best, shared)[:MOST_FROM_TITLES]:
        yield spelled[phrase].most_common(1)[0][0], shared[phrase]


def _without_parts(phrases: Iterable[str], holders: dict[str, list[Entry]]) -> list[str]:
    """The phrases without words that come in nearly the same titles as a pair that holds them."""
    kept: list[str] = []
    for phrase in phrases:
        wider = [pair for pair in holders if " " in pair and phrase in pair.split()]
        if not any(len(holders[pair]) * 1.5 >= len(holders[phrase]) for pair in wider):
            kept.append(phrase)
    return kept


def _phrases(title: str) -> Iterator[str]:
    words = _WORD.findall(title)
    for index, word in enumerate(words):
        if _telling(word):
            yield word
            if index + 1 < len(words) and _telling(words[index + 1]):
                yield f"{word} {words[index + 1]}"


def _telling(word: str) -> bool:
    return len(word) > 2 and word.casefold() not in _TELLING_NOTHING
