"""/weekly and /past: a server's weekly prompt.

commands   /weekly with its options, /past       panel      the card that shows everything, and its buttons
setting    when and where: question and form     options    order, start, mention, thread, pin, poll
preview    the next post: first, sentence, now   pausing    skip, pause, resume, off
history    what was posted, and why not          post       the prompt as a message, its poll and Done button
admin      what all cards for admins share
"""

from functools import partial

from bot.discord_io.bot import StudyBot
from bot.features.weekly import options, panel, pausing, preview
from bot.features.weekly.commands import Weekly
from bot.features.weekly.history import render_notice
from bot.features.weekly.post import (
    PostDoneButton,
    recognise_poll,
    recognise_prompt,
    render_number,
    render_poll,
    render_prompt,
)
from bot.jobs import CountJob, NoticeJob, PinJob, PollJob, PromptJob, ThreadJob
from bot.language import Language


async def setup(bot: StudyBot) -> None:
    """Add the commands, buttons and forms, and have the posts and what follows them delivered."""

    def language_of(code: str) -> Language:
        return bot.language_of(code)

    for kind in (
        PromptJob(partial(render_prompt, language_of=language_of), recognise_prompt),
        ThreadJob(),
        PinJob(),
        PollJob(partial(render_poll, language_of=language_of), partial(recognise_poll, language_of=language_of)),
        NoticeJob(partial(render_notice, language_of=language_of)),
        CountJob(partial(render_number, language_of=language_of)),
    ):
        bot.delivery.register(kind)
    bot.add_dynamic_items(PostDoneButton)
    for part in (panel, options, preview, pausing):
        bot.add_dynamic_items(*part.BUTTONS)
    for part in (panel, preview, pausing):
        bot.add_modals(*part.MODALS)
    await bot.add_cog(Weekly(bot))
