"""Mistakes that curators make in catalog.yaml: each is named with its line, its cause and its fix."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.catalog.loading import parse_catalog_file
from bot.errors import CatalogError

TEA = """\
title: Tea
topics:
  leaf: {name: Leaves}
stages:
  - title: Black
    goal: Brew a pot.
    resources:
      - id: assam
        title: Assam
        url: https://tea.example/assam
        topics: [leaf]
        year: 2011
      - id: keemun
        title: Keemun
        url: https://tea.example/keemun
        summary: Wine and smoke.
"""


def findings(text: str | bytes) -> list[tuple[int, str]]:
    """The problems of a catalog, else its warnings, each with its line."""
    try:
        found = parse_catalog_file(text, "catalog.yaml").warnings
    except CatalogError as error:
        found = list(error.problems)
    return [(one.line, one.text) for one in found]


ASSAM, KEEMUN = "        title: Assam", "        title: Keemun"
ONE_MISTAKE = {
    # Indentation and structure.
    "less indented": ("        year", "       year", 12,
        "is indented by 7 spaces, its neighbours by 8; indent it as they"),
    "more indented": ("        url: https://tea.example/a", "          url: https://tea.example/a", 10,
        "is indented by 10 spaces, its neighbours by 8; indent it as they are"),
    "tab": (ASSAM, "\t\ttitle: Assam", 9, "is indented with a tab; use spaces"),
    "no-break spaces": (ASSAM, "        \u00a0title: Assam".replace("        ", "       "), 9,
        "is indented with no-break spaces; use ordinary ones"),
    "no-break space after a colon": (ASSAM, "        title:\u00a0Assam", 9,
        'a space is missing after "title:"; write: title: Assam'),
    "missing dash": ("      - id: keemun", "        id: keemun", 13,
        "the next entry seems to begin here, without its dash; write: - id: …"),
    "no space after the dash": ("      - id: keemun", "      -id: keemun", 13,
        "a space is missing after the dash; write: - id: keemun"),
    "tab after the dash": ("- id: keemun", "-\tid: keemun", 13, "is indented with a tab; use spaces"),
    "no dash at all": ("  - title: Black", "    title: Black", 4,
        "stages must be a list, such as - {title: …, resources: …}"),
    "no dash in the first entry": ("      - id: assam", "      id: assam", 8,
        "a dash is missing where the entry begins; write: - id: assam"),
    "another dash": ("      - id: keemun", "      – id: keemun", 13,
        "an item of a list begins with a hyphen; write: - id: keemun"),
    "bullet": ("      - id: keemun", "      * id: keemun", 13,
        "an item of a list begins with a hyphen; write: - id: keemun"),
    "dash before a further key": (ASSAM, "        - title: Assam", 9,
        "a dash begins another entry; write: title: Assam"),
    "as little indented as the dash": (ASSAM, "      title: Assam", 9,
        "is indented by 6 spaces, its neighbours by 8; indent it as they are, or begin it with a dash"),
    "two keys on a line": ("- id: keemun\n        title: Keemun", "- id: keemun title: Keemun", 13,
        'two keys are on one line; begin a new line before "title:"'),
    "comment with slashes": ("        year: 2011", "        // to do", 12, "a comment begins with #; write: # to do"),
    "other colon": ("year: 2011", "year：2011", 12, 'a colon is missing after "year"; write: year: 2011'),
    "missing colon": (ASSAM, "        title Assam", 9, 'a colon is missing after "title"; write: title: Assam'),
    "equals sign": (ASSAM, "        title = Assam", 9, 'a colon is missing after "title"; write: title: Assam'),
    "no space after the colon": (ASSAM, "        title:Assam", 9,
        'a space is missing after "title:"; write: title: Assam'),
    "text on a second line": ("Wine and smoke.\n", "Wine\nand smoke.\n", 17,
        "has no key; if it continues the line above, indent it more than that line"),
    "merge conflict": (
        "        year: 2011\n", "<<<<<<< HEAD\n        year: 2011\n=======\n        year: 2012\n>>>>>>> new\n", 12,
        "an unresolved merge conflict: keep one version and delete the lines <<<<<<<, ======= and >>>>>>>"),
    "key twice": (ASSAM, f"{ASSAM}\n{ASSAM}", 10, 'the key "title" is here a second time; keep one'),
    "second document": ("      - id: keemun", "---\n      - id: keemun", 13,
        "a second YAML document starts here (---)"),
    # Texts that need quotes.
    "colon": (ASSAM, f"{ASSAM}: the classic", 9,
        'a text with a colon and a space needs quotes; write: title: "Assam: the classic"'),
    "colon at the end": (ASSAM, f"{ASSAM}:", 9, 'a text with a colon and a space needs quotes; write: title: "Assam:"'),
    "colon and quotes": (ASSAM, f'{ASSAM}: "the" classic', 9, """write: title: 'Assam: "the" classic'"""),
    "at": (ASSAM, "        title: @assam", 9, 'a text that begins with @ needs quotes; write: title: "@assam"'),
    "backtick": (ASSAM, "        title: `brew`", 9,
        'a text that begins with a backtick needs quotes; write: title: "`brew`"'),
    "percent": (ASSAM, "        title: %Assam", 9, 'a text that begins with % needs quotes; write: title: "%Assam"'),
    "star": (ASSAM, "        title: *Assam* tea", 9,
        'a text that begins with * needs quotes; write: title: "*Assam* tea"'),
    "bracket": (ASSAM, "        title: [Old] Assam", 9,
        'a text that begins with [ needs quotes; write: title: "[Old] Assam"'),
    "brace": (ASSAM, "        title: {x} Assam", 9,
        'a text that begins with { needs quotes; write: title: "{x} Assam"'),
    "bar": (ASSAM, "        title: | Assam", 9, 'a text that begins with | needs quotes; write: title: "| Assam"'),
    "dash in a text": (ASSAM, "        title: - Assam", 9,
        'a text that begins with a dash needs quotes; write: title: "- Assam"'),
    "quoted beginning": (ASSAM, '        title: "Assam" and others', 9,
        """the text goes on after its quotes; write: title: '"Assam" and others'"""),
    "two quoted words": (ASSAM, '        title: "Assam" and "Ceylon"', 9, """write: title: '"Assam" and "Ceylon"'"""),
    "apostrophe": (ASSAM, "        title: 'Assam's best'", 9,
        """an apostrophe ends the quoted text early; write: title: "Assam's best\""""),
    "backslash": (ASSAM, '        title: "C:\\Tea"', 9,
        "a backslash means something else in double quotes; write: title: 'C:\\Tea'"),
    "curly quotes": (ASSAM, "        title: “Assam”: a tale", 9,
        'quotes; YAML does not take curly quotes for quotes; write: title: "“Assam”: a tale"'),
    "open quote": (ASSAM, '        title: "Assam', 9, 'a quote opens here and is never closed; write: title: "Assam"'),
    "open quote before another": (f"{ASSAM}\n", '        title: "Assam\n        aliases: ["tea"]\n', 9,
        'a quote opens here and is never closed; write: title: "Assam"'),
    "open bracket": ("topics: [leaf]", "topics: [leaf", 11,
        "a bracket opens here and is never closed with ]; write: topics: [leaf]"),
    "list with a dash on one line": ("topics: [leaf]", "topics: - leaf", 11,
        "a list on one line needs brackets; write: topics: [leaf]"),
    "open quote in brackets": ("topics: [leaf]", "aliases: ['tea', 'pot]", 11,
        "a quote opens here and is never closed; write: aliases: ['tea', 'pot']"),
    "comma in braces": ("  leaf: {name: Leaves}", "  leaf: {name: Leaves, whole ones}", 3,
        'unknown key "whole ones"; a text with a comma needs quotes in { }'),
    "no space in braces": ("year: 2011", "links: {pdf:https://tea.example/x}", 12, 'a space is missing after "pdf:"'),
    "title in brackets": (ASSAM, "        title: [Assam]", 9,
        "title must be text, not a list; a text that begins with [ needs quotes"),
    "only a tag": (ASSAM, "        title: !new", 9, 'title is empty: "!new" is left out: YAML takes it for a name'),
    "comma after quotes": (ASSAM, '        title: "Assam",', 9,
        "ends with a comma; lines need none; write: title: \"Assam\""),
    # What YAML accepts and does not mean.
    "hash": (ASSAM, f"{ASSAM} #1 for sets", 9,
        'what follows # is a comment, so this is “Assam”; write: title: "Assam #1 for sets"'),
    "hash in front": (ASSAM, "        title: #1 Assam", 9,
        'resource "assam": title is missing: what follows # is a comment; write: title: "#1 Assam"'),
    "hash in front of what may be left out": ("goal: Brew a pot.", "goal: #brew", 6,
        'what follows # is a comment, so this is empty; write: goal: "#brew"'),
    "null": (ASSAM, "        title: null", 9, 'title is missing: null means “nothing”; to mean the word, write "null"'),
    "anchor": (ASSAM, "        title: &Co Assam", 9, '"&Co" is left out: YAML takes it for a name; delete it, or put'),
    "tag": (ASSAM, "        title: !new Assam", 9, '"!new" is left out: YAML takes it for a name; delete it, or put'),
    "alias": (ASSAM, "        title: *assam", 9,
        '"*assam" is an alias in YAML; write the entry out, or put the text in'),
    "comma at the end": (ASSAM, f"{ASSAM},", 9, "“Assam,” ends with a comma; delete it if the text goes without"),
    "comma after a number": ("year: 2011", "year: 2011,", 12, 'year must be a whole number, not "2011,"; write 2011'),
    # Values and keys.
    "list of one": ("topics: [leaf]", "topics: leaf", 11, "topics must be a list, such as [leaf]"),
    "list of some": ("year: 2011", "authors: Ann Lee, Bo Chu", 12, "authors must be a list, such as [Ann Lee, Bo Chu]"),
    "list instead of keys": ("year: 2011", "links: [https://tea.example/x]", 12,
        "links must be keys with values, such as {pdf: https://…}"),
    "no dash in the first entry, and space for it": ("      - id: assam", "        id: assam", 8,
        "a dash is missing where the entry begins; write: - id: assam"),
    "comment with slashes and a colon": ("        year: 2011", "        // year: 2011", 12,
        'unknown key "// year"; a comment begins with #'),
    "text instead of an entry": ("  leaf: {name: Leaves}", "  leaf: Leaves", 3,
        "leaf must be keys with values, such as {name: …}"),
    "year": ("2011", "around 2011", 12,
        'year must be a whole number, not "around 2011"; leave it out if it is not certain'),
    "capital kind": ("year: 2011", "kind: Video", 12, 'not "Video"; write "video"'),
    "level as a number": ("year: 2011", "level: 1", 12,
        'level must be beginner, intermediate or advanced, or another lower-case'),
    "id with spaces": ("id: keemun", "id: Keemun tea", 13, 'not "Keemun tea"; write "keemun-tea"'),
    "unknown key": ("year:", "stars:", 12, 'resource "assam": unknown key "stars"; delete it'),
    "misspelt key": ("summary:", "sumary:", 16, 'unknown key "sumary": did you mean "summary"?'),
    "key of a stage": ("year: 2011", "goal: Drink it.", 12, 'unknown key "goal": it belongs in a stage'),
    "key of the list": ("year: 2011", "language: de", 12, 'unknown key "language": it belongs at the top of the file'),
    "unknown topic": ("topics: [leaf]", "topics: [leaves]", 11, 'unknown topic "leaves": did you mean "leaf"?'),
    "topic of nothing": ("topics: [leaf]", "topics: [pots]", 11,
        'unknown topic "pots"; add it under topics, or leave it out'),
    "prerequisite": ("year: 2011", "requires: [oolong]", 12, 'unknown prerequisite "oolong"; it must be the id of a'),
    # Addresses.
    "no scheme": ("url: https://tea.example/a", "url: www.tea.example/a", 10,
        "url must start with http:// or https://; write https://www.tea.example/assam"),
    "curly quotes around an address": ("https://tea.example/assam", "“https://tea.example/assam”", 10,
        "url must be an address alone; write https://tea.example/assam"),
    "angle brackets": ("https://tea.example/assam", "<https://tea.example/assam>", 10,
        "url must be an address alone; write https://tea.example/assam"),
    "Markdown link": ("https://tea.example/assam", "[Assam](https://tea.example/assam)", 10,
        "is a Markdown link; only its address belongs here; write: url: https://tea.example/assam"),
    "quoted Markdown link": ("https://tea.example/assam", '"[Assam](https://tea.example/assam)"', 10,
        "url must be an address alone; write https://tea.example/assam"),
    "space in an address": ("/assam", "/assam tea", 10, "it has a space; write %20 for it, or copy the address again"),
    # The whole.
    "list at the top": (TEA, "- title: Assam\n", 1,
        "the file must be keys with values, such as title: … and stages: …"),
    "resources at the top": (TEA, "title: Tea\nresources:\n  - {title: A, url: https://a.example}\n", 2,
        'unknown key "resources": it belongs in a stage'),
    "no resources": (TEA, "title: Tea\nstages:\n  - title: Black\n    resources:\n", 4,
        "there are no resources yet; add one under a stage: - {title: …, url: https://…}"),
}  # fmt: skip
"""What a curator writes instead of what, the line that is named, and what is said."""


