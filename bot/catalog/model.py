"""The catalog as the rest of studybot sees it: checked, immutable, in path order.

These classes are also the schema of catalog.yaml: a key of the file is a field here, with the same limits.
Built in Python they are checked in the same way; pydantic's ValidationError (a ValueError) says what is wrong.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import KW_ONLY, field, replace
from datetime import date, timedelta
from functools import cached_property
from types import MappingProxyType
from typing import Annotated, TypeVar

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints
from pydantic.dataclasses import dataclass
from pydantic_core import PydanticCustomError
from rapidfuzz import fuzz, process

from bot.catalog.addresses import address_fault
from bot.catalog.identity import canonical_page, slug
from bot.catalog.kinds import KINDS
from bot.characters import hidden_in_paragraph, named

MAX_CATALOG_ID = 24
MAX_ID = 64
"""Discord takes 100 characters of custom_id: both ids fit beside a word and a little state.
Longer ones would make buttons that Discord refuses; shorter ones cut titles to less than a name."""
MAX_TITLE = 256
"""Discord's limit for an embed's title, and what a title may take of a card."""
MAX_NAME = 80
"""Discord's limit for the label of a button."""
MAX_PARAGRAPH = 600
"""Some three sentences. Four of them with their titles fit the 4,000 characters that Discord allows in one message."""
MAX_URL = 512
"""Discord's limit for the address of a link button."""
MAX_LINKS = 10
"""Further links of one resource: a paper with its code, data, slides, talk, demo, poster, … has eight."""
MAX_LABEL = 32
"""Characters of a kind, a level, or a further link's label: ten labels with their addresses fit on one card."""

NEW_FOR = timedelta(weeks=4)
"""How long a resource counts as new. At a day nobody notices; at a year nothing stands out."""

LEVELS = ("beginner", "intermediate", "advanced")
"""From the first to the last. A catalog may use another word; one that looks like a misspelling is a problem."""


def _not_misspelt(known: tuple[str, ...]) -> AfterValidator:
    def check(word: str) -> str:
        if word not in known and (near := process.extractOne(word, known, scorer=fuzz.ratio, score_cutoff=80)):
            raise PydanticCustomError(
                "misspelt", '"{word}" is not known: did you mean "{near}"?', {"word": word, "near": near[0]}
            )
        return word

    return AfterValidator(check)


def _web_address(url: str) -> str:
    if fault := address_fault(url):
        raise ValueError(fault)
    return url


def _one_line(text: str) -> str:
    if len(text.splitlines()) > 1:
        raise ValueError("must be one line: it is the text of buttons, links and headings")
    return _visible(text)


def _visible(text: str) -> str:
    if places := hidden_in_paragraph(text):
        raise ValueError(f"has an invisible character, {named(text, places[0])}; delete it")
    return text


_WORD = r"^[a-z][a-z0-9 -]*$"
_SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"
CatalogId = Annotated[str, StringConstraints(pattern=rf"^$|{_SLUG}", max_length=MAX_CATALOG_ID)]
Slug = Annotated[str, StringConstraints(pattern=_SLUG, max_length=MAX_ID)]
Kind = Annotated[str, StringConstraints(pattern=rf"^$|{_WORD}", max_length=MAX_LABEL), _not_misspelt(KINDS)]
Level = Annotated[str, StringConstraints(pattern=_WORD, max_length=MAX_LABEL), _not_misspelt(LEVELS)]
Language = Annotated[str, StringConstraints(pattern=r"^$|^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$", max_length=35)]
Title = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_TITLE), AfterValidator(_one_line)
]
Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_NAME), AfterValidator(_one_line)
]
Paragraph = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_PARAGRAPH), AfterValidator(_visible)
]
OptionalParagraph = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=MAX_PARAGRAPH), AfterValidator(_visible)
]
Label = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_LABEL), AfterValidator(_one_line)
]
Url = Annotated[str, StringConstraints(strip_whitespace=True, max_length=MAX_URL), AfterValidator(_web_address)]

Links = Annotated[Mapping[Label, Url], Field(max_length=MAX_LINKS), AfterValidator(MappingProxyType)]
_NO_LINKS: Mapping[str, str] = MappingProxyType({})

_STRICT = ConfigDict(extra="forbid", use_attribute_docstrings=True)


