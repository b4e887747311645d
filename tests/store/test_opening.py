"""Opening a database: any version, any number of processes, and every way it can go wrong."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import sys
import threading
from asyncio.subprocess import PIPE
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from bot.errors import MissingExtra, StoreError, StoreTooNew
from bot.jobs import schedules
from bot.store import Store
from bot.store.backup import back_up
from bot.store.engine import database_url
from bot.store.tables import metadata
from bot.store.upgrade import MIGRATIONS
from bot.store.version import VERSIONS
from tests.store.test_contract import MONDAY, due, put


async def test_the_migrations_lead_to_the_tables(url: str) -> None:
    def differences(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), metadata))

    async with await Store.open(url) as store:
        assert await store.read(differences) == []


def test_the_versions_are_those_of_the_migrations() -> None:
    revisions = ScriptDirectory(str(MIGRATIONS)).walk_revisions()
    assert [one.revision for one in revisions] == [*reversed(VERSIONS)]


async def test_what_was_stored_is_there_at_the_next_start(lasting_url: str) -> None:
    async with await Store.open(lasting_url) as store:
        weekly = await put(store)
    async with await Store.open(lasting_url) as store:
        assert await store.look_up(schedules.of_guild, 1) == weekly


async def test_many_may_open_a_new_database_at_once(lasting_url: str) -> None:
    stores = await asyncio.gather(*(Store.open(lasting_url) for _ in range(5)))
    await asyncio.gather(*(put(store, number) for number, store in enumerate(stores)))
    assert len(await due(stores[0], MONDAY, 100)) == 5
    await asyncio.gather(*(store.close() for store in stores))


async def test_a_newer_database_is_left_alone(lasting_url: str) -> None:
    async with await Store.open(lasting_url) as store:
        weekly = await put(store)
        newer = text("UPDATE alembic_version SET version_num = '9999'")
        await store.write(lambda connection: connection.execute(newer))
        with pytest.raises(StoreTooNew, match=r"newer studybot.*9999.*Nothing was changed"):
            await Store.open(lasting_url)
        assert await store.look_up(schedules.of_guild, 1) == weekly


@pytest.mark.parametrize("folder", ["no/such/folder", "50% of it"])
async def test_a_folder_that_is_not_there(tmp_path: Path, folder: str) -> None:
    with pytest.raises(StoreError, match=r"cannot be opened.*Check that its folder exists"):
        await Store.open(f"sqlite:///{tmp_path / folder / 'studybot.db'}")


async def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    file = tmp_path / "studybot.db"
    file.write_text("dear diary, " * 1000)
    with pytest.raises(StoreError, match="file is not a database"):
        await Store.open(f"sqlite:///{file}")
    assert file.read_text().startswith("dear diary")


async def test_a_disk_that_cannot_be_written(tmp_path: Path) -> None:
    """As on a read-only disk; SQLite itself is told, since the superuser may write anywhere."""
    with pytest.raises(StoreError, match=r"cannot be opened: (attempt to write a readonly|unable to open) database"):
        await Store.open(f"sqlite:///file:{tmp_path / 'studybot.db'}?mode=ro&uri=true")


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("nonsense", "is not a database address"),
        ("mysql://user:secret@host/name", "names mysql"),
        ("postgresql://user:secret@127.0.0.1:1/name", r"user:\*\*\*@127.0.0.1:1/name cannot be opened"),
        ("postgresql://user@127.0.0.1:1/name?password=secret", r"name\?password=\*\*\* cannot be opened"),
        ("postgresql://user:secret@127.0.0.1:1/name?connect_timeout=10", "does not know: connect_timeout"),
        ("postgresql://user:secret@127.0.0.1:1/name?timeout=soon", r"user:\*\*\*@127.0.0.1:1/.* cannot be opened"),
    ],
)
async def test_an_address_that_leads_nowhere(address: str, said: str) -> None:
    before = set(threading.enumerate())
    with pytest.raises(StoreError, match=said) as caught:
        await Store.open(address)
    assert "secret" not in str(caught.value)
    assert set(threading.enumerate()) <= before


async def test_a_database_that_the_server_does_not_have(postgres_url: str) -> None:
    with pytest.raises(StoreError, match="does not exist"):
        await Store.open(postgres_url.replace("studybot_", "nobody_"))


async def test_postgres_without_its_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "asyncpg", None)
    with pytest.raises(MissingExtra, match=r"pip install 'studybot\[postgres\]'"):
        await Store.open("postgresql://user@localhost/name")


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("sqlite:///a.db", "sqlite+pysqlite:///a.db"),
        ("postgres://u@h/n", "postgresql+asyncpg://u@h/n"),
        ("postgresql://u@h/n?sslmode=require&channel_binding=require", "postgresql+asyncpg://u@h/n?ssl=require"),
        (" postgresql+asyncpg://u@h/n\n", "postgresql+asyncpg://u@h/n"),
    ],
)
def test_addresses_as_hosts_write_them(given: str, used: str) -> None:
    assert database_url(given).render_as_string() == used


async def test_a_lost_database_is_said_in_words_for_a_member(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = tmp_path / "studybot.db"
    async with await Store.open(f"sqlite:///{file}") as store:
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("DROP TABLE app_state")
            connection.commit()
        with pytest.raises(StoreError, match="try again in a minute") as caught:
            await store.state.get("key")
    assert "app_state" not in str(caught.value)
    assert "app_state" in caplog.text


async def test_sqlite_keeps_its_promises(tmp_path: Path) -> None:
    async with await Store.open(f"sqlite:///{tmp_path / 'studybot.db'}") as store:
        for run in (store.read, store.write):
            assert await run(lambda connection: connection.scalar(text("PRAGMA journal_mode"))) == "wal"
            assert await run(lambda connection: connection.scalar(text("PRAGMA foreign_keys"))) == 1


WRITER = """
import asyncio, sys
from bot.store import Store

