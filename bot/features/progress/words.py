"""What people read about their progress and about sharing it."""

from __future__ import annotations

from enum import Enum

PROGRESS = "Show how far you are on the path."
PROGRESS_MEMBER = "Somebody else on this server who lets others look"
PROGRESS_SHARE = "Post it here once, or let others look at it at any time, or end that"
PROGRESS_SERVER = "Where the people of this server stand together, without names"
NEXT = "Show what is next for you on the path."
NEXT_KIND = "Only one kind, such as paper or video"
NEXT_LEVEL = "Only one level, such as beginner"

POST, LET_LOOK, STOP = "Post it here", "Let others look", "Stop letting others look"
NEEDS_SERVER = "That works on a server only: here there is nobody else to look at. `/progress` alone shows your own."
NOT_HERE = "I am not a member of this server myself, so I cannot tell who is. `/progress` alone shows your own."
OWN_ALONE = "`share` is about your own progress: leave out `member` to share it."
ONE_AT_A_TIME = "Choose one: a `member`, or the whole `server`."
SERVER_IS_POSTED = "The numbers of a server can only be posted: choose “Post it here, once”."
POSTED = "Posted here, once. Nobody can look at later changes, unless you let them."
OPENED = (
    "From now on, people on every server that you share with them can look at this with `/progress member:`. "
    "Nothing was posted."
)
WITHDRAWN = "From now on nobody else can look at this. What was posted before stays where it is."
OPEN = "On every server that you share with somebody, they can look at this with `/progress member:`."
PRIVATE = "Only you can see this."


class Share(Enum):
    """What a member does with their progress; the value stands for it in an option and in a custom_id."""

    POST = "post"
    OPEN = "open"
    CLOSE = "close"


SHARES = {
    Share.POST: "Post it here, once",
    Share.OPEN: "Let others look at it at any time",
    Share.CLOSE: "Stop letting others look",
}


def whose(*, is_open: bool) -> str:
    """Who can look at a member's progress."""
    return OPEN if is_open else PRIVATE


def bot_has_none(name: str) -> str:
    """That bots have no progress; the name is safe to show."""
    return f"**{name}** is a bot, and bots do not study."


def not_here(name: str) -> str:
    """That somebody is not on this server."""
    return f"**{name}** is not on this server."


def keeps_to_themselves(name: str) -> str:
    """That somebody lets nobody look."""
    return f"**{name}** keeps their progress to themselves, and that is fine. Why not ask them?"


def none_on_the_list(wanted: str) -> str:
    """That nothing of a kind or level is on the list; `wanted` is such as "advanced video"."""
    return f"There is no {wanted} on this list."


def all_of_it_done(wanted: str, number: int) -> str:
    """That everything of a kind or level is done."""
    return f"You have done every {wanted} on this list ({number} of {number})."
