"""/weekly in one breath: set without options, a panel of everything else, questions before what cannot be undone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import discord
import pytest

from bot.catalog import Catalog, Stage
from bot.client import create_bot
from bot.settings import Settings
from bot.store import Store
from tests.members.server import Seen, Server
from tests.members.test_weekly import MONDAY
from tests.members.test_weekly_truth import SOON, WEEK, serve, small

ROLE = "Role to mention (none, if you choose none)"
EVENING = MONDAY + timedelta(hours=9)  # 18:00 in Berlin


async def by_ada(server: Server, seen: Seen, label: str) -> Seen:
    return Seen(await server.ada.click(seen.message, label=label), seen)


async def test_set_without_options_asks_for_the_zone_and_nothing_else(server: Server, catalog: Catalog) -> None:
    asked = await server.manage("weekly set")
    assert asked.private
    assert f"I will post in {server.channel.mention} every Monday at 18:00. In which time zone?" in asked.text
    assert "No weekly prompt" in (await server.manage("weekly show")).text
    seen = await server.manage_choice(asked, "Choose your time zone", "Europe/Berlin")
    assert "every Monday at 18:00 (Europe/Berlin)" in seen.text
    assert f"It follows the whole path. Next: **{catalog.resources[0].title}**." in seen.text
    assert f"**This week: {catalog.resources[0].title}**" in seen.text
    assert f"Monday, 5 January 2026, 18:00 · {discord.utils.format_dt(EVENING, 'F')}" in seen.text
    await server.pass_time(EVENING + SOON)
    assert len(server.posts()) == 1


async def test_another_zone_is_typed_and_a_wrong_one_may_be_typed_again(server: Server) -> None:
    asked = await server.manage("weekly set", day="friday")
    shown = await server.ada.click(asked.message, label="Another time zone")
    wrong = await server.ada.submit_modal(shown, {"zone": "Atlantis"})
    assert "is not a time zone" in Seen(wrong).text
    shown = await server.ada.click(asked.message, label="Another time zone")
    seen = Seen(await server.ada.submit_modal(shown, {"zone": "lisbon"}), asked)
    assert "every Friday at 18:00 (Europe/Lisbon)" in seen.text


async def test_the_question_outlives_a_restart(server: Server, store: Store, catalog: Catalog) -> None:
    asked = await server.manage("weekly set")
    await server.env.restart_bot(create_bot(Settings.model_construct(), catalog, store))
    seen = await server.manage_choice(asked, "Choose your time zone", "Asia/Tokyo")
    assert "(Asia/Tokyo)" in seen.text


async def test_once_set_the_zone_is_not_asked_for_again(server: Server) -> None:
    await server.set_weekly()
    assert "every Friday at 09:00 (Europe/Berlin)" in (await server.manage("weekly set", day="friday")).text


async def test_the_panel_changes_one_thing_at_a_time_and_shows_the_rest(server: Server, catalog: Catalog) -> None:
    role = server.guild.create_role("readers", mentionable=True)
    await server.set_weekly()
    panel = await server.manage("weekly options")
    assert panel.labels == ["Thread: off", "Pin: off", "Poll: off"]
    assert "It mentions nobody." in panel.text
    panel = await by_ada(server, panel, "Thread: off")
    assert panel.labels == ["Thread: on", "Pin: off", "Poll: off"]
    assert "Each post opens a thread." in panel.text
    panel = await server.manage_choice(panel, ROLE, role)
    assert f"It mentions {role.mention}." in panel.text
    panel = await server.manage_choice(panel, "Order of the prompts", catalog.stages[1].title)
    assert f"It follows “{catalog.stages[1].title}”. Next: **{catalog.stages[1].resources[0].title}**." in panel.text
    panel = await server.manage_choice(panel, "Resource to begin with", catalog.stages[1].resources[2].title)
    assert f"Next: **{catalog.stages[1].resources[2].title}**, where you chose to begin." in panel.text
    assert "Each post opens a thread." in panel.text
    panel = await server.manage_choice(panel, ROLE)
    assert "It mentions nobody." in panel.text


async def test_the_panel_of_a_schedule_that_is_gone(server: Server, store: Store) -> None:
    await server.set_weekly()
    panel = await server.manage("weekly options")
    await store.remove_schedule(server.guild.id)
    assert "No weekly prompt is set here" in (await by_ada(server, panel, "Poll: off")).text


async def test_a_toggle_that_the_bot_may_not_follow_is_refused(server: Server) -> None:
    me = server.guild.me
    assert me is not None
    role = next(role for role in server.guild.roles.values() if role.name == me.top_role.name)
    closed = server.guild.create_text_channel(
        "closed", overwrites={role: discord.PermissionOverwrite(create_public_threads=False)}
    )
    await server.set_weekly(channel=closed)
    panel = await server.manage("weekly options")
    seen = Seen(await server.ada.click(panel.message, label="Thread: off"))
    assert "I need Create Public Threads there" in seen.text
    assert "Thread: off" in (await server.manage("weekly options")).labels


async def test_a_list_of_thousands_still_has_a_panel(server: Server, store: Store) -> None:
    long = small(*(f"Resource {number}" for number in range(3000)))
    stages = tuple(Stage(f"s{n}", f"Stage {n}", resources=long.resources[n * 30 : n * 30 + 30]) for n in range(100))
    await serve(server, store, replace(long, stages=stages))
    await server.set_weekly(order="s77", start="r2320")
    panel = await server.manage("weekly options")
    assert "It follows “Stage 77”. Next: **Resource 2320**, where you chose to begin." in panel.text


async def test_nobody_else_presses_the_buttons_of_admins(server: Server, store: Store) -> None:
    """A card of the panel is private; its ids are not secret."""
    asked = await server.manage("weekly set")
    await server.set_weekly()
    panel, off = await server.manage("weekly options"), await server.manage("weekly off")
    skipped = await server.manage("weekly skip")
    again = await server.manage("weekly skip")
    channel = server.env.bot.get_channel(server.channel.id)
    assert isinstance(channel, discord.TextChannel)
    for pressed in (
        asked.custom_id("Another time zone"), panel.custom_id("Thread: off"), off.custom_id("Turn it off"),
        skipped.custom_id("Undo"), again.custom_id("Skip that one too"),
    ):  # fmt: skip
        view = discord.ui.View(timeout=None)
        view.add_item(discord.ui.Button(label="Press", custom_id=pressed))
        view.stop()
        post = await channel.send(view=view)
        seen = Seen(await server.mia.click(post, custom_id=pressed))
        assert "needs the permission Manage Server" in seen.text
    assert "every Monday" in (await server.manage("weekly show")).text


async def test_off_may_be_thought_better_of(server: Server) -> None:
    await server.set_weekly()
    seen = await by_ada(server, await server.manage("weekly off"), "Keep it")
    assert "stays on" in seen.text
    await server.pass_time(MONDAY + SOON)
    assert len(server.posts()) == 1


async def test_a_second_skip_asks_and_a_skip_is_undone(server: Server) -> None:
    await server.set_weekly()
    assert "The prompt of Monday, 5 January 2026 is skipped" in (await server.manage("weekly skip")).text
    again = await server.manage("weekly skip")
    assert "The prompt of Monday, 5 January 2026 is skipped already." in again.text
    assert "comes on Monday, 12 January 2026, 09:00" in again.text
    assert "Skipped: Monday, 5 January 2026." in (await server.manage("weekly show")).text
    seen = await by_ada(server, again, "Undo")
    assert "Not skipped any more" in seen.text
    assert discord.utils.format_dt(MONDAY, "F") in seen.text
    await server.pass_time(MONDAY + SOON)
    assert len(server.posts()) == 1


async def test_two_weeks_may_be_skipped_knowingly(server: Server) -> None:
    await server.set_weekly()
    await server.manage("weekly skip")
    seen = await by_ada(server, await server.manage("weekly skip"), "Skip that one too")
    assert "The prompt of Monday, 12 January 2026 is skipped" in seen.text
    await server.pass_time(MONDAY + WEEK + SOON)
    assert server.posts() == []
    await server.pass_time(MONDAY + 2 * WEEK + SOON)
    assert len(server.posts()) == 1


async def test_a_skip_whose_day_has_passed_stays(server: Server) -> None:
    await server.set_weekly()
    skipped = await server.manage("weekly skip")
    await server.pass_time(MONDAY + SOON)
    assert "too late to undo" in (await by_ada(server, skipped, "Undo")).text
    assert server.posts() == []


async def test_resume_of_what_is_not_paused_says_so(server: Server) -> None:
    await server.set_weekly()
    assert (await server.manage("weekly resume")).text.strip() == "The weekly prompt is not paused."


async def test_members_see_past_prompts_with_links(server: Server, catalog: Catalog) -> None:
    assert "no past prompts" in (await server.ask("weekly past")).text
    await server.set_weekly()
    await server.pass_time(MONDAY + SOON)
    (post,) = server.posts()
    seen = await server.ask("weekly past")
    assert seen.private
    assert f"Monday, 5 January 2026: **{catalog.resources[0].title}**" in seen.text
    assert f"/channels/{server.guild.id}/{server.channel.id}/{post.id}" in seen.text


async def test_now_mentions_the_role_once_in_ten_minutes(server: Server) -> None:
    role = server.guild.create_role("readers", mentionable=True)
    await server.set_weekly(role=role)
    assert "did not mention" not in (await server.manage("weekly now")).text
    assert role.mention in server.posts()[0].content
    await server.env.advance_time(5)
    again = await server.manage("weekly now")
    assert f"I did not mention {role.mention}: the last prompt came less than ten minutes ago." in again.text
    newest = max(server.posts(), key=lambda post: post.id)
    assert role.mention not in newest.content
    sent = [one.json for one in server.env.http_requests if one.method == "POST" and one.path.endswith("/messages")]
    assert not sent[-1]["allowed_mentions"].get("roles")
    await server.env.advance_time(601)
    await server.manage("weekly now")
    assert role.mention in max(server.posts(), key=lambda post: post.id).content


async def test_what_members_chose_is_said(server: Server, store: Store) -> None:
    await serve(server, store, small("First", "Second", "Third", "Fourth"))
    await server.set_weekly(poll=True)
    await server.pass_time(MONDAY + SOON)
    assert not any("You chose this" in post.content for post in server.posts())
    (poll,) = [one for one in server.posts() if one.poll is not None]
    await server.mia.vote(poll, answer=2)
    await server.pass_time(MONDAY + WEEK + SOON)
    newest = max((one for one in server.posts() if one.poll is None), key=lambda post: post.id)
    assert "**This week: Third**\nYou chose this in the poll." in newest.content


@pytest.mark.parametrize(
    ("added", "said"),
    [
        ({1: date(2026, 1, 7)}, "New on the list: Second."),
        ({number: date(2026, 1, 12) for number in range(1, 6)}, "New on the list: Second, Third, Fourth and 2 more."),
        ({1: date(2025, 12, 31), 2: date(2026, 2, 1)}, ""),
    ],
)
async def test_what_is_new_on_the_list_is_said(server: Server, store: Store, added: dict[int, date], said: str) -> None:
    made = small("First", "Second", "Third", "Fourth", "Fifth", "Sixth")
    resources = [replace(one, added=added.get(number)) for number, one in enumerate(made.resources)]
    await serve(server, store, replace(made, stages=(replace(made.stages[0], resources=tuple(resources)),)))
    await server.set_weekly()
    await server.pass_time(MONDAY + SOON)
    assert "New on the list" not in server.posts()[0].content
    await server.pass_time(MONDAY + WEEK + SOON)
    newest = max(server.posts(), key=lambda post: post.id).content
    assert said in newest
    assert ("New on the list" in newest) == bool(said)
