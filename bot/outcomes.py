"""The outcome of a job, and its reason: codes that are stored and compared. The features have the words for them."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """Where a job is. Of a WAITING one an attempt is under way or still to come; the others are final."""

    WAITING = "waiting"
    SENT = "sent"
    SKIPPED = "skipped"
    FAILED = "failed"


class Reason(StrEnum):
    """Why a job was skipped or failed, why its last attempt failed, or why a schedule is paused."""

    OFFLINE = "offline"
    """The bot did not run at that time, nor in the grace period after it."""
    OUTAGE = "outage"
    """Discord did not answer, or not as Discord does: it, or the network between, was out of order."""
    BROKEN = "broken"
    """An error that nobody foresaw; the log has it."""
    ADMIN_SKIPPED = "admin_skipped"
    PAUSED = "paused"
    """The schedule was paused at that time."""
    EMPTY_LIST = "empty_list"
    EMPTY_ORDER = "empty_order"
    """The stage or track that the prompts follow has no resources, or is gone."""
    ACTIVE_WEEK = "active_week"
    """The member finished something that week, and wants no reminder then."""
    TOO_LATE = "too_late"
    """A poll that would close before anybody could vote."""

    CHANNEL_GONE = "channel_gone"
    MESSAGE_GONE = "message_gone"
    ACCOUNT_GONE = "account_gone"
    FORBIDDEN = "forbidden"
    TIMED_OUT = "timed_out"
    """A moderator timed the bot out, which ends by itself."""
    TWO_FACTOR = "two_factor"
    """The server wants two-factor authentication of whoever moderates it, and the bot's owner has none."""
    BOT_FLAGGED = "bot_flagged"
    """Discord's anti-spam system has flagged the bot."""
    DM_CLOSED = "dm_closed"
    DM_CLOSED_AGAIN = "dm_closed_again"
    """For the second week in a row."""
    TAG_MISSING = "tag_missing"
    """Every post of the forum needs a tag, and the bot may use none."""
    THREADS_FULL = "threads_full"
    PINS_FULL = "pins_full"
    THREAD_CLOSED = "thread_closed"
    WRONG_CHANNEL = "wrong_channel"
    """Discord does not allow that in a channel of this kind."""
    BLOCKED = "blocked"
    """AutoMod, or another filter, blocked the message."""
    INVALID = "invalid"
    """Discord calls the request malformed."""
    REFUSED = "refused"
    """Discord refused it, with a code that the table of refusals does not have."""
    MOVED = "moved"
    """The channel was changed after a failed attempt, and whether that one was posted cannot be known."""

    ADMIN_PAUSED = "admin_paused"
    BOT_REMOVED = "bot_removed"
    PATH_FINISHED = "path_finished"
    UNKNOWN_ZONE = "unknown_zone"
    """This machine's zone data does not have the schedule's zone."""


LOST = frozenset({Reason.OFFLINE, Reason.OUTAGE, Reason.BROKEN, Reason.TIMED_OUT, Reason.MOVED})
"""Unintended misses: the week had no post, and nobody asked for that."""
REFUSALS = frozenset(
    {Reason.REFUSED, Reason.INVALID, Reason.BLOCKED, Reason.THREADS_FULL, Reason.THREAD_CLOSED, Reason.WRONG_CHANNEL}
)
"""Discord took no attempt of a week, and may take the next week's."""
NOTIFIED_REASONS = LOST | REFUSALS | {Reason.EMPTY_ORDER}
"""Reasons for a missed week that are reported to the admin who set the prompt; of those that last, the first week."""
