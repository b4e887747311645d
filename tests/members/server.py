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

    async def choose_hit(self, seen: Seen, title: str) -> Seen:
        """Mia chooses a hit on an answer to /recommend by its title, to mark it done or to undo that."""
        option = next(one for one in seen.options if title in one["label"])
        chosen = await self.mia.select(seen.message, [option["value"]], custom_id=seen.custom_id(option["label"]))
        return Seen(chosen, pressed=seen)

    async def manage_choice(self, seen: Seen, select: str, *values: object) -> Seen:
        """Ada chooses in the select with this placeholder: an option by its label, or a role."""
        labelled = {option["label"]: option["value"] for option in seen.options}
        chosen = [labelled[one] if isinstance(one, str) else one for one in values]
        return Seen(await self.ada.select(seen.message, chosen, custom_id=seen.custom_id(select)), pressed=seen)

    async def set_weekly(self, **options: Any) -> Seen:
        """Ada sets a weekly prompt: Monday at nine in Berlin, unless she says otherwise. What is no option of
        `/weekly set` she chooses in the panel of `/weekly options`; the last answer is returned."""
        given = {"channel": self.channel, "day": "monday", "time": "09:00", "timezone": "Europe/Berlin"}
        seen = await self.manage(
            "weekly set", **given | {name: options[name] for name in given.keys() & options.keys()}
        )
        others = {name: value for name, value in options.items() if name not in given}
        return await self.choose(**others) if others else seen

    async def choose(self, role: Any = None, **options: Any) -> Seen:
        """Ada changes something in the panel of `/weekly options`: an order or a start in words, a role, a toggle."""
        typed = {name: options[name] for name in ("order", "start") if name in options}
        seen = await self.manage("weekly options", **typed)
        if role is not None:
            seen = await self.manage_choice(seen, "Role to mention (none, if you choose none)", *filter(None, [role]))
        for kind in ("thread", "pin", "poll"):
            other = f"{kind.title()}: {'off' if options.get(kind) else 'on'}"
            if kind in options and other in seen.labels:
                seen = Seen(await self.ada.click(seen.message, label=other), seen)
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


def _values(components: list[dict[str, Any]], key: str) -> Iterator[str]:
    yield from (value for one in walk_components(components) if isinstance(value := one.get(key), str))
