"""The tables as the newest migration leaves them; a test compares the two."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Connection,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
    text,
)

from bot.outcomes import Reason, State

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql, sqlite

NOTE_LIMIT = 300
"""Characters of an admin's own words for a post: a sentence or two."""
DETAIL_LIMIT = 300
"""Characters of Discord's words about an attempt that are kept: enough to act on."""
LOCALE_LIMIT = 16
"""Characters of a locale: Discord's have six at most."""
PAGE_LIMIT = 640
"""Characters of a page: a catalog's address has at most 512, and one that grows when it is normalised still fits.
PostgreSQL's indexes take 2,704 bytes, which four times this stays below."""


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: aware on both ends, kept in UTC. SQLite has no time zones and would hand back naive values."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To UTC; raises ValueError for a naive value, which does not identify a moment."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"an instant needs a time zone: {value!r}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Aware, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Code(TypeDecorator[StrEnum]):
    """A code of `bot.outcomes`."""

    impl = String(32)
    cache_ok = True

    def __init__(self, codes: type[StrEnum]) -> None:
        super().__init__()
        self.codes = codes

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:
        """As the enumeration's member."""
        return None if value is None else self.codes(value)


_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = MetaData(naming_convention=_NAMES)

# SQLite numbers rows by itself only where the key is exactly INTEGER.
_Id = BigInteger().with_variant(Integer(), "sqlite")

_RUNNING = text("paused_at IS NULL")
WAITING = text("state = 'waiting'")
"""The rows of `jobs` that wait for an attempt, in exactly these words: SQLite matches its partial index by them."""

# A row is a server's weekly prompt (guild_id) or a member's reminder (user_id): one machinery delivers both.
schedules = Table(
    "schedules",
    metadata,
    Column("id", _Id, primary_key=True, autoincrement=True),
    Column("guild_id", BigInteger, unique=True),
    Column("user_id", BigInteger, unique=True),
    Column("catalog_id", String(24), nullable=False),
    Column("channel_id", BigInteger, nullable=False),
    Column("role_id", BigInteger),
    Column("weekday", SmallInteger, nullable=False),
    Column("time", String(5), nullable=False),
    Column("zone", String(64), nullable=False),
    Column("language", String(LOCALE_LIMIT), nullable=False, server_default="en"),
    Column("created_by", BigInteger),
    Column("created_at", UtcDateTime, nullable=False),
    Column("next_at", UtcDateTime, nullable=False),
    Column("paused_at", UtcDateTime),
    Column("pause_reason", Code(Reason)),
    Column("paused_by", BigInteger),
    Column("resume_at", UtcDateTime),
    Column("left_at", UtcDateTime),
    Column("order", String(70), nullable=False, server_default="path"),
    Column("start_id", String(64)),
    Column("start_round", Integer, nullable=False, server_default="1"),
    Column("next_id", String(64)),
    Column("note", String(NOTE_LIMIT)),
    Column("thread", Boolean, nullable=False, server_default=false()),
    Column("pin", Boolean, nullable=False, server_default=false()),
    Column("poll", Boolean, nullable=False, server_default=false()),
    Column("idle_only", Boolean, nullable=False, server_default=false()),
    Column("notice_pending", Boolean, nullable=False, server_default=false()),
    # What is paused may have been due for years, and no tick has to look at it.
    Index("ix_schedules_next_at", "next_at", "id", sqlite_where=_RUNNING),
    Index("ix_schedules_resume_at", "resume_at"),
    Index("ix_schedules_left_at", "left_at"),
    sqlite_autoincrement=True,  # an id is in no nonce twice
)

# The unique key is what makes a week happen once: a second prompt for it conflicts, whatever admins and clocks do.
jobs = Table(
    "jobs",
    metadata,
    Column("id", _Id, primary_key=True, autoincrement=True),
    Column("schedule_id", _Id, ForeignKey("schedules.id", ondelete="CASCADE"), nullable=False),
    Column("week", String(40), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("enqueued_at", UtcDateTime, nullable=False),
    Column("state", Code(State), nullable=False),
    Column("reason", Code(Reason)),
    Column("detail", String(DETAIL_LIMIT)),
    Column("cancelled", Code(Reason)),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("attempt_at", UtcDateTime, nullable=False),
    Column("owner", String(64)),
    Column("lease_until", UtcDateTime),
    Column("send_started_at", UtcDateTime),
    Column("round", Integer, nullable=False, server_default="1"),
    Column("resource_id", String(64)),
    Column("page", String(PAGE_LIMIT)),
    Column("title", Text),
    Column("channel_id", BigInteger),
    Column("message_id", BigInteger),
    Column("sent_at", UtcDateTime),
    Column("finished", Integer, nullable=False, server_default="0"),
    Column("options", JSON, nullable=False, server_default="[]"),
    UniqueConstraint("schedule_id", "week", "kind"),
    # In the order in which they are claimed; what has ended, and what waits for later, is not looked at.
    Index("ix_jobs_attempt_at", "attempt_at", "id", sqlite_where=WAITING),
    Index("ix_jobs_message_id", "message_id"),
    sqlite_autoincrement=True,
)

# What a member has finished, by page: an id belongs to one catalog, and a page to every catalog that lists it.
# Who pressed Done on which post: the number on it, and a second press undoes the first.
presses = Table(
    "presses",
    metadata,
    Column("job_id", _Id, ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True),
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    Column("pressed_at", UtcDateTime, nullable=False),
    Index("ix_presses_user_id", "user_id"),
)

marks = Table(
    "marks",
    metadata,
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    Column("page", String(PAGE_LIMIT), primary_key=True),
    Column("done_at", UtcDateTime, nullable=False),
    Index("ix_marks_page", "page", "done_at"),
)

# The members who let others see their progress.
sharing = Table(
    "sharing",
    metadata,
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    Column("shared_at", UtcDateTime, nullable=False),
)

app_state = Table(
    "app_state",
    metadata,
    Column("key", String(128), primary_key=True),
    Column("value", Text, nullable=False),
)


def insert_into(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that can say ON CONFLICT: the two dialects have one each, with the same methods."""
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert as postgresql_insert

        return postgresql_insert(table)
    from sqlalchemy.dialects.sqlite import insert as sqlite_insert

    return sqlite_insert(table)
