"""`studybot demo`: the same bot on a simulated Discord, used from a page in the browser.

    terminal keys ──> run_demo ──> Demo ──> SimCord's environment ──> the bot, as create_bot builds it
                                     └───> SimCord's preview page <── the browser, on this machine alone

Nothing here reaches the network: no token, no Discord. The database lives in memory and ends with the demo.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import webbrowser
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from datetime import UTC, datetime
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from bot.catalog import Catalog
from bot.catalogs import Library
from bot.client import create_bot
from bot.errors import MissingExtra, StudybotError
from bot.jobs import schedules
from bot.keys import pressed_keys
from bot.settings import Settings
from bot.store import Store

if TYPE_CHECKING:
    import simcord

TICK = 1.0  # seconds between two steps of the simulated clock; a step without anything due costs under a millisecond
MENU = "Find resources"
"""The entry in the menu of a message."""
BEFORE = 60.0  # seconds before a due time at which a jump lands: the bot is then seen to be on time, not late
MANAGE_SERVER = 1 << 5  # Discord's permission bit MANAGE_GUILD
PATIENCE = 30.0
"""Seconds that a command may take on a busy machine; SimCord gives it up after that."""
LATE = 300.0  # seconds after its due time within which a prompt must have come; the bot looks more often than that

WELCOME = """\
**Welcome to the study server!** This is a simulated Discord: try anything, nothing leaves this machine.

