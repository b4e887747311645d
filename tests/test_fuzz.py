"""A thousand hostile inputs through every way into the bot; `python -m tests.fuzz` makes a million."""

from __future__ import annotations

import pytest

from tests.fuzz import INTERACTIONS, WAYS, fuzz, fuzz_interactions

COUNT = 1000


@pytest.mark.parametrize("name", WAYS)
def test_texts(name: str) -> None:
    fuzz(name, COUNT)


@pytest.mark.parametrize("name", INTERACTIONS)
async def test_forged_interactions(name: str) -> None:
    await fuzz_interactions(COUNT, INTERACTIONS[name])
