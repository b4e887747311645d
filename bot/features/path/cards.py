"""The path in pages: numbers run through all stages, the tracks come last, and every page fits a message; and what its
buttons do."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil
from typing import Any, NamedTuple, Self
from weakref import WeakKeyDictionary

import discord

from bot.catalog import Catalog, Resource, Stage, Track
from bot.catalogs import Library
from bot.discord_io.bot import Interaction
from bot.discord_io.buttons import CATALOG, GROUP, RESOURCE, PathPageButton, PersistentItem, show_card
from bot.discord_io.cards import Card, notice
from bot.discord_io.marks import ACTION, STATE_LIMIT, ChangesMark, Marked, chosen_mark, finished_in_time, state_words
from bot.discord_io.text import CHOICE_LIMIT, echo, fit, further_links, link, show
from bot.language import ENGLISH, Language
from bot.path import Step
from bot.progress import next_step, tally
from bot.store.marks import Action

LINES = 8
"""Most resources on a page: about a phone's screen and a half."""
PAGE_LIMIT = 2400
"""Most characters of list on a page: with the longest opening, heading and last line it stays under CARD_LIMIT, and the
longest line that a catalog may hold (a title of 256, an address of 512 with all its characters encoded) still fits."""
TITLE_LIMIT = 150
"""Characters of the catalog's, a stage's or a track's title."""
GOAL_LIMIT = 500
"""Characters of a stage's goal, a track's note, the note above the tracks or the prerequisites."""
FACTS_LIMIT = 30
"""Characters of "new on the list" after a step's state, in any language."""
UNKNOWN, DONE, NEXT, OPEN = "•", "✓", "→", "○"
"""Before a step: marks are not shown, done, the member's next step, to do. Something stands before every number: a line
that begins with one is taken for a list, which some apps number anew."""


class View(NamedTuple):
    """Who looks at the path, and when: `done` are the ids of what they have finished; None shows no marks."""

    language: Language
    today: date
    done: Collection[str] | None = None

    @classmethod
    async def of(cls, interaction: Interaction, library: Library) -> Self:
        """Who acts, with their marks if they can be read in time."""
        bot = interaction.client
        done = await finished_in_time(bot.store, library, interaction.user.id)
        return cls(bot.language_for(interaction), bot.clock().date(), done)


@dataclass(frozen=True, slots=True)
class Part:
    """What a page shows of one stage or track, and the most characters that takes, whatever is marked."""

    group: Stage | Track
    steps: tuple[Step, ...]
    note: str = ""
    """What stands above its heading."""

    @property
    def characters(self) -> int:
        """Its length at most."""
        return len(_heading(self, ENGLISH)) + sum(map(_length, self.steps))


Page = tuple[Part, ...]

_paged: WeakKeyDictionary[Library, dict[str, tuple[Page, ...]]] = WeakKeyDictionary()
"""The pages of each list, made once: at 12,000 resources that takes a tenth of a second. Weak, so that a list that was
replaced can be freed."""


def pages(library: Library, group_id: str = "") -> tuple[Page, ...]:
    """The pages of the whole path, or of one stage or track; empty if there is no such group. Nobody's marks change
    where they begin and end."""
    known = _paged.setdefault(library, {})
    if group_id not in known and (found := _pages(library, group_id)):
        known[group_id] = found
    return known.get(group_id, ())


def _pages(library: Library, group_id: str) -> tuple[Page, ...]:
    stages = [stage for stage in library.catalog.stages if group_id in ("", stage.id)]
    tracks = [track for track in library.catalog.tracks if group_id in ("", track.id)]
    staged: list[Page] = [(part,) for stage in stages for part in _parts(stage, library)]
    return (*staged, *_pack([part for track in tracks for part in _parts(track, library)]))


