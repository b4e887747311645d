"""A Markdown list, imported a moment ago, is served as if somebody had written a catalog."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest

from bot.catalog import Catalog
from bot.catalog.questions import default_question
from bot.catalogs import Catalogs
from bot.importing import import_index
from tests.members.server import Server

INDEX = """\
# Bread for beginners

## Your first loaf

- [No-knead bread](https://bread.example/no-knead) - The least work that still makes good bread.
- [Folding the dough](https://youtu.be/abc123)

## Further › [deeper](#x) *reading*

- **Strength of flour**, a study. [[PDF](https://arxiv.org/abs/2001.00001)]
"""


@pytest.fixture
def catalog() -> Catalog:
    """What the index above is imported to."""
    return import_index(Path("-"), BytesIO(INDEX.encode())).catalog


@pytest.fixture
def catalogs(catalog: Catalog) -> Catalogs:
    """The same, indexed."""
    return Catalogs(catalog)


async def test_it_answers(server: Server) -> None:
    seen = await server.ask("recommend", topic="knead bread")
    assert "https://bread.example/no-knead" in seen.text
    assert "The least work" in seen.text
    assert "https://arxiv.org/abs/2001.00001" in (await server.ask("recommend", topic="flour", kind="paper")).text


async def test_it_is_a_path(server: Server) -> None:
    seen = await server.ask("path")
    assert "Your first loaf" in seen.text
    assert "No-knead bread" in (await server.ask("next")).text


async def test_its_weekly_post_asks_a_question_of_its_own(server: Server, catalog: Catalog) -> None:
    await server.set_weekly()
    seen = await server.weekly("Preview")
    first = catalog.resources[0]
    assert default_question(first, 1) in seen.text
