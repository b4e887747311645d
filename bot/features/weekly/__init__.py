"""/weekly and /past: a server's weekly prompt.

commands   /weekly with its options, /past       panel      the card that shows everything, and its buttons
setting    when and where: question and form     options    order, start, mention, thread, pin, poll
preview    the next post: first, sentence, now   pausing    skip, pause, resume, off
history    what was posted, and why not          post       the prompt as a message, its poll and Done button
admin      what all cards for admins share
"""

from bot.discord_io.bot import StudyBot
from bot.features.weekly import options, panel, pausing, preview
from bot.features.weekly.commands import Weekly
from bot.features.weekly.history import notice_words
from bot.features.weekly.post import (
    PostDoneButton,
    recognise_poll,
    recognise_prompt,
    render_number,
    render_poll,
    render_prompt,
)
from bot.jobs import CountJob, NoticeJob, PinJob, PollJob, PromptJob, ThreadJob


async def setup(bot: StudyBot) -> None:
    """Add the commands, buttons and forms, and have the posts and what follows them delivered."""
    for kind in (
        PromptJob(render_prompt, recognise_prompt),
        ThreadJob(),
        PinJob(),
        PollJob(render_poll, recognise_poll),
        NoticeJob(notice_words),
        CountJob(render_number),
    ):
        bot.delivery.register(kind)
    bot.add_dynamic_items(PostDoneButton)
    for part in (panel, options, preview, pausing):
        bot.add_dynamic_items(*part.BUTTONS)
    for part in (panel, preview, pausing):
        bot.add_modals(*part.MODALS)
    await bot.add_cog(Weekly(bot))
