"""Each member reads their own language, and a server what an admin chose for it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from bot.catalog import Catalog
from bot.client import StudyBot, create_bot
from bot.discord_io.translator import CommandTranslator
from bot.jobs import reminders, schedules
from bot.language import language, languages
from bot.settings import Settings
from bot.store import Store
from tests.members.raw import speaking
from tests.members.server import Seen, Server
from tests.members.test_weekly import MONDAY

SOON = timedelta(minutes=1)
WEEK = timedelta(days=7)
OTHERS = [one for one in languages() if one != "en"]
NAME = re.compile(r"[-_'\w]{1,32}")
"""https://docs.discord.com/developers/interactions/application-commands#application-command-object-naming"""
GERMAN, SPANISH, FRENCH, JAPANESE = (language(code).t for code in ("de", "es", "fr", "ja"))


async def set_here(server: Server) -> None:
    """Ada sets the weekly prompt, whatever language she reads."""
    await server.manage("weekly", day="monday", time="09:00", timezone="Europe/Berlin")


def more(code: str) -> str:
    """The button under an answer of three."""
    return language(code).plural("1 more", "{n} more", 2)


@pytest.mark.parametrize("code", ["de", "es-ES", "es-419", "fr", "ja"])
async def test_an_answer_is_in_the_language_that_the_member_set_discord_to(server: Server, code: str) -> None:
    t = language(code).t
    with speaking(server, code):
        seen = await server.ask("next")
        assert t("Mark done") in seen.labels
        assert t("Something wrong or missing? Tell an admin.") in (await server.ask("help")).text
        empty = t("There's no weekly prompt here yet. Set one up with `/weekly`.")
        assert empty not in (await server.ask("past")).text
    assert "Mark done" in (await server.ask("next")).labels


async def test_an_unknown_locale_is_english(server: Server) -> None:
    with speaking(server, "ko"):
        assert "Mark done" in (await server.ask("next")).labels


async def test_a_button_answers_whoever_presses_it_in_their_language(server: Server) -> None:
    with speaking(server, "de"):
        seen = await server.ask("next")
    with speaking(server, "ja"):
        seen = await server.press(seen, GERMAN("Mark done"))
    assert JAPANESE("Undo") in seen.labels


async def test_a_form_and_what_is_wrong_in_it(server: Server) -> None:
    with speaking(server, "fr"):
        card = await server.ask("remind")
        opened = await server.mia.click(card.message, label=FRENCH("Set a reminder"))
        assert opened.modal["title"] == FRENCH("Weekly reminder")
        assert opened.modal["components"][0]["component"]["options"][0]["label"] == "lundi"
        wrong = await server.fill_in(card, FRENCH("Set a reminder"), zone="Pariss")
    assert " ou " in wrong.text or "Europe/Paris" in wrong.text
    assert FRENCH("Try again") in wrong.labels


async def test_the_weekly_post_speaks_what_an_admin_chose(server: Server) -> None:
    with speaking(server, "de"):
        await set_here(server)
        options = Seen(await server.ada.click((await server.manage("weekly")).message, label=GERMAN("Options")))
        assert [one["value"] for one in options.options if one.get("default")][-1] == "de"
        await server.manage_choice(
            options, GERMAN("Language of the posts"), GERMAN("Language: {language}", language="Español")
        )
    await server.pass_time(MONDAY + SOON)
    (post,) = server.posts()
    assert post.content.startswith(SPANISH("**This week: {title}**", title="")[:12])
    shown = [one.label for row in post.components for one in row.children]
    assert SPANISH("Open") in shown


async def test_a_community_proposes_its_own_language(server: Server, store: Store) -> None:
    guild = server.env.bot.get_guild(server.guild.id)
    guild.features.append("COMMUNITY")
    with speaking(server, "de", guild="ja"):
        await set_here(server)
    weekly = await store.read(schedules.of_guild, server.guild.id)
    assert weekly is not None
    assert weekly.language == "ja"


async def test_what_is_shared_speaks_the_servers_language(server: Server) -> None:
    with speaking(server, "fr"):
        await set_here(server)
    with speaking(server, "de"):
        shared = await server.ask("recommend", topic="kv cache", share=True)
        private = await server.ask("recommend", topic="kv cache")
        progress = await server.ask("progress")
        posted = await server.press(progress, GERMAN("Post here"))
    assert more("fr") in shared.labels
    assert not shared.private
    assert more("de") in private.labels
    assert not posted.private
    assert FRENCH("{done} of {total}", done=0, total=23) in posted.text


async def test_without_a_weekly_prompt_what_is_shared_speaks_the_members_language(server: Server) -> None:
    with speaking(server, "ja"):
        shared = await server.ask("recommend", topic="kv cache", share=True)
    assert more("ja") in shared.labels


