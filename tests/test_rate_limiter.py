"""The pace of the bot's own messages: never more in a second than Discord allows, whatever the process does."""

from __future__ import annotations

import asyncio
import time

from bot.discord_io.requests import REQUESTS_PER_SECOND, RateLimiter

ALLOWED = 50
"""Requests a second that Discord takes from a bot."""


async def most_in_a_second(limiter: RateLimiter, requests: int) -> int:
    turns: list[float] = []

    async def ask() -> None:
        await limiter.acquire()
        turns.append(asyncio.get_running_loop().time())

    await asyncio.gather(*(ask() for _ in range(requests)))
    turns.sort()
    return max(sum(first <= turn < first + 1 for turn in turns) for first in turns)


async def test_a_crowd_stays_under_what_is_allowed() -> None:
    assert await most_in_a_second(RateLimiter(), 75) <= ALLOWED


async def test_a_process_that_stood_still_does_not_make_up_for_it() -> None:
    asyncio.get_running_loop().call_later(0.3, time.sleep, 0.6)
    assert await most_in_a_second(RateLimiter(), 75) <= ALLOWED


async def test_a_few_need_not_wait() -> None:
    async with asyncio.timeout(1 / REQUESTS_PER_SECOND / 2):
        await RateLimiter().acquire()


async def test_three_processes_stay_under_it_together() -> None:
    thirds = [RateLimiter(1 / 3) for _ in range(3)]
    assert sum(await asyncio.gather(*(most_in_a_second(limiter, 25) for limiter in thirds))) <= ALLOWED
