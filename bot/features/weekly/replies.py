"""What an admin is told about the weekly prompt."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

import discord

from bot.catalog import Catalog
from bot.delivery import Sent
from bot.discord_io.text import fit, listed, show
from bot.schedule import DAYS, Schedule
from bot.store import Delivery, WeeklySchedule

GO_ON = "`/weekly resume` goes on."
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
        _extras(weekly),
        _paused(weekly) or f"The next three, in your own time:\n{dates(instants)}",
        remark,
        "\n-# `/weekly preview` shows the next post; `/weekly off` ends it.",
    ]
    return "\n".join(line for line in lines if line)


def show_reply(weekly: WeeklySchedule, instants: Iterable[datetime], recent: Iterable[Delivery]) -> str:
    """What `/weekly show` answers."""
    lines = ["### The weekly prompt", f"In <#{weekly.channel_id}> {when(weekly.schedule)}{_mention(weekly)}."]
    lines += [extras] if (extras := _extras(weekly)) else []
    lines.append(_paused(weekly) or f"Next, in your own time:\n{dates(instants)}")
    past = [_past(delivery) for delivery in recent]
    return "\n".join([*lines, *(["\n**Lately**", *past] if past else [])])


class Finding(NamedTuple):
    """One thing that was checked: what to say if it is right, and what if it is not."""

    right: bool
    well: str
    wrong: str


def reason(text: str) -> str:
    """A reason that is kept, cut; our own words with mentions of channels and people, so not escaped."""
    return fit(text, REASON_LIMIT)


def paused_notice(weekly: WeeklySchedule, text: str) -> str:
    """What the admin who set a schedule is told when it pauses itself."""
    return (
        f"The weekly prompt in <#{weekly.channel_id}> is paused: {reason(text)}.\n"
        "When that is mended, `/weekly resume` there goes on; `/weekly doctor` checks everything. I say this once."
    )


def paused_reply(weekly: WeeklySchedule) -> str:
    """What `/weekly pause` answers."""
    if weekly.resume_at is None:
        return f"The weekly prompt is paused. {GO_ON}"
    return f"The weekly prompt is paused. It goes on {discord.utils.format_dt(weekly.resume_at, 'D')} by itself."


def skipped_reply(weekly: WeeklySchedule, instants: Iterable[datetime]) -> str:
    """What `/weekly skip` answers."""
    return f"The next prompt is left out; its resource comes the time after. The next three:\n{dates(instants)}"


def posted_reply(weekly: WeeklySchedule, sent: Sent) -> str:
    """What `/weekly now` answers."""
    when = discord.utils.format_dt(weekly.next_at, "F")
    return f"Posted: {_link(weekly, sent.channel_id, sent.message_id)}\nThe rhythm stays: the next one comes {when}."


def history_reply(weekly: WeeklySchedule, recent: Iterable[Delivery], catalog: Catalog) -> str:
    """What `/weekly history` answers."""
    lines = [_told(weekly, delivery, catalog) for delivery in recent]
    return "\n".join(["### The last prompts", *(lines or ["None yet."])])


def _told(weekly: WeeklySchedule, delivery: Delivery, catalog: Catalog) -> str:
    resource = catalog.get(delivery.resource_id) if delivery.resource_id else None
    title = f" · {show(resource.title, 100)}" if resource else ""
    if delivery.state != "posted" or delivery.message_id is None:
        return _past(delivery) + title
    late = (delivery.posted_at or delivery.occurrence) - delivery.occurrence
    minutes = round(late.total_seconds() / 60)
    link = _link(weekly, delivery.channel_id or weekly.channel_id, delivery.message_id)
    return f"{_past(delivery)}{title} · {link}" + (f" · {minutes} minutes late" if minutes >= 1 else "")


def doctor_reply(
    weekly: WeeklySchedule, findings: Iterable[Finding], instants: Iterable[datetime], last_tick: datetime | None
) -> str:
    """What `/weekly doctor` answers: every check in words, the wrong ones first."""
    listed = sorted(findings)
    lines = [f"- {'Right' if one.right else '**To mend**'}: {one.well if one.right else one.wrong}." for one in listed]
    ticked = discord.utils.format_dt(last_tick, "R") if last_tick else "not yet"
    wrong = sum(not one.right for one in listed)
    verdict = "Everything is as it should be." if not wrong else f"{wrong} to mend:"
    return "\n".join(
        ["### The weekly prompt", verdict, *lines, f"- I last looked for due prompts {ticked}.",
         *([] if weekly.paused_at else [f"\nThe next dates:\n{dates(instants)}"])]
    )  # fmt: skip


def _link(weekly: WeeklySchedule, channel_id: int, message_id: int) -> str:
    return f"[show the post](https://discord.com/channels/{weekly.guild_id}/{channel_id}/{message_id})"


def _mention(weekly: WeeklySchedule) -> str:
    return f", mentioning <@&{weekly.role_id}>" if weekly.role_id else ""


def _paused(weekly: WeeklySchedule) -> str:
    """That it is paused, why, and how that ends; empty if it is not."""
    if weekly.paused_reason is None:
        return ""
    goes_on = f"It goes on {discord.utils.format_dt(weekly.resume_at, 'D')}." if weekly.resume_at else GO_ON
    return f"**It is paused:** {reason(weekly.paused_reason)}. {goes_on}"


def _extras(weekly: WeeklySchedule) -> str:
    """`Each post opens a thread, is pinned and is followed by a poll.`"""
    said = {"thread": "opens a thread", "pin": "is pinned", "poll": "is followed by a poll"}
    named = [words for name, words in said.items() if name in weekly.extras]
    return f"Each post {listed(named)}." if named else ""


def _past(delivery: Delivery) -> str:
    instant = discord.utils.format_dt(delivery.occurrence, "D")
    outcome = {"posted": "posted", "claimed": "is being posted"}.get(delivery.state, "not posted")
    separator = ", but " if delivery.state == "posted" else ": "
    why = f"{separator}{reason(delivery.error)}" if delivery.error else ""
    return f"- {instant}: {outcome}{why}"
