"""A server's weekly prompt: which resource, and the outcome of the last one."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.catalog import Resource
from bot.catalog.questions import default_question
from bot.catalogs import Catalogs, Library
from bot.errors import CannotPost, PostError
from bot.jobs.attempt import Attempt, Done, MessageKind, Messenger, Outcome, Recognise, Sent, Skip, library_of, nonce
from bot.jobs.due import ROLE
from bot.jobs.history import history_of
from bot.jobs.records import AnySchedule, Choice, Delivery, History, Job, WeeklySchedule
from bot.outcomes import Reason
from bot.path import OPTIONS, NextPrompt, Plan, next_prompt
from bot.schedule import next_occurrence

log = logging.getLogger(__name__)

QUIET = timedelta(minutes=10)
"""How long after a post another one, that an admin asks for, mentions nobody again."""
SHORTEST_POLL = timedelta(hours=1)
"""Discord's shortest poll; one that would close before the next prompt by less is not worth an answer."""


@dataclass(frozen=True, slots=True)
class Recap:
    """The outcome of the last prompt: how many pressed Done on it, and how many replies its thread has."""

    title: str
    finished: int
    replies: int


@dataclass(frozen=True, slots=True)
class Prompt:
    """What is posted in a server for one occurrence.

    `step` of `total` is the resource's place on the path, `following` the one of the week after; `begins_again` says
    that a new round through the path starts here, `late` that the post comes noticeably after `due_at`. `options` are
    what a poll asks the members to choose from, `ahead` what comes next in any case. `quiet` and `role_gone` say why no
    role is mentioned. `job` is None for a preview.
    """

    schedule: WeeklySchedule
    library: Library
    resource: Resource
    question: str
    following: Resource
    step: int
    total: int
    begins_again: bool
    late: bool
    due_at: datetime
    ahead: tuple[Resource, ...] = ()
    recap: Recap | None = None
    options: tuple[Resource, ...] = ()
    chosen: bool = False
    added: tuple[Resource, ...] = ()
    quiet: bool = False
    role_gone: bool = False
    job: Job | None = None

    @property
    def role_id(self) -> int | None:
        """The role that the post mentions, if it mentions one."""
        return None if self.quiet or self.role_gone else self.schedule.role_id


@dataclass(frozen=True, slots=True)
class _Observed:
    """What was learnt from Discord before anything is chosen: the members' choice, and the number of replies."""

    favourites: tuple[str, ...] = ()
    replies: int = 0


