"""The weekly prompt as a message, and the poll that may follow it.

Plain content, not Components V2: a push that holds components alone has an empty notification preview.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import discord

from bot.catalog import Resource
from bot.discord_io.buttons import button, has_tag, path_button, tag_of
from bot.discord_io.cards import open_button
from bot.discord_io.messenger import Message
from bot.discord_io.text import CONTENT_LIMIT, by_line, first_sentence, fit, show
from bot.features.weekly import words
from bot.jobs import Job, NumberedPost, Poll, Prompt
from bot.jobs.attempt import Recognise

PREFIX = "w"
"""What the custom_id of the button on a post begins with: one letter, to leave room for the job's tag."""
POST_TITLE_LIMIT = 200
"""Characters of a resource's title."""
ADDED_TITLE_LIMIT = 80
"""Characters of the title of a resource that is new on the list."""
POST_TEXT_LIMIT = 400
"""Characters of the question or the summary; the longest post stays under CONTENT_LIMIT."""
POLL_ANSWER_LIMIT = 55
"""Characters of an answer in a poll: https://discord.com/developers/docs/resources/poll."""
LONGEST_POLL = timedelta(days=32)
"""The longest that Discord keeps a poll open."""


def render_prompt(prompt: Prompt) -> Message:
    """A prompt as it is posted."""
    schedule = prompt.schedule
    roles = [discord.Object(schedule.role_id)] if schedule.role_id and not prompt.quiet else []
    return Message(
        channel_id=schedule.channel_id,
        guild_id=schedule.guild_id,
        content=post_content(prompt),
        title=prompt.resource.title,
        view=post_view(prompt.library.catalog.id, prompt.resource, prompt.job, prompt.finished),
        mentions=discord.AllowedMentions(everyone=False, users=False, roles=roles),
    )


def recognise_prompt(job: Job) -> Recognise:
    """How the post of a job is known, whatever its resource is called by now."""
    return lambda message: has_tag(message, job, PREFIX)


def post_content(prompt: Prompt) -> str:
    """The text of a post; its first line is what a phone shows in the notification."""
    return fit("\n".join(_lines(prompt)), CONTENT_LIMIT)


def post_view(catalog_id: str, resource: Resource, job: Job | None, finished: int) -> discord.ui.View:
    """The buttons of a post: the resource, that one has finished it (and how many have), and the path."""
    view = discord.ui.View(timeout=None)
    view.add_item(open_button(resource.url))
    view.add_item(button(words.done_label(finished), f"{PREFIX}:{catalog_id}:{resource.id}:{tag_of(job)}"))
    view.add_item(path_button(catalog_id, words.OPEN_PATH))
    view.stop()
    return view


def render_number(numbered: NumberedPost) -> discord.ui.View:
    """The buttons of a post with its new number."""
    return post_view(numbered.library.catalog.id, numbered.resource, numbered.post, numbered.finished)


def _lines(prompt: Prompt) -> Iterator[str]:
    resource = prompt.resource
    mention = f"<@&{prompt.schedule.role_id}> " if prompt.schedule.role_id and not prompt.quiet else ""
    if (recap := prompt.recap) is not None:
        yield words.recap_words(show(recap.title, POST_TITLE_LIMIT), recap.finished, recap.replies)
    yield f"{mention}**{words.THIS_WEEK} {show(resource.title, POST_TITLE_LIMIT)}**"
    if prompt.chosen:
        yield words.CHOSEN
    yield f"Step {prompt.step} of {prompt.total} · {by_line(resource.kind, resource.authors)}"
    if resource.summary:
        yield first_sentence(resource.summary, POST_TEXT_LIMIT)
    yield f"\n**{words.TO_DISCUSS}** {show(prompt.question, POST_TEXT_LIMIT)}"
    following = (
        words.NEXT_BY_POLL if prompt.options else words.next_week(show(prompt.following.title, POST_TITLE_LIMIT))
    )
    yield f"\n-# {following}"
    yield from (f"-# {line}" for line in _remarks(prompt))


def _remarks(prompt: Prompt) -> Iterator[str]:
    if prompt.added:
        yield words.added_words([show(one.title, ADDED_TITLE_LIMIT) for one in prompt.added])
    if prompt.begins_again:
        yield words.BEGINS_AGAIN
    if prompt.late:
        yield words.late_words(prompt.due_at)


def render_poll(poll: Poll) -> Message:
    """A poll as it is posted."""
    hours = max(1, min(poll.closes_after, LONGEST_POLL) // timedelta(hours=1))
    asked = discord.Poll(words.POLL_QUESTION, duration=timedelta(hours=hours))
    for answer in _answers(poll):
        asked.add_answer(text=answer)
    return Message(poll.channel_id, poll.schedule.guild_id, poll=asked)


def recognise_poll(poll: Poll) -> Recognise:
    """How a poll is known: by its answers."""
    answers = _answers(poll)

    def recognise(message: discord.Message) -> bool:
        return message.poll is not None and [one.text for one in message.poll.answers] == answers

    return recognise


def _answers(poll: Poll) -> list[str]:
    return [fit(resource.title, POLL_ANSWER_LIMIT) for resource in poll.options]
