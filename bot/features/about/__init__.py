"""/help and /about: what to do first, what this bot is and which list it serves."""

from bot.discord_io.bot import StudyBot
from bot.features.about.commands import About


async def setup(bot: StudyBot) -> None:
    """Add the command."""
    await bot.add_cog(About(bot))
