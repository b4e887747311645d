"""A question for what has none: made from kind and title, another in each round, and never too long."""

from __future__ import annotations

from itertools import pairwise

import pytest

from bot.catalog import Resource
from bot.catalog.kinds import KINDS
from bot.catalog.model import MAX_TITLE
from bot.catalog.questions import default_question


def resource(kind: str = "", title: str = "Title", number: int = 0) -> Resource:
    return Resource(f"id-{number}", title, "https://x.example", kind=kind)


@pytest.mark.parametrize("kind", [*KINDS, "zine"])
def test_every_kind_has_questions_that_name_the_title(kind: str) -> None:
    asked = [default_question(resource(kind, "On {braces} & 100%"), round_) for round_ in range(-3, 20)]
    assert all("“On {braces} & 100%”" in question and question.endswith("?") for question in asked)
    assert all(one != other for one, other in pairwise(asked))
    assert len(set(asked)) >= 4


def test_one_resource_and_round_has_one_question() -> None:
    assert default_question(resource(), 7) == default_question(resource(), 7)


def test_a_list_is_not_asked_one_thing_all_the_time() -> None:
    assert len({default_question(resource("paper", number=number)) for number in range(40)}) == 6


def test_only_a_paper_is_asked_for_its_evidence() -> None:
    for kind in KINDS:
        asked = " ".join(default_question(resource(kind), round_) for round_ in range(8))
        assert ("evidence" in asked) == (kind == "paper"), kind


def test_the_longest_title_fits() -> None:
    for kind in KINDS:
        assert all(len(default_question(resource(kind, "x" * MAX_TITLE), round_)) <= 400 for round_ in range(8))
