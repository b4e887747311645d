"""/progress as members use it: one's own, another's, and a server's."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.catalog import Catalog, Resource, Stage
from bot.client import create_bot
from bot.discord_io.limits import Gate
from bot.discord_io.membership import MAX_ASKED
from bot.settings import Settings
from bot.store import Store
from tests.marks import mark
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
    assert "What's next?" in seen.labels


async def test_at_the_beginning_and_at_the_end(server: Server, store: Store, catalog: Catalog) -> None:
    begun = await server.ask("progress")
    assert "### Your progress: 0 of 23" in begun.text
    assert "█" not in begun.text
    await finish(store, server, server.mia, *(one.id for one in catalog), "retired-long-ago")
    ended = await server.ask("progress")
    assert "23 of 23" in ended.text
    assert "The whole path is done. Well done!" in ended.text
    assert "░" not in ended.text
    assert ended.labels == ["Share my progress", "Post here", "This server"]


def now(seen: Seen) -> str:
    """What a message says by now that was changed since it was seen."""
    return Seen(seen.result).text


async def test_its_button_leads_on(server: Server) -> None:
    onward = await server.press(await server.ask("progress"), "What's next?")
    assert "### Next: Attention" in onward.text


async def share(server: Server, who: Any) -> Seen:
    own = Seen(await who.slash(server.channel, "progress"))
    return Seen(await who.click(own.message, label="Share my progress"), pressed=own)


async def test_sharing_is_a_choice_and_ends(server: Server, store: Store) -> None:
    await finish(store, server, server.mia, "bert")
    hidden = Seen(await server.ada.slash(server.channel, "progress", member=server.mia))
    assert hidden.private
    assert "**Mia** doesn't share their progress." in hidden.text
    assert "1 of 23" not in hidden.text

    opened = await share(server, server.mia)
    assert opened.private
    assert "Sharing is on. Nothing was posted." in opened.text
    assert "Anyone who shares a server with you can see this" in (await server.ask("progress")).text

    shown = Seen(await server.ada.slash(server.channel, "progress", member=server.mia))
    assert shown.private
    assert "### Mia's progress: 1 of 23" in shown.text
    assert media(shown)

    withdrawn = await server.press(await server.ask("progress"), "Stop sharing")
    assert withdrawn.private
    assert "Sharing is off. Earlier posts stay." in withdrawn.text
    hidden = Seen(await server.ada.slash(server.channel, "progress", member=server.mia))
    assert "doesn't share their progress" in hidden.text


async def test_posting_once_shares_nothing(server: Server, store: Store) -> None:
    await finish(store, server, server.mia, "bert")
    own = await server.ask("progress")
    posted = await server.press(own, "Post here")
    assert not posted.private
    assert "### Mia's progress: 1 of 23" in posted.text
    assert media(posted)
    assert posted.labels == []
    assert "Posted. It won't update." in now(own)
    looked = Seen(await server.ada.slash(server.channel, "progress", member=server.mia))
    assert "doesn't share their progress" in looked.text


async def test_a_refused_post_leaves_ones_own_card_and_says_so(server: Server) -> None:
    own = await server.ask("progress")
    server.env.inject_error("POST", "/webhooks/*/*", status=403, code=50013)
    refused = await server.press(own, "Post here")
    assert refused.message.id == own.message.id
    assert "Your progress" in refused.text
    assert "Not posted: I don't have the permissions I need in the channel." in refused.text
    assert server.posts() == []


async def test_oneself_as_the_member_is_ones_own(server: Server) -> None:
    assert "Your progress" in (await server.ask("progress", member=server.mia)).text


@pytest.mark.parametrize(
    "name", ["https://evil.example/x", "discord.gg/evil", "\u202elive.elpmaxe//:sptth", "a\u200bb"]
)
async def test_a_name_carries_no_address_in_the_bots_voice(server: Server, name: str) -> None:
    odd = server.guild.add_member(server.env.create_user("odd", global_name=name))
    own = Seen(await odd.slash(server.channel, "progress"))
    posted = Seen(await odd.click(own.message, label="Post here"), pressed=own)
    assert not posted.private
    assert "'s progress: 0 of 23" in posted.text
    for part in ("evil", "https:", "discord.gg", "\u202e", "\u200b"):
        assert part not in posted.text


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("\u2800\u2800", "odd"), ("\u200b\u3164", "odd"), ("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", ""),
        ("\U0001f468\u200d\U0001f469\u200d\U0001f467", ""),
    ],
)  # fmt: skip
async def test_a_name_can_be_seen_and_keeps_the_joiners_that_it_needs(server: Server, name: str, shown: str) -> None:
    odd = server.guild.add_member(server.env.create_user("odd", global_name=name))
    seen = Seen(await server.mia.slash(server.channel, "progress", member=odd))
    assert f"**{shown or name}** doesn't share their progress." in seen.text


async def test_posting_has_a_cooldown_in_each_channel(server: Server) -> None:
    for _ in range(3):
        assert not (await server.press(await server.ask("progress"), "Post here")).private
    kept_back = await server.press(await server.ask("progress"), "Post here")
    assert kept_back.private
    assert "too many answers were posted here just now. Try again in 20 seconds." in kept_back.text
    assert "Your progress" in kept_back.text
    elsewhere = server.guild.create_text_channel("elsewhere")
    own = Seen(await server.mia.slash(elsewhere, "progress"))
    assert not Seen(await server.mia.click(own.message, label="Post here"), pressed=own).private
    await server.env.advance_time(20)
    assert not (await server.press(await server.ask("progress"), "Post here")).private


async def test_names_come_back_dead(server: Server, store: Store) -> None:
    odd = server.guild.add_member(server.env.create_user("odd", global_name="**@everyone** [x](https://evil)"))
    await store.marks.share(odd.id, server.env.now())
    seen = Seen(await server.mia.slash(server.channel, "progress", member=odd))
    assert "@everyone" not in seen.text
    assert "**@" not in seen.text
    assert "[x](" not in seen.text.replace("\\[", "")


async def test_bots_are_no_members(server: Server) -> None:
    robot = server.guild.add_member(server.env.create_user("robot", bot=True))
    seen = Seen(await server.mia.slash(server.channel, "progress", member=robot))
    assert "is a bot" in seen.text


async def this_server(server: Server) -> Seen:
    return await server.press(await server.ask("progress"), "This server")


async def test_a_server_counts_those_who_share_without_names(server: Server, store: Store) -> None:
    stranger = server.env.create_user("stranger")
    bens = [server.guild.add_member(server.env.create_user(f"ben{n}", global_name=f"Ben{n}")) for n in range(3)]
    for ben in bens:
        await finish(store, server, ben, "bert", "attention-is-all-you-need")
    await finish(store, server, server.mia, "attention-is-all-you-need", "lora-explained")
    await finish(store, server, server.ada, "attention-is-all-you-need", "gpt-1", "retired")
    await finish(store, server, stranger, "attention-is-all-you-need", "state-of-gpt")
    for who in (bens[0], bens[1], server.mia, stranger):
        await store.marks.share(who.id, server.env.now())
    seen = await this_server(server)
    assert seen.private
    assert "3 members share their progress." in seen.text
    assert "Step 1: Attention is all you need\n3 of 3 `████████████`" in seen.text
    assert "Step 2: BERT\n2 of 3 `████████░░░░`" in seen.text
    assert "Step 18: LoRA explained" in seen.text
    assert "Improving language" not in seen.text  # Ada's, who shares nothing
    assert "State of GPT" not in seen.text  # of a member of no server here
    assert "20 resources nobody here has finished." in seen.text
    for name in ("Mia", "Ada", "Ben", str(server.mia.id), str(server.ada.id)):
        assert name not in seen.text
    posted = await server.press(seen, "Post here")
    assert not posted.private
    assert "3 members share their progress." in posted.text


async def test_a_server_where_nobody_shares(server: Server, store: Store) -> None:
    await finish(store, server, server.mia, "bert")
    seen = await this_server(server)
    assert "Nobody here who shares their progress has finished anything yet." in seen.text
    assert seen.labels == []


async def test_who_left_is_not_counted_after_a_day(server: Server, store: Store) -> None:
    await finish(store, server, server.mia, "bert")
    await share(server, server.mia)
    assert "1 member shares their progress." in Seen(await _ada_looks(server)).text
    server.guild.remove_member(server.mia)
    server.env.backend.advance_clock(24 * 3600)
    assert "1 member" not in Seen(await _ada_looks(server)).text


async def _ada_looks(server: Server) -> Any:
    own = await server.manage("progress")
    return await server.ada.click(own.message, label="This server")


async def test_membership_is_asked_over_rest_once_a_day_and_in_bounds(server: Server, store: Store) -> None:
    for number in range(1000, 1000 + MAX_ASKED + 20):
        await mark(store, number, "bert", server.env.now())
        await store.marks.share(number, server.env.now())
    asked = [_members_asked(server)]
    first = await this_server(server)
    asked.append(_members_asked(server))
    assert "May be incomplete" in first.text
    assert "May be incomplete" not in (await this_server(server)).text
    asked.append(_members_asked(server))
    await this_server(server)
    asked.append(_members_asked(server))
    assert asked == [0, MAX_ASKED, MAX_ASKED + 20, MAX_ASKED + 20]


def _members_asked(server: Server) -> int:
    return sum(request.method == "GET" and "/members/" in request.path for request in server.env.http_requests)


async def test_no_command_says_anything_about_a_member_who_shares_nothing(
    server: Server, store: Store, catalog: Catalog
) -> None:
    """An attacker's accounts on their own server, an admin's among them, send every command there is and press
    everything it shows, with every resource on the list, before and after each mark of the one other member."""
    others = [server.guild.add_member(server.env.create_user(f"mine{n}")) for n in range(2)]
    await finish(store, server, others[0], "bert", "gpt-1")
    await share(server, others[0])
    await server.set_weekly(poll=True)
    await server.pass_time(server.env.now() + timedelta(days=7))
    looking = [
        ("recommend", {"topic": "attention"}), ("recommend", {"topic": "bert", "kind": "paper"}), ("path", {}),
        ("next", {}), ("progress", {}), ("progress", {"member": server.mia}), ("past", {}), ("privacy", {}),
        ("help", {}), ("remind", {}),
    ]  # fmt: skip
    harmless = ["This server", "What's next?", "Next", "2 more", "History", "Preview", "Options"]

    async def looks() -> list[str]:
        found = []
        for who in (server.ada, *others):
            server.env.bot.gate = Gate(lambda: 0.0)  # type: ignore[attr-defined]  # as if they had waited
            for command, options in [*looking, *([("weekly", {})] if who is server.ada else [])]:
                seen = Seen(await who.slash(server.channel, command, **options))
                found.append(seen.text + " ".join((*seen.labels, *seen.choices)))
                for label in set(harmless) & set(seen.labels):
                    pressed = Seen(await who.click(seen.message, label=label), pressed=seen)
                    found.append(pressed.text + " ".join((*pressed.labels, *pressed.choices)))
                    seen = Seen(await who.slash(server.channel, command, **options))
            found += [str(one) for one in await who.autocomplete(server.channel, "done", "resource", "")]
        posts = [
            (one.content, [str(b.label) for row in one.components for b in row.children]) for one in server.posts()
        ]  # type: ignore[union-attr]
        return [*found, *map(str, posts)]

    before = await looks()
    assert len(before) > 60
    for one in (catalog.resources[0], catalog["bert"]):
        await server.ask("done", resource=one.id)
        assert await looks() == before
    await server.ask("remind", day="monday", time="09:00", timezone="Europe/Berlin")
    assert await looks() == before


async def test_a_server_of_ones_own_says_nothing_about_a_member_who_shares_nothing(
    server: Server, store: Store, catalog: Catalog
) -> None:
    """An attacker's accounts mark and share everything or nothing on a server with one more member, and look at all
    there is before and after each of her marks."""
    others = [server.guild.add_member(server.env.create_user(f"mine{n}")) for n in range(4)]
    for who in others[:2]:
        await finish(store, server, who, "bert", "gpt-1")
        await share(server, who)

    async def looks() -> list[str]:
        found = []
        for who in (server.ada, *others):
            for command, options in (
                ("progress", {"member": server.mia}),
                ("path", {}),
                ("recommend", {"topic": "bert"}),
            ):
                found.append(Seen(await who.slash(server.channel, command, **options)).text)
            own = Seen(await who.slash(server.channel, "progress"))
            found.append(Seen(await who.click(own.message, label="This server"), pressed=own).text)
        return found

    before = await looks()
    for one in catalog.resources[:5]:
        await server.ask("done", resource=one.id)
    assert await looks() == before


async def test_in_direct_messages(server: Server) -> None:
    assert "Your progress" in Seen(await server.mia.user.slash("progress")).text
    other = Seen(await server.mia.user.slash("progress", member=server.ada.user))
    assert "on a server only" in other.text
    assert Seen(await server.mia.user.slash("progress")).labels == ["What's next?", "Share my progress"]


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
        await store.marks.share(one.id, server.env.now())
    own, together = await server.ask("progress"), await this_server(server)
    assert "And 14 more with fewer finishers." in together.text
    assert max(len(own.text), len(together.text)) <= 4000


@pytest.mark.expects_errors
async def test_without_a_database_it_says_so_privately(server: Server, store: Store) -> None:
    await store.write(lambda connection: connection.exec_driver_sql("DROP TABLE marks"))
    seen = await server.ask("progress")
    assert seen.private
    assert "cannot reach my database" in seen.text
    assert server.env.errors