def path_card(library: Library, group_id: str, number: int, view: View) -> Card:
    """One page as a card with its buttons; `number` counts from 0 and is brought into range."""
    found = pages(library, group_id)
    if not found:
        return notice(view.language.t("That part of the path has been removed. See `/path`."))
    number = min(max(number, 0), len(found) - 1)
    return Card(_blocks(library, found, number, group_id, view))


def unknown_group(library: Library, text: str, language: Language) -> Card:
    """The answer to a stage or track that the list doesn't have."""
    titles = "\n".join(f"- {show(group.title, TITLE_LIMIT)}" for group in library.catalog.groups)
    return notice(
        language.t("There's no stage or track called “{typed}”. Choose one of:", typed=echo(text)) + f"\n{titles}"
    )


def card_at_next(library: Library, group_id: str, view: View) -> Card:
    """The page with the member's next step, of the group that is shown if the step is there; the first page for a
    member who has finished everything."""
    following = _following(library, view)
    if following is None:
        return path_card(library, group_id, 0, view)
    shown = group_id if library.step(following).group.id == group_id else ""
    return path_card(library, shown, page_with(library, shown, following), view)


def page_with(library: Library, group_id: str, resource: Resource) -> int:
    """The number of the page that a resource is on."""
    listed = pages(library, group_id)
    return next(number for number, page in enumerate(listed) if _holds(page, resource))


def _holds(page: Page, resource: Resource) -> bool:
    return any(step.resource is resource for part in page for step in part.steps)


def _following(library: Library, view: View) -> Resource | None:
    return next_step(library.catalog, view.done).resource if view.done is not None else None


def _length(step: Step) -> int:
    return len(_line(step, UNKNOWN, "")) + STATE_LIMIT + FACTS_LIMIT


def _line(step: Step, sign: str, facts: str) -> str:
    """`→ 1. [Attention is all you need](…) · paper`, and `facts` in small print below it."""
    resource = step.resource
    kind = f" · {resource.kind}" if resource.kind else ""
    small = " · ".join(filter(None, (facts, further_links(resource))))
    return f"{sign} {step.number}. {link(resource.title, resource.url)}{kind}" + (f"\n-# {small}" if small else "")


def _chunks(steps: Sequence[Step]) -> list[list[Step]]:
    """Steps in as few pages as LINES allows, of about equal length, none over PAGE_LIMIT characters."""
    most = ceil(len(steps) / ceil(len(steps) / LINES)) if steps else 1
    chunks: list[list[Step]] = [[]]
    room = PAGE_LIMIT
    for step in steps:
        size = _length(step)
        if chunks[-1] and (len(chunks[-1]) == most or size > room):
            chunks.append([])
            room = PAGE_LIMIT
        chunks[-1].append(step)
        room -= size
    return chunks


def _heading(part: Part, language: Language) -> str:
    group, title = part.group, show(part.group.title, TITLE_LIMIT)
    if isinstance(group, Stage):
        return f"### {title}\n{show(group.goal, GOAL_LIMIT)}".strip()
    heading = "### " + language.t("Track: {title}", title=title)
    return f"{show(part.note, GOAL_LIMIT)}\n{heading}\n{show(group.note, GOAL_LIMIT)}".strip()


def _parts(group: Stage | Track, library: Library) -> list[Part]:
    tracks, chunks = library.catalog.tracks, _chunks(library.steps_of(group))
    note = library.catalog.tracks_note if tracks and group is tracks[0] else ""
    return [Part(group, tuple(chunk), "" if number else note) for number, chunk in enumerate(chunks)]


def _pack(parts: Sequence[Part]) -> list[Page]:
    """Parts share pages as long as they fit."""
    found: list[Page] = []
    for part in parts:
        page = (*found[-1], part) if found else (part,)
        fits = sum(one.characters for one in page) <= PAGE_LIMIT and sum(len(one.steps) for one in page) <= LINES
        if found and fits:
            found[-1] = page
        else:
            found.append((part,))
    return found


