"""The weekly prompt as a message, its Done button, and the poll that may follow it.

Plain content, not Components V2: a push that holds components alone has an empty notification preview.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import discord

from bot.catalog import Resource
from bot.catalogs import Library
from bot.discord_io.bot import Interaction
from bot.discord_io.buttons import CATALOG, RESOURCE, PathPageButton, PersistentItem, acknowledge
from bot.discord_io.cards import notice, open_button
from bot.discord_io.marks import RESOURCE_GONE, act, changed_card, one_at_a_time
from bot.discord_io.messenger import Message
from bot.discord_io.tags import TAG, has_tag, tag_of
from bot.discord_io.text import CONTENT_LIMIT, by_line, escape, first_sentence, fit, show
from bot.jobs import Job, NumberedPost, Poll, Prompt, Recap, toggle_press
from bot.jobs.attempt import Recognise
from bot.language import Language
from bot.language import language as language_for
from bot.store.marks import Action

POST_TITLE_LIMIT = 200
"""Characters of a resource's title."""
ADDED_TITLE_LIMIT = 80
"""Characters of the title of a resource that is new on the list."""
POST_TEXT_LIMIT = 400
"""Characters of the question or the summary; the longest post stays under CONTENT_LIMIT."""
POLL_ANSWER_LIMIT = 55
"""Characters of an answer in a poll: https://discord.com/developers/docs/resources/poll."""
ADDED_SHOWN = 3
"""Resources that a post names as new on the list."""
LONGEST_POLL = timedelta(days=32)
"""The longest that Discord keeps a poll open."""


def render_prompt(prompt: Prompt, language_of: Callable[[str], Language] = language_for) -> Message:
    """A prompt as it is posted."""
    schedule, language = prompt.schedule, language_of(prompt.schedule.language)
    roles = [discord.Object(prompt.role_id)] if prompt.role_id else []
    return Message(
        channel_id=schedule.channel_id,
        guild_id=schedule.guild_id,
        content=post_content(prompt, language),
        title=prompt.resource.title,
        view=post_view(prompt.library, prompt.resource, prompt.job, language),
        mentions=discord.AllowedMentions(everyone=False, users=False, roles=roles),
    )


def recognise_prompt(job: Job) -> Recognise:
    """How the post of a job is known, whatever its resource is called by now."""
    return lambda message: has_tag(message, job, PostDoneButton.WORD)


def post_content(prompt: Prompt, language: Language) -> str:
    """The text of a post; its first line is what a phone shows in the notification."""
    return fit("\n".join(_lines(prompt, language)), CONTENT_LIMIT)


def post_view(library: Library, resource: Resource, job: Job | None, language: Language) -> discord.ui.View:
    """The buttons of a post: the resource, Done with the number of presses, and the path."""
    view = discord.ui.View(timeout=None)
    view.add_item(open_button(resource.url, language.t("Open")))
    done = language.t("Done · {n}", n=language.number(job.finished if job else 0))
    view.add_item(PostDoneButton.of(library, resource, tag_of(job), done))
    view.add_item(PathPageButton.of(library, language.t("Show the path")))
    view.stop()
    return view


def render_number(numbered: NumberedPost, language_of: Callable[[str], Language]) -> discord.ui.View:
    """The buttons of a post with its new number."""
    return post_view(numbered.library, numbered.resource, numbered.post, language_of(numbered.schedule.language))


class PostDoneButton(PersistentItem, template=rf"post:{CATALOG}:{RESOURCE}:{TAG}"):
    """Counts the member who presses it and marks the resource done; a second press undoes both."""

    WORD = "post"

    @classmethod
    def of(cls, library: Library, resource: Resource, tag: str, label: str) -> discord.ui.Button[Any]:
        """For the post of the job with a tag."""
        custom_id = f"{cls.WORD}:{library.catalog.id}:{resource.id}:{tag}"
        return discord.ui.Button(label=label, custom_id=custom_id)

    async def press(self, interaction: Interaction, library: Library) -> None:
        """Answer privately: everyone sees the same button, whether they have finished or not."""
        await acknowledge(interaction, in_place=interaction.message is not None and interaction.message.flags.ephemeral)
        bot, language = interaction.client, interaction.client.language_for(interaction)
        resource = library.catalog.get(self.state["resource"])
        if resource is None:
            await interaction.edit_original_response(view=notice(language.t(RESOURCE_GONE)))
            return
        async with one_at_a_time(interaction.user.id):
            counted = await bot.store.write(
                toggle_press, interaction.guild_id or 0, self.state["tag"], interaction.user.id, bot.clock()
            )
            action = Action.TOGGLE if counted is None else Action.MARK if counted else Action.UNDO
            marked = await act(interaction, library, resource, action)
            undo = self.of(library, resource, self.state["tag"], language.t("Undo")) if marked.change.finished else None
            await interaction.edit_original_response(view=changed_card(marked, undo))
        bot.delivery.wake()  # the number on the post changed


