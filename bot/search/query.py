"""A query, parsed: its tokens, what each of them may stand for, and how much each weighs.

text ──> tokens ──> role      content, soft (question word, kind, level), stop word
               ──> matches   terms of the list                       (vocabulary.py)
               ──> names     topics, aliases, headings that the tokens name together
               ──> weight    IDF, and rarity in the language
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import islice
from typing import NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.catalog.kinds import KIND_WORDS, kinds_named
from bot.search.corpus import TITLE, Corpus
from bot.search.text import fold, is_unspaced, pairs, runs
from bot.search.vocabulary import Match, Name, Term

MAX_LENGTH, MAX_WORDS = 400, 24
"""Characters and words of a query that are read: a whole question has fewer."""
CACHE_SIZE = 4096
"""Words whose tokens are cached: people ask with the same few hundred."""
GUESS_COST, GENERAL_COST = 200, 50
"""What each letter of an unknown word costs of the budget, in postings that are read while it is guessed at; of a
general word, for which less is tried."""
SHORT = 4
"""Words of a query in which a stop word may be a name: "learn go", but not "how do I go about it"."""
LONGEST_GENERAL = 12
"""Letters of the longest word that is looked for among the general ones, but for a typo."""
LONGEST_ACRONYM = 6
"""Letters of an acronym."""


class Role(Enum):
    """What a word does in a query."""

    CONTENT = "content"
    SOFT = "soft"
    KIND = "kind"
    LEVEL = "level"
    STOP = "stop"


class Budget:
    """How much work a query, or a message with all its sentences, may still cost, in postings read."""

    def __init__(self, left: int) -> None:
        self.left = left

    def spend(self, cost: int) -> bool:
        """Take the cost; False once nothing is left."""
        self.left -= cost
        return self.left > 0


class Token(NamedTuple):
    """A word of a query.

    `typed` is the word as written, `word` the word that it is taken for, `matches` what it may stand for, `names` the
    names that it belongs to, `weight` how much it says (0 or more). `continues` holds for a pair of characters that
    overlaps the token before.
    """

    typed: str
    word: str
    role: Role
    matches: tuple[Match, ...]
    weight: float
    names: tuple[Match, ...] = ()
    continues: bool = False

    @property
    def best_score(self) -> float:
        """How well the likeliest of its matches fits; 0 without any."""
        return max([match.score for match in (*self.matches, *self.names)], default=0.0)

    @property
    def is_explained(self) -> bool:
        """Whether it may stand for anything here."""
        return bool(self.matches or self.names)


@dataclass(frozen=True)
class Query:
    """A query with its tokens in order.

    `start`: it asks where to begin, `begins`: and for nothing in particular; `question`: it has a question word;
    `truncated`: it was too long to be read whole.
    """

    text: str
    tokens: tuple[Token, ...]
    budget: Budget
    start: bool = False
    begins: bool = False
    question: bool = False
    truncated: bool = False

    @property
    def content(self) -> list[Token]:
        """The tokens that say what is looked for, each word once."""
        found = {token.word: token for token in self.tokens if token.role is Role.CONTENT}
        return [] if all(word.isdigit() for word in found) else list(found.values())

    def of_role(self, *roles: Role) -> list[Token]:
        """The tokens that have one of these roles."""
        return [token for token in self.tokens if token.role in roles]


class QueryParser:
    """Parses queries with the words of one corpus."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._vocabulary = corpus.vocabulary
        self._language = corpus.language
        self._constants = corpus.constants
        self._asking = sorted(corpus.language.soft | corpus.levels.keys())
        self._cache: dict[str, tuple[Token, ...]] = {}

    def parse(self, text: str, budget: Budget) -> Query:
        """Parse a query; whatever is in it, this takes bounded time and raises nothing.

        What is read for it is taken from the budget, which several queries may share.
        """
        tokens = list(islice(self._parse_words(text[:MAX_LENGTH], budget), MAX_WORDS + 1))
        truncated = len(text) > MAX_LENGTH or len(tokens) > MAX_WORDS
        tokens = tokens[:MAX_WORDS]
        self._join_neighbours(tokens)
        found = [token.word for token in tokens]
        question = "?" in text or not self._language.question.isdisjoint(found)
        thanks = not self._language.thanks.isdisjoint(found)
        start = not self._language.start.isdisjoint(found)
        if not start and self._language.is_foreign_start(found):
            start, tokens = True, [token._replace(role=Role.SOFT) for token in tokens]
        tokens = self._with_names(tokens, budget)
        bare = not any(token.role is Role.CONTENT for token in tokens)
        telling = [one for one in tokens if one.role is Role.CONTENT and one.is_explained]
        if not thanks and not telling:
            tokens = self._without_content(tokens, start or not bare)
        if question:
            tokens = _capped(tokens)
        return Query(text, tuple(tokens), budget, start, start and bare, question, truncated)

    def _parse_words(self, text: str, budget: Budget) -> Iterator[Token]:
        if text.isascii():
            for run in runs(text):
                yield from self._tokens(run, budget)
            return
        for piece in self._language.cut(fold(text)):
            if not piece.isascii() and self._role(piece) is not Role.CONTENT:
                yield from self._tokens(piece, budget)
                continue
            for run in runs(piece):
                yield from self._parse_pairs(run, budget) if is_unspaced(run) else self._tokens(run, budget)

    def _parse_pairs(self, piece: str, budget: Budget) -> list[Token]:
        """The pairs of a piece without spaces."""
        tokens = [token for pair in pairs(piece[: 2 * MAX_WORDS]) for token in self._tokens(pair, budget)]
        return [token._replace(continues=at > 0) for at, token in enumerate(tokens)]

    def _tokens(self, word: str, budget: Budget) -> tuple[Token, ...]:
        """The tokens of a word, cached; in a dictionary, since `lru_cache` on a method makes a cycle that a frozen
        garbage collector never frees."""
        found = self._cache.get(word)
        if found is None:
            found = self._parse_word(word, budget)
            if len(self._cache) >= CACHE_SIZE:
                self._cache.clear()
            if budget.left > 0:
                self._cache[word] = found
        return found

    def _parse_word(self, word: str, budget: Budget) -> tuple[Token, ...]:
        known = self._vocabulary.known(word)
        if self._role(word) is not Role.CONTENT or budget.left <= 0:
            return (self._token(word, word, [known] if known else []),)
        if known is not None:
            return (self._token(word, word, [known, *self._further(word)]),)
        budget.spend((GUESS_COST if self._language.specificity(word) == 1 else GENERAL_COST) * len(word))
        return self._parse_unknown(word, budget)

    def _further(self, word: str) -> Iterator[Match]:
        """What a known word may stand for besides: a typo of the list, longer words, an acronym."""
        near = self._vocabulary.one_edit(word)
        yield from (one for one in near if self._language.specificity(one.word) == 1)
        yield from self._vocabulary.extended(word)
        yield from self._acronym(word)

    def _parse_unknown(self, word: str, budget: Budget) -> tuple[Token, ...]:
        vocabulary = self._vocabulary
        if self._language.specificity(word) < 1:  # no typo, but a word that the list does not have
            near = [one for one in vocabulary.one_edit(word) if self._language.specificity(one.word) == 1]
            edits = [one._replace(score=one.score * self._constants.general_edit) for one in near]
            return (self._token(word, word, [*vocabulary.extended(word), *edits]),)
        edits = vocabulary.edits(word)
        if not (edits and edits[0].score >= self._constants.one_edit) and (parts := vocabulary.split(word)):
            return tuple(self._token(word, part.word, [part]) for part in parts)
        if not edits and len(word) >= self._constants.one_edit_from:  # "recomend", "beginer"
            meant = process.extractOne(word, self._asking, scorer=OSA.distance, score_cutoff=1)
            if meant is not None:
                return tuple(token._replace(typed=word) for token in self._parse_word(meant[0], budget))
        token = self._token(word, word, [*edits, *vocabulary.extended(word), *self._acronym(word)])
        if not token.matches and self._constants.one_edit_from <= len(word) <= LONGEST_GENERAL:
            token = token._replace(weight=token.weight * self._language.specificity_of_typo(word))
        return (token,)

    def _token(self, typed: str, word: str, matches: Sequence[Match]) -> Token:
        role = self._role(word)
        best: dict[Term, Match] = {}
        for match in sorted(matches, key=lambda one: -one.score):
            best.setdefault(match.term, match)
        named = self._of_kind_and_level(word, role)
        return Token(typed, word, role, tuple(best.values()), self._weight(word, role, [*best.values(), *named]), named)

    def _weight(self, word: str, role: Role, matches: Sequence[Match]) -> float:
        """What the likeliest of the matches weighs; of several, the commonest."""
        factor = self._constants.number if word.isdigit() else 1.0
        if role is not Role.CONTENT:
            factor *= self._constants.soft
        if not matches:
            return self._corpus.unknown * self._language.specificity(word) * factor if role is Role.CONTENT else 0.0
        likeliest = [one for one in matches if one.score == matches[0].score]
        return min(one.term.weight for one in likeliest) * factor

    def _role(self, word: str) -> Role:
        language = self._language
        if word in language.stop:
            return Role.STOP
        if kinds_named(language.kinds.get(word, word), KIND_WORDS | self._corpus.kinds.keys()):
            return Role.KIND
        if word in language.levels or word in self._corpus.levels:
            return Role.LEVEL
        if word not in language.soft or (word not in language.start and word in self._corpus.heading_words):
            return Role.CONTENT
        return Role.SOFT

    def _of_kind_and_level(self, word: str, role: Role) -> tuple[Match, ...]:
        """What a word names of the kinds and levels here."""
        if role is not Role.KIND and role is not Role.LEVEL:
            return ()
        values = self._corpus.values
        wanted = {
            *kinds_named(self._language.kinds.get(word, word), self._corpus.kinds),
            self._language.levels.get(word, word),
        }
        return tuple(Match(values[one], 1.0, "exact", one) for one in sorted(wanted & values.keys()))

    def _acronym(self, word: str) -> list[Match]:
        """The names that a word is the initials of; else the runs of words inside names."""
        word = word[:-1] if len(word) > 3 and word[-1] == "s" else word  # "PDEs"
        if not 2 <= len(word) <= LONGEST_ACRONYM or not word.isalpha():
            return []
        constants, acronyms = self._constants, self._corpus.acronyms
        if (found := acronyms.whole(word)) or len(word) == 2:
            return [Match(term, constants.acronym, "acronym", text) for text, term in found]
        return [Match(term, constants.acronym_within, "acronym", text) for text, term in acronyms.within(word)]

    def _join_neighbours(self, tokens: list[Token]) -> None:
        """ "gpt 3" may stand for the word "gpt3", "deep sky stacker" for one too: all its tokens get that match."""
        for count in (2, 3):
            for at in range(len(tokens) - count + 1):
                some = tokens[at : at + count]
                differ = len({token.typed for token in some}) == count
                if differ and (match := self._vocabulary.join("".join([token.word for token in some]))) is not None:
                    tokens[at : at + count] = [_adding(token, match) for token in some]

    def _without_content(self, tokens: list[Token], only_names: bool) -> list[Token]:
        """A query without content: soft words that stand in a title or heading are content, else stop words that are.

        Of a question where to begin, and beside unknown words, only kinds, levels and headings are."""
        soft = [
            token.role not in (Role.STOP, Role.CONTENT)
            and (any(match.score > 0.9 for match in token.names) or (not only_names and _stands_in_title(token)))
            for token in tokens
        ]
        chosen = soft if any(soft) else [bool(token.names) and token.role is Role.STOP for token in tokens]
        return [self._as_content(token) if one else token for token, one in zip(tokens, chosen, strict=True)]

    def _as_content(self, token: Token) -> Token:
        return token._replace(
            role=Role.CONTENT, weight=self._weight(token.word, Role.CONTENT, [*token.matches, *token.names])
        )

    def _with_names(self, tokens: list[Token], budget: Budget) -> list[Token]:
        """The tokens with the names that they name together, in any order, in whole or for the greater part."""
        best: dict[Term, tuple[Match, int]] = {}
        for at, token in enumerate(tokens):
            for match in token.matches:
                if match.term.names and (match.term not in best or match.score > best[match.term][0].score):
                    best[match.term] = match, at
        sums: dict[int, float] = {}
        names: dict[int, Name] = {}
        for term in best:
            for name in term.names:
                names[id(name)] = name
                sums[id(name)] = sums.get(id(name), 0.0) + name.parts[term]
            if not budget.spend(len(term.names)):
                break
        for number, found in sums.items():
            name = names[number]
            stop = all(tokens[best[term][1]].role is Role.STOP for term in name.parts if term in best)
            if found >= self._constants.name_coverage * name.weight and not (stop and len(tokens) > SHORT):
                self._add_name(tokens, name, found / (name.weight or 1.0), best)
        return tokens

    def _add_name(self, tokens: list[Token], name: Name, coverage: float, best: dict[Term, tuple[Match, int]]) -> None:
        used = [best[term] for term in name.parts if term in best]
        score = sum(match.score for match, _ in used) / len(used)
        if len(used) < len(name.parts):
            score *= self._constants.name_partial * coverage**2
        how = max((match for match, _ in used), key=lambda match: -match.score).how
        for at in {at for _, at in used}:
            tokens[at] = tokens[at]._replace(names=(*tokens[at].names, Match(name.term, score, how, name.text, name)))


def _stands_in_title(token: Token) -> bool:
    return any(match.how in ("exact", "stem") and TITLE in match.term.fields for match in token.matches)


def _adding(token: Token, match: Match) -> Token:
    role = Role.CONTENT if token.role is not Role.STOP else token.role
    weight = token.weight if token.matches else match.term.weight
    return token._replace(matches=(*token.matches, match), weight=weight, role=role)


def _capped(tokens: list[Token]) -> list[Token]:
    """The tokens of a question, in which no unknown word outweighs all that are known."""
    known = [token.weight for token in tokens if token.is_explained]
    most = max(known, default=float("inf")) or float("inf")
    return [one if one.is_explained else one._replace(weight=min(most, one.weight)) for one in tokens]
