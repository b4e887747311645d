"""/help: how to get started, what there is, and which list is served; and the greeting of a new server."""

from bot.discord_io.bot import StudyBot
from bot.features.about.commands import About


async def setup(bot: StudyBot) -> None:
    """Add the command."""
    await bot.add_cog(About(bot))
