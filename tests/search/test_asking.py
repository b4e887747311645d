"""Every way of asking, on the shipped catalog: what must come first, and why."""

from __future__ import annotations

import pytest

from bot.search import SearchIndex
from tests.search.conftest import short

FIRST = [
    # query, the hits that must come first in this order, why
    ("kv cache", "kv-cache-explainer understanding-llama2", "one is about nothing else, the other names it"),
    ("KV-Cache!!", "kv-cache-explainer understanding-llama2", "case, hyphens and signs tell nothing apart"),
    ("attention is all you need", "attention-is-all-you-need", "a whole title, stop words and all"),
    ("attentionisallyouneed", "attention-is-all-you-need", "a whole title run together"),
    ("illustratedtransformer", "illustrated-transformer", "two words run together"),
    ("the illustrated gpt 2", "illustrated-gpt2", "a word split in two"),
    ("gpt 3", "how-gpt3-works few-shot-learners", "split, and both are about it"),
    ("kvcache", "kv-cache-explainer understanding-llama2", "a topic run together"),
    ("kvcahe", "kv-cache-explainer", "run together and mistyped"),
    ("groupedqueryatention", "understanding-llama2", "a long one, run together and mistyped"),
    ("mqa", "understanding-llama2 optimize-llm", "an abbreviation for a topic"),
    ("multi-query attention", "understanding-llama2", "and the topic spelled out"),
    ("reinforcement learning from human feedback", "rlhf-huyen", "spelled out for an abbreviation in the title"),
    ("gqa", "understanding-llama2", "an abbreviation that no title has"),
    ("lora", "lora-explained", "a short word typed right"),
    ("lroa", "lora-explained", "neighbours swapped in four letters"),
    ("brt", "", "three letters bear no slip"),
    ("atention", "attention-is-all-you-need", "a letter dropped"),
    ("ttention", "attention-is-all-you-need", "the first letter dropped"),
    ("ransformer", "illustrated-transformer", "again, in a longer word"),
    ("trnasfomer", "illustrated-transformer", "two slips in a long word"),
    ("quantisation", "lora-explained", "British spelling"),
    ("optimise llm in production", "optimize-llm", "again, and another form of the word"),
    ("quantized", "lora-explained", "another form of a topic"),
    ("transformers", "illustrated-transformer", "a plural"),
    ("karpathy", "state-of-gpt", "an author by last name"),
    ("karpathys talk", "state-of-gpt", "with a kind, and an s too many"),
    ("jermey howard", "hackers-guide", "an author, mistyped"),
    ("alammar gpt2", "illustrated-gpt2", "an author and what about"),
    ("chip huyen production", "llm-applications-for-production", "one of two by the same author"),
    ("kipply", "inference-arithmetic", "a site, as it is spoken"),
    ("anyscale", "continuous-batching", "a site"),
    ("the bert paper", "bert", "the kind lifts, the filler is nothing"),
    ("any videos about lora?", "lora-explained", "a plural kind, and words around it"),
    ("paper on few-shot learning", "few-shot-learners", "a kind that all hits have"),
    ("what is the kv cache and why does it matter", "kv-cache-explainer understanding-llama2", "a whole question"),
    ("how does chatgpt work", "how-gpt3-works state-of-gpt", "a product that a topic is known by"),
    ("how to run an llm on my laptop", "llama-cpp hackers-guide", "a wish in everyday words"),
    ("how can i make inference faster", "optimize-llm", "again"),
    ("23x", "continuous-batching", "an odd word that one title has"),
    ("vllm", "paged-attention", "a product that its title does not name"),
    ("ppo", "rlhf-huyen", "a method it treats"),
    ("zero", "ultrascale-playbook", "a word that is also a name"),
    ("quant", "lora-explained", "a word that is still being typed"),
]  # fmt: skip


@pytest.mark.parametrize(("query", "expected", "why"), FIRST, ids=[row[0] for row in FIRST])
def test_what_comes_first(index: SearchIndex, query: str, expected: str, why: str) -> None:
    ids = [hit.resource.id for hit in index.search(query).hits]
    first = expected.split()
    assert ids[: len(first)] == first if first else ids == [], why


