"""Why a resource was found, in words."""

from __future__ import annotations

from collections.abc import Iterable

from bot.language import ENGLISH, N_, Language
from bot.search import Reason

_WHERE = {
    "title": N_("“{words}” is in the title"),
    "alias": N_("Also known as “{words}”"),
    "author": N_("By {words}"),
    "site": N_("On {words}"),
    "heading": N_("Under “{words}”"),
    "summary": N_("“{words}” is in the summary"),
    "kind": N_("Kind: {words}"),
    "level": N_("Level: {words}"),
    "path": N_("The path begins here"),
    "address": N_("Has this address"),
}
_HOW = {
    "acronym": N_("{typed} = {matched}"),
    "typo": N_("“{typed}” read as “{matched}”"),
    "prefix": N_("“{typed}” begins “{matched}”"),
    "part": N_("“{typed}” is part of “{matched}”"),
}
"""What is said of how something matched, where it isn't plain to see."""


def reason(one: Reason, language: Language = ENGLISH) -> str:
    """One reason for people: `Main topic: KV cache`, `MQA = Multi-query attention`, `Level: beginner`."""
    if one.how in _HOW:
        return language.t(_HOW[one.how], typed=one.words, matched=one.matched)
    if one.field == "topic":
        sentence = N_("Also covers {topic}") if one.beside else N_("Main topic: {topic}")
        return language.t(sentence, topic=one.matched)
    return language.t(_WHERE[one.field], words=one.matched)


def reasons(why: Iterable[Reason], language: Language = ENGLISH) -> str:
    """All the reasons for a hit on one line."""
    return " · ".join(reason(one, language) for one in why)
