"""/path: the whole list in order."""

from bot.discord_io.bot import StudyBot
from bot.features.path.cards import NextStepPageButton, PathMarkButton, PathMarkSelect, ShowPage
from bot.features.path.commands import Path


async def setup(bot: StudyBot) -> None:
    """Add the command and its buttons."""
    await bot.add_cog(Path(bot))
    bot.add_dynamic_items(ShowPage, NextStepPageButton, PathMarkButton, PathMarkSelect)
