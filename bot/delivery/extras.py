"""What follows a post, if an admin wants it: a thread, a pin, a poll. Each fails alone, and none costs the post."""

from __future__ import annotations

import logging
from collections.abc import Awaitable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from bot.delivery.errand import time_limit
from bot.delivery.letters import Poster, Prompt, Sent
from bot.delivery.nonce import nonce
from bot.errors import PostError, PostFailed
from bot.store import Delivery, Store, WeeklySchedule

_Given = TypeVar("_Given")

log = logging.getLogger(__name__)

SHORTEST_POLL = timedelta(hours=1)
"""Discord's shortest poll; one that would close before the next prompt by less is not worth an answer."""


@dataclass(slots=True)
class Extras:
    """What follows one post. `closes_after` is the time until the next prompt, when a poll must have its answer;
    `retry_at` is when what fails for now is tried again, None if it is not."""

    poster: Poster
    weekly: WeeklySchedule
    prompt: Prompt
    closes_after: timedelta
    retry_at: datetime | None
    failures: list[str] = field(default_factory=list)
    again: bool = False

    async def add(self, store: Store, delivery: Delivery, sent: Sent, instead_of: Sent | None) -> None:
        """Add what is wanted, and record what came of it; `instead_of` is the earlier post, for the pin.

        May be called again for the same post: nothing comes twice.
        """
        thread_id = delivery.thread_id or await self._thread(sent)
        if self.weekly.pin:
            await self._try("it could not be pinned", self.poster.pin(sent, instead_of))
        poll_id = delivery.poll_id or await self._poll(delivery, sent)
        error = "; ".join(self.failures) or None
        retry_at = self.retry_at if self.again else None
        await store.record_extras(delivery, thread_id=thread_id, poll_id=poll_id, error=error, retry_at=retry_at)

    async def _thread(self, sent: Sent) -> int | None:
        if sent.channel_id != self.weekly.channel_id:  # a forum: the post is a thread
            return sent.channel_id
        if not self.weekly.thread:
            return None
        return await self._try("its thread could not be opened", self.poster.open_thread(self.prompt, sent))

    async def _poll(self, delivery: Delivery, sent: Sent) -> int | None:
        closes_after = self.closes_after - SHORTEST_POLL
        if not self.prompt.options or closes_after < SHORTEST_POLL:
            return None
        asking = self.poster.ask(self.prompt, sent.channel_id, nonce(delivery, "poll"), closes_after)
        return await self._try("its poll could not be started", asking)

    async def _try(self, failure: str, doing: Awaitable[_Given]) -> _Given | None:
        try:
            async with time_limit():
                return await doing
        except PostError as error:
            self.failures.append(f"{failure}: {error}")
            self.again = self.again or isinstance(error, PostFailed)
            return None
        except Exception:
            log.exception("What should follow a post went wrong")
            self.failures.append(f"{failure}: something unexpected, which is in my host's log")
            return None  # the others are seen to all the same
