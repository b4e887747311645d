"""What the bot stores about a member, as cards and as a file, and what their buttons do."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, time
from io import BytesIO
from typing import Any

import discord

from bot.catalogs import Library
from bot.discord_io.bot import Interaction
from bot.discord_io.buttons import PersistentItem, acknowledge
from bot.discord_io.cards import Card
from bot.discord_io.schedules import when
from bot.language import Language
from bot.schedule import Schedule

EXPORT = "studybot-about-you.json"
"""The name of the downloaded file."""


def kept_card(kept: Mapping[str, Any], language: Language, remark: str = "") -> Card:
    """What is stored (`Privacy.everything_of` in the store); `remark` is what the member just did."""
    t = language.t
    lines = [
        "### " + t("What I store about you"),
        *(f"- {line}" for line in _kept_lines(kept, language)),
        "\n" + t("I only know your Discord user ID: no name, no messages, no searches, no list of your servers."),
    ]
    nothing = keeps_nothing(kept)
    if not nothing:
        lines.append(t("Kept until you delete it."))
    if remark:
        lines.append(f"\n{remark}")
    text: discord.ui.TextDisplay[Any] = discord.ui.TextDisplay("\n".join(lines))
    if nothing:
        return Card([text])
    return Card([text, discord.ui.ActionRow(DownloadButton.of(language), AskButton.of(language))])


def delete_card(kept: Mapping[str, Any], language: Language) -> Card:
    """The question before anything is deleted."""
    t = language.t
    lines = [
        "### " + t("Delete everything I store about you?"),
        *(f"- {line}" for line in _kept_lines(kept, language)),
        "\n" + t("This can't be undone. Posts in channels stay, and weekly prompts you set go on without your ID."),
    ]
    row = discord.ui.ActionRow[Any](DeleteButton.of(language), KeepButton.of(language))
    return Card([discord.ui.TextDisplay("\n".join(lines)), row])


def export_card(language: Language) -> Card:
    """The card that `export_file` is sent with."""
    text = language.t("This is everything I store about you. Only you can see it.")
    return Card([discord.ui.TextDisplay(text), discord.ui.File(f"attachment://{EXPORT}")])


def export_file(kept: Mapping[str, Any]) -> discord.File:
    """What is stored, as a JSON file."""
    return discord.File(BytesIO(json.dumps(kept, indent=2, ensure_ascii=False).encode()), EXPORT)


def keeps_nothing(kept: Mapping[str, Any]) -> bool:
    """Whether there is nothing but the ID that was asked for."""
    return not any(value for name, value in kept.items() if name != "user_id")


def _kept_lines(kept: Mapping[str, Any], language: Language) -> Iterator[str]:
    t, plural = language.t, language.plural
    if keeps_nothing(kept):
        yield t("Nothing at all.")
        return
    if finished := kept["finished"]:
        yield plural(
            "**Done:** {n} resource, marked on {day}",
            "**Done:** {n} resources, each with the time you marked it, the first on {day}",
            len(finished),
            day=_day(finished[0]["done_at"]),
        )
    since = kept["shared_since"]
    yield t("**Sharing:** on since {day}", day=_day(since)) if since else t("**Sharing:** off")
    if (reminder := kept["reminder"]) is not None:
        yield t("**Reminder:** {when}", when=_when(reminder, language))
        if sent := sum(week["state"] == "sent" for week in kept["reminder_weeks"]):
            yield plural("**Reminders sent:** {n}", "**Reminders sent:** {n}", sent)
    if pressed := kept["posts_pressed"]:
        yield plural(
            "**Weekly posts:** you pressed Done on {n}", "**Weekly posts:** you pressed Done on {n}", len(pressed)
        )
    if servers := kept["weekly_prompts_set"]:
        yield plural(
            "**Weekly prompts:** you set one on {n} server; I'd DM you if it stops",
            "**Weekly prompts:** you set them on {n} servers; I'd DM you if one stops",
            len(servers),
        )
    if pauses := kept["pauses"]:
        yield plural(
            "**Pauses:** you paused {n} weekly prompt", "**Pauses:** you paused {n} weekly prompts", len(pauses)
        )


def _when(reminder: Mapping[str, Any], language: Language) -> str:
    return when(Schedule(reminder["weekday"], time.fromisoformat(reminder["time"]), reminder["zone"]), language)


def _day(instant: str) -> str:
    return discord.utils.format_dt(datetime.fromisoformat(instant), "D")


class _PrivacyButton(PersistentItem, template=r"(?!)"):
    """A button on one of the cards; `kept` is read when it's pressed."""

    async def press(self, interaction: Interaction, library: Library) -> None:
        """Answer from what is stored now."""
        await acknowledge(interaction)
        kept = await interaction.client.store.privacy.everything_of(interaction.user.id)
        await self.answer(interaction, kept, interaction.client.language_for(interaction))

    async def answer(self, interaction: Interaction, kept: Mapping[str, Any], language: Language) -> None:
        """Answer; the interaction was acknowledged."""
        raise NotImplementedError


class DownloadButton(_PrivacyButton, template=r"privacy:download"):
    """Sends all of it as a file."""

    costly = True

    @classmethod
    def of(cls, language: Language) -> discord.ui.Button[Any]:
        """The only one."""
        return discord.ui.Button(label=language.t("Download"), custom_id="privacy:download")

    async def answer(self, interaction: Interaction, kept: Mapping[str, Any], language: Language) -> None:
        """Send it beside the card."""
        await interaction.followup.send(view=export_card(language), file=export_file(kept), ephemeral=True)


class AskButton(_PrivacyButton, template=r"privacy:ask"):
    """Asks before anything is deleted."""

    @classmethod
    def of(cls, language: Language) -> discord.ui.Button[Any]:
        """The only one."""
        return discord.ui.Button(label=language.t("Delete"), custom_id="privacy:ask")

    async def answer(self, interaction: Interaction, kept: Mapping[str, Any], language: Language) -> None:
        """Ask."""
        card = kept_card(kept, language) if keeps_nothing(kept) else delete_card(kept, language)
        await interaction.edit_original_response(view=card)


class DeleteButton(PersistentItem, template=r"privacy:delete"):
    """Deletes everything about the member who presses it."""

    costly = True

    @classmethod
    def of(cls, language: Language) -> discord.ui.Button[Any]:
        """The only one."""
        label, style = language.t("Delete everything"), discord.ButtonStyle.danger
        return discord.ui.Button(label=label, custom_id="privacy:delete", style=style)

    async def press(self, interaction: Interaction, library: Library) -> None:
        """Delete, and show what is left: nothing."""
        await acknowledge(interaction)
        bot, user_id, language = interaction.client, interaction.user.id, interaction.client.language_for(interaction)
        await bot.store.privacy.forget_member(user_id)
        bot.membership.forget(user_id)
        kept = await bot.store.privacy.everything_of(user_id)
        await interaction.edit_original_response(view=kept_card(kept, language, language.t("Everything was deleted.")))


class KeepButton(_PrivacyButton, template=r"privacy:keep"):
    """Deletes nothing."""

    @classmethod
    def of(cls, language: Language) -> discord.ui.Button[Any]:
        """The only one."""
        return discord.ui.Button(label=language.t("Keep it"), custom_id="privacy:keep")

    async def answer(self, interaction: Interaction, kept: Mapping[str, Any], language: Language) -> None:
        """Show the card again."""
        await interaction.edit_original_response(view=kept_card(kept, language, language.t("Nothing was deleted.")))


BUTTONS = (DownloadButton, AskButton, DeleteButton, KeepButton)
"""All of them."""
