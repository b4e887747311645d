"""One refusal of each class for each kind of request, over loopback: how often it's tried, whether the prompt pauses,
who is told, in which words, and what health says."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import discord
import pytest
import pytest_asyncio
from aiohttp import web

from bot.catalog import Catalog
from bot.client import create_bot
from bot.discord_io.health import Check, explain, health
from bot.jobs import Reminder, WeeklySchedule, Worker, reminders, tag, toggle_press
from bot.jobs.history import recent_deliveries
from bot.language import ENGLISH
from bot.outcomes import Reason, State
from bot.settings import Settings
from bot.store import Store
from tests.delivery_world import BERLIN, DUE, START, WEEK, World
from tests.faults.discord_server import ME, DiscordServer, answer, guild_data, problem, running

TEXT, FORUM = 10, 20
"""The channel of server 1, and that of server 2, a forum."""
SYSTEM, ADMIN, ADMINS_DM, MEMBER, MEMBERS_DM = 30, 5, 50, 6, 60
MAY = discord.Permissions(
    view_channel=True, send_messages=True, read_message_history=True, create_public_threads=True, pin_messages=True,
    send_polls=True, manage_threads=True, send_messages_in_threads=True,
)  # fmt: skip


pytestmark = pytest.mark.slow


class Refusal(NamedTuple):
    """How Discord, or the network between, refuses."""

    status: int
    code: int | None
    text: str


HTML = Refusal(403, None, "<html><body>Access denied</body></html>")
CLOUDFLARE = Refusal(403, 40333, "internal network error")
LOST = Refusal(404, None, "<html>nginx</html>")
DOWN = Refusal(503, 0, "upstream connect error")
FORBIDDEN = Refusal(403, 50013, "Missing Permissions")
GONE = Refusal(404, 10003, "Unknown Channel")
NO_MESSAGE = Refusal(404, 10008, "Unknown Message")
TWO_FACTOR = Refusal(403, 60003, "Two factor is required for this operation")
FLAGGED = Refusal(403, 20026, "This bot has been flagged by our anti-spam system")
BLOCKED = Refusal(400, 200000, "Message was blocked by automatic moderation")
FULL = Refusal(400, 160006, "Maximum number of active threads reached")
PINS_FULL = Refusal(400, 30003, "Maximum number of pins reached (250)")
POSTS_PINNED = Refusal(400, 30047, "Maximum number of pinned threads in a forum channel has been reached")
TAGS = Refusal(400, 40067, "A tag is required to create a forum post in this channel")
INVALID = Refusal(400, 50035, "Invalid Form Body")
STRANGE = Refusal(400, 987654, "Something new")
CLOSED = Refusal(403, 50007, "Cannot send messages to this user")
NOBODY = Refusal(400, 50033, "Invalid Recipient(s)")


class RefusingServer(DiscordServer):
    """Discord with an admin, their direct messages, threads and pins; `refusing` says which kinds of requests it
    refuses, and how; `requests` counts them."""

    def __init__(self) -> None:
        super().__init__()
        self.refusing: dict[str, Refusal] = {}
        self.requests: Counter[str] = Counter()
        self.told: list[tuple[int, str]] = []
        self.admin_manages = True

    def routes(self) -> list[web.RouteDef]:
        mine = [
            web.post("/channels/{channel}/messages", self._take),
            web.post("/channels/{channel}/threads", self._forum_post),
            web.post("/channels/{channel}/messages/{message}/threads", self._thread),
            web.put("/channels/{channel}/messages/pins/{message}", self._pin),
            web.delete("/channels/{channel}/messages/pins/{message}", self._done),
            web.patch("/channels/{channel}", self._edit_thread),
            web.patch("/channels/{channel}/messages/{message}", self._edit),
            web.get("/guilds/{guild}/members/{user}", self._member),
            web.post("/users/@me/channels", self._direct),
            web.put("/applications/{application}/commands", self._commands),
        ]
        replaced = {(one.method, one.path) for one in mine}
        return [*mine, *(one for one in super().routes() if (one.method, one.path) not in replaced)]

    def refused(self, kind: str) -> web.Response | None:
        self.requests[kind] += 1
        if (refusal := self.refusing.get(kind)) is None:
            return None
        if refusal.code is None:
            return web.Response(status=refusal.status, text=refusal.text, content_type="text/html")
        return problem(refusal.status, refusal.text, refusal.code)

    async def _take(self, request: web.Request) -> web.StreamResponse:
        sent, channel = await request.json(), int(request.match_info["channel"])
        kind = {MEMBERS_DM: "reminder", ADMINS_DM: "admin", SYSTEM: "system"}.get(channel, "post")
        kind = "poll" if "poll" in sent else "notice" if "admins:" in sent["content"] and kind == "post" else kind
        if (refused := self.refused(kind)) is not None:
            return refused
        if kind in ("admin", "system", "notice"):
            self.told.append((channel, sent["content"]))
        return answer(self.accept({"content": "", "components": []} | sent, str(channel)))

    async def _forum_post(self, request: web.Request) -> web.StreamResponse:
        return self.refused("forum post") or answer(self.open(await request.json(), request.match_info["channel"]))

    async def _thread(self, request: web.Request) -> web.StreamResponse:
        archive = {"archived": False, "auto_archive_duration": 10080, "archive_timestamp": self.now.isoformat()}
        thread = {"id": request.match_info["message"], "parent_id": str(TEXT), "guild_id": "1", "owner_id": ME["id"],
                  "name": "x", "type": 11, "thread_metadata": archive}  # fmt: skip
        return self.refused("thread") or answer(thread)

    async def _pin(self, request: web.Request) -> web.StreamResponse:
        return self.refused("pin") or web.Response(status=204)

    async def _edit(self, request: web.Request) -> web.StreamResponse:
        message = next(one for one in self.messages if one["id"] == request.match_info["message"])
        if (refused := self.refused("number")) is not None:
            return refused
        message |= await request.json()
        return answer(message)

    async def _done(self, request: web.Request) -> web.StreamResponse:
        return web.Response(status=204)

    async def _edit_thread(self, request: web.Request) -> web.StreamResponse:
        thread = next(one for one in self.threads if one["id"] == request.match_info["channel"])
        changes = await request.json()
        if thread["thread_metadata"]["archived"] and "archived" not in changes:
            return problem(400, "Thread is archived", 50083)
        if changes.get("flags") and (refused := self.refused("forum pin")) is not None:
            return refused
        thread["thread_metadata"]["archived"] = changes.get("archived", False)
        thread["flags"] = changes.get("flags", thread.get("flags", 0))
        return answer(thread)

    async def _member(self, request: web.Request) -> web.StreamResponse:
        roles = ["7"] if self.admin_manages else []
        user = ME | {"id": request.match_info["user"], "bot": False}
        return self.refused("member") or answer(
            {"user": user, "roles": roles, "joined_at": self.now.isoformat(), "deaf": False, "mute": False, "flags": 0}
        )

    async def _channel(self, request: web.Request) -> web.StreamResponse:
        if int(request.match_info["channel"]) == FORUM:
            newest = self.threads[-1]["id"] if self.threads else None
            return answer(guild_data(2, FORUM, 15, MAY)["channels"][0] | {"guild_id": "2", "last_message_id": newest})
        return await super()._channel(request)

    async def _direct(self, request: web.Request) -> web.StreamResponse:
        recipient = int((await request.json())["recipient_id"])
        user = ME | {"id": str(recipient), "bot": False}
        channel = {ADMIN: ADMINS_DM, MEMBER: MEMBERS_DM}[recipient]
        return self.refused("direct") or answer({"id": str(channel), "type": 1, "recipients": [user]})

    async def _commands(self, request: web.Request) -> web.StreamResponse:
        return answer([])


class Refused(World):
    """The bot as it runs, before that server; time passes by ticks."""

    def __init__(self, server: RefusingServer, store: Store, catalog: Catalog) -> None:
        super().__init__(store, catalog)
        self.server = server
        self.client = create_bot(Settings.model_construct(), catalog, store, lambda: self.now)

    def worker(self, owner: str = "me", **options: Any) -> Worker:
        if owner not in self._workers:
            delivery = self.client.delivery
            worker = Worker(self.store, self.catalogs, delivery._messenger, lambda: self.now, wake=self._wake)
            for kind in delivery._worker._kinds.values():
                worker.register(kind)
            self._workers[owner] = worker
        return self._workers[owner]

    async def pass_time(self, start: datetime, hours: float = 14) -> None:
        """Half minutes, then half hours."""
        for minutes in (0, 1, 2, 3, 4, 5, 10, 20, *range(40, int(hours * 60), 31)):
            self.server.now = start + timedelta(minutes=minutes)
            await self.tick(self.server.now)

    async def problems(self, weekly: WeeklySchedule) -> list[str]:
        """What health says, but for the loop, which does not run here."""
        found = await health(self.client, weekly, self.now)
        return [explain(one, weekly, ENGLISH) for one in found if one.check is not Check.WORKER]

    async def reminder(self) -> Reminder:
        found = await self.store.look_up(reminders.of_user, MEMBER)
        assert found is not None
        return found


@pytest_asyncio.fixture
async def world(monkeypatch: pytest.MonkeyPatch, store: Store, catalog: Catalog) -> AsyncIterator[Refused]:
    server = RefusingServer()
    async with running(server) as address:
        monkeypatch.setattr(discord.http.Route, "BASE", address)
        world = Refused(server, store, catalog)
        async with world.client as client:
            await client.login("a.b.c")
            for number, channel, kind in ((1, TEXT, 0), (2, FORUM, 15)):
                client._connection._add_guild_from_data(_guild(number, channel, kind))
            yield world
            await world.worker().idle()


def _guild(number: int, channel: int, kind: int) -> Any:
    data = guild_data(number, channel, kind, MAY)
    manage = str(discord.Permissions(manage_guild=True).value)
    admins = data["roles"][0] | {"id": "7", "name": "Admins", "permissions": manage, "position": 1}
    system = data["channels"][0] | {"id": str(SYSTEM), "type": 0, "name": "system"}
    return data | {"roles": [*data["roles"], admins], "channels": [*data["channels"], system],
                   "system_channel_id": str(SYSTEM)}  # fmt: skip


EVER, PAUSED, GOES_ON = 12, True, False
POSTS = [
    (HTML, EVER, GOES_ON, "I couldn't reach Discord"),
    (LOST, EVER, GOES_ON, "I couldn't reach Discord"),
    (CLOUDFLARE, EVER, GOES_ON, "I couldn't reach Discord"),
    (DOWN, EVER, GOES_ON, "I couldn't reach Discord"),
    (FORBIDDEN, 1, PAUSED, "I don't have the permissions I need in the channel"),
    (GONE, 1, PAUSED, "the channel no longer exists"),
    (TWO_FACTOR, 1, PAUSED, "this server requires two-factor authentication"),
    (BLOCKED, 3, GOES_ON, "AutoMod blocked it (Discord says: “Message was blocked by automatic moderation"),
    (FULL, 3, GOES_ON, "as many active threads as Discord allows (Discord says: “Maximum number of active"),
    (INVALID, 3, GOES_ON, "Discord calls it invalid, which is a bug in me (Discord says: “Invalid Form Body"),
    (STRANGE, 3, GOES_ON, "Discord refused it (Discord says: “Something new (error 987654)”)"),
]


def of(refusal: Any) -> str:
    return str(getattr(refusal, "code", refusal))


@pytest.mark.parametrize(("refusal", "requests", "pauses", "why"), POSTS, ids=of)
@pytest.mark.parametrize(("kind", "guild_id"), [("post", 1), ("forum post", 2)])
async def test_a_post(
    world: Refused, refusal: Refusal, requests: int, pauses: bool, why: str, kind: str, guild_id: int
) -> None:
    await world.put(guild_id, channel_id=FORUM if guild_id == 2 else TEXT, created_by=ADMIN)
    world.server.refusing = {kind: refusal}
    await world.pass_time(DUE)
    weekly = await world.schedule(guild_id)
    tried = world.server.requests[kind]
    assert tried == requests if requests < EVER else tried >= EVER
    assert (weekly.paused_at is not None) is pauses
    ((where, text),) = world.server.told
    assert (where, why in text) == (ADMINS_DM, True)
    problems = await world.problems(weekly)
    assert any(why in one for one in problems)
    world.server.refusing = {}
    if not pauses:
        await world.pass_time(DUE + WEEK, hours=1)
        assert len(world.server.messages) == 2  # the notice, and the next week's post
        assert await world.problems(weekly) == []


async def test_a_flagged_bot_is_a_matter_for_its_host(world: Refused, caplog: pytest.LogCaptureFixture) -> None:
    await world.put(1, channel_id=TEXT, created_by=ADMIN)
    world.server.refusing = {"post": FLAGGED}
    await world.pass_time(DUE)
    weekly = await world.schedule()
    assert (world.server.requests["post"], weekly.paused_at, world.server.told) == (3, None, [])
    assert "flagged by our anti-spam system (error 20026)" in caplog.text
    (problem_,) = await world.problems(weekly)
    assert "Discord's anti-spam system has flagged me" in problem_
    assert "Only the person who hosts me can have that lifted" in problem_


async def test_a_tag_that_became_required_is_tried_again_and_then_pauses(world: Refused) -> None:
    await world.put(2, channel_id=FORUM, created_by=ADMIN)
    world.server.refusing = {"forum post": TAGS}
    await world.pass_time(DUE, hours=1)
    weekly = await world.schedule(2)
    assert (world.server.requests["forum post"], weekly.pause_reason) == (3, Reason.TAG_MISSING)
    ((_, text),) = world.server.told
    assert "Add a tag that everyone can use" in text


FOLLOW_UPS = [
    ("thread", HTML, EVER, "The last post has no thread: I couldn't reach Discord"),
    ("thread", FORBIDDEN, 1, "The last post has no thread: I don't have the permissions I need"),
    ("thread", NO_MESSAGE, 1, "The last post has no thread: the post was deleted"),
    ("thread", FULL, 3, "The last post has no thread: this server has as many active threads as Discord allows"),
    ("pin", LOST, EVER, "The last post isn't pinned: I couldn't reach Discord"),
    ("pin", FORBIDDEN, 1, "The last post isn't pinned: I don't have the permissions I need"),
    ("pin", PINS_FULL, 3, "The last post isn't pinned: the channel has as many pinned posts as Discord allows"),
    ("poll", CLOUDFLARE, EVER, "The last post has no poll: I couldn't reach Discord"),
    ("poll", FORBIDDEN, 1, "The last post has no poll: I don't have the permissions I need"),
    ("poll", INVALID, 3, "The last post has no poll: Discord calls it invalid"),
    ("forum pin", HTML, EVER, "The last post isn't pinned: I couldn't reach Discord"),
    ("forum pin", FORBIDDEN, 1, "The last post isn't pinned: I don't have the permissions I need"),
    (
        "forum pin",
        POSTS_PINNED,
        3,
        "The last post isn't pinned: the channel",
    ),
]


@pytest.mark.parametrize(("kind", "refusal", "requests", "said"), FOLLOW_UPS, ids=of)
async def test_what_follows_a_post_costs_it_nothing(
    world: Refused, kind: str, refusal: Refusal, requests: int, said: str
) -> None:
    guild_id, follow_up = (2, "pin") if kind == "forum pin" else (1, kind)
    channel = FORUM if guild_id == 2 else TEXT
    await world.put(guild_id, channel_id=channel, created_by=ADMIN, **{follow_up: True})
    world.server.refusing = {kind: refusal}
    await world.pass_time(DUE)
    weekly = await world.schedule(guild_id)
    tried = world.server.requests[kind]
    assert tried == requests if requests < EVER else tried >= EVER
    assert (weekly.paused_at, world.server.told) == (None, [])
    assert [one[: len(said)] for one in await world.problems(weekly)] == [said]


NUMBERS = [
    (HTML, EVER), (LOST, EVER), (DOWN, EVER), (FORBIDDEN, 1), (NO_MESSAGE, 1), (GONE, 1), (BLOCKED, 3), (INVALID, 3),
    (STRANGE, 3),
]  # fmt: skip


@pytest.mark.parametrize(("refusal", "requests"), NUMBERS, ids=of)
async def test_the_number_on_a_post_costs_it_nothing_and_is_shown_with_the_next_press(
    world: Refused, refusal: Refusal, requests: int
) -> None:
    await world.put(1, channel_id=TEXT, created_by=ADMIN)
    await world.tick(DUE)
    post = (await world.last())["prompt"]
    assert await world.store.write(toggle_press, 1, tag(post), MEMBER, DUE)
    world.server.refusing = {"number": refusal}
    await world.pass_time(DUE + timedelta(minutes=1))
    tried = world.server.requests["number"]
    assert tried == requests if requests < EVER else tried >= EVER
    weekly = await world.schedule()
    assert (weekly.paused_at, world.server.told, await world.problems(weekly)) == (None, [], [])
    assert "Done · 0" in str(world.server.messages[0]["components"])
    world.server.refusing = {}
    now = DUE + timedelta(hours=20)
    assert await world.store.write(toggle_press, 1, tag(post), ADMIN, now)
    await world.tick(now)
    assert "Done · 2" in str(world.server.messages[0]["components"])


REMINDERS = [
    (HTML, EVER, Reason.OUTAGE), (CLOSED, 1, Reason.DM_CLOSED), (FORBIDDEN, 1, Reason.DM_CLOSED),
    (FLAGGED, 3, Reason.BOT_FLAGGED), (INVALID, 3, Reason.INVALID), (STRANGE, 3, Reason.REFUSED),
]  # fmt: skip


@pytest.mark.parametrize(("refusal", "requests", "reason"), REMINDERS, ids=of)
async def test_a_reminder(world: Refused, refusal: Refusal, requests: int, reason: Reason) -> None:
    given = {"user_id": MEMBER, "catalog_id": world.catalog.id, "channel_id": MEMBERS_DM, "schedule": BERLIN}
    await world.store.write(reminders.put, **given, idle_only=False, now=START)
    world.server.refusing = {"reminder": refusal}
    await world.pass_time(DUE)
    tried = world.server.requests["reminder"]
    assert tried == requests if requests < EVER else tried >= EVER
    (delivery,) = await world.store.read(recent_deliveries, (await world.reminder()).id, 2)
    assert delivery.post.reason is reason
    assert (await world.reminder()).notice_pending is (reason is not Reason.DM_CLOSED)
    await world.pass_time(DUE + WEEK)
    pauses = Reason.DM_CLOSED if reason is Reason.DM_CLOSED else None
    assert (await world.reminder()).pause_reason is pauses
    assert (await world.reminder()).notice_pending


TELLING = [
    ({}, ADMINS_DM, 1),
    ({"admin": CLOSED}, SYSTEM, 1),
    ({"direct": NOBODY}, SYSTEM, 0),
    ({"direct": HTML}, SYSTEM, 0),
    ({"member": Refusal(404, 10007, "Unknown Member")}, SYSTEM, 0),
    ({"admin": FLAGGED, "system": FORBIDDEN}, TEXT, 1),
    ({"admin": CLOSED, "system": GONE}, TEXT, 1),
    ({"admin": CLOSED, "system": INVALID, "notice": FORBIDDEN}, None, 1),
]


@pytest.mark.parametrize(("refusing", "where", "direct"), TELLING)
async def test_who_is_told(world: Refused, refusing: dict[str, Refusal], where: int | None, direct: int) -> None:
    await world.put(1, channel_id=TEXT, created_by=ADMIN)
    world.server.refusing = {"post": TWO_FACTOR, **refusing}
    await world.pass_time(DUE, hours=48)
    assert [channel for channel, _ in world.server.told] == ([where] if where else [])
    assert world.server.requests["admin"] == direct
    assert all(world.server.requests[one] <= 1 for one in ("admin", "system", "notice", "direct", "member"))
    weekly = await world.schedule()
    assert any("two-factor" in one for one in await world.problems(weekly))
    if where in (SYSTEM, TEXT):
        assert world.server.told[0][1].startswith("For this server's admins: ")


async def test_an_admin_who_no_longer_manages_the_server_is_not_told(world: Refused) -> None:
    await world.put(1, channel_id=TEXT, created_by=ADMIN)
    world.server.admin_manages = False
    world.server.refusing = {"post": FORBIDDEN}
    await world.pass_time(DUE, hours=1)
    assert [channel for channel, _ in world.server.told] == [SYSTEM]


@pytest.mark.parametrize("taken", [False, True])
@pytest.mark.parametrize("old", [FORBIDDEN, GONE], ids=of)
async def test_a_channel_that_was_moved_after_a_failed_attempt(world: Refused, old: Refusal, taken: bool) -> None:
    """An answer of the network proves nothing; one of Discord's codes proves that nothing was posted."""
    await world.put(1, channel_id=TEXT, created_by=ADMIN)
    world.server.refusing = {"post": DOWN if taken else BLOCKED}
    await world.tick(DUE)
    await world.put(1, channel_id=SYSTEM, created_by=ADMIN)

    async def closed(server: Any, request: web.Request) -> web.StreamResponse:
        return problem(old.status, old.text, old.code or 0)

    world.server.read_faults = [closed] * 100
    await world.pass_time(DUE + timedelta(minutes=2), hours=2)
    weekly = await world.schedule()
    (delivery,) = await world.store.read(recent_deliveries, weekly.id, 2)
    assert weekly.paused_at is None
    if taken and old is FORBIDDEN:
        assert (delivery.post.state, delivery.post.reason) == (State.FAILED, Reason.MOVED)
        assert "I can't read the old one to see" in world.server.told[-1][1]
    else:
        assert (delivery.post.state, delivery.post.channel_id) == (State.SENT, SYSTEM)


async def test_last_weeks_closed_post_never_stops_this_weeks_pin(world: Refused) -> None:
    await world.put(2, channel_id=FORUM, created_by=ADMIN, pin=True)
    for week in range(4):
        for thread in world.server.threads:  # a moderator closes each
            thread["thread_metadata"]["archived"] = True
        await world.pass_time(DUE + week * WEEK, hours=1)
        assert [one.get("flags", 0) & 2 for one in world.server.threads] == [0] * week + [2]
        assert all(one["thread_metadata"]["archived"] for one in world.server.threads[:-1])
    assert await world.problems(await world.schedule(2)) == []
