"""The panel of /weekly: everything about a server's weekly prompt on one card, and a button for each change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import discord

from bot.catalogs import Library
from bot.discord_io.bot import Interaction, StudyBot
from bot.discord_io.buttons import WeeklySetupButton, acknowledge, only, selected, snowflake
from bot.discord_io.cards import Card
from bot.discord_io.health import explain, health
from bot.discord_io.messenger import post_tag
from bot.discord_io.modals import ScheduleModal, TypedSchedule
from bot.discord_io.refusals import why
from bot.discord_io.schedules import near_date, next_dates, when
from bot.discord_io.text import show
from bot.features.weekly.admin import (
    FOLLOW_UP_NAMES,
    TITLE_LIMIT,
    BackButton,
    FixedButton,
    order_words,
    require_admin,
    schedule_here,
    with_back,
)
from bot.features.weekly.history import history_text, pause_words
from bot.features.weekly.options import OptionsButton, change, start_at
from bot.features.weekly.pausing import OffButton, PauseButton, ResumeButton, SkipButton
from bot.features.weekly.preview import PostNowButton, PreviewButton
from bot.features.weekly.setting import ChangeButton, Channel, ZoneSelect, channel_at, check, save, zone_card
from bot.jobs import Prompt, WeeklySchedule, schedules
from bot.jobs.history import recent_deliveries
from bot.jobs.records import FOLLOW_UPS
from bot.language import N_, Language
from bot.outcomes import Reason
from bot.schedule import Schedule, parse_day

HISTORY = 10
"""Past prompts on the card of History."""


@dataclass(frozen=True, slots=True)
class Panel:
    """What the panel shows: the schedule, the next prompt or why there's none, the dates to come that are skipped, the
    next dates, what is wrong, in words, and the tag that posts get where the forum requires one."""

    weekly: WeeklySchedule
    library: Library
    prompt: Prompt | Reason
    skipped: Sequence[datetime]
    dates: Sequence[datetime]
    problems: Sequence[str]
    tag: str = ""


async def panel_of(bot: StudyBot, library: Library, weekly: WeeklySchedule, language: Language) -> Panel:
    """The panel's content as everything is now; raises StoreError."""
    skipped = await bot.store.read(schedules.skipped_ahead, weekly.guild_id, bot.clock())
    problems = [explain(one, weekly, language) for one in await health(bot, weekly, bot.clock())]
    prompt, channel = await bot.delivery.upcoming(weekly), bot.get_channel(weekly.channel_id)
    tag = post_tag(channel) if isinstance(channel, discord.ForumChannel) else None
    return Panel(weekly, library, prompt, skipped, next_dates(weekly, skipped), problems, tag.name if tag else "")


async def panel_card_of(
    bot: StudyBot, library: Library, weekly: WeeklySchedule, language: Language, remark: str = ""
) -> Card:
    """The panel, drawn anew; `remark` is what has just happened."""
    return panel_card(await panel_of(bot, library, weekly, language), language, remark)


def panel_card(panel: Panel, language: Language, remark: str = "") -> Card:
    """The card of the panel."""
    weekly = panel.weekly
    lines = [
        remark,
        "### " + language.t("Weekly prompt"),
        language.t("{when} in {channel}", when=when(weekly.schedule, language), channel=f"<#{weekly.channel_id}>"),
        *(_problem_lines(panel, language)),
        *(_coming(panel, language)),
        f"\n-# {_settings_line(panel, language)}",  # after an empty line, or it is part of the list
    ]
    text = discord.ui.TextDisplay[Any]("\n".join(line for line in lines if line))
    return Card([text, *(discord.ui.ActionRow(*row) for row in _button_rows(panel, language))])


def _problem_lines(panel: Panel, language: Language) -> list[str]:
    if not panel.problems:
        return []
    heading = language.plural("1 problem:", "{n} problems:", len(panel.problems))
    return [f"**{heading}**", *(f"- {problem}" for problem in panel.problems)]


