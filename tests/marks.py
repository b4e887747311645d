"""Marks of the shipped catalog's resources, by the ids that tests name."""

from __future__ import annotations

from datetime import datetime
from functools import cache

from bot.catalog import Catalog, load_catalog, shipped_catalog
from bot.store import Store


@cache
def shipped() -> Catalog:
    return load_catalog(shipped_catalog())


def pages(resource_id: str) -> tuple[str, ...]:
    """A resource's pages; of an id that the catalog does not have, the id itself, as the page of a retired one."""
    resource = shipped().get(resource_id)
    return resource.pages if resource else (resource_id,)


async def mark(store: Store, user_id: int, resource_id: str, now: datetime) -> bool:
    return await store.mark(user_id, pages(resource_id), now)


async def unmark(store: Store, user_id: int, resource_id: str) -> bool:
    return await store.unmark(user_id, pages(resource_id))


async def finished(store: Store, user_id: int) -> frozenset[str]:
    """The ids of what a member has finished; of what the catalog does not have, the pages."""
    ids = {page: resource.id for resource in shipped() for page in resource.pages}
    return frozenset(ids.get(one, one) for one in await store.marks(user_id))
