"""Why a resource was found, in words: the one place where a search's reasons become sentences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bot.language import ENGLISH, N_, Language
from bot.search import Reason
from bot.search.text import words

_WORDS = {
    "level": N_("Level: {matched}"),
    "alias": N_("Also called {matched}"),
    "author": N_("By {matched}"),
    "heading": N_("In “{matched}”"),
    "summary": N_("Mentions {matched}"),
}
_SHORT_NAME = 5
"""Letters of the longest word that is written as an acronym."""


def reasons(why: Iterable[Reason], shown: str = "", language: Language = ENGLISH) -> Iterator[str]:
    """The reasons for a hit, each once: `Main topic: KV cache`, `MQA = Multi-query attention`, `Level: beginner`.

    `shown` is what stands beside them, such as the authors: what is in it is not said again, nor what the title shows.
    """
    yield from dict.fromkeys(filter(None, (_reason(one, shown, language) for one in why)))


def _reason(one: Reason, shown: str, language: Language) -> str:
    t, matched = language.t, one.matched
    if one.field in ("topic", "title", "alias") and _is_another_name(one):
        return t("{typed} = {name}", typed=_as_name(one.words), name=matched)
    if one.field == "topic":
        return t("Also covers {topic}", topic=matched) if one.beside else t("Main topic: {topic}", topic=matched)
    if one.field not in _WORDS or (one.field in ("author", "summary") and matched.casefold() in shown.casefold()):
        return ""
    return t(_WORDS[one.field], matched=matched)


def _is_another_name(one: Reason) -> bool:
    """Whether the words are another name for what they matched, such as "mqa"."""
    return one.how in ("alias", "acronym") and not set(words(one.words)) <= set(words(one.matched))


def _as_name(typed: str) -> str:
    """A name as it's written: a short word that stands for several is an acronym."""
    return typed.upper() if typed.islower() and len(typed) <= _SHORT_NAME and " " not in typed else typed
