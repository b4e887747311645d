"""In which order the prompts come, where they begin, and whether each opens a thread."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the columns; what was there before goes on as it did."""
    op.add_column("schedules", sa.Column("order", sa.String(64), nullable=False, server_default="path"))
    op.add_column("schedules", sa.Column("start_id", sa.String(64)))
    op.add_column("schedules", sa.Column("start_round", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("schedules", sa.Column("thread", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    """Take them away again."""
    for column in ("thread", "start_round", "start_id", "order"):
        op.drop_column("schedules", column)
