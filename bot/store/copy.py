"""A whole SQLite database copied to PostgreSQL, for a bot that moves there.

SRC ──VACUUM INTO──> a snapshot, brought to the newest version ──one transaction──> DST, counted on both sides
"""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection, Table, func, insert, select, text
from sqlalchemy import create_engine as create_sync_engine
from sqlalchemy.exc import DBAPIError

from bot.errors import StoreError
from bot.store.backup import back_up
from bot.store.engine import database_url
from bot.store.store import Store
from bot.store.tables import app_state, insert_into, metadata

ROWS = 1_000
"""Rows in one INSERT. At 1 a database 10 ms away takes 100 a second; at a million all of them are in memory."""
COPIED = "copied"
"""The note that a copy leaves in the target: how many rows of each table came with it."""

TABLES: tuple[Table, ...] = tuple(metadata.sorted_tables)
_NAMES = ", ".join(table.name for table in TABLES)


async def copy_database(source: str, target: str) -> dict[str, int]:
    """Replace what is in the PostgreSQL database at `target` by the SQLite database at `source` as it is now.

    Returns the number of rows of each table, which is the same in both. All of it happens or nothing: raises StoreError
    if not, and if the target holds anything that no earlier copy put there.
    """
    address = database_url(target)
    if address.get_backend_name() != "postgresql":
        raise StoreError("The copy goes to PostgreSQL: write DST like postgresql://user:password@host/name.")
    with TemporaryDirectory(prefix="studybot-") as folder:
        snapshot = Path(folder) / "snapshot.db"
        back_up(source, snapshot)
        for url in (f"sqlite:///{snapshot}", target):
            await (await Store.open(url)).close()  # both in the newest version
        from sqlalchemy.ext.asyncio import create_async_engine  # there if the target could be opened

        reading = create_sync_engine(f"sqlite:///{snapshot}")
        writing = create_async_engine(address, hide_parameters=True)
        try:
            with reading.connect() as old:
                async with writing.begin() as new:
                    return await new.run_sync(_copy, old)
        except (DBAPIError, OSError) as error:
            raise StoreError(f"The copy failed, and nothing was changed: {getattr(error, 'orig', error)}") from error
        finally:
            reading.dispose()
            await writing.dispose()


def _copy(new: Connection, old: Connection) -> dict[str, int]:
    new.execute(text(f"LOCK TABLE {_NAMES} IN ACCESS EXCLUSIVE MODE"))
    _refuse_if_used(new)
    new.execute(text(f"TRUNCATE {_NAMES}"))
    for table in TABLES:
        for rows in old.execute(select(table)).mappings().partitions(ROWS):
            new.execute(insert(table), [dict(row) for row in rows])
    # No id is given twice, not even one whose row is gone: nonces are made of them.
    for name, last in old.execute(text("SELECT name, seq FROM sqlite_sequence WHERE seq > 0")):
        new.execute(text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :last)"), {"name": name, "last": last})
    counts = _counts(old)
    if (found := _counts(new)) != counts:
        raise StoreError(f"The copy was given up, and nothing was changed: {counts} were read, {found} written.")
    note = insert_into(new, app_state).values(key=COPIED, value=json.dumps(counts))
    new.execute(note.on_conflict_do_update(index_elements=["key"], set_={"value": json.dumps(counts)}))
    return counts


def _refuse_if_used(new: Connection) -> None:
    """Raise StoreError if the target holds more, or less, than the last copy left there: a bot may run on it."""
    note: str | None = new.scalar(select(app_state.c.value).where(app_state.c.key == COPIED))
    counts = _counts(new)
    expected = json.loads(note) | {app_state.name: counts[app_state.name]} if note else dict.fromkeys(counts, 0)
    if counts != expected:
        raise StoreError(
            f"DST is in use: it holds {counts}, and no copy left it like that. Nothing was changed. Give an empty "
            "database, or delete and create this one if what is in it may be lost."
        )


def _counts(connection: Connection) -> dict[str, int]:
    """How many rows each table has."""
    return {one.name: connection.scalar(select(func.count()).select_from(one)) or 0 for one in TABLES}
