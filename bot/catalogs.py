"""The catalogs that are being served: which list answers whom, and what is computed from each list once.

    interaction ── for_server(guild_id) ──┐
    button ─────── get(catalog_id) ───────┼──> Library: one catalog, its search index, its path
    otherwise ──── default ───────────────┘

A handler asks once per interaction and passes the library on, so that an answer never mixes two versions of a list.
Nothing else keeps a library: one that was replaced is freed when the last answer made from it is sent.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from typing import NamedTuple

from rapidfuzz import fuzz

from bot.catalog import Catalog, Resource, Stage, Track
from bot.catalog.model import LEVELS, MAX_LABEL
from bot.errors import FilterError
from bot.language import ENGLISH, N_, Language
from bot.path import Step, steps
from bot.schedule import shorten
from bot.search import Answer, Hit, Reason, SearchIndex
from bot.search.text import words

HITS = 5
"""Hits of one answer."""
FILTERED_HITS = 100
"""Hits that a kind or a level chooses from."""
MAX_ADDRESSES = 20
"""Addresses of a text that are looked up, from its beginning."""
ADDRESS = "address"
"""The field of a Reason: the text holds the resource's address."""
CANDIDATES = 3
"""Resources that are offered where it is not clear which one was meant: few enough to read before one is pressed."""
AMBIGUITY_RATIO = 0.75
"""The share of the best hit's score at which a second hit makes the choice ambiguous. At 1 "quantization" is the one
with that word in its title, though four treat it; at 0 only a single hit is ever clear."""
SAME_TITLE = 85.0
"""The likeness (0 to 100) from which a text is a title with a slip or two."""


@dataclass(frozen=True, slots=True)
class Guess:
    """What a text that is no id and no title may name: one resource that is clearly `meant`, or `candidates`."""

    meant: Resource | None = None
    candidates: tuple[Resource, ...] = ()


class Filters(NamedTuple):
    """The only kind and the only level that a member wants, in their own words; None for any."""

    kind: str | None = None
    level: str | None = None

    @classmethod
    def typed(cls, kind: str | None, level: str | None) -> Filters:
        """Filters as they were typed, ignoring case and surrounding spaces."""
        return cls(*(_typed(word) if word else None for word in (kind, level)))


_NO_SUCH = {
    "kind": N_("No kind “{word}” here. Choose: {known}."),
    "level": N_("No level “{word}” here. Choose: {known}."),
}
_NONE_AT_ALL = {"kind": N_("This list names no kinds."), "level": N_("This list names no levels.")}
_ADDRESS = re.compile(
    r"(?:https?://|www\.)[^\s<>]+"
    r"|(?:[\w-]{1,63}\.){1,9}[a-z]{2,24}/[^\s<>]*"
    r"|(?P<doi>10\.\d{4,9}/[^\s<>]+)"
    r"|arxiv:\s?(?P<arxiv>[^\s<>]+)"
    r"|(?:arxiv\s)?\b(?P<number>\d{4}\.\d{4,5}(?:v\d{1,2})?)\b",
    re.IGNORECASE,
)
_AFTER_ADDRESS = ".,;:!?)]}>»”’'\"*_|`"

TITLE_COMPARED = 40
"""Letters of titles that are compared: the least that is shown of one anywhere, in an answer of a poll."""
EXAMPLES, EXAMPLE_LENGTH = 25, 40
"""Names of the list that may be an example of a query, and the letters of the longest."""
NO_FILTERS = Filters()
"""Any kind and level."""