def _blocks(
    library: Library, found: Sequence[Page], number: int, group_id: str, view: View
) -> Iterator[discord.ui.Item[Any]]:
    page, following = found[number], _following(library, view)
    if number == 0 and not group_id:
        yield discord.ui.TextDisplay(_opening(library.catalog, view.language))
        yield discord.ui.Separator()
    texts = [text for part in page for text in _part(library, part, view, following)]
    # One stage alone has room for a gap below its heading; many small tracks would be too many components.
    yield from map(discord.ui.TextDisplay, texts if len(page) == 1 else ["\n".join(texts)])
    steps = [step for part in page for step in part.steps]
    if len(steps) > 1:
        yield discord.ui.ActionRow(PathMarkSelect.of(library, steps, group_id, view))
    if footer := _footer(library, found, number, view, following):
        yield discord.ui.TextDisplay(f"-# {footer}")
    buttons = [
        *_mark_button(library, steps, group_id, view, following),
        *_turning(library, found, number, group_id, view.language),
        *_next_step_button(library, page, group_id, view.language, following),
    ]
    if buttons:
        yield discord.ui.ActionRow(*buttons)


def _part(library: Library, part: Part, view: View, following: Resource | None) -> tuple[str, str]:
    """The heading of a stage or track, and its steps."""
    lines = [_step(library, step, view, following) for step in part.steps]
    return _heading(part, view.language), "\n".join(lines) or "-# " + view.language.t("No resources here yet.")


def _step(library: Library, step: Step, view: View, following: Resource | None) -> str:
    t, resource = view.language.t, step.resource
    sign, state = UNKNOWN, ""
    if resource is following:
        sign, state = NEXT, t("your next step")
    elif view.done is not None:
        finished = resource.id in view.done
        sign = DONE if finished else OPEN
        state = "" if finished else state_words(library, resource, view.done, view.language)
    new = t("new on the list") if resource.is_new(view.today) else ""
    return _line(step, sign, " · ".join(filter(None, (state, new))))


def _footer(library: Library, found: Sequence[Page], number: int, view: View, following: Resource | None) -> str:
    """`Page 1 of 3 · 3 of 23 done · your next step: 4`."""
    t, facts = view.language.t, []
    if len(found) > 1:
        facts.append(t("Page {number} of {pages}", number=number + 1, pages=len(found)))
    if view.done is not None:
        whole = tally(library.catalog, view.done)
        facts.append(t("{done} of {total} done", done=whole.done, total=whole.total))
    if following is not None and not _holds(found[number], following):
        facts.append(t("your next step: {number}", number=library.step(following).number))
    return " · ".join(facts)


def _mark_button(
    library: Library, steps: Sequence[Step], group_id: str, view: View, following: Resource | None
) -> Iterator[discord.ui.Button[Any]]:
    """For the member's next step, else for the first on the page that they have not finished."""
    left = [step for step in steps if step.resource.id not in (view.done or ())]
    step = next((one for one in left if one.resource is following), None) or next(iter(left or steps), None)
    if step is not None and (left or len(steps) == 1):
        yield PathMarkButton.of(library, step, group_id, view)


def _turning(
    library: Library, found: Sequence[Page], number: int, group_id: str, language: Language
) -> Iterator[discord.ui.Button[Any]]:
    if len(found) > 1:
        last = len(found) - 1
        yield PathPageButton.of(library, language.t("Previous"), group_id, number - 1, disabled=number == 0)
        yield PathPageButton.of(library, language.t("Next"), group_id, number + 1, disabled=number == last)


def _next_step_button(
    library: Library, page: Page, group_id: str, language: Language, following: Resource | None
) -> Iterator[discord.ui.Button[Any]]:
    if following is not None and not _holds(page, following):
        yield NextStepPageButton.of(library, group_id, language)


def _opening(catalog: Catalog, language: Language) -> str:
    lines = [f"## {show(catalog.title, TITLE_LIMIT)}"]
    if catalog.prerequisites:
        needed = show("; ".join(catalog.prerequisites), GOAL_LIMIT)
        lines.append(language.t("Before you start: {prerequisites}", prerequisites=needed))
    return "\n".join(lines)


