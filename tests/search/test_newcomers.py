"""What a newcomer asks, filters, and what an answer says beside its hits; on the shipped catalog."""

from __future__ import annotations

import pytest

from bot.catalog import Catalog
from bot.catalogs import Filters, Library
from bot.search import Reason, SearchIndex


@pytest.mark.parametrize(
    "query", ["what should I read first", "where do I start?", "which of these would you begin with", "start"]
)
def test_where_to_begin(index: SearchIndex, catalog: Catalog, query: str) -> None:
    answer = index.search(query)
    assert answer.start
    assert [hit.resource for hit in answer.hits] == list(catalog.resources[:5])
    assert answer.hits[0].why[0].field == "path"


@pytest.mark.parametrize("query", ["something beginner friendly", "anything easy?", "for beginners"])
def test_something_for_beginners(index: SearchIndex, catalog: Catalog, query: str) -> None:
    answer = index.search(query)
    assert answer.start
    assert [hit.resource for hit in answer.hits] == [one for one in catalog if one.level == "beginner"][:5]


def test_a_level_and_a_kind_together(index: SearchIndex) -> None:
    first = index.search("advanced papers").hits[0].resource
    assert (first.kind, first.level) == ("paper", "advanced")


def test_a_level_lifts_but_does_not_filter(index: SearchIndex) -> None:
    """Only the option filters: what is best on the topic is not hidden from who calls themselves a beginner."""
    scores = {hit.resource.id: hit.score for hit in index.search("attention", limit=100).hits}
    lifted = {hit.resource: hit.score for hit in index.search("beginner attention", limit=100).hits}
    assert {one.level for one in lifted} > {"beginner"}
    ratio = {one: score / scores[one.id] for one, score in lifted.items() if one.id in scores}
    assert min(r for one, r in ratio.items() if one.level == "beginner") > max(
        r for one, r in ratio.items() if one.level != "beginner"
    )


def test_short_is_no_typo_of_shot(index: SearchIndex) -> None:
    answer = index.search("short video")
    assert answer.suggestion is None
    assert "kv-cache-explainer" in {hit.resource.id for hit in answer.hits}


def test_a_question_with_a_topic_begins_with_that_topic(index: SearchIndex) -> None:
    answer = index.search("where do I start with attention")
    assert answer.start
    assert answer.hits[0].resource.id == "attention-is-all-you-need"


def test_what_a_filter_excludes_is_counted(catalog: Catalog) -> None:
    library = Library(catalog)
    every, videos = library.search("kv cache", limit=100), library.search("kv cache", Filters("video"), limit=100)
    assert every.excluded == 0
    assert {hit.resource.kind for hit in videos.hits} == {"video"}
    assert videos.excluded == len(every.hits) - len(videos.hits)
    assert library.search("banana bread", Filters("video")).excluded == 0


def test_a_number_that_was_dropped_is_said(index: SearchIndex) -> None:
    answer = index.search("gpt-4")
    assert answer.hits
    assert answer.ignored == ("4",)
    assert index.search("gpt-2").ignored == ()


def test_hits_of_one_topic_say_what_else_they_are_about(index: SearchIndex) -> None:
    why = [hit.why[0] for hit in index.search("quantization").hits]
    assert len(set(why)) == len(why)
    assert Reason("quantization", "topic", "exact", "Quantization", beside="llama.cpp") in why


def test_an_alias_is_what_it_is_listed_under_and_not_what_it_means(index: SearchIndex) -> None:
    assert all(hit.why[0][:4] == ("dpo", "topic", "alias", "PPO") for hit in index.search("dpo").hits)


def test_no_stop_words_as_reasons(index: SearchIndex) -> None:
    for query in ("what is the kv cache and why does it matter", "how do I run it on my laptop"):
        for hit in index.search(query).hits:
            for reason in hit.why:
                assert not {"what", "is", "the", "how", "do", "i"} & set(reason.words.split())


def test_nothing_is_near_to_noise(index: SearchIndex) -> None:
    for query in ("🦙", "asdfghjkl", "", "42"):
        assert index.search(query).nearest == ()
    assert [topic.name for topic in index.search("quantizing bananas in tropical climates").nearest]
