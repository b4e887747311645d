"""/remind as a member lives with it: set, delivered, skipped, closed, and over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import discord
import pytest

from bot.catalog import Catalog
from bot.client import create_bot
from bot.settings import Settings
from bot.store import Store
from tests.marks import mark
from tests.members.server import Seen, Server, filled_in

MONDAY = datetime(2026, 1, 5, 8, tzinfo=UTC)  # nine o'clock in Berlin
WEEK = timedelta(weeks=1)
SOON = timedelta(minutes=1)
TEST_MESSAGE = "Your weekly reminders will arrive here."


async def remind(server: Server, **options: Any) -> Seen:
    given = {"day": "monday", "time": "09:00", "timezone": "Europe/Berlin"} | options
    return await server.ask("remind", **given)


async def turn_off(server: Server) -> Seen:
    return await server.press(await server.ask("remind"), "Turn off")


def reminders(server: Server) -> list[discord.Message]:
    """What the bot sent Mia privately, the oldest first, without the test message."""
    messages = [one for one in server.mia.user.dm_channel.history() if one.author.bot and not one.flags.ephemeral]
    return sorted((one for one in messages if TEST_MESSAGE not in one.content), key=lambda one: one.id)


def close_messages(server: Server) -> None:
    server.env.inject_error("POST", f"/channels/{server.mia.user.dm_channel.id}/messages", status=403, code=50007)


async def test_the_first_answer_says_when_and_a_test_message_comes_at_once(server: Server) -> None:
    seen = await remind(server)
    assert seen.private
    assert "Mondays at 09:00 (Europe/Berlin)" in seen.text
    assert seen.labels == ["Change", "Skip weeks when I've finished something", "Turn off"]
    assert discord.utils.format_dt(MONDAY, "F") in seen.text
    (message,) = server.mia.user.dm_channel.history()
    assert TEST_MESSAGE in message.content


async def test_closed_messages_are_found_at_once_and_nothing_is_set(server: Server) -> None:
    await remind(server)
    await turn_off(server)
    close_messages(server)
    seen = await remind(server)
    assert "nothing was set" in seen.text
    assert "Privacy Settings" in seen.text
    assert (await server.ask("remind")).labels == ["Set a reminder"]


async def test_in_direct_messages_no_advice_is_about_this_server(server: Server) -> None:
    await remind(server)
    await turn_off(server)
    close_messages(server)
    seen = Seen(await server.mia.user.slash("remind", timezone="Berlin"))
    assert "nothing was set" in seen.text
    assert "this server" not in seen.text


async def test_the_card_asks_for_what_it_needs_and_then_shows_it(server: Server) -> None:
    asked = await server.ask("remind")
    assert asked.private
    assert asked.labels == ["Set a reminder"]
    shown = await server.fill_in(asked, "Set a reminder", zone="berlin")
    assert shown.message.id == asked.message.id
    assert "Mondays at 18:00 (Europe/Berlin)" in shown.text
    changed = await server.fill_in(shown, "Change", day=["4"], time="9am")
    assert "Fridays at 09:00 (Europe/Berlin)" in changed.text
    assert "Fridays at 09:00 (Europe/Berlin)" in (await server.ask("remind")).text


async def test_a_wrong_entry_opens_the_form_again_as_it_was_typed(server: Server) -> None:
    wrong = await server.fill_in(await server.ask("remind"), "Set a reminder", day=["2"], time="25 | 00", zone="berlin")
    assert "isn't a time" in wrong.text
    assert server.mia.user.dm_channel.history() == []
    opened = await server.mia.click(wrong.message, label="Try again")
    assert filled_in(opened) == {"day": ["2"], "time": "25 / 00", "zone": "berlin"}
    shown = await server.fill_in(wrong, "Try again", time="18:00")
    assert "Wednesdays at 18:00 (Europe/Berlin)" in shown.text


async def test_a_form_that_was_open_over_a_restart_is_answered(server: Server, catalog: Catalog, store: Store) -> None:
    asked = await server.ask("remind")
    opened = await server.mia.click(asked.message, label="Set a reminder")
    await server.env.restart_bot(create_bot(Settings.model_construct(), catalog, store))
    sent = await server.mia.submit_modal(opened, filled_in(opened) | {"zone": "Berlin"})
    assert "Mondays at 18:00 (Europe/Berlin)" in Seen(sent, pressed=asked).text


async def test_weeks_in_which_something_was_finished_are_skipped_by_a_button(server: Server, catalog: Catalog) -> None:
    skipping = await server.press(await remind(server), "Skip weeks when I've finished something")
    assert "I skip weeks when you've finished something." in skipping.text
    await server.ask("done", resource=catalog.resources[0].id)
    await server.pass_time(MONDAY + SOON)
    assert reminders(server) == []
    sending = await server.press(skipping, "Remind me every week")
    assert "I skip" not in sending.text
    await server.ask("done", resource=catalog.resources[1].id)
    await server.pass_time(MONDAY + WEEK + SOON)
    assert len(reminders(server)) == 1


async def test_it_comes_at_its_time_with_the_next_step(server: Server, catalog: Catalog) -> None:
    await remind(server)
    await server.ask("done", resource=catalog.resources[0].id)
    await server.pass_time(MONDAY - SOON)
    assert reminders(server) == []
    await server.pass_time(MONDAY + SOON)
    (reminder,) = reminders(server)
    assert catalog.resources[1].title in reminder.content
    assert "1 of 23" in reminder.content
    assert reminder.created_at - MONDAY <= timedelta(seconds=31)
    await server.pass_time(MONDAY + WEEK + SOON)
    assert len(reminders(server)) == 2


async def test_its_button_marks_the_step(server: Server, catalog: Catalog) -> None:
    await remind(server)
    await server.pass_time(MONDAY + SOON)
    seen = Seen(await server.mia.user.click(reminders(server)[0], label="Mark done"))
    assert "1 of 23" in seen.text
    await server.pass_time(MONDAY + WEEK + SOON)
    assert catalog.resources[1].title in reminders(server)[1].content


async def test_none_in_a_week_in_which_something_was_finished_if_they_like_it_so(
    server: Server, catalog: Catalog
) -> None:
    assert "I skip weeks when you've finished something." in (await remind(server, idle_only=True)).text
    await server.ask("done", resource=catalog.resources[0].id)
    await server.pass_time(MONDAY + SOON)
    assert reminders(server) == []
    await server.pass_time(MONDAY + WEEK + SOON)
    assert len(reminders(server)) == 1
    await server.ask("remind", idle_only=False)
    await server.ask("done", resource=catalog.resources[1].id)
    await server.pass_time(MONDAY + 2 * WEEK + SOON)
    assert len(reminders(server)) == 2


async def test_after_two_that_could_not_be_delivered_it_pauses_and_says_so_once(server: Server) -> None:
    await remind(server)
    for week in range(3):
        close_messages(server)
        await server.pass_time(MONDAY + week * WEEK + SOON)
    assert reminders(server) == []
    tries = [one for one in server.env.http_requests if one.path.endswith(f"{server.mia.user.dm_channel.id}/messages")]
    assert len(tries) == 3  # the test message and two reminders; the third week is not tried
    told = await server.ask("help")
    assert told.private
    assert "so two reminders failed" in told.text
    assert "two reminders" not in (await server.ask("help")).text
    shown = await server.ask("remind")
    assert "**Paused:** your DMs are closed to me" in shown.text
    assert shown.labels == ["Resume", "Change", "Turn off"]
    refused = await server.press(shown, "Resume")  # closed still
    assert "nothing was set" in refused.text
    assert "**Paused:**" not in (await server.press(refused, "Resume")).text


async def test_one_that_could_not_be_delivered_does_not_end_it(server: Server) -> None:
    await remind(server)
    close_messages(server)
    await server.pass_time(MONDAY + SOON)
    await server.pass_time(MONDAY + WEEK + SOON)
    assert len(reminders(server)) == 1
    await server.pass_time(MONDAY + 2 * WEEK + SOON)
    assert len(reminders(server)) == 2


async def test_setting_it_again_ends_the_pause(server: Server) -> None:
    await remind(server)
    for week in range(2):
        close_messages(server)
        await server.pass_time(MONDAY + week * WEEK + SOON)
    assert "Next:" in (await server.ask("remind", day="monday")).text
    await server.pass_time(MONDAY + 2 * WEEK + SOON)
    assert len(reminders(server)) == 1


async def test_the_last_one_is_a_warm_word(server: Server, catalog: Catalog, store: Store) -> None:
    await remind(server)
    for one in catalog:
        await mark(store, server.mia.id, one.id, server.env.now())
    await server.pass_time(MONDAY + SOON)
    (reminder,) = reminders(server)
    assert "You've finished the whole path" in reminder.content
    await server.pass_time(MONDAY + WEEK + SOON)
    assert len(reminders(server)) == 1
    assert "you've finished the whole path" in (await server.ask("remind")).text


async def test_offline_at_its_time_one_late_reminder_that_says_so(
    server: Server, catalog: Catalog, store: Store
) -> None:
    await remind(server)
    server.env.backend.advance_clock((MONDAY - server.env.now()).total_seconds() + 3600)
    await server.env.restart_bot(create_bot(Settings.model_construct(), catalog, store))
    await server.env.settle()
    (reminder,) = reminders(server)
    assert "Sorry this is late; it was due" in reminder.content


async def test_off_forgets_it(server: Server) -> None:
    await remind(server)
    shown = await server.ask("remind")
    assert "Your reminder is off." in (await server.press(shown, "Turn off")).text
    assert (await server.ask("remind")).labels == ["Set a reminder"]
    await server.pass_time(MONDAY + SOON)
    assert reminders(server) == []


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"day": "monday"}, "Which time zone?"),
        ({"day": "monday", "time": "25:00", "timezone": "Berlin"}, "isn't a time"),
        ({"day": "monday", "time": "9", "timezone": "Atlantis@everyone"}, "Atlantis"),
    ],
)
async def test_what_means_nothing_is_said_and_nothing_is_set(
    server: Server, options: dict[str, str], said: str
) -> None:
    seen = await server.ask("remind", **options)
    assert said in seen.text
    assert "@everyone" not in seen.text
    assert seen.labels == ["Try again"]
    assert server.mia.user.dm_channel.history() == []
    assert (await server.ask("remind")).labels == ["Set a reminder"]


async def test_zones_are_offered(server: Server) -> None:
    offered = await server.mia.autocomplete(server.channel, "remind", "timezone", "berl")
    assert offered[0]["value"] == "Europe/Berlin"


async def test_what_led_to_a_pause_is_over_once_it_is_set_again(server: Server) -> None:
    await remind(server)
    for week in range(2):
        close_messages(server)
        await server.pass_time(MONDAY + week * WEEK + SOON)
    await remind(server)
    close_messages(server)
    await server.pass_time(MONDAY + 2 * WEEK + SOON)
    assert "Paused" not in (await server.ask("remind")).text
    await server.pass_time(MONDAY + 3 * WEEK + SOON)
    assert len(reminders(server)) == 1


async def test_who_could_not_be_told_of_a_pause_is_told_the_next_time(server: Server) -> None:
    await remind(server)
    for week in range(2):
        close_messages(server)
        await server.pass_time(MONDAY + week * WEEK + SOON)
    server.env.inject_error("POST", "/webhooks/*/*", status=404, code=10015)
    await server.ask("help")
    assert "so two reminders failed" in (await server.ask("help")).text


async def test_discord_out_of_order_at_the_test_message_sets_nothing(server: Server) -> None:
    await remind(server)
    await turn_off(server)
    server.env.inject_error("POST", f"/channels/{server.mia.user.dm_channel.id}/messages", status=503)
    assert "Try again in a few minutes" in (await remind(server)).text
    assert (await server.ask("remind")).labels == ["Set a reminder"]
