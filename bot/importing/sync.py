"""A changed index brought into its catalog: links added, retitled, readdressed, retired; nothing else is touched.

What a person wrote stays. A resource is known by its page, then by a page that it had, then by its title. A title is
changed only where the index has changed it, not where a curator has (see `_is_curated`). Links that left the index
are retired and not deleted, and nothing moves: where the index has another order, that is reported.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from difflib import unified_diff
from enum import Enum

from bot.catalog import canonical_page
from bot.catalog.identity import Ids, slug
from bot.catalog.loading import complete
from bot.catalog.model import MAX_ID
from bot.catalog.problems import groups_of, resources_of
from bot.catalog.reading import Place, parse_document
from bot.errors import CatalogError, Problem
from bot.importing.drafting import Draft, Group
from bot.importing.editing import Editor
from bot.importing.entries import Entry
from bot.importing.writing import entry_keys, group_keys

RETIRED_COMMENT = "no longer in the index"
"""Stands behind `retired: true` where a sync wrote it, so that a sync may take it back; what a person retired stays."""


class What(Enum):
    """What a sync did with a resource, or saw; the last two change nothing."""

    ADDED = "added"
    RETITLED = "retitled"
    READDRESSED = "new address"
    RETIRED = "retired"
    RETURNED = "returned"
    ELSEWHERE = "elsewhere"
    STAYS_RETIRED = "stays retired"


@dataclass(frozen=True, slots=True)
class Change:
    """One resource, by its title, and what happened to it; `detail` is for people."""

    what: What
    title: str
    detail: str = ""


@dataclass(slots=True)
class Synced:
    """The catalog's text before and after, and what happened, in the order of the catalog and then of the index."""

    before: str
    after: str
    changes: list[Change] = field(default_factory=list)

    def report(self) -> str:
        """What happened, for people: a line for each resource, then how many of each."""
        lines = [f"{change.what.value}: “{change.title}”, {change.detail}" for change in self.changes]
        counts = Counter(change.what for change in self.changes)
        summary = ", ".join(f"{counts[what]} {what.value}" for what in What if counts[what])
        return "\n".join([*lines, f"{summary}." if lines else "Nothing has changed."])

    def diff(self, name: str) -> str:
        """The difference as a patch of the file `name`."""
        before, after = self.before.splitlines(keepends=True), self.after.splitlines(keepends=True)
        return "".join(unified_diff(before, after, name, name))


@dataclass(slots=True, eq=False)
class _Known:
    """A resource of the catalog."""

    place: Place
    keys: Mapping[str, object]
    entry: Entry | None = None

    @property
    def title(self) -> str:
        return " ".join(str(self.keys["title"]).split())

    @property
    def pages(self) -> Iterator[str]:
        former = self.keys.get("former_urls")
        urls = [self.keys["url"], *(former if isinstance(former, list) else [])]
        return (canonical_page(str(url)) for url in urls)


def sync_catalog(draft: Draft, text: str, source: str, today: date) -> Synced:
    """Bring an index into the text of its catalog, which has no problems; `source` is the catalog's name.

    Links that are new are marked as added `today`. Raises CatalogError if the index shares no link with the catalog,
    or if the file is written in a way that cannot be edited.
    """
    return _Sync(draft, text, source, today).run()


