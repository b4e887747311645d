"""Search over a catalog: the class that others use, why each hit was found, and what is offered beside the hits.

query ──> QueryParser ──> Ranker ──> Answer: hits with their reasons, related resources, a suggestion
                                             or, in a silence: the closest resources, topics to try
"""

from __future__ import annotations

import gc
from collections.abc import Iterable, Sequence
from heapq import nsmallest

from bot.catalog.addresses import is_web_address
from bot.catalog.identity import canonical_page
from bot.catalog.model import Catalog, Resource, Topic
from bot.search.answer import Answer, Hit, Reason, Related
from bot.search.autocomplete import Autocomplete
from bot.search.constants import Constants
from bot.search.corpus import ALIAS, AUTHOR, FIELDS, SUMMARY, TOPIC, Corpus, and_broader, idf
from bot.search.messages import MessageReader
from bot.search.query import Budget, Query, QueryParser, Role, Token
from bot.search.ranking import Ranked, Ranker, best_in, credit_in
from bot.search.text import words
from bot.search.vocabulary import Match

HITS = 5
"""Hits of one answer: what a phone shows without much scrolling."""
MAX_RELATED, RELATED_TO, LEADING, LEADING_TOPICS = 3, 3, 20, 3
"""Related resources, which are a hint and no second answer; the hits that they are looked for by; and the first
documents of the first topics of each of these."""
MAX_NEAREST = 5
"""Topics to try instead."""
SPECIFIC = 0.5
"""The specificity from which a word that no hit has is named."""
WHOLE = 0.85
"""The score over which a name is matched in whole."""
DEFAULT = Constants()


