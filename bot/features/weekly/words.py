"""Every word that people read about the weekly prompt: commands, cards, posts and refusals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

import discord

from bot.discord_io.delivery_loop import DeliveryHealth
from bot.discord_io.schedules import dates, plain_date, plain_moment, when
from bot.discord_io.text import count, listed, show
from bot.jobs import Delivery, Job, Notice, WeeklySchedule
from bot.outcomes import Reason, State
from bot.schedule import DAYS

GROUP = "The weekly learning prompt of this server."
SET = "Post a learning prompt every week, or change when and where."
SET_CHANNEL = "Where to post; this channel, if you choose none"
SET_DAY = "The day of the week; Monday, if you choose none"
SET_TIME = "The time of day, such as 18:30 or 9am; 18:00, if you choose none"
SET_TIMEZONE = "The time zone, such as Europe/Berlin; type a city to find it"
OPTIONS = "Choose the order, the start, a role to mention, threads, pins and polls."
OPTIONS_ORDER = "The order of the prompts: along the path, shuffled, or one stage or track"
OPTIONS_START = "The resource to begin with"
PAUSE = "Post nothing for a while."
PAUSE_UNTIL = "The day it resumes, such as 2027-01-11; without one, until /weekly resume"
RESUME = "Go on after a pause."
SKIP = "Leave out the next prompt only."
NOW = "Post the next prompt at once; the schedule stays as it is."
HISTORY = "Show the last prompts: where, how late, and what went wrong."
PAST = "Show the past prompts of this server, with links."
DOCTOR = "Check everything that the weekly prompt needs."
SHOW = "Show when and where the weekly prompt comes."
PREVIEW = "Show the next weekly prompt, to you alone."
OFF_DESCRIPTION = "End the weekly prompt and forget its schedule."
"""The descriptions of the commands and their options, as Discord's list shows them."""

GO_ON = "`/weekly resume` starts it again."
NOT_SET = "No weekly prompt is set here. `/weekly set` starts one."
NO_PAST = "There are no past prompts here yet."
NOT_PAUSED = "The weekly prompt is not paused."
UNDER_WAY = "This week’s prompt is being posted right now, so it is too late to skip it."
TOO_LATE_TO_UNDO = "It is too late to undo that: `/weekly show` has the next dates."
OFF = "The weekly prompt is off, and its schedule is deleted."
KEPT = "Nothing was changed: the weekly prompt stays on."
GONE_MEANWHILE = "The weekly prompt was switched off meanwhile, so nothing was posted."
CHANNEL_GONE = "Choose a channel: the one that I posted in does not exist any more."
NO_CHANNEL_HERE = (
    "A weekly prompt goes to a text channel, an announcement channel or a forum. This is none of them: choose one with "
    "`/weekly set channel:`."
)
EVERYONE = "I do not mention everyone. Choose a role that members join because they want to know."
UNDO, SKIP_TOO, TURN_OFF, KEEP = "Undo", "Skip that one too", "Turn it off", "Keep it"
ZONE_PLACEHOLDER, ANOTHER_ZONE = "Choose your time zone", "Another time zone"
ZONE_TITLE, ZONE_LABEL, ZONE_HINT = "Your time zone", "City or time zone", "Lisbon, or Europe/Lisbon"
ORDER_PLACEHOLDER, START_PLACEHOLDER = "Order of the prompts", "Resource to begin with"
ROLE_PLACEHOLDER = "Role to mention (none, if you choose none)"
ALONG_THE_PATH, SHUFFLED_PATH = "Along the path", "Shuffled"
TOGGLES = {"thread": "Thread", "pin": "Pin", "poll": "Poll"}
HISTORY_TITLE_LIMIT = 100
"""Characters of a resource's title in the history."""
ADDED_SHOWN = 3
"""Resources that a post names as new on the list."""

