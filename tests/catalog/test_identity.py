"""One page for all the ways to write its address; one id for a title."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.catalog import canonical_page
from bot.catalog.identity import Ids, slug

SAME = {
    "example.org/a": (
        "https://example.org/a",
        "http://EXAMPLE.org:80/a/",
        "https://www.example.org:443/a//",
        "HTTPS://user:secret@example.org./a#",
        " https://example.org/a?utm_source=x&fbclid=y&ref=z ",
        "https://example.org/%61",
    ),
    "example.org/a?x=1&y=2#part-3": ("https://example.org/a?y=2&x=1#part-3", "https://example.org/a/?x=1&&y=2#part-3"),
    "example.org/a?x=2&x=1": ("https://example.org/a?x=2&x=1",),
    "example.org/A": ("https://example.org/A",),
    "example.org:8080": ("http://example.org:8080/",),
    "[::1]:8080/x": ("http://[::1]:8080/x",),
    "de.wikipedia.org/wiki/Käse": ("https://de.wikipedia.org/wiki/K%C3%A4se", "https://de.wikipedia.org/wiki/Käse"),
    "example.org/a%2Fb%20c%FF": ("https://example.org/a%2fb%20c%ff",),
    "www.com": ("https://www.com/",),
    "youtube.com/watch?v=bZQun8Y4L2A": (
        "https://www.youtube.com/watch?v=bZQun8Y4L2A",
        "https://m.youtube.com/watch?v=bZQun8Y4L2A&t=60s",
        "https://www.youtube.com/watch?app=desktop&v=bZQun8Y4L2A&feature=youtu.be",
        "https://www.youtube.com/watch?v=bZQun8Y4L2A&list=PL123&index=4",
        "https://youtu.be/bZQun8Y4L2A",
        "http://youtu.be/bZQun8Y4L2A?t=60&si=abc",
        "https://www.youtube.com/embed/bZQun8Y4L2A?start=5",
        "https://www.youtube-nocookie.com/embed/bZQun8Y4L2A",
        "https://youtube.com/shorts/bZQun8Y4L2A?feature=share",
        "https://www.youtube.com/live/bZQun8Y4L2A#t=3",
        "https://music.youtube.com/watch?v=bZQun8Y4L2A",
    ),
    "youtube.com/playlist?list=PL1": ("https://m.youtube.com/playlist?list=PL1&si=x",),
    "youtube.com/embed/videoseries?list=PL1": ("https://www.youtube.com/embed/videoseries?list=PL1",),
    "youtube.com/@name/videos": ("https://www.youtube.com/@name/videos/?app=desktop",),
    "notyoutube.com/watch?v=x": ("https://www.notyoutube.com/watch?v=x",),
    "javascript:alert(1)": ("javascript:alert(1)",),
}
"""Each page with addresses of it."""


@pytest.mark.parametrize(("page", "url"), [(page, url) for page, urls in SAME.items() for url in urls])
def test_every_address_of_a_page(page: str, url: str) -> None:
    assert canonical_page(url) == page


addresses = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(["https://", "HTTP://www.", "", "//", "https://youtu.be/", "https://m.youtube.com/watch?v="]),
    st.text("aB.:@[]-", max_size=12),
    st.text("/%aE2C4%3.~ü漢 ", max_size=20).map("/".__add__),
    st.text("?&=#%ab1utm_refv", max_size=20),
)


@given(url=st.one_of(addresses, st.text(max_size=60)))
@example(url="https://example.org/%E3%80%80")
@example(url="https:/// ?")
@example(url="https:///%3%32")
@example(url="https://youtu.be//%32")
@example(url="https://example.org/x/ ?b= &a=1")
@example(url="https://example.org/?%72ef=1&%7Eb=2&a=1")
def test_a_page_is_its_own_and_no_longer_than_its_address(url: str) -> None:
    page = canonical_page(url)
    assert canonical_page(page) == page
    assert len(page) <= max(len(url), len("youtube.com/watch?v=") + len(url) - len("youtu.be/"))


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("KV Cache brief explainer", "kv-cache-brief-explainer"),
        ("  What’s new in C++23? ", "whats-new-in-c-23"),
        ("Crème brûlée & Smørrebrød", "creme-brulee-smorrebrod"),
        ("A title of which the words go on", "a-title-of-which-the-words"),
        ("Donaudampfschifffahrtsgesellschaft", "donaudampfschifffahrtsgesell"),
        ("1984", "1984"),
        ("…!?", "list"),
        ("", "list"),
    ],
)
def test_slugs(title: str, expected: str) -> None:
    assert slug(title, 28, "list") == expected


def test_titles_in_other_scripts_get_ids_of_their_own() -> None:
    titles = ("深度学习", "机器学习", "Введение в ML", "第1章", "第2章")
    ids = [slug(title, 28, "list") for title in titles]
    assert len(set(ids)) == len(titles)
    assert ids == ["list-9bea2b", "list-e0ab09", "ml-fe6271", "1-d94bf8", "2-f5bc9b"]


@given(title=st.text(max_size=200), limit=st.sampled_from([28, 64]))
def test_any_title_makes_a_slug(title: str, limit: int) -> None:
    made = slug(title, limit, "list")
    assert 1 <= len(made) <= limit
    assert made == slug(title, limit, "list")
    assert all(part.isascii() and part.isalnum() and part == part.lower() for part in made.split("-"))


def test_the_first_number_that_is_free() -> None:
    ids = Ids(["intro-3"])
    assert [ids.take("intro", 64) for _ in range(4)] == ["intro", "intro-2", "intro-4", "intro-5"]
    assert Ids(["x" * 64]).take("x" * 64, 64) == "x" * 62 + "-2"
