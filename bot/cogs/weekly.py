"""/weekly: the admins' hold on the weekly prompt, and the tick that posts what is due."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import discord
from discord import app_commands
from discord.ext import commands, tasks

from bot.cogs.posting import DiscordPoster
from bot.cogs.recommend import Choices, choices
from bot.delivery import Report, deliver_due, upcoming_prompt
from bot.errors import StudybotError
from bot.library import Library
from bot.schedule import DAYS, Schedule, parse_day, parse_time, upcoming
from bot.store import Store, WeeklySchedule
from bot.views.cards import notice
from bot.views.failures import answer_failure
from bot.views.text import CHOICES_LIMIT
from bot.views.weekly_post import weekly_content, weekly_view
from bot.views.weekly_replies import set_reply, show_reply
from bot.zones import resolve_zone, search_zones

log = logging.getLogger(__name__)

TICK_SECONDS = 30
"""How often due prompts are looked for: a prompt is at most this late. At 0 the database never rests; at an hour
a prompt could be an hour late."""

NEEDED = {
    "view_channel": "View Channel",
    "send_messages": "Send Messages",
    "read_message_history": "Read Message History",
}
"""What the bot needs in the channel. The history is read for one thing: not to post a prompt twice after a crash."""

NOT_SET = "No weekly prompt is set here. `/weekly set` starts one."


@app_commands.allowed_installs(guilds=True, users=False)
@app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
@app_commands.default_permissions(manage_guild=True)
class Weekly(commands.GroupCog, group_name="weekly", group_description="The weekly learning prompt of this server."):
    """The commands of /weekly and the ticker."""

    def __init__(self, bot: commands.Bot, library: Library, store: Store, clock: Callable[[], datetime]) -> None:
        self._bot = bot
        self._library = library
        self._store = store
        self._clock = clock
        self._poster = DiscordPoster(bot)
        self._owner = uuid4().hex
        self._changed = True
        self._rest_until: datetime | None = None

    async def cog_load(self) -> None:
        """Start the ticker."""
        self._tick.start()

    async def cog_unload(self) -> None:
        """Stop the ticker."""
        self._tick.cancel()

    async def interaction_check(self, interaction: discord.Interaction[Any], /) -> bool:
        """Only who manages the server gets on: an admin may have opened the command to others in Discord's settings."""
        # It runs for autocomplete too, where there is nobody to tell.
        if interaction.permissions.manage_guild or interaction.type is discord.InteractionType.autocomplete:
            return True
        raise app_commands.MissingPermissions(["manage_guild"])

    @app_commands.command(name="set", description="Post a learning prompt in a channel every week.")
    @app_commands.describe(
        channel="Where to post",
        day="The day of the week",
        time="The time of day, such as 18:30 or 9am",
        timezone="The time zone, such as Europe/Berlin; type a city to find it",
        role="A role to mention with each prompt",
    )
    @app_commands.choices(day=[app_commands.Choice(name=day.title(), value=day) for day in DAYS])
    async def set(
        self,
        interaction: discord.Interaction[Any],
        channel: discord.TextChannel,
        day: str,
        time: str,
        timezone: str,
        role: discord.Role | None = None,
    ) -> None:
        """Check everything first, then save, then say when the next three come."""
        try:
            schedule = Schedule(parse_day(day), parse_time(time), resolve_zone(timezone))
            _check_channel(channel)
            remark = _check_role(channel, role)
        except StudybotError as error:
            await answer_failure(interaction, error)
            return
        await interaction.response.defer(ephemeral=True, thinking=True)
        weekly = await self._store.put_schedule(
            guild_id=channel.guild.id,
            channel_id=channel.id,
            role_id=role.id if role else None,
            schedule=schedule,
            created_by=interaction.user.id,
            now=self._clock(),
        )
        self._changed = True
        await _answer(interaction, set_reply(weekly, _dates(weekly), remark))

    @app_commands.command(name="show", description="Show when and where the weekly prompt comes.")
    async def show(self, interaction: discord.Interaction[Any]) -> None:
        """Answer with the schedule, its next dates and what happened lately."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        if (weekly := await self._schedule(interaction)) is None:
            await _answer(interaction, NOT_SET)
            return
        recent = await self._store.recent_deliveries(weekly.id, limit=3)
        await _answer(interaction, show_reply(weekly, _dates(weekly), recent))

    @app_commands.command(name="preview", description="Show the next weekly prompt, to you alone.")
    async def preview(self, interaction: discord.Interaction[Any]) -> None:
        """Answer with the next post exactly as it will be."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        if (weekly := await self._schedule(interaction)) is None:
            await _answer(interaction, NOT_SET)
            return
        prompt = await upcoming_prompt(self._store, self._library.catalog, weekly)
        if prompt is None:
            await _answer(interaction, "The index has no resources yet, so there is nothing to post.")
            return
        await interaction.edit_original_response(
            content=weekly_content(prompt), view=weekly_view(prompt), allowed_mentions=discord.AllowedMentions.none()
        )

    @app_commands.command(name="off", description="End the weekly prompt and forget its schedule.")
    async def off(self, interaction: discord.Interaction[Any]) -> None:
        """Remove the schedule with everything recorded for it."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        removed = await self._store.remove_schedule(_guild_id(interaction))
        await _answer(interaction, "The weekly prompt is off, and its schedule is forgotten." if removed else NOT_SET)

    @set.autocomplete("timezone")
    async def _zones(self, interaction: discord.Interaction[Any], current: str) -> Choices:
        return choices(search_zones(current, limit=CHOICES_LIMIT))

    async def _schedule(self, interaction: discord.Interaction[Any]) -> WeeklySchedule | None:
        return await self._store.schedule_for(_guild_id(interaction))

    @tasks.loop(seconds=TICK_SECONDS)
    async def _tick(self) -> None:
        try:
            await self._look()
        except Exception:
            # Whatever this was, tasks.loop would end for good: the next tick must come.
            log.exception("A tick failed; the next one comes in %s seconds", TICK_SECONDS)

    @_tick.before_loop
    async def _ready(self) -> None:
        await self._bot.wait_until_ready()

    async def _look(self) -> None:
        """Deliver what is due, unless it is known that nothing can be."""
        if not self._changed and self._rest_until is not None and self._clock() < self._rest_until:
            return
        self._changed = False
        while (await self._deliver()).more:
            pass
        if self._store.private:  # else another process may set a schedule any moment
            self._rest_until = await self._store.next_due() or datetime.max.replace(tzinfo=UTC)

    async def _deliver(self) -> Report:
        report = await deliver_due(
            self._store, self._library.catalog, self._poster, now=self._clock(), owner=self._owner
        )
        if report.outcomes:
            log.info("Weekly prompts: %s", report)
        return report


def _dates(weekly: WeeklySchedule) -> list[datetime]:
    """The next three occurrences."""
    return [weekly.next_at, *upcoming(weekly.schedule, weekly.next_at, 2)]


def _check_channel(channel: discord.TextChannel) -> None:
    """Raises StudybotError if the bot cannot post there: now, while the admin who can mend it is looking."""
    permissions = channel.permissions_for(channel.guild.me)
    missing = [name for attribute, name in NEEDED.items() if not getattr(permissions, attribute)]
    if missing:
        raise StudybotError(
            f"I cannot post in {channel.mention} yet: I need {_listed(missing)} there. "
            "Give them to me in the channel’s permissions and run this again. Nothing was changed."
        )


def _check_role(channel: discord.TextChannel, role: discord.Role | None) -> str:
    """A remark if the role would not be notified; raises StudybotError for @everyone."""
    if role is None:
        return ""
    if role.is_default():
        raise StudybotError("I do not mention everyone. Choose a role that members join because they want to know.")
    if role.mentionable or channel.permissions_for(channel.guild.me).mention_everyone:
        return ""
    return (
        f"**One thing to mend:** {role.mention} will be shown but not notified. "
        "Switch on “Allow anyone to @mention this role” in its settings."
    )


def _listed(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _guild_id(interaction: discord.Interaction[Any]) -> int:
    if interaction.guild_id is None:  # guild_only keeps this from happening, on Discord's side
        raise app_commands.NoPrivateMessage
    return interaction.guild_id


async def _answer(interaction: discord.Interaction[Any], text: str) -> None:
    """Answer after a defer: a card goes into the message that the member is waiting at."""
    await interaction.edit_original_response(view=notice(text), allowed_mentions=discord.AllowedMentions.none())
