"""/remind: a member's own weekly reminder.

commands   the command            panel     the card with its buttons and its form
message    the reminder itself, as a direct message
"""

from functools import partial

from bot.discord_io.bot import StudyBot
from bot.features.remind.commands import Remind
from bot.features.remind.message import ReminderMarkButton, recognise_reminder, render_reminder
from bot.features.remind.panel import BUTTONS, ReminderModal, pause_notice
from bot.jobs import ReminderJob
from bot.language import ENGLISH


async def setup(bot: StudyBot) -> None:
    """Add the command, the buttons and the form, and have the reminders delivered."""
    render, recognise = partial(render_reminder, language=ENGLISH), partial(recognise_reminder, language=ENGLISH)
    bot.delivery.register(ReminderJob(render, recognise))
    bot.add_dynamic_items(ReminderMarkButton, *BUTTONS)
    bot.add_modals(ReminderModal)
    bot.pending_notice = pause_notice
    await bot.add_cog(Remind(bot))
