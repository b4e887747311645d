"""Group commit: transactions that are asked for while another is committed are committed together.

A commit waits for the disk, some milliseconds, whatever is in it. When thousands of prompts are due, one for each step
of each prompt would be what they wait for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Connection

from bot.store.database import Database

T = TypeVar("T")


class _Waiting(NamedTuple):
    key: int
    work: Callable[[Connection], Any]
    result: asyncio.Future[Any]


class GroupCommit:
    """Runs functions in transactions of a database, those that wait at the same time in one.

    Each is in a savepoint of its own: one that raises undoes nothing of the others.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: list[_Waiting] = []
        self._task: asyncio.Task[None] | None = None

    async def write(self, work: Callable[[Connection], T], key: int) -> T:
        """Run a function, and return what it returns once that is committed; raises StoreError.

        `key` is the id of the schedule that it locks: a group locks them in order, as everybody does.
        """
        waiting = _Waiting(key, work, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._commit())
        result: T = await waiting.result
        return result

    async def _commit(self) -> None:
        while self._waiting:
            group, self._waiting = sorted(self._waiting, key=lambda one: one.key), []
            try:
                outcomes = await self._database.write(partial(_run, group))
            except Exception as error:  # noqa: BLE001 - of whoever waits for it
                outcomes = [error] * len(group)
            for waiting, outcome in zip(group, outcomes, strict=True):
                if waiting.result.done():  # nobody waits for it any more
                    continue
                if isinstance(outcome, BaseException):
                    waiting.result.set_exception(outcome)
                else:
                    waiting.result.set_result(outcome)


def _run(group: list[_Waiting], connection: Connection) -> list[Any]:
    outcomes: list[Any] = []
    for waiting in group:
        try:
            with connection.begin_nested():
                outcomes.append(waiting.work(connection))
        except Exception as error:  # noqa: BLE001 - of whoever waits for it
            outcomes.append(error)
    return outcomes
