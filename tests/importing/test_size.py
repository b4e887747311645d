"""Whatever an index is made of, reading it takes time in proportion to its length, and a bounded memory."""

from __future__ import annotations

import contextlib
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import CatalogError
from bot.importing import import_index

SHAPES: dict[str, Callable[[int], str]] = {
    "one list": lambda n: f"- [Title {n}](https://x.example/{n}) - What it is. [[PDF](https://y.example/{n})]\n",
    "one paragraph": lambda n: f"See [title {n}](https://x.example/{n}). ",
    "one table": lambda n: ("| A | B |\n|---|---|\n" if n == 0 else "") + f"| T {n} | [PDF](https://x.example/{n}) |\n",
    "one title": lambda n: f"- [Title](https://x.example/{n})\n",
    "one item": lambda n: ("- X y " if n == 0 else "") + f"[pdf](https://x.example/{n}) ",
    "headings": lambda n: f"{'#' * (1 + n % 6)} H {n}\n\n[T {n}](https://x.example/{n})\n\n",
    "code fences": lambda n: "```\nx\n```\n" * 4,
    "round brackets": lambda n: "(" * 40 + ("\n\n" if n % 200 == 0 else ""),
    "square brackets": lambda n: "[" * 40 + ("\n\n" if n % 200 == 0 else ""),
    "tags that never close": lambda n: "<?" * 20 + "x <b c='" * 4 + ("\n\n" if n % 200 == 0 else ""),
    "stars": lambda n: "*a _b `c " * 5 + ("\n\n" if n % 200 == 0 else ""),
    "addresses": lambda n: "https://" * 5 + ("\n\n" if n % 200 == 0 else ""),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_four_times_the_length_takes_no_more_than_about_four_times_the_time(shape: str) -> None:
    """Times of this process, the best of two: a square would be sixteen times, so eight tells one from the other."""
    short, long = (min(seconds(SHAPES[shape], size) for _ in range(2)) for size in (300, 1200))
    assert long < 8 * short + 0.05


def seconds(line: Callable[[int], str], size: int) -> float:
    text = "# List\n\n[First](https://first.example)\n\n" + "".join(map(line, range(size)))
    began = time.process_time()
    import_index(Path("-"), BytesIO(text.encode()))
    return time.process_time() - began


MARKUP = (
    "[",
    "]",
    "(",
    ")",
    "<",
    ">",
    "!",
    "*",
    "_",
    "`",
    "~",
    "#",
    "|",
    "-",
    "&",
    "\\",
    "<?",
    "<!--",
    "<a ",
    "https://",
    "](",
    "[^",
    "^[",
    "]: ",
    "\n",
    " ",
    "    ",
    "> ",
    "1. ",
    "a",
    "<td>",
    "<br>",
    "---\n",
    "[x](https://x.example)",
)


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(parts=st.lists(st.sampled_from(MARKUP), min_size=1, max_size=6))
def test_any_markup_repeated_takes_time_in_proportion(parts: list[str]) -> None:
    """A grammar of everything that a parser may look for the end of."""
    unit = "".join(parts)
    short, long = (repeated(unit, size) for size in (4_000, 32_000))
    assert long < 24 * short + 0.3


def repeated(unit: str, size: int) -> float:
    text = f"[First](https://first.example)\n\n{unit * (size // len(unit))}\n\nend"
    began = time.process_time()
    with contextlib.suppress(CatalogError):  # one line that says what is wrong is an answer, too
        import_index(Path("-"), BytesIO(text.encode()))
    return time.process_time() - began


@pytest.mark.slow
def test_ten_thousand_small_files_take_little_memory(tmp_path: Path) -> None:
    for number in range(10_000):
        (tmp_path / f"{number}.md").write_text(f"[T {number}](https://x.example/{number})\n")
    code = "import sys, io; from pathlib import Path; from bot.importing import import_index;"
    code += "import_index(Path(sys.argv[1]), io.BytesIO())"

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (600 << 20, 600 << 20))

    command = [sys.executable, "-c", code, str(tmp_path)]
    done = subprocess.run(command, preexec_fn=limit, capture_output=True, check=False)  # noqa: S603
    assert done.returncode == 0, done.stderr.decode()[-500:]