@dataclass(frozen=True, config=_STRICT)
class Topic:
    """A concept that resources cover; in the file its id is the key of its entry."""

    id: Slug
    """What resources call it."""
    name: Name
    """How it is shown."""
    aliases: tuple[Name, ...] = ()
    """Other things that people type for it. Case, plurals, hyphens and typos need none."""
    broader: tuple[str, ...] = ()
    """The ids of the topics that this one is part of."""


@dataclass(frozen=True, config=_STRICT)
class Resource:
    """One link of the index."""

    id: Slug
    """Unique in its catalog; outlives any change of title. Made from the title if it is left out."""
    title: Title
    """How it is shown: one line."""
    url: Url
    """Where it is: http or https."""
    _: KW_ONLY
    links: Links = field(default_factory=lambda: _NO_LINKS, hash=False)
    """Further links of the same work by label, such as pdf, code or slides: one step of the path, one mark."""
    kind: Kind = ""
    """What it is, in one word, such as paper or video; left out where it is not known."""
    authors: tuple[Name, ...] = ()
    """Who made it: people, or an organisation."""
    year: Annotated[int, Field(ge=1000, le=9999)] | None = None
    """When it came out; left out where it is not known for certain."""
    level: Level | None = None
    """Intended audience: beginner, intermediate or advanced."""
    topics: tuple[str, ...] = ()
    """The ids of its topics, the most central first."""
    aliases: tuple[Name, ...] = ()
    """What people call this very resource, such as "the BERT paper"."""
    summary: OptionalParagraph = ""
    """What it covers, and when to choose it; cards show the first sentence alone."""
    requires: tuple[str, ...] = ()
    """The ids of the resources to finish before this one."""
    prompts: tuple[Paragraph, ...] = ()
    """Questions for the weekly post that can't be answered without the resource."""
    former_urls: tuple[Url, ...] = ()
    """Its earlier addresses, so that what members finished there still counts."""
    added: date | None = None
    """The day it was added to the list."""
    retired: bool = False
    """Whether it is kept only for members who finished it, and hidden from everyone else."""

    def is_new(self, today: date) -> bool:
        """Whether it was added in the last four weeks."""
        return self.added is not None and timedelta(0) <= today - self.added < NEW_FOR

    @cached_property
    def page(self) -> str:
        """The canonical form of the url (see `canonical_page`): what a member's mark is kept for."""
        return canonical_page(self.url)

    @cached_property
    def pages(self) -> tuple[str, ...]:
        """The page, then the pages of the former urls, each once."""
        return tuple(dict.fromkeys((self.page, *map(canonical_page, self.former_urls))))


@dataclass(frozen=True, config=_STRICT)
class Stage:
    """A part of the path for every reader."""

    id: Slug
    """Unique among stages and tracks. Made from the title if it is left out."""
    title: Title
    """How it is shown: one line."""
    goal: OptionalParagraph = ""
    """What a reader knows or can do at its end."""
    resources: tuple[Resource, ...] = ()
    """Its resources, in the order in which to take them."""


@dataclass(frozen=True, config=_STRICT)
class Track:
    """A direction to go on in after the stages."""

    id: Slug
    """Unique among stages and tracks. Made from the title if it is left out."""
    title: Title
    """How it is shown: one line."""
    note: OptionalParagraph = ""
    """Who it is for, or what it leads to."""
    resources: tuple[Resource, ...] = ()
    """Its resources, in the order in which to take them; a track may have none yet."""


