"""A small HTTP server on loopback that speaks Discord's wire format, and misbehaves as it is told.

It keeps what SimCord does not model: the transport, its retries and rate limits, and nonces that are enforced for a
few minutes. Each answer names where it is from; pages are those of https://discord.com/developers/docs.

- A message or a thread that is posted, found or missing: resources/message, resources/channel (Start Thread in Forum).
- No messages without *Read Message History*, and no refusal: resources/message, Get Channel Messages.
- A list of active threads without a new one, once: seen on Discord after a lost answer; resources/guild, List Active
  Guild Threads, promises the threads that the bot can see, and no instant.
- The newest thread's id as the forum's `last_message_id`: resources/channel, Channel Object.
- 429 and its fields: topics/rate-limits. Codes of refusals: topics/opcodes-and-status-codes, JSON.
- `enforce_nonce` for "the past few minutes": resources/message, Create Message.
- A 502 or 503 of the network before Discord, a connection that is reset: discord.py's own list of what it repeats.
- `Date`, the time at which an answer was made: RFC 9110, 6.6.1.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

import discord
from aiohttp import web

ME = {"id": "100", "username": "studybot", "discriminator": "0000", "avatar": None, "bot": True}
EPOCH = 1_420_070_400_000  # Discord's snowflakes count milliseconds from here
NONCE_SECONDS = 180

Fault = Callable[["DiscordServer", web.Request], Awaitable[web.StreamResponse | None]]
"""What happens to one request instead of, or after, what should; None: what should."""


class DiscordServer:
    """One channel's worth of Discord, or one forum's. `now` is its clock; `faults` happen to the next posts, one each,
    in order; `read_faults` to the next looks at a channel."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 5, 8, tzinfo=UTC)
        self.messages: list[dict[str, Any]] = []
        self.faults: list[Fault] = []
        self.read_faults: list[Fault] = []
        self.threads: list[dict[str, Any]] = []
        self.posts = 0
        self.refused_token = False
        self.may_read_history = True
        self.stale_lists = 0
        """How often the list of active threads is still to lack all of them."""
        self.guilds: list[str] = ["1", "2"]
        self.channels: dict[str, int] = {}
        """The type of each channel that can be asked about, beside those in which threads were opened."""
        self.unlisted: set[str] = set()
        """Servers that the list of the bot's servers leaves out by mistake."""

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/users/@me", self._me),
            web.get("/oauth2/applications/@me", self._application),
            web.post("/channels/{channel}/messages", self._post),
            web.get("/channels/{channel}/messages", self._history),
            web.get("/channels/{channel}/messages/{message}", self._message),
            web.get("/channels/{channel}", self._channel),
            web.post("/channels/{channel}/threads", self._open),
            web.post("/channels/{channel}/messages/{message}/threads", self._gone),
            web.get("/guilds/{guild}/threads/active", self._active),
            web.get("/channels/{channel}/threads/archived/public", self._archived),
            web.get("/users/@me/guilds", self._guilds),
            web.get("/guilds/{guild}", self._guild),
        ]

    async def _me(self, request: web.Request) -> web.StreamResponse:
        if self.refused_token:
            return problem(401, "401: Unauthorized")
        return answer(ME)

    async def _application(self, request: web.Request) -> web.StreamResponse:
        return answer(
            {"id": "100", "name": "studybot", "description": "", "icon": None, "bot_public": True,
             "bot_require_code_grant": False, "verify_key": "", "flags": 0, "owner": ME, "team": None}
        )  # fmt: skip

    async def _post(self, request: web.Request) -> web.StreamResponse:
        self.posts += 1
        if self.faults:
            instead = await self.faults.pop(0)(self, request)
            if instead is not None:
                return instead
        return answer(self.accept(await request.json(), request.match_info["channel"]))

    def accept(self, sent: dict[str, Any], channel: str) -> dict[str, Any]:
        """Take a message, or give back the one that came with the same nonce lately."""
        for message in self.messages:
            age = (self.now - datetime.fromisoformat(message["timestamp"])).total_seconds()
            if sent.get("enforce_nonce") and message["nonce"] == sent["nonce"] and age < NONCE_SECONDS:
                return message
        milliseconds = int(self.now.timestamp() * 1000) - EPOCH
        message = {
            "id": str((milliseconds << 22) + len(self.messages)), "channel_id": channel, "author": ME,
            "timestamp": self.now.isoformat(), "edited_timestamp": None, "tts": False, "mention_everyone": False,
            "mentions": [], "mention_roles": [], "attachments": [], "embeds": [], "pinned": False, "type": 0,
            "content": sent["content"], "components": sent.get("components", []), "nonce": sent.get("nonce"),
        }  # fmt: skip
        self.messages.append(message)
        return message

    def open(self, sent: dict[str, Any], forum: str) -> dict[str, Any]:
        """Take a post in a forum; Discord knows no nonce there."""
        first = self.accept(sent["message"], "0")
        first["channel_id"] = first["id"]
        archive = {"archived": False, "auto_archive_duration": 10080, "archive_timestamp": first["timestamp"]}
        thread = {
            "id": first["id"], "parent_id": forum, "guild_id": "1", "owner_id": ME["id"], "name": sent["name"],
            "type": 11, "message_count": 0, "member_count": 1, "thread_metadata": archive,
        }  # fmt: skip
        self.threads.append(thread)
        return thread | {"message": first}

    def take(self, sent: dict[str, Any], channel: str) -> dict[str, Any]:
        """Take a message, or a forum's post."""
        return self.open(sent, channel) if "message" in sent else self.accept(sent, channel)

    async def _open(self, request: web.Request) -> web.StreamResponse:
        self.posts += 1
        if self.faults and (instead := await self.faults.pop(0)(self, request)) is not None:
            return instead
        return answer(self.open(await request.json(), request.match_info["channel"]))

    async def _active(self, request: web.Request) -> web.StreamResponse:
        if self.read_faults and (instead := await self.read_faults.pop(0)(self, request)) is not None:
            return instead
        listed = [one for one in self.threads if not one["thread_metadata"]["archived"]]
        if self.stale_lists:
            self.stale_lists, listed = self.stale_lists - 1, []
        return answer({"threads": listed, "members": [], "has_more": False})

    async def _archived(self, request: web.Request) -> web.StreamResponse:
        listed = [one for one in self.threads if one["thread_metadata"]["archived"]]
        return answer({"threads": listed, "members": [], "has_more": False})

    async def _guilds(self, request: web.Request) -> web.StreamResponse:
        after = int(request.query.get("after", 0))
        return answer([
            {"id": one, "name": one, "icon": None, "owner": False, "permissions": "0", "features": []}
            for one in self.guilds if int(one) > after and one not in self.unlisted
        ][:200])  # fmt: skip

    async def _guild(self, request: web.Request) -> web.StreamResponse:
        guild = request.match_info["guild"]
        return answer({"id": guild, "name": guild}) if guild in self.guilds else problem(404, "Unknown Guild", 10004)

    async def _message(self, request: web.Request) -> web.StreamResponse:
        found = [one for one in self.messages if one["id"] == request.match_info["message"]]
        return answer(found[0]) if found else problem(404, "Unknown Message", 10008)

    async def _gone(self, request: web.Request) -> web.StreamResponse:
        return problem(404, "Unknown Message", 10008)

    async def _channel(self, request: web.Request) -> web.StreamResponse:
        if self.read_faults and (instead := await self.read_faults.pop(0)(self, request)) is not None:
            return instead
        channel = request.match_info["channel"]
        threads = {one["id"]: one for one in self.threads}
        if channel in threads:
            return answer(threads[channel])
        opened = [one["id"] for one in self.threads if one["parent_id"] == channel]
        if not opened and channel not in self.channels:
            return problem(404, "Unknown Channel", 10003)
        newest = max(opened, key=int, default=None)
        kind = self.channels.get(channel, 15)
        return answer({"id": channel, "type": kind, "guild_id": "2", "name": "forum", "position": 0,
                       "permission_overwrites": [], "available_tags": [], "last_message_id": newest})  # fmt: skip

    async def _history(self, request: web.Request) -> web.StreamResponse:
        if self.read_faults and (instead := await self.read_faults.pop(0)(self, request)) is not None:
            return instead
        after = int(request.query.get("after", 0))
        channel = request.match_info["channel"]
        there = [message for message in self.messages if message["channel_id"] == channel]
        found = [message for message in there if int(message["id"]) > after and self.may_read_history]
        return answer(found[::-1])


