"""Whatever an index is made of, reading it takes time in proportion to its length, and a bounded memory."""

from __future__ import annotations

import contextlib
import re
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
from bot.importing.sources import MAX_FILES

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
def test_as_many_small_files_as_are_read_take_little_memory(tmp_path: Path) -> None:
    for number in range(MAX_FILES):
        (tmp_path / f"{number}.md").write_text(f"[T {number}](https://x.example/{number})\n")
    code = "import sys, io; from pathlib import Path; from bot.importing import import_index;"
    code += "import_index(Path(sys.argv[1]), io.BytesIO())"

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (300 << 20, 300 << 20))

    command = [sys.executable, "-c", code, str(tmp_path)]
    done = subprocess.run(command, preexec_fn=limit, capture_output=True, check=False)  # noqa: S603
    assert done.returncode == 0, done.stderr.decode()[-500:]
    (tmp_path / "one.md").write_text("[more](https://more.example)\n")
    with pytest.raises(CatalogError, match="2,001 Markdown files"):
        import_index(tmp_path, BytesIO())


SIZE_LIMIT = 300 << 20
TIME_LIMIT = 5
"""Seconds of the processor and bytes of the memory that an index may take before it is refused."""
HOSTILE = {
    "code fences": "```\nx\n```\n" * 18_000,
    "round brackets": "(" * 80_000,
    "square brackets": "[" * 1_000_000,
    "processing instructions": "<?" * 500_000,
    "links of one title": "".join(f"- [T](https://x.example/{n})\n" for n in range(60_000)),
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_index_is_read_within_bounds_or_refused_in_one_line(kind: str, tmp_path: Path) -> None:
    """Limits of the operating system on a process of its own: they end what goes beyond them."""
    (tmp_path / "index.md").write_text(f"[First](https://first.example)\n\n{HOSTILE[kind]}")

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (TIME_LIMIT, TIME_LIMIT))
        resource.setrlimit(resource.RLIMIT_AS, (SIZE_LIMIT, SIZE_LIMIT))

    command = [sys.executable, "-m", "bot", "import", str(tmp_path / "index.md")]
    done = subprocess.run(command, preexec_fn=limit, capture_output=True, check=False)  # noqa: S603
    refused = re.fullmatch(r"index\.md:\d+: [^\n]+\n1 problem found\.\n", done.stderr.decode())
    assert done.returncode == 0 or refused, done.stderr
