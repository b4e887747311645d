"""The README tells the truth: its commands exist, every command is in it, its examples work."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from discord import app_commands
from simcord import Env

from bot.catalog import load_catalog
from bot.cli import main
from bot.client import PERMISSIONS
from tests.members.server import Server

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCS = {file: file.read_text(encoding="utf-8") for file in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))}
EVERYTHING = "\n".join(DOCS.values())


def blocks(language: str, text: str = README) -> list[str]:
    return re.findall(rf"^ *```{language}\n(.*?)^ *```", text, flags=re.DOTALL | re.MULTILINE)


def test_the_two_commands_stand_on_the_first_screen() -> None:
    demo, tests = blocks("sh")[:2]
    assert demo == "python3 -m venv .venv && .venv/bin/pip install -e '.[demo]' && .venv/bin/studybot demo\n"
    install, run = ".venv/bin/pip install -e '.[test]'", ".venv/bin/pytest -n auto -m 'not slow'"
    assert tests == f"python3 -m venv .venv && {install} && {run}\n"
    assert README.index(tests) < 1500


def test_every_cli_command_is_documented_and_every_documented_one_exists() -> None:
    listed = re.findall(r"^\| `studybot ([a-z]+)", (ROOT / "docs" / "command-line.md").read_text(), flags=re.MULTILINE)
    assert set(listed) == set(main.commands)
    typed = "\n".join([*blocks("sh", EVERYTHING), *re.findall(r"`[^`\n]+`", EVERYTHING)])
    named = set(re.findall(r"\bstudybot ([a-z]+)", typed))
    assert named <= set(main.commands)


@pytest.mark.parametrize("words", sorted(set(re.findall(r"studybot ([a-z]+ --[a-z-]+|--[a-z-]+)", EVERYTHING))))
def test_options_exist(words: str) -> None:
    *command, option = words.split()
    assert option in CliRunner().invoke(main, [*command, "--help"]).stdout


async def test_every_slash_command_is_documented_with_its_options(simcord_env: Env) -> None:
    Server(simcord_env)
    bot: Any = simcord_env.bot
    described = dict(re.findall(r"^\| `/([a-z]+(?: [a-z]+\b(?!:))?) ?([^`]*)` \|", README, flags=re.MULTILINE))
    commands = [command for command in bot.tree.walk_commands() if isinstance(command, app_commands.Command)]
    assert set(described) == {command.qualified_name for command in commands}
    for command in commands:
        options = [f"{one.name}:" if one.required else f"[{one.name}:]" for one in command.parameters]
        assert described[command.qualified_name].split() == options


def test_the_example_catalog_has_no_problems(tmp_path: Path) -> None:
    (example,) = blocks("yaml", (ROOT / "docs" / "catalog.md").read_text(encoding="utf-8"))
    file = tmp_path / "catalog.yaml"
    file.write_text(example, encoding="utf-8")
    assert len(load_catalog(file)) == 1
    assert yaml.safe_load(example)["title"] == "Bread for beginners"


def test_the_example_in_python_prints_what_it_says(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    (example,) = blocks("python")
    exec(example, {})  # noqa: S102 - our own README
    assert f"# {capsys.readouterr().out}" in f"{example}\n"


@pytest.mark.parametrize("file", DOCS, ids=lambda file: file.name)
def test_its_files_and_headings_exist(file: Path) -> None:
    for target in re.findall(r"\]\(([^)]+)\)", re.sub(r"```.*?```", "", DOCS[file], flags=re.DOTALL)):
        path, _, heading = target.partition("#")
        if target.startswith("http"):
            continue
        there = file.parent / path if path else file
        assert there.is_file(), target
        if heading:
            lines = there.read_text(encoding="utf-8").split("\n")
            assert heading in [re.sub(r"[^a-z ]", "", one.lower()).strip().replace(" ", "-") for one in lines], target


def test_the_readme_is_one_page() -> None:
    assert README.count("\n") <= 150


def test_the_promises_name_tests_that_exist() -> None:
    promises = (ROOT / "docs" / "delivery.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(test_\w+\.py)`", promises))
    assert named
    assert named <= {file.name for file in (ROOT / "tests").rglob("test_*.py")}


def test_the_permissions_it_names_are_those_of_the_invite() -> None:
    names = {
        "read_messages": "View Channels",
        "send_messages": "Send Messages",
        "create_public_threads": "Create\n   Public Threads",
        "read_message_history": "Read Message History",
    }
    assert {name for name, granted in PERMISSIONS if granted} == set(names)
    for name in names.values():
        assert f"*{name}*" in README
