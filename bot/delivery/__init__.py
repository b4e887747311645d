"""Runs jobs: at most one message for each schedule and week, at its time, whatever happened before.

    worker      claims jobs and makes attempts at them, many at a time; retries, and gives up with a reason
    job         what the kinds of jobs have in common, and the Messenger that they are handed
    prompt      a server's weekly prompt        reminder    a member's weekly reminder
    followups   what follows a prompt (thread, pin, poll), and notices to whoever set it

A new kind of job is a JobKind in a module of its own, registered with `Worker.register`. Nothing here knows Discord:
what a message looks like is handed in as a function, and a message is whatever that returns.
"""

from bot.delivery.followups import Notice, NoticeJob, PinJob, Poll, PollJob, ThreadJob
from bot.delivery.job import Attempt, JobKind, Messenger, Sent, tag
from bot.delivery.prompt import Prompt, PromptJob, Recap, mentioned_lately
from bot.delivery.reminder import NextStep, ReminderJob
from bot.delivery.worker import Worker

__all__ = [
    "Attempt",
    "JobKind",
    "Messenger",
    "NextStep",
    "Notice",
    "NoticeJob",
    "PinJob",
    "Poll",
    "PollJob",
    "Prompt",
    "PromptJob",
    "Recap",
    "ReminderJob",
    "Sent",
    "ThreadJob",
    "Worker",
    "mentioned_lately",
    "tag",
]
