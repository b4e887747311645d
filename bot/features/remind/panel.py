"""The card of /remind: what is set and when the next reminder is due, and buttons that change it."""

from __future__ import annotations

import logging
from typing import Any

import discord

from bot.catalogs import Library
from bot.discord_io.bot import Interaction
from bot.discord_io.buttons import PersistentItem, acknowledge
from bot.discord_io.cards import Card, notice
from bot.discord_io.modals import TYPED, ScheduleButton, ScheduleModal, TypedSchedule, form, schedule_fields
from bot.discord_io.refusals import REQUEST_ERRORS, refusal_of, sentence_of, why
from bot.discord_io.schedules import when
from bot.jobs import Job, Reminder, reminders
from bot.jobs.history import last_missed
from bot.language import N_, Language
from bot.outcomes import Reason
from bot.schedule import Schedule

log = logging.getLogger(__name__)

TEST_MESSAGE = N_("Your weekly reminders will arrive here.")
"""Sent when a member sets a reminder, so that closed direct messages are found at once."""
CLOSED_ON_SERVER = N_(
    "I couldn't send you a direct message, so **nothing was set**. Allow direct messages from this server: on a "
    "computer, right-click its icon, then *Privacy Settings*; on a phone, press and hold the icon. Then try again."
)
CLOSED = N_(
    "I couldn't send you a direct message, so **nothing was set**. Join a server that I'm on, allow direct messages "
    "from it, and try again there."
)
NOT_NOW = N_("Discord isn't letting me send DMs right now, so **nothing was set**. Try again in a few minutes.")
PAUSES = {
    Reason.DM_CLOSED: N_("your DMs are closed to me, so two reminders failed"),
    Reason.PATH_FINISHED: N_("you've finished the whole path"),
    Reason.UNKNOWN_ZONE: N_("I no longer know its time zone"),
}
"""Why a reminder paused itself."""


def reminder_card(reminder: Reminder | None, language: Language, remark: str = "") -> Card:
    """A member's reminder, or how to set one; `remark` is what they just did."""
    lines = ["### " + language.t("Weekly reminder"), *(_lines(reminder, language) if reminder else [])]
    if reminder is None:
        lines.append(language.t("I can send you your next step once a week, in a direct message."))
    if remark:
        lines.append(f"\n{remark}")
    return Card([discord.ui.TextDisplay("\n".join(lines)), discord.ui.ActionRow(*_buttons(reminder, language))])


def _lines(reminder: Reminder, language: Language) -> list[str]:
    t, lines = language.t, [when(reminder.schedule, language)]
    if reminder.pause_reason is not None:
        lines.append(t("**Paused:** {reason}.", reason=t(PAUSES[reminder.pause_reason])))
    else:
        lines.append(t("Next: {time} (your time)", time=discord.utils.format_dt(reminder.next_at, "F")))
    if reminder.idle_only:
        lines.append(t("I skip weeks when you've finished something."))
    return lines


def _buttons(reminder: Reminder | None, language: Language) -> list[discord.ui.Button[Any]]:
    t = language.t
    if reminder is None:
        return [ChangeButton.of(TypedSchedule(), t("Set a reminder"))]
    change, off = ChangeButton.of(TypedSchedule.of(reminder.schedule), t("Change")), OffButton.of(language)
    if reminder.pause_reason is Reason.UNKNOWN_ZONE:
        return [change, off]
    if reminder.pause_reason is not None:
        return [ResumeButton.of(language), change, off]
    return [change, ActiveWeeksButton.of(language, skips=not reminder.idle_only), off]


def pause_text(reason: Reason, language: Language) -> str:
    """What a member reads, once, when they next use the bot after their reminder paused itself."""
    return language.t("Your weekly reminder is paused: {reason}. See `/remind`.", reason=language.t(PAUSES[reason]))


def missed_text(missed: Job, language: Language) -> str:
    """That the last reminder wasn't sent, and why."""
    due, reason = discord.utils.format_dt(missed.due_at, "D"), why(missed.reason or Reason.OUTAGE, language)
    return language.t(
        "I couldn't send your reminder for {due}: {reason}. I'll send the next one.", due=due, reason=reason
    )


async def pause_notice(interaction: Interaction) -> None:
    """Tell a member who uses the bot that their reminder paused itself, or that the last one wasn't sent, if they don't
    know yet; raises StoreError."""
    store = interaction.client.store
    reminder = await reminders.claim_pause_notice(store, interaction.user.id)
    if reminder is None:
        return
    language = interaction.client.language_for(interaction)
    if reminder.pause_reason is not None:
        text = pause_text(reminder.pause_reason, language)
    elif (missed := await store.read(last_missed, reminder.id)) is not None:
        text = missed_text(missed, language)
    else:
        return
    try:
        await interaction.followup.send(view=notice(text), ephemeral=True)
    except REQUEST_ERRORS as error:
        log.info("A member has not read yet what became of their reminder: %s", sentence_of(error))
        await store.write(reminders.restore_pause_notice, reminder.user_id)


async def show_reminder(interaction: Interaction, remark: str = "") -> None:
    """Answer with the card as everything is now; the interaction was deferred."""
    store, language = interaction.client.store, interaction.client.language_for(interaction)
    await reminders.claim_pause_notice(store, interaction.user.id)  # the card says it
    reminder = await store.look_up(reminders.of_user, interaction.user.id)
    missed = await store.read(last_missed, reminder.id) if reminder and reminder.pause_reason is None else None
    remark = remark or (missed_text(missed, language) if missed else "")
    await interaction.edit_original_response(view=reminder_card(reminder, language, remark))


