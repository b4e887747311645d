"""A long list takes time in proportion to its length, whatever it is made of."""

from __future__ import annotations

import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest

from bot.importing import import_index

SHAPES: dict[str, Callable[[int], str]] = {
    "one list": lambda n: f"- [Title {n}](https://x.example/{n}) - What it is. [[PDF](https://y.example/{n})]\n",
    "one paragraph": lambda n: f"See [title {n}](https://x.example/{n}). ",
    "one table": lambda n: ("| A | B |\n|---|---|\n" if n == 0 else "") + f"| T {n} | [PDF](https://x.example/{n}) |\n",
    "one title": lambda n: f"- [Title](https://x.example/{n})\n",
}


@pytest.mark.parametrize("shape", SHAPES)
def test_four_times_the_links_take_no_more_than_about_four_times_the_time(shape: str) -> None:
    """Times of this process, the best of two: a square would be sixteen times, so eight tells one from the other."""
    short, long = (min(seconds(SHAPES[shape], size) for _ in range(2)) for size in (300, 1200))
    assert long < 8 * short


def seconds(line: Callable[[int], str], size: int) -> float:
    text = "# List\n\n[First](https://first.example)\n\n" + "".join(map(line, range(size)))
    began = time.process_time()
    import_index(Path("-"), BytesIO(text.encode()))
    return time.process_time() - began
