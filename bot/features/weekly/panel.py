"""/weekly options: a card that shows how the weekly prompt stands, each part of which is changed in place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import discord

from bot.catalog import Resource
from bot.catalogs import Library
from bot.discord_io.bot import Interaction, StudyBot
from bot.discord_io.buttons import PersistentItem, acknowledge, selected
from bot.discord_io.cards import Card, notice
from bot.discord_io.text import CHOICE_LIMIT, CHOICES_LIMIT, fit
from bot.features.weekly import words
from bot.features.weekly.checks import check_admin, check_channel, check_role
from bot.features.weekly.options import chosen_channel, chosen_order, chosen_start
from bot.features.weekly.setup import require_admin
from bot.features.weekly.walk import walk_of
from bot.jobs import WeeklySchedule, schedules
from bot.jobs.records import FOLLOW_UPS
from bot.outcomes import Reason
from bot.path import PATH, SHUFFLED, Plan

KIND = "|".join(FOLLOW_UPS)


async def options_card(bot: StudyBot, library: Library, weekly: WeeklySchedule, remark: str = "") -> Card:
    """The panel as everything stands now."""
    walk, prompt = await walk_of(bot, library, weekly)
    text = discord.ui.TextDisplay[Any](words.options_reply(weekly, walk, remark))
    rows: list[discord.ui.Item[Any]] = [discord.ui.ActionRow(OrderSelect.of(library, weekly))]
    if prompt is not None and not isinstance(walk.following, Reason):
        rows.append(discord.ui.ActionRow(StartSelect.of(library, weekly, prompt.resource)))
    toggles = (Toggle.of(kind, is_on=kind in weekly.follow_ups) for kind in FOLLOW_UPS)
    rows += [discord.ui.ActionRow(RolePicker.of(weekly)), discord.ui.ActionRow(*toggles)]
    return Card([text, *rows])


def _near(named: Sequence[tuple[str, str]], chosen: str, others: int) -> Sequence[tuple[str, str]]:
    """As many as a select holds beside `others`, with the chosen one among them."""
    most = CHOICES_LIMIT - others
    at = next((place for place, (value, _) in enumerate(named) if value == chosen), 0)
    first = max(0, min(at - 3, len(named) - most))
    return named[first : first + most]


def _select(custom_id: str, placeholder: str, named: Sequence[tuple[str, str]], chosen: str) -> discord.ui.Select[Any]:
    options = [
        discord.SelectOption(label=fit(name, CHOICE_LIMIT), value=value, default=value == chosen)
        for value, name in named
    ]
    return discord.ui.Select(custom_id=custom_id, placeholder=placeholder, options=options)


async def change(
    interaction: Interaction,
    library: Library,
    old: WeeklySchedule,
    *,
    order: str | None = None,
    start: str | None = None,
    role: discord.Role | None = None,
    keeps_role: bool = True,
    follow_ups: dict[str, bool] | None = None,
) -> tuple[WeeklySchedule, str]:
    """Save a change, of which what is None stays; returns the schedule, and a remark on its role or "".

    `order` and `start` are as people write them. Raises StudybotError if the change is impossible or not allowed.
    """
    bot = interaction.client
    channel = chosen_channel(bot, old, None)
    check_admin(channel, interaction.user)
    wanted = {kind for kind in FOLLOW_UPS if (follow_ups or {}).get(kind, kind in old.follow_ups)}
    check_channel(channel, wanted)
    kept = channel.guild.get_role(old.role_id) if old.role_id and keeps_role else role
    remark = check_role(channel, kept)
    new_order = chosen_order(library, order) if order else None
    start_id = chosen_start(library, start, old.id, new_order or old.order) if start else None
    weekly = await bot.store.write(
        schedules.put,
        guild_id=old.guild_id,
        catalog_id=library.catalog.id,
        channel_id=old.channel_id,
        role_id=old.role_id if keeps_role else role.id if role else None,
        schedule=old.schedule,
        created_by=interaction.user.id,
        now=bot.clock(),
        order=new_order,
        start_id=start_id,
        **{kind: (follow_ups or {}).get(kind) for kind in FOLLOW_UPS},
    )
    bot.delivery.wake()
    return weekly, remark


class _Option(PersistentItem, template=r"(?!)"):
    """A part of the panel."""

    async def press(self, interaction: Interaction, library: Library) -> None:
        """Save the change and show the panel anew."""
        require_admin(interaction)
        await acknowledge(interaction)
        old = await interaction.client.store.look_up(schedules.of_guild, interaction.guild_id or 0)
        if old is None:
            await interaction.edit_original_response(view=notice(words.NOT_SET))
            return
        weekly, remark = await self.save(interaction, library, old)
        card = await options_card(interaction.client, library, weekly, remark)
        await interaction.edit_original_response(view=card)

    async def save(self, interaction: Interaction, library: Library, old: WeeklySchedule) -> tuple[WeeklySchedule, str]:
        """Save what was chosen, as `change` does."""
        raise NotImplementedError


class OrderSelect(_Option, template=r"weekly:order"):
    """Changes the order of the prompts."""

    @classmethod
    def of(cls, library: Library, weekly: WeeklySchedule) -> discord.ui.Select[Any]:
        """With the order that is set chosen."""
        named = [(one.id, one.title) for one in library.catalog.groups if one.resources]
        orders = [(PATH, words.ALONG_THE_PATH), (SHUFFLED, words.SHUFFLED_PATH)]
        offered = [*orders, *_near(named, weekly.order, len(orders))]
        return _select("weekly:order", words.ORDER_PLACEHOLDER, offered, weekly.order)

    async def save(self, interaction: Interaction, library: Library, old: WeeklySchedule) -> tuple[WeeklySchedule, str]:
        """Save the order."""
        return await change(interaction, library, old, order=selected(interaction)[0])


class StartSelect(_Option, template=r"weekly:start"):
    """Begins a new walk at a resource."""

    @classmethod
    def of(cls, library: Library, weekly: WeeklySchedule, following: Resource) -> discord.ui.Select[Any]:
        """With the resource that follows chosen."""
        sequence = Plan(weekly.order, weekly.id).sequence(library.catalog)
        named = [(one.id, one.title) for one in sequence]
        return _select("weekly:start", words.START_PLACEHOLDER, _near(named, following.id, 0), following.id)

    async def save(self, interaction: Interaction, library: Library, old: WeeklySchedule) -> tuple[WeeklySchedule, str]:
        """Save the start."""
        return await change(interaction, library, old, start=selected(interaction)[0])


class RolePicker(_Option, template=r"weekly:role"):
    """Changes whom a prompt mentions."""

    @classmethod
    def of(cls, weekly: WeeklySchedule) -> discord.ui.RoleSelect[Any]:
        """With the role that is set chosen, if there is one."""
        mentioned = [weekly.role_id] if weekly.role_id else []
        return discord.ui.RoleSelect(
            custom_id="weekly:role",
            placeholder=words.ROLE_PLACEHOLDER,
            min_values=0,
            max_values=1,
            default_values=[
                discord.SelectDefaultValue(id=one, type=discord.SelectDefaultValueType.role) for one in mentioned
            ],
        )

    async def save(self, interaction: Interaction, library: Library, old: WeeklySchedule) -> tuple[WeeklySchedule, str]:
        """Save the role, or none."""
        chosen = selected(interaction)
        role = interaction.guild.get_role(int(chosen[0])) if chosen and interaction.guild else None
        return await change(interaction, library, old, role=role, keeps_role=False)


class Toggle(_Option, template=rf"weekly:(?P<kind>{KIND}):(?P<to>on|off)"):
    """Switches a thread, a pin or a poll on or off."""

    @classmethod
    def of(cls, kind: str, *, is_on: bool) -> discord.ui.Button[Any]:
        """For a kind; what a press is to do stands in the id: two admins who press at once both get what they saw."""
        custom_id = f"weekly:{kind}:{'off' if is_on else 'on'}"
        return discord.ui.Button(label=words.toggle_label(kind, is_on=is_on), custom_id=custom_id)

    async def save(self, interaction: Interaction, library: Library, old: WeeklySchedule) -> tuple[WeeklySchedule, str]:
        """Save it."""
        return await change(interaction, library, old, follow_ups={self.state["kind"]: self.state["to"] == "on"})


PANEL = (OrderSelect, StartSelect, RolePicker, Toggle)
"""All parts of the panel."""
