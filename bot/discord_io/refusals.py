"""What each refusal of Discord means: one table, which everything that asks Discord for something reads.

A refusal without one of Discord's codes is from the network between, and is tried again like an outage. The codes:
https://docs.discord.com/developers/topics/opcodes-and-status-codes#json
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Flag, auto

import aiohttp
import discord

from bot.discord_io.text import echo
from bot.errors import CannotPost, PostError, PostFailed
from bot.language import ENGLISH, N_, Language
from bot.outcomes import Reason

FEW = 3
"""Attempts at what Discord will hardly ever take. At 1 a tag or a place that becomes free a moment later is missed; at
25, as after an outage, AutoMod alerts the moderators 25 times."""


REQUEST_ERRORS = (discord.HTTPException, aiohttp.ClientError, OSError)
"""What a request to Discord raises that was refused or not answered; `refusal_of` says what it means. A TimeoutError is
an OSError."""


class Told(Flag):
    """Who can act on a refusal: admins read it in the server, the host in the log."""

    NOBODY = 0
    ADMINS = auto()
    HOST = auto()


@dataclass(frozen=True, slots=True)
class Refusal:
    """A kind of refusal.

    `why` goes on after "because" or a colon; `fix` says what to do, in a sentence of its own. `tries` is after how many
    attempts it is given up, None for as long as the time allows. `pauses` says that a weekly prompt pauses until a
    person has acted: what it would post is refused just the same next week.
    """

    reason: Reason
    codes: tuple[int, ...]
    tries: int | None
    pauses: bool
    told: Told
    why: str
    fix: str = ""

    def error(self, detail: str) -> PostError:
        """The error that a job is given up with, or tried again after; `detail` is Discord's own sentence."""
        if self.tries == 1:
            return CannotPost(self.reason, detail, pauses=self.pauses)
        return PostFailed(detail, self.reason, tries=self.tries, pauses=self.pauses)


OUTAGE = Refusal(
    Reason.OUTAGE,
    # Cloudflare's block, switched off for now, busy, too many writes, too many edits; and posting in a forum as if it
    # were a text channel, which a bot does that has not heard of the forum yet.
    (40333, 40003, 40004, 40006, 40058, 40062, 110000, 110001, 130000, 20016, 20022, 20028, 20029, 30046),
    tries=None,
    pauses=False,
    told=Told.ADMINS,
    why=N_("I couldn't reach Discord"),
    fix=N_("If it happens often, ask the person who hosts me to check the network."),
)
FORBIDDEN = Refusal(
    Reason.FORBIDDEN,
    (50001, 50013, 50009, 160002),
    tries=1,
    pauses=True,
    told=Told.ADMINS,
    why=N_("I don't have the permissions I need in the channel"),
    fix=N_("Grant them in the channel's settings."),
)
DM_CLOSED = Refusal(
    Reason.DM_CLOSED,
    (50007, 50278, 20009),
    tries=1,
    pauses=False,
    told=Told.NOBODY,
    why=N_("direct messages are closed to me"),
)
TIMED_OUT = Refusal(
    Reason.TIMED_OUT,
    (),  # Discord says 50013: a permission is missing
    tries=None,
    pauses=False,
    told=Told.ADMINS,
    why=N_("a moderator has timed me out"),
    fix=N_("Remove my timeout: right-click (or hold) my name, *Remove Timeout*."),
)
UNKNOWN = Refusal(
    Reason.REFUSED,
    (),
    tries=FEW,
    pauses=False,
    told=Told.ADMINS | Told.HOST,
    why=N_("Discord refused it"),
    fix=N_("If Discord's own words don't help, ask the person who hosts me: the log has details."),
)

REFUSALS = (
    OUTAGE,
    FORBIDDEN,
    DM_CLOSED,
    TIMED_OUT,
    UNKNOWN,
    Refusal(
        Reason.CHANNEL_GONE,
        (10003, 10004, 50055),
        tries=1,
        pauses=True,
        told=Told.ADMINS,
        why=N_("the channel no longer exists"),
        fix=N_("Choose another channel."),
    ),
    Refusal(
        Reason.MESSAGE_GONE,
        (10008,),
        tries=1,
        pauses=False,
        told=Told.ADMINS,
        why=N_("the post was deleted"),
    ),
    Refusal(
        Reason.ACCOUNT_GONE,
        (50033, 10013, 10007),
        tries=1,
        pauses=False,
        told=Told.NOBODY,
        why=N_("that person is no longer there"),
    ),
    Refusal(
        Reason.TWO_FACTOR,
        (60003, 50017),
        tries=1,
        pauses=True,
        told=Told.ADMINS | Told.HOST,
        why=N_("this server requires two-factor authentication, and my host's account has none"),
        fix=N_(
            "Ask the person who hosts me to turn on two-factor authentication, or turn the requirement off in "
            "*Server Settings › Safety Setup*."
        ),
    ),
    Refusal(
        Reason.BOT_FLAGGED,
        (20026, 340015),
        tries=FEW,
        pauses=False,
        told=Told.HOST,
        why=N_("Discord's anti-spam system has flagged me"),
        fix=N_("Only the person who hosts me can have that lifted; please let them know."),
    ),
    Refusal(
        Reason.TAG_MISSING,
        (40066, 40067, 10087),
        tries=FEW,
        pauses=True,
        told=Told.ADMINS,
        why=N_("every post in the forum needs a tag, and there is none I can use"),
        fix=N_("Add a tag that everyone can use, or turn off *Require people to select tags* in the forum's settings."),
    ),
    Refusal(
        Reason.THREADS_FULL,
        (160006, 160007),
        tries=FEW,
        pauses=False,
        told=Told.ADMINS,
        why=N_("this server has as many active threads as Discord allows"),
        fix=N_("Close a few threads, or have them close sooner (*Hide after inactivity*)."),
    ),
    Refusal(
        Reason.PINS_FULL,
        (30003, 30047),
        tries=FEW,
        pauses=False,
        told=Told.ADMINS,
        why=N_("the channel has as many pinned posts as Discord allows"),
        fix=N_("Unpin something in it."),
    ),
    Refusal(
        Reason.THREAD_CLOSED,
        (50083, 160005),
        tries=FEW,
        pauses=False,
        told=Told.ADMINS,
        why=N_("its thread is closed or locked"),
        fix=N_("Reopen it, or let me manage threads in the channel."),
    ),
    Refusal(
        Reason.WRONG_CHANNEL,
        (50008, 50024, 50068, 50003, 50019, 50021, 520002),
        tries=FEW,
        pauses=False,
        told=Told.ADMINS,
        why=N_("Discord doesn't allow that in this kind of channel"),
        fix=N_("Choose another channel."),
    ),
    Refusal(
        Reason.BLOCKED,
        (200000, 200001, 240000, 20031),
        tries=FEW,
        pauses=False,
        told=Told.ADMINS,
        why=N_("AutoMod blocked it"),
        fix=N_("Exempt my role from the rule in *Server Settings › AutoMod*."),
    ),
    Refusal(
        Reason.INVALID,
        (50035, 50006, 50109, 50028, 40005),
        tries=FEW,
        pauses=False,
        told=Told.ADMINS | Told.HOST,
        why=N_("Discord calls it invalid, which is a bug in me"),
        fix=N_("Please tell the person who hosts me: the log has details."),
    ),
)
"""Every meaning, each with its codes. A code is in one row."""

