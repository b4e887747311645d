"""What is written loads again, as it was, whatever the texts are."""

from __future__ import annotations

import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.catalog import parse_catalog
from bot.importing.writing import mapping_lines, scalar

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=300)


@given(text=TEXTS, flow=st.booleans())
def test_a_text_is_read_as_it_was_written(text: str, flow: bool) -> None:
    written = scalar(text, flow=flow)
    assert yaml.safe_load(f"[{written}]" if flow else f"key: {written}") == ([text] if flow else {"key": text})


@given(
    words=st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"]), min_size=1), min_size=30)
)
def test_a_folded_text_is_read_as_it_was_written(words: list[str]) -> None:
    text = " ".join(words)
    assert yaml.safe_load("\n".join(mapping_lines({"key": text}, 0))) == {"key": text}


def test_words_that_yaml_takes_for_something_else() -> None:
    for word in (
        "yes",
        "No",
        "null",
        "~",
        "1984",
        "1e3",
        "2026-01-01",
        "a: b",
        "a #b",
        "- a",
        "[a]",
        "a:",
        "@a",
        "0x1F",
        ".inf",
    ):
        assert yaml.safe_load(f"key: {scalar(word)}") == {"key": word}, word


def test_plain_text_stays_plain() -> None:
    assert scalar("What’s new: C++ (2nd ed.), x") == '"What’s new: C++ (2nd ed.), x"'
    assert scalar("Learn to learn (2nd ed.), part one") == "Learn to learn (2nd ed.), part one"
    assert scalar("Straße 漢字") == "Straße 漢字"


def test_the_file_of_a_small_list() -> None:
    from io import BytesIO
    from pathlib import Path

    from bot.importing import import_index

    markdown = "# Bread\n\n## Rye\n\n- [A boule](https://a.example) - Yes: round.\n- [B](https://b.example)\n"
    found = import_index(Path("-"), BytesIO(markdown.encode()))
    body = found.text[found.text.index("\nid: ") + 1 :]
    assert (
        body
        == """\
id: bread
title: Bread
source: Imported from standard input

stages:
  - id: rye
    title: Rye
    resources:
      - id: a-boule
        title: A boule
        url: https://a.example
        summary: "Yes: round."

      - id: b
        title: B
        url: https://b.example
"""
    )
    assert parse_catalog(found.text, "catalog.yaml") == found.catalog
