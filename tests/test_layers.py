"""Imports run downward only (the drawing in README.md); a feature is a folder that knows no other; cards only draw."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

BOT = Path(__file__).parent.parent / "bot"
LAYERS = (
    {"outcomes", "characters", "language"},
    {"errors", "picture"},
    {"settings", "schedule", "catalog"},
    {"path", "search", "zones"},
    {"progress", "reasons"},
    {"store"},
    {"catalogs", "importing", "links"},
    {"jobs"},
    {"discord_io"},
    {"features"},
    {"client", "terminal", "keys"},
    {"demo"},
    {"cli"},
    {"__main__"},
)
"""From the bottom: a module may import its own layer's package and those below."""
KNOW_DISCORD = {"client", "discord_io", "features"}
FORBIDDEN = {
    "catalog": {"asyncio", "sqlalchemy", "os", "aiohttp"},
    "search": {"asyncio", "sqlalchemy", "os", "datetime", "yaml"},
    "path": {"asyncio", "sqlalchemy", "os", "pathlib", "datetime"},
    "progress": {"asyncio", "sqlalchemy", "os", "pathlib", "datetime"},
    "schedule": {"asyncio", "sqlalchemy", "os", "pathlib"},
    "catalogs": {"asyncio", "sqlalchemy", "os", "pathlib"},
    "jobs": {"os", "pathlib"},
    "importing": {"asyncio", "sqlalchemy", "click"},
    "discord_io": {"sqlalchemy"},
    "features": {"sqlalchemy"},
}
"""What would make them less than pure, or reach past the layer below."""
HEIGHT = {name: height for height, names in enumerate(LAYERS) for name in names}

FILES = sorted(BOT.rglob("*.py"))
FEATURES = sorted((BOT / "features").rglob("*.py"))


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


@pytest.mark.parametrize("file", FEATURES, ids=lambda file: str(file.relative_to(BOT)))
def test_no_feature_imports_another(file: Path) -> None:
    own = file.relative_to(BOT).parts[1]
    others = [module for module in imports(file) if module.startswith("bot.features.")]
    assert all(module.split(".")[2] == own for module in others), f"{file.name} imports another feature"


@pytest.mark.parametrize(
    "file", [one for one in FEATURES if "card" in one.stem], ids=lambda file: str(file.relative_to(BOT))
)
def test_cards_only_draw(file: Path) -> None:
    """What a card shows is handed to it: it awaits nothing, and does not know the store. Its buttons, which are classes
    of the same file, do when they are pressed."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    drawing = [node for part in tree.body if not _is_button(part) for node in ast.walk(part)]
    assert not any(isinstance(node, ast.AsyncFunctionDef | ast.Await) for node in drawing)
    assert not any(isinstance(node, ast.Attribute) and node.attr == "store" for node in drawing)


def _is_button(node: ast.AST) -> bool:
    names = {getattr(one, "name", "") for one in node.body} if isinstance(node, ast.ClassDef) else set()
    return bool(names & {"of", "press", "redrawn"})


def test_marks_are_changed_in_one_place() -> None:
    writing = {"mark", "unmark", "toggle_mark"}
    for file in FILES:
        if part(file) == "store":
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            called = node.func if isinstance(node, ast.Call) else None
            assert not (isinstance(called, ast.Attribute) and called.attr in writing), f"{file.name} changes a mark"


def test_nothing_is_told_by_events_of_our_own() -> None:
    """An explicit call can be followed by a reader; an event can only be searched for."""
    for file in FILES:
        assert ".dispatch(" not in file.read_text(encoding="utf-8"), f"{file.name} dispatches an event"


def test_every_part_has_its_layer() -> None:
    assert {part(file) for file in FILES} - {"__init__"} == set(HEIGHT)


def test_nothing_reads_a_clock_but_the_entry_points() -> None:
    """Time is an argument; the one clock is handed to the bot when it is built."""
    for file in FILES:
        text = file.read_text(encoding="utf-8")
        if part(file) not in {"demo", "cli"}:
            for clock in ("datetime.now(", "utcnow()", "time.time(", "date.today("):
                assert clock not in text, f"{file.name} reads a clock: {clock}"
