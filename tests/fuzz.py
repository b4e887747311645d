"""`python -m tests.fuzz [1000000]`: hostile inputs through every way into the bot, an equal number through each.

An input passes if it is answered: with a result, or with an error that is fit for people (StudybotError). Anything else
is printed with its input. A press or a form is sent to a real bot on a simulated Discord, and passes if the bot
acknowledges it and logs no error.
"""

from __future__ import annotations

import asyncio
import io
import itertools
import logging
import random
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from discord import ComponentType, InteractionType
from simcord import Env
from simcord.backend.serializers import message_payload
from simcord.interactions import base_payload

from bot.catalog import load_catalog, parse_catalog, shipped_catalog
from bot.catalogs import Filters, Library
from bot.client import create_bot
from bot.discord_io.limits import Gate
from bot.discord_io.text import MESSAGE_LIMIT, TYPED_LIMIT
from bot.errors import StudybotError
from bot.importing import import_index
from bot.schedule import parse_day, parse_time, parse_until
from bot.settings import Settings
from bot.store import Store
from bot.zones import resolve_zone, search_zones
from tests.members.server import Server

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
BATCH = 50
"""Presses between two looks at what became of them."""

HOSTILE = (
    "\0", "\u202e", "\u2066", "\ufeff", "\ud800", "ﷺ", "é̂", "٣", "𝟙", "👩‍👩‍👧", "@everyone", "<@1>",
    "</x:1>", "<id:home>", "<t:1:R>", "[a](https://x.y)", "](", "||", "```", "---\n", ": ", "- ", "  ", "\n", "\r",
    "\t", "%s", "{x}", "{0.__class__}",
    "[a](https://x.y)", "](", "||", "```", "---\n", ": ", "- ", "  ", "\n", "\r", "\t", "%s", "{x}", "{0.__class__}",
    "../", "https://[::1]/", "http://0x7f.1", "javascript:", "-1", "0", "1e999", "9" * 20, "9" * 400, "a" * 300,
    "&a [*a, *a]", "!!python/object", "<<: *a", "null", "NaN", "-0", "31.2.", "24:61", "UTC+99", "W53", "next", "until",
)  # fmt: skip
PIECES = {
    "catalog": ("id: ", "title: ", "stages:\n", "tracks:\n", "resources: ", "url: ", "[", "]", "{", "- {", ",", "'"),
    "index": ("# ", "- [a](https://a.example) ", "| a | b |\n|--|--|\n", "<a href=", "<!--", "```\n", "[^1]: ", "> "),
    "query": ("attention", "kv cache", "how do i ", "?", "video", "easy ", "transformers", "https://arxiv.org/abs/"),
    "date": ("monday", "11 ", "september", "2027", "2 weeks", "until ", "tomorrow", ".", "-", "/"),
    "time": ("18:30", "6", " pm", "noon", ".", ":", "h"),
    "zone": ("Berlin", "Europe/", "UTC", "+2", "GMT", "Etc/", "st. ", "/"),
}  # fmt: skip
IDS = (
    "quickstart-on-llms",
    "bert",
    "m",
    "u",
    "t",
    "path",
    "shuffled",
    "stage:use",
    "0",
    "7",
    "99999999999",
    "m:",
    "m:bert",
)
"""What custom_ids and the values of selects and forms hold."""

_library: list[Library] = []


def library() -> Library:
    """The shipped list, indexed once."""
    if not _library:
        _library.append(Library(load_catalog(shipped_catalog())))
    return _library[0]


def text_of(kind: str, chance: random.Random, longest: int = 40) -> str:
    """A text of pieces that mean something in an input of a kind, hostile ones and any characters."""
    pieces = (
        *PIECES[kind],
        *PIECES[kind],
        *HOSTILE,
        chr(chance.choice((chance.randrange(128), chance.randrange(65536)))),
    )
    return "".join(chance.choices(pieces, k=chance.randrange(longest)))


