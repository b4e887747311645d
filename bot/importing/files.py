"""Reading and writing a catalog's file: every byte of it, and the whole or nothing."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from bot.catalog.reading import read_text
from bot.errors import StudybotError


def read_catalog_text(path: Path) -> str:
    """The text of a catalog as its bytes are, line ends and byte order mark included.

    Raises CatalogError if it is missing, too large or not UTF-8.
    """
    read_text(path)  # it checks all of that, and says what is wrong
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
