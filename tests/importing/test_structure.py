"""Headings, lists, tables and texts of an index as stages, tracks and works with their links."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.catalog import Catalog
from bot.importing.meta import Reason
from tests.importing.conftest import Read

SEED = Path(__file__).parents[3] / "shared" / "seed" / "quickstart-on-llms.md"

INDEX = """\
---
title: Bread for beginners
lang: en
---

Updated in May

# Bread for beginners [![stars](https://img.example/x.svg)](https://badge.example)

All that one needs to bake a first loaf, and why it works.

## Your first loaf

Bake one loaf that you want to eat.

1. Videos
   1. [No-knead bread](https://www.youtube.com/watch?v=abc123)
   2. [Folding](https://youtu.be/def456) - How to fold. And when.
2. [Flour](https://flour.example) (2019)

### Shaping

- [The boule](https://boule.example)

## Sourdough

* **Feeding a starter** (2020), J. Baker et al. [[PDF](https://arxiv.org/pdf/2001.00001)] [[Code](https://github.com/a/b)]

From here there are three tracks, each of them long.

1. Rye, [an introduction](https://rye.example)
2. Pastry - For when bread bores you
3. Pizza

## License

[CC0](https://license.example)
"""


def stages(catalog: Catalog) -> list[tuple[str, list[str]]]:
    return [(group.title, [resource.title for resource in group.resources]) for group in catalog.groups]


def test_an_index(read: Read) -> None:
    found = read(INDEX)
    catalog = found.catalog
    assert (catalog.id, catalog.title, catalog.language) == ("bread-for-beginners", "Bread for beginners", "en")
    assert catalog.description == "All that one needs to bake a first loaf, and why it works."
    assert stages(catalog) == [
        ("Your first loaf", ["No-knead bread", "Folding", "Flour"]),
        ("Your first loaf › Shaping", ["The boule"]),
        ("Sourdough", ["Feeding a starter"]),
        ("Rye, an introduction", ["an introduction"]),
        ("Pastry", []),
        ("Pizza", []),
    ]
    assert [len(catalog.stages), len(catalog.tracks)] == [3, 3]
    assert catalog.stages[0].goal == "Bake one loaf that you want to eat."
    assert catalog.tracks[1].note == "For when bread bores you"
    knead, fold, flour, boule, paper = catalog.resources[:5]
    assert [one.kind for one in (knead, fold, paper)] == ["video", "video", "paper"]
    assert [one.year for one in (knead, flour, paper)] == [None, 2019, 2020]
    assert [one.summary for one in (knead, fold, boule)] == ["", "How to fold. And when.", ""]
    assert (paper.summary, dict(paper.links)) == ("J. Baker et al.", {"Code": "https://github.com/a/b"})
    assert [one.id for one in catalog.stages] == ["your-first-loaf", "your-first-loaf-shaping", "sourdough"]
    assert {left.reason for left in found.draft.left_out} == {Reason.LICENSE, Reason.BADGE, Reason.IMAGE}


def test_ids_do_not_depend_on_what_else_the_list_holds(read: Read) -> None:
    before = {one.url: one.id for one in read(INDEX).catalog}
    after = {
        one.url: one.id for one in read(INDEX.replace("## Sourdough", "- [New](https://n.example)\n\n## X\n")).catalog
    }
    assert before.items() <= after.items()


A, B, C = "https://a.example/1", "https://b.example/2", "https://c.example/3"


@pytest.mark.parametrize(
    ("item", "titles"),
    [
        (f"- Attention, by all. [[PDF]({A})]", ["Attention, by all."]),
        (f"- [Attention]({A}) [[PDF]({B})] [[slides]({C})] - Good.", ["Attention"]),
        (f"- Attention\n  - [video]({A})\n  - [notes]({B})", ["Attention"]),
        (f'**[1]** Weston, J. "Memory networks." Nature (2015). [[pdf]]({A})', ["Memory networks"]),
        (f"- **Rye networks**, A. Baker. *ICBR* [paper]({A})", ["Rye networks"]),
        (f"- Rye networks (2017), A. Baker [[pdf]]({A})", ["Rye networks"]),
        (f"- [A b]({A}) **[Lecture Videos]({B})**", ["A b"]),
        (f"- {A} - The first one", ["The first one"]),
        ("- https://a.example/how-to-bake-rye.html", ["How to bake rye (a.example)"]),
        (f"- Attention: {A}", ["Attention"]),
        (f"- Хлеб и тесто. [Запись]({A}) [Слайды]({B})", ["Хлеб и тесто."]),
        (f"- 面包入门 [论文]({A}) [代码]({B})", ["面包入门"]),
        (f"- Brot backen [hier]({A})", ["Brot backen"]),
        (f"- Bread at scale [Some University]({A})", ["Bread at scale"]),
        (f"More about attention is [here]({A}).", ["More about attention is here."]),
        (f"- [`nbdime`]({A})", ["nbdime"]),
        (f"- [*Deep* **Learning** :rocket:]({A})", ["Deep Learning"]),
        (
            f"- [.NET in a week]({A})\n- [[1] Rye]({B})\n- [#100DaysOfRye]({C})",
            [".NET in a week", "Rye", "#100DaysOfRye"],
        ),
        (f"- [CS 101]({A}) **Dough and what it is** *Uni*", ["CS 101: Dough and what it is"]),
        (
            f"- Build a mill\n  - [Part 1]({A})\n  - [Part 2: Stones]({B})",
            ["Build a mill: Part 1", "Build a mill: Part 2: Stones"],
        ),
        (f"- Rye – [Part 1]({A}) | [Part 2]({B})", ["Rye: Part 1", "Rye: Part 2"]),
        (f"| Paper | Year | |\n|---|---|---|\n| Attention | 2017 | [pdf]({A}) [code]({B}) |", ["Attention"]),
        (f"| Name | Rating |\n|---|---|\n| Rye for all | [4.1]({A}) |", ["Rye for all"]),
        (f"| Date | Topic |\n|---|---|\n| [Sep 10]({A}) | Dough |", ["Dough"]),
        (f"| Papers | |\n|---|---|\n| 1) **Rye** - a network that bakes | [Paper]({A}), [Tweet]({B}) |", ["Rye"]),
        (f"### Rye\n\n- Author: Ann Baker\n- Link: {A}\n", ["Rye"]),
        (f"**Rye at scale**\n\n- Paper: {A}\n- Code: {B}", ["Rye at scale"]),
        (f"- [Dai]({A}) · [Dan]({B})", ["Dai", "Dan"]),
        (
            "".join(
                f"## {name}\n\n- [Introduction](https://x.example/{name})\n- [On {name}](https://y.example/{name})\n\n"
                for name in ("Rye", "Oat", "Spelt")
            ),
            ["Rye: Introduction", "On Rye", "Oat: Introduction", "On Oat", "Spelt: Introduction", "On Spelt"],
        ),
    ],
)
def test_titles(read: Read, item: str, titles: list[str]) -> None:
    assert [resource.title for resource in read(f"# L\n\n{item}\n").catalog] == titles


@pytest.mark.parametrize(
    ("item", "links"),
    [
        (f"[T]({A}) [[PDF]({B})] [[slides]({C})]", {"PDF": B, "slides": C}),
        (f"[T]({A}) ([pdf]({B}), [code]({C})) - Good.", {"pdf": B, "code": C}),
        (f"[T]({A})\n  - [Lecture Notes]({B})\n  - [Assignments]({C})", {"Lecture Notes": B, "Assignments": C}),
        (f"Rye: bakes\n  - {A}\n  - {B}", {"b.example": B}),
        (f"[T]({A}) - A fork of [Launcher]({B}).", {}),
        (f"[T]({A}) [![build](https://img.example/x.svg)]({B}) - Good.", {}),
    ],
)
def test_further_links_of_one_work(read: Read, item: str, links: dict[str, str]) -> None:
    (resource,) = read(f"# L\n\n- {item}\n").catalog
    assert dict(resource.links) == links


@pytest.mark.parametrize(
    ("item", "summary"),
    [
        ("- [T](https://a.example) - What it is.", "What it is."),
        ("- [T](https://a.example): what it is", "what it is"),
        ("- [T](https://a.example) — what it is ([source](https://b.example))", "what it is"),
        ("- [T](https://a.example) ![stars](https://s.example/x.svg)", ""),
        ("- [T](https://a.example), [U](https://b.example)", ""),
        ("- [T](https://a.example) `Free` `EN` - What it is.", "What it is."),
        ("- [T](https://a.example)\n\n  What it is.", "What it is."),
        (
            "**[1]** Weston, J. “Memory networks.” Nature (2015). [[pdf]](https://a.example)",
            "Weston, J. Nature (2015).",
        ),
        ("- [T](https://a.example)\n  - What it is.", "What it is."),
        ("First this. Then [T](https://a.example) tells all of it. Then that.", "Then T tells all of it."),
        ("[T](https://a.example) · [U](https://b.example)", ""),
        ("| Name | About |\n|---|---|\n| [T](https://a.example) | What it is |", "What it is"),
        (
            "<p>\n<a href='https://a.example'>T u</a> - what it is.<br>\n"
            "<a href='https://b.example'>U v</a> - more.<br>\n</p>",
            "what it is.",
        ),
        ("### [T](https://a.example)\n\n*Authors:* **Ann Baker**\n\nWhat it is, at length.", "What it is, at length."),
        (f"- [T](https://a.example) - {'word ' * 200}", f"{('word ' * 120).strip()}…"),
        (f"- [T](https://a.example) - {'All of it is here. ' * 40}", ("All of it is here. " * 31).strip()),
    ],
)
def test_summaries(read: Read, item: str, summary: str) -> None:
    assert read(f"# L\n\n{item}\n").catalog.resources[0].summary == summary


@pytest.mark.parametrize(
    ("item", "kind", "year", "authors"),
    [
        ("[T](https://arxiv.org/abs/1706.03762)", "paper", 2017, ()),
        ("[T](https://arxiv.org/abs/hep-th/9711200)", "paper", 1997, ()),
        ("[T](https://youtu.be/abc)", "video", None, ()),
        ("[T](https://github.com/a/b)", "repository", None, ()),
        ("[T](https://x.example/2023/04/11/t.html)", None, 2023, ()),
        ("[T](https://x.example/2023/report)", None, None, ()),
        ("[T](https://x.example) (2021)", None, 2021, ()),
        ("[T](https://x.example) (2019 to 2021), (2022)", None, None, ()),
        ("[T](https://x.example) [video]", "video", None, ()),
        ("Slides: [T](https://x.example)", "slides", None, ()),
        ("[T by Chip Huyen](https://x.example)", None, None, ("Chip Huyen",)),
        ("[T](https://x.example) by Ada Lovelace and Ludwig van Beethoven - Good.", None, None,
         ("Ada Lovelace", "Ludwig van Beethoven")),
        ("[T](https://x.example) by John A. De Goes, Ann Baker", None, None, ("John A. De Goes", "Ann Baker")),
        ("[Learn by Building Things](https://x.example)", None, None, ()),
        ("[Step by Step Guide](https://x.example)", None, None, ()),
        ("[Agents Powered by Large Language Models](https://x.example)", None, None, ()),
        ("[Proofs by Mathematical Induction](https://x.example)", None, None, ()),
        ("[Side by side](https://x.example) by hand", None, None, ()),
    ],
)  # fmt: skip
def test_only_what_is_certain(
    read: Read, item: str, kind: str | None, year: int | None, authors: tuple[str, ...]
) -> None:
    entry = next(read(f"# L\n\n- {item}\n").draft.entries)
    assert (entry.kind, entry.year, entry.authors) == (kind, year, authors)


@pytest.mark.parametrize(
    ("heading", "kind"),
    [("Papers", "paper"), ("Free Books", "book"), ("Books and papers", None), ("Paper planes", None)],
)
def test_a_heading_may_say_the_kind(read: Read, heading: str, kind: str | None) -> None:
    assert next(read(f"# L\n\n## {heading}\n\n- [T](https://x.example)\n").draft.entries).kind == kind


def test_tables_name_years_and_authors(read: Read) -> None:
    row = "| 2017-06 | [Attention](https://a.example) | A. Vaswani, N. Noam |"
    table = f"| Year | Title | Authors |\n|---|---|---|\n{row}\n"
    (resource,) = read(table).catalog
    assert (resource.year, resource.authors, resource.summary) == (2017, ("A. Vaswani", "N. Noam"), "")


@pytest.mark.parametrize(
    ("heading", "reason"),
    [
        ("Sponsors", Reason.SPONSOR),
        ("Spenden", Reason.SPONSOR),
        ("赞助", Reason.SPONSOR),
        ("How to contribute", Reason.CONTRIBUTING),
        ("Contribuer", Reason.CONTRIBUTING),
        ("貢献", Reason.CONTRIBUTING),
        ("🤝 Contributors", Reason.CONTRIBUTING),
        ("Como contribuir?", None),
        ("Contributing to Linux kernels", Reason.CONTRIBUTING),
        ("License", Reason.LICENSE),
        ("Лицензия", Reason.LICENSE),
        ("Lizenz", Reason.LICENSE),
        ("许可证", Reason.LICENSE),
        ("Origins & License", None),
        ("Credits and Licence", Reason.CREDITS),
        ("Star History", Reason.CREDITS),
        ("Translations", Reason.TRANSLATION),
        ("Übersetzungen", Reason.TRANSLATION),
        ("Table of Contents", Reason.CONTENTS),
        ("Inhalt", Reason.CONTENTS),
        ("目录", Reason.CONTENTS),
        ("Contact", Reason.SOCIAL),
        ("Course staff", Reason.CREDITS),
        ("Licensed works", None),
        ("Books", None),
    ],
)
def test_what_a_heading_says_is_no_resource(read: Read, heading: str, reason: Reason | None) -> None:
    found = read(f"# L\n\n## Bread\n\n- [Rye](https://r.example)\n\n## {heading}\n\n- [Ann B](https://x.example)\n")
    assert [left.reason for left in found.draft.left_out] == ([reason] if reason else [])


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (
            "[日本語](https://github.com/o/r/blob/main/README-ja.md) | [Deutsch](https://x.example/de)",
            Reason.TRANSLATION,
        ),
        ("Inspired by [Awesome Cake](https://github.com/o/awesome-cake).", Reason.INTRO),
        ("Join our [chat](https://discord.gg/abc) or follow [@bread](https://twitter.com/bread).", Reason.SOCIAL),
        ("[![Mill sponsorship](m.png)](https://mill.example)", Reason.INTRO),
        ("Please [support me](https://www.patreon.com/bread).", Reason.SPONSOR),
    ],
)
def test_what_stands_before_the_list_is_no_resource(read: Read, line: str, reason: Reason) -> None:
    found = read(f"# L\n\n{line}\n\n## Bread\n\n- [Rye](https://r.example)\n")
    assert [resource.url for resource in found.catalog] == ["https://r.example"]
    assert reason in {left.reason for left in found.draft.left_out}


@pytest.mark.parametrize(
    ("markdown", "titles"),
    [
        (f"# L\n\n# Table of Contents\n\n## Flour\n\n- [R]({A})\n\n## Ovens\n\n- [D]({B})\n", ["Flour", "Ovens"]),
        (f"**Flour**\n\n- [R]({A})\n\n**Ovens**\n\n- [D]({B})\n", ["Flour", "Ovens"]),
        (
            f"# L\n\n## S\n\n<details><summary><b>Week 1</b></summary>\n\n- [R]({A})\n- [S]({B})\n\n</details>\n\n"
            f"- [D]({C})\n",
            ["S", "S › Week 1"],
        ),
        (f"##Flour\n\n- [R]({A})\n\n##Ovens\n\n- [D]({B})\n", ["Flour", "Ovens"]),
        (f"# L\n\n## A\n\n- [Ant]({A})\n\n## B\n\n- [Bee]({B})\n\n## C\n\n- [Cat]({C})\n", ["L"]),
        (f"# L\n\n## Books\n\n### [Rye]({A})\n\nOn rye.\n\n### [Oat]({B})\n\nOn oats.\n", ["Books"]),
        (
            f"# L\n\n## All\n\n### Flour\n\n- [R]({A})\n- [S]({B})\n\n### Ovens\n\n- [D]({C})\n- [E]({C}/e)\n",
            ["Flour", "Ovens"],
        ),
        (
            "# L\n\n"
            + "".join(
                f"## T{n}\n\n### U{n}\n\n- [A{n}](https://x.example/{n})\n- [B{n}](https://y.example/{n})\n\n"
                f"### V{n}\n\n- [C{n}](https://z.example/{n})\n- [D{n}](https://w.example/{n})\n\n"
                for n in range(30)
            ),
            40,
        ),
        (
            "# L\n\n"
            + "".join(
                f"## Week {n}, {2000 + n // 20}\n\n- [A{n}](https://x.example/{n})\n- [B{n}](https://y.example/{n})\n\n"
                for n in range(60)
            ),
            45,
        ),
    ],
)
def test_stages_are_the_sections_that_a_reader_sees(read: Read, markdown: str, titles: list[str] | int) -> None:
    found = [stage.title for stage in read(markdown).catalog.stages]
    assert len(found) <= titles if isinstance(titles, int) else found == titles


def test_an_outline_without_headings(read: Read) -> None:
    catalog = read("- Basics\n  - [A](https://a.example)\n- Further\n  - [B](https://b.example)\n").catalog
    assert stages(catalog) == [("Basics", ["A"]), ("Further", ["B"])]


def test_what_has_no_link_is_reported(read: Read) -> None:
    made = read("# L\n\n## S\n\n- [Rye](https://r.example)\n- Mill, chapter 2\n\n## Nothing yet\n").draft
    assert ([one.line for one in made.unlinked], [one.line for one in made.empty]) == ([6], [8])


@pytest.mark.parametrize(
    ("markdown", "title"),
    [
        ("# A\n\n## B\n[x](https://x.example)", "A"),
        ("Text\n\n## A\n\n### B\n[x](https://x.example)", "A"),
        ("## A\n[x](https://x.example)\n\n## B\n", "Reading list"),
        ("# Contents\n\n# A\n[x](https://x.example)", "A"),
        ("A\n=\n[x](https://x.example)", "A"),
        ("<h1 align=center>A <b>b</b></h1>\n\n## B\n[x](https://x.example)", "A b"),
        ("## A [⬆](#top)\n\n### B\n[x](https://x.example)", "A"),
        ('+++\ntitle = "A"\nurl = "https://x.example/no"\n+++\n[x](https://x.example)', "A"),
        ("# C#\n[x](https://x.example)", "C#"),
    ],
)
def test_the_title(read: Read, markdown: str, title: str) -> None:
    assert read(markdown).catalog.title == title


@pytest.mark.skipif(not SEED.is_file(), reason="the index itself is not at hand")
def test_the_index_of_the_catalog_that_comes_along(read: Read, catalog: Catalog) -> None:
    found = read(SEED.read_text(encoding="utf-8")).catalog
    assert [one.url for one in found] == [one.url for one in catalog]
    assert [stage.title for stage in found.stages] == [stage.title for stage in catalog.stages]
    assert [len(track.resources) for track in found.tracks] == [1, 0, 0]
    assert [track.title for track in found.tracks[1:]] == ["Pre-training and post-training", "RL"]
