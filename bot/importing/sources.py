"""Where an index comes from, all of it checked before it is read; and how a file is written, whole or not at all."""

from __future__ import annotations

import csv
import os
import re
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from bot.catalog.reading import encoding_problem, read_text
from bot.errors import CatalogError, Problem, StudybotError
from bot.importing.blocks import Block, BlockKind, Outline, Source
from bot.importing.markdown import MarkdownReader, OnProgress, no_progress, with_progress

MAX_BYTES = 2 * 1024 * 1024
"""The largest index that is read, all files of a folder together: twice the largest list that was found. What fits is
read within some seconds; a larger file is refused before it is opened."""
MAX_FILES = 2_000
"""Most files read from a folder, a stage each: 10,000 files of one link took 11.8 s of processor, and the
time grows with their number."""

STANDARD_INPUT = "-"
"""The path that stands for standard input."""
_STDIN = "standard input"
_MARKDOWN = (".md", ".markdown", ".mdown", ".mkd", ".mdx", ".qmd", ".rmd", ".txt")
_IN_FOLDER = frozenset(_MARKDOWN) - {".txt"}
_FIRST = ("readme", "index", "_index")
_WITHOUT_NAME = frozenset({*_FIRST, "-"})
_HEAD = 20_000  # characters by which a format is recognised

_XML = r"\s*(?:<\?xml[^>]{0,200}>\s*)?"
_LINES = r"(?:.*\n){0,40}?"
_FORMATS: tuple[tuple[str, str, str], ...] = (
    ("a file of bookmarks", r"\s*<!DOCTYPE NETSCAPE-Bookmark", "pandoc -f html -t gfm"),
    ("OPML", rf"{_XML}<opml\b", "pandoc -f opml -t gfm"),
    ("an HTML page", rf"{_XML}(?:<!doctype html|<html)\b", "pandoc -f html -t gfm"),
    ("BibTeX", r"(?:\s|%.*\n)*@[a-z]{3,20}\s*\{[^{}\s]{0,100},", "pandoc -C -f bibtex -t gfm"),
    ("Org mode", rf"{_LINES}(?:#\+\w+:|[^`\n]*\[\[https?://[^\]\n]{{1,500}}\]\[)", "pandoc -f org -t gfm"),
    ("reStructuredText", rf"{_LINES}\.\. (?:[\w-]+::|_[^:\n]{{1,80}}: )", "pandoc -f rst -t gfm"),
    ("reStructuredText", rf"{_LINES}[^\n]*`[^`<\n]{{1,200}} <https?://[^>\s]{{1,500}}>`_", "pandoc -f rst -t gfm"),
    ("JSON", r"\s*(?:\[\s*\{|\{\s*\")", r"""jq -r '.[] | "- [\(.title)](\(.url))"'"""),
)
"""Formats that are not Markdown, by how they begin, with the command that converts them."""
_YAML_LINE = re.compile(r"\s*(?:- )*[\w-]+:(?:\s|$)|\s*- |\s*#")


def read_index(path: Path, stdin: BinaryIO, on_progress: OnProgress = no_progress) -> tuple[Outline, str]:
    """The outline of an index, and a title for it where it has none of its own.

    `path` is a file, a folder (each file in it is a stage, in the order of their names), or `-` for `stdin`. Raises
    CatalogError, with the line where there is one, for what is no Markdown text or is too large.
    """
    reader = MarkdownReader(on_progress)
    if str(path) == STANDARD_INPUT:
        return reader.read(_markdown(stdin.read(MAX_BYTES + 1), _STDIN), _STDIN), "Reading list"
    if path.is_dir():
        return _read_folder(path, on_progress), _title_of(path)
    return reader.read(_text(path, path.name), path.name), _title_of(path)


