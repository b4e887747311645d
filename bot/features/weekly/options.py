"""The card of Options: order, start, a role to mention, the language, what follows each post; each choice is saved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import discord

from bot.catalog import Resource
from bot.catalogs import Library
from bot.discord_io.bot import Interaction
from bot.discord_io.buttons import only, selected, snowflake
from bot.discord_io.cards import Card
from bot.discord_io.text import CHOICE_LIMIT, CHOICES_LIMIT, fit
from bot.errors import StudybotError
from bot.features.weekly.admin import FOLLOW_UP_NAMES, AdminItem, BackButton, FixedButton
from bot.features.weekly.setting import channel_at, check
from bot.jobs import WeeklySchedule, schedules
from bot.jobs.records import FOLLOW_UPS
from bot.language import N_, Language, languages, name_of, nearest
from bot.outcomes import Reason
from bot.path import PATH, SHUFFLED, Plan, group_of, group_order


async def options_card(
    interaction: Interaction, library: Library, weekly: WeeklySchedule, language: Language, remark: str = ""
) -> Card:
    """The card as everything is now; `remark` is what an admin should know about the last choice."""
    prompt = await interaction.client.delivery.upcoming(weekly)
    following = None if isinstance(prompt, Reason) else prompt.resource
    text = "\n".join(filter(None, ["### " + language.t("Weekly prompt options"), remark]))
    rows: list[discord.ui.Item[Any]] = [OrderSelect.of(library, weekly, language)]
    if following is not None:
        rows.append(StartSelect.of(library, weekly, following, language))
    role = interaction.guild.get_role(weekly.role_id or 0) if interaction.guild else None
    rows.append(RoleSelect.of(role, language))
    if interaction.client.settings.language is None:
        rows.append(LanguageSelect.of(weekly, language))
    buttons = [*(SwitchButton.of(kind, weekly, language) for kind in FOLLOW_UPS), BackButton.of(language)]
    return Card([discord.ui.TextDisplay(text), *map(discord.ui.ActionRow, rows), discord.ui.ActionRow(*buttons)])


async def change(
    interaction: Interaction, old: WeeklySchedule, *, follow_ups: frozenset[str] | None = None, **values: Any
) -> WeeklySchedule:
    """Save a change to a schedule's options; raises StudybotError, and then nothing was changed.

    `values` are columns of `schedules.put`; `follow_ups` replaces what follows each post.
    """
    bot = interaction.client
    wanted = old.follow_ups if follow_ups is None else follow_ups
    check(channel_at(bot, old.channel_id), interaction.user, wanted)
    kept: dict[str, Any] = {
        "guild_id": old.guild_id, "catalog_id": old.catalog_id, "channel_id": old.channel_id,
        "role_id": old.role_id, "schedule": old.schedule, "created_by": interaction.user.id, "now": bot.clock(),
    }  # fmt: skip
    switches = {kind: kind in wanted for kind in FOLLOW_UPS}
    weekly = await bot.store.write(schedules.put, **kept | switches | values)
    bot.delivery.wake()
    return weekly


def start_at(library: Library, weekly: WeeklySchedule, typed: str) -> Resource:
    """The resource that an admin typed to begin with; raises StudybotError if there's none in the schedule's order."""
    resource = library.find(typed)
    if resource is None or resource not in Plan(weekly.order, weekly.id).sequence(library.catalog):
        raise StudybotError(N_("That resource isn't in the order of the prompts. Choose one of the suggestions."))
    return resource


class OptionsButton(FixedButton):
    """Shows the card."""

    custom_id = "weekly:options"
    label = N_("Options")

    async def answer(
        self, interaction: Interaction, library: Library, weekly: WeeklySchedule, language: Language
    ) -> Card:
        """The card."""
        return await options_card(interaction, library, weekly, language)


class OrderSelect(AdminItem, template=r"weekly:order"):
    """Changes the order of the prompts."""

    @classmethod
    def of(cls, library: Library, weekly: WeeklySchedule, language: Language) -> discord.ui.Select[Any]:
        """Along the path, shuffled, and as many stages and tracks as fit."""
        orders = [(PATH, language.t("Order: along the path")), (SHUFFLED, language.t("Order: shuffled"))]
        groups = [(group_order(one.id), one.title) for one in library.catalog.groups if one.resources]
        listed = [*orders, *_window(groups, weekly.order, CHOICES_LIMIT - len(orders))]
        return _select("weekly:order", language.t("Order of the prompts"), listed, weekly.order)

    async def answer(
        self, interaction: Interaction, library: Library, weekly: WeeklySchedule, language: Language
    ) -> Card:
        """Save it."""
        order = only(selected(interaction))
        if order not in (PATH, SHUFFLED) and group_of(library.catalog, order) is None:
            raise StudybotError(N_("That stage has been removed. Open the options again."))
        return await options_card(interaction, library, await change(interaction, weekly, order=order), language)


class StartSelect(AdminItem, template=r"weekly:start"):
    """Starts the order over at a resource."""

    @classmethod
    def of(
        cls, library: Library, weekly: WeeklySchedule, following: Resource, language: Language
    ) -> discord.ui.Select[Any]:
        """The resources around the next one; `/weekly start:` finds any."""
        named = [
            (one.id, library.label(one, CHOICE_LIMIT, language))
            for one in Plan(weekly.order, weekly.id).sequence(library.catalog)
        ]
        placeholder = language.t("Start at…")
        return _select("weekly:start", placeholder, _window(named, following.id, CHOICES_LIMIT), following.id)

    async def answer(
        self, interaction: Interaction, library: Library, weekly: WeeklySchedule, language: Language
    ) -> Card:
        """Save it."""
        resource = start_at(library, weekly, only(selected(interaction)))
        changed = await change(interaction, weekly, start_id=resource.id)
        return await options_card(interaction, library, changed, language)


class RoleSelect(AdminItem, template=r"weekly:role"):
    """Changes the role that a post mentions."""

    @classmethod
    def of(cls, role: discord.Role | None, language: Language) -> discord.ui.RoleSelect[Any]:
        """With the chosen role, if there is one."""
        return discord.ui.RoleSelect(
            custom_id="weekly:role",
            placeholder=language.t("Role to mention (optional)"),
            min_values=0,
            max_values=1,
            default_values=[role] if role else [],
        )

    async def answer(
        self, interaction: Interaction, library: Library, weekly: WeeklySchedule, language: Language
    ) -> Card:
        """Save the role, or none; a remark says if it wouldn't be notified."""
        chosen = selected(interaction)
        role = interaction.guild.get_role(snowflake(chosen[0])) if chosen and interaction.guild else None
        if role is not None and role.is_default():
            raise StudybotError(N_("I never ping @everyone. Choose an opt-in role."))
        changed = await change(interaction, weekly, role_id=role.id if role else None)
        remark = _role_remark(interaction, weekly, role, language) if role else ""
        return await options_card(interaction, library, changed, language, remark)


