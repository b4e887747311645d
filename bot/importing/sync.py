"""A changed index brought into its catalog: a three-way merge of the last import, the index of today and the catalog.

            last import ──────> import of today        what the index changed
                 └────────────> catalog                what a person changed: stays

A field, a place or a deletion follows the index only where the catalog still equals the last import. Links that left
the index are retired and not deleted. Without a last import nothing but new links, new addresses and losses is taken.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from difflib import unified_diff
from enum import Enum
from urllib.parse import urlsplit

from rapidfuzz import fuzz

from bot.catalog import canonical_page
from bot.catalog.identity import Ids, slug
from bot.catalog.loading import complete
from bot.catalog.model import MAX_ID
from bot.catalog.problems import groups_of, resources_of
from bot.catalog.reading import Place, parse_document
from bot.errors import CatalogError, Problem
from bot.importing.editing import Editor, rearranged

RETIRED_COMMENT = "no longer in the index"
"""Stands behind `retired: true` where a sync wrote it, so that a sync may take it back; what a person retired stays."""
MAX_LOST = 1 / 3
"""Share of the links that an index may lose at once. More is half a file, or another one, until a person says so."""
MIN_LOST = 3
"""Fewest lost links that are asked about. Of a list of four, two may well go."""
SIMILAR = 60
"""Likeness, of 100, of two titles in one place that are those of one work: "1st edition" and "2nd edition" have 87."""

_FIELDS = ("title", "links", "kind", "authors", "year", "summary", "aliases")
_TRUE = ("true", "yes", "on", "y", "t", "1")


class ChangeKind(Enum):
    """What a sync did with a resource or a stage; with the last three, it left the catalog as it is."""

    ADDED = "added"
    RETITLED = "retitled"
    CHANGED = "changed"
    READDRESSED = "new address"
    MOVED = "moved"
    RENAMED = "stage renamed"
    RETIRED = "retired"
    RETURNED = "returned"
    KEPT = "kept as you have it"
    STAYS_RETIRED = "stays retired"
    STAYS_DELETED = "stays deleted"


_WITHOUT_EDIT = (ChangeKind.KEPT, ChangeKind.STAYS_RETIRED, ChangeKind.STAYS_DELETED)


@dataclass(frozen=True, slots=True)
class Change:
    """One resource or stage, by its title, and what happened to it; `detail` is for people."""

    kind: ChangeKind
    title: str
    detail: str = ""


@dataclass(slots=True)
class Synced:
    """The catalog's text before and after, what happened, and the import that the next sync compares with."""

    before: str
    after: str
    imported: str
    changes: list[Change] = field(default_factory=list)

    def report(self) -> str:
        """What happened, for people: a line for each resource, then how many of each."""
        lines = [f"{change.kind.value}: “{change.title}”, {change.detail}" for change in self.changes]
        counts = Counter(change.kind for change in self.changes)
        summary = ", ".join(f"{counts[kind]} {kind.value}" for kind in ChangeKind if counts[kind])
        return "\n".join([*lines, f"{summary}." if lines else "Nothing has changed."])

    def diff(self, name: str) -> str:
        """The difference as a patch of the file `name`."""
        before, after = self.before.splitlines(keepends=True), self.after.splitlines(keepends=True)
        return "".join(unified_diff(before, after, name, name))


@dataclass(slots=True, eq=False)
class _Resource:
    """A resource of one of the three, with its group and its number there."""

    place: Place
    keys: Mapping[str, object]
    group: _Group

    @property
    def title(self) -> str:
        return " ".join(str(self.keys["title"]).split())

    @property
    def url(self) -> str:
        return str(self.keys["url"])

    @property
    def page(self) -> str:
        return canonical_page(self.url)

    @property
    def former(self) -> list[str]:
        former = self.keys.get("former_urls")
        return [canonical_page(str(url)) for url in former] if isinstance(former, list) else []

    @property
    def is_retired(self) -> bool:
        return str(self.keys.get("retired", "false")).lower() in _TRUE


@dataclass(slots=True, eq=False)
class _Group:
    """A stage or a track of one of the three."""

    place: Place
    keys: Mapping[str, object]
    resources: list[_Resource] = field(default_factory=list)

    @property
    def title(self) -> str:
        return " ".join(str(self.keys["title"]).split())


