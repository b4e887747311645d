"""/privacy: what is kept about a member, as a file too, and how to delete it."""

from bot.discord_io.bot import StudyBot
from bot.features.privacy.buttons import DeleteButton, KeepButton
from bot.features.privacy.commands import Privacy


async def setup(bot: StudyBot) -> None:
    """Add the commands and the buttons that confirm a deletion."""
    await bot.add_cog(Privacy(bot))
    bot.add_dynamic_items(DeleteButton, KeepButton)
