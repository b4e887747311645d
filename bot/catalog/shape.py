"""The shape of catalog.yaml: which keys an entry has, and what may stand in each.

Limits come from Discord, where the text ends up (https://discord.com/developers/docs): a link button takes
512 characters of URL, a button's label 80, a custom_id 100, a message 2,000.
"""

from __future__ import annotations

import difflib
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

KINDS = (
    "article", "blog", "book", "course", "dataset", "documentation", "lecture", "library", "link", "notebook",
    "paper", "playbook", "podcast", "repository", "slides", "talk", "thread", "tool", "tutorial", "video", "website",
)  # fmt: skip
"""The kinds that catalogs use most. Another word is fine too; one that looks like a slip of these is a problem."""

LEVELS = ("beginner", "intermediate", "advanced")
"""From the first to the last; another word is fine, a slip of these is a problem."""


def _no_slip_of(known: tuple[str, ...]) -> AfterValidator:
    def check(word: str) -> str:
        if word not in known and (near := difflib.get_close_matches(word, known, n=1, cutoff=0.8)):
            raise ValueError(f'"{word}" is not known: did you mean "{near[0]}"?')
        return word

    return AfterValidator(check)


def _web_address(url: str) -> str:
    if not url.lower().startswith(("http://", "https://")):
        raise ValueError("must start with http:// or https://")
    try:
        host = urlsplit(url).hostname
    except ValueError:
        host = None
    if not host or any(character.isspace() for character in url):
        raise ValueError("is not a web address")
    return url


def _one_line(text: str) -> str:
    if len(text.splitlines()) > 1:
        raise ValueError("must be one line: it is the text of buttons, links and headings")
    return text


Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]
Word = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9 -]*$", max_length=32)]
Title = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=256), AfterValidator(_one_line)
]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80), AfterValidator(_one_line)]
Paragraph = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=600)]
Url = Annotated[str, StringConstraints(strip_whitespace=True, max_length=512), AfterValidator(_web_address)]


class Entry(BaseModel):
    """What all entries share: no unknown keys, and a key without a value counts as left out."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _drop_empty(cls, data: object) -> object:
        if not isinstance(data, dict):
            return data
        return {key: value for key, value in data.items() if value is not None or key not in cls.model_fields}


class TopicEntry(Entry):
    """`kv-cache: {name: KV cache, aliases: [key-value cache]}`."""

    name: Name
    aliases: list[Name] = []
    broader: list[str] = []


class ResourceEntry(Entry):
    """One link; see `bot.catalog.model.Resource` for what the keys mean."""

    id: Slug
    title: Title
    url: Url
    kind: Annotated[Word, _no_slip_of(KINDS)] = "link"
    authors: list[Name] = []
    year: Annotated[int, Field(ge=1000, le=9999)] | None = None
    level: Annotated[Word, _no_slip_of(LEVELS)] | None = None
    topics: list[str] = []
    aliases: list[Name] = []
    summary: Paragraph = ""
    requires: list[str] = []
    prompts: list[Paragraph] = []


class StageEntry(Entry):
    """A stage with its goal and its resources in order."""

    id: Slug
    title: Title
    goal: Paragraph = ""
    resources: list[ResourceEntry] = []


class TrackEntry(Entry):
    """A track; it may have no resources yet."""

    id: Slug
    title: Title
    note: Paragraph = ""
    resources: list[ResourceEntry] = []


class CatalogEntry(Entry):
    """The whole file."""

    title: Title
    description: Paragraph = ""
    source: Paragraph = ""
    prerequisites: list[Paragraph] = []
    topics: dict[Slug, TopicEntry] = {}
    stages: list[StageEntry] = []
    tracks: list[TrackEntry] = []
