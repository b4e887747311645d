"""The buttons that confirm or refuse a deletion."""

from __future__ import annotations

from bot.catalogs import Library
from bot.discord_io.bot import Interaction
from bot.discord_io.buttons import PersistentItem, acknowledge
from bot.discord_io.cards import notice
from bot.features.privacy import words


class DeleteButton(PersistentItem, template=r"privacy:delete"):
    """Deletes everything about whoever presses it."""

    costly = True

    async def press(self, interaction: Interaction, library: Library) -> None:
        """Delete, and say so."""
        await acknowledge(interaction)
        await interaction.client.store.privacy.forget_member(interaction.user.id)
        interaction.client.membership.forget(interaction.user.id)
        await interaction.edit_original_response(view=notice(words.DELETED))


class KeepButton(PersistentItem, template=r"privacy:keep"):
    """Deletes nothing."""

    async def press(self, interaction: Interaction, library: Library) -> None:
        """Say that nothing happened."""
        await acknowledge(interaction)
        await interaction.edit_original_response(view=notice(words.NOT_DELETED))
