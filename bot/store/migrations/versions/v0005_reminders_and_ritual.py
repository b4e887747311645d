"""Members' own reminders, what a weekly post comes with (a pin, a poll, a count of who finished it), and an index that
leaves out what is paused."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

INSTANT = sa.DateTime(timezone=True)
RUNNING = sa.text("paused_at IS NULL")
CLAIMED = sa.text("state = 'claimed'")
FLAGS = ("pin", "poll", "quiet", "untold")


def upgrade() -> None:
    """Add the columns; a schedule may now be a member's, and need not say any more who set it."""
    with _deliveries_set_aside(), op.batch_alter_table("schedules") as schedules:
        schedules.alter_column("guild_id", existing_type=sa.BigInteger(), nullable=True)
        schedules.alter_column("created_by", existing_type=sa.BigInteger(), nullable=True)
        schedules.add_column(sa.Column("user_id", sa.BigInteger()))
        schedules.create_unique_constraint("uq_schedules_user_id", ["user_id"])
        for flag in FLAGS:
            schedules.add_column(sa.Column(flag, sa.Boolean(), nullable=False, server_default=sa.false()))
    op.drop_index("ix_schedules_next_at", "schedules")
    op.create_index(
        "ix_schedules_next_at", "schedules", ["next_at", "id"], sqlite_where=RUNNING, postgresql_where=RUNNING
    )
    for name, kind in (("thread_id", sa.BigInteger()), ("poll_id", sa.BigInteger()), ("finished", sa.Integer())):
        op.add_column("deliveries", sa.Column(name, kind))
    op.add_column("deliveries", sa.Column("extras_at", INSTANT))
    op.add_column("deliveries", sa.Column("unscheduled", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index("ix_deliveries_extras_at", "deliveries", ["extras_at"])
    op.create_index("ix_deliveries_message_id", "deliveries", ["message_id"])
    op.create_index(
        "ix_deliveries_interrupted", "deliveries", ["lease_until"], sqlite_where=CLAIMED, postgresql_where=CLAIMED
    )


def downgrade() -> None:
    """Take them away again, and with them the members' reminders."""
    op.execute(sa.text("DELETE FROM schedules WHERE guild_id IS NULL OR created_by IS NULL"))
    for index in ("ix_deliveries_interrupted", "ix_deliveries_message_id", "ix_deliveries_extras_at"):
        op.drop_index(index, "deliveries")
    op.drop_index("ix_schedules_next_at", "schedules")
    op.create_index("ix_schedules_next_at", "schedules", ["next_at"])
    for name in ("unscheduled", "extras_at", "finished", "poll_id", "thread_id"):
        op.drop_column("deliveries", name)
    with _deliveries_set_aside(), op.batch_alter_table("schedules") as schedules:
        for flag in FLAGS:
            schedules.drop_column(flag)
        schedules.drop_constraint("uq_schedules_user_id", type_="unique")
        schedules.drop_column("user_id")
        schedules.alter_column("created_by", existing_type=sa.BigInteger(), nullable=False)
        schedules.alter_column("guild_id", existing_type=sa.BigInteger(), nullable=False)


@contextmanager
def _deliveries_set_aside() -> Iterator[None]:
    """SQLite changes a table by dropping the old one, and every delivery would go with the schedule it belongs to."""
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        yield
        return
    created = connection.scalar(sa.text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'deliveries'"))
    op.execute(sa.text("CREATE TEMPORARY TABLE deliveries_kept AS SELECT * FROM deliveries"))
    op.drop_table("deliveries")
    yield
    op.execute(sa.text(str(created)))
    op.execute(sa.text("INSERT INTO deliveries SELECT * FROM deliveries_kept"))
    op.execute(sa.text("DROP TABLE deliveries_kept"))