class _Sync:
    def __init__(self, draft: Draft, text: str, source: str, today: date) -> None:
        data = complete(parse_document(text, source).data)
        self._draft = draft
        self._today = today
        self._source = source
        self._text = text
        self._editor = Editor(text, source)
        self._known = [_Known(place, keys) for place, keys in resources_of(data)]
        self._groups = groups_of(data)
        self._match: dict[int, _Known] = {}
        self._changes: list[Change] = []

    def run(self) -> Synced:
        self._match_pages()
        self._match_titles()
        if not self._match:
            what = f"shares no link with {self._draft.origin.removeprefix('Imported from ')}; is that its index?"
            raise CatalogError(self._source, [Problem(0, what)])
        for known in self._known:
            self._update(known)
        self._add_new()
        self._report_moves()
        return Synced(self._text, self._editor.edited() if self._touched() else self._text, self._changes)

    def _touched(self) -> bool:
        return any(change.what not in (What.ELSEWHERE, What.STAYS_RETIRED) for change in self._changes)

    def _note(self, what: What, title: str, detail: str = "") -> None:
        self._changes.append(Change(what, title, detail))

    # -- which entry of the index is which resource

    def _match_pages(self) -> None:
        by_page: dict[str, _Known] = {}
        for former in (False, True):
            for known in self._known:
                for page in list(known.pages)[former:] if former else list(known.pages)[:1]:
                    by_page.setdefault(page, known)
        for entry in self._draft.entries:
            known_page = by_page.get(canonical_page(entry.url))
            if known_page is not None:
                self._pair(entry, known_page)

    def _match_titles(self) -> None:
        """What has the same title, or an id made from it, is the same resource at a new address."""
        left = [known for known in self._known if known.entry is None]
        entries = [entry for entry in self._draft.entries if id(entry) not in self._match]
        for key_of, name in ((_folded, _title), (_slug, _id)):
            names = Counter(name(known) for known in left if known.entry is None)
            wanted = Counter(key_of(entry.title) for entry in entries if id(entry) not in self._match)
            by_name = {name(known): known for known in left if known.entry is None}
            for entry in entries:
                key = key_of(entry.title)
                if id(entry) not in self._match and names[key] == 1 and wanted[key] == 1:
                    self._pair(entry, by_name[key])

    def _pair(self, entry: Entry, known: _Known) -> None:
        self._match[id(entry)] = known
        if known.entry is None:
            known.entry = entry

    # -- resources that are there

    def _update(self, known: _Known) -> None:
        if known.entry is None:
            self._retire(known)
            return
        self._return(known)
        self._retitle(known, known.entry)
        self._readdress(known, known.entry)

    def _retire(self, known: _Known) -> None:
        """Retire what left the index; `retired: false`, written by a person, says that it is meant to stay."""
        if "retired" not in known.keys:
            self._editor.add_keys(known.place, {"retired": True}, RETIRED_COMMENT)
            self._note(What.RETIRED, known.title, "it is not in the index any more")

    def _return(self, known: _Known) -> None:
        if str(known.keys.get("retired", "false")).lower() not in ("true", "yes", "on", "y", "t", "1"):
            return
        if self._editor.has_comment((*known.place, "retired"), RETIRED_COMMENT):
            self._editor.remove_line((*known.place, "retired"))
            self._note(What.RETURNED, known.title, "it is in the index again")
        else:
            self._note(What.STAYS_RETIRED, known.title, "it is in the index, and was retired here by hand")

    def _retitle(self, known: _Known, entry: Entry) -> None:
        if not _is_curated(known, entry):
            self._editor.set_text((*known.place, "title"), entry.title)
            self._note(What.RETITLED, known.title, f"now “{entry.title}”")

    def _readdress(self, known: _Known, entry: Entry) -> None:
        old = str(known.keys["url"])
        if canonical_page(entry.url) in known.pages:
            return
        self._editor.set_text((*known.place, "url"), entry.url)
        self._editor.append_text((*known.place, "former_urls"), old)
        self._note(What.READDRESSED, entry.title, f"{old} → {entry.url}")

    # -- resources that are new

    def _add_new(self) -> None:
        ids = Ids(str(known.keys["id"]) for known in self._known)
        self._group_ids = Ids(str(keys["id"]) for _, keys in self._groups)
        for group in self._draft.groups:
            for entry in group.entries:
                if id(entry) not in self._match:
                    entry.id = ids.take(slug(entry.title, MAX_ID, "resource"), MAX_ID)
        behind: dict[str, int] = {"stages": -1, "tracks": -1}
        new_groups: dict[tuple[str, int], list[Group]] = {}
        for group in self._draft.groups:
            place = self._place_of(group)
            if place is not None:
                behind[str(place[0])] = int(place[1])
                self._add_entries(group, place)
            elif any(id(entry) not in self._match for entry in group.entries):
                key = "tracks" if group.is_track else "stages"
                new_groups.setdefault((key, behind[key]), []).append(group)
        for (key, after), groups in new_groups.items():
            self._editor.insert_items((key,), after, [self._new_group(group) for group in groups])

    def _new_group(self, group: Group) -> dict[str, object]:
        group.id = self._group_ids.take(group.id, MAX_ID)
        new = [entry for entry in group.entries if id(entry) not in self._match]
        for entry in new:
            self._note(What.ADDED, entry.title, f"in “{group.title}”, which is new")
        return group_keys(group, self._today) | {"resources": [entry_keys(entry, self._today) for entry in new]}

    def _add_entries(self, group: Group, place: Place) -> None:
        """Add the new entries of a group, each behind the one that it follows in the index."""
        behind, title = -1, str(self._keys_of(place)["title"])
        new: dict[int, list[Entry]] = {}
        for entry in group.entries:
            known = self._match.get(id(entry))
            if known is None:
                new.setdefault(behind, []).append(entry)
                self._note(What.ADDED, entry.title, f"in “{title}”")
            elif known.place[:2] == place:
                behind = int(known.place[-1])
        for after, entries in new.items():
            keys = [entry_keys(entry, self._today) for entry in entries]
            self._editor.insert_items((*place, "resources"), after, keys)

    def _keys_of(self, place: Place) -> Mapping[str, object]:
        return next(keys for at, keys in self._groups if at == place)

    def _place_of(self, group: Group) -> Place | None:
        """Where a group of the index is in the catalog: what has its title, else what holds most of its resources."""
        homes = Counter(self._match[id(entry)].place[:2] for entry in group.entries if id(entry) in self._match)
        titled = [place for place, keys in self._groups if _folded(str(keys["title"])) == _folded(group.title)]
        if titled:
            return max(titled, key=lambda place: homes[place])
        return homes.most_common(1)[0][0] if homes else None

    # -- what stands elsewhere

    def _report_moves(self) -> None:
        for group in self._draft.groups:
            place = self._place_of(group)
            if place is None:
                continue
            here = []
            for entry in group.entries:
                known = self._match.get(id(entry))
                if known is None or known.entry is not entry:
                    continue
                if known.place[:2] == place:
                    here.append(known)
                else:
                    self._note(What.ELSEWHERE, known.title, f"the index has it in “{group.title}”")
            for known in _out_of_order(here):
                self._note(What.ELSEWHERE, known.title, f"the index has it at another place in “{group.title}”")


