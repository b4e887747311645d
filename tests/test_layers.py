"""Imports run downward only (the drawing in README.md); a feature is a folder that knows no other; cards only draw."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
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
    {"jobs", "reloading"},
    {"discord_io"},
    {"features"},
    {"client", "terminal"},
    {"demo"},
    {"cli"},
    {"__main__"},
)
"""From the bottom: a module may import its own layer's package and those below."""
KNOW_DISCORD = {"client", "demo", "discord_io", "features"}
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


def test_no_module_imports_itself_by_way_of_others() -> None:
    """Inside a package too, and for types alone: what needs its importer belongs into one module with it."""
    known = {name_of(file) for file in FILES}
    graph = {name_of(file): {one for one in modules(file) if one in known} - {name_of(file)} for file in FILES}
    try:
        tuple(TopologicalSorter(graph).static_order())
    except CycleError as error:
        pytest.fail(" → ".join(error.args[1]))


def modules(file: Path) -> Iterator[str]:
    """The modules that a file imports: `from bot.jobs import queue` means the module and not its package."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            submodules = [f"{node.module}.{alias.name}" for alias in node.names]
            known = [one for one in submodules if (BOT.parent / f"{one.replace('.', '/')}.py").exists()]
            yield from known
            if len(known) < len(submodules):
                yield node.module


def name_of(file: Path) -> str:
    """A module as it is imported."""
    return ".".join(("bot", *file.relative_to(BOT).with_suffix("").parts)).removesuffix(".__init__")


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
def test_what_draws_does_not_know_the_store(file: Path) -> None:
    """What a card shows is handed to the function that draws it; buttons and loaders, which are async, get it."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef):
            assert not any(isinstance(one, ast.Attribute) and one.attr == "store" for one in ast.walk(node)), node.name


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