class LanguageSelect(AdminItem, template=r"weekly:language"):
    """Changes the language of the posts, and of all else that the whole server reads."""

    @classmethod
    def of(cls, weekly: WeeklySchedule, language: Language) -> discord.ui.Select[Any]:
        """The languages there are, each by its own name."""
        placeholder = language.t("Language of the posts")
        named = [(one, language.t("Language: {language}", language=name_of(one))) for one in languages()]
        return _select("weekly:language", placeholder, named, nearest(weekly.language))

    async def answer(
        self, interaction: Interaction, library: Library, weekly: WeeklySchedule, language: Language
    ) -> Card:
        """Save it."""
        chosen = nearest(only(selected(interaction)))
        return await options_card(interaction, library, await change(interaction, weekly, language=chosen), language)


def _role_remark(interaction: Interaction, weekly: WeeklySchedule, role: discord.Role, language: Language) -> str:
    channel = channel_at(interaction.client, weekly.channel_id)
    if role.mentionable or channel.permissions_for(channel.guild.me).mention_everyone:
        return ""
    return language.t(
        "**1 problem:** {role} will be shown but not notified. Turn on “Allow anyone to @mention this role” in its "
        "settings.",
        role=role.mention,
    )


class SwitchButton(AdminItem, template=rf"weekly:(?P<kind>{'|'.join(FOLLOW_UPS)}):(?P<to>on|off)"):
    """Switches a thread, a pin or a poll on or off."""

    @classmethod
    def of(cls, kind: str, weekly: WeeklySchedule, language: Language) -> discord.ui.Button[Any]:
        """For one kind; its id says what a press does, so two admins who press at once both get what they saw."""
        is_on = kind in weekly.follow_ups
        name = language.t(FOLLOW_UP_NAMES[kind])
        label = language.t("{name}: on", name=name) if is_on else language.t("{name}: off", name=name)
        style = discord.ButtonStyle.success if is_on else discord.ButtonStyle.secondary
        return discord.ui.Button(label=label, custom_id=f"weekly:{kind}:{'off' if is_on else 'on'}", style=style)

    async def answer(
        self, interaction: Interaction, library: Library, weekly: WeeklySchedule, language: Language
    ) -> Card:
        """Save it."""
        kind, is_on = self.state["kind"], self.state["to"] == "on"
        follow_ups = weekly.follow_ups | {kind} if is_on else weekly.follow_ups - {kind}
        changed = await change(interaction, weekly, follow_ups=follow_ups)
        return await options_card(interaction, library, changed, language)


def _window(named: Sequence[tuple[str, str]], chosen: str, size: int) -> Sequence[tuple[str, str]]:
    """As many as a select holds, with the chosen one near the beginning."""
    at = next((place for place, (value, _) in enumerate(named) if value == chosen), 0)
    first = max(0, min(at - 3, len(named) - size))
    return named[first : first + size]


def _select(custom_id: str, placeholder: str, named: Sequence[tuple[str, str]], chosen: str) -> discord.ui.Select[Any]:
    options = [
        discord.SelectOption(label=fit(name, CHOICE_LIMIT), value=value, default=value == chosen)
        for value, name in named
    ]
    return discord.ui.Select(custom_id=custom_id, placeholder=placeholder, options=options)


BUTTONS = (OptionsButton, OrderSelect, StartSelect, RoleSelect, LanguageSelect, SwitchButton)
"""The buttons and selects of this module."""
