"""Lists that change while the bot runs: files as people change them, and what comes of it."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import subprocess
import sys
import weakref
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from bot.catalogs import Library
from bot.client import _stop_signal
from bot.errors import CatalogError, StudybotError
from bot.reloading import CatalogReader, IndexReader, Reloader
from bot.store import Store


def text(title: str, *resources: str, id_: str = "bread") -> str:
    lines = [f"      - {{id: {one}, title: About {one}, url: https://example.org/{one}}}" for one in resources]
    return "\n".join([f"id: {id_}", f"title: {title}", "stages:", "  - title: All", "    resources:", *lines, ""])


def in_place(file: Path, content: str) -> None:
    file.write_text(content)


def renamed_over(file: Path, content: str) -> None:
    (fresh := file.with_name(f".{file.name}.swp")).write_text(content)
    fresh.replace(file)


def same_size_and_time(file: Path, content: str) -> None:
    """What a network drive that caches attributes shows."""
    before = file.stat()
    file.write_text(content.ljust(before.st_size, "#")[: max(before.st_size, len(content))])
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


def pulled(file: Path, content: str) -> None:
    def git(*words: str) -> None:
        line = ("git", "-c", "user.name=x", "-c", "user.email=x@example.org", *words)
        subprocess.run(line, cwd=file.parent, check=True, capture_output=True)  # noqa: S603 - our own words

    git("init", "-b", "main")
    git("add", file.name)
    git("commit", "-m", "one")
    git("checkout", "-b", "next")
    file.write_text(content)
    git("commit", "-am", "two")
    git("checkout", "main")
    git("merge", "next")


def linked_elsewhere(file: Path, content: str) -> None:
    """How Kubernetes changes a mounted file: by a link that is replaced."""
    (elsewhere := file.with_name("elsewhere")).write_text(content)
    (link := file.with_name("link")).symlink_to(elsewhere)
    link.replace(file)


class Host:
    """A host with a list in a folder, who changes it."""

    def __init__(self, path: Path, reader: CatalogReader | IndexReader | None = None) -> None:
        self.reloader = Reloader(reader or CatalogReader(path))
        self.reported: list[str] = []

    async def report(self, error: StudybotError) -> None:
        self.reported.append(str(error))

    async def look(self, times: int = 2) -> None:
        for _ in range(times):
            await self.reloader.look(self.report)

    @property
    def ids(self) -> list[str]:
        return [one.id for one in self.reloader.catalogs.default.catalog]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "list.yaml").write_text(text("Bread", "flour", "water"))
    return tmp_path / "list.yaml"


@pytest.mark.parametrize("change", [in_place, renamed_over, same_size_and_time, pulled, linked_elsewhere])
async def test_a_change_is_served_however_it_is_made(file: Path, change: Callable[[Path, str], None]) -> None:
    host = Host(file)
    await host.reloader.start()
    change(file, text("Bread", "flour", "yeast"))
    await host.look()
    assert host.ids == ["flour", "yeast"]
    assert host.reported == []


async def test_a_file_that_is_being_written_is_left_until_it_is_whole(file: Path) -> None:
    host = Host(file)
    await host.reloader.start()
    whole = text("Bread", "flour", "water", "yeast")
    for end in (90, 150, len(whole)):
        file.write_text(whole[:end])
        await host.look(1)
        assert host.ids == ["flour", "water"]
    await host.look(1)
    assert host.ids == ["flour", "water", "yeast"]
    assert host.reported == []


async def test_problems_change_nothing_and_are_reported_once(file: Path, caplog: pytest.LogCaptureFixture) -> None:
    host = Host(file)
    await host.reloader.start()
    served = host.reloader.catalogs.default
    for broken in ("titel: Bread", "titel: Brot", "stages: ["):
        file.write_text(text("Bread", "flour") + broken)
        await host.look(5)
        assert host.reloader.catalogs.default is served
    file.unlink()
    await host.look()
    assert host.reloader.catalogs.default is served
    assert len(host.reported) == 1
    assert "list.yaml:7: " in host.reported[0]
    assert caplog.text.count("The lists changed, with problems") == 4
    file.write_text(text("Bread", "yeast"))
    await host.look()
    assert host.ids == ["yeast"]
    file.write_text("")
    await host.look()
    assert len(host.reported) == 2


async def test_a_signal_takes_what_is_there_at_once(file: Path) -> None:
    host = Host(file)
    await host.reloader.start()
    file.write_text(text("Bread", "yeast"))
    await host.reloader.look(host.report, at_once=True)
    assert host.ids == ["yeast"]


async def test_a_folder_serves_all_its_lists_the_first_by_name_to_everybody(tmp_path: Path) -> None:
    (tmp_path / "b.yaml").write_text(text("Bread", "flour"))
    (tmp_path / "c.yml").write_text(text("Pizza", "oven", id_="pizza"))
    (tmp_path / "b.import.yaml").write_text("the last import")
    (tmp_path / ".hidden.yaml").write_text("an editor's")
    (tmp_path / "README.md").write_text("# No list")
    host = Host(tmp_path)
    catalogs = await host.reloader.start()
    assert host.ids == ["flour"]
    bread, pizza = catalogs.default, catalogs.get("pizza")
    (tmp_path / "a.yaml").write_text(text("Soup", "leek", id_="soup"))
    (tmp_path / "c.yml").write_text("broken")
    await host.look()
    assert host.ids == ["leek"]
    assert catalogs.get("bread") is bread  # what did not change is not read again
    assert catalogs.get("pizza") is pizza
    assert "c.yml" in host.reported[0]
    (tmp_path / "a.yaml").unlink()
    (tmp_path / "c.yml").write_text(text("Pizza", "stone", id_="pizza"))
    await host.look()
    assert catalogs.default is bread
    assert catalogs.get("soup") is None
    for one in tmp_path.glob("*.y*ml"):
        one.unlink()
    await host.look()
    assert catalogs.default is bread
    assert "has no catalogs" in host.reported[-1]


async def test_two_files_with_one_id_are_a_problem(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(text("Bread", "flour"))
    host = Host(tmp_path)
    await host.reloader.start()
    (tmp_path / "b.yaml").write_text(text("Bread again", "water"))
    await host.look()
    assert host.ids == ["flour"]
    assert "has the id “bread”, as a.yaml has" in host.reported[0]
    with pytest.raises(CatalogError, match="has the id “bread”"):
        await Host(tmp_path).reloader.start()


async def test_an_empty_folder_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="has no catalogs"):
        await Host(tmp_path).reloader.start()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signal")
async def test_a_running_bot_takes_a_change_by_itself_and_on_sighup_at_once(file: Path) -> None:
    host = Host(file)
    await host.reloader.start()
    _stop_signal(host.reloader)
    watching = asyncio.create_task(host.reloader.watch(host.report))
    try:
        for change in ("yeast", "salt"):
            file.write_text(text("Bread", change))
            if change == "salt":
                os.kill(os.getpid(), signal.SIGHUP)
            async with asyncio.timeout(60):
                while host.ids != [change]:  # noqa: ASYNC110 - a thread reads it
                    await asyncio.sleep(0.01)
    finally:
        watching.cancel()
        asyncio.get_running_loop().remove_signal_handler(signal.SIGHUP)


INDEX = "# Bread\n\n## Start\n\n- [Flour](https://example.org/flour)\n- [Water](https://example.org/water)\n"


def of_index(index: Path, store: Store) -> Host:
    return Host(index, IndexReader(index, store, lambda: date(2026, 11, 28)))


async def test_an_index_is_served_and_merged_when_it_changes(tmp_path: Path, store: Store) -> None:
    index = tmp_path / "bread.md"
    index.write_text(INDEX)
    host = of_index(index, store)
    await host.reloader.start()
    assert host.ids == ["flour", "water"]
    index.write_text(INDEX.replace("[Flour]", "[Kinds of flour]") + "- [Yeast](https://example.org/yeast)\n")
    await host.look()
    catalog = host.reloader.catalogs.default.catalog
    assert [(one.id, one.title) for one in catalog] == [
        ("flour", "Kinds of flour"), ("water", "Water"), ("yeast", "Yeast"),
    ]  # fmt: skip
    again = of_index(index, store)  # ids outlive a restart
    await again.reloader.start()
    assert again.ids == ["flour", "water", "yeast"]


async def test_an_index_that_cannot_be_merged_leaves_what_was_served(tmp_path: Path, store: Store) -> None:
    index = tmp_path / "bread.md"
    index.write_text(INDEX)
    await of_index(index, store).reloader.start()
    index.write_text("# Nothing here")
    host = of_index(index, store)
    await host.reloader.start()
    assert host.ids == ["flour", "water"]
    await host.look()
    assert "has no links" in host.reported[0]


@pytest.mark.slow
async def test_a_list_that_is_replaced_a_thousand_times_leaves_no_memory_behind(file: Path) -> None:
    host = Host(file)
    await host.reloader.start()
    first: weakref.ref[Library] = weakref.ref(host.reloader.catalogs.default)
    gc.freeze()  # as the host does
    try:
        blocks = []
        for number in range(1000):
            file.write_text(text("Bread", "flour", f"yeast-{number % 7}"))
            await host.reloader.look(host.report, at_once=True)
            if number in (499, 999):
                blocks.append(sys.getallocatedblocks())
    finally:
        gc.unfreeze()
    assert first() is None
    assert host.ids == ["flour", "yeast-5"]
    assert blocks[1] - blocks[0] < 2000  # a list of three resources and its index take more than four
