"""Marking a resource done: the one place where a mark is set or taken, its words, and its buttons."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, ClassVar
from weakref import WeakValueDictionary

import discord

from bot.catalog import Catalog, Resource
from bot.library import Library
from bot.progress import next_step, tally, unmet
from bot.store import Store
from bot.views.buttons import LastingButton, Serves, acknowledge, bot_of, only_they_see
from bot.views.cards import Card, notice, open_button
from bot.views.text import LABEL_LIMIT, echo, fit, show

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
GONE = (
    "That one is not on the list any more. If you had marked it done, that stays in your record. "
    "`/path` shows what is on the list."
)
MARK, UNDO = "mark", "undo"
"""What a button is for: one that says "Mark done" never takes a mark away, however old its card is."""
INTENT = r"(?::(?P<intent>mark|undo))?"
"""The end of a button's custom_id; without it, as on cards that everybody sees, the button turns the mark around."""

_turns: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()


async def marks_of(store: Store, catalog: Catalog, user_id: int) -> frozenset[str] | None:
    """The ids of what a member has finished; None, and a warning in the log, if the store does not say in time."""
    asked = asyncio.ensure_future(store.marks(user_id))
    asked.add_done_callback(_note_failure)
    # Not cancelled when time is up: a connection that waits for a lock only comes back to the pool by itself.
    await asyncio.wait((asked,), timeout=PATIENCE)
    if asked.done() and asked.exception() is None:
        return catalog.finished(asked.result())
    log.warning("A list is shown without marks: the database did not answer")
    return None


def _note_failure(asked: asyncio.Future[Any]) -> None:
    if not asked.cancelled() and (error := asked.exception()) is not None:
        log.warning("Marks could not be read: %s", error)


@dataclass(frozen=True, slots=True)
class Turned:
    """What became of a mark: whether the resource is `finished` now, and whether that was `changed` just now."""

    finished: bool
    changed: bool = True


def turn_of(user_id: int) -> asyncio.Lock:
    """One after the other, so that of two quick presses the second is also the last to be shown."""
    return _turns.setdefault(user_id, asyncio.Lock())


def intent(finished: bool) -> str:
    """What a button is for, beside a resource that is finished or not."""
    return UNDO if finished else MARK


async def toggle(interaction: discord.Interaction[Any], resource_id: str, wanted: str | None = None) -> Turned:
    """Set (MARK) or take (UNDO) the mark of the member who acts, or turn it around.

    Every mark of a resource is set and taken here: by buttons, `/done` and the weekly post. Raises KeyError for an id
    that the catalog does not have, StoreError.
    """
    bot = bot_of(interaction)
    if interaction.guild_id is not None:
        bot.membership.remember(interaction.guild_id, interaction.user.id)
    turned = await _turn(bot, interaction.user.id, bot.library.catalog[resource_id].url, wanted)
    if turned.changed and interaction.guild is not None:
        interaction.client.dispatch("mark", interaction.guild, resource_id)  # the number on a weekly post may follow
    return turned


async def _turn(bot: Serves, user_id: int, page: str, wanted: str | None) -> Turned:
    if wanted == MARK:
        return Turned(True, await bot.store.mark(user_id, page, bot.clock()))
    if wanted == UNDO:
        return Turned(False, await bot.store.unmark(user_id, [page]))
    return Turned(await bot.store.toggle_mark(user_id, [page], bot.clock()))


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


def marked_words(library: Library, resource: Resource, done: Collection[str], turned: Turned) -> str:
    """`Marked done: **BERT**. That is 8 of 23.`, and a warm word at the end of a stage or of everything."""
    title, whole = show(resource.title, TITLE_LIMIT), tally(library.catalog, done)
    if not turned.changed:
        already = "Marked done already" if turned.finished else "Not marked done"
        return f"{already}: **{title}**. You have done {whole.done} of {whole.total}."
    if not turned.finished:
        return f"Not done any more: **{title}**. That leaves {whole.done} of {whole.total}."
    words = f"Marked done: **{title}**. That is {whole.done} of {whole.total}."
    if whole.complete:
        return f"{words} You have finished the whole path. Well done!"
    group = library.step(resource).group
    if all(one.id in done for one in group.resources):
        return f"{words} You have finished “{show(group.title, TITLE_LIMIT)}”!"
    return words


def finished_words(library: Library, resource: Resource, done: Collection[str], turned: Turned) -> str:
    """What a member is told after a mark was set or taken: what it is now, how far they are, what is next.

    `done` are the ids of what they have finished, after it.
    """
    words = marked_words(library, resource, done, turned)
    following = next_step(library.catalog, done).resource
    return f"{words} Next: **{show(following.title, TITLE_LIMIT)}**." if following else words


def finished_card(library: Library, resource: Resource, done: Collection[str], turned: Turned) -> Card:
    """`finished_words` with the button that does the opposite, and a link to what is next."""
    words = finished_words(library, resource, done, turned)
    buttons: list[Any] = [DoneButton(resource.id, intent(turned.finished))]
    if (following := next_step(library.catalog, done).resource) is not None and turned.finished:
        buttons.append(open_button(following.url, f"Open {following.title}"))
    return Card([discord.ui.TextDisplay(words), discord.ui.ActionRow(*buttons)])


def which_card(text: str, candidates: Collection[Resource]) -> Card:
    """Asks which of a few a member meant by a text; nothing is marked before they say."""
    words = f"Which one have you done? “{echo(text)}” may be more than one of these, so nothing is marked yet."
    buttons = [DoneButton(one.id, MARK, label=fit(one.title, LABEL_LIMIT)) for one in candidates]
    return Card([discord.ui.TextDisplay(words), discord.ui.ActionRow(*buttons)])


class DoneButton(LastingButton, template=r"done:(?P<id>[a-z0-9-]{1,64})" + INTENT):
    """Sets a member's mark at a resource or takes it, and says so privately; without a `wanted` it turns it around.

    On a card that only its member sees, a kind of it (`prefix`, `redrawn`) shows that card anew instead. One that is
    not on a card leaves what it is on as it is (`in_place`).
    """

    prefix: ClassVar[str] = "done"
    in_place: ClassVar[bool] = True

    def __init__(self, resource_id: str, wanted: str | None = None, *, rest: str = "", label: str = "") -> None:
        self.resource_id = resource_id
        self.wanted = wanted
        label = label or ("Undo" if wanted == UNDO else "Mark done")
        end = f":{wanted}" if wanted else ""
        super().__init__(discord.ui.Button(label=label, custom_id=f"{self.prefix}:{resource_id}{rest}{end}"))

    async def press(self, interaction: discord.Interaction[Any]) -> None:
        """Set or take the mark and answer; the mark of what is not on the list any more stays as it is."""
        await acknowledge(interaction, in_place=self.in_place)
        async with turn_of(interaction.user.id):
            resource = bot_of(interaction).library.catalog.get(self.resource_id)
            view = await self._turned(interaction, resource) if resource else notice(GONE)
            await interaction.edit_original_response(view=view)

    async def _turned(self, interaction: discord.Interaction[Any], resource: Resource) -> discord.ui.LayoutView:
        bot = bot_of(interaction)
        turned = await toggle(interaction, resource.id, self.wanted)
        done = bot.library.catalog.finished(await bot.store.marks(interaction.user.id))
        anew = self.redrawn(bot.library, done, turned) if only_they_see(interaction) else None
        return anew or finished_card(bot.library, resource, done, turned)

    def redrawn(self, library: Library, done: frozenset[str], turned: Turned) -> discord.ui.LayoutView | None:
        """The card that was pressed with the new marks; None if an answer in words takes its place."""
        return None