NEEDED = {
    "view_channel": "View Channel",
    "send_messages": "Send Messages",
    "read_message_history": "Read Message History",
}
"""What the bot needs in the channel. The history is read for one thing: not to post a prompt twice after a crash."""
NEEDED_FOR = {
    "thread": {"create_public_threads": "Create Public Threads"},
    "pin": {"pin_messages": "Pin Messages"},
    "poll": {"send_polls": "Create Polls"},
}
"""What it needs beside that for what follows a post."""
NEEDED_IN_FORUM = {
    "pin": {"manage_threads": "Manage Posts"},
    "poll": {"send_polls": "Create Polls", "send_messages_in_threads": "Send Messages in Posts"},
}
"""The same in a forum, where every post is a thread."""

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


class Walk(NamedTuple):
    """How a schedule walks: its order in words, the title of the next prompt or why there is none, and whether that is
    where an admin chose to begin."""

    order: str
    following: str | Reason
    at_start: bool


class Finding(NamedTuple):
    """One thing that was checked: whether it is right, what to say if it is, and what if it is not."""

    right: bool
    well: str
    wrong: str


def zone_question(channel: str, schedule: str) -> str:
    """What `/weekly set` asks before the first prompt; `channel` is its mention, `schedule` the day and time."""
    return f"### One question\nI will post in {channel} {schedule}. In which time zone?"


def day_and_time(weekday: int, time: str) -> str:
    """`every Monday at 18:00`."""
    return f"every {DAYS[weekday].title()} at {time}"


def set_reply(weekly: WeeklySchedule, walk: Walk, instants: Iterable[datetime], remark: str, preview: str) -> str:
    """What `/weekly set` answers; `preview` is the text of the next post, empty if there is nothing to post."""
    lines = [
        "### The weekly prompt is set",
        f"I will post in <#{weekly.channel_id}> {when(weekly.schedule)}{_mention(weekly)}.",
        walk_words(walk),
        follow_ups_words(weekly),
        _paused(weekly) or f"The next three:\n{dates(instants, weekly.schedule.zone)}",
        remark,
        f"\n**The next post will look like this:**\n{preview}" if preview else "",
        "\n-# `/weekly options` changes what is posted and how; `/weekly off` ends it.",
    ]
    return "\n".join(line for line in lines if line)


def options_reply(weekly: WeeklySchedule, walk: Walk, remark: str) -> str:
    """The text of the `/weekly options` panel: how everything stands now."""
    role = f"It mentions <@&{weekly.role_id}>." if weekly.role_id else "It mentions nobody."
    return "\n".join(
        filter(
            None,
            [
                "### What the weekly prompt does",
                walk_words(walk),
                role,
                follow_ups_words(weekly) or "No thread, no pin, no poll.",
                remark,
                "-# Each choice is saved at once. For a list too long to scroll, type: `/weekly options start:`",
            ],
        )
    )


def toggle_label(kind: str, *, is_on: bool) -> str:
    """`Thread: on`."""
    return f"{TOGGLES[kind]}: {'on' if is_on else 'off'}"


def show_reply(
    weekly: WeeklySchedule,
    walk: Walk,
    instants: Iterable[datetime],
    skipped: Iterable[datetime],
    recent: Iterable[Delivery],
) -> str:
    """What `/weekly show` answers; `skipped` are the dates to come that an admin left out."""
    lines = [
        "### The weekly prompt",
        f"In <#{weekly.channel_id}> {when(weekly.schedule)}{_mention(weekly)}.",
        walk_words(walk),
        follow_ups_words(weekly),
        *(f"Skipped: {plain_date(one, weekly.schedule.zone)}." for one in skipped),
        _paused(weekly) or f"The next dates:\n{dates(instants, weekly.schedule.zone)}",
    ]
    past = [_told(weekly, delivery) for delivery in recent]
    return "\n".join([*filter(None, lines), *(["\n**The last ones**", *past] if past else [])])


def walk_words(walk: Walk) -> str:
    """`It follows the whole path. Next: **KV Cache**.`"""
    if isinstance(walk.following, Reason):
        return f"It follows {walk.order}. There is nothing to post, because {REASONS[walk.following]}."
    begins = ", where you chose to begin" if walk.at_start else ""
    return f"It follows {walk.order}. Next: **{show(walk.following, HISTORY_TITLE_LIMIT)}**{begins}."


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
    return (
        f"The prompt of {day} is skipped; its resource comes next time. "
        f"The next three:\n{dates(instants, weekly.schedule.zone)}"
    )


