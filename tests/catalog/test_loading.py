"""From a file to a catalog, or to every problem in it at once."""

from __future__ import annotations

import string
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.catalog import Catalog, load_catalog
from bot.characters import hidden
from bot.errors import CatalogError

GOOD = """\
title: Index
topics:
  bread: {name: Bread}
stages:
  - id: one
    title: One
    resources:
      - id: a
        title: A
        url: https://example.org/a
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "catalog.yaml"


def problems(file: Path, text: str | bytes) -> list[str]:
    """What is said about a catalog, a line for each problem; empty if it loads."""
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    try:
        load_catalog(file)
    except CatalogError as error:
        return str(error).splitlines()
    return []


def resource(**keys: Any) -> str:
    """GOOD with a second resource that has these keys."""
    entry = {"id": "b", "title": "B", "url": "https://example.org/b"} | keys
    return GOOD + f"      - {yaml.safe_dump(entry, default_flow_style=True, width=10**9, allow_unicode=True)}"


def test_the_least_that_loads(file: Path) -> None:
    assert problems(file, GOOD) == []
    catalog = load_catalog(file)
    only = catalog["a"]
    assert (only.title, only.kind, only.authors, only.topics, only.summary, only.prompts) == (
        "A",
        "",
        (),
        (),
        "",
        (),
    )
    assert (catalog.title, len(catalog), "a" in catalog, "z" in catalog, catalog.get("z")) == (
        "Index",
        1,
        True,
        False,
        None,
    )


def test_everything_it_may_hold(file: Path) -> None:
    full = {
        "links": {"pdf": "https://example.org/b.pdf"}, "kind": "paper", "authors": ["Ada Lovelace"], "year": 1843,
        "level": "beginner", "topics": ["bread"], "aliases": ["the first program"],
        "summary": "Short.", "requires": ["a"], "prompts": ["Why?", "How?"],
    }  # fmt: skip
    assert problems(file, resource(**full)) == []
    loaded = load_catalog(file)["b"]
    assert {
        key: list(value) if isinstance(value, tuple) else value for key in full for value in [getattr(loaded, key)]
    } == full


TEN = """\
title: Ten problems
topcs: {}
topics:
  bread: {name: Bread, broader: [flour]}
