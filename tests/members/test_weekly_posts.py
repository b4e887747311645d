"""A weekly post as members live with it: the Done button, the recap, the poll, the pin, forums and announcements."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import discord
import pytest

from bot.catalog import Catalog
from bot.client import create_bot
from bot.settings import Settings
from bot.store import Store
from bot.store.tables import jobs
from tests.members.raw import press_message
from tests.members.server import Seen, Server
from tests.members.test_weekly import MONDAY

WEEK = timedelta(weeks=1)
SOON = timedelta(minutes=1)


def labels(message: discord.Message) -> list[str]:
    return [str(button.label) for row in message.components for button in getattr(row, "children", ())]


async def posted(server: Server, **options: Any) -> discord.Message:
    await server.set_weekly(**options)
    await server.pass_time(MONDAY + SOON)
    return latest(server)


def latest(server: Server) -> discord.Message:
    return max((one for one in server.posts() if one.components), key=lambda one: one.id)


async def press(server: Server, who: Any, message: discord.Message, label: str) -> Seen:
    return Seen(await who.click(message, label=label))


async def test_done_counts_the_members_who_finished_it(server: Server) -> None:
    post = await posted(server)
    assert labels(post) == ["Open", "Done · 0", "Show the path"]
    seen = await press(server, server.mia, post, "Done · 0")
    assert seen.private
    assert "Marked done" in seen.text
    assert "1 of 23" in seen.text
    assert labels(latest(server))[1] == "Done · 1"
    await press(server, server.ada, latest(server), "Done · 1")
    assert labels(latest(server))[1] == "Done · 2"
    seen = await press(server, server.mia, latest(server), "Done · 2")
    assert "No longer marked" in seen.text
    assert labels(latest(server))[1] == "Done · 1"


async def test_a_mark_made_elsewhere_shows_nowhere(server: Server, catalog: Catalog) -> None:
    await posted(server)
    await server.ask("done", resource=catalog.resources[0].id)
    assert labels(latest(server))[1] == "Done · 0"


async def test_who_had_finished_it_before_counts_and_keeps_the_mark(server: Server, catalog: Catalog) -> None:
    await server.ask("done", resource=catalog.resources[0].id)
    await posted(server)
    seen = await press(server, server.mia, latest(server), "Done · 0")
    assert "Already marked done" in seen.text
    assert labels(latest(server))[1] == "Done · 1"


async def test_undo_on_the_answer_takes_the_press_back_too(server: Server) -> None:
    await posted(server)
    seen = await press(server, server.mia, latest(server), "Done · 0")
    await server.press(seen, "Undo")
    assert labels(latest(server))[1] == "Done · 0"


async def test_the_number_is_right_after_a_restart(server: Server, catalog: Catalog, store: Store) -> None:
    await posted(server)
    await press(server, server.mia, latest(server), "Done · 0")
    await server.env.restart_bot(create_bot(Settings.model_construct(), catalog, store))
    await server.env.settle()
    await press(server, server.ada, latest(server), "Done · 1")
    assert labels(latest(server))[1] == "Done · 2"


async def test_the_next_post_opens_with_what_became_of_the_last(server: Server, catalog: Catalog) -> None:
    await posted(server, thread=True)
    await press(server, server.mia, latest(server), "Done · 0")
    (thread,) = server.channel.threads
    for words in ("I liked it", "me too"):
        await server.mia.send(thread, words)
    preview = await server.weekly("Preview")
    await server.pass_time(MONDAY + WEEK + SOON)
    title = catalog.resources[0].title
    for text in (preview.text, latest(server).content):
        assert f"Last week: 1 of you finished {title}; 2 replies in the thread." in text


async def test_nothing_is_said_of_a_week_in_which_nothing_happened(server: Server) -> None:
    await posted(server, thread=True)
    await server.pass_time(MONDAY + WEEK + SOON)
    assert "Last week" not in latest(server).content


async def test_the_poll_comes_in_a_message_of_its_own_and_decides(server: Server, catalog: Catalog) -> None:
    post = await posted(server, poll=True)
    assert "you decide, in the poll below" in post.content
    (poll,) = [one for one in server.posts() if one.poll is not None]
    assert poll.poll is not None
    assert [answer.text[:20] for answer in poll.poll.answers] == [one.title[:20] for one in catalog.resources[1:5]]
    await server.mia.vote(poll, answer=3)
    assert catalog.resources[3].title in (await server.weekly("Preview")).text
    await server.pass_time(MONDAY + WEEK + SOON)
    assert catalog.resources[3].title in latest(server).content


async def test_the_newest_post_is_pinned_in_place_of_the_last(server: Server) -> None:
    await posted(server, pin=True)
    await server.pass_time(MONDAY + WEEK + SOON)
    pinned = [one.id for one in server.posts() if one.pinned]
    assert pinned == [latest(server).id]
    assert "but" not in (await server.weekly("History")).text


async def test_a_pin_and_a_poll_that_are_not_allowed_cost_the_post_nothing(server: Server) -> None:
    await server.set_weekly(pin=True, poll=True, thread=True)
    server.env.inject_error("PUT", "/channels/*/messages/pins/*", status=403, code=50013)
    await server.pass_time(MONDAY + SOON)
    assert len(server.channel.threads) == 1
    assert "it couldn't be pinned" in (await server.weekly("History")).text


@pytest.mark.parametrize("kind", ["news", "forum"])
async def test_other_kinds_of_channel(server: Server, catalog: Catalog, kind: str) -> None:
    channel = getattr(server.guild, f"create_{kind}_channel")(kind)
    seen = await server.set_weekly(channel=channel, thread=True, poll=True)
    assert "Thread, Poll: on" in seen.text
    await server.pass_time(MONDAY + SOON)
    (thread,) = channel.threads
    assert thread.name == catalog.resources[0].title
    history = (await server.weekly("History")).text
    assert "but" not in history
    assert str(thread.id) in history


async def test_many_marks_at_once_end_at_the_right_number(server: Server, catalog: Catalog) -> None:
    post = await posted(server)
    people = [server.guild.add_member(server.env.create_user(f"m{n}")) for n in range(12)]
    (custom_id,) = [one.custom_id for row in post.components for one in row.children if one.label == "Done · 0"]  # type: ignore[union-attr]
    results = [press_message(server, post.id, str(custom_id), one.id) for one in people]
    await server.env.settle()
    assert all(result.acknowledged for result in results)
    assert labels(latest(server))[1] == "Done · 12"
    edits = [one for one in server.env.http_requests if one.method == "PATCH" and one.path.endswith(str(post.id))]
    assert len(edits) < 12


@pytest.mark.parametrize("kind", ["text", "news", "forum"])
async def test_a_post_whose_record_was_lost_is_found_again(
    server: Server, catalog: Catalog, store: Store, kind: str
) -> None:
    """As if the process had been killed between the send and the record."""
    channel = getattr(server.guild, f"create_{kind}_channel")("weekly")
    await server.set_weekly(channel=channel)
    await server.pass_time(MONDAY + SOON)
    lost = {"state": "waiting", "owner": "killed", "lease_until": MONDAY + SOON, "message_id": None, "sent_at": None}
    await store.write(lambda connection: connection.execute(jobs.update().values(lost)))
    await server.env.restart_bot(create_bot(Settings.model_construct(), catalog, store))
    await server.pass_time(MONDAY + 3 * SOON)
    if kind == "forum":
        assert len(channel.threads) == 1
    else:
        assert len([one for one in channel.history() if one.author.bot]) == 1
    history = (await server.weekly("History")).text
    assert history.count("show the post") == 1


async def test_done_in_a_forum_counts_too(server: Server) -> None:
    channel = server.guild.create_forum_channel("weekly")
    await server.set_weekly(channel=channel)
    await server.pass_time(MONDAY + SOON)
    (thread,) = channel.threads
    (post,) = [one for one in thread.history() if one.components]
    await press(server, server.mia, post, "Done · 0")
    (post,) = [one for one in thread.history() if one.components]
    assert labels(post)[1] == "Done · 1"
