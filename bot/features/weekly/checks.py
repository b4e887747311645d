"""What must be right in a server before a weekly prompt can come."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import discord

from bot.discord_io.messenger import usable_tags
from bot.discord_io.text import listed
from bot.errors import StudybotError
from bot.features.weekly import words
from bot.features.weekly.words import Finding
from bot.store import WeeklySchedule

NEEDED = {
    "view_channel": "View Channel",
    "send_messages": "Send Messages",
    "read_message_history": "Read Message History",
}
"""What the bot needs in the channel. The history is read for one thing: not to post a prompt twice after a crash."""
NEEDED_FOR = {
    "thread": {"create_public_threads": "Create Public Threads"},
    "pin": {"pin_messages": "Pin Messages"},
    "poll": {"send_polls": "Create Polls"},
}
"""What it needs beside that for what follows a post."""
NEEDED_IN_FORUM = {
    "pin": {"manage_threads": "Manage Posts"},
    "poll": {"send_polls": "Create Polls", "send_messages_in_threads": "Send Messages in Posts"},
}
"""The same in a forum, where every post is a thread."""


def missing_permissions(channel: discord.abc.GuildChannel, follow_ups: Collection[str]) -> list[str]:
    """The names of the permissions that the bot lacks in a channel to post and to add what follows."""
    permissions = channel.permissions_for(channel.guild.me)
    needed_for = NEEDED_IN_FORUM if isinstance(channel, discord.ForumChannel) else NEEDED_FOR
    needed = NEEDED | {attribute: name for kind in follow_ups for attribute, name in needed_for.get(kind, {}).items()}
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
    gone = "The channel is gone: `/weekly set channel:`"
    yield Finding(channel is not None, f"<#{weekly.channel_id}> is there", gone)
    if channel is not None:
        missing = missing_permissions(channel, weekly.follow_ups)
        right = f"I may post in {channel.mention}"
        yield Finding(not missing, right, f"I need {listed(missing)} in {channel.mention}" if missing else "")
    if weekly.role_id is not None:
        role = guild.get_role(weekly.role_id) if guild else None
        right = f"<@&{weekly.role_id}> is there"
        yield Finding(role is not None, right, "The role is gone: choose another, or `/weekly set no_role: True`")
