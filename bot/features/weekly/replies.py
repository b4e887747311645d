"""Every word that admins read about the weekly prompt."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

import discord

from bot.delivery import Notice
from bot.discord_io.delivery_loop import DeliveryHealth
from bot.discord_io.schedules import dates, plain_date, when
from bot.discord_io.text import count, listed, show
from bot.outcomes import Reason, State
from bot.store import Delivery, Job, WeeklySchedule

GO_ON = "`/weekly resume` starts it again."
NOT_SET = "No weekly prompt is set here. `/weekly set` starts one."
UNDER_WAY = "This week’s prompt is being posted right now, so it is too late to skip it."
OFF = "The weekly prompt is off, and its schedule is deleted."
GONE_MEANWHILE = "The weekly prompt was switched off meanwhile, so nothing was posted."
HISTORY_TITLE_LIMIT = 100
"""Characters of a resource's title in the history."""

REASONS = {
    Reason.OFFLINE: "I was offline at that time and for the next twelve hours",
    Reason.OUTAGE: "Discord did not accept it",
    Reason.BROKEN: "something broke on my side, and my host’s log has it",
    Reason.ADMIN_SKIPPED: "an admin skipped it",
    Reason.PAUSED: "the weekly prompt was paused",
    Reason.EMPTY_LIST: "the list has no resources yet",
    Reason.EMPTY_ORDER: "the stage or track that it follows has no resources",
    Reason.TOO_LATE: "there was nothing to choose from, or no time left to vote",
    Reason.CHANNEL_GONE: "the channel does not exist any more",
    Reason.MESSAGE_GONE: "the post was deleted",
    Reason.FORBIDDEN: "I am not allowed to read and write in the channel",
    Reason.TAG_MISSING: "every post in the forum needs a tag, and there is none that I may use",
    Reason.DM_CLOSED: "nobody’s direct messages are open to me",
    Reason.ADMIN_PAUSED: "an admin paused it",
    Reason.BOT_REMOVED: "I was removed from this server and added again",
    Reason.UNKNOWN_ZONE: "I do not know its time zone any more; set another one",
}
"""Why something did not happen, to go on after "because" or a colon."""
MISSING = {
    "thread": "its thread could not be opened",
    "pin": "it could not be pinned",
    "poll": "its poll could not be started",
}


class Finding(NamedTuple):
    """One thing that was checked: whether it is right, what to say if it is, and what if it is not."""

    right: bool
    well: str
    wrong: str


def set_reply(weekly: WeeklySchedule, order: str, start: str | None, instants: Iterable[datetime], remark: str) -> str:
    """What `/weekly set` answers; `order` names the order and `start` the title that this walk begins with."""
    lines = [
        "### The weekly prompt is set",
        f"I will post in <#{weekly.channel_id}> {when(weekly.schedule)}{_mention(weekly)}.",
        _walk(order, start),
        _follow_ups(weekly),
        _paused(weekly) or f"The next three, in your own time:\n{dates(instants)}",
        remark,
        "\n-# `/weekly preview` shows the next post; `/weekly off` ends it.",
    ]
    return "\n".join(line for line in lines if line)


def show_reply(
    weekly: WeeklySchedule,
    order: str,
    start: str | None,
    upcoming: str | Reason,
    instants: Iterable[datetime],
    recent: Iterable[Delivery],
) -> str:
    """What `/weekly show` answers; `upcoming` is the title of the next prompt, or why there is none."""
    following = f"Next: nothing, because {REASONS[upcoming]}." if isinstance(upcoming, Reason) else ""
    lines = [
        "### The weekly prompt",
        f"In <#{weekly.channel_id}> {when(weekly.schedule)}{_mention(weekly)}.",
        _walk(order, start),
        _follow_ups(weekly),
        following or f"Next: **{show(upcoming, HISTORY_TITLE_LIMIT)}**.",
        _paused(weekly) or f"The next dates, in your own time:\n{dates(instants)}",
    ]
    past = [_told(weekly, delivery) for delivery in recent]
    return "\n".join([*filter(None, lines), *(["\n**Lately**", *past] if past else [])])


