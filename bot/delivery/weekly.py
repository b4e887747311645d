"""A server's weekly prompt: which resource, with what became of the last one, and what follows the post."""

from __future__ import annotations

import logging
from datetime import datetime

from bot.delivery.errand import COMPOSE_SECONDS, LEASE, Errand, Shift, time_limit
from bot.delivery.extras import SHORTEST_POLL, Extras
from bot.delivery.letters import EMPTY, Prompt, Recap, Sent
from bot.errors import PostError
from bot.path import NextPrompt, Plan, next_prompt
from bot.store import Choice, Delivery, History, WeeklySchedule

log = logging.getLogger(__name__)

DEFAULT_QUESTION = "What in it was new to you, and what would you still ask its authors?"


class WeeklyErrand(Errand):
    """One week's prompt of one server."""

    letter: Prompt

    def __init__(self, shift: Shift, weekly: WeeklySchedule, history: History) -> None:
        super().__init__(shift, weekly)
        self.weekly = weekly
        self.history = history

    async def compose(self, delivery: Delivery) -> Choice | str:
        """The first of the walk that was not posted on it, or what the members chose."""
        prompt = await self.prompt(delivery.occurrence, chosen=delivery.resource_id, late=self.late(delivery))
        if prompt is None:
            return EMPTY
        self.letter = prompt
        return Choice(delivery, self._walk()[0] + prompt.begins_again, prompt.resource.id)

    async def prompt(self, occurrence: datetime, *, chosen: str | None = None, late: bool = False) -> Prompt | None:
        """What would be posted for an occurrence; None for a catalog without resources."""
        found = self._next(chosen)
        if found is None:
            return None
        if chosen is None and (favourite := await self._favourite(found)) is not None:
            found = self._next(favourite) or found
        round = self._walk()[0] + found.begins_again
        questions = found.resource.prompts or (DEFAULT_QUESTION,)
        return Prompt(
            guild_id=self.weekly.guild_id,
            channel_id=self.weekly.channel_id,
            role_id=self.weekly.role_id,
            resource=found.resource,
            # Each walk through the path asks the next question, so that old members are not asked the same again.
            question=questions[(round - 1) % len(questions)],
            following=found.following,
            step=found.step,
            total=found.total,
            begins_again=found.begins_again,
            late=late,
            occurrence=occurrence,
            recap=await self._recap(),
            options=found.ahead if self.weekly.poll and len(found.ahead) > 1 and self._poll_pays(occurrence) else (),
            sent_as=chosen or found.resource.id,
        )

    async def refused(self, delivery: Delivery, reason: str) -> bool:
        """Pause, and tell the admin who set it: once, since only one delivery records the failure."""
        shift = self.shift
        if not await shift.store.record_failed(delivery, owner=shift.owner, reason=reason, now=shift.now):
            return False
        try:
            async with time_limit():
                await shift.poster.tell(self.weekly, reason)
        except PostError as error:
            log.warning("Nobody on server %s could be told about a pause: %s", self.weekly.guild_id, error)
        return True

    async def delivered(self, delivery: Delivery, sent: Sent) -> None:
        """Open the thread, pin the post and start the poll, as far as they are wanted."""
        if self.weekly.extras:
            closes_after = self.next_after(self.shift.now) - self.shift.now
            retry_at = self.extras_at if delivery.state == "claimed" else None  # once more, and that is all
            extras = Extras(self.shift.poster, self.weekly, self.letter, closes_after, retry_at)
            await extras.add(self.shift.store, delivery, sent, instead_of=_place(self.history.last))

    @property
    def extras_at(self) -> datetime | None:
        """Once the claim would have run out, if anything follows the post."""
        return self.shift.now + LEASE if self.weekly.extras else None

    def _poll_pays(self, occurrence: datetime) -> bool:
        """Whether a poll that is begun now has time for answers before the next prompt."""
        begun = max(occurrence, self.shift.now)
        return self.next_after(begun) - begun >= 2 * SHORTEST_POLL

    def _walk(self) -> tuple[int, frozenset[str]]:
        """The walk through the path that the schedule is on, and what was posted on it."""
        if self.weekly.start_round > self.history.round:  # an admin began a new walk; nothing was posted on it yet
            return self.weekly.start_round, frozenset()
        return self.history.round, self.history.posted

    def _next(self, chosen: str | None) -> NextPrompt | None:
        round, posted = self._walk()
        start = self.weekly.start_id if round == self.weekly.start_round else None
        return next_prompt(self.shift.catalog, posted, chosen, Plan(self.weekly.order, self.weekly.id, start))

    async def _favourite(self, found: NextPrompt) -> str | None:
        """The id of what the members chose in the last poll; of several with equal votes the first on the path."""
        last = self.history.last
        if not self.weekly.poll or last is None or last.poll_id is None or last.channel_id is None:
            return None
        try:
            async with time_limit(COMPOSE_SECONDS / 2):
                poll = Sent(last.channel_id, last.poll_id)
                favourites = await self.shift.poster.favourites(poll, (found.resource, *found.ahead))
        except PostError as error:
            log.info("The last poll of server %s could not be read: %s", self.weekly.guild_id, error)
            return None
        return favourites[0].id if favourites else None

    async def _recap(self) -> Recap | None:
        """What became of the last post, if anything did."""
        last = self.history.last
        resource = self.shift.catalog.get(last.resource_id) if last and last.resource_id else None
        if last is None or resource is None:
            return None
        finished, replies = last.finished or 0, await self._replies(last.thread_id)
        if last.poll_id is not None and last.thread_id == last.channel_id:
            replies = max(0, replies - 1)  # in a forum the poll stands in the thread, and is nobody's reply
        return Recap(resource.title, finished, replies) if finished or replies else None

    async def _replies(self, thread_id: int | None) -> int:
        if thread_id is None:
            return 0
        try:
            async with time_limit(COMPOSE_SECONDS / 2):
                return await self.shift.poster.replies(thread_id)
        except PostError as error:
            log.info("The last thread of server %s could not be read: %s", self.weekly.guild_id, error)
            return 0


def _place(delivery: Delivery | None) -> Sent | None:
    """Where a delivery's message is."""
    if delivery is None or delivery.channel_id is None or delivery.message_id is None:
        return None
    return Sent(delivery.channel_id, delivery.message_id)
