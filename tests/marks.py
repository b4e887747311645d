"""Marks of the shipped catalog's resources, by the ids that tests name."""

from __future__ import annotations

from datetime import datetime
from functools import cache

from bot.catalog import Catalog, load_catalog, shipped_catalog
from bot.store import Store


@cache
def shipped() -> Catalog:
    return load_catalog(shipped_catalog())


def page(resource_id: str) -> str:
    """A resource's page; of an id that the catalog does not have, the id itself, as the page of a retired one."""
    resource = shipped().get(resource_id)
    return resource.url if resource else resource_id


async def mark(store: Store, user_id: int, resource_id: str, now: datetime) -> bool:
    return await store.mark(user_id, page(resource_id), now)


async def unmark(store: Store, user_id: int, resource_id: str) -> bool:
    return await store.unmark(user_id, [page(resource_id)])


async def marked_ids(store: Store, user_id: int) -> frozenset[str]:
    """The ids of what a member has finished; of what the catalog does not have, the pages."""
    ids = {page(resource.id): resource.id for resource in shipped()}
    return frozenset(ids.get(one, one) for one in await store.marks(user_id))
