"""One way to tell a member that something went wrong: privately, in plain words, with what to do."""

from __future__ import annotations

import logging
from typing import Any

import discord
from discord import app_commands

from bot.discord_io.cards import notice
from bot.discord_io.text import defuse, echo, escape
from bot.errors import ScheduleError, StudybotError

log = logging.getLogger(__name__)

_UNEXPECTED = (
    "Sorry, something broke on my side and it has been written to my log. "
    "Please try once more; if it happens again, tell the person who hosts me."
)


async def answer_failure(interaction: discord.Interaction[Any], error: BaseException) -> None:
    """Tell the member what went wrong and log it if it is a bug; never raises."""
    cause = _cause(error)
    words = _words(cause)
    if words is None:
        log.error("An interaction failed: %s", cause, exc_info=cause)
    try:
        await _send(interaction, words or _UNEXPECTED)
    except discord.HTTPException as unreachable:
        # The member is gone or the interaction ran out: nobody is left to be told.
        log.warning("Could not tell a member about a failure: %s", unreachable)


def _cause(error: BaseException) -> BaseException:
    if isinstance(error, app_commands.CommandInvokeError):
        return error.original
    if isinstance(error, app_commands.TransformerError) and error.__cause__ is not None:
        return error.__cause__
    return error


def _words(error: BaseException) -> str | None:
    """What to say of an expected error; None for a bug."""
    if isinstance(error, ScheduleError):  # it repeats what a member typed
        return escape(defuse(str(error)))
    if isinstance(error, StudybotError):
        return str(error)
    if isinstance(error, app_commands.MissingPermissions):
        names = ", ".join(
            name.replace("_", " ").replace("guild", "server").title() for name in error.missing_permissions
        )
        return f"This needs the permission {names}. Ask an admin of this server to run it, or to give it to you."
    if isinstance(error, app_commands.NoPrivateMessage):
        return "This works in a server only: a weekly prompt needs a channel to go to."
    if isinstance(error, app_commands.CommandNotFound | app_commands.CommandSignatureMismatch):
        return "This command has just changed. Reload Discord (Ctrl-R, or restart the app) and try again."
    if isinstance(error, app_commands.TransformerError):
        return f"I could not find “{echo(str(error.value))}” here. Pick it from the list that Discord offers."
    return None


async def _send(interaction: discord.Interaction[Any], words: str) -> None:
    if interaction.response.type is discord.InteractionResponseType.deferred_channel_message:
        # Into the message that the member is waiting at: beside it, that one would wait for ever.
        await interaction.edit_original_response(view=notice(words), allowed_mentions=discord.AllowedMentions.none())
    elif interaction.response.is_done():
        await interaction.followup.send(view=notice(words), ephemeral=True)
    else:
        await interaction.response.send_message(view=notice(words), ephemeral=True)
