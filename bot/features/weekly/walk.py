"""Where a server's weekly prompt is on the path, as admins are told it."""

from __future__ import annotations

from bot.catalogs import Library
from bot.discord_io.bot import StudyBot
from bot.features.weekly.options import order_words
from bot.features.weekly.words import Walk
from bot.jobs import Prompt, WeeklySchedule
from bot.outcomes import Reason


async def walk_of(bot: StudyBot, library: Library, weekly: WeeklySchedule) -> tuple[Walk, Prompt | None]:
    """How a schedule walks, and the prompt that comes next, if there is one."""
    prompt = await bot.delivery.upcoming(weekly)
    order = order_words(library.catalog, weekly.order)
    if isinstance(prompt, Reason):
        return Walk(order, prompt, at_start=False), None
    return Walk(order, prompt.resource.title, at_start=prompt.resource.id == weekly.start_id), prompt
