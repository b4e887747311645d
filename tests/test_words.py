"""Every sentence that people read on Discord goes through gettext, and Babel's extraction finds it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_file

BOT = Path(__file__).parent.parent / "bot"
FILES = sorted(file for folder in ("features", "discord_io") for file in (BOT / folder).rglob("*.py"))
KEYWORDS = {"t": None, "plural": (1, 2), "N_": None, "locale_str": None}
"""The functions that take a sentence, as Babel's extraction is told: https://babel.pocoo.org/en/latest/messages.html."""
SENTENCE = re.compile(r"[A-Za-z’']{2,}[ ,:.]+[A-Za-z“’']{2,} +[A-Za-z“’']{2,}|^[A-Z][a-z’']+(?: [a-z]+)*[.!?]?$")
"""Three words and more, or words that begin like a sentence; ids, templates and formats have none."""
LOGGED = {"debug", "info", "warning", "error", "exception", "critical"}
NOT_READ = {"CannotPost", "PostFailed", "ValueError", "NotImplementedError"}
"""Errors whose text goes to the log, if anywhere."""


@cache
def tree_of(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


def called(node: ast.AST) -> str:
    """The name of the function that is called, without what it belongs to; empty if it's no call."""
    function = node.func if isinstance(node, ast.Call) else None
    return (
        function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""
    )


def sentences(call: ast.Call) -> list[ast.expr]:
    """The arguments of a call that are looked up in a translation."""
    return call.args[: len(KEYWORDS[called(call)] or (1,))]


def untranslated(tree: ast.Module) -> Iterator[ast.Constant]:
    """The texts of a module that are neither translated, nor docstrings, nor for the log or for programmers."""
    left_out: set[ast.AST] = set()
    for node in ast.walk(tree):
        name = called(node)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            left_out.add(node.value)  # a docstring
        elif isinstance(node, ast.AnnAssign):
            left_out.update(ast.walk(node.annotation))
        elif isinstance(node, ast.Call) and name in KEYWORDS:
            left_out.update(sentences(node))
        elif name == "split":
            left_out.update(ast.walk(node))  # a list of words
        elif name in LOGGED | NOT_READ or isinstance(node, ast.Assert):
            left_out.update(ast.walk(node))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in left_out:
            yield node


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(BOT)))
def test_sentences_are_translated(file: Path) -> None:
    found = [f"{one.lineno}: {one.value}" for one in untranslated(tree_of(file)) if SENTENCE.search(str(one.value))]
    assert found == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(BOT)))
def test_extraction_finds_each_of_them(file: Path) -> None:
    """A sentence is a plain text where it's translated, or a name for one that `N_` marks."""
    extracted = extract_from_file("python", str(file), KEYWORDS)
    messages = {part for _, found, *_ in extracted for part in ([found] if isinstance(found, str) else found)}
    missed = [
        f"{node.lineno}: {ast.unparse(argument)}"
        for node in ast.walk(tree_of(file))
        if isinstance(node, ast.Call) and called(node) in KEYWORDS
        for argument in sentences(node)
        if not (argument.value in messages if isinstance(argument, ast.Constant) else _is_name(node, argument))
    ]
    assert missed == []


def _is_name(call: ast.Call, argument: ast.expr) -> bool:
    """Whether an argument names a sentence, or one of two."""
    if isinstance(argument, ast.IfExp):
        return _is_name(call, argument.body) and _is_name(call, argument.orelse)
    return isinstance(argument, ast.Name | ast.Attribute | ast.Subscript) and called(call) in ("t", "plural")


def test_a_name_for_a_sentence_is_marked() -> None:
    """What `t` is given by name is a constant made by `N_`, here or in a dict, or a parameter."""
    marked = {name for file in BOT.rglob("*.py") for name in _marked(tree_of(file))}
    for file in FILES:
        for node in ast.walk(tree_of(file)):
            if isinstance(node, ast.Call) and called(node) in ("t", "plural"):
                for argument in sentences(node):
                    name = argument.value if isinstance(argument, ast.Subscript) else argument
                    if isinstance(name, ast.Name) and name.id.isupper():
                        assert name.id in marked, f"{file.name}:{node.lineno}: {name.id}"


def _marked(tree: ast.Module) -> Iterator[str]:
    """The constants of a module whose values `N_` makes."""
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and any(called(one) == "N_" for one in ast.walk(node)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from (one.id for target in targets for one in ast.walk(target) if isinstance(one, ast.Name))
