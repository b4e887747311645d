"""/weekly: a server's weekly prompt.

commands   what admins do            options, checks   what their options mean, and what must be right for them
post       the prompt as a message   replies           every word that admins read
buttons    the button on a post      counts            the number on it
"""

from bot.delivery import NoticeJob, PinJob, PollJob, PromptJob, ThreadJob
from bot.discord_io.bot import StudyBot
from bot.features.weekly.buttons import PostMarkButton
from bot.features.weekly.commands import Weekly
from bot.features.weekly.counts import FinishedCounts
from bot.features.weekly.post import recognise_poll, recognise_prompt, render_poll, render_prompt
from bot.features.weekly.replies import notice_words


async def setup(bot: StudyBot) -> None:
    """Add the commands and the button, and have the posts and what follows them delivered."""
    bot.post_counts = counts = FinishedCounts(bot)
    for kind in (
        PromptJob(render_prompt, recognise_prompt, counts.count),
        ThreadJob(),
        PinJob(),
        PollJob(render_poll, recognise_poll),
        NoticeJob(notice_words),
    ):
        bot.delivery.register(kind)
    bot.add_dynamic_items(PostMarkButton)
    await bot.add_cog(Weekly(bot))
