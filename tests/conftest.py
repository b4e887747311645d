"""What all tests share: the shipped catalog, a real store, and a real bot on a simulated Discord.

HYPOTHESIS_PROFILE=thorough tries four times as many examples as the default, "quick".
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from hypothesis import settings
from simcord import Env

from bot.catalog import Catalog, load_catalog, shipped_catalog
from bot.catalogs import Catalogs, Library
from bot.client import StudyBot, create_bot
from bot.settings import Settings
from bot.store import Store

pytest_plugins = ["tests.request_log"]

# No deadline: an example's time says how busy the machine is.
settings.register_profile("quick", max_examples=25, deadline=None)
settings.register_profile("thorough", max_examples=100, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))

# SimCord looks every 50 ms whether the bot is at rest, also where only a callback of the loop's next turn is left: a
# tenth of a second in every test of a member. It has no public setting for it.
Env._settle_internal.__kwdefaults__["idle"] = 0.002


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    return load_catalog(shipped_catalog())


@pytest.fixture(scope="session")
def library(catalog: Catalog) -> Library:
    return Library(catalog)


@pytest.fixture(scope="session")
def catalogs(catalog: Catalog) -> Catalogs:
    """The shipped catalog, indexed once for all bots; a test that replaces lists makes its own."""
    return Catalogs(catalog)


@pytest_asyncio.fixture
async def store() -> AsyncIterator[Store]:
    async with await Store.open("sqlite:///:memory:") as opened:
        yield opened


@pytest_asyncio.fixture
async def simcord_bot(catalogs: Catalogs, store: Store) -> StudyBot:
    return create_bot(Settings.model_construct(), catalogs, store)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        marker = item.get_closest_marker("simcord")
        if marker is None or "shard_count" not in marker.kwargs:
            # The bot itself asks Discord for the number of shards.
            options = {"shard_count": 1} | (marker.kwargs if marker else {})
            item.add_marker(pytest.mark.simcord(**options), append=False)
