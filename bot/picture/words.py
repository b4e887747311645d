"""What a picture tells, in words: the counts that it shows, and its description for those who cannot see it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.language import Language
from bot.picture.groups import PathGroup, PathStep

ALT_LIMIT = 1024
"""Characters: Discord's limit for the description of a media item."""
ALT_TITLE_LIMIT = 80
"""Characters of one title in the description: eight groups of them still fit."""


def describe_path(groups: Sequence[PathGroup], language: Language) -> str:
    """What `draw_path` shows, in words, for those who cannot see it: at most `ALT_LIMIT` characters.

    For example "The path: 8 of 23 done. Basics: 8 of 13. Practice: 0 of 10. Next: step 9."; groups that do not fit
    are counted ("And 12 more.").
    """
    t = language.t
    head, tail = t("The path: {total}.", total=total(groups, language)), _what_next(groups, language)
    kept: list[str] = []
    room = ALT_LIMIT - len(head) - len(tail) - len(_more(len(groups), language)) - 2
    for group in groups:
        sentence = t("{group}: {count}.", group=_shorten(group.title, language), count=count(group, language))
        room -= len(sentence) + 1
        if room < 0:
            kept.append(_more(len(groups) - len(kept), language))
            break
        kept.append(sentence)
    return " ".join(filter(None, (head, *kept, tail)))


def count(group: PathGroup, language: Language) -> str:
    """For example "5 of 13"; a group without steps says so."""
    if not group.steps:
        return language.t("no resources yet")
    done, steps = language.number(group.done), language.number(len(group.steps))
    return language.t("{done} of {total}", done=done, total=steps)


def total(groups: Sequence[PathGroup], language: Language) -> str:
    """For example "8 of 23 done"; a path without steps says so."""
    steps = sum(len(group.steps) for group in groups)
    if not steps:
        return language.t("nothing on it yet")
    done = language.number(sum(group.done for group in groups))
    return language.t("{done} of {total} done", done=done, total=language.number(steps))


def next_of(groups: Sequence[PathGroup]) -> PathStep | None:
    """The next step of the whole path, if there is one."""
    return next(filter(None, (group.next_step for group in groups)), None)


def _what_next(groups: Sequence[PathGroup], language: Language) -> str:
    if (step := next_of(groups)) is None:
        return ""
    number = language.number(step.number)
    if not step.title:
        return language.t("Next: step {number}.", number=number)
    title = _shorten(step.title, language)
    return language.t("Next: step {number}, {title}.", number=number, title=title)


def _more(number: int, language: Language) -> str:
    return language.plural("And {n} more.", "And {n} more.", number)


def _shorten(title: str, language: Language) -> str:
    words = " ".join(title.split()) or language.t("Without a title")
    return words if len(words) <= ALT_TITLE_LIMIT else words[: ALT_TITLE_LIMIT - 1].rstrip() + "…"
