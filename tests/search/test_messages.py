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
    found = [hit.resource.id for hit in index.search_message(text).hits]
    # What explains is before the paper that it explains, for who asks for an explanation.
    assert first in (found[:3] if "explain how" in text else found[:1])


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


@pytest.mark.parametrize(
    ("text", "taken_for"),
    [
        (
            "ok so I've read about LLMs for weeks and my head hurts. Yesterday we tried to serve one at work and the "
            "throughput was terrible. What can we do about batching?",
            "What can we do about batching",
        ),
        ("the LLM hype gets on my nerves. Where do I start though?", "Where do I start though"),
        (
            "My GPU runs out of memory when I fine tune. Also lunch was great, thanks for the noodles!",
            "Parameter-efficient fine-tuning, GPU memory, Fine-tuning",
        ),
    ],
)
def test_no_broad_name_takes_over_a_rambling_message(index: SearchIndex, text: str, taken_for: str) -> None:
    answer = index.search_message(text)
    assert answer.query == taken_for
    assert answer.hits


@pytest.mark.parametrize(
    "text",
    ["thanks for the paper!", "Thanks a lot for the video, it was great!", "haha great paper", "I love this video",
     "first!", "we had a long meeting about the budget and nothing about models at all"],
)  # fmt: skip
def test_thanks_and_remarks_ask_for_nothing(index: SearchIndex, text: str) -> None:
    assert index.search_message(text).hits == ()
