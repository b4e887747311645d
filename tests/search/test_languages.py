"""Lists in other languages, asked in those languages."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.catalog import Catalog, Resource, Stage
from bot.search import SearchIndex

LISTS: dict[str, dict[str, Any]] = yaml.safe_load(
    Path(__file__).with_name("languages.yaml").read_text(encoding="utf-8")
)


@lru_cache
def index(language: str) -> SearchIndex:
    stages = []
    for number, (heading, entries) in enumerate(LISTS[language]["list"].items()):
        texts = {slug: text.split(" | ") for slug, text in entries.items()}
        resources = tuple(
            Resource(slug, title, f"https://example.org/{language}/{slug}", summary=summary)
            for slug, (title, summary) in texts.items()
        )
        stages.append(Stage(f"s{number}", heading, resources=resources))
    return SearchIndex(Catalog(language, stages=tuple(stages)))


@pytest.mark.parametrize("language", LISTS)
def test_questions_in_the_language_of_the_list(language: str) -> None:
    wrong = []
    for query, wanted in LISTS[language]["queries"].items():
        found = [hit.resource.id for hit in index(language).search(query).hits]
        if found[:1] != ([] if wanted == "none" else wanted[:1]):
            wrong.append((query, found))
    assert len(wrong) <= 1, wrong


@pytest.mark.parametrize("tag", ["de", "de-AT", "DE"])
def test_a_stated_language_holds_however_few_texts_there_are(tag: str) -> None:
    stage = Stage("s", "Küche", resources=(Resource("soup", "Gemüsesuppe", "https://example.org/soup"),))
    index = SearchIndex(Catalog("Rezepte", language=tag, stages=(stage,)))
    assert [hit.resource.id for hit in index.search("wie koche ich Suppen").hits] == ["soup"]
