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


def blocks(language: str) -> list[str]:
    return re.findall(rf"^ *```{language}\n(.*?)^ *```", README, flags=re.DOTALL | re.MULTILINE)


def test_the_two_commands_stand_on_the_first_screen() -> None:
    demo, tests = blocks("sh")[:2]
    assert demo == "python3 -m venv .venv && .venv/bin/pip install -e '.[demo]' && .venv/bin/studybot demo\n"
    install, run = ".venv/bin/pip install -e '.[test]'", ".venv/bin/pytest -n auto -m 'not slow'"
    assert tests == f"python3 -m venv .venv && {install} && {run}\n"
    assert README.index(tests) < 1500


def test_every_cli_command_is_documented_and_every_documented_one_exists() -> None:
    named = set(re.findall(r"studybot ([a-z]+)", README)) - {"studybot"}
    assert named == set(main.commands)


@pytest.mark.parametrize("words", sorted(set(re.findall(r"studybot ([a-z]+ --[a-z-]+|--[a-z-]+)", README))))
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
    (example,) = blocks("yaml")
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


def test_its_files_and_headings_exist() -> None:
    for target in re.findall(r"\]\(([^)]+)\)", README):
        if target.startswith("#"):
            assert target[1:] in [
                re.sub(r"[^a-z ]", "", line.lower()).strip().replace(" ", "-") for line in README.split("\n")
            ]
        elif not target.startswith("http"):
            assert (ROOT / target).is_file(), target


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
