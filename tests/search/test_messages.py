"""What a message is about."""

from __future__ import annotations

import pytest

from bot.search import SearchIndex

RAMBLING = (
    "Hey all, quick question: I've been profiling our little chatbot and it gets slower and slower the longer the "
    "conversation is. Somebody at work said something about a kv cache but I don't really get what it stores, and "
    "then lunch came and I forgot to ask. Can anyone explain or point me somewhere? Thanks!! :)"
)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        (RAMBLING, "kv-cache-explainer"),
        (RAMBLING * 20, "kv-cache-explainer"),
        ("I tried LoRA yesterday on a single GPU and ran out of memory, is there some trick?", "lora-explained"),
        ("what's the difference between BERT and GPT? everyone at my office keeps mixing them up", "bert"),
        ("Can someone explain how attention works in these models?", "attention-is-all-you-need"),
        ("can anybody recomend something on qantization", "lora-explained"),
        ("I'm reading the Karpathy talk notes and don't get how RLHF differs from SFT", "state-of-gpt"),
        ("so we self-host with vllm now and the paged attention thing is magic", "paged-attention"),
    ],
    ids=range(8),
)
def test_it_finds_the_topic(index: SearchIndex, text: str, first: str) -> None:
    assert index.search_message(text).hits[0].resource.id == first


@pytest.mark.parametrize(
    "text",
    [
        "Anyone up for lunch? Pizza at the usual place around 12:30, my treat since I owe you for the memory stick.",
        "so tired today, the training at the gym was brutal, need attention from my cat",
        "We should scale the team next quarter and watch the budget",
        "just watched the new transformers movie, it was great",
        "good morning everyone, what is everyone reading this week?",
        "zero chance, I am at the end of my rope",
        "lol",
        "",
        "https://example.org/kv-cache",
        "```python\nlora = 1\n```",
        "<@123456789012345678> <#123456789012345678>",
    ],
)
def test_it_is_silent_about_lunch(index: SearchIndex, text: str) -> None:
    assert index.search_message(text).hits == ()


def test_the_answer_says_what_the_message_was_taken_to_be_about(index: SearchIndex) -> None:
    assert index.search_message(RAMBLING).query == "KV cache"
