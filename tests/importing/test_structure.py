"""Headings, lists, tables and texts of an index as stages, tracks, summaries, kinds, years and authors."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.catalog import Catalog
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
"""


def stages(catalog: Catalog) -> list[tuple[str, list[str]]]:
    return [(group.title, [resource.title for resource in group.resources]) for group in catalog.groups]


def test_an_index(read: Read) -> None:
    catalog = read(INDEX).catalog
    assert (catalog.id, catalog.title, catalog.language) == ("bread-for-beginners", "Bread for beginners", "en")
    assert catalog.description == "All that one needs to bake a first loaf, and why it works."
    assert stages(catalog) == [
        ("Your first loaf", ["No-knead bread", "Folding", "Flour"]),
        ("Your first loaf › Shaping", ["The boule"]),
        ("Sourdough", ["Feeding a starter", "Feeding a starter (Code)"]),
        ("Rye, an introduction", ["an introduction"]),
        ("Pastry", []),
        ("Pizza", []),
        ("Badges", ["stars"]),
    ]
    assert [len(catalog.stages), len(catalog.tracks)] == [3, 4]
    assert catalog.stages[0].goal == "Bake one loaf that you want to eat."
    assert catalog.tracks[1].note == "For when bread bores you"
    knead, fold, flour, boule, paper, code = catalog.resources[:6]
    assert [one.kind for one in (knead, fold, flour, paper, code)] == ["video", "video", "", "paper", "repository"]
    assert [one.year for one in (knead, flour, paper)] == [None, 2019, 2020]
    assert [one.summary for one in (knead, fold, boule)] == ["Videos", "How to fold. And when.", ""]
    assert paper.summary == "J. Baker et al."
    assert [one.id for one in catalog.stages] == ["your-first-loaf", "your-first-loaf-shaping", "sourdough"]


def test_ids_do_not_depend_on_what_else_the_list_holds(read: Read) -> None:
    before = {one.url: one.id for one in read(INDEX).catalog}
    after = {
        one.url: one.id for one in read(INDEX.replace("## Sourdough", "- [New](https://n.example)\n\n## X\n")).catalog
    }
    assert before.items() <= after.items()


@pytest.mark.parametrize(
    ("item", "titles"),
    [
        ("- Attention, by all. [[PDF](https://a.example)]", ["Attention, by all."]),
        ("- [Attention](https://a.example) [[PDF](https://b.example)] [[slides](https://c.example)] - Good.",
         ["Attention", "Attention (PDF)", "Attention (slides)"]),
        ("- [PDF](https://a.example) [Attention](https://b.example)", ["Attention (PDF)", "Attention"]),
        ("- Attention\n  - [video](https://a.example)\n  - [notes](https://b.example)",
         ["Attention (video)", "Attention (notes)"]),
        ('**[1]** Weston, J. "Memory networks." Nature (2015). [[pdf]](https://a.example)', ["Memory networks"]),
        ("- [A b](https://a.example) **[Lecture Videos](https://b.example)**", ["A b", "A b (Lecture Videos)"]),
        ("- https://a.example/x - The first one", ["a.example/x"]),
        ("- [📄](https://a.example/x)", ["a.example/x"]),
        ("- Attention: https://a.example/x", ["Attention"]),
        ("More about attention is [here](https://a.example).", ["More about attention is here."]),
        ("[X](https://x.example) • [Blog](https://b.example)", ["X", "Blog: b.example"]),
        ("- [`nbdime`](https://a.example)", ["nbdime"]),
        ("- [*Deep* **Learning** :rocket:](https://a.example)", ["Deep Learning"]),
        ("| Paper | Year | |\n|---|---|---|\n| Attention | 2017 | [pdf](https://a.example) [code](https://b.example) |",
         ["Attention", "Attention (code)"]),
    ],
)  # fmt: skip
def test_titles(read: Read, item: str, titles: list[str]) -> None:
    assert [resource.title for resource in read(f"# L\n\n{item}\n").catalog] == titles


