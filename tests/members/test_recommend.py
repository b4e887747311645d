"""/recommend as a member uses it."""

from __future__ import annotations

import re

import pytest

from bot.catalog import Catalog
from tests.members.server import Seen, Server

LIVE_LINK = re.compile(r"(?<!\\)(?:\\\\)*\[[^\]]*\]\(<?([^)>]*)")


async def test_kv_cache_finds_the_explainer_and_the_llama2_article(server: Server, catalog: Catalog) -> None:
    seen = await server.ask("recommend", topic="kv cache")
    assert seen.private
    first, second = seen.text.index("KV Cache brief explainer"), seen.text.index("Understanding Llama2")
    assert first < second
    assert f"]({catalog['kv-cache-explainer'].url})**\n-# video" in seen.text
    assert f"]({catalog['understanding-llama2'].url})**\n-# article" in seen.text


async def test_a_hit_says_what_it_is_where_it_stands_and_why(server: Server) -> None:
    seen = await server.ask("recommend", topic="attention is all you need")
    assert "**1. [Attention is all you need](https://arxiv.org/abs/1706.03762)**\n" in seen.text
    first, _, _ = seen.text.partition("**2.")
    assert "-# paper · Ashish Vaswani and others · advanced · step 1\n" in first
    assert first.count("-# ") == 1  # the title says why
    assert seen.choices[0] == "1. Attention is all you need"


@pytest.mark.parametrize(
    ("topic", "reason"),
    [
        ("kv cache", "-# Main topic: KV cache\n"),
        ("kv cache", "-# Also covers KV cache · do “KV Cache brief explainer” first\n"),
        ("mqa", "-# MQA = Multi-query attention"),
        ("easy kv cache", "Level: beginner"),
    ],
)
async def test_a_reason_says_something(server: Server, topic: str, reason: str) -> None:
    seen = await server.ask("recommend", topic=topic)
    assert reason in seen.text
    assert "“" not in seen.text.partition("\n**1.")[2].replace("do “", "").partition("**Related**")[0]


async def test_three_hits_and_two_more(server: Server) -> None:
    seen = await server.ask("recommend", topic="kv cache")
    assert len(seen.choices) == 3
    assert "2 more" in seen.labels
    whole = await server.press(seen, "2 more")
    assert whole.message.id == seen.message.id
    assert whole.choices[:3] == seen.choices
    assert len(whole.choices) == 5
    assert "2 more" not in whole.labels


async def test_two_more_of_a_shared_answer_are_shown_in_private(server: Server) -> None:
    shared = await server.ask("recommend", topic="kv cache", share=True)
    whole = await server.press(shared, "2 more")
    assert whole.private
    assert len(whole.choices) == 5
    assert len(server.posts()) == 1


async def test_a_card_is_drawn_again_from_its_question(server: Server) -> None:
    seen = await server.ask("recommend", topic="kv cahce", kind="article")
    marked = await server.choose_hit(seen, seen.choices[0])
    assert marked.text.replace(" · ✓\u00a0done", "").splitlines()[:3] == seen.text.splitlines()[:3]
    assert marked.choices == [f"Undo {seen.choices[0]}", *seen.choices[1:]]


async def test_a_question_too_long_for_a_button_is_drawn_again_without_it(server: Server) -> None:
    long = "kv cache explained: how does the kv cache work, what does the kv cache need, why is there a kv cache?"
    seen = await server.ask("recommend", topic=long)
    assert "### Resources for your question" in seen.text
    assert len(seen.choices) > 3
    marked = await server.choose_hit(seen, seen.choices[1])
    assert "### Resources for your question" in marked.text
    assert marked.choices[1] == f"Undo {seen.choices[1]}"
    assert [one.removeprefix("Undo ") for one in marked.choices] == seen.choices


ADDRESSES = [
    "https://arxiv.org/abs/1706.03762",
    "arxiv.org/pdf/1706.03762v5.pdf",
    "http://export.arxiv.org/abs/1706.03762",
    "https://doi.org/10.48550/arXiv.1706.03762",
    "10.48550/arXiv.1706.03762",
    "arXiv:1706.03762",
    "what is <https://www.arxiv.org/html/1706.03762>?",
    "`https://arxiv.org/abs/1706.03762v2`",
    "arxiv 1706.03762v7",
    "is 1706.03762 hard?",
]


