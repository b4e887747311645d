"""/remind: a member's own weekly reminder.

commands   the command            panel     the card with its buttons and its form
message    the reminder itself, as a direct message
"""

from bot.discord_io.bot import StudyBot
from bot.discord_io.messenger import Message
from bot.features.remind.commands import Remind
from bot.features.remind.message import ReminderMarkButton, recognise_reminder, render_reminder
from bot.features.remind.panel import BUTTONS, ReminderModal, pause_notice
from bot.jobs import DueReminder, Job, Reminder, ReminderJob
from bot.jobs.attempt import Recognise


async def setup(bot: StudyBot) -> None:
    """Add the command, the buttons and the form, and have the reminders delivered."""

    def render(due: DueReminder) -> Message:
        return render_reminder(due, bot.language_of(due.reminder.language))

    def recognise(job: Job, reminder: Reminder) -> Recognise:
        return recognise_reminder(job, bot.language_of(reminder.language))

    bot.delivery.register(ReminderJob(render, recognise))
    bot.add_dynamic_items(ReminderMarkButton, *BUTTONS)
    bot.add_modals(ReminderModal)
    bot.pending_notice = pause_notice
    await bot.add_cog(Remind(bot))
