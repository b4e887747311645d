"""What people read about their progress and about sharing it."""

from __future__ import annotations

from enum import Enum

from bot.discord_io.text import count

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


WELL_DONE = "The whole path is done. Well done!"


def progress_of(name: str, done: int, total: int) -> str:
    """The head of a progress card; `name` is whose it is, empty for the reader's own."""
    return f"{f'Progress of {name}' if name else 'Your progress'}: {done} of {total}"


def next_is(title: str, number: int) -> str:
    """What is next, below it; the title is escaped."""
    return f"Next: **{title}**, step {number}"


# Where a server stands

SERVER_TITLE = "Where this server stands"
SERVER_INCOMPLETE = "There may be more: Discord has not told me yet of everybody whether they are here."
SERVER_EMPTY = "Nobody here has marked anything done yet. `/done` is the beginning."
SERVER_PRIVATE = "These are numbers only: who did what stays with each person. `/privacy counted` leaves you out."


def people_marked(people: int) -> str:
    """How many people have marked something."""
    return f"{people} {'person here has' if people == 1 else 'people here have'} marked something done."


def marks_in_all(marks: int) -> str:
    """How many marks a few people have together."""
    return f"In all that is {count(marks, 'mark')}."


def from_on(enough: int) -> str:
    """Why so few people get no numbers for each resource."""
    return f"From {enough} people on I show numbers for each resource: of fewer, one could guess whose they are."


def fewer_have_done(more: int) -> str:
    """How many resources are not listed."""
    return f"And {more} more that fewer people have done."


def untouched(number: int) -> str:
    """How many resources nobody has done."""
    return f"{count(number, 'resource')} nobody here has done yet."


def step_of(number: int, title: str, done: int, people: int) -> str:
    """A resource in the list of a server: a line that begins with a number is taken for a list, which some apps count
    anew."""
    return f"Step {number}: {title}\n{done} of {people}"


# The next step

OTHERS, WHY_NOW, OPENS, SHOW_PATH = "Or one of these", "Why now:", "Opens the way to:", "Show the path"
BEGINS = "The path begins here."
FIRST_LEFT = "It is the first on the path that you have not done."
IT = "it"
EMPTY = "The list is still empty. Come back when there is something on it."
THE_END = "That was the whole path. Well done, and thank you for walking it to the end."
DEEPER = "To go deeper, from here on:"
SHOW_IT = "Show it to the others, or look at the path again: what you finished stays marked."


def next_for_you(title: str) -> str:
    """The head of the card; titles and names here are escaped."""
    return f"Next for you: {title}"


def step_words(number: int, total: int) -> str:
    """`step 4 of 23`."""
    return f"step {number} of {total}"


def have_done(done: int, total: int) -> str:
    """How far the member is."""
    return f"You have done {done} of {total}."


def comes_first(wanted: str, named: str) -> str:
    """That something else of the path needs this one; `wanted` is such as "beginner video"."""
    return f"It comes first. The next {wanted} on the path, {named}, builds on it."


def builds_on(named: str) -> str:
    """That the member has done what it builds on."""
    return f"It builds on {named}, which you have done."


def first_of(wanted: str) -> str:
    """That it is the first of what is wanted."""
    return f"It is the first {wanted} on the path that you have not done."


def from_a_track(title: str) -> str:
    """That only tracks are left."""
    return f"You have done every stage. This one is from the track **{title}**."


def first_now(wanted: str, passed: str, waited_for: str) -> str:
    """That what comes earlier on the path waits for something."""
    first = f"first {wanted} that" if wanted else "first"
    return f"It is the {first} you can take now: {passed}, earlier on the path, waits for {waited_for}."


def more(number: int) -> str:
    """How many are not named."""
    return f"{number} more"


def all_done(total: int) -> str:
    """The head of the last card."""
    return f"All {total} of {total} done"
