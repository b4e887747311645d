"""What the log of a running bot holds, and what it never does."""

from __future__ import annotations

import subprocess
import sys

import pytest

TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4.GabcdE.abcdefghijklmnopqrstuvwxyz0123456789AB"  # noqa: S105 - nobody's
LOGGING = f"""
import logging, sys
from bot.discord_io.logs import set_up_logging

set_up_logging(sys.argv[1])
ours, theirs = logging.getLogger("bot.client"), logging.getLogger("discord.gateway")
ours.debug("a detail")
theirs.debug("a whole message")
theirs.warning("POST https://discord.com/api/v10/interactions/123/aW50ZXJhY3Rpb24.x-y_z/callback and {TOKEN}")
try:
    raise ConnectionResetError("gone")
except OSError:
    theirs.exception("The connection")
try:
    raise KeyError("a bug")
except KeyError:
    ours.exception("An interaction failed")
"""


def log(level: str) -> str:
    words = (sys.executable, "-c", LOGGING, level)
    return subprocess.run(words, capture_output=True, text=True, check=True).stderr  # noqa: S603 - our own words


@pytest.mark.parametrize("level", ["debug", "info", "warning", "error"])
def test_no_level_writes_tokens_or_what_the_library_reads(level: str) -> None:
    written = log(level)
    assert TOKEN not in written
    assert "aW50ZXJhY3Rpb24" not in written
    assert "a whole message" not in written
    assert ("a detail" in written) is (level == "debug")


def test_the_network_is_told_in_one_line_and_a_bug_with_where_it_is() -> None:
    written = log("info")
    assert "interactions/123/…/callback and …" in written
    assert "discord.gateway: The connection (ConnectionResetError: gone)\n" in written
    assert written.count("Traceback") == 1
    assert "KeyError: 'a bug'" in written
