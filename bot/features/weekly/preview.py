"""The next post: seen before it's sent, another resource put first, a sentence added, posted now."""

from __future__ import annotations

from typing import Any

import discord

from bot.catalogs import Library
from bot.discord_io.bot import Interaction
from bot.discord_io.buttons import acknowledge, only, selected
from bot.discord_io.cards import Card, notice
from bot.discord_io.modals import PersistentModal, form
from bot.discord_io.refusals import why
from bot.discord_io.schedules import near_date
from bot.discord_io.text import CHOICE_LIMIT, show
from bot.features.weekly.admin import (
    NOT_SET,
    TITLE_LIMIT,
    AdminItem,
    BackButton,
    FixedButton,
    OpensForm,
    require_admin,
    with_back,
)
from bot.features.weekly.history import post_link
from bot.features.weekly.post import post_content
from bot.jobs import Job, Prompt, WeeklySchedule, mentioned_lately, schedules
from bot.jobs.history import history_of
from bot.language import N_, Language
from bot.outcomes import Reason, State
from bot.store.tables import NOTE_LIMIT

AHEAD = 5
"""Resources that can be put first: as many weeks as an admin plans."""


async def preview_card(interaction: Interaction, weekly: WeeklySchedule, language: Language) -> Card:
    """The next post as it will be, and what can be changed about it."""
    prompt = await interaction.client.delivery.upcoming(weekly)
    if isinstance(prompt, Reason):
        return with_back(language.t("Nothing to post: {reason}.", reason=why(prompt, language)), language)
    posted = interaction.client.language_of(weekly.language)
    date = near_date(prompt.due_at, weekly.schedule.zone, language)
    heading = language.t("Preview: {date}", date=date) if weekly.paused_at is None else language.t("Preview")
    return Card(
        [
            discord.ui.TextDisplay(f"### {heading}"),
            discord.ui.TextDisplay(post_content(prompt, posted)),
            discord.ui.Separator(),
            discord.ui.ActionRow(FirstSelect.of(prompt, language)),
            discord.ui.ActionRow(NoteButton.of(language), BackButton.of(language)),
        ]
    )


class PreviewButton(FixedButton):
    """Shows the next post."""

    custom_id = "weekly:preview"
    label = N_("Preview")

    async def answer(
        self, interaction: Interaction, library: Library, weekly: WeeklySchedule, language: Language
    ) -> Card:
        """The card."""
        return await preview_card(interaction, weekly, language)


class FirstSelect(AdminItem, template=r"weekly:first"):
    """Puts one of the next resources first."""

    @classmethod
    def of(cls, prompt: Prompt, language: Language) -> discord.ui.Select[Any]:
        """The next resources, with the first of them chosen."""
        ahead = dict.fromkeys((prompt.resource, *prompt.ahead))
        options = [
            discord.SelectOption(
                label=prompt.library.label(one, CHOICE_LIMIT, language), value=one.id, default=one is prompt.resource
            )
            for one in list(ahead)[:AHEAD]
        ]
        return discord.ui.Select(
            custom_id="weekly:first", placeholder=language.t("Post another one first"), options=options
        )

    async def answer(
        self, interaction: Interaction, library: Library, weekly: WeeklySchedule, language: Language
    ) -> Card:
        """Have it posted next, and show that post."""
        bot, chosen = interaction.client, only(selected(interaction))
        known = chosen if library.catalog.get(chosen) is not None else None
        planned = await bot.store.write(schedules.plan_post, weekly.guild_id, next_id=known)
        return await preview_card(interaction, planned, language) if planned else notice(language.t(NOT_SET))


class NoteButton(OpensForm, template=r"weekly:note"):
    """Opens the form for a sentence that is added to the next post."""

    @classmethod
    def of(cls, language: Language) -> discord.ui.Button[Any]:
        """The only one."""
        return discord.ui.Button(label=language.t("Add a sentence"), custom_id="weekly:note")

    def form(self, language: Language) -> discord.ui.Modal:
        """One field."""
        field: discord.ui.TextInput[Any] = discord.ui.TextInput(
            custom_id="note", style=discord.TextStyle.paragraph, max_length=NOTE_LIMIT, required=False
        )
        label: discord.ui.Label[Any] = discord.ui.Label(
            text=language.t("Your words for the next post"),
            description=language.t("They're posted once, under the title. Leave it empty to remove them."),
            component=field,
        )
        return form("weekly:note", language.t("Add a sentence"), label)


class NoteModal(PersistentModal, template=r"weekly:note"):
    """Saves the sentence."""

    async def submit(self, interaction: Interaction, library: Library) -> None:
        """Save it, and show the next post."""
        require_admin(interaction)
        await acknowledge(interaction)
        bot, language = interaction.client, interaction.client.language_for(interaction)
        note = " ".join(self.value("note").split())[:NOTE_LIMIT] or None
        planned = await bot.store.write(schedules.plan_post, interaction.guild_id or 0, note=note)
        card = await preview_card(interaction, planned, language) if planned else notice(language.t(NOT_SET))
        await interaction.edit_original_response(view=card)


class PostNowButton(FixedButton):
    """Asks before the next prompt is posted right away."""

    custom_id = "weekly:now"
    label = N_("Post now")

    async def answer(
        self, interaction: Interaction, library: Library, weekly: WeeklySchedule, language: Language
    ) -> Card:
        """The question, with what would be posted."""
        prompt = await interaction.client.delivery.upcoming(weekly)
        if isinstance(prompt, Reason):
            return with_back(language.t("Nothing to post: {reason}.", reason=why(prompt, language)), language)
        question = language.t(
            "Post **{title}** in {channel} right away? The weekly dates stay as they are.",
            title=show(prompt.resource.title, TITLE_LIMIT), channel=f"<#{weekly.channel_id}>",
        )  # fmt: skip
        return with_back(question, language, ConfirmButton.of(language))


class ConfirmButton(FixedButton):
    """Posts the next prompt right away."""

    custom_id = "weekly:post"
    label = N_("Post now")
    style = discord.ButtonStyle.primary

    async def answer(
        self, interaction: Interaction, library: Library, weekly: WeeklySchedule, language: Language
    ) -> Card:
        """Post it, and say where; shortly after another post without mentioning anyone."""
        bot = interaction.client
        history = await bot.store.read(history_of, weekly.id)
        quiet = weekly.role_id is not None and mentioned_lately(history.last, bot.clock())
        job = await bot.delivery.post_now(weekly)
        return with_back(_outcome(weekly, job, language, quiet=quiet) if job else language.t(NOT_SET), language)


def _outcome(weekly: WeeklySchedule, job: Job, language: Language, *, quiet: bool) -> str:
    t = language.t
    if job.state is State.SENT and job.message_id is not None:
        posted = t("Posted: {link}.", link=post_link(weekly, job, language))
        quietly = t("I didn't mention <@&{role}>: the last post is less than ten minutes old.", role=weekly.role_id)
        return f"{posted} {quietly}" if quiet else posted
    reason = why(job.reason or Reason.OUTAGE, language, job.detail)
    if job.state is State.WAITING:
        return t(
            "Not posted yet: {reason}. I'll keep trying for five minutes; *History* shows the outcome.", reason=reason
        )
    return t("That didn't work: {reason}.", reason=reason)


BUTTONS = (PreviewButton, FirstSelect, NoteButton, PostNowButton, ConfirmButton)
"""The buttons and selects of this module."""
MODALS = (NoteModal,)
"""Its forms."""
