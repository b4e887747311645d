"""What a message is about.

Most words of a message are about something else, so the share of them that a resource explains says nothing. Each
sentence is ranked like a query; the others only add to what it finds. The best is the one of which most is explained:
a sentence that asks, or one that holds a name ("kv cache", "LoRA", "GPT-3").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from bot.search.corpus import Corpus, idf
from bot.search.query import Budget, Query, QueryParser, Role, Token
from bot.search.ranking import Ranked, Ranker
from bot.search.vocabulary import Match

MAX_LENGTH = 1500
"""Characters of a message that are read: half a page, in which the question is."""
WHOLE, MAX_NAMES = 0.9, 3
"""The score over which a name is matched in whole, and names that a message is said to be about."""
MAX_SENTENCES, MAX_RANKED = 20, 4
"""Sentences that are read, and of these the ones that are ranked."""
_IGNORED = re.compile(r"https?://\S+|<[@#:a][^>]{0,60}>|```.*?(?:```|$)", re.DOTALL)
_END = re.compile(r"(?<=[?])|[.!;\n]+")


class MessageReader:
    """Ranks the documents of one corpus for what a message asks."""

    def __init__(self, corpus: Corpus, parser: QueryParser, ranker: Ranker) -> None:
        self._corpus = corpus
        self._parser = parser
        self._ranker = ranker

    def rank(self, text: str, budget: Budget) -> Ranked:
        """The documents for the sentence of a message that says most; none if no sentence asks for anything here."""
        queries = [self._parser.parse(one, budget) for one in sentences(text)]
        ranked = [self._ranked(query, queries) for query in self._promising(queries)]
        best = max(ranked, key=lambda one: self._strength(one), default=None)
        if best is None or not self._strength(best):
            return Ranked(self._parser.parse("", budget), (), {})
        return best

    def _promising(self, queries: list[Query]) -> list[Query]:
        """The sentences that ask or name something, those first that hold the weightiest known words."""
        some = [one for one in queries if one.tokens and (one.content or (one.begins and one.question))]
        asking = [query for query in some if self._asks(query) or self._names(query)]
        return sorted(asking, key=lambda query: -_known_weight(query))[:MAX_RANKED]

    def _asks(self, query: Query) -> bool:
        """Whether a sentence is a question: in the middle of others, a question word is none."""
        return "?" in query.text or query.tokens[0].word in self._corpus.language.question

    def _ranked(self, query: Query, queries: list[Query]) -> Ranked:
        """What a sentence finds, to which the others add. What the list does not know is ignored: a colleague, a
        lunch."""
        context = self._corpus.constants.message_context
        own = {token.word for token in query.tokens}
        known = [one for other in queries for one in other.content if one.is_explained and one.word not in own]
        others = [one._replace(role=Role.SOFT, weight=context * one.weight) for one in known]
        names = self._names(query)
        tokens = [one for one in query.tokens if one.is_explained]
        ranked = self._ranker.rank(replace(query, tokens=(*tokens, *others)))
        text = ", ".join(names[:MAX_NAMES]) or query.text.rstrip("? ")
        return Ranked(replace(query, text=text), ranked.documents, ranked.scores)

    def _names(self, query: Query) -> list[str]:
        """The topics and headings that a sentence names in whole, by words that mean the same wherever they are:
        "memory" does not, "GPU memory" and "LoRA" do."""
        found: dict[str, float] = {}
        for token in query.content:
            for match in token.names:
                name = match.name if match.score > WHOLE else None
                if name and name.topic and (len(name.parts) > 1 or self._is_distinctive(token, match, query.text)):
                    found.setdefault(name.topic.name, -name.weight)
        return sorted(found, key=found.__getitem__)

    def _is_distinctive(self, token: Token, match: Match, text: str) -> bool:
        """Whether a word is written like a name: "rope" is not "RoPE"."""
        odd = any(not one.islower() for one in match.word[1:])
        return odd and (match.word in text or self._corpus.language.specificity(token.word) == 1)

    def _strength(self, ranked: Ranked) -> float:
        """How much of what a sentence says is answered here. What half of the list is about is not asked for in
        passing: 0 for that."""
        weight = _known_weight(ranked.query) if ranked.query.content else 1.0
        count = len(self._corpus.resources)
        return weight * max(ranked.scores.values(), default=0.0) if weight >= idf(count // 2, count) else 0.0


def _known_weight(query: Query) -> float:
    return sum(token.weight * token.best_score for token in query.content)


def sentences(text: str) -> Iterator[str]:
    """The sentences of a text, at most MAX_SENTENCES, without addresses, mentions and code."""
    parts = (part.strip() for part in _END.split(_IGNORED.sub(" ", text[:MAX_LENGTH])))
    yield from list(dict.fromkeys(part for part in parts if part))[:MAX_SENTENCES]
