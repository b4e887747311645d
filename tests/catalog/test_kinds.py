"""Which kinds a word names, among those that a catalog has."""

from __future__ import annotations

import pytest

from bot.catalog.kinds import KINDS, kinds_named


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_named_by_its_own_word_and_its_plural(kind: str) -> None:
    assert kind in kinds_named(kind, KINDS)
    assert kind in kinds_named(f"{kind}s", KINDS)


@pytest.mark.parametrize(
    ("word", "present", "named"),
    [
        ("video", {"talk", "video", "paper"}, {"talk", "video"}),
        ("posts", {"blog", "article"}, {"blog", "article"}),
        ("repo", {"tool", "video"}, {"tool"}),
        ("recipe", {"recipe", "video"}, {"recipe"}),
        ("recipes", {"recipe", "video"}, {"recipe"}),
        ("slides", {"slides"}, {"slides"}),
        ("paper", {"video"}, set()),
        ("bread", {"video"}, set()),
    ],
)
def test_words_and_kinds(word: str, present: set[str], named: set[str]) -> None:
    assert kinds_named(word, present) == named
