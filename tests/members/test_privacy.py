"""/privacy as a member uses it."""

from __future__ import annotations

import json
from datetime import timedelta

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
    await server.manage("progress", share="open")
    await server.set_weekly()
    await server.manage("weekly pause")
    reminder = Seen(
        await server.ada.slash(server.channel, "remind weekly", day="monday", time="18:30", timezone="Europe/Berlin")
    )
    assert reminder.private


async def everything(store: Store) -> str:
    """Every value of every table, as text."""
    found: list[str] = []
    for table in metadata.sorted_tables:
        rows = await store.read(lambda connection, table=table: connection.execute(select(table)).all())
        found += [str(value) for row in rows for value in row]
    return "\n".join(found)


async def test_somebody_new_has_nothing_kept(server: Server) -> None:
    seen = await server.ask("privacy show")
    assert seen.private
    assert "Nothing at all." in seen.text
    assert "I keep no name, no message, nothing you searched for" in seen.text
    assert "nothing to delete" in (await server.ask("privacy delete")).text


async def test_show_says_it_in_plain_words_with_the_numbers(server: Server) -> None:
    await live(server)
    seen = await server.manage("privacy show")
    assert seen.private
    assert "**Done:** 2 resources, each with the moment you marked it, the first on <t:" in seen.text
    assert "**Sharing:** others can see your progress, since <t:" in seen.text
    assert "**Reminder:** Monday at 18:30 (Europe/Berlin)" in seen.text
    assert "you set that of 1 server." in seen.text
    assert "1 pause of a weekly prompt" in seen.text
    assert "/privacy export" in seen.text
    assert "Nothing at all" in (await server.ask("privacy show")).text  # somebody else's is somebody else's


async def test_export_is_a_file_of_all_of_it(server: Server, store: Store) -> None:
    await live(server)
    await server.ask("done", resource="lora-explained")
    seen = await server.manage("privacy export")
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
    asked = await server.manage("privacy delete")
    assert asked.private
    assert "Delete everything that I keep about you?" in asked.text
    assert "2 resources" in asked.text
    assert asked.labels == ["Delete everything", "Keep it"]
    assert str(server.ada.id) in await everything(store)

    gone = Seen(await server.ada.click(asked.message, label="Delete everything"), pressed=asked)
    assert "I keep nothing about you any more" in gone.text
    assert gone.labels == []
    assert str(server.ada.id) not in await everything(store)
    assert not membership.knows(server.ada.id)
    assert await finished(store, server.mia.id) == {"bert"}

    assert "Your progress: 0 of 23" in (await server.manage("progress")).text
    shown = await server.manage("weekly show")  # the server's prompt goes on, paused as it was
    assert "an admin paused it" in shown.text


async def test_keep_it_deletes_nothing(server: Server, store: Store) -> None:
    await server.ask("done", resource="bert")
    kept = await server.press(await server.ask("privacy delete"), "Keep it")
    assert "Nothing was deleted" in kept.text
    assert kept.labels == []
    assert await finished(store, server.mia.id) == {"bert"}


async def test_its_buttons_work_after_a_restart(server: Server, store: Store, catalog: Catalog) -> None:
    await server.ask("done", resource="bert")
    asked = await server.ask("privacy delete")
    await server.env.restart_bot(create_bot(Settings.model_construct(), catalog, store))
    await server.press(asked, "Delete everything")
    assert await finished(store, server.mia.id) == set()


async def test_in_direct_messages(server: Server) -> None:
    assert "What I keep about you" in Seen(await server.mia.user.slash("privacy show")).text


@pytest.mark.expects_errors
async def test_without_a_database_it_does_not_claim_to_have_deleted(server: Server, store: Store) -> None:
    await server.ask("done", resource="bert")
    asked = await server.ask("privacy delete")
    await store.write(lambda connection: connection.exec_driver_sql("ALTER TABLE sharing RENAME TO away"))
    answer = await server.press(asked, "Delete everything")
    assert "cannot reach my database" in answer.text
    assert await finished(store, server.mia.id) == {"bert"}  # all of it or nothing


async def test_who_does_not_want_to_be_counted_is_not(server: Server, store: Store) -> None:
    await server.manage("done", resource="bert")
    await server.ask("done", resource="bert")
    assert "2 people here have" in (await server.ask("progress", server=True)).text
    told = await server.manage("privacy counted", value=False)
    assert told.private
    assert "From now on I leave you out" in told.text
    assert "1 person here has" in (await server.ask("progress", server=True)).text
    assert "those of servers leave you out, since <t:" in (await server.manage("privacy show")).text
    assert json.loads(json.dumps(await store.privacy.everything_of(server.ada.id)))["uncounted_since"]
    assert "I count you" in (await server.manage("privacy counted", value=True)).text
    assert "2 people here have" in (await server.ask("progress", server=True)).text


YEAR = timedelta(days=366)


async def pass_a_year(server: Server) -> None:
    server.env.backend.advance_clock(YEAR.total_seconds())
    await server.env.advance_time(60)


async def test_who_left_a_year_ago_is_forgotten(server: Server, store: Store) -> None:
    ben = server.guild.add_member(server.env.create_user("ben", global_name="Ben"))
    for who in (ben, server.mia):
        await who.slash(server.channel, "done", resource="bert")
        await who.slash(server.channel, "progress", share="open")
        await who.slash(server.channel, "privacy counted", value=False)
    await server.manage("done", resource="bert")
    server.guild.remove_member(ben)
    await pass_a_year(server)
    assert str(ben.id) not in await everything(store)
    assert await finished(store, server.mia.id) == await finished(store, server.ada.id) == {"bert"}


async def test_the_day_of_the_last_use_is_kept_and_shown(server: Server, store: Store) -> None:
    await server.ask("done", resource="bert")
    server.env.backend.advance_clock(timedelta(days=1).total_seconds())
    await server.ask("next")
    await server.env.settle()
    assert (await store.privacy.everything_of(server.mia.id))["last_seen_on"] == "2026-01-02"
    assert "**Last seen:** <t:" in (await server.ask("privacy show")).text
