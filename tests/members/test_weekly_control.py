"""Pausing, skipping, posting at once, and finding out what is wrong."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

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
    seen = await server.manage("weekly", time="18:30")
    assert "Mondays at 18:30 (Europe/Berlin)" in seen.text
    seen = await server.manage("weekly", day="friday", timezone="new york")
    assert "Fridays at 18:30 (America/New_York)" in seen.text
    other = server.guild.create_text_channel("reading")
    assert other.mention in (await server.manage("weekly", channel=other)).text


async def test_a_role_comes_and_goes(server: Server) -> None:
    role = server.guild.create_role("readers", mentionable=True)
    assert role.mention in (await server.set_weekly(role=role)).text
    assert role.mention in (await server.manage("weekly", time="10:00")).text
    await server.choose(role=None)
    assert role.mention not in (await server.weekly()).text


async def test_the_post_opens_a_thread(server: Server, catalog: Catalog) -> None:
    await server.set_weekly(thread=True)
    await server.pass_time(MONDAY + timedelta(minutes=1))
    (thread,) = server.channel.threads
    assert thread.name == catalog.resources[0].title
    assert "thread" not in (await server.weekly("History")).text


async def test_a_thread_that_fails_leaves_the_post_and_is_told(server: Server) -> None:
    await server.set_weekly(thread=True)
    server.env.inject_error("POST", "/channels/*/messages/*/threads", status=403, code=50013)
    await server.pass_time(MONDAY + timedelta(minutes=1))
    assert len(server.posts()) == 1
    assert "its thread couldn't be opened" in (await server.weekly("History")).text


async def test_another_order(server: Server, catalog: Catalog) -> None:
    panel = await server.set_weekly(order=catalog.stages[1].title)
    assert f"Order: “{catalog.stages[1].title}”" in panel.text
    assert f"Next: **{catalog.stages[1].resources[0].title}**" in panel.text
    await server.choose(order="Order: shuffled")
    assert "Order: shuffled" in (await server.weekly()).text


async def test_a_start_in_any_words(server: Server) -> None:
    await server.set_weekly(start="kv cache explainer")
    assert "This week: KV Cache brief explainer" in (await server.weekly("Preview")).text
    seen = await server.manage("weekly", start="sourdough @everyone")
    assert "isn't in the order of the prompts" in seen.text
    assert "@everyone" not in seen.text


async def test_starts_are_offered(server: Server) -> None:
    starts = await server.ada.autocomplete(server.channel, "weekly", "start", "kv")
    assert starts[0]["value"] == "kv-cache-explainer"


@pytest.mark.parametrize("label", ["Options", "Preview", "Post now", "Skip", "History", "Off"])
async def test_a_panel_that_outlived_its_schedule_says_so(server: Server, store: Store, label: str) -> None:
    panel = await server.set_weekly()
    await store.write(schedules.remove, server.guild.id)
    assert "no weekly prompt here" in (await server.manage_press(panel, label)).text


async def test_pause_and_resume(server: Server) -> None:
    await server.set_weekly()
    assert f"**Paused** by <@{server.ada.id}>" in (await server.pause()).text
    await server.pass_time(MONDAY + timedelta(minutes=5))
    assert server.posts() == []
    panel = await server.weekly()
    assert f"**Paused** by <@{server.ada.id}>" in panel.text
    assert "January" not in panel.text, "no date is promised"
    assert "Skip" not in panel.labels
    assert "Resumed. Next: Monday 12 January." in (await server.manage_press(panel, "Resume")).text
    await server.pass_time(MONDAY + WEEK + timedelta(minutes=1))
    assert len(server.posts()) == 1


async def test_an_edit_leaves_a_pause_that_an_admin_wanted(server: Server) -> None:
    await server.set_weekly()
    await server.pause()
    seen = await server.manage("weekly", time="10:00")
    assert "Mondays at 10:00" in seen.text
    assert "**Paused** by" in seen.text
    await server.pass_time(MONDAY + timedelta(hours=2))
    assert server.posts() == []
    await server.weekly("Resume")
    await server.pass_time(MONDAY + WEEK + timedelta(hours=1, minutes=1))
    assert len(server.posts()) == 1


async def test_an_edit_leaves_the_day_on_which_a_pause_ends(server: Server) -> None:
    await server.set_weekly()
    await server.pause("2026-01-12")
    await server.manage("weekly", time="10:00")
    await server.pass_time(MONDAY + timedelta(hours=2))
    assert server.posts() == []
    await server.pass_time(MONDAY + WEEK + timedelta(hours=1, minutes=1))
    assert len(server.posts()) == 1


async def test_an_edit_that_mends_what_failed_goes_on(server: Server) -> None:
    await server.set_weekly()
    server.env.inject_error("POST", "/channels/*/messages", status=403, code=50013)
    await server.pass_time(MONDAY + timedelta(minutes=1))
    assert "paused itself" in (await server.weekly()).text
    other = server.guild.create_text_channel("reading")
    assert "paused itself" not in (await server.manage("weekly", channel=other)).text


async def test_a_pause_until_a_day_ends_by_itself(server: Server) -> None:
    await server.set_weekly()
    assert "Resumes on Monday, 12 January 2026." in (await server.pause("until 12 January")).text
    await server.pass_time(MONDAY + timedelta(minutes=5))
    assert server.posts() == []
    await server.pass_time(MONDAY + WEEK + timedelta(minutes=1))
    assert len(server.posts()) == 1


@pytest.mark.parametrize(
    ("until", "said"), [("soon", "isn't a day"), ("2020-01-01", "isn't within"), ("**", "isn't a day")]
)
async def test_a_pause_until_no_day(server: Server, until: str, said: str) -> None:
    await server.set_weekly()
    wrong = await server.pause(until)
    assert said in wrong.text
    assert "Paused" not in (await server.weekly()).text
    shown = await server.ada.click(wrong.message, label="Try again")
    assert shown.modal is not None
    (field,) = [one["component"] for one in shown.modal["components"] if one["component"]["custom_id"] == "until"]
    assert field["value"] == until


async def test_a_length_is_chosen(server: Server) -> None:
    seen = await server.submit(await server.set_weekly(), "Pause", span=["2 weeks"])
    assert "Resumes on Thursday, 15 January 2026." in seen.text


async def test_skip_leaves_out_one_week_and_no_resource(server: Server, catalog: Catalog) -> None:
    await server.set_weekly()
    assert "Next: Monday 12 January." in (await server.weekly("Skip")).text
    await server.pass_time(MONDAY + timedelta(minutes=5))
    assert server.posts() == []
    await server.pass_time(MONDAY + WEEK + timedelta(minutes=1))
    (post,) = server.posts()
    assert catalog.resources[0].title in post.content
    assert "an admin skipped it" in (await server.weekly("History")).text


async def test_now_posts_at_once_and_the_rhythm_stays(server: Server, catalog: Catalog) -> None:
    await server.set_weekly()
    seen = await server.weekly("Post now", "Post now")
    (post,) = server.posts()
    assert f"/{server.channel.id}/{post.id}" in seen.text
    assert "- Monday 5 January" in (await server.weekly()).text
    await server.pass_time(MONDAY + timedelta(minutes=1))
    assert catalog.resources[1].title in max(server.posts(), key=lambda one: one.id).content


async def test_now_in_a_closed_channel_says_why(server: Server) -> None:
    await server.set_weekly()
    server.env.inject_error("POST", "/channels/*/messages", status=403, code=50013)
    assert "That didn't work: I don't have the permissions" in (await server.weekly("Post now", "Post now")).text


async def test_history_has_links_and_lateness(server: Server, catalog: Catalog, store: Store) -> None:
    await server.set_weekly()
    server.env.backend.advance_clock((MONDAY - server.env.now()).total_seconds() + 3600)
    await server.env.restart_bot(create_bot(Settings.model_construct(), catalog, store))
    await server.env.settle()
    seen = await server.weekly("History")
    (post,) = server.posts()
    assert f"{server.guild.id}/{server.channel.id}/{post.id}" in seen.text
    assert catalog.resources[0].title in seen.text
    assert "60 minutes late" in seen.text


async def test_the_panel_is_silent_when_all_is_well(server: Server) -> None:
    assert "problem" not in (await server.set_weekly()).text


async def test_the_panel_names_what_is_wrong_and_how_to_fix_it(server: Server) -> None:
    role = server.guild.create_role("readers", mentionable=True)
    await server.set_weekly(role=role)
    server.env.backend.delete_channel(server.channel.id)
    server.env.backend.delete_role(server.guild.id, role.id)
    other = server.guild.create_text_channel("elsewhere")
    seen = Seen(await server.ada.slash(other, "weekly"))
    assert "**2 problems:**" in seen.text


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
    for _ in range(12):  # SimCord gives each step five seconds of its own
        await server.env.advance_time(900)
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
