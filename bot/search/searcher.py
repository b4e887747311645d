"""From a parsed query to scored documents.

query ──> clauses ──> scores ──> second look: typos in known words, one of several things, titles by letters
          terms,      scoring
          phrases,           ──> likeness to the title ──> cutoff
          titles,
          initials
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import nlargest, nsmallest
from itertools import islice
from math import log10

from rapidfuzz import fuzz

from bot.search.corpus import Corpus
from bot.search.phrases import LONGEST_RUN, Label, Phrase, PhraseMatch
from bot.search.query import Query, Role, Token
from bot.search.scoring import Accept, Clause, Scores, earned, in_a_name, score
from bot.search.vocabulary import ONE_EDIT, STEM, Candidate

CUTOFF, ANNOTATED_CUTOFF = 0.27, 0.32
"""The least score that is shown: a quarter of what the query tells, explained by a resource. At 0 any shared word is an
answer; at 1 only a title or topic typed exactly is. It rises to the second with the share of resources that have
topics: where a curator said what each is about, a word that nobody named is a stronger sign that nothing fits."""
BLIND_CUTOFF, BLIND_GROWTH, MOST_BLIND_CUTOFF = 0.25, 0.063, 0.45
"""The least score of a resource that has no special word of the query (see SPECIAL), or has it in its summary alone,
while a weightier one is unknown: the first, and the second for each power of ten of the list's length, since a longer
list has more words by chance; at most the third, which holds where the resources have topics. At CUTOFF "weather in
berlin" finds a lecture held there; at 1 one word that the list does not have silences all others."""
SPECIAL = 0.9
"""How much a word must tell by itself for a resource that has it to be shown although a weightier word is unknown. At 0
a "schedule" in a title answers for a bus; at 1 "observability" alone finds nothing beside a word that nobody knows."""
RELATIVE_CUTOFF = 0.42
"""The least share of the best score that is shown. At 0 a title that was typed whole drags along everything with one
of its words; at 1 only the best is shown."""
CLOSENESS = 0.06
"""How much of a score is the likeness to the title. At 0 many titles with the same words tie; at 1 it would be the
whole-string comparison that finds "and" in everything."""
REFINED = 40
"""Documents whose titles are compared letter by letter: those with the highest scores."""
NEAR_BEST = 0.6
"""The share of the best score from which a title is compared so. At 0 work is done for what cannot come first any more;
at 1 of two titles with the same words the wrong one may win."""
MOST_UNUSUAL = 3
"""Unknown words of a query that are looked up as initials, each of which is a search through all of the list's."""
INITIALS_WORK = 700
"""What such a word takes of a query's work, in postings that are read in that time."""
PIECE_LIKENESS = 88.0
"""The likeness (0 to 100) from which a query counts as a piece of a title, a typo or two aside."""
ONE_OF = 0.7
"""What a resource is worth to a query that asks for several things, if it is about one of them. At 1 it would beat one
that is about all; under CUTOFF it would never be shown."""
ANSWERED = 0.5
"""The credit from which a hit answers a word of such a query. At 0 any credit would do; at 1 only its first topic."""
WEAK = 0.6
"""The score under which the best hit may not be what was meant, so that titles are compared letter by letter."""
SHORTEST_PIECE = 10
"""Letters from which a query is compared with titles letter by letter. At 4 "bert" is in "Mixture of Experts"; at 20
"how pt3 works" finds nothing."""
FAINT = 0.01
"""The least score of a title that is compared so: it shares a word."""
MOST_POSTINGS = 300
"""Documents of a word that titles are compared for. Without a limit "the" has the whole index compared."""
LATER = 0.9
"""What the path is worth to who asks where to begin, where a heading says that another part is for beginners."""
EARLY = 0.08
"""How much of a score is the place on the path, where a query asks where to begin with something. At 0 it is no
question of beginning; at 1 the first resource answers everything."""


