"""An index with characters that nobody sees becomes a catalog without them."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from bot.characters import hidden
from bot.importing import Imported, import_index, report

INDEX = """\
---
title: "Bre\\u202ead"
---
# Bre\u202ead

## First\u200b &rlm;loaf&#x2028;

- [No-\xadknead&#8203; bread](https://bread.example/no-knead\u200b "A\u200btip") - The least\u2066 work\x1b[2J.
- **Strong\u200b** flour: [here](https://bread.example/flour)
- [A trap](https://bread.example@evil.example/)
- [Another](https://\u2603.example/)
"""


def imported(text: str) -> Imported:
    return import_index(Path("-"), BytesIO(text.encode()))


def test_they_are_left_out() -> None:
    found = imported(INDEX)
    catalog = found.catalog
    assert (catalog.title, [stage.title for stage in catalog.stages]) == ("Bread", ["First loaf"])
    first, second = catalog
    assert (first.title, first.url) == ("No-knead bread", "https://bread.example/no-knead")
    assert first.summary == "The least work [2J."
    assert second.title == "Strong"


def test_addresses_that_no_resource_may_have_are_told() -> None:
    said = report(imported(INDEX).draft)
    assert "malformed links, or links with a user name: 2" in said
    assert "https://bread.example@evil.example/" in said


@given(text=st.text(st.characters(categories=["Cc", "Cf", "Zl", "L", "So"], exclude_characters="\0"), max_size=40))
def test_whatever_an_index_holds_its_catalog_loads(text: str) -> None:
    """Titles, headings, tooltips and addresses with anything in them: the import itself checks what it has made."""
    line = " ".join(text.split())
    found = imported(
        f"# List\n\n## {line}\n\n- [{line} x](https://e.example/{line} '{line}') {line}\n- <https://e.org>\n"
    )
    assert not any(hidden(f"{one.title}{one.url}{one.summary}") for one in found.catalog)
    assert not any(hidden(shown) for shown in report(found.draft).split("\n"))
