"""/path as a member uses it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.catalog import Catalog, Resource, Stage
from bot.client import create_bot
from bot.discord_io.text import label
from bot.settings import Settings
from bot.store import Store
from tests.members.server import Seen, Server


async def _all_pages(server: Server) -> list[Seen]:
    pages = [await server.ask("path")]
    while "Next" in pages[-1].labels:
        pages.append(Seen(await server.mia.click(pages[-1].message, label="Next")))
    return pages


async def test_every_step_in_order_through_all_pages(server: Server, catalog: Catalog) -> None:
    pages = await _all_pages(server)
    text = "\n".join(page.text for page in pages)
    places = [text.index(f"{number}. [") for number in range(1, len(catalog) + 1)]
    assert places == sorted(places)
    for number, resource in enumerate(catalog, start=1):
        assert f"{number}. [{resource.title[:10]}" in text.replace("\\", "")
    assert all(page.private for page in pages)


async def test_tracks_come_last_the_empty_ones_too(server: Server, catalog: Catalog) -> None:
    last = (await _all_pages(server))[-1]
    for track in catalog.tracks:
        assert f"Track: {track.title}" in last.text
        assert track.note[:20] in last.text
    assert "No resources here yet" in last.text


async def test_what_leads_over_to_the_tracks_is_said_once_above_them(server: Server) -> None:
    said = "From here, it depends on which area you are specifically interested in."
    (text,) = [page.text for page in await _all_pages(server) if said in page.text]
    assert text.index(said) < text.index("Track: Inference and training optimization")


async def test_the_first_page_says_what_to_know_before(server: Server, catalog: Catalog) -> None:
    seen = await server.ask("path")
    assert catalog.prerequisites[0] in seen.text
    assert catalog.stages[0].goal[:30] in seen.text


@pytest.mark.parametrize("stage", ["id", "2", "title", "slip"])
async def test_one_stage_by_whatever_names_it(server: Server, catalog: Catalog, stage: str) -> None:
    second = catalog.stages[1]
    typed = {"id": second.id, "title": second.title, "slip": second.title[:-1]}.get(stage, stage)
    seen = await server.ask("path", stage=typed)
    assert catalog.stages[1].title in seen.text
    assert f"{len(catalog.stages[0].resources) + 1}. [" in seen.text
    assert catalog.stages[0].title not in seen.text


async def test_no_such_stage(server: Server, catalog: Catalog) -> None:
    seen = await server.ask("path", stage="@everyone")
    assert "There's no stage or track called" in seen.text
    assert "@everyone" not in seen.text
    assert catalog.stages[0].title in seen.text


ALIVE = "**kwargs and *args*: __init__ ||spoiler|| `code` [x](https://evil.example) @everyone"


async def test_titles_come_back_dead_and_their_links_alive(server: Server, store: Store) -> None:
    titles = [ALIVE, "Ends in a backslash \\", "[", "]", "a]b\\]c"]
    resources = tuple(Resource(f"r{n}", title, f"https://example.org/{n}") for n, title in enumerate(titles))
    catalog = Catalog("Odd", stages=(Stage("s", ALIVE, resources=resources),))
    await server.env.restart_bot(create_bot(Settings.model_construct(), catalog, store))
    for seen in (await server.ask("path"), await server.ask("path", stage="no such thing")):
        for alive in ("**kwargs", "*args*", "__init__", "||spoiler||", "`code`", "[x](https", "@everyone"):
            assert alive not in seen.text.replace("\\\\", "").replace("\\[", "")
    text = (await server.ask("path")).text
    for n, title in enumerate(titles):
        (shown,) = re.findall(rf"\[([^\\\[\]]*)\]\(https://example\.org/{n}\)", text)  # Discord shows a backslash there
        assert shown == label(title)


async def test_stages_are_offered(server: Server, catalog: Catalog) -> None:
    offered = await server.mia.autocomplete(server.channel, "path", "stage", "")
    assert [one["value"] for one in offered] == [group.id for group in (*catalog.stages, *catalog.tracks)]


async def test_buttons_work_after_a_restart(server: Server, catalog: Catalog, store: Store) -> None:
    seen = await server.ask("path")
    await server.env.restart_bot(create_bot(Settings.model_construct(), catalog, store))
    turned = Seen(await server.mia.click(seen.message, label="Next"))
    assert "Page 2" in turned.text


async def test_the_button_of_a_stage_that_is_gone_is_polite(server: Server, catalog: Catalog, store: Store) -> None:
    seen = await server.ask("path", stage=catalog.stages[0].id)
    assert "Next" in seen.labels
    smaller = replace(catalog, stages=catalog.stages[1:])
    await server.env.restart_bot(create_bot(Settings.model_construct(), smaller, store))
    answer = Seen(await server.mia.click(seen.message, label="Next"))
    assert answer.text.strip() == "That part of the path has been removed. See `/path`."


async def test_an_id_that_looks_like_a_number_means_the_id(server: Server, store: Store) -> None:
    stages = tuple(
        Stage(
            str(number), f"Part {number}", resources=(Resource(f"r{number}", f"R{number}", f"https://e.org/{number}"),)
        )
        for number in range(3)
    )
    numbered = Catalog("Numbered", stages=stages)
    await server.env.restart_bot(create_bot(Settings.model_construct(), numbered, store))
    for number in range(3):
        assert f"### Part {number}" in (await server.ask("path", stage=str(number))).text
    assert "### Part 2" in (await server.ask("path", stage="3")).text  # no id: the third


@pytest.mark.parametrize(("days", "is_new"), [(0, True), (27, True), (28, False), (-1, False)])
async def test_what_is_new_on_the_list_says_so(
    server: Server, store: Store, catalog: Catalog, days: int, is_new: bool
) -> None:
    first, today = catalog.stages[0], server.env.now().date()
    added = replace(first.resources[0], added=today - timedelta(days=days))
    other = replace(catalog, stages=(replace(first, resources=(added, *first.resources[1:])), *catalog.stages[1:]))
    await server.env.restart_bot(create_bot(Settings.model_construct(), other, store))
    seen = await server.ask("path")
    assert ("-# your next step · new on the list\n" in seen.text) == is_new
    marked = await server.press(seen, "Mark 1 done")
    assert ("-# new on the list\n" in marked.text) == is_new


async def test_each_step_is_there_once_and_short(server: Server, catalog: Catalog) -> None:
    seen = await server.ask("path")
    lines = seen.text.splitlines()
    for number, resource in enumerate(catalog.resources[:7], start=1):
        (line,) = (one for one in lines if f" {number}. [" in one)
        assert line.endswith(f"]({resource.url}) · {resource.kind}")
    assert "to do" not in seen.text


async def test_further_links_stand_below_their_step(server: Server, store: Store) -> None:
    links = {"pdf": "https://example.org/a.pdf", "code": "https://example.org/code"}
    one = Resource("a", "A", "https://example.org/a", links=links, kind="paper")
    await server.env.restart_bot(
        create_bot(Settings.model_construct(), Catalog("L", stages=(Stage("s", "S", resources=(one,)),)), store)
    )
    seen = await server.ask("path")
    assert "-# your next step · [pdf](https://example.org/a.pdf) · [code](https://example.org/code)" in seen.text
    assert seen.labels == ["Mark 1 done"]
    assert "✓ 1. [A]" in (await server.press(seen, "Mark 1 done")).text
    found = await server.ask("recommend", topic="https://example.org/code")
    assert "**Step 1: [A](https://example.org/a)** · ✓\u00a0done\n-# paper · [pdf]" in found.text
