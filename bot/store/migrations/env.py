"""Runs the migrations on the connection that `bot.store.upgrade` hands over; see Alembic's "Sharing a Connection"."""

from alembic import context

from bot.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
