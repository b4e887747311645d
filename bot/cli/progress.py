"""A progress bar on the terminal, for what takes longer than a second."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

BAR_DELAY = 1.0
"""Seconds before the bar appears. At 0 it flashes by for every small file; at 10 it seems to hang."""


@contextmanager
def progress_bar(label: str) -> Iterator[Callable[[float], None]]:
    """Gives a function to call with the share that is done, from 0 to 1; the bar is drawn on a terminal alone."""
    began = time.monotonic()
    seen = sys.stderr.isatty()
    with click.progressbar(length=100, label=label, file=sys.stderr, hidden=True) as bar:

        def advance(share: float) -> None:
            bar.hidden = not seen or time.monotonic() - began < BAR_DELAY
            bar.update(max(0, round(100 * share) - bar.pos))

        yield advance