class _List:
    """One of the three lists."""

    def __init__(self, text: str, source: str) -> None:
        data = complete(parse_document(text, source).data)
        self.groups = [_Group(place, keys) for place, keys in groups_of(data)]
        by_place = {group.place: group for group in self.groups}
        self.resources: list[_Resource] = []
        for place, keys in resources_of(data):
            group = by_place[place[:2]]
            group.resources.append(_Resource(place, keys, group))
            self.resources.append(group.resources[-1])


Pairs = dict[_Resource, _Resource]


def sync_catalog(
    imported: str, text: str, source: str, today: date, *, last: str | None = None, force: bool = False
) -> Synced:
    """Bring the import of today into the text of a catalog, which has no problems; `source` is the catalog's name.

    `last` is the import that the catalog was made or last synced from. Links that are new are marked as added `today`.
    Raises CatalogError if the index shares no link with the catalog, if it lost over a third of its links and `force`
    isn't set, or if the file is written in a way that can't be edited.
    """
    return _Sync(imported, text, source, today, last, force=force).run()


class _Sync:
    def __init__(self, imported: str, text: str, source: str, today: date, last: str | None, *, force: bool) -> None:
        self._text, self._source, self._today, self._force = text, source, today, force
        self._imported = imported
        self._ours = _List(text, source)
        self._theirs = _List(imported, "the index")
        self._is_merge = last is not None
        self._base = _List(last, "the last import") if last is not None else self._ours
        self._editor = Editor(text, source)
        self._changes: list[Change] = []
        self._moves: list[tuple[_Resource, _Group]] = []
        # The same resource in two of the three: of today in the last import, of the last import in the catalog.
        self._before = _matched(self._theirs.resources, self._base.resources)
        self._known = _matched(self._base.resources, self._ours.resources) if self._is_merge else _self(self._ours)
        taken = {known for old in self._before.values() if (known := self._known.get(old)) is not None}
        free = [one for one in self._ours.resources if one not in taken]
        self._by_hand = _matched([one for one in self._theirs.resources if one not in self._before], free, by_page=True)
        self._group_of = self._matched_groups()

    def run(self) -> Synced:
        ours = {new: known for new in self._theirs.resources if (known := self._known_of(new)) is not None}
        if not ours:
            raise CatalogError(
                self._source, [Problem(0, "shares no link with the index; is it the index of this list?")]
            )
        self._check_losses()
        for new, known in ours.items():
            self._return(known)
            if new in self._before and self._before[new] in self._known:
                self._merge(new, self._before[new], known)
        self._retire()
        self._merge_groups()
        self._add_new(ours)
        text = self._editor.edited() if any(one.kind not in _WITHOUT_EDIT for one in self._changes) else self._text
        return Synced(self._text, self._arranged(text, ours), self._imported, self._changes)

    def _known_of(self, new: _Resource) -> _Resource | None:
        old = self._before.get(new)
        return self._known.get(old) if old is not None else self._by_hand.get(new)

    def _note(self, kind: ChangeKind, title: str, detail: str = "") -> None:
        self._changes.append(Change(kind, title, detail))

    # -- resources

    def _lost(self) -> list[_Resource]:
        kept = set(self._before.values())
        kept |= {old for old, known in self._known.items() if known in self._by_hand.values()}
        return [old for old in self._base.resources if old not in kept and old in self._known]

    def _check_losses(self) -> None:
        lost = [old for old in self._lost() if "retired" not in self._known[old].keys]
        every = sum("retired" not in known.keys for known in self._known.values())
        if len(lost) >= MIN_LOST and len(lost) > MAX_LOST * every and not self._force:
            what = f"the index lost {len(lost)} of {every} links; if that is meant, sync with --force"
            raise CatalogError(self._source, [Problem(0, what)])

    def _retire(self) -> None:
        """Retire what left the index; `retired: false`, written by a person, says that it is meant to stay."""
        for old in self._lost():
            known = self._known[old]
            if "retired" not in known.keys:
                self._editor.add_keys(known.place, {"retired": True}, RETIRED_COMMENT)
                self._note(ChangeKind.RETIRED, known.title, "it is no longer in the index")

    def _return(self, known: _Resource) -> None:
        if not known.is_retired:
            return
        if self._editor.has_comment((*known.place, "retired"), RETIRED_COMMENT):
            self._editor.remove_line((*known.place, "retired"))
            self._note(ChangeKind.RETURNED, known.title, "it is in the index again")
        else:
            self._note(ChangeKind.STAYS_RETIRED, known.title, "it is in the index, and was retired here by hand")

    def _merge(self, new: _Resource, old: _Resource, known: _Resource) -> None:
        """Take over what the index changed and no person did."""
        if new.url != old.url and known.page == old.page and new.page not in (known.page, *known.former):
            self._editor.set_value((*known.place, "url"), new.url)
            self._editor.append_text((*known.place, "former_urls"), known.url)
            self._note(ChangeKind.READDRESSED, known.title, f"{known.url} → {new.url}")
        elif self._is_merge and new.url != old.url and known.url == old.url and new.page == known.page:
            self._editor.set_value((*known.place, "url"), new.url)
            self._note(ChangeKind.CHANGED, known.title, f"{known.url} → {new.url}")
        for key in _FIELDS if self._is_merge else ():
            self._merge_field(key, new, old, known)

    def _merge_field(self, key: str, new: _Resource, old: _Resource, known: _Resource) -> None:
        theirs, base, ours = (one.keys.get(key) or None for one in (new, old, known))
        if _same(theirs, base) or _same(theirs, ours):
            return
        if not _same(ours, base) or not self._editor.can_set((*known.place, key)):
            self._note(ChangeKind.KEPT, known.title, f"the index has another {key}: {_shown(theirs)}")
            return
        self._editor.set_value((*known.place, key), theirs)
        if key == "title":
            self._note(ChangeKind.RETITLED, known.title, f"now “{new.title}”")
        else:
            self._note(ChangeKind.CHANGED, known.title, f"{key}: {_shown(theirs)}")

    # -- stages and tracks

    def _matched_groups(self) -> dict[_Group, _Group]:
        """For each group of today the one of the catalog: by its title, or by its resources."""
        found: dict[_Group, _Group] = {}
        titles = {_folded(group.title): group for group in self._ours.groups}
        renamed = self._pairs_of_groups(self._base.groups, self._ours.groups, self._known)
        before = self._pairs_of_groups(self._theirs.groups, self._base.groups, self._before)
        for group in self._theirs.groups:
            old = before.get(group)
            ours = renamed.get(old) if old is not None and self._is_merge else titles.get(_folded(group.title)) or old
            if ours is not None and ours not in found.values():
                found[group] = ours
        self._old_groups = before
        return found

    def _pairs_of_groups(
        self, groups: Sequence[_Group], others: Sequence[_Group], pairs: Pairs
    ) -> dict[_Group, _Group]:
        titles: dict[str, _Group] = {}
        for other in others:
            titles.setdefault(_folded(other.title), other)
        found = {group: titles[_folded(group.title)] for group in groups if _folded(group.title) in titles}
        taken = set(found.values())
        for group in groups:
            homes = Counter(pairs[one].group for one in group.resources if one in pairs)
            for home, _ in homes.most_common():
                if group not in found and home not in taken:
                    found[group] = home
                    taken.add(home)
        return found

    def _merge_groups(self) -> None:
        for group, known in self._group_of.items() if self._is_merge else ():
            old = self._old_groups.get(group)
            if old is not None and not _same(group.title, old.title) and _same(known.title, old.title):
                self._editor.set_value((*known.place, "title"), group.title)
                self._note(ChangeKind.RENAMED, known.title, f"now “{group.title}”")
            for key in ("goal", "note"):
                theirs, base, ours = (one.keys.get(key) or None for one in (group, old or group, known))
                if not _same(theirs, base) and _same(ours, base) and self._editor.can_set((*known.place, key)):
                    self._editor.set_value((*known.place, key), theirs)
                    self._note(ChangeKind.CHANGED, group.title, f"{key}: {_shown(theirs)}")

    def _is_deleted(self, group: _Group) -> bool:
        """Whether a person deleted the stage to which a group of today corresponds."""
        old = self._old_groups.get(group)
        return self._is_merge and old is not None and group not in self._group_of

    # -- what is new, and where

    def _add_new(self, ours: Pairs) -> None:
        ids = Ids(str(one.keys["id"]) for one in self._ours.resources)
        group_ids = Ids(str(group.keys["id"]) for group in self._ours.groups)
        behind: dict[str, int] = {"stages": -1, "tracks": -1}
        new_groups: defaultdict[tuple[str, int], list[Mapping[str, object]]] = defaultdict(list)
        for group in self._theirs.groups:
            known, kind = self._group_of.get(group), str(group.place[0])
            fresh = [one for one in group.resources if one not in ours and self._is_new(one, group)]
            self._find_moves(group, known, ours)
            if known is not None:
                behind[str(known.place[0])] = int(known.place[1])
                self._insert(group, known, fresh, ours, ids)
            elif fresh or any(target is group for _, target in self._moves):
                keys = [self._new_keys(one, ids, f"in “{group.title}”, which is new") for one in fresh]
                group_id = group_ids.take(str(group.keys["id"]), MAX_ID)
                new_groups[kind, behind[kind]].append({**group.keys, "id": group_id, "resources": keys})
        for (kind, after), groups in new_groups.items():
            self._editor.insert_items((kind,), after, groups)

    def _is_new(self, one: _Resource, group: _Group) -> bool:
        """Whether a resource of today is none that a person deleted, alone or with its stage."""
        if one in self._before or self._is_deleted(group):
            self._note(ChangeKind.STAYS_DELETED, one.title, f"the index has it in “{group.title}”")
            return False
        return True

    def _new_keys(self, one: _Resource, ids: Ids, detail: str) -> dict[str, object]:
        self._note(ChangeKind.ADDED, one.title, detail)
        keys = {key: value for key, value in one.keys.items() if key not in ("id", "added")}
        return {"id": ids.take(slug(one.title, MAX_ID, "resource"), MAX_ID), **keys, "added": self._today}

    def _insert(self, group: _Group, known: _Group, fresh: Sequence[_Resource], ours: Pairs, ids: Ids) -> None:
        """Insert new resources, each behind the one that it follows in the index."""
        behind, wanted = -1, set(fresh)
        new: defaultdict[int, list[Mapping[str, object]]] = defaultdict(list)
        for one in group.resources:
            if one in wanted:
                new[behind].append(self._new_keys(one, ids, f"in “{known.title}”"))
            elif one in ours and ours[one].group is known:
                behind = int(ours[one].place[-1])
        for after, keys in new.items():
            self._editor.insert_items((*known.place, "resources"), after, keys)

    # -- places

    def _find_moves(self, group: _Group, known: _Group | None, ours: Pairs) -> None:
        """What the index moved to another stage, and no person moved since."""
        for one in group.resources if self._is_merge else ():
            old, mine = self._before.get(one), ours.get(one)
            if old is None or mine is None or self._old_groups.get(group) is old.group or mine.group is known:
                continue
            home = next((now for now, before in self._old_groups.items() if before is old.group), None)
            at_home = (
                mine.group is self._group_of.get(home) if home is not None else _same(mine.group.title, old.group.title)
            )
            if at_home and not self._is_deleted(group):
                self._moves.append((mine, group))
                self._note(ChangeKind.MOVED, mine.title, f"from “{mine.group.title}” to “{group.title}”")

    def _arranged(self, text: str, ours: Pairs) -> str:
        """The text with its resources where the index has them."""
        if not self._is_merge:
            return text
        self._urls_now = {known: self._url_now(new, known) for new, known in ours.items()}
        moved = {self._urls_now[mine]: group for mine, group in self._moves}
        after = _List(text, self._source)
        titles = {_folded(group.title): group for group in after.groups}
        came: defaultdict[int, list[str]] = defaultdict(list)
        for url, group in moved.items():
            came[id(group)].append(url)
        wanted: dict[Place, list[str]] = {}
        for group in self._theirs.groups:
            now = titles.get(_folded(self._title_now(group)))
            if now is not None:
                urls = [one.url for one in now.resources]
                stay = [url for url in urls if moved.get(url, group) is group]
                wanted[now.place] = self._order(
                    group, ours, [*stay, *(url for url in came[id(group)] if url not in urls)]
                )
        for home in after.groups:
            wanted.setdefault(home.place, [one.url for one in home.resources if one.url not in moved])
        homes = {group.place: group for group in after.groups}
        wanted = {place: urls for place, urls in wanted.items() if urls != [one.url for one in homes[place].resources]}
        if not wanted:
            return text
        try:
            text = rearranged(text, self._source, wanted)
        except CatalogError:
            self._changes = [change for change in self._changes if change.kind is not ChangeKind.MOVED]
            self._note(
                ChangeKind.KEPT, "places", "the index has another order, but a list on one line can't be rearranged"
            )
            return text
        for place, urls in wanted.items():
            if not moved.keys() & set(urls) and len(urls) == len(homes[place].resources):
                self._note(ChangeKind.MOVED, homes[place].title, "its resources are in the index's order")
        return text

    def _title_now(self, group: _Group) -> str:
        known = self._group_of.get(group)
        if known is None:
            return group.title
        old = self._old_groups.get(group)
        return group.title if old is not None and _same(known.title, old.title) else known.title

    def _url_now(self, new: _Resource, mine: _Resource) -> str:
        """The address that a resource of the catalog has after the merge."""
        old = self._before.get(new)
        if old is None or mine.url == new.url:
            return mine.url
        moved = mine.page == old.page and new.page not in (mine.page, *mine.former)
        return new.url if moved or (mine.url == old.url and new.page == mine.page) else mine.url

    def _order(self, group: _Group, ours: Pairs, urls: list[str]) -> list[str]:
        """The order of a group: the index's where the catalog has that of the last import; else as it is."""
        rank, before = {}, {}
        for at, one in enumerate(group.resources):
            url = self._urls_now[ours[one]] if one in ours else one.url
            rank[url] = at
            if one in self._before and one in ours:
                before[url] = self._before[one].place
        known = [url for url in urls if url in before]
        home = Counter(before[url][:2] for url in known).most_common(1)
        stayed = [before[url][-1] for url in known if before[url][:2] == home[0][0]]
        if stayed != sorted(stayed):
            return urls
        follows: defaultdict[str, list[str]] = defaultdict(list)
        last = ""
        for url in urls:
            if url in rank:
                last = url
            else:
                follows[last].append(url)
        ranked = sorted((url for url in urls if url in rank), key=rank.__getitem__)
        return [one for url in ("", *ranked) for one in ([url] if url else []) + follows[url]]


