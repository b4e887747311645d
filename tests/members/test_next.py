"""/next as a member uses it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.catalog import Catalog, Resource, Stage, Track
from bot.client import create_bot
from bot.settings import Settings
from bot.store import Store
from tests.marks import finished, mark
from tests.members.server import Seen, Server


async def finish(store: Store, server: Server, *slugs: str) -> None:
    for slug in slugs:
        await mark(store, server.mia.id, slug, server.env.now())


async def test_the_path_begins_at_its_first(server: Server, catalog: Catalog) -> None:
    seen = await server.ask("next")
    assert seen.private
    assert "### Next: Attention is all you need" in seen.text
    assert "paper · Ashish Vaswani and others · advanced · step 1 of 23" in seen.text
    assert "**Why now:** It's the first step of the path." in seen.text
    assert "**Leads on to:** **BERT**" in seen.text
    assert "0 of 23 done" in seen.text
    assert catalog.resources[0].url in seen.links


async def test_others_are_offered_of_other_kinds_first(server: Server) -> None:
    seen = await server.ask("next")
    assert "Or try one of these" in seen.text
    talk, lecture, article = seen.labels[2:5]
    assert talk == "State of GPT by Andrej Karpathy (talk, beginner)"
    assert "(lecture, intermediate)" in lecture
    assert "(article, beginner)" in article


async def test_what_it_builds_on_is_named(server: Server, store: Store) -> None:
    await finish(store, server, "attention-is-all-you-need")
    seen = await server.ask("next")
    assert "Next: BERT" in seen.text
    assert "It builds on **Attention is all you need**, which you've done." in seen.text


async def test_one_whose_prerequisite_is_open_waits(server: Server, store: Store, catalog: Catalog) -> None:
    everything = {one.id for one in catalog}
    await finish(store, server, *(everything - {"attention-is-all-you-need", "bert", "gpt-1"}))
    seen = await server.ask("next")
    assert "Next: Attention is all you need" in seen.text
    assert "Next: BERT" not in seen.text
    assert seen.labels[2:] == ["Improving language understanding with unsupervised… (paper, intermediate)"]


def _step(slug: str, *requires: str, kind: str = "paper") -> Resource:
    return Resource(slug, slug.upper(), f"https://example.org/{slug}", kind=kind, requires=requires)


@pytest.mark.parametrize(
    ("resources", "done", "why"),
    [
        ([_step("a"), _step("b")], [], "It's the first step of the path."),
        ([_step("a"), _step("b")], ["b"], "It's the first step of the path."),
        ([_step("a"), _step("b")], ["a"], "It's your first unfinished step."),
        ([_step("a"), _step("b", "a"), _step("c")], ["a"], "It builds on **A**, which you've done."),
        (
            [_step("a", "z"), _step("b"), _step("z")],
            [],
            "You can do this now. **A** comes earlier, but needs **Z** first.",
        ),
        (
            [_step("a", "z"), _step("b"), _step("z")],
            ["b"],
            "**A** comes earlier, but needs this first.",
        ),
        (
            [_step("a", "y", "z"), _step("b"), _step("c"), _step("y"), _step("z")],
            ["b"],
            "You can do this now. **A** comes earlier, but needs **Y** and **Z** first.",
        ),
    ],
)
async def test_the_reason_is_true(
    server: Server, store: Store, resources: list[Resource], done: list[str], why: str
) -> None:
    small = Catalog("Small", stages=(Stage("s", "Stage", resources=tuple(resources)),))
    await server.env.restart_bot(create_bot(Settings.model_construct(), small, store))
    for resource_id in done:
        await mark(store, server.mia.id, small[resource_id], server.env.now())
    assert f"**Why now:** {why}\n" in (await server.ask("next")).text


async def test_marking_shows_the_step_after_and_undo_goes_back(server: Server, store: Store) -> None:
    seen = await server.ask("next")
    after = await server.press(seen, "Mark done")
    assert after.message.id == seen.message.id
    assert "Marked done: **Attention is all you need**. 1 of 23 done." in after.text
    assert "### Next: BERT" in after.text
    back = await server.press(after, "Undo")
    assert "### Next: Attention is all you need" in back.text
    assert "Undo" not in back.labels
    assert await finished(store, server.mia.id) == set()


async def test_it_can_be_followed_to_the_end(server: Server, catalog: Catalog) -> None:
    seen, titles = await server.ask("next"), []
    while "Mark done" in seen.labels:
        titles.append(seen.text.split("Next: ")[1].split("\n")[0])
        seen = await server.press(seen, "Mark done")
    assert titles == [one.title for one in catalog]
    assert "### All 23 done" in seen.text
    for track in catalog.tracks:  # only those that have something are a way on
        assert (track.title in seen.text) == bool(track.resources)
    assert seen.labels == ["Undo", "Show the path"]
    again = await server.ask("next")
    assert "All 23 done" in again.text
    assert "Undo" not in again.labels


async def test_when_only_a_track_is_left_it_says_so(server: Server, store: Store, catalog: Catalog) -> None:
    await finish(store, server, *(one.id for stage in catalog.stages for one in stage.resources))
    seen = await server.ask("next")
    assert "The Ultrascale Playbook" in seen.text
    assert f"You've done every stage. This one is from the track **{catalog.tracks[0].title}**." in seen.text


async def test_buttons_work_after_a_restart_and_when_their_resource_is_gone(
    server: Server, store: Store, catalog: Catalog
) -> None:
    seen = await server.ask("next")
    first = catalog.stages[0]
    smaller = replace(catalog, stages=(replace(first, resources=first.resources[1:]), *catalog.stages[1:]))
    await server.env.restart_bot(create_bot(Settings.model_construct(), smaller, store))
    answer = await server.press(seen, "Mark done")
    assert "has been removed from the list" in answer.text
    assert await finished(store, server.mia.id) == set()


async def test_in_direct_messages(server: Server) -> None:
    assert "### Next: " in Seen(await server.mia.user.slash("next")).text


LONG = "wort " * 51  # a title of the greatest length that a catalog may have, and then some
ADDRESS = "https://example.org/" + "(" * 490


def _huge(number: int, *requires: str) -> Resource:
    return Resource(
        f"{'x' * 60}-{number:03}",
        f"{number} {LONG}"[:256],
        f"{ADDRESS}{number}"[-512:] if number else ADDRESS,
        kind="k" * 32,
        level="l" * 32,
        authors=("a*" * 40,) * 9,
        summary="*" * 600,
        requires=requires,
    )


async def test_the_longest_catalog_fits(server: Server, store: Store) -> None:
    first = _huge(0)
    resources = (first, *(_huge(number, first.id) for number in range(1, 9)))
    tracks = tuple(Track(f"t{number}", LONG[:256], note="*" * 600) for number in range(9))
    huge = Catalog(LONG[:256], stages=(Stage("s", LONG[:256], resources=resources),), tracks=tracks)
    await server.env.restart_bot(create_bot(Settings.model_construct(), huge, store))
    seen = await server.ask("next")
    while "Mark done" in seen.labels:
        assert len(seen.text) <= 4000
        seen = await server.press(seen, "Mark done")
    assert "All 9 done" in seen.text
    assert len(seen.text) <= 4000


@pytest.mark.expects_errors
async def test_without_a_database_it_says_so(server: Server, store: Store) -> None:
    await store.write(lambda connection: connection.exec_driver_sql("DROP TABLE marks"))
    assert "cannot reach my database" in (await server.ask("next")).text
    assert server.env.errors
