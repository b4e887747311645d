"""What the buttons and the select on an answer to /recommend do."""

from __future__ import annotations

from typing import Any, cast

import discord

from bot.catalog import Resource
from bot.catalogs import Library
from bot.discord_io.bot import Interaction
from bot.discord_io.buttons import CATALOG, PersistentItem, selected, show_card
from bot.discord_io.marks import MarkButton, finished_in_time
from bot.discord_io.text import CARD_LIMIT
from bot.features.recommend.cards import SUMMARY_LIMITS, hit_text, mark_options, recommendation
from bot.marks import Action, MarkChange


class SearchButton(PersistentItem, template=rf"find:{CATALOG}:(?P<query>[\s\S]{{1,64}})"):
    """Searches for the text on it."""

    async def press(self, interaction: Interaction, library: Library) -> None:
        """Show the card for this query."""
        done = await finished_in_time(interaction.client.store, library, interaction.user.id)
        await show_card(interaction, recommendation(library.index.search(self.state["query"]), library, done))


class HitSelect(MarkButton, template=rf"hits:{CATALOG}"):
    """Marks the hit that was chosen; a card that only its member sees then shows it."""

    def chosen(self, interaction: Interaction) -> tuple[str, Action]:
        """The resource's id, and what is done to its mark: both are the option's value."""
        action, _, resource_id = selected(interaction)[0].partition(":")
        return resource_id, Action(action)

    def redrawn(
        self, library: Library, resource: Resource, done: frozenset[str], change: MarkChange
    ) -> discord.ui.LayoutView:
        """The same card with every mark as it is now: hits stay where they are while somebody reads them."""
        card, select = cast(discord.ui.LayoutView, self.view), cast(discord.ui.Select[Any], self.item)
        found = [library.catalog.get(option.value.partition(":")[2]) for option in select.options]
        for limit in SUMMARY_LIMITS:
            for number, one in enumerate(found, start=1):
                if one is not None:
                    _redraw(card, number, one, library, done, limit)
            if card.content_length() <= CARD_LIMIT:
                break
        renewed = zip(mark_options([one or resource for one in found], done), select.options, found, strict=True)
        select.options = [new if one is not None else old for new, old, one in renewed]
        card.stop()
        return card


def _redraw(
    card: discord.ui.LayoutView,
    number: int,
    resource: Resource,
    library: Library,
    done: frozenset[str],
    summary_limit: int,
) -> None:
    texts = [one for one in card.walk_children() if isinstance(one, discord.ui.TextDisplay)]
    text = next((one for one in texts if one.content.startswith(f"**{number}. ")), None)
    if text is not None:
        last = text.content.rpartition("\n")[2]
        why = last if last.startswith("-# ") else ""
        text.content = hit_text(number, resource, why, library, done, summary_limit)
