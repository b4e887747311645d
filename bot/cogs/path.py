"""/path: the whole index in order."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands
from rapidfuzz import fuzz, process, utils

from bot.catalog import Catalog, Stage, Track
from bot.library import Library
from bot.store import Store
from bot.views.cards import notice
from bot.views.done import marks_of
from bot.views.path_pages import TITLE_LIMIT, path_card
from bot.views.text import CHOICE_LIMIT, CHOICES_LIMIT, echo, fit, show

NEAR_ENOUGH = 60
"""The lowest score (0 to 100) at which free text names a stage. At 0 any text would name one; at 100 only its exact
title would. A word or two of a title, mistyped, score above 75; unrelated words below 50."""


class Path(commands.Cog):
    """Answers /path from the library; the store adds the member's marks if it is quick."""

    def __init__(self, library: Library, store: Store) -> None:
        self._library = library
        self._store = store

    @app_commands.allowed_installs(guilds=True, users=True)
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
    @app_commands.command(name="path", description="Show the whole reading list in order.")
    @app_commands.describe(stage="Only one stage or track")
    async def path(self, interaction: discord.Interaction[Any], stage: str | None = None) -> None:
        """Answer with the first page, privately."""
        group = find_group(self._library.catalog, stage) if stage else None
        if stage and group is None:
            titles = "\n".join(f"- {show(group.title, TITLE_LIMIT)}" for group in self._library.catalog.groups)
            text = f"There is no stage or track “{echo(stage)}”. There are:\n{titles}"
            await interaction.response.send_message(view=notice(text), ephemeral=True)
            return
        done = await marks_of(self._store, self._library.catalog, interaction.user.id)
        card = path_card(self._library, group.id if group else "", 0, done)
        await interaction.response.send_message(view=card, ephemeral=True)

    @path.autocomplete("stage")
    async def _stages(self, interaction: discord.Interaction[Any], current: str) -> list[app_commands.Choice[str]]:
        fitting = [
            group for group in self._library.catalog.groups if current.strip().casefold() in group.title.casefold()
        ]
        return [
            app_commands.Choice(name=fit(group.title, CHOICE_LIMIT), value=group.id)
            for group in fitting[:CHOICES_LIMIT]
        ]


def find_group(catalog: Catalog, text: str) -> Stage | Track | None:
    """The group with this id, number or title, or the nearest title: a choice may be typed instead of picked."""
    listed = catalog.groups
    named = {group.id: group for group in listed} | {str(n): group for n, group in enumerate(listed, start=1)}
    if (group := named.get(text.strip().casefold())) is not None:
        return group
    titles = [group.title for group in listed]
    near = process.extractOne(
        text, titles, scorer=fuzz.WRatio, processor=utils.default_process, score_cutoff=NEAR_ENOUGH
    )
    return listed[near[2]] if near else None