@dataclass(frozen=True, slots=True)
class Result:
    """What was found for a query: the clause of each token, and the documents with their scores."""

    query: Query
    clauses: Sequence[Clause]
    scores: Scores

    @property
    def first(self) -> int | None:
        """The document with the highest score, if any was found."""
        best = max(self.scores.values(), default=0.0)
        return min([document for document, value in self.scores.items() if value == best], default=None)

    def ranked(self) -> list[int]:
        """The documents, the highest score first; those that tie in path order."""
        return sorted(self.scores, key=lambda document: (-self.scores[document], document))


class Searcher:
    """Finds the documents of one corpus that answer a query."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        annotated = sum(bool(resource.topics) for resource in corpus.resources) / (len(corpus.resources) or 1)
        self._cutoff = CUTOFF + (ANNOTATED_CUTOFF - CUTOFF) * annotated
        blind = min(MOST_BLIND_CUTOFF, BLIND_CUTOFF + BLIND_GROWTH * log10(len(corpus.resources) or 1))
        self._blind_cutoff = blind + (MOST_BLIND_CUTOFF - blind) * annotated

    def find(self, query: Query, accept: Accept | None = None) -> Result:
        """What answers a query; `accept` says which documents may be among it, None: all of them."""
        if query.content and all(query.tokens[place].word.isdigit() for place in query.content):
            query = query.with_tokens(token._replace(candidates=()) for token in query.tokens)  # names alone count
        if not query.content:
            query = self._with_named(query)
        if not query.content:
            return Result(query, self._clauses(query), self._without_content(query, accept))
        result = self._scored(query, accept)
        best = result.first
        if best is None or not self._answers_all(result, best):
            result = self._second_look(result, best, accept)
        return Result(
            result.query, result.clauses, self._above_cutoff(result, *self._refined(result.query, result.scores))
        )

    def _with_named(self, query: Query) -> Query:
        """A query of words of asking alone, where one that is a whole heading or topic is content: "tutorials"."""
        clauses, beginning = self._clauses(query), self._corpus.language.beginning
        named = {
            place
            for place in query.places(Role.ASKING)
            if query.tokens[place].word not in beginning
            for match in clauses[place].phrases
            if match.score >= STEM and match.phrase.label.field != "title" and not query.thanks
        }
        roles = ((place in named, token) for place, token in enumerate(query.tokens))
        return query.with_tokens(token._replace(role=Role.CONTENT) if name else token for name, token in roles)

    def explains(self, result: Result, place: int, candidate: Candidate, document: int) -> bool:
        """Whether a document has the term of a candidate, in a field or in a phrase that stands for it."""
        if candidate.term in self._corpus.postings.credits(document):
            return True
        phrases = result.clauses[place].phrases
        return any(document in one.documents and candidate.term in one.phrase.terms for one in phrases)

    # Clauses: what is looked up for each token.

    def _clauses(self, query: Query) -> list[Clause]:
        clauses = [Clause(token.weight, token.candidates) for token in query.tokens]
        for match in self._phrase_matches(query):
            for place in match.places:
                clauses[place].phrases.append(match)
        return clauses

    def _phrase_matches(self, query: Query) -> Iterator[PhraseMatch]:
        candidates = [() if token.role is Role.STOP else token.candidates for token in query.tokens]
        yield from self._corpus.phrases.match(candidates)
        yield from self._run_together(query)
        unusual = [place for place in query.content if self._is_unusual(query.tokens[place])]
        for place in unusual[:MOST_UNUSUAL]:
            if not self._corpus.initials.remembers(query.tokens[place].word):
                if query.work.left <= 0:
                    return
                query.work.left -= INITIALS_WORK
            yield from self._unusual_word(query.tokens[place], frozenset((place,)))

    def _run_together(self, query: Query) -> Iterator[PhraseMatch]:
        """Topics, aliases, headings and whole titles whose letters the query holds in one run."""
        corpus = self._corpus
        places = [place for place, token in enumerate(query.tokens) if token.role is not Role.STOP]
        terms = [corpus.stem(query.tokens[place].word) for place in places]
        for start in range(len(places)):
            run = ""
            for end in range(start, min(len(places), start + LONGEST_RUN)):
                run += terms[end]
                matched = frozenset(places[start : end + 1])
                for phrase in corpus.phrases.of_letters(run):
                    yield PhraseMatch(phrase, matched, STEM, "joined")
                for document in corpus.by_title.get(run, ()):
                    yield self._title_match(document, matched)

    def _title_match(self, document: int, places: frozenset[int]) -> PhraseMatch:
        title = self._corpus.resources[document].title
        return PhraseMatch(Phrase({}, 0.0, 0.0, Label({document: 1.0}, "title"), title), places, 1.0, "exact")

    def _is_unusual(self, token: Token) -> bool:
        """Whether a word may be initials: it is unknown here, in capitals here, or only in a summary, and no word of
        the language."""
        corpus = self._corpus
        known_only_there = token.known and not corpus.vocabulary.is_name(token.word)
        may_be = not token.candidates or known_only_there or token.word in corpus.capitals
        return may_be and corpus.language.telling(token.word) == 1

    def _unusual_word(self, token: Token, places: frozenset[int]) -> Iterator[PhraseMatch]:
        """Names that a word which means nothing else nearly is without their spaces, or is the initials of."""
        if not token.candidates:
            for phrase in self._corpus.phrases.near(token.word):
                yield PhraseMatch(phrase, places, ONE_EDIT, "typo")
        for label, match_score, text in self._corpus.initials.matches(token.word):
            yield PhraseMatch(Phrase({}, 0.0, 0.0, label, text), places, match_score, "initials")

    # Scores.

    def _scored(self, query: Query, accept: Accept | None) -> Result:
        clauses = self._clauses(query)
        content = [clauses[place] for place in query.content]
        named = self._of_named(query, accept)
        scores = (
            score(content, self._corpus.postings, query.work, self._cutoff, RELATIVE_CUTOFF - CLOSENESS, named)
            if named is not accept
            else {}
        )
        return Result(
            query,
            clauses,
            scores
            or score(content, self._corpus.postings, query.work, self._cutoff, RELATIVE_CUTOFF - CLOSENESS, accept),
        )

    def _of_named(self, query: Query, accept: Accept | None) -> Accept | None:
        """Accepts what is of the kinds and levels that a query names; `accept` itself if it names none."""
        if not query.kinds and not query.levels:
            return accept
        resources, kinds, levels = self._corpus.resources, query.kinds, query.levels

        def named(document: int) -> bool:
            resource = resources[document]
            of_kind = not kinds or resource.kind in kinds
            of_level = not levels or resource.level in levels
            return of_kind and of_level and (accept is None or accept(document))

        return named

    def _second_look(self, result: Result, best: int | None, accept: Accept | None) -> Result:
        """What else the query may mean, if the best hit leaves some of it unanswered."""
        if corrected := self._with_typos(result, best):
            result = self._scored(corrected, accept)
            if best is None:
                every = {one: value for one, value in result.scores.items() if self._answers_all(result, one)}
                result = Result(result.query, result.clauses, every)
        scores = self._with_one_of_several(result, accept)
        if max(scores.values(), default=0.0) < WEAK:
            scores = scores | self._by_letters(result, accept)
        return Result(result.query, result.clauses, scores)

    def _answers_all(self, result: Result, document: int) -> bool:
        credits = self._corpus.postings.credits(document)
        return all(earned(result.clauses[place], credits, document) >= ANSWERED for place in result.query.content)

    def _with_typos(self, result: Result, best: int | None) -> Query | None:
        """The query with more candidates for words that do not fit ("batch" for "patch"); None if all fit.

        A word that is only known to the language is corrected beside others; where nothing was found before, what has
        all of them is looked for.
        """
        query = result.query
        several = len(query.content) > 1
        typos = {
            place: self._corpus.vocabulary.typos(query.tokens[place].word)
            for place in query.content
            if (query.tokens[place].known or (several and not query.tokens[place].candidates))
            and not self.earns(result.clauses[place], best)
        }
        if not any(typos.values()):
            return None
        return query.with_tokens(self._adding(token, typos.get(place, ())) for place, token in enumerate(query.tokens))

    def _adding(self, token: Token, candidates: Sequence[Candidate]) -> Token:
        """The token with more candidates; where it had none, it weighs what the commonest of them does."""
        if candidates and not token.candidates:
            token = token._replace(weight=min(self._corpus.weight(one.term) for one in candidates))
        return token.adding(candidates)

    def earns(self, clause: Clause, document: int | None) -> bool:
        """Whether a document has anything for a clause."""
        return document is not None and earned(clause, self._corpus.postings.credits(document), document) > 0

    def _with_one_of_several(self, result: Result, accept: Accept | None) -> Scores:
        """The scores with what answers one of several things that a query asks for, where no hit answers all.

        Every word must belong to the name of something here, so that "bert and ernie" stays unanswered.
        """
        places = result.query.content
        if len(places) < 2 or any(self._answers_all(result, one) for one in islice(result.scores, REFINED)):
            return result.scores
        scores = dict(result.scores)
        for place in places:
            named = self._named_by(result.clauses[place])
            if not named:
                return result.scores
            for document, credit in named.items():
                if accept is None or accept(document):
                    scores[document] = max(scores.get(document, 0.0), ONE_OF * credit)
        return scores

    def _named_by(self, clause: Clause) -> Scores:
        """The documents that a word names: by a topic, alias or heading that was typed whole, or by their author."""
        named: Scores = {}
        for match in clause.phrases:
            if match.score >= STEM:
                for document, credit in match.documents.items():
                    named[document] = max(named.get(document, 0.0), credit)
        postings = self._corpus.postings
        for candidate in clause.candidates:
            documents = postings.documents(candidate.term) if candidate.score >= STEM else ()
            for document in documents[:REFINED]:
                value, field = postings.credits(document)[candidate.term]
                if field == "author":
                    named[document] = max(named.get(document, 0.0), value)
        return named

    def _by_letters(self, result: Result, accept: Accept | None) -> Scores:
        """Titles that the query is but for a typo in a word too short to be corrected: "attention is all you ned".

        Only titles that share a word with it are compared, and no more of them than REFINED.
        """
        text = result.query.whole()
        if len(text) < SHORTEST_PIECE:
            return {}
        shared = [one for one in result.clauses if one.candidates and self._length(one) <= MOST_POSTINGS]
        scores = score(shared, self._corpus.postings, result.query.work, FAINT, accept=accept)
        nearest = nlargest(REFINED, scores, key=lambda document: (scores[document], -document))
        likeness = {document: _likeness(text, self._corpus.title_texts[document]) for document in nearest}
        return {document: like / 100 for document, like in likeness.items() if like >= PIECE_LIKENESS}

    def _length(self, clause: Clause) -> int:
        return sum([len(self._corpus.postings.documents(candidate.term)) for candidate in clause.candidates])

    def _without_content(self, query: Query, accept: Accept | None) -> Scores:
        """For kinds or levels alone all of them, for where to begin the path, for stop words titles with that run."""
        if query.thanks:
            return {}
        named = self._of_named(query, accept)
        if named is not accept or query.start:
            return self._beginning(query, named)
        if len(query.tokens) < 2:
            return {}
        run = f" {query.whole()} "
        return {
            document: 1.0 - CLOSENESS
            for document in self._holding_all(query.tokens)
            if (accept is None or accept(document)) and run in f" {self._corpus.title_texts[document]} "
        }

    def _beginning(self, query: Query, accept: Accept | None) -> Scores:
        """What is accepted; where the query asks for a beginning, what is under a heading of that word comes first."""
        clauses = self._clauses(query)
        first = {
            document
            for place, token in enumerate(query.tokens)
            for match in (clauses[place].phrases if token.role is Role.ASKING else ())
            if match.phrase.label.field == "heading"
            for document in match.documents
        }
        every = range(len(self._corpus.resources))
        scores = {one: 1.0 for one in every if accept is None or accept(one)}
        return {one: value if one in first or not first else LATER for one, value in scores.items()}

    def _holding_all(self, tokens: Iterable[Token]) -> Iterable[int]:
        """The documents that hold every token, at most MOST_POSTINGS of them."""
        postings = self._corpus.postings
        terms = {candidate.term for token in tokens for candidate in token.candidates[:1]}
        if not terms or not all(token.candidates for token in tokens):
            return []
        rarest = min(terms, key=lambda term: len(postings.documents(term)))
        return [one for one in postings.documents(rarest)[:MOST_POSTINGS] if terms <= postings.credits(one).keys()]

    # The order among those that were found.

    def _refined(self, query: Query, scores: Scores) -> tuple[Scores, Collection[int]]:
        """The scores with the likeness to the title mixed in, and the documents of whose title the query is a piece."""
        texts = {query.without_kinds(), query.whole()} if query.kinds or query.levels else {query.whole()}
        floor = NEAR_BEST * max(scores.values(), default=0.0)
        highest: Iterable[int] = [document for document, value in scores.items() if value >= floor]
        if len(scores) > REFINED:
            highest = nsmallest(REFINED, highest, key=lambda document: (-scores[document], document))
        titles = self._corpus.title_texts
        likeness = {document: max([_likeness(text, titles[document]) for text in texts]) for document in highest}
        refined = {
            document: value * (1 - CLOSENESS) + CLOSENESS * max(0.0, likeness.get(document, 0.0) / 50 - 1)
            for document, value in scores.items()
        }
        pieces = {document for document, like in likeness.items() if like >= PIECE_LIKENESS}
        if query.start:
            refined = {document: self._earlier(value, document) for document, value in refined.items()}
        if pieces:  # the light words of the query count too, and the other titles lack them
            share = query.content_share
            refined = {one: value if one in pieces else value * share for one, value in refined.items()}
        return refined, pieces

    def _earlier(self, score: float, document: int) -> float:
        """A score with the place on the path mixed in: the first, and what calls itself introductory, gain most."""
        introductory = not self._corpus.language.introductory.isdisjoint(self._corpus.titles[document])
        place = 1 - document / len(self._corpus.resources)
        return (1 - EARLY) * score + EARLY * (1.0 if introductory else place / 2)

    def _above_cutoff(self, result: Result, scores: Scores, pieces: Collection[int]) -> Scores:
        """The scores that are high enough; those that leave the weightiest word unexplained must be higher."""
        floor = max(self._cutoff, RELATIVE_CUTOFF * max(scores.values(), default=0.0))
        clauses = [result.clauses[place] for place in result.query.content]
        unknown = max((one.weight for one in clauses if not one.candidates and not one.phrases), default=0.0)
        heavy = [
            clause
            for place, clause in zip(result.query.content, clauses, strict=True)
            if clause.weight >= unknown and self._corpus.language.telling(result.query.tokens[place].word) >= SPECIAL
        ]

        def explained(document: int) -> bool:
            return document in pieces or in_a_name(heavy, self._corpus.postings, document)

        strong = {document: value for document, value in scores.items() if value >= floor}
        if not unknown:
            return strong
        return {one: value for one, value in strong.items() if value >= self._blind_cutoff or explained(one)}


def _likeness(text: str, title: str) -> float:
    """From 50 to 100, how much of a text is in a title in one piece; 0 for less, and for titles that are shorter."""
    return fuzz.partial_ratio(text, title, score_cutoff=50) if len(title) + 1 >= len(text) else 0.0
