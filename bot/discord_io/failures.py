"""One way to tell a member that something went wrong: privately, in plain words, with what to do."""

from __future__ import annotations

import logging
import traceback
from typing import Any

import aiohttp
import discord
from discord import app_commands

from bot.discord_io.cards import notice
from bot.discord_io.refusals import INTERACTION_OVER, REQUEST_ERRORS, refusal_of, why
from bot.discord_io.text import defuse, echo, escape
from bot.errors import FilterError, ScheduleError, StudybotError
from bot.language import Language
from bot.outcomes import Reason

log = logging.getLogger(__name__)


async def answer_failure(interaction: discord.Interaction[Any], error: BaseException) -> None:
    """Tell the member what went wrong, in their language, and log it if it is a bug; never raises."""
    cause, language = _cause(error), interaction.client.language_for(interaction)
    if ran_out(cause):
        log.debug("An interaction ran out before its answer: %s", cause)
        return
    words = _words(cause, language)
    if words is None:
        log.error("An interaction failed: %s", _report(cause))
        words = language.t("Sorry, something broke on my side. Try again; if it keeps happening, tell my host.")
    try:
        await _send(interaction, words)
    except (*REQUEST_ERRORS, discord.DiscordException) as unreachable:
        # The member is gone or the network is: nobody is left to read it.
        log.info("A member does not see that something failed: %s", unreachable)


def ran_out(error: BaseException) -> bool:
    """Whether Discord no longer takes an answer: it was too late, or the member closed the message. That is no bug."""
    return isinstance(error, discord.HTTPException) and error.code in INTERACTION_OVER


def _report(error: BaseException | None) -> str:
    """Where a bug happened, without its own words, which may repeat what a member typed (`int("…")`); Discord's words
    about a request of the bot's are kept."""
    reports = []
    while error is not None:
        words = f"{type(error).__name__}: {error}" if isinstance(error, discord.HTTPException) else type(error).__name__
        reports.append(f"{words}\n{''.join(traceback.format_tb(error.__traceback__))}")
        error = error.__cause__ or error.__context__
    return "".join(reports)


def _cause(error: BaseException) -> BaseException:
    if isinstance(error, app_commands.CommandInvokeError):
        return error.original
    if isinstance(error, app_commands.TransformerError) and error.__cause__ is not None:
        return error.__cause__
    return error


def _words(error: BaseException, language: Language) -> str | None:
    """What to say of an expected error; None for a bug."""
    if isinstance(error, ScheduleError | FilterError):  # they repeat what a member typed
        return escape(defuse(error.in_language(language)))
    if isinstance(error, StudybotError):
        return error.in_language(language)
    if isinstance(error, discord.HTTPException | aiohttp.ClientError):
        reason = refusal_of(error).reason
        return (
            None
            if reason is Reason.INVALID
            else language.t("That didn't work: {reason}.", reason=why(reason, language))
        )
    if isinstance(error, app_commands.MissingPermissions):
        return language.t("You need *Manage Server* for this. Ask an admin.")
    if isinstance(error, app_commands.NoPrivateMessage):
        return language.t("This works on a server only.")
    if isinstance(error, app_commands.CommandNotFound | app_commands.CommandSignatureMismatch):
        return language.t("This command has just changed. Reload Discord (Ctrl-R, or restart the app) and try again.")
    if isinstance(error, app_commands.TransformerError):
        return language.t("I can't find “{typed}” here, or I can't see it.", typed=echo(str(error.value)))
    return None


async def _send(interaction: discord.Interaction[Any], words: str) -> None:
    if interaction.response.type is discord.InteractionResponseType.deferred_channel_message:
        # Into the message that the member is waiting at: beside it, that one would wait for ever.
        await interaction.edit_original_response(view=notice(words), allowed_mentions=discord.AllowedMentions.none())
    elif interaction.response.is_done():
        await interaction.followup.send(view=notice(words), ephemeral=True)
    else:
        await interaction.response.send_message(view=notice(words), ephemeral=True)
