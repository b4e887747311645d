"""/about."""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot.catalog import Catalog
from bot.discord_io.bot import Interaction, StudyBot
from bot.discord_io.cards import notice
from bot.discord_io.text import count, show

TEXT_LIMIT = 600
"""Characters of each of the list's own texts."""


class About(commands.Cog):
    """Answers /about from the list alone."""

    def __init__(self, bot: StudyBot) -> None:
        self._bot = bot

    @app_commands.command(name="about", description="What this bot does, which list it serves, how to get help.")
    async def about(self, interaction: Interaction) -> None:
        """Answer with a card, privately."""
        catalog = self._bot.library_for(interaction).catalog
        await interaction.response.send_message(view=notice(_text(catalog)), ephemeral=True)


def _text(catalog: Catalog) -> str:
    stages = count(len(catalog.stages), "stage")
    tracks = count(len(catalog.tracks), "track")
    lines = [
        "### studybot",
        "I help you find the right thing to read or watch next, from a list that people chose by hand.",
        f"**The list:** {show(catalog.title, TEXT_LIMIT)}, with {count(len(catalog), 'resource')} "
        f"in {stages} and {tracks}.",
        show(catalog.description, TEXT_LIMIT),
        f"-# {show(catalog.source, TEXT_LIMIT)}" if catalog.source else "",
        "**Try**\n"
        "- `/recommend topic: kv cache` finds what fits, and says why it fits\n"
        "- `/path` shows the whole list in order\n"
        "- `/next` shows your next step on it, `/done` marks it, `/progress` shows how far you are\n"
        "- Admins: `/weekly set` posts one learning prompt a week",
        "\n**Help:** something wrong or missing? Tell an admin of this server. "
        "I read no messages, only the commands you send me; `/privacy show` says what I keep.",
    ]
    return "\n".join(line for line in lines if line)