class SearchIndex:
    """Finds the resources of a catalog that fit a query.

    It is built once, changes nothing, and may be used from several threads.
    """

    def __init__(self, catalog: Catalog, constants: Constants = DEFAULT) -> None:
        # While hundreds of thousands of small objects come and none goes, the collector would look at all of them again
        # and again (a third of the time at 12,000 resources).
        was_on = gc.isenabled()
        gc.disable()
        try:
            self._catalog = catalog
            self._corpus = Corpus(catalog, constants)
            self._parser = QueryParser(self._corpus)
            self._ranker = Ranker(self._corpus)
            self._messages = MessageReader(self._corpus, self._parser, self._ranker)
            self._autocomplete = Autocomplete(self._corpus, self._parser, self._ranker)
        finally:
            if was_on:
                gc.enable()

    def search(self, query: str, *, limit: int = HITS) -> Answer:
        """The resources that fit a query, at most `limit` of them (100 at the very most), best first.

        Any text may be asked, of any length:
        the first `query.MAX_LENGTH` characters are read. An answer without hits says that nothing fits.
        """
        if is_web_address(query.strip()) and (found := self._at_address(query)):
            return Answer(query, found, (), None, ())
        return self._answer(self._ranker.rank(self._parser.parse(query, self._budget())), limit)

    def search_message(self, text: str, *, limit: int = HITS) -> Answer:
        """The resources for what a message is about; `query` of the answer is what that was taken to be.

        Any text may be given: the first `messages.MAX_LENGTH` characters are read. No hits if it is about nothing here.
        """
        return self._answer(self._messages.rank(text, self._budget()), limit)

    def suggest(self, prefix: str, limit: int = 25, max_length: int = 100) -> list[str]:
        """Completions for what is typed: names, at most `limit`, none over `max_length` characters.

        Each of them finds something. For an empty text they are good starting points; where no name begins so, the
        titles of what a search finds.
        """
        return self._autocomplete.names(prefix, limit, max_length)

    def complete(self, prefix: str, limit: int = 25) -> list[Resource]:
        """The resources that a text which is still being typed may name, at most `limit`: by title, step or search."""
        return [self._corpus.resources[one] for one in self._autocomplete.documents(prefix, limit)]

    def _budget(self) -> Budget:
        return Budget(max(self._corpus.constants.budget, len(self._corpus.resources)))

    def _at_address(self, url: str) -> tuple[Hit, ...]:
        ids = self._catalog.finished([canonical_page(url.strip())])
        why = (Reason(url.strip(), "address", "exact", url.strip()),)
        return tuple(Hit(self._catalog[one], 1.0, why) for one in sorted(ids)[:HITS])

    def _answer(self, ranked: Ranked, limit: int) -> Answer:
        query, documents = ranked.query, ranked.documents[:limit]
        resources = self._corpus.resources
        hits = tuple([Hit(resources[one], ranked.scores[one], self._why(query, one)) for one in documents])
        return Answer(
            query=query.text,
            hits=hits,
            related=self._related(documents) if hits else self._closest(query),
            suggestion=self._suggestion(query, documents),
            nearest=() if hits else self._nearest(query),
            cut=query.truncated,
            ignored=self._ignored(query, documents),
            start=bool(hits) and query.start,
        )

    # Why a hit was found.

    def _why(self, query: Query, document: int) -> tuple[Reason, ...]:
        """The reasons for a document, in the order of the query's words; words that matched nothing are not in them."""
        alike: list[list[tuple[Token, Match, int]]] = []
        for token in (*query.of_role(Role.CONTENT), *query.of_role(Role.KIND, Role.LEVEL)):
            best = self._telling(token, document) if token.role is Role.CONTENT or token.names else None
            if best is not None and alike and _makes_one(alike[-1][-1], (token, *best)):
                alike[-1].append((token, *best))
            elif best is not None:
                alike.append([(token, *best)])
        found = tuple(dict.fromkeys(self._reason(one, document) for one in alike))
        typed = _typed(query.tokens)
        if all(one.words != typed for one in found) and self._is_in_title(query, document):
            return (Reason(typed, "title", "exact", typed),)
        return found or (self._otherwise(query, document),)

    def _is_in_title(self, query: Query, document: int) -> bool:
        whole = " ".join([token.word for token in query.tokens])
        return len(query.tokens) > 1 and f" {whole} " in f" {self._corpus.titles[document]} "

    def _telling(self, token: Token, document: int) -> tuple[Match, int] | None:
        """The match that says most: a name matched in whole before a word, but the author before all: of "the Karpathy
        talk" that he is its author, not that it is called so."""
        word = best_in(token._replace(names=()), document)
        name = best_in(token._replace(matches=()), document)
        if word is None or name is None:
            return word or name
        if name[1] == ALIAS and name[0].name is not None and len(name[0].name.parts) == 1:
            return word if word[1] != SUMMARY else name
        return name if name[0].score > WHOLE and word[1] != AUTHOR else word

    def _reason(self, alike: Sequence[tuple[Token, Match, int]], document: int) -> Reason:
        _, match, field = alike[0]
        typed = _typed([token for token, _, _ in alike])
        if match.name is None:
            matched = _joined([(one.word, token.continues) for token, one, _ in alike])
            return Reason(typed, FIELDS[field], match.how, matched)
        exact = words(typed) == words(match.word)
        how = match.how if match.how != "exact" or exact else "alias"
        topic = match.name.topic
        if field != TOPIC or topic is None:
            return Reason(typed, FIELDS[field], how, match.word)
        if exact and words(typed) != words(topic.name):
            how, match = "alias", match._replace(word=topic.name)
        return self._of_topic(Reason(typed, "topic", how, match.word), topic, document)

    def _of_topic(self, reason: Reason, topic: Topic, document: int) -> Reason:
        """The reason with what sets this document apart from others of the topic: what it is mainly about."""
        topics = [self._corpus.topics[slug] for slug in self._corpus.resources[document].topics]
        if topic not in topics:
            narrower = (one for one in topics if topic.id in and_broader(self._corpus.topics, one.id))
            topic = next(narrower, topic)
            reason = reason._replace(how="narrower", matched=topic.name)
        return reason._replace(beside=topics[0].name if topics and topics[0] != topic else "")

    def _otherwise(self, query: Query, document: int) -> Reason:
        """For a query that asks where to begin, and for a title that the query is but for a typo."""
        if query.start:
            start = [token.typed for token in query.tokens if token.word in self._corpus.language.start]
            return Reason(" ".join(dict.fromkeys(start)), "path", "exact", "")
        return Reason(_typed(query.tokens), "title", "typo", self._corpus.resources[document].title)

    # What is offered beside the hits.

    def _related(self, hits: Sequence[int]) -> tuple[Related, ...]:
        """The resources that share the most topics with the first hits, or headings of few resources where these have
        no topics; none of them is a hit."""
        corpus, shared = self._corpus, dict[int, dict[Topic, float]]()
        for hit in hits[:RELATED_TO]:
            topics = [(corpus.topics[slug], corpus.topic_terms[slug]) for slug in corpus.resources[hit].topics]
            known = filter(None, (corpus.heading_terms.get(" ".join(words(name))) for name in corpus.headings[hit]))
            topics = topics or [(topic, term) for term, topic in known if len(term.documents) <= LEADING]
            for topic, term in topics[:LEADING_TOPICS]:
                own, pairs = term.credits[term.find(hit)], zip(term.documents, term.credits, strict=True)
                for other, credit in nsmallest(LEADING, pairs, key=lambda pair: (-pair[1], pair[0])):
                    found = shared.setdefault(other, {})
                    found[topic] = max(own * credit, found.get(topic, 0.0))
        others = (one for one in shared if one not in hits)
        chosen = nsmallest(MAX_RELATED, others, key=lambda one: (-sum(shared[one].values()), abs(one - hits[0]), one))
        return tuple(Related(corpus.resources[one], tuple(shared[one])) for one in chosen)

    def _closest(self, query: Query) -> tuple[Related, ...]:
        """In a silence: what holds the most specific known word of the query."""
        known = [one for one in query.content if one.is_explained and self._is_specific(one)]
        if not known:
            return ()
        token = max(known, key=lambda one: one.weight)
        lists = [match.term.documents[:LEADING] for match in (*token.matches[:1], *token.names[:1])]
        best = nsmallest(MAX_RELATED, set().union(*lists), key=lambda one: (-credit_in(token, one), one))
        return tuple(Related(self._corpus.resources[one], ()) for one in best)

    def _is_specific(self, token: Token) -> bool:
        count = len(self._corpus.resources)
        return token.weight >= idf(count // 2, count) and self._is_rare(token)

    def _is_rare(self, token: Token) -> bool:
        return token.word.isdigit() or self._corpus.language.specificity(token.word) >= SPECIFIC

    def _suggestion(self, query: Query, documents: Sequence[int]) -> str | None:
        """What was probably meant, if it is not what was typed: typos corrected, unfinished words finished."""
        if not documents:
            return None
        meant = [self._meant(token, documents[0]) for token in query.tokens]
        if not any(meant):
            return None
        return " ".join(dict.fromkeys(word or token.typed for token, word in zip(query.tokens, meant, strict=True)))

    def _meant(self, token: Token, document: int) -> str | None:
        """The word that a mistyped or unfinished one was read as, as the best hit explains it."""
        known = bool(token.matches) and token.matches[0].how in ("exact", "stem")
        if token.role is not Role.CONTENT or known or (best := best_in(token, document)) is None:
            return None
        match = best[0]
        if match.how not in ("typo", "prefix"):
            return None
        several = match.name is not None and sum(one.term in match.name.parts for one in token.matches) > 1
        own = next((one.word for one in token.matches if match.name and one.term in match.name.parts), match.word)
        return match.word.lower() if several else own

    def _ignored(self, query: Query, documents: Sequence[int]) -> tuple[str, ...]:
        """The specific words of a query that no hit has; without hits, those that the list does not know."""
        content = [one for one in query.content if self._is_rare(one)]
        if not documents:
            return tuple(token.typed for token in content if not token.is_explained) if len(query.content) > 1 else ()
        return tuple(one.typed for one in content if not any(best_in(one, document) for document in documents))

    def _nearest(self, query: Query) -> tuple[Topic, ...]:
        """Topics and headings to try when nothing fits: those that share a word with the query."""
        matches = [match for token in query.content if self._is_specific(token) for match in token.matches]
        topics = [name.topic for match in matches for name in match.term.names if name.topic is not None]
        return tuple({topic.name: topic for topic in topics}.values())[:MAX_NEAREST]


def _makes_one(one: tuple[Token, Match, int], other: tuple[Token, Match, int]) -> bool:
    """Whether neighbours make one reason: parts of one name, or words of one field that match exactly or alike."""
    (_, match, field), (_, another, other_field) = one, other
    if match.name is not None or another.name is not None:
        return match.name is another.name or match.term is another.term
    return field == other_field and (match.how == another.how == "exact" or match.word == another.word)


def _typed(tokens: Sequence[Token]) -> str:
    return _joined([(token.typed, token.continues) for token in tokens])


def _joined(parts: Iterable[tuple[str, bool]]) -> str:
    """Words with spaces between, each once; a pair that overlaps the one before adds its last character."""
    found: list[str] = []
    for word, continues in parts:
        if continues and found and found[-1][-1] == word[0]:
            found[-1] += word[1:]
        elif word not in found:
            found.append(word)
    return " ".join(found)
