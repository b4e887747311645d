"""One attempt at a job: what every kind of job has in common, the messenger that it is handed, and its outcomes."""

from __future__ import annotations

import asyncio
import hashlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Concatenate, NamedTuple, ParamSpec, Protocol, TypeVar

from bot.catalogs import Catalogs, Library
from bot.errors import CannotPost, PostError
from bot.jobs import queue
from bot.jobs.due import GRACE
from bot.jobs.history import post_of_week
from bot.jobs.queue import Begun, Choose
from bot.jobs.records import AnySchedule, Job, WeeklySchedule
from bot.outcomes import Reason
from bot.store import Store

if TYPE_CHECKING:
    from sqlalchemy import Connection

T = TypeVar("T")
P = ParamSpec("P")

LATE = timedelta(minutes=5)
"""Delay after which a message mentions that it is late. At 0 every one does; at GRACE none."""
MANUAL_GRACE = timedelta(minutes=5)
"""How long attempts are made at what an admin posts at once, who waits for it. At 0 a single lost connection ends it;
at hours it comes when nobody expects it any more."""
NONCE_LENGTH = 25
"""Characters of a nonce: the most that Discord takes."""
NONCE_WINDOW = timedelta(minutes=2)
"""How long Discord is trusted to know a nonce: it promises "the past few minutes"."""
TAG_IDS = 36**4
"""How many tags there are. A message is looked for in one channel and among those of a few hours, so that two jobs with
one tag are never confused."""
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"

Recognise = Callable[[Any], bool]
"""Whether a message of the bot is the one of a certain job."""


class Sent(NamedTuple):
    """Where a message is: in a forum the channel is the thread that it opened."""

    channel_id: int
    message_id: int


class ClaimLost(Exception):
    """Nothing may be sent: somebody else has the job by now, or it is not wanted any more."""


@dataclass(frozen=True, slots=True)
class Skip:
    """The job is given up, for a reason."""

    reason: Reason
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """The job is done; the fields are those of `queue.record_sent`."""

    sent: Sent | None = None
    finished: int = 0
    follow_ups: Collection[str] = ()
    ends: Reason | None = None
    notice: str | None = None


Outcome = Done | Skip


class Messenger(Protocol):
    """Who puts messages where people see them. Every method raises CannotPost or PostFailed.

    No request is ever cancelled: one that takes too long is waited for elsewhere.
    """

    async def post(self, message: Any, nonce: str, check: Callable[[], None]) -> Sent:
        """Post a message that a feature rendered; a second one with the same nonce soon after is none.

        `check` raises what is to stop the request, and is called just before it.
        """

    async def find(self, channel_id: int, guild_id: int | None, recognise: Recognise, since: datetime) -> Sent | None:
        """The message that is recognised among those that the bot wrote in a channel since an instant."""

    def is_forum(self, channel_id: int, guild_id: int) -> bool:
        """Whether posts in a channel open threads; Discord knows no nonce there."""

    async def open_thread(self, under: Sent, guild_id: int, name: str) -> int:
        """Open a thread under a message, unless it has one; returns the thread's id."""

    def has_role(self, guild_id: int, role_id: int) -> bool:
        """Whether a server has a role, as far as is known."""

    async def pin(self, sent: Sent, guild_id: int, instead_of: Sent | None) -> None:
        """Pin a message, and unpin an earlier one if that can be."""

    async def edit(self, channel_id: int, message_id: int, view: Any) -> None:
        """Give a message other buttons."""

    async def votes(self, poll: Sent) -> list[int]:
        """The votes for each answer of a poll, in the answers' order."""

    async def replies(self, thread_id: int) -> int:
        """How many messages a thread has, the first one aside."""

    async def tell(self, user_id: int | None, guild_id: int, channel_id: int, note: Any) -> None:
        """Tell an admin in a direct message, else the server in its channel for notices, else in the channel given."""


@dataclass(frozen=True, slots=True)
class WorkerContext:
    """What a worker works with: `clock` returns the present, `monotonic` seconds that never go back, `owner` is the
    worker's name on its claims, `lease` how long one holds, and `database` lets a few attempts use it at a time."""

    store: Store
    catalogs: Catalogs
    messenger: Messenger
    clock: Callable[[], datetime]
    monotonic: Callable[[], float]
    owner: str
    lease: timedelta
    database: asyncio.Semaphore

    def deadline(self, claimed_at: float) -> float:
        """Monotonic instant until which a claim is guaranteed to hold that was taken or prolonged after another one."""
        return claimed_at + 0.9 * self.lease.total_seconds()  # clocks run at slightly different speeds


