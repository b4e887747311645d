"""Search over a catalog: the public class, what a message is about, and what is offered beside the hits.

A message is not a query. Most of its words are about something else, so that the share which a resource explains
says nothing; what counts is whether it names something:

    message ──> several words that make a name ("kv cache"), or one that is nothing but a name ("LoRA", "GPT-3")
            ──> else its sentences, each asked like a query: one of them may be a plain question
"""

from __future__ import annotations

import gc
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from heapq import nsmallest
from itertools import islice

from rapidfuzz import fuzz, process

from bot.catalog.model import Catalog, Topic
from bot.search.answer import Answer, Explanation, Hit, Related
from bot.search.autocomplete import MAX_TYPED, MOST_MEANT, Autocomplete, cut
from bot.search.corpus import Corpus, Neighbour
from bot.search.phrases import Phrase
from bot.search.query import Query, QueryParser, Role
from bot.search.scoring import LEAST_WORK, Accept, Work
from bot.search.searcher import Result, Searcher
from bot.search.text import words

MAX_MESSAGE = 1500
"""Characters of a message that are read: half a page, in which the question is."""
MAX_MESSAGE_WORDS = 250
"""Words of a message that names are looked for in: about as many as MAX_MESSAGE characters hold."""
LONGEST_NAME = 6
"""Words of the longest name looked for. At 1 "kv cache" is not found; at 12 the work doubles for whole titles, which
nobody writes into a sentence."""
MAX_NAMES = 3
"""Most names that are searched for. At 1 the second half of a comparison is lost; at 10 passing mentions decide."""
MAX_SENTENCES, MAX_ASKED = 20, 3
"""Sentences that are read, and of those that ask something how many are searched for: a message of question marks costs
a few searches and no more."""

_IGNORED = re.compile(r"https?://\S+|<[@#:a][^>]{0,60}>|```.*?(?:```|$)", re.DOTALL)
_END = re.compile(r"[.!?;\n]+")


def names_in(corpus: Corpus, text: str) -> list[str]:
    """The names in a text of what the catalog treats, at most MAX_NAMES, the most telling first.

    A name of what half of the list is about is none: it would take over whatever the message asks.
    """
    found: dict[frozenset[str], Phrase] = {}
    found_words = [word for word in words(_cleaned(text)) if word not in corpus.language.stop][:MAX_MESSAGE_WORDS]
    for phrase in _phrases_in(corpus, list(map(corpus.stem, found_words))):
        # The first name of a thing is its topic's; "the KV cache video" comes down to the same words.
        own = frozenset(phrase.terms)
        if _is_a_name(phrase, corpus, text) and not any(own < longer for longer in found):
            found.setdefault(own, phrase)
    telling_most = sorted(found.values(), key=lambda phrase: -phrase.weight)
    telling_most = [phrase for phrase in telling_most if phrase.weight >= corpus.weight.of_half]
    return [phrase.text for phrase in telling_most[:MAX_NAMES]]


def sentences(text: str) -> list[str]:
    """The sentences of a text, at most MAX_SENTENCES, without addresses, mentions and code."""
    parts = (part.strip() for part in _END.split(_cleaned(text)))
    return list(dict.fromkeys(part for part in parts if part))[:MAX_SENTENCES]


def _cleaned(text: str) -> str:
    return _IGNORED.sub(" ", text[:MAX_MESSAGE])


def _asks(query: Query) -> bool:
    """Whether a sentence of a message asks for something: by a word of asking, or by being so short."""
    asks = query.question or len(query.tokens) <= SHORT_SENTENCE
    return asks and not query.thanks and bool(query.content or (query.start and query.question))


def _phrases_in(corpus: Corpus, terms: list[str]) -> Iterator[Phrase]:
    """Every phrase whose letters are in a text in one run, the longest of those that start at a word first."""
    for start in range(len(terms)):
        for end in range(min(len(terms), start + LONGEST_NAME), start, -1):
            yield from corpus.phrases.of_letters("".join(terms[start:end]))


def _is_a_name(phrase: Phrase, corpus: Corpus, text: str) -> bool:
    """Whether a phrase means the same wherever it is: "memory" does not, "GPU memory" and "LoRA" do.

    A single word must be written unlike others, and either be no word of the language or be written so in the text:
    "rope" is not "RoPE".
    """
    if len(phrase.terms) > 1:
        return True
    odd = any(letter.isupper() or letter.isdigit() for letter in phrase.text[1:])
    own = [word for word in words(phrase.text) if corpus.stem(word) in phrase.terms]
    return odd and (phrase.text in text or all(corpus.language.telling(word) == 1 for word in own))