@pytest.mark.parametrize("topic", ADDRESSES)
async def test_an_address_on_the_list_answers_with_its_step(server: Server, topic: str) -> None:
    seen = await server.ask("recommend", topic=topic)
    assert "**Step 1: [Attention is all you need](https://arxiv.org/abs/1706.03762)**\n" in seen.text
    assert seen.labels == ["Open", "Mark done"]
    assert "Marked done: **Attention is all you need**. 1 of 23 done." in (await server.press(seen, "Mark done")).text


async def test_an_address_that_is_not_on_the_list(server: Server) -> None:
    seen = await server.ask("recommend", topic="https://example.org/else")
    assert "That link isn't on the list." in seen.text
    assert seen.labels == ["Show the path"]


async def test_an_address_can_be_shared(server: Server) -> None:
    seen = await server.ask("recommend", topic=ADDRESSES[1], share=True)
    assert not seen.private
    assert "**Step 1: [" in seen.text


@pytest.mark.parametrize(
    "topic",
    [
        "hi",
        "help",
        "what can you do",
        "learn llms in one week",
        "next lesson",
        "show me everything",
        "thanks!",
        "a bot?",
        "how does this work",
        "teach me",
        "I want to learn",
        "i'm bored",
        "who made you",
        "tell me a joke",
    ],
)
async def test_small_talk_is_answered_with_what_the_bot_can_do(server: Server, topic: str) -> None:
    seen = await server.ask("recommend", topic=topic)
    assert "### Ask me about *Quickstart on LLMs*" in seen.text
    assert seen.labels[:2] == ["What's next?", "Show the path"]
    assert len(seen.labels) == 5
    assert "matches" not in seen.text
    found = Seen(await server.mia.click(seen.message, label=seen.labels[-1]))
    assert found.choices[0].startswith("1. ")


async def test_a_newcomers_story_finds_the_start(server: Server) -> None:
    story = (
        "Hey everyone, a friend sent me here. I'm totally new to all this, I did some web work before, and honestly I "
        "feel lost among all these posts. Can somebody tell me where I should begin with it all?"
    )
    assert "### Start here" in (await server.ask("recommend", topic=story)).text
    message = await server.ada.send(server.channel, story)
    seen = Seen(await server.mia.context_menu(server.channel, "Find resources", message))
    assert "### Start here" in seen.text
    assert "friend" not in seen.text
    marked = await server.choose_hit(seen, "1. ")
    assert "### Start here" in marked.text


@pytest.mark.parametrize(
    "topic", ["easy video about llama", "beginer video", "kv cache for beginners", "start with kv cache"]
)
async def test_the_start_is_shown_only_where_nothing_else_was_asked(server: Server, topic: str) -> None:
    assert "Start here" not in (await server.ask("recommend", topic=topic)).text


async def test_a_kind_or_level_that_no_hit_has_is_named_as_ignored(server: Server) -> None:
    seen = await server.ask("recommend", topic="only videos about attention")
    assert "-# Ignored: “videos”." in seen.text
    seen = await server.ask("recommend", topic="easy video about llama")
    assert "“video”" in seen.text.partition("-# Ignored: ")[2].partition("\n")[0]
    assert "Ignored" not in (await server.ask("recommend", topic="beginer video")).text


@pytest.mark.parametrize(
    ("options", "kinds", "levels"),
    [
        ({"kind": "videos"}, {"video", "talk", "lecture"}, None),
        ({"kind": "VIDEO"}, {"video"}, None),
        ({"level": "easy"}, None, {"beginner"}),
        ({"level": "Beginners", "kind": "talk"}, {"talk"}, {"beginner"}),
    ],
)
async def test_an_option_means_what_it_means_in_a_query(
    server: Server, catalog: Catalog, options: dict[str, str], kinds: set[str] | None, levels: set[str] | None
) -> None:
    seen = await server.ask("recommend", topic="kv cache, state of gpt", **options)
    hits = [one for one in catalog if f". [{one.title}](" in seen.text]
    assert hits
    assert kinds is None or {one.kind for one in hits} <= kinds
    assert levels is None or {one.level for one in hits} == levels


