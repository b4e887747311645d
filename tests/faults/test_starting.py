"""How the bot starts and stops as a process of its own, on a Discord on loopback that lets it in or does not."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiohttp import WSMsgType, web

from tests.faults.discord_server import DiscordServer, answer, problem

pytestmark = pytest.mark.slow

TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4.GabcdE.abcdefghijklmnopqrstuvwxyz0123456789AB"  # noqa: S105 - nobody's
RUN = """
import sys
import discord
from yarl import URL

discord.http.Route.BASE = sys.argv.pop(1)
discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = URL(sys.argv.pop(1))
from bot import client
from bot.__main__ import main

from bot.jobs import worker

client.PAUSES, client.CONNECT_SECONDS = (0.2, 0.2), float(sys.argv.pop(1))
worker.TICK_SECONDS = 0.5
main()
"""
GUILD = {"id": "7", "name": "Study server", "unavailable": True}


@dataclass
class Discord:
    """What this Discord does: the close code of its gateway, if any, and how many requests it answers with 503."""

    address: str = ""
    close_code: int | None = None
    unavailable: int = 0
    refused: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))
    refused_token: bool = False
    sockets: list[web.WebSocketResponse] = field(default_factory=list)
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    answers: list[str] = field(default_factory=list)
    slow: float = 0.0

    @web.middleware
    async def fail(self, request: web.Request, handler: Callable[[web.Request], Any]) -> web.StreamResponse:
        if self.unavailable and "gateway-socket" not in request.path:
            self.unavailable -= 1
            self.refused.release()
            return problem(503, "out of order")
        response: web.StreamResponse = await handler(request)
        return response

    async def gateway(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.sockets.append(socket)
        await socket.send_str(json.dumps({"op": 10, "d": {"heartbeat_interval": 40000}, "s": None, "t": None}))
        async for message in socket:
            if message.type is WSMsgType.TEXT and json.loads(message.data)["op"] == 2:
                if self.close_code is not None:
                    await socket.close(code=self.close_code)
                    break
                await self.emit("READY", READY | {"resume_gateway_url": self.address}, 1)
                self.ready.set()
        return socket

    async def emit(self, event: str, data: Any, number: int) -> None:
        await self.sockets[-1].send_str(json.dumps({"op": 0, "t": event, "s": number, "d": data}))

    async def answered(self, request: web.Request) -> web.StreamResponse:
        sent = await request.json()
        self.answers.append(f"{request.match_info['token']} {sent['type']}")
        return web.Response(status=204)

    async def edited(self, request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(self.slow)
        await request.read()
        self.answers.append(f"{request.match_info['token']} edited")
        return problem(404, "Unknown Message", 10008)


ME = {"id": "100", "username": "studybot", "discriminator": "0000", "avatar": None, "bot": True}
READY: dict[str, Any] = {
    "v": 10, "user": ME, "guilds": [], "session_id": "x", "shard": [0, 1], "application": {"id": "100", "flags": 0},
    "private_channels": [], "relationships": [],
}  # fmt: skip


@asynccontextmanager
async def discord_on_loopback(**does: Any) -> AsyncIterator[Discord]:
    found = Discord(**does)
    wire = DiscordServer()
    wire.refused_token = found.refused_token

    async def bot_gateway(_: web.Request) -> web.StreamResponse:
        limit = {"total": 1000, "remaining": 999, "reset_after": 0, "max_concurrency": 1}
        return answer({"url": found.address, "shards": 1, "session_start_limit": limit})

    async def commands(_: web.Request) -> web.StreamResponse:
        return answer([])

    application = web.Application(middlewares=[found.fail])
    application.add_routes([
        *(route for route in wire.routes() if route.method == "GET"),
        web.get("/gateway/bot", bot_gateway),
        web.get("/gateway-socket", found.gateway),
        web.get("/applications/{application}/commands", commands),
        web.put("/applications/{application}/commands", commands),
        web.post("/interactions/{interaction}/{token}/callback", found.answered),
        web.patch("/webhooks/{application}/{token}/messages/@original", found.edited),
    ])  # fmt: skip
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    found.address = f"ws://127.0.0.1:{runner.addresses[0][1]}/gateway-socket"
    try:
        yield found
    finally:
        await runner.cleanup()


@asynccontextmanager
async def running(
    discord: Discord, folder: Path, *options: str, gateway: str = "", seconds: float = 20
) -> AsyncIterator[Process]:
    base = discord.address.replace("ws:", "http:").removesuffix("/gateway-socket")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", RUN, base, gateway or discord.address, str(seconds), "run", *options),
        stdout=PIPE,
        stderr=PIPE,
        cwd=folder,
        env=environment
        | {"DISCORD_TOKEN": TOKEN, "DATABASE_URL": f"sqlite:///{folder / 'studybot.db'}"}
        | {"PYTHONPATH": str(Path(__file__).parents[2])},
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def ended(process: Process) -> tuple[int | None, str]:
    _, errors = await asyncio.wait_for(process.communicate(), 60)
    return process.returncode, errors.decode()


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (4004, "Discord refused DISCORD_TOKEN. Copy it again"),
        (4011, "asks for more shards"),
        (4013, "does not know an intent"),
        (4014, "does not allow an intent"),
    ],
)
async def test_a_close_code_that_needs_a_person(tmp_path: Path, code: int, said: str) -> None:
    async with discord_on_loopback(close_code=code) as discord, running(discord, tmp_path) as process:
        status, log = await ended(process)
    assert status == 4
    assert said in log.splitlines()[-1]
    assert "Traceback" not in log
    assert TOKEN not in log


async def test_a_token_that_is_refused(tmp_path: Path) -> None:
    async with discord_on_loopback(refused_token=True) as discord, running(discord, tmp_path) as process:
        status, log = await ended(process)
    assert status == 4
    assert log.splitlines()[-1].startswith("studybot: Discord refused DISCORD_TOKEN.")
    assert "Traceback" not in log


async def test_a_503_at_start_is_tried_again_and_then_told(tmp_path: Path) -> None:
    async with discord_on_loopback(unavailable=99) as discord, running(discord, tmp_path) as process:
        status, log = await ended(process)
    assert status == 5
    assert log.count("Another attempt follows") == 2
    assert log.splitlines()[-1].startswith("studybot: Discord cannot be reached: 503")
    assert "Traceback" not in log


async def test_a_gateway_that_refuses(tmp_path: Path) -> None:
    closed = "ws://127.0.0.1:9/"
    async with discord_on_loopback() as discord:
        discord_gateway = discord.address
        discord.address = closed  # what the bot is told to connect to
        base = discord_gateway.replace("ws:", "http:").removesuffix("/gateway-socket")
        told = Discord(address=base.replace("http:", "ws:") + "/gateway-socket")
        async with running(told, tmp_path, gateway=closed, seconds=2) as process:
            status, log = await ended(process)
    assert status == 5
    assert log.splitlines()[-1].startswith("studybot: Discord's gateway cannot be reached.")
    assert "Traceback" not in log
    assert "Failed to connect for shard_id: 0. Retrying..." in log


async def test_after_a_503_it_starts_says_what_it_serves_and_stops_when_told(tmp_path: Path) -> None:
    async with (
        discord_on_loopback(unavailable=2) as discord,
        running(discord, tmp_path, "--log-level", "debug") as process,
    ):
        await asyncio.wait_for(discord.ready.wait(), 60)
        await asyncio.sleep(3)  # READY waits for servers that may follow
        process.send_signal(signal.SIGTERM)
        status, log = await ended(process)
    assert status == 0
    assert "serves quickstart-on-llms, “Quickstart on LLMs” (23 resources), on 0 servers" in log
    assert log.splitlines()[-1].endswith("studybot stopped")
    assert TOKEN not in log
    assert "Traceback" not in log


async def test_a_database_file_that_is_deleted_ends_the_bot_with_a_line_that_says_so(tmp_path: Path) -> None:
    async with discord_on_loopback() as discord, running(discord, tmp_path) as process:
        await asyncio.wait_for(discord.ready.wait(), 60)
        (tmp_path / "studybot.db").unlink()
        status, log = await ended(process)
    assert status == 3
    assert "studybot.db was deleted or replaced while the bot ran" in log.splitlines()[-1]
    assert not (tmp_path / "studybot.db").exists()


async def test_sigterm_lets_deferred_answers_finish(tmp_path: Path) -> None:
    async with discord_on_loopback(slow=2.0) as discord, running(discord, tmp_path) as process:
        await asyncio.wait_for(discord.ready.wait(), 60)
        for number in range(20):
            await discord.emit("INTERACTION_CREATE", interaction(number), number + 2)
        while sum(one.endswith(" 5") for one in discord.answers) < 20:  # noqa: ASYNC110 - deferred
            await asyncio.sleep(0.01)
        process.send_signal(signal.SIGTERM)
        await asyncio.sleep(0.7)
        await discord.emit("INTERACTION_CREATE", interaction(99), 99)
        status, _ = await ended(process)
        assert status == 0
        assert sorted(one for one in discord.answers if one.endswith("edited")) == sorted(
            f"token{number} edited" for number in range(20)
        )
        assert "token99 4" in discord.answers  # told to try again in a minute


async def test_sigterm_before_the_bot_is_loaded_is_the_systems_to_answer(tmp_path: Path) -> None:
    async with discord_on_loopback() as discord, running(discord, tmp_path) as process:
        process.send_signal(signal.SIGTERM)
        status, log = await ended(process)
    assert status == -signal.SIGTERM
    assert not log


@pytest.mark.parametrize("requests", [1, 2])
async def test_sigterm_at_any_moment_of_the_start_ends_it(tmp_path: Path, requests: int) -> None:
    async with discord_on_loopback(unavailable=99) as discord, running(discord, tmp_path) as process:
        for _ in range(requests):
            await asyncio.wait_for(discord.refused.acquire(), 60)
        process.send_signal(signal.SIGTERM)
        status, log = await ended(process)
    assert status == 0
    assert "Traceback" not in log


def interaction(number: int) -> dict[str, Any]:
    """/next, as a member sends it in a direct message."""
    user = {"id": str(1000 + number), "username": f"u{number}", "discriminator": "0", "avatar": None}
    channel = {"id": str(5000 + number), "type": 1, "recipients": [user], "last_message_id": None}
    return {
        "id": str(9000 + number), "application_id": "100", "type": 2, "token": f"token{number}", "version": 1,
        "user": user, "channel_id": channel["id"], "channel": channel, "locale": "en-US", "entitlements": [],
        "authorizing_integration_owners": {}, "context": 1, "app_permissions": "0", "attachment_size_limit": 10485760,
        "data": {"id": "1", "name": "next", "type": 1, "options": []},
    }  # fmt: skip
