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
from typing import Any

import pytest

from bot.catalog import Catalog, load_catalog, shipped_catalog
from bot.demo import open_demo, run_demo
from bot.errors import MissingExtra, StudybotError
from tests.demo_page import CHROMIUM, open_page

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


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog(shipped_catalog())


async def test_a_command_just_before_a_round_of_a_loop_moves_no_clock(catalog: Catalog) -> None:
    """SimCord would wait for the loop, and the page stand still for seconds."""
    async with open_demo(catalog) as demo:
        await demo.advance(28.0)
        before = demo.now()
        await demo.find_resources()
        assert demo.now() == before
        await demo.advance(4.0)
        assert (demo.now() - before).total_seconds() == 4.0


async def test_the_keys_show_direct_messages_and_the_menu(catalog: Catalog) -> None:
    async with open_demo(catalog) as demo:
        assert "none yet" in await demo.direct_messages()
        assert "Mia chose “Find resources” for: **Welcome to the study server!**" in await demo.find_resources()


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
            await page.command("weekly set")
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
async def test_the_key_without_a_schedule_says_what_to_do() -> None:
    async with demo(keyboard=True) as terminal:
        await terminal.says("jump to the next weekly prompt")
        terminal.press("n")
        assert "/weekly set first" in await terminal.says("No weekly prompt is set")


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
            together.create_task(simulated.advance(7 * 86400))
            await page.send()
            await page.sees("KV Cache brief explainer")


async def test_without_its_extra_it_says_how_to_get_it(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "markdown_it", None)
    with pytest.raises(MissingExtra, match=r"pip install .*\[demo\]"):
        await run_demo(catalog, open_browser=False)


async def test_a_port_in_use_is_named(catalog: Catalog) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(StudybotError, match=f"port {port}"):
            await run_demo(catalog, port=port, open_browser=False)
