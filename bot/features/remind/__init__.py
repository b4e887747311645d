"""/remind: a member's own weekly reminder."""

from bot.delivery import ReminderJob
from bot.discord_io.bot import StudyBot
from bot.features.remind.commands import Remind
from bot.features.remind.message import ReminderMarkButton, recognise_reminder, render_reminder


async def setup(bot: StudyBot) -> None:
    """Add the commands and the button, and have the reminders delivered."""
    bot.delivery.register(ReminderJob(render_reminder, recognise_reminder))
    bot.add_dynamic_items(ReminderMarkButton)
    await bot.add_cog(Remind(bot))
