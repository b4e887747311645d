"""A study server on the simulated Discord, and what its people see."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import discord
from simcord import Env
from simcord.components import walk_components

MANAGE_SERVER = 1 << 5


class Server:
    """A guild with the bot in it, the channel #learning, the member Mia and the admin Ada."""

    def __init__(self, env: Env, name: str = "Study server", shard_id: int | None = None) -> None:
        self.env = env
        self.guild = env.create_guild(name, shard_id=shard_id)
        self.channel = self.guild.create_text_channel("learning")
        env.backend.create_role(self.guild.id, "Organizers", permissions=MANAGE_SERVER)
        suffix = str(self.guild.id)
        self.mia = self.guild.add_member(env.create_user(f"mia{suffix}", global_name="Mia"))
        self.ada = self.guild.add_member(
            env.create_user(f"ada{suffix}", global_name="Ada"), roles=[self.guild.roles["Organizers"]]
        )

    async def ask(self, command: str, /, **options: Any) -> Seen:
        """Mia sends a command."""
        return Seen(await self.mia.slash(self.channel, command, **options))

    async def manage(self, command: str, /, **options: Any) -> Seen:
        """Ada sends a command."""
        return Seen(await self.ada.slash(self.channel, command, **options))

    async def press(self, seen: Seen, label: str) -> Seen:
        """Mia presses a button, and sees what it turned its message into, or a new one."""
        return Seen(await self.mia.click(seen.message, label=label), pressed=seen)

    async def fill_in(self, seen: Seen, label: str, **fields: Any) -> Seen:
        """Mia presses a button that opens a form, changes some of its fields and sends it."""
        opened = await self.mia.click(seen.message, label=label)
        return Seen(await self.mia.submit_modal(opened, filled_in(opened) | fields), pressed=seen)

    async def choose_hit(self, seen: Seen, title: str) -> Seen:
        """Mia chooses a hit on an answer to /recommend by its title, to mark it done or to undo that."""
        option = next(one for one in seen.options if title in one["label"])
        chosen = await self.mia.select(seen.message, [option["value"]], custom_id=seen.custom_id(option["label"]))
        return Seen(chosen, pressed=seen)

    async def choose_option(self, seen: Seen, beginning: str) -> Seen:
        """Mia chooses the option of a select whose label begins so."""
        option = next(one for one in seen.options if one["label"].startswith(beginning))
        chosen = await self.mia.select(seen.message, [option["value"]], custom_id=seen.custom_id(option["label"]))
        return Seen(chosen, pressed=seen)

    async def manage_choice(self, seen: Seen, select: str, *values: object) -> Seen:
        """Ada chooses in the select with this placeholder: an option by its label, or a role."""
        labelled = {option["label"]: option["value"] for option in seen.options}
        chosen = [labelled[one] if isinstance(one, str) else one for one in values]
        return Seen(await self.ada.select(seen.message, chosen, custom_id=seen.custom_id(select)), pressed=seen)

    async def weekly(self, *labels: str) -> Seen:
        """Ada opens the panel of /weekly, and presses what is written on its buttons, one after another."""
        seen = await self.manage("weekly")
        for label in labels:
            seen = await self.manage_press(seen, label)
        return seen

    async def manage_press(self, seen: Seen, label: str) -> Seen:
        """Ada presses a button."""
        return Seen(await self.ada.click(seen.message, label=label), pressed=seen)

    async def submit(self, seen: Seen, label: str, **values: Any) -> Seen:
        """Ada presses a button that opens a form, and sends it with some values."""
        shown = await self.ada.click(seen.message, label=label)
        return Seen(await self.ada.submit_modal(shown, values), pressed=seen)

    async def pause(self, until: str = "") -> Seen:
        """Ada pauses the weekly prompt, until a day if she types one."""
        return await self.submit(await self.weekly(), "Pause", **({"until": until} if until else {}))

    async def set_weekly(self, **options: Any) -> Seen:
        """Ada sets a weekly prompt: Monday at nine in Berlin, unless she says otherwise; the panel as it is then.

        An order (by its label) or a role she chooses in the options, where she switches thread, pin and poll.
        """
        typed = {"channel": self.channel, "day": "monday", "time": "09:00", "timezone": "Europe/Berlin"}
        typed |= {name: options.pop(name) for name in (*typed, "start") if name in options and name != "start"}
        start = options.pop("start", None)
        seen = await self.manage("weekly", **typed)
        if options:
            await self.choose(**options)
        if start is not None:
            await self.manage("weekly", start=start)
        return await self.weekly() if options or start is not None else seen

    async def choose(self, **options: Any) -> Seen:
        """Ada changes some of the options: an order by its label, a role or None, a thread, pin or poll; the card."""
        seen = await self.weekly("Options")
        if "order" in options:
            seen = await self.manage_choice(seen, "Order of the prompts", options["order"])
        if "role" in options:
            seen = await self.manage_choice(seen, "Role to mention (optional)", *filter(None, [options["role"]]))
        for kind in ("thread", "pin", "poll"):
            other = f"{kind.title()}: {'off' if options.get(kind) else 'on'}"
            if kind in options and other in seen.labels:
                seen = await self.manage_press(seen, other)
        return seen

    async def pass_time(self, until: datetime) -> None:
        """Let time pass: most of it in one leap, as for a machine that slept, the last minute tick by tick."""
        leap = (until - self.env.now()).total_seconds() - 60
        if leap > 0:
            self.env.backend.advance_clock(leap)
        await self.env.advance_time((until - self.env.now()).total_seconds())

    def posts(self) -> list[discord.Message]:
        """The bot's messages in the channel that everybody sees."""
        return [message for message in self.channel.history() if message.author.bot and not message.flags.ephemeral]

    def everything(self) -> list[discord.Message]:
        return list(self.channel.history())


