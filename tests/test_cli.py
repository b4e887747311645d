"""The command line as a person types it."""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from bot.catalog import Catalog
from bot.cli import main
from bot.store import Store

BROKEN = """\
title: Broken
stages:
  - id: one
    title: One
    resources:
      - {id: a, title: A, url: ftp://example.org, summry: x}
"""


def run(*words: str, typed: str | bytes | None = None, color: bool = False, **environment: str | None) -> Result:
    env = {"DISCORD_TOKEN": None, "DATABASE_URL": None} | environment
    return CliRunner().invoke(main, words, input=typed, color=color, env=env)


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In an empty folder: no catalog and no .env of the checkout."""
    monkeypatch.chdir(tmp_path)


def test_recommend(catalog: Catalog) -> None:
    result = run("recommend", "kv cache")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0] == "1. KV Cache brief explainer"
    assert catalog["kv-cache-explainer"].url in result.stdout
    assert "Why: Main topic: KV cache" in result.stdout
    assert "\x1b[" not in result.stdout


def test_colours_are_for_terminals() -> None:
    assert "\x1b[" in run("recommend", "kv cache", color=True).stdout


def test_quotes_may_be_left_out() -> None:
    assert run("recommend", "kv", "cache").stdout == run("recommend", "kv cache").stdout


def test_recommend_json() -> None:
    result = run("recommend", "--json", "kv cache")
    (line,) = result.stdout.splitlines()
    answer = json.loads(line)
    assert list(answer) == ["query", "hits", "related", "suggestion"]
    assert [hit["id"] for hit in answer["hits"][:2]] == ["kv-cache-explainer", "understanding-llama2"]
    assert list(answer["hits"][0]) == ["id", "title", "url", "kind", "score", "why"]
    assert all(0 < hit["score"] <= 1 and hit["why"] for hit in answer["hits"])


def test_nothing_fits() -> None:
    result = run("recommend", "transformer toys")
    assert result.exit_code == 1
    assert "No match for “transformer toys”" in result.stdout
    assert "Near it on the list:" in result.stdout
    assert "Near it on the list" not in run("recommend", "sourdough bread").stdout


def test_one_query_a_line() -> None:
    result = run(
        "recommend", "--json", "-", typed="\ufeffkv cache\r\n\nsourdough\n\udcff".encode(errors="surrogateescape")
    )
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert [answer["query"] for answer in answers] == ["kv cache", "sourdough", "�"]
    assert [bool(answer["hits"]) for answer in answers] == [True, False, False]
    assert result.exit_code == 0
    assert run("recommend", "-", typed="sourdough\n").exit_code == 1
    assert run("recommend", "-", typed="").exit_code == 1


def test_filters_and_limit() -> None:
    answer = json.loads(run("recommend", "--json", "--kind", "video", "--limit", "1", "kv cache").stdout)
    assert [(hit["id"], hit["kind"]) for hit in answer["hits"]] == [("kv-cache-explainer", "video")]
    unknown = run("recommend", "--level", "nobody", "kv cache")
    assert unknown.exit_code == 2
    assert "No level “nobody” here. Choose: " in unknown.stderr


def test_a_kind_may_be_written_as_on_discord() -> None:
    small, capital = (run("recommend", "--json", "--kind", kind, "kv cache").stdout for kind in ("video", " Video"))
    assert json.loads(small)["hits"] == json.loads(capital)["hits"] != []


@pytest.mark.parametrize(
    "words",
    [
        ("recommend",), ("recommend", "--limit", "0", "x"), ("recommend", "--nonsense", "x"), ("nonsense",),
        ("path", "extra"), ("check", "nowhere.yaml"), ("path", "--catalog", "nowhere.yaml"),
        ("demo", "--port", "70000"),
        ("invite", "--client-id", "abc"),
    ],
)  # fmt: skip
def test_wrong_use(words: tuple[str, ...]) -> None:
    result = run(*words)
    assert result.exit_code == 2
    assert "Error: " in result.stderr


def test_path(catalog: Catalog) -> None:
    result = run("path")
    assert result.exit_code == 0
    places = [result.stdout.index(f"{number:>4}. {one.title}") for number, one in enumerate(catalog, start=1)]
    assert places == sorted(places)
    assert "Before you start: an understanding of neural networks" in result.stdout
    assert "(no resources yet)" in result.stdout


def test_path_json(catalog: Catalog) -> None:
    listed = json.loads(run("path", "--json").stdout)
    assert [step["step"] for step in listed] == list(range(1, 24))
    assert [step["id"] for step in listed] == [resource.id for resource in catalog]
    assert [step["url"] for step in listed] == [resource.url for resource in catalog]
    assert ("stage" in listed[0], "track" in listed[-1]) == (True, True)


def test_check_is_content() -> None:
    result = run("check")
    assert result.exit_code == 0
    assert "no problems (23 resources, 2 stages, 3 tracks" in result.stdout


@pytest.mark.parametrize("words", [("check", "broken.yaml"), ("check", "--catalog", "broken.yaml")])
def test_check_finds(tmp_path: Path, words: tuple[str, ...]) -> None:
    (tmp_path / "broken.yaml").write_text(BROKEN)
    result = run(*words)
    assert result.exit_code == 1
    assert 'broken.yaml:6: resource "a": url must start with http:// or https://' in result.stderr
    assert 'unknown key "summry": did you mean "summary"?' in result.stderr
    assert "2 problems found" in result.stderr


@pytest.mark.parametrize("words", [("recommend", "x"), ("path",), ("demo", "--no-browser")])
def test_a_broken_catalog_stops_every_command_in_the_same_words(tmp_path: Path, words: tuple[str, ...]) -> None:
    (tmp_path / "catalog.yaml").write_text(BROKEN)
    result = run(*words)
    assert result.exit_code == 1
    assert "catalog.yaml:6:" in result.stderr


def test_the_catalog_here_comes_before_the_shipped_one(tmp_path: Path) -> None:
    (tmp_path / "catalog.yaml").write_text(BROKEN.replace("ftp", "https").replace("summry", "summary"))
    assert "Broken" in run("path").stdout


def test_run_without_a_token() -> None:
    result = run("run")
    assert result.exit_code == 2
    assert "DISCORD_TOKEN is not set" in result.stderr
    assert "studybot demo" in result.stderr


def test_a_token_in_a_file(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("DISCORD_TOKEN=MTIzNDU2Nzg5MDEyMzQ1Njc4.x.y\n")
    assert "client_id=123456789012345678" in run("invite").stdout


def test_invite_asks_for_what_is_needed_and_no_more() -> None:
    link = run("invite", "--client-id", "42").stdout.strip()
    # View Channel, Send Messages, Read Message History, Create Public Threads
    permissions = 1024 + 2048 + 65536 + (1 << 35)
    assert link == (
        f"https://discord.com/oauth2/authorize?client_id=42&scope=bot+applications.commands&permissions={permissions}"
    )


def test_a_token_that_is_none() -> None:
    result = run("invite", DISCORD_TOKEN="hunter2")
    assert result.exit_code == 2
    assert "does not look like a bot token" in result.stderr
    assert "hunter2" not in result.output


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("sqlite:////nowhere/at/all.db", "cannot be opened"),
        ("mysql://u:secret@h/n", "mysql"),
        ("rubbish", "not a database"),
        ("postgresql+asyncpg://localhost:1/n?user=u&password=secret", "cannot be opened"),
        ("postgresql+asyncpg://u:se@secret@localhost:1/n", "cannot be opened"),
        ("postgresql+asyncpg://u:secret@localhost:1/n?connect_timeout=10", "does not know: connect_timeout"),
    ],
)
def test_run_with_a_database_that_cannot_be(address: str, said: str) -> None:
    result = run("run", DISCORD_TOKEN="a.b.c", DATABASE_URL=address)
    assert result.exit_code == 3
    assert said in result.stderr
    assert "secret" not in result.output


def test_a_backup_of_a_running_database_is_whole(tmp_path: Path) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)

    async def mark_and_copy() -> Result:
        async with await Store.open("sqlite:///studybot.db") as store:
            for user_id in range(1, 5):
                await store.marks.mark(user_id, ["example.org"], now)
            return await asyncio.to_thread(run, "backup", "copy.db")

    async def marked(url: str) -> list[int]:
        async with await Store.open(url) as store:
            return [user_id for user_id in range(1, 10) if await store.marks.of(user_id)]

    result = asyncio.run(mark_and_copy())
    assert (result.exit_code, result.stdout) == (0, "The database is copied to copy.db.\n")
    assert not Path("copy.db-wal").exists()
    assert asyncio.run(marked("sqlite:///copy.db")) == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("address", "file", "said"),
    [
        ("sqlite:///none.db", "copy.db", "There is no database at none.db"),
        ("sqlite:///here.db", "here.db", "here.db is there already"),
        ("sqlite:///here.db", "no/folder/copy.db", "cannot be copied"),
        ("sqlite://", "copy.db", "in memory"),
        ("postgresql+asyncpg://u:secret@h/n", "copy.db", "pg_dump"),
    ],
)
def test_a_backup_that_cannot_be(address: str, file: str, said: str) -> None:
    sqlite3.connect("here.db").close()
    result = run("backup", file, DATABASE_URL=address)
    assert result.exit_code == 3
    assert said in result.stderr
    assert "secret" not in result.output


@pytest.mark.parametrize("make", [os.mkfifo, Path.mkdir], ids=["fifo", "folder"])
def test_a_dotenv_that_is_no_file_does_not_stop_the_start(make: Callable[[Path], None]) -> None:
    make(Path(".env"))
    assert "there is a .env here, but it isn't a file" in run("invite").stderr
    assert run("invite", DISCORD_TOKEN="MTIz.x.y").exit_code == 0


@pytest.mark.parametrize("name", ["", *main.commands])
def test_help_shows_an_example(name: str) -> None:
    result = run(*filter(None, (name, "--help")))
    assert result.exit_code == 0
    assert "Examples:" in result.stdout
    assert f"studybot {name or 'demo'}" in result.stdout.partition("Examples:")[2]


def test_what_reads_a_catalog_takes_its_path() -> None:
    reading = {name for name, command in main.commands.items() if _takes_catalog(command)}
    assert reading == {"run", "demo", "recommend", "path", "check"}


def _takes_catalog(command: click.Command) -> bool:
    return any("--catalog" in parameter.opts for parameter in command.params)


def test_python_m_bot_is_the_same_program() -> None:
    words = (sys.executable, "-m", "bot", "--version")
    done = subprocess.run(words, capture_output=True, text=True, check=True)  # noqa: S603 - our own words
    assert done.stdout.strip() == f"studybot, version {version('studybot')}"
