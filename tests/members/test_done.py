"""/done and the button that marks, as members use them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.catalog import Catalog
from bot.client import create_bot
from bot.settings import Settings
from bot.store import Store
from tests.marks import finished, mark, unmark
from tests.members.raw import press_at_once
from tests.members.server import Seen, Server


async def done(store: Store, server: Server) -> set[str]:
    return await finished(store, server.mia.id)


async def test_done_says_how_far_that_is_and_what_is_next(server: Server, store: Store) -> None:
    seen = await server.ask("done", resource="attention-is-all-you-need")
    assert seen.private
    assert "Marked done: **Attention is all you need**. 1 of 23 done. Next: **BERT**." in seen.text
    assert seen.labels == ["Undo", "Open BERT"]
    assert await done(store, server) == {"attention-is-all-you-need"}


async def test_done_again_says_so_and_offers_the_way_back(server: Server, store: Store) -> None:
    await server.ask("done", resource="bert")
    seen = await server.ask("done", resource="bert")
    assert "Already marked done: **BERT**. 1 of 23 done." in seen.text
    assert await done(store, server) == {"bert"}
    seen = await server.press(seen, "Undo")
    assert "No longer marked done: **BERT**. 0 of 23 done." in seen.text
    assert "Next: **Attention is all you need**" in seen.text
    assert seen.labels == ["Mark done"]
    assert await done(store, server) == set()


@pytest.mark.parametrize(
    "typed", ["kv-cache-explainer", "KV Cache brief explainer", "kv cache brief explaner", " KV-Cache-Explainer "]
)
async def test_id_title_and_free_text_all_resolve(server: Server, store: Store, typed: str) -> None:
    await server.ask("done", resource=typed)
    assert await done(store, server) == {"kv-cache-explainer"}


@pytest.mark.parametrize(
    "typed",
    [
        "3", "#3", " 3 ", "3.", "3rd", "no. 3", "the 3rd step", "step: 3", "step 3", "Step #3", "STEP3",
        "arxiv.org/pdf/2005.14165", "<https://arxiv.org/pdf/2005.14165v4.pdf>", "arXiv:2005.14165", "2005.14165",
        "doi:10.48550/arXiv.2005.14165", "I finished https://arxiv.org/html/2005.14165v1, finally",
        "https://arxiv.org/abs/2005.14165",
        "http://www.arxiv.org/abs/2005.14165/?utm_source=x",
    ],
)  # fmt: skip
async def test_a_step_and_a_link_resolve(server: Server, store: Store, catalog: Catalog, typed: str) -> None:
    third = replace(catalog.resources[2], url="https://arxiv.org/abs/2005.14165", former_urls=())
    first = catalog.stages[0]
    changed = replace(first, resources=(*first.resources[:2], third, *first.resources[3:]))
    other = replace(catalog, stages=(changed, *catalog.stages[1:]))
    await server.env.restart_bot(create_bot(Settings.model_construct(), other, store))
    assert f"Marked done: **{third.title}**" in (await server.ask("done", resource=typed)).text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("99", "There's no step 99: the path has 23 steps."), ("#0", "There's no step 0"),
        ("https://evil.example/x", "That link isn't on the list."), ("youtu.be/xxxxxxxxxxx", "That link isn't"),
    ],
)  # fmt: skip
async def test_a_step_or_a_link_that_is_not_there(server: Server, store: Store, typed: str, said: str) -> None:
    seen = await server.ask("done", resource=typed)
    assert said in seen.text
    assert "evil" not in seen.text
    assert await done(store, server) == set()


async def test_free_text_takes_no_mark_away(server: Server, store: Store) -> None:
    for words in ("Marked done: **KV Cache", "Already marked done: **KV Cache"):
        seen = await server.ask("done", resource="kv cache brief explaner")
        assert words in seen.text
        assert seen.labels[0] == "Undo"
        assert await done(store, server) == {"kv-cache-explainer"}
    await server.press(seen, "Undo")
    assert await done(store, server) == set()


@pytest.mark.parametrize("typed", ["attention", "kvcache", "quantization", "something about gpt"])
async def test_words_that_may_be_more_than_one_ask_which(server: Server, store: Store, typed: str) -> None:
    seen = await server.ask("done", resource=typed)
    assert seen.private
    assert "Which one do you mean?" in seen.text
    assert 1 <= len(seen.labels) <= 3
    assert await done(store, server) == set()
    chosen = await server.press(seen, seen.labels[-1])
    assert f"Marked done: **{seen.labels[-1].rstrip('…')}" in chosen.text


@pytest.mark.parametrize("typed", ["video", "paper", "videos", "talk"])
async def test_a_kind_names_nothing(server: Server, store: Store, typed: str) -> None:
    seen = await server.ask("done", resource=typed)
    assert "Choose one of the suggestions as you type" in seen.text
    assert await done(store, server) == set()


async def test_what_is_not_on_the_list(server: Server, store: Store) -> None:
    seen = await server.ask("done", resource="@everyone **sourdough**")
    assert seen.private
    assert "I can't find “" in seen.text
    assert "@everyone" not in seen.text
    assert "**sourdough**" not in seen.text
    assert await done(store, server) == set()


async def test_the_unfinished_are_offered_first(server: Server, catalog: Catalog) -> None:
    await server.ask("done", resource="attention-is-all-you-need")

    async def offered(typed: str) -> list[str]:
        return [one["name"] for one in await server.mia.autocomplete(server.channel, "done", "resource", typed)]

    names = await offered("")
    assert names[0] == "BERT"
    assert names[-1] == "Attention is all you need (done)"
    assert len(names) == len(catalog)
    fitting = await offered("attention")
    assert "Paged Attention" in fitting
    assert fitting[-1] == "Attention is all you need (done)"
    assert "KV Cache brief explainer" in await offered("kvcahe")
    assert await offered("zzzzzzzz") == []
    values = await server.mia.autocomplete(server.channel, "done", "resource", "bert")
    assert values[0]["value"] == "bert"


async def test_the_button_of_the_answer_turns_it_around_in_place(server: Server, store: Store) -> None:
    seen = await server.ask("done", resource="bert")
    undone = await server.press(seen, "Undo")
    assert undone.message.id == seen.message.id
    assert "No longer marked done: **BERT**" in undone.text
    again = await server.press(undone, "Mark done")
    assert "Marked done: **BERT**. 1 of 23 done." in again.text
    assert await done(store, server) == {"bert"}


async def test_marks_are_a_members_own_on_every_server(server: Server, store: Store) -> None:
    await server.ask("done", resource="bert")
    assert "1 of 23" in Seen(await server.ada.slash(server.channel, "done", resource="gpt-1")).text
    elsewhere = Server(server.env, "Another server")
    mia = elsewhere.guild.add_member(server.mia.user)
    assert "2 of 23" in Seen(await mia.slash(elsewhere.channel, "done", resource="state-of-gpt")).text
    assert "3 of 23" in Seen(await server.mia.user.slash("done", resource="gpt-1")).text  # in direct messages
    assert await done(store, server) == {"bert", "state-of-gpt", "gpt-1"}


async def test_the_end_of_a_stage_and_of_the_path_are_told(server: Server, store: Store, catalog: Catalog) -> None:
    first = catalog.stages[0]
    for resource in first.resources[1:]:
        await mark(store, server.mia.id, resource.id, server.env.now())
    seen = await server.ask("done", resource=first.resources[0].id)
    assert f"You've finished “{first.title}”!" in seen.text
    for resource in catalog.resources[:-1]:
        await mark(store, server.mia.id, resource.id, server.env.now())
    seen = await server.ask("done", resource=catalog.resources[-1].id)
    assert "23 of 23 done. You've finished the whole path. Well done!" in seen.text


async def test_the_button_of_a_shared_answer_answers_privately(server: Server, store: Store) -> None:
    shared = await server.ask("recommend", topic="kv cache", share=True)
    seen = await server.choose_hit(shared, "KV Cache brief explainer")
    assert seen.private
    assert "Marked done: **KV Cache brief explainer**" in seen.text
    assert "✓" not in Seen(shared.result).text
    taken_back = await server.choose_hit(shared, "KV Cache brief explainer")
    assert "No longer marked" in taken_back.text
    assert len(server.posts()) == 1


@pytest.mark.parametrize("presses", [2, 3])
async def test_of_quick_presses_none_is_lost(server: Server, store: Store, presses: int) -> None:
    card = await server.ask("done", resource="kv-cache-explainer")
    again = await server.press(await server.ask("done", resource="kv-cache-explainer"), "Undo")
    assert await done(store, server) == set()
    for number in range(presses):
        seen, label = (card, "Undo") if number % 2 else (again, "Mark done")
        press_at_once(server, seen, label)
    await server.env.settle()
    assert await done(store, server) == (set() if presses % 2 == 0 else {"kv-cache-explainer"})


async def test_two_quick_presses_on_mark_done_leave_it_done(server: Server, store: Store) -> None:
    await server.ask("done", resource="bert")
    again = await server.ask("done", resource="bert")
    undone = await server.press(again, "Undo")
    for _ in range(2):
        press_at_once(server, undone, "Mark done")
    await server.env.settle()
    assert await done(store, server) == {"bert"}


async def test_an_old_card_does_what_is_written_on_it(server: Server, store: Store) -> None:
    old = await server.ask("next")
    await server.ask("done", resource="attention-is-all-you-need")
    marked = await server.press(old, "Mark done")
    assert "Already marked done" in marked.text
    assert await done(store, server) == {"attention-is-all-you-need"}
    first, second = await server.ask("done", resource="bert"), await server.ask("recommend", topic="bert")
    await server.press(first, "Undo")
    await server.choose_hit(second, "BERT")
    assert await done(store, server) == {"attention-is-all-you-need"}


async def test_an_answer_tells_what_it_found_as_asked(server: Server, store: Store) -> None:
    undo = await server.ask("done", resource="bert")
    await unmark(store, server.mia.id, "bert")
    still = await server.press(undo, "Undo")
    assert "Not marked done: **BERT**. 0 of 23 done." in still.text
    await mark(store, server.mia.id, "bert", server.env.now())
    already = await server.press(still, "Mark done")
    assert "Already marked done: **BERT**. 1 of 23 done." in already.text
    assert already.labels[0] == "Undo"


async def retire_the_first(server: Server, store: Store, catalog: Catalog) -> None:
    first = catalog.stages[0]
    smaller = replace(catalog, stages=(replace(first, resources=first.resources[1:]), *catalog.stages[1:]))
    await server.env.restart_bot(create_bot(Settings.model_construct(), smaller, store))


async def test_what_was_taken_off_the_list_answers_politely_and_keeps_its_mark(
    server: Server, store: Store, catalog: Catalog
) -> None:
    retired = catalog.resources[0]
    cards = [
        (await server.ask("next"), "Mark done"),
        (await server.ask("done", resource=retired.id), "Undo"),
        (await server.ask("path"), ""),
        (await server.press(await server.ask("recommend", topic=retired.title), "2 more"), ""),
        (await server.ask("recommend", topic=retired.title, share=True), ""),
    ]
    await retire_the_first(server, store, catalog)
    assert "1 of 22" in (await server.ask("done", resource="bert")).text  # the retired one is kept, and does not count
    for card, button in cards:
        answer = await (server.press(card, button) if button else server.choose_hit(card, retired.title))
        assert "has been removed from the list" in answer.text
        assert "Your mark on it stays" in answer.text
        assert await done(store, server) == {retired.id, "bert"}


RAN_OUT = [(404, 10062), (400, 40060), (401, 50027)]


@pytest.mark.parametrize(("status", "code"), RAN_OUT)
async def test_an_interaction_that_ran_out_keeps_the_mark_and_is_no_bug(
    server: Server, store: Store, caplog: pytest.LogCaptureFixture, status: int, code: int
) -> None:
    card = await server.ask("next")
    with caplog.at_level("INFO"):
        server.env.inject_error("POST", "/interactions/*/callback", status=status, code=code, times=2)
        await server.mia.slash(server.channel, "done", resource="bert")
        await server.mia.click(card.message, label="Mark done")
        assert await done(store, server) == {"bert", "attention-is-all-you-need"}
        server.env.inject_error("PATCH", "/webhooks/*/messages/@original", status=404, code=10008)
        await server.mia.slash(server.channel, "done", resource="gpt-1")  # and its answer is closed meanwhile
    assert "gpt-1" in await done(store, server)
    assert [one.getMessage() for one in caplog.records if one.name.startswith("bot")] == []
    server.env.errors.clear()


@pytest.mark.expects_errors
async def test_without_a_database_it_says_so_privately(server: Server, store: Store) -> None:
    shared = await server.ask("recommend", topic="kv cache", share=True)
    await store.write(lambda connection: connection.exec_driver_sql("DROP TABLE marks"))
    for seen in (
        await server.ask("done", resource="bert"),
        await server.choose_hit(shared, "KV Cache brief explainer"),
    ):
        assert seen.private
        assert "cannot reach my database" in seen.text
    assert len(server.env.errors) == 1  # the command's; a button's failure has no hook of discord.py's
