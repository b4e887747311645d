"""Every way to write a link in Markdown becomes a resource; what is no link does not."""

from __future__ import annotations

import pytest

from bot.importing.meta import Reason
from tests.importing.conftest import Read

A, B = "https://a.example/x", "https://b.example/y"


@pytest.mark.parametrize(
    ("markdown", "links"),
    [
        (f"[Attention]({A})", [("Attention", A)]),
        (f"[Attention]( <{A}> 'a note' )", [("Attention", A)]),
        ("[Paris](https://x.example/Paris_(city))", [("Paris", "https://x.example/Paris_(city)")]),
        ("[A & B](https://x.example/?a=1&amp;b=2)", [("A & B", "https://x.example/?a=1&b=2")]),
        ("[Straße](https://x.example/Straße)", [("Straße", "https://x.example/Straße")]),
        (f"[Attention][ref]\n\n[ref]: {A}", [("Attention", A)]),
        (f"[Attention][]\n\n[attention]: {A} 'note'", [("Attention", A)]),
        (f"[Attention]\n\n[attention]: <{A}>", [("Attention", A)]),
        (f"<{A}>", [("a.example/x", A)]),
        (f"Go to {A}, then rest.", [("a.example/x", A)]),
        ("See www.example.org/a for it all.", [("example.org/a", "http://www.example.org/a")]),
        ("[Garden](www.example.org)", [("Garden", "http://www.example.org")]),
        ("[Garden](//cdn.example/x)", [("Garden", "https://cdn.example/x")]),
        (f'<a href="{A}">Attention</a>', [("Attention", A)]),
        (f"Read <a class=big href='{A}'>all of <b>Attention</b></a> now.", [("all of Attention", A)]),
        (f'<p>\n  <A HREF="{A}">\n   Attention</A> and\n  [Llama]({B})\n</p>', [("Attention", A), ("Llama", B)]),
        (f"<details><summary>More</summary>\n- [Attention]({A})\n- [Llama]({B})\n</details>",
         [("Attention", A), ("Llama", B)]),
        (f'<table><tr><td>Attention</td><td><a href="{A}">PDF</a></td></tr></table>', [("Attention", A)]),
        (f"| What | Where |\n|---|---|\n| Attention | [PDF]({A}) |", [("Attention", A)]),
        (f'<iframe src="{A}" title="Attention"></iframe>', [("Attention", A)]),
        (f"[![Attention](pic.png)]({A})", [("Attention", A)]),
        (f'- <a href="{A}"><img src="x.svg" alt="Open in Colab"></a>', [("Open in Colab", A)]),
        (f"# The [Attention]({A}) list\n\n[Llama]({B})", [("Attention", A), ("Llama", B)]),
        (f"Text[^1].\n\n[^1]: See [Attention]({A}).", [("Attention", A)]),
        (f"Text.\n\n[^never]: See [Attention]({A}).", [("Attention", A)]),
        (f"Text^[see [Attention]({A})].", [("Attention", A)]),
        (f"> 1. - > [Attention]({A})", [("Attention", A)]),
        (f"**[Attention]({A})**, *[Llama]({B})*", [("Attention", A), ("Llama", B)]),
        (f"[Attention]([{A})", [("Attention", A)]),
        (f"[Attention]({A}/my notes.pdf)", [("Attention", f"{A}/my%20notes.pdf")]),
        (f"参见{A}，详见说明", [("a.example/x", A)]),
        (f"---\n\n[Attention]({A})\n\n---\n\n[Llama]({B})", [("Attention", A), ("Llama", B)]),
        (f"[Attention]([{B}]({A}))", [("Attention", A)]),
        (f"[Attention]({A})\n[Llama]({B})", [("Attention", A), ("Llama", B)]),
        ("".join("  " * depth + f"- [L{depth}](https://x.example/{depth})\n" for depth in range(30)),
         [(f"L{depth}", f"https://x.example/{depth}") for depth in range(30)]),
    ],
)  # fmt: skip
def test_is_a_link(read: Read, markdown: str, links: list[tuple[str, str]]) -> None:
    assert [(resource.title, resource.url) for resource in read(markdown).catalog] == links


@pytest.mark.parametrize(
    ("markdown", "reason"),
    [
        (f"`[x]({B})`", Reason.IN_CODE),
        (f"```\n[x]({B})\n```", Reason.IN_CODE),
        (f"    [x]({B})", Reason.IN_CODE),
        (f"<pre>\n{B}\n</pre>", Reason.IN_CODE),
        (f"Run <code>curl {B}</code>.", Reason.UNREAD),
        (f"<!-- [x]({B}) -->", Reason.UNREAD),
        (f"Text <!-- {B} --> text.", Reason.UNREAD),
        (f"---\nurl: {B}\n---", Reason.UNREAD),
        (f"~~[x y]({B})~~", Reason.STRUCK),
        (f"[x][typo]\n\n[ref]: {A}", Reason.UNDEFINED),
        ("Edit README.md in node.js, mail me@example.org.", None),
        (f"![x]({B})", Reason.IMAGE),
        (f'<img src="{B}">', Reason.IMAGE),
        (f"[ref]: {B}", Reason.UNUSED),
        ("[x](#part)", Reason.IN_PAGE),
        ("[x](notes/one.md)", Reason.RELATIVE),
        ("[x](mailto:me@example.org)", Reason.NOT_WEB),
        ("[x](javascript:alert(1))", Reason.NOT_WEB),
        ("[x](http://)", Reason.MALFORMED),
        ("[x]()", Reason.MALFORMED),
        (f"[x](https://x.example/{'y' * 512})", Reason.TOO_LONG),
    ],
)
def test_is_none(read: Read, markdown: str, reason: Reason | None) -> None:
    draft = read(f"{markdown}\n\n[Attention]({A})").draft
    assert [entry.url for entry in draft.entries] == [A]
    assert [left.reason for left in draft.left_out] == ([reason] if reason else [])


def test_relative_links_need_the_address_of_the_index(read: Read) -> None:
    markdown = "- [One](one.html)\n- [Two](../two.html)\n- [Place](#place)\n- [Out](https://x.example)\n"
    found = read(markdown, "https://example.org/course/list.html").catalog
    assert [resource.url for resource in found] == [
        "https://example.org/course/one.html", "https://example.org/two.html", "https://x.example",
    ]  # fmt: skip
    assert len(read(markdown).catalog) == 1


def test_links_to_one_page_are_merged(read: Read) -> None:
    found = read(
        "# L\n\n- [The origin](https://arxiv.org/abs/1706.03762)\n- [Other](https://x.example)\n"
        "- [Attention](http://www.arxiv.org/abs/1706.03762/?utm_source=x) - All you need.\n"
    )
    first, _ = found.catalog
    assert (first.title, first.aliases, first.summary) == ("The origin", ("Attention",), "All you need.")
    (merged,) = found.draft.merged
    assert (str(merged.source), merged.entry.source.line) == ("standard input:5", 3)
