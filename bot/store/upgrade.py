"""Migrations, run at every start: from any older version, by as many processes at once as there are."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from bot.errors import StoreTooNew

MIGRATIONS = Path(__file__).parent / "migrations"
LOCK = 0x73747564  # "stud": PostgreSQL's advisory locks are numbers
"""The number of the lock that processes wait for before they migrate."""


def upgrade(connection: Connection) -> None:
    """Bring the database to the newest version, inside the transaction that `connection` is in.

    Raises StoreTooNew, and changes nothing, if a newer studybot wrote it.
    """
    if connection.dialect.name == "postgresql":  # SQLite's transaction has the write lock already
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    config = _config()
    script = ScriptDirectory.from_config(config)
    current = MigrationContext.configure(connection).get_current_revision()
    if current == script.get_current_head():
        return
    if current is not None and current not in {revision.revision for revision in script.walk_revisions()}:
        raise StoreTooNew(
            f"The database was written by a newer studybot (its version is {current}). "
            "Install that one, or point DATABASE_URL at another database. Nothing was changed."
        )
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _config() -> Config:
    config = Config()
    # Alembic reads % as the start of a reference; a folder may have one in its name.
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
