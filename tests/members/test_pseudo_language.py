"""A pseudo-language that marks each sentence: what a card shows outside the marks was never given to gettext."""

from __future__ import annotations

import re
from collections.abc import Iterator
from gettext import NullTranslations
from typing import Any

import pytest
from simcord.components import walk_components

from bot.catalog import Catalog, Resource, Stage, Track
from bot.client import create_bot
from bot.language import Language
from bot.settings import Settings
from bot.store import Store
from tests.members.server import Seen, Server, filled_in


class Marking(NullTranslations):
    def gettext(self, message: str) -> str:
        return f"⟦{message}⟧"

    def ngettext(self, one: str, many: str, n: int) -> str:
        return f"⟦{one if n == 1 else many}⟧"


PSEUDO = Language("de", Marking())
KANJI = "知識"
SHOWN = ("content", "label", "placeholder", "description", "title")


def _resource(number: int, *requires: str) -> Resource:
    address = f"https://example.org/{number}"
    return Resource(f"r{number}", f"{KANJI}{number}", address, kind="k", summary=f"{KANJI}。", requires=requires)


@pytest.fixture
async def pseudo(server: Server, store: Store) -> Server:
    """A server in the pseudo-language, with a list that has no word of two Latin letters."""
    stage = Stage("s", f"{KANJI}段", resources=tuple(_resource(number) for number in range(1, 4)))
    track = Track("t", f"{KANJI}道", resources=(_resource(4, "r3"),))
    catalog = Catalog(KANJI, source=KANJI, prerequisites=(KANJI,), stages=(stage,), tracks=(track, Track("e", KANJI)))
    bot = create_bot(Settings.model_construct(), catalog, store)
    bot.language_of = lambda code: PSEUDO
    await server.env.restart_bot(bot)
    return server


def unmarked(seen: Seen) -> list[str]:
    """The texts of what is seen that hold words outside the marks; mentions, commands and file names are no words."""
    return [text for text in _texts(seen.message.components) if re.search(r"[A-Za-z]{2,}", _without_marks(text))]


def _texts(components: Any) -> Iterator[str]:
    for one in walk_components(components):
        holders = [one, *one.get("options", ()), *one.get("items", ())]
        yield from (str(holder[key]) for holder in holders for key in SHOWN if holder.get(key))


def _without_marks(text: str) -> str:
    text = re.sub(r"<t:[^>]*>|https?://\S+|\n-# |Europe/\w+", "", text)
    while "⟦" in text:  # the innermost first
        text = re.sub(r"⟦[^⟦⟧]*⟧", "", text)
    return text


async def test_every_sentence_of_the_members_cards_is_translated(pseudo: Server, store: Store) -> None:
    server, seen = pseudo, [await pseudo.ask("help"), await pseudo.ask("next"), await pseudo.ask("progress")]
    next_one = await server.press(seen[1], "⟦Mark done⟧")
    share = await server.press(seen[2], "⟦Share my progress⟧")
    together = await server.press(await server.ask("progress"), "⟦This server⟧")
    remind = await server.ask("remind")
    seen += [next_one, share, together, remind, await server.fill_in(remind, "⟦Set a reminder⟧", zone="nowhere")]
    seen.append(reminder := await server.fill_in(remind, "⟦Set a reminder⟧", zone="Europe/Berlin"))
    seen.append(await server.press(reminder, "⟦Skip weeks when I've finished something⟧"))
    for typed in ("r2", "r2", "#3", "9", "https://example.org/x", "zzz"):
        seen.append(await server.ask("done", resource=typed))
    seen.append(await server.press(seen[-4], "⟦Undo⟧"))
    seen.append(Seen(await server.ada.slash(server.channel, "progress", member=server.mia)))
    seen.append(Seen(await server.mia.slash(server.channel, "progress", member=server.ada)))
    seen.append(privacy := await server.ask("privacy"))
    seen.append(await server.press(privacy, "⟦Download⟧"))
    seen.append(asked := await server.press(privacy, "⟦Delete⟧"))
    seen.append(await server.press(asked, "⟦Delete everything⟧"))
    for typed in ("r1", "r2", "r3", "r4"):
        seen.append(await server.ask("done", resource=typed))
    seen.append(await server.ask("next"))
    assert [text for one in seen for text in unmarked(one)] == []


async def test_every_word_of_the_form_is_translated(pseudo: Server) -> None:
    opened = await pseudo.mia.click((await pseudo.ask("remind")).message, label="⟦Set a reminder⟧")
    labels = [text for one in opened.modal["components"] for text in (one["label"], one.get("description", "⟦⟧"))]
    assert all(text.startswith("⟦") for text in [opened.modal["title"], *labels])
    days = [option["label"] for option in opened.modal["components"][0]["component"]["options"]]
    assert days[0] == "Montag"
    assert filled_in(opened)["day"] == ["0"]


async def test_every_sentence_of_the_answers_is_translated(pseudo: Server) -> None:
    server = pseudo
    seen = [
        path := await server.ask("path"),
        await server.ask("path", stage="e"),
        await server.ask("path", stage="zzz"),
    ]
    seen.append(last := await server.press(path, "⟦Next⟧"))
    seen.append(await server.press(last, "⟦To your next step⟧"))
    seen.append(await server.press(path, path.labels[0]))
    for topic in (
        KANJI,
        f"{KANJI}1",
        "where do I start",
        "hi",
        "zzzz qqqq",
        "https://example.org/1",
        "https://e.org/x",
    ):
        seen.append(await server.ask("recommend", topic=topic))
    seen.append(found := await server.ask("recommend", topic=KANJI))
    seen.append(await server.press(found, next(one for one in found.labels if "more" in one)))
    seen.append(await server.choose_hit(found, "1. "))
    seen += [
        await server.ask("recommend", topic=KANJI, kind="book"),
        await server.ask("recommend", topic=f"{KANJI} " * 700),
    ]
    for _ in range(3):
        await server.ask("recommend", topic=KANJI, share=True)
    seen.append(await server.ask("recommend", topic=KANJI, share=True))
    for content in ("hello, lunch?", f"{KANJI}?"):
        message = await server.ada.send(server.channel, content)
        seen.append(Seen(await server.mia.context_menu(server.channel, "Find resources", message)))
    picture = await server.ada.send(server.channel, attachments=[("1.png", b"1")])
    seen.append(Seen(await server.mia.context_menu(server.channel, "Find resources", picture)))
    assert [text for one in seen for text in unmarked(one)] == []
