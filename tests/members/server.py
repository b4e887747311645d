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

    async def press(self, seen: Seen, label: str | None = None, *, custom_id: str | None = None) -> Seen:
        """Mia presses a button, and sees what it turned its message into, or a new one."""
        result = await self.mia.click(seen.message, label=label, custom_id=custom_id)
        return Seen(result, pressed=seen)

    async def mark_hit(self, seen: Seen, value: str) -> Seen:
        """Mia chooses a hit on an answer to /recommend: what is done to its mark, and its id, such as "m:bert"."""
        custom_id = next(one for one in seen.custom_ids if one.startswith("hits:"))
        return Seen(await self.mia.select(seen.message, [value], custom_id=custom_id), pressed=seen)

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
            seen = Seen(await self.ada.select(seen.message, [role] if role else [], custom_id="weekly:role"), seen)
        for kind in ("thread", "pin", "poll"):
            if kind in options and f"{kind.title()}: {'on' if options[kind] else 'off'}" not in seen.labels:
                custom_id = f"weekly:{kind}:{'on' if options[kind] else 'off'}"
                seen = Seen(await self.ada.click(seen.message, custom_id=custom_id), seen)
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
    def choices(self) -> list[str]:
        """What its selects offer."""
        selects = [one for one in walk_components(self._components) if one.get("type") == 3]
        return [option["label"] for one in selects for option in one["options"]]

    @property
    def custom_ids(self) -> list[str]:
        """The ids of what can be pressed or chosen from."""
        return list(_values(self._components, "custom_id"))

    @property
    def links(self) -> list[str]:
        return list(_values(self._components, "url"))


def _values(components: list[dict[str, Any]], key: str) -> Iterator[str]:
    yield from (value for one in walk_components(components) if isinstance(value := one.get(key), str))
