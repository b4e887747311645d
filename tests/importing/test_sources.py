"""Where an index comes from, and all that can be wrong with it: a clear error, with the line where there is one."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest

from bot.errors import CatalogError
from bot.importing import import_index
from bot.importing.markdown import MAX_PARAGRAPH
from bot.importing.sources import MAX_BYTES

LINK = "[Attention](https://a.example/x)\n"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "list.md: has no links to the web"),
        (b"# Only\n\ntext\n", "list.md: has no links to the web"),
        (
            b"# L\n\n[x](one.md) [y](two.md)\n",
            "list.md:3: has only relative links (2); give the index's address",
        ),
        (b"# L\n\n\0\1\2\n", "list.md:3: has binary data"),
        (b"# L\n\n" + "é".encode("latin-1") + b"\n", "list.md:3: is not UTF-8 text (byte 0xe9)"),
        ("# L\n".encode("utf-16"), "list.md:1: has binary data"),
        (LINK.encode() + "[日".encode()[:-1], "list.md:2: the file ends inside a character"),
        (LINK.encode() + b"\n- [Cut](https://b.exam", "list.md:3: the file ends inside a link"),
        (LINK.encode() + b'\n<a href="https://b.exam', "list.md:3: the file ends inside a link"),
        (LINK.encode() + b"\n<!-- cut\n" + LINK.encode(), "list.md:3: the comment that begins here never ends"),
        (LINK.encode() + b"\n```sh\ncut\n" + LINK.encode(), "list.md:3: the block of code that begins here never ends"),
        (
            b"Bread\n=====\n\n.. contents::\n\n* `Rye <https://a.example>`_\n",
            "list.md:1: is reStructuredText, not Markdown",
        ),
        (b"#+TITLE: Bread\n* Rye\n- [[https://a.example][Rye]]\n", "list.md:1: is Org mode, not Markdown"),
        (
            b"<!DOCTYPE NETSCAPE-Bookmark-file-1>\n<DL><DT><A HREF='https://a.example'>Rye</A></DL>",
            "list.md:1: is a file of",
        ),
        (b"<!doctype html>\n<title>Rye</title><a href='https://a.example'>Rye</a>\n", "list.md:1: is an HTML page"),
        (b"<?xml version='1.0'?>\n<opml><outline htmlUrl='https://a.example'/></opml>", "list.md:1: is OPML"),
        (b"@article{rye,\n url = {https://a.example}\n}\n", "list.md:1: is BibTeX"),
        (b'[{"title": "Rye", "url": "https://a.example"}]', "list.md:1: is JSON"),
        (
            b"title,url\nRye,https://a.example\nOat,https://b.example\n",
            "list.md:1: is CSV, not Markdown; convert it with: pandoc",
        ),
        (
            b"- title: Rye\n  url: https://a.example\n- title: Oat\n  url: https://b.example\n",
            "list.md:1: is YAML, not",
        ),
        (
            b"title: L\nstages:\n  - title: S\n    resources: []\n",
            "list.md:1: is a catalog, not an index; serve it with",
        ),
        (
            LINK.encode() + b"x" * (MAX_PARAGRAPH + 1),
            "list.md:1: begins a paragraph of more than 100,000 characters",
        ),
        (b"x" * (MAX_BYTES + 1), f"list.md: has {MAX_BYTES + 1:,} bytes; at most {MAX_BYTES:,} are read"),
    ],
    ids=lambda value: str(value[:30]),
)
def test_what_is_no_index(tmp_path: Path, data: bytes, message: str) -> None:
    file = tmp_path / "list.md"
    file.write_bytes(data)
    with pytest.raises(CatalogError) as caught:
        import_index(file, BytesIO())
    assert str(caught.value).startswith(message)


def test_standard_input_is_read_no_further_than_a_file() -> None:
    stream = BytesIO(b"x" * (2 * MAX_BYTES))
    with pytest.raises(CatalogError, match="standard input: has more than"):
        import_index(Path("-"), stream)
    assert stream.tell() == MAX_BYTES + 1


@pytest.mark.parametrize(
    "text", ["```\ncode\n```", "- ```\n  code\n  ```", "> ~~~\n> code\n> ~~~~", "<!-- note -->", "- ```\n  code\n\nend"]
)
def test_a_text_that_ends_as_it_should(tmp_path: Path, text: str) -> None:
    file = tmp_path / "list.md"
    file.write_text(f"{LINK}\n{text}\n")
    assert len(import_index(file, BytesIO()).catalog) == 1


def test_a_byte_order_mark_and_other_line_ends(tmp_path: Path) -> None:
    file = tmp_path / "list.md"
    file.write_bytes(b"\xef\xbb\xbf# Bread\r\n\r\n- [A b](https://a.example)\r\n- [B c](https://b.example)\r\n")
    found = import_index(file, BytesIO())
    assert found.catalog.title == "Bread"
    assert [entry.source.line for entry in found.draft.entries] == [3, 4]


def test_a_folder_is_one_list(tmp_path: Path) -> None:
    (tmp_path / "10-last.md").write_text("---\ntitle: The end\n---\n[Ten](https://x.example/10)\n")
    (tmp_path / "2-second.md").write_text(
        "## Week two\n\n[Two](https://x.example/2)\n\n### More\n\n[3 pages](three.html)\n"
    )
    (tmp_path / "README.md").write_text(
        "# Course\n\nWhat one learns in this course, and in which order.\n\n- [One](2-second.md)\n- [Zero](https://x.example/0)\n"
    )
    (tmp_path / "notes.txt").write_text("[Not](https://x.example/not)\n")
    (tmp_path / ".hidden").mkdir()
    (tmp_path / ".hidden" / "x.md").write_text("[Not](https://x.example/not)\n")
    found = import_index(tmp_path, BytesIO(), base="https://x.example/course/")
    assert [(stage.title, [one.url for one in stage.resources]) for stage in found.catalog.stages] == [
        ("Course", ["https://x.example/course/2-second.md", "https://x.example/0"]),
        ("Week two", ["https://x.example/2"]),
        ("Week two › More", ["https://x.example/course/three.html"]),
        ("The end", ["https://x.example/10"]),
    ]
    assert found.catalog.title == "Course"


def test_files_of_one_title_are_known_by_their_names(tmp_path: Path) -> None:
    for name in ("rye", "oat"):
        (tmp_path / f"{name}.md").write_text(f"### Introduction\n\n- [A {name}](https://x.example/{name})\n")
    assert [stage.title for stage in import_index(tmp_path, BytesIO()).catalog.stages] == ["Oat", "Rye"]


def test_an_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="has no Markdown files"):
        import_index(tmp_path, BytesIO())
