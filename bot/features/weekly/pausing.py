"""Weeks without a prompt: skip one, pause, resume, switch it off."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import discord

from bot.catalogs import Library
from bot.discord_io.bot import Interaction
from bot.discord_io.buttons import acknowledge
from bot.discord_io.cards import Card, notice
from bot.discord_io.health import explain, obstacles
from bot.discord_io.modals import PersistentModal, form
from bot.discord_io.schedules import near_date
from bot.discord_io.text import defuse, escape
from bot.errors import ScheduleError
from bot.features.weekly.admin import (
    NOT_SET,
    AdminItem,
    FixedButton,
    OpensForm,
    require_admin,
    schedule_here,
    with_back,
)
from bot.features.weekly.history import pause_words
from bot.jobs import WeeklySchedule, schedules
from bot.language import N_, Language
from bot.schedule import parse_until

DUE = r"(?P<due>\d{1,11})"
"""The part of a template that holds when a prompt is due, in seconds since 1970: until the year 5138."""
UNTIL_LIMIT = 40
"""Characters of the end of a pause that can be typed: "until 11 September 2027" and some more."""
SPANS = (N_("1 week"), N_("2 weeks"), N_("4 weeks"))
"""Suggested lengths of a pause, as they may be typed too."""
CHANGED = N_("The schedule has changed since. Open `/weekly` again.")


def _seconds(instant: datetime) -> int:
    return round(instant.timestamp())


def _date(weekly: WeeklySchedule, instant: datetime, language: Language) -> str:
    return near_date(instant, weekly.schedule.zone, language)


class SkipButton(AdminItem, template=rf"weekly:skip:{DUE}"):
    """Skips the prompt that is next on the card; pressed twice, it skips one."""

    @classmethod
    def of(
        cls, weekly: WeeklySchedule, language: Language, label: str = "", *, disabled: bool = False
    ) -> discord.ui.Button[Any]:
        """For the next date."""
        custom_id = f"weekly:skip:{_seconds(weekly.next_at)}"
        return discord.ui.Button(label=label or language.t("Skip"), custom_id=custom_id, disabled=disabled)

    async def answer(
        self, interaction: Interaction, library: Library, weekly: WeeklySchedule, language: Language
    ) -> Card:
        """Skip it, with a way back and one to skip another week."""
        bot = interaction.client
        if _seconds(weekly.next_at) != int(self.state["due"]) or weekly.paused_at is not None:
            return with_back(language.t(CHANGED), language)
        skipped = await bot.store.write(schedules.skip_next, weekly.guild_id, bot.clock())
        bot.delivery.wake()
        if skipped is None or (due_at := skipped[1]) is None:
            late = N_("This week's prompt is being posted right now, so it's too late to skip it.")
            return with_back(language.t(late if skipped else NOT_SET), language)
        changed = skipped[0]
        text = language.t(
            "The prompt for {date} is skipped; the same resource follows a week later. Next: {next}.",
            date=_date(weekly, due_at, language), next=_date(weekly, changed.next_at, language),
        )  # fmt: skip
        buttons = [UnskipButton.of(due_at, language)] if due_at > bot.clock() else []
        return with_back(
            text, language, *buttons, SkipButton.of(changed, language, language.t("Skip the next one too"))
        )


class UnskipButton(AdminItem, template=rf"weekly:unskip:{DUE}"):
    """Undoes a skip."""

    @classmethod
    def of(cls, due_at: datetime, language: Language) -> discord.ui.Button[Any]:
        """For the prompt of a date."""
        return discord.ui.Button(label=language.t("Undo"), custom_id=f"weekly:unskip:{_seconds(due_at)}")

    async def answer(
        self, interaction: Interaction, library: Library, weekly: WeeklySchedule, language: Language
    ) -> Card:
        """Have the prompt posted after all, if it isn't due yet."""
        bot, due_at = interaction.client, datetime.fromtimestamp(int(self.state["due"]), UTC)
        changed = await bot.store.write(schedules.undo_skip, weekly.guild_id, due_at, bot.clock())
        bot.delivery.wake()
        if changed is None:
            return with_back(language.t("It's too late to undo that."), language)
        date = _date(changed, changed.next_at, language)
        return with_back(language.t("Skip undone. Next: {date}.", date=date), language)


class PauseButton(OpensForm, template=r"weekly:pause"):
    """Asks how long to pause."""

    @classmethod
    def of(cls, language: Language) -> discord.ui.Button[Any]:
        """The only one."""
        return discord.ui.Button(label=language.t("Pause"), custom_id="weekly:pause")

    def form(self, language: Language) -> discord.ui.Modal:
        """A length to choose, or a day to type; neither means until an admin resumes."""
        return pause_form("", language)