async def set_reminder(
    interaction: Interaction, library: Library, schedule: Schedule, idle_only: bool | None = None
) -> None:
    """Try a direct message first, then save and answer; `idle_only` None: as before. The interaction was deferred."""
    bot, member, t = interaction.client, interaction.user, interaction.client.language_for(interaction).t
    old = await bot.store.look_up(reminders.of_user, member.id)
    untested = old is None or old.paused_at is not None
    try:
        direct = await member.create_dm()
        if untested:
            await direct.send(t(TEST_MESSAGE))
    except REQUEST_ERRORS as error:
        log.info("A test message could not be sent: %s", sentence_of(error))
        is_closed = refusal_of(error, private=True).reason is Reason.DM_CLOSED
        on_server = bot.get_guild(interaction.guild_id or 0) is not None
        text = (CLOSED_ON_SERVER if on_server else CLOSED) if is_closed else NOT_NOW
        await show_reminder(interaction, t(text))
        return
    await bot.store.write(
        reminders.put,
        user_id=member.id,
        catalog_id=library.catalog.id,
        channel_id=direct.id,
        schedule=schedule,
        idle_only=idle_only if idle_only is not None else old is not None and old.idle_only,
        now=bot.clock(),
        language=str(interaction.locale),
    )
    bot.delivery.wake()
    await show_reminder(interaction, t("Set. I've sent you a test message: check your DMs.") if untested else "")


class ChangeButton(ScheduleButton, template=rf"remind:change:{TYPED}"):
    """Opens the form for day, time and zone."""

    @classmethod
    def of(cls, typed: TypedSchedule, label: str) -> discord.ui.Button[Any]:
        """For what the form is filled in with."""
        return discord.ui.Button(label=label, custom_id=f"remind:change:{typed.written}")

    async def press(self, interaction: Interaction, library: Library) -> None:
        """Open it."""
        language = interaction.client.language_for(interaction)
        fields = schedule_fields(self.typed, language)
        await interaction.response.send_modal(form("remind:set", language.t("Weekly reminder"), *fields))


class ReminderModal(ScheduleModal, template=r"remind:set"):
    """The form for day, time and zone."""

    def again(self, label: str, language: Language) -> discord.ui.Button[Any]:
        """The button that opens it with what was typed."""
        return ChangeButton.of(self.typed, label)

    async def save(self, interaction: Interaction, library: Library, schedule: Schedule) -> None:
        """Save the reminder."""
        await set_reminder(interaction, library, schedule)


class _ReminderButton(PersistentItem, template=r"(?!)"):
    """A button that changes the reminder that is set."""

    async def press(self, interaction: Interaction, library: Library) -> None:
        """Change it and show the card again; a reminder that was removed is shown as removed."""
        await acknowledge(interaction)
        reminder = await interaction.client.store.look_up(reminders.of_user, interaction.user.id)
        if reminder is None:
            await show_reminder(interaction)
        else:
            await self.change(interaction, library, reminder)

    async def change(self, interaction: Interaction, library: Library, reminder: Reminder) -> None:
        """Change a reminder and answer."""
        raise NotImplementedError


class ActiveWeeksButton(_ReminderButton, template=r"remind:active-weeks:(?P<to>skip|send)"):
    """Skips weeks when the member has finished something, or no longer does."""

    @classmethod
    def of(cls, language: Language, *, skips: bool) -> discord.ui.Button[Any]:
        """For what a press does: whether it `skips` them from then on."""
        label = language.t("Skip weeks when I've finished something") if skips else language.t("Remind me every week")
        return discord.ui.Button(label=label, custom_id=f"remind:active-weeks:{'skip' if skips else 'send'}")

    async def change(self, interaction: Interaction, library: Library, reminder: Reminder) -> None:
        """Save it."""
        await set_reminder(interaction, library, reminder.schedule, idle_only=self.state["to"] == "skip")


class ResumeButton(_ReminderButton, template=r"remind:resume"):
    """Ends a pause."""

    @classmethod
    def of(cls, language: Language) -> discord.ui.Button[Any]:
        """The only one."""
        return discord.ui.Button(label=language.t("Resume"), custom_id="remind:resume")

    async def change(self, interaction: Interaction, library: Library, reminder: Reminder) -> None:
        """Set it again as it is."""
        await set_reminder(interaction, library, reminder.schedule)


class OffButton(_ReminderButton, template=r"remind:off"):
    """Removes the reminder with everything recorded for it."""

    @classmethod
    def of(cls, language: Language) -> discord.ui.Button[Any]:
        """The only one."""
        return discord.ui.Button(label=language.t("Turn off"), custom_id="remind:off")

    async def change(self, interaction: Interaction, library: Library, reminder: Reminder) -> None:
        """Remove it."""
        await interaction.client.store.write(reminders.remove, interaction.user.id)
        await show_reminder(interaction, interaction.client.language_for(interaction).t("Your reminder is off."))


BUTTONS = (ChangeButton, ActiveWeeksButton, ResumeButton, OffButton)
"""All of them."""