def _coming(panel: Panel, language: Language) -> list[str]:
    """The next post and dates; of a prompt that an admin paused, when that ends. Why one paused itself is a problem."""
    weekly, prompt = panel.weekly, panel.prompt
    if weekly.pause_reason is not None:
        return [pause_words(weekly, language)] if weekly.pause_reason is Reason.ADMIN_PAUSED else []
    if isinstance(prompt, Reason):
        return [language.t("Nothing to post: {reason}.", reason=why(prompt, language))]
    gone = weekly.next_id is not None and weekly.next_id not in panel.library.catalog
    removed = language.t("The resource you put first has been removed from the list, so it won't be posted.")
    return [
        *([removed] if gone else []),
        language.t("Next: **{title}**", title=show(prompt.resource.title, TITLE_LIMIT)),
        *(_date_line(panel, one, language) for one in sorted((*panel.dates, *panel.skipped))),
    ]


def _date_line(panel: Panel, due_at: datetime, language: Language) -> str:
    """A date by the schedule's calendar; how soon the next one is, and that one is skipped."""
    date = near_date(due_at, panel.weekly.schedule.zone, language)
    if due_at in panel.skipped:
        return language.t("- {date} · skipped", date=date)
    soon = f" · {discord.utils.format_dt(due_at, 'R')}" if due_at == panel.dates[0] else ""
    return f"- {date}{soon}"


def _settings_line(panel: Panel, language: Language) -> str:
    """`Order: along the path · Mentions: none · Thread, pin, poll: off`."""
    weekly, t = panel.weekly, language.t
    role_id = panel.prompt.role_id if isinstance(panel.prompt, Prompt) else weekly.role_id
    role = f"<@&{role_id}>" if role_id else t("none")
    on = [t(FOLLOW_UP_NAMES[kind]) for kind in FOLLOW_UPS if kind in weekly.follow_ups]
    off = [t(FOLLOW_UP_NAMES[kind]) for kind in FOLLOW_UPS if kind not in weekly.follow_ups]
    switches = [t("{names}: on", names=", ".join(on))] if on else []
    switches += [t("{names}: off", names=", ".join(off))] if off else []
    order = t("Order: {order}", order=order_words(panel.library, weekly.order, language))
    tag = [t("Tag: {tag}", tag=show(panel.tag, TITLE_LIMIT))] if panel.tag else []
    return " · ".join([order, t("Mentions: {role}", role=role), *switches, *tag])


def _button_rows(panel: Panel, language: Language) -> list[list[discord.ui.Button[Any]]]:
    weekly = panel.weekly
    is_paused = weekly.paused_at is not None
    return [
        [
            ChangeButton.of(weekly, language),
            OptionsButton.of(language),
            PreviewButton.of(language),
            PostNowButton.of(language),
        ],
        [
            SkipButton.of(weekly, language, disabled=is_paused),
            ResumeButton.of(language) if is_paused else PauseButton.of(language),
            HistoryButton.of(language),
            OffButton.of(language),
        ],
    ]


class PanelButton(BackButton):
    """Shows the panel as everything is now."""

    async def answer(
        self, interaction: Interaction, library: Library, weekly: WeeklySchedule, language: Language
    ) -> Card:
        """The panel."""
        return await panel_card_of(interaction.client, library, weekly, language)


class SetupButton(WeeklySetupButton):
    """Under the greeting: asks the one question, or shows the panel where a prompt is set."""

    async def press(self, interaction: Interaction, library: Library) -> None:
        """As `/weekly` does, in a message of its own: everyone sees the greeting."""
        require_admin(interaction)
        await acknowledge(interaction, in_place=False)
        await show_panel(interaction, library)


async def show_panel(interaction: Interaction, library: Library, typed: Typed | None = None) -> None:
    """Answer with the panel, or ask for the time zone where nothing is set; save what was typed first.

    The interaction was acknowledged. Raises StudybotError if something typed can't be.
    """
    bot, language, typed = interaction.client, interaction.client.language_for(interaction), typed or Typed()
    weekly = await schedule_here(interaction)
    if weekly is None and typed.zone is None:
        channel = typed.channel or channel_at(bot, interaction.channel_id or 0, interaction.guild_id)
        check(channel, interaction.user, frozenset())
        card = zone_card(channel, typed.form(None), bot.clock(), language)
    else:
        weekly, remark = await _saved(interaction, library, weekly, typed)
        card = await panel_card_of(bot, library, weekly, language, remark)
    await interaction.edit_original_response(view=card)


