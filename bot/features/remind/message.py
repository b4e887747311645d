"""A member's reminder as a direct message: their next step, and how to have fewer of these.

Plain content, not Components V2: a push that holds components alone has an empty notification preview.
"""

from __future__ import annotations

from collections.abc import Iterator

import discord

from bot.discord_io.buttons import button, has_tag, tag_of
from bot.discord_io.cards import open_button
from bot.discord_io.messenger import Message
from bot.discord_io.text import CONTENT_LIMIT, by_line, first_sentence, fit, show
from bot.features.remind import words
from bot.jobs import Job, NextStep
from bot.jobs.attempt import Recognise

PREFIX = "r"
"""What the custom_id of the button on a reminder begins with: one letter, to leave room for the job's tag."""
STEP_TITLE_LIMIT = 200
"""Characters of a resource's title."""
SUMMARY_LIMIT = 500
"""Characters of its summary; the longest reminder stays under CONTENT_LIMIT."""


def render_reminder(step: NextStep) -> Message:
    """A reminder as it is sent; its first line is what a phone shows in the notification."""
    view = None
    if step.resource is not None:
        custom_id = f"{PREFIX}:{step.library.catalog.id}:{step.resource.id}:{tag_of(step.job)}"
        view = discord.ui.View(timeout=None)
        view.add_item(open_button(step.resource.url))
        view.add_item(button(words.MARK_DONE, custom_id))
        view.stop()
    content = fit("\n".join(_lines(step)), CONTENT_LIMIT)
    return Message(step.reminder.channel_id, None, content, view=view)


def recognise_reminder(job: Job) -> Recognise:
    """How the reminder of a job is known; the last one, which has no button, by its words."""

    def recognise(message: discord.Message) -> bool:
        return has_tag(message, job, PREFIX) or (job.resource_id is None and message.content.startswith(words.ALL_DONE))

    return recognise


def _lines(step: NextStep) -> Iterator[str]:
    resource = step.resource
    if resource is None:
        yield words.ALL_DONE
        yield words.all_done_words(step.done, step.total)
        return
    yield words.next_step_words(show(resource.title, STEP_TITLE_LIMIT))
    yield words.standing(step.done, step.total, by_line(resource.kind, resource.authors))
    if resource.summary:
        yield first_sentence(resource.summary, SUMMARY_LIMIT)
    if step.late:
        yield f"-# {words.late_words(step.job.due_at)}"
    yield f"\n-# {words.ENDS}"
