"""A member's marks on Discord: read in time for a card, changed by a button, said in words."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection
from datetime import datetime
from typing import Any
from weakref import WeakValueDictionary

import discord

from bot.catalog import Resource
from bot.catalogs import Library
from bot.discord_io.bot import Interaction
from bot.discord_io.buttons import CATALOG, PersistentItem, acknowledge, button, is_private
from bot.discord_io.cards import Card, notice, open_button
from bot.discord_io.text import show
from bot.marks import Action, MarkChange, change_mark
from bot.progress import next_step, tally, unmet
from bot.store import Store

log = logging.getLogger(__name__)

PATIENCE = 1.0
"""Seconds that a list waits for a member's marks before it is shown without them: Discord gives three in all. At 0 no
list ever has marks; from 3 on a database that is locked takes every list away."""
TITLE_LIMIT = 150
"""Characters of a resource's or a stage's title."""
PREREQUISITE_LIMIT = 60
"""Characters of a prerequisite's title."""
STATE_LIMIT = PREREQUISITE_LIMIT + len("first: ") + len(" and 999 more")
"""Most characters of `state_words`."""

RESOURCE = r"(?P<resource>[a-z0-9-]{1,64})"
"""The part of a button's template that a resource's id matches."""
ACTION = r"(?P<action>[mut])"
"""The part of a button's template that a mark's Action matches."""
DONE = "✓\u00a0done"
"""Shown beside a finished resource: a sign for the eye, a word for the ear, on one line."""
RESOURCE_GONE = (
    "That one is not on the list any more. If you had marked it done, that stays in your record. "
    "`/path` shows what is on the list."
)

_locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()


async def finished_in_time(store: Store, library: Library, user_id: int) -> frozenset[str] | None:
    """The ids of what a member has finished; None, and a warning in the log, if the store does not answer in time."""
    reading = asyncio.ensure_future(store.marks.of(user_id))
    reading.add_done_callback(_log_failure)
    await asyncio.sleep(0)  # most look-ups are done by now, and need no timer
    if not reading.done():
        await asyncio.wait((reading,), timeout=PATIENCE)
    if reading.done() and reading.exception() is None:
        return library.finished(reading.result())
    reading.cancel()  # it leaves the queue; a transaction that has begun ends by itself
    log.warning("A list is shown without marks: the database did not answer")
    return None


def _log_failure(reading: asyncio.Future[Any]) -> None:
    if not reading.cancelled() and (error := reading.exception()) is not None:
        log.warning("Marks could not be read: %s", error)


def one_at_a_time(user_id: int) -> asyncio.Lock:
    """A lock for a member's changes: of two quick presses, the second is also the last to be shown."""
    return _locks.setdefault(user_id, asyncio.Lock())


async def apply_action(interaction: Interaction, resource: Resource, action: Action) -> MarkChange:
    """Change the mark of the member who acts, and let the number on a weekly post follow; raises StoreError."""
    bot, member, guild = interaction.client, interaction.user, interaction.guild
    if guild is not None:
        bot.membership.remember(guild.id, member.id)
    change = await change_mark(bot.store, member.id, resource, action, bot.clock(), guild_id=interaction.guild_id)
    if change.recounts:
        bot.delivery.wake()
    return change


def mark_button(
    library: Library, resource: Resource, action: Action, *, label: str = "", prefix: str = "done", suffix: str = ""
) -> discord.ui.Button[Any]:
    """A button that changes the mark of whoever presses it; `prefix` names the MarkButton that answers."""
    label = label or ("Undo" if action is Action.UNDO else "Mark done")
    return button(label, f"{prefix}:{library.catalog.id}:{resource.id}:{action.value}{suffix}")


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
    return f"first: {show(waiting[0].title, PREREQUISITE_LIMIT)}{more}"


def changed_words(library: Library, resource: Resource, done: Collection[str], change: MarkChange) -> str:
    """`Marked done: **BERT**. That is 8 of 23.`, and a warm word at the end of a stage or of everything."""
    title, whole = show(resource.title, TITLE_LIMIT), tally(library.catalog, done)
    if not change.changed:
        already = "Already marked done" if change.finished else "Not marked done"
        return f"{already}: **{title}**. You have done {whole.done} of {whole.total}."
    if not change.finished:
        return f"Unmarked: **{title}**. That leaves {whole.done} of {whole.total}."
    words = f"Marked done: **{title}**. That is {whole.done} of {whole.total}."
    if whole.complete:
        return f"{words} You have finished the whole path. Well done!"
    group = library.step(resource).group
    if all(one.id in done for one in group.resources):
        return f"{words} You have finished “{show(group.title, TITLE_LIMIT)}”!"
    return words


def changed_card(library: Library, resource: Resource, done: Collection[str], change: MarkChange) -> Card:
    """What a member is told after an action on a mark: the mark, how far they are, what is next, and a way back."""
    words = changed_words(library, resource, done, change)
    following = next_step(library.catalog, done).resource
    if following is not None:
        words += f" Next: **{show(following.title, TITLE_LIMIT)}**."
    buttons = [mark_button(library, resource, Action.beside(change.finished))]
    if following is not None and change.finished:
        buttons.append(open_button(following.url, f"Open {following.title}"))
    return Card([discord.ui.TextDisplay(words), discord.ui.ActionRow(*buttons)])


class MarkButton(PersistentItem, template=rf"done:{CATALOG}:{RESOURCE}:{ACTION}"):
    """Changes the mark of whoever presses it, and answers privately.

    A subclass on a card that only its member sees shows that card again (`redrawn`). One on a message that must not
    change says so (`in_place`).
    """

    in_place = True
    now: datetime
    """When it was pressed."""

    @property
    def action(self) -> Action:
        """What the button does to the mark."""
        return Action(self.state["action"])

    def chosen(self, interaction: Interaction) -> tuple[str, Action]:
        """The id of the resource that is meant, and what is done to its mark."""
        return self.state["resource"], self.action

    async def press(self, interaction: Interaction, library: Library) -> None:
        """Change the mark and answer; the mark on a resource that left the list stays as it is."""
        await acknowledge(interaction, in_place=self.in_place)
        self.now = interaction.client.clock()
        resource_id, action = self.chosen(interaction)
        resource = library.catalog.get(resource_id)
        if resource is None:
            await interaction.edit_original_response(view=notice(RESOURCE_GONE))
            return
        async with one_at_a_time(interaction.user.id):
            change = await apply_action(interaction, resource, action)
            done = library.finished(await interaction.client.store.marks.of(interaction.user.id))
            card = self.redrawn(library, resource, done, change) if is_private(interaction) else None
            await interaction.edit_original_response(view=card or changed_card(library, resource, done, change))

    def redrawn(
        self, library: Library, resource: Resource, done: frozenset[str], change: MarkChange
    ) -> discord.ui.LayoutView | None:
        """The card that was pressed, with the new marks; None to answer in words instead."""
        return None