Type `/` below and pick a command:
- `/help` for what to do first
- `/recommend` with the topic `{example}` (or a typo of it)
- `/path` for the whole reading list, in order
- `/next` for your next step, `/done` when you have taken it, `/progress` for how far you are
- `/weekly set` for one learning prompt a week. Only admins may: choose **Ada** at *Viewing as* first. \
Then press `n` in the terminal to jump to the prompt.
- `/remind weekly` for a reminder in a direct message: `d` in the terminal shows Mia’s. \
For *Find resources* in the menu of a message, press `f`: it asks about the last message here that a person wrote."""
KEYS = """\
n  jump to the next weekly prompt
d  show Mia’s direct messages
f  have Mia choose “Find resources” in the menu of the last message
q  quit (or Ctrl-C)"""


class Demo:
    """A running demo: a server with the bot in it, a page that shows it, and a clock that somebody must move.

    `url` is the page's address; whoever has it can use the page.
    """

    def __init__(
        self,
        env: simcord.Env,
        preview: simcord.Preview,
        store: Store,
        channel: simcord.ChannelHandle,
        viewers: list[simcord.MemberActor],
    ) -> None:
        self._env = env
        self._preview = preview
        self._store = store
        self._channel = channel
        self._viewers = viewers
        self._turn = _take_turns(preview)
        self.url = preview.url

    async def advance(self, seconds: float) -> None:
        """Let simulated time pass; what the bot does by itself meanwhile is shown on the page.

        A bot that is busy for longer than SimCord waits loses the rest of these seconds, nothing else.
        """
        async with self._turn:
            seen = len(self._env.http_requests)
            with suppress(TimeoutError):
                await self._env.advance_time(seconds)
            # Showing the page anew makes a click under way stale, so only when there may be something new.
            if len(self._env.http_requests) > seen:
                await self._preview.refresh()

    async def follow_the_clock(self) -> None:
        """Let simulated time pass as fast as real time does, until cancelled."""
        loop = asyncio.get_running_loop()
        last = loop.time()
        while True:
            await asyncio.sleep(TICK)
            now = loop.time()
            await self.advance(now - last)
            last = now

    async def jump(self) -> str:
        """Skip to just after the next weekly prompt, which is then on the page.

        Returns a sentence for the person at the keyboard, also when no prompt is scheduled.
        """
        due = await self._next_due()
        if due is None:
            return "No weekly prompt is set yet. View the page as Ada and use /weekly set first."
        async with self._turn:
            self._env.backend.advance_clock(max(0.0, (due - self._env.now()).total_seconds() - BEFORE))
        await self.advance((due - self._env.now()).total_seconds())
        while await self._next_due() == due and (self._env.now() - due).total_seconds() < LATE:
            await self.advance(TICK)
        if await self._next_due() == due:
            return "The weekly prompt was due but did not come; /weekly show, as Ada, says why."
        return f"It is now {self._env.now():%A, %d %B %Y, %H:%M} UTC in the demo, just after the weekly prompt."

    async def direct_messages(self) -> str:
        """What the bot wrote to the member in private, for the person at the keyboard: the page shows one channel."""
        async with self._turn:
            member = self._viewers[0]
            sent = list(member.user.dm_channel.history()) if member.id in self._env.backend.dm_channels else []
        texts = [_text_of(message) for message in reversed(sent)]
        return "\n\n".join(["Mia’s direct messages:", *(texts or ["none yet; /remind weekly sends one"])])

    async def find_resources(self) -> str:
        """Have the member choose *Find resources* in the menu of the last message that a person wrote.

        Returns a sentence for the person at the keyboard; the answer is on the member's page.
        """
        async with self._turn:
            member = self._viewers[0]
            written = [one for one in self._channel.history() if not one.author.bot]
            last = max(written, key=lambda message: message.id)
            await member.context_menu(self._channel, MENU, last)
            await self._preview.refresh()
        return f"Mia chose “{MENU}” for: {_text_of(last)[:60]}… The answer is on her page."

    def now(self) -> datetime:
        """The simulated present."""
        return self._env.now()

    async def closed(self) -> None:
        """Wait until somebody ends the session on the page."""
        await self._preview.wait_closed()

    async def _next_due(self) -> datetime | None:
        # In its turn, so that the one connection of a database in memory is not inside a transaction of the bot's.
        async with self._turn:
            schedule = await self._store.look_up(schedules.of_guild, self._env.guild.id)
        return schedule.next_at if schedule else None


def _text_of(message: Any) -> str:
    """The text of a message: its content, or what stands on its card."""
    from simcord.components import walk_components

    shown = [one["content"] for one in walk_components(message.components) if isinstance(one.get("content"), str)]
    return "\n".join(filter(None, [message.content, *shown]))


def _take_turns(preview: simcord.Preview) -> asyncio.Lock:
    """Make the page's clicks and the clock wait for each other; the clock must hold the returned lock to move.

    SimCord does one thing at a time and answers a click during another with an error that the page doesn't get over.
    """
    turn, act = asyncio.Lock(), preview._action

    async def act_in_turn(context_id: str | None, body: Mapping[str, Any]) -> dict[str, Any]:
        async with turn:
            return await act(context_id, body)

    preview._action = act_in_turn  # type: ignore[method-assign]  # SimCord has no public place for it
    return turn


@asynccontextmanager
async def open_demo(catalog: Catalog, *, port: int = 0) -> AsyncIterator[Demo]:
    """Start the bot in a simulated study server with a page on loopback `port` (0: any free one); end it all on exit.

    The simulated clock starts at the present and stands still until `Demo.advance` or `Demo.follow_the_clock` moves it.
    Raises MissingExtra without the packages of the extra "demo", StudybotError if the port is taken.
    """
    if not all(map(find_spec, ("simcord", "markdown_it", "PIL"))):
        raise MissingExtra("The demo", "demo")
    store = await Store.open("sqlite:///:memory:")
    try:
        async with _environment(catalog, store) as env:
            channel, viewers = await _study_server(env, Library(catalog).example)
            async with _page(env, channel, viewers, port) as preview:
                yield Demo(env, preview, store, channel, viewers)
    finally:
        await store.close()


@asynccontextmanager
async def _environment(catalog: Catalog, store: Store) -> AsyncIterator[simcord.Env]:
    import simcord

    # Not Settings(): what the host's environment says about the real bot is no concern of the demo's.
    bot = create_bot(Settings.model_construct(), catalog, store)
    env = simcord.Env(bot, check_errors=False, shard_count=1, settle_timeout=PATIENCE)
    # Else SimCord waits with each click for a loop whose time is nearly there, and the clock leaps there with it.
    bot.sleep = lambda seconds: env.external_wait(asyncio.sleep(seconds), reason="between two rounds of a loop")
    env.backend.edit_bot_profile("studybot")
    env.backend.advance_clock((datetime.now(UTC) - env.now()).total_seconds())
    await env.start()
    try:
        yield env
    finally:
        await env.shutdown()


@asynccontextmanager
async def _page(
    env: simcord.Env, channel: simcord.ChannelHandle, viewers: list[simcord.MemberActor], port: int
) -> AsyncIterator[simcord.Preview]:
    import simcord

    async with AsyncExitStack() as stack:
        try:
            preview = env.preview(channel, viewers=viewers, layout="channel", port=port)
            await stack.enter_async_context(preview)
        except simcord.SetupError as error:
            raise StudybotError(f"The demo cannot serve its page on port {port}: {error}") from error
        yield preview


async def _study_server(env: simcord.Env, example: str) -> tuple[simcord.ChannelHandle, list[simcord.MemberActor]]:
    """The server with its first message; the viewers are a member, who is shown first, and somebody who manages it."""
    guild = env.create_guild("Study server")
    channel = guild.create_text_channel("learning", topic="One step a week, together")
    env.backend.create_role(guild.id, "Organizers", permissions=MANAGE_SERVER)
    mia = guild.add_member(env.create_user("mia", global_name="Mia"))
    ada = guild.add_member(env.create_user("ada", global_name="Ada"), roles=[guild.roles["Organizers"]])
    await ada.send(channel, WELCOME.format(example=example or "anything"))
    return channel, [mia, ada]


async def run_demo(
    catalog: Catalog, *, port: int = 0, open_browser: bool = True, echo: Callable[[str], None] = print
) -> None:
    """Run the demo until somebody ends it: Ctrl-C, the key q, or "End preview session" on the page.

    `echo` is given each line for people; the page is opened in a browser if there is a graphical one and
    `open_browser` is true. Raises what `open_demo` raises.
    """
    with pressed_keys() as keys, _stop_signals() as stopped:
        async with open_demo(catalog, port=port) as demo:
            _greet(demo.url, echo, with_keys=keys is not None)
            if open_browser:
                await asyncio.to_thread(_open_in_browser, demo.url)
            jobs = [stopped.wait(), demo.closed(), demo.follow_the_clock()]
            await _until_first(*jobs, *([_obey(keys, demo, echo)] if keys is not None else []))
    echo("The demo has ended; nothing was kept.")


def _greet(url: str, echo: Callable[[str], None], *, with_keys: bool) -> None:
    echo(f"studybot is running on a simulated Discord. Open this page:\n\n  {url}\n")
    if with_keys:
        echo(KEYS)
    else:
        echo("Ctrl-C ends it. (Keys are read only from a terminal.)")


async def _obey(keys: asyncio.Queue[str], demo: Demo, echo: Callable[[str], None]) -> None:
    """Do what the keys say; returns when one says to quit."""
    while (key := (await keys.get()).lower()) != "q":
        if (action := {"n": demo.jump, "d": demo.direct_messages, "f": demo.find_resources}.get(key)) is not None:
            echo(await action())


async def _until_first(*jobs: Coroutine[Any, Any, Any]) -> None:
    """Run the jobs together until one of them ends; cancels the others and raises what that one raised."""
    tasks = [asyncio.ensure_future(job) for job in jobs]
    done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()


@contextmanager
def _stop_signals() -> Iterator[asyncio.Event]:
    """Turn Ctrl-C and a polite kill into an event while the block runs, where the system allows it."""
    loop, stopped = asyncio.get_running_loop(), asyncio.Event()
    caught = [signal.SIGINT, signal.SIGTERM] if sys.platform != "win32" else []
    for number in caught:
        loop.add_signal_handler(number, stopped.set)
    try:
        yield stopped
    finally:
        for number in caught:
            loop.remove_signal_handler(number)


def _open_in_browser(url: str) -> None:
    """Open the page in a graphical browser; without one, quietly do nothing: the address is on the screen."""
    if sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return
    with suppress(webbrowser.Error):
        browser = webbrowser.get()
        # Text browsers (lynx, w3m) are plain GenericBrowsers and would take over the terminal.
        if type(browser) is not webbrowser.GenericBrowser:
            browser.open(url)
