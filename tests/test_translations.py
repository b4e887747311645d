"""Every translation is whole and fits; a new file of bot/locales is tested by being there."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from gettext import c2py
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po

from bot.discord_io.marks import PREREQUISITE_LIMIT, STATE_LIMIT
from bot.features.path.cards import FACTS_LIMIT
from bot.features.weekly.history import HEADING_LIMIT
from bot.language import LOCALES, language
from tests.test_words import BOT, KEYWORDS, called, tree_of

FILES = sorted(BOT.rglob("*.py"))
LANGUAGES = sorted(file.stem for file in LOCALES.glob("*.po"))
BUTTON, LABEL, PLACEHOLDER, SELECT, DESCRIPTION = 80, 45, 100, 150, 100
"""Characters on a button, of a form's title or label, of the placeholder of a text field and of a select, and of a
description: https://docs.discord.com/developers/components/reference."""


@cache
def messages() -> Catalog:
    """All sentences that are translated, as Babel's extraction finds them."""
    found = Catalog()
    for file in FILES:
        for _, words, *_ in extract_from_file("python", str(file), KEYWORDS):
            parts = tuple(filter(None, [words] if isinstance(words, str) else words))
            found.add(parts if len(parts) > 1 else parts[0])
    return found


@cache
def translation(name: str) -> Catalog:
    return read_po(BytesIO((LOCALES / f"{name}.po").read_bytes()), abort_invalid=True)


def ids(message: Message) -> tuple[str, ...]:
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def strings(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"\{(\w*)\}", text))


def pairs(name: str) -> Iterator[tuple[Message, tuple[str, ...]]]:
    """The sentences with their translations."""
    for message in messages():
        if message.id and (found := translation(name).get(ids(message)[0])) is not None:
            yield message, strings(found)


@pytest.mark.parametrize("name", LANGUAGES)
def test_every_sentence_is_translated_and_none_is_left_over(name: str) -> None:
    wanted = {ids(one)[0] for one in messages() if one.id}
    there = {ids(one)[0] for one in translation(name) if one.id and all(strings(one)) and not one.fuzzy}
    assert (sorted(wanted - there), sorted(there - wanted)) == ([], [])


@pytest.mark.parametrize("name", LANGUAGES)
def test_a_translation_has_the_placeholders_of_its_sentence(name: str) -> None:
    """A plural form for a single number may leave its number out, as English does."""
    wrong = []
    for message, found in pairs(name):
        every, least = placeholders(ids(message)[-1]), placeholders(ids(message)[0])
        wrong += [text for text in found if not least - {"n"} <= placeholders(text) <= every | least]
        wrong += [found[-1]] if placeholders(found[-1]) != every else []
    assert wrong == []


@pytest.mark.parametrize("name", LANGUAGES)
def test_every_number_has_a_plural_form_that_says_it(name: str) -> None:
    catalog = translation(name)
    form = c2py(catalog.plural_expr)
    numbers = {which: [n for n in range(1000) if form(n) == which] for which in range(catalog.num_plurals)}
    assert all(numbers.values())
    for message, found in pairs(name):
        if len(ids(message)) > 1:
            assert len(found) == catalog.num_plurals, message.id
            says = [text for which, text in enumerate(found) if numbers[which] != [1]]
            assert all("{n}" in text for text in says if "{n}" in ids(message)[1]), message.id


@pytest.mark.parametrize("name", LANGUAGES)
def test_commands_links_and_markdown_stay(name: str) -> None:
    """A command keeps its name, and an option that is typed has the one that Discord shows; signs come in pairs."""
    wrong = []
    for message, found in pairs(name):
        english = ids(message)[-1]
        kept = re.findall(r"/[a-z]+(?=[ `])", english)
        kept += [f" {language(name).t(option)}:" for option in re.findall(r"`/[a-z]+ ([a-z_]+):", english)]
        for text in found:
            wrong += [text] if any(text.count(one) < kept.count(one) for one in kept) else []
            wrong += [text] if text.count("**") != english.count("**") or text.count("`") != english.count("`") else []
            wrong += [text] if english.startswith("\n") != text.startswith("\n") else []
    assert wrong == []


@pytest.mark.parametrize("name", LANGUAGES)
def test_the_menus_entry_is_called_everywhere_as_in_the_menu(name: str) -> None:
    t = language(name).t
    named = [text for message, found in pairs(name) if "*Find resources*" in ids(message)[0] for text in found]
    assert named
    assert all(f"*{t('Find resources')}*" in text for text in named)


@pytest.mark.parametrize("name", LANGUAGES)
def test_what_stands_on_buttons_and_in_forms_fits(name: str) -> None:
    t = language(name).t
    limited = {pair for file in FILES for pair in _limited(tree_of(file))}
    assert len(limited) > 50
    assert [t(text) for text, limit in limited if len(t(text)) > limit] == []


@pytest.mark.parametrize("name", ["en", *LANGUAGES])
def test_the_rooms_on_cards_are_for_any_language(name: str) -> None:
    reader = language(name)
    several = "do “{title}” and {n} more first"
    longest = "x" * PREREQUISITE_LIMIT
    states = [reader.plural(several, several, 999, title=longest), reader.t("do “{title}” first", title=longest)]
    assert max(map(len, [*states, reader.t("your next step")])) <= STATE_LIMIT
    assert len(" · " + reader.t("new on the list")) <= FACTS_LIMIT
    assert len("### " + reader.t("Recent prompts") + reader.t("None yet.")) <= HEADING_LIMIT


def _limited(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """The sentences of a module that Discord limits, each with its limit."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name, words = called(node), {one.arg: one.value for one in node.keywords}
            if name in ("of", "at"):
                yield from ((text, BUTTON) for argument in node.args for text in _translated(argument))
            if name == "form":
                yield from ((text, LABEL) for argument in node.args[:2] for text in _translated(argument))
            if name == "Label":
                yield from ((text, LABEL) for text in _translated(words.get("text")))
                yield from ((text, DESCRIPTION) for text in _translated(words.get("description")))
            placeholder = SELECT if name.endswith("Select") else PLACEHOLDER
            yield from ((text, BUTTON) for text in _translated(words.get("label")))
            yield from ((text, placeholder) for text in _translated(words.get("placeholder")))
        elif isinstance(node, ast.Assign) and any(_is_label(target) for target in node.targets):
            yield from ((text, BUTTON) for text in _translated(node.value))


def _is_label(target: ast.expr) -> bool:
    return isinstance(target, ast.Name) and target.id.lower().endswith(("label", "labels"))


def _translated(node: ast.expr | None) -> Iterator[str]:
    for one in ast.walk(node) if node else ():
        if isinstance(one, ast.Call) and called(one) in KEYWORDS and isinstance(first := one.args[0], ast.Constant):
            yield str(first.value)


def test_the_files_name_their_language() -> None:
    assert [str(translation(name).locale) for name in LANGUAGES] == LANGUAGES
    assert all(Path(LOCALES / f"{name}.po").read_text(encoding="utf-8").startswith("# ") for name in LANGUAGES)
