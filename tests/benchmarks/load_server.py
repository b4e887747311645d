"""`python -m tests.benchmarks.load_server HUNG SERVERS`: Discord, as far as a load goes, in a process of its own.

The first HUNG servers never answer.

It speaks Discord's wire format on a loopback port, whose address is the first line that it prints: it takes messages
and answers to commands, keeps the limit of requests a second, and tells at `/seen` what came and when. Its instants are
those of `time.monotonic`, which all processes of a machine share.
"""

from __future__ import annotations

import asyncio
import random
import sys
import time
from collections import Counter, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import discord
from aiohttp import web

from tests.faults.discord_server import DiscordServer, answer, problem

A_SECOND = 50
"""Requests of all kinds that a bot may make in any second; answers to commands do not count among them:
https://discord.com/developers/docs/topics/rate-limits#global-rate-limit."""
LATENCY = 0.08
"""Seconds in which Discord answers, on average; with a spread of a quarter of it, and never under a quarter of it."""
CHANNELS = 10**12
"""What a server's id and its channel's id are apart."""
HANGS = 3600
"""Seconds in which a server that hangs does not answer."""
BUCKET = {"X-RateLimit-Limit": "5", "X-RateLimit-Remaining": "4", "X-RateLimit-Reset-After": "5"}
"""The limit of one channel: each gets one message here."""


class LoadServer:
    """What came: the instant of each post, and of each answer to a command by its token."""

    def __init__(self, hung: int, servers: int) -> None:
        self.hung = hung
        self.servers = servers
        self.discord = DiscordServer()
        self.posts: list[float] = []
        self.answers: dict[str, float] = {}
        self.refused = 0
        self.channels: Counter[str] = Counter()
        self.nonces: Counter[str] = Counter()
        self._second: deque[float] = deque()

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/users/@me/guilds", self._guilds),
            *(route for route in self.discord.routes() if route.method == "GET"),
            web.post("/channels/{channel}/messages", self._post),
            web.post("/interactions/{interaction}/{token}/callback", self._answered),
            web.get("/applications/{application}/commands", self._commands),
            web.put("/applications/{application}/commands", self._commands),
            web.get("/seen", self._seen),
        ]

    def wait(self, now: float) -> float:
        """The seconds until the next request is allowed; at 0 this one is, and counts."""
        while self._second and self._second[0] <= now - 1:
            self._second.popleft()
        if len(self._second) == A_SECOND:
            return self._second[0] + 1 - now
        self._second.append(now)
        return 0

    async def _post(self, request: web.Request) -> web.StreamResponse:
        now = time.monotonic()
        if wait := self.wait(now):
            self.refused += 1
            return _too_many(wait)
        sent, channel = await request.json(), request.match_info["channel"]
        if int(channel) % CHANNELS <= self.hung:
            await asyncio.sleep(HANGS)
            return problem(504, "nobody answered")
        self.posts.append(now)
        self.channels[channel] += 1
        self.nonces[sent["nonce"]] += 1
        await asyncio.sleep(_latency())
        self.discord.messages.clear()  # nonces are counted here
        return answer(self.discord.accept(sent, channel), headers=BUCKET | {"X-RateLimit-Bucket": "posts"})

    async def _answered(self, request: web.Request) -> web.StreamResponse:
        self.answers[request.match_info["token"]] = time.monotonic()
        sent = (await request.json())["data"]
        message = self.discord.accept({"content": "", "components": []} | sent, "1")
        self.discord.messages.clear()
        await asyncio.sleep(_latency())
        interaction = {"id": request.match_info["interaction"], "type": 2, "response_message_id": message["id"]}
        return answer({"interaction": interaction, "resource": {"type": 4, "message": message}})

    async def _guilds(self, request: web.Request) -> web.StreamResponse:
        first = int(request.query.get("after", 0)) + 1
        page = range(first, min(first + int(request.query.get("limit", 200)), self.servers + 1))
        return answer([
            {"id": str(one), "name": "", "icon": None, "owner": False, "permissions": "0", "features": []}
            for one in page
        ])  # fmt: skip

    async def _commands(self, request: web.Request) -> web.StreamResponse:
        return answer([])

    async def _seen(self, request: web.Request) -> web.StreamResponse:
        return answer({
            "posts": self.posts,
            "answers": self.answers,
            "refused": self.refused,
            "channels": len(self.channels),
            "nonces": len(self.nonces),
        })  # fmt: skip


def _latency() -> float:
    return max(random.gauss(LATENCY, LATENCY / 4), LATENCY / 4)


def _too_many(wait: float) -> web.Response:
    body: dict[str, Any] = {"message": "You are being rate limited.", "retry_after": wait, "global": True}
    headers = {"Retry-After": str(wait), "X-RateLimit-Global": "true", "Via": "1.1 google"}
    return answer(body, status=429, headers=headers)


@asynccontextmanager
async def discord_process(servers: int, hung: int = 0) -> AsyncIterator[str]:
    """A LoadServer in a process of its own; gives its address, which is then discord.py's."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.benchmarks.load_server", str(hung), str(servers)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    usual = discord.http.Route.BASE
    try:
        discord.http.Route.BASE = (await process.stdout.readline()).decode().strip()
        yield discord.http.Route.BASE
    finally:
        discord.http.Route.BASE = usual
        process.stdin.close()
        await process.wait()


async def serve() -> None:
    """Serve until standard input ends, as it does when whoever started this dies."""
    application = web.Application()
    application.add_routes(LoadServer(int(sys.argv[1]), int(sys.argv[2])).routes())
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(f"http://127.0.0.1:{runner.addresses[0][1]}", flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(serve())
