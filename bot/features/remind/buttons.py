"""The button on a reminder."""

from __future__ import annotations

from bot.discord_io.buttons import CATALOG, TAG
from bot.discord_io.marks import RESOURCE, MarkButton
from bot.marks import Action


class ReminderMarkButton(MarkButton, template=rf"r:{CATALOG}:{RESOURCE}:{TAG}"):
    """Marks the step that the member is reminded of."""

    in_place = False  # the message is plain text, which cannot become a card

    @property
    def action(self) -> Action:
        """Mark: pressing an old one never takes a mark back."""
        return Action.MARK
