"""/progress and /next: how far a member is, and what comes next."""

from bot.discord_io.bot import StudyBot
from bot.features.progress.buttons import NextButton, NextMarkButton, ShareButton
from bot.features.progress.commands import Progress


async def setup(bot: StudyBot) -> None:
    """Add the commands and their buttons."""
    await bot.add_cog(Progress(bot))
    bot.add_dynamic_items(NextButton, NextMarkButton, ShareButton)
