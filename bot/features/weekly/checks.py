"""What must be right in a server before a weekly prompt can come."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import discord

from bot.discord_io.messenger import usable_tags
from bot.errors import StudybotError
from bot.features.weekly import words
from bot.features.weekly.words import Finding
from bot.jobs import WeeklySchedule


def missing_permissions(channel: discord.abc.GuildChannel, follow_ups: Collection[str]) -> list[str]:
    """The names of the permissions that the bot lacks in a channel to post and to add what follows."""
    permissions = channel.permissions_for(channel.guild.me)
    needed_for = words.NEEDED_IN_FORUM if isinstance(channel, discord.ForumChannel) else words.NEEDED_FOR
    needed = words.NEEDED | {
        attribute: name for kind in follow_ups for attribute, name in needed_for.get(kind, {}).items()
    }
    return [name for attribute, name in needed.items() if not getattr(permissions, attribute)]


def check_channel(channel: discord.abc.GuildChannel, follow_ups: Collection[str]) -> None:
    """Raises StudybotError if the bot cannot post there: now, while the admin who can fix it is looking."""
    if missing := missing_permissions(channel, follow_ups):
        raise StudybotError(words.lacks_permissions(channel.mention, missing))
    if isinstance(channel, discord.ForumChannel) and channel.flags.require_tag and not usable_tags(channel):
        raise StudybotError(words.lacks_tag(channel.mention))


def check_admin(channel: discord.abc.GuildChannel, admin: discord.Member | discord.User) -> None:
    """Raises StudybotError if the admin may not write in a channel themselves: the bot does not do it for them."""
    may = channel.permissions_for(admin) if isinstance(admin, discord.Member) else discord.Permissions.none()
    if not (may.view_channel and may.send_messages):
        raise StudybotError(words.admin_may_not(channel.mention))


def check_role(channel: discord.abc.GuildChannel, role: discord.Role | None) -> str:
    """A remark if the role would not be notified, else ""; raises StudybotError for @everyone."""
    if role is None:
        return ""
    if role.is_default():
        raise StudybotError(words.EVERYONE)
    if role.mentionable or channel.permissions_for(channel.guild.me).mention_everyone:
        return ""
    return words.not_notified(role.mention)


def findings_in(guild: discord.Guild | None, weekly: WeeklySchedule) -> Iterator[Finding]:
    """What a schedule needs in its server."""
    channel = guild.get_channel(weekly.channel_id) if guild else None
    yield Finding(channel is not None, words.is_there(f"<#{weekly.channel_id}>"), words.CHANNEL_IS_GONE)
    if channel is not None:
        missing = missing_permissions(channel, weekly.follow_ups)
        wrong = words.needs(missing, channel.mention) if missing else ""
        yield Finding(not missing, words.may_post(channel.mention), wrong)
    if weekly.role_id is not None:
        role = guild.get_role(weekly.role_id) if guild else None
        yield Finding(role is not None, words.is_there(f"<@&{weekly.role_id}>"), words.ROLE_IS_GONE)
