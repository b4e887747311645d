"""A member's own reminder: their next step, unless they asked for quiet and have earned it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import takewhile

from bot.delivery.errand import Errand, Shift
from bot.delivery.letters import EMPTY, Nudge, Sent
from bot.progress import next_step, tally
from bot.schedule import realigned
from bot.store import Choice, Delivery, Reminder

WEEK = timedelta(days=7)
QUIET = "you finished something that week"
FINISHED = "you have finished the whole path"
UNDELIVERABLE = "two reminders could not reach you: your direct messages are closed to me"
RECENT = 12
"""Deliveries among which the last ones that were tried are looked for; quiet weeks lie between."""
REFUSALS = 2
"""Undeliverable reminders in a row after which no more are tried: one may be a slip, and nothing loops on a refusal."""


class ReminderErrand(Errand):
    """One week's reminder of one member; `marks` are the pages that they have finished, with the instants."""

    letter: Nudge

    def __init__(self, shift: Shift, reminder: Reminder, marks: Mapping[str, datetime]) -> None:
        super().__init__(shift, reminder)
        self.reminder = reminder
        self.marks = marks

    async def compose(self, delivery: Delivery) -> Choice | str:
        """The member's next step; nothing in a week in which they finished something, if they like it so."""
        if not len(self.shift.catalog):
            return EMPTY
        if self.reminder.quiet and delivery.first_sent_at is None and self._busy(delivery.occurrence):
            return QUIET
        self.letter = self._nudge(delivery)
        if self.letter.resource is None and await self._said_goodbye(delivery):
            await self._end()
            return FINISHED
        return Choice(delivery, 1, self.letter.resource.id if self.letter.resource else None)

    async def refused(self, delivery: Delivery, reason: str) -> bool:
        """Leave this one out; after REFUSALS of them pause, and tell the member when they next use the bot."""
        store, owner = self.shift.store, self.shift.owner
        recent = await store.recent_deliveries(self.reminder.id, RECENT)
        since = takewhile(lambda one: one.error != UNDELIVERABLE, recent)  # what led to an earlier pause is over
        tried = [one.state for one in since if one.state in ("posted", "failed")][: REFUSALS - 1]
        if "posted" in tried or len(tried) < REFUSALS - 1:
            next_at = self.next_after(max(delivery.occurrence, self.oldest))
            return await store.record_refused(delivery, owner=owner, reason=reason, next_at=next_at)
        return await store.record_failed(delivery, owner=owner, reason=UNDELIVERABLE, now=self.shift.now, untold=True)

    async def delivered(self, delivery: Delivery, sent: Sent) -> None:
        """Come to an end once there is nothing left to remind of."""
        if self.letter.resource is None:
            await self._end()

    async def _end(self) -> None:
        await self.shift.store.end_reminder(self.reminder.user_id, reason=FINISHED, now=self.shift.now)

    async def _said_goodbye(self, delivery: Delivery) -> bool:
        """Whether the last letter to reach the member was the one about no resource: a crash kept it from ending."""
        recent = await self.shift.store.recent_deliveries(self.reminder.id, RECENT)
        posted = [one for one in recent if one.state == "posted" and one.occurrence < delivery.occurrence]
        return bool(posted) and posted[0].resource_id is None

    def _busy(self, occurrence: datetime) -> bool:
        # By the calendar, not by 168 hours: a week with a change of clocks has one more or one less.
        before = realigned(self.reminder.schedule, occurrence - WEEK)
        return any(before < instant <= self.shift.now for instant in self.marks.values())

    def _nudge(self, delivery: Delivery) -> Nudge:
        catalog = self.shift.catalog
        finished = catalog.finished(self.marks)
        sums = tally(catalog, finished)
        chosen = catalog.get(delivery.resource_id) if delivery.resource_id else None
        return Nudge(
            user_id=self.reminder.user_id,
            channel_id=self.reminder.channel_id,
            resource=chosen or next_step(catalog, finished).resource,
            done=sums.done,
            total=sums.total,
            late=self.late(delivery),
            occurrence=delivery.occurrence,
        )
