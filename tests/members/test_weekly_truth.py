"""What /weekly tells is true: of a prompt that waits, of one that was lost, of what comes next."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.catalog import Catalog, Resource, Stage, Track
from bot.catalogs import Catalogs
from bot.client import create_bot
from bot.settings import Settings
from bot.store import Store
from tests.members.server import Seen, Server
from tests.members.test_weekly import MONDAY

WEEK = timedelta(weeks=1)
SOON = timedelta(minutes=1)


def outage(server: Server, times: int | None = None) -> None:
    path = f"/channels/{server.channel.id}/messages"
    server.env.inject_error("POST", path, status=503, times=times)


async def serve(server: Server, store: Store, *catalogs: Catalog, servers: dict[int, str] | None = None) -> None:
    """The bot starts anew with other lists."""
    await server.env.restart_bot(create_bot(Settings.model_construct(), Catalogs(*catalogs, servers=servers), store))
    await server.env.settle()


def small(*titles: str, prefix: str = "r", **given: Any) -> Catalog:
    resources = tuple(
        Resource(id=f"{prefix}{number}", title=title, url=f"https://example.org/{prefix}/{number}")
        for number, title in enumerate(titles)
    )
    return Catalog("A small list", stages=(Stage("all", "All of it", resources=resources),), **given)


async def test_during_an_outage_doctor_history_and_show_tell_of_the_waiting_prompt(server: Server) -> None:
    await server.set_weekly()
    outage(server)
    await server.pass_time(MONDAY + timedelta(minutes=3))
    assert "waits: I couldn't reach Discord; next try <t:" in (await server.weekly("History")).text
    panel = (await server.weekly()).text
    assert "problem" in panel
    assert "- Monday 12 January" in panel
    assert "- Monday 5 January" not in panel
    assert server.posts() == []


async def test_a_lost_week_is_told_to_who_set_it_and_stays_in_the_doctors_mind(
    server: Server, store: Store, catalog: Catalog
) -> None:
    await server.set_weekly()
    server.env.backend.advance_clock((MONDAY - server.env.now()).total_seconds() + 13 * 3600)
    await serve(server, store, catalog)
    (told,) = [message.content for message in server.ada.user.dm_channel.history()]
    assert "The weekly prompt for Monday, 5 January 2026 in <#" in told
    assert "wasn't posted: I was offline at that time" in told
    assert "problem" in (await server.weekly()).text
    await server.pass_time(MONDAY + WEEK + SOON)
    assert len(list(server.ada.user.dm_channel.history())) == 1
    assert len(server.posts()) == 1


async def test_skip_names_the_prompt_that_waits_and_leaves_that_one_out(server: Server) -> None:
    await server.set_weekly()
    outage(server, times=1)
    await server.pass_time(MONDAY + timedelta(seconds=20))
    assert "The prompt for Monday 5 January is skipped" in (await server.weekly("Skip")).text
    await server.pass_time(MONDAY + timedelta(hours=1))
    assert server.posts() == []
    assert "an admin skipped it" in (await server.weekly("History")).text
    await server.pass_time(MONDAY + WEEK + SOON)
    assert len(server.posts()) == 1


async def test_weeks_into_a_pause_the_history_says_paused(server: Server) -> None:
    await server.set_weekly()
    outage(server)
    await server.pass_time(MONDAY + SOON)
    await server.pause()
    await server.pass_time(MONDAY + 3 * WEEK)
    history = (await server.weekly("History")).text
    assert "not posted: the weekly prompt was paused" in history
    assert "being posted" not in history


async def test_after_an_edit_of_a_waiting_prompt_the_history_says_what_became_of_it(server: Server) -> None:
    await server.set_weekly()
    outage(server, times=2)
    await server.pass_time(MONDAY + SOON)
    seen = await server.set_weekly(day="thursday")
    assert "- Thursday 15 January" in seen.text
    await server.env.advance_time(600)
    assert len(server.posts()) == 1
    history = (await server.weekly("History")).text
    assert history.count("show the post") == 1
    assert "not posted" not in history


async def test_now_during_an_outage_says_that_it_goes_on_trying(server: Server) -> None:
    await server.set_weekly()
    outage(server, times=1)
    seen = await server.weekly("Post now", "Post now")
    assert "Not posted yet: I couldn't reach Discord. I'll keep trying for five minutes" in seen.text
    await server.env.advance_time(90)
    assert len(server.posts()) == 1


async def test_an_empty_track_is_not_offered_and_a_start_outside_the_order_is_refused(
    server: Server, catalog: Catalog
) -> None:
    empty = next(track for track in catalog.tracks if not track.resources)
    await server.set_weekly(order=catalog.stages[1].title)
    assert empty.title not in (await server.weekly("Options")).choices
    seen = await server.manage("weekly", start=catalog.resources[0].id)
    assert "isn't in the order of the prompts" in seen.text
    assert f"Next: **{catalog.stages[1].resources[0].title}**" in (await server.weekly()).text


async def test_a_track_that_became_empty_is_told_and_nothing_else_is_posted(server: Server, store: Store) -> None:
    full = small("One", tracks=(Track("later", "Later", resources=small("Two", prefix="t").resources),))
    await serve(server, store, full)
    await server.set_weekly(order="Later")
    await serve(server, store, replace(full, tracks=(Track("later", "Later"),)))
    assert "Nothing to post: the stage or track that it follows has no resources." in (await server.weekly()).text
    await server.pass_time(MONDAY + SOON)
    assert server.posts() == []
    (told,) = [message.content for message in server.ada.user.dm_channel.history()]
    assert "the stage or track that it follows has no resources" in told


async def test_a_pause_until_a_day_names_that_day_in_the_schedules_own_zone(server: Server) -> None:
    await server.set_weekly(timezone="Pacific/Auckland")
    seen = await server.pause("2026-01-12")
    assert "Resumes on Monday, 12 January 2026." in seen.text
    assert "Resumes on Monday, 12 January 2026." in (await server.weekly()).text


async def test_votes_for_titles_that_begin_alike_are_not_confused(server: Server, store: Store) -> None:
    alike = "A title that is so long that nobody can read all of it in a poll, part "
    await serve(server, store, small("First", f"{alike}one", f"{alike}two", "Last"))
    await server.set_weekly(poll=True)
    await server.pass_time(MONDAY + SOON)
    (poll,) = [one for one in server.posts() if one.poll is not None]
    await server.mia.vote(poll, answer=2)
    assert f"{alike}two" in (await server.weekly("Preview")).text


async def test_equal_titles_in_a_poll_have_their_stage_or_step_beside_them(server: Server, store: Store) -> None:
    intro, long = "Introduction", "A title that is as long as no answer of a poll may be, and then some"
    await serve(server, store, small("First", intro, long, intro, long))
    await server.set_weekly(poll=True)
    await server.pass_time(MONDAY + SOON)
    (poll,) = [one for one in server.posts() if one.poll is not None]
    assert poll.poll is not None
    assert [one.text for one in poll.poll.answers] == [
        "Introduction · step 2", "A title that is as long as no answer of a pol… · step 3",
        "Introduction · step 4", "A title that is as long as no answer of a pol… · step 5",
    ]  # fmt: skip
    await server.mia.vote(poll, answer=3)
    await server.pass_time(MONDAY + WEEK + SOON)
    assert any("Step 4 of 5" in post.content for post in server.posts())


async def test_history_says_what_discord_said_harmless_and_cut(server: Server) -> None:
    await server.set_weekly(pin=True)
    path = f"/channels/{server.channel.id}/messages"
    odd = "Blocked by @everyone https://evil.example/x **now** " + "x" * 300
    server.env.inject_error("POST", path, status=400, code=200000, message=odd, times=3)
    full = "Maximum number of pins reached (250)"
    server.env.inject_error("PUT", f"{path}/pins/*", status=400, code=30003, message=full, times=None)
    await server.pass_time(MONDAY)
    await server.env.advance_time(240)
    history = (await server.weekly("History")).text
    assert "not posted: AutoMod blocked it (Discord says: “Blocked by @\u200beveryone" in history
    assert not [one for one in ("@everyone", "evil.example", "**now", "x" * 150) if one in history]
    await server.pass_time(MONDAY + WEEK + SOON)
    assert (
        "it couldn't be pinned: the channel has as many pinned posts as Discord allows (Discord says: “Maximum"
        in (await server.weekly("History")).text
    )


async def test_the_longest_history_fits_a_card(server: Server, store: Store) -> None:
    await serve(server, store, small(*(f"{'_*' * 120} {number}" for number in range(12))))
    await server.set_weekly(thread=True, pin=True, poll=True)
    path, odd = f"/channels/{server.channel.id}/messages", "*_" * 300
    server.env.inject_error("PUT", f"{path}/pins/*", status=400, code=30003, message=odd, times=None)
    server.env.inject_error("POST", f"{path}/*/threads", status=400, code=160006, message=odd, times=None)
    for week in range(6):
        await server.pass_time(MONDAY + week * WEEK + SOON)
        await server.env.advance_time(200)
    history = (await server.weekly("History")).text
    assert 3 <= history.count("\n- Monday") <= 6
    assert "Monday, 9 February 2026" in history
    assert len(history) <= 4000


async def test_the_longest_ids_fit_a_button(server: Server, store: Store) -> None:
    resource = Resource(id="r" * 64, title="Long", url="https://example.org/long")
    catalog = Catalog("Long", id="c" * 24, stages=(Stage("all", "All", resources=(resource,)),))
    await serve(server, store, catalog)
    await server.set_weekly()
    await server.pass_time(MONDAY + SOON)
    (post,) = server.posts()
    (custom_id,) = [one.custom_id for row in post.components for one in row.children if "Done" in str(one.label)]  # type: ignore[union-attr]
    assert len(str(custom_id)) <= 100
    assert "Marked done" in Seen(await server.mia.click(post, label="Done · 0")).text


async def test_two_servers_are_prompted_from_their_own_lists(server: Server, store: Store) -> None:
    other = Server(server.env, "Another server")
    first, second = small("Ours"), small("Theirs", prefix="s", id="theirs")
    await serve(server, store, first, second, servers={other.guild.id: "theirs"})
    await server.set_weekly()
    await other.set_weekly()
    await server.pass_time(MONDAY + SOON)
    assert ["Ours" in post.content for post in server.posts()] == [True]
    assert ["Theirs" in post.content for post in other.posts()] == [True]
