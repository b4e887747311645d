"""Buttons and selects that survive restarts: their whole state is in their custom_id.

    PREFIX:CATALOG:…     "hit:quickstart-on-llms:bert:m": which button, of which list, about which resource, to do what

A catalog id has at most 28 characters and a resource id 64, so with a prefix of four letters and a verb of one they fit
Discord's 100.
"""

from __future__ import annotations

import re
from typing import Any, Self, cast

import discord

from bot.catalogs import Library
from bot.discord_io.bot import Interaction
from bot.discord_io.cards import notice
from bot.discord_io.failures import answer_failure
from bot.jobs import Job, tag

CATALOG = r"(?P<catalog>[a-z0-9-]{1,28})"
"""The part of a template that a catalog's id matches."""
LIST_GONE = "The reading list that this button belongs to is not here any more. `/path` shows the one that is."


class PersistentItem(discord.ui.DynamicItem[discord.ui.Item[Any]], template=r"(?!)"):
    """A button or a select that answers even when `press` raises.

    discord.py gives a DynamicItem no error hook: an exception would only be logged, and the member would see "This
    interaction failed". A subclass names its template, and whether a press is `costly` (`bot.discord_io.limits`).
    """

    costly = False

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
        try:
            if await interaction.client.gate.admits(interaction, costly=self.costly):
                await self._press(interaction)
        except Exception as error:  # noqa: BLE001 - the last place that can answer the member
            await answer_failure(interaction, error)

    async def _press(self, interaction: Interaction) -> None:
        catalog_id = self.state.groupdict().get("catalog")
        catalogs = interaction.client.catalogs
        library = catalogs.get(catalog_id) if catalog_id is not None else catalogs.for_server(interaction.guild_id)
        if library is None:
            await interaction.response.send_message(view=notice(LIST_GONE), ephemeral=True)
        else:
            await self.press(interaction, library)

    async def press(self, interaction: Interaction, library: Library) -> None:
        """Answer a member who pressed the button, from the list that it belongs to."""
        raise NotImplementedError


def selected(interaction: discord.Interaction[Any]) -> list[str]:
    """What somebody chose in a select: the values of its options, or ids."""
    return list(cast(dict[str, Any], interaction.data).get("values", ()))


def button(label: str, custom_id: str, **options: Any) -> discord.ui.Button[Any]:
    """A button as a card shows it; the PersistentItem whose template matches the custom_id answers the press."""
    return discord.ui.Button(label=label, custom_id=custom_id, **options)


def path_button(catalog_id: str, label: str, group_id: str = "", page: int = 0, **options: Any) -> Any:
    """A button that shows a page of the path (from 0), or of one stage or track; `/path` answers it."""
    return button(label, f"path:{catalog_id}:{group_id}:{page}", **options)


def next_button(catalog_id: str) -> discord.ui.Button[Any]:
    """A button that shows the member's next step; `/next` answers it."""
    return button("What is next?", f"goon:{catalog_id}")


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


# How a message is known for a certain job's: one of its buttons ends in the job's tag. `w:CATALOG:RESOURCE:TAG` takes
# exactly Discord's 100 characters with the longest ids.

TAG = r"(?P<tag>[0-9a-z]{4})"
"""The part of a button's template that a job's tag matches."""
NO_TAG = "0000"
"""The tag on a preview, which is no job's."""


def tag_of(job: Job | None) -> str:
    """The tag for the messages of a job; NO_TAG for none."""
    return tag(job) if job is not None else NO_TAG


def has_tag(message: discord.Message, job: Job, prefix: str) -> bool:
    """Whether a button of a message starts with a prefix and ends with the tag of a job."""
    ids = (str(getattr(item, "custom_id", "")) for row in message.components for item in getattr(row, "children", ()))
    return any(one.startswith(f"{prefix}:") and one.endswith(f":{tag(job)}") for one in ids)
