"""The answer to /recommend: hits with their reasons, or suggestions when nothing fits; and what its buttons do."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any, NamedTuple, cast

import discord

from bot.catalog import Resource
from bot.catalog.kinds import KIND_WORDS, kinds_named
from bot.catalog.model import LEVELS
from bot.catalogs import ADDRESS, Library, without_addresses
from bot.discord_io.bot import Interaction
from bot.discord_io.buttons import CATALOG, NextStepButton, PathPageButton, PersistentItem, show_card
from bot.discord_io.cards import Card, open_button
from bot.discord_io.marks import DONE, ChangesMark, MarkButton, Marked, chosen_mark, finished_in_time, state_words
from bot.discord_io.text import (
    CARD_LIMIT,
    CHOICE_LIMIT,
    LABEL_LIMIT,
    by_line,
    defuse,
    echo,
    first_sentence,
    fit,
    further_links,
    link,
    sentence,
    show,
)
from bot.features.recommend.asked import STATE, Asked, is_small_talk
from bot.language import N_, Language
from bot.reasons import reasons
from bot.search import Answer, Hit
from bot.search.text import words
from bot.store.marks import Action

SHOWN = 3
"""Hits of a card before *2 more* is pressed: the best two stand whole on the first screen of a phone."""
SUMMARY_LIMITS = (140, 60, 0)
"""Characters of a hit's first sentence. The first is the longest with which two hits fit a phone's screen (640 of 400
pixels); a card over CARD_LIMIT is made again with the next."""
REASONS, WHY_LIMIT = 2, 90
"""Reasons of a hit, and their characters."""
TITLE_LIMIT = 150
"""Characters of a title."""
LINK_LIMIT = 300
"""Characters of a title with its address; a longer address gets a button of its own."""
NEAREST = 4
"""Topics offered when nothing fits: one row holds five buttons, and the last shows the path."""
WAYS_ON = N_("`/next` shows your next step, `/path` the whole list, `/help` everything I can do.")
EXAMPLES, EXAMPLE_LENGTH = 3, 30
"""Queries offered to a member who asks for nothing in particular, and their characters."""
_LEVEL_WORDS = {"easy": "beginner", "beginners": "beginner"} | {level: level for level in LEVELS}


def recommendation(
    asked: Asked,
    answer: Answer,
    library: Library,
    language: Language,
    done: Collection[str] | None = None,
    *,
    shared: bool = False,
    whole: bool = False,
) -> Card:
    """The card for an answer; `done` are the ids of what the member who asked has finished, where that is known.

    What they have finished is shown last. A `shared` card is for everyone: it shows nobody's marks. A card shows SHOWN
    hits and a button for the others, or the `whole` answer.
    """
    if not answer.hits:
        return Card(_silent(asked, answer, library, language))
    hits = sorted(answer.hits, key=lambda hit: done is not None and hit.resource.id in done)
    return _fitting(_Drawing(asked, replace(answer, hits=tuple(hits)), library, language, done, shared, whole))


class _Drawing(NamedTuple):
    """All that a card with hits is drawn from."""

    asked: Asked
    answer: Answer
    library: Library
    language: Language
    done: Collection[str] | None
    shared: bool
    whole: bool


def _fitting(drawing: _Drawing) -> Card:
    for limit in SUMMARY_LIMITS:
        card = Card(_addressed(drawing, limit) if _holds_address(drawing.answer) else _found(drawing, limit))
        if card.content_length() <= CARD_LIMIT:
            break
    return card


def _holds_address(answer: Answer) -> bool:
    return any(reason.field == ADDRESS for reason in answer.hits[0].why)


def _addressed(drawing: _Drawing, limit: int) -> Iterator[discord.ui.Item[Any]]:
    """The resources whose addresses were asked for, each as a step of the path."""
    library, language, done = drawing.library, drawing.language, drawing.done
    for hit in drawing.answer.hits:
        number = language.t("Step {number}:", number=library.step(hit.resource).number)
        yield discord.ui.TextDisplay(_hit_text(drawing, hit, number, limit))
        action = Action.TOGGLE if drawing.shared or done is None else Action.beside(hit.resource.id in done)
        mark = MarkButton.of(library, hit.resource, action, language)
        yield discord.ui.ActionRow(open_button(hit.resource.url, language.t("Open")), mark)


def _found(drawing: _Drawing, limit: int) -> Iterator[discord.ui.Item[Any]]:
    asked, answer, library, language = drawing[:4]
    hits = answer.hits[:SHOWN] if asked.custom_id("more", library) and not drawing.whole else answer.hits
    start = _is_beginning(answer, library)
    yield discord.ui.TextDisplay(_heading(drawing, start))
    for number, hit in enumerate(hits, start=1):
        if number > 1:
            yield discord.ui.Separator(visible=False)
        yield discord.ui.TextDisplay(_hit_text(drawing, hit, f"{number}.", limit))
        if not _is_linked(hit.resource):
            yield discord.ui.ActionRow(open_button(hit.resource.url, language.t("Open {number}", number=number)))
    yield discord.ui.ActionRow(HitSelect.of(drawing, [hit.resource for hit in hits]))
    left = len(answer.hits) - len(hits)
    buttons = [*MoreButton.of(asked, library, language.plural("1 more", "{n} more", left))] if left else []
    if start and not drawing.shared:
        buttons.append(NextStepButton.of(library, language))
    if buttons:
        yield discord.ui.ActionRow(*buttons)
    if answer.related and not start:
        yield discord.ui.Separator()
        yield discord.ui.TextDisplay(language.t("**Related**") + f"\n{_links(drawing)}")


def _is_beginning(answer: Answer, library: Library) -> bool:
    """Whether nothing but a beginning was asked, so that the path's first steps are the answer."""
    first = library.catalog.resources[: len(answer.hits)]
    return answer.start and {hit.resource.id for hit in answer.hits} == {one.id for one in first}