def guild_data(number: int, channel: int, kind: int, permissions: discord.Permissions) -> Any:
    """A server as the gateway tells of it: one channel of a type, and what everybody may do there."""
    data = {
        "id": str(channel), "type": kind, "name": "reading", "position": 0, "permission_overwrites": [],
        "nsfw": False, "parent_id": None, "topic": None, "rate_limit_per_user": 0, "last_message_id": None,
        "available_tags": [], "flags": 0, "default_sort_order": None, "default_forum_layout": 0,
    }  # fmt: skip
    everyone = {
        "id": str(number), "name": "@everyone", "permissions": str(permissions.value), "position": 0, "color": 0,
        "colors": {"primary_color": 0}, "hoist": False, "managed": False, "mentionable": False, "flags": 0,
    }  # fmt: skip
    me = {"user": ME, "roles": [], "joined_at": "2026-01-01T00:00:00+00:00", "deaf": False, "mute": False, "flags": 0}
    return {
        "id": str(number), "name": f"Server {number}", "member_count": 50, "channels": [data], "roles": [everyone],
        "members": [me],
    }  # fmt: skip


def answer(data: Any, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    """JSON as Discord sends it: discord.py reads it only under exactly this content type, without a charset."""
    body = json.dumps(data).encode()
    return web.Response(body=body, status=status, headers=headers, content_type="application/json")


def problem(status: int, message: str, code: int = 0, **headers: str) -> web.Response:
    return answer({"message": message, "code": code}, status=status, headers=headers)


def answering(status: int, message: str = "out of order", code: int = 0) -> Fault:
    async def fault(server: DiscordServer, request: web.Request) -> web.StreamResponse:
        return problem(status, message, code)

    return fault


def rate_limited(*, with_header: bool = True, everywhere: bool = False, retry_after: float = 0.01) -> Fault:
    async def fault(server: DiscordServer, request: web.Request) -> web.StreamResponse:
        body = {"message": "You are being rate limited.", "retry_after": retry_after, "global": everywhere}
        headers = {"Via": "1.1 google"} | ({"Retry-After": "1"} if with_header else {})
        return answer(body, status=429, headers=headers)

    return fault


def reset(*, after_accepting: bool) -> Fault:
    """The connection breaks: before the message was taken, or after, so that only the answer is lost."""

    async def fault(server: DiscordServer, request: web.Request) -> web.StreamResponse:
        sent = await request.json()
        if after_accepting:
            server.take(sent, request.match_info["channel"])
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    return fault


def accepted_but(status: int) -> Fault:
    """The message was taken, and the answer says otherwise."""

    async def fault(server: DiscordServer, request: web.Request) -> web.StreamResponse:
        server.take(await request.json(), request.match_info["channel"])
        return problem(status, "upstream went away")

    return fault


@asynccontextmanager
async def running(server: DiscordServer) -> AsyncIterator[str]:
    """Serve on a free loopback port; gives the address."""
    application = web.Application()
    application.add_routes(server.routes())

    async def date(_: web.Request, response: web.StreamResponse) -> None:
        response.headers["Date"] = format_datetime(server.now, usegmt=True)

    application.on_response_prepare.append(date)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
