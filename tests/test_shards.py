"""Which shards a process has: what the host writes, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import main
from bot.errors import SettingsError
from bot.settings import Settings
from bot.shards import Shards


@pytest.mark.parametrize(
    ("count", "ids", "expected"),
    [("3", "1", (1,)), ("16", "0-3,8", (0, 1, 2, 3, 8)), ("1", "0", (0,)), (" 4 ", " 0 - 1 , 3 ", (0, 1, 3))],
)
def test_shards_are_named_one_by_one_or_from_to(count: str, ids: str, expected: tuple[int, ...]) -> None:
    shards = Settings(shard_count=count, shard_ids=ids).shards
    assert shards == Shards(int(count), expected)
    assert shards.share == len(expected) / int(count)
    assert shards.has_direct_messages == (0 in expected)


def test_without_them_a_process_serves_the_whole_bot() -> None:
    assert Settings().shards is None


@pytest.mark.parametrize(
    ("count", "ids"),
    [("3", ""), ("", "0"), ("3", "3"), ("3", "0,0"), ("3", "1-0"), ("3", "-1"), ("0", "0"), ("x", "0"), ("3", "0;1")],
)
def test_what_names_no_shards_is_refused(count: str, ids: str) -> None:
    with pytest.raises(SettingsError, match="Set both or neither"):
        _ = Settings(shard_count=count, shard_ids=ids).shards


@pytest.mark.parametrize("options", [["--shard-count", "2", "--shard-ids", "0"], []])
def test_sqlite_is_refused_with_one_line(options: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    variables = {"DISCORD_TOKEN": "a.b.c"} | ({} if options else {"SHARD_COUNT": "2", "SHARD_IDS": "0"})
    result = CliRunner().invoke(main, ["run", *options], env=variables)
    assert result.exit_code == 2
    (line,) = result.stderr.splitlines()
    assert "SHARD_COUNT and SHARD_IDS need PostgreSQL" in line
    assert not list(tmp_path.iterdir())
