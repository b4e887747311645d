from __future__ import annotations

import pytest

from bot.catalog import Catalog
from bot.search import SearchIndex


@pytest.fixture(scope="session")
def index(catalog: Catalog) -> SearchIndex:
    return SearchIndex(catalog)
