"""Which servers a process serves, where several share a bot: docs/sharding.md."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

GUILD_ID_BITS = 22
"""The bits of a server's id below those that choose its shard:
https://discord.com/developers/docs/events/gateway#sharding."""
DIRECT_MESSAGES = 0
"""The shard of what belongs to no server: https://discord.com/developers/docs/events/gateway#sharding."""


@dataclass(frozen=True, slots=True)
class Shards:
    """The shards of one process: `count` is how many the bot has, `ids` are this process's, from 0 to `count` - 1."""

    count: int
    ids: tuple[int, ...]

    @classmethod
    def parse(cls, count: str, ids: str) -> Self:
        """Shards from text, such as "16" and "0-3,8"; raises ValueError."""
        parsed = cls(int(count), tuple(_numbers(ids)))
        if not parsed.ids or len(set(parsed.ids)) < len(parsed.ids) or not 0 <= min(parsed.ids) <= max(parsed.ids):
            raise ValueError(f"each shard once: {ids}")
        if max(parsed.ids) >= parsed.count:
            raise ValueError(f"shards below {count}: {ids}")
        return parsed

    @property
    def share(self) -> float:
        """The part of all shards that the process has, above 0 and at most 1."""
        return len(self.ids) / self.count

    @property
    def has_direct_messages(self) -> bool:
        """Whether what belongs to no server is this process's."""
        return DIRECT_MESSAGES in self.ids


def _numbers(text: str) -> Iterator[int]:
    for part in text.split(","):
        first, _, last = part.partition("-")
        yield from range(int(first), int(last or first) + 1)