def notice_words(notice: Notice) -> str:
    """What the admin who set a prompt is told, once, when it pauses by itself or a week was lost."""
    weekly, lost = notice.schedule, notice.lost
    if weekly.pause_reason is not None:
        return (
            f"The weekly prompt in <#{weekly.channel_id}> is paused: {REASONS[weekly.pause_reason]}.\n"
            "Once that is fixed, `/weekly resume` there starts it again; `/weekly doctor` checks everything. "
            "I will not repeat this message."
        )
    reason = REASONS[lost.reason] if lost is not None and lost.reason is not None else REASONS[Reason.OFFLINE]
    day = plain_date(lost.due_at, weekly.schedule.zone) if lost is not None else "this week"
    return (
        f"The weekly prompt of {day} in <#{weekly.channel_id}> did not come: {reason}. "
        "Its resource comes next time; `/weekly now` posts it at once."
    )


def paused_reply(weekly: WeeklySchedule) -> str:
    """What `/weekly pause` answers."""
    if weekly.resume_at is None:
        return f"The weekly prompt is paused. {GO_ON}"
    day = plain_date(weekly.resume_at, weekly.schedule.zone)
    return f"The weekly prompt is paused. It resumes by itself on {day} ({weekly.schedule.zone})."


def skipped_reply(weekly: WeeklySchedule, due_at: datetime, instants: Iterable[datetime]) -> str:
    """What `/weekly skip` answers; `due_at` is the time of the prompt that is left out."""
    day = plain_date(due_at, weekly.schedule.zone)
    return f"The prompt of {day} is skipped; its resource comes next time. The next three:\n{dates(instants)}"


def now_reply(weekly: WeeklySchedule, job: Job) -> str:
    """What `/weekly now` answers."""
    if job.state is State.SENT and job.channel_id is not None and job.message_id is not None:
        following = discord.utils.format_dt(weekly.next_at, "F")
        rhythm = "" if weekly.paused_at else f"\nThe schedule stays as it is: the next prompt comes {following}."
        return f"Posted: {_link(weekly, job.channel_id, job.message_id)}{rhythm}"
    reason = REASONS[job.reason or Reason.OUTAGE]
    if job.state is State.WAITING:
        return f"Not posted yet: {reason}. I keep trying for five minutes; `/weekly history` shows how it ends."
    return f"That did not work: {reason}."


def nothing_reply(reason: Reason) -> str:
    """What `/weekly preview` answers if there is nothing to post."""
    return f"There is nothing to post: {REASONS[reason]}."


def history_reply(weekly: WeeklySchedule, recent: Iterable[Delivery]) -> str:
    """What `/weekly history` answers."""
    lines = [_told(weekly, delivery) for delivery in recent]
    return "\n".join(["### The last prompts", *(lines or ["None yet."])])


def health_findings(weekly: WeeklySchedule, health: DeliveryHealth) -> Iterator[Finding]:
    """How the delivery of a prompt is."""
    paused = f"It is paused: {_pause_words(weekly)}. {GO_ON.rstrip('.')}" if weekly.pause_reason else ""
    yield Finding(not paused, "It is running", paused)
    looked = discord.utils.format_dt(health.looked_at, "R") if health.looked_at else "not yet"
    wrong = (
        f"I should check for due prompts every half minute; the last check was {looked}. Tell the person who hosts me"
    )
    yield Finding(health.looking, f"I last checked for due prompts {looked}", wrong)
    for job in health.waiting:
        if job.reason is not None:
            what = "A prompt" if job.kind == "prompt" else f"A {job.kind}"
            again = discord.utils.format_dt(job.attempt_at, "R")
            yield Finding(False, "", f"{what} waits: {REASONS[job.reason]}. I try again {again}")
    for job in health.lost:
        day = plain_date(job.due_at, weekly.schedule.zone)
        yield Finding(False, "", f"The prompt of {day} did not come: {REASONS[job.reason or Reason.OFFLINE]}")


