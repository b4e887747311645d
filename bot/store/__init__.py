"""What the bot remembers, in SQLite or PostgreSQL: transactions on a database, and the members' part of what is in it.

    store     opens the database and runs transactions; holds the parts below
    marks     what members have finished          privacy   everything about one member, shown and forgotten
    state     the bot's own notes                 tables    every table, those of `bot.jobs` too
    engine    which engine an address means       sqlite, postgres   the two
    version, upgrade, migrations                  backup    a copy of an SQLite database
                                                  copy      all of it to PostgreSQL

Locks are taken in one order everywhere, so that no two transactions wait for each other: rows of `schedules` by id,
then rows of `jobs` by id, then anything else by its key. Whoever takes rows without waiting (SKIP LOCKED) is free.
"""

from bot.store.store import Store

__all__ = ["Store"]
