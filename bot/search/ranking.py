"""Scores: how much of a query a document explains.

    score(d) = sum over tokens t of  weight(t) * credit(t, d)
               ----------------------------------------------
                        sum over tokens t of weight(t)

The credit of a token is BM25F's saturated sum of field weights for the best of its matches, and that of the best name
that it belongs to: x and y become x + y in odds, as one more field would. So scores run from 0 to 1 and mean the same
for every query, and words that nothing explains lower all of them: that is what makes silence possible.

Only documents that can still reach the cutoff are looked at (MaxScore: Turtle and Flood, Query evaluation: strategies
and optimizations, 1995). Tokens are taken from the weightiest (the rarest) on; once those left could not lift a new
document over the cutoff, they only add to the documents found so far.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from heapq import nlargest
from itertools import chain, islice
from operator import itemgetter
from typing import NamedTuple

from rapidfuzz import fuzz

from bot.search.corpus import SUMMARY, Corpus
from bot.search.query import Budget, Query, Role, Token
from bot.search.vocabulary import Match

DEPTH = 100
"""Documents that are scored to the end."""
COMPARED, NEAR_BEST = 50, 0.5
"""Documents whose titles are compared with the query letter by letter, and the share of the best score from which one
is: what can no longer be first needs no comparison. At 100 the slowest percent of queries takes a third longer."""
SHORTEST_COMPARED, SHORTEST_PIECE = 4, 10
"""Letters from which a query is compared with titles, and from which it counts as a piece of one."""
MAX_SOFT = 8
"""Soft words of a query that are looked at."""
LATER = 0.9
"""The score of the rest of the path for who asks where to begin, where a heading or a level is for beginners."""

Scores = dict[int, float]


class Ranked(NamedTuple):
    """A query with the documents that answer it, the best first, each with its score."""

    query: Query
    documents: Sequence[int]
    scores: Scores


class Ranker:
    """Ranks the documents of one corpus."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._constants = corpus.constants

    def rank(self, query: Query) -> Ranked:
        """What answers a query."""
        content = query.content
        if query.begins:
            return self._path(query)
        found = self._found(content, query.budget)
        scores = self._scored(query, content, found)
        strong = self._above_cutoff(query, content, scores, self._refine(query, scores))
        return _ranked(query, strong or (self._by_letters(query) if content else {}))

    def _found(self, content: Sequence[Token], budget: Budget) -> Scores:
        """The sums of weights and credits of all documents that may be among the best."""
        left = sum([token.weight for token in content if token.is_explained])
        floor = 0.0
        sums: Scores = {}
        for token in sorted((one for one in content if one.is_explained), key=lambda one: -one.weight):
            weight = token.weight
            if left >= floor and (budget.left > 0 or not sums):
                known, pairs = sums.get, credits(token, budget).items()
                sums.update([(document, known(document, 0.0) + weight * credit) for document, credit in pairs])
                floor = max(floor, self._constants.relative * max(sums.values(), default=0.0))
            else:
                sums = _best(sums)
                sums.update([(one, known + weight * credit_in(token, one)) for one, known in sums.items()])
            left -= weight
        return _best(sums)

    def _scored(self, query: Query, content: Sequence[Token], sums: Scores) -> Scores:
        """The scores with what soft words add."""
        explained = [one for one in query.of_role(Role.SOFT, Role.KIND, Role.LEVEL) if one.is_explained]
        soft = list({token.word: token for token in explained}.values())[:MAX_SOFT]
        whole = sum([token.weight for token in (*content, *soft)]) or 1.0
        added = {one: sum([token.weight * credit_in(token, one) for token in soft]) for one in sums}
        return {document: (total + added[document]) / whole for document, total in sums.items()}

    def _refine(self, query: Query, scores: Scores) -> set[int]:
        """Mix the likeness to the title into the scores; returns the documents of whose title the query is a piece, a
        typo or two aside."""
        of, titles = self._constants, self._corpus.titles
        typed = " ".join([token.word for token in query.tokens])
        read = " ".join([token.matches[0].word if token.matches else token.word for token in query.tokens])
        texts, pieces = {typed, read.lower()}, set()
        floor = NEAR_BEST * max(scores.values(), default=0.0)
        likeliest = nlargest(COMPARED, scores, key=scores.__getitem__) if len(typed) >= SHORTEST_COMPARED else []
        for document in [one for one in likeliest if scores[one] >= floor]:
            like = max([_likeness(text, titles[document]) for text in texts])
            score = scores[document] * (1 - of.likeness) + of.likeness * max(0.0, like / 50 - 1)
            if like >= of.piece:
                score = max(score, like / 100 * (1 + score) / 2)
                pieces.add(document)
            scores[document] = score
        return pieces

    def _above_cutoff(self, query: Query, content: Sequence[Token], scores: Scores, pieces: set[int]) -> Scores:
        """The rule of silence: a hit explains more of the query than the list does not know, by a ratio."""
        of = self._constants
        unknown = of.against_unknown * self._unknown(query, content)
        strong: Scores = {}
        floor = 0.0
        for tried, document in enumerate(sorted(scores, key=scores.__getitem__, reverse=True)):
            score = scores[document]
            if score < floor or (not strong and tried > COMPARED):
                break
            # No document scores more than it explains.
            if document in pieces or not unknown or self._explained(content, document) >= unknown:
                strong[document] = score
                floor = floor or of.relative * score
        return strong

    def _unknown(self, query: Query, content: Sequence[Token]) -> float:
        """The weight of what the list does not know. Where it knows general words alone ("movie tonight"), the others
        weigh as much as any unknown word; but a question may tell circumstances too."""
        specificity, special = self._corpus.language.specificity, self._constants.special
        full = not query.question and all(specificity(token.word) < special for token in content if token.is_explained)
        unknown = self._corpus.unknown if full else 0.0
        weights = [one.weight if one.is_explained else max(unknown, one.weight) for one in content]
        return sum([weight * (1 - one.best_score) for weight, one in zip(weights, content, strict=True)])

    def _explained(self, content: Sequence[Token], document: int) -> float:
        """The weight of the tokens that a document has, each by how well it matches."""
        found = [(token.weight, best) for token in content if (best := best_in(token, document)) is not None]
        share = self._constants.summary_explains
        return sum([weight * match.score * (share if field == SUMMARY else 1.0) for weight, (match, field) in found])

    def _by_letters(self, query: Query) -> Scores:
        """Titles that the query is a piece of, but for typos in words too short to be corrected: "attention is all you
        ned". Only titles that share one of its rarer words are compared."""
        typed = " ".join([token.word for token in query.tokens])
        lists = [token.matches[0].term.documents for token in query.tokens if token.matches]
        shared = set(islice(chain.from_iterable(one for one in lists if len(one) <= DEPTH), DEPTH))
        likeness = {one: _likeness(typed, self._corpus.titles[one]) for one in shared}
        return {document: like / 100 for document, like in likeness.items() if like >= self._constants.piece}

    def _path(self, query: Query) -> Ranked:
        """The path for who asks where to begin, first what is of a kind, level or heading asked for."""
        first: set[int] = set()
        for match in (match for token in query.content for match in (*token.names, *token.matches[:1])):
            if query.budget.spend(len(match.term.documents)):
                first.update(match.term.documents)
        every = dict.fromkeys(islice(chain(sorted(first), range(len(self._corpus.resources))), 2 * DEPTH))
        return _ranked(query, {one: 1.0 if one in first or not first else LATER for one in every})


