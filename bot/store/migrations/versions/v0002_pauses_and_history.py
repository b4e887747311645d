"""Pauses that end by themselves, servers that removed the bot, and where and when a prompt was posted."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the columns; what was there before knows none of it."""
    op.add_column("schedules", sa.Column("resume_at", INSTANT))
    op.add_column("schedules", sa.Column("left_at", INSTANT))
    op.create_index("ix_schedules_resume_at", "schedules", ["resume_at"])
    op.create_index("ix_schedules_left_at", "schedules", ["left_at"])
    op.add_column("deliveries", sa.Column("channel_id", sa.BigInteger()))
    op.add_column("deliveries", sa.Column("posted_at", INSTANT))


def downgrade() -> None:
    """Take them away again."""
    op.drop_index("ix_schedules_left_at", "schedules")
    op.drop_index("ix_schedules_resume_at", "schedules")
    for table, column in (
        ("deliveries", "posted_at"),
        ("deliveries", "channel_id"),
        ("schedules", "left_at"),
        ("schedules", "resume_at"),
    ):
        op.drop_column(table, column)
