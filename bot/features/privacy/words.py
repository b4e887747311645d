"""Every word about what the bot keeps of a member."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import discord

from bot.discord_io.text import count
from bot.schedule import DAYS

GROUP = "What I keep about you, and how to delete it."
SHOW = "Say what I keep about you."
EXPORT = "Get everything that I keep about you, as a file."
COUNTED_DESCRIPTION = "Choose whether the numbers of servers count you."
COUNTED_VALUE = "False: leave me out of the numbers of every server. True: count me again"
DELETE = "Delete everything that I keep about you."
EXPORTED = "This is everything that I keep about you. Only you can see it."
DELETE_EVERYTHING, KEEP = "Delete everything", "Keep it"
DELETED = "Done: I keep nothing about you any more. You can start again at any time."
NOT_DELETED = "Nothing was deleted."
NOTHING = "I keep nothing about you, so there is nothing to delete."
COUNTED = "I count you in the numbers of your servers, without your name. `/privacy counted value: False` ends that."
NOT_COUNTED = (
    "From now on I leave you out of the numbers of every server: in `/progress server: True` and on weekly prompts. "
    "`/privacy counted value: True` changes it back."
)
NEVER = (
    "I know you by your Discord user id alone. I keep no name, no message, nothing you searched for, and no list of "
    "servers that you are on."
)


def kept_text(kept: Mapping[str, Any]) -> str:
    """What is kept (`Store.everything_of`), in words and numbers."""
    lines = [
        "### What I keep about you",
        *_kept_lines(kept),
        f"\n{NEVER}",
        "\nIt stays until you delete it: `/privacy delete`. `/privacy export` gives you all of it as a file.",
    ]
    return "\n".join(lines)


def delete_question(kept: Mapping[str, Any]) -> str:
    """The question before anything is deleted."""
    lines = [
        "### Delete everything that I keep about you?",
        *_kept_lines(kept),
        "\nIt is then gone for good. Posts in channels stay; weekly prompts that you set go on without your id.",
    ]
    return "\n".join(lines)


def keeps_nothing(kept: Mapping[str, Any]) -> bool:
    """Whether there is nothing but the id that was asked for."""
    return not any(value for name, value in kept.items() if name != "user_id")


def _kept_lines(kept: Mapping[str, Any]) -> Iterator[str]:
    if keeps_nothing(kept):
        yield "- Nothing at all."
        return
    yield f"- **Done:** {_finished(kept['finished'])}"
    since = kept["shared_since"]
    yield "- **Sharing:** " + (
        f"others can see your progress, since {_day(since)}" if since else "nobody else can see it"
    )
    out = kept["uncounted_since"]
    yield "- **Numbers:** " + (
        f"those of servers leave you out, since {_day(out)}" if out else "those of servers count you"
    )
    if seen := kept["last_seen_on"]:
        yield f"- **Last seen:** {_day(seen)}. A year after it I forget you, unless you are on a server with me"
    yield f"- **Reminder:** {_reminder(kept)}"
    if servers := kept["weekly_prompts_set"]:
        yield (
            f"- **Weekly prompts:** you set that of {count(len(servers), 'server')}. I keep your id there to tell you "
            "when it pauses"
        )
    if pauses := kept["pauses"]:
        yield f"- **Pauses:** {count(len(pauses), 'pause')} of a weekly prompt, with your id as who paused it"


def _finished(finished: list[Mapping[str, str]]) -> str:
    if not finished:
        return "you have marked nothing"
    first = _day(finished[0]["done_at"])
    return f"{count(len(finished), 'resource')}, each with the moment you marked it, the first on {first}"


def _reminder(kept: Mapping[str, Any]) -> str:
    reminder = kept["reminder"]
    if reminder is None:
        return "none"
    when = f"{DAYS[reminder['weekday']].title()} at {reminder['time']} ({reminder['zone']})"
    sent = sum(week["state"] == "sent" for week in kept["reminder_weeks"])
    return f"{when}, and {count(sent, 'reminder')} sent so far" if sent else when


def _day(instant: str) -> str:
    moment = datetime.fromisoformat(instant)
    # A day alone is one of UTC: at noon it is the same day for most readers.
    return discord.utils.format_dt(moment if moment.tzinfo else moment.replace(hour=12, tzinfo=UTC), "D")
