"""The one place where text is cut to Discord's limits and made safe to show.

Limits: https://discord.com/developers/docs/components/reference and …/resources/message.
"""

from __future__ import annotations

import re
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
    """Text as it stands, without markdown, mentions or masked links coming to life."""
    # Piece by piece between the brackets: discord.py escapes the first bracket of a link, and "[[x](y)" has two.
    pieces = (discord.utils.escape_markdown(piece, ignore_links=False) for piece in text.split("["))
    return discord.utils.escape_mentions("\\[".join(pieces))


def show(text: str, limit: int) -> str:
    """Text as it stands, escaped, in at most `limit` characters: escaping can double a text, so it comes first."""
    return fit(escape(text), limit)


def echo(text: str) -> str:
    """A member's own words on one line, short and escaped."""
    return show(fit(" ".join(text.split()), ECHO_LIMIT), 2 * ECHO_LIMIT)


def link(title: str, url: str) -> str:
    """A masked link; the title stands as it is, and nothing in it or in the address can end the link early."""
    label = escape(title).replace("]", "\\]")
    address = url.replace("(", "%28").replace(")", "%29").replace(" ", "%20")
    return f"[{label}]({address})"


def first_sentence(text: str, limit: int) -> str:
    """The first sentence of a summary, escaped, cut to the limit if it is longer."""
    return show(re.split(r"(?<=[.!?])\s", text.strip(), maxsplit=1)[0], limit)


def by_line(kind: str, authors: tuple[str, ...]) -> str:
    """`paper · Ashish Vaswani and others`: what a resource is and by whom, two names at most."""
    names = " and ".join(authors) if len(authors) <= 2 else f"{authors[0]} and others"
    return show(" · ".join(filter(None, (kind, names))), BY_LINE_LIMIT)


def listed(names: Sequence[str]) -> str:
    """Names as a person lists them: "a, b and c"."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def count(number: int, noun: str) -> str:
    """`1 resource`, `2 resources`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
