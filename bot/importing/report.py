"""What an import took, merged and left out, for people; every line is named."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from bot.characters import escaped
from bot.importing.blocks import LeftOut, Reason, Source
from bot.importing.drafting import Draft

MOST_NAMED = 20
"""Most addresses of a kind that are shown one by one; of the others the lines are named."""
_NAMED = (Reason.RELATIVE, Reason.MALFORMED, Reason.TOO_LONG, Reason.NOT_WEB, Reason.UNUSED)
"""What a curator may want to correct in the index; pictures and places in the page are only counted."""


def report(draft: Draft) -> str:
    """The result for each link of an index."""
    return "\n".join(map(escaped, _lines(draft)))  # what it repeats of an index may hold anything


def _lines(draft: Draft) -> Iterator[str]:
    stages = sum(not group.is_track for group in draft.groups)
    tracks = len(draft.groups) - stages
    parts = [_count(stages, "stage"), *([_count(tracks, "track")] if tracks else [])]
    topics = f", {_count(len(draft.topics), 'topic')} proposed" if draft.topics else ""
    yield f"{draft.title}: {_count(sum(1 for _ in draft.entries), 'link')} in {' and '.join(parts)}{topics}."
    if draft.merged:
        yield f"Merged, because an earlier link leads to the same page: {len(draft.merged)}"
        named = [
            f"{one.source} “{one.title}” is “{one.entry.title}”, line {one.entry.source.line}" for one in draft.merged
        ]
        yield from _some(named, [one.source for one in draft.merged])
    if draft.left_out:
        yield f"Left out: {len(draft.left_out)}"
        for reason in Reason:
            yield from _of(reason, [one for one in draft.left_out if one.reason is reason])


def _of(reason: Reason, left_out: Sequence[LeftOut]) -> Iterator[str]:
    if not left_out:
        return
    if reason in _NAMED:
        yield f"  {reason.value}: {len(left_out)}"
        yield from _some([f"{one.source} {one.address}" for one in left_out], [one.source for one in left_out])
    else:
        yield f"  {reason.value}: {len(left_out)} ({_where([one.source for one in left_out])})"


def _some(named: Sequence[str], sources: Sequence[Source]) -> Iterator[str]:
    yield from (f"    {line}" for line in named[:MOST_NAMED])
    if len(named) > MOST_NAMED:
        yield f"    and {len(named) - MOST_NAMED} more: {_where(sources[MOST_NAMED:])}"


def _where(sources: Sequence[Source]) -> str:
    """The lines of some places, by file: `README.md:3, 7-9`."""
    by_file: dict[str, set[int]] = {}
    for source in sources:
        by_file.setdefault(source.name, set()).add(source.line)
    return "; ".join(f"{name}:{_ranges(sorted(lines))}" for name, lines in by_file.items())


def _ranges(lines: Sequence[int]) -> str:
    runs = [[line for _, line in run] for _, run in groupby(enumerate(lines), key=lambda pair: pair[1] - pair[0])]
    return ", ".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'s' * (number != 1)}"
