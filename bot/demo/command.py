"""The command `studybot demo`: starts a demo, and ends it when somebody says so."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import webbrowser
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from bot.catalog import Catalog
from bot.demo.demo import Demo, open_demo
from bot.demo.keys import pressed_keys

KEYS = {"n": "jump", "d": "messages", "f": "find"}
"""The control that each key uses, for the member."""
KEYS_HELP = """\
n  jump to the next weekly prompt
d  show Mia's direct messages
f  run “Find resources” on the last message that a person wrote, as Mia
q  quit (or Ctrl-C)"""


async def run_demo(
    catalog: Catalog,
    *,
    port: int = 0,
    language: str | None = None,
    open_browser: bool = True,
    echo: Callable[[str], None] = print,
) -> None:
    """Run the demo until somebody ends it: Ctrl-C, the key q, or "End preview session" on the page.

    `language` is what the bot speaks, English if None; `echo` is given each line for people; the page is opened in a
    browser if there is a graphical one and `open_browser` is true. Raises what `open_demo` raises.
    """
    with pressed_keys() as keys, _stop_signals() as stopped:
        async with open_demo(catalog, port=port, language=language) as demo:
            echo(f"studybot is running on a simulated Discord. Open this page:\n\n  {demo.url}\n")
            echo(KEYS_HELP if keys is not None else "Ctrl-C ends it.")
            if open_browser:
                await asyncio.to_thread(_open_in_browser, demo.url)
            jobs = [stopped.wait(), demo.closed(), demo.follow_the_clock()]
            await _until_first(*jobs, *([_handle_keys(keys, demo, echo)] if keys is not None else []))
    echo("The demo has ended; nothing was kept.")


async def _handle_keys(keys: asyncio.Queue[str], demo: Demo, echo: Callable[[str], None]) -> None:
    """Do what the keys say; returns when one says to quit."""
    while (key := (await keys.get()).lower()) != "q":
        if (control := KEYS.get(key)) is not None:
            echo(await demo.control(control))


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
    """Turn Ctrl-C and SIGTERM into an event while the block runs."""
    loop, stopped = asyncio.get_running_loop(), asyncio.Event()

    def stop(*_: object) -> None:
        loop.call_soon_threadsafe(stopped.set)

    # Not loop.add_signal_handler, which Windows does not have.
    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stopped
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _open_in_browser(url: str) -> None:
    """Open the page in a graphical browser; without one, quietly do nothing: the address is on the screen."""
    if sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return
    with suppress(webbrowser.Error):
        browser = webbrowser.get()
        # Text browsers (lynx, w3m) are plain GenericBrowsers and would take over the terminal.
        if type(browser) is not webbrowser.GenericBrowser:
            browser.open(url)
