"""What the buttons on the cards of /next and /progress do."""

from __future__ import annotations

import discord

from bot.catalog import Resource
from bot.catalogs import Library
from bot.discord_io.bot import Interaction
from bot.discord_io.buttons import CATALOG, PersistentItem, acknowledge
from bot.discord_io.marks import ACTION, RESOURCE, MarkButton
from bot.features.progress.next_card import NextRequest, next_card
from bot.features.progress.pictures import Pictures
from bot.features.progress.sharing import share
from bot.features.progress.words import Share
from bot.marks import MarkChange

WORD = r"[a-z0-9 -]{0,32}"
"""A kind or a level; empty for any."""


class NextButton(PersistentItem, template=rf"goon:{CATALOG}"):
    """Shows what is next for whoever presses it."""

    async def press(self, interaction: Interaction, library: Library) -> None:
        """Show the card of /next."""
        await acknowledge(interaction)
        done = library.finished(await interaction.client.store.marks.of(interaction.user.id))
        await interaction.edit_original_response(view=next_card(NextRequest(library, done)))


class ShareButton(PersistentItem, template=rf"prog:{CATALOG}:(?P<share>post|open|close)"):
    """Posts the progress of whoever presses it, or lets others look at it, or ends that."""

    costly = True

    async def press(self, interaction: Interaction, library: Library) -> None:
        """Do it, and show their own card with how it is now."""
        await acknowledge(interaction)
        await share(interaction, library, Pictures.of(interaction.client), Share(self.state["share"]))


class NextMarkButton(MarkButton, template=rf"next:{CATALOG}:{RESOURCE}:{ACTION}:(?P<kind>{WORD}):(?P<level>{WORD})"):
    """Marks the step on the card of /next, which then shows the one after it."""

    def redrawn(
        self, library: Library, resource: Resource, done: frozenset[str], change: MarkChange
    ) -> discord.ui.LayoutView:
        """The next step after this mark."""
        request = NextRequest(library, done, self.state["kind"] or None, self.state["level"] or None)
        return next_card(request, just_done=resource if change.finished else None)
