"""What a newcomer asks, filters, and what an answer says beside its hits; on the shipped catalog."""

from __future__ import annotations

import pytest

from bot.catalog import Catalog
from bot.search import SearchIndex


@pytest.mark.parametrize(
    "query", ["what should I read first", "where do I start?", "which of these would you begin with", "start"]
)
def test_where_to_begin(index: SearchIndex, catalog: Catalog, query: str) -> None:
    answer = index.search(query)
    assert answer.start
    assert [hit.resource for hit in answer.hits] == list(catalog.resources[:5])
    assert "where the path begins" in answer.hits[0].why[0].spoken()


@pytest.mark.parametrize("query", ["something beginner friendly", "anything easy?", "for beginners"])
def test_something_for_beginners(index: SearchIndex, catalog: Catalog, query: str) -> None:
    answer = index.search(query)
    assert answer.start
    assert [hit.resource for hit in answer.hits] == [one for one in catalog if one.level == "beginner"][:5]


def test_a_level_and_a_kind_together(index: SearchIndex) -> None:
    found = [hit.resource for hit in index.search("advanced papers").hits]
    assert found
    assert {(one.kind, one.level) for one in found} == {("paper", "advanced")}


def test_a_level_narrows_a_topic(index: SearchIndex) -> None:
    assert {hit.resource.level for hit in index.search("beginner attention").hits} == {"beginner"}


def test_short_is_no_typo_of_shot(index: SearchIndex) -> None:
    answer = index.search("short video")
    assert answer.suggestion is None
    assert "kv-cache-explainer" in {hit.resource.id for hit in answer.hits}


def test_a_question_with_a_topic_begins_with_that_topic(index: SearchIndex) -> None:
    answer = index.search("where do I start with attention")
    assert answer.start
    assert answer.hits[0].resource.id == "attention-is-all-you-need"


def test_what_a_filter_excludes_is_counted(index: SearchIndex) -> None:
    every, videos = index.search("attention", limit=100), index.search("attention", kind="video", limit=100)
    assert every.excluded == 0
    assert videos.excluded == len(every.hits) - len(videos.hits)
    assert index.search("attention", kind="opera").excluded == len(every.hits)
    assert index.search("banana bread", kind="video").excluded == 0


def test_a_number_that_was_dropped_is_said(index: SearchIndex) -> None:
    answer = index.search("gpt-4")
    assert answer.hits
    assert answer.ignored == ("4",)
    assert index.search("gpt-2").ignored == ()


def test_hits_of_one_topic_say_what_else_they_are_about(index: SearchIndex) -> None:
    spoken = [hit.why[0].spoken() for hit in index.search("quantization").hits]
    assert len(set(spoken)) == len(spoken)
    assert "“quantization”, one of its topics beside “LoRA”" in spoken


def test_an_alias_is_what_it_is_listed_under_and_not_what_it_means(index: SearchIndex) -> None:
    assert all("listed under “PPO”" in hit.why[0].spoken() for hit in index.search("dpo").hits)


def test_no_stop_words_as_reasons(index: SearchIndex) -> None:
    for query in ("what is the kv cache and why does it matter", "how do I run it on my laptop"):
        for hit in index.search(query).hits:
            for reason in hit.why:
                assert not {"what", "is", "the", "how", "do", "i"} & set(reason.words.split())


def test_nothing_is_near_to_noise(index: SearchIndex) -> None:
    for query in ("🦙", "asdfghjkl", "", "42"):
        assert index.search(query).nearest == ()
    assert [topic.name for topic in index.search("quantizing bananas in tropical climates").nearest]
