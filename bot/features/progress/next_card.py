"""The answer to /next: one step with its reasons, a few others, or congratulations when all is done."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

import discord

from bot.catalog import Resource
from bot.catalogs import Library
from bot.discord_io.bot import Interaction
from bot.discord_io.buttons import CATALOG, RESOURCE, NextStepButton, PathPageButton, acknowledge
from bot.discord_io.cards import Card, open_button
from bot.discord_io.marks import ACTION, MARK_LABELS, ChangesMark, Marked, changed_words
from bot.discord_io.text import LABEL_LIMIT, by_line, first_sentence, fit, show
from bot.language import Language
from bot.progress import NextStep, next_step, tally, unmet
from bot.store.marks import Action

TITLE_LIMIT = 150
"""Characters of a title; the longest card stays under CARD_LIMIT."""
SUMMARY_LIMIT = 400
"""Characters of the summary."""
NAMED = 3
"""Resources that a reason names."""
TRACKS = 6
"""Tracks that are named when the path is finished."""
NOTE_LIMIT = 200
"""Characters of a track's note there."""


def next_card(library: Library, done: Collection[str], language: Language, marked: Marked | None = None) -> Card:
    """The next step of a member who has `done` these ids; `marked` is the mark that was just changed on this card."""
    found = next_step(library.catalog, done)
    main = _step(library, done, found, found.resource, language) if found.resource else _end(library, language)
    return Card([*_just_done(marked), *main])


def _just_done(marked: Marked | None) -> Iterator[discord.ui.Item[Any]]:
    if marked is not None and marked.change.finished:
        undo = NextMarkButton.of(marked.library, marked.resource, Action.UNDO, marked.language)
        yield discord.ui.Section(changed_words(marked), accessory=undo)
        yield discord.ui.Separator()


def _step(
    library: Library, done: Collection[str], found: NextStep, resource: Resource, language: Language
) -> Iterator[discord.ui.Item[Any]]:
    t = language.t
    yield discord.ui.TextDisplay("\n".join(_lines(library, done, found, resource, language)))
    mark = NextMarkButton.of(library, resource, Action.MARK, language)
    yield discord.ui.ActionRow(open_button(resource.url, t("Open")), mark)
    if found.alternatives:
        yield discord.ui.Separator()
        yield discord.ui.TextDisplay(t("**Or try one of these**"))
        yield discord.ui.ActionRow(*map(_alternative, found.alternatives))


def _lines(
    library: Library, done: Collection[str], found: NextStep, resource: Resource, language: Language
) -> Iterator[str]:
    t, whole = language.t, tally(library.catalog, done)
    yield "### " + t("Next: {title}", title=show(resource.title, TITLE_LIMIT))
    step = t("step {number} of {total}", number=library.step(resource).number, total=whole.total)
    yield by_line(resource, language, resource.level, step)
    if resource.summary:
        yield first_sentence(resource.summary, SUMMARY_LIMIT)
    yield "\n" + t("**Why now:** {why}", why=_why(library, done, found, resource, language))
    if found.unlocks:
        yield t("**Leads on to:** {titles}", titles=_named(found.unlocks, language))
    yield "-# " + t("{done} of {total} done", done=whole.done, total=whole.total)


def _why(library: Library, done: Collection[str], found: NextStep, resource: Resource, language: Language) -> str:
    t, number = language.t, library.step(resource).number
    if found.builds_on:
        return t("It builds on {named}, which you've done.", named=_named(found.builds_on, language))
    if found.blocked is not None:
        return _first_now(library, done, found.blocked, resource, language)
    if _only_tracks_are_left(library, done):
        track = show(library.step(resource).group.title, TITLE_LIMIT)
        return t("You've done every stage. This one is from the track **{track}**.", track=track)
    return t("It's your first unfinished step.") if number > 1 else t("It's the first step of the path.")


def _first_now(
    library: Library, done: Collection[str], blocked: Resource, resource: Resource, language: Language
) -> str:
    needed, earlier = unmet(library.catalog, blocked, done), _named([blocked], language)
    if needed == (resource,):
        return language.t("{earlier} comes earlier, but needs this first.", earlier=earlier)
    return language.t(
        "You can do this now. {earlier} comes earlier, but needs {needed} first.",
        earlier=earlier,
        needed=_named(needed, language),
    )


def _only_tracks_are_left(library: Library, done: Collection[str]) -> bool:
    staged = [resource.id for stage in library.catalog.stages for resource in stage.resources]
    return bool(staged) and all(slug in done for slug in staged)


def _named(resources: Iterable[Resource], language: Language) -> str:
    ones = list(resources)
    more = [language.plural("{n} more", "{n} more", len(ones) - NAMED)] if len(ones) > NAMED else []
    return language.both([*(f"**{show(one.title, TITLE_LIMIT)}**" for one in ones[:NAMED]), *more])


def _alternative(resource: Resource) -> discord.ui.Button[Any]:
    about = ", ".join(filter(None, (resource.kind, resource.level)))
    suffix = f" ({about})" if about else ""
    return open_button(resource.url, fit(resource.title, LABEL_LIMIT - len(suffix)) + suffix)


def _end(library: Library, language: Language) -> list[discord.ui.Item[Any]]:
    t = language.t
    if not len(library.catalog):
        return [discord.ui.TextDisplay(t("The list is empty so far."))]
    row: discord.ui.ActionRow[Any] = discord.ui.ActionRow(PathPageButton.of(library, t("Show the path")))
    return [discord.ui.TextDisplay("\n".join(_end_lines(library, language))), row]


def _end_lines(library: Library, language: Language) -> Iterator[str]:
    t = language.t
    yield "### " + t("All {total} done", total=len(library.catalog))
    yield t("You've finished the whole path. Well done! `/progress` can show it to others.")
    if tracks := [track for track in library.catalog.tracks if track.resources][:TRACKS]:
        yield "\n" + t("**Go deeper:**")
    for track in tracks:
        note = f": {show(track.note, NOTE_LIMIT)}" if track.note else ""
        yield f"- **{show(track.title, TITLE_LIMIT)}**{note}"


class ShowNextStep(NextStepButton):
    """Shows the next step of the member who presses it."""

    async def press(self, interaction: Interaction, library: Library) -> None:
        """Show the card of /next."""
        await acknowledge(interaction)
        done = library.finished(await interaction.client.store.marks.of(interaction.user.id))
        language = interaction.client.language_for(interaction)
        await interaction.edit_original_response(view=next_card(library, done, language), attachments=[])


class NextMarkButton(ChangesMark, template=rf"next:{CATALOG}:{RESOURCE}:{ACTION}"):
    """Marks the step on the card of /next, which then shows the one after it."""

    @classmethod
    def of(cls, library: Library, resource: Resource, action: Action, language: Language) -> discord.ui.Button[Any]:
        """For the step that is shown, or the one that was just marked."""
        custom_id = f"next:{library.catalog.id}:{resource.id}:{action.value}"
        return discord.ui.Button(label=language.t(MARK_LABELS[action]), custom_id=custom_id)

    def redrawn(self, marked: Marked) -> discord.ui.LayoutView:
        """The next step after this mark."""
        return next_card(marked.library, marked.done, marked.language, marked)
