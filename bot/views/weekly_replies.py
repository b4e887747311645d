"""What an admin is told about the weekly prompt."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import discord

from bot.schedule import DAYS, Schedule
from bot.store import Delivery, WeeklySchedule
from bot.views.text import show

REASON_LIMIT = 300
"""Characters of a reason why something was not posted."""


def when(schedule: Schedule) -> str:
    """`every Monday at 09:00 (Europe/Berlin)`."""
    return f"every {DAYS[schedule.weekday].title()} at {schedule.time:%H:%M} ({schedule.zone})"


def dates(instants: Iterable[datetime]) -> str:
    """Instants as a list that Discord shows in the reader's own time zone."""
    return "\n".join(
        f"- {discord.utils.format_dt(instant, 'F')} ({discord.utils.format_dt(instant, 'R')})" for instant in instants
    )


def set_reply(weekly: WeeklySchedule, instants: Iterable[datetime], remark: str = "") -> str:
    """What `/weekly set` answers."""
    lines = [
        "### The weekly prompt is set",
        f"I will post in <#{weekly.channel_id}> {when(weekly.schedule)}{_mention(weekly)}.",
        f"The next three, in your own time:\n{dates(instants)}",
        remark,
        "\n-# `/weekly preview` shows the next post; `/weekly off` ends it.",
    ]
    return "\n".join(line for line in lines if line)


def show_reply(weekly: WeeklySchedule, instants: Iterable[datetime], recent: Iterable[Delivery]) -> str:
    """What `/weekly show` answers."""
    lines = ["### The weekly prompt", f"In <#{weekly.channel_id}> {when(weekly.schedule)}{_mention(weekly)}."]
    if weekly.paused_reason is not None:
        lines.append(
            f"**It is paused:** {show(weekly.paused_reason, REASON_LIMIT)}. "
            "Mend that and run `/weekly set` again to go on."
        )
    else:
        lines.append(f"Next, in your own time:\n{dates(instants)}")
    past = [_past(delivery) for delivery in recent]
    return "\n".join([*lines, *(["\n**Lately**", *past] if past else [])])


def _mention(weekly: WeeklySchedule) -> str:
    return f", mentioning <@&{weekly.role_id}>" if weekly.role_id else ""


def _past(delivery: Delivery) -> str:
    instant = discord.utils.format_dt(delivery.occurrence, "D")
    outcome = {"posted": "posted", "claimed": "is being posted"}.get(delivery.state, "not posted")
    reason = f": {show(delivery.error, REASON_LIMIT)}" if delivery.error and delivery.state != "posted" else ""
    return f"- {instant}: {outcome}{reason}"
