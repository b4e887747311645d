from __future__ import annotations

import pytest

from bot.catalog import Catalog
from bot.search import Reason, SearchIndex


@pytest.fixture(scope="session")
def index(catalog: Catalog) -> SearchIndex:
    return SearchIndex(catalog)


def short(reason: Reason) -> str:
    """A reason in a table: `kv cache: topic`, `atention ≈ attention: title`."""
    if reason.how == "exact" or reason.words.casefold() == reason.matched.casefold():
        return f"{reason.words}: {reason.field}"
    return f"{reason.words} {'≈' if reason.how == 'typo' else '='} {reason.matched}: {reason.field}"
