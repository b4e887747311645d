"""/weekly: a server's weekly prompt.

commands   what people do            options, checks   what their options mean, and what must be right for them
setup      when and where            panel             everything else, on a card that is changed in place
post       the prompt as a message   counts            the number on it
buttons    of posts and answers      words             every word that people read
"""

from bot.discord_io.bot import StudyBot
from bot.features.weekly.buttons import BUTTONS
from bot.features.weekly.commands import Weekly
from bot.features.weekly.counts import FinishedCounts
from bot.features.weekly.panel import PANEL
from bot.features.weekly.post import PostMarkButton, recognise_poll, recognise_prompt, render_poll, render_prompt
from bot.features.weekly.setup import OtherZoneButton, SetUp, ZoneSelect
from bot.features.weekly.words import notice_words
from bot.jobs import NoticeJob, PinJob, PollJob, PromptJob, ThreadJob


async def setup(bot: StudyBot) -> None:
    """Add the commands and buttons, and have the posts and what follows them delivered."""
    bot.post_counts = counts = FinishedCounts(bot)
    for kind in (
        PromptJob(render_prompt, recognise_prompt, counts.count),
        ThreadJob(),
        PinJob(),
        PollJob(render_poll, recognise_poll),
        NoticeJob(notice_words),
    ):
        bot.delivery.register(kind)
    bot.add_dynamic_items(*BUTTONS, *PANEL, PostMarkButton, SetUp, ZoneSelect, OtherZoneButton)
    await bot.add_cog(Weekly(bot))
