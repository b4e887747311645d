"""What the bot remembers: schedules, jobs and marks, in SQLite or PostgreSQL, behind one class."""

from bot.store.rows import AnySchedule, Choice, Delivery, History, Job, Reminder, WeeklySchedule
from bot.store.store import Store

__all__ = ["AnySchedule", "Choice", "Delivery", "History", "Job", "Reminder", "Store", "WeeklySchedule"]
