"""The text of a message: what a member wrote, forwarded or asks in a poll, or what a bot shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import discord

from bot.discord_io.text import MESSAGE_LIMIT


def text_of(message: discord.Message) -> str:
    """All text of a message, as much as is read; empty if it has none."""
    return "\n".join(filter(None, _texts(message)))[:MESSAGE_LIMIT].strip()


def _texts(message: discord.Message) -> Iterator[str | None]:
    if message.poll is not None:
        yield message.poll.question
        yield from (answer.text for answer in message.poll.answers)
    parts: list[discord.Message | discord.MessageSnapshot] = [message, *message.message_snapshots]
    for part in parts:
        yield part.content
        for embed in part.embeds:
            yield from (embed.title, embed.description, embed.url)
            yield from (text for field in embed.fields for text in (field.name, field.value))
        yield from _of_components(part.components)


def _of_components(components: Iterable[Any]) -> Iterator[str | None]:
    """Texts and the addresses of links; what's written on buttons and selects is no question."""
    for one in components:
        yield from (getattr(one, "content", None), getattr(one, "url", None))
        yield from _of_components(getattr(one, "children", ()))
        if (accessory := getattr(one, "accessory", None)) is not None:
            yield from _of_components([accessory])
