"""What the buttons on an answer to /recommend do."""

from __future__ import annotations

from typing import Any, cast

import discord

from bot.catalog import Resource
from bot.catalogs import Library
from bot.discord_io.bot import Interaction
from bot.discord_io.buttons import CATALOG, PersistentItem, show_card
from bot.discord_io.marks import ACTION, RESOURCE, MarkButton, finished_in_time
from bot.discord_io.text import CARD_LIMIT
from bot.features.recommend.cards import SUMMARY_LIMITS, hit_button, hit_text, recommendation
from bot.marks import MarkChange


class SearchButton(PersistentItem, template=rf"find:{CATALOG}:(?P<query>[\s\S]{{1,64}})"):
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
        sections = [one for one in card.walk_children() if isinstance(one, discord.ui.Section)]
        for limit in SUMMARY_LIMITS:
            for number, section in enumerate(sections, start=1):
                if (found := self._resource_of(section, library)) is not None:
                    _redraw(section, number, found, library, done, limit)
            if card.content_length() <= CARD_LIMIT:
                break
        card.stop()
        return card

    def _resource_of(self, section: discord.ui.Section[Any], library: Library) -> Resource | None:
        """The resource of a hit; None for one that is gone."""
        match = self.template.fullmatch(str(getattr(section.accessory, "custom_id", "")))
        return library.catalog.get(match["resource"]) if match else None


def _redraw(
    section: discord.ui.Section[Any],
    number: int,
    resource: Resource,
    library: Library,
    done: frozenset[str],
    summary_limit: int,
) -> None:
    text = next(one for one in section.children if isinstance(one, discord.ui.TextDisplay))
    last = text.content.rpartition("\n")[2]
    why = last if last.startswith("-# ") else ""
    text.content = hit_text(number, resource, why, library, done, summary_limit)
    section.accessory = hit_button(number, resource, library, done)
