"""Single keys from the terminal, without Enter, where there is a terminal."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def pressed_keys() -> Iterator[asyncio.Queue[str] | None]:
    """Read the terminal key by key while the block runs; the terminal is as before afterwards, whatever happens.

    Gives a queue of one-character strings; Ctrl-C stays a signal. Gives None where no key can be read: standard input
    is a pipe or closed, the program runs in the background, or the system has no termios (Windows).
    Must be entered inside a running event loop.
    """
    terminal = _terminal()
    if terminal is None:
        yield None
        return
    import termios
    import tty

    loop, keys = asyncio.get_running_loop(), asyncio.Queue[str]()
    before = termios.tcgetattr(terminal)
    tty.setcbreak(terminal)
    loop.add_reader(terminal, _read, loop, terminal, keys)
    try:
        yield keys
    finally:
        loop.remove_reader(terminal)
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)


def _terminal() -> int | None:
    if sys.platform == "win32" or sys.stdin is None or not sys.stdin.isatty():
        return None
    terminal = sys.stdin.fileno()
    try:
        # The system stops a background job that changes its terminal.
        return terminal if os.tcgetpgrp(terminal) == os.getpgrp() else None
    except OSError:  # a terminal, but not the one that controls this process, so there is no background to be in
        return terminal


def _read(loop: asyncio.AbstractEventLoop, terminal: int, keys: asyncio.Queue[str]) -> None:
    typed = os.read(terminal, 64)
    if not typed:  # the terminal is gone, and would be "readable" for ever
        loop.remove_reader(terminal)
    for key in typed.decode(errors="ignore"):
        keys.put_nowait(key)
