"""Presses as Discord's gateway sends them, without waiting for their answers as SimCord's members do; other locales."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from discord import ComponentType, InteractionType
from simcord import InteractionResult
from simcord.backend.serializers import message_payload
from simcord.interactions import base_payload

from tests.members.server import Seen, Server


@contextmanager
def speaking(server: Server, locale: str, guild: str = "en-US") -> Iterator[None]:
    """Whoever does something in this block has set Discord to another language, as may the `guild`."""
    emit = server.env.backend.emit

    def in_locale(event: str, payload: Any, *rest: Any, **more: Any) -> Any:
        if event == "INTERACTION_CREATE":
            payload |= {"locale": locale, "guild_locale": guild}
        return emit(event, payload, *rest, **more)

    server.env.backend.emit = in_locale
    try:
        yield
    finally:
        server.env.backend.emit = emit


def press_at_once(server: Server, seen: Seen, label: str) -> InteractionResult:
    """Mia presses a button of what she sees."""
    return press_message(server, seen.message.id, seen.custom_id(label))


def press_message(server: Server, message_id: int, custom_id: str, user_id: int = 0) -> InteractionResult:
    """A member, Mia unless another is named, presses a button of a message in the channel."""
    backend = server.env.backend
    record, payload = base_payload(
        backend,
        type=InteractionType.component.value,
        channel_id=server.channel.id,
        guild_id=server.guild.id,
        user_id=user_id or server.mia.id,
        data={"custom_id": custom_id, "component_type": ComponentType.button.value},
    )
    record.source_message_id = message_id
    payload["message"] = dict(message_payload(backend, backend.get_message(server.channel.id, message_id)))
    backend.emit("INTERACTION_CREATE", payload)
    return InteractionResult(server.env, record)
