"""Migrations: from any older version to the newest, by as many processes at once as there are."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

from bot.store.version import NEWEST, version_of

MIGRATIONS = Path(__file__).parent / "migrations"
LOCK = 0x73747564  # "stud": PostgreSQL's advisory locks are numbers
"""The number of the lock that processes wait for before they migrate."""


def upgrade(connection: Connection) -> None:
    """Bring the database to the newest version, inside the transaction that `connection` is in.

    Raises StoreTooNew, and changes nothing, if a newer studybot wrote it.
    """
    if connection.dialect.name == "postgresql":  # SQLite's transaction has the write lock already
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    if version_of(connection) != NEWEST:  # else another process was first
        command.upgrade(alembic_config(connection), "head")


def alembic_config(connection: Connection) -> Config:
    """Alembic's configuration for commands on a connection that is in a transaction already."""
    config = Config()
    # Alembic reads % as the start of a reference; a folder may have one in its name.
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
