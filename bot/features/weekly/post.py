"""The weekly prompt as a message, and the poll that may follow it.

Plain content, not Components V2: a push that holds components alone has an empty notification preview.
"""

from __future__ import annotations

from collections.abc import Iterator

import discord

from bot.catalog import Resource
from bot.delivery import Prompt, Recap
from bot.discord_io.cards import open_button
from bot.discord_io.marks import DoneButton
from bot.discord_io.text import CONTENT_LIMIT, by_line, first_sentence, fit, show
from bot.features.path.cards import PageButton

TITLE_LIMIT = 200
"""Characters of a resource's title."""
TEXT_LIMIT = 500
"""Characters of the question or the summary; the longest post stays under CONTENT_LIMIT."""


POLL_ANSWER_LIMIT = 55
"""Characters of an answer in a poll: https://discord.com/developers/docs/resources/poll."""


def weekly_content(prompt: Prompt) -> str:
    """The text of a post; its first line is what a phone shows in the notification."""
    return fit("\n".join(_lines(prompt)), CONTENT_LIMIT)


def weekly_view(resource: Resource, finished: int = 0) -> discord.ui.View:
    """The buttons of a post: the resource, that one has finished it (and how many have), and the path."""
    view = discord.ui.View(timeout=None)
    view.add_item(open_button(resource.url))
    view.add_item(FinishedButton(resource.id, finished))
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
    if prompt.recap is not None:
        yield recap_words(prompt.recap)
    yield f"{mention}**This week: {show(resource.title, TITLE_LIMIT)}**"
    yield f"Step {prompt.step} of {prompt.total} · {by_line(resource.kind, resource.authors)}"
    if resource.summary:
        yield first_sentence(resource.summary, TEXT_LIMIT)
    yield f"\n**To discuss:** {show(prompt.question, TEXT_LIMIT)}"
    if prompt.options:
        yield "\n-# Next week: what you choose in the poll below."
    else:
        yield f"\n-# Next week: {show(prompt.following.title, TITLE_LIMIT)}"
    if prompt.begins_again:
        yield "-# We have been through the whole path: it begins again today."
    if prompt.late:
        yield f"-# This was due {discord.utils.format_dt(prompt.occurrence, 'f')}. I could not post it then; sorry!"


def recap_words(recap: Recap) -> str:
    """`Last time: 7 of you finished KV Cache, and the thread has 12 replies.`"""
    said = []
    if recap.finished:
        said.append(f"{recap.finished} of you finished {show(recap.title, TITLE_LIMIT)}")
    if recap.replies:
        about = "" if recap.finished else f" about {show(recap.title, TITLE_LIMIT)}"
        said.append(f"the thread{about} has {recap.replies} {'reply' if recap.replies == 1 else 'replies'}")
    return f"Last time: {', and '.join(said)}."


def poll_question() -> str:
    """What a poll asks."""
    return "What should come next week?"


def poll_answer(resource: Resource) -> str:
    """A resource as an answer in a poll."""
    return fit(resource.title, POLL_ANSWER_LIMIT)


def shows_resource(message: discord.Message, resource_id: str) -> bool:
    """Whether a message is a weekly post about a resource, whatever its title and address were then."""
    marking = f"{FinishedButton.prefix}:{resource_id}"
    buttons = [button for row in message.components for button in getattr(row, "children", ())]
    return any(getattr(button, "custom_id", None) == marking for button in buttons)


class FinishedButton(DoneButton, template=r"finished:(?P<id>[a-z0-9-]{1,64})"):
    """The one on a weekly post, which says how many have finished the week's resource; the number follows the marks."""

    prefix = "finished"
    in_place = False  # the message is plain text, which cannot become a card

    def __init__(self, resource_id: str, finished: int = 0) -> None:
        super().__init__(resource_id, label=f"Done · {finished}" if finished else "Done")