HITS = 5
"""Hits of one answer: what a phone shows without much scrolling."""
MAX_RELATED = 3
"""Most related resources: they are a hint, not a second answer."""
RELATED_TO = 3
"""Hits that related resources are looked for by. At 1 the answer to a broad question has few."""
MAX_NEAREST = 5
"""Most topics to try instead."""
NEAR = 60.0
"""The likeness (0 to 100) from which a topic's name counts as near to what was typed. At 0 every topic is near; at 100
only the topic itself."""
MAX_EXCLUDED = 100
"""Most hits that are counted as excluded by a kind or a level: how many more there are helps nobody."""
TELLING = 0.5
"""How much a word must tell to be named as one that no hit has. At 0 every "really" is; at 1 no common noun."""
SHORT_SENTENCE = 4
"""Words up to which a sentence of a message that asks nothing is taken for a query. At 0 "paged attention" is answered
with nothing; at 20 every remark about the office is a search."""
LONG_WORD = 6
"""Letters of a single word that is searched for though it begins no name: several words run together and mistyped. At 1
every typo costs a search while it is being typed."""
TYPING_WORK = 2_500
"""What a search reads while somebody types: a fraction of what one reads that was sent. At 0 the rarest word is all."""

_NO_NEIGHBOUR = Neighbour(-1, 0.0, ())


