"""From a query that was read to scored documents.

read query ──> evidence at each of its words ──> scores ──> once more with slips ──> by closeness ──> cut
               words, phrases, titles            ranking    of words that nothing    to the title
                                                            explained
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from heapq import nlargest, nsmallest
from itertools import islice
from typing import NamedTuple

from rapidfuzz import fuzz

from bot.search.corpus import Corpus
from bot.search.phrases import LONGEST, Phrase
from bot.search.query import FILLER, Query, Role, Token
from bot.search.ranking import Accept, Evidence, Owned, Scores, earned, score
from bot.search.stemming import stem
from bot.search.vocabulary import ONE_EDIT, STEM, Reading

CUTOFF = 0.4
"""The least score that is shown: two fifths of what the query tells, explained by what a resource is about. At 0 any
shared word is an answer; at 1 only a title or topic typed exactly is."""
RELATIVE = 0.45
"""The least share of the best score that is shown. At 0 a title that was typed whole drags along everything with one
of its words; at 1 only the best is shown."""
CLOSENESS = 0.06
"""How much of a score is the likeness to the title. At 0 many titles with the same words tie; at 1 it would be the
whole-string comparison that finds "and" in everything."""
REFINED = 40
"""Documents whose titles are compared letter by letter: those with the highest scores."""
SAME_RUN = 88.0
"""The likeness (0 to 100) from which a query counts as a piece of a title, a slip or two aside."""
ONE_OF = 0.7
"""What a resource is worth to a query that asks for several things, if it is about one of them. At 1 it would beat one
that is about all; under CUTOFF it would never be shown."""
ANSWERED = 0.5
"""The credit from which a hit answers a word of such a query. At 0 a word in its summary would do; at 1 only its first
topic."""
SHORTEST_PIECE = 10
"""Letters from which a query is compared with titles letter by letter. At 4 "bert" is in "Mixture of Experts"; at 20
"how pt3 works" finds nothing."""
FAINT = 0.01
"""The least score of a title that is compared so: it shares a word."""
MOST_READ = 300
"""Documents of a word that titles are compared for. Without a limit "the" has the whole index compared."""
NAMED = 0.3
"""The share of their full weight that stop words and fillers gain once the query is a piece of a title. At 0 "attention
is all you need" is no more than "attention"; at 1 "how gpt3 works" would find nothing else about GPT-3."""


class Findings(NamedTuple):
    """What was found: the evidence at each token of the query, and the documents with their scores."""

    query: Query
    evidence: Sequence[Evidence]
    scores: Scores
    corpus: Corpus

    def explained_by(self, place: int, reading: Reading, document: int) -> bool:
        """Whether a document has the word that a token may stand for, in a field or a phrase of its own."""
        if reading.term in self.corpus.postings.credits(document):
            return True
        return any(document in one.documents and reading.term in one.terms for one in self.evidence[place].owned)

    def first(self) -> int | None:
        """The document with the highest score, if any was found."""
        return min(self.scores, key=lambda document: (-self.scores[document], document), default=None)

    def best(self) -> list[int]:
        """The documents, the highest score first; those that tie in path order."""
        return sorted(self.scores, key=lambda document: (-self.scores[document], document))


def find(corpus: Corpus, query: Query, accept: Accept | None) -> Findings:
    """What answers a query in a corpus; `accept` says which documents may be among it, None: all of them."""
    content = query.content
    if not content:
        return Findings(query, _evidence(corpus, query), _without_content(corpus, query, accept), corpus)
    findings = _scored(corpus, query, accept)
    best = findings.first()
    if best is None or not _answers_all(corpus, findings, best):
        findings = _second_look(corpus, findings, best, accept)
    return Findings(findings.query, findings.evidence, _cut(_refined(corpus, query, findings.scores)), corpus)


def _second_look(corpus: Corpus, findings: Findings, best: int | None, accept: Accept | None) -> Findings:
    """What else the query may mean, if the best hit leaves some of it unanswered."""
    if corrected := _with_slips(corpus, findings, best):
        findings = _scored(corpus, corrected, accept)
    findings = _with_each(corpus, findings, accept)
    if not findings.scores:
        findings = findings._replace(scores=_by_letters(corpus, findings, accept))
    return findings


