"""A query, parsed: its tokens, what each of them may stand for, and how much each tells.

text ──> tokens ──> role         content, asking, stop word, kind, level   (language.py, kinds.py)
               ──> candidates   terms of the index                        (vocabulary.py)
               ──> weight       IDF, and rarity in the language
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import cached_property
from itertools import islice
from typing import NamedTuple

from bot.catalog.kinds import KIND_WORDS, kinds_named
from bot.search.corpus import LIGHT, Corpus
from bot.search.scoring import LEAST_WORK, Work
from bot.search.text import fold, is_katakana, is_unspaced, pairs, runs
from bot.search.vocabulary import Candidate, Spelling

PIECE_LIGHT = 0.3
"""The share of their full weight that stop words and words of asking gain once the query is a piece of a title. At 0
"attention is all you need" is no more than "attention"; at 1 "how gpt3 works" would find nothing else about GPT-3."""
MAX_LENGTH = 400
"""Characters of a query that are read. At 40 a whole question is cut; without a limit the work grows with what a
stranger sends."""
MAX_WORDS = 32
"""Words of a query that are read."""
GUESS_WORK = 25
"""What each letter of an unknown word takes of a query's work, in postings that are read while it is guessed at."""
CACHE_SIZE = 4096
"""Words whose tokens are cached: people ask with the same few hundred."""
NUMBER = 0.3
"""The share of its weight that a number standing alone has. At 1 "gpt 5" finds nothing about GPT; at 0 numbers tell
nothing."""
KANA = 0.2
"""The share of its weight that a pair of Hiragana has: they write endings and particles, and few topics."""
UNSTATED_KIND = 0.5
"""The share of its weight that a word for a kind has where the list has no resources stated to be of it. At 0 "blogs"
finds no heading "Blogs"; at 1 a list of videos has nothing for "book about algebra"."""
LONG_QUESTION = 5
"""Words from which a question is taken to tell circumstances too. At 1 "is it sourdough" asks for anything."""
CIRCUMSTANCE = 1.0
"""In a question, the most that an unknown word weighs, as a multiple of the weightiest known one."""
SHORT = 4
"""Words up to which a stop word may be a name: "go" in "learn go". At 1 "go books" finds nothing; at 20 "how do I go
about it" is about Go."""
MIN_ABBREVIATED, MAX_ABBREVIATED, ABBREVIATED = 3, 6, 0.9
"""Words that initials may stand for, and the score of the initials for them. At 2 any two words are some initials."""
_DIGITS = re.compile(r"(?<=[^\W\d])\d+(?=[^\W\d])")


class Role(Enum):
    """What a word does in a query."""

    CONTENT = "content"
    ASKING = "asking"
    STOP = "stop"
    KIND = "kind"
    LEVEL = "level"


class Token(NamedTuple):
    """A word of a query.

    `typed` is the word as written, `word` the word that it is taken for, `weight` how much it tells (0 or more).
    """

    typed: str
    word: str
    role: Role
    candidates: tuple[Candidate, ...]
    weight: float

    @property
    def known(self) -> bool:
        """Whether the index has the word as it was typed, or another form of it."""
        return bool(self.candidates) and self.candidates[0].how in ("exact", "stem")

    def adding(self, candidates: Iterable[Candidate]) -> Token:
        """The token with more candidates."""
        return self._replace(candidates=(*self.candidates, *candidates))


@dataclass(frozen=True)
class Query:
    """A query with its tokens in order.

    `kinds` and `levels` are those that it names; `start`: it has a word of beginning; `question`: it has a word of
    asking; `thanks`: it has one of thanks; `truncated`: it was too long to be read whole; `work` is what may be read to
    answer it.
    """

    text: str
    tokens: tuple[Token, ...]
    kinds: frozenset[str] = frozenset()
    levels: frozenset[str] = frozenset()
    start: bool = False
    question: bool = False
    thanks: bool = False
    truncated: bool = False
    work: Work = field(default_factory=lambda: Work(LEAST_WORK), compare=False)

    @cached_property
    def content(self) -> list[int]:
        """The places of the tokens that say what is looked for, each word once."""
        places = self.places(Role.CONTENT)
        return list({self.tokens[place].word: place for place in reversed(places)}.values())[::-1]

    @property
    def content_share(self) -> float:
        """The share of the query's weight that its content words have, over 0 to 1, when its light words count too."""
        content = sum(token.weight for token in self.tokens if token.role is Role.CONTENT)
        light = sum(token.weight for token in self.tokens if token.role is not Role.CONTENT) / LIGHT * PIECE_LIGHT
        return content / (content + light)

    def places(self, *roles: Role) -> list[int]:
        """The places of the tokens that have one of these roles."""
        return [place for place, token in enumerate(self.tokens) if token.role in roles]

    def with_tokens(self, tokens: Iterable[Token]) -> Query:
        """The same query with other tokens."""
        return replace(self, tokens=tuple(tokens))

    def whole(self) -> str:
        """The words as they were taken."""
        return " ".join(token.word for token in self.tokens)

    def without_kinds(self) -> str:
        """The words as they were taken, without those that name a kind or a level."""
        return " ".join(token.word for token in self.tokens if token.role not in (Role.KIND, Role.LEVEL))


