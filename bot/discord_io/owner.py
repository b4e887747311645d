"""Direct messages to the person who can fix what is wrong with the host's own: the bot's owner."""

from __future__ import annotations

import logging

import aiohttp
import discord

from bot.discord_io.text import CONTENT_LIMIT, show
from bot.errors import StudybotError
from bot.language import ENGLISH

log = logging.getLogger(__name__)

PROBLEMS_LIMIT = CONTENT_LIMIT - 200
"""Characters of the problems; the rest is in the log."""


async def tell_owner(bot: discord.Client, error: StudybotError) -> None:
    """Send the bot's owner, or its team's owner, a problem with the lists; never raises."""
    try:
        await bot.wait_until_ready()
        application = await bot.application_info()
        owner = (application.team and application.team.owner) or application.owner
        await (await bot.fetch_user(owner.id)).send(problems_text(error), suppress_embeds=True)
    except (discord.DiscordException, aiohttp.ClientError, OSError) as refused:
        log.info("The owner does not know of the problems: %s", refused)


def problems_text(error: StudybotError) -> str:
    """What the owner reads."""
    heading = ENGLISH.t("**Your list has problems, so I still serve the last good one:**")
    return f"{heading}\n{show(str(error), PROBLEMS_LIMIT)}"
