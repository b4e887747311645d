"""What a curator could still write, or should look at."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.catalog import Catalog, Resource, Stage
from bot.catalog.labels import is_label
from bot.catalog.quality import Gap, incomplete_resources, looks_like_advert

WHOLE = Resource(
    "tea", "The book of tea", "https://e.example/tea", kind="book", topics=("tea",), summary="Tea.", prompts=("Why?",)
)  # fmt: skip


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("here", True), ("Read more", True), ("PDF", True), ("Video (PDF)", True), ("[slides]", True), ("4.5/5", True),
        ("★★★", True), ("2019-03-01", True), ("$29.99", True), ("29 EUR", True), ("example.org", True),
        ("GitHub", True),
        ("https://example.com/x", True), ("Free videos", True), ("…", True),
        ("The Rust book", False), ("C++", False), ("GitHub Copilot", False), ("Node.js", False), ("深度学习", False),
        ("Attention is all you need", False), ("Video games", False), ("GPT-4", False),
    ],
)  # fmt: skip
def test_labels(title: str, expected: bool) -> None:
    assert is_label(title) == expected


@pytest.mark.parametrize(
    ("keys", "is_advert"),
    [
        ({}, False),
        ({"title": "Sponsored by Acme"}, True),
        ({"summary": "Get 20% off with our coupon."}, True),
        ({"url": "https://e.example/?utm_campaign=list"}, True),
        ({"url": "https://github.com/sponsors/someone"}, True),
        ({"title": "Adaptive algorithms"}, False),
    ],
)
def test_adverts(keys: dict[str, str], is_advert: bool) -> None:
    assert looks_like_advert(replace(WHOLE, **keys)) == is_advert


def test_gaps_in_path_order() -> None:
    bare = Resource("bare", "Leaves", "https://e.example/bare")
    parts = [replace(WHOLE, id=f"p{n}", title="Part one", url=f"https://e.example/{n}") for n in range(3)]
    found = incomplete_resources(Catalog("Tea", stages=(Stage("s", "S", resources=(WHOLE, bare, *parts)),)))
    assert [(one.resource.id, one.gaps) for one in found] == [
        ("bare", (Gap.SUMMARY, Gap.KIND, Gap.TOPICS, Gap.PROMPTS)),
        *((part.id, (Gap.TITLE,)) for part in parts),
    ]