class Library:
    """One catalog with what is computed from it once: its search index and the step of every resource."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.index = SearchIndex(catalog)
        self.steps = steps(catalog)
        self._step_by_id = {step.resource.id: step for step in self.steps}
        self._steps_by_group: dict[str, list[Step]] = {}
        for step in self.steps:
            self._steps_by_group.setdefault(step.group.id, []).append(step)
        self._by_title: dict[str, list[Resource]] = {}
        for resource in catalog:
            self._by_title.setdefault(_folded(resource.title)[:TITLE_COMPARED], []).append(resource)

    @cached_property
    def example(self) -> str:
        """A short query that this list answers, to show what can be asked; empty for a list that answers nothing."""
        offered = self.index.suggest("", limit=EXAMPLES, max_length=EXAMPLE_LENGTH)
        return next((one for one in offered if self.index.search(one, limit=1).hits), "")

    def step(self, resource: Resource) -> Step:
        """The place of a resource on the path; raises KeyError for one of another catalog."""
        return self._step_by_id[resource.id]

    def steps_of(self, group: Stage | Track) -> list[Step]:
        """The steps of a stage or track, in order."""
        return self._steps_by_group.get(group.id, [])

    def finished(self, pages: Collection[str]) -> frozenset[str]:
        """The ids of this list's resources whose pages are among those that a member marked."""
        return self.catalog.finished(pages)

    def count_by_resource(self, counts: Mapping[str, int]) -> dict[str, int]:
        """Numbers of marks by page as numbers by resource id; a resource without marks is left out."""
        summed = {one.id: sum(counts.get(page, 0) for page in one.pages) for one in self.catalog}
        return {resource_id: number for resource_id, number in summed.items() if number}

    def words_of(self, option: str) -> list[str]:
        """The list's kinds in path order, or its levels from the easiest on (`option` is "kind" or "level")."""
        found = dict.fromkeys(found for one in self.catalog if (found := getattr(one, option)))
        return [level for level in LEVELS if level in found] + [word for word in found if word not in LEVELS]

    def search(self, query: str, filters: Filters = NO_FILTERS, limit: int = HITS) -> Answer:
        """What answers a query, at most `limit` hits: the resource whose address it holds, else what the index finds.

        Filters mean what the same words mean in a query ("easy" is the level beginner); what they leave out is counted
        as `excluded`. Raises FilterError for a kind or a level that the list doesn't have.
        """
        kinds, levels = (self._meant(option, word) for option, word in zip(filters._fields, filters, strict=True))
        if found := self.at_addresses(query):
            return address_answer(found, query)
        text = without_addresses(query).strip() or query
        if not kinds and not levels:
            return replace(self.index.search(text, limit=limit), query=query)
        answer = replace(self.index.search(text, limit=FILTERED_HITS), query=query)

        def fits(resource: Resource) -> bool:
            return (not kinds or resource.kind in kinds) and (not levels or resource.level in levels)

        hits = tuple(hit for hit in answer.hits if fits(hit.resource))
        shown = {hit.resource.id for hit in hits[:limit]}
        related = tuple(one for one in answer.related if fits(one.resource) and one.resource.id not in shown)
        return replace(answer, hits=hits[:limit], related=related, excluded=len(answer.hits) - len(hits))

    def _meant(self, option: str, word: str | None) -> frozenset[str]:
        """The list's kinds or levels that a word names: itself, or what it names in a query; empty for no word."""
        known = self.words_of(option)
        if word is None or word in known:
            return frozenset(filter(None, [word]))
        reasons = (reason for hit in self.index.search(word, limit=FILTERED_HITS).hits for reason in hit.why)
        meant = frozenset(reason.matched for reason in reasons if reason.field == option).intersection(known)
        if not meant:
            message = _NO_SUCH[option] if known else _NONE_AT_ALL[option]
            raise FilterError(message, word=shorten(word), known=", ".join(known))
        return meant

    def at_addresses(self, text: str) -> list[Resource]:
        """The resources whose addresses a text holds, of any form; a DOI and `arXiv:1706.03762` are addresses too."""
        found = (self.catalog.resource_at(address) for address in islice(_addresses(text), MAX_ADDRESSES))
        return list({one.id: one for one in found if one is not None}.values())[:HITS]

    def label(self, resource: Resource, limit: int = 100, language: Language = ENGLISH) -> str:
        """A title that no other resource of the list has, in at most `limit` characters (55 and more).

        Where titles repeat, or begin alike, the stage or track stands beside them, or the step where that is the same.
        """
        if (apart := self._apart(resource, language)) and len(apart) > limit // 2:
            apart = self._step_words(resource, language)
        title = " ".join(resource.title.split())
        room = limit - len(apart)
        return (title if len(title) <= room else f"{title[: room - 1]}…") + apart

    def _apart(self, resource: Resource, language: Language) -> str:
        """What stands beside a title that others have too; nothing if none has it."""
        alike = self._by_title[_folded(resource.title)[:TITLE_COMPARED]]
        if len(alike) == 1:
            return ""
        groups = [_folded(self.step(one).group.title) for one in alike]
        group = self.step(resource).group.title
        return f" · {group}" if groups.count(_folded(group)) == 1 else self._step_words(resource, language)

    def _step_words(self, resource: Resource, language: Language) -> str:
        return f" · {language.t('step {number}', number=self.step(resource).number)}"

    def find(self, text: str) -> Resource | None:
        """The resource that a text names: its id, its title, else the best that a search finds; None if nothing fits.

        What an autocomplete offers may be typed instead of picked, so any text may come.
        """
        if (named := self.named(text) or next(iter(self._titled(text)), None)) is not None:
            return named
        hits = self.index.search(text, limit=1).hits
        return hits[0].resource if hits else None

    def at_step(self, number: int) -> Resource | None:
        """The resource at a place on the path, from 1; None if the path has no such place."""
        return self.steps[number - 1].resource if 1 <= number <= len(self.steps) else None

    def named(self, text: str) -> Resource | None:
        """The resource with this id, or alone with this title or label; else None."""
        titled = self._titled(text)
        return self.catalog.get(text.strip().casefold()) or (titled[0] if len(titled) == 1 else self._labelled(text))

    def _titled(self, text: str) -> list[Resource]:
        """The resources with this title, in path order."""
        title = _folded(text)
        return [one for one in self._by_title.get(title[:TITLE_COMPARED], ()) if _folded(one.title) == title]

    def _labelled(self, text: str) -> Resource | None:
        """The resource with this label, of those that share a title."""
        alike = self._by_title.get(_folded(text.rpartition(" · ")[0])[:TITLE_COMPARED], ())
        return next((one for one in alike if _folded(self.label(one)) == _folded(text)), None)

    def guess(self, text: str) -> Guess:
        """What a text names that is no id and no title.

        The best hit is meant if the text is its title but for a slip, or if all the words that found it are of its
        title or of another name for it, and no other hit has as many of its own or a score near it. A kind alone
        ("video") names nothing. A title that several have names the first of them, as candidates.
        """
        if len(titled := self._titled(text)) > 1:
            return Guess(candidates=tuple(titled[:CANDIDATES]))
        hits = [hit for hit in self.index.search(text).hits if any(reason.field != "kind" for reason in hit.why)]
        if not hits:
            return Guess()
        best, *others = hits
        if fuzz.ratio(_folded(text), _folded(best.resource.title)) >= SAME_TITLE:
            return Guess(best.resource)
        near = any(
            _naming_words(one) >= _naming_words(best) or one.score >= AMBIGUITY_RATIO * best.score for one in others
        )
        if _naming_words(best) == _matched_words(best) and not near:
            return Guess(best.resource)
        return Guess(candidates=tuple(hit.resource for hit in hits[:CANDIDATES]))


