"""Pictures of paths, drawn off the event loop: few at a time, and each recent one only once."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from typing import ClassVar
from weakref import WeakKeyDictionary

from bot.language import Language
from bot.picture import PathGroup, draw_path

AT_ONCE = 2
"""Pictures that are drawn at the same time, each in a thread for some fifty milliseconds. Threads share the
interpreter: with every one more the event loop answers others later."""
KEPT = 32
"""Pictures that are kept, of some 40 kB each: those of people who look again, and a beginner's."""

_Shown = tuple[tuple[PathGroup, ...], Language]


class Pictures:
    """The pictures by what they show. A request for one that is being drawn waits for that one."""

    _of: ClassVar[WeakKeyDictionary[object, Pictures]] = WeakKeyDictionary()

    @classmethod
    def of(cls, bot: object) -> Pictures:
        """The pictures of a bot: its commands and buttons share them."""
        return cls._of.setdefault(bot, cls())

    def __init__(self) -> None:
        self._drawn: OrderedDict[_Shown, bytes] = OrderedDict()
        self._drawing: dict[_Shown, asyncio.Task[bytes]] = {}
        self._room = asyncio.Semaphore(AT_ONCE)

    async def png(self, groups: Sequence[PathGroup], language: Language) -> bytes:
        """The picture of a path (`bot.picture.draw_path`)."""
        shown = tuple(groups), language
        if (png := self._drawn.get(shown)) is not None:
            self._drawn.move_to_end(shown)
            return png
        if (task := self._drawing.get(shown)) is None:
            task = self._drawing[shown] = asyncio.create_task(self._draw(shown))
            task.add_done_callback(lambda _: self._drawing.pop(shown))
        return await asyncio.shield(task)  # the first to ask may be gone, and others wait for it

    async def _draw(self, shown: _Shown) -> bytes:
        async with self._room:
            png = await asyncio.to_thread(draw_path, *shown)
        self._drawn[shown] = png
        while len(self._drawn) > KEPT:
            self._drawn.popitem(last=False)
        return png
