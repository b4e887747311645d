"""/done: marking resources done."""

from bot.discord_io.bot import StudyBot
from bot.discord_io.marks import MarkButton
from bot.features.marks.commands import Marks


async def setup(bot: StudyBot) -> None:
    """Add the command, and the button that marks a resource wherever it is shown."""
    await bot.add_cog(Marks(bot))
    bot.add_dynamic_items(MarkButton)
