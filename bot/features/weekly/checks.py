"""What must be right in a server before a weekly prompt can come."""

from __future__ import annotations

from collections.abc import Collection

import discord

from bot.discord_io.health import missing_permissions
from bot.discord_io.messenger import usable_tags
from bot.errors import StudybotError
from bot.features.weekly import words


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
