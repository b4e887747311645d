"""/privacy: what is stored about a member, as a file too, and how to delete it."""

from bot.discord_io.bot import StudyBot
from bot.features.privacy.cards import BUTTONS
from bot.features.privacy.commands import Privacy


async def setup(bot: StudyBot) -> None:
    """Add the command and its buttons."""
    await bot.add_cog(Privacy(bot))
    bot.add_dynamic_items(*BUTTONS)
