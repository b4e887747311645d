"""What can go wrong, in words for the person who can fix it.

StudybotError                   never raised itself; its text is fit to be shown
├── SettingsError               an environment variable is missing or wrong
│   └── DiscordRefused          Discord does not let the bot in until a person changes something
├── CatalogError                the catalog has problems; carries every one of them
├── StoreError                  the database cannot be used
│   ├── StoreTooNew             it was written by a newer studybot
│   └── StoreLost               its file is not the one that was opened
├── DiscordUnreachable          Discord does not answer; time may help
├── ScheduleError               a day, time or time zone that means nothing
├── FilterError                 a kind or level that the list doesn't have
├── ChoiceError                 a choice or an entry in a form that the bot never offered
└── MissingExtra                a command needs packages that were not installed

PostError                       Discord did not take a message; never shown to people, who are told its reason
├── CannotPost                  and another attempt would not help: channel gone, not allowed
└── PostFailed                  this time; another attempt may succeed
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.characters import escaped
from bot.language import ENGLISH, N_, Language
from bot.outcomes import Reason


class StudybotError(Exception):
    """An error whose text names the thing that is wrong and says what to do; it may be shown to people.

    `message` is an English sentence with {placeholders} for `values`; what a member reads is marked with `N_`. A value
    that is a function writes itself in a language.
    """

    def __init__(self, message: str, /, **values: object) -> None:
        super().__init__(message)
        self.message, self.values = message, values

    def __str__(self) -> str:
        return self.in_language(ENGLISH)

    def in_language(self, language: Language) -> str:
        """The sentence in a reader's language."""
        values = {name: value(language) if callable(value) else value for name, value in self.values.items()}
        return language.t(self.message, **values)


class SettingsError(StudybotError):
    """A setting is missing or wrong; the text names the environment variable."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong with a catalog.

    `line` counts from 1; `text` names the entry and says what is wrong with it.
    """

    line: int
    text: str


PROBLEMS_SHOWN = 100
"""Problems of a catalog that a message names: more of them scroll away unread."""


class CatalogError(StudybotError):
    """A catalog that cannot be used, with every problem found in it.

    `source` is the file's name as it was given; `problems` are sorted by line and never empty; `is_whole` is false if
    there are more of them, which were not looked for. `str()` gives a line for each of the first PROBLEMS_SHOWN:
    `catalog.yaml:41: resource "x": …`. Its characters are fit for a terminal and a log, whatever the catalog holds.
    """

    def __init__(self, source: str, problems: Sequence[Problem], *, is_whole: bool = True) -> None:
        self.source = source
        self.problems = tuple(sorted(Problem(one.line, escaped(one.text)) for one in problems))
        self.is_whole = is_whole
        shown = self.problems[:PROBLEMS_SHOWN]
        lines = [escaped(f"{source}:{p.line}: {p.text}" if p.line else f"{source}: {p.text}") for p in shown]
        if more := len(self.problems) - len(shown):
            lines.append(f"… and {'' if is_whole else 'at least '}{more:,} more. Fix these first.")
        super().__init__("\n".join(lines))


class StoreError(StudybotError):
    """The database cannot be opened, read or written."""


class StoreTooNew(StoreError):
    """The database was written by a newer studybot; this one leaves it untouched."""


class StoreLost(StoreError):
    """The database's file was deleted or replaced under the running bot, which must end."""


class DiscordRefused(SettingsError):
    """Discord does not let the bot in: its token, its shards or its intents are not in order."""


class DiscordUnreachable(StudybotError):
    """Discord does not answer, also not after several attempts."""


class ScheduleError(StudybotError):
    """A day, time or time zone that means nothing; the text repeats it and gives an example that works."""


class FilterError(StudybotError):
    """A kind or a level that a list doesn't have. Its text repeats what a member typed."""


class ChoiceError(StudybotError):
    """A select, a form or a custom_id holds what no card of this bot could have made. It repeats nothing of it."""

    def __init__(self) -> None:
        super().__init__(N_("That isn't one of the choices. Open the card again and choose from it."))


class MissingExtra(StudybotError):
    """A command needs an extra that is not installed; the text is the exact pip command."""

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(f"{what} needs more packages. Install them with:\n  pip install 'studybot[{extra}]'")


class PostError(Exception):
    """A request to Discord failed, for a `reason`. The text is Discord's, for the log and, made harmless, for admins.

    It is given up after `tries` attempts, None for as long as the time allows. `pauses` says that a weekly prompt
    pauses with it, since a person must act; `untaken` that Discord surely has not taken what was to be posted.
    """

    def __init__(self, reason: Reason, detail: str = "", *, tries: int | None = None, pauses: bool = False) -> None:
        super().__init__(detail or reason)
        self.reason, self.tries, self.pauses = reason, tries, pauses
        self.untaken = False


class CannotPost(PostError):
    """Impossible until a person changes something: the channel is gone, the bot may not write there."""

    def __init__(self, reason: Reason, detail: str = "", *, pauses: bool = True) -> None:
        super().__init__(reason, detail, tries=1, pauses=pauses)


class PostFailed(PostError):
    """Failed this time (an outage, a dropped connection); another attempt may succeed."""

    def __init__(
        self, detail: str = "", reason: Reason = Reason.OUTAGE, *, tries: int | None = None, pauses: bool = False
    ) -> None:
        super().__init__(reason, detail, tries=tries, pauses=pauses)