def test_the_list_itself_is_fine() -> None:
    assert findings(TEA) == []
    assert findings(TEA.replace("Wine and smoke.", "Wine and smoke. # see the seller")) == []


@pytest.mark.parametrize(("right", "wrong", "line", "said"), ONE_MISTAKE.values(), ids=ONE_MISTAKE)
def test_one_mistake(right: str, wrong: str, line: int, said: str) -> None:
    assert right in TEA
    found = findings(TEA.replace(right, wrong, 1))
    assert [at for at, _ in found] == [line]
    assert said in found[0][1]
    assert "is not valid YAML" not in found[0][1]


def test_several_mistakes_are_found_at_once() -> None:
    wrong = TEA.replace(ASSAM, "        title: @assam").replace("year: 2011", "year 2011").replace("- id: k", "-id: k")
    assert findings(wrong.replace("Wine and smoke.", "Note: wine.")) == [
        (9, 'a text that begins with @ needs quotes; write: title: "@assam"'),
        (12, 'a colon is missing after "year"; write: year: 2011'),
        (13, "a space is missing after the dash; write: - id: keemun"),
        (16, 'a text with a colon and a space needs quotes; write: summary: "Note: wine."'),
    ]


@pytest.mark.parametrize("name", [name for name, row in ONE_MISTAKE.items() if "write: " in row[3]])
def test_what_is_to_be_written_loads(name: str) -> None:
    """The advice is good: the corrected line, put in place of the wrong one, leaves nothing to say."""
    right, wrong, line, _ = ONE_MISTAKE[name]
    lines = TEA.replace(right, wrong, 1).split("\n")
    ((_, said),) = findings("\n".join(lines))
    indent = lines[line - 1][: len(lines[line - 1]) - len(lines[line - 1].lstrip())]
    indent = indent[2:] if name == "no dash in the first entry, and space for it" else indent
    lines[line - 1] = indent + said.partition("write: ")[2]
    assert name == "missing dash" or findings("\n".join(lines)) == []


def test_ten_mistakes_and_no_more() -> None:
    entries = "".join(f"      - {{title: T, url: https://e.example/{n}}}\n      - title: @t{n}\n" for n in range(30))
    assert len(findings(TEA + entries)) == 10


@given(st.lists(st.tuples(st.integers(0, len(TEA)), st.sampled_from("'\"[]{}:#-\t\n @*&|>,")), max_size=6))
def test_any_slip_is_a_problem_with_a_line(slips: list[tuple[int, str]]) -> None:
    text = TEA
    for at, character in slips:
        text = text[:at] + character + text[at:]
    assert all(0 <= line <= text.count("\n") + 1 and said for line, said in findings(text))
