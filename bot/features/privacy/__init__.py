"""/privacy: what is kept about a member, as a file too, how to delete it, and whether they are counted."""

from bot.discord_io.bot import StudyBot
from bot.features.privacy.cards import DeleteButton, KeepButton
from bot.features.privacy.commands import Privacy
from bot.features.privacy.departures import Departures


async def setup(bot: StudyBot) -> None:
    """Add the commands, the buttons that confirm a deletion, and what forgets members who left."""
    await bot.add_cog(Privacy(bot))
    await bot.add_cog(Departures(bot))
    bot.add_dynamic_items(DeleteButton, KeepButton)