def _heading(drawing: _Drawing, start: bool) -> str:
    answer, language = drawing.answer, drawing.language
    t = language.t
    if start:
        lines = ["### " + t("Start here"), t("This is where the path begins. `/next` shows your own next step.")]
    elif drawing.asked.query and drawing.asked.custom_id("hits", drawing.library):
        lines = ["### " + t("Resources for “{query}”", query=echo(answer.query))]
    else:
        lines = ["### " + t("Resources for your question")]
    if answer.suggestion and not start:
        lines.append("-# " + t("Showing results for “{query}”.", query=echo(answer.suggestion)))
    if ignored := _ignored(drawing.asked, answer, drawing.library):
        lines.append(f"-# {_ignored_words(ignored, language)}")
    if answer.cut:
        lines.append("-# " + t("That was long, so I searched only the first part."))
    return "\n".join(lines)


def _ignored_words(ignored: Sequence[str], language: Language) -> str:
    return language.t("Ignored: {words}.", words=language.both([language.quoted(echo(word)) for word in ignored]))


def _ignored(asked: Asked, answer: Answer, library: Library) -> list[str]:
    """Words of the query that no hit honours: those that the search names, and kinds and levels."""
    matched = {word for hit in answer.hits for reason in hit.why for word in words(reason.words)}
    kinds, levels = ({getattr(hit.resource, option) for hit in answer.hits} for option in ("kind", "level"))
    # What is no word of the text as it's shown belongs to an address.
    found = [word for word in answer.ignored if set(words(word)) <= set(words(defuse(asked.query)))]
    for word in words(asked.query) if answer.hits else ():
        level, names_kind = _LEVEL_WORDS.get(word), {word, word.removesuffix("s")} & KIND_WORDS
        honoured = level in levels if level else names_kind and kinds_named(word, library.words_of("kind")) & kinds
        if (level or names_kind) and not honoured and word not in matched:
            found.append(word)
    return list({word.casefold(): word for word in reversed(found)}.values())[::-1]


def _hit_text(drawing: _Drawing, hit: Hit, number: str, limit: int) -> str:
    """A hit in lines: the title as a link, what it is, its first sentence, why it's here and what to do first."""
    library, language, done, resource = drawing.library, drawing.language, drawing.done, hit.resource
    if drawing.shared:
        done = None
    title = link(resource.title, resource.url) if _is_linked(resource) else show(resource.title, TITLE_LIMIT)
    finished = f" · {language.t(DONE)}" if done is not None and resource.id in done else ""
    step = language.t("step {number}", number=library.step(resource).number) if number[0].isdigit() else ""
    level = None if any(reason.field == "level" for reason in hit.why) else resource.level
    about = by_line(resource, language, level, step, further_links(resource) if limit else "")
    first = "" if finished else state_words(library, resource, done, language)
    why = " · ".join(filter(None, (*_reasons(hit, language), first)))
    lines = [
        f"**{number} {title}**{finished}",
        f"-# {about}" if about else "",
        first_sentence(resource.summary, limit) if limit else "",
        f"-# {why}" if why else "",
    ]
    return "\n".join(line for line in lines if line)


