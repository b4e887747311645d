"""Imports run downward only (the drawing in README.md), and only the outermost layers know Discord."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

BOT = Path(__file__).parent.parent / "bot"
LAYERS = (
    {"errors", "picture"},
    {"settings", "schedule", "catalog"},
    {"path", "search", "zones"},
    {"progress"},
    {"library", "store"},
    {"delivery"},
    {"views"},
    {"cogs"},
    {"client", "terminal", "keys"},
    {"demo"},
    {"cli"},
    {"__main__"},
)
"""From the bottom: a module may import its own layer's package and those below."""
KNOW_DISCORD = {"client", "cogs", "views"}
FORBIDDEN = {
    "catalog": {"asyncio", "sqlalchemy", "os", "aiohttp"},
    "search": {"asyncio", "sqlalchemy", "os", "pathlib", "datetime", "yaml"},
    "path": {"asyncio", "sqlalchemy", "os", "pathlib", "datetime"},
    "progress": {"asyncio", "sqlalchemy", "os", "pathlib", "datetime"},
    "schedule": {"asyncio", "sqlalchemy", "os", "pathlib"},
    "delivery": {"sqlalchemy", "os", "pathlib"},
}
"""What would make them less than pure."""
HEIGHT = {name: height for height, names in enumerate(LAYERS) for name in names}

FILES = sorted(BOT.rglob("*.py"))


def part(file: Path) -> str:
    """The part of the bot that a file belongs to: its package, or its own name."""
    return file.relative_to(BOT).parts[0].removesuffix(".py")


def imports(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{file}: imports are written from the top"
            yield node.module


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(BOT)))
def test_imports_run_downward(file: Path) -> None:
    here = part(file)
    if here == "__init__":
        return
    for module in imports(file):
        if module.startswith("bot."):
            there = module.split(".")[1]
            assert there == here or HEIGHT[there] < HEIGHT[here], f"{here} may not import {module}"


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(BOT)))
def test_only_the_outermost_know_discord(file: Path) -> None:
    known = {module.split(".")[0] for module in imports(file)}
    assert "discord" not in known or part(file) in KNOW_DISCORD
    assert not known & FORBIDDEN.get(part(file), set())


def test_every_part_has_its_layer() -> None:
    assert {part(file) for file in FILES} - {"__init__"} == set(HEIGHT)


def test_nothing_reads_a_clock_but_the_demo() -> None:
    """Time is an argument; the one clock is handed to the bot when it is built."""
    for file in FILES:
        text = file.read_text(encoding="utf-8")
        if part(file) != "demo":
            for clock in ("datetime.now(", "utcnow()", "time.time(", "date.today("):
                assert clock not in text, f"{file.name} reads a clock: {clock}"
