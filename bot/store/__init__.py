"""What the bot remembers: schedules and deliveries, in SQLite or PostgreSQL, behind one class."""

from bot.store.rows import Delivery, WeeklySchedule
from bot.store.store import Store

__all__ = ["Delivery", "Store", "WeeklySchedule"]
