"""Which version a database has: read without Alembic, which is loaded only to change it."""

from __future__ import annotations

from sqlalchemy import Connection, text

from bot.errors import StoreTooNew

VERSIONS = ("0001",)
"""The version that each migration leads to, the oldest first; a test compares them with the files."""
NEWEST = VERSIONS[-1]

# Not SQLAlchemy's inspection: on SQLite it asks by PRAGMA, which answers from the schema cached when the connection was
# opened, and another process may have created the tables meanwhile.
_VERSION_TABLES = {
    "sqlite": text("SELECT count(*) FROM sqlite_master WHERE name = 'alembic_version'"),
    "postgresql": text("SELECT count(to_regclass('alembic_version'))"),
}


def version_of(connection: Connection) -> str | None:
    """The version that a database has; None for a new one.

    Raises StoreTooNew if a newer studybot wrote it.
    """
    if not connection.scalar(_VERSION_TABLES[connection.dialect.name]):
        return None
    version: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    if version is not None and version not in VERSIONS:
        raise StoreTooNew(
            f"The database was written by a newer studybot (its version is {version}). "
            "Install that one, or point DATABASE_URL at another database. Nothing was changed."
        )
    return version
