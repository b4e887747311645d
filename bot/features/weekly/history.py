"""What was posted and what wasn't, in words for admins and members."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import discord

from bot.discord_io.schedules import plain_date
from bot.discord_io.text import show
from bot.features.weekly.admin import TITLE_LIMIT
from bot.jobs import Delivery, Job, Notice, WeeklySchedule
from bot.language import ENGLISH, N_, Language
from bot.outcomes import Reason, State

REASONS = {
    Reason.OFFLINE: N_("I was offline at that time and for the next twelve hours"),
    Reason.OUTAGE: N_("Discord didn't accept it"),
    Reason.BROKEN: N_("something broke on my side; the host's log has details"),
    Reason.ADMIN_SKIPPED: N_("an admin skipped it"),
    Reason.PAUSED: N_("the weekly prompt was paused"),
    Reason.EMPTY_LIST: N_("the list is empty so far"),
    Reason.EMPTY_ORDER: N_("the stage or track it follows has no resources"),
    Reason.TOO_LATE: N_("there was nothing to choose from, or no time left to vote"),
    Reason.CHANNEL_GONE: N_("the channel has been deleted"),
    Reason.MESSAGE_GONE: N_("the post was deleted"),
    Reason.FORBIDDEN: N_("I'm not allowed to read and write in the channel"),
    Reason.TAG_MISSING: N_("every post in the forum needs a tag, and there's none I may use"),
    Reason.DM_CLOSED: N_("I couldn't DM anyone"),
    Reason.ADMIN_PAUSED: N_("an admin paused it"),
    Reason.BOT_REMOVED: N_("I was removed from this server and added again"),
    Reason.UNKNOWN_ZONE: N_("I no longer know its time zone; set another one"),
}
"""Why something didn't happen, to follow a colon."""
MISSING = {
    "thread": N_("its thread couldn't be opened: {reason}"),
    "pin": N_("it couldn't be pinned: {reason}"),
    "poll": N_("its poll couldn't be started: {reason}"),
}


def reason_words(reason: Reason, language: Language) -> str:
    """Why something didn't happen."""
    return language.t(REASONS[reason])


def pause_words(weekly: WeeklySchedule, language: Language) -> str:
    """`**Paused** by @Ada. Resumes on Monday, 11 January 2027.`"""
    if weekly.pause_reason is Reason.ADMIN_PAUSED and weekly.paused_by is not None:
        paused = language.t("**Paused** by {admin}.", admin=f"<@{weekly.paused_by}>")
    else:
        paused = language.t(
            "**Paused:** {reason}.", reason=reason_words(weekly.pause_reason or Reason.PAUSED, language)
        )
    if weekly.resume_at is None:
        return paused
    date = plain_date(weekly.resume_at, weekly.schedule.zone, language)
    return paused + " " + language.t("Resumes on {date}.", date=date)


def history_text(weekly: WeeklySchedule, past: Iterable[Delivery], language: Language) -> str:
    """The card of History: each past prompt in a line."""
    lines = [_line(weekly, delivery, language) for delivery in past]
    return "\n".join(["### " + language.t("Recent prompts"), *(lines or [language.t("None yet.")])])


def past_text(weekly: WeeklySchedule | None, posts: Iterable[Job], language: Language) -> str:
    """The card of /past: what was posted, the latest first."""
    lines = [_past_line(weekly, post, language) for post in posts] if weekly else []
    return "\n".join(["### " + language.t("Past prompts"), *(lines or [language.t("No prompts so far.")])])


def post_link(weekly: WeeklySchedule, post: Job, language: Language) -> str:
    """A link to a post that was sent."""
    address = f"https://discord.com/channels/{weekly.guild_id}/{post.channel_id}/{post.message_id}"
    return f"[{language.t('show the post')}]({address})"


def notice_words(notice: Notice) -> str:
    """What the admin who set a prompt reads, once, when it pauses by itself or a week was lost."""
    weekly, lost, language = notice.schedule, notice.lost, ENGLISH
    channel = f"<#{weekly.channel_id}>"
    if weekly.pause_reason is not None:
        reason = reason_words(weekly.pause_reason, language)
        return language.t(
            "The weekly prompt in {channel} is paused: {reason}. Once that's fixed, press *Resume* in `/weekly` there. "
            "I won't repeat this message.",
            channel=channel, reason=reason,
        )  # fmt: skip
    reason = reason_words(lost.reason if lost is not None and lost.reason is not None else Reason.OFFLINE, language)
    date = plain_date(lost.due_at if lost is not None else weekly.next_at, weekly.schedule.zone, language)
    return language.t(
        "The weekly prompt of {date} in {channel} wasn't posted: {reason}. The same resource comes next time; "
        "*Post now* in `/weekly` posts it right away.",
        date=date, channel=channel, reason=reason,
    )  # fmt: skip


def _past_line(weekly: WeeklySchedule, post: Job, language: Language) -> str:
    date = plain_date(post.due_at, weekly.schedule.zone, language)
    finished = language.plural("1 finished it", "{n} finished it", post.finished) if post.finished else ""
    parts = [f"**{show(post.title or '', TITLE_LIMIT)}**", post_link(weekly, post, language), finished]
    return f"- {date}: {' · '.join(filter(None, parts))}"


def _line(weekly: WeeklySchedule, delivery: Delivery, language: Language) -> str:
    """A post: when it was due, its outcome, and which follow-ups are missing."""
    post = delivery.post
    date = plain_date(post.due_at, weekly.schedule.zone, language)
    title = show(post.title, TITLE_LIMIT) if post.title else ""
    if post.state is not State.SENT or post.message_id is None:
        return f"- {date}: {' · '.join(filter(None, (outcome_words(post, language), title)))}"
    minutes = round(((post.sent_at or post.due_at) - post.due_at).total_seconds() / 60)
    late = language.plural("1 minute late", "{n} minutes late", minutes) if minutes >= 1 else ""
    parts = [title, post_link(weekly, post, language), late, *_missing(delivery, language)]
    return f"- {date}: {' · '.join(filter(None, parts))}"


def outcome_words(post: Job, language: Language) -> str:
    """What became of a post that isn't there."""
    if post.state is State.WAITING and post.cancelled is None:
        if post.under_way or post.reason is None:
            return language.t("is being posted")
        again = discord.utils.format_dt(post.attempt_at, "R")
        return language.t("waits: {reason}; next try {again}", reason=reason_words(post.reason, language), again=again)
    reason = post.reason if post.state is not State.WAITING else post.cancelled
    if reason is None:
        return language.t("not posted")
    return language.t("not posted: {reason}", reason=reason_words(reason, language))


def _missing(delivery: Delivery, language: Language) -> Iterator[str]:
    """What should have followed a post and did not, or not yet."""
    for kind, words in MISSING.items():
        job: Any = delivery.follow_ups.get(kind)
        if job is not None and job.reason is not None and job.reason is not Reason.TOO_LATE:
            yield language.t(words, reason=reason_words(job.reason, language))