async def test_levels_run_from_the_easiest_to_the_hardest(server: Server) -> None:
    levels = await server.mia.autocomplete(server.channel, "recommend", "level", "", topic="x")
    assert [one["name"] for one in levels] == ["beginner", "intermediate", "advanced"]


async def test_a_filter_that_leaves_nothing_never_denies_the_topic(server: Server) -> None:
    seen = await server.ask("recommend", topic="attention", kind="video")
    assert "### No video for “attention”\n6 results of other kinds." in seen.text
    lifted = await server.press(seen, "Show them")
    assert "### Resources for “attention”" in lifted.text


async def test_who_asks_where_to_start_is_shown_the_beginning(server: Server) -> None:
    seen = await server.ask("recommend", topic="where do I start?")
    assert "### Start here" in seen.text
    assert "**1. [Attention is all you need]" in seen.text
    assert "Next: Attention is all you need" in (await server.press(seen, "What's next?")).text


async def test_a_typo_is_read_and_said(server: Server) -> None:
    seen = await server.ask("recommend", topic="quantizaton")
    assert "Showing results for “quantization”" in seen.text
    assert "LoRA explained" in seen.text


async def test_share_posts_it_for_all(server: Server) -> None:
    seen = await server.ask("recommend", topic="lora", share=True)
    assert not seen.private
    assert len(server.posts()) == 1


async def test_a_silence_is_never_shared(server: Server) -> None:
    seen = await server.ask("recommend", topic="sourdough bread", share=True)
    assert seen.private
    assert "Nothing on *Quickstart on LLMs* matches “sourdough bread”." in seen.text


async def test_a_silence_offers_topics_that_search_again(server: Server) -> None:
    silent = await server.ask("recommend", topic="attention span of goldfish and dogs at school")
    assert 2 <= len(silent.labels) <= 5
    assert silent.labels[-1] == "Show the path"
    found = Seen(await server.mia.click(silent.message, label=silent.labels[0]))
    assert found.choices[0].startswith("1. ")


async def test_the_button_of_a_shared_answer_answers_in_private(server: Server) -> None:
    await server.ask("path")  # so that the shared one is not the only message
    shared = await server.ask("recommend", topic="bert", share=True)
    assert "](https://" in shared.text
    assert not shared.private


async def test_related_resources_stand_apart(server: Server) -> None:
    seen = await server.ask("recommend", topic="paged attention")
    assert "**Related**" in seen.text
    assert seen.text.index("**Related**") > seen.text.rindex("· step ")


@pytest.mark.parametrize(
    ("kind", "expected"), [("video", "KV Cache brief explainer"), ("Article", "Understanding Llama2")]
)
async def test_only_one_kind(server: Server, kind: str, expected: str) -> None:
    seen = await server.ask("recommend", topic="kv cache", kind=kind)
    assert f"**1. [{expected}" in seen.text
    assert seen.text.count("· step ") == seen.text.count(f"\n-# {kind.lower()} · ")


async def test_a_kind_that_the_index_has_not(server: Server) -> None:
    seen = await server.ask("recommend", topic="kv cache", kind="opera")
    assert seen.private
    assert "No kind “opera” here. Choose: " in seen.text
    assert "paper" in seen.text


async def test_a_level(server: Server, catalog: Catalog) -> None:
    seen = await server.ask("recommend", topic="transformer", level="beginner")
    hits = [one for one in catalog if f". [{one.title}](" in seen.text]
    assert hits
    assert {one.level for one in hits} == {"beginner"}


async def test_3000_characters_are_no_trouble(server: Server) -> None:
    seen = await server.ask("recommend", topic="what about kv cache " * 150)
    assert "KV Cache brief explainer" in seen.text
    assert "searched only the first part" in seen.text
    assert len(seen.text) <= 4000


