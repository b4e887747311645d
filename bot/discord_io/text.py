"""The one place where text is cut to Discord's limits and made safe to show.

Limits: https://discord.com/developers/docs/components/reference and …/resources/message.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

import discord

CONTENT_LIMIT = 2000
"""Characters of a plain message."""
CARD_LIMIT = 4000
"""Characters of all text in a Components V2 message together; Discord refuses the whole message over it."""
LABEL_LIMIT = 80
"""Characters on a button."""
CHOICE_LIMIT = 100
"""Characters of an autocomplete choice, its value likewise."""
CUSTOM_ID_LIMIT = 100
"""Characters of a button's custom_id."""
CHOICES_LIMIT = 25
"""Choices that one autocomplete may offer."""
ECHO_LIMIT = 100
"""Characters of a member's own words that a reply repeats: enough to recognise them, too few to flood a channel."""

TYPED_LIMIT = 1000
"""Characters of an option that are read. Discord takes 6,000, and folding those alone can take 30 ms; no title and no
question is as long as this."""
MESSAGE_LIMIT = 4000
"""Characters of a message that are read: what Discord lets a member write."""

BY_LINE_LIMIT = 120
"""Characters of kind and authors; longer names end in an ellipsis."""


def fit(text: str, limit: int) -> str:
    """The text, or its beginning with an ellipsis, in at most `limit` characters (limit of 1 or more)."""
    if len(text) <= limit:
        return text
    head, _, rest = text[:limit].rpartition(" ")
    # At the end of a word, unless that word is most of the text.
    return (head if len(rest) < limit / 4 else text[: limit - 1]).rstrip(" ,;:") + "…"


def escape(text: str) -> str:
    """Text shown literally: without markdown, mentions or masked links coming to life."""
    # Piece by piece between the brackets: discord.py escapes the first bracket of a link, and "[[x](y)" has two.
    pieces = (discord.utils.escape_markdown(piece, ignore_links=False) for piece in text.split("["))
    return discord.utils.escape_mentions("\\[".join(pieces))


# A scheme, or "www.", or a host that a path follows: what Discord may turn into a link or an invite.
_ADDRESS = re.compile(
    r"[a-z][a-z0-9+.-]{0,20}:/[^\s”]*|www\.[^\s”]+|(?:[\w-]{1,63}\.){1,9}[a-z]{2,24}/[^\s”]*", re.IGNORECASE
)


def defuse(text: str) -> str:
    """What a stranger wrote without what could lead or mislead others in the bot's voice: "(link)" stands for each
    address, and characters that are not seen, such as those that turn the direction of writing, are left out."""
    seen = "".join(char for char in text if char.isspace() or unicodedata.category(char)[0] != "C")
    return _ADDRESS.sub("(link)", seen)


def show(text: str, limit: int) -> str:
    """Text shown literally, escaped, in at most `limit` characters: escaping can double a text, so it comes first."""
    return fit(escape(text), limit)


def echo(text: str) -> str:
    """A member's own words, or their name, on one line: short, without addresses, and escaped."""
    return show(fit(" ".join(defuse(text[:TYPED_LIMIT]).split()), ECHO_LIMIT), 2 * ECHO_LIMIT)


def link(title: str, url: str) -> str:
    """A masked link; the title stands as it is, and nothing in it or in the address can end the link early."""
    label = escape(title).replace("]", "\\]")
    address = url.replace("(", "%28").replace(")", "%29").replace(" ", "%20")
    return f"[{label}]({address})"


def first_sentence(text: str, limit: int) -> str:
    """The first sentence of a summary, escaped, cut to the limit if it is longer."""
    return show(re.split(r"(?<=[.!?])\s", text.strip(), maxsplit=1)[0], limit)


def by_line(kind: str, authors: tuple[str, ...], *more: str | None) -> str:
    """`paper · Ashish Vaswani and others`: what a resource is and by whom, two names at most, then `more` facts."""
    names = " and ".join(authors) if len(authors) <= 2 else f"{authors[0]} and others"
    known = show(" · ".join(filter(None, (kind, names))), BY_LINE_LIMIT)
    return " · ".join(filter(None, (known, *more)))


def listed(names: Sequence[str]) -> str:
    """Names as a person lists them: "a, b and c"."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def count(number: int, noun: str) -> str:
    """`1 resource`, `2 resources`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