def doctor_reply(weekly: WeeklySchedule, findings: Iterable[Finding], instants: Iterable[datetime]) -> str:
    """What `/weekly doctor` answers: every check in words, the wrong ones first."""
    ordered = sorted(findings, key=lambda finding: finding.right)
    lines = [f"- {one.well}." if one.right else f"- **Fix:** {one.wrong}." for one in ordered]
    wrong = sum(not one.right for one in ordered)
    verdict = f"{count(wrong, 'thing')} to look at:" if wrong else "Everything is as it should be."
    following = [] if weekly.paused_at else [f"\nThe next dates:\n{dates(instants)}"]
    return "\n".join(["### The weekly prompt", verdict, *lines, *following])


def _link(weekly: WeeklySchedule, channel_id: int, message_id: int) -> str:
    return f"[show the post](https://discord.com/channels/{weekly.guild_id}/{channel_id}/{message_id})"


def _mention(weekly: WeeklySchedule) -> str:
    return f", mentioning <@&{weekly.role_id}>" if weekly.role_id else ""


def _walk(order: str, start: str | None) -> str:
    return f"It follows {order}" + (f", starting with **{show(start, HISTORY_TITLE_LIMIT)}**." if start else ".")


def _follow_ups(weekly: WeeklySchedule) -> str:
    """`Each post opens a thread, is pinned and is followed by a poll.`"""
    words = {"thread": "opens a thread", "pin": "is pinned", "poll": "is followed by a poll"}
    named = [said for kind, said in words.items() if kind in weekly.follow_ups]
    return f"Each post {listed(named)}." if named else ""


def _pause_words(weekly: WeeklySchedule) -> str:
    if weekly.pause_reason is Reason.ADMIN_PAUSED and weekly.paused_by is not None:
        return f"<@{weekly.paused_by}> paused it"
    return REASONS[weekly.pause_reason] if weekly.pause_reason else ""


def _paused(weekly: WeeklySchedule) -> str:
    """That it is paused, why, and how that ends; empty if it is not."""
    if weekly.pause_reason is None:
        return ""
    goes_on = GO_ON
    if weekly.resume_at is not None:
        goes_on = f"It resumes on {plain_date(weekly.resume_at, weekly.schedule.zone)}."
    return f"**It is paused:** {_pause_words(weekly)}. {goes_on}"


def _told(weekly: WeeklySchedule, delivery: Delivery) -> str:
    """One post in a line: when it was due, its outcome, and which follow-ups are missing."""
    post = delivery.post
    day = discord.utils.format_dt(post.due_at, "D")
    title = f" · {show(post.title, HISTORY_TITLE_LIMIT)}" if post.title else ""
    if post.state is not State.SENT or post.message_id is None or post.channel_id is None:
        return f"- {day}: {_outcome(post)}{title}"
    minutes = round(((post.sent_at or post.due_at) - post.due_at).total_seconds() / 60)
    missing = [f", but {words}" for words in _missing(delivery)]
    late = f" · {count(minutes, 'minute')} late" if minutes >= 1 else ""
    return f"- {day}: posted{''.join(missing)}{title} · {_link(weekly, post.channel_id, post.message_id)}{late}"


def _outcome(post: Job) -> str:
    if post.state is State.WAITING and post.cancelled is None:
        if post.under_way or post.reason is None:
            return "is being posted"
        return f"waits: {REASONS[post.reason]}; I try again {discord.utils.format_dt(post.attempt_at, 'R')}"
    reason = post.reason if post.state is not State.WAITING else post.cancelled
    return f"not posted: {REASONS[reason]}" if reason else "not posted"


def _missing(delivery: Delivery) -> Iterator[str]:
    """What should have followed a post and did not, or not yet."""
    for kind, words in MISSING.items():
        job = delivery.follow_ups.get(kind)
        if job is not None and job.reason is not None and job.reason is not Reason.TOO_LATE:
            yield f"{words}: {REASONS[job.reason]}"