def _read_folder(folder: Path, on_progress: OnProgress) -> Outline:
    files = sorted(_files(folder), key=lambda file: _order(file.relative_to(folder)))
    if not files:
        raise CatalogError(str(folder), [Problem(0, "has no Markdown files (.md); name a file, or another folder")])
    if len(files) > MAX_FILES:
        what = f"has {len(files):,} Markdown files; at most {MAX_FILES:,} are read, so name a folder inside it"
        raise CatalogError(str(folder), [Problem(0, what)])
    if (size := sum(file.stat().st_size for file in files)) > MAX_BYTES:
        raise CatalogError(str(folder), [Problem(0, f"its files have {size:,} bytes; at most {MAX_BYTES:,} are read")])
    reader, whole = MarkdownReader(), Outline()
    outlines = []
    for file in with_progress(files, on_progress, 0, 0.4):
        name = str(file.relative_to(folder))
        outlines.append((file, reader.read(_text(file, name), name)))
        if not whole.front_matter and file.stem.lower() in _FIRST:
            whole.front_matter.update(outlines[-1][1].front_matter)
    tops = Counter(_top(outline) for _, outline in outlines)
    for file, outline in outlines:
        whole.blocks.extend(_below_title(outline, file, named=tops[_top(outline)] < 2))
        whole.left_out.extend(outline.left_out)
        for address, source in outline.addresses.items():
            whole.addresses.setdefault(address, source)
    return whole


def _files(folder: Path) -> Iterator[Path]:
    for file in folder.rglob("*"):
        hidden = any(part.startswith(".") for part in file.relative_to(folder).parts)
        if file.suffix.lower() in _IN_FOLDER and file.is_file() and not hidden:
            yield file


def _order(file: Path) -> list[object]:
    """README and index first, then by name, with numbers as numbers: 2 before 10."""
    first = file.stem.lower() not in _FIRST
    parts = re.split(r"(\d+)", str(file.with_suffix("")).casefold())
    return [len(file.parts) > 1, first, [(int(part), "") if part.isdigit() else (-1, part) for part in parts]]


def _top(outline: Outline) -> str:
    """What a file calls itself; empty if it doesn't."""
    first = outline.blocks[0] if outline.blocks else None
    heading = first.text if first is not None and first.kind is BlockKind.HEADING else ""
    return outline.front_matter.get("title") or heading


def _below_title(outline: Outline, file: Path, *, named: bool) -> Iterator[Block]:
    """The blocks of a file below a heading of its own: its title if no other file has it, else the file's name."""
    blocks = outline.blocks
    title = outline.front_matter.get("title")
    if title is None and named and _top(outline):
        top, blocks = replace(blocks[0], level=1), blocks[1:]
    else:
        source = blocks[0].source if blocks else Source(file.name, 1)
        blocks = blocks[1:] if blocks and not named and blocks[0].kind is BlockKind.HEADING else blocks
        name = title if named and title else _title_of(file)
        top = Block(BlockKind.HEADING, Source(source.name, 1), (name,), 1)
    yield top
    yield from (replace(b, level=b.level + 1) if b.kind is BlockKind.HEADING else b for b in blocks)


def _text(path: Path, name: str) -> str:
    try:
        if not path.is_file():
            what = "is not a file" if path.exists() else "there is no such file"
            raise CatalogError(name, [Problem(0, what)])
        with path.open("rb") as file:
            if (size := path.stat().st_size) > MAX_BYTES:
                raise CatalogError(name, [Problem(0, f"has {size:,} bytes; at most {MAX_BYTES:,} are read")])
            return _markdown(file.read(MAX_BYTES + 1), name)
    except OSError as error:
        raise CatalogError(name, [Problem(0, f"cannot be read: {error.strerror or error}")]) from error


def _markdown(data: bytes, name: str) -> str:
    """The text of a file that is Markdown."""
    text = _decoded(data, name)
    if problem := _other_format(text, name):
        raise CatalogError(name, [Problem(1, problem)])
    return text


