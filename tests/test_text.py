"""Texts as Discord shows them: literal, whole and short."""

from __future__ import annotations

import re

import pytest

from bot.catalog import Resource
from bot.discord_io.text import LINKS_LIMIT, by_line, defuse, echo, escape, fit, further_links, label, link, sentence
from bot.language import ENGLISH

FIRST_SENTENCES = [
    # The sentence ends here | what follows
    "A short video.| Watch it twice.",
    "Dr. Angela Yu explains PyTorch.| With exercises.",
    "By Prof. Gilbert Strang and Mr. Smith.| Recorded in 1999.",
    "E.g. BERT and T5.| Not GPT.",
    "Covers encoders, e.g. BERT, i.e. no decoders.| Long.",
    "RNNs vs. Transformers, measured.| A survey.",
    "Mt. Everest, climbed by an agent.| A game.",
    "Jan. 5 is the deadline.| Hurry.",
    "Step 1. Install it.| Step 2. Run it.",
    "Chapter 3. Trees and graphs.| With proofs.",
    "1. Read the paper.| 2. Write about it.",
    "Two parts: 1. theory and 2. practice.| Free.",
    "Steps: 1. Read.| 2. Write.",
    "By J. Laurie Snell and C. M. Grinstead.| Free.",
    "Notes by J.S. Milne.| In English.",
    "An introduction to R.| It needs no mathematics.",
    "Programming in C.| The second edition.",
    "Made in the U.S. Army.| In 1946.",
    "Written in the U.S.| It is free.",
    "Vaswani et al. introduce attention.| Read it.",
    "Brown et al. (2020) train GPT-3.| A long paper.",
    "See fig. 3 and ch. 2, vol. 1, p. 12 first.| Then the rest.",
    "Is that so?| No. 5 says no.",
    "Why not.| No. That is wrong.",
    "Runs on Node.js and llama.cpp 2.0 alike.| Fast.",
    "Learn tokens, embeddings, etc.| Then attention.",
    "Wait... what?| Yes.",
    "It ends…| Or so.",
    "He said “Stop.”| Then he left.",
    "Attention (2017).| The paper.",
    "See https://example.org/a.b?c=d. for more.| End.",
    "A Ph.D. thesis.| From 2019.",
    "Yahoo! is mentioned.| Twice.",
    "Why Rust? - Jim Blandy|",
    "Sie lernen z. B. Python und d. h. viel.| Kostenlos.",
    "注意力机制。|下一句。",
    "No end at all|",
    "|",
]


@pytest.mark.parametrize("text", FIRST_SENTENCES)
def test_the_first_sentence(text: str) -> None:
    first, _, rest = text.partition("|")
    assert sentence(first + rest) == first


def test_a_sentence_is_one_line() -> None:
    assert sentence("Two\n lines.  Three.") == "Two lines."


LABELS = {
    "A* search": "A* search",
    "A* and D* Lite": "A* and D* Lite",
    "snake_case_names": "snake_case_names",
    "C++ & C#: 2 > 1": "C++ & C#: 2 > 1",
    "[1706.03762] Attention": "[1706.03762] Attention",
    "5 * 3 = 15": "5 * 3 = 15",
    "*args* and **kwargs": "∗args∗ and ∗∗kwargs",
    "__init__": "ˍˍinitˍˍ",
    "~~old~~ ||spoiler|| `code`": "∼∼old∼∼ ∣∣spoiler∣∣ ˋcodeˋ",
    "[x](https://evil.example)": "［x］(evil.example)",
    "a]b": "a］b",
    "C:\\Users \\*": "C:∖Users ∖*",
    "Ends in a backslash \\": "Ends in a backslash ∖",
    "https://example.org/a": "example.org/a",
    "<t:1> @everyone": "‹t:1> @\u200beveryone",
}


@pytest.mark.parametrize(("title", "shown"), LABELS.items())
def test_a_label_needs_no_backslash(title: str, shown: str) -> None:
    assert label(title) == shown
    assert link(title, "https://example.org/a (b)") == f"[{shown}](https://example.org/a%20%28b%29)"


LITERAL = {
    "my_notes and a_b_c": "my_notes and a_b_c",
    "**https://en.wikipedia.org/wiki/A*_search_~x**": r"\*\*https://en.wikipedia.org/wiki/A*_search_~x\*\*",
    "at https://example.org/my_notes_2024/__x__ now": "at https://example.org/my_notes_2024/__x__ now",
    "https://en.wikipedia.org/wiki/A_(b_c)_d": "https://en.wikipedia.org/wiki/A_(b_c)_d",
    "_all_ *of* it": r"\_all\_ \*of\* it",
    "__init__": r"\_\_init\_\_",
    "[x](https://example.org/a_b)": r"\[x](https://example.org/a_b)",
    "<t:0:R> <#1> a < b": r"\<t:0:R> \<#1> a < b",
}


@pytest.mark.parametrize(("text", "escaped"), LITERAL.items())
def test_text_is_literal_and_addresses_stay_whole(text: str, escaped: str) -> None:
    assert escape(text) == escaped


def test_an_echo_has_no_address() -> None:
    assert echo("kv cache in Node.js") == "kv cache in Node.js"
    assert echo("see https://evil.example/x or\n discord\u200b.gg/evil") == "see (link) or (link)"
    assert defuse("「https://evil.example/x」は") == "「(link)」は"
    assert defuse("„www.evil.example“ und «evil.example/x»") == "„(link)“ und «(link)»"


def test_a_cut_text_ends_in_its_ellipsis() -> None:
    assert fit("one two three", 9) == "one two…"
    assert fit("a" * 12, 5) == "aaaa…"
    assert fit("ab \\*\\*\\*", 5) == "ab…"


def test_who_made_it() -> None:
    paper = Resource("a", "A", "https://example.org/a", kind="paper", authors=("Ann", "Ben", "Cho"))
    assert by_line(paper, ENGLISH) == "paper · Ann and others"
    two = Resource("a", "A", "https://example.org/a", authors=("Ann", "Ben"))
    assert by_line(two, ENGLISH, None, "beginner") == "Ann and Ben · beginner"


def test_further_links_as_many_as_fit() -> None:
    links = {"pdf": "https://example.org/a.pdf", "code": "https://example.org/code"}
    one = Resource("a", "A", "https://example.org/a", links=links)
    assert further_links(one) == "[pdf](https://example.org/a.pdf) · [code](https://example.org/code)"
    many = Resource(
        "a", "A", "https://example.org/a", links={f"l{n}": f"https://example.org/{n:090}" for n in range(9)}
    )
    assert len(re.findall(r"\[l\d\]", further_links(many))) == 2
    assert len(further_links(many)) <= LINKS_LIMIT
