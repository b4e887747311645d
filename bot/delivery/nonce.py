"""The nonce of a message, by which Discord knows a second try for the first."""

from __future__ import annotations

import hashlib

from bot.store import Delivery

NONCE_LENGTH = 25
"""The longest that Discord takes."""


def nonce(delivery: Delivery, part: str = "post") -> str:
    """The same for every try of one occurrence, different for all others and for each part of it."""
    key = f"{delivery.schedule_id}:{delivery.occurrence.isoformat()}"
    return hashlib.sha256(f"{key}:{part}".encode()).hexdigest()[:NONCE_LENGTH]


def jitter(delivery: Delivery) -> float:
    """A number from 0 to 1, another for each delivery and try: those that failed together do not come back together."""
    return int(nonce(delivery, f"try {delivery.attempts}")[:8], 16) / 0xFFFFFFFF