stages:
  - id: one
    title: One
    resources:
      - id: a
        title: ""
        url: https://example.org/a
      - id: a
        title: Again
        url: ftp://example.org/b
      - id: c
        titel: C
        url: https://example.org/a
        topics: [bred]
        requires: [nobody]
      - {id: d, title: D, url: https://example.org/d, requires: [e]}
      - {id: e, title: E, url: https://example.org/e, requires: [d], kind: papr}
"""


def test_ten_problems_are_ten_lines(file: Path) -> None:
    found = problems(file, TEN)
    for expected in [
        'catalog.yaml:2: unknown key "topcs": did you mean "topics"?',
        'catalog.yaml:4: topic "bread": unknown topic "flour"; add it under topics, or leave it out',
        'catalog.yaml:10: resource "a": title is empty',
        'catalog.yaml:12: resource "a": id "a" is used already in line 9; choose another',
        'catalog.yaml:14: resource "a": url must start with http:// or https://',
        'catalog.yaml:16: resource "c": unknown key "titel": did you mean "title"?',
        'catalog.yaml:17: resource "c": url "https://example.org/a" is used already in line 11; keep one',
        'catalog.yaml:18: resource "c": unknown topic "bred": did you mean "bread"?',
        'catalog.yaml:19: resource "c": unknown prerequisite "nobody"; it must be the id of a resource',
        'catalog.yaml:20: resource "d": requires leads back to itself: d → e → d; remove one',
        'catalog.yaml:21: resource "e": kind "papr" is not known: did you mean "paper"?',
    ]:
        assert expected in found
    assert any(line.endswith('resource "c": title is missing') for line in found)
    assert len(found) == 12
    assert found == sorted(found, key=lambda line: int(line.split(":")[1]))


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"id": "No Slug"}, 'id must be lower-case words joined by hyphens, such as "kv-cache", not "No Slug"'),
        ({"url": "https://"}, "url is not a web address"),
        ({"url": "https://exa mple.org"}, "url is not a web address"),
        ({"url": "javascript:alert(1)"}, "url must start with http:// or https://"),
        ({"url": "https://example.org/" + "x" * 600}, "url has 620 characters; at most 512 fit"),
        ({"url": "https://EXAMPLE.org/a/"}, 'url "https://EXAMPLE.org/a/" is used already in line 10, which is the'),
        ({"url": "https://www.example.org/a?utm_source=x"}, 'which is the same page: "https://example.org/a"'),
        ({"url": "https:///path"}, "url is not a web address"),
        ({"url": "https://[::1/"}, "url is not a web address"),
        ({"former_urls": ["http://example.org/a"]}, 'former url "http://example.org/a" is used already in line 10'),
        ({"former_urls": ["example.org/old"]}, "former_urls, item 1, must start with http:// or https://"),
        ({"former_urls": "https://example.org/old"}, "former_urls must be a list"),
        ({"links": {"pdf": "x.org"}}, "links, pdf, must start with http:// or https://"),
        ({"links": {"pdf": None}}, "links, pdf, must be text"),
        ({"links": {"x" * 33: "https://example.org/pdf"}}, f'links, label "{"x" * 33}", has 33 characters; at most 32'),
        ({"links": {str(n): f"https://e.org/{n}" for n in range(11)}}, "links has 11 entries; at most 10 fit"),
        ({"links": ["https://example.org/pdf"]}, "links must be keys with values"),
        ({"[key]": "x"}, 'unknown key "[key]"'),
        ({"title": "x" * 300}, "title has 300 characters; at most 256 fit"),
        ({"title": "Two\nlines"}, "title must be one line"),
        ({"authors": ["Ada\u2028Lovelace"]}, "authors, item 1, must be one line"),
        ({"summary": "x" * 601}, "summary has 601 characters; at most 600 fit"),
        ({"year": "soon"}, 'year must be a whole number, not "soon"'),
        ({"year": 20170}, "year must be a year such as 2017"),
        ({"topics": "bread"}, "topics must be a list"),
        ({"prompts": [""]}, "prompts, item 1, is empty"),
        ({"level": "beginer"}, 'did you mean "beginner"?'),
        ({"requires": ["b"]}, "leads back to itself: b → b"),
        ({"url": "https://example.org:99999/"}, "url has a port that does not exist; ports go from 1 to 65535"),
        ({"url": "https://example.com@evil.example/"}, "url names a user before the @; leave that out"),
        ({"former_urls": ["https://☃.net/"]}, "former_urls, item 1, has a host that is no domain name"),
        ({"url": "https://example.org/\u202e"}, "url has an invisible character, U+202E (right-to-left override)"),
        ({"title": "Pay\u200bPal"}, "title has an invisible character, U+200B (zero width space) after “Pay”; delete"),
        ({"title": "\x1b[2J"}, "title has an invisible character, U+001B (control character) at its start; delete it"),
        ({"authors": ["\u2066Ada"]}, "authors, item 1, has an invisible character, U+2066"),
        ({"summary": "Two\nlines, and\x07"}, "summary has an invisible character, U+0007"),
        ({"id": "a\u200b"}, "id must be lower-case words"),
        ({"topics": ["\x1b[31mred"]}, 'unknown topic "\\x1b[31mred"'),
        ({"\x1b[2J": "x"}, 'unknown key "\\x1b[2J"'),
        ({"kind": "x" * 5_000}, "kind has 5000 characters; at most 32 fit"),
        ({"added": "x" * 5_000}, f'added must be a date such as 2026-03-14, not "{"x" * 99}…"'),
        ({"year": "soon" * 1_000}, 'must be a whole number, not "soon'),
        ({"k" * 5_000: "x"}, f'unknown key "{"k" * 99}…"'),
    ],
)  # fmt: skip
def test_one_problem_each(file: Path, keys: dict[str, Any], said: str) -> None:
    found = problems(file, resource(**keys))
    assert len(found) == 1
    assert said in found[0]
    assert found[0].startswith("catalog.yaml:11: resource ")
    assert len(found[0]) < 600


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("id: Bread", 'id must be lower-case words joined by hyphens, such as "kv-cache", not "Bread"; write "bread"'),
        (f"id: {'x' * 25}", "id has 25 characters; at most 24 fit"),
        ("language: German!", 'language must be a language tag such as "de" or "pt-BR", not "German!"'),
        ("tracks: [{id: one, title: Again}]", 'track "one": id "one" is used already in line 5; choose another'),
    ],
)
def test_one_problem_of_the_whole(file: Path, line: str, said: str) -> None:
    assert problems(file, f"{GOOD}{line}\n") == [f"catalog.yaml:{GOOD.count(chr(10)) + 1}: {said}"]


def test_a_topic_has_its_id_from_its_key(file: Path) -> None:
    assert problems(file, GOOD.replace("{name: Bread}", "{name: Bread, id: loaf}")) == [
        'catalog.yaml:3: topic "bread": unknown key "id": the key of a topic is its id'
    ]
    (found,) = problems(file, GOOD.replace("  bread:", "  Fresh Bread:"))
    assert found.startswith('catalog.yaml:3: topic "Fresh Bread": id must be lower-case words')


LEAST = """\
title: Über das Backen, für Anfänger und Fortgeschrittene
language: de
stages:
  - title: Getting started
    resources:
      - {title: Intro, url: "https://example.org/1"}
      - {title: Intro, url: "https://example.org/2", requires: [intro]}
      - {id: intro-2, title: Another, url: "https://example.org/3", requires: [intro-3]}
      - {title: 第一章, url: "https://example.org/4"}
tracks:
  - {title: Getting started!, id: }
"""


def test_titles_and_urls_are_enough(file: Path) -> None:
    """Ids are made from titles; those that are written come first, and prerequisites may name any of them."""
    assert problems(file, LEAST) == []
    loaded = load_catalog(file)
    assert (loaded.id, loaded.language) == ("uber-das-backen-fur", "de")
    assert [group.id for group in loaded.groups] == ["getting-started", "getting-started-2"]
    assert [one.id for one in loaded][:3] == ["intro", "intro-3", "intro-2"]
    assert loaded.resources[3].id == load_catalog(file).resources[3].id != "resource"


def test_an_entry_without_a_title_lacks_only_its_title(file: Path) -> None:
    assert problems(file, LEAST.replace("{title: 第一章, url", "{url")) == [
        "catalog.yaml:9: resource 4: title is missing"
    ]


def test_a_key_without_a_value_counts_as_left_out(file: Path) -> None:
    text = GOOD.replace("url:", "summary:\n        authors: ~\n        year: null\n        url:") + "tracks:\n"
    assert problems(file, text) == []
    assert problems(file, GOOD.replace("title: A\n", "title:\n")) == ['catalog.yaml:9: resource "a": title is missing']
    assert problems(file, GOOD + "nonsense:\n") == ['catalog.yaml:11: unknown key "nonsense"; delete it']


def test_two_addresses_of_one_video(file: Path) -> None:
    videos = ("https://www.youtube.com/watch?v=bZQun8Y4L2A&t=3", "https://youtu.be/bZQun8Y4L2A?si=x")
    text = GOOD.replace("https://example.org/a", videos[0]) + f"      - {{title: B, url: '{videos[1]}'}}\n"
    assert problems(file, text) == [
        f'catalog.yaml:11: resource "B": url "{videos[1]}" is used already in line 10, which is the same page: '
        f'"{videos[0]}"; keep one'
    ]


def test_a_resource_may_repeat_its_own_page(file: Path) -> None:
    """A curator who writes an old form of the same address does no harm."""
    assert problems(file, resource(former_urls=["http://www.example.org/b/", "https://example.org/old"])) == []
    assert load_catalog(file)["b"].pages == ("example.org/b", "example.org/old")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty; a catalog starts with a title"),
        ("# only a comment\n", "is empty"),
        ("just words", "must be keys with values"),
        ("- a\n- b\n", "must be keys with values"),
        ("title: [", "is not valid YAML"),
        ("title: a\n\tstages: []\n", "catalog.yaml:2: is indented with a tab; use spaces"),
        ("title: A\nstages: []\n", "catalog.yaml:2: there are no resources yet; add one under a stage"),
        (GOOD + "title: Twice\n", 'the key "title" is here a second time; keep one'),
        (GOOD + "---\ntitle: Another\n", "a second YAML document starts here"),
        (b"title: \xff\xfe", "catalog.yaml:1: is not UTF-8 text (byte 0xff); save the file as UTF-8"),
        (b"# \xc3\xa4\n" * 400_000 + b"\xe4", "catalog.yaml:400001: the file ends inside a character"),
        (b"# \xc3\xa4\n" * 400_000 + b"\xe4bc", "catalog.yaml:400001: is not UTF-8 text (byte 0xe4)"),
        ("title: A".encode("utf-16"), "catalog.yaml:1: is UTF-16 text; save it as UTF-8"),
        (b"title: A\n# \x1b\n", "catalog.yaml:2: has a character that YAML does not allow, U+001B; delete it"),
        ("title: &a A\ndescription: *a\n", "alias"),
        ("? [a, b]\n: c\n", "a key must be a word"),
    ],
)
def test_files_that_are_no_catalog(file: Path, text: str | bytes, said: str) -> None:
    (first, *_) = problems(file, text)
    assert first.startswith("catalog.yaml")
    assert said in first


def test_an_alias_bomb(file: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    (only,) = problems(file, "\n".join(lines))
    assert "alias" in only


@pytest.mark.parametrize("opening", ["[", "{a: ", "- "])
def test_deep_nesting(file: Path, opening: str) -> None:
    (first, *_) = problems(file, opening * 100_000)
    assert first.startswith("catalog.yaml")


def test_a_gigabyte_is_refused_unread(file: Path) -> None:
    with file.open("wb") as opened:
        opened.truncate(1 << 30)
    with pytest.raises(CatalogError, match=r"has 1,073,741,824 bytes; at most 33,554,432 are read"):
        load_catalog(file)


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match=r"nowhere.yaml: there is no such file; name your catalog with --catalog"):
        load_catalog(tmp_path / "nowhere.yaml")
    with pytest.raises(CatalogError, match="is not a file"):
        load_catalog(tmp_path)


words = st.text(string.ascii_letters + string.digits + " -:'\"#[]{},&*!|>%@`äß漢🎉", min_size=1, max_size=30)
named = words.filter(lambda text: text.strip() and text.strip() == text)
slugs = st.from_regex(r"[a-z0-9]{1,8}(-[a-z0-9]{1,8})?", fullmatch=True)


@st.composite
def catalogs(draw: st.DrawFn) -> dict[str, Any]:
    ids = draw(st.lists(slugs, unique=True, min_size=1, max_size=8))
    topics = {slug: {"name": draw(named)} for slug in draw(st.lists(slugs, unique=True, max_size=4))}
    resources = [
        {
            "id": slug,
            "title": draw(named),
            "url": f"https://example.org/{slug}",
            "topics": draw(st.lists(st.sampled_from(sorted(topics)), unique=True)) if topics else [],
            "summary": draw(named),
            "requires": ids[:number][:2],
        }
        for number, slug in enumerate(ids)
    ]
    cut = draw(st.integers(0, len(ids)))
    return {
        "title": draw(named),
        "topics": topics,
        "stages": [{"id": "first", "title": draw(named), "resources": resources[:cut]}],
        "tracks": [{"id": "last", "title": draw(named), "resources": resources[cut:]}],
    }


@given(data=catalogs())
def test_what_is_written_is_what_is_loaded(tmp_path_factory: pytest.TempPathFactory, data: dict[str, Any]) -> None:
    file = tmp_path_factory.mktemp("catalogs") / "catalog.yaml"
    file.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    loaded: Catalog = load_catalog(file)
    entries = [*data["stages"][0]["resources"], *data["tracks"][0]["resources"]]
    assert [(one.id, one.title, one.summary, list(one.topics)) for one in loaded] == [
        (one["id"], one["title"], one["summary"], one["topics"]) for one in entries
    ]


@given(noise=st.one_of(st.binary(max_size=400), st.text(max_size=400).map(str.encode)))
def test_any_bytes_are_a_catalog_or_a_problem(tmp_path_factory: pytest.TempPathFactory, noise: bytes) -> None:
    file = tmp_path_factory.mktemp("noise") / "catalog.yaml"
    assert all(line.startswith("catalog.yaml") for line in problems(file, noise))


def listed(topics: str, count: int = 1, **keys: Any) -> str:
    entries = "".join(
        f"      - {{title: R{n}, url: 'https://e.org/{n}', {keys.get('more', '')}}}\n" for n in range(count)
    )
    return f"title: X\ntopics:\n{topics}stages:\n  - title: S\n    resources:\n{entries}"


def test_thousands_of_cycles_are_each_found_once(file: Path) -> None:
    found = problems(file, listed("".join(f"  t{n}: {{name: T, broader: [t{n ^ 1}]}}\n" for n in range(4000))))
    assert found[0] == 'catalog.yaml:3: topic "t0": broader leads back to itself: t0 → t1 → t0; remove one'
    assert found[-1] == "… and 1,900 more. Fix these first."


def test_a_long_way_that_leads_nowhere_is_no_cycle(file: Path) -> None:
    ways = "".join(f"  t{n}: {{name: T{n}, broader: [t{n + 1}, u{n + 1}]}}\n" for n in range(991))
    ways += "".join(f"  u{n}: {{name: U{n}, broader: [t{n + 1}]}}\n" for n in range(1, 991))
    ends = "  t991: {name: Last}\n  u991: {name: Last too}\n"
    file.write_text(listed(ways + ends), encoding="utf-8")
    assert len(load_catalog(file).topics) == 1983


def test_of_many_unknown_names_the_first_have_a_hint(file: Path) -> None:
    topics = "".join(f"  topic{n}: {{name: T}}\n" for n in range(500))
    found = problems(file, listed(topics, 30, more="topics: [topik0x]"))
    assert sum('did you mean "topic0"?' in problem for problem in found) == 20
    assert len(found) == 30


MANY = 300_000


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("-\n" * MANY, "catalog.yaml:500: has more than 500 values in one entry; that is no catalog"),
        ("".join(f"k{n}: 1\n" for n in range(MANY)), "catalog.yaml:500: has more than 500 values in one entry"),
        (GOOD + "more: [" + "a," * MANY + "]", "catalog.yaml:11: has more than 500 values in one entry"),
        (GOOD + f"      - {{aliases: [{'a, ' * MANY}]}}", "catalog.yaml:11: has more than 500 values in one entry"),
        (GOOD + "  - {title: S}\n" * 20_001, "has more than 20,000 stages; make two catalogs of it"),
        ("title: A\nstages:\n" + "  -\n" * MANY, "catalog.yaml:3: stage 1: it must be keys with values"),
        (GOOD + "      - {}\n" * MANY, "catalog.yaml:11: resource 2: title is missing"),
        (GOOD + "      - {title: B, url: x}\n" * MANY, 'catalog.yaml:11: resource "B": url must start with http'),
        (
            "title: X\ntopics:\n" + "".join(f"  t{n}:\n" for n in range(MANY)),
            'catalog.yaml:3: topic "t0": t0 must be keys with',
        ),
        ("{" * MANY, "catalog.yaml:1: is not valid YAML: exceeded maximum nesting depth"),
    ],
    ids=range(10),
)
def test_a_file_of_nothing_but_mistakes_is_not_read_to_its_end(file: Path, text: str, said: str) -> None:
    found = problems(file, text)
    assert said in found[0]
    assert len(found) <= 101
    assert len(found) == 1 or found[-1] == "… and at least 1,900 more. Fix these first."


def test_two_resources_on_one_line_are_two(file: Path) -> None:
    wrong = '{"title": "B", "url": "ftp://b"}'
    found = problems(file, f'{{"title": "A", "stages": [{{"title": "S", "resources": [{wrong}, {wrong}]}}]}}')
    assert found.count('catalog.yaml:1: resource "B": url must start with http:// or https://') == 2


def test_of_many_mistyped_keys_the_first_have_a_hint(file: Path) -> None:
    found = problems(file, listed("", 50, more="titel: x, kind: papr").replace("topics:\n", ""))
    assert sum("did you mean" in problem for problem in found) == 20
    assert len(found) == 100


def test_a_long_cycle_is_shortened(file: Path) -> None:
    topics = "".join(f"  t{n}: {{name: T, broader: [t{(n + 1) % 900}]}}\n" for n in range(900))
    assert problems(file, listed(topics)) == [
        'catalog.yaml:3: topic "t0": broader leads back to itself: t0 → t1 → t2 → t3 → … → t899 → t0; remove one'
    ]


@given(text=st.text(st.characters(), max_size=60))
def test_nothing_of_a_catalog_steers_a_terminal(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    """Whatever an entry holds, a problem repeats it with all that is not seen written out."""
    file = tmp_path_factory.mktemp("hostile") / "catalog.yaml"
    entry = yaml.safe_dump({"title": text, "kind": text, text: text, "requires": [text]}, default_flow_style=True)
    for line in problems(file, GOOD + f"      - {' '.join(entry.split(chr(10)))}"):
        assert not hidden(line)