class QueryParser:
    """Parses queries with the words of one corpus."""

    def __init__(self, corpus: Corpus) -> None:
        self._vocabulary = corpus.vocabulary
        self._language = corpus.language
        self._weight = corpus.weight
        self._kinds = corpus.kinds
        self._levels = corpus.levels
        self._capitals = corpus.capitals
        self._names_of_stop_words = corpus.names_of_stop_words
        self._light_spelling = Spelling(corpus.language.light)
        self._cache: dict[str, tuple[Token, ...]] = {}

    def parse(self, text: str, work: Work) -> Query:
        """Parse a query; whatever is in it, this takes bounded time and raises nothing.

        `work` is what may be read for it; several queries may share it.
        """
        tokens = list(islice(self._parse_words(text[:MAX_LENGTH], work), MAX_WORDS + 1))
        truncated = len(text) > MAX_LENGTH or len(tokens) > MAX_WORDS
        tokens = tokens[:MAX_WORDS]
        self._join_neighbours(tokens)
        if self._capitals:
            self._abbreviate(tokens)
        if self._names_of_stop_words and len(tokens) <= SHORT:
            tokens = [self._as_name(token) for token in tokens]
        language, found = self._language, {token.word for token in tokens}
        question = "?" in text or not language.question.isdisjoint(found)
        if question and len(tokens) >= LONG_QUESTION:
            tokens = _circumstances_capped(tokens)
        thanks = not language.thanks.isdisjoint(found)
        if thanks:  # "thanks for the book"
            tokens = [one._replace(role=Role.ASKING) if self._is_kind(one.word) else one for one in tokens]
        return Query(
            text,
            tuple(tokens),
            frozenset().union(*[self._kinds_named(token.word) for token in tokens if token.role is Role.KIND]),
            frozenset([language.levels[token.word] for token in tokens if token.role is Role.LEVEL]),
            start=not language.beginning.isdisjoint(found),
            question=question,
            thanks=thanks,
            truncated=truncated,
            work=work,
        )

    def _tokens(self, word: str, work: Work) -> tuple[Token, ...]:
        """The tokens of a word, cached; in a dictionary, since `lru_cache` on a method makes a cycle that a frozen
        garbage collector never frees."""
        found = self._cache.get(word)
        if found is None:
            if work.left <= 0:
                return (self._as_written(word),)
            if len(self._cache) >= CACHE_SIZE:
                self._cache.clear()
            found = self._cache[word] = self._parse_word(word, work)
        return found

    def _as_written(self, word: str) -> Token:
        """The token of a word without any guess at what else it may be."""
        known = self._vocabulary.known(word)
        weight = self._weight(known.term) if known else self._weight.unknown
        return Token(word, word, self._role(word), (known,) if known else (), weight * _factor(word))

    def _parse_words(self, text: str, work: Work) -> Iterator[Token]:
        if text.isascii():
            for run in runs(text):
                yield from self._tokens(run, work)
            return
        for piece in self._language.cut(fold(text)):
            if not piece.isascii() and self._role(piece) is not Role.CONTENT:
                yield from self._tokens(piece, work)
                continue
            for run in runs(piece):
                yield from self._parse_pairs(run, work) if is_unspaced(run) else self._tokens(run, work)

    def _parse_pairs(self, piece: str, work: Work) -> list[Token]:
        """The pairs of a piece without spaces; those across two words, which no text has, are dropped."""
        tokens = [token for pair in pairs(piece[: 2 * MAX_WORDS]) for token in self._tokens(pair, work)]
        known = [bool(token.candidates) or token.role is not Role.CONTENT for token in tokens]
        if not any(known):
            return tokens
        beside = [any(known[max(0, place - 1) : place + 2]) for place in range(len(tokens))]
        return [token for token, own, near in zip(tokens, known, beside, strict=True) if own or not near]

    def _parse_word(self, word: str, work: Work) -> tuple[Token, ...]:
        role = self._role(word)
        known = self._vocabulary.known(word)
        if not word.isalpha() and not self._vocabulary.is_name(word) and (parts := self._parts_with_digits(word, work)):
            return parts
        if known is not None and role is Role.ASKING and word not in self._language.light:
            return (Token(word, word, Role.CONTENT, (known,), self._weight(known.term) * UNSTATED_KIND),)
        if known is not None:
            # Another form of a known word may as well be a typo: "imits" is a form of "imitation", and nearly "limits".
            typos = self._vocabulary.typos(word) if known.how == "stem" and role is Role.CONTENT else []
            derived = self._vocabulary.derived(word) if role is Role.CONTENT and not typos else []
            return (Token(word, word, role, (known, *typos, *derived), self._weight(known.term) * _factor(word)),)
        if role is not Role.CONTENT:
            return (Token(word, word, role, (), 0.0),)
        return self._parse_unknown(word, work)

    def _parts_with_digits(self, word: str, work: Work) -> tuple[Token, ...]:
        """The tokens of a word that digits part into words which are names here: "nand2tetris"."""
        parts = _DIGITS.split(word)
        if len(parts) < 2 or not all(self._vocabulary.is_name(part) for part in parts):
            return ()
        tokens = (token for part in parts for token in self._tokens(part, work))
        return tuple(token._replace(typed=word) for token in tokens)

    def _parse_unknown(self, word: str, work: Work) -> tuple[Token, ...]:
        general = self._language.telling(word)
        if general < 1:  # no typo, but a word that the index does not have
            return (self._derived(word, general),)
        work.left -= GUESS_WORK * len(word)
        if compounds := self._vocabulary.compounds(word):
            weight = min(self._weight(candidate.term) for candidate in compounds)
            return (Token(word, word, Role.CONTENT, tuple(compounds), weight),)
        near = self._vocabulary.near(word)
        typo = bool(near) and near[0].how == "typo" and near[0].score > 0.85
        if not typo and (parts := self._vocabulary.split(word)):
            return tuple(
                Token(word, part.word, self._role(part.word), (part,), self._weight(part.term)) for part in parts
            )
        if not near and (light := self._light_spelling.one_edit(word)):  # "recomend"
            return tuple(token._replace(typed=word) for token in self._tokens(light[0], work))
        if not near and is_katakana(word) and len(word) > 2:
            return tuple(self._parse_pairs(word, work))
        if not near:
            return (self._derived(word, _factor(word)),)
        # The commonest of the candidates is the likeliest, and weighs the least.
        return (Token(word, word, Role.CONTENT, tuple(near), min(self._weight(one.term) for one in near)),)

    def _derived(self, word: str, factor: float) -> Token:
        """The token of a word that the index has neither as it is nor nearly, but perhaps another word of its root."""
        english = self._language.code == "en" and word.isascii()
        found = self._vocabulary.derived(word) if english else self._vocabulary.inflections(word)
        weight = max((self._weight(candidate.term) for candidate in found), default=self._weight.unknown)
        return Token(word, word, Role.CONTENT, tuple(found), weight * factor)

    def _role(self, word: str) -> Role:
        language = self._language
        if word in language.stop:
            return Role.STOP
        if self._kinds_named(word):
            return Role.KIND
        if language.levels.get(word) in self._levels:
            return Role.LEVEL
        return Role.ASKING if word in language.light or self._is_kind(word) else Role.CONTENT

    def _is_kind(self, word: str) -> bool:
        """Whether a word names a kind, whether the list has any of it or not."""
        return bool(kinds_named(self._language.kind(word), KIND_WORDS))

    def _kinds_named(self, word: str) -> frozenset[str]:
        return kinds_named(self._language.kind(word), self._kinds)

    def _join_neighbours(self, tokens: list[Token]) -> None:
        """ "gpt 3" may stand for the word "gpt3": both tokens get that candidate."""
        for place in range(len(tokens) - 1):
            one, other = tokens[place : place + 2]
            if one.typed == other.typed:
                continue
            if (known := self._vocabulary.joined(one.word + other.word)) is not None:
                candidate = known
                tokens[place : place + 2] = [self._joined(one, candidate), self._joined(other, candidate)]

    def _as_name(self, token: Token) -> Token:
        """In a short query a stop word is content if it is a name here: "learn go"."""
        return token._replace(role=Role.CONTENT) if token.word in self._names_of_stop_words else token

    def _abbreviate(self, tokens: list[Token]) -> None:
        """ "site reliability engineering" may stand for the word "SRE": its tokens get that candidate."""
        for start in range(len(tokens) - MIN_ABBREVIATED + 1):
            for end in range(start + MIN_ABBREVIATED, min(len(tokens), start + MAX_ABBREVIATED) + 1):
                if any(token.role is Role.STOP for token in tokens[start:end]):
                    break
                initials = "".join(token.word[0] for token in tokens[start:end])
                if initials in self._capitals and (known := self._vocabulary.known(initials)) is not None:
                    candidate = known._replace(score=ABBREVIATED, how="initials", word=initials.upper())
                    tokens[start:end] = [token.adding([candidate]) for token in tokens[start:end]]

    def _joined(self, token: Token, candidate: Candidate) -> Token:
        weight = token.weight if token.candidates else self._weight(candidate.term)
        return token._replace(candidates=(*token.candidates, candidate), weight=weight)


def _circumstances_capped(tokens: list[Token]) -> list[Token]:
    """The tokens of a question, in which no unknown word outweighs all that are known."""
    cap = CIRCUMSTANCE * max((token.weight for token in tokens if token.candidates), default=0.0)
    if not cap:
        return tokens
    return [token if token.candidates else token._replace(weight=min(cap, token.weight)) for token in tokens]


def _factor(word: str) -> float:
    """The share of its weight that a word has by its make alone."""
    if word.isdigit():
        return NUMBER
    return KANA if all("\u3041" <= letter <= "\u309f" for letter in word) else 1.0
