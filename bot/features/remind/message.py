"""A member's reminder as a direct message: their next step, and how to have fewer of these.

Plain content, not Components V2: a push that holds components alone has an empty notification preview.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import discord

from bot.catalog import Resource
from bot.catalogs import Library
from bot.discord_io.bot import Interaction
from bot.discord_io.buttons import CATALOG, RESOURCE
from bot.discord_io.cards import open_button
from bot.discord_io.marks import ChangesMark
from bot.discord_io.messenger import Message
from bot.discord_io.tags import TAG, has_tag, tag_of
from bot.discord_io.text import CONTENT_LIMIT, by_line, first_sentence, fit, show
from bot.jobs import DueReminder, Job
from bot.jobs.attempt import Recognise
from bot.language import N_, Language
from bot.store.marks import Action

ALL_DONE = N_("**You've finished the whole path.** Well done! This is the last reminder.")
"""How the last reminder begins."""
STEP_TITLE_LIMIT = 200
"""Characters of a resource's title."""
SUMMARY_LIMIT = 500
"""Characters of its summary; the longest reminder stays under CONTENT_LIMIT."""


def render_reminder(step: DueReminder, language: Language) -> Message:
    """A reminder as it is sent; its first line is what a phone shows in the notification."""
    view = None
    if step.resource is not None:
        view = discord.ui.View(timeout=None)
        view.add_item(open_button(step.resource.url, language.t("Open")))
        view.add_item(ReminderMarkButton.of(step.library, step.resource, step.job, language))
        view.stop()
    content = fit("\n".join(_lines(step, language)), CONTENT_LIMIT)
    return Message(step.reminder.channel_id, None, content, view=view)


def recognise_reminder(job: Job, language: Language) -> Recognise:
    """How the reminder of a job is known; the last one, which has no button, by its words."""

    def recognise(message: discord.Message) -> bool:
        last = job.resource_id is None and message.content.startswith(language.t(ALL_DONE))
        return last or has_tag(message, job, ReminderMarkButton.WORD)

    return recognise


def _lines(step: DueReminder, language: Language) -> Iterator[str]:
    t, resource = language.t, step.resource
    if resource is None:
        yield t(ALL_DONE)
        yield t("{done} of {total} done. `/path` has all of it.", done=step.done, total=step.total)
        return
    yield t("**Your next step: {title}**", title=show(resource.title, STEP_TITLE_LIMIT))
    done = t("{done} of {total} done", done=step.done, total=step.total)
    yield " · ".join(filter(None, (done, by_line(resource, language))))
    if resource.summary:
        yield first_sentence(resource.summary, SUMMARY_LIMIT)
    if step.late:
        yield "-# " + t("Sorry this is late; it was due {time}.", time=discord.utils.format_dt(step.job.due_at, "f"))
    yield "\n-# " + t("You set this up with `/remind`. Change it or turn it off there.")


class ReminderMarkButton(ChangesMark, template=rf"dm:{CATALOG}:{RESOURCE}:{TAG}"):
    """Marks the step that the member is reminded of."""

    WORD = "dm"
    in_place = False  # the message is plain text, which cannot become a card

    @classmethod
    def of(cls, library: Library, resource: Resource, job: Job, language: Language) -> discord.ui.Button[Any]:
        """For the reminder of a job."""
        custom_id = f"{cls.WORD}:{library.catalog.id}:{resource.id}:{tag_of(job)}"
        return discord.ui.Button(label=language.t("Mark done"), custom_id=custom_id)

    def chosen(self, interaction: Interaction) -> tuple[str, Action]:
        """The step; pressing an old button never takes a mark back."""
        return self.state["resource"], Action.MARK
