"""Marks: the pages that members have finished, each with the instant; and who lets others see theirs.

A page is the canonical form of a resource's address, so that one mark counts in every catalog that lists the page.
Where a method takes several `pages`, they are one resource's: its page, then those that it had before.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from sqlalchemy import ColumnElement, Connection, and_, bindparam, delete, func, select

from bot.store.engine import Transactions
from bot.store.tables import insert_into, marks, sharing

PARAMETERS_LIMIT = 10_000
"""Pages in one statement. At 1 there is a round trip for each; both engines take some thirty thousand parameters."""

# Built once: every list that a member asks for reads their marks, and building costs as much as the reading.
_MARKS = (
    select(marks.c.page, marks.c.done_at)
    .where(marks.c.user_id == bindparam("user_id"))
    .order_by(marks.c.done_at, marks.c.page)
)
_SHARED_SINCE = select(sharing.c.shared_at).where(sharing.c.user_id == bindparam("user_id"))


class Action(Enum):
    """What is done to a mark; the value is the letter that stands for it in a custom_id.

    A card that one member sees says MARK or UNDO, so that pressing an old one never does the opposite of its label. A
    post that everybody sees cannot know who has finished what, and says TOGGLE.
    """

    MARK = "m"
    UNDO = "u"
    TOGGLE = "t"

    @classmethod
    def beside(cls, finished: bool) -> Action:
        """What a button does beside a resource that is finished or not."""
        return cls.UNDO if finished else cls.MARK


@dataclass(frozen=True, slots=True)
class MarkChange:
    """A mark after an action: whether the resource is `finished`, and whether the action `changed` that."""

    finished: bool
    changed: bool = True


class Marks:
    """The members' marks. Every method raises StoreError if the database cannot be used."""

    def __init__(self, store: Transactions) -> None:
        self._store = store

    async def of(self, user_id: int) -> dict[str, datetime]:
        """The pages that a member has finished, each with the instant, the earliest first.

        Pages that no catalog lists any more stay.
        """

        def work(connection: Connection) -> dict[str, datetime]:
            return {row[0]: row[1] for row in connection.execute(_MARKS, {"user_id": user_id})}

        return await self._store.look_up(work)

    async def change(self, user_id: int, pages: Sequence[str], action: Action, now: datetime) -> MarkChange:
        """Set, remove or toggle a member's mark on a resource's pages, its former ones included."""
        if action is Action.MARK:
            return MarkChange(True, await self.mark(user_id, pages, now))
        if action is Action.UNDO:
            return MarkChange(False, await self.unmark(user_id, pages))
        return MarkChange(await self.toggle_mark(user_id, pages, now))

    async def mark(self, user_id: int, pages: Sequence[str], now: datetime) -> bool:
        """Mark the first of some pages, unless one of them is marked; False if one was, and then its instant stays."""
        known = select(marks.c.page).where(_marks_at(user_id, pages)).limit(1)

        def work(connection: Connection) -> bool:
            return connection.scalar(known) is None and _insert_mark(connection, user_id, pages[0], now)

        return await self._store.write(work)

    async def unmark(self, user_id: int, pages: Collection[str]) -> bool:
        """A member has finished none of some pages after all; False if no mark of theirs was at any."""
        statement = delete(marks).where(_marks_at(user_id, pages))
        return await self._store.write(lambda connection: connection.execute(statement).rowcount > 0)

    async def toggle_mark(self, user_id: int, pages: Sequence[str], now: datetime) -> bool:
        """Take a member's marks at some pages, or mark the first page if there are none; whether it is marked now.

        Concurrent toggles each take effect.
        """
        taking = delete(marks).where(_marks_at(user_id, pages))

        def work(connection: Connection) -> bool:
            while True:
                if connection.execute(taking).rowcount:
                    return False
                if _insert_mark(connection, user_id, pages[0], now):
                    return True

        return await self._store.write(work)

    async def sharing_finishers(self, pages: Sequence[str], limit: int) -> list[int]:
        """The members who share their progress and finished any of some pages, those with the latest mark first, at
        most `limit`."""
        done_at = func.max(marks.c.done_at, type_=marks.c.done_at.type)
        some = select(marks.c.user_id, done_at).join(sharing, sharing.c.user_id == marks.c.user_id)
        some = some.group_by(marks.c.user_id).order_by(done_at.desc()).limit(limit)

        def work(connection: Connection) -> list[int]:
            latest: dict[int, datetime] = {}
            for start in range(0, len(pages), PARAMETERS_LIMIT):
                asked = pages[start : start + PARAMETERS_LIMIT]
                for user_id, instant in connection.execute(some.where(marks.c.page.in_(asked))):
                    latest[user_id] = max(instant, latest.get(user_id, instant))
            return sorted(latest, key=lambda user_id: latest[user_id], reverse=True)[:limit]

        return await self._store.read(work)

    async def counts(self, user_ids: Collection[int]) -> Mapping[str, int]:
        """How many of some members finished each page; a page that none of them finished is left out."""
        statement = select(marks.c.page, func.count()).group_by(marks.c.page).where(marks.c.user_id.in_(user_ids))

        def work(connection: Connection) -> Mapping[str, int]:
            return {row[0]: row[1] for row in connection.execute(statement)}

        return await self._store.read(work)

    async def shared_since(self, user_id: int) -> datetime | None:
        """Since when a member lets others see their progress; None if they do not."""

        def work(connection: Connection) -> datetime | None:
            found: datetime | None = connection.scalar(_SHARED_SINCE, {"user_id": user_id})
            return found

        return await self._store.look_up(work)

    async def share(self, user_id: int, now: datetime) -> None:
        """Let others see a member's progress."""
        values = {"user_id": user_id, "shared_at": now}

        def work(connection: Connection) -> None:  # who shares already keeps the instant
            connection.execute(insert_into(connection, sharing).values(values).on_conflict_do_nothing())

        await self._store.write(work)

    async def unshare(self, user_id: int) -> None:
        """Let nobody else see it any more."""
        statement = delete(sharing).where(sharing.c.user_id == user_id)
        await self._store.write(lambda connection: connection.execute(statement))


def _marks_at(user_id: int, pages: Collection[str]) -> ColumnElement[bool]:
    return and_(marks.c.user_id == user_id, marks.c.page.in_(pages))


def _insert_mark(connection: Connection, user_id: int, page: str, now: datetime) -> bool:
    """Whether there was none."""
    insert = insert_into(connection, marks).values(user_id=user_id, page=page, done_at=now)
    return connection.execute(insert.on_conflict_do_nothing()).rowcount > 0
