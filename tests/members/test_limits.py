"""What one member may ask for at once, and that nobody else notices."""

from __future__ import annotations

from itertools import repeat
from typing import Any

import pytest
from discord import InteractionType
from hypothesis import given
from hypothesis import strategies as st
from simcord.interactions import base_payload

from bot.discord_io.limits import REMEMBERED, Kind, Limits
from bot.store import Store
from tests.members.raw import press_at_once
from tests.members.server import Seen, Server

ORDINARY, COSTLY, REFUSAL = (kind.value.at_once for kind in (Kind.ORDINARY, Kind.COSTLY, Kind.REFUSAL))
REFILL = 1 / Kind.COSTLY.value.per_second


def test_a_bucket_empties_at_once_and_fills_by_the_second() -> None:
    now = 0.0
    limits = Limits(lambda: now)
    assert [limits.take(Kind.COSTLY, 1) for _ in range(COSTLY)] == [0] * COSTLY
    assert limits.take(Kind.COSTLY, 1) == pytest.approx(REFILL)
    assert limits.take(Kind.COSTLY, 2) == limits.take(Kind.ORDINARY, 1) == 0  # another's, and another kind
    now = REFILL - 0.1
    assert limits.take(Kind.COSTLY, 1) == pytest.approx(0.1)
    now = REFILL
    assert limits.take(Kind.COSTLY, 1) == 0
    assert limits.take(Kind.COSTLY, 1) == pytest.approx(REFILL)


@given(st.lists(st.floats(0, 10), max_size=200))
def test_never_more_than_the_allowance(pauses: list[float]) -> None:
    now, taken = 0.0, 0
    limits = Limits(lambda: now)
    for pause in pauses:
        now += pause
        taken += limits.take(Kind.SHARING, 7) == 0
    assert taken <= Kind.SHARING.value.at_once + now * Kind.SHARING.value.per_second + 1e-6


def test_a_thousand_members_more_than_are_remembered_take_no_more_memory() -> None:
    limits = Limits(lambda: 0.0)
    for user_id in range(REMEMBERED + 1000):
        limits.take(Kind.ORDINARY, user_id)
    assert len(vars(limits)["_full_at"]) == REMEMBERED


def emit(server: Server, user_id: int, command: str, /, kind: int = 1, **data: Any) -> Any:
    """Send a command as the gateway does, without waiting for its answer."""
    record, payload = base_payload(
        server.env.backend,
        type=InteractionType.application_command.value,
        channel_id=server.channel.id,
        guild_id=server.guild.id,
        user_id=user_id,
        data={"id": "1", "name": command, "type": kind, "options": []} | data,
    )
    server.env.backend.emit("INTERACTION_CREATE", payload)
    return record


async def flood(server: Server, command: str, times: int) -> None:
    """Mia sends a command many times, without waiting for answers."""
    for _ in range(times):
        emit(server, server.mia.id, command)
    await server.env.settle()


async def test_who_asks_too_much_is_told_when_to_try_again(server: Server) -> None:
    await flood(server, "help", ORDINARY)
    refused = await server.ask("recommend", topic="kv cache")
    assert refused.private
    assert refused.text.strip() == "Slow down a little: try again in 1 second."
    other = await server.manage("recommend", topic="kv cache")  # nobody else notices
    assert "KV Cache" in other.text
    await server.env.advance_time(1)
    assert "KV Cache" in (await server.ask("recommend", topic="kv cache")).text


async def test_buttons_count_too(server: Server, store: Store) -> None:
    card = await server.ask("recommend", topic="bert")
    await flood(server, "help", ORDINARY)
    refused = await server.choose_hit(card, "BERT")
    assert "try again in" in refused.text
    assert await store.marks.of(server.mia.id) == {}


async def test_the_menu_of_messages_counts_too(server: Server) -> None:
    await flood(server, "help", ORDINARY)
    message = await server.ada.send(server.channel, "what is a kv cache?")
    assert "try again in" in Seen(await server.mia.context_menu(server.channel, "Find resources", message)).text


async def test_what_costs_more_has_a_smaller_allowance(server: Server) -> None:
    for _ in range(COSTLY):
        assert "Your progress" in (await server.ask("progress")).text
    assert "try again in 2 seconds" in (await server.ask("progress")).text
    assert "try again in 2 seconds" in (await server.ask("progress", member=server.ada)).text
    assert "### Next: " in (await server.ask("next")).text


async def test_a_flood_is_not_answered_message_by_message(server: Server) -> None:
    before = len(server.env.http_requests)
    await flood(server, "help", 1000)
    assert len(server.env.http_requests) - before == ORDINARY + REFUSAL  # answers, refusal messages


async def test_a_member_who_goes_on_at_a_persons_pace_never_meets_it(server: Server) -> None:
    for _ in repeat(None, 60):
        assert "KV Cache" in (await server.ask("recommend", topic="kv cache")).text
        await server.env.advance_time(0.5)


async def test_presses_at_once(server: Server, store: Store) -> None:
    card = await server.ask("path")
    results = [press_at_once(server, card, "Mark 1 done") for _ in range(ORDINARY // 2)]
    await server.env.settle()
    assert all(result.acknowledged for result in results)
    assert len(await store.marks.of(server.mia.id)) == 1


async def test_a_burst_of_one_member_is_answered_in_turns_with_others(server: Server) -> None:
    before = len(server.env.http_requests)
    burst = [emit(server, server.mia.id, "help") for _ in range(ORDINARY)]
    other = emit(server, server.ada.id, "help")
    await server.env.settle()
    assert all(record.response_kind for record in (*burst, other))
    answered = [one.path.split("/")[2] for one in server.env.http_requests[before:] if "/callback" in one.path]
    assert answered.index(str(other.id)) <= 3  # after those of the burst that were under way
