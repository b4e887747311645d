"""What all cards for admins share: who can press their buttons, the server's schedule, and the kinds of buttons."""

from __future__ import annotations

from typing import Any, ClassVar

import discord
from discord import app_commands

from bot.catalogs import Library
from bot.discord_io.bot import Interaction
from bot.discord_io.buttons import PersistentItem, acknowledge
from bot.discord_io.cards import Card, notice
from bot.discord_io.text import show
from bot.jobs import WeeklySchedule, schedules
from bot.language import N_, Language
from bot.path import PATH, SHUFFLED, group_of

NOT_SET = N_("There's no weekly prompt here yet. Set one up with `/weekly`.")
FOLLOW_UP_NAMES = {"thread": N_("Thread"), "pin": N_("Pin"), "poll": N_("Poll")}
"""What may follow a post, as its switch is labelled."""
TITLE_LIMIT = 100
"""Characters of a resource's, stage's or track's title on an admin's card."""


def require_admin(interaction: discord.Interaction[Any]) -> None:
    """Raises MissingPermissions for a member without Manage Server, whatever the server's own settings allow."""
    if not interaction.permissions.manage_guild:
        raise app_commands.MissingPermissions(["manage_guild"])


async def schedule_here(interaction: Interaction) -> WeeklySchedule | None:
    """The schedule of an interaction's server; raises StoreError."""
    return await interaction.client.store.look_up(schedules.of_guild, interaction.guild_id or 0)


def order_words(library: Library, order: str, language: Language) -> str:
    """`along the path`, `shuffled`, or a stage's title."""
    if order in (PATH, SHUFFLED):
        return language.t("along the path") if order == PATH else language.t("shuffled")
    group = group_of(library.catalog, order)
    return language.quoted(show(group.title, TITLE_LIMIT)) if group else language.t("a stage that has been removed")


class AdminItem(PersistentItem, template=r"(?!)"):
    """A button or select of an admin's card: it does its work and shows a card in place."""

    async def press(self, interaction: Interaction, library: Library) -> None:
        """Refuse everyone but admins; say so if the schedule is gone."""
        require_admin(interaction)
        await acknowledge(interaction)
        language, weekly = interaction.client.language_for(interaction), await schedule_here(interaction)
        card = await self.answer(interaction, library, weekly, language) if weekly else notice(language.t(NOT_SET))
        await interaction.edit_original_response(view=card)

    async def answer(
        self, interaction: Interaction, library: Library, weekly: WeeklySchedule, language: Language
    ) -> Card:
        """Do it, and return what to show; raises StudybotError, after which nothing was changed."""
        raise NotImplementedError


class OpensForm(PersistentItem, template=r"(?!)"):
    """A button of an admin's card that opens a form."""

    async def press(self, interaction: Interaction, library: Library) -> None:
        """Open it; the schedule is looked up when the form is sent."""
        require_admin(interaction)
        await interaction.response.send_modal(self.form(interaction.client.language_for(interaction)))

    def form(self, language: Language) -> discord.ui.Modal:
        """The form."""
        raise NotImplementedError


class FixedButton(AdminItem, template=r"(?!)"):
    """A button of an admin's card without any state: `custom_id` is all of its template."""

    custom_id: ClassVar[str]
    label: ClassVar[str]
    style: ClassVar[discord.ButtonStyle] = discord.ButtonStyle.secondary

    def __init_subclass__(cls, *, template: str = "") -> None:
        super().__init_subclass__(template=template or getattr(cls, "custom_id", ""))

    @classmethod
    def of(cls, language: Language) -> discord.ui.Button[Any]:
        """The only one."""
        return discord.ui.Button(label=language.t(cls.label), custom_id=cls.custom_id, style=cls.style)


class BackButton(FixedButton):
    """Shows the panel again; `panel` answers it."""

    custom_id = "weekly:panel"
    label = N_("Back")


def with_back(text: str, language: Language, *buttons: discord.ui.Button[Any]) -> Card:
    """A card of text with some buttons, and the way back to the panel."""
    row = discord.ui.ActionRow(*buttons, BackButton.of(language))
    return Card([discord.ui.TextDisplay(text), row])
