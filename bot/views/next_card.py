"""The answer to /next: one step with its reasons, a few others, or a warm word when all is done."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Self

import discord

from bot.catalog import Resource
from bot.library import Library
from bot.progress import NextStep, next_step, tally, unmet
from bot.views.buttons import LastingButton, acknowledge, bot_of
from bot.views.cards import Card, open_button
from bot.views.done import INTENT, MARK, UNDO, DoneButton, Turned, marked_words
from bot.views.text import LABEL_LIMIT, by_line, first_sentence, fit, listed, show

TITLE_LIMIT = 150
"""Characters of a title; the longest card stays under CARD_LIMIT."""
SUMMARY_LIMIT = 400
"""Characters of the summary."""
NAMED = 3
"""Resources that a reason names."""
TRACKS = 6
"""Tracks that are named as the way on."""
NOTE_LIMIT = 200
"""Characters of a track's note there."""
ID_LIMIT = 100
"""Characters of a custom_id."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks for the next step: what they have `done`, and whether they want only one kind or level."""

    library: Library
    done: Collection[str]
    kind: str | None = None
    level: str | None = None

    @property
    def wanted(self) -> str:
        """`beginner video`; empty without a filter."""
        return " ".join(filter(None, (self.level, self.kind)))


def next_card(asked: Asked, just_done: Resource | None = None) -> Card:
    """The next step as a card; `just_done` is what was marked done on this very card a moment ago."""
    found = next_step(asked.library.catalog, asked.done, kind=asked.kind, level=asked.level)
    return Card([*_just_done(asked, just_done), *_main(asked, found)])


def _just_done(asked: Asked, resource: Resource | None) -> Iterator[discord.ui.Item[Any]]:
    if resource is not None:
        words = marked_words(asked.library, resource, asked.done, Turned(True))
        yield discord.ui.Section(words, accessory=NextDoneButton(resource.id, asked.kind, asked.level, UNDO))
        yield discord.ui.Separator()


def _main(asked: Asked, found: NextStep) -> Iterable[discord.ui.Item[Any]]:
    return _step(asked, found, found.resource) if found.resource else _nothing_left(asked)


def _step(asked: Asked, found: NextStep, resource: Resource) -> Iterator[discord.ui.Item[Any]]:
    yield discord.ui.TextDisplay("\n".join(_lines(asked, found, resource)))
    yield discord.ui.ActionRow(open_button(resource.url), NextDoneButton(resource.id, asked.kind, asked.level, MARK))
    if found.alternatives:
        yield discord.ui.Separator()
        yield discord.ui.TextDisplay("**Or one of these**")
        yield discord.ui.ActionRow(*map(_alternative, found.alternatives))


def _lines(asked: Asked, found: NextStep, resource: Resource) -> Iterator[str]:
    whole = tally(asked.library.catalog, asked.done)
    yield f"### Next for you: {show(resource.title, TITLE_LIMIT)}"
    level = f" · {resource.level}" if resource.level else ""
    place = asked.library.step(resource).number
    yield f"{by_line(resource.kind, resource.authors)}{level} · step {place} of {whole.total}"
    if resource.summary:
        yield first_sentence(resource.summary, SUMMARY_LIMIT)
    yield f"\n**Why now:** {_why(asked, found, resource)}"
    if found.unlocks:
        yield f"**Opens the way to:** {_named(found.unlocks)}"
    yield f"-# You have done {whole.done} of {whole.total}."


def _why(asked: Asked, found: NextStep, resource: Resource) -> str:
    if found.before is not None:
        return f"It comes first. The next {asked.wanted} on the path, {_named([found.before])}, builds on it."
    if found.builds_on:
        return f"It builds on {_named(found.builds_on)}, which you have done."
    if found.passed is not None:
        return _first_now(asked, resource, found.passed)
    if asked.wanted:
        return f"It is the first {asked.wanted} on the path that you have not done."
    if _only_tracks_are_left(asked):
        group = asked.library.step(resource).group
        return f"You have done every stage. This one is from the track **{show(group.title, TITLE_LIMIT)}**."
    if asked.library.step(resource).number > 1:
        return "It is the first on the path that you have not done."
    return "The path begins here."


