"""A changed index comes into its catalog, and what a person wrote there stays, byte for byte."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.catalog import Catalog, canonical_page, parse_catalog, shipped_catalog
from bot.errors import CatalogError
from bot.importing import Synced, What, sync_index
from tests.importing.conftest import Read

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


def synced(index: str, catalog: str = CATALOG) -> Synced:
    """A catalog after an index came into it; a second time changes nothing."""
    found = sync_index(Path("-"), BytesIO(index.encode()), catalog, "catalog.yaml", TODAY)
    again = sync_index(Path("-"), BytesIO(index.encode()), found.after, "catalog.yaml", TODAY)
    assert again.after == found.after
    assert all(change.what in (What.ELSEWHERE, What.STAYS_RETIRED) for change in again.changes)
    return found


def difference(found: Synced) -> list[str]:
    """The lines that were removed and added, in order, without their indentation."""
    lines = difflib.ndiff(found.before.splitlines(), found.after.splitlines())
    return [f"{line[0]} {line[2:].strip()}" for line in lines if line[0] in "+-" and line[2:].strip()]


def kinds(found: Synced) -> list[tuple[What, str]]:
    return [(change.what, change.title) for change in found.changes]


def loaded(found: Synced) -> Catalog:
    return parse_catalog(found.after, "catalog.yaml")


def test_nothing_changes_without_a_change() -> None:
    assert synced(INDEX).after == CATALOG
    assert synced(INDEX).changes == []


def test_a_new_link_comes_behind_the_one_before_it() -> None:
    found = synced(
        INDEX.replace("- [Folding]", "- [Flour: all of it](https://n.example/flour) - What to buy.\n- [Folding]")
    )
    assert kinds(found) == [(What.ADDED, "Flour: all of it")]
    assert difference(found) == [
        "+ - id: flour-all-of-it", '+ title: "Flour: all of it"', "+ url: https://n.example/flour",
        "+ summary: What to buy.", "+ added: 2026-03-14",
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
    found = synced(
        "- [Folding](https://a.example/fold)\n\nThere are tracks:\n\n- Rye [A b](https://n.example)\n- B\n", catalog
    )
    assert [track.title for track in loaded(found).tracks] == ["Rye A b"]
    assert found.after.startswith(catalog)


def test_what_left_the_index_is_retired_and_comes_back() -> None:
    without = INDEX.replace("- [No-knead bread](https://a.example/knead)\n", "").replace(
        "- [Folding](https://a.example/fold)\n", ""
    )
    found = synced(without)
    assert kinds(found) == [(What.RETIRED, "No-knead bread"), (What.RETIRED, "Folding")]
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
    assert kinds(back) == [(What.RETURNED, "No-knead bread"), (What.STAYS_RETIRED, "Folding")]
    assert difference(back) == ["- retired: true  # no longer in the index"]


@pytest.mark.parametrize(
    ("line", "changes"),
    [
        ("retired: true", [What.STAYS_RETIRED]),
        ("retired: true  # too long", [What.STAYS_RETIRED]),
        ("retired: false", []),
    ],
)
def test_what_a_person_retired_stays(line: str, changes: list[What]) -> None:
    catalog = CATALOG.replace("        title: Ovens\n", f"        title: Ovens\n        {line}\n")
    assert [what for what, _ in kinds(synced(INDEX, catalog))] == changes


def test_a_link_that_a_person_added_stays_where_the_catalog_says_so() -> None:
    own = CATALOG.replace("        title: Ovens\n", "        title: Ovens\n        retired: false  # ours\n")
    assert synced(INDEX.replace("- [Ovens](https://a.example/ovens)\n", ""), own).changes == []


@pytest.mark.parametrize("old", ["No-knead bread", "Folding", "Ovens", "Starters"])
def test_a_changed_title_comes_in(old: str) -> None:
    found = synced(INDEX.replace(f"[{old}]", "[Anew: it, {all}]"))
    assert kinds(found) == [(What.RETITLED, old)]
    assert "Anew: it, {all}" in [one.title for one in loaded(found)]
    assert len(difference(found)) == 2
    assert CATALOG.count("#") == found.after.count("#")


@pytest.mark.parametrize(
    ("ours", "aliases"),
    [
        ("The oven, a love story", ""),  # the id was made from the index's title
        ("Ovens (a love story)", ""),
        ("Fire", ", aliases: [Heat and ovens]"),
    ],
)
def test_a_title_that_a_person_chose_stays(ours: str, aliases: str) -> None:
    resource = f"{{title: '{ours}', id: ovens, url: https://a.example/ovens{aliases}}}"
    catalog = f"title: L\nstages:\n- title: S\n  resources:\n  - {resource}\n"
    index = "- [Heat and ovens](https://a.example/ovens)" if aliases else "- [Ovens](https://a.example/ovens)"
    assert synced(index, catalog).changes == []


def test_a_changed_address_keeps_the_old_one() -> None:
    index = INDEX.replace("a.example/fold", "new.example/fold").replace("a.example/ovens", "new.example/ovens")
    found = synced(index)
    assert [what for what, _ in kinds(found)] == [What.READDRESSED] * 2
    folding, ovens = loaded(found)["folding"], loaded(found)["ovens"]
    assert (folding.url, folding.former_urls) == ("https://new.example/fold", ("https://a.example/fold",))
    assert (ovens.url, ovens.former_urls) == (
        "https://new.example/ovens", ("https://a.example/old-ovens", "https://a.example/ovens"),
    )  # fmt: skip


@pytest.mark.parametrize(
    "url", ["http://www.a.example/knead/?utm_source=x", "https://a.example/knead#", "https://A.example:443/knead"]
)
def test_another_way_to_write_an_address_is_no_change(url: str) -> None:
    assert synced(INDEX.replace("https://a.example/knead", url)).changes == []


def test_an_index_that_still_has_the_old_address() -> None:
    assert synced(INDEX.replace("a.example/ovens", "a.example/old-ovens")).changes == []


def test_another_order_is_reported_and_left() -> None:
    lines = INDEX.splitlines(keepends=True)
    lines[4], lines[5], lines[6], lines[10] = lines[6], lines[4], lines[10], lines[5]
    found = synced("".join(lines))
    assert found.after == CATALOG
    assert set(kinds(found)) == {(What.ELSEWHERE, "Ovens"), (What.ELSEWHERE, "Starters"), (What.ELSEWHERE, "Folding")}
    assert "elsewhere: “Folding”, the index has it in “Sourdough”" in found.report()


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
    found = sync_index(Path("-"), BytesIO(index.encode()), catalog, "catalog.yaml", TODAY)
    assert found.after == mark + synced(index).after.replace("\n", newline)


def test_the_catalog_that_comes_along_is_left_alone_by_its_own_index(read: Read, catalog: Catalog) -> None:
    text = shipped_catalog().read_text(encoding="utf-8")
    index = "".join(
        f"## {group.title}\n\n" + "".join(f"- [{one.title}]({one.url})\n" for one in group.resources) + "\n"
        for group in catalog.groups
    )
    assert synced(index, text).changes == []


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
    found = synced(index, catalog)
    kept = [line for line in catalog.splitlines() if "title:" not in line and "url:" not in line]
    after = iter(found.after.splitlines())
    assert all(line in after for line in kept)
    pages = {page for resource in loaded(found) for page in resource.pages}
    assert {canonical_page(url) for _, url in changed} <= pages
