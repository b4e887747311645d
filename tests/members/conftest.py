from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from simcord import Env

from tests.members.server import Server


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "expects_errors: the bot may write errors to its log in this test")


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
