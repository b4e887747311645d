"""What members have finished: by member and resource, with the instant, and nothing else."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import and_, delete, func, select

from bot.store.database import Database
from bot.store.tables import progress, sharing

IDS_AT_ONCE = 10_000
"""Ids in one statement; both engines take some thirty thousand parameters."""


class Progress(Database):
    """The part of the store that holds the members' progress, and who lets others see theirs."""

    async def finished_by(self, user_id: int) -> dict[str, datetime]:
        """The ids of what a member has finished, each with the instant; ids that no catalog has any more stay."""
        mine = select(progress.c.resource_id, progress.c.done_at).where(progress.c.user_id == user_id)
        async with self._begin() as connection:
            rows = (await connection.execute(mine.order_by(progress.c.done_at, progress.c.resource_id))).all()
        return {row.resource_id: row.done_at for row in rows}

    async def finished_by_each(self, user_ids: Collection[int]) -> Mapping[int, Mapping[str, datetime]]:
        """What each of some members has finished: resource ids with the instants."""
        found: dict[int, dict[str, datetime]] = {user_id: {} for user_id in user_ids}
        async with self._begin() as connection:
            for row in await connection.execute(select(progress).where(progress.c.user_id.in_(user_ids))):
                found[row.user_id][row.resource_id] = row.done_at
        return found

    async def finish(self, user_id: int, resource_id: str, now: datetime) -> bool:
        """A member has finished a resource; False if that was known, and then the first instant stays."""
        values = {"user_id": user_id, "resource_id": resource_id, "done_at": now}
        statement = self._insert(progress).values(values).on_conflict_do_nothing()
        async with self._begin() as connection:
            return (await connection.execute(statement)).rowcount > 0

    async def unfinish(self, user_id: int, resource_id: str) -> bool:
        """A member has not finished a resource after all; False if nothing was known of it."""
        wanted = and_(progress.c.user_id == user_id, progress.c.resource_id == resource_id)
        async with self._begin() as connection:
            return (await connection.execute(delete(progress).where(wanted))).rowcount > 0

    async def toggle_finished(self, user_id: int, resource_id: str, now: datetime) -> bool:
        """Turn a member's mark at a resource around, in one transaction; whether it is finished now.

        Of many at once each counts: a mark that another sets meanwhile is turned around too, not taken for this one's.
        """
        wanted = and_(progress.c.user_id == user_id, progress.c.resource_id == resource_id)
        values = {"user_id": user_id, "resource_id": resource_id, "done_at": now}
        async with self._begin() as connection:
            while True:
                if (await connection.execute(delete(progress).where(wanted))).rowcount:
                    return False
                insert = self._insert(progress).values(values).on_conflict_do_nothing()
                if (await connection.execute(insert)).rowcount:
                    return True

    async def finishers(self, resource_id: str, limit: int) -> list[int]:
        """The members who finished a resource, the latest first, at most `limit`."""
        statement = select(progress.c.user_id).where(progress.c.resource_id == resource_id)
        async with self._begin() as connection:
            found = await connection.scalars(statement.order_by(progress.c.done_at.desc()).limit(limit))
            return list(found)

    async def learners(self, resource_ids: Sequence[str], limit: int) -> list[int]:
        """The members who finished any of some resources, those with the latest finish first, at most `limit`."""
        latest: dict[int, datetime] = {}
        done_at = func.max(progress.c.done_at, type_=progress.c.done_at.type)
        some = select(progress.c.user_id, done_at).group_by(progress.c.user_id).order_by(done_at.desc()).limit(limit)
        async with self._begin() as connection:
            for start in range(0, len(resource_ids), IDS_AT_ONCE):
                asked = resource_ids[start : start + IDS_AT_ONCE]
                for user_id, instant in await connection.execute(some.where(progress.c.resource_id.in_(asked))):
                    latest[user_id] = max(instant, latest.get(user_id, instant))
        return sorted(latest, key=lambda user_id: latest[user_id], reverse=True)[:limit]

    async def counts(self, user_ids: frozenset[int]) -> Mapping[str, int]:
        """How many of some members finished each resource; a resource that none of them finished is left out."""
        statement = select(progress.c.resource_id, func.count()).group_by(progress.c.resource_id)
        async with self._begin() as connection:
            rows = (await connection.execute(statement.where(progress.c.user_id.in_(user_ids)))).all()
        return {resource_id: count for resource_id, count in rows}  # noqa: C416 - rows are no pairs to the type checker

    async def shared_since(self, user_id: int) -> datetime | None:
        """Since when a member lets others see their progress; None if they do not."""
        async with self._begin() as connection:
            found: datetime | None = await connection.scalar(
                select(sharing.c.shared_at).where(sharing.c.user_id == user_id)
            )
            return found

    async def share(self, user_id: int, now: datetime) -> None:
        """Let others see a member's progress."""
        statement = self._insert(sharing).values(user_id=user_id, shared_at=now).on_conflict_do_nothing()
        async with self._begin() as connection:
            await connection.execute(statement)

    async def unshare(self, user_id: int) -> None:
        """Let nobody else see it any more."""
        async with self._begin() as connection:
            await connection.execute(delete(sharing).where(sharing.c.user_id == user_id))
