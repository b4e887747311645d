"""/recommend and the menu of a message: the resources that fit a topic or a question."""

from bot.discord_io.bot import StudyBot
from bot.features.recommend.cards import HitSelect, MoreButton, SearchButton
from bot.features.recommend.commands import Recommend


async def setup(bot: StudyBot) -> None:
    """Add the commands and buttons."""
    await bot.add_cog(Recommend(bot))
    bot.add_dynamic_items(SearchButton, MoreButton, HitSelect)
