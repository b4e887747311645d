"""The weekly prompt as a message.

Plain content, not Components V2: a push that holds components alone has an empty notification preview.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import discord

from bot.delivery import Prompt
from bot.views.cards import open_button
from bot.views.path_pages import PageButton
from bot.views.text import CONTENT_LIMIT, by_line, first_sentence, fit, show

TITLE_LIMIT = 200
"""Characters of a resource's title."""
TEXT_LIMIT = 600
"""Characters of the question or the summary; the longest post stays under CONTENT_LIMIT."""


def weekly_content(prompt: Prompt) -> str:
    """The text of a post; its first line is what a phone shows in the notification."""
    return fit("\n".join(_lines(prompt)), CONTENT_LIMIT)


def weekly_view(prompt: Prompt) -> discord.ui.View:
    """The buttons of a post: the resource, and the path."""
    view = discord.ui.View(timeout=None)
    view.add_item(open_button(prompt.resource.url))
    view.add_item(PageButton("", 0, "Show the path"))
    view.stop()
    return view


def weekly_mentions(prompt: Prompt) -> discord.AllowedMentions:
    """Whom a post may notify: the role that an admin chose, and nobody else."""
    roles = [discord.Object(prompt.role_id)] if prompt.role_id else []
    return discord.AllowedMentions(everyone=False, users=False, roles=roles)


def _lines(prompt: Prompt) -> Iterator[str]:
    resource = prompt.resource
    mention = f"<@&{prompt.role_id}> " if prompt.role_id else ""
    yield f"{mention}**This week: {show(resource.title, TITLE_LIMIT)}**"
    yield f"Step {prompt.step} of {prompt.total} · {by_line(resource.kind, resource.authors)}"
    if resource.summary:
        yield first_sentence(resource.summary, TEXT_LIMIT)
    yield f"\n**To discuss:** {show(prompt.question, TEXT_LIMIT)}"
    yield f"\n-# Next week: {show(prompt.following.title, TITLE_LIMIT)}"
    if prompt.begins_again:
        yield "-# We have been through the whole path: it begins again today."
    if prompt.late:
        yield f"-# This was due {discord.utils.format_dt(prompt.occurrence, 'f')}. I could not post it then; sorry!"


def shows_resource(message: discord.Message, url: str) -> bool:
    """Whether a message is a weekly post of the resource at this address."""
    return any(_url(component) == url for row in message.components for component in getattr(row, "children", ()))


def _url(component: Any) -> str | None:
    return getattr(component, "url", None)