class Catalogs:
    """The lists that one bot serves: `default`, and others for the servers that `servers` names by guild id.

    `serve` may be called while the bot runs; answers that are under way keep the library that they began with.
    """

    def __init__(self, *lists: Catalog | Library, servers: Mapping[int, str] | None = None) -> None:
        """The first is the default. Raises ValueError for two with one id, or a server whose list is not among them."""
        self._servers = dict(servers or {})
        self.serve(*(one if isinstance(one, Library) else Library(one) for one in lists))
        if unknown := set(self._servers.values()) - self._libraries.keys():
            raise ValueError(f"no catalog has the id {sorted(unknown)[0]}")

    def serve(self, *libraries: Library) -> None:
        """Serve these lists in place of all others, the first of them to everybody who has not chosen another.

        Raises ValueError, and changes nothing, for two with one id.
        """
        by_id = {library.catalog.id: library for library in libraries}
        if len(by_id) < len(libraries):
            raise ValueError("two catalogs have the same id")
        self._libraries, self._default = by_id, libraries[0]

    @property
    def default(self) -> Library:
        """The list for direct messages, and for servers without one of their own."""
        return self._default

    def get(self, catalog_id: str) -> Library | None:
        """The list with this id, or None."""
        return self._libraries.get(catalog_id)

    def for_server(self, guild_id: int | None) -> Library:
        """The list that a server is served; the default for a server without one, and for no server (None)."""
        chosen = self._servers.get(guild_id) if guild_id else None
        return self._libraries.get(chosen, self._default) if chosen else self._default


def _typed(word: str) -> str | None:
    return " ".join(word.replace(":", " ").split()).casefold()[:MAX_LABEL] or None


def address_answer(found: Iterable[Resource], query: str) -> Answer:
    """The answer that is the resources whose addresses a text holds."""
    why = (Reason(query, ADDRESS, "exact", ""),)
    return Answer(query, tuple(Hit(one, 1.0, why) for one in found), related=(), suggestion=None, nearest=())


def without_addresses(text: str) -> str:
    """A text without the addresses in it."""
    return _ADDRESS.sub(" ", text)


def _addresses(text: str) -> Iterator[str]:
    for found in _ADDRESS.finditer(text):
        address = found[0].rstrip(_AFTER_ADDRESS)
        if found["doi"]:
            address = f"https://doi.org/{address}"
        elif paper := found["arxiv"] or found["number"]:
            address = f"https://arxiv.org/abs/{paper.rstrip(_AFTER_ADDRESS)}"
        yield address
    if " " not in (whole := text.strip()) and "." in whole:
        yield whole  # a host alone


def _matched_words(hit: Hit) -> int:
    """How many words of the query found a hit, not counting words that name a kind."""
    return sum(len(reason.words.split()) for reason in hit.why if reason.field != "kind")


def _naming_words(hit: Hit) -> int:
    """How many of them are of its title or of another name for it."""
    own = set(words(" ".join((hit.resource.title, *hit.resource.aliases))))
    return sum(
        len(reason.words.split())
        for reason in hit.why
        if reason.field in ("title", "alias") or (reason.field != "kind" and own.issuperset(words(reason.matched)))
    )


def _folded(text: str) -> str:
    """A title as it is compared: case and spaces aside."""
    return " ".join(text.split()).casefold()
