"""The commands of a curator, as a person types them."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.catalog import load_catalog
from bot.cli import main

INDEX = """\
# Bread

## First loaf

- [No-knead bread](https://a.example/knead) - The least work.
- [Folding](https://a.example/fold) [[video](https://youtu.be/abc)]
- [Again](https://a.example/knead/)
- [Kinds of flour](two.md)
"""


def run(*words: str, typed: str | bytes | None = None) -> Result:
    return CliRunner().invoke(main, words, input=typed)


@pytest.fixture(autouse=True)
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "list.md"
    file.write_text(INDEX, encoding="utf-8")
    return file


def test_from_an_index_to_answers_in_three_commands() -> None:
    imported = run("import", "list.md", "-o", "catalog.yaml")
    assert imported.exit_code == 0
    assert imported.stdout == ""
    assert "Bread: 2 resources in 1 stage, with 1 further link." in imported.stderr
    assert "4 of 4 addresses in the file were read." in imported.stderr
    assert "“Again” (list.md:7): same page as “No-knead bread” (line 5)" in imported.stderr
    assert "relative links (give the index's address with --base URL): 1\n    list.md:8 two.md" in imported.stderr
    assert "no problems (2 resources, 1 stage, 0 tracks, 0 topics)" in run("check").stdout
    assert json.loads(run("recommend", "--json", "kneed bread").stdout)["hits"][0]["url"] == "https://a.example/knead"


def test_to_standard_output_and_from_standard_input(tmp_path: Path) -> None:
    result = run("import", "-", "--base", "https://a.example/", typed=INDEX)
    assert result.exit_code == 0
    (tmp_path / "piped.yaml").write_text(result.stdout, encoding="utf-8")
    assert load_catalog("piped.yaml").resources[-1].url == "https://a.example/two.md"


def test_an_existing_file_is_not_replaced_unless_told(tmp_path: Path) -> None:
    (tmp_path / "catalog.yaml").write_text("mine")
    refused = run("import", "list.md", "-o", "catalog.yaml")
    assert (refused.exit_code, (tmp_path / "catalog.yaml").read_text()) == (2, "mine")
    assert "--force" in refused.stderr
    assert run("import", "list.md", "-o", "catalog.yaml", "--force").exit_code == 0
    assert len(load_catalog("catalog.yaml")) == 2


@pytest.mark.parametrize("data", [b"", b"no links", b"\0\1", b"[x](https://a.example/\xff)", b"[x](https://a.ex"])
@pytest.mark.parametrize("command", [("import",), ("demo", "--no-browser", "--index")])
def test_bad_input_writes_nothing(tmp_path: Path, data: bytes, command: tuple[str, ...]) -> None:
    (tmp_path / "bad.md").write_bytes(data)
    output = ("-o", "out.yaml") if command == ("import",) else ()
    result = run(*command, "bad.md", *output)
    assert result.exit_code == 1
    assert result.stderr.startswith("bad.md:")
    assert not result.stdout
    assert not (tmp_path / "out.yaml").exists()


def test_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    result = run("import", "list.md", "-o", "no/such/folder/catalog.yaml")
    assert result.exit_code == 2
    assert "cannot be written" in result.stderr


@pytest.mark.parametrize(
    "words",
    [("import",), ("import", "nowhere.md"), ("import", "list.md", "--base", "here"), ("sync", "list.md"),
     ("demo", "--index", "list.md", "--catalog", "list.md"), ("schema", "extra")],
)  # fmt: skip
def test_wrong_use(words: tuple[str, ...]) -> None:
    assert run(*words).exit_code == 2


def test_sync_says_what_changed_and_its_exit_code_too(tmp_path: Path, index: Path) -> None:
    run("import", "list.md", "-o", "catalog.yaml")
    before = (tmp_path / "catalog.yaml").read_bytes()
    unchanged = run("sync", "list.md", "catalog.yaml")
    assert (unchanged.exit_code, unchanged.stdout) == (0, "Nothing has changed.\n")
    assert (tmp_path / "catalog.yaml").read_bytes() == before

    index.write_text(INDEX.replace("- [Folding]", "- [Ovens](https://a.example/ovens)\n- [Folding]"), encoding="utf-8")
    dry = run("sync", "list.md", "catalog.yaml", "--dry-run")
    assert dry.exit_code == 3
    assert "added: “Ovens”, in “First loaf”\n1 added.\n" in dry.stdout
    assert "+        url: https://a.example/ovens\n" in dry.stdout
    assert (tmp_path / "catalog.yaml").read_bytes() == before

    assert run("sync", "list.md", "catalog.yaml").exit_code == 3
    assert [one.title for one in load_catalog("catalog.yaml")][1] == "Ovens"
    assert run("sync", "list.md", "catalog.yaml").exit_code == 0


def test_sync_compares_with_the_import_that_is_kept_beside_the_catalog(tmp_path: Path, index: Path) -> None:
    run("import", "list.md", "-o", "catalog.yaml", "--base", "https://a.example/")
    assert "# base: https://a.example/\n" in (tmp_path / "catalog.import.yaml").read_text(encoding="utf-8")
    catalog = tmp_path / "catalog.yaml"
    catalog.write_text(
        catalog.read_text(encoding="utf-8").replace("title: Kinds of flour", "title: Ours"), encoding="utf-8"
    )
    index.write_text(INDEX.replace("[Kinds of flour]", "[All flours]").replace("least work", "least"), encoding="utf-8")
    synced = run("sync", "list.md", "catalog.yaml")
    assert "changed: “No-knead bread”, summary: The least." in synced.stdout
    assert "kept as you have it: “Ours”, the index has another title: All flours" in synced.stdout
    assert run("sync", "list.md", "catalog.yaml").stdout == "Nothing has changed.\n"


def test_an_index_that_lost_most_links_needs_force(tmp_path: Path, index: Path) -> None:
    index.write_text("".join(f"- [Bread {n}](https://a.example/{n})\n" for n in range(6)), encoding="utf-8")
    run("import", "list.md", "-o", "catalog.yaml")
    index.write_text("- [Bread 1](https://a.example/1)\n", encoding="utf-8")
    refused = run("sync", "list.md", "catalog.yaml")
    assert refused.exit_code == 1
    assert "catalog.yaml: the index lost 5 of 6 links; if that is meant, sync with --force\n" in refused.stderr
    assert run("sync", "list.md", "catalog.yaml", "--force").exit_code == 3
    assert len(load_catalog("catalog.yaml").retired) == 5


def test_an_index_in_the_place_of_the_catalog() -> None:
    refused = run("sync", "list.md", "list.md")
    assert (refused.exit_code, "is an index, not a catalog; import it first" in refused.stderr) == (1, True)


def test_sync_keeps_the_mode_and_a_link_of_the_file(tmp_path: Path, index: Path) -> None:
    run("import", "list.md", "-o", "real.yaml")
    (tmp_path / "real.yaml").chmod(0o640)
    (tmp_path / "catalog.yaml").symlink_to("real.yaml")
    index.write_text(INDEX.replace("[Folding]", "[Folds]"), encoding="utf-8")
    assert run("sync", "list.md", "catalog.yaml").exit_code == 3
    assert (tmp_path / "catalog.yaml").is_symlink()
    assert (tmp_path / "real.yaml").stat().st_mode & 0o777 == 0o640
    assert "title: Folds" in (tmp_path / "real.yaml").read_text(encoding="utf-8")


def test_schema() -> None:
    assert json.loads(run("schema").stdout)["title"] == "catalog.yaml"


@pytest.mark.slow
def test_a_bar_shows_how_far_a_long_import_is(tmp_path: Path) -> None:
    """On a terminal, and only where it takes longer than a second."""
    (tmp_path / "long.md").write_text("".join(f"- [Title {n}](https://x.example/{n}) - Text.\n" for n in range(9000)))
    assert "Reading" in terminal_of("long.md", tmp_path)
    assert "Reading" not in terminal_of("list.md", tmp_path)


def terminal_of(name: str, folder: Path) -> str:
    """What an import shows on a terminal."""
    ours, theirs = pty.openpty()
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parent.parent)}
    command = (sys.executable, "-m", "bot", "import", name, "-o", f"{name}.yaml")
    with subprocess.Popen(command, cwd=folder, stderr=theirs, stdout=theirs, env=environment):  # noqa: S603
        os.close(theirs)
        shown = b""
        try:
            while part := os.read(ours, 4096):
                shown += part
        except OSError:  # the other end is closed: all has been read
            pass
    os.close(ours)
    return shown.decode(errors="replace")
