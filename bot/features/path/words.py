"""Every word of /path."""

from __future__ import annotations

from collections.abc import Sequence

PATH = "Show the whole reading list in order."
PATH_STAGE = "Only one stage or track"
DONE, NEXT, OPEN = ("✓", "done"), ("→", "next for you"), ("○", "to do")
"""A sign for the eye and words for the ear, of each state that a step can have for a member."""
NEW = "new on the list"
GROUP_GONE = "That part of the path is not on the list any more. `/path` shows what is."
NOTHING_YET = "No resources here yet."
PREVIOUS_PAGE, NEXT_PAGE, TO_NEXT_STEP = "Previous", "Next", "To your next step"


def no_group(typed: str, titles: Sequence[str]) -> str:
    """That a text names no stage or track; it is safe to echo, and the titles are escaped."""
    listed = "\n".join(f"- {title}" for title in titles)
    return f"There is no stage or track “{typed}”. There are:\n{listed}"


def opening(title: str, prerequisites: str) -> str:
    """The head of the first page; both are escaped, `prerequisites` empty if there are none."""
    return f"## {title}" + (f"\nBefore you start: {prerequisites}" if prerequisites else "")


def page_of(number: int, pages: int) -> str:
    """`Page 1 of 3`."""
    return f"Page {number} of {pages}"


def standing(done: int, total: int) -> str:
    """`3 of 23 done`."""
    return f"{done} of {total} done"


def next_step(number: int) -> str:
    """`next for you: step 4`."""
    return f"next for you: step {number}"


def mark_label(number: int, *, finished: bool) -> str:
    """What the button beside a step does, which says which step: one of many to a screen reader."""
    return f"Undo {number}" if finished else f"Mark {number} done"