@dataclass(slots=True)
class Attempt:
    """One attempt at a job, by whoever has claimed it; `schedule` is as it was then, `deadline` is until when the claim
    surely holds."""

    job: Job
    schedule: AnySchedule
    context: WorkerContext
    deadline: float

    async def read(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **options: P.kwargs) -> T:
        """What `Store.read` returns, in turn with the other attempts."""
        async with self.context.database:
            return await self.context.store.read(work, *args, **options)

    async def write(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **options: P.kwargs) -> T:
        """What `Store.write` returns, in turn with the other attempts."""
        async with self.context.database:
            return await self.context.store.write(work, *args, **options)

    @property
    def messenger(self) -> Messenger:
        """Who posts."""
        return self.context.messenger

    @property
    def now(self) -> datetime:
        """The present."""
        return self.context.clock()

    def check(self) -> None:
        """Raise ClaimLost if the claim may have run out: the process may have slept since it took it."""
        if self.context.monotonic() >= self.deadline:
            raise ClaimLost

    async def begin(self, choose: Choose | None = None) -> Begun | Reason:
        """Choose what the job is about, and record that it may be sent from now on.

        Returns the reason if there is nothing to send; raises ClaimLost if nothing may be sent.
        """
        context, begun_at = self.context, self.context.monotonic()
        begun = await self.write(queue.begin, self.job, choose, self.now, owner=context.owner, lease=context.lease)
        if begun is None:
            raise ClaimLost
        self.deadline = max(self.deadline, context.deadline(begun_at))
        return begun

    @property
    def weekly(self) -> WeeklySchedule:
        """The schedule of a job that belongs to a server."""
        assert isinstance(self.schedule, WeeklySchedule)  # noqa: S101 - the kind of the job says so
        return self.schedule

    @property
    def late(self) -> bool:
        """Whether the message has to say that it is late: not if it only waited for its turn among many."""
        job = self.job
        since = self.now if job.attempts > 1 else job.enqueued_at
        return since - job.due_at > LATE


class JobKind(ABC):
    """A kind of job; `name` is how it is stored."""

    name: str

    def grace(self, job: Job) -> timedelta:
        """How long after its time an attempt may still be made."""
        return MANUAL_GRACE if job.manual and job.kind == "prompt" else GRACE

    def too_late(self, attempt: Attempt) -> bool:
        """Whether it is too late for another attempt."""
        return attempt.now - attempt.job.due_at > self.grace(attempt.job)

    @abstractmethod
    async def run(self, attempt: Attempt) -> Outcome:
        """Make one attempt. Raises CannotPost or PostFailed, ClaimLost; anything else counts as a failed attempt."""

    async def refused(self, attempt: Attempt, error: PostError) -> tuple[Reason, Reason | None]:
        """What a refusal is recorded as, and why the schedule pauses with it, if it does."""
        return error.reason, None


class MessageKind(JobKind):
    """A kind of job that sends one message, which is looked for before it is sent again."""

    async def run(self, attempt: Attempt) -> Outcome:
        """Find the message of an earlier attempt, or give up, or send it."""
        job = attempt.job
        if job.send_started_at is not None and (found := await self._found(attempt, job.send_started_at)) is not None:
            return await self.found(attempt, found)
        if job.cancelled is not None:
            return Skip(job.cancelled)
        if self.too_late(attempt):
            return Skip(job.reason or Reason.OFFLINE, job.detail)
        return await self.send(attempt)

    @abstractmethod
    async def send(self, attempt: Attempt) -> Outcome:
        """Compose the message and post it."""

    @abstractmethod
    async def found(self, attempt: Attempt, sent: Sent) -> Outcome:
        """The outcome of an earlier attempt whose message is there."""

    @abstractmethod
    async def look(self, attempt: Attempt, since: datetime) -> Sent | None:
        """Look for the message of an earlier attempt."""

    @abstractmethod
    async def has_nonce(self, attempt: Attempt) -> bool:
        """Whether Discord deduplicates by nonce where the message goes."""

    async def _found(self, attempt: Attempt, since: datetime) -> Sent | None:
        try:
            return await self.look(attempt, since)
        except CannotPost:
            if attempt.job.cancelled is None and await self._may_resend_unchecked(attempt, since):
                return None
            raise  # a message that is missing and says so, rather than one that may come twice

    async def _may_resend_unchecked(self, attempt: Attempt, since: datetime) -> bool:
        return attempt.now - since <= NONCE_WINDOW and await self.has_nonce(attempt)


async def post_of(attempt: Attempt) -> Job:
    """The post that a job follows; raises ClaimLost if it is gone."""
    post = await attempt.read(post_of_week, attempt.job.schedule_id, attempt.job.week)
    if post is None or post.message_id is None:
        raise ClaimLost
    return post


def nonce(job: Job) -> str:
    """The same for every attempt at a job, and different for all others: Discord knows a second message by it."""
    return hashlib.sha256(f"{job.id}:{job.week}:{job.kind}".encode()).hexdigest()[:NONCE_LENGTH]


def tag(job: Job) -> str:
    """Four characters that a message carries in a button, by which a later search recognises the job's message."""
    number = job.id % TAG_IDS
    return "".join(_DIGITS[number // 36**power % 36] for power in (3, 2, 1, 0))


def number_of(tag: str) -> int:
    """The job's id, modulo TAG_IDS, behind a tag."""
    return int(tag, 36)


def library_of(catalogs: Catalogs, schedule: AnySchedule) -> Library:
    """The list that a schedule walks; if that is not served any more, the one its server uses now."""
    found = catalogs.get(schedule.catalog_id)
    return found or catalogs.for_server(schedule.guild_id if isinstance(schedule, WeeklySchedule) else None)