def skipped_already_reply(weekly: WeeklySchedule, skipped: datetime) -> str:
    """What `/weekly skip` answers if the next prompt is left out already: it does not leave out another by itself."""
    zone = weekly.schedule.zone
    return (
        f"The prompt of {plain_date(skipped, zone)} is skipped already. "
        f"The next one comes on {plain_moment(weekly.next_at, zone)} ({discord.utils.format_dt(weekly.next_at, 'R')})."
    )


def unskipped_reply(weekly: WeeklySchedule, instants: Iterable[datetime]) -> str:
    """What the answer is to undoing a skip."""
    return f"Not skipped any more. The next three:\n{dates(instants, weekly.schedule.zone)}"


def off_question(weekly: WeeklySchedule) -> str:
    """What `/weekly off` asks."""
    return (
        f"### Turn the weekly prompt off?\nNothing more comes in <#{weekly.channel_id}>, and I forget the schedule, "
        "how far it is on the path, and the list of past prompts. The posts themselves stay.\n"
        "-# Only for a while? `/weekly pause` forgets nothing."
    )


def now_reply(weekly: WeeklySchedule, job: Job, *, quiet: bool) -> str:
    """What `/weekly now` answers; `quiet` says that the role was not mentioned."""
    if job.state is State.SENT and job.channel_id is not None and job.message_id is not None:
        unmentioned = (
            f" I did not mention <@&{weekly.role_id}>: the last prompt came less than ten minutes ago."
            if quiet and weekly.role_id
            else ""
        )
        following = discord.utils.format_dt(weekly.next_at, "F")
        rhythm = "" if weekly.paused_at else f"\nThe schedule stays as it is: the next prompt comes {following}."
        return f"Posted: {_link(weekly, job.channel_id, job.message_id)}.{unmentioned}{rhythm}"
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


def past_reply(weekly: WeeklySchedule, posts: Iterable[Job]) -> str:
    """What `/weekly past` answers: what was posted, the latest first."""
    lines = [_past_line(weekly, post) for post in posts]
    return "\n".join(["### Past prompts", *(lines or [NO_PAST])])


def _past_line(weekly: WeeklySchedule, post: Job) -> str:
    assert post.channel_id is not None and post.message_id is not None  # noqa: S101, PT018 - only sent ones are shown
    title = show(post.title or "", HISTORY_TITLE_LIMIT)
    finished = f" · {post.finished} finished it" if post.finished else ""
    day = plain_date(post.due_at, weekly.schedule.zone)
    return f"- {day}: **{title}** · {_link(weekly, post.channel_id, post.message_id)}{finished}"


def health_findings(weekly: WeeklySchedule, health: DeliveryHealth) -> Iterator[Finding]:
    """How the delivery of a prompt is."""
    paused = f"It is paused: {_pause_words(weekly)}. {GO_ON.rstrip('.')}" if weekly.pause_reason else ""
    yield Finding(not paused, "It is running", paused)
    looked = discord.utils.format_dt(health.last_checked_at, "R") if health.last_checked_at else "not yet"
    wrong = (
        f"I should check for due prompts every half minute; the last check was {looked}. Tell the person who hosts me"
    )
    yield Finding(health.is_ticking, f"I last checked for due prompts {looked}", wrong)
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
    following = [] if weekly.paused_at else [f"\nThe next dates:\n{dates(instants, weekly.schedule.zone)}"]
    return "\n".join(["### The weekly prompt", verdict, *lines, *following])


def _link(weekly: WeeklySchedule, channel_id: int, message_id: int) -> str:
    return f"[show the post](https://discord.com/channels/{weekly.guild_id}/{channel_id}/{message_id})"


def _mention(weekly: WeeklySchedule) -> str:
    return f", mentioning <@&{weekly.role_id}>" if weekly.role_id else ""


def follow_ups_words(weekly: WeeklySchedule) -> str:
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


# Posts


POLL_QUESTION = "What should come next week?"
OPEN_PATH = "Show the path"


def done_label(finished: int) -> str:
    """`Done · 7`: the button on a post, with how many have finished its resource."""
    return f"Done · {finished}"


