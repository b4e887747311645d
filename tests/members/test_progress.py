"""/progress as members use it: one's own, another's, and a server's."""

from __future__ import annotations

import asyncio
from typing import Any

import discord
import pytest

from bot.catalog import Catalog, Resource, Stage
from bot.client import create_bot
from bot.settings import Settings
from bot.store import Store
from tests.marks import mark, pages
from tests.members.server import Seen, Server


async def finish(store: Store, server: Server, who: Any, *slugs: str) -> None:
    for slug in slugs:
        await mark(store, who.id, slug, server.env.now())


def media(seen: Seen) -> list[dict[str, Any]]:
    (container,) = seen.message.components
    return [item for block in container["components"] if block["type"] == 12 for item in block["items"]]


async def test_ones_own_in_numbers_and_a_picture(server: Server, store: Store) -> None:
    await finish(store, server, server.mia, "attention-is-all-you-need", "bert", "lora-explained")
    seen = await server.ask("progress")
    assert seen.private
    assert "### Your progress: 3 of 23" in seen.text
    assert "Next: **Language Models are Few-Shot Learners**, step 3" in seen.text
    assert "Only you can see this" in seen.text
    (picture,) = media(seen)
    assert picture["description"].startswith("The path: 3 of 23 done. Understand the lay of the land: 2 of 13.")
    assert picture["description"].endswith("Next: step 3, Language Models are Few-Shot Learners.")
    (file,) = seen.message.attachments
    assert file.filename == "path.png"
    assert (await file.read()).startswith(b"\x89PNG")
    assert "What is next?" in seen.labels


async def test_at_the_beginning_and_at_the_end(server: Server, store: Store, catalog: Catalog) -> None:
    begun = await server.ask("progress")
    assert "### Your progress: 0 of 23" in begun.text
    assert "█" not in begun.text
    await finish(store, server, server.mia, *(one.id for one in catalog), "retired-long-ago")
    ended = await server.ask("progress")
    assert "23 of 23" in ended.text
    assert "The whole path is done. Well done!" in ended.text
    assert "░" not in ended.text
    assert ended.labels == ["Post it here", "Let others look"]


async def test_its_button_leads_on(server: Server) -> None:
    onward = await server.press(await server.ask("progress"), "What is next?")
    assert "Next for you" in onward.text


async def test_letting_others_look_is_a_choice_and_ends(server: Server, store: Store) -> None:
    await finish(store, server, server.mia, "bert")
    hidden = Seen(await server.ada.slash(server.channel, "progress", member=server.mia))
    assert hidden.private
    assert "**Mia** keeps their progress to themselves" in hidden.text
    assert "1 of 23" not in hidden.text

    opened = await server.press(await server.ask("progress"), "Let others look")
    assert opened.private
    assert "Nothing was posted" in opened.text
    assert "On every server that you share with somebody, they can look at this" in (await server.ask("progress")).text

    shown = Seen(await server.ada.slash(server.channel, "progress", member=server.mia))
    assert shown.private
    assert "### Progress of Mia: 1 of 23" in shown.text
    assert media(shown)

    withdrawn = await server.press(await server.ask("progress"), "Stop letting others look")
    assert withdrawn.private
    assert "nobody else can look at this" in withdrawn.text
    hidden = Seen(await server.ada.slash(server.channel, "progress", member=server.mia))
    assert "keeps their progress to themselves" in hidden.text


async def test_posting_once_lets_nobody_look_later(server: Server, store: Store) -> None:
    await finish(store, server, server.mia, "bert")
    for result in (
        await server.mia.slash(server.channel, "progress", share="post"),
        await server.mia.click((await server.ask("progress")).message, label="Post it here"),
    ):
        posted = Seen(result)
        assert not posted.private
        assert "### Progress of Mia: 1 of 23" in posted.text
        assert media(posted)
        assert posted.labels == []
    looked = Seen(await server.ada.slash(server.channel, "progress", member=server.mia))
    assert "keeps their progress to themselves" in looked.text


async def test_oneself_as_the_member_is_ones_own(server: Server) -> None:
    assert "Your progress" in (await server.ask("progress", member=server.mia)).text


@pytest.mark.parametrize(
    "name", ["https://evil.example/x", "discord.gg/evil", "\u202elive.elpmaxe//:sptth", "a\u200bb"]
)
async def test_a_name_carries_no_address_in_the_bots_voice(server: Server, name: str) -> None:
    odd = server.guild.add_member(server.env.create_user("odd", global_name=name))
    posted = Seen(await odd.slash(server.channel, "progress", share="post"))
    assert not posted.private
    assert "Progress of" in posted.text
    for part in ("evil", "https:", "discord.gg", "\u202e", "\u200b"):
        assert part not in posted.text


async def test_sharing_has_a_cooldown_in_each_channel(server: Server, store: Store) -> None:
    await finish(store, server, server.mia, "bert")
    for _ in range(3):
        assert not (await server.ask("progress", share="post")).private
    kept_back = Seen(await server.ada.slash(server.channel, "progress", share="post"))
    assert kept_back.private
    assert "enough was shared in this channel just now. It can be posted in 20 seconds" in kept_back.text
    assert "Your progress" in kept_back.text
    elsewhere = server.guild.create_text_channel("elsewhere")
    assert not Seen(await server.ada.slash(elsewhere, "progress", share="post")).private
    await server.env.advance_time(20)
    assert not (await server.ask("progress", server=True, share="post")).private
    assert (await server.ask("progress", server=True, share="post")).private


