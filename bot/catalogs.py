"""The catalogs that are being served: which list answers whom, and what is computed from each list once.

    interaction ── for_server(guild_id) ──┐
    button ─────── get(catalog_id) ───────┼──> Library: one catalog, its search index, its path
    otherwise ──── default ───────────────┘

A handler asks once per interaction and passes the library on, so that an answer never mixes two versions of a list.
Nothing else keeps a library: one that was replaced is freed when the last answer made from it is sent.
"""

from __future__ import annotations

import gc
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from rapidfuzz import fuzz

from bot.catalog import Catalog, Resource, Stage, Track
from bot.catalog.identity import canonical_page
from bot.path import Step, steps
from bot.schedule import shorten
from bot.search import Hit, SearchIndex
from bot.search.text import words

CANDIDATES = 3
"""Resources that are offered where it is not clear which one was meant: few enough to read before one is pressed."""
RIVAL = 0.75
"""The share of the best hit's score at which another makes it unclear. At 1 "quantization" is the one with that word in
its title, though four treat it; at 0 only a single hit is ever clear."""
SAME_TITLE = 85.0
"""The likeness (0 to 100) from which a text is a title with a slip or two."""


@dataclass(frozen=True, slots=True)
class Guess:
    """What a text that is no id and no title may name: one resource that is clearly `meant`, or `candidates`."""

    meant: Resource | None = None
    candidates: tuple[Resource, ...] = ()


class Filters(NamedTuple):
    """The only kind and the only level that somebody wants; None for any."""

    kind: str | None = None
    level: str | None = None

    @classmethod
    def typed(cls, kind: str | None, level: str | None) -> Filters:
        """Filters as somebody typed them: case and spaces around them tell nothing."""
        return cls(*(word.strip().casefold() or None if word else None for word in (kind, level)))


EXAMPLES, EXAMPLE_LENGTH = 25, 40
"""Names of the list that may be an example of a query, and the letters of the longest."""
NO_FILTERS = Filters()
"""Everything is wanted."""


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
        # The first of those that share a title: the path's order decides.
        self._by_title = {_folded(resource.title): resource for resource in reversed(catalog.resources)}

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
        """The list's kinds or levels (`option` is "kind" or "level"), in path order."""
        return list(dict.fromkeys(found for one in self.catalog if (found := getattr(one, option))))

    def problem_with(self, filters: Filters) -> str | None:
        """What to tell somebody who asks for a kind or level that the list does not have; None if it has both.

        It repeats what they typed, so it must be escaped where markup is interpreted.
        """
        for option, word in zip(filters._fields, filters, strict=True):
            known = self.words_of(option)
            if word is not None and word not in known:
                return f"This list has no {option} “{shorten(word)}”. It has: {', '.join(known) or 'none'}."
        return None

    def find(self, text: str) -> Resource | None:
        """The resource that a text names: its id, its title, else the best that a search finds; None if nothing fits.

        What an autocomplete offers may be typed instead of picked, so any text may come.
        """
        if (named := self.named(text)) is not None:
            return named
        hits = self.index.search(text, limit=1).hits
        return hits[0].resource if hits else None

    def at_address(self, url: str) -> Resource | None:
        """The resource whose page an address leads to, in any of its forms; None if none has it."""
        ids = self.catalog.finished([canonical_page(url)])
        return next((one for one in self.catalog if one.id in ids), None)

    def at_step(self, number: int) -> Resource | None:
        """The resource at a place on the path, from 1; None if the path has no such place."""
        return self.steps[number - 1].resource if 1 <= number <= len(self.steps) else None

    def named(self, text: str) -> Resource | None:
        """The resource with this id or title, or None."""
        return self.catalog.get(text.strip().casefold()) or self._by_title.get(_folded(text))

    def guess(self, text: str) -> Guess:
        """What a text names that is no id and no title.

        The best hit is meant if the text is its title but for a slip; or if all the words that found it are of its
        title or of another name for it, and no other hit has as many of its own or a score near it. A kind alone
        ("video") names nothing.
        """
        hits = [hit for hit in self.index.search(text).hits if any(reason.field != "kind" for reason in hit.why)]
        if not hits:
            return Guess()
        best, *others = hits
        if fuzz.ratio(_folded(text), _folded(best.resource.title)) >= SAME_TITLE:
            return Guess(best.resource)
        near = any(_naming_words(one) >= _naming_words(best) or one.score >= RIVAL * best.score for one in others)
        if _naming_words(best) == _matched_words(best) and not near:
            return Guess(best.resource)
        return Guess(candidates=tuple(hit.resource for hit in hits[:CANDIDATES]))


class Catalogs:
    """The lists that one bot serves: `default`, and others for the servers that `servers` names by guild id.

    `replace` may be called while the bot runs; answers that are under way keep the library that they began with.
    """

    def __init__(self, default: Catalog, *others: Catalog, servers: Mapping[int, str] | None = None) -> None:
        """Index the lists; raises ValueError for two with one id, or a server whose catalog id is not among them."""
        listed = (default, *others)
        self._libraries = {catalog.id: Library(catalog) for catalog in listed}
        if len(self._libraries) < len(listed):
            raise ValueError("two catalogs have the same id")
        self._default_id = default.id
        self._servers = dict(servers or {})
        if unknown := set(self._servers.values()) - self._libraries.keys():
            raise ValueError(f"no catalog has the id {sorted(unknown)[0]}")

    @property
    def default(self) -> Library:
        """The list for direct messages, and for servers without one of their own."""
        return self._libraries[self._default_id]

    def get(self, catalog_id: str) -> Library | None:
        """The list with this id, or None."""
        return self._libraries.get(catalog_id)

    def for_server(self, guild_id: int | None) -> Library:
        """The list that a server is served; the default for a server without one, and for no server (None)."""
        return self._libraries[self._servers.get(guild_id, self._default_id) if guild_id else self._default_id]

    def replace(self, catalog: Catalog) -> None:
        """Serve a catalog in place of the one with its id; one with a new id is added beside the others."""
        library = Library(catalog)  # complete before anybody can see it
        self._libraries[catalog.id] = library
        gc.unfreeze()  # the host's `gc.freeze` at start would keep the old library for ever


def _matched_words(hit: Hit) -> int:
    """How many words of the query found a hit, those that name a kind aside."""
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
