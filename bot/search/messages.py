"""What a message is about: the names in it of things that the catalog treats.

A message is not a query. Most of its words are about something else, so that the share which a resource explains
says nothing; what counts is whether it names something:

    message ──> several words that make a name ("kv cache"), or one that is nothing but a name ("LoRA", "GPT-3")
            ──> else its sentences, each asked like a query: one of them may be a plain question
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.search.corpus import Corpus
from bot.search.fillers import STOP_WORDS
from bot.search.phrases import Phrase
from bot.search.stemming import stem
from bot.search.text import words

LONGEST = 4000
"""Characters of a message that are looked at: as many as Discord lets anybody write."""
LONGEST_NAME = 6
"""Words of the longest name looked for. At 1 "kv cache" is not found; at 12 the work doubles for whole titles, which
nobody writes into a sentence."""
NAMES = 3
"""Most names that are searched for. At 1 the second half of a comparison is lost; at 10 passing mentions decide."""
SENTENCES = 20
"""Sentences that are asked like queries, so that a message of full stops costs no more than others."""

EVERYDAY = frozenset(
    map(stem, "apple bard cot cursor falcon gemini helm llama palm python rag ring rope rust zero".split())
)
"""Names that are everyday words when they are written small. They count in a question, not in passing."""

_NOT_SAID = re.compile(r"https?://\S+|<[@#:a][^>]{0,60}>|```.*?(?:```|$)", re.DOTALL)
_END = re.compile(r"[.!?;\n]+")


def names_in(corpus: Corpus, text: str) -> list[str]:
    """The names in a text of what the catalog treats, at most NAMES, the most telling first."""
    found: dict[frozenset[str], Phrase] = {}
    said = [stem(word) for word in words(_bare(text)) if word not in STOP_WORDS]
    for phrase in _named(corpus, said):
        # The first name of a thing is its topic's; "the KV cache video" comes down to the same words.
        terms = frozenset(phrase.terms)
        if _is_a_name(phrase) and not any(terms < longer for longer in found):
            found.setdefault(terms, phrase)
    telling = sorted(found.values(), key=lambda phrase: -phrase.weight)
    return [phrase.text for phrase in telling[:NAMES]]


def sentences(text: str) -> list[str]:
    """The sentences of a text, at most SENTENCES, without addresses, mentions and code."""
    parts = (part.strip() for part in _END.split(_bare(text)))
    return [part for part in parts if part][:SENTENCES]


def _bare(text: str) -> str:
    return _NOT_SAID.sub(" ", text[:LONGEST])


def _named(corpus: Corpus, said: list[str]) -> Iterator[Phrase]:
    """Every phrase whose letters stand in a text in one run, the longest of those that start at a word first."""
    for start in range(len(said)):
        for end in range(min(len(said), start + LONGEST_NAME), start, -1):
            yield from corpus.phrases.run("".join(said[start:end]))


def _is_a_name(phrase: Phrase) -> bool:
    """Whether a phrase means the same wherever it stands: "memory" does not, "GPU memory" and "LoRA" do."""
    if len(phrase.terms) > 1:
        return True
    odd = any(letter.isupper() or letter.isdigit() for letter in phrase.text[1:])
    return odd and phrase.terms.keys().isdisjoint(EVERYDAY)
