"""Presses as Discord's gateway sends them: SimCord's members wait for each answer, and these wait for none."""

from __future__ import annotations

from discord import ComponentType, InteractionType
from simcord import InteractionResult
from simcord.backend.serializers import message_payload
from simcord.interactions import base_payload

from tests.members.server import Seen, Server


def press_at_once(server: Server, seen: Seen, custom_id: str) -> InteractionResult:
    """Mia presses a button."""
    backend = server.env.backend
    record, payload = base_payload(
        backend,
        type=InteractionType.component.value,
        channel_id=server.channel.id,
        guild_id=server.guild.id,
        user_id=server.mia.id,
        data={"custom_id": custom_id, "component_type": ComponentType.button.value},
    )
    record.source_message_id = seen.message.id
    payload["message"] = dict(message_payload(backend, seen.message._message))
    backend.emit("INTERACTION_CREATE", payload)
    return InteractionResult(server.env, record)