@dataclass(frozen=True, config=_STRICT)
class Catalog:
    """A curated index: stages in order, then tracks.

    Retired resources are in `retired` alone: neither in stages and tracks nor among prerequisites.
    `catalog["kv-cache"]` is the resource with this id (KeyError if there is none).
    """

    title: Title
    """What the list is called."""
    _: KW_ONLY
    id: CatalogId = ""
    """Names it among other catalogs, in buttons and in the database. Made from the title if it is left out."""
    description: OptionalParagraph = ""
    """What it is about, and who it is for."""
    source: OptionalParagraph = ""
    """Where the index comes from."""
    language: Language = ""
    """The language of its texts as a tag such as de or pt-BR."""
    prerequisites: tuple[Paragraph, ...] = ()
    """What a reader should know before the first resource."""
    topics: Annotated[Mapping[str, Topic], AfterValidator(MappingProxyType)] = field(
        default_factory=lambda: MappingProxyType({}), hash=False
    )
    """What people ask for: the topics of the resources, by id."""
    stages: tuple[Stage, ...] = ()
    """The parts of the path, in order."""
    tracks_note: OptionalParagraph = ""
    """What to say between the stages and the tracks, such as how to choose one."""
    tracks: tuple[Track, ...] = ()
    """Directions to go on in after the stages."""

    def __post_init__(self) -> None:
        if not self.id:
            object.__setattr__(self, "id", slug(self.title, MAX_CATALOG_ID, fallback="list"))
        retired = tuple(resource for resource in self.resources if resource.retired)
        object.__setattr__(self, "retired", retired)
        if retired:
            gone = frozenset(resource.id for resource in retired)
            object.__setattr__(self, "stages", tuple(_without(stage, gone) for stage in self.stages))
            object.__setattr__(self, "tracks", tuple(_without(track, gone) for track in self.tracks))
            self.__dict__.pop("resources")  # it was computed with those that are retired

    @cached_property
    def retired(self) -> tuple[Resource, ...]:
        """The resources that were taken out of the list and are kept in its file, in the file's order."""
        return ()  # set when the catalog is made

    @property
    def groups(self) -> tuple[Stage | Track, ...]:
        """The stages, then the tracks."""
        return (*self.stages, *self.tracks)

    @cached_property
    def resources(self) -> tuple[Resource, ...]:
        """Every resource in path order: the stages', then the tracks'."""
        return tuple(resource for group in self.groups for resource in group.resources)

    @cached_property
    def _by_id(self) -> dict[str, Resource]:
        return {resource.id: resource for resource in self.resources}

    @cached_property
    def _places(self) -> dict[str, int]:
        return {resource.id: place for place, resource in enumerate(self.resources, start=1)}

    @cached_property
    def _ids_by_page(self) -> dict[str, list[str]]:
        return _ids_by_page((one.id, one.pages) for one in self.resources)

    @cached_property
    def _ids_by_link(self) -> dict[str, list[str]]:
        """As `_ids_by_page`, for the further links."""
        return _ids_by_page((one.id, map(canonical_page, one.links.values())) for one in self.resources if one.links)

    def finished(self, pages: Collection[str]) -> frozenset[str]:
        """The ids of the resources whose page, or a former page, is among `pages`.

        `pages` are canonical, as a member's marks are; pages of other catalogs are ignored.
        """
        return frozenset(id_ for page in pages for id_ in self._ids_by_page.get(page, ()))

    def resource_at(self, address: str) -> Resource | None:
        """The resource that an address of any form leads to, or None.

        Its page decides, then its former pages; a further link only if no other resource has it too.
        """
        page = canonical_page(address)
        if ids := self._ids_by_page.get(page):
            return self._by_id[ids[0]]
        ids = self._ids_by_link.get(page, [])
        return self._by_id[ids[0]] if len(ids) == 1 else None

    def place(self, slug: str) -> int:
        """The place of a resource on the path, from 1; raises KeyError if there is none with this id."""
        return self._places[slug]

    def get(self, slug: str) -> Resource | None:
        """The resource with this id, or None."""
        return self._by_id.get(slug)

    def __getitem__(self, slug: str) -> Resource:
        return self._by_id[slug]

    def __contains__(self, slug: object) -> bool:
        return slug in self._by_id

    def __len__(self) -> int:
        return len(self.resources)

    def __iter__(self) -> Iterator[Resource]:
        return iter(self.resources)


def _ids_by_page(pages: Iterable[tuple[str, Iterable[str]]]) -> dict[str, list[str]]:
    ids: dict[str, list[str]] = {}
    for id_, own in pages:
        for page in dict.fromkeys(own):
            ids.setdefault(page, []).append(id_)
    return ids


_Group = TypeVar("_Group", Stage, Track)


def _without(group: _Group, gone: frozenset[str]) -> _Group:
    """A stage or track without the resources of these ids, which are no longer prerequisites either."""
    kept = (resource for resource in group.resources if resource.id not in gone)
    return replace(group, resources=tuple(_freed(resource, gone) for resource in kept))


def _freed(resource: Resource, gone: frozenset[str]) -> Resource:
    if gone.isdisjoint(resource.requires):
        return resource
    return replace(resource, requires=tuple(id_ for id_ in resource.requires if id_ not in gone))
