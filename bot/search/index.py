"""Search over a catalog."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache, partial

from bot.catalog.model import Catalog
from bot.search.answer import Answer, Hit
from bot.search.autocomplete import Autocomplete, cut
from bot.search.corpus import Corpus
from bot.search.fillers import STOP_WORDS
from bot.search.finding import find
from bot.search.messages import names_in, sentences
from bot.search.offers import nearest_topics, related, suggestion
from bot.search.ranking import Accept
from bot.search.reasons import Reasons
from bot.search.text import words

LIMIT = 5
"""Hits of one answer: what a phone shows without much scrolling."""

KEPT = 1024
"""Sets of hits whose related resources are kept: "kv cache" and "kvcache" have the same."""
LONG_WORD = 6
"""Letters of a single word that is searched for though it begins no name: several words run together and mistyped. At 1
every slip costs a search while it is being typed."""
OFFERS = 25
"""Names offered while typing: as many as Discord shows."""


class SearchIndex:
    """Finds the resources of a catalog that fit a query.

    It is built once, changes nothing, and may be used from several threads.
    """

    def __init__(self, catalog: Catalog) -> None:
        with _no_collection():
            self._corpus = Corpus(catalog)
            self._autocomplete = Autocomplete(self._corpus)
        self._related = lru_cache(maxsize=KEPT)(partial(related, self._corpus))

    def search(self, query: str, *, kind: str | None = None, level: str | None = None, limit: int = LIMIT) -> Answer:
        """The resources that fit a query, at most `limit` of them (100 at the very most), best first.

        `kind` and `level` leave only resources of exactly that kind and level. Any text may be asked, of any length:
        the first `query.LONGEST` characters are read. An answer without hits says that nothing fits.
        """
        corpus = self._corpus
        found = find(corpus, corpus.reader.read(query), self._accepting(kind, level))
        best = found.best()[:limit]
        why = Reasons(corpus, found)
        hits = tuple([Hit(corpus.resources[one], found.scores[one], why.of(one)) for one in best])
        return Answer(
            query=query,
            hits=hits,
            related=self._related(tuple(best)),
            suggestion=suggestion(found, best),
            nearest=() if hits else nearest_topics(corpus, found),
            cut=found.query.cut,
        )

    def search_message(self, text: str, *, limit: int = LIMIT) -> Answer:
        """The resources for what a message is about; `query` of the answer is what that was taken to be.

        Any text may be given: the first `messages.LONGEST` characters are read. No hits if it is about nothing here.
        """
        if names := names_in(self._corpus, text):
            return self.search(", ".join(names), limit=limit)
        answers = [self.search(sentence, limit=limit) for sentence in sentences(text)]
        return max(answers, key=_best_score, default=self.search("", limit=limit))

    def suggest(self, prefix: str, limit: int = OFFERS) -> list[str]:
        """Names to offer while somebody types, at most `limit`, none over 100 characters.

        Each of them finds something. For an empty text they are good starting points; for a question that no name
        begins with, the titles of what a search for it finds.
        """
        offers = self._autocomplete.offers(prefix, limit)
        if offers or not _worth_a_search(prefix):
            return offers
        return [cut(hit.resource.title) for hit in self.search(prefix, limit=limit).hits]

    def _accepting(self, kind: str | None, level: str | None) -> Accept | None:
        if kind is None and level is None:
            return None
        resources = self._corpus.resources
        return lambda number: kind in (None, resources[number].kind) and level in (None, resources[number].level)


@contextmanager
def _no_collection() -> Iterator[None]:
    """Without the garbage collector: hundreds of thousands of small objects come, none of them goes, and it would
    look at all of them again and again (a third of the time at 12,000 resources)."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _worth_a_search(typed: str) -> bool:
    """Whether a text that begins no name may be something else: a question, or words run together."""
    said = words(typed)
    return len(typed) >= LONG_WORD and (len(said) == 1 or not STOP_WORDS.isdisjoint(said))


def _best_score(answer: Answer) -> float:
    return max((hit.score for hit in answer.hits), default=0.0)