SILENCE = [
    # query, why nothing must come
    ("banana bread", "nothing of it is here"),
    ("pizza recipe for beginners", "a filler word is no topic"),
    ("bert and ernie", "half of it is not ours, and the weightier half"),
    ("lora radio frequency", "a name that means something else there"),
    ("attention deficit disorder", "one common word of three"),
    ("transformers movie cast", "one known word of three"),
    ("memory foam mattress", "again"),
    ("cache my credit card", "again"),
    ("llama farm", "a beast"),
    ("batch cooking for a week", "other batches"),
    ("paris attractions", "attractions are not attention"),
    ("mixture of experts", "“experts” holds “bert” only for who compares letters"),
    ("kubernetes deployment yaml", "near to ours and not in it"),
    ("asdfghjkl", "keyboard noise"),
    ("qwertzuiop", "more of it"),
    ("xxxxxxxxxxxxxxxxxxxxxxxx", "one key"),
    ("how do i", "stop words"),
    ("the", "one of them"),
    ("what is the best", "asking, for nothing"),
    ("?", "punctuation"),
    ("...!!!", "more of it"),
    ("", "nothing"),
    ("   ", "spaces"),
    ("\u200b\u200d", "characters that nobody sees"),
    ("🦙", "a picture of one"),
    ("的", "another script, not in this index"),
    ("42", "a number"),
    ("a b c d e f g", "letters"),
    ("<@123456789012345678> @everyone", "mentions"),
    ("' OR 1=1 --", "somebody trying"),
    ("../../etc/passwd", "and again"),
]


@pytest.mark.parametrize(("query", "why"), SILENCE, ids=[row[0] for row in SILENCE])
def test_silence(index: SearchIndex, query: str, why: str) -> None:
    answer = index.search(query)
    assert [hit.resource.id for hit in answer.hits] == [], why
    assert len(answer.nearest) <= 5


CLOSEST = [
    # query, what is closest on the list, what the list does not have
    ("bert and ernie", ["bert"], ("ernie",)),
    ("lora radio frequency", ["lora-explained", "hackers-guide"], ("radio", "frequency")),
    ("banana bread", [], ("banana", "bread")),
    ("qwertzuiop", [], ()),
]


@pytest.mark.parametrize(("query", "closest", "ignored"), CLOSEST, ids=[row[0] for row in CLOSEST])
def test_what_is_closest_in_a_silence(
    index: SearchIndex, query: str, closest: list[str], ignored: tuple[str, ...]
) -> None:
    answer = index.search(query)
    assert answer.hits == ()
    assert [one.resource.id for one in answer.related] == closest
    assert answer.ignored == ignored


WHY = [
    # query, the resource, its reasons
    ("kv cache", "kv-cache-explainer", ["kv cache: topic"]),
    ("attention is all you need", "attention-is-all-you-need", ["attention is all you need: title"]),
    ("atention", "attention-is-all-you-need", ["atention ≈ attention: title"]),
    ("mqa", "understanding-llama2", ["mqa = Multi-query attention: topic"]),
    ("kvcahe", "kv-cache-explainer", ["kvcahe ≈ KV cache: topic"]),
    ("karpathy", "state-of-gpt", ["karpathy: author"]),
    ("vaswani", "attention-is-all-you-need", ["vaswani: author"]),
    ("vaswani transformer", "attention-is-all-you-need", ["vaswani: author", "transformer: topic"]),
    ("video about lora", "lora-explained", ["lora: topic", "video: kind"]),
    ("illustrated gpt2", "illustrated-gpt2", ["illustrated gpt2: title"]),
    ("anyscale", "continuous-batching", ["anyscale: site"]),
]  # fmt: skip


@pytest.mark.parametrize(("query", "found", "reasons"), WHY, ids=[row[0] for row in WHY])
def test_why(index: SearchIndex, query: str, found: str, reasons: list[str]) -> None:
    hits = {hit.resource.id: hit for hit in index.search(query).hits}
    assert [short(reason) for reason in hits[found].why] == reasons


@pytest.mark.parametrize(
    ("query", "meant"),
    [("quantizaton", "quantization"), ("kvcahe", "kv cache"), ("jermey howard", "jeremy howard"), ("kv cache", None),
     ("quantisation", None), ("banana bread", None), ("paged attenton", "paged attention")],
)  # fmt: skip
def test_suggestion(index: SearchIndex, query: str, meant: str | None) -> None:
    assert index.search(query).suggestion == meant


def test_related_are_no_hits(index: SearchIndex) -> None:
    for query, _, _ in FIRST:
        answer = index.search(query)
        hits = {hit.resource.id for hit in answer.hits}
        related = [one.resource.id for one in answer.related]
        assert not hits & set(related)
        assert len(set(related)) == len(related) <= 3
        assert all(one.topics for one in answer.related)


def test_a_long_query_is_cut_and_says_so(index: SearchIndex) -> None:
    answer = index.search("kv cache " + "x" * 3000)
    assert answer.cut
    assert not index.search("kv cache").cut
