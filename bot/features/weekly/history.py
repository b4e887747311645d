"""What was posted and what wasn't, in words for admins and members."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import discord

from bot.discord_io.bot import Interaction
from bot.discord_io.messenger import Note
from bot.discord_io.refusals import fix, why
from bot.discord_io.schedules import plain_date
from bot.discord_io.text import CARD_LIMIT, show
from bot.features.weekly.admin import TITLE_LIMIT
from bot.jobs import Delivery, Job, Notice, WeeklySchedule
from bot.language import N_, Language
from bot.outcomes import Reason, State

HEADING_LIMIT = 100
"""Characters of the heading of History, in any language."""
MISSING = {
    "thread": N_("its thread couldn't be opened: {reason}"),
    "pin": N_("it couldn't be pinned: {reason}"),
    "poll": N_("its poll couldn't be started: {reason}"),
}


def pause_words(weekly: WeeklySchedule, language: Language) -> str:
    """`**Paused** by @Ada. Resumes on Monday, 11 January 2027.`"""
    if weekly.pause_reason is Reason.ADMIN_PAUSED and weekly.paused_by is not None:
        paused = language.t("**Paused** by {admin}.", admin=f"<@{weekly.paused_by}>")
    else:
        paused = language.t("**Paused:** {reason}.", reason=why(weekly.pause_reason or Reason.PAUSED, language))
    if weekly.resume_at is None:
        return paused
    date = plain_date(weekly.resume_at, weekly.schedule.zone, language)
    return paused + " " + language.t("Resumes on {date}.", date=date)


def may_view(interaction: Interaction, post: Job) -> bool:
    """Whether the member may view the channel of a post, or the forum it's in."""
    guild, member = interaction.guild, interaction.user
    channel: Any = guild.get_channel_or_thread(post.channel_id or 0) if guild else None
    channel = getattr(channel, "parent", None) or channel
    if channel is None or not isinstance(member, discord.Member):
        return False
    permissions = channel.permissions_for(member)
    return bool(permissions.view_channel and permissions.read_message_history)


def history_text(interaction: Interaction, weekly: WeeklySchedule, past: Iterable[Delivery], language: Language) -> str:
    """The card of History: each past prompt in a line, the latest first and as many as fit; with its link for an admin
    who may view the channel."""
    lines, room = [], CARD_LIMIT - HEADING_LIMIT
    for delivery in past:
        line = _line(weekly, delivery, language, linked=may_view(interaction, delivery.post))
        if (room := room - len(line) - 1) < 0:
            break
        lines.append(line)
    return "\n".join(["### " + language.t("Recent prompts"), *(lines or [language.t("None yet.")])])


def past_text(weekly: WeeklySchedule | None, posts: Iterable[Job], language: Language) -> str:
    """The card of /past: what was posted, the latest first."""
    lines = [_past_line(weekly, post, language) for post in posts] if weekly else []
    return "\n".join(["### " + language.t("Past prompts"), *(lines or [language.t("No prompts so far.")])])


def post_link(weekly: WeeklySchedule, post: Job, language: Language) -> str:
    """A link to a post that was sent."""
    address = f"https://discord.com/channels/{weekly.guild_id}/{post.channel_id}/{post.message_id}"
    return "[" + language.t("show the post") + f"]({address})"


def notice_words(notice: Notice, language: Language) -> str:
    """What an admin reads, once, when a prompt pauses by itself, a week was lost, or its role is gone."""
    weekly, lost, t = notice.schedule, notice.lost, language.t
    channel = f"<#{weekly.channel_id}>"
    if notice.role_gone:
        gone = N_("The weekly prompt in {channel} mentions no role now: it was deleted. Choose another in `/weekly`.")
        return t(gone, channel=channel)
    if weekly.pause_reason is not None:
        paused = t(
            "The weekly prompt in {channel} is paused: {why}.", channel=channel, why=why(weekly.pause_reason, language)
        )
        todo = t("Then press *Resume* in `/weekly` there. I won't repeat this message.")
        return " ".join(filter(None, (paused, fix(weekly.pause_reason, language), todo)))
    reason = lost.reason if lost is not None and lost.reason is not None else Reason.OFFLINE
    missed = t(
        "The weekly prompt for {date} in {channel} wasn't posted: {why}.",
        date=plain_date(lost.due_at if lost else weekly.next_at, weekly.schedule.zone, language),
        channel=channel, why=why(reason, language, lost.detail if lost else None),
    )  # fmt: skip
    todo = t("The same resource comes next week; *Post now* in `/weekly` posts it right away.")
    return " ".join(filter(None, (missed, fix(reason, language), todo)))


def render_notice(notice: Notice, language_of: Callable[[str], Language]) -> Note:
    """A notice as it is sent to an admin, or posted where all of them read."""
    language = language_of(notice.schedule.language)
    text, title = notice_words(notice, language), language.t("About the weekly prompt")
    return Note(text, language.t("For this server's admins: {text}", text=text), title)


def _past_line(weekly: WeeklySchedule, post: Job, language: Language) -> str:
    date = plain_date(post.due_at, weekly.schedule.zone, language)
    finished = language.plural("1 finished it", "{n} finished it", post.finished) if post.finished else ""
    parts = [f"**{show(post.title or '', TITLE_LIMIT)}**", post_link(weekly, post, language), finished]
    return f"- {date}: {' · '.join(filter(None, parts))}"


def _line(weekly: WeeklySchedule, delivery: Delivery, language: Language, *, linked: bool) -> str:
    """A post: when it was due, its outcome, and which follow-ups are missing."""
    post = delivery.post
    date = plain_date(post.due_at, weekly.schedule.zone, language)
    title = show(post.title, TITLE_LIMIT) if post.title else ""
    if post.state is not State.SENT or post.message_id is None:
        return f"- {date}: {' · '.join(filter(None, (outcome_words(post, language), title)))}"
    minutes = round(((post.sent_at or post.due_at) - post.due_at).total_seconds() / 60)
    late = language.plural("1 minute late", "{n} minutes late", minutes) if minutes >= 1 else ""
    parts = [title, post_link(weekly, post, language) if linked else "", late, *_missing(delivery, language)]
    return f"- {date}: {' · '.join(filter(None, parts))}"


def outcome_words(post: Job, language: Language) -> str:
    """What became of a post that isn't there."""
    if post.state is State.WAITING and post.cancelled is None:
        if post.under_way or post.reason is None:
            return language.t("is being posted")
        again = discord.utils.format_dt(post.attempt_at, "R")
        return language.t(
            "waits: {reason}; next try {again}", reason=why(post.reason, language, post.detail), again=again
        )
    reason = post.reason if post.state is not State.WAITING else post.cancelled
    if reason is None:
        return language.t("not posted")
    return language.t("not posted: {reason}", reason=why(reason, language, post.detail))


def _missing(delivery: Delivery, language: Language) -> Iterator[str]:
    """What should have followed a post and did not, or not yet."""
    for kind, words in MISSING.items():
        job: Any = delivery.follow_ups.get(kind)
        if job is not None and job.reason is not None and job.reason is not Reason.TOO_LATE:
            yield language.t(words, reason=why(job.reason, language, job.detail))
