"""What people read lies in one module of each feature, so that a translation is a matter of these modules."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

FEATURES = Path(__file__).parent.parent / "bot" / "features"
FILES = sorted(file for file in FEATURES.rglob("*.py") if file.name != "words.py")
SENTENCE = re.compile(r"[A-Za-z’]{2,}[ ,:.]+[A-Za-z“’]{2,} +[A-Za-z“’]{2,}")
"""Three words and more; ids, templates and formats have none."""
LOGGED = {"debug", "info", "warning", "error", "exception"}


def texts(tree: ast.Module) -> Iterator[ast.Constant]:
    """The texts of a module, without docstrings and what goes to the log or to programmers."""
    left_out: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            left_out.add(node.value)  # a docstring
        is_logging = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in LOGGED
        if is_logging or isinstance(node, ast.Assert):
            left_out.update(ast.walk(node))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in left_out:
            yield node


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(FEATURES)))
def test_sentences_lie_in_words(file: Path) -> None:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    assert [f"{one.lineno}: {one.value}" for one in texts(tree) if SENTENCE.search(str(one.value))] == []
