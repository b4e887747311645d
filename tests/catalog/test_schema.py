"""The JSON Schema: current, described, and of one mind with the loader."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from bot.catalog.schema import catalog_schema

ROOT = Path(__file__).parents[2]
FILE = ROOT / "docs" / "catalog.schema.json"
SMALL: dict[str, Any] = {
    "title": "L",
    "stages": [{"title": "S", "resources": [{"title": "T", "url": "https://x.example"}]}],
}


def test_the_file_is_current() -> None:
    """After a change to the model: studybot schema > docs/catalog.schema.json."""
    assert json.loads(FILE.read_text(encoding="utf-8")) == catalog_schema()


def test_the_catalog_names_it_in_its_first_line() -> None:
    first = (ROOT / "catalog.yaml").read_text(encoding="utf-8").split("\n")[0]
    assert first == f"# yaml-language-server: $schema={FILE.relative_to(ROOT)}"


def test_the_catalog_fits_it() -> None:
    jsonschema.validate(yaml.safe_load((ROOT / "catalog.yaml").read_text(encoding="utf-8")), catalog_schema())


@pytest.mark.parametrize(
    ("change", "fits"),
    [
        ({}, True),
        ({"topics": {"bread": {"name": "Bread"}}}, True),
        ({"topics": {"bread": {"id": "bread", "name": "Bread"}}}, False),
        ({"stages": [{"title": "S", "resources": [{"url": "https://x.example"}]}]}, False),
        ({"tracks": [{"title": "Later"}]}, True),
        ({"title": ""}, False),
        ({"titel": "L"}, False),
    ],
)
def test_it_asks_for_what_the_loader_asks_for(change: dict[str, Any], fits: bool) -> None:
    assert jsonschema.Draft202012Validator(catalog_schema()).is_valid(SMALL | change) == fits


def test_every_key_is_described() -> None:
    schema = catalog_schema()
    for name, definition in {"Catalog": schema, **schema["$defs"]}.items():
        for key, value in definition["properties"].items():
            assert value.get("description"), f"{name}.{key}"


def test_the_bot_needs_none_of_it_to_run() -> None:
    """Importing the bot itself loads nothing of the importer and its libraries."""
    unwanted = ("bot.importing", "bot.catalog.schema", "markdown_it", "mdit", "linkify")
    code = f"import sys, bot.cli, bot.client; print([name for name in sys.modules if name.startswith({unwanted})])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)  # noqa: S603
    assert ran.stdout.strip() == "[]"