async def test_simultaneous_questions_about_a_server_share_one_answer(
    server: Server, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(200, 300):
        await mark(store, number, "bert", server.env.now())
    await finish(store, server, server.mia, "bert")
    bot: Any = server.env.bot
    asked: list[int] = []
    guild = bot.get_guild(server.guild.id)
    ask = discord.Guild.query_members

    async def query_members(self: discord.Guild, **options: Any) -> Any:
        asked.append(len(options["user_ids"]))
        return await ask(self, **options)

    monkeypatch.setattr(discord.Guild, "query_members", query_members)  # the real question, counted
    people = await store.finishers(pages("bert"), 500)
    found = await asyncio.gather(*(bot.membership.present(guild, people) for _ in range(50)))
    assert {(one.here, one.complete) for one in found} == {(frozenset({server.mia.id}), True)}
    assert asked == [100, 1]


async def test_names_come_back_dead(server: Server, store: Store) -> None:
    odd = server.guild.add_member(server.env.create_user("odd", global_name="**@everyone** [x](https://evil)"))
    await store.share(odd.id, server.env.now())
    seen = Seen(await server.mia.slash(server.channel, "progress", member=odd))
    assert "@everyone" not in seen.text
    assert "**@" not in seen.text
    assert "[x](" not in seen.text.replace("\\[", "")


async def test_bots_are_no_members(server: Server) -> None:
    robot = server.guild.add_member(server.env.create_user("robot", bot=True))
    seen = Seen(await server.mia.slash(server.channel, "progress", member=robot))
    assert "is a bot" in seen.text


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"share": "post"}, "leave out `member`"),
        ({"share": "close"}, "leave out `member`"),
        ({"server": True}, "Choose one"),
    ],
)
async def test_what_does_not_go_together_is_said(
    server: Server, store: Store, options: dict[str, Any], said: str
) -> None:
    seen = Seen(await server.mia.slash(server.channel, "progress", member=server.ada, **options))
    assert seen.private
    assert said in seen.text
    assert await store.shared_since(server.mia.id) is None
    assert await store.shared_since(server.ada.id) is None


async def test_a_server_together_without_names(server: Server, store: Store) -> None:
    stranger = server.env.create_user("stranger")
    others = [server.guild.add_member(server.env.create_user(f"ben{n}", global_name=f"Ben{n}")) for n in range(3)]
    for ben in others:
        await finish(store, server, ben, "bert", "attention-is-all-you-need")
    await finish(store, server, server.mia, "attention-is-all-you-need", "bert", "lora-explained")
    await finish(store, server, server.ada, "attention-is-all-you-need", "retired")
    await finish(store, server, stranger, "attention-is-all-you-need", "gpt-1")
    seen = await server.ask("progress", server=True)
    assert seen.private
    assert "5 people here have marked something done." in seen.text
    assert "Step 1: Attention is all you need\n5 of 5 `████████████`" in seen.text
    assert "Step 2: BERT\n4 of 5 `█████████░░░`" in seen.text
    assert "Step 18: LoRA explained" in seen.text
    assert "Improving language" not in seen.text  # only somebody else's, who is not here
    assert "20 resources nobody here has done yet." in seen.text
    for name in ("Mia", "Ada", "Ben", str(server.mia.id), str(server.ada.id)):
        assert name not in seen.text


@pytest.mark.parametrize("people", [1, 2, 4])
async def test_of_fewer_than_five_it_shows_totals_alone(
    server: Server, store: Store, catalog: Catalog, people: int
) -> None:
    others = [server.guild.add_member(server.env.create_user(f"ben{n}")) for n in range(4)]
    for who in others[:people]:
        await finish(store, server, who, "attention-is-all-you-need", "bert")
    seen = await server.ask("progress", server=True)
    assert f"{people} {'person here has' if people == 1 else 'people here have'} marked something done." in seen.text
    assert f"In all that is {2 * people} marks." in seen.text
    assert [one.title for one in catalog if one.title in seen.text] == []
    assert " of " not in seen.text.replace("of fewer", "")


async def test_a_server_can_look_at_it_together(server: Server, store: Store) -> None:
    await finish(store, server, server.mia, "bert")
    result = await server.mia.slash(server.channel, "progress", server=True, share="post")
    assert not Seen(result).private
    assert "Where this server stands" in Seen(result).text
    assert await store.shared_since(server.mia.id) is None


async def test_a_server_where_nobody_began(server: Server) -> None:
    seen = await server.ask("progress", server=True, share="post")
    assert seen.private
    assert "Nobody here has marked anything done yet" in seen.text


async def test_in_direct_messages(server: Server) -> None:
    assert "Your progress" in Seen(await server.mia.user.slash("progress")).text
    assert "on a server only" in Seen(await server.mia.user.slash("progress", server=True)).text


async def test_the_longest_catalog_fits(server: Server, store: Store) -> None:
    title = "*_" * 128
    stages = tuple(
        Stage(f"s{n}", title[:80], resources=(Resource(f"r{n}", title, f"https://example.org/{n}"),)) for n in range(40)
    )
    long = Catalog(title, stages=stages)
    await server.env.restart_bot(create_bot(Settings.model_construct(), long, store))
    others = [server.guild.add_member(server.env.create_user(f"other{n}")) for n in range(4)]
    for one in (server.mia, *others):
        for resource in long.resources[:39]:
            await mark(store, one.id, resource, server.env.now())
    for options in ({}, {"server": True}):
        seen = await server.ask("progress", **options)
        assert ("And " in seen.text) == bool(options)
        assert len(seen.text) <= 4000


@pytest.mark.expects_errors
async def test_without_a_database_it_says_so_privately(server: Server, store: Store) -> None:
    await store.write(lambda connection: connection.exec_driver_sql("DROP TABLE marks"))
    seen = await server.ask("progress", share="post")
    assert seen.private
    assert "cannot reach my database" in seen.text
    assert server.env.errors
