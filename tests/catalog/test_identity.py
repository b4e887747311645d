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
        "https://example.org/a/index.html",
        "https://example.org/a/INDEX.htm?_ga=1.2&trk=x",
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
        "https://www.youtube.com/v/bZQun8Y4L2A&hl=en",
        "https://web.archive.org/web/20230125023131/https://www.youtube.com/watch?v=bZQun8Y4L2A",
    ),
    "youtube.com/playlist?list=PL1": ("https://m.youtube.com/playlist?list=PL1&si=x",),
    "youtube.com/embed/videoseries?list=PL1": ("https://www.youtube.com/embed/videoseries?list=PL1",),
    "youtube.com/@name/videos": ("https://www.youtube.com/@name/videos/?app=desktop",),
    "youtube.com/watch": ("https://www.youtube.com/watch/",),
    "vimeo.com/15772341": ("https://vimeo.com/15772341", "https://player.vimeo.com/video/15772341?h=1#t=3s"),
    "arxiv.org/abs/1706.03762": (
        "https://arxiv.org/abs/1706.03762",
        "http://arxiv.org/abs/1706.03762v5?context=cs",
        "https://www.arxiv.org/pdf/1706.03762.pdf#page=3",
        "https://arxiv.org/pdf/1706.03762v7",
        "https://arxiv.org/html/1706.03762v7#S3",
        "https://export.arxiv.org/abs/1706.03762",
        "https://doi.org/10.48550/arXiv.1706.03762",
        "https://dx.doi.org/10.48550/ARXIV.1706.03762",
        "https://ar5iv.labs.arxiv.org/html/1706.03762",
        "https://ar5iv.org/abs/1706.03762",
    ),
    "arxiv.org/abs/hep-th/9711200": ("https://arxiv.org/pdf/hep-th/9711200v3.pdf",),
    "arxiv.org/list/cs.CL/recent": ("https://arxiv.org/list/cs.CL/recent",),
    "alphaxiv.org/abs/1706.03762": ("https://www.alphaxiv.org/abs/1706.03762",),
    "hf.co/papers/1706.03762": ("https://huggingface.co/papers/1706.03762",),
    "hf.co/blog/rlhf": ("https://huggingface.co/blog/rlhf", "https://hf.co/blog/rlhf/"),
    "doi.org/10.1145/3292500.3330701": (
        "https://doi.org/10.1145/3292500.3330701",
        "http://dx.doi.org/10.1145/3292500.3330701",
        "https://dl.acm.org/doi/pdf/10.1145/3292500.3330701?download=true",
        "https://dl.acm.org/doi/10.1145/3292500.3330701",
    ),
    "doi.org/10.1007/978-0-387-21736-9": (
        "https://link.springer.com/book/10.1007/978-0-387-21736-9",
        "https://link.springer.com/content/pdf/10.1007/978-0-387-21736-9.pdf",
    ),
    "openreview.net/pdf?id=gEZrGCozdqR": (
        "https://openreview.net/forum?id=gEZrGCozdqR&noteId=x",
        "https://openreview.net/pdf?id=gEZrGCozdqR",
    ),
    "aclanthology.org/N19-1423": (
        "https://aclanthology.org/N19-1423.pdf",
        "https://aclanthology.org/N19-1423/",
        "https://www.aclweb.org/anthology/N19-1423v2.pdf",
    ),
    "aclanthology.org/2020.acl-main.1": ("https://aclanthology.org/2020.acl-main.1.pdf",),
    "papers.nips.cc/paper/2020/1457c0d6bfcb4967418bfb8ac142f64a": (
        "https://papers.nips.cc/paper/2020/file/1457c0d6bfcb4967418bfb8ac142f64a-Paper.pdf",
        "https://proceedings.neurips.cc/paper_files/paper/2020/hash/1457c0d6bfcb4967418bfb8ac142f64a-Abstract.html",
        "https://proceedings.neurips.cc/paper/2020/file/1457c0d6bfcb4967418bfb8ac142f64a-Paper-Conference.pdf",
    ),
    "proceedings.mlr.press/v139/radford21a.html": (
        "https://proceedings.mlr.press/v139/radford21a.html",
        "http://proceedings.mlr.press/v139/radford21a/radford21a.pdf",
    ),
    "semanticscholar.org/paper/2f3efe44083af91cef562c1a3451eee2f8601d22": (
        "https://www.semanticscholar.org/paper/WebGPT%3A-x/2f3efe44083af91cef562c1a3451eee2f8601d22",
    ),
    "github.com/karpathy/nanogpt": (
        "https://github.com/karpathy/nanoGPT",
        "https://github.com/Karpathy/nanoGPT.git",
        "https://github.com/karpathy/nanoGPT/tree/master",
        "https://github.com/karpathy/nanoGPT/blob/master/README.md",
        "https://github.com/karpathy/nanoGPT?tab=readme-ov-file#readme",
    ),
    "github.com/karpathy/nanogpt#install": ("https://github.com/karpathy/nanoGPT/blob/HEAD/README.md#install",),
    "github.com/karpathy/nanogpt/blob/master/README-de.md": (
        "https://github.com/karpathy/nanoGPT/blob/master/README-de.md",
    ),
    "github.com/o/r/blob/main/A.ipynb": (
        "https://github.com/O/R/blob/main/A.ipynb",
        "https://github.com/o/r/raw/main/A.ipynb",
        "https://raw.githubusercontent.com/o/r/refs/heads/main/A.ipynb",
        "https://colab.research.google.com/github/o/r/blob/main/A.ipynb#scrollTo=x",
        "https://nbviewer.jupyter.org/github/o/r/blob/main/A.ipynb",
    ),
    "gist.github.com/0123456789abcdef0123": (
        "https://gist.github.com/someone/0123456789abcdef0123",
        "https://gist.github.com/0123456789abcdef0123",
    ),
    "colab.research.google.com/drive/1Igs3WZuXAIv": (
        "https://colab.research.google.com/drive/1Igs3WZuXAIv?usp=sharing",
    ),
    "docs.google.com/document/d/1q-c7UAyr": (
        "https://docs.google.com/document/d/1q-c7UAyr/edit?usp=sharing",
        "https://docs.google.com/document/u/0/d/1q-c7UAyr/mobilebasic",
    ),
    "docs.google.com/spreadsheets/d/1bmp#gid=7": ("https://docs.google.com/spreadsheets/d/1bmp/edit?gid=7#gid=7",),
    "docs.google.com/spreadsheets/d/1bmp": ("https://docs.google.com/spreadsheets/d/1bmp/edit#gid=0",),
    "drive.google.com/file/d/1xyz": (
        "https://drive.google.com/file/d/1xyz/view?usp=sharing",
        "https://drive.google.com/open?id=1xyz",
    ),
    "en.wikipedia.org/wiki/Tz_database": ("https://en.m.wikipedia.org/wiki/Tz_database",),
    "reddit.com/r/rust": ("https://old.reddit.com/r/rust/", "https://www.reddit.com/r/rust/"),
    "redd.it/abc123": (
        "https://redd.it/abc123",
        "https://old.reddit.com/r/rust/comments/abc123/a_title/",
        "https://www.reddit.com/comments/abc123?share_id=x",
    ),
    "reddit.com/r/rust/comments/abc123/a_title/def456": ("https://reddit.com/r/rust/comments/abc123/a_title/def456/",),
    "x.com/karpathy/status/123": (
        "https://twitter.com/karpathy/status/123?s=20",
        "https://mobile.twitter.com/karpathy/status/123/photo/1",
    ),
    "stackoverflow.com/q/123": (
        "https://stackoverflow.com/questions/123/a-title",
        "https://stackoverflow.com/q/123/456",
    ),
    "stackoverflow.com/questions/tagged/rust": ("https://stackoverflow.com/questions/tagged/rust",),
    "medium.com/p/64f105f0881b": (
        "https://medium.com/salesforce-ux/7-things-64f105f0881b#.tdvecuoag",
        "https://someone.medium.com/7-things-64f105f0881b?source=friends_link",
    ),
    "medium.com/@someone": ("https://medium.com/@someone",),
    "someone.substack.com/p/a-post": (
        "https://open.substack.com/pub/someone/p/a-post?r=1",
        "https://someone.substack.com/p/a-post",
    ),
    "amazon.com/dp/0321344758": (
        "http://www.amazon.com/Dont-Make-Me-Think-Usability/dp/0321344758",
        "https://www.amazon.com/gp/product/0321344758/ref=sr_1_6?s=books&ie=UTF8",
    ),
    "amazon.co.uk/dp/0321344758": ("https://www.amazon.co.uk/dp/0321344758/",),
    "aws.amazon.com/dynamodb": ("https://aws.amazon.com/dynamodb/",),
    "goodreads.com/book/show/123": (
        "https://www.goodreads.com/book/show/123-a-title",
        "https://goodreads.com/book/show/123.A",
    ),
    "cfsamson.github.io/book": ("https://web.archive.org/web/20230125023131/https://cfsamson.github.io/book/",),
    "notyoutube.com/watch?v=x": ("https://www.notyoutube.com/watch?v=x",),
    "javascript:alert(1)": ("javascript:alert(1)",),
}
"""Each page with addresses of it."""


@pytest.mark.parametrize(("page", "url"), [(page, url) for page, urls in SAME.items() for url in urls])
def test_every_address_of_a_page(page: str, url: str) -> None:
    assert canonical_page(url) == page


HOSTS = [f"https://{page.partition('/')[0]}" for page in SAME if "." in page.partition("/")[0]]
addresses = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(
        ["https://", "HTTP://www.", "", "//", "https://youtu.be/", "https://m.youtube.com/watch?v=", *HOSTS]
    ),
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
    assert len(page) <= len(url) + len("youtube.com/watch?v=") - len("youtu.be/")


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