class SearchIndex:
    """Finds the resources of a catalog that fit a query.

    It is built once, changes nothing, and may be used from several threads.
    """

    def __init__(self, catalog: Catalog) -> None:
        with _without_garbage_collection():
            self._corpus = Corpus(catalog)
            self._autocomplete = Autocomplete(self._corpus)
        self._parser = QueryParser(self._corpus)
        self._searcher = Searcher(self._corpus)

    def search(self, query: str, *, kind: str | None = None, level: str | None = None, limit: int = HITS) -> Answer:
        """The resources that fit a query, at most `limit` of them (100 at the very most), best first.

        `kind` and `level` leave only resources of exactly that kind and level. Any text may be asked, of any length:
        the first `query.MAX_LENGTH` characters are read. An answer without hits says that nothing fits.
        """
        accept = self._accepting(kind, level)
        result = self._searcher.find(self._parser.parse(query, self._work()), accept)
        return self._answer(result, limit, accept)

    def _work(self) -> Work:
        return Work(max(LEAST_WORK, len(self._corpus.resources)))

    def _answer(self, result: Result, limit: int, accept: Accept | None = None) -> Answer:
        ranked = result.ranked()[:limit]
        why = Explanation(self._corpus, result)
        hits = tuple([Hit(self._corpus.resources[one], result.scores[one], why.of(one)) for one in ranked])
        return Answer(
            query=result.query.text,
            hits=hits,
            related=self._related(ranked),
            suggestion=self._suggestion(result, ranked),
            nearest=() if hits else self._nearest(result),
            cut=result.query.truncated,
            excluded=0 if accept is None else self._excluded(result.query, accept),
            ignored=self._ignored(result, ranked),
            start=bool(hits) and result.query.start,
        )

    def search_message(self, text: str, *, limit: int = HITS) -> Answer:
        """The resources for what a message is about; `query` of the answer is what that was taken to be.

        Any text may be given: the first MAX_MESSAGE characters are read. No hits if it is about nothing here.
        """
        work = Work(max(LEAST_WORK, len(self._corpus.resources) * 2 // 3))  # for all its sentences together
        if names := names_in(self._corpus, text):
            return self._answer(self._searcher.find(self._parser.parse(", ".join(names), work)), limit)
        queries = (self._parser.parse(sentence, work) for sentence in sentences(text) if work.left > 0)
        results = [self._searcher.find(query) for query in islice(filter(_asks, queries), MAX_ASKED)]
        best = max(results, key=self._strength, default=None)
        if best is None or not self._strength(best):
            return self._answer(self._searcher.find(self._parser.parse("", work)), limit)
        return self._answer(best, limit)

    def _strength(self, result: Result) -> float:
        """How much of what a sentence of a message tells is answered here, over 0.

        What half of the list is about tells too little to be asked for in passing: 0 for that.
        """
        query = result.query
        weight = sum(query.tokens[place].weight for place in query.content) if query.content else 1.0
        if weight < self._corpus.weight.of_half:
            return 0.0
        return weight * max(result.scores.values(), default=0.0)

    def suggest(self, prefix: str, limit: int = 25, max_length: int = 100) -> list[str]:
        """Names to offer while somebody types, at most `limit`, none over `max_length` characters.

        Each of them finds something. For an empty text they are good starting points; for a question that no name
        begins with, the titles of what a search for it finds.
        """
        offers = self._autocomplete.offers(prefix, limit, max_length)
        if offers or not self._worth_a_search(prefix):
            return offers
        first = " ".join(prefix[:MAX_TYPED].split()[:MOST_MEANT])
        result = self._searcher.find(self._parser.parse(first, Work(TYPING_WORK)))
        return [cut(self._corpus.resources[one].title, max_length) for one in result.ranked()[:limit]]

    def _accepting(self, kind: str | None, level: str | None) -> Accept | None:
        if kind is None and level is None:
            return None
        resources = self._corpus.resources
        return lambda number: kind in (None, resources[number].kind) and level in (None, resources[number].level)

    def _worth_a_search(self, typed: str) -> bool:
        """Whether a text that begins no name may be something else: a question, or words run together."""
        found = words(typed[:MAX_TYPED])
        return len(typed) >= LONG_WORD and (len(found) == 1 or not self._corpus.language.stop.isdisjoint(found))

    def _related(self, hits: Sequence[int]) -> tuple[Related, ...]:
        """The resources that share the most with one of the first hits; none of them is a hit."""
        best: dict[int, Neighbour] = {}
        for hit in hits[:RELATED_TO]:
            for one in self._corpus.neighbours(hit):
                if one.document not in hits and one.strength > best.get(one.document, _NO_NEIGHBOUR).strength:
                    best[one.document] = one
        if not best:
            return ()
        chosen = nsmallest(MAX_RELATED, best.values(), key=lambda one: (-one.strength, one.document))
        return tuple(Related(self._corpus.resources[one.document], one.topics) for one in chosen)

    def _suggestion(self, result: Result, ranked: Sequence[int]) -> str | None:
        """What was probably meant, if it is not what was typed: typos corrected, unfinished words finished."""
        tokens = result.query.tokens
        meant = [self._meant(result, place, ranked) for place in range(len(tokens))]
        if not ranked or all(word is None for word in meant):
            return None
        return " ".join(word or token.typed for token, word in zip(tokens, meant, strict=True))

    def _meant(self, result: Result, place: int, ranked: Sequence[int]) -> str | None:
        """The mistyped or unfinished word at a place, as the best hit explains it."""
        token = result.query.tokens[place]
        if token.role is not Role.CONTENT or not ranked:
            return None
        best, explains = ranked[0], self._searcher.explains
        if token.known and explains(result, place, token.candidates[0], best):
            return None
        wrong = [candidate for candidate in token.candidates if candidate.how in ("typo", "prefix")]
        found = (candidate.word for candidate in wrong if explains(result, place, candidate, best))
        phrases = result.clauses[place].phrases if not token.candidates else ()
        names = (one.phrase.text.lower() for one in phrases if one.how == "typo" and best in one.documents)
        return next(found, None) or next(names, None)

    def _excluded(self, query: Query, accept: Accept) -> int:
        """How many documents answer a query that are not accepted, 100 at most."""
        every = self._searcher.find(self._parser.parse(query.text, self._work())).ranked()[:MAX_EXCLUDED]
        return sum(not accept(document) for document in every)

    def _ignored(self, result: Result, ranked: Sequence[int]) -> tuple[str, ...]:
        """The telling words of a query that no hit has."""
        if not ranked:
            return ()
        missing = (
            place for place in result.query.content if not self._searcher.earns(result.clauses[place], ranked[0])
        )
        return tuple(
            result.query.tokens[place].typed
            for place in missing
            if self._tells(result.query.tokens[place].word)
            and not any(self._searcher.earns(result.clauses[place], document) for document in ranked)
        )

    def _tells(self, word: str) -> bool:
        return word.isdigit() or self._corpus.language.telling(word) >= TELLING

    def _nearest(self, result: Result) -> tuple[Topic, ...]:
        """Topics and headings to try when nothing fits: those that share a word, and those that look alike."""
        every = (*self._sharing_a_word(result), *self._alike(result))
        return tuple({topic.name: topic for topic in every}.values())[:MAX_NEAREST]

    def _sharing_a_word(self, result: Result) -> Iterator[Topic]:
        for token in result.query.tokens:
            telling = token.role is Role.CONTENT and token.weight >= self._corpus.weight.of_half
            for candidate in token.candidates if telling else ():
                for phrase in self._corpus.phrases.holding(candidate.term):
                    if phrase.label.topic is not None:
                        yield phrase.label.topic

    def _alike(self, result: Result) -> Iterator[Topic]:
        corpus = self._corpus
        topics = [corpus.topics[slug] for slug in corpus.main_topics]
        topics += [label.topic for label in corpus.headings.values() if label.topic]
        text = result.query.without_kinds()
        names = (topic.name.casefold() for topic in topics)
        near = process.extract(text, names, scorer=fuzz.ratio, score_cutoff=NEAR, limit=MAX_NEAREST)
        yield from (topics[number] for _, _, number in near)


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """While hundreds of thousands of small objects come and none goes, the collector would look at all of them again
    and again (a third of the time at 12,000 resources)."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
