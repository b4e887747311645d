"""Pictures are drawn once for what they show, and two at a time."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Sequence

import pytest

from bot.features.progress import pictures
from bot.features.progress.pictures import AT_ONCE, KEPT, Pictures
from bot.language import ENGLISH, Language
from bot.picture import PathGroup, PathStep, draw_path


def path(title: str) -> list[PathGroup]:
    return [PathGroup(title, (PathStep(1, True, False), PathStep(2, False, True)))]


class Drawings:
    """Draws for real, and counts."""

    def __init__(self) -> None:
        self.total = self.most = self._now = 0
        self._lock = threading.Lock()

    def draw(self, groups: Sequence[PathGroup], language: Language) -> bytes:
        with self._lock:
            self.total += 1
            self._now += 1
            self.most = max(self.most, self._now)
        try:
            time.sleep(0.01)
            return draw_path(groups, language)
        finally:
            with self._lock:
                self._now -= 1


@pytest.fixture
def drawings(monkeypatch: pytest.MonkeyPatch) -> Drawings:
    found = Drawings()
    monkeypatch.setattr(pictures, "draw_path", found.draw)
    return found


async def test_at_most_two_at_a_time(drawings: Drawings) -> None:
    gallery = Pictures()
    pngs = await asyncio.gather(*(gallery.png(path(f"Part {number}"), ENGLISH) for number in range(12)))
    assert len(set(pngs)) == drawings.total == 12
    assert drawings.most == AT_ONCE


async def test_the_same_is_drawn_once(drawings: Drawings) -> None:
    gallery = Pictures()
    first = await asyncio.gather(*(gallery.png(path("Basics"), ENGLISH) for _ in range(20)))
    assert set(first) == {await gallery.png(path("Basics"), ENGLISH)} == {draw_path(path("Basics"), ENGLISH)}
    assert drawings.total == 1


async def test_who_is_gone_takes_nobody_elses_picture_along(drawings: Drawings) -> None:
    gallery = Pictures()
    gone = asyncio.create_task(gallery.png(path("Basics"), ENGLISH))
    waiting = asyncio.create_task(gallery.png(path("Basics"), ENGLISH))
    await asyncio.sleep(0)
    gone.cancel()
    assert (await waiting).startswith(b"\x89PNG")
    assert drawings.total == 1


async def test_only_the_latest_are_kept(drawings: Drawings) -> None:
    gallery = Pictures()
    for number in range(KEPT + 1):
        await gallery.png(path(f"Part {number}"), ENGLISH)
    await gallery.png(path(f"Part {KEPT}"), ENGLISH)
    assert drawings.total == KEPT + 1
    await gallery.png(path("Part 0"), ENGLISH)
    assert drawings.total == KEPT + 2
