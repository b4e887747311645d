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
    """Discord did not take the message."""
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
    FORBIDDEN = "forbidden"
    TAG_MISSING = "tag_missing"
    """Every post of the forum needs a tag, and the bot may use none."""
    DM_CLOSED = "dm_closed"
    DM_CLOSED_AGAIN = "dm_closed_again"
    """For the second week in a row."""

    ADMIN_PAUSED = "admin_paused"
    BOT_REMOVED = "bot_removed"
    PATH_FINISHED = "path_finished"
    UNKNOWN_ZONE = "unknown_zone"
    """This machine's zone data does not have the schedule's zone."""


LOST = frozenset({Reason.OFFLINE, Reason.OUTAGE, Reason.BROKEN})
"""Unintended misses: the week had no post, and nobody asked for that."""
NOTIFIED_REASONS = LOST | {Reason.EMPTY_ORDER}
"""Reasons reported to the admin who set the prompt."""