class PromptJob(MessageKind):
    """Posts prompts. `render` makes the message, `recognise` knows a job's message again; `name` is the kind's."""

    name = "prompt"

    def __init__(self, render: Callable[[Prompt], Any], recognise: Callable[[Job], Recognise]) -> None:
        self._render = render
        self._recognise = recognise

    async def send(self, attempt: Attempt) -> Outcome:
        """Post the next resource of the walk, or the one that an earlier attempt chose."""
        job, schedule = attempt.job, attempt.weekly
        history = await attempt.read(history_of, schedule.id, exclude=job.id)
        library = library_of(attempt.context.catalogs, schedule)
        known = await _observe(attempt.messenger, schedule, history)
        found: list[tuple[NextPrompt, int, History]] = []

        def choose(locked: AnySchedule, fresh: History) -> Choice | Reason:
            assert isinstance(locked, WeeklySchedule)  # noqa: S101 - for the type checker: `weekly` has seen to it
            chosen = _choose(library, locked, fresh, known.favourites, job.resource_id)
            if isinstance(chosen, Reason):
                return chosen
            following, round_ = chosen
            found.append((following, round_, fresh))
            one = following.resource
            return Choice(round_, one.id, one.page, one.title)

        begun = await attempt.begin(choose)
        if isinstance(begun, Reason):
            return Skip(begun)
        assert isinstance(begun.schedule, WeeklySchedule)  # noqa: S101
        prompt = _prompt(begun.schedule, library, *found[-1], known, attempt)
        if _role_gone(attempt.messenger, begun.schedule):
            prompt = replace(prompt, role_gone=True)
        sent = await attempt.messenger.post(self._render(prompt), nonce(job), attempt.check)
        notice = f"{ROLE}{begun.schedule.role_id}" if prompt.role_gone else None
        return replace(self._done(begun.schedule, sent), notice=notice)

    async def found(self, attempt: Attempt, sent: Sent) -> Outcome:
        """What an earlier attempt posted, with what is to follow it."""
        return self._done(attempt.weekly, sent)

    def _done(self, schedule: WeeklySchedule, sent: Sent) -> Done:
        in_forum = sent.channel_id != schedule.channel_id and sent.channel_id == sent.message_id
        return Done(sent, follow_ups=schedule.follow_ups - ({"thread"} if in_forum else set()))

    async def look(self, attempt: Attempt, since: datetime) -> Sent | None:
        """Look where an earlier attempt posted, which may be another channel than today's."""
        job, schedule = attempt.job, attempt.weekly
        where = job.channel_id or schedule.channel_id
        try:
            return await attempt.messenger.find(where, schedule.guild_id, self._recognise(job), since)
        except CannotPost as error:
            if where == schedule.channel_id:
                raise
            if error.reason is Reason.CHANNEL_GONE:
                return None  # and what was in it is gone too
            # Nothing is wrong with the channel of today, so nothing pauses.
            raise CannotPost(Reason.MOVED, str(error), pauses=False) from error

    async def has_nonce(self, attempt: Attempt) -> bool:
        """Everywhere but in a forum; and not where the channel is another by now."""
        schedule = attempt.weekly
        if attempt.job.channel_id != schedule.channel_id:
            return False
        return not attempt.messenger.is_forum(schedule.channel_id, schedule.guild_id)

    async def refused(self, attempt: Attempt, error: PostError) -> tuple[Reason, Reason | None]:
        """Pause where a person must act; but not for what an admin posts at once, who sees it."""
        return error.reason, error.reason if error.pauses and not attempt.job.manual else None

    async def upcoming(
        self, schedule: WeeklySchedule, history: History, catalogs: Catalogs, messenger: Messenger, now: datetime
    ) -> Prompt | Reason:
        """The prompt that a schedule would post next, or why there is none."""
        library = library_of(catalogs, schedule)
        known = await _observe(messenger, schedule, history)
        chosen = _choose(library, schedule, history, known.favourites, None)
        if isinstance(chosen, Reason):
            return chosen
        prompt = _prompt(schedule, library, *chosen, history, known, None, due_at=max(schedule.next_at, now))
        return replace(prompt, role_gone=_role_gone(messenger, schedule))


async def _observe(messenger: Messenger, schedule: WeeklySchedule, history: History) -> _Observed:
    """Ask Discord for what a prompt says about the last one; what it doesn't answer is left out."""
    return _Observed(await _favourites(messenger, schedule, history), await _replies(messenger, schedule, history))


def _choose(
    library: Library, schedule: WeeklySchedule, history: History, favourites: Sequence[str], chosen: str | None
) -> tuple[NextPrompt, int] | Reason:
    """What comes next, and on which walk through the path; `chosen` by an earlier attempt stays chosen."""
    if not len(library.catalog):
        return Reason.EMPTY_LIST
    round_, used, plan = _walk(schedule, history)
    chosen = chosen or schedule.next_id
    found = next_prompt(library.catalog, used, chosen, plan)
    if found is None:
        return Reason.EMPTY_ORDER
    offered = {found.resource.id, *(one.id for one in found.ahead)}
    favourite = next((one for one in favourites if one in offered), None) if chosen is None else None
    if favourite is not None and (voted := next_prompt(library.catalog, used, favourite, plan)) is not None:
        found = voted
    return found, round_ + found.begins_again


def _walk(schedule: WeeklySchedule, history: History) -> tuple[int, frozenset[str], Plan]:
    """The walk through the path that a schedule is on, what is used up on it, and its order."""
    if schedule.start_round > history.round:  # an admin began a new walk, and nothing was posted on it yet
        history = History(schedule.start_round)
    start = schedule.start_id if history.round == schedule.start_round else None
    return history.round, history.used, Plan(schedule.order, schedule.id, start)


def options_after(library: Library, schedule: WeeklySchedule, history: History) -> tuple[Resource, ...]:
    """What a poll after the last post asks the members to choose from."""
    _, used, plan = _walk(schedule, history)
    found = next_prompt(library.catalog, used, None, plan)
    return (found.resource, *found.ahead)[:OPTIONS] if found and not found.begins_again else ()


