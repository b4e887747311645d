"""A pytest plugin: every request that the tests made to the simulated Discord, written to a file.

It does nothing unless STUDYBOT_REQUEST_LOG names that file. Each line is one JSON object with the keys "method", "path"
and "json", as Discord's API document is checked against (`.ci/run`). A bot in another process is not seen.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from simcord import Env


@pytest.fixture(scope="session", autouse=True)
def _request_log() -> Iterator[None]:
    target = os.environ.get("STUDYBOT_REQUEST_LOG")
    with pytest.MonkeyPatch.context() as patch:
        if target:
            _log_at_shutdown(patch, Path(target))
        yield


def _log_at_shutdown(patch: pytest.MonkeyPatch, target: Path) -> None:
    # SimCord offers no hook for the end of an environment, and only its end has all of the requests.
    shutdown = Env.shutdown

    async def logged_shutdown(env: Env) -> None:
        try:
            await shutdown(env)
        finally:
            _append(target, env)

    patch.setattr(Env, "shutdown", logged_shutdown)


def _append(target: Path, env: Env) -> None:
    lines = [json.dumps({"method": r.method, "path": r.path, "json": r.json}) for r in env.http_requests]
    # Unbuffered, so that the lines of one environment stay together when several processes run tests.
    with target.open("ab", buffering=0) as file:
        file.write("".join(f"{line}\n" for line in lines).encode())
