"""The card: the frame of every reply."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import discord

from bot.discord_io.text import CARD_LIMIT, LABEL_LIMIT, fit

ACCENT = discord.Colour(0x5865F2)


class Card(discord.ui.LayoutView):
    """A Components V2 message: one container of blocks, top to bottom.

    Its buttons are links or DynamicItems, found by their custom_id alone; a stopped view
    is not kept in memory by discord.py.
    """

    def __init__(self, blocks: Iterable[discord.ui.Item[Any]]) -> None:
        super().__init__(timeout=None)
        self.add_item(discord.ui.Container(*blocks, accent_colour=ACCENT))
        self.stop()


def notice(text: str) -> Card:
    """A card of text alone."""
    return Card([discord.ui.TextDisplay(fit(text, CARD_LIMIT))])


def open_button(url: str, label: str) -> discord.ui.Button[Any]:
    """The button that opens a resource in the browser."""
    return discord.ui.Button(style=discord.ButtonStyle.link, label=fit(label, LABEL_LIMIT), url=url)