def catalog_text(chance: random.Random) -> str:
    """The shipped catalog with some of it replaced, or pieces of one."""
    if chance.random() < 0.5:
        return text_of("catalog", chance)
    at, length = chance.randrange(len(SHIPPED)), chance.randrange(40)
    return SHIPPED[:at] + text_of("catalog", chance, 4) + SHIPPED[at + length :]


def _read_catalog(text: str) -> None:
    parse_catalog(text.encode(errors="surrogatepass"), "fuzz.yaml")


def _import(text: str) -> None:
    import_index(Path("-"), io.BytesIO(text.encode(errors="surrogatepass")))


def _ask(text: str) -> None:
    library().search(text[:TYPED_LIMIT], Filters.typed(text[:20], None) if len(text) % 5 == 0 else Filters())
    library().index.suggest(text[:TYPED_LIMIT])
    library().guess(text[:TYPED_LIMIT])
    if len(text) % 4 == 0:
        library().index.search_message(text[:MESSAGE_LIMIT])


def _until(text: str) -> None:
    parse_until(text, "Europe/Berlin", NOW)


def _zone(text: str) -> None:
    search_zones(text)
    resolve_zone(text)


class Way(NamedTuple):
    """A way in: what makes an input, and what reads it."""

    make: Callable[[random.Random], str]
    read: Callable[[str], object]


SHIPPED = shipped_catalog().read_text(encoding="utf-8")[:1500]
WAYS = {
    "catalog": Way(catalog_text, _read_catalog),
    "index": Way(partial(text_of, "index", longest=20), _import),
    "query": Way(partial(text_of, "query", longest=10), _ask),
    "day": Way(partial(text_of, "date", longest=6), parse_day),
    "date": Way(partial(text_of, "date", longest=6), _until),
    "time": Way(partial(text_of, "time", longest=6), parse_time),
    "zone": Way(partial(text_of, "zone", longest=6), _zone),
}
"""The ways that need no Discord."""


def fuzz(name: str, count: int, seed: int = 0) -> None:
    """Read a number of inputs of one way; raises what an input made it raise, with the input in a note."""
    way, chance = WAYS[name], random.Random(f"{name} {seed}")
    for _ in range(count):
        text = way.make(chance)
        try:
            way.read(text)
        except StudybotError as error:
            str(error)
        except Exception as error:
            error.add_note(f"the input: {text!r}")
            raise


def presses(count: int, templates: Sequence[re.Pattern[str]], chance: random.Random) -> list[tuple[str, list[str]]]:
    """Custom_ids that match templates, and values that are chosen or typed with them."""
    words = (*IDS, *HOSTILE)
    ids = [_matching(chance.choice(templates).pattern, words, chance) for _ in range(count)]
    return [(one, chance.choices(words, k=chance.randrange(4))) for one in ids]


def _matching(pattern: str, words: Sequence[str], chance: random.Random) -> str:
    """An id that matches a template: each of its groups holds one of its alternatives, or a word that fits."""
    made, at = "", 0
    for start, end in _groups(pattern):
        group = pattern[start:end]
        own = group.removeprefix("(?P<").partition(">")[2][:-1].split("|")
        made += pattern[at:start].replace("\\|", "|")
        made += chance.choice([one for one in (*own, *words, *"0123456789") if re.fullmatch(group, one)])
        at = end
    made += pattern[at:].replace("\\|", "|")
    assert re.fullmatch(pattern, made), (pattern, made)
    return made


def _groups(pattern: str) -> Iterator[tuple[int, int]]:
    """Where the groups of a template begin and end; none holds a bracket in a set or behind a backslash."""
    depth = start = 0
    for at, char in enumerate(pattern):
        if char == "(":
            start, depth = (at if depth == 0 else start), depth + 1
        elif char == ")":
            depth -= 1
            if depth == 0:
                yield start, at + 1


