"""The document shows what the commands do."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.catalog import parse_catalog
from bot.cli import main
from bot.importing import import_index

DOCUMENT = (Path(__file__).parents[2] / "docs" / "importing.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", DOCUMENT, flags=re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize(("before", "after"), list(zip(blocks("markdown"), blocks("yaml"), strict=False))[:3])
def test_before_and_after(tmp_path: Path, before: str, after: str) -> None:
    (tmp_path / "bread.md").write_text(before, encoding="utf-8")
    found = import_index(tmp_path / "bread.md", BytesIO())
    assert found.text[found.text.index("\nid:") + 1 :] == after
    assert parse_catalog(after, "catalog.yaml") == found.catalog


@pytest.mark.parametrize("words", sorted(set(re.findall(r"studybot ([a-z]+)(?: [\w.]+)* (--[a-z-]+)", DOCUMENT))))
def test_options_exist(words: tuple[str, str]) -> None:
    command, option = words
    assert option in CliRunner().invoke(main, [command, "--help"]).stdout