def recap_words(title: str, finished: int, replies: int) -> str:
    """`Last time: 7 of you finished KV Cache, and the thread has 12 replies.`; `title` is escaped."""
    words = []
    if finished:
        words.append(f"{finished} of you finished {title}")
    if replies:
        about = "" if finished else f" about {title}"
        words.append(f"the thread{about} has {'1 reply' if replies == 1 else f'{replies} replies'}")
    return f"Last time: {', and '.join(words)}."


def added_words(titles: Sequence[str]) -> str:
    """`New on the list: A, B, C and 2 more.`; the titles are escaped."""
    more = len(titles) - ADDED_SHOWN
    return f"New on the list: {listed([*titles[:ADDED_SHOWN], *([f'{more} more'] if more > 0 else [])])}."


THIS_WEEK, CHOSEN, TO_DISCUSS = "This week:", "You chose this in the poll.", "To discuss:"
NEXT_BY_POLL = "Next week: what you choose in the poll below."
BEGINS_AGAIN = "We have been through the whole path: it begins again today."


def next_week(title: str) -> str:
    """The line of a post that names what follows; the title is escaped."""
    return f"Next week: {title}"


def late_words(due_at: datetime) -> str:
    """The line of a post that comes late."""
    return f"This was due {discord.utils.format_dt(due_at, 'f')}. I could not post it then; sorry!"


# Refusals: why nothing was changed


def lacks_permissions(channel: str, names: Sequence[str]) -> str:
    """That the bot may not post in a channel (its mention)."""
    return (
        f"I cannot post in {channel} yet: I need {listed(names)} there. "
        "Give them to me in the channel’s permissions and run this again. Nothing was changed."
    )


def lacks_tag(channel: str) -> str:
    """That a forum wants a tag that is not there."""
    return (
        f"Every post in {channel} needs a tag, and there is none that I may use. "
        "Add one to the forum, or let posts come without. Nothing was changed."
    )


def admin_may_not(channel: str) -> str:
    """That an admin may not write in a channel."""
    return (
        f"You may not write in {channel} yourself, so I do not post there for you. Choose another channel, "
        "or ask somebody who may. Nothing was changed."
    )


def not_notified(role: str) -> str:
    """A remark on a role that is shown and not notified."""
    return (
        f"**One thing to fix:** {role} will be shown but not notified. "
        "Switch on “Allow anyone to @mention this role” in its settings."
    )


def no_order(typed: str, orders: Sequence[str]) -> str:
    """That a text names no order; `typed` is safe to echo, the titles are escaped."""
    return f"“{typed}” is no order. There are: path, shuffled, {', '.join(orders)}."


def empty_order(title: str, orders: Sequence[str]) -> str:
    """That a stage or track has nothing to post."""
    return (
        f"“{title}” has no resources yet, so there would be nothing to post. "
        f"There are: path, shuffled, {', '.join(orders)}."
    )


def no_resource(typed: str) -> str:
    """That a text names no resource to begin with."""
    return f"There is no resource “{typed}”. Pick one from the list that Discord offers."


def start_outside(title: str, order: str) -> str:
    """That a resource is not in the order that the prompts follow."""
    return f"“{title}” is not in {order}, so the prompts cannot start with it. Choose another start, or another order."


# What is checked


CHANNEL_IS_GONE = "The channel is gone: choose another with `/weekly set channel:`"
ROLE_IS_GONE = "The role is gone: choose another, or none, with `/weekly options`"


def is_there(what: str) -> str:
    """That a channel or a role (its mention) exists."""
    return f"{what} is there"


def may_post(channel: str) -> str:
    """That the bot may post in a channel (its mention)."""
    return f"I may post in {channel}"


def needs(names: Sequence[str], channel: str) -> str:
    """Which permissions the bot lacks in a channel (its mention)."""
    return f"I need {listed(names)} in {channel}"


WHOLE_PATH, WHOLE_PATH_SHUFFLED = "the whole path", "the whole path, shuffled"
GROUP_GONE = "a stage or track that is not on the list any more"
"""How an order is named in a sentence."""
