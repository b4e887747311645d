"""Every word of /recommend and of "Find resources"."""

from __future__ import annotations

from collections.abc import Sequence

from bot.discord_io.text import count, listed

RECOMMEND = "Find the resources that fit a topic or a question."
TOPIC = "What you want to learn: a topic, a title, an author, a whole question"
KIND = "Only one kind, such as paper or video"
LEVEL = "Only one level, such as beginner"
SHARE = "Post the answer for everyone here (normally only you see it)"
MENU = "Find resources"
"""The entry in the menu of a message, under Apps."""
NOTHING = (
    "I found nothing in that message that my list covers. "
    "If there was a question in it, ask `/recommend` in your own words."
)
START_TITLE = "Start here"
START = "This is where the path begins. `/next` shows your own next step at any time."
LONG = "That was long: I looked at the first part of it only."
MARK_ONE = "Mark one as done"
RELATED, CLOSEST, NEAR = "Related", "Closest on the list", "Near it on the list:"
SHOW_PATH, SHOW_THEM = "Show the path", "Show them"


def heading(query: str) -> str:
    """The head of an answer; the query is safe to echo, as all texts here are."""
    return f"Resources for “{query}”"


def read_as(suggestion: str) -> str:
    """That a query was read otherwise than it was typed."""
    return f"Read as “{suggestion}”."


def ignored(words: Sequence[str]) -> str:
    """Which words of the query the list doesn't have."""
    return f"Not on this list: {listed([f'“{word}”' for word in words])}."


def open_label(number: int) -> str:
    """The button that opens a hit whose address is too long for its title."""
    return f"Open {number}"


def mark_label(number: int, title: str, *, finished: bool) -> str:
    """What choosing a hit in the select does: `1. KV Cache brief explainer`, or `Undo 1. …` for one that is done."""
    return f"Undo {number}. {title}" if finished else f"{number}. {title}"


def first(title: str, more: int) -> str:
    """`Do *KV Cache brief explainer* first.`: what to finish before, and how many more there are."""
    return f"Do *{title}*{f' and {more} more' if more else ''} first."


def why(reasons: str) -> str:
    """Why something matched."""
    return f"Why: {reasons}"


def only_filtered(wanted: str, query: str, excluded: int) -> str:
    """That a kind or a level alone leaves nothing; `wanted` is such as "beginner video"."""
    others = f"{count(excluded, 'other resource')} on this list {'fits' if excluded == 1 else 'fit'}"
    return f"### No {wanted or 'resource'} for “{query}”\nBut {others}."


def no_match(query: str, unknown: Sequence[str]) -> str:
    """That nothing fits, and the words of the query that the list doesn't have."""
    return f"### No match for “{query}”" + (f"\n{ignored(unknown)}" if unknown else "")
