"""A member's marks on Discord: read in time for a card, changed by a button, shown in words."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Collection, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from weakref import WeakValueDictionary

import discord

from bot.catalog import Resource
from bot.catalogs import Library
from bot.discord_io.bot import Interaction
from bot.discord_io.buttons import CATALOG, RESOURCE, PersistentItem, acknowledge, is_private, only, selected
from bot.discord_io.cards import Card, notice, open_button
from bot.discord_io.failures import ran_out
from bot.discord_io.refusals import REQUEST_ERRORS
from bot.discord_io.text import show
from bot.errors import ChoiceError
from bot.language import N_, Language
from bot.progress import next_step, tally, unmet
from bot.store import Store
from bot.store.marks import Action, MarkChange

T = TypeVar("T")

log = logging.getLogger(__name__)

MARKS_TIMEOUT = 1.0
"""Seconds that a list waits for a member's marks before it is shown without them: Discord gives three in all. At 0 no
list ever has marks; from 3 on a database that is locked takes every list away."""
TITLE_LIMIT = 150
"""Characters of a resource's or a stage's title."""
PREREQUISITE_LIMIT = 60
"""Characters of a prerequisite's title."""
STATE_LIMIT = PREREQUISITE_LIMIT + 30
"""Most characters of `state_words`, in any language."""

ACTION = r"(?P<action>[mut])"
"""The part of a button's template that a mark's Action matches."""
DONE = N_("✓\u00a0done")
"""Shown beside a finished resource: a sign for the eye, a word for the ear, on one line."""
RESOURCE_GONE = N_("That resource has been removed from the list. Your mark on it stays. See `/path`.")
MARK_LABELS = {Action.MARK: N_("Mark done"), Action.UNDO: N_("Undo"), Action.TOGGLE: N_("Mark done")}
"""What a button says that changes a mark."""
_CHANGES = {
    MarkChange(True): N_("Marked done: **{title}**."),
    MarkChange(True, changed=False): N_("Already marked done: **{title}**."),
    MarkChange(False): N_("No longer marked done: **{title}**."),
    MarkChange(False, changed=False): N_("Not marked done: **{title}**."),
}

_locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()


async def finished_in_time(store: Store, library: Library, user_id: int) -> frozenset[str] | None:
    """The ids of what a member has finished; None, and a warning in the log, if the store does not answer in time."""
    marks = await in_time(store.marks.of(user_id))
    return None if marks is None else library.finished(marks)


async def in_time(look_up: Coroutine[Any, Any, T]) -> T | None:
    """What a look-up finds; None, and a warning in the log, if the store does not answer in time."""
    reading = asyncio.ensure_future(look_up)
    reading.add_done_callback(_log_failure)
    await asyncio.sleep(0)  # most look-ups are done by now, and need no timer
    if not reading.done():
        await asyncio.wait((reading,), timeout=MARKS_TIMEOUT)
    if reading.done() and reading.exception() is None:
        return reading.result()
    reading.cancel()  # it leaves the queue; a transaction that has begun ends by itself
    log.warning("An answer is given without what the database holds: it did not answer")
    return None


def _log_failure(reading: asyncio.Future[Any]) -> None:
    if not reading.cancelled() and (error := reading.exception()) is not None:
        log.warning("The database could not be read: %s", error)


def one_at_a_time(user_id: int) -> asyncio.Lock:
    """A lock for a member's changes: of two quick presses, the second is also the last to be shown."""
    return _locks.setdefault(user_id, asyncio.Lock())


@dataclass(frozen=True, slots=True)
class Marked:
    """A mark after an action, with all that a card needs to say so: the ids that the member has `done` by now, and
    `now`, when they acted."""

    library: Library
    resource: Resource
    done: frozenset[str]
    change: MarkChange
    now: datetime
    language: Language

    @property
    def following(self) -> Resource | None:
        """The member's next step."""
        return next_step(self.library.catalog, self.done).resource


async def act(interaction: Interaction, library: Library, resource: Resource, action: Action) -> Marked:
    """Change the mark of the member who acts; raises StoreError."""
    bot, user_id, now = interaction.client, interaction.user.id, interaction.client.clock()
    change = await bot.store.marks.change(user_id, resource.pages, action, now)
    done = library.finished(await bot.store.marks.of(user_id))
    return Marked(library, resource, done, change, now, bot.language_for(interaction))


@asynccontextmanager
async def kept_if_late(
    interaction: Interaction, library: Library, resource: Resource | None, action: Action
) -> AsyncIterator[None]:
    """Around the acknowledgement of an interaction: if the interaction has run out, the mark is changed all the same,
    without an answer. A toggle isn't: a member who sees that nothing happened presses again."""
    try:
        yield
    except REQUEST_ERRORS as error:
        if ran_out(error) and resource is not None and action is not Action.TOGGLE:
            await act(interaction, library, resource, action)
        raise


