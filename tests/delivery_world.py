"""Where jobs are delivered in tests: a real store and worker, a clock to set, a channel that remembers and fails."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from bot.catalog import Catalog
from bot.catalogs import Catalogs
from bot.jobs import (
    CountJob,
    DueReminder,
    Job,
    Notice,
    NoticeJob,
    PinJob,
    Poll,
    PollJob,
    Prompt,
    PromptJob,
    ReminderJob,
    Sent,
    ThreadJob,
    WeeklySchedule,
    Worker,
    schedules,
)
from bot.jobs.attempt import Recognise
from bot.jobs.due import enqueue_now
from bot.jobs.history import recent_deliveries
from bot.jobs.records import POSTS
from bot.schedule import Schedule
from bot.store import Store
from bot.store.tables import jobs

START = datetime(2026, 1, 1, tzinfo=UTC)
DUE = datetime(2026, 1, 5, 8, tzinfo=UTC)
WEEK = timedelta(weeks=1)
BERLIN = Schedule(0, time(9), "Europe/Berlin")
NONCE_KNOWN = timedelta(minutes=3)


class Killed(BaseException):
    """The process was killed: nothing after this runs, no handler catches it."""


def fail(error: BaseException) -> Callable[[], None]:
    def failing() -> None:
        raise error

    return failing


@dataclass
class Channel:
    """Stands where Discord stands: keeps what was posted, knows a nonce for a while, fails as it is told to."""

    now: datetime = DUE
    posts: list[tuple[datetime, Any, str]] = field(default_factory=list)
    before: list[Callable[[], None]] = field(default_factory=list)  # each happens instead of one post
    after: list[Callable[[], None]] = field(default_factory=list)  # each happens once a post was taken
    finding: Callable[[], None] | None = None
    opening: Callable[[], None] | None = None
    pinning: Callable[[], None] | None = None
    asking: Callable[[], None] | None = None
    asked: Callable[[], None] | None = None
    counting: Callable[[], None] | None = None
    editing: Callable[[], None] | None = None
    numbers: list[int] = field(default_factory=list)
    telling: Callable[[], None] | None = None
    before_post: Callable[[], None] | None = None
    forum: bool = False
    nonces: bool = True
    threads: list[int] = field(default_factory=list)
    pinned: tuple[int, int | None] | None = None
    votes_by_id: Counter[str] = field(default_factory=Counter)
    replied: int = 0
    deleted_roles: set[int] = field(default_factory=set)
    tries: int = 0
    told: list[str] = field(default_factory=list)

    async def post(self, message: Any, nonce: str, check: Callable[[], None]) -> Sent:
        if self.before_post is not None:
            self.before_post()
        check()
        poll = isinstance(message, Poll)
        self.tries += not poll
        if poll and self.asking is not None:
            self.asking()
        if not poll and self.before:
            self.before.pop(0)()
        for number, (at, _, known) in enumerate(self.posts):
            if self.nonces and not self.forum and known == nonce and self.now - at < NONCE_KNOWN:
                return self._place(message, number)
        self.posts.append((self.now, message, nonce))
        if poll and self.asked is not None:
            self.asked()
        if not poll and self.after:
            self.after.pop(0)()
        return self._place(message, len(self.posts) - 1)

    def _place(self, message: Any, number: int) -> Sent:
        if self.forum and isinstance(message, Prompt):
            return Sent(77, 77)
        return Sent(_channel_of(message), number)

    async def find(self, channel_id: int, guild_id: int | None, recognise: Recognise, since: datetime) -> Sent | None:
        if self.finding is not None:
            self.finding()
        for number, (at, message, _) in enumerate(self.posts):
            there = _channel_of(message) == channel_id or self.forum
            if there and at >= since - timedelta(hours=6) and recognise(message):
                return self._place(message, number)
        return None

    def is_forum(self, channel_id: int, guild_id: int) -> bool:
        return self.forum

    async def open_thread(self, under: Sent, guild_id: int, name: str) -> int:
        if self.opening is not None:
            self.opening()
        if under.message_id not in self.threads:
            self.threads.append(under.message_id)
        return 1000 + under.message_id

    def has_role(self, guild_id: int, role_id: int) -> bool:
        return role_id not in self.deleted_roles

    async def pin(self, sent: Sent, guild_id: int, instead_of: Sent | None) -> None:
        if self.pinning is not None:
            self.pinning()
        self.pinned = sent.message_id, instead_of.message_id if instead_of else None

    async def edit(self, channel_id: int, message_id: int, view: Any) -> None:
        if self.editing is not None:
            self.editing()
        self.numbers.append(view.post.finished)

    async def votes(self, poll: Sent) -> list[int]:
        if self.counting is not None:
            self.counting()
        asked = self.posts[poll.message_id][1]
        return [self.votes_by_id[one.id] for one in asked.options]

    async def replies(self, thread_id: int) -> int:
        if self.counting is not None:
            self.counting()
        return self.replied

    async def tell(self, user_id: int | None, guild_id: int, channel_id: int, note: Any) -> None:
        if self.telling is not None:
            self.telling()
        self.told.append(note)

    @property
    def prompts(self) -> list[Prompt]:
        return [message for _, message, _ in self.posts if isinstance(message, Prompt)]

    @property
    def polls(self) -> list[list[str]]:
        return [[one.id for one in message.options] for _, message, _ in self.posts if isinstance(message, Poll)]

    @property
    def resources(self) -> list[str]:
        return [prompt.resource.id for prompt in self.prompts]


def _channel_of(message: Any) -> int:
    if isinstance(message, Prompt):
        return message.schedule.channel_id
    return int(message.reminder.channel_id if isinstance(message, DueReminder) else message.channel_id)


def recognise_post(job: Job) -> Recognise:
    return lambda message: getattr(message, "job", None) is not None and message.job.id == job.id


def recognise_poll(poll: Poll) -> Recognise:
    return lambda message: isinstance(message, Poll) and message.options == poll.options


def words(notice: Notice) -> str:
    return (
        "role gone" if notice.role_gone else str(notice.schedule.pause_reason or (notice.lost and notice.lost.reason))
    )


class World:
    """Workers of any number of processes (`owner`) on one store, before one channel."""

    def __init__(self, store: Store, catalog: Catalog, channel: Channel | None = None) -> None:
        self.store = store
        self.catalogs = Catalogs(catalog)
        self.channel = channel or Channel()
        self.now = DUE
        self.monotonic = 0.0
        self.prompts = PromptJob(lambda prompt: prompt, recognise_post)
        self._workers: dict[str, Worker] = {}
        self._woken = False

    @property
    def catalog(self) -> Catalog:
        return self.catalogs.default.catalog

    def worker(self, owner: str = "me", **options: Any) -> Worker:
        if owner not in self._workers:
            worker = Worker(
                self.store, self.catalogs, self.channel, lambda: self.now, wake=self._wake,
                monotonic=lambda: self.monotonic, **options,
            )  # fmt: skip
            for kind in (
                self.prompts,
                ReminderJob(lambda step: step, lambda job, _: recognise_post(job)),
                ThreadJob(),
                PinJob(),
                PollJob(lambda poll: poll, recognise_poll),
                NoticeJob(words),
                CountJob(lambda numbered: numbered),
            ):
                worker.register(kind)
            self._workers[owner] = worker
        return self._workers[owner]

    def _wake(self) -> None:
        self._woken = True

    async def tick(self, now: datetime, owner: str = "me") -> dict[str, int]:
        """One tick, and what it wakes for at once; returns how many posts ended how, or wait for another attempt."""
        before = await self._states()
        self.monotonic += max(0.0, (now - self.now).total_seconds())
        self.now = self.channel.now = now
        worker = self.worker(owner)
        self._woken = True
        while self._woken:
            self._woken = False
            await worker.tick()
            await worker.idle()
        after = await self._states()
        changed = [after[one] for one in after if after[one] != before.get(one, ("waiting", 0))]
        return dict(Counter("retried" if state == "waiting" else state for state, _ in changed))

    async def _states(self) -> dict[int, tuple[str, int]]:
        posts = select(jobs.c.id, jobs.c.state, jobs.c.attempts).where(jobs.c.kind.in_(POSTS))
        rows = await self.store.read(lambda connection: connection.execute(posts).all())
        return {row.id: (row.state, row.attempts) for row in rows}

    async def killed(self, now: datetime) -> None:
        """A tick during which the process is killed."""
        with suppress(Killed):
            await self.tick(now, f"killed at {now}")

    async def put(self, guild_id: int = 1, schedule: Schedule = BERLIN, **given: Any) -> WeeklySchedule:
        return await put(self.store, guild_id, schedule, catalog_id=self.catalog.id, **given)

    async def schedule(self, guild_id: int = 1) -> WeeklySchedule:
        weekly = await self.store.look_up(schedules.of_guild, guild_id)
        assert weekly is not None
        return weekly

    async def states(self, guild_id: int = 1) -> list[tuple[str, str | None]]:
        """How the posts of a server ended, and why, the newest first."""
        recent = await self.store.read(recent_deliveries, (await self.schedule(guild_id)).id, 10)
        return [(one.post.state.value, one.post.reason and one.post.reason.value) for one in recent]

    async def last(self, guild_id: int = 1) -> dict[str, Job]:
        """The last post of a server with what follows it, by kind."""
        (delivery,) = await self.store.read(recent_deliveries, (await self.schedule(guild_id)).id, 1)
        return {delivery.post.kind: delivery.post, **delivery.follow_ups}

    async def post_now(self, guild_id: int = 1) -> int | None:
        return await self.store.write(enqueue_now, (await self.schedule(guild_id)).id, self.now)


async def put(store: Store, guild_id: int = 1, schedule: Schedule = BERLIN, **given: Any) -> WeeklySchedule:
    values: dict[str, Any] = {
        "guild_id": guild_id, "catalog_id": "list", "channel_id": guild_id * 10, "role_id": None, "schedule": schedule,
        "created_by": 5, "now": START,
    }  # fmt: skip
    return await store.write(schedules.put, **(values | given))
