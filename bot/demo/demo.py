"""A running demo: a server with the bot in it, a page that shows it, and a clock that somebody must move."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from importlib.util import find_spec
from typing import TYPE_CHECKING

from bot.catalog import Catalog
from bot.errors import MissingExtra
from bot.jobs import schedules
from bot.jobs.due import next_due
from bot.store import Store

if TYPE_CHECKING:
    import simcord

    from bot.demo.server import StudyServer

TICK = 1.0
"""Seconds between two steps of the simulated clock; one without anything due costs under a millisecond."""
JUMP = 30.0
"""Seconds by which the simulated clock is ahead only after a jump."""
MENU = "Find resources"
"""The context-menu command of a message."""
BEFORE = timedelta(minutes=1)
"""How long before a due time a jump stops: the bot is then seen to be on time, not late."""
LATE = timedelta(minutes=5)
"""How long after its due time a prompt must have come; the bot looks more often than that."""
QUOTED = 60
"""Most characters of a message that are repeated when its menu was used."""


class Demo:
    """A running demo on a `server`. What its controls do returns a text for whoever uses them."""

    def __init__(self, server: StudyServer, page: simcord.Preview, store: Store) -> None:
        self.server = server
        self._env = server.env
        self._page = page
        self._store = store

    @property
    def url(self) -> str:
        """The page's address; whoever has it can use the page."""
        return self._page.url

    def now(self) -> datetime:
        """The simulated present."""
        return self._env.now()

    async def closed(self) -> None:
        """Wait until somebody ends the session on the page."""
        await self._page.wait_closed()

    async def advance(self, seconds: float) -> None:
        """Let simulated time pass; what the bot does by itself meanwhile is shown on the page.

        A bot that is busy for longer than SimCord waits loses the rest of these seconds, nothing else.
        """
        async with self.server.turn():
            seen = len(self._env.http_requests)
            with suppress(TimeoutError):
                await self._env.advance_time(seconds)
            # Showing the page anew makes a click under way stale, so only when there may be something new.
            if len(self._env.http_requests) > seen:
                await self._page.refresh()

    async def follow_the_clock(self) -> None:
        """Let simulated time pass as fast as real time does, until cancelled."""
        loop = asyncio.get_running_loop()
        real, simulated, behind = loop.time(), self.now(), 0.0
        while True:
            await asyncio.sleep(TICK)
            passed, moved = loop.time() - real, (self.now() - simulated).total_seconds()
            real, simulated = real + passed, self.now()
            # A turn moves the clock, too; so does a jump, after which it goes on from there.
            behind = behind + passed - moved if moved < behind + passed + JUMP else 0.0
            if behind > 0:
                await self.advance(behind)

    async def control(self, name: str, viewer_id: str = "") -> str:
        """Do what the control of this name does: "jump", "messages" or "find", for the person whom the page shows, or
        for the member; returns "" for another name."""
        viewer = next((one for one in self.server.viewers if str(one.id) == viewer_id), self.server.viewers[0])
        match name:
            case "jump":
                return await self.jump()
            case "messages":
                return await self.direct_messages(viewer)
            case "find":
                return await self.find_resources(viewer)
        return ""

    async def jump(self) -> str:
        """Skip to just after the next weekly prompt, which is then on the page; all else comes at its time, too."""
        due = await self._next_prompt()
        if due is None:
            return "No weekly prompt is set yet. View the page as Ada and use /weekly first."
        stop = None
        while self.now() < due:
            # What stays due, such as a job that is tried again and again, is waited for once.
            stop = due if (next_due := await self._next_due()) is None or next_due == stop else min(next_due, due)
            await self._leap(stop)
        while await self._next_prompt() == due and self.now() - due < LATE:
            await self.advance(TICK)
        if await self._next_prompt() == due:
            return "The weekly prompt was due but didn't come; /weekly, as Ada, says why."
        return f"It's now {self.now():%A, %d %B %Y, %H:%M} UTC here, just after the weekly prompt."

    async def direct_messages(self, member: simcord.MemberActor) -> str:
        """What the bot wrote to a member in private: the page shows one channel."""
        async with self.server.turn():
            sent = self.server.direct_messages(member)
        return "\n\n".join([f"{member.user.global_name}'s direct messages:", *(sent or ["none yet"])])

    async def find_resources(self, member: simcord.MemberActor) -> str:
        """Have a member choose *Find resources* in the menu of the last message that a person wrote."""
        async with self.server.turn():
            question = self.server.last_question()
            await member.context_menu(self.server.channel, MENU, question)
            await self._page.refresh()
        quoted = question.content if len(question.content) <= QUOTED else f"{question.content[: QUOTED - 1]}…"
        return f"{member.user.global_name} chose “{MENU}” for “{quoted}”."

    async def _leap(self, instant: datetime) -> None:
        """Move the clock to an instant: most of the way at once, the last minute as it would pass."""
        async with self.server.turn():
            self._env.backend.advance_clock(max(0.0, (instant - BEFORE - self.now()).total_seconds()))
        await self.advance(max(TICK, (instant - self.now()).total_seconds()))

    # In a turn each, so that the one connection of a database in memory is not inside a transaction of the bot's.
    async def _next_prompt(self) -> datetime | None:
        async with self.server.turn():
            schedule = await self._store.look_up(schedules.of_guild, self.server.id)
        return schedule.next_at if schedule else None

    async def _next_due(self) -> datetime | None:
        async with self.server.turn():
            return await self._store.read(next_due)


@asynccontextmanager
async def open_demo(catalog: Catalog, *, port: int = 0, language: str | None = None) -> AsyncIterator[Demo]:
    """Start the bot in a simulated study server with a page on loopback `port` (0: any free one); end it all on exit.

    `language` is what the bot speaks, English if None. The simulated clock starts at the present and stands still until
    `Demo.advance` or `Demo.follow_the_clock` moves it.
    Raises MissingExtra without the packages of the extra "demo", StudybotError if the port is taken.
    """
    if not all(map(find_spec, ("simcord", "regex"))):
        raise MissingExtra("The demo", "demo")
    from bot.demo.page import act_in_turn, open_page
    from bot.demo.server import open_server

    store = await Store.open("sqlite:///:memory:")
    try:
        async with open_server(catalog, store, language) as server, open_page(server, port) as page:
            demo = Demo(server, page, store)
            act_in_turn(page, server, demo.control)
            yield demo
    finally:
        await store.close()
