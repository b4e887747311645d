"""The card of /help, and the greeting of a new server."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import discord

from bot.catalog import Catalog
from bot.catalog.addresses import is_web_address
from bot.catalogs import Library
from bot.discord_io.buttons import WeeklySetupButton
from bot.discord_io.cards import Card, notice
from bot.discord_io.text import echo, show
from bot.language import Language

TEXT_LIMIT = 600
"""Characters of each of the list's own texts."""


def help_card(library: Library, language: Language, *, admin: bool, on_server: bool) -> Card:
    """How to get started and what there is; `admin` says that the reader may set up the weekly prompt."""
    lines = [*_first_steps(library, language), *_more(language, admin=admin), *_about(library.catalog, language)]
    support = language.t("Something wrong or missing? Tell an admin.") if on_server else ""
    private = language.t("I read no messages, only the commands you send me. Only you can see this.")
    return notice("\n".join([*lines, "-# " + " ".join(filter(None, (support, private)))]))


def _first_steps(library: Library, language: Language) -> Iterator[str]:
    t, catalog = language.t, library.catalog
    yield "### " + t("Get started with {title}", title=show(catalog.title, TEXT_LIMIT))
    if catalog.prerequisites:
        wanted = show("; ".join(catalog.prerequisites), TEXT_LIMIT)
        yield t("**Before you start:** {prerequisites}", prerequisites=wanted)
    yield t("**1. Take the first step:** `/next` shows it. When you've finished it, use `/done`.")
    if library.example:
        yield t(
            "**2. Ask for what you need:** `/recommend topic: {example}`, or a whole question.",
            example=echo(library.example),
        )
    yield t("**3. Browse the whole list:** `/path`.")


def _more(language: Language, *, admin: bool) -> Iterator[str]:
    t = language.t
    yield t("**Someone asked a question?** Press and hold (or right-click) the message › *Apps* › *Find resources*.")
    yield t("`/progress`: how far you are, as a picture")
    yield t("`/remind`: your next step once a week, in a direct message")
    yield t("`/past`: what this server has read so far")
    yield t("`/privacy`: see, download or delete what I store about you")
    if admin:
        yield t("**For admins:** `/weekly` posts a learning prompt here every week.")


def _about(catalog: Catalog, language: Language) -> Iterator[str]:
    t, plural = language.t, language.plural
    parts = [
        plural("{n} resource", "{n} resources", len(catalog)),
        plural("{n} stage", "{n} stages", len(catalog.stages)),
        plural("{n} track", "{n} tracks", len(catalog.tracks)),
    ]
    yield "\n" + t("**The list:** {parts}, picked by hand.", parts=language.both(parts))
    if catalog.description:
        yield show(catalog.description, TEXT_LIMIT)
    if catalog.source:
        yield "-# " + t("Source: {source}", source=source_words(catalog.source))


def source_words(source: str) -> str:
    """Where a list is from, with its addresses as links; all else is escaped."""
    words = source[:TEXT_LIMIT].split()
    return " ".join(
        f"<{word}>" if is_web_address(word) and not set("<>") & set(word) else show(word, TEXT_LIMIT) for word in words
    )


def greeting(library: Library, language: Language) -> Card:
    """What a server reads once when the bot joins it."""
    t, catalog = language.t, library.catalog
    lines = [
        "### " + t("Hi! I bring a reading list: {title}", title=show(catalog.title, TEXT_LIMIT)),
        language.plural(
            "{n} resource, one step at a time. Start with `/help`.",
            "{n} resources in order, one step at a time. Start with `/help`.",
            len(catalog),
        ),
    ]
    if library.example:
        lines.append(t("Ask me something: `/recommend topic: {example}`.", example=echo(library.example)))
    lines.append("\n" + t("**For admins:** I can post a learning prompt here every week, with a question to discuss."))
    text: discord.ui.TextDisplay[Any] = discord.ui.TextDisplay("\n".join(lines))
    return Card([text, discord.ui.ActionRow(WeeklySetupButton.of(language))])
