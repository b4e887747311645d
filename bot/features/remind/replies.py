"""What a member is told about their own reminder."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import discord

from bot.features.weekly.replies import dates, reason, when
from bot.store import Reminder

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


def set_reply(reminder: Reminder, *, tested: bool) -> str:
    """What `/remind weekly` answers."""
    lines = [
        "### Your reminder is set",
        f"I will send you your next step {when(reminder.schedule)}.",
        f"The next one comes {discord.utils.format_dt(reminder.next_at, 'F')}, in your own time.",
        _idle(reminder),
        "I have just sent you a test message: look whether it is there." if tested else "",
        "\n-# `/remind show` shows it; `/remind off` ends it.",
    ]
    return "\n".join(line for line in lines if line)


def show_reply(reminder: Reminder, instants: Iterable[datetime]) -> str:
    """What `/remind show` answers."""
    lines = ["### Your reminder", f"A direct message {when(reminder.schedule)}.", _idle(reminder)]
    if reminder.paused_reason is not None:
        lines.append(paused_words(reminder))
    else:
        lines.append(f"Next, in your own time:\n{dates(instants)}")
    return "\n".join(line for line in lines if line)


def paused_words(reminder: Reminder) -> str:
    """That a reminder paused itself, why, and how it goes on."""
    return f"**It is paused:** {reason(reminder.paused_reason or '')}. `/remind weekly` goes on."


def paused_notice(reminder: Reminder) -> str:
    """What a member is told, once, when they next use the bot after their reminder paused itself."""
    return f"About your weekly reminder. {paused_words(reminder)}"


def _idle(reminder: Reminder) -> str:
    return "None comes in a week in which you finished something." if reminder.quiet else ""
