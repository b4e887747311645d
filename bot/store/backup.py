"""A copy of an SQLite database, consistent while others write to it.

Copying the file alone loses what is still in the log beside it (`-wal`): https://sqlite.org/wal.html.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from bot.errors import StoreError
from bot.store.engine import database_url, in_memory
from bot.store.sqlite import OPENING_SECONDS, create_private_file


def back_up(url: str, file: Path) -> None:
    """Copy the database at an address (DATABASE_URL) to a new file; raises StoreError, which says what to do.

    The copy holds the state of one instant, and nothing that was deleted before it. Its owner alone can read it.
    """
    address = database_url(url)
    if address.get_backend_name() != "sqlite":
        raise StoreError("This copies SQLite databases. For PostgreSQL use its own pg_dump.")
    if in_memory(address):
        raise StoreError("DATABASE_URL names a database in memory, of which no other process can make a copy.")
    source = Path(address.database or "")
    if not source.is_file():
        raise StoreError(f"There is no database at {source}. Run this where the bot runs, or set DATABASE_URL.")
    try:
        create_private_file(file)
    except FileExistsError as error:
        raise StoreError(f"{file} is there already. Choose another name; nothing is overwritten.") from error
    except OSError as error:
        raise StoreError(_cannot_copy(source, file, error.strerror or error)) from error
    try:
        with closing(sqlite3.connect(source, timeout=OPENING_SECONDS)) as connection:
            connection.execute("VACUUM INTO ?", (str(file),))  # SQLite takes an empty file for none
    except BaseException as error:
        file.unlink(missing_ok=True)
        if isinstance(error, sqlite3.Error):
            raise StoreError(_cannot_copy(source, file, error)) from error
        raise


def _cannot_copy(source: Path, file: Path, error: object) -> str:
    return f"{source} cannot be copied to {file}: {error}. Check that its folder may be written."