def _evidence(corpus: Corpus, query: Query) -> list[Evidence]:
    evidence = [Evidence(token.weight, token.readings) for token in query.tokens]
    for owned in (*_met(corpus, query), *_run_together(corpus, query), *_misspelt(corpus, query)):
        for place in owned.places:
            evidence[place].owned.append(owned)
    return evidence


def _met(corpus: Corpus, query: Query) -> Iterator[Owned]:
    """Topics and aliases whose words the query holds."""
    readings = [() if token.role is Role.STOP else token.readings for token in query.tokens]
    for match in corpus.phrases.met(readings):
        yield _owned(corpus, match.phrase, match.places, match.quality, match.how)


def _run_together(corpus: Corpus, query: Query) -> Iterator[Owned]:
    """Topics, aliases and whole titles whose letters the query holds in one run."""
    said = [place for place, token in enumerate(query.tokens) if token.role is not Role.STOP]
    stems = [stem(query.tokens[place].word) for place in said]
    for start in range(len(said)):
        run = ""
        for end in range(start, min(len(said), start + LONGEST)):
            run += stems[end]
            for phrase in corpus.phrases.run(run):
                yield _owned(corpus, phrase, frozenset(said[start : end + 1]), STEM, "joined")
            for document in corpus.by_title.get(run, ()):
                title = corpus.resources[document].title
                yield Owned({document: 1.0}, 1.0, "title", "exact", title, (), frozenset(said[start : end + 1]))


def _misspelt(corpus: Corpus, query: Query) -> Iterator[Owned]:
    """Topics and aliases that a word which means nothing else nearly is, once their spaces are left out."""
    for place in query.content:
        token = query.tokens[place]
        if not token.readings:
            for phrase in corpus.phrases.near(token.word):
                yield _owned(corpus, phrase, frozenset((place,)), ONE_EDIT, "typo")


def _owned(corpus: Corpus, phrase: Phrase, places: frozenset[int], quality: float, how: str) -> Owned:
    owner = corpus.owners[phrase.owner]
    return Owned(owner.documents, quality, owner.field, how, phrase.text, phrase.terms, places, owner.topic)


def _scored(corpus: Corpus, query: Query, accept: Accept | None) -> Findings:
    evidence = _evidence(corpus, query)
    telling = [evidence[place] for place in query.content]
    of_kind = _of_kinds(corpus, query.kinds, accept)
    scores = score(telling, corpus.postings, CUTOFF, of_kind) if query.kinds else {}
    return Findings(query, evidence, scores or score(telling, corpus.postings, CUTOFF, accept), corpus)


def _of_kinds(corpus: Corpus, kinds: Collection[str], accept: Accept | None) -> Accept:
    return lambda document: corpus.resources[document].kind in kinds and (accept is None or accept(document))


def _with_each(corpus: Corpus, findings: Findings, accept: Accept | None) -> Findings:
    """With what answers one of several things that a query asks for, like "bert vs gpt", where no hit answers all.

    Every word must belong to the name of something here, so that "bert and ernie" stays unanswered.
    """
    places = findings.query.content
    if len(places) < 2 or any(_answers_all(corpus, findings, one) for one in islice(findings.scores, REFINED)):
        return findings
    scores = dict(findings.scores)
    for place in places:
        named = _named_by(corpus, findings.evidence[place])
        if not named:
            return findings
        for document, credit in named.items():
            if accept is None or accept(document):
                scores[document] = max(scores.get(document, 0.0), ONE_OF * credit)
    return findings._replace(scores=scores)


def _by_letters(corpus: Corpus, findings: Findings, accept: Accept | None) -> Scores:
    """Titles that the query is but for a slip in a word too short to be corrected: "attention is all you ned".

    Only titles that share a word with it are compared, and no more of them than REFINED.
    """
    text = findings.query.spoken()
    if len(text) < SHORTEST_PIECE:
        return {}
    shared = [one for one in findings.evidence if one.readings and _count(corpus, one) <= MOST_READ]
    scores = score(shared, corpus.postings, FAINT, accept)
    nearest = nlargest(REFINED, scores, key=lambda document: (scores[document], -document))
    likeness = {document: _likeness(text, corpus.spoken_titles[document]) for document in nearest}
    return {document: like / 100 for document, like in likeness.items() if like >= SAME_RUN}