# -- which resource is which


def _self(list_: _List) -> Pairs:
    return {one: one for one in list_.resources}


def _matched(new: Sequence[_Resource], old: Sequence[_Resource], *, by_page: bool = False) -> Pairs:
    """The resources of one list in another: by page, former page, id and title, the same path elsewhere, the place."""
    found: Pairs = {}
    taken: set[_Resource] = set()

    def pair(one: _Resource, other: _Resource) -> None:
        if one not in found and other not in taken:
            found[one] = other
            taken.add(other)

    def by(key: Callable[[_Resource], Iterable[object]], *, unique: bool = True) -> None:
        keys: defaultdict[object, list[_Resource]] = defaultdict(list)
        for other in old:
            if other not in taken:
                for name in key(other):
                    keys[name].append(other)
        wanted = Counter(name for one in new if one not in found for name in set(key(one)))
        for one in new:
            for name in key(one):
                if one not in found and keys[name] and not (unique and (len(keys[name]) > 1 or wanted[name] > 1)):
                    pair(one, keys[name][0])

    by(lambda one: (one.page,), unique=False)
    by(lambda one: (one.page, *one.former), unique=False)
    if not by_page:
        by(lambda one: (_folded(one.title),))
        by(lambda one: ((_folded(one.title), _path(one.url)),))
        by(lambda one: (str(one.keys["id"]),))
        # What left the index is not what a person deleted beside it.
        for one, other in list(_in_place(new, [other for other in old if not other.is_retired], found)):
            pair(one, other)
    return found