async def main():
    async with await Store.open(sys.argv[1]) as store:
        for number in range(100_000):
            await store.state.put("written", str(number))
            print(number, flush=True)

asyncio.run(main())
"""


async def test_nothing_recorded_is_lost_to_kill_9(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'studybot.db'}"
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", WRITER, url, stdout=PIPE, env=os.environ)
    assert process.stdout is not None
    said = -1
    while said < 50:
        said = int(await process.stdout.readline())
    process.send_signal(signal.SIGKILL)
    rest = (await process.stdout.read()).decode().split()
    await process.wait()
    async with await Store.open(url) as store:
        kept = await store.state.get("written")
    assert kept is not None
    assert int(kept) >= int(rest[-1] if rest else said)


IMPORTING = """
import asyncio, sys
from bot.store import Store

async def main():
    async with await Store.open(sys.argv[1]) as store:
        await store.marks.mark(1, ("a",), __import__("datetime").datetime.now().astimezone())
        await store.marks.of(1)

asyncio.run(main())
print(*(name for name in ("alembic", "mako", "asyncpg", "sqlalchemy.ext.asyncio") if name in sys.modules))
"""


async def loaded(url: str) -> set[str]:
    """Which of the costly packages a process has loaded that opened a database and used it."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", IMPORTING, url, stdout=PIPE, env=os.environ)
    said, _ = await process.communicate()
    return set(said.decode().split())


async def test_a_start_loads_what_it_needs_alone(lasting_url: str) -> None:
    driver = {"asyncpg", "sqlalchemy.ext.asyncio"} if lasting_url.startswith("postgres") else set()
    assert await loaded(lasting_url) == {"alembic", "mako"} | driver, "the first start creates the tables"
    assert await loaded(lasting_url) == driver


@pytest.fixture
def open_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def modes(folder: Path) -> dict[str, int]:
    return {file.name: file.stat().st_mode & 0o777 for file in folder.iterdir() if not file.is_symlink()}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
@pytest.mark.usefixtures("open_umask")
@pytest.mark.parametrize("address", ["sqlite:///{}/a b.db", "sqlite:///file:{}/a%20b.db?uri=true"])
async def test_only_its_owner_can_read_a_new_database(tmp_path: Path, address: str) -> None:
    url = address.format(tmp_path)
    async with await Store.open(url) as store:
        await store.state.put("key", "value")
        assert modes(tmp_path) == dict.fromkeys(("a b.db", "a b.db-wal", "a b.db-shm"), 0o600)
        back_up(url.replace("file:", "").replace("%20", " ").partition("?")[0], tmp_path / "copy.db")
    assert modes(tmp_path) == {"a b.db": 0o600, "copy.db": 0o600}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
@pytest.mark.usefixtures("open_umask")
async def test_a_link_to_where_the_database_is_to_lie_is_followed(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "studybot.db").symlink_to(tmp_path / "disk" / "studybot.db")
    async with await Store.open(f"sqlite:///{tmp_path}/studybot.db"):
        assert set(modes(tmp_path / "disk").values()) == {0o600}


async def test_what_the_host_has_opened_stays_open(tmp_path: Path) -> None:
    file = tmp_path / "studybot.db"
    file.touch(mode=0o640)
    mode = file.stat().st_mode
    async with await Store.open(f"sqlite:///{file}"):
        assert file.stat().st_mode == mode


async def test_a_backup_follows_no_link(tmp_path: Path) -> None:
    (tmp_path / "copy.db").symlink_to(tmp_path / "elsewhere.db")
    async with await Store.open(f"sqlite:///{tmp_path}/studybot.db"):
        with pytest.raises(StoreError, match=r"copy\.db is there already"):
            back_up(f"sqlite:///{tmp_path}/studybot.db", tmp_path / "copy.db")
    assert not (tmp_path / "elsewhere.db").exists()


def test_a_backup_that_fails_leaves_nothing(tmp_path: Path) -> None:
    source = tmp_path / "studybot.db"
    source.write_bytes(b"no database at all " * 100)
    with pytest.raises(StoreError, match="cannot be copied"):
        back_up(f"sqlite:///{source}", tmp_path / "copy.db")
    assert [file.name for file in tmp_path.iterdir()] == ["studybot.db"]
