"""`studybot demo`: the same bot on a simulated Discord, used from a page in the browser.

    command     the command itself: starts it all, and ends it
    demo        a running demo: its clock, and the controls of the page and the terminal
    server      the study server on SimCord, with the bot in it, as create_bot builds it
    page        SimCord's page, on this machine alone; page.js adds the demo's controls to it
    keys        single keys from the terminal

Nothing here reaches the network: no token, no Discord. The database lives in memory and ends with the demo.
"""

from __future__ import annotations

from bot.demo.command import run_demo
from bot.demo.demo import Demo, open_demo

__all__ = ["Demo", "open_demo", "run_demo"]
