"""Where an index comes from: a Markdown file, a folder of them, or standard input. All checked before it is read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from bot.catalog.reading import encoding_problem
from bot.errors import CatalogError, Problem
from bot.importing.blocks import Block, BlockKind, Source
from bot.importing.markdown import Outline, read_markdown
from bot.importing.progress import OnProgress, told, unseen

MAX_BYTES = 16 * 1024 * 1024
"""The largest index that is read, all files of a folder together. A hundred thousand links fit; a larger file is
refused before it is opened, so that a wrong name cannot eat the machine's memory."""

STANDARD_INPUT = "-"
"""The path that stands for standard input."""
_STDIN = "standard input"
_MARKDOWN = (".md", ".markdown", ".mdown", ".mkd", ".mdx", ".qmd", ".rmd")
_FIRST = ("readme", "index", "_index")
_WITHOUT_NAME = frozenset({*_FIRST, "-"})


def read_index(path: Path, stdin: BinaryIO, on_progress: OnProgress = unseen) -> tuple[Outline, str]:
    """The outline of an index, and a title for it where it has none of its own.

    `path` is a file, a folder (each file in it is a stage, in the order of their names), or `-` for `stdin`. Raises
    CatalogError, with the line where there is one, for what is no Markdown text or is too large.
    """
    if str(path) == STANDARD_INPUT:
        return read_markdown(_decoded(stdin.read(MAX_BYTES + 1), _STDIN), _STDIN, on_progress), "Reading list"
    if path.is_dir():
        return _read_folder(path, on_progress), _title_of(path)
    return read_markdown(_text(path, path.name), path.name, on_progress), _title_of(path)


def _read_folder(folder: Path, on_progress: OnProgress) -> Outline:
    files = sorted(_files(folder), key=lambda file: _order(file.relative_to(folder)))
    if not files:
        raise CatalogError(str(folder), [Problem(0, "has no Markdown files (.md); name a file, or another folder")])
    if (size := sum(file.stat().st_size for file in files)) > MAX_BYTES:
        raise CatalogError(str(folder), [Problem(0, f"its files have {size:,} bytes; at most {MAX_BYTES:,} are read")])
    whole = Outline()
    for file in told(files, on_progress, 0, 0.4):
        name = str(file.relative_to(folder))
        outline = read_markdown(_text(file, name), name)
        whole.blocks.extend(_below_title(outline, file))
        whole.left_out.extend(outline.left_out)
        if not whole.front_matter and file.stem.lower() in _FIRST:
            whole.front_matter.update(outline.front_matter)
    return whole


def _files(folder: Path) -> Iterator[Path]:
    for file in folder.rglob("*"):
        hidden = any(part.startswith(".") for part in file.relative_to(folder).parts)
        if file.suffix.lower() in _MARKDOWN and file.is_file() and not hidden:
            yield file


def _order(file: Path) -> list[object]:
    """README and index first, then by name, with numbers as numbers: 2 before 10."""
    first = file.stem.lower() not in _FIRST
    parts = re.split(r"(\d+)", str(file.with_suffix("")).casefold())
    return [len(file.parts) > 1, first, [(int(part), "") if part.isdigit() else (-1, part) for part in parts]]


def _below_title(outline: Outline, file: Path) -> Iterator[Block]:
    """The blocks of a file below a heading of its own."""
    blocks = outline.blocks
    first = next((block for block in blocks if block.kind is BlockKind.HEADING), None)
    title = outline.front_matter.get("title")
    if title is None and first is not None and first is blocks[0]:
        top, blocks = replace(first, level=1), blocks[1:]
    else:
        top = Block(BlockKind.HEADING, Source(_name(blocks, file), 1), (title or _title_of(file),), 1)
    yield top
    yield from (replace(b, level=b.level + 1) if b.kind is BlockKind.HEADING else b for b in blocks)


def _name(blocks: list[Block], file: Path) -> str:
    return blocks[0].source.name if blocks else file.name


def _text(path: Path, name: str) -> str:
    try:
        if not path.is_file():
            what = "is not a file" if path.exists() else "there is no such file"
            raise CatalogError(name, [Problem(0, what)])
        with path.open("rb") as file:
            if (size := path.stat().st_size) > MAX_BYTES:
                raise CatalogError(name, [Problem(0, f"has {size:,} bytes; at most {MAX_BYTES:,} are read")])
            return _decoded(file.read(MAX_BYTES + 1), name)
    except OSError as error:
        raise CatalogError(name, [Problem(0, f"cannot be read: {error.strerror or error}")]) from error


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


def _title_of(path: Path) -> str:
    """A title from the name of a file or folder: `quickstart-on-llms.md` is "Quickstart on llms"."""
    path = path.resolve()
    stem = path.stem if path.suffix.lower() in _MARKDOWN else path.name
    if stem.lower() in _WITHOUT_NAME:
        stem = path.parent.name
    words = re.sub(r"^\d+[-_. ]+|[-_]+", lambda part: "" if part[0][0].isdigit() else " ", stem).strip()
    return words[:1].upper() + words[1:] or "Reading list"
