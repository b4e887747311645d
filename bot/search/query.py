"""A query, read: its words, what each may stand for, and how much each tells."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from enum import Enum
from functools import cached_property, lru_cache
from typing import NamedTuple

from bot.search.fillers import FILLERS, STOP_WORDS
from bot.search.kinds import kinds_named
from bot.search.spelling import Spelling
from bot.search.stemming import stem
from bot.search.text import words
from bot.search.vocabulary import Reading, Vocabulary

LONGEST = 400
"""Characters of a query that are looked at. At 40 a whole question is cut; without a limit the work grows with what a
stranger sends."""
MOST_WORDS = 32
"""Words of a query that are looked at."""
KEPT = 4096
"""Words whose readings are kept: people ask with the same few hundred."""
NUMBER = 0.3
"""The share of its weight that a number standing alone has. At 1 "gpt 5" finds nothing about GPT; at 0 numbers tell
nothing."""
FILLER = 0.1
"""The share of its weight that a filler or stop word keeps where it does meet a title. At 0 "how gpt3 works" and
"gpt3" are the same query; at 1 "how" finds every title with it."""

_SLIPS_OF_LIGHT = Spelling(STOP_WORDS | FILLERS)
_LIGHT = frozenset(map(stem, STOP_WORDS | FILLERS))


class Role(Enum):
    """What a word does in a query."""

    CONTENT = "content"
    FILLER = "filler"
    STOP = "stop"
    KIND = "kind"


class Token(NamedTuple):
    """A word of a query.

    `typed` is the word as written, `word` the word it is read as, `weight` how much it tells (0 or more).
    """

    typed: str
    word: str
    role: Role
    readings: tuple[Reading, ...]
    weight: float

    @property
    def known(self) -> bool:
        """Whether the index has the word as it was typed, or another form of it."""
        return bool(self.readings) and self.readings[0].how in ("exact", "stem")

    def also(self, readings: Iterable[Reading]) -> Token:
        """The token with more readings."""
        return self._replace(readings=(*self.readings, *readings))


@dataclass(frozen=True)
class Query:
    """A query with its tokens in order; `kinds` are those that it names; `cut`: it was too long to read whole."""

    text: str
    tokens: tuple[Token, ...]
    kinds: frozenset[str]
    cut: bool

    @cached_property
    def content(self) -> list[int]:
        """The places of the tokens that say what is looked for."""
        return self.places(Role.CONTENT)

    def places(self, *roles: Role) -> list[int]:
        """The places of the tokens that play one of these roles."""
        return [place for place, token in enumerate(self.tokens) if token.role in roles]

    def replaced(self, tokens: Iterable[Token]) -> Query:
        """The same query with other tokens."""
        return replace(self, tokens=tuple(tokens))

    def spoken(self) -> str:
        """The words as they were read, without those that name a kind."""
        return " ".join(token.word for token in self.tokens if token.role is not Role.KIND)


def light(term: str) -> bool:
    """Whether a term is the stem of a stop word or filler."""
    return term in _LIGHT


class Reader:
    """Reads queries with the words of one index.

    `weight` gives the weight of a term, `unknown` is that of a word which the index does not have; `kinds` are the
    kinds that its resources have.
    """

    def __init__(
        self, vocabulary: Vocabulary, weight: Callable[[str], float], unknown: float, kinds: Collection[str]
    ) -> None:
        self._vocabulary = vocabulary
        self._weight = weight
        self._unknown = unknown
        self._kinds = kinds
        self._tokens = lru_cache(maxsize=KEPT)(self._read_word)

    def read(self, text: str) -> Query:
        """Read a query; whatever is in it, this takes bounded time and raises nothing."""
        found = words(text[:LONGEST])
        cut = len(text) > LONGEST or len(found) > MOST_WORDS
        tokens = [token for word in found[:MOST_WORDS] for token in self._tokens(word)]
        self._join_neighbours(tokens)
        named = [kinds_named(token.word, self._kinds) for token in tokens if token.role is Role.KIND]
        return Query(text, tuple(tokens), frozenset().union(*named), cut)

    def _read_word(self, word: str) -> tuple[Token, ...]:
        role = self._role(word)
        known = self._vocabulary.known(word)
        if known is not None:
            # Another form of a known word may as well be a slip: "imits" is a form of "imitation", and nearly "limits".
            slips = self._vocabulary.slips(word) if known.how == "stem" and role is Role.CONTENT else []
            return (Token(word, word, role, (known, *slips), self._weight(known.term) * _telling(word)),)
        if role is not Role.CONTENT:
            return (Token(word, word, role, (), 0.0),)
        near = self._vocabulary.near(word)
        typo = bool(near) and near[0].how == "typo" and near[0].quality > 0.85
        if not typo and (parts := self._vocabulary.split(word)):
            return tuple(
                Token(word, part.surface, self._role(part.surface), (part,), self._weight(part.term)) for part in parts
            )
        if not near and (light := _SLIPS_OF_LIGHT.one_edit(word)):  # "recomend"
            return tuple(token._replace(typed=word) for token in self._tokens(light[0]))
        # The commonest of the candidates is the likeliest, and weighs the least.
        weight = min((self._weight(reading.term) for reading in near), default=self._unknown * _telling(word))
        return (Token(word, word, role, tuple(near), weight),)

    def _role(self, word: str) -> Role:
        if word in STOP_WORDS:
            return Role.STOP
        if kinds_named(word, self._kinds):
            return Role.KIND
        return Role.FILLER if word in FILLERS else Role.CONTENT

    def _join_neighbours(self, tokens: list[Token]) -> None:
        """ "gpt 3" may stand for the word "gpt3": both tokens get that reading."""
        for place in range(len(tokens) - 1):
            one, other = tokens[place : place + 2]
            joined = one.word + other.word
            if one.typed == other.typed or joined not in self._vocabulary:
                continue
            if (known := self._vocabulary.known(joined)) is not None:
                reading = Reading(known.term, known.quality, "joined", joined)
                tokens[place : place + 2] = [self._also_read(one, reading), self._also_read(other, reading)]

    def _also_read(self, token: Token, reading: Reading) -> Token:
        weight = token.weight if token.readings else self._weight(reading.term)
        return token._replace(readings=(*token.readings, reading), weight=weight)


def _telling(word: str) -> float:
    return NUMBER if word.isdigit() else 1.0
