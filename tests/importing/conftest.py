"""An index as a text, imported as the command does it."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest

from bot.importing import Imported, import_index

Read = Callable[..., Imported]


@pytest.fixture
def read() -> Read:
    """Imports a Markdown text."""

    def read(markdown: str, base: str | None = None) -> Imported:
        return import_index(Path("-"), BytesIO(markdown.encode()), base=base)

    return read