def _prompt(
    schedule: WeeklySchedule,
    library: Library,
    found: NextPrompt,
    round_: int,
    history: History,
    known: _Observed,
    attempt: Attempt | None,
    *,
    due_at: datetime | None = None,
) -> Prompt:
    job = attempt.job if attempt else None
    due = due_at or (job.due_at if job else schedule.next_at)
    # Each walk through the path asks the next question, so that old members are not asked the same again.
    questions = found.resource.prompts or (default_question(found.resource, round_),)
    begun = max(due, attempt.now) if attempt else due
    polls = schedule.poll and len(found.ahead) > 1 and poll_is_worthwhile(schedule, begun)
    return Prompt(
        schedule=schedule,
        library=library,
        resource=found.resource,
        question=questions[(round_ - 1) % len(questions)],
        following=found.following,
        step=found.step,
        total=found.total,
        begins_again=found.begins_again,
        late=attempt.late if attempt else False,
        due_at=due,
        ahead=found.ahead,
        recap=_recap(history.last, known.replies),
        options=found.ahead if polls else (),
        chosen=found.resource.id in known.favourites,
        added=_added_since(history.last, library, schedule, begun),
        quiet=job is not None and job.manual and mentioned_lately(history.last, begun),
        job=job,
    )


def _role_gone(messenger: Messenger, schedule: WeeklySchedule) -> bool:
    return schedule.role_id is not None and not messenger.has_role(schedule.guild_id, schedule.role_id)


def mentioned_lately(last: Delivery | None, now: datetime) -> bool:
    """Whether a post was sent so short a time ago that the next one mentions nobody."""
    return last is not None and last.post.sent_at is not None and now - last.post.sent_at < QUIET


def _added_since(
    last: Delivery | None, library: Library, schedule: WeeklySchedule, now: datetime
) -> tuple[Resource, ...]:
    """What came into the list after the day of the last post, by the calendar where the schedule lives."""
    if last is None or last.post.sent_at is None:
        return ()
    zone = ZoneInfo(schedule.schedule.zone)
    after, today = last.post.sent_at.astimezone(zone).date(), now.astimezone(zone).date()
    return tuple(one for one in library.catalog if one.added is not None and after < one.added <= today)


def poll_is_worthwhile(schedule: WeeklySchedule, begun: datetime) -> bool:
    """Whether a poll that is begun at an instant has time for answers before the next prompt."""
    return next_occurrence(schedule.schedule, begun) - begun >= 2 * SHORTEST_POLL


async def _favourites(messenger: Messenger, schedule: WeeklySchedule, history: History) -> tuple[str, ...]:
    """The ids of what most members chose in the last poll, in the poll's order; none if nobody voted."""
    poll = history.last.follow_ups.get("poll") if history.last else None
    if not schedule.poll or poll is None or poll.message_id is None or poll.channel_id is None:
        return ()
    try:
        votes = await messenger.votes(Sent(poll.channel_id, poll.message_id))
    except PostError as error:
        log.info("The last poll of server %s could not be read: %s", schedule.guild_id, error)
        return ()
    most = max(votes, default=0)
    return tuple(one for one, count in zip(poll.options, votes, strict=False) if most and count == most)


async def _replies(messenger: Messenger, schedule: WeeklySchedule, history: History) -> int:
    """The replies in the last post's thread."""
    thread_id, in_forum = _thread_of(history.last)
    if history.last is None or thread_id is None:
        return 0
    try:
        replies = await messenger.replies(thread_id)
    except PostError as error:
        log.info("The last thread of server %s could not be read: %s", schedule.guild_id, error)
        return 0
    poll = history.last.follow_ups.get("poll")
    in_thread = in_forum and poll is not None and poll.message_id is not None  # the bot's own poll is nobody's reply
    return max(0, replies - in_thread)


def _thread_of(last: Delivery | None) -> tuple[int | None, bool]:
    """The thread of a post, and whether the post is a forum's: its first message has the thread's id."""
    if last is None:
        return None, False
    if last.post.channel_id == last.post.message_id:
        return last.post.channel_id, True
    thread = last.follow_ups.get("thread")
    return (thread.message_id if thread else None), False


def _recap(last: Delivery | None, replies: int) -> Recap | None:
    if last is None or last.post.title is None or not (last.post.finished or replies):
        return None
    return Recap(last.post.title, last.post.finished, replies)
