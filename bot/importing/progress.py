"""How far something long is, told to whoever shows it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

OnProgress = Callable[[float], None]
"""Told which share is done, from 0 to 1. It may begin again: show the greatest."""

_Part = TypeVar("_Part")

EVERY = 128
"""Parts between two words about it. At 1 the words take longer than the work; at 10,000 a bar stands still."""


def unseen(share: float) -> None:
    """Tell nobody."""


def told(parts: Sequence[_Part], on_progress: OnProgress, start: float, end: float) -> Iterator[_Part]:
    """The parts one by one; on the way, the share that is done goes from `start` to `end`."""
    for done, part in enumerate(parts):
        if done % EVERY == 0 or len(parts) < EVERY:
            on_progress(start + (end - start) * done / len(parts))
        yield part