def _first_now(asked: Asked, resource: Resource, passed: Resource) -> str:
    waited_for = unmet(asked.library.catalog, passed, asked.done)
    what = "it" if waited_for == (resource,) else _named(waited_for)
    first = f"first {asked.wanted} that" if asked.wanted else "first"
    return f"It is the {first} you can take now: {_named([passed])}, earlier on the path, waits for {what}."


def _only_tracks_are_left(asked: Asked) -> bool:
    staged = [resource.id for stage in asked.library.catalog.stages for resource in stage.resources]
    return bool(staged) and all(slug in asked.done for slug in staged)


def _named(resources: Iterable[Resource]) -> str:
    ones = list(resources)
    more = [f"{len(ones) - NAMED} more"] if len(ones) > NAMED else []
    return listed([*(f"**{show(one.title, TITLE_LIMIT)}**" for one in ones[:NAMED]), *more])


def _alternative(resource: Resource) -> discord.ui.Button[Any]:
    about = f" ({', '.join(filter(None, (resource.kind, resource.level)))})"
    return open_button(resource.url, fit(resource.title, LABEL_LIMIT - len(about)) + about)


def _nothing_left(asked: Asked) -> list[discord.ui.Item[Any]]:
    whole = tally(asked.library.catalog, asked.done)
    if whole.complete:
        return [discord.ui.TextDisplay("\n".join(_the_end(asked, whole.total)))]
    if not whole.total:
        return [discord.ui.TextDisplay("The list is still empty. Come back when there is something on it.")]
    text = f"You have done every {asked.wanted} on the list. In all, that is {whole.done} of {whole.total}."
    return [discord.ui.TextDisplay(text), discord.ui.ActionRow(NextButton())]


def _the_end(asked: Asked, total: int) -> Iterator[str]:
    yield f"### All {total} of {total} done"
    yield "That was the whole path. Well done, and thank you for walking it to the end."
    if tracks := asked.library.catalog.tracks[:TRACKS]:
        yield "\n**From here on, choose your own way:**"
        for track in tracks:
            note = f": {show(track.note, NOTE_LIMIT)}" if track.note else ""
            yield f"- **{show(track.title, TITLE_LIMIT)}**{note}"


class NextDoneButton(
    DoneButton,
    template=r"done-next:(?P<id>[a-z0-9-]{1,64}):(?P<kind>[a-z0-9 -]{0,32}):(?P<level>[a-z0-9 -]{0,32})" + INTENT,
):
    """The one on the card of /next, which then shows what comes after."""

    prefix = "done-next"

    def __init__(
        self, resource_id: str, kind: str | None = None, level: str | None = None, wanted: str | None = None
    ) -> None:
        self.kind, self.level = kind, level
        rest = f":{kind or ''}:{level or ''}"
        if len(f"{self.prefix}:{resource_id}{rest}:{wanted}") > ID_LIMIT:  # what comes after it is then unfiltered
            rest = "::"
        super().__init__(resource_id, wanted, rest=rest)

    @classmethod
    def of(cls, match: re.Match[str]) -> Self:
        """The button that a custom_id names."""
        return cls(match["id"], match["kind"] or None, match["level"] or None, match["intent"])

    def redrawn(self, library: Library, done: frozenset[str], turned: Turned) -> Card:
        """The next step after this mark."""
        resource = library.catalog[self.resource_id]
        return next_card(Asked(library, done, self.kind, self.level), just_done=resource if turned.finished else None)


class NextButton(LastingButton, template=r"next"):
    """Shows what is next for whoever presses it."""

    def __init__(self) -> None:
        super().__init__(discord.ui.Button(label="What is next?", custom_id="next"))

    async def press(self, interaction: discord.Interaction[Any]) -> None:
        """Show the card of /next."""
        await acknowledge(interaction)
        bot = bot_of(interaction)
        done = bot.library.catalog.finished(await bot.store.marks(interaction.user.id))
        await interaction.edit_original_response(view=next_card(Asked(bot.library, done)))
