"""A member's reminder as a direct message: their next step, and how to have fewer of these.

Plain content, not Components V2: a push that holds components alone has an empty notification preview.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import discord

from bot.delivery import Nudge
from bot.discord_io.cards import open_button
from bot.discord_io.marks import MARK, DoneButton
from bot.discord_io.text import CONTENT_LIMIT, by_line, first_sentence, fit, show
from bot.features.weekly.post import TEXT_LIMIT, TITLE_LIMIT

ALL_DONE = "**You have finished the whole path.** Well done! This was my last reminder."


def nudge_content(nudge: Nudge) -> str:
    """The text of a reminder; its first line is what a phone shows in the notification."""
    return fit("\n".join(_lines(nudge)), CONTENT_LIMIT)


def nudge_view(nudge: Nudge) -> discord.ui.View:
    """The buttons of a reminder: the resource, and that it is done."""
    view = discord.ui.View(timeout=None)
    for button in _buttons(nudge):
        view.add_item(button)
    view.stop()
    return view


def shows_nudge(message: discord.Message, nudge: Nudge) -> bool:
    """Whether a message is this reminder."""
    if nudge.resource is None:
        return message.content.startswith(ALL_DONE)
    buttons = [button for row in message.components for button in getattr(row, "children", ())]
    return any(getattr(button, "url", None) == nudge.resource.url for button in buttons)


def _lines(nudge: Nudge) -> Iterator[str]:
    resource = nudge.resource
    if resource is None:
        yield ALL_DONE
        yield f"{nudge.done} of {nudge.total}. `/progress` shows it, and `/path` has the tracks to go on with."
        return
    yield f"**Your next step: {show(resource.title, TITLE_LIMIT)}**"
    yield f"You have finished {nudge.done} of {nudge.total} · {by_line(resource.kind, resource.authors)}"
    if resource.summary:
        yield first_sentence(resource.summary, TEXT_LIMIT)
    if nudge.late:
        yield f"-# This was due {discord.utils.format_dt(nudge.occurrence, 'f')}. I could not send it then; sorry!"
    yield "\n-# You asked for this with `/remind weekly`; `/remind off` ends it."


def _buttons(nudge: Nudge) -> Iterator[discord.ui.Item[Any]]:
    if nudge.resource is not None:
        yield open_button(nudge.resource.url)
        yield DoneButton(nudge.resource.id, MARK)