def _in_place(
    new: Sequence[_Resource], old: Sequence[_Resource], found: Pairs
) -> Iterator[tuple[_Resource, _Resource]]:
    """Single resources between the same two neighbours, with a similar title or the same summary."""
    taken = set(found.values())
    numbers = {one: at for at, one in enumerate(old)}
    found = {one: other for one, other in found.items() if other in numbers}
    for at, one in enumerate(new):
        before = found.get(new[at - 1]) if at else None
        place = numbers[before] + 1 if before is not None else 0
        if one in found or (at and before is None) or place >= len(old) or old[place] in taken:
            continue
        after = found.get(new[at + 1]) if at + 1 < len(new) else None
        closed = place + 1 == len(old) if at + 1 == len(new) else after is not None and numbers[after] == place + 1
        other = old[place]
        summary = one.keys.get("summary")
        alike = fuzz.ratio(_folded(one.title), _folded(other.title)) >= SIMILAR
        if closed and (alike or (summary and summary == other.keys.get("summary"))):
            yield one, other


def _path(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    return f"{parts.path.rstrip('/')}?{parts.query}"


def _same(one: object, other: object) -> bool:
    return _plain(one) == _plain(other)


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return None if value is None else " ".join(str(value).split())


def _shown(value: object) -> str:
    text = (
        ", ".join(map(str, value)) if isinstance(value, list | Mapping) else str(value) if value is not None else "none"
    )
    return text if len(text) <= 60 else f"{text[:59]}…"


def _folded(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip().casefold()
