"""Two lists in one bot, lists that change while it runs, and buttons that outlive their list."""

from __future__ import annotations

import asyncio
import gc
import weakref
from dataclasses import replace

import pytest
from discord import InteractionType
from simcord import Env, InteractionResult
from simcord.interactions import base_payload

from bot.catalog import Catalog, Resource, Stage
from bot.catalogs import Catalogs, Library
from bot.client import create_bot
from bot.discord_io.bot import StudyBot
from bot.settings import Settings
from bot.store import Store
from tests.members.server import Seen, Server

SHARED = "https://example.org/kneading"

BREAD = Catalog(
    id="bread",
    title="Bread for beginners",
    stages=(
        Stage(
            id="start",
            title="First loaf",
            resources=(
                Resource(id="intro", title="Flour and water", url="https://example.org/flour"),
                Resource(id="kneading", title="Kneading by hand", url=SHARED),
            ),
        ),
    ),
)
PIZZA = Catalog(
    id="pizza",
    title="Pizza at home",
    stages=(
        Stage(
            id="start",
            title="Dough",
            resources=(
                Resource(id="intro", title="Ovens and stones", url="https://example.org/ovens"),
                Resource(id="dough", title="Working the dough", url="http://www.example.org/kneading/"),
            ),
        ),
    ),
)


@pytest.fixture
def catalogs() -> Catalogs:
    return Catalogs(BREAD, PIZZA)


@pytest.fixture
def simcord_bot(catalogs: Catalogs, store: Store) -> StudyBot:
    return create_bot(Settings.model_construct(), catalogs, store)


@pytest.fixture
def bakery(simcord_env: Env) -> Server:
    return Server(simcord_env, "Bakery")


@pytest.fixture
def pizzeria(simcord_env: Env, bakery: Server, simcord_bot: StudyBot) -> Server:
    """Another server, which is served the other list; Mia is on both."""
    server = Server(simcord_env, "Pizzeria")
    server.mia = server.guild.add_member(bakery.mia.user)
    simcord_bot.catalogs = Catalogs(BREAD, PIZZA, servers={server.guild.id: PIZZA.id})
    return server


async def test_each_server_is_answered_from_its_own_list(bakery: Server, pizzeria: Server) -> None:
    for command, options in (("path", {}), ("next", {}), ("help", {}), ("recommend", {"topic": "intro"})):
        here, there = await bakery.ask(command, **options), await pizzeria.ask(command, **options)
        assert "Pizza" not in here.text
        assert "Ovens" not in here.text
        assert "Bread" not in there.text
        assert "Flour" not in there.text
    assert [one["value"] for one in await pizzeria.mia.autocomplete(pizzeria.channel, "done", "resource", "")] == [
        "intro",
        "dough",
    ]


async def test_clashing_ids_keep_their_marks_apart_and_a_shared_page_shares_its_mark(
    bakery: Server, pizzeria: Server
) -> None:
    assert "Marked done: **Flour and water**. 1 of 2 done." in (await bakery.ask("done", resource="intro")).text
    assert "0 of 2" in (await pizzeria.ask("progress")).text
    assert (
        "Marked done: **Kneading by hand**. 2 of 2 done."
        in (await bakery.ask("done", resource="Kneading by hand")).text
    )
    progress = await pizzeria.ask("path")
    assert "→ 1. [Ovens" in progress.text
    assert "✓ 2. [Working the dough]" in progress.text


async def test_a_button_belongs_to_the_list_it_was_made_from(bakery: Server, pizzeria: Server, store: Store) -> None:
    shared = await pizzeria.ask("recommend", topic="ovens and stones", share=True)
    marked = await pizzeria.choose_hit(shared, "Ovens and stones")
    assert "Marked done: **Ovens and stones**. 1 of 2 done." in marked.text
    assert BREAD.finished(await store.marks.of(bakery.mia.id)) == set()


async def test_a_button_of_a_list_that_is_gone_says_so(bakery: Server, pizzeria: Server) -> None:
    page = await pizzeria.ask("path")
    bot: StudyBot = pizzeria.env.bot  # type: ignore[assignment]
    bot.catalogs = Catalogs(BREAD)
    seen = await pizzeria.press(page, "Mark 1 done")
    assert seen.private
    assert "This list has been removed." in seen.text


async def test_a_moved_page_keeps_its_marks(bakery: Server, catalogs: Catalogs, store: Store) -> None:
    await bakery.ask("done", resource="intro")
    stage = BREAD.stages[0]
    moved = replace(stage.resources[0], id="flour", url="https://new.example", former_urls=(stage.resources[0].url,))
    catalogs.serve(Library(replace(BREAD, stages=(replace(stage, resources=(moved, *stage.resources[1:])),))))
    assert "1 of 2" in (await bakery.ask("progress")).text
    again = await bakery.ask("done", resource="flour")
    assert "Already marked done: **Flour and water**" in again.text
    undone = await bakery.press(again, "Undo")
    assert "No longer marked done: **Flour and water**" in undone.text
    assert await store.marks.of(bakery.mia.id) == {}


def ask_at_once(server: Server, topic: str) -> InteractionResult:
    """Mia's command as Discord's gateway sends it, without waiting for the answer."""
    backend = server.env.backend
    record, payload = base_payload(
        backend,
        type=InteractionType.application_command.value,
        channel_id=server.channel.id,
        guild_id=server.guild.id,
        user_id=server.mia.id,
        data={"id": "1", "name": "recommend", "type": 1, "options": [{"name": "topic", "type": 3, "value": topic}]},
    )
    backend.emit("INTERACTION_CREATE", payload)
    return InteractionResult(server.env, record)


def every_version(number: int) -> Catalog:
    stage = BREAD.stages[0]
    titled = tuple(replace(one, title=f"Flour {number} {place}") for place, one in enumerate(stage.resources))
    return replace(BREAD, stages=(replace(stage, resources=titled),))


async def test_answers_under_way_while_a_list_is_replaced_come_from_one_list(
    bakery: Server, catalogs: Catalogs
) -> None:
    asked = []
    for number in range(50):
        asked.append(ask_at_once(bakery, "flour"))
        catalogs.serve(Library(every_version(number)))
        await asyncio.sleep(0)
    await bakery.env.settle()
    versions = {frozenset(word for word in Seen(one).text.split() if word.isdigit()) for one in asked}
    assert len(asked) == 50
    for one in asked:
        text = Seen(one).text
        titles = [line for line in text.splitlines() if "Flour" in line and line.startswith("**")]
        assert len({title.split()[2] for title in titles if len(title.split()) > 3}) == 1, text
    assert len(versions) > 1


@pytest.mark.parametrize("frozen", [False, True])
async def test_a_replaced_library_is_freed(bakery: Server, catalogs: Catalogs, frozen: bool) -> None:
    await bakery.ask("path")
    await bakery.ask("recommend", topic="flour")
    await bakery.ask("next")
    library: weakref.ref[Library] = weakref.ref(catalogs.default)
    index = weakref.ref(catalogs.default.index)
    if frozen:
        gc.collect()
        gc.freeze()
    try:
        catalogs.serve(Library(every_version(1)))
        gc.collect()
        assert library() is None
        assert index() is None
    finally:
        gc.unfreeze()


def test_two_lists_with_one_id_are_refused() -> None:
    with pytest.raises(ValueError, match="same id"):
        Catalogs(BREAD, replace(PIZZA, id=BREAD.id))


def test_a_server_with_an_unknown_list_is_refused() -> None:
    with pytest.raises(ValueError, match="no catalog has the id soup"):
        Catalogs(BREAD, servers={1: "soup"})
