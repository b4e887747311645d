"""What members have finished, and who of them lets others see it."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "progress",
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("resource_id", sa.String(64), nullable=False),
        sa.Column("done_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("user_id", "resource_id", name="pk_progress"),
    )
    op.create_index("ix_progress_resource_id", "progress", ["resource_id", "done_at"])
    op.create_table(
        "sharing",
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("shared_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("user_id", name="pk_sharing"),
    )


def downgrade() -> None:
    """Drop them again."""
    for table in ("sharing", "progress"):
        op.drop_table(table)
