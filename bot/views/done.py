"""Marking a resource done: the one place where a mark is turned around, its words, and its buttons."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection
from typing import Any, ClassVar
from weakref import WeakValueDictionary

import discord

from bot.catalog import Resource
from bot.library import Library
from bot.progress import next_step, tally, unmet
from bot.store import Store
from bot.views.buttons import LastingButton, acknowledge, bot_of, only_they_see
from bot.views.cards import Card, notice, open_button
from bot.views.text import show

log = logging.getLogger(__name__)

PATIENCE = 1.0
"""Seconds that a list waits for a member's marks before it is shown without them: Discord gives three in all. At 0 no
list ever has marks; from 3 on a database that is locked takes every list away."""
TITLE_LIMIT = 150
"""Characters of a resource's or a stage's title."""
FIRST_LIMIT = 60
"""Characters of a prerequisite's title."""
STATE_LIMIT = FIRST_LIMIT + len("first: ") + len(" and 999 more")
"""Most characters of `state_words`."""

DONE = "✓\u00a0done"
"""What marks a finished resource: a sign for the eye, a word for the ear, on one line."""
GONE = "That one is not on the list any more, so there is nothing to mark. `/path` shows what is."

_turns: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()


async def marks_of(store: Store, user_id: int) -> frozenset[str] | None:
    """The ids of what a member has finished; None, and a warning in the log, if the store does not say in time."""
    asked = asyncio.ensure_future(store.finished_by(user_id))
    asked.add_done_callback(_note_failure)
    # Not cancelled when time is up: a connection that waits for a lock only comes back to the pool by itself.
    await asyncio.wait((asked,), timeout=PATIENCE)
    if asked.done() and asked.exception() is None:
        return frozenset(asked.result())
    log.warning("A list is shown without marks: the database did not answer")
    return None


def _note_failure(asked: asyncio.Future[Any]) -> None:
    if not asked.cancelled() and (error := asked.exception()) is not None:
        log.warning("Marks could not be read: %s", error)


async def toggle(interaction: discord.Interaction[Any], resource_id: str) -> bool:
    """Turn the mark of the member who acts around; whether the resource is finished now.

    Every mark is set and taken here: by buttons, `/done` and the weekly post. One that the catalog does not have any
    more can only lose its mark. Raises StoreError.
    """
    bot = bot_of(interaction)
    if interaction.guild_id is not None:
        bot.membership.remember(interaction.guild_id, interaction.user.id)
    if resource_id not in bot.library.catalog:
        await bot.store.unfinish(interaction.user.id, resource_id)
        return False
    finished = await bot.store.toggle_finished(interaction.user.id, resource_id, bot.clock())
    if interaction.guild is not None:
        interaction.client.dispatch("mark", interaction.guild, resource_id)  # the number on a weekly post may follow
    return finished


def state_words(library: Library, resource: Resource, done: Collection[str] | None) -> str:
    """`✓ done`, or `first: KV Cache brief explainer` for the first thing to do before it, or nothing."""
    if done is None:
        return ""
    if resource.id in done:
        return DONE
    waiting = unmet(library.catalog, resource, done)
    if not waiting:
        return ""
    more = f" and {len(waiting) - 1} more" if len(waiting) > 1 else ""
    return f"first: {show(waiting[0].title, FIRST_LIMIT)}{more}"


def marked_words(library: Library, resource: Resource, done: Collection[str], finished_now: bool) -> str:
    """`Marked done: **BERT**. That is 8 of 23.`, and a warm word at the end of a stage or of everything."""
    title, whole = show(resource.title, TITLE_LIMIT), tally(library.catalog, done)
    if not finished_now:
        return f"Not done any more: **{title}**. That leaves {whole.done} of {whole.total}."
    words = f"Marked done: **{title}**. That is {whole.done} of {whole.total}."
    if whole.complete:
        return f"{words} You have finished the whole path. Well done!"
    group = library.step(resource).group
    if all(one.id in done for one in group.resources):
        return f"{words} You have finished “{show(group.title, TITLE_LIMIT)}”!"
    return words


def finished_words(library: Library, resource: Resource, done: Collection[str], finished_now: bool) -> str:
    """What a member is told after a mark was turned around: what it is now, how far they are, what is next.

    `done` are the ids of what they have finished, after it.
    """
    words = marked_words(library, resource, done, finished_now)
    following = next_step(library.catalog, done).resource
    return f"{words} Next: **{show(following.title, TITLE_LIMIT)}**." if following else words


def finished_card(library: Library, resource: Resource, done: Collection[str], finished_now: bool) -> Card:
    """`finished_words` with the button that turns the mark around again, and a link to what is next."""
    words = finished_words(library, resource, done, finished_now)
    buttons: list[Any] = [DoneButton(resource.id, finished=finished_now)]
    if (following := next_step(library.catalog, done).resource) is not None and finished_now:
        buttons.append(open_button(following.url, f"Open {following.title}"))
    return Card([discord.ui.TextDisplay(words), discord.ui.ActionRow(*buttons)])


class DoneButton(LastingButton, template=r"done:(?P<id>[a-z0-9-]{1,64})"):
    """Turns a member's mark at a resource around, and says so privately.

    On a card that only its member sees, a kind of it (`prefix`, `redrawn`) shows that card anew instead. One that is
    not on a card leaves what it is on as it is (`in_place`).
    """

    prefix: ClassVar[str] = "done"
    in_place: ClassVar[bool] = True

    def __init__(self, resource_id: str, *, finished: bool = False, rest: str = "", label: str = "") -> None:
        self.resource_id = resource_id
        label = label or ("Undo" if finished else "Mark done")
        super().__init__(discord.ui.Button(label=label, custom_id=f"{self.prefix}:{resource_id}{rest}"))

    async def press(self, interaction: discord.Interaction[Any]) -> None:
        """Turn the mark around and answer."""
        await acknowledge(interaction, in_place=self.in_place)
        # One after the other, so that of two quick presses the second is also the last to be shown.
        async with _turns.setdefault(interaction.user.id, asyncio.Lock()):
            finished = await toggle(interaction, self.resource_id)
            done = await bot_of(interaction).store.finished_by(interaction.user.id)
            await interaction.edit_original_response(view=self._answer(interaction, frozenset(done), finished))

    def _answer(
        self, interaction: discord.Interaction[Any], done: frozenset[str], finished: bool
    ) -> discord.ui.LayoutView:
        library = bot_of(interaction).library
        resource = library.catalog.get(self.resource_id)
        if only_they_see(interaction) and (card := self.redrawn(library, done, finished)) is not None:
            return card
        return finished_card(library, resource, done, finished) if resource else notice(GONE)

    def redrawn(self, library: Library, done: frozenset[str], finished: bool) -> discord.ui.LayoutView | None:
        """The card that was pressed with the new marks; None if an answer in words takes its place."""
        return None
