"""What is delivered, and by whom: the weekly prompt of a server, the nudge to a member, and the Poster of both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from bot.catalog import Resource
from bot.store import WeeklySchedule

EMPTY = "the index has no resources"
"""Why there is nothing to deliver."""


class Sent(NamedTuple):
    """Where a message is: in a forum the channel is the thread that it opened."""

    channel_id: int
    message_id: int


@dataclass(frozen=True, slots=True)
class Recap:
    """What became of the last prompt: how many finished its resource, and how many replies its thread has."""

    title: str
    finished: int
    replies: int


@dataclass(frozen=True, slots=True)
class Prompt:
    """What is posted in a server for one occurrence.

    `step` of `total` is the resource's place on the path, `following` the one of the week after; `begins_again` says
    that a new walk through the path starts here, `late` that the post comes noticeably after its time. `options` are
    what a poll asks the members to choose from; without a poll there are none. `sent_as` is the id of the resource that
    an earlier try may have posted for this occurrence, which the catalog may have lost since.
    """

    guild_id: int
    channel_id: int
    role_id: int | None
    resource: Resource
    question: str
    following: Resource
    step: int
    total: int
    begins_again: bool
    late: bool
    occurrence: datetime
    recap: Recap | None = None
    options: tuple[Resource, ...] = ()
    sent_as: str = ""


@dataclass(frozen=True, slots=True)
class Nudge:
    """What a member is reminded of: their next resource, None once the whole path is finished.

    `done` of `total` resources are finished.
    """

    user_id: int
    channel_id: int
    resource: Resource | None
    done: int
    total: int
    late: bool
    occurrence: datetime


Letter = Prompt | Nudge


class Poster(Protocol):
    """Who puts messages where people see them. Every method raises CannotPost or PostFailed."""

    async def post(self, letter: Letter, nonce: str) -> Sent:
        """Post it; a second post with the same nonce soon after makes no second message."""

    async def find(self, letter: Letter, since: datetime) -> Sent | None:
        """A post of this letter made since an instant, if there is one."""

    async def open_thread(self, prompt: Prompt, sent: Sent) -> int:
        """Open a thread for the discussion under a post, unless there is one; returns its id."""

    async def pin(self, sent: Sent, instead_of: Sent | None) -> None:
        """Pin a post, and take down an earlier one if that is pinned."""

    async def ask(self, prompt: Prompt, channel_id: int, nonce: str, closes_after: timedelta) -> int:
        """Ask in a poll which of the prompt's options comes next; returns the id of its message."""

    async def favourites(self, poll: Sent, options: Sequence[Resource]) -> list[Resource]:
        """Those of a poll's options with the most votes; none if nobody voted."""

    async def replies(self, thread_id: int) -> int:
        """How many messages people wrote in a thread."""

    async def tell(self, weekly: WeeklySchedule, reason: str) -> None:
        """Tell the admin who set a schedule that it is paused."""
