"""Every word of /help, /about and the greeting of a new server."""

from __future__ import annotations

from bot.catalog import Catalog
from bot.catalog.addresses import is_web_address
from bot.discord_io.text import count, echo, show

TEXT_LIMIT = 600
"""Characters of each of the list's own texts."""
HELP = "What to do first: one card."
ABOUT = "What this bot does, which list it serves, how to get help."
ENTRIES = """\
**Everything I do**
- `/help`: what to do first
- `/recommend`: what fits a topic or a question
- `/path`: the whole list, in order
- `/next`: your next step, and why it is next
- `/done`: mark a resource done, or take the mark back
- `/progress`: how far you are, as a picture
- `/remind`: your next step once a week, in a direct message
- `/weekly past`: what this server has read so far
- `/privacy`: what I keep about you, all of it as a file, or gone
- `/about`: this card
- In the menu of a message, *Apps › Find resources*: what fits a question that somebody asked
- For admins: `/weekly set` posts one learning prompt a week"""
SUPPORT = (
    "**Something wrong or missing?** Tell an admin of this server. I read no messages, only the commands you send me."
)


def help_text(catalog: Catalog, example: str, *, admin: bool) -> str:
    """The card of `/help`; `example` is a query that the list answers, empty if it answers none."""
    lines = [
        f"### How to begin with {show(catalog.title, TEXT_LIMIT)}",
        "**1. See where the path begins:** `/next` shows your first step. After it, `/done` marks it.",
        f"**2. Ask for what you need:** `/recommend topic: {echo(example)}`, or a whole question." if example else "",
        f"**3. Look at all of it:** `/path` shows {count(len(catalog), 'resource')} in order.",
        "**In a chat:** hold a message (or right-click it), then *Apps › Find resources*, and I look for what answers "
        "it.",
        "**Once a week:** `/remind weekly` sends you your next step in a direct message.",
        "**For admins:** `/weekly set` posts a learning prompt here every week." if admin else "",
        "-# Only you see this. `/about` lists everything I do.",
    ]
    return "\n".join(line for line in lines if line)


def about_text(catalog: Catalog) -> str:
    """The card of `/about`."""
    parts = f"{count(len(catalog.stages), 'stage')} and {count(len(catalog.tracks), 'track')}"
    lines = [
        "### studybot",
        "I help you find the right thing to read or watch next, from a list that people chose by hand.",
        f"**The list:** {show(catalog.title, TEXT_LIMIT)}, with {count(len(catalog), 'resource')} in {parts}.",
        show(catalog.description, TEXT_LIMIT),
        f"-# Source: {source_words(catalog.source)}" if catalog.source else "",
        ENTRIES,
        f"\n{SUPPORT}",
    ]
    return "\n".join(line for line in lines if line)


def source_words(source: str) -> str:
    """Where a list comes from, with its addresses as links; all else is escaped."""
    words = source[:TEXT_LIMIT].split()
    return " ".join(
        f"<{word}>" if is_web_address(word) and not set("<>") & set(word) else show(word, TEXT_LIMIT) for word in words
    )


def greeting(catalog: Catalog, example: str) -> str:
    """What a server reads once when the bot joins it."""
    ask = f" Ask me something: `/recommend topic: {echo(example)}`." if example else ""
    return (
        f"### Hello! I am here with a reading list: {show(catalog.title, TEXT_LIMIT)}\n"
        f"{count(len(catalog), 'resource').capitalize()} in order, one step at a time.{ask} "
        "`/help` says what to do first.\n\n"
        "**For admins:** I can post one learning prompt here every week, with a question to discuss."
    )
