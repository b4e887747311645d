"""How a message is known for a certain job's: one of its buttons ends in the job's tag.

`post:CATALOG:RESOURCE:TAG` takes 99 of Discord's 100 characters with the longest ids.
"""

from __future__ import annotations

import discord

from bot.jobs import Job, tag

TAG = r"(?P<tag>[0-9a-z]{4})"
"""The part of a button's template that a job's tag matches."""
NO_TAG = "0000"
"""The tag on a preview, which is no job's."""


def tag_of(job: Job | None) -> str:
    """The tag for the messages of a job; NO_TAG for none."""
    return tag(job) if job is not None else NO_TAG


def has_tag(message: discord.Message, job: Job, word: str) -> bool:
    """Whether a button of a message starts with a word and ends with the tag of a job."""
    ids = (str(getattr(item, "custom_id", "")) for row in message.components for item in getattr(row, "children", ()))
    return any(one.startswith(f"{word}:") and one.endswith(f":{tag(job)}") for one in ids)