def pause_form(typed: str, language: Language) -> discord.ui.Modal:
    """The form for a pause, with what was typed before."""
    options = [discord.SelectOption(label=language.t(span), value=span) for span in SPANS]
    span: discord.ui.Select[Any] = discord.ui.Select(
        custom_id="span", options=options, required=False, placeholder=language.t("Until I resume it")
    )
    until: discord.ui.TextInput[Any] = discord.ui.TextInput(
        custom_id="until", default=typed, required=False, max_length=UNTIL_LIMIT, placeholder=language.t("11 January")
    )
    return form(
        "weekly:pause",
        language.t("Pause the weekly prompt"),
        discord.ui.Label(text=language.t("For how long?"), component=span),
        discord.ui.Label(text=language.t("Or until which day?"), component=until),
    )


class PauseAgainButton(OpensForm, template=rf"weekly:pause:(?P<until>[\s\S]{{1,{UNTIL_LIMIT}}})"):
    """Opens the form again, as it was typed."""

    @classmethod
    def of(cls, typed: str, language: Language) -> discord.ui.Button[Any]:
        """With what was typed."""
        return discord.ui.Button(label=language.t("Try again"), custom_id=f"weekly:pause:{typed[:UNTIL_LIMIT]}")

    def form(self, language: Language) -> discord.ui.Modal:
        """The form."""
        return pause_form(self.state["until"], language)


class PauseModal(PersistentModal, template=r"weekly:pause"):
    """Pauses the prompt."""

    async def submit(self, interaction: Interaction, library: Library) -> None:
        """Pause it, or say what a day looks like with a button that opens the form as it was typed."""
        require_admin(interaction)
        bot, language = interaction.client, interaction.client.language_for(interaction)
        await acknowledge(interaction)
        if (weekly := await schedule_here(interaction)) is None:
            await interaction.edit_original_response(view=notice(language.t(NOT_SET)))
            return
        typed = self.value("until").strip() or next(iter(self.values.get("span", ())), "")
        try:
            resume_at = parse_until(typed, weekly.schedule.zone, bot.clock(), language) if typed else None
        except ScheduleError as error:
            text, again = escape(defuse(error.in_language(language))), PauseAgainButton.of(typed, language)
            await interaction.edit_original_response(view=with_back(text, language, again))
            return
        paused = await bot.store.write(
            schedules.pause, weekly.guild_id, by=interaction.user.id, now=bot.clock(), resume_at=resume_at
        )
        bot.delivery.wake()
        card = with_back(pause_words(paused, language), language) if paused else notice(language.t(NOT_SET))
        await interaction.edit_original_response(view=card)


class ResumeButton(FixedButton):
    """Ends a pause."""

    custom_id = "weekly:resume"
    label = N_("Resume")
    style = discord.ButtonStyle.success

    async def answer(
        self, interaction: Interaction, library: Library, weekly: WeeklySchedule, language: Language
    ) -> Card:
        """Check that the next prompt can be posted, then resume and say when it is."""
        bot = interaction.client
        if found := obstacles(interaction.guild, weekly):
            problems = [f"- {explain(one, weekly, language)}" for one in found]
            return with_back("\n".join([language.t("Not resumed yet:"), *problems]), language)
        resumed = await bot.store.write(schedules.resume, weekly.guild_id, bot.clock())
        bot.delivery.wake()
        if resumed is None:
            return notice(language.t(NOT_SET))
        date = _date(resumed, resumed.next_at, language)
        return with_back(language.t("Resumed. Next: {date}.", date=date), language)


class OffButton(FixedButton):
    """Asks before the schedule is deleted."""

    custom_id = "weekly:off"
    label = N_("Off")
    style = discord.ButtonStyle.danger

    async def answer(
        self, interaction: Interaction, library: Library, weekly: WeeklySchedule, language: Language
    ) -> Card:
        """The question."""
        question = language.t(
            "### Turn the weekly prompt off?\nPosts in {channel} stop, and the schedule, its position and its history "
            "are deleted. Just a break? Use *Pause*.",
            channel=f"<#{weekly.channel_id}>",
        )
        return with_back(question, language, TurnOffButton.of(language))


class TurnOffButton(FixedButton):
    """Deletes the schedule."""

    custom_id = "weekly:delete"
    label = N_("Turn off")
    style = discord.ButtonStyle.danger

    async def answer(
        self, interaction: Interaction, library: Library, weekly: WeeklySchedule, language: Language
    ) -> Card:
        """Delete it."""
        await interaction.client.store.write(schedules.remove, weekly.guild_id)
        return notice(language.t("The weekly prompt is off. `/weekly` sets up a new one."))


BUTTONS = (SkipButton, UnskipButton, PauseButton, PauseAgainButton, ResumeButton, OffButton, TurnOffButton)
"""The buttons of this module."""
MODALS = (PauseModal,)
"""Its forms."""
