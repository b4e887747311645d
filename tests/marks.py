"""Marks of the shipped catalog's resources, by the ids that tests name."""

from __future__ import annotations

from datetime import datetime
from functools import cache

from bot.catalog import Catalog, Resource, load_catalog, shipped_catalog
from bot.store import Store


@cache
def shipped() -> Catalog:
    return load_catalog(shipped_catalog())


def pages(resource: Resource | str) -> tuple[str, ...]:
    """The pages of a resource, or of one that the shipped list has under an id; else the text itself, as the page of a
    retired one."""
    found = shipped().get(resource) if isinstance(resource, str) else resource
    return found.pages if found else (str(resource),)


async def mark(store: Store, user_id: int, resource: Resource | str, now: datetime) -> bool:
    return await store.marks.mark(user_id, pages(resource), now)


async def unmark(store: Store, user_id: int, resource: Resource | str) -> bool:
    return await store.marks.unmark(user_id, pages(resource))


async def finished(store: Store, user_id: int) -> frozenset[str]:
    """The ids of what a member has finished; of what the catalog does not have, the pages."""
    ids = {page: resource.id for resource in shipped() for page in resource.pages}
    return frozenset(ids.get(one, one) for one in await store.marks.of(user_id))