@dataclass(frozen=True, slots=True)
class Typed:
    """The options of /weekly that were typed; None for the others."""

    channel: Channel | None = None
    day: str | None = None
    time: str | None = None
    zone: str | None = None
    start: str | None = None

    @property
    def is_schedule(self) -> bool:
        """Whether where or when is to change."""
        return any(one is not None for one in (self.channel, self.day, self.time, self.zone))

    def form(self, old: WeeklySchedule | None) -> TypedSchedule:
        """When, with what is set for what wasn't typed; raises ScheduleError for a day that means nothing."""
        base = TypedSchedule.of(old.schedule) if old else TypedSchedule()
        return TypedSchedule(
            parse_day(self.day) if self.day else base.day, self.time or base.time, self.zone or base.zone
        )


async def _saved(
    interaction: Interaction, library: Library, weekly: WeeklySchedule | None, typed: Typed
) -> tuple[WeeklySchedule, str]:
    """The schedule after what was typed is saved, and what to say about it."""
    bot, language = interaction.client, interaction.client.language_for(interaction)
    remark = ""
    if weekly is None or typed.is_schedule:
        where = weekly.channel_id if weekly else interaction.channel_id
        channel = typed.channel or channel_at(bot, where or 0, interaction.guild_id)
        weekly = await save(interaction, library, channel, typed.form(weekly).parse(language), weekly)
        remark = language.t("Saved.")
    if typed.start is not None:
        weekly = await change(interaction, weekly, start_id=start_at(library, weekly, typed.start).id)
        remark = language.t("Saved.")
    return weekly, remark


class ZoneAnswer(ZoneSelect):
    """Completes a new schedule with the zone that was chosen."""

    async def press(self, interaction: Interaction, library: Library) -> None:
        """Save it, and show the panel."""
        require_admin(interaction)
        await acknowledge(interaction)
        typed = replace(TypedSchedule.read(self.state), zone=only(selected(interaction)))
        schedule = typed.parse(interaction.client.language_for(interaction))
        await _save_and_show(interaction, library, int(self.state["channel"]), schedule)


class SettingForm(ScheduleModal, template=r"weekly:set"):
    """The form for channel, day, time and zone."""

    async def submit(self, interaction: Interaction, library: Library) -> None:
        """Only admins save it."""
        require_admin(interaction)
        await super().submit(interaction, library)

    def again(self, label: str, language: Language) -> discord.ui.Button[Any]:
        """The button that opens the form again."""
        return ChangeButton.at(snowflake(self.value("channel")), self.typed, label)

    async def save(self, interaction: Interaction, library: Library, schedule: Schedule) -> None:
        """Save it, and show the panel."""
        await _save_and_show(interaction, library, snowflake(self.value("channel")), schedule)


async def _save_and_show(interaction: Interaction, library: Library, channel_id: int, schedule: Schedule) -> None:
    bot, language = interaction.client, interaction.client.language_for(interaction)
    channel = channel_at(bot, channel_id, interaction.guild_id)
    weekly = await save(interaction, library, channel, schedule, await schedule_here(interaction))
    card = await panel_card_of(bot, library, weekly, language, language.t("Saved."))
    await interaction.edit_original_response(view=card)


class HistoryButton(FixedButton):
    """Shows recent posts, and what went wrong."""

    custom_id = "weekly:history"
    label = N_("History")

    async def answer(
        self, interaction: Interaction, library: Library, weekly: WeeklySchedule, language: Language
    ) -> Card:
        """The last prompts, without upcoming ones."""
        store, now = interaction.client.store, interaction.client.clock()
        recent = await store.read(recent_deliveries, weekly.id, 2 * HISTORY)
        past = [one for one in recent if one.post.due_at <= now][:HISTORY]
        return with_back(history_text(interaction, weekly, past, language), language)


BUTTONS = (PanelButton, SetupButton, ZoneAnswer, ChangeButton, HistoryButton)
"""The buttons and selects of this module, and the one that opens its form."""
MODALS = (SettingForm,)
"""Its forms."""
