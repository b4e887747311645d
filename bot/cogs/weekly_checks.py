"""What must be right in a server before a weekly prompt can come."""

from __future__ import annotations

import discord

from bot.errors import StudybotError

NEEDED = {
    "view_channel": "View Channel",
    "send_messages": "Send Messages",
    "read_message_history": "Read Message History",
}
"""What the bot needs in the channel. The history is read for one thing: not to post a prompt twice after a crash."""


NEEDED_FOR_THREADS = {"create_public_threads": "Create Public Threads"}
"""What it needs beside that where posts open threads."""


def missing_permissions(channel: discord.abc.GuildChannel, *, thread: bool) -> list[str]:
    """The names of the permissions that the bot lacks in a channel."""
    permissions = channel.permissions_for(channel.guild.me)
    needed = NEEDED | (NEEDED_FOR_THREADS if thread else {})
    return [name for attribute, name in needed.items() if not getattr(permissions, attribute)]


def check_channel(channel: discord.abc.GuildChannel, *, thread: bool) -> None:
    """Raises StudybotError if the bot cannot post there: now, while the admin who can mend it is looking."""
    if missing := missing_permissions(channel, thread=thread):
        raise StudybotError(
            f"I cannot post in {channel.mention} yet: I need {listed(missing)} there. "
            "Give them to me in the channel’s permissions and run this again. Nothing was changed."
        )


def check_role(channel: discord.abc.GuildChannel, role: discord.Role | None) -> str:
    """A remark if the role would not be notified, else ""; raises StudybotError for @everyone."""
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


def listed(names: list[str]) -> str:
    """Names as a person lists them: "a, b and c"."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
