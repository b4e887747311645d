"""A few of the walks of admins; `python -m tests.faults.walk 1000` makes many."""

from __future__ import annotations

import pytest

from bot.catalog import Catalog
from tests.faults.walk import walk

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("seed", range(2000, 2008))
async def test_walk(catalog: Catalog, seed: int) -> None:
    await walk(seed, catalog)
