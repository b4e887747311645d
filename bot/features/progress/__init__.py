"""/progress and /next: how far a member is, and their next step."""

from bot.discord_io.bot import StudyBot
from bot.features.progress.commands import Progress
from bot.features.progress.next_card import NextMarkButton, ShowNextStep
from bot.features.progress.sharing import ShareButton


async def setup(bot: StudyBot) -> None:
    """Add the commands and their buttons."""
    await bot.add_cog(Progress(bot))
    bot.add_dynamic_items(ShowNextStep, NextMarkButton, ShareButton)
