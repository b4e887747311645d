"""What the buttons on a page of the path do."""

from __future__ import annotations

import discord

from bot.catalog import Resource
from bot.catalogs import Library
from bot.discord_io.bot import Interaction
from bot.discord_io.buttons import CATALOG, PersistentItem, show_card
from bot.discord_io.marks import ACTION, RESOURCE, MarkButton, finished_in_time
from bot.features.path.cards import card_at_next, page_with, path_card
from bot.marks import MarkChange

GROUP = r"(?P<group>[a-z0-9-]{0,64})"
"""The part of a template that a stage's or track's id matches; empty for the whole path."""


class PageButton(PersistentItem, template=rf"path:{CATALOG}:{GROUP}:(?P<page>-?\d{{1,6}})"):
    """Shows a page of the path."""

    async def press(self, interaction: Interaction, library: Library) -> None:
        """Show the page."""
        done = await finished_in_time(interaction.client.store, library, interaction.user.id)
        today = interaction.client.clock().date()
        await show_card(interaction, path_card(library, self.state["group"], int(self.state["page"]), today, done))


class NextStepPageButton(PersistentItem, template=rf"here:{CATALOG}:{GROUP}"):
    """Shows the page with the next step of whoever presses it: of the stage or track that is shown, if it is there.

    It looks for the step when it is pressed: a mark may have moved it since the page was shown.
    """

    async def press(self, interaction: Interaction, library: Library) -> None:
        """Show the page; the first one to somebody who has done all."""
        done = await finished_in_time(interaction.client.store, library, interaction.user.id)
        await show_card(
            interaction, card_at_next(library, self.state["group"], interaction.client.clock().date(), done)
        )


class PathMarkButton(MarkButton, template=rf"(?P<shown>step|part):{CATALOG}:{RESOURCE}:{ACTION}"):
    """Marks a step on a page: of the whole path (`step`), or of its stage or track alone (`part`)."""

    def redrawn(
        self, library: Library, resource: Resource, done: frozenset[str], change: MarkChange
    ) -> discord.ui.LayoutView:
        """The page that the step is on, with the new marks."""
        group_id = library.step(resource).group.id if self.state["shown"] == "part" else ""
        return path_card(library, group_id, page_with(library, group_id, resource), self.now.date(), done)
