"""Marks: a member has finished a page. Every mark is set and removed here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from bot.catalog import Resource
from bot.jobs.count import enqueue_count
from bot.store import Store


class Action(Enum):
    """What is done to a mark; the value is the letter that stands for it in a custom_id.

    A card that one member sees says MARK or UNDO, so that pressing an old one never does the opposite of its label. A
    post that everybody sees cannot know who has finished what, and says TOGGLE.
    """

    MARK = "m"
    UNDO = "u"
    TOGGLE = "t"

    @classmethod
    def beside(cls, finished: bool) -> Action:
        """What a button does beside a resource that is finished or not."""
        return cls.UNDO if finished else cls.MARK


@dataclass(frozen=True, slots=True)
class MarkChange:
    """A mark after an action: whether the resource is `finished`, whether the action `changed` that, and whether the
    number on a weekly post is to follow (`recounts`)."""

    finished: bool
    changed: bool = True
    recounts: bool = False


async def change_mark(
    store: Store, user_id: int, resource: Resource, action: Action, now: datetime, *, guild_id: int | None = None
) -> MarkChange:
    """Set, remove or toggle a member's mark on a resource's page; raises StoreError.

    Removing a mark also removes the marks on the resource's former pages, which count as its own. With the mark goes
    the job to count anew for the post about the resource in the server `guild_id`.
    """

    recounts = False

    def recount(connection: Any) -> None:
        nonlocal recounts
        recounts = guild_id is not None and enqueue_count(connection, guild_id, resource.pages, now)

    if action is Action.MARK:
        changed = await store.marks.mark(user_id, resource.pages, now, then=recount)
        return MarkChange(True, changed, recounts)
    if action is Action.UNDO:
        changed = await store.marks.unmark(user_id, resource.pages, then=recount)
        return MarkChange(False, changed, recounts)
    finished = await store.marks.toggle_mark(user_id, resource.pages, now, then=recount)
    return MarkChange(finished, recounts=recounts)
