"""What people read about /done."""

from __future__ import annotations

from bot.discord_io.text import count

DONE = "Mark a resource as done."
DONE_RESOURCE = "Its title or part of it, its step on the path (3), or its link"
DONE_SUFFIX = " (done)"
"""What marks a finished resource among the choices."""


def unknown(typed: str) -> str:
    """That nothing is called so; `typed` is safe to echo."""
    return f"Nothing on the list is called “{typed}”. Pick one that Discord offers while you type."


def no_such_step(number: int, last: int) -> str:
    """That the path has no step of this number."""
    return f"There is no step {number}: the path has {count(last, 'step')}."


NO_SUCH_ADDRESS = "That link leads to nothing on the list. `/path` shows what is on it."


def which(typed: str) -> str:
    """The question which of a few resources was meant."""
    return f"Which one have you done? “{typed}” may be more than one of these, so nothing is marked yet."
