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
from bot.search.phrases import Phrase
from bot.search.text import words

MAX_LENGTH = 4000
"""Characters of a message that are read."""
LONGEST_NAME = 6
"""Words of the longest name looked for. At 1 "kv cache" is not found; at 12 the work doubles for whole titles, which
nobody writes into a sentence."""
MAX_NAMES = 3
"""Most names that are searched for. At 1 the second half of a comparison is lost; at 10 passing mentions decide."""
MAX_SENTENCES = 20
"""Sentences that are asked like queries, so that a message of full stops costs no more than others."""

_IGNORED = re.compile(r"https?://\S+|<[@#:a][^>]{0,60}>|```.*?(?:```|$)", re.DOTALL)
_END = re.compile(r"[.!?;\n]+")


def names_in(corpus: Corpus, text: str) -> list[str]:
    """The names in a text of what the catalog treats, at most MAX_NAMES, the most telling first.

    A name of what half of the list is about is none: it would take over whatever the message asks.
    """
    found: dict[frozenset[str], Phrase] = {}
    terms = [corpus.stem(word) for word in words(_cleaned(text)) if word not in corpus.language.stop]
    for phrase in _phrases_in(corpus, terms):
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
    return _IGNORED.sub(" ", text[:MAX_LENGTH])


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
