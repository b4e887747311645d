"""The button on a weekly post that marks its resource."""

from __future__ import annotations

from bot.discord_io.buttons import CATALOG
from bot.discord_io.marks import RESOURCE, MarkButton
from bot.discord_io.tags import TAG
from bot.marks import Action


class PostMarkButton(MarkButton, template=rf"w:{CATALOG}:{RESOURCE}:{TAG}"):
    """Toggles the mark of whoever presses it: everybody sees the same button, whether they have finished or not."""

    in_place = False  # the message is plain text, which cannot become a card

    @property
    def action(self) -> Action:
        """Toggle."""
        return Action.TOGGLE