class Unanswered(logging.Handler):
    """Keeps what is logged as an error."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        self.lines.append(f"{record.getMessage()} {error!r}")


def _emit(server: Server, message: dict[str, Any], kind: InteractionType, press: tuple[str, list[str]], at: int) -> Any:
    """Send what a forged client would: a press, a choice or a form, in turns of an admin and of a member."""
    custom_id, values = press
    data: dict[str, Any] = {"custom_id": custom_id}
    component: dict[str, Any] = {"type": ComponentType.button.value, "custom_id": custom_id, "style": 2, "label": "x"}
    if kind is InteractionType.modal_submit:
        fields = zip(FIELDS, values[:1] * 9 if at % 3 else values, strict=False)
        data["components"] = [{"type": 18, "component": {"custom_id": n, **_typed(v, at)}} for n, v in fields]
    elif values:
        options = [{"label": "x", "value": "x"}]
        component |= {"type": ComponentType.select.value, "options": options}
        data["values"] = values if at % 7 else []
    data["component_type"] = component["type"]
    record, payload = base_payload(
        server.env.backend,
        type=kind.value,
        channel_id=server.channel.id,
        guild_id=server.guild.id,
        user_id=(server.ada if at % 2 else server.mia).id,
        data=data,
    )
    record.source_message_id = int(message["id"])
    payload["message"] = message | {"components": [{"type": 1, "components": [component]}]}
    server.env.backend.emit("INTERACTION_CREATE", payload)
    return record


FIELDS = ("day", "time", "zone", "channel", "until", "span", "note")


def _typed(value: str, at: int) -> dict[str, Any]:
    return {"value": value} if at % 2 else {"values": [value] if at % 5 else []}


async def fuzz_interactions(count: int, kind: InteractionType) -> None:
    """Send forged presses and choices, or forms, to a bot; raises AssertionError for one that isn't answered."""
    seconds = itertools.count(step=1000)
    unanswered = Unanswered()
    async with await Store.open("sqlite:///:memory:") as store:
        bot = create_bot(Settings.model_construct(), library().catalog, store)
        env = Env(bot, shard_count=1, check_errors=False, strict_sync=False)
        await env.start()
        logging.getLogger().addHandler(unanswered)
        try:
            server = Server(env)
            await server.set_weekly()
            await server.ask("remind", day="monday", time="09:00", timezone="Europe/Berlin")
            shown = await server.ask("path")
            bot.gate = Gate(lambda: next(seconds))  # limits are tested by themselves
            message = dict(message_payload(env.backend, env.backend.get_message(server.channel.id, shown.message.id)))
            forms: Any = [modal.template for modal in vars(bot)["_modals"]]
            known: Any = env.bot._connection._view_store._dynamic_items
            templates = forms if kind is InteractionType.modal_submit else list(known)
            forged = presses(count, templates, random.Random(count))
            for start in range(0, count, BATCH):
                batch = list(enumerate(forged[start : start + BATCH], start))
                sent = [(_emit(server, message, kind, one, number), one) for number, one in batch]
                await env.settle()
                lost = [one for record, one in sent if record.response_kind is None]
                assert not lost, f"not answered: {lost[:3]}"
                assert not unanswered.lines, unanswered.lines[:3]
        finally:
            logging.getLogger().removeHandler(unanswered)
            await env.shutdown()


INTERACTIONS = {"custom_ids": InteractionType.component, "forms": InteractionType.modal_submit}
"""The ways through Discord."""


def main(count: int) -> int:
    """Fuzz every way with its share; how many failed."""
    failed, share = 0, -(-count // (len(WAYS) + len(INTERACTIONS)))
    logging.disable(logging.WARNING)
    for name in (*WAYS, *INTERACTIONS):
        try:
            if name in WAYS:
                fuzz(name, share)
            else:
                asyncio.run(fuzz_interactions(share, INTERACTIONS[name]))
        except Exception as error:  # noqa: BLE001 - every way is to be tried
            failed += 1
            notes = "\n".join(getattr(error, "__notes__", ()))
            print(f"{name}: {type(error).__name__}: {str(error)[:2000]}\n{notes}", flush=True)
        else:
            print(f"{name}: {share:,} inputs, all answered", flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(bool(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)))
