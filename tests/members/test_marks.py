"""A member's own marks on /path and /recommend, and that neither waits for the database."""

from __future__ import annotations

import asyncio
import re
import threading
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.catalog import Catalog, Resource, Stage, Track
from bot.catalogs import Library
from bot.client import create_bot
from bot.discord_io.marks import finished_in_time
from bot.settings import Settings
from bot.store import Store
from tests.marks import finished, mark
from tests.members.server import Seen, Server


async def finish(store: Store, server: Server, *slugs: str) -> None:
    for slug in slugs:
        await mark(store, server.mia.id, slug, server.env.now())


async def test_the_path_says_what_is_done_what_is_next_and_what_waits(server: Server, store: Store) -> None:
    await finish(store, server, "attention-is-all-you-need", "few-shot-learners")
    seen = await server.ask("path")
    assert "✓ 1. [Attention is all you need]" in seen.text
    assert "→ 2. [BERT](https://arxiv.org/abs/1810.04805) · paper\n-# your next step\n" in seen.text
    assert "○ 4. [Emergent" in seen.text
    assert "to do" not in seen.text
    assert "Page 1 of 5 · 2 of 23 done\n" in f"{seen.text}\n"
    second = await server.press(seen, "Next")
    assert "-# do “The illustrated Transformer” first" in second.text
    assert "Page 2 of 5 · 2 of 23 done · your next step: 2" in second.text


async def test_a_mark_on_the_path_moves_the_next(server: Server, store: Store) -> None:
    seen = await server.ask("path")
    assert seen.labels == ["Mark 1 done", "Next"]
    assert [one.partition(":")[0] for one in seen.choices] == [f"Mark {number} done" for number in range(1, 8)]
    marked = await server.press(seen, "Mark 1 done")
    assert marked.message.id == seen.message.id
    assert "✓ 1. [" in marked.text
    assert "→ 2. [BERT]" in marked.text
    assert "1 of 23 done" in marked.text
    assert marked.labels == ["Mark 2 done", "Next"]
    undone = await server.choose_option(marked, "Undo 1: ")
    assert "→ 1. [" in undone.text
    assert await finished(store, server.mia.id) == set()


async def test_a_mark_on_a_later_page_stays_on_that_page(server: Server) -> None:
    second = await server.press(await server.ask("path"), "Next")
    marked = await server.choose_option(second, "Mark 9 done: ")
    assert "Page 2 of 5" in marked.text
    assert "✓ 9. [" in marked.text
    assert "○ 10. [" in marked.text
    assert "step 9" not in marked.text


async def test_a_mark_where_one_stage_is_shown(server: Server, catalog: Catalog) -> None:
    seen = await server.ask("path", stage=catalog.stages[1].id)
    second = await server.press(seen, "Next")
    marked = await server.choose_option(second, "Mark 22 done: ")
    assert "Page 2 of 2 · 1 of 23 done · your next step: 1" in marked.text
    assert "✓ 22. [" in marked.text
    assert catalog.stages[0].title not in marked.text


async def test_a_button_leads_to_the_next_step_on_another_page(server: Server, store: Store, catalog: Catalog) -> None:
    seen = await server.ask("path")
    assert "To your next step" not in seen.labels  # it is on this page
    second = await server.press(seen, "Next")
    assert "To your next step" in second.labels
    assert "→ 1. [" in (await server.press(second, "To your next step")).text
    await finish(store, server, *(one.id for one in catalog.resources[:18]))
    last = await server.press(await server.ask("path"), "To your next step")
    assert "→ 19. [" in last.text
    assert "To your next step" not in last.labels


async def test_it_leads_out_of_a_stage_where_nothing_is_next_and_follows_what_was_done_since(
    server: Server, store: Store, catalog: Catalog
) -> None:
    first, second = catalog.stages[:2]
    elsewhere = await server.ask("path", stage=second.id)
    assert "→ 1. [" in (await server.press(elsewhere, "To your next step")).text
    here = await server.press(await server.ask("path", stage=first.id), "Next")
    assert f"### {first.title}" in (shown := await server.press(here, "To your next step")).text
    assert "Page 1 of 2" in shown.text  # of this stage
    stale = await server.press(await server.ask("path", stage=first.id), "Next")
    await finish(store, server, *(one.id for one in catalog))
    ended = await server.press(stale, "To your next step")
    assert "23 of 23 done" in ended.text
    assert "To your next step" not in ended.labels


