"""The buttons on a weekly post and on answers to admins."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import discord

from bot.catalogs import Library
from bot.discord_io.bot import Interaction
from bot.discord_io.buttons import CATALOG, TAG, PersistentItem, acknowledge, button
from bot.discord_io.cards import Card, notice
from bot.discord_io.marks import RESOURCE, MarkButton
from bot.discord_io.schedules import next_dates
from bot.features.weekly import words
from bot.features.weekly.setup import require_admin
from bot.jobs import WeeklySchedule, schedules
from bot.marks import Action

DUE = r"(?P<due>\d{1,12})"
"""The part of a template that holds when a prompt is due, in seconds since 1970."""


class PostMarkButton(MarkButton, template=rf"w:{CATALOG}:{RESOURCE}:{TAG}"):
    """Toggles the mark of whoever presses it: everybody sees the same button, whether they have finished or not."""

    in_place = False  # the message is plain text, which cannot become a card

    @property
    def action(self) -> Action:
        """Toggle."""
        return Action.TOGGLE


def skipped_card(weekly: WeeklySchedule, due_at: datetime, *, can_undo: bool) -> Card:
    """The answer to a skip, with a way back as long as the prompt is still to come."""
    text = words.skipped_reply(weekly, due_at, next_dates(weekly))
    buttons = [button(words.UNDO, f"weekly:unskip:{_seconds(due_at)}")] if can_undo else []
    return Card([discord.ui.TextDisplay(text), *_row(buttons)])


def skipped_already_card(weekly: WeeklySchedule, skipped: datetime) -> Card:
    """That the next prompt is left out already, with a way back, and one to leave out another."""
    buttons = [
        button(words.UNDO, f"weekly:unskip:{_seconds(skipped)}"),
        button(words.SKIP_TOO, f"weekly:skip:{_seconds(weekly.next_at)}"),
    ]
    return Card([discord.ui.TextDisplay(words.skipped_already_reply(weekly, skipped)), *_row(buttons)])


def off_card(weekly: WeeklySchedule) -> Card:
    """The question before a schedule is deleted."""
    buttons = [
        button(words.TURN_OFF, "weekly:off", style=discord.ButtonStyle.danger),
        button(words.KEEP, "weekly:keep"),
    ]
    return Card([discord.ui.TextDisplay(words.off_question(weekly)), *_row(buttons)])


def _row(buttons: list[discord.ui.Button[Any]]) -> list[discord.ui.Item[Any]]:
    return [discord.ui.ActionRow(*buttons)] if buttons else []


def _seconds(instant: datetime) -> int:
    return round(instant.timestamp())


class SkipTooButton(PersistentItem, template=rf"weekly:skip:{DUE}"):
    """Leaves out the prompt that the card named, once."""

    async def press(self, interaction: Interaction, library: Library) -> None:
        """Skip it, unless it is not the next one any more."""
        require_admin(interaction)
        await acknowledge(interaction)
        bot, guild_id = interaction.client, interaction.guild_id or 0
        weekly = await bot.store.look_up(schedules.of_guild, guild_id)
        if weekly is None or _seconds(weekly.next_at) != int(self.state["due"]):
            await interaction.edit_original_response(view=notice(words.TOO_LATE_TO_UNDO if weekly else words.NOT_SET))
            return
        skipped = await bot.store.write(schedules.skip_next, guild_id, bot.clock())
        bot.delivery.wake()
        if skipped is None or skipped[1] is None:
            await interaction.edit_original_response(view=notice(words.UNDER_WAY if skipped else words.NOT_SET))
            return
        await interaction.edit_original_response(view=skipped_card(skipped[0], skipped[1], can_undo=True))


class UnskipButton(PersistentItem, template=rf"weekly:unskip:{DUE}"):
    """Undoes a skip."""

    async def press(self, interaction: Interaction, library: Library) -> None:
        """Have the prompt posted after all, if it is still to come."""
        require_admin(interaction)
        await acknowledge(interaction)
        bot, due_at = interaction.client, datetime.fromtimestamp(int(self.state["due"]), UTC)
        weekly = await bot.store.write(schedules.undo_skip, interaction.guild_id or 0, due_at, bot.clock())
        bot.delivery.wake()
        text = words.unskipped_reply(weekly, next_dates(weekly)) if weekly else words.TOO_LATE_TO_UNDO
        await interaction.edit_original_response(view=notice(text))


class OffButton(PersistentItem, template=r"weekly:off"):
    """Deletes the schedule."""

    async def press(self, interaction: Interaction, library: Library) -> None:
        """Delete it."""
        require_admin(interaction)
        await acknowledge(interaction)
        removed = await interaction.client.store.write(schedules.remove, interaction.guild_id or 0)
        await interaction.edit_original_response(view=notice(words.OFF if removed else words.NOT_SET))


class KeepButton(PersistentItem, template=r"weekly:keep"):
    """Leaves the schedule as it is."""

    async def press(self, interaction: Interaction, library: Library) -> None:
        """Say so."""
        await interaction.response.edit_message(view=notice(words.KEPT))


BUTTONS = (PostMarkButton, SkipTooButton, UnskipButton, OffButton, KeepButton)
"""All of them."""