def state_words(library: Library, resource: Resource, done: Collection[str] | None, language: Language) -> str:
    """`✓ done`, or `do “KV Cache brief explainer” first` for what is to be done before it, or nothing."""
    if done is None:
        return ""
    if resource.id in done:
        return language.t(DONE)
    waiting = unmet(library.catalog, resource, done)
    if not waiting:
        return ""
    title = show(waiting[0].title, PREREQUISITE_LIMIT)
    if len(waiting) == 1:
        return language.t("do “{title}” first", title=title)
    return language.plural(
        "do “{title}” and {n} more first", "do “{title}” and {n} more first", len(waiting) - 1, title=title
    )


def changed_words(marked: Marked) -> str:
    """`Marked done: **BERT**. 8 of 23 done.`, and congratulations at the end of a stage or of everything."""
    t, change, whole = marked.language.t, marked.change, tally(marked.library.catalog, marked.done)
    title = show(marked.resource.title, TITLE_LIMIT)
    words = t(_CHANGES[change], title=title) + " " + t("{done} of {total} done.", done=whole.done, total=whole.total)
    if not (change.changed and change.finished):
        return words
    if whole.complete:
        return words + " " + t("You've finished the whole path. Well done!")
    group = marked.library.step(marked.resource).group
    if all(one.id in marked.done for one in group.resources):
        return words + " " + t("You've finished “{group}”!", group=show(group.title, TITLE_LIMIT))
    return words


def changed_card(marked: Marked, undo: discord.ui.Button[Any] | None = None) -> Card:
    """What a member sees after an action on a mark: the mark, how far they are, what's next, and a way back.

    `undo` takes the place of the button that changes the mark alone.
    """
    words, language, following = changed_words(marked), marked.language, marked.following
    if following is not None:
        words += " " + language.t("Next: **{title}**.", title=show(following.title, TITLE_LIMIT))
    action = Action.beside(marked.change.finished)
    buttons = [undo or MarkButton.of(marked.library, marked.resource, action, language)]
    if following is not None and marked.change.finished:
        buttons.append(open_button(following.url, language.t("Open {title}", title=following.title)))
    return Card([discord.ui.TextDisplay(words), discord.ui.ActionRow(*buttons)])


def chosen_mark(interaction: Interaction) -> tuple[str, Action]:
    """The resource's id and what is done to its mark, as the value of a select's option holds both ("m:bert"); raises
    ChoiceError for anything else."""
    action, _, resource_id = only(selected(interaction)).partition(":")
    if action not in (one.value for one in Action):
        raise ChoiceError
    return resource_id, Action(action)


class ChangesMark(PersistentItem, template=r"(?!)"):
    """Changes the mark of the member who presses it, and answers privately.

    A subclass on a card that only its member sees shows that card again (`redrawn`). One on a message that must not
    change says so (`in_place`).
    """

    in_place = True

    def chosen(self, interaction: Interaction) -> tuple[str, Action]:
        """The id of the resource that is meant, and what is done to its mark."""
        return self.state["resource"], Action(self.state["action"])

    async def press(self, interaction: Interaction, library: Library) -> None:
        """Change the mark and answer; the mark on a resource that left the list stays as it is."""
        resource_id, action = self.chosen(interaction)
        resource = library.catalog.get(resource_id)
        async with kept_if_late(interaction, library, resource, action):
            await acknowledge(interaction, in_place=self.in_place)
        if resource is None:
            gone = interaction.client.language_for(interaction).t(RESOURCE_GONE)
            await interaction.edit_original_response(view=notice(gone))
            return
        async with one_at_a_time(interaction.user.id):
            marked = await act(interaction, library, resource, action)
            card = self.redrawn(marked) if is_private(interaction) else None
            await interaction.edit_original_response(view=card or changed_card(marked))

    def redrawn(self, marked: Marked) -> discord.ui.LayoutView | None:
        """The card that was pressed, with the new marks; None to answer in words instead."""
        return None


class MarkButton(ChangesMark, template=rf"done:{CATALOG}:{RESOURCE}:{ACTION}"):
    """Marks a resource done, or undoes that."""

    @classmethod
    def of(
        cls, library: Library, resource: Resource, action: Action, language: Language, label: str = ""
    ) -> discord.ui.Button[Any]:
        """For one resource; it says what it does unless it has a `label`."""
        custom_id = f"done:{library.catalog.id}:{resource.id}:{action.value}"
        return discord.ui.Button(label=label or language.t(MARK_LABELS[action]), custom_id=custom_id)