def _decoded(data: bytes, name: str) -> str:
    if len(data) > MAX_BYTES:
        raise CatalogError(name, [Problem(0, f"has more than {MAX_BYTES:,} bytes, the most that are read")])
    if (at := data.find(b"\0")) >= 0:
        line = data.count(b"\n", 0, at) + 1
        raise CatalogError(name, [Problem(line, "has binary data (a zero byte); an index is UTF-8 text")])
    if (problem := encoding_problem(data)) is not None:
        raise CatalogError(name, [problem])
    text = data.decode("utf-8-sig")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _other_format(text: str, name: str) -> str:
    """What is wrong with a text that isn't Markdown, with the command that converts it; empty if it may be Markdown."""
    head, file = text[:_HEAD], "FILE" if name == _STDIN else name
    for format_, pattern, command in _FORMATS:
        if re.match(pattern, head, re.IGNORECASE) and (head.lstrip()[:1] in "<@{[" or "](http" not in head):
            return f"is {format_}, not Markdown; convert it with: {command} {file} > index.md"
    lines = [line for line in head.split("\n") if line.strip()][:60]
    if not lines:
        return ""
    if re.search(r"^(?:stages|tracks):", head, re.MULTILINE) and re.search(r"^title:", head, re.MULTILINE):
        return f"is a catalog, not an index; serve it with: studybot demo --catalog {file}"
    if "](" in head:
        return ""
    if (
        lines[0][0] != "#"
        and sum(_YAML_LINE.match(line) is not None for line in lines) >= 0.9 * len(lines)
        and _is_yaml(lines)
    ):
        return rf"""is YAML, not Markdown; convert it with: yq -r '.[] | "- [\(.title)](\(.url))"' {file} > index.md"""
    separator, name_of = ("\t", "tsv") if "\t" in lines[0] else (",", "csv")
    widths = {len(row) for row in csv.reader(lines[:5], delimiter=separator)}
    if len(lines) > 1 and len(widths) == 1 and min(widths) > 1 and "://" in head and "://" not in lines[0]:
        return f"is CSV, not Markdown; convert it with: pandoc -f {name_of} -t gfm {file} > index.md"
    return ""


def _is_yaml(lines: list[str]) -> bool:
    """Whether lines that could be YAML have keys on more than the one line that a sentence may look like."""
    return sum(re.match(r"\s*(?:- )*[\w-]+:(?:\s|$)", line) is not None for line in lines) >= max(2, len(lines) // 2)


def _title_of(path: Path) -> str:
    """A title from the name of a file or folder: `quickstart-on-llms.md` is "Quickstart on llms"."""
    path = path.resolve()
    stem = path.stem if path.suffix.lower() in _MARKDOWN else path.name
    if stem.lower() in _WITHOUT_NAME:
        stem = path.parent.name
    words = re.sub(r"^\d+[-_. ]+|[-_]+", lambda part: "" if part[0][0].isdigit() else " ", stem).strip()
    return words[:1].upper() + words[1:] or "Reading list"


# -- the file of a catalog


def read_catalog_text(path: Path) -> str:
    """The text of a catalog as its bytes are, line ends and byte order mark included.

    Raises CatalogError if it is missing, too large, not UTF-8, or an index.
    """
    text = read_text(path)  # it checks all of that, and says what is wrong
    if "](http" in text and not re.search(r"^\s*(?:stages|tracks|title):", text, re.MULTILINE):
        what = f"is an index, not a catalog; import it first: studybot import {path.name} -o catalog.yaml"
        raise CatalogError(path.name, [Problem(1, what)])
    return path.read_bytes().decode("utf-8")


def write_text(path: Path, text: str) -> None:
    """Write a text as UTF-8, by way of a file beside it that then takes its place; a link stays a link.

    Raises StudybotError if that is not possible; the file is then as it was.
    """
    target = path.resolve()
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        written = Path(name)
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
                file.write(text)
            written.chmod(target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask())
            written.replace(target)
        except BaseException:
            written.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise StudybotError(f"{path} cannot be written: {error.strerror or error}") from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