def _out_of_order(known: list[_Known]) -> list[_Known]:
    """The fewest of some resources that must move so that the catalog has the index's order."""
    places = [int(one.place[-1]) for one in known]
    ends: list[int] = []  # the smallest last place of an ascending run of each length
    lengths = []
    for place in places:
        at = bisect_left(ends, place)
        ends[at : at + 1] = [place]
        lengths.append(at)
    in_order = set()
    wanted, bound = len(ends) - 1, None
    for at in range(len(places) - 1, -1, -1):
        if lengths[at] == wanted and (bound is None or places[at] < bound):
            in_order.add(at)
            wanted, bound = wanted - 1, places[at]
    return [one for at, one in enumerate(known) if at not in in_order]


def _is_curated(known: _Known, entry: Entry) -> bool:
    """Whether the title in the catalog differs from the index's because a person chose it.

    An id is made from the first title and stays, so it tells which of the two has changed since. Where it tells
    nothing, a title is a person's if it holds the index's, or if the index's is among the aliases.
    """
    if _folded(entry.title) == _folded(known.title) or _made_of(_id(known), entry.title):
        return True
    if _made_of(_id(known), known.title):
        return False
    aliases = known.keys.get("aliases")
    own = {_folded(str(alias)) for alias in aliases} if isinstance(aliases, list) else set()
    return _folded(entry.title) in own or f" {_words(entry.title)} " in f" {_words(known.title)} "


def _made_of(id_: str, title: str) -> bool:
    """Whether an id was made from a title, perhaps with a number behind it because it was taken."""
    return re.fullmatch(rf"{re.escape(_slug(title))}(-\d+)?", id_) is not None


def _words(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()


def _slug(title: str) -> str:
    return slug(title, MAX_ID, "resource")


def _title(known: _Known) -> str:
    return _folded(known.title)


def _id(known: _Known) -> str:
    return str(known.keys["id"])
