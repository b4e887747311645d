"""/recommend as a member uses it."""

from __future__ import annotations

import re

import pytest

from bot.catalog import Catalog
from tests.members.server import Seen, Server

LIVE_LINK = re.compile(r"(?<!\\)(?:\\\\)*\[[^\]]*\]\(")


async def test_kv_cache_finds_the_explainer_and_the_llama2_article(server: Server, catalog: Catalog) -> None:
    seen = await server.ask("recommend", topic="kv cache")
    assert seen.private
    first, second = seen.text.index("KV Cache brief explainer"), seen.text.index("Understanding Llama2")
    assert first < second
    assert f"]({catalog['kv-cache-explainer'].url})**\nvideo" in seen.text
    assert f"]({catalog['understanding-llama2'].url})**\narticle" in seen.text


async def test_a_hit_says_what_it_is_where_it_stands_and_why(server: Server) -> None:
    seen = await server.ask("recommend", topic="attention is all you need")
    assert "**1. [Attention is all you need](https://arxiv.org/abs/1706.03762)**\n" in seen.text
    assert "paper · Ashish Vaswani and others · advanced · step 1 of 23" in seen.text
    assert "Why:" not in seen.text.split("**2.")[0]  # the title says it
    assert seen.choices[0] == "1. Attention is all you need"


async def test_a_hit_has_a_reason_that_its_title_does_not_tell(server: Server) -> None:
    seen = await server.ask("recommend", topic="kv cache")
    assert "-# Why: Also covers KV cache" in seen.text


async def test_a_filter_that_leaves_nothing_never_denies_the_topic(server: Server) -> None:
    seen = await server.ask("recommend", topic="attention", kind="video")
    assert "### No video for “attention”\nBut 6 other resources on this list fit." in seen.text
    lifted = await server.press(seen, "Show them")
    assert "### Resources for “attention”" in lifted.text


async def test_who_asks_where_to_start_is_shown_the_beginning(server: Server) -> None:
    seen = await server.ask("recommend", topic="where do I start?")
    assert "### Start here" in seen.text
    assert "**1. [Attention is all you need]" in seen.text
    assert "Next for you: Attention is all you need" in (await server.press(seen, "What is next?")).text


async def test_a_typo_is_read_and_said(server: Server) -> None:
    seen = await server.ask("recommend", topic="quantizaton")
    assert "Read as “quantization”" in seen.text
    assert "LoRA explained" in seen.text


async def test_share_posts_it_for_all(server: Server) -> None:
    seen = await server.ask("recommend", topic="lora", share=True)
    assert not seen.private
    assert len(server.posts()) == 1


async def test_a_silence_is_never_shared(server: Server) -> None:
    seen = await server.ask("recommend", topic="sourdough bread", share=True)
    assert seen.private
    assert "No match for “sourdough bread”" in seen.text


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
    assert seen.text.index("**Related**") > seen.text.rindex("Why:")


@pytest.mark.parametrize(
    ("kind", "expected"), [("video", "KV Cache brief explainer"), ("Article", "Understanding Llama2")]
)
async def test_only_one_kind(server: Server, kind: str, expected: str) -> None:
    seen = await server.ask("recommend", topic="kv cache", kind=kind)
    assert f"**1. [{expected}" in seen.text
    assert seen.text.count("· step ") == seen.text.count(f"\n{kind.lower()} · ")


async def test_a_kind_that_the_index_has_not(server: Server) -> None:
    seen = await server.ask("recommend", topic="kv cache", kind="opera")
    assert seen.private
    assert "no kind “opera”" in seen.text
    assert "paper" in seen.text


async def test_a_level(server: Server, catalog: Catalog) -> None:
    seen = await server.ask("recommend", topic="transformer", level="beginner")
    hits = [one for one in catalog if f". [{one.title}](" in seen.text]
    assert hits
    assert {one.level for one in hits} == {"beginner"}


async def test_3000_characters_are_no_trouble(server: Server) -> None:
    seen = await server.ask("recommend", topic="what about kv cache " * 150)
    assert "KV Cache brief explainer" in seen.text
    assert "first part of it only" in seen.text
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
async def test_members_words_come_back_dead(server: Server, topic: str) -> None:
    seen = await server.ask("recommend", topic=topic)
    for alive in ("@everyone", "<@123", "<@&123", "**bold**", "`code`", "||spoiler||"):
        assert alive not in seen.text
    assert all(LIVE_LINK.search(line) is None for line in seen.text.splitlines() if topic[-5:] in line or "“" in line)
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


async def test_names_with_dots_are_no_addresses(server: Server) -> None:
    assert "“kv cache in Node.js”" in (await server.ask("recommend", topic="kv cache in Node.js")).text


async def test_sharing_waits_its_turn_in_a_channel(server: Server) -> None:
    for _ in range(3):
        assert not (await server.ask("recommend", topic="kv cache", share=True)).private
    result = await server.ada.slash(server.channel, "recommend", topic="kv cache", share=True)
    assert result.response is not None
    assert result.response.ephemeral
    assert "It can be posted in 20 seconds" in Seen(result).text


async def test_texts_of_any_length_are_cut_before_they_are_read(server: Server) -> None:
    for text in ("\ufdfa" * 6000, "a " * 3000, "kv cache " * 600):
        seen = await server.ask("recommend", topic=text)
        assert seen.private
        assert len(seen.text) < 4000
        await server.mia.autocomplete(server.channel, "recommend", "topic", text[:100])
