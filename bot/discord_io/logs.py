"""The log on standard error: one line for a network error, and never a token or a member's words."""

from __future__ import annotations

import copy
import logging
import re

import aiohttp
import discord

LEVELS = ("debug", "info", "warning", "error")
"""What `--log-level` takes. It is for studybot's own lines: at "debug" discord.py and the drivers would write whole
messages, tokens among them, so theirs begin at INFO whatever is chosen."""
_LINE = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"
_NETWORK = (
    *(OSError, TimeoutError, aiohttp.ClientError),
    *(discord.HTTPException, discord.GatewayNotFound, discord.ConnectionClosed),
)
_TOKENS = re.compile(
    r"(?P<route>/(?:interactions|webhooks)/\d+/)[\w.-]+|\b[\w-]{20,30}\.[\w-]{6}\.[\w-]{25,}", re.ASCII
)


class _Formatter(logging.Formatter):
    """Lines without tokens; network errors are logged without a traceback, which would add nothing."""

    def format(self, record: logging.LogRecord) -> str:
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, _NETWORK):
            record = copy.copy(record)
            record.msg, record.args = f"{record.getMessage()} ({type(error).__name__}: {error})", ()
            record.exc_info = record.exc_text = None
        return _TOKENS.sub(lambda found: f"{found['route'] or ''}…", super().format(record))


def set_up_logging(level: str) -> None:
    """Write the log of this process to standard error; `level` is one of LEVELS."""
    handler = logging.StreamHandler()
    handler.setFormatter(_Formatter(_LINE))
    chosen = logging.getLevelNamesMapping()[level.upper()]
    logging.basicConfig(level=max(chosen, logging.INFO), handlers=[handler], force=True)
    logging.getLogger("bot").setLevel(chosen)
    logging.getLogger("alembic").setLevel(max(chosen, logging.WARNING))
