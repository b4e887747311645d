from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
from simcord import Env

from tests.members.server import Server


@pytest.fixture
def server(simcord_env: Env) -> Server:
    return Server(simcord_env)


@pytest.fixture(autouse=True)
def _nothing_broke(caplog: pytest.LogCaptureFixture, request: pytest.FixtureRequest) -> Iterator[None]:
    """Failures of buttons and autocomplete are only logged: a test that expects none must see none."""
    yield
    if "expects_errors" not in request.keywords:
        broken = [record.getMessage() for record in caplog.get_records("call") if record.levelno >= logging.ERROR]
        assert not broken


@pytest.fixture(autouse=True)
def _one_handler_for_each_custom_id(simcord_env: Env) -> Iterator[None]:
    """Whatever a card shows can be pressed: each custom_id that was drawn matches exactly one template."""
    yield
    for custom_id in sorted(drawn(simcord_env)):
        found = handlers(simcord_env, custom_id)
        assert len(found) == 1, f"{custom_id!r} is answered by {found}"


def drawn(env: Env) -> set[str]:
    """The custom_ids in the messages that the bot has sent so far, those in its modals aside."""
    return {found for request in env.http_requests for found in _custom_ids(request.json)}


def handlers(env: Env, custom_id: str) -> list[type[Any]]:
    """The buttons and selects whose template matches a custom_id."""
    # discord.py has no public way to ask for them.
    known: dict[re.Pattern[str], type[Any]] = env.bot._connection._view_store._dynamic_items
    return [item for template, item in known.items() if template.fullmatch(custom_id)]


def _custom_ids(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for one in value:
            yield from _custom_ids(one)
    elif isinstance(value, dict) and "title" not in value:  # a modal has one; its fields come back with it
        if isinstance(found := value.get("custom_id"), str):
            yield found
        for one in value.values():
            yield from _custom_ids(one)