def _lines(prompt: Prompt, language: Language) -> Iterator[str]:
    resource, t = prompt.resource, language.t
    mention = f"<@&{prompt.role_id}> " if prompt.role_id else ""
    if (recap := prompt.recap) is not None:
        yield _recap_words(recap, language)
    title = show(resource.title, POST_TITLE_LIMIT)
    yield mention + t("**This week: {title}**", title=title)
    if prompt.schedule.note:
        yield escape(prompt.schedule.note)
    if prompt.chosen:
        yield t("You chose this in the poll.")
    step = t("Step {step} of {total}", step=prompt.step, total=prompt.total)
    yield " · ".join(filter(None, (step, by_line(resource, language))))
    if resource.summary:
        yield first_sentence(resource.summary, POST_TEXT_LIMIT)
    yield "\n" + t("**To discuss:** {question}", question=show(prompt.question, POST_TEXT_LIMIT))
    following = show(prompt.following.title, POST_TITLE_LIMIT)
    yield "\n-# " + (
        t("Next week: you decide, in the poll below.") if prompt.options else t("Next week: {title}", title=following)
    )
    yield from (f"-# {line}" for line in _remarks(prompt, language))


def _recap_words(recap: Recap, language: Language) -> str:
    """`Last week: 7 of you finished KV Cache; 12 replies in the thread.`"""
    title = show(recap.title, POST_TITLE_LIMIT)
    finished = (
        language.plural("1 of you finished {title}", "{n} of you finished {title}", recap.finished, title=title)
        if recap.finished
        else title
    )
    replies = language.plural("1 reply in the thread", "{n} replies in the thread", recap.replies)
    return language.t("Last week: {outcome}.", outcome="; ".join([finished, *([replies] if recap.replies else [])]))


def _remarks(prompt: Prompt, language: Language) -> Iterator[str]:
    if prompt.added:
        titles = [show(one.title, ADDED_TITLE_LIMIT) for one in prompt.added]
        more = len(titles) - ADDED_SHOWN
        named = titles[:ADDED_SHOWN] + ([language.plural("1 more", "{n} more", more)] if more > 0 else [])
        yield language.t("New on the list: {titles}.", titles=language.both(named))
    if prompt.begins_again:
        yield language.t("We've finished the path! Starting over today.")
    if prompt.late:
        due = discord.utils.format_dt(prompt.due_at, "f")
        yield language.t("Sorry this is late; it was due {due}.", due=due)


def render_poll(poll: Poll, language_of: Callable[[str], Language] = language_for) -> Message:
    """A poll as it is posted."""
    language = language_of(poll.schedule.language)
    hours = max(1, min(poll.closes_after, LONGEST_POLL) // timedelta(hours=1))
    asked = discord.Poll(language.t("What should come next week?"), duration=timedelta(hours=hours))
    for answer in _answers(poll, language):
        asked.add_answer(text=answer)
    return Message(poll.channel_id, poll.schedule.guild_id, poll=asked)


def recognise_poll(poll: Poll, language_of: Callable[[str], Language] = language_for) -> Recognise:
    """How a poll is known: by its answers."""
    answers = _answers(poll, language_of(poll.schedule.language))

    def recognise(message: discord.Message) -> bool:
        return message.poll is not None and [one.text for one in message.poll.answers] == answers

    return recognise


def _answers(poll: Poll, language: Language) -> list[str]:
    return [poll.library.label(resource, POLL_ANSWER_LIMIT, language) for resource in poll.options]
