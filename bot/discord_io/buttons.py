"""Buttons and selects that survive restarts: their whole state is in their custom_id.

    WORD:CATALOG:…     "done:quickstart-on-llms:bert:m": what it does, in which list, to which resource

Each is one class: its template reads the custom_id, and `of` beside it writes the custom_id. Here are those that
several features draw; the feature that answers a press subclasses them. A catalog id has at most 24 characters and a
resource id 64, so that a word, both ids and a little more fit Discord's 100.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Self, cast

import discord

from bot.catalog.model import MAX_CATALOG_ID, MAX_ID
from bot.catalogs import Library
from bot.discord_io.bot import Interaction
from bot.discord_io.cards import notice
from bot.discord_io.failures import answer_failure
from bot.discord_io.text import VALUE_LIMIT, readable
from bot.errors import ChoiceError
from bot.language import Language

CATALOG = rf"(?P<catalog>[a-z0-9-]{{1,{MAX_CATALOG_ID}}})"
"""The part of a template that a catalog's id matches."""
RESOURCE = rf"(?P<resource>[a-z0-9-]{{1,{MAX_ID}}})"
"""The part of a template that a resource's id matches."""
GROUP = rf"(?P<group>[a-z0-9-]{{0,{MAX_ID}}})"
"""The part of a template that a stage's or track's id matches; empty for the whole path."""


class PersistentItem(discord.ui.DynamicItem[discord.ui.Item[Any]], template=r"(?!)"):
    """A button or a select that answers even when `press` raises.

    discord.py gives a DynamicItem no error hook: an exception would only be logged, and the member would see "This
    interaction failed". A subclass names its template, or answers for the class whose template it inherits, and says
    whether a press is `costly` (`bot.discord_io.limits`).

    `of` returns a plain item: discord.py forgets the templates of DynamicItems that leave a view it knows.
    """

    costly = False

    def __init_subclass__(cls, *, template: str = "") -> None:
        super().__init_subclass__(template=template or cls.__discord_ui_compiled_template__)

    def __init__(self, item: discord.ui.Item[Any], state: re.Match[str]) -> None:
        super().__init__(item)
        self.state = state

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """The item behind a press; `state` holds what its custom_id says."""
        return cls(item, match)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Do what the button is for, or tell the member why not."""
        await answer_safely(interaction, self.state, self.press, costly=self.costly)

    async def press(self, interaction: Interaction, library: Library) -> None:
        """Answer a member who pressed the button, from the list that it belongs to."""
        raise NotImplementedError


async def answer_safely(
    interaction: Interaction,
    state: re.Match[str],
    answer: Callable[[Interaction, Library], Awaitable[None]],
    *,
    costly: bool = False,
) -> None:
    """Have a press or a form answered from the list that its custom_id names, else from the server's; never raises."""
    try:
        if not await interaction.client.gate.admits(interaction, costly=costly):
            return
        catalog_id, catalogs = state.groupdict().get("catalog"), interaction.client.catalogs
        library = catalogs.get(catalog_id) if catalog_id is not None else catalogs.for_server(interaction.guild_id)
        if library is not None:
            await answer(interaction, library)
            return
        gone = interaction.client.language_for(interaction).t("This list has been removed. See `/path`.")
        await interaction.response.send_message(view=notice(gone), ephemeral=True)
    except Exception as error:  # noqa: BLE001 - the last place that can answer the member
        await answer_failure(interaction, error)


class PathPageButton(PersistentItem, template=rf"path:{CATALOG}:{GROUP}:(?P<page>-?\d{{1,5}})"):
    """Shows a page of the path; `/path` answers it."""

    @classmethod
    def of(
        cls, library: Library, label: str, group_id: str = "", page: int = 0, *, disabled: bool = False
    ) -> discord.ui.Button[Any]:
        """For a page, from 0, of the whole path or of one stage or track."""
        custom_id = f"path:{library.catalog.id}:{group_id}:{page}"
        return discord.ui.Button(label=label, custom_id=custom_id, disabled=disabled)


class NextStepButton(PersistentItem, template=rf"next-step:{CATALOG}"):
    """Shows the member's next step; `/next` answers it."""

    @classmethod
    def of(cls, library: Library, language: Language) -> discord.ui.Button[Any]:
        """For a list."""
        return discord.ui.Button(label=language.t("What's next?"), custom_id=f"next-step:{library.catalog.id}")


class WeeklySetupButton(PersistentItem, template=r"weekly:setup"):
    """Sets up the weekly prompt of the server it's pressed on; `/weekly` answers it."""

    @classmethod
    def of(cls, language: Language) -> discord.ui.Button[Any]:
        """The only one."""
        return discord.ui.Button(label=language.t("Set up the weekly prompt"), custom_id="weekly:setup")


def selected(interaction: discord.Interaction[Any]) -> list[str]:
    """What a member chose in a select: the values of its options, or ids. It may be forged."""
    return [readable(str(value), VALUE_LIMIT) for value in cast(dict[str, Any], interaction.data).get("values", ())]


def only(values: Sequence[str]) -> str:
    """The one value that was chosen or typed; raises ChoiceError if there is none."""
    if not values:
        raise ChoiceError
    return values[0]


def snowflake(text: str) -> int:
    """An id of Discord's; raises ChoiceError for what isn't one."""
    if not re.fullmatch(r"[0-9]{1,20}", text):
        raise ChoiceError
    return int(text)


def is_private(interaction: discord.Interaction[Any]) -> bool:
    """Whether nobody but the member sees the message whose button they pressed."""
    return interaction.message is not None and interaction.message.flags.ephemeral


async def acknowledge(interaction: discord.Interaction[Any], *, in_place: bool = True) -> None:
    """Answer a press before anything slow: `edit_original_response` then changes the message that was pressed if only
    this member sees it and it may change (`in_place`), else it fills a new one that only this member sees."""
    if in_place and is_private(interaction):
        await interaction.response.defer()
    else:
        await interaction.response.defer(ephemeral=True, thinking=True)


async def show_card(interaction: discord.Interaction[Any], view: discord.ui.LayoutView) -> None:
    """Show a new card after a press: in place if only this member sees it, else privately."""
    if is_private(interaction):
        await interaction.response.edit_message(view=view)
    else:
        await interaction.response.send_message(view=view, ephemeral=True)