class ShowPage(PathPageButton):
    """Shows a page of the path."""

    async def press(self, interaction: Interaction, library: Library) -> None:
        """Show the page."""
        view = await View.of(interaction, library)
        await show_card(interaction, path_card(library, self.state["group"], int(self.state["page"]), view))


class NextStepPageButton(PersistentItem, template=rf"path-next:{CATALOG}:{GROUP}"):
    """Shows the page with the next step of the member who presses it: of the stage or track that is shown, if it is
    there.

    It looks for the step when it is pressed: a mark may have moved it since the page was shown.
    """

    @classmethod
    def of(cls, library: Library, group_id: str, language: Language) -> discord.ui.Button[Any]:
        """For the whole path, or for one stage or track."""
        label = language.t("To your next step")
        return discord.ui.Button(label=label, custom_id=f"path-next:{library.catalog.id}:{group_id}")

    async def press(self, interaction: Interaction, library: Library) -> None:
        """Show the page."""
        await show_card(interaction, card_at_next(library, self.state["group"], await View.of(interaction, library)))


class _ChangesPage(ChangesMark, template=r"(?!)"):
    """Marks a step on a page: of the whole path (`step`), or of its stage or track alone (`part`)."""

    def redrawn(self, marked: Marked) -> discord.ui.LayoutView:
        """The page that the step is on, with the new marks."""
        library, resource = marked.library, marked.resource
        group_id = library.step(resource).group.id if self.state["shown"] == "part" else ""
        view = View(marked.language, marked.now.date(), marked.done)
        return path_card(library, group_id, page_with(library, group_id, resource), view)


SHOWN = r"(?P<shown>step|part)"
"""The part of a template that says whether a page is of the whole path or of one stage or track."""


def _shown(group_id: str) -> str:
    return "part" if group_id else "step"


def _change(step: Step, view: View) -> tuple[Action, str]:
    """What a mark on a step may become, and what the button says: which step, since it is one of many."""
    t, number = view.language.t, step.number
    if view.done is not None and step.resource.id in view.done:
        return Action.UNDO, t("Undo {number}", number=number)
    return Action.MARK, t("Mark {number} done", number=number)


class PathMarkButton(_ChangesPage, template=rf"{SHOWN}:{CATALOG}:{RESOURCE}:{ACTION}"):
    """Marks one step on a page."""

    @classmethod
    def of(cls, library: Library, step: Step, group_id: str, view: View) -> discord.ui.Button[Any]:
        """For a step on a page of the whole path, or of one stage or track."""
        action, label = _change(step, view)
        custom_id = f"{_shown(group_id)}:{library.catalog.id}:{step.resource.id}:{action.value}"
        return discord.ui.Button(label=label, custom_id=custom_id, style=discord.ButtonStyle.primary)


class PathMarkSelect(_ChangesPage, template=rf"{SHOWN}s:{CATALOG}"):
    """Marks the step on a page that is chosen."""

    @classmethod
    def of(cls, library: Library, steps: Sequence[Step], group_id: str, view: View) -> discord.ui.Select[Any]:
        """For the steps on a page of the whole path, or of one stage or track."""
        options = []
        for step in steps:
            action, label = _change(step, view)
            options.append(
                discord.SelectOption(
                    label=fit(f"{label}: {step.resource.title}", CHOICE_LIMIT),
                    value=f"{action.value}:{step.resource.id}",
                )
            )
        placeholder = view.language.t("Mark any step done, or undo it")
        custom_id = f"{_shown(group_id)}s:{library.catalog.id}"
        return discord.ui.Select(custom_id=custom_id, placeholder=placeholder, options=options)

    def chosen(self, interaction: Interaction) -> tuple[str, Action]:
        """The resource's id, and what is done to its mark: both are the option's value."""
        return chosen_mark(interaction)
