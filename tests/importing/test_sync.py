"""A changed index comes into its catalog, and what a person wrote there stays, byte for byte."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.catalog import Catalog, canonical_page, parse_catalog, shipped_catalog
from bot.errors import CatalogError
from bot.importing import ChangeKind, Synced, import_index, sync_index

TODAY = date(2026, 3, 14)

INDEX = """\
# Bread

## First loaf

- [No-knead bread](https://a.example/knead)
- [Folding](https://a.example/fold)
- [Ovens](https://a.example/ovens)

## Sourdough

- [Starters](https://b.example/starters)
"""

CATALOG = """\
# My list.   Trailing spaces stay:   \n\
title:   'Bread'    # quotes stay


topics: {sourdough: {name: Sourdough, aliases: [levain,   "wild yeast"]}}
stages:
  # The first part
  - id: first
    title: First loaf
    goal: |
      Bake one.
      # this is text, not a comment

    resources:
      # begin with this one
      - id: no-knead-bread
        url: https://a.example/knead
        title: "No-knead bread"   # the classic
        summary: >
          Folded
          text.

          # text again
        # a comment of the first, deep

      # a comment of the second
      - {id: folding, title: Folding, url: 'https://a.example/fold', topics: [sourdough]}   # in one line
      - id: ovens
        title: Ovens
        former_urls:
        - https://a.example/old-ovens
        url: https://a.example/ovens
  - {id: sour, title: Sourdough, resources: [{id: starters, title: Starters, url: "https://b.example/starters"}]}
tracks:
- id: rye
  title: Rye   # nothing yet
  resources: []   # later
- title: Pastry
  resources:
# the end
"""


def kept(index: str) -> str:
    """The import of an index, as it is kept beside the catalog."""
    return import_index(Path("-"), BytesIO(index.encode())).kept


LAST = kept(INDEX)


def synced(index: str, catalog: str = CATALOG, last: str | None = LAST, *, force: bool = True) -> Synced:
    """A catalog after an index came into it; a second time changes nothing."""
    found = sync_index(Path("-"), BytesIO(index.encode()), catalog, "catalog.yaml", TODAY, last=last, force=force)
    again = sync_index(
        Path("-"), BytesIO(index.encode()), found.after, "catalog.yaml", TODAY, last=found.imported, force=force
    )
    assert again.after == found.after
    assert {change.kind for change in again.changes} <= {ChangeKind.STAYS_RETIRED, ChangeKind.STAYS_DELETED}
    return found


def difference(found: Synced) -> list[str]:
    """The lines that were removed and added, in order, without their indentation."""
    lines = difflib.ndiff(found.before.splitlines(), found.after.splitlines())
    return [f"{line[0]} {line[2:].strip()}" for line in lines if line[0] in "+-" and line[2:].strip()]


def kinds(found: Synced) -> list[tuple[ChangeKind, str]]:
    return [(change.kind, change.title) for change in found.changes]


def loaded(found: Synced) -> Catalog:
    return parse_catalog(found.after, "catalog.yaml")


def test_nothing_changes_without_a_change() -> None:
    assert synced(INDEX).after == CATALOG
    assert synced(INDEX).changes == []


def test_a_new_link_comes_behind_the_one_before_it() -> None:
    found = synced(
        INDEX.replace("- [Folding]", "- [Flour: all of it](https://n.example/flour) - ChangeKind to buy.\n- [Folding]")
    )
    assert kinds(found) == [(ChangeKind.ADDED, "Flour: all of it")]
    assert difference(found) == [
        "+ - id: flour-all-of-it", '+ title: "Flour: all of it"', "+ url: https://n.example/flour",
        "+ summary: ChangeKind to buy.", "+ added: 2026-03-14",
    ]  # fmt: skip
    stage = loaded(found).stages[0]
    assert [one.id for one in stage.resources] == ["no-knead-bread", "flour-all-of-it", "folding", "ovens"]
    assert stage.resources[1].added == TODAY


@pytest.mark.parametrize(
    ("before", "ids"),
    [
        ("- [No-knead bread]", ["new", "no-knead-bread", "folding", "ovens"]),
        ("- [Ovens]", ["no-knead-bread", "folding", "new", "ovens"]),
        ("\n## Sourdough", ["no-knead-bread", "folding", "ovens", "new"]),
    ],
)
def test_new_links_in_every_place_of_a_stage(before: str, ids: list[str]) -> None:
    found = synced(INDEX.replace(before, f"- [New](https://n.example)\n{before}"))
    assert [one.id for one in loaded(found).stages[0].resources] == ids
    assert all(line.startswith("+") for line in difference(found))
    assert "# begin with this one\n" in found.after


@pytest.mark.parametrize("place", ["- [Starters]", "\n- [Starters]"])
def test_a_new_link_in_a_list_on_one_line(place: str) -> None:
    new = "- [A, b: c](https://n.example)"
    index = INDEX.replace(place, f"{new}\n{place}") if place[0] == "-" else f"{INDEX}{new}\n"
    found = synced(index)
    wanted = ["a-b-c", "starters"] if place[0] == "-" else ["starters", "a-b-c"]
    assert [one.id for one in loaded(found).stages[1].resources] == wanted
    assert len(difference(found)) == 2


def test_a_new_heading_is_a_new_stage_in_its_place() -> None:
    found = synced(INDEX.replace("## Sourdough", "## Flour\n\n- [Mills](https://n.example)\n\n## Sourdough"))
    assert [stage.title for stage in loaded(found).stages] == ["First loaf", "Flour", "Sourdough"]
    assert all(line.startswith("+") for line in difference(found))


@pytest.mark.parametrize(("heading", "track"), [("Track: Rye", 0), ("Rye", 0), ("Pastry", 1)])
def test_a_track_without_links_gets_its_first(heading: str, track: int) -> None:
    found = synced(f"{INDEX}\n## {heading}\n\n- [Rolls](https://n.example)\n")
    if heading == "Track: Rye":
        assert loaded(found).tracks[0].title == "Track: Rye"
    else:
        assert [one.id for one in loaded(found).tracks[track].resources] == ["rolls"]
    assert "# nothing yet\n" in found.after
    assert found.after.endswith("# the end\n")


def test_a_catalog_without_tracks_gets_them() -> None:
    catalog = "title: L\nstages:\n  - {title: First loaf, resources: [{title: Folding, url: https://a.example/fold}]}"
    index = "- [Folding](https://a.example/fold)\n\nThere are tracks:\n\n- Rye [A b](https://n.example)\n- B\n"
    found = synced(index, catalog, None)
    assert [track.title for track in loaded(found).tracks] == ["Rye A b"]
    assert found.after.startswith(catalog)


def test_what_left_the_index_is_retired_and_comes_back() -> None:
    without = INDEX.replace("- [No-knead bread](https://a.example/knead)\n", "").replace(
        "- [Folding](https://a.example/fold)\n", ""
    )
    found = synced(without)
    assert kinds(found) == [(ChangeKind.RETIRED, "No-knead bread"), (ChangeKind.RETIRED, "Folding")]
    assert difference(found) == [
        "+ retired: true  # no longer in the index",
        "- - {id: folding, title: Folding, url: 'https://a.example/fold', topics: [sourdough]}   # in one line",
        "+ - {id: folding, title: Folding, url: 'https://a.example/fold', topics: [sourdough], retired: true}"
        "   # in one line",
    ]
    catalog = loaded(found)
    assert [one.id for one in catalog.retired] == ["no-knead-bread", "folding"]
    assert catalog.get("folding") is None
    back = synced(INDEX, found.after)
    assert kinds(back) == [(ChangeKind.RETURNED, "No-knead bread"), (ChangeKind.STAYS_RETIRED, "Folding")]
    assert difference(back) == ["- retired: true  # no longer in the index"]


@pytest.mark.parametrize(
    ("line", "changes"),
    [
        ("retired: true", [ChangeKind.STAYS_RETIRED]),
        ("retired: true  # too long", [ChangeKind.STAYS_RETIRED]),
        ("retired: false", []),
    ],
)
def test_what_a_person_retired_stays(line: str, changes: list[ChangeKind]) -> None:
    catalog = CATALOG.replace("        title: Ovens\n", f"        title: Ovens\n        {line}\n")
    assert [kind for kind, _ in kinds(synced(INDEX, catalog))] == changes


def test_a_link_that_a_person_added_stays_where_the_catalog_says_so() -> None:
    own = CATALOG.replace("        title: Ovens\n", "        title: Ovens\n        retired: false  # ours\n")
    assert synced(INDEX.replace("- [Ovens](https://a.example/ovens)\n", ""), own).changes == []


@pytest.mark.parametrize("old", ["No-knead bread", "Folding", "Ovens", "Starters"])
def test_a_changed_title_comes_in(old: str) -> None:
    found = synced(INDEX.replace(f"[{old}]", "[Anew: it, {all}]"))
    assert kinds(found) == [(ChangeKind.RETITLED, old)]
    assert "Anew: it, {all}" in [one.title for one in loaded(found)]
    assert len(difference(found)) == 2
    assert CATALOG.count("#") == found.after.count("#")


def test_what_a_person_changed_stays() -> None:
    """Title, summary, place and deletion: where both changed something, yours stays, and the index's is reported."""
    ours = CATALOG.replace("title: Ovens", "title: Fire").replace("          Folded\n", "          Our own\n")
    index = INDEX.replace("[Ovens]", "[Heat and ovens]").replace("/knead)", "/knead) - Theirs.")
    found = synced(index, ours)
    assert found.after == ours
    assert kinds(found) == [(ChangeKind.KEPT, "No-knead bread"), (ChangeKind.KEPT, "Fire")]
    assert "kept as you have it: “Fire”, the index has another title: Heat and ovens" in found.report()


def test_what_a_person_deleted_stays_deleted() -> None:
    without = CATALOG[: CATALOG.index("      - id: ovens")] + CATALOG[CATALOG.index("  - {id: sour") :]
    found = synced(INDEX, without)
    assert (found.after, kinds(found)) == (without, [(ChangeKind.STAYS_DELETED, "Ovens")])


def test_a_new_link_in_a_stage_that_a_person_deleted() -> None:
    without = CATALOG.replace(CATALOG[CATALOG.index("  - {id: sour") : CATALOG.index("tracks:")], "")
    found = synced(f"{INDEX}- [Levain](https://n.example)\n", without)
    assert found.after == without
    assert kinds(found) == [(ChangeKind.STAYS_DELETED, "Starters"), (ChangeKind.STAYS_DELETED, "Levain")]


def test_what_nobody_touched_follows_the_index() -> None:
    """A summary, a heading, a place, an order: in a catalog as it was imported."""
    imported = import_index(Path("-"), BytesIO(INDEX.encode()))
    index = """\
# Bread

## Baking

- [Ovens](https://a.example/ovens) - Hot ones.
- [No-knead bread](https://a.example/knead)

## Sourdough

- [Starters](https://b.example/starters)
- [Folding](https://a.example/fold)
"""
    commented = imported.text.replace("      - id: folding\n", "      # gently\n      - id: folding\n")
    found = synced(index, commented, imported.kept)
    assert [(stage.title, [one.title for one in stage.resources]) for stage in loaded(found).stages] == [
        ("Baking", ["Ovens", "No-knead bread"]), ("Sourdough", ["Starters", "Folding"]),
    ]  # fmt: skip
    assert loaded(found)["ovens"].summary == "Hot ones."
    assert "      # gently\n      - id: folding\n" in found.after
    assert {kind for kind, _ in kinds(found)} == {ChangeKind.RENAMED, ChangeKind.MOVED, ChangeKind.CHANGED}


def test_a_better_importer_undoes_nothing() -> None:
    """The index is the same, and what is made of it differs: only what nobody touched follows."""
    last = LAST.replace("title: Folding", "title: PDF").replace("title: Ovens", "title: here")
    ours = CATALOG.replace("title: Folding", "title: PDF").replace("title: Ovens", "title: My ovens")
    found = synced(INDEX, ours, last)
    assert kinds(found) == [(ChangeKind.RETITLED, "PDF"), (ChangeKind.KEPT, "My ovens")]
    assert "title: Folding" in found.after


def test_an_index_that_lost_over_a_third_is_refused() -> None:
    index = "".join(f"- [T{number} u](https://x.example/{number})\n" for number in range(9))
    imported = import_index(Path("-"), BytesIO(index.encode()))
    half = "".join(index.splitlines(keepends=True)[:5])
    with pytest.raises(CatalogError, match="lost 4 of 9 links; if that is meant, sync with --force"):
        synced(half, imported.text, imported.kept, force=False)
    assert len(loaded(synced(half, imported.text, imported.kept)).retired) == 4
    most = "".join(index.splitlines(keepends=True)[:6])
    assert len(loaded(synced(most, imported.text, imported.kept, force=False)).retired) == 3


def test_a_domain_that_moved_keeps_the_pages_although_titles_repeat() -> None:
    index = "- [Part 1](http://old.example/1)\n- [Part 1](http://old.example/2)\n- [Keep](https://k.example)\n"
    imported = import_index(Path("-"), BytesIO(index.encode()))
    found = synced(index.replace("http://old", "https://new"), imported.text, imported.kept)
    assert [one.former_urls for one in loaded(found)] == [("http://old.example/1",), ("http://old.example/2",), ()]


def test_another_title_and_address_in_the_same_place() -> None:
    index = (
        "- [One](https://a.example/1)\n- [Rye, 1st edition](https://a.example/rye)\n- [Three](https://a.example/3)\n"
    )
    imported = import_index(Path("-"), BytesIO(index.encode()))
    found = synced(index.replace("1st", "2nd").replace("/rye", "/rye2"), imported.text, imported.kept)
    assert [kind for kind, _ in kinds(found)] == [ChangeKind.READDRESSED, ChangeKind.RETITLED]
    assert loaded(found)["rye-1st-edition"].former_urls == ("https://a.example/rye",)


def test_the_base_of_the_last_import_is_used_again() -> None:
    index = "- [A b](a.md)\n- [B c](b.md)\n- [C d](https://c.example)\n"
    imported = import_index(Path("-"), BytesIO(index.encode()), base="https://l.example/")
    for last in (imported.kept, None):
        assert synced(index, imported.text, last).changes == []


def test_without_a_last_import_only_links_and_addresses_are_taken() -> None:
    index = INDEX.replace("[Ovens]", "[Heat]").replace("a.example/fold", "new.example/fold")
    found = synced(f"{index}- [Levain](https://n.example)\n", CATALOG, None)
    assert [kind for kind, _ in kinds(found)] == [ChangeKind.READDRESSED, ChangeKind.ADDED]
    assert "title: Ovens" in found.after


def test_a_changed_address_keeps_the_old_one() -> None:
    index = INDEX.replace("a.example/fold", "new.example/fold").replace("a.example/ovens", "new.example/ovens")
    found = synced(index)
    assert [kind for kind, _ in kinds(found)] == [ChangeKind.READDRESSED] * 2
    folding, ovens = loaded(found)["folding"], loaded(found)["ovens"]
    assert (folding.url, folding.former_urls) == ("https://new.example/fold", ("https://a.example/fold",))
    assert (ovens.url, ovens.former_urls) == (
        "https://new.example/ovens", ("https://a.example/old-ovens", "https://a.example/ovens"),
    )  # fmt: skip


@pytest.mark.parametrize(
    "url", ["http://www.a.example/knead/?utm_source=x", "https://a.example/knead#", "https://A.example:443/knead"]
)
def test_another_way_to_write_an_address_is_no_new_one(url: str) -> None:
    found = synced(INDEX.replace("https://a.example/knead", url))
    assert [kind for kind, _ in kinds(found)] == [ChangeKind.CHANGED]
    assert loaded(found)["no-knead-bread"].former_urls == ()


def test_an_index_that_still_has_the_old_address() -> None:
    assert synced(INDEX.replace("a.example/ovens", "a.example/old-ovens")).changes == []


def test_what_a_person_moved_stays_there() -> None:
    imported = import_index(Path("-"), BytesIO(INDEX.encode()))
    start, end = imported.text.index("      - id: folding"), imported.text.index("      - id: ovens")
    chunk = imported.text[start:end]
    moved = (imported.text[:start] + imported.text[end:]).rstrip() + f"\n\n{chunk.rstrip()}\n"
    found = synced(INDEX.replace("[Starters]", "[Culture]"), moved, imported.kept)
    assert [one.id for one in loaded(found).stages[1].resources] == ["starters", "folding"]
    assert kinds(found) == [(ChangeKind.RETITLED, "Starters")]


def test_the_wrong_index_is_refused() -> None:
    with pytest.raises(CatalogError, match="shares no link with"):
        synced("# Cars\n\n- [Engines](https://cars.example)\n")


def test_a_catalog_with_problems_is_refused() -> None:
    with pytest.raises(CatalogError, match="url must start with"):
        synced(INDEX, CATALOG.replace("https://a.example/ovens", "ftp://a.example"))


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_ends_and_a_byte_order_mark_stay(newline: str, mark: str) -> None:
    catalog = mark + CATALOG.replace("\n", newline)
    index = INDEX.replace("- [Folding]", "- [Ñ😀](https://n.example)\n- [Folding]").replace("[Starters]", "[Culture]")
    found = sync_index(Path("-"), BytesIO(index.encode()), catalog, "catalog.yaml", TODAY, last=LAST)
    assert found.after == mark + synced(index).after.replace("\n", newline)


def test_the_catalog_that_comes_along_is_left_alone_by_its_own_index(catalog: Catalog) -> None:
    text = shipped_catalog().read_text(encoding="utf-8")
    index = "".join(
        f"## {group.title}\n\n" + "".join(f"- [{one.title}]({one.url})\n" for one in group.resources) + "\n"
        for group in catalog.groups
    )
    assert synced(index, text, None).changes == []


words = st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=12)
Change = Callable[[list[tuple[str, str]]], list[tuple[str, str]]]


@given(data=st.data())
def test_any_change_to_an_index_touches_nothing_else(data: st.DataObject) -> None:
    """Links are added, dropped, renamed and readdressed at random: the rest of the file is as it was, in its order."""
    rows = [(f"Title {number}", f"https://x.example/{number}") for number in range(8)]
    comments = data.draw(st.lists(words, min_size=8, max_size=8))
    entries = "".join(
        f"\n  # before {number} {comment}\n  - title: {title}   # beside {comment}\n    url: {url}\n"
        f"    summary: >-\n      words 😀 {number}\n" + ("    # after\n" if number % 3 == 0 else "")
        for number, ((title, url), comment) in enumerate(zip(rows, comments, strict=True))
    )
    catalog = f"title: L\nstages:\n- title: S\n  resources:{entries}# end\n"
    last = "title: L\nstages:\n- title: S\n  resources:\n" + "".join(
        f"  - {{title: {title}, url: {url}}}\n" for title, url in rows
    )
    changed = [
        (title if keep else f"Other {word}", url) if data.draw(st.booleans()) else (title, f"{url}/{number}")
        for number, ((title, url), keep, word) in enumerate(
            zip(rows, data.draw(st.lists(st.booleans(), min_size=8, max_size=8)), comments, strict=True)
        )
        if data.draw(st.integers(0, 4))
    ]
    extra = data.draw(st.lists(st.integers(0, len(changed)), max_size=4))
    for number, at in enumerate(extra):
        changed.insert(at, (f"New {number}", f"https://new.example/{number}"))
    index = "# L\n\n## S\n\n" + "".join(f"- [{title}]({url})\n" for title, url in changed)
    if not any(url.startswith("https://x.example") for _, url in changed):
        return
    found = synced(index, catalog, last)
    kept = [line for line in catalog.splitlines() if "title:" not in line and "url:" not in line]
    after = iter(found.after.splitlines())
    assert all(line in after for line in kept)
    pages = {page for resource in loaded(found) for page in resource.pages}
    assert {canonical_page(url) for _, url in changed} <= pages


EDITS = ("title", "summary", "comment", "level", "delete")


@given(data=st.data())
def test_hand_edits_outlive_any_change_to_the_index(data: st.DataObject) -> None:
    """A list that was imported, edited by hand and then changed: no id, edit or comment is lost, nothing deleted
    returns, and a second sync changes nothing."""
    old, new = (_index(data.draw(st.permutations(range(12)))[: data.draw(st.integers(9, 12))]) for _ in range(2))
    made = import_index(Path("-"), BytesIO(old))
    head, *items = made.text.split("      - id: ")
    edits = data.draw(st.lists(st.sampled_from(("", *EDITS)), min_size=len(items), max_size=len(items)))
    edited = head + "".join(map(_edited, items, edits, range(len(items))))
    found = sync_index(Path("-"), BytesIO(new), edited, "catalog.yaml", TODAY, last=made.kept, force=True)
    ids = re.findall(r"- id: (.+)", found.after)  # those of what was retired, too
    for item, edit in zip(items, edits, strict=True):
        assert (item.split("\n")[0] in ids) == (edit != "delete")
    assert all(f"ours {number}" in found.after for number, edit in enumerate(edits) if edit not in ("", "delete"))
    again = sync_index(Path("-"), BytesIO(new), found.after, "catalog.yaml", TODAY, last=found.imported)
    assert again.after == found.after


def _index(numbers: list[int]) -> bytes:
    rows = (f"- [Loaf number {n}](https://x.example/{n}) - What loaf {n} is about.\n" for n in numbers)
    return ("# L\n\n## S\n\n" + "".join(rows)).encode()


def _edited(item: str, edit: str, number: int) -> str:
    lines = item.rstrip("\n").split("\n")
    if edit in ("title", "summary"):
        lines = [f"        {edit}: ours {number}" if line.strip().startswith(f"{edit}:") else line for line in lines]
    elif edit == "level":
        lines.append(f"        level: beginner  # ours {number}")
    text = "\n".join(lines) + item[len(item.rstrip("\n")) :]
    if edit == "delete":
        return ""
    return f"      # ours {number}\n      - id: {text}" if edit == "comment" else f"      - id: {text}"
