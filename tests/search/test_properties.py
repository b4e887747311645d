"""What holds for any text and any catalog."""

from __future__ import annotations

import gc
import weakref
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.catalog import Catalog, Resource, Stage, Topic
from bot.search import Answer, SearchIndex
from bot.search.query import MAX_LENGTH, MAX_WORDS, Budget
from bot.search.text import words
from tests.benchmarks.generator import make_catalog

WORDS = st.sampled_from(
    "kv cache attention lora bert gpt3 the of how quantisation 注意 мир café 23x c++ ( ) ? ! @ *".split()
)
QUERIES = st.one_of(st.text(max_size=60), st.lists(WORDS, max_size=8).map(" ".join), st.text(max_size=3000))


@pytest.fixture(scope="module")
def large() -> SearchIndex:
    return SearchIndex(make_catalog(600, seed=5))


def check(answer: Answer, limit: int = 5) -> None:
    scores = [hit.score for hit in answer.hits]
    assert len(scores) <= limit
    assert scores == sorted(scores, reverse=True)
    # No floor over 0: the weight that a hit explains decides what is shown, and a lone word of a summary scores low.
    assert all(0 < score <= 1 for score in scores)
    assert all(hit.why for hit in answer.hits)
    ids = {hit.resource.id for hit in answer.hits}
    assert len(ids) == len(answer.hits)
    assert not ids & {one.resource.id for one in answer.related}
    assert not (answer.hits and answer.nearest)


@given(QUERIES)
def test_any_text_is_answered(index: SearchIndex, query: str) -> None:
    answer = index.search(query)
    check(answer)
    assert answer == index.search(query)
    assert answer.query == query


@given(QUERIES)
def test_in_a_larger_index_too(large: SearchIndex, query: str) -> None:
    check(large.search(query))


@given(st.text(max_size=5000))
def test_any_message_is_answered(index: SearchIndex, text: str) -> None:
    check(index.search_message(text))


@given(st.text(max_size=120), st.integers(1, 25))
def test_any_beginning_gets_offers_that_find_something(index: SearchIndex, typed: str, limit: int) -> None:
    offers = index.suggest(typed, limit)
    assert len(offers) <= limit
    assert len(set(offers)) == len(offers)
    assert all(len(offer) <= 100 for offer in offers)
    assert all(index.search(offer).hits for offer in offers)


def slips(title: str) -> Iterator[str]:
    """The title with every single slip: a letter dropped, swapped with the next, doubled, or replaced."""
    for at in range(len(title) - 1):
        yield title[:at] + title[at + 1 :]
        yield title[:at] + title[at + 1] + title[at] + title[at + 2 :]
        yield title[: at + 1] + title[at:]
        yield title[:at] + "q" + title[at + 1 :]


@pytest.mark.parametrize("number", range(1, 24))
def test_a_title_comes_first_whatever_slip_is_in_it(catalog: Catalog, index: SearchIndex, number: int) -> None:
    resource = catalog.resources[number - 1]
    if len(resource.title) < 10:
        pytest.skip("too short to bear every slip")
    for slipped in slips(resource.title):
        if slipped != "How GPTq works":  # which is the name of something else
            assert index.search(slipped).hits[:1], slipped
            assert index.search(slipped).hits[0].resource == resource, slipped


@given(st.permutations(range(12)), QUERIES)
def test_the_order_of_equal_entries_changes_nothing(order: list[int], query: str) -> None:
    """Titles differ, topics are shared: whatever order they stand in, the same ones are found with the same scores."""
    topics = {"t": Topic("t", "Attention", aliases=("kv cache",)), "u": Topic("u", "LoRA")}
    resources = [
        Resource(id=f"r{n}", title=f"{word} {n}", url=f"https://example.org/{n}", topics=("t",) if n % 2 else ("u",))
        for n, word in enumerate("kv cache attention lora bert gpt3 quantisation 注意 мир café 23x c++".split())
    ]
    catalog = Catalog("A", topics=topics, stages=(Stage("s", "S", resources=tuple(resources)),))
    mixed = replace(catalog, stages=(Stage("s", "S", resources=tuple(resources[n] for n in order)),))
    one, other = (SearchIndex(each).search(query, limit=100) for each in (catalog, mixed))
    assert {hit.resource.id: hit.score for hit in one.hits} == pytest.approx(
        {hit.resource.id: hit.score for hit in other.hits}
    )


@pytest.mark.parametrize(
    ("title", "query"),
    [
        ("注意力机制详解", "注意力机制"),
        ("Введение в трансформеры", "трансформеры"),
        ("Εισαγωγή στα νευρωνικά δίκτυα", "νευρωνικα δικτυα"),
        ("Apprentissage par renforcement, épisode 2", "renforcement episode"),
        ("Über Größen und Maße", "uber grossen"),
        ("Trí tuệ nhân tạo", "tri tue nhan tao"),
        ("ディープラーニング入門", "ディープラーニング"),
        ("การเรียนรู้ของเครื่อง", "การเรียนรู้"),
        ("Programming in C++ and C#", "c++"),
        ("Şehir ve iklim", "sehir iklim"),
        ("ＦＵＬＬ　ＷＩＤＴＨ　ｌｅｔｔｅｒｓ", "full width"),
    ],
)
def test_other_scripts_and_accents_in_a_larger_index(title: str, query: str) -> None:
    others = make_catalog(300, seed=9).resources
    wanted = Resource(id="wanted", title=title, url="https://example.org/wanted")
    index = SearchIndex(Catalog("A", stages=(Stage("s", "S", resources=(*others, wanted)),)))
    hits = index.search(query).hits
    assert hits
    assert hits[0].resource.id == "wanted"


def test_the_work_for_a_long_query_is_bounded(large: SearchIndex) -> None:
    """Not by time, which a test cannot hold: by the words that are read."""
    for query in ("a " * 1500, "x" * 3000, "attention " * 300, "的" * 3000, "kv-" * 1000):
        read = large._parser.parse(query, Budget(5_000))
        assert len(read.tokens) <= 2 * MAX_WORDS
        assert sum(len(token.typed) for token in read.tokens) <= 2 * MAX_LENGTH
        assert read.truncated


@given(places=st.lists(st.integers(0, 79), min_size=1, max_size=60))
def test_the_work_for_the_commonest_words_is_bounded(large: SearchIndex, places: list[int]) -> None:
    """By the postings that are read: what the query may, and a few more to end what was begun."""
    counts = Counter(word for resource in large._corpus.resources for word in words(resource.title))
    commonest = [word for word, _ in counts.most_common(80)]
    size = len(large._corpus.resources)
    budget = Budget(size)
    large._ranker.rank(large._parser.parse(" ".join(commonest[place] for place in places), budget))
    assert budget.left > -4 * size


def test_an_empty_catalog_is_silent() -> None:
    index = SearchIndex(Catalog("Empty"))
    assert index.search("anything").hits == ()
    assert index.suggest("") == index.suggest("a") == []
    assert index.search_message("anything at all").hits == ()


def test_an_index_goes_when_nobody_holds_it(catalog: Catalog) -> None:
    """Without the garbage collector, which the bot freezes: nothing in it may hold itself, and no global cache it."""
    index = SearchIndex(replace(catalog, title="Another"))
    index.search("kv cache")
    index.search_message("what is a kv cache?")
    index.suggest("at")
    gone = weakref.ref(index)
    gc.disable()
    try:
        del index
        assert gone() is None
    finally:
        gc.enable()