def _ranked(query: Query, scores: Scores) -> Ranked:
    return Ranked(query, sorted(scores, key=lambda document: (-scores[document], document)), scores)


def credits(token: Token, budget: Budget) -> Scores:
    """The credit of a token in every document that has it; once the budget is spent, by its first match alone."""
    found = _gathered(token.matches, budget)
    for document, value in _gathered(token.names, budget, is_first=not found).items():
        found[document] = together(found[document], value) if document in found else value
    return found


def _gathered(matches: Sequence[Match], budget: Budget, *, is_first: bool = True) -> Scores:
    found: Scores = {}
    for term, score, *_ in matches:
        if not budget.spend(len(term.documents)) and (found or not is_first):
            break
        pairs = zip(term.documents, term.credits, strict=True)
        if found:
            found.update([(one, score * value) for one, value in pairs if score * value > found.get(one, 0.0)])
        else:
            found = {document: score * value for document, value in pairs}
    return found


def together(one: float, other: float) -> float:
    """The credit of two fields: the sum of the odds of each, saturated again."""
    odds = one / (1 - one + 1e-9) + other / (1 - other + 1e-9)
    return odds / (1 + odds)


def _best(sums: Scores) -> Scores:
    return dict(nlargest(DEPTH, sums.items(), key=itemgetter(1))) if len(sums) > DEPTH else sums


def credit_in(token: Token, document: int) -> float:
    """The credit of a token in one document."""
    word = _best_in(token.matches, document)[0]
    return together(word, _best_in(token.names, document)[0]) if token.names else word


def _best_in(matches: Iterable[Match], document: int) -> tuple[float, Match | None, int]:
    """The most that any of some matches earns a document, which of them does, and in which field."""
    best, by, field = 0.0, None, SUMMARY
    for match in matches:
        term, score = match[0], match[1]
        if score > best and (at := term.find(document)) >= 0 and (value := score * term.credits[at]) > best:
            best, by, field = value, match, term.fields[at]
    return best, by, field


def best_in(token: Token, document: int) -> tuple[Match, int] | None:
    """The match by which a token is in a document, and the field: a name before a word of a summary."""
    word, name = _best_in(token.matches, document), _best_in(token.names, document)
    _, match, field = name if name[0] >= word[0] else word
    return (match, field) if match is not None else None


def _likeness(text: str, title: str) -> float:
    """From 50 to 100, how much of a text is in a title in one piece; 0 for less, and for titles that are shorter."""
    return fuzz.partial_ratio(text, title, score_cutoff=50) if len(title) + 1 >= len(text) else 0.0