async def test_the_whole_path_done(server: Server, store: Store, catalog: Catalog) -> None:
    await finish(store, server, *(one.id for one in catalog))
    seen = await server.ask("path")
    assert "23 of 23 done" in seen.text
    assert "next" not in seen.text


async def test_recommend_puts_finished_ones_last_and_says_so(server: Server, store: Store) -> None:
    before = await server.ask("recommend", topic="kv cache")
    assert before.text.index("**1. [KV Cache brief explainer](") < before.text.index("**2. [Understanding Llama2")
    assert "-# Also covers KV cache · do “KV Cache brief explainer” first" in before.text
    await finish(store, server, "kv-cache-explainer")
    after = await server.ask("recommend", topic="kv cache")
    assert "KV Cache brief explainer" not in after.text
    whole = await server.press(after, "2 more")
    assert "**5. [KV Cache brief explainer](https://www.youtube.com/watch?v=80bIUggRJf4)** · ✓\u00a0done" in whole.text
    assert " first" not in whole.text
    assert [one for one in whole.choices if one.startswith("Undo")] == ["Undo 5. KV Cache brief explainer"]


async def test_related_resources_say_that_they_are_done(server: Server, store: Store, catalog: Catalog) -> None:
    before = await server.ask("recommend", topic="paged attention")
    related = before.text.split("**Related**")[1]
    assert "done" not in related
    ids = [one.id for one in catalog if f"[{one.title}]" in related]
    assert ids
    await finish(store, server, *ids)
    after = await server.ask("recommend", topic="paged attention")
    assert after.text.split("**Related**")[1].count("✓\u00a0done") == len(ids)
    shared = await server.ask("recommend", topic="paged attention", share=True)
    assert shared.text.split("**Related**")[1] == related


async def test_a_mark_on_a_recommendation_shows_in_place(server: Server, store: Store) -> None:
    seen = await server.press(await server.ask("recommend", topic="kv cache"), "2 more")
    marked = await server.choose_hit(seen, "KV Cache brief explainer")
    assert marked.message.id == seen.message.id
    expected = seen.text.replace("80bIUggRJf4)**\n", "80bIUggRJf4)** · ✓\u00a0done\n")
    assert marked.text == expected.replace(" · do “KV Cache brief explainer” first", "")
    assert marked.choices[0] == "Undo 1. KV Cache brief explainer"
    assert marked.choices[1].startswith("2. Understanding Llama2")
    undone = await server.choose_hit(marked, "KV Cache brief explainer")
    assert (undone.text, undone.choices) == (seen.text, seen.choices)
    other = await server.choose_hit(undone, "Paged")
    assert other.text.count("✓\u00a0done") == 1
    assert await finished(store, server.mia.id) == {"paged-attention"}


async def test_the_topic_button_and_the_menu_show_marks_too(server: Server, store: Store) -> None:
    await finish(store, server, "kv-cache-explainer")
    message = await server.ada.send(server.channel, "where do I read about the kv cache?")
    found = Seen(await server.mia.context_menu(server.channel, "Find resources", message))
    found = await server.press(found, "2 more")
    assert "80bIUggRJf4)** · ✓\u00a0done" in found.text
    silent = await server.ask("recommend", topic="transformer toys")
    searched = await server.press(silent, "Transformer")
    assert searched.choices[0].startswith("1. ")


async def test_a_shared_answer_shows_nobodys_marks(server: Server, store: Store) -> None:
    await finish(store, server, "kv-cache-explainer")
    shared = await server.ask("recommend", topic="kv cache", share=True)
    assert not shared.private
    assert "**1. [KV Cache brief explainer](https://www.youtube.com/watch?v=80bIUggRJf4)**\n" in shared.text
    assert "done" not in shared.text
    assert " first" not in shared.text
    assert [one[:3] for one in shared.choices] == [f"{number}. " for number in range(1, 4)]


async def test_everyones_marks_are_their_own(server: Server, store: Store) -> None:
    await finish(store, server, "kv-cache-explainer")
    adas = await server.manage("recommend", topic="kv cache")
    assert "**1. [KV Cache brief explainer](https://www.youtube.com/watch?v=80bIUggRJf4)**\n" in adas.text


async def test_a_list_does_not_wait_for_a_database_that_is_held(store: Store, library: Library) -> None:
    """Asked of the function itself: SimCord's clock stands still while anything is under way."""
    await mark(store, 1, "bert", datetime(2026, 1, 1, tzinfo=UTC))
    assert await finished_in_time(store, library, 1) == {"bert"}
    held, let_go = threading.Event(), threading.Event()

    def hold(_: object) -> None:  # the database's one connection, as another process does that writes for long
        held.set()
        let_go.wait()

    holding = asyncio.create_task(store.write(hold))
    await asyncio.to_thread(held.wait)
    assert await finished_in_time(store, library, 1) is None
    assert not holding.done(), "the list was shown while the database was held"
    let_go.set()
    await holding
    assert await finished_in_time(store, library, 1) == {"bert"}