@pytest.mark.parametrize(
    ("item", "summary"),
    [
        ("- [T](https://a.example) - What it is.", "What it is."),
        ("- [T](https://a.example): what it is", "what it is"),
        ("- [T](https://a.example) — what it is ([source](https://b.example))", "what it is"),
        ("- [T](https://a.example) ![stars](https://s.example/x.svg)", ""),
        ("- [T](https://a.example), [U](https://b.example)", ""),
        ("- [T](https://a.example)\n\n  What it is.", "What it is."),
        (
            "**[1]** Weston, J. “Memory networks.” Nature (2015). [[pdf]](https://a.example)",
            "Weston, J. Nature (2015).",
        ),
        ("- [T](https://a.example)\n  - What it is.", "What it is."),
        ("First this. Then [T](https://a.example) tells all of it. Then that.", "Then T tells all of it."),
        ("[T](https://a.example) · [U](https://b.example)", ""),
        ('[T](https://a.example "What it is")', "What it is"),
        ("| Name | About |\n|---|---|\n| [T](https://a.example) | What it is |", "What it is"),
        ("| Name | Cost |\n|---|---|\n| [T](https://a.example) | Free |", "Cost: Free"),
        (f"- [T](https://a.example) - {'word ' * 200}", f"{('word ' * 120).strip()}…"),
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
        ("[T](https://github.com/a/b/issues/7)", "", None, ()),
        ("[T](https://x.example/2023/04/11/t.html)", "", 2023, ()),
        ("[T](https://x.example/2023/report)", "", None, ()),
        ("[T](https://x.example) (2021)", "", 2021, ()),
        ("[T](https://x.example) (2019 to 2021), (2022)", "", None, ()),
        ("[T](https://x.example) [video]", "video", None, ()),
        ("Slides: [T](https://x.example)", "slides", None, ()),
        ("[T by Chip Huyen](https://x.example)", "", None, ("Chip Huyen",)),
        ("[T](https://x.example) by Ada Lovelace and Ludwig van Beethoven - Good.", "", None,
         ("Ada Lovelace", "Ludwig van Beethoven")),
        ("[Learn by Building Things](https://x.example)", "", None, ()),
        ("[Step by Step Guide](https://x.example)", "", None, ()),
        ("[Side by side](https://x.example) by hand", "", None, ()),
    ],
)  # fmt: skip
def test_only_what_is_certain(read: Read, item: str, kind: str, year: int | None, authors: tuple[str, ...]) -> None:
    (resource,) = read(f"# L\n\n- {item}\n").catalog
    assert (resource.kind, resource.year, resource.authors) == (kind, year, authors)


@pytest.mark.parametrize(
    ("heading", "kind"),
    [("Papers", "paper"), ("Free Books", "book"), ("Books and papers", ""), ("Paper planes", "")],
)
def test_a_heading_may_say_the_kind(read: Read, heading: str, kind: str) -> None:
    (resource,) = read(f"# L\n\n## {heading}\n\n- [T](https://x.example)\n").catalog
    assert resource.kind == kind


def test_tables_name_years_and_authors(read: Read) -> None:
    row = "| 2017-06 | [Attention](https://a.example) | A. Vaswani, N. Noam |"
    table = f"| Year | Title | Authors |\n|---|---|---|\n{row}\n"
    (resource,) = read(table).catalog
    assert (resource.year, resource.authors, resource.summary) == (2017, ("A. Vaswani", "N. Noam"), "")


def test_an_outline_without_headings(read: Read) -> None:
    catalog = read("- Basics\n  - [A](https://a.example)\n- Further\n  - [B](https://b.example)\n").catalog
    assert stages(catalog) == [("Basics", ["A"]), ("Further", ["B"])]


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


def test_topics_are_proposed_for_pruning(read: Read) -> None:
    items = "".join(f"- [Gradient descent, part {n}](https://x.example/{n})\n" for n in range(4))
    others = "".join(f"- [Bread {n}: {word}](https://y.example/{n})\n" for n, word in enumerate("abcdefghijklm"))
    found = read(f"# L\n\n## 1. Optimisation\n\n{items}\n## Resources\n\n{others}", topics=True)
    names = [topic.name for topic in found.catalog.topics.values()]
    assert names == ["Optimisation", "Gradient descent"]
    assert found.catalog.resources[0].topics == ("optimisation", "gradient-descent")
    assert found.catalog.resources[-1].topics == ()
    assert "remove those" in found.text


@pytest.mark.skipif(not SEED.is_file(), reason="the index itself is not at hand")
def test_the_index_of_the_catalog_that_comes_along(read: Read, catalog: Catalog) -> None:
    found = read(SEED.read_text(encoding="utf-8")).catalog
    assert [one.url for one in found] == [one.url for one in catalog]
    assert [stage.title for stage in found.stages] == [stage.title for stage in catalog.stages]
    assert [len(track.resources) for track in found.tracks] == [1, 0, 0]
    assert [track.title for track in found.tracks[1:]] == ["Pre-training and post-training", "RL"]