INTERACTION_OVER = frozenset({10008, 10015, 10062, 40060, 50027})
"""Codes of an interaction that ran out, was answered already, or whose message the member closed: no bug, and nobody is
left to read an answer."""
ENTRY_POINT = 50240
"""Discord's code for a command sync that would remove the application's Entry Point command."""
THREAD_EXISTS = 160004
"""Discord's code for a message that has its thread already, which is all that was wanted."""

BY_CODE = {code: refusal for refusal in REFUSALS for code in refusal.codes}
BY_REASON = {refusal.reason: refusal for refusal in REFUSALS}

_OTHER_REASONS = {
    Reason.OFFLINE: N_("I was offline at that time and for the next twelve hours"),
    Reason.BROKEN: N_("something broke on my side; the host's log has details"),
    Reason.ADMIN_SKIPPED: N_("an admin skipped it"),
    Reason.PAUSED: N_("the weekly prompt was paused"),
    Reason.EMPTY_LIST: N_("the list is empty so far"),
    Reason.EMPTY_ORDER: N_("the stage or track that it follows has no resources"),
    Reason.ACTIVE_WEEK: N_("you had finished something that week"),
    Reason.TOO_LATE: N_("there was nothing to choose from, or no time left to vote"),
    Reason.DM_CLOSED_AGAIN: N_("direct messages are closed to me"),
    Reason.ADMIN_PAUSED: N_("an admin paused it"),
    Reason.BOT_REMOVED: N_("I was removed from this server and added again"),
    Reason.PATH_FINISHED: N_("the whole path is finished"),
    Reason.UNKNOWN_ZONE: N_("I no longer know its time zone"),
    Reason.MOVED: N_("the channel was changed while I was posting, and I can't read the old one to see if I did"),
}
_OTHER_FIXES = {
    Reason.BROKEN: N_("If it happens again, tell the person who hosts me."),
    Reason.EMPTY_ORDER: N_("Choose another order in `/weekly`."),
    Reason.UNKNOWN_ZONE: N_("Set the time zone again in `/weekly`."),
}


def refusal_of(error: Exception, *, private: bool = False) -> Refusal:
    """What an error of a request means; `private` says that it was about a direct message."""
    if not isinstance(error, discord.HTTPException) or error.status >= 500 or not error.code:
        return OUTAGE
    refusal = BY_CODE.get(error.code, UNKNOWN)
    return DM_CLOSED if private and refusal is FORBIDDEN else refusal


def means(error: Exception, *reasons: Reason) -> bool:
    """Whether an error of a request means one of some reasons."""
    return refusal_of(error).reason in reasons


def sentence_of(error: Exception) -> str:
    """Discord's own sentence with its code, else what the library says, for the log and for admins."""
    if isinstance(error, discord.HTTPException) and error.code:
        return f"{error.text or type(error).__name__} (error {error.code})"
    return str(error) or type(error).__name__


def why(reason: Reason, language: Language = ENGLISH, detail: str | None = None) -> str:
    """Why something did not happen, to go on after "because" or a colon, with Discord's own sentence where it helps.

    `detail` is that sentence as it was recorded; it is cut and made harmless here.
    """
    refusal = BY_REASON.get(reason)
    cause = language.t(refusal.why if refusal else _OTHER_REASONS[reason])
    if refusal is None or refusal.tries != FEW or not detail:
        return cause
    return language.t("{why} (Discord says: “{words}”)", why=cause, words=echo(detail))


def fix(reason: Reason, language: Language = ENGLISH) -> str:
    """What to do about it, in sentences of their own; empty if there is nothing to do."""
    refusal = BY_REASON.get(reason)
    sentence = refusal.fix if refusal else _OTHER_FIXES.get(reason, "")
    return language.t(sentence) if sentence else ""
