"""What the buttons on an answer to /recommend do."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

import discord

from bot.catalog import Resource
from bot.catalogs import Library
from bot.discord_io.bot import Interaction
from bot.discord_io.buttons import CATALOG, PersistentButton, show_card
from bot.discord_io.marks import ACTION, RESOURCE, MarkButton, finished_in_time
from bot.features.recommend.cards import hit_row, hit_text, recommendation
from bot.marks import MarkChange


class SearchButton(PersistentButton, template=rf"find:{CATALOG}:(?P<query>[\s\S]{{1,64}})"):
    """Searches for the text on it."""

    async def press(self, interaction: Interaction, library: Library) -> None:
        """Show the card for this query."""
        done = await finished_in_time(interaction.client.store, library, interaction.user.id)
        await show_card(interaction, recommendation(library.index.search(self.state["query"]), library, done))


class HitMarkButton(MarkButton, template=rf"hit:{CATALOG}:{RESOURCE}:{ACTION}"):
    """Marks a hit on a card that only its member sees."""

    def redrawn(
        self, library: Library, resource: Resource, done: frozenset[str], change: MarkChange
    ) -> discord.ui.LayoutView:
        """The same card with every mark as it is now: hits stay where they are while somebody reads them."""
        card = cast(discord.ui.LayoutView, self.view)
        blocks = list(cast(Iterable[Any], card.walk_children()))
        texts = [one for one in blocks if isinstance(one, discord.ui.TextDisplay)]
        rows = [one for one in blocks if isinstance(one, discord.ui.ActionRow)]
        # A heading, then a text and a row for each hit; related resources have link buttons alone.
        for number, (text, row) in enumerate(zip(texts[1:], rows, strict=False), start=1):
            if (found := self._resource_of(row, library)) is not None:
                text.content = hit_text(number, found, text.content.rpartition("\n")[2], library, done)
                row.clear_items()
                for item in hit_row(library, found, done):
                    row.add_item(item)
        card.stop()
        return card

    def _resource_of(self, row: discord.ui.ActionRow[Any], library: Library) -> Resource | None:
        """The resource that a row of buttons belongs to; None for other rows, and for a resource that is gone."""
        matches = [self.template.fullmatch(str(getattr(item, "custom_id", ""))) for item in row.children]
        return next((found for match in matches if match and (found := library.catalog.get(match["resource"]))), None)