def _is_linked(resource: Resource) -> bool:
    return len(resource.title) <= TITLE_LIMIT and len(link(resource.title, resource.url)) <= LINK_LIMIT


def _reasons(hit: Hit, language: Language) -> Iterator[str]:
    """Why a hit was found, in words; nothing that the title and the lines below it say already."""
    shown = f"{', '.join(hit.resource.authors[:2])}\n{sentence(hit.resource.summary)}"
    yield from (show(one, WHY_LIMIT) for one in islice(reasons(hit.why, shown, language), REASONS))


def _links(drawing: _Drawing) -> str:
    """Related resources, each as a link on a line."""
    lines = []
    for one in drawing.answer.related:
        resource = one.resource
        title = link(resource.title, resource.url) if _is_linked(resource) else show(resource.title, TITLE_LIMIT)
        finished = drawing.done is not None and not drawing.shared and resource.id in drawing.done
        lines.append(f"- {title}{f' · {drawing.language.t(DONE)}' if finished else ''}")
    return "\n".join(lines)


def _silent(asked: Asked, answer: Answer, library: Library, language: Language) -> Iterator[discord.ui.Item[Any]]:
    """What to do when nothing fits."""
    t = language.t
    path = PathPageButton.of(library, t("Show the path"))
    if answer.excluded:
        yield discord.ui.TextDisplay(_filtered_words(asked, answer.excluded, language))
        yield discord.ui.ActionRow(
            *SearchButton.of(Asked(asked.query), library, language.plural("Show it", "Show them", answer.excluded)),
            path,
        )
        return
    if is_small_talk(asked.query, library):
        yield discord.ui.TextDisplay(_welcome(library, language))
        examples = library.index.suggest("", limit=EXAMPLES, max_length=EXAMPLE_LENGTH)
        yield discord.ui.ActionRow(NextStepButton.of(library, language), path, *SearchButton.several(examples, library))
        return
    if _is_link(asked, library):
        yield discord.ui.TextDisplay(t("That link isn't on the list."))
        yield discord.ui.ActionRow(path)
        return
    yield discord.ui.TextDisplay(_closest(asked, answer, library, language))
    queries = [answer.suggestion or "", *(topic.name for topic in answer.nearest)]
    yield discord.ui.ActionRow(*SearchButton.several(queries, library)[:NEAREST], path)


def _is_link(asked: Asked, library: Library) -> bool:
    rest = without_addresses(asked.query)
    return rest != asked.query and is_small_talk(rest, library)


def _filtered_words(asked: Asked, excluded: int, language: Language) -> str:
    """`No video for “attention”`, and how many results of other kinds there are."""
    t, plural, query = language.t, language.plural, echo(asked.query)
    kind, level = (word and echo(word) for word in asked.filters)
    if kind and level:
        title = t("No {level} {kind} for “{query}”", level=level, kind=kind, query=query)
        others = plural("1 result of another kind or level.", "{n} results of other kinds or levels.", excluded)
    elif level:
        title = t("No {level} resource for “{query}”", level=level, query=query)
        others = plural("1 result of another level.", "{n} results of other levels.", excluded)
    else:
        title = t("No {kind} for “{query}”", kind=kind, query=query)
        others = plural("1 result of another kind.", "{n} results of other kinds.", excluded)
    return f"### {title}\n{others}"


def _welcome(library: Library, language: Language) -> str:
    title = show(library.catalog.title, TITLE_LIMIT)
    return "\n".join(
        (
            "### " + language.t("Ask me about *{title}*", title=title),
            language.t("Type a topic, a title, an author or a whole question after `/recommend`."),
            language.t(WAYS_ON),
        )
    )