@pytest.mark.expects_errors
@pytest.mark.parametrize(
    ("command", "options", "offer"), [("recommend", {"topic": "kv cache"}, "1. KV Cache"), ("path", {}, "Mark 1 done")]
)
async def test_a_broken_database_costs_the_marks_alone(
    server: Server, store: Store, caplog: pytest.LogCaptureFixture, command: str, options: dict[str, str], offer: str
) -> None:
    await store.write(lambda connection: connection.exec_driver_sql("DROP TABLE marks"))
    seen = await server.ask(command, **options)
    assert seen.private
    assert any(one.startswith(offer) for one in (*seen.labels, *seen.choices))
    assert "without what the database holds" in caplog.text


TITLE, PARAGRAPH = ("[*" * 128)[:256], "*_ " * 200


def _longest(number: int, group: str, *requires: str) -> Resource:
    return Resource(
        f"{group}-{number:03}".ljust(64, "x"),
        f"{number}{TITLE}"[:256],
        f"https://example.org/{group}{number}".ljust(512, "("),
        kind="k" * 32,
        authors=("*" * 80, "_" * 80),
        summary=PARAGRAPH,
        requires=requires,
    )


@pytest.mark.parametrize("count", [1, 9, 30])
async def test_the_longest_catalog_fits_on_every_page(server: Server, store: Store, count: int) -> None:
    first = _longest(0, "s")
    staged = (first, *(_longest(number, "s", first.id) for number in range(1, count)))
    tracks = tuple(
        Track(f"t{number}", TITLE, PARAGRAPH[:600], tuple(_longest(one, f"t{number}", first.id) for one in range(3)))
        for number in range(3)
    )
    empty = tuple(Track(f"empty{number}", TITLE, PARAGRAPH[:600]) for number in range(20))
    huge = Catalog(TITLE, prerequisites=(PARAGRAPH,), stages=(Stage("s", TITLE, PARAGRAPH[:600], staged),))
    huge = Catalog(huge.title, prerequisites=huge.prerequisites, stages=huge.stages, tracks=tracks + empty)
    await server.env.restart_bot(create_bot(Settings.model_construct(), huge, store))
    seen = await server.ask("path")
    numbers = 0
    for _ in range(200):
        assert len(seen.text) <= 4000
        numbers += len(re.findall(r"^[→○] \d+\. \[", seen.text, re.MULTILINE))
        if "Next" not in seen.labels:
            break
        seen = await server.press(seen, "Next")
    assert numbers == len(huge)


async def test_many_small_tracks_share_pages_within_forty_components(server: Server, store: Store) -> None:
    tracks = tuple(
        Track(f"t{n}", f"T{n}", resources=(Resource(f"r{n}", f"R{n}", f"https://example.org/{n}"),)) for n in range(30)
    )
    await server.env.restart_bot(create_bot(Settings.model_construct(), Catalog("Small", tracks=tracks), store))
    seen = await server.ask("path")
    pages = 1
    while "Next" in seen.labels:
        seen = await server.press(seen, "Next")
        pages += 1
    assert pages <= 5
    assert "T29" in seen.text


async def test_the_longest_recommendation_fits(server: Server, store: Store) -> None:
    first = _sourdough(0)
    staged = (first, *(_sourdough(number, first.id) for number in range(1, 12)))
    huge = Catalog("Huge", stages=(Stage("s", TITLE, PARAGRAPH[:600], staged),))
    await server.env.restart_bot(create_bot(Settings.model_construct(), huge, store))
    seen = await server.ask("recommend", topic="sourdough " + "**" * 30)
    assert len(seen.choices) == 3
    assert " first" in seen.text
    seen = await server.press(seen, "2 more")
    assert len(seen.choices) == 5
    assert len(seen.text) <= 4000
    for hit in seen.choices:
        seen = await server.choose_hit(seen, hit)
        assert len(seen.text) <= 4000
    assert all(one.startswith("Undo ") for one in seen.choices)


def _sourdough(number: int, *requires: str) -> Resource:
    one = _longest(number, "s", *requires)
    return replace(one, title=f"Sourdough {number} {TITLE}"[:256], summary=f"Sourdough {PARAGRAPH}"[:600])
