"""What several commands share: examples in their help, and the catalog or index that they read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from bot.catalog import Catalog, load_catalog, shipped_catalog

Command = TypeVar("Command", bound=Callable[..., Any])

CATALOG = click.Path(exists=True, dir_okay=False, path_type=Path)
"""A catalog file."""
READABLE = click.Path(exists=True, allow_dash=True, path_type=Path)
"""An index: a file, a folder, or - for standard input."""


def examples(*lines: str) -> str:
    """An epilog that click does not wrap."""
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)


def catalog_here() -> Path:
    """catalog.yaml in the current folder, else the one that comes with studybot."""
    here = Path("catalog.yaml")
    return here if here.is_file() else shipped_catalog()


def load(path: Path | None) -> Catalog:
    """The catalog at a path; without one catalog.yaml here, else the one that comes with studybot."""
    return load_catalog(path or catalog_here())


def catalog_option(command: Command) -> Command:
    """The option --catalog, as `catalog_path`."""
    return click.option(
        "--catalog",
        "catalog_path",
        type=CATALOG,
        metavar="PATH",
        help="The index to serve. Default: catalog.yaml here, else the one that comes with studybot.",
    )(command)


def base_option(command: Command) -> Command:
    """The option --base, as `base`."""
    return click.option(
        "--base",
        metavar="URL",
        callback=_web_address,
        help="The address of the index (ending with / for that of its folder): relative links are resolved against it.",
    )(command)


def _web_address(ctx: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    from bot.catalog.addresses import is_web_address

    if value is not None and not is_web_address(value):
        raise click.BadParameter("must be a web address such as https://example.org/list/")
    return value
