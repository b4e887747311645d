"""What the bot remembers: schedules, deliveries and progress, in SQLite or PostgreSQL, behind one class."""

from bot.store.rows import Choice, Delivery, History, Reminder, WeeklySchedule
from bot.store.store import Store

__all__ = ["Choice", "Delivery", "History", "Reminder", "Store", "WeeklySchedule"]
