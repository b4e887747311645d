"""The first tables: schedules, jobs, marks, who shares their progress, and the bot's own notes."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

INSTANT = sa.DateTime(timezone=True)
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
RUNNING = sa.text("paused_at IS NULL")
WAITING = sa.text("state = 'waiting'")


def upgrade() -> None:
    """Create the tables."""
    _create_schedules()
    _create_jobs()
    _create_what_members_have()
    op.create_table(
        "app_state",
        sa.Column("key", sa.String(128), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_app_state"),
    )


def _create_schedules() -> None:
    op.create_table(
        "schedules",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("guild_id", sa.BigInteger()),
        sa.Column("user_id", sa.BigInteger()),
        sa.Column("catalog_id", sa.String(24), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("role_id", sa.BigInteger()),
        sa.Column("weekday", sa.SmallInteger(), nullable=False),
        sa.Column("time", sa.String(5), nullable=False),
        sa.Column("zone", sa.String(64), nullable=False),
        sa.Column("language", sa.String(16), nullable=False, server_default="en"),
        sa.Column("created_by", sa.BigInteger()),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("next_at", INSTANT, nullable=False),
        sa.Column("paused_at", INSTANT),
        sa.Column("pause_reason", sa.String(32)),
        sa.Column("paused_by", sa.BigInteger()),
        sa.Column("resume_at", INSTANT),
        sa.Column("left_at", INSTANT),
        sa.Column("order", sa.String(70), nullable=False, server_default="path"),
        sa.Column("start_id", sa.String(64)),
        sa.Column("start_round", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("next_id", sa.String(64)),
        sa.Column("note", sa.String(300)),
        sa.Column("thread", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("pin", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("poll", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("idle_only", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("notice_pending", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.PrimaryKeyConstraint("id", name="pk_schedules"),
        sa.UniqueConstraint("guild_id", name="uq_schedules_guild_id"),
        sa.UniqueConstraint("user_id", name="uq_schedules_user_id"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_schedules_next_at", "schedules", ["next_at", "id"], sqlite_where=RUNNING, postgresql_where=RUNNING
    )
    op.create_index("ix_schedules_resume_at", "schedules", ["resume_at"])
    op.create_index("ix_schedules_left_at", "schedules", ["left_at"])


def _create_jobs() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("schedule_id", ID, nullable=False),
        sa.Column("week", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("enqueued_at", INSTANT, nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("reason", sa.String(32)),
        sa.Column("detail", sa.String(300)),
        sa.Column("cancelled", sa.String(32)),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("attempt_at", INSTANT, nullable=False),
        sa.Column("owner", sa.String(64)),
        sa.Column("lease_until", INSTANT),
        sa.Column("send_started_at", INSTANT),
        sa.Column("round", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("resource_id", sa.String(64)),
        sa.Column("page", sa.String(640)),
        sa.Column("title", sa.Text()),
        sa.Column("channel_id", sa.BigInteger()),
        sa.Column("message_id", sa.BigInteger()),
        sa.Column("sent_at", INSTANT),
        sa.Column("finished", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("options", sa.JSON(), nullable=False, server_default="[]"),
        sa.PrimaryKeyConstraint("id", name="pk_jobs"),
        sa.ForeignKeyConstraint(["schedule_id"], ["schedules.id"], name="fk_jobs_schedule_id", ondelete="CASCADE"),
        sa.UniqueConstraint("schedule_id", "week", "kind", name="uq_jobs_schedule_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_jobs_attempt_at", "jobs", ["attempt_at", "id"], sqlite_where=WAITING, postgresql_where=WAITING)
    op.create_index("ix_jobs_message_id", "jobs", ["message_id"])


def _create_what_members_have() -> None:
    op.create_table(
        "presses",
        sa.Column("job_id", ID, nullable=False),
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("pressed_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("job_id", "user_id", name="pk_presses"),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name="fk_presses_job_id", ondelete="CASCADE"),
    )
    op.create_index("ix_presses_user_id", "presses", ["user_id"])
    op.create_table(
        "marks",
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("page", sa.String(640), nullable=False),
        sa.Column("done_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("user_id", "page", name="pk_marks"),
    )
    op.create_index("ix_marks_page", "marks", ["page", "done_at"])
    op.create_table(
        "sharing",
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("shared_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("user_id", name="pk_sharing"),
    )


def downgrade() -> None:
    """Drop them again."""
    for table in ("app_state", "sharing", "marks", "presses", "jobs", "schedules"):
        op.drop_table(table)
