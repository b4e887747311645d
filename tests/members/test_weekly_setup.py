"""/weekly in one breath: set without options, a panel of everything else, questions before what cannot be undone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import discord
import pytest

from bot.catalog import Catalog, Stage
from bot.client import create_bot
from bot.jobs import schedules
from bot.settings import Settings
from bot.store import Store
from tests.members.server import Seen, Server
from tests.members.test_weekly import MONDAY
from tests.members.test_weekly_truth import SOON, WEEK, serve, small

ROLE = "Role to mention (optional)"
EVENING = MONDAY + timedelta(hours=9)  # 18:00 in Berlin


async def by_ada(server: Server, seen: Seen, label: str) -> Seen:
    return Seen(await server.ada.click(seen.message, label=label), seen)


async def test_set_without_options_asks_for_the_zone_and_nothing_else(server: Server, catalog: Catalog) -> None:
    asked = await server.manage("weekly")
    assert asked.private
    assert f"in {server.channel.mention}, every Monday at 18:00." in asked.text
    assert "Which time zone?" in asked.text
    seen = await server.manage_choice(asked, "Choose your time zone", "Europe/Berlin")
    assert "Mondays at 18:00 (Europe/Berlin)" in seen.text
    assert f"Next: **{catalog.resources[0].title}**\n- Monday 5 January" in seen.text
    await server.pass_time(EVENING + SOON)
    assert len(server.posts()) == 1


async def test_another_zone_is_typed_and_a_wrong_one_may_be_typed_again(server: Server) -> None:
    asked = await server.manage("weekly", day="friday")
    typed = {"channel": [server.channel], "day": ["4"], "time": "18:00"}
    wrong = await server.submit(asked, "Another zone, day or channel", **typed, zone="Atlantis")
    assert "is not a time zone" in wrong.text
    seen = await server.submit(wrong, "Try again", **typed, zone="lisbon")
    assert "Fridays at 18:00 (Europe/Lisbon)" in seen.text


async def test_a_form_that_was_open_over_a_restart_is_answered(server: Server, store: Store, catalog: Catalog) -> None:
    panel = await server.set_weekly()
    shown = await server.ada.click(panel.message, label="Change")
    await server.env.restart_bot(create_bot(Settings.model_construct(), catalog, store))
    typed = {"channel": [server.channel], "day": ["2"], "time": "9:30 pm", "zone": "Berlin"}
    seen = Seen(await server.ada.submit_modal(shown, typed), panel)
    assert "Wednesdays at 21:30 (Europe/Berlin)" in seen.text


async def test_the_question_outlives_a_restart(server: Server, store: Store, catalog: Catalog) -> None:
    asked = await server.manage("weekly")
    await server.env.restart_bot(create_bot(Settings.model_construct(), catalog, store))
    seen = await server.manage_choice(asked, "Choose your time zone", "Asia/Tokyo")
    assert "(Asia/Tokyo)" in seen.text


async def test_once_set_the_zone_is_not_asked_for_again(server: Server) -> None:
    await server.set_weekly()
    assert "Fridays at 09:00 (Europe/Berlin)" in (await server.manage("weekly", day="friday")).text


async def test_the_panel_changes_one_thing_at_a_time_and_shows_the_rest(server: Server, catalog: Catalog) -> None:
    role = server.guild.create_role("readers", mentionable=True)
    await server.set_weekly()
    panel = await server.weekly("Options")
    assert panel.labels == ["Thread: off", "Pin: off", "Poll: off", "Back"]
    panel = await by_ada(server, panel, "Thread: off")
    assert panel.labels == ["Thread: on", "Pin: off", "Poll: off", "Back"]
    panel = await server.manage_choice(panel, ROLE, role)
    panel = await server.manage_choice(panel, "Order of the prompts", catalog.stages[1].title)
    panel = await server.manage_choice(panel, "Start at…", catalog.stages[1].resources[2].title)
    seen = await by_ada(server, panel, "Back")
    assert f"Next: **{catalog.stages[1].resources[2].title}**" in seen.text
    settings = f"Order: “{catalog.stages[1].title}” · Mentions: {role.mention} · Thread: on · Pin, Poll: off"
    assert settings in seen.text
    await server.manage_choice(await server.weekly("Options"), ROLE)
    assert "Mentions: none" in (await server.weekly()).text


async def test_the_panel_of_a_schedule_that_is_gone(server: Server, store: Store) -> None:
    await server.set_weekly()
    panel = await server.weekly("Options")
    await store.write(schedules.remove, server.guild.id)
    assert "no weekly prompt here" in (await by_ada(server, panel, "Poll: off")).text


async def test_a_toggle_that_the_bot_may_not_follow_is_refused(server: Server) -> None:
    me = server.guild.me
    assert me is not None
    role = next(role for role in server.guild.roles.values() if role.name == me.top_role.name)
    closed = server.guild.create_text_channel(
        "closed", overwrites={role: discord.PermissionOverwrite(create_public_threads=False)}
    )
    await server.set_weekly(channel=closed)
    panel = await server.weekly("Options")
    seen = Seen(await server.ada.click(panel.message, label="Thread: off"))
    assert "Allow me there: Create Public Threads" in seen.text
    assert "Thread: off" in (await server.weekly("Options")).labels


async def test_a_list_of_thousands_still_has_a_panel(server: Server, store: Store) -> None:
    long = small(*(f"Resource {number}" for number in range(3000)))
    stages = tuple(Stage(f"s{n}", f"Stage {n}", resources=long.resources[n * 30 : n * 30 + 30]) for n in range(100))
    await serve(server, store, replace(long, stages=stages))
    await server.set_weekly(start="r2320")
    options = await server.weekly("Options")
    assert "Resource 2320" in options.choices
    assert "Next: **Resource 2320**" in (await by_ada(server, options, "Back")).text


@pytest.mark.parametrize("group_id", ["path", "shuffled", "all"])
async def test_a_stage_may_have_any_id(server: Server, store: Store, group_id: str) -> None:
    listed = small("First", "Second")
    stages = (
        Stage("one", "One", resources=listed.resources[:1]),
        Stage(group_id, "Two", resources=listed.resources[1:]),
    )
    await serve(server, store, replace(listed, stages=stages))
    await server.set_weekly(order="Two")
    assert "Order: “Two”" in (await server.weekly()).text
    assert "Next: **Second**" in (await server.weekly()).text


async def test_nobody_else_presses_the_buttons_of_admins(server: Server, store: Store) -> None:
    """A card of the panel is private; its ids are not secret."""
    asked = await server.manage("weekly")
    await server.set_weekly()
    panel, off = await server.weekly("Options"), await server.weekly("Off")
    skipped = await server.weekly("Skip")
    again = await server.weekly("Skip")
    channel = server.env.bot.get_channel(server.channel.id)
    assert isinstance(channel, discord.TextChannel)
    for pressed in (
        asked.custom_id("Another zone, day or channel"), panel.custom_id("Thread: off"), off.custom_id("Turn off"),
        skipped.custom_id("Undo"), again.custom_id("Skip the next one too"),
    ):  # fmt: skip
        view = discord.ui.View(timeout=None)
        view.add_item(discord.ui.Button(label="Press", custom_id=pressed))
        view.stop()
        post = await channel.send(view=view)
        seen = Seen(await server.mia.click(post, custom_id=pressed))
        assert "You need *Manage Server*" in seen.text
    assert "Mondays at" in (await server.weekly()).text


async def test_off_may_be_thought_better_of(server: Server) -> None:
    await server.set_weekly()
    seen = await by_ada(server, await server.weekly("Off"), "Back")
    assert "Mondays at 09:00" in seen.text
    await server.pass_time(MONDAY + SOON)
    assert len(server.posts()) == 1


async def test_a_skip_is_undone(server: Server) -> None:
    await server.set_weekly()
    skipped = await server.weekly("Skip")
    assert "The prompt for Monday 5 January is skipped" in skipped.text
    assert "- Monday 5 January · skipped\n- Monday 12 January · <t:" in (await server.weekly()).text
    seen = await by_ada(server, skipped, "Undo")
    assert "Skip undone. Next: Monday 5 January." in seen.text
    await server.pass_time(MONDAY + SOON)
    assert len(server.posts()) == 1


async def test_two_weeks_may_be_skipped_knowingly(server: Server) -> None:
    await server.set_weekly()
    first = await server.weekly("Skip")
    seen = await by_ada(server, first, "Skip the next one too")
    assert "The prompt for Monday 12 January is skipped" in seen.text
    await server.pass_time(MONDAY + WEEK + SOON)
    assert server.posts() == []
    await server.pass_time(MONDAY + 2 * WEEK + SOON)
    assert len(server.posts()) == 1


async def test_a_skip_whose_day_has_passed_stays(server: Server) -> None:
    await server.set_weekly()
    skipped = await server.weekly("Skip")
    await server.pass_time(MONDAY + SOON)
    assert "too late to undo" in (await by_ada(server, skipped, "Undo")).text
    assert server.posts() == []


async def test_of_two_skipped_weeks_the_first_is_undone_from_its_old_card(server: Server) -> None:
    await server.set_weekly()
    first = await server.weekly("Skip")
    await server.weekly("Skip")
    await by_ada(server, first, "Undo")
    dates = [line for line in (await server.weekly()).text.splitlines() if line.startswith("- ")]
    assert [line.split(" · ")[0] for line in dates] == [
        "- Monday 5 January", "- Monday 12 January", "- Monday 19 January", "- Monday 26 January",
    ]  # fmt: skip
    assert [line.endswith("skipped") for line in dates] == [False, True, False, False]
    assert "January" not in (await server.weekly("History")).text


async def test_two_admins_who_skip_at_once_skip_one_week(server: Server) -> None:
    panel = await server.set_weekly()
    other = await server.weekly()
    await by_ada(server, panel, "Skip")
    assert "has changed since" in (await by_ada(server, other, "Skip")).text
    assert "- Monday 12 January · <t:" in (await server.weekly()).text


async def test_resume_checks_before_it_promises_a_date(server: Server) -> None:
    other = server.guild.create_text_channel("reading")
    await server.set_weekly(channel=other)
    await server.pause()
    server.env.backend.delete_channel(other.id)
    seen = await server.weekly("Resume")
    assert "Not resumed yet:" in seen.text
    assert "**Paused**" in (await server.weekly()).text


async def test_another_resource_is_put_first_and_a_sentence_is_added(server: Server, catalog: Catalog) -> None:
    first, second, third = catalog.resources[:3]
    await server.set_weekly()
    preview = await server.weekly("Preview")
    assert preview.choices == [one.title for one in catalog.resources[:5]]
    preview = await server.manage_choice(preview, "Post another one first", third.title)
    assert f"This week: {third.title}" in preview.text
    preview = await server.submit(preview, "Add a sentence", note="Call on Friday, @everyone!")
    assert "Call on Friday" in preview.text
    await server.pass_time(MONDAY + SOON)
    (post,) = server.posts()
    assert f"This week: {third.title}" in post.content
    assert "Call on Friday" in post.content
    assert f"Next: **{first.title}**" in (await server.weekly()).text
    await server.pass_time(MONDAY + WEEK + SOON)
    newest = max(server.posts(), key=lambda one: one.id)
    assert f"This week: {first.title}" in newest.content
    assert "Call on Friday" not in newest.content
    assert f"Next: **{second.title}**" in (await server.weekly()).text


async def test_members_see_past_prompts_with_links(server: Server, catalog: Catalog) -> None:
    assert "No prompts so far" in (await server.ask("past")).text
    await server.set_weekly()
    await server.pass_time(MONDAY + SOON)
    (post,) = server.posts()
    seen = await server.ask("past")
    assert seen.private
    assert f"Monday, 5 January 2026: **{catalog.resources[0].title}**" in seen.text
    assert f"/channels/{server.guild.id}/{server.channel.id}/{post.id}" in seen.text


async def test_who_may_not_view_the_channel_sees_no_past_prompts_of_it(server: Server) -> None:
    closed = server.guild.create_text_channel(
        "organizers", overwrites={server.mia: discord.PermissionOverwrite(view_channel=False)}
    )
    await server.set_weekly(channel=closed)
    await server.pass_time(MONDAY + SOON)
    assert "5 January" in (await server.manage("past")).text
    assert "No prompts so far" in (await server.ask("past")).text


async def test_now_mentions_the_role_once_in_ten_minutes(server: Server) -> None:
    role = server.guild.create_role("readers", mentionable=True)
    await server.set_weekly(role=role)
    assert "didn't mention" not in (await server.weekly("Post now", "Post now")).text
    assert role.mention in server.posts()[0].content
    await server.env.advance_time(5)
    again = await server.weekly("Post now", "Post now")
    assert f"I didn't mention {role.mention}: the last post is less than ten minutes old." in again.text
    newest = max(server.posts(), key=lambda post: post.id)
    assert role.mention not in newest.content
    sent = [one.json for one in server.env.http_requests if one.method == "POST" and one.path.endswith("/messages")]
    assert not sent[-1]["allowed_mentions"].get("roles")
    await server.env.advance_time(601)
    await server.weekly("Post now", "Post now")
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