@pytest.mark.parametrize(
    "topic",
    [
        "@everyone **bold** `code` [x](https://evil.example)",
        "<@123456789012345678> <@&123456789012345678> ||spoiler||",
        r"[[x](https://evil.example)",
        r"\[x](https://evil.example)",
        "\u200b",
    ],
)
async def test_members_words_come_back_dead(server: Server, catalog: Catalog, topic: str) -> None:
    seen = await server.ask("recommend", topic=topic)
    for alive in ("@everyone", "<@123", "<@&123", "**bold**", "`code`", "||spoiler||"):
        assert alive not in seen.text
    assert set(LIVE_LINK.findall(seen.text)) <= {resource.url for resource in catalog}
    sent = server.env.http_requests[-1].json
    assert sent["data"]["allowed_mentions"] == {"parse": []}


async def test_autocomplete(server: Server) -> None:
    async def offered(typed: str) -> list[str]:
        return [choice["name"] for choice in await server.mia.autocomplete(server.channel, "recommend", "topic", typed)]

    start = await offered("")
    assert 5 <= len(start) <= 25
    assert "KV cache" in await offered("kv")
    assert "KV Cache brief explainer" in await offered("kvcahe")
    assert any("Karpathy" in name for name in await offered("karp"))
    assert await offered("zzzzzzzz") == []
    kinds = await server.mia.autocomplete(server.channel, "recommend", "kind", "pa", topic="x")
    assert [choice["name"] for choice in kinds] == ["paper"]


async def test_every_offer_finds_something(server: Server, catalog: Catalog) -> None:
    from bot.search import SearchIndex

    index = SearchIndex(catalog)
    for offer in index.suggest("", limit=200):
        assert index.search(offer).hits, offer


@pytest.mark.parametrize(
    "tail",
    [
        "https://evil.example/kv",
        "HTTPS://EVIL.example",
        "www.evil.example",
        "discord.gg/evil",
        "discord\u200b.gg/evil",
        "ht\u200btps://evil.example",
        "<https://evil.example>",
        "[KV cache](https://evil.example)",
        "steam://evil",
        "\u202ehttps://evil.example\u202c",
    ],
)
async def test_a_shared_answer_carries_no_address_of_a_strangers(server: Server, tail: str) -> None:
    shared = await server.ask("recommend", topic=f"kv cache {tail}", share=True)
    private = await server.ask("recommend", topic=f"kv cache {tail}")
    for seen in (shared, private):
        assert "evil" not in seen.text.casefold()
        assert not {"\u200b", "\u202e", "\u202c"} & set(seen.text)
        assert [one for one in seen.links if "evil" in one] == []


@pytest.mark.parametrize(
    ("status", "code", "reason"),
    [
        (403, 50013, "I don't have the permissions I need in the channel"), (400, 200000, "AutoMod blocked it"),
        (403, 0, "I couldn't reach Discord"),
    ],
)  # fmt: skip
async def test_a_refused_answer_for_everyone_is_answered_privately(
    server: Server, status: int, code: int, reason: str
) -> None:
    server.env.inject_error("POST", "/interactions/*/callback", status=status, code=code, message="no", times=1)
    result = await server.mia.slash(server.channel, "recommend", topic="kv cache", share=True)
    assert result.response.ephemeral
    assert f"Not posted: {reason}." in Seen(result).text
    assert server.posts() == []


async def test_sharing_waits_its_turn_in_a_channel(server: Server) -> None:
    for _ in range(3):
        assert not (await server.ask("recommend", topic="kv cache", share=True)).private
    result = await server.ada.slash(server.channel, "recommend", topic="kv cache", share=True)
    assert result.response is not None
    assert result.response.ephemeral
    assert "Try again in 20 seconds." in Seen(result).text


async def test_texts_of_any_length_are_cut_before_they_are_read(server: Server) -> None:
    for text in ("\ufdfa" * 6000, "a " * 3000, "kv cache " * 600):
        seen = await server.ask("recommend", topic=text)
        assert seen.private
        assert len(seen.text) < 4000
        await server.mia.autocomplete(server.channel, "recommend", "topic", text[:100])
