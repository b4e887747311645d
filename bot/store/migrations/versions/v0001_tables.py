"""The first tables: schedules, deliveries, marks, who shares their progress, and the bot's own notes."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

INSTANT = sa.DateTime(timezone=True)
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
RUNNING = sa.text("paused_at IS NULL")
CLAIMED = sa.text("state = 'claimed'")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "schedules",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("guild_id", sa.BigInteger()),
        sa.Column("user_id", sa.BigInteger()),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("role_id", sa.BigInteger()),
        sa.Column("weekday", sa.SmallInteger(), nullable=False),
        sa.Column("time", sa.String(5), nullable=False),
        sa.Column("zone", sa.String(64), nullable=False),
        sa.Column("created_by", sa.BigInteger()),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("next_at", INSTANT, nullable=False),
        sa.Column("paused_at", INSTANT),
        sa.Column("paused_reason", sa.Text()),
        sa.Column("resume_at", INSTANT),
        sa.Column("left_at", INSTANT),
        sa.Column("order", sa.String(64), nullable=False, server_default="path"),
        sa.Column("start_id", sa.String(64)),
        sa.Column("start_round", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("thread", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("pin", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("poll", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("quiet", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("untold", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.PrimaryKeyConstraint("id", name="pk_schedules"),
        sa.UniqueConstraint("guild_id", name="uq_schedules_guild_id"),
        sa.UniqueConstraint("user_id", name="uq_schedules_user_id"),
    )
    op.create_index(
        "ix_schedules_next_at", "schedules", ["next_at", "id"], sqlite_where=RUNNING, postgresql_where=RUNNING
    )
    op.create_index("ix_schedules_resume_at", "schedules", ["resume_at"])
    op.create_index("ix_schedules_left_at", "schedules", ["left_at"])
    op.create_table(
        "deliveries",
        sa.Column("schedule_id", ID, nullable=False),
        sa.Column("occurrence", INSTANT, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("owner", sa.String(64)),
        sa.Column("lease_until", INSTANT),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("resource_id", sa.String(64)),
        sa.Column("first_sent_at", INSTANT),
        sa.Column("message_id", sa.BigInteger()),
        sa.Column("error", sa.Text()),
        sa.Column("channel_id", sa.BigInteger()),
        sa.Column("posted_at", INSTANT),
        sa.Column("thread_id", sa.BigInteger()),
        sa.Column("poll_id", sa.BigInteger()),
        sa.Column("finished", sa.Integer()),
        sa.Column("extras_at", INSTANT),
        sa.Column("unscheduled", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.PrimaryKeyConstraint("schedule_id", "occurrence", name="pk_deliveries"),
        sa.ForeignKeyConstraint(
            ["schedule_id"], ["schedules.id"], name="fk_deliveries_schedule_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_deliveries_extras_at", "deliveries", ["extras_at"])
    op.create_index("ix_deliveries_message_id", "deliveries", ["message_id"])
    op.create_index(
        "ix_deliveries_interrupted", "deliveries", ["lease_until"], sqlite_where=CLAIMED, postgresql_where=CLAIMED
    )
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
    op.create_table(
        "app_state",
        sa.Column("key", sa.String(128), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_app_state"),
    )


def downgrade() -> None:
    """Drop them again."""
    for table in ("app_state", "sharing", "marks", "deliveries", "schedules"):
        op.drop_table(table)
