"""The JSON Schema of catalog.yaml, made from the model: for editors that complete and check while one types."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

from bot.catalog.model import Catalog


def catalog_schema() -> dict[str, Any]:
    """The schema of a catalog file, as data for JSON.

    It says what a file may leave out where the model cannot: ids are made from titles, and a topic's is its key.
    """
    schema = TypeAdapter(Catalog).json_schema()
    for definition in (schema, *schema["$defs"].values()):
        definition["required"] = [key for key in definition["required"] if key != "id"]
        for key in definition["properties"].values():
            key.pop("title", None)
    schema["$defs"]["Topic"]["properties"].pop("id")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "catalog.yaml",
        "description": "A reading list as studybot serves it.",
    } | {key: value for key, value in schema.items() if key not in ("title", "description")}
