"""The words for kinds, from where they are defined."""

from bot.catalog.kinds import kinds_named

__all__ = ["kinds_named"]
