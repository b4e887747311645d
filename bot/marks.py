"""Marks: a member has finished a page. Every mark is set and removed here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from bot.catalog import Resource
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
    """A mark after an action: whether the resource is `finished`, and whether the action `changed` that."""

    finished: bool
    changed: bool = True


async def change_mark(store: Store, user_id: int, resource: Resource, action: Action, now: datetime) -> MarkChange:
    """Set, remove or toggle a member's mark on a resource's page; raises StoreError.

    Removing a mark also removes the marks on the resource's former pages, which count as its own.
    """
    if action is Action.MARK:
        return MarkChange(True, await store.marks.mark(user_id, resource.pages, now))
    if action is Action.UNDO:
        return MarkChange(False, await store.marks.unmark(user_id, resource.pages))
    return MarkChange(await store.marks.toggle_mark(user_id, resource.pages, now))
