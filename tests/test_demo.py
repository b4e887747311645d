"""`studybot demo`, run as a person runs it: the command in a terminal, its page in a browser."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from asyncio.subprocess import DEVNULL, PIPE, STDOUT, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest

from bot.catalog import Catalog, load_catalog, shipped_catalog
from bot.demo import Demo, open_demo, run_demo
from bot.demo.page import SHOWN
from bot.demo.server import SETTLE_TIMEOUT, text_of
from bot.errors import MissingExtra, StudybotError
from tests.demo_page import CHROMIUM, open_page
from tests.members.server import Seen

pty = pytest.importorskip("pty", reason="this system has no terminals to run the demo in")
termios = pytest.importorskip("termios", reason="this system has no terminals to run the demo in")

COMMAND = (sys.executable, "-m", "bot", "demo", "--no-browser")
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine to open the page in")


class Terminal:
    """The demo running in a terminal of its own, or without one where `keyboard` is None."""

    def __init__(self, process: Process, keyboard: int | None) -> None:
        self.process = process
        self._keyboard = keyboard

    async def says(self, words: str) -> str:
        """Read on until a line has these words; returns that line."""
        assert self.process.stdout is not None
        async with asyncio.timeout(15):
            async for line in self.process.stdout:
                if words in line.decode():
                    return line.decode().strip()
        raise AssertionError(f"the demo ended without saying {words!r}")

    def settings(self) -> list[Any]:
        assert self._keyboard is not None
        return termios.tcgetattr(self._keyboard)

    def press(self, key: str) -> None:
        assert self._keyboard is not None
        os.write(self._keyboard, key.encode())

    async def ends(self) -> tuple[int, str]:
        """Wait for the end; returns the exit code and what was still printed."""
        async with asyncio.timeout(10):
            rest, _ = await self.process.communicate()
        assert self.process.returncode is not None
        return self.process.returncode, rest.decode()


@asynccontextmanager
async def demo(*, keyboard: bool = False) -> AsyncIterator[Terminal]:
    ours, theirs = pty.openpty() if keyboard else (None, DEVNULL)
    process = await asyncio.create_subprocess_exec(
        *COMMAND, stdin=theirs, stdout=PIPE, stderr=STDOUT, env=bare_environment(), start_new_session=True
    )
    try:
        yield Terminal(process, ours)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
        for end in (ours, theirs) if ours is not None else ():
            os.close(end)


def bare_environment() -> dict[str, str]:
    """No token and no database in it, as on a machine where studybot was just installed."""
    return {k: v for k, v in os.environ.items() if k not in ("DISCORD_TOKEN", "DATABASE_URL")} | {
        "PYTHONUNBUFFERED": "1"
    }


async def manage(demo: Demo, command: str, **options: Any) -> Seen:
    """Ada sends a command, in its turn."""
    async with demo.server.turn():
        return Seen(await demo.server.viewers[1].slash(demo.server.channel, command, **options))


async def press(demo: Demo, seen: Seen, label: str) -> Seen:
    async with demo.server.turn():
        return Seen(await demo.server.viewers[1].click(seen.message, label=label), pressed=seen)


async def set_weekly(demo: Demo) -> None:
    await manage(demo, "weekly", day="monday", time="09:00", timezone="Europe/Berlin")


def shown(demo: Demo) -> str:
    """All that stands in the channel."""
    return "\n".join(text_of(message) for message in demo.server.channel.history(viewer=demo.server.viewers[0]))


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog(shipped_catalog())


async def test_a_command_just_before_a_round_of_a_loop_does_not_wait_for_it(catalog: Catalog) -> None:
    """SimCord would wait for the loop, and the page stand still for seconds."""
    async with open_demo(catalog) as demo:
        await demo.advance(28.0)
        before = demo.now()
        await demo.control("find")
        assert (demo.now() - before).total_seconds() < 2.0
        await demo.advance(4.0)
        assert 4.0 <= (demo.now() - before).total_seconds() < 8.0


async def test_the_controls_show_direct_messages_and_answer_the_question(catalog: Catalog) -> None:
    async with open_demo(catalog) as demo:
        assert "none yet" in await demo.control("messages")
        assert "Mia chose “Find resources” for “Hi! I keep reading about" in await demo.control("find")
        assert "step " in shown(demo)


async def test_the_demo_speaks_another_language(catalog: Catalog) -> None:
    async with open_demo(catalog, language="de") as demo:
        await demo.control("find")
        assert "Schritt " in shown(demo)


async def test_posting_now_again_and_again_does_not_stall(catalog: Catalog) -> None:
    """Thread and poll make so many requests that the bot waits for its own pace, in the middle of a command."""
    async with open_demo(catalog) as demo:
        await set_weekly(demo)
        panel = await manage(demo, "weekly")
        options = await press(demo, panel, "Options")
        for label in ("Thread: off", "Poll: off"):
            options = await press(demo, options, label)
        async with asyncio.timeout(SETTLE_TIMEOUT):
            for number in range(1, 5):
                asked = await press(demo, await manage(demo, "weekly"), "Post now")
                assert "Posted" in (await press(demo, asked, "Post now")).text
                assert len(demo.server.channel.threads) == number


async def test_a_jump_to_the_prompt_lets_reminders_come_in_time(catalog: Catalog) -> None:
    async with open_demo(catalog) as demo:
        await set_weekly(demo)
        async with demo.server.turn():
            day = (demo.now() + timedelta(days=1)).strftime("%A").lower()
            await demo.server.viewers[0].slash(
                demo.server.channel, "remind", day=day, time="12:00", timezone="Europe/Berlin"
            )
        assert "just after the weekly prompt" in await demo.control("jump")
        reminder = demo.server.direct_messages(demo.server.viewers[0])[-1]
        assert catalog.resources[0].title in reminder
        assert "late" not in reminder.lower()


async def test_a_jump_without_a_schedule_says_what_to_do(catalog: Catalog) -> None:
    async with open_demo(catalog) as demo:
        assert "/weekly first" in await demo.control("jump")


@pytest.mark.slow
@needs_chromium
async def test_a_member_asks_and_an_admin_gets_the_weekly_prompt() -> None:
    async with demo(keyboard=True) as terminal:
        url = await terminal.says("http://127.0.0.1:")
        async with open_page(url) as page:
            await page.sees("Welcome to the study server")
            await page.command("recommend")
            await page.write("topic", "kv cache")
            await page.send()
            await page.sees("KV Cache brief explainer")

            await page.view_as("Ada")
            await page.command("weekly")
            await page.choose("channel", "learning")
            await page.choose("day", "Monday")
            await page.write("time", "09:00")
            await page.write("timezone", "Europe/Berlin")
            await page.send()
            await page.sees("Monday")
            terminal.press("n")
            await terminal.says("just after the weekly prompt")
            await page.sees("Attention is all you need")
        terminal.press("q")
        code, rest = await terminal.ends()
    assert (code, "Traceback" in rest) == (0, False), rest


@pytest.mark.slow
@pytest.mark.parametrize("keyboard", [True, False], ids=["in a terminal", "without one"])
async def test_ctrl_c_ends_it_cleanly(keyboard: bool) -> None:
    async with demo(keyboard=keyboard) as terminal:
        await terminal.says("Ctrl-C")
        terminal.process.send_signal(signal.SIGINT)
        code, rest = await terminal.ends()
    assert (code, "Traceback" in rest) == (0, False), rest
    assert "ended" in rest


@pytest.mark.slow
async def test_it_leaves_the_terminal_as_it_was() -> None:
    async with demo(keyboard=True) as terminal:
        before = terminal.settings()
        await terminal.says("Ctrl-C")
        assert terminal.settings() != before  # keys come without Enter now
        terminal.press("q")
        await terminal.ends()
        assert terminal.settings() == before


@pytest.mark.slow
@needs_chromium
async def test_a_click_while_time_jumps_is_answered(catalog: Catalog) -> None:
    async with open_demo(catalog) as simulated, open_page(simulated.url) as page:
        await page.command("recommend")
        await page.write("topic", "kv cache")
        async with asyncio.TaskGroup() as together:
            together.create_task(simulated.advance(3600))
            await page.send()
            await page.sees("KV Cache brief explainer")


@pytest.mark.slow
@needs_chromium
async def test_the_page_does_all_that_the_keys_do(catalog: Catalog) -> None:
    async with open_demo(catalog) as demo, open_page(demo.url) as page:
        await page.control("Find resources")
        await page.gets("step ")
        await page.says("Mia chose “Find resources”")
        await page.control("Next prompt")
        await page.says("No weekly prompt is set")
        await set_weekly(demo)
        await page.control("Next prompt")
        await page.says("just after the weekly prompt")
        await page.gets("Attention is all you need")
        await page.control("Direct messages")
        await page.says("none yet")


@pytest.mark.slow
@needs_chromium
async def test_a_command_sent_right_after_typing_is_not_lost(catalog: Catalog) -> None:
    """The page waits for suggestions just then, and SimCord drops what is pressed meanwhile."""
    async with open_demo(catalog) as demo, open_page(demo.url) as page:
        for typed, title in (("kv cache", "KV Cache brief explainer"), ("lora", "LoRA explained"), ("bert", "BERT")):
            await page.command("recommend")
            await page.write("topic", typed)
            await page.suggestions_asked()
            await page.send_at_once()
            await page.gets(title)


@pytest.mark.slow
@needs_chromium
async def test_a_button_pressed_while_the_page_waits_is_pressed_then(catalog: Catalog) -> None:
    async with open_demo(catalog) as demo, open_page(demo.url) as page:
        await page.command("path")
        await page.send()
        await page.gets("Page 1 of")
        await page.command("recommend")
        await page.write("topic", "kv cache")
        await page.suggestions_asked()
        await page.press("Next")
        await page.sees("Page 2 of")


@pytest.mark.slow
@needs_chromium
async def test_the_page_shows_the_newest_messages_and_the_earlier_ones_when_asked(catalog: Catalog) -> None:
    async with open_demo(catalog) as demo, open_page(demo.url) as page:
        async with demo.server.turn():
            for number in range(2 * SHOWN):
                await demo.server.viewers[0].send(demo.server.channel, f"message {number}")
        await demo.advance(1.0)
        await page.page.get_by_role("button", name="Refresh").click()
        await page.sees(f"message {2 * SHOWN - 1}")
        assert await page.page.locator(".channel-message").count() == SHOWN
        await page.view_as("Ada")
        await page.page.get_by_role("button", name="Load earlier messages").click()
        await page.sees(f"message {SHOWN - 1}")


async def test_without_its_extra_it_says_how_to_get_it(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "regex", None)
    with pytest.raises(MissingExtra, match=r"pip install .*\[demo\]"):
        await run_demo(catalog, open_browser=False)


async def test_a_port_in_use_is_named(catalog: Catalog) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(StudybotError, match=f"port {port}"):
            await run_demo(catalog, port=port, open_browser=False)
