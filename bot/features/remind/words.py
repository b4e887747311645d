"""Every word about a member's own reminder: commands, cards and the message itself."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import discord

from bot.discord_io.schedules import dates, when
from bot.outcomes import Reason
from bot.store import Reminder

GROUP = "Your own weekly reminder, in a direct message."
WEEKLY = "Get your next step once a week, in a direct message."
DAY, TIME = "The day of the week", "The time of day, such as 18:30 or 9am"
TIMEZONE = "Your time zone, such as Europe/Berlin; type a city to find it"
IDLE_ONLY = "Only in weeks in which you finished nothing"
SHOW, OFF_DESCRIPTION = "Show when your reminder comes.", "End your reminder."
MARK_DONE = "Mark done"
NOT_SET = "You have no reminder. `/remind weekly` sets one."
NOT_NOW = "Discord does not let me send direct messages just now, so **nothing was set**. Try again in a few minutes."
TEST_MESSAGE = "This is where your weekly reminder will reach you."
"""Sent when a member sets a reminder, so that closed direct messages are found at once."""
OFF = "Your reminder is off, and I have forgotten its day and time."
CLOSED = (
    "I could not send you a direct message, so **nothing was set**. Open your direct messages to me: on a computer, "
    "right-click this server’s icon, choose *Privacy Settings* and switch *Direct Messages* on; on a phone, hold the "
    "icon instead. Then run this again."
)
PAUSES = {
    Reason.DM_CLOSED: "two reminders could not reach you: your direct messages are closed to me",
    Reason.PATH_FINISHED: "you have finished the whole path",
    Reason.UNKNOWN_ZONE: "I do not know its time zone any more",
}
"""Why a reminder paused itself."""


def set_reply(reminder: Reminder, *, tested: bool) -> str:
    """What `/remind weekly` answers."""
    lines = [
        "### Your reminder is set",
        f"I will send you your next step {when(reminder.schedule)}.",
        f"The next one comes {discord.utils.format_dt(reminder.next_at, 'F')}, in your own time.",
        _idle(reminder),
        "I have just sent you a test message: check your DMs." if tested else "",
        "\n-# `/remind show` shows it; `/remind off` ends it.",
    ]
    return "\n".join(line for line in lines if line)


def show_reply(reminder: Reminder, instants: Iterable[datetime]) -> str:
    """What `/remind show` answers."""
    lines = ["### Your reminder", f"A direct message {when(reminder.schedule)}.", _idle(reminder)]
    if reminder.pause_reason is not None:
        lines.append(paused_words(reminder.pause_reason))
    else:
        lines.append(f"Next:\n{dates(instants, reminder.schedule.zone)}")
    return "\n".join(line for line in lines if line)


def paused_words(reason: Reason) -> str:
    """That a reminder paused itself, why, and how to start it again."""
    return f"**It is paused:** {PAUSES[reason]}. `/remind weekly` starts it again."


def paused_notice(reason: Reason) -> str:
    """What a member is told, once, when they next use the bot after their reminder paused itself."""
    return f"About your weekly reminder. {paused_words(reason)}"


def _idle(reminder: Reminder) -> str:
    return "Skipped in weeks when you finish something." if reminder.idle_only else ""


# The reminder


ALL_DONE = "**You have finished the whole path.** Well done! This was my last reminder."
ENDS = "You asked for this with `/remind weekly`; `/remind off` ends it."


def next_step_words(title: str) -> str:
    """The first line; the title is escaped."""
    return f"**Your next step: {title}**"


def standing(done: int, total: int, by_line: str) -> str:
    """How far the member is, and what the step is."""
    return " · ".join(filter(None, (f"You have finished {done} of {total}", by_line)))


def all_done_words(done: int, total: int) -> str:
    """What follows the last step."""
    return f"{done} of {total}. `/progress` shows it, and `/path` has all of it to look at again."


def late_words(due_at: datetime) -> str:
    """The line of a reminder that comes late."""
    return f"This was due {discord.utils.format_dt(due_at, 'f')}. I could not send it then; sorry!"
