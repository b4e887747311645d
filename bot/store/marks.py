"""Marks: the pages that members have finished, each with the instant; and who lets others see theirs
or is not counted.

A page is the canonical form of a resource's address, so that one mark counts in every catalog that lists the page.
Where a method takes several `pages`, they are one resource's: its page, then those that it had before.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Connection, Table, and_, bindparam, delete, func, select

from bot.store.tables import insert_into, marks, sharing, uncounted

if TYPE_CHECKING:
    from bot.store.store import Store

PARAMETERS_LIMIT = 10_000
"""Pages in one statement. At 1 there is a round trip for each; both engines take some thirty thousand parameters."""

# Built once: every list that a member asks for reads their marks, and building costs as much as the reading.
_MARKS = (
    select(marks.c.page, marks.c.done_at)
    .where(marks.c.user_id == bindparam("user_id"))
    .order_by(marks.c.done_at, marks.c.page)
)
_SHARED_SINCE = select(sharing.c.shared_at).where(sharing.c.user_id == bindparam("user_id"))


Then = Callable[[Connection], object]
"""What is done in the transaction of a mark, if the mark changed."""


def nothing(_: Connection) -> None:
    """Nothing follows a mark."""


class Marks:
    """The members' marks. Every method raises StoreError if the database cannot be used."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def of(self, user_id: int) -> dict[str, datetime]:
        """The pages that a member has finished, each with the instant, the earliest first.

        Pages that no catalog lists any more stay.
        """

        def work(connection: Connection) -> dict[str, datetime]:
            return {row[0]: row[1] for row in connection.execute(_MARKS, {"user_id": user_id})}

        return await self._store.look_up(work)

    async def of_each(self, user_ids: Collection[int]) -> Mapping[int, Mapping[str, datetime]]:
        """What each of some members has finished: pages with the instants."""

        def work(connection: Connection) -> Mapping[int, Mapping[str, datetime]]:
            found: dict[int, dict[str, datetime]] = {user_id: {} for user_id in user_ids}
            for row in connection.execute(select(marks).where(marks.c.user_id.in_(user_ids))):
                found[row.user_id][row.page] = row.done_at
            return found

        return await self._store.read(work)

    async def mark(self, user_id: int, pages: Sequence[str], now: datetime, *, then: Then = nothing) -> bool:
        """Mark the first of some pages, unless one of them is marked; False if one was, and then its instant stays."""
        known = select(marks.c.page).where(_marks_at(user_id, pages)).limit(1)

        def work(connection: Connection) -> bool:
            if connection.scalar(known) is not None or not _insert_mark(connection, user_id, pages[0], now):
                return False
            then(connection)
            return True

        return await self._store.write(work)

    async def unmark(self, user_id: int, pages: Collection[str], *, then: Then = nothing) -> bool:
        """A member has finished none of some pages after all; False if no mark of theirs was at any."""

        def work(connection: Connection) -> bool:
            if not connection.execute(delete(marks).where(_marks_at(user_id, pages))).rowcount:
                return False
            then(connection)
            return True

        return await self._store.write(work)

    async def toggle_mark(self, user_id: int, pages: Sequence[str], now: datetime, *, then: Then = nothing) -> bool:
        """Take a member's marks at some pages, or mark the first page if there are none; whether it is marked now.

        Concurrent toggles each take effect.
        """
        taking = delete(marks).where(_marks_at(user_id, pages))

        def work(connection: Connection) -> bool:
            while True:
                taken = connection.execute(taking).rowcount > 0
                if taken or _insert_mark(connection, user_id, pages[0], now):
                    then(connection)
                    return not taken

        return await self._store.write(work)

    async def finishers(self, pages: Sequence[str], limit: int) -> list[int]:
        """The members who finished any of some pages, those with the latest mark first, at most `limit`.

        The pages may be one resource's or a whole catalog's. Who is not to be counted is left out.
        """
        done_at = func.max(marks.c.done_at, type_=marks.c.done_at.type)
        counted = ~select(uncounted.c.user_id).where(uncounted.c.user_id == marks.c.user_id).exists()
        some = select(marks.c.user_id, done_at).where(counted)
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
        await self._store.write(_note_choice, sharing, user_id=user_id, shared_at=now)

    async def unshare(self, user_id: int) -> None:
        """Let nobody else see it any more."""
        statement = delete(sharing).where(sharing.c.user_id == user_id)
        await self._store.write(lambda connection: connection.execute(statement))

    async def opt_in_to_counts(self, user_id: int) -> None:
        """Count a member in the numbers of servers, as everybody is who said nothing else."""
        statement = delete(uncounted).where(uncounted.c.user_id == user_id)
        await self._store.write(lambda connection: connection.execute(statement))

    async def opt_out_of_counts(self, user_id: int, now: datetime) -> None:
        """Leave a member out of the numbers of servers."""
        await self._store.write(_note_choice, uncounted, user_id=user_id, uncounted_at=now)


def _marks_at(user_id: int, pages: Collection[str]) -> ColumnElement[bool]:
    return and_(marks.c.user_id == user_id, marks.c.page.in_(pages))


def _insert_mark(connection: Connection, user_id: int, page: str, now: datetime) -> bool:
    """Whether there was none."""
    insert = insert_into(connection, marks).values(user_id=user_id, page=page, done_at=now)
    return connection.execute(insert.on_conflict_do_nothing()).rowcount > 0


def _note_choice(connection: Connection, table: Table, /, **values: Any) -> None:
    """What a member chose; a choice that they made before keeps its instant."""
    connection.execute(insert_into(connection, table).values(values).on_conflict_do_nothing())