async def test_a_reminder_speaks_the_language_in_which_it_was_set_or_changed_last(server: Server, store: Store) -> None:
    with speaking(server, "fr"):
        await server.ask("remind", day="monday", time="09:00", timezone="Europe/Berlin")
    await server.pass_time(MONDAY + SOON)
    assert _direct(server)[-1].startswith(FRENCH("**Your next step: {title}**", title="")[:12])
    with speaking(server, "es-419"):
        await server.ask("remind", idle_only=False)
    await server.pass_time(MONDAY + WEEK + SOON)
    assert _direct(server)[-1].startswith(SPANISH("**Your next step: {title}**", title="")[:12])
    reminder = await store.read(reminders.of_user, server.mia.id)
    assert reminder is not None
    assert reminder.language == "es-419"
    assert (await store.privacy.everything_of(server.mia.id))["reminder"]["language"] == "es-419"


async def test_the_host_may_choose_one_language_for_everyone(server: Server, catalog: Catalog, store: Store) -> None:
    await server.env.restart_bot(create_bot(Settings.model_construct(language="de"), catalog, store))
    assert GERMAN("Mark done") in (await server.ask("next")).labels
    await set_here(server)
    options = Seen(await server.ada.click((await server.manage("weekly")).message, label=GERMAN("Options")))
    assert GERMAN("Language: {language}", language="Deutsch") not in options.choices
    await server.pass_time(MONDAY + SOON)
    assert GERMAN("Open") in [one.label for row in server.posts()[0].components for one in row.children]


async def test_where_to_start_is_understood_in_every_language(server: Server, catalog: Catalog) -> None:
    for question in (
        "wo soll ich anfangen?",
        "¿por dónde empiezo?",
        "par où commencer ?",
        "どこから始めればいいですか？",
    ):
        assert catalog.resources[0].title in (await server.ask("recommend", topic=question)).text


def _direct(server: Server) -> list[str]:
    """What the bot wrote to Mia in private, the latest last."""
    return [message.content for message in server.mia.user.dm_channel.history()]


@pytest.fixture
async def payloads(simcord_bot: StudyBot, server: Server) -> list[dict[str, Any]]:
    """The commands as Discord gets them."""
    translator = CommandTranslator()
    commands = simcord_bot.tree.get_commands()
    return [await one.get_translated_payload(simcord_bot.tree, translator) for one in commands]


async def test_what_discord_shows_of_a_command_fits_in_every_language(payloads: list[dict[str, Any]]) -> None:
    for command in payloads:
        for code in OTHERS:
            names = [_in(option, "name", code) for option in command.get("options", ())]
            assert len(set(names)) == len(names), command["name"]
            assert all(NAME.fullmatch(name) and name == name.lower() for name in names), names
            for one in _parts(command):
                assert len(_in(one, "name", code)) <= (32 if "value" not in one else 100)
                assert len(_in(one, "description", code)) <= 100, one


async def test_every_text_of_a_command_is_translated_and_its_name_stays(payloads: list[dict[str, Any]]) -> None:
    weekly = next(one for one in payloads if one["name"] == "weekly")
    assert not weekly["name_localizations"]
    assert weekly["description_localizations"]["de"] == GERMAN("Set up and change this server's weekly prompt.")
    assert weekly["options"][0]["choices"][0]["name_localizations"]["fr"].lower() == "lundi"
    menu = next(one for one in payloads if one["name"] == "Find resources")
    assert menu["name_localizations"]["es-419"] == SPANISH("Find resources")
    for command in payloads:
        for one in _parts(command):
            for code in OTHERS:
                assert not one.get("description") or language(code).t(one["description"]) != one["description"]
    assert "en-US" not in json.dumps(payloads)


def _in(one: dict[str, Any], key: str, code: str) -> str:
    """A command's, option's or choice's name or description in a language."""
    locale = {"es": "es-ES"}.get(code, code.replace("_", "-"))
    return str((one.get(f"{key}_localizations") or {}).get(locale) or one.get(key, ""))


def _parts(command: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A command, its options and their choices."""
    yield command
    for option in command.get("options", ()):
        yield from _parts(option)
        yield from option.get("choices", ())


async def test_a_new_translation_is_sent_to_discord(
    server: Server, catalog: Catalog, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def syncs() -> int:
        return sum(one.method == "PUT" and one.path.endswith("/commands") for one in server.env.http_requests)

    await server.env.restart_bot(create_bot(Settings.model_construct(), catalog, store))
    before = syncs()
    await server.env.restart_bot(create_bot(Settings.model_construct(), catalog, store))
    assert syncs() == before
    monkeypatch.setattr("bot.discord_io.bot.translations", lambda: [b"another"])
    await server.env.restart_bot(create_bot(Settings.model_construct(), catalog, store))
    assert syncs() == before + 1
