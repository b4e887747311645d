"""/weekly as admins use it, and the posts as everybody sees them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import discord
import pytest

from bot.catalog import Catalog
from bot.client import create_bot
from bot.settings import Settings
from bot.store import Store
from tests.members.server import Server

MONDAY = datetime(2026, 1, 5, 8, tzinfo=UTC)  # the first nine o'clock in Berlin after the simulation's start


async def test_set_answers_with_the_next_three_dates(server: Server) -> None:
    seen = await server.set_weekly()
    assert seen.private
    assert f"Mondays at 09:00 (Europe/Berlin) in {server.channel.mention}" in seen.text
    soon = discord.utils.format_dt(MONDAY, "R")
    assert f"- Monday 5 January · {soon}\n- Monday 12 January\n- Monday 19 January\n" in seen.text


async def _wake_at(server: Server, catalog: Catalog, store: Store, instant: datetime) -> None:
    """The bot, switched off until then, starts."""
    server.env.backend.advance_clock((instant - server.env.now()).total_seconds())
    await server.env.restart_bot(create_bot(Settings.model_construct(), catalog, store))
    await server.env.settle()


async def test_the_prompt_comes_at_its_time_with_all_it_needs(server: Server, catalog: Catalog) -> None:
    await server.set_weekly()
    await server.pass_time(MONDAY - timedelta(minutes=1))
    assert server.posts() == []
    await server.pass_time(MONDAY + timedelta(minutes=1))
    (post,) = server.posts()
    first, second = catalog.resources[:2]
    assert f"This week: {first.title}" in post.content
    assert "Step 1 of 23" in post.content
    assert first.prompts[0][:40] in post.content
    assert f"Next week: {second.title}" in post.content
    urls = [getattr(button, "url", None) for row in post.components for button in row.children]
    assert first.url in urls
    assert post.created_at - MONDAY <= timedelta(seconds=31)


async def test_week_after_week_the_path_goes_on(server: Server, catalog: Catalog) -> None:
    await server.set_weekly()
    for week in range(3):
        await server.pass_time(MONDAY + timedelta(weeks=week, minutes=1))
    titles = [post.content.split("\n")[0] for post in sorted(server.posts(), key=lambda post: post.id)]
    assert titles == [f"**This week: {one.title}**" for one in catalog.resources[:3]]


async def test_after_the_last_it_begins_again_and_says_so(server: Server, store: Store, catalog: Catalog) -> None:
    await server.set_weekly()
    for week in range(len(catalog) + 1):
        await _wake_at(server, catalog, store, MONDAY + timedelta(weeks=week, seconds=1))
    newest = max(server.posts(), key=lambda post: post.id)
    assert len(server.posts()) == len(catalog) + 1
    assert catalog.resources[0].title in newest.content
    assert "Starting over today" in newest.content
    assert catalog.resources[0].prompts[1 % len(catalog.resources[0].prompts)][:40] in newest.content


async def test_wall_clock_time_is_kept_when_the_clocks_change(server: Server, catalog: Catalog, store: Store) -> None:
    await server.set_weekly(day="sunday", time="18:30")
    berlin = ZoneInfo("Europe/Berlin")
    for day in (22, 29):
        await _wake_at(server, catalog, store, datetime(2026, 3, day, 18, 30, tzinfo=berlin) - timedelta(minutes=1))
        await server.env.advance_time(120)
    late = [post for post in server.posts() if "this is late" not in post.content]
    assert {post.created_at.astimezone(berlin).strftime("%H:%M") for post in late} == {"18:30"}
    assert {post.created_at.strftime("%H:%M") for post in late} == {"17:30", "16:30"}


async def test_the_chosen_role_is_mentioned_and_nobody_else(server: Server) -> None:
    role = server.guild.create_role("readers", mentionable=True)
    seen = await server.set_weekly(role=role)
    assert role.mention in seen.text
    await server.pass_time(MONDAY + timedelta(minutes=1))
    (post,) = server.posts()
    assert role.mention in post.content
    sent = next(one.json for one in server.env.http_requests if one.method == "POST" and one.path.endswith("/messages"))
    assert sent["allowed_mentions"]["roles"] == [role.id]
    assert not sent["allowed_mentions"].get("parse")
    assert len(sent["nonce"]) <= 25
    assert sent["enforce_nonce"] is True


async def test_a_role_that_cannot_be_notified_is_remarked(server: Server) -> None:
    role = server.guild.create_role("readers")
    server.env.backend.get_guild(server.guild.id)
    muted = server.guild.create_text_channel(
        "quiet", overwrites={_bot_member(server): discord.PermissionOverwrite(mention_everyone=False)}
    )
    await server.set_weekly(channel=muted)
    assert "not notified" in (await server.choose(role=role)).text


async def test_everyone_is_refused(server: Server) -> None:
    await server.set_weekly()
    seen = await server.choose(role=server.guild.default_role)
    assert "I never ping @everyone" in seen.text.replace("\u200b", "")
    assert "@" not in (await server.weekly()).text


def _bot_member(server: Server) -> object:
    me = server.guild.me
    assert me is not None
    return next(role for role in server.guild.roles.values() if role.name == me.top_role.name)


@pytest.mark.parametrize("permission", ["view_channel", "send_messages", "read_message_history"])
async def test_a_channel_where_the_bot_cannot_post_is_refused_then_and_there(server: Server, permission: str) -> None:
    closed = server.guild.create_text_channel(
        "closed", overwrites={_bot_member(server): discord.PermissionOverwrite(**{permission: False})}
    )
    seen = await server.set_weekly(channel=closed)
    assert permission.replace("_", " ").title() in seen.text
    assert "Nothing was changed" in seen.text
    assert "Which time zone?" in (await server.weekly()).text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"time": "25:99"}, "“25:99” isn't a time. Write it like 18:30 or 9am"),
        ({"timezone": "Europe/Atlantis"}, "“Europe/Atlantis” is not a time zone"),
        ({"timezone": "belrin"}, "did you mean Europe/Berlin"),
        ({"timezone": "**x** @everyone"}, "is not a time zone"),
    ],
)
async def test_wrong_words_are_named(server: Server, wrong: dict[str, str], said: str) -> None:
    seen = await server.set_weekly(**wrong)
    assert seen.private
    assert said in seen.text
    assert "@everyone" not in seen.text
    assert "**x**" not in seen.text


@pytest.mark.parametrize(
    ("typed", "zone"), [("berlin", "Europe/Berlin"), ("new york", "America/New_York"), ("utc", "UTC")]
)
async def test_time_zones_are_offered_and_understood(server: Server, typed: str, zone: str) -> None:
    offered = await server.ada.autocomplete(server.channel, "weekly", "timezone", typed)
    assert offered[0]["value"] == zone
    assert f"({zone})" in (await server.set_weekly(timezone=typed)).text


async def test_preview_shows_the_next_post_to_the_admin_alone(server: Server, catalog: Catalog) -> None:
    await server.set_weekly()
    seen = await server.weekly("Preview")
    assert seen.private
    assert f"This week: {catalog.resources[0].title}" in seen.text
    assert server.posts() == []


async def test_the_panel_shows_what_is_to_come_and_the_history_what_was(server: Server, catalog: Catalog) -> None:
    await server.set_weekly()
    await server.pass_time(MONDAY + timedelta(minutes=1))
    panel = await server.weekly()
    assert "Monday 5 January" not in panel.text
    assert f"Next: **{catalog.resources[1].title}**\n- Monday 12 January · <t:" in panel.text
    assert (
        f"- Monday, 5 January 2026: {catalog.resources[0].title} · [show the post]"
        in (await server.weekly("History")).text
    )


async def test_off_ends_it(server: Server) -> None:
    await server.set_weekly()
    asked = await server.weekly("Off")
    assert "Turn the weekly prompt off?" in asked.text
    assert "Mondays at" in (await server.weekly()).text
    assert "is off" in (await server.manage_press(asked, "Turn off")).text
    await server.pass_time(MONDAY + timedelta(minutes=1))
    assert server.posts() == []
    assert "Which time zone?" in (await server.weekly()).text


async def test_a_change_in_the_same_week_does_not_post_twice(server: Server) -> None:
    await server.set_weekly()
    await server.pass_time(MONDAY + timedelta(minutes=1))
    seen = await server.set_weekly(day="friday")
    assert "- Friday 16 January" in seen.text
    await server.pass_time(MONDAY + timedelta(days=6))
    assert len(server.posts()) == 1


async def test_a_restart_neither_repeats_nor_loses(server: Server, catalog: Catalog, store: Store) -> None:
    await server.set_weekly()
    await server.pass_time(MONDAY + timedelta(minutes=1))
    await server.env.restart_bot(create_bot(Settings.model_construct(), catalog, store))
    await server.pass_time(MONDAY + timedelta(hours=1))
    assert len(server.posts()) == 1
    await server.pass_time(MONDAY + timedelta(weeks=1, minutes=1))
    assert len(server.posts()) == 2


async def test_a_prompt_that_was_due_while_offline_comes_late_once(
    server: Server, catalog: Catalog, store: Store
) -> None:
    await server.set_weekly()
    await _wake_at(server, catalog, store, MONDAY + timedelta(hours=1))
    (post,) = server.posts()
    assert "Sorry this is late" in post.content


async def test_an_outage_is_tried_again(server: Server) -> None:
    await server.set_weekly()
    server.env.inject_error("POST", "/channels/*/messages", status=503, times=2)
    await server.pass_time(MONDAY + timedelta(seconds=30))
    assert server.posts() == []
    await server.env.advance_time(300)
    assert len(server.posts()) == 1


async def test_a_forbidden_channel_pauses_and_the_admin_is_told(server: Server) -> None:
    await server.set_weekly()
    server.env.inject_error("POST", "/channels/*/messages", status=403, code=50013, message="Missing Permissions")
    await server.pass_time(MONDAY + timedelta(hours=3))
    assert server.posts() == []
    tried = [one.path for one in server.env.http_requests if one.method == "POST" and one.path.endswith("/messages")]
    assert tried.count(f"/channels/{server.channel.id}/messages") == 1
    (told,) = [message.content for message in server.ada.user.dm_channel.history()]
    assert "is paused: I don't have the permissions" in told
    assert "`/weekly`" in told
    seen = await server.weekly()
    assert "The weekly prompt paused itself: I don't have the permissions" in seen.text
    await server.set_weekly()
    await server.pass_time(MONDAY + timedelta(weeks=1, minutes=1))
    assert len(server.posts()) == 1


async def test_one_servers_failure_stays_its_own(server: Server) -> None:
    other = Server(server.env, "Another server")
    await server.set_weekly()
    await other.set_weekly()
    server.env.inject_error("POST", f"/channels/{server.channel.id}/messages", status=403, code=50001, times=None)
    await server.pass_time(MONDAY + timedelta(minutes=1))
    assert server.posts() == []
    assert len(other.posts()) == 1


async def test_members_do_not_see_the_command(server: Server) -> None:
    assert "weekly" not in server.mia.available_commands(server.channel)
    assert "weekly" in server.ada.available_commands(server.channel)


async def test_a_servers_own_settings_do_not_lift_the_check(server: Server) -> None:
    await server.set_weekly()
    (command,) = [one for one in await server.env.bot.tree.fetch_commands() if one.name == "weekly"]
    server.guild.set_command_permissions(command.id, {server.mia: True})
    seen = await server.ask("weekly", time="10:00")
    assert len(server.env.errors) == 1
    assert "You need *Manage Server*" in seen.text
    assert "Mondays at 09:00" in (await server.weekly()).text