def _closest(asked: Asked, answer: Answer, library: Library, language: Language) -> str:
    t, query = language.t, echo(asked.query)
    if answer.related:
        drawing = _Drawing(asked, answer, library, language, None, shared=False, whole=False)
        found = _ignored(asked, answer, library)
        ignored = [f"-# {_ignored_words(found, language)}"] if found else []
        return "\n".join(("### " + t("Closest on the list"), *ignored, _links(drawing)))
    title = show(library.catalog.title, TITLE_LIMIT)
    lines = ["### " + t("Nothing on *{title}* matches “{query}”.", title=title, query=query)]
    lines.append(t("Related topics:") if answer.suggestion or answer.nearest else t(WAYS_ON))
    return "\n".join(lines)


class SearchButton(PersistentItem, template=rf"search:{CATALOG}:{STATE}"):
    """Searches for the text on it."""

    WORD = "search"
    whole = False
    """Whether it shows the whole answer."""

    @classmethod
    def of(cls, asked: Asked, library: Library, label: str) -> Iterator[discord.ui.Button[Any]]:
        """For what a member may ask; none for a query that is too long."""
        if (custom_id := asked.custom_id(cls.WORD, library)) is not None:
            yield discord.ui.Button(label=fit(label, LABEL_LIMIT), custom_id=custom_id)

    @classmethod
    def several(cls, queries: Sequence[str], library: Library) -> list[discord.ui.Button[Any]]:
        """For queries, each of them once."""
        found = {" ".join(words(query)): query for query in reversed(queries) if query}
        return [button for query in reversed(found.values()) for button in cls.of(Asked(query), library, query)]

    async def press(self, interaction: Interaction, library: Library) -> None:
        """Show the card."""
        bot, asked = interaction.client, Asked.of_state(self.state.groupdict())
        language, answer = bot.language_for(interaction), asked.answer(library)
        done = await finished_in_time(bot.store, library, interaction.user.id)
        await show_card(interaction, recommendation(asked, answer, library, language, done, whole=self.whole))


class MoreButton(SearchButton, template=rf"more:{CATALOG}:{STATE}"):
    """Shows the whole answer."""

    WORD = "more"
    whole = True


class HitSelect(ChangesMark, template=rf"hits:{CATALOG}:{STATE}"):
    """Marks the hit that was chosen; a card that only its member sees then shows it.

    Its custom_id holds the query, and its options the resources that are shown.
    """

    @classmethod
    def of(cls, drawing: _Drawing, resources: Sequence[Resource]) -> discord.ui.Select[Any]:
        """For the hits that a card shows; it draws them again without reasons where the query is too long."""
        library, t = drawing.library, drawing.language.t
        custom_id = drawing.asked.custom_id("hits", library) or Asked("").custom_id("hits", library)
        options = [_mark_option(drawing, number, one) for number, one in enumerate(resources, start=1)]
        return discord.ui.Select(custom_id=custom_id or "", placeholder=t("Mark one as done"), options=options)

    def chosen(self, interaction: Interaction) -> tuple[str, Action]:
        """The resource's id, and what is done to its mark: both are the option's value."""
        return chosen_mark(interaction)

    def redrawn(self, marked: Marked) -> discord.ui.LayoutView:
        """The same card with every mark as it is now: hits keep their places."""
        library, asked = marked.library, Asked.of_state(self.state.groupdict())
        answer = asked.answer(library)
        found = {hit.resource.id: hit for hit in answer.hits}
        ids = [option.value.partition(":")[2] for option in cast(discord.ui.Select[Any], self.item).options]
        shown = [found.get(one) or Hit(library.catalog[one], 0.0, ()) for one in ids if one in library.catalog]
        others = [hit for hit in answer.hits if hit.resource.id not in ids]
        answer = replace(answer, hits=(*shown, *others))
        return _fitting(
            _Drawing(asked, answer, library, marked.language, marked.done, False, whole=len(shown) != SHOWN)
        )


def _mark_option(drawing: _Drawing, number: int, resource: Resource) -> discord.SelectOption:
    """A hit by its number and title; what choosing it does is the first letter of its value. A `shared` card cannot
    know who has finished what."""
    done = () if drawing.shared or drawing.done is None else drawing.done
    label = f"{number}. {drawing.library.label(resource, CHOICE_LIMIT - len('Undo 1. '), drawing.language)}"
    if resource.id in done:
        label = drawing.language.t("Undo {title}", title=label)
    action = Action.TOGGLE if drawing.shared else Action.UNDO if resource.id in done else Action.MARK
    return discord.SelectOption(label=fit(label, CHOICE_LIMIT), value=f"{action.value}:{resource.id}")
