"""Everything about a thing that is due: at most one message for each schedule and week, at its time, whatever happened.

    due, queue, history, schedules, reminders     all SQL over `schedules` and `jobs`: plain functions over a connection
    records     what they give back
    worker      claims jobs and makes attempts at them, many at a time; retries, and gives up with a reason; its ticker
    attempt     one attempt: what the kinds of jobs have in common, and the Messenger that they are handed
    prompt      a server's weekly prompt        reminder    a member's weekly reminder
    followups   what follows a prompt (thread, pin, poll), and notices to whoever set it
    count       the number on a prompt: how many have finished it

A new kind of job is a JobKind in a module of its own, registered with `Worker.register`. Nothing here knows Discord:
what a message looks like is handed in as a function, and a message is whatever that returns.
"""

from bot.jobs import reminders, schedules
from bot.jobs.attempt import Attempt, JobKind, Messenger, Sent, tag
from bot.jobs.count import CountJob, NumberedPost, toggle_press
from bot.jobs.followups import Notice, NoticeJob, PinJob, Poll, PollJob, ThreadJob
from bot.jobs.prompt import Prompt, PromptJob, Recap, mentioned_lately
from bot.jobs.records import AnySchedule, Choice, Delivery, History, Job, Reminder, WeeklySchedule
from bot.jobs.reminder import DueReminder, ReminderJob
from bot.jobs.worker import Ticker, Worker

__all__ = [
    "AnySchedule",
    "Attempt",
    "Choice",
    "CountJob",
    "Delivery",
    "DueReminder",
    "History",
    "Job",
    "JobKind",
    "Messenger",
    "Notice",
    "NoticeJob",
    "NumberedPost",
    "PinJob",
    "Poll",
    "PollJob",
    "Prompt",
    "PromptJob",
    "Recap",
    "Reminder",
    "ReminderJob",
    "Sent",
    "ThreadJob",
    "Ticker",
    "WeeklySchedule",
    "Worker",
    "mentioned_lately",
    "reminders",
    "schedules",
    "tag",
    "toggle_press",
]
