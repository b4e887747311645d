"""/path."""

from __future__ import annotations

from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.discord_io.bot import Interaction, StudyBot
from bot.discord_io.options import Choices, group_choices
from bot.features.path.cards import View, path_card, unknown_group
from bot.path import find_group


class Path(commands.Cog):
    """Answers from the list alone; the store adds the member's marks if it is quick."""

    def __init__(self, bot: StudyBot) -> None:
        self._bot = bot

    @app_commands.command(name="path", description=locale_str("Show the whole reading list in order."))
    @app_commands.rename(stage=locale_str("stage"))
    @app_commands.describe(stage=locale_str("Only one stage or track"))
    async def path(self, interaction: Interaction, stage: str | None = None) -> None:
        """Answer with the first page, privately."""
        library = self._bot.library_for(interaction)
        group = find_group(library.catalog, stage) if stage else None
        if stage and group is None:
            card = unknown_group(library, stage, self._bot.language_for(interaction))
            await interaction.response.send_message(view=card, ephemeral=True)
            return
        card = path_card(library, group.id if group else "", 0, await View.of(interaction, library))
        await interaction.response.send_message(view=card, ephemeral=True)

    @path.autocomplete("stage")
    async def _stages(self, interaction: Interaction, current: str) -> Choices:
        return group_choices(self._bot.library_for(interaction).catalog.groups, current)