def _count(corpus: Corpus, evidence: Evidence) -> int:
    return sum([len(corpus.postings.documents(reading.term)) for reading in evidence.readings])


def _answers_all(corpus: Corpus, findings: Findings, document: int) -> bool:
    credits = corpus.postings.credits(document)
    return all(earned(findings.evidence[place], credits, document) >= ANSWERED for place in findings.query.content)


def _named_by(corpus: Corpus, evidence: Evidence) -> Scores:
    """The documents that a word names: by a topic or an alias that was typed whole, or by their author."""
    named: Scores = {}
    for owned in evidence.owned:
        if owned.quality >= STEM:
            for document, central in owned.documents.items():
                named[document] = max(named.get(document, 0.0), central)
    for reading in evidence.readings:
        documents = corpus.postings.documents(reading.term) if reading.quality >= STEM else ()
        for document in documents[:REFINED]:
            credit = corpus.postings.credits(document)[reading.term]
            if credit.field == "author":
                named[document] = max(named.get(document, 0.0), credit.value)
    return named


def _with_slips(corpus: Corpus, findings: Findings, best: int | None) -> Query | None:
    """The query with more readings for known words that do not fit: "batch" for a typed "patch"; None if all fit."""
    query = findings.query
    slips = {
        place: corpus.vocabulary.slips(query.tokens[place].word)
        for place in query.content
        if query.tokens[place].known and not (best is not None and _explains(corpus, findings.evidence[place], best))
    }
    if not any(slips.values()):
        return None
    tokens = [token.also(slips.get(place, ())) for place, token in enumerate(query.tokens)]
    return query.replaced(tokens)


def _explains(corpus: Corpus, evidence: Evidence, document: int) -> bool:
    return earned(evidence, corpus.postings.credits(document), document) > 0


def _without_content(corpus: Corpus, query: Query, accept: Accept | None) -> Scores:
    """For queries of kinds alone, all of that kind; for stop words alone, titles with just that run of words."""
    if query.kinds:
        of_kind = _of_kinds(corpus, query.kinds, accept)
        return {document: 1.0 for document in range(len(corpus.resources)) if of_kind(document)}
    if len(query.tokens) < 2:
        return {}
    words = [token.word for token in query.tokens]
    return {
        document: 1.0 - CLOSENESS
        for document in _holding_all(corpus, query.tokens)
        if (accept is None or accept(document)) and f" {' '.join(words)} " in f" {' '.join(corpus.titles[document])} "
    }


def _holding_all(corpus: Corpus, tokens: Iterable[Token]) -> set[int]:
    holding = [
        {document for reading in token.readings for document in corpus.postings.documents(reading.term)}
        for token in tokens
    ]
    return set.intersection(*holding)


def _refined(corpus: Corpus, query: Query, scores: Scores) -> Scores:
    """The scores with the likeness to the title mixed in."""
    text = query.spoken()
    highest: Iterable[int] = scores
    if len(scores) > REFINED:
        highest = nsmallest(REFINED, scores, key=lambda document: (-scores[document], document))
    likeness = {document: _likeness(text, corpus.spoken_titles[document]) for document in highest}
    refined = {
        document: value * (1 - CLOSENESS) + CLOSENESS * max(0.0, likeness.get(document, 0.0) / 50 - 1)
        for document, value in scores.items()
    }
    pieces = {document for document, like in likeness.items() if like >= SAME_RUN}
    return _named(query, refined, pieces) if pieces else refined


def _likeness(text: str, title: str) -> float:
    """From 0 to 100, how much of a text stands in a title in one piece; 0 if the title is the shorter one."""
    return fuzz.partial_ratio(text, title) if len(title) + 1 >= len(text) else 0.0


def _named(query: Query, scores: Scores, pieces: set[int]) -> Scores:
    """The scores when the query is a piece of some titles: its light words count too, and the others lack them."""
    told = sum(token.weight for token in query.tokens if token.role is Role.CONTENT)
    light = sum(token.weight for token in query.tokens if token.role is not Role.CONTENT) / FILLER * NAMED
    share = told / (told + light)
    return {document: value if document in pieces else value * share for document, value in scores.items()}


def _cut(scores: Scores) -> Scores:
    floor = max(CUTOFF, RELATIVE * max(scores.values(), default=0.0))
    return {document: value for document, value in scores.items() if value >= floor}
