"""/privacy as a member uses it."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from bot.catalog import Catalog
from bot.client import create_bot
from bot.settings import Settings
from bot.store import Store
from bot.store.tables import metadata
from tests.marks import finished, pages
from tests.members.server import Seen, Server


async def live(server: Server) -> None:
    """Ada does everything that leaves a trace."""
    for resource in ("attention-is-all-you-need", "bert"):
        await server.manage("done", resource=resource)
    shown = await server.manage("progress")
    await server.ada.click(shown.message, label="Share my progress")
    await server.set_weekly()
    await server.pause()
    reminder = Seen(
        await server.ada.slash(server.channel, "remind", day="monday", time="18:30", timezone="Europe/Berlin")
    )
    assert reminder.private


async def everything(store: Store) -> str:
    """Every value of every table, as text."""
    found: list[str] = []
    for table in metadata.sorted_tables:
        rows = await store.read(lambda connection, table=table: connection.execute(select(table)).all())
        found += [str(value) for row in rows for value in row]
    return "\n".join(found)


async def test_a_new_member_has_nothing_kept(server: Server) -> None:
    seen = await server.ask("privacy")
    assert seen.private
    assert "Nothing at all." in seen.text
    assert "no name, no messages, no searches" in seen.text
    assert "Kept until" not in seen.text
    assert seen.labels == []


async def test_it_says_it_in_plain_words_with_the_numbers(server: Server) -> None:
    await live(server)
    seen = await server.manage("privacy")
    assert seen.private
    assert "**Done:** 2 resources, each with the time you marked it, the first on <t:" in seen.text
    assert "**Sharing:** on since <t:" in seen.text
    assert "**Reminder:** Mondays at 18:30 (Europe/Berlin)" in seen.text
    assert "you set one on 1 server;" in seen.text
    assert "**Pauses:** you paused 1 weekly prompt" in seen.text
    assert "Kept until you delete it." in seen.text
    assert seen.labels == ["Download", "Delete"]
    assert "Nothing at all" in (await server.ask("privacy")).text  # another member's is another member's


async def test_the_download_is_a_file_of_all_of_it(server: Server, store: Store) -> None:
    await live(server)
    await server.ask("done", resource="lora-explained")
    card = await server.manage("privacy")
    seen = Seen(await server.ada.click(card.message, label="Download"), pressed=card)
    assert seen.private
    (file,) = seen.message.attachments
    assert file.filename == "studybot-about-you.json"
    kept = json.loads(await file.read())
    assert kept == json.loads(json.dumps(await store.privacy.everything_of(server.ada.id)))
    assert [one["page"] for one in kept["finished"]] == [*pages("attention-is-all-you-need"), *pages("bert")]
    assert kept["reminder"]["time"] == "18:30"
    assert str(server.mia.id) not in json.dumps(kept)


async def test_delete_asks_first_and_then_leaves_nothing(server: Server, store: Store) -> None:
    await live(server)
    await server.ask("done", resource="bert")
    membership = server.env.bot.membership  # type: ignore[attr-defined]
    assert str(server.ada.id) in await everything(store)
    assert membership.knows(server.ada.id)
    card = await server.manage("privacy")
    asked = Seen(await server.ada.click(card.message, label="Delete"), pressed=card)
    assert asked.private
    assert "Delete everything I store about you?" in asked.text
    assert "2 resources" in asked.text
    assert asked.labels == ["Delete everything", "Keep it"]
    assert str(server.ada.id) in await everything(store)

    gone = Seen(await server.ada.click(asked.message, label="Delete everything"), pressed=asked)
    assert "Everything was deleted." in gone.text
    assert "Nothing at all." in gone.text
    assert gone.labels == []
    assert str(server.ada.id) not in await everything(store)
    assert not membership.knows(server.ada.id)
    assert await finished(store, server.mia.id) == {"bert"}

    assert "Your progress: 0 of 23" in (await server.manage("progress")).text
    shown = await server.weekly()  # the server's prompt goes on, paused as it was
    assert "an admin paused it" in shown.text


async def test_keep_it_deletes_nothing(server: Server, store: Store) -> None:
    await server.ask("done", resource="bert")
    kept = await server.press(await server.press(await server.ask("privacy"), "Delete"), "Keep it")
    assert "Nothing was deleted." in kept.text
    assert kept.labels == ["Download", "Delete"]
    assert await finished(store, server.mia.id) == {"bert"}


async def test_its_buttons_work_after_a_restart(server: Server, store: Store, catalog: Catalog) -> None:
    await server.ask("done", resource="bert")
    asked = await server.press(await server.ask("privacy"), "Delete")
    await server.env.restart_bot(create_bot(Settings.model_construct(), catalog, store))
    await server.press(asked, "Delete everything")
    assert await finished(store, server.mia.id) == set()


async def test_in_direct_messages(server: Server) -> None:
    assert "What I store about you" in Seen(await server.mia.user.slash("privacy")).text


@pytest.mark.expects_errors
async def test_without_a_database_it_does_not_claim_to_have_deleted(server: Server, store: Store) -> None:
    await server.ask("done", resource="bert")
    asked = await server.press(await server.ask("privacy"), "Delete")
    await store.write(lambda connection: connection.exec_driver_sql("ALTER TABLE sharing RENAME TO away"))
    answer = await server.press(asked, "Delete everything")
    assert "cannot reach my database" in answer.text
    assert await finished(store, server.mia.id) == {"bert"}  # all of it or nothing
