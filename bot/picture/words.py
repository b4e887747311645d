"""What a picture tells, in words: the counts that it shows, and its description for those who cannot see it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.picture.groups import PathGroup, PathStep

ALT_LIMIT = 1024
"""Characters: Discord's limit for the description of a media item."""
ALT_TITLE_LIMIT = 80
"""Characters of one title in the description: eight groups of them still fit."""


def describe_path(groups: Sequence[PathGroup]) -> str:
    """What `draw_path` shows, in words, for those who cannot see it: at most `ALT_LIMIT` characters.

    For example "The path: 8 of 23 done. Basics: 8 of 13. Practice: 0 of 10. Next: step 9."; groups that do not fit
    are counted ("And 12 more.").
    """
    head, tail = f"The path: {total(groups)}.", _what_next(groups)
    kept: list[str] = []
    room = ALT_LIMIT - len(head) - len(tail) - len(f" And {len(groups):,} more. ")
    for group in groups:
        sentence = f"{_shorten(group.title)}: {count(group)}."
        room -= len(sentence) + 1
        if room < 0:
            kept.append(f"And {len(groups) - len(kept):,} more.")
            break
        kept.append(sentence)
    return " ".join(filter(None, (head, *kept, tail)))


def count(group: PathGroup) -> str:
    """For example "5 of 13"; a group without steps says so."""
    return f"{group.done:,} of {len(group.steps):,}" if group.steps else "no resources yet"


def total(groups: Sequence[PathGroup]) -> str:
    """For example "8 of 23 done"; a path without steps says so."""
    steps = sum(len(group.steps) for group in groups)
    return f"{sum(group.done for group in groups):,} of {steps:,} done" if steps else "nothing on it yet"


def next_of(groups: Sequence[PathGroup]) -> PathStep | None:
    """The next step of the whole path, if there is one."""
    return next(filter(None, (group.next_step for group in groups)), None)


def _what_next(groups: Sequence[PathGroup]) -> str:
    if (step := next_of(groups)) is None:
        return ""
    title = f", {_shorten(step.title)}" if step.title else ""
    return f"Next: step {step.number:,}{title}."


def _shorten(title: str) -> str:
    words = " ".join(title.split()) or "Without a title"
    return words if len(words) <= ALT_TITLE_LIMIT else words[: ALT_TITLE_LIMIT - 1].rstrip() + "…"