class Seen:
    """What one person sees after an interaction."""

    def __init__(self, result: Any, pressed: Seen | None = None) -> None:
        assert result.acknowledged, "Discord would show: The application did not respond"
        self.result = result
        self.message = result.followups[-1] if result.followups else result.response or (pressed and pressed.message)
        # As it is now: a button may turn the same message into something else.
        self._components, self._content = self.message.components, self.message.content

    @property
    def private(self) -> bool:
        return bool(self.message.ephemeral)

    @property
    def text(self) -> str:
        """All text of it, top to bottom."""
        return "\n".join([self._content, *_values(self._components, "content")])

    @property
    def labels(self) -> list[str]:
        """What is written on its buttons that can be pressed."""
        buttons = [one for one in walk_components(self._components) if one.get("type") == 2]
        return [one["label"] for one in buttons if not one.get("disabled")]

    @property
    def options(self) -> list[dict[str, Any]]:
        """What its selects offer."""
        return [option for one in walk_components(self._components) for option in one.get("options", ())]

    @property
    def choices(self) -> list[str]:
        """What its selects offer, in words."""
        return [option["label"] for option in self.options]

    @property
    def custom_ids(self) -> list[str]:
        """The ids of what can be pressed or chosen from."""
        return list(_values(self._components, "custom_id"))

    def custom_id(self, words: str) -> str:
        """The id of the button with this label, or of the select with this placeholder or with this option."""
        for one in walk_components(self._components):
            options = [option["label"] for option in one.get("options", ())]
            if words in (one.get("label"), one.get("placeholder"), *options):
                return str(one["custom_id"])
        raise AssertionError(f"nothing here says {words!r}: {self.labels} {self.choices}")

    @property
    def links(self) -> list[str]:
        return list(_values(self._components, "url"))


def filled_in(opened: Any) -> dict[str, Any]:
    """What a form holds when it is opened, by field."""
    fields = [one["component"] for one in opened.modal["components"]]
    return {one["custom_id"]: _preset(one) for one in fields}


def _preset(field: dict[str, Any]) -> Any:
    chosen = [option["value"] for option in field.get("options", ()) if option.get("default")]
    return field.get("value", chosen if "options" in field else "")


def _values(components: list[dict[str, Any]], key: str) -> Iterator[str]:
    yield from (value for one in walk_components(components) if isinstance(value := one.get(key), str))
