"""The simulated study server that the demo takes place on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import simcord
from simcord.components import walk_components

from bot.catalog import Catalog
from bot.catalogs import Library
from bot.client import create_bot
from bot.settings import Settings
from bot.store import Store

MANAGE_SERVER = 1 << 5  # Discord's permission bit MANAGE_GUILD
SETTLE_TIMEOUT = 30.0
"""Seconds that a command may take on a busy machine; SimCord gives it up after that."""
UNDISTURBED = 0.25
"""Seconds for which the clock stands still while something happens: most answers come sooner, and need no clock."""
PULSE = 0.02
"""Seconds between two steps of the clock after that. At a second, each pause of the bot's own pace takes one."""

WELCOME = """\
**Welcome to the study server!** This is a simulated Discord: try anything, nothing leaves this machine.

Type `/` below and pick a command:
- `/help` for what to do first
- `/recommend` with the topic `{example}` (or a typo of it)
- `/path` for the whole reading list, in order
- `/next` for your next step, `/done` when you've finished it, `/progress` for how far you are
- `/remind` for your next step once a week, in a direct message
- `/weekly` for one learning prompt a week. Admins only: first pick **Ada** under “Viewing as”.

The buttons above jump to the next weekly prompt, show your direct messages, and choose *Apps › Find resources* in the \
menu of the last message that a person wrote here. Right now that's Ben's question."""
QUESTION = "Hi! I keep reading about {example}. Where should I start?"


class StudyServer:
    """A server with the bot in it: `viewers` are a member, who is shown first, and an admin; `channel` is what the page
    shows; `env` is the simulated Discord that it is on, where each thing must happen in a turn of its own."""

    def __init__(self, env: simcord.Env, example: str) -> None:
        self.env = env
        self._guild = env.create_guild("Study server")
        self.channel = self._guild.create_text_channel("learning", topic="One step a week, together")
        env.backend.create_role(self._guild.id, "Organizers", permissions=MANAGE_SERVER)
        self.viewers = (self._person("Mia"), self._person("Ada", self._guild.roles["Organizers"]))
        self._example = example
        self._happening = asyncio.Lock()

    @property
    def id(self) -> int:
        """The server's id."""
        return self._guild.id

    async def open(self) -> None:
        """Have an admin welcome people, and a member ask a question."""
        await self.viewers[1].send(self.channel, WELCOME.format(example=self._example))
        await self._person("Ben").send(self.channel, QUESTION.format(example=self._example))

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait until nothing else happens, and keep it so while the block runs.

        SimCord does one thing at a time, and answers a click during another with an error that its page doesn't get
        over. While a command is answered it moves its clock only once nothing else is under way: a command that waits
        for a job that waits for the bot's own pace would wait for ever. So the clock goes on meanwhile.
        """
        async with self._happening:
            clock = asyncio.create_task(self._keep_time())
            try:
                yield
            finally:
                clock.cancel()

    def last_question(self) -> Any:
        """The last message that a person wrote in the channel."""
        return max((one for one in self.channel.history() if not one.author.bot), key=lambda message: message.id)

    def direct_messages(self, member: simcord.MemberActor) -> list[str]:
        """What the bot wrote to a member in private, from the first to the last."""
        sent = member.user.dm_channel.history() if member.id in self.env.backend.dm_channels else []
        return [text_of(message) for message in sorted(sent, key=lambda message: message.id)]

    def _person(self, name: str, *roles: simcord.RoleHandle) -> simcord.MemberActor:
        return self._guild.add_member(self.env.create_user(name.lower(), global_name=name), roles=list(roles))

    async def _keep_time(self) -> None:
        await asyncio.sleep(UNDISTURBED)
        last = asyncio.get_running_loop().time()
        while True:
            await asyncio.sleep(PULSE)
            now = asyncio.get_running_loop().time()
            self.env.backend.advance_clock(now - last)
            last = now


def text_of(message: Any) -> str:
    """The text of a message: its content, or what stands on its card."""
    components = walk_components([one.to_dict() for one in message.components])
    shown = [one["content"] for one in components if isinstance(one.get("content"), str)]
    return "\n".join(filter(None, [message.content, *shown]))


@asynccontextmanager
async def open_server(catalog: Catalog, store: Store, language: str | None = None) -> AsyncIterator[StudyServer]:
    """Start the bot in a study server, and end it on exit. The simulated clock starts at the present."""
    # Not Settings(): what the host's environment says about the real bot is no concern of the demo's.
    bot = create_bot(Settings.model_construct(language=language), catalog, store)
    env = simcord.Env(bot, check_errors=False, shard_count=1, settle_timeout=SETTLE_TIMEOUT)
    # Else SimCord waits with each click for a loop whose time is nearly there, and the clock leaps there with it.
    bot.sleep = lambda seconds: env.external_wait(asyncio.sleep(seconds), reason="between two rounds of a loop")
    env.backend.edit_bot_profile("studybot")
    env.backend.advance_clock((datetime.now(UTC) - env.now()).total_seconds())
    await env.start()
    try:
        server = StudyServer(env, Library(catalog).example or "this list")
        await server.open()
        yield server
    finally:
        await env.shutdown()
