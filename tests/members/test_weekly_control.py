"""Pausing, skipping, posting at once, and finding out what is wrong."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

import discord
import pytest

from bot.catalog import Catalog
from bot.client import create_bot
from bot.jobs import schedules
from bot.jobs.worker import Ticker
from bot.outcomes import Reason
from bot.schedule import Schedule
from bot.settings import Settings
from bot.store import Store
from tests.members.server import Seen, Server
from tests.members.test_weekly import MONDAY

WEEK = timedelta(weeks=1)


async def test_only_what_is_given_changes(server: Server) -> None:
    await server.set_weekly()
    seen = await server.manage("weekly set", time="18:30")
    assert "every Monday at 18:30 (Europe/Berlin)" in seen.text
    seen = await server.manage("weekly set", day="friday", timezone="new york")
    assert "every Friday at 18:30 (America/New_York)" in seen.text
    other = server.guild.create_text_channel("reading")
    assert other.mention in (await server.manage("weekly set", channel=other)).text


async def test_a_role_comes_and_goes(server: Server) -> None:
    role = server.guild.create_role("readers", mentionable=True)
    assert role.mention in (await server.set_weekly(role=role)).text
    assert role.mention in (await server.manage("weekly set", time="10:00")).text
    assert role.mention not in (await server.choose(role=())).text


async def test_the_post_opens_a_thread(server: Server, catalog: Catalog) -> None:
    await server.set_weekly(thread=True)
    await server.pass_time(MONDAY + timedelta(minutes=1))
    (thread,) = server.channel.threads
    assert thread.name == catalog.resources[0].title
    assert "but" not in (await server.manage("weekly history")).text


async def test_a_thread_that_fails_leaves_the_post_and_is_told(server: Server) -> None:
    await server.set_weekly(thread=True)
    server.env.inject_error("POST", "/channels/*/messages/*/threads", status=403, code=50013)
    await server.pass_time(MONDAY + timedelta(minutes=1))
    assert len(server.posts()) == 1
    assert "posted, but its thread could not be opened" in (await server.manage("weekly history")).text


@pytest.mark.parametrize(("order", "first"), [("shuffled", None), ("Learn how to use LLMs", 13), ("2", 13)])
async def test_another_order(server: Server, catalog: Catalog, order: str, first: int | None) -> None:
    await server.set_weekly(order=order)
    preview = await server.manage("weekly preview")
    assert "This week:" in preview.text
    if first is not None:
        assert catalog.resources[first].title.replace("'", "") in preview.text.replace("'", "")


async def test_a_start_in_any_words(server: Server) -> None:
    await server.set_weekly(start="kv cache explainer")
    assert "This week: KV Cache brief explainer" in (await server.manage("weekly preview")).text
    seen = await server.choose(start="sourdough @everyone")
    assert "There is no resource “sourdough" in seen.text
    assert "@everyone" not in seen.text
    assert "is no order" in (await server.choose(order="zzzz")).text


async def test_orders_and_starts_are_offered(server: Server, catalog: Catalog) -> None:
    orders = await server.ada.autocomplete(server.channel, "weekly options", "order", "")
    assert [one["value"] for one in orders][:3] == ["path", "shuffled", catalog.stages[0].id]
    starts = await server.ada.autocomplete(server.channel, "weekly options", "start", "kv")
    assert starts[0]["value"] == "kv-cache-explainer"


@pytest.mark.parametrize("command", ["pause", "resume", "skip", "now", "history", "doctor", "preview", "show"])
async def test_without_a_schedule_each_says_how_to_start(server: Server, command: str) -> None:
    assert "`/weekly set` starts one" in (await server.manage(f"weekly {command}")).text


async def test_pause_and_resume(server: Server) -> None:
    await server.set_weekly()
    assert "`/weekly resume` starts it again" in (await server.manage("weekly pause")).text
    await server.pass_time(MONDAY + timedelta(minutes=5))
    assert server.posts() == []
    assert f"<@{server.ada.id}> paused it" in (await server.manage("weekly show")).text
    assert discord.utils.format_dt(MONDAY + WEEK, "F") in (await server.manage("weekly resume")).text
    await server.pass_time(MONDAY + WEEK + timedelta(minutes=1))
    assert len(server.posts()) == 1


async def test_an_edit_leaves_a_pause_that_an_admin_wanted(server: Server) -> None:
    await server.set_weekly()
    await server.manage("weekly pause")
    seen = await server.manage("weekly set", time="10:00")
    assert "every Monday at 10:00" in seen.text
    assert "It is paused" in seen.text
    await server.pass_time(MONDAY + timedelta(hours=2))
    assert server.posts() == []
    await server.manage("weekly resume")
    await server.pass_time(MONDAY + WEEK + timedelta(hours=1, minutes=1))
    assert len(server.posts()) == 1


async def test_an_edit_leaves_the_day_on_which_a_pause_ends(server: Server) -> None:
    await server.set_weekly()
    await server.manage("weekly pause", until="2026-01-12")
    await server.manage("weekly set", time="10:00")
    await server.pass_time(MONDAY + timedelta(hours=2))
    assert server.posts() == []
    await server.pass_time(MONDAY + WEEK + timedelta(hours=1, minutes=1))
    assert len(server.posts()) == 1


async def test_an_edit_that_mends_what_failed_goes_on(server: Server) -> None:
    await server.set_weekly()
    server.env.inject_error("POST", "/channels/*/messages", status=403, code=50013)
    await server.pass_time(MONDAY + timedelta(minutes=1))
    assert "It is paused" in (await server.manage("weekly show")).text
    other = server.guild.create_text_channel("reading")
    assert "It is paused" not in (await server.manage("weekly set", channel=other)).text


async def test_a_pause_until_a_day_ends_by_itself(server: Server) -> None:
    await server.set_weekly()
    assert "by itself" in (await server.manage("weekly pause", until="2026-01-12")).text
    await server.pass_time(MONDAY + timedelta(minutes=5))
    assert server.posts() == []
    await server.pass_time(MONDAY + WEEK + timedelta(minutes=1))
    assert len(server.posts()) == 1


@pytest.mark.parametrize(("until", "said"), [("soon", "is not a day"), ("2020-01-01", "is in the past"), ("**", "no")])
async def test_a_pause_until_no_day(server: Server, until: str, said: str) -> None:
    await server.set_weekly()
    assert said in (await server.manage("weekly pause", until=until)).text
    assert "paused" not in (await server.manage("weekly show")).text


async def test_skip_leaves_out_one_week_and_no_resource(server: Server, catalog: Catalog) -> None:
    await server.set_weekly()
    assert discord.utils.format_dt(MONDAY + WEEK, "F") in (await server.manage("weekly skip")).text
    await server.pass_time(MONDAY + timedelta(minutes=5))
    assert server.posts() == []
    await server.pass_time(MONDAY + WEEK + timedelta(minutes=1))
    (post,) = server.posts()
    assert catalog.resources[0].title in post.content
    assert "an admin skipped it" in (await server.manage("weekly history")).text


async def test_now_posts_at_once_and_the_rhythm_stays(server: Server, catalog: Catalog) -> None:
    await server.set_weekly()
    seen = await server.manage("weekly now")
    (post,) = server.posts()
    assert f"/{server.channel.id}/{post.id}" in seen.text
    assert discord.utils.format_dt(MONDAY, "F") in seen.text
    await server.pass_time(MONDAY + timedelta(minutes=1))
    assert catalog.resources[1].title in max(server.posts(), key=lambda one: one.id).content


async def test_now_in_a_closed_channel_says_why(server: Server) -> None:
    await server.set_weekly()
    server.env.inject_error("POST", "/channels/*/messages", status=403, code=50013)
    assert "That did not work: I am not allowed" in (await server.manage("weekly now")).text


async def test_history_has_links_and_lateness(server: Server, catalog: Catalog, store: Store) -> None:
    await server.set_weekly()
    server.env.backend.advance_clock((MONDAY - server.env.now()).total_seconds() + 3600)
    await server.env.restart_bot(create_bot(Settings.model_construct(), catalog, store))
    await server.env.settle()
    seen = await server.manage("weekly history")
    (post,) = server.posts()
    assert f"{server.guild.id}/{server.channel.id}/{post.id}" in seen.text
    assert catalog.resources[0].title in seen.text
    assert "60 minutes late" in seen.text


async def test_the_doctor_finds_nothing_wrong(server: Server) -> None:
    await server.set_weekly()
    seen = await server.manage("weekly doctor")
    assert "Everything is as it should be" in seen.text
    assert "Fix:" not in seen.text
    assert "I last checked for due prompts" in seen.text


async def test_the_doctor_names_what_is_wrong_and_how_to_fix_it(server: Server) -> None:
    role = server.guild.create_role("readers", mentionable=True)
    await server.set_weekly(role=role)
    server.env.backend.delete_channel(server.channel.id)
    server.env.backend.delete_role(server.guild.id, role.id)
    other = server.guild.create_text_channel("elsewhere")
    seen = Seen(await server.ada.slash(other, "weekly doctor"))
    assert "2 things to look at" in seen.text
    assert "The channel is gone: choose another with `/weekly set channel:`" in seen.text
    assert "The role is gone" in seen.text


async def test_the_doctor_names_no_dates_of_what_is_paused(server: Server) -> None:
    await server.set_weekly()
    await server.manage("weekly pause")
    seen = await server.manage("weekly doctor")
    assert "It is paused" in seen.text
    assert "The next dates" not in seen.text


async def test_a_role_that_is_gone_does_not_keep_the_prompt_back(server: Server) -> None:
    role = server.guild.create_role("readers", mentionable=True)
    await server.set_weekly(role=role)
    server.env.backend.delete_role(server.guild.id, role.id)
    await server.pass_time(MONDAY + timedelta(minutes=1))
    assert len(server.posts()) == 1


async def test_a_ticker_outlives_what_it_raises(caplog: pytest.LogCaptureFixture) -> None:

    raised = [RuntimeError("one"), RuntimeError("one"), KeyError("two"), None]

    async def look() -> None:
        if (error := raised.pop(0)) is not None:
            raise error

    ticker = Ticker(look, lambda: MONDAY)
    for failures in (1, 2, 3):
        await ticker.tick()
        assert ticker.failures == failures
        assert ticker.last_success is None
    assert caplog.text.count("A tick failed") == 2
    await ticker.tick()
    assert (ticker.failures, ticker.last_success) == (0, MONDAY)
    caplog.clear()


async def test_a_clock_that_is_set_back_stops_nothing(server: Server, catalog: Catalog, store: Store) -> None:
    back = [timedelta(0)]
    bot = create_bot(Settings.model_construct(), catalog, store, lambda: server.env.now() - back[0])
    await server.env.restart_bot(bot)
    await server.set_weekly()
    await server.pass_time(MONDAY + timedelta(minutes=1))
    back[0] = timedelta(hours=1)
    await server.env.advance_time(3 * 3600)
    assert len(server.posts()) == 1
    await server.pass_time(MONDAY + WEEK + timedelta(hours=1, minutes=1))
    assert len(server.posts()) == 2


async def test_a_server_that_removed_the_bot_while_it_was_offline_is_forgotten_after_30_days(
    server: Server, catalog: Catalog, store: Store
) -> None:
    gone = 999
    await store.write(
        schedules.put,
        guild_id=gone,
        catalog_id=catalog.id,
        channel_id=1,
        role_id=None,
        schedule=Schedule(0, time(9), "Europe/Berlin"),
        created_by=1,
        now=server.env.now(),
    )
    for days, there in ((1, True), (28, True), (3, False)):
        server.env.backend.advance_clock(days * 86400)
        await server.env.restart_bot(create_bot(Settings.model_construct(), catalog, store))
        await server.env.settle()
        weekly = await store.look_up(schedules.of_guild, gone)
        assert (weekly is not None) == there
        if weekly is not None:
            assert weekly.pause_reason is Reason.BOT_REMOVED


async def test_a_server_that_took_it_back_while_it_was_offline_goes_on_with_what_it_had(
    server: Server, catalog: Catalog, store: Store
) -> None:
    await server.set_weekly()
    await store.write(schedules.mark_left, server.guild.id, server.env.now() - timedelta(days=31))
    await server.env.restart_bot(create_bot(Settings.model_construct(), catalog, store))
    await server.env.settle()
    weekly = await store.look_up(schedules.of_guild, server.guild.id)
    assert weekly is not None
    assert weekly.paused_at is None
    await server.pass_time(MONDAY + timedelta(minutes=1))
    assert len(server.posts()) == 1


async def test_a_server_that_removes_the_bot_is_paused_at_once_and_forgotten_after_30_days(
    server: Server, store: Store
) -> None:
    await server.set_weekly()
    server.env.backend.remove_guild(server.guild.id)
    await server.env.settle()
    weekly = await store.look_up(schedules.of_guild, server.guild.id)
    assert weekly is not None
    assert weekly.pause_reason is Reason.BOT_REMOVED
    Server(server.env, "Another server")
    for days, there in ((29, True), (2, False)):
        server.env.backend.advance_clock(days * 86400)
        bot: Any = server.env.bot
        bot.delivery.wake()
        await server.env.advance_time(60)
        assert (await store.look_up(schedules.of_guild, server.guild.id) is not None) == there
