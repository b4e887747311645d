"""Answers and the path for a terminal, and as JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import click

from bot.catalog import Resource, Stage, Track
from bot.catalogs import Library
from bot.characters import escaped
from bot.language import ENGLISH
from bot.reasons import reasons
from bot.search import Answer, Hit


def as_line(data: object) -> str:
    """JSON on one line, readable in every script."""
    return json.dumps(data, ensure_ascii=False)


def answer_json(answer: Answer) -> dict[str, Any]:
    """An answer with the keys "query", "hits", "related" and "suggestion"."""
    return {
        "query": answer.query,
        "hits": [_hit_json(hit) for hit in answer.hits],
        "related": [
            _resource_json(one.resource) | {"topics": [topic.id for topic in one.topics]} for one in answer.related
        ],
        "suggestion": answer.suggestion,
    }


def _hit_json(hit: Hit) -> dict[str, Any]:
    why = [
        {"words": reason.words, "field": reason.field, "how": reason.how, "matched": reason.matched}
        for reason in hit.why
    ]
    return _resource_json(hit.resource) | {"score": round(hit.score, 4), "why": why}


def _resource_json(resource: Resource) -> dict[str, Any]:
    return {"id": resource.id, "title": resource.title, "url": resource.url, "kind": resource.kind}


def answer_text(answer: Answer, library: Library) -> str:
    """An answer for people; the colours are dropped where they are not wanted by `click.echo`."""
    return "\n".join(_found(answer, library) if answer.hits else _silent(answer, library))


def _found(answer: Answer, library: Library) -> Iterator[str]:
    if answer.suggestion:
        yield f"Read as “{escaped(answer.suggestion)}”."
    for number, hit in enumerate(answer.hits, start=1):
        step = library.step(hit.resource).number
        yield f"{number}. {click.style(hit.resource.title, bold=True)}"
        by_line = _by_line(hit.resource, f"step {step} of {len(library.catalog)}")
        yield f"   {by_line}"
        yield f"   {click.style(hit.resource.url, fg='cyan')}"
        if why := " · ".join(reasons(hit.why, by_line)):
            yield click.style(f"   Why: {why}", dim=True)
    if answer.related:
        yield "Related:"
        yield from (f"   {one.resource.title}  {click.style(one.resource.url, fg='cyan')}" for one in answer.related)


def _silent(answer: Answer, library: Library) -> Iterator[str]:
    yield f"No match for “{escaped(answer.query)}”."
    if answer.ignored:
        yield f"Not on this list: {ENGLISH.both([f'“{escaped(word)}”' for word in answer.ignored])}."
    if answer.suggestion:
        yield f"Did you mean “{escaped(answer.suggestion)}”?"
    if answer.related:
        yield "Closest on the list:"
        yield from (f"   {one.resource.title}  {click.style(one.resource.url, fg='cyan')}" for one in answer.related)
    if answer.nearest:
        yield f"Near it on the list: {', '.join(topic.name for topic in answer.nearest)}."


def _by_line(resource: Resource, step: str) -> str:
    return " · ".join(filter(None, (resource.kind, ", ".join(resource.authors), step)))


def path_json(library: Library) -> list[dict[str, Any]]:
    """Every step in order, each with the stage or the track that it belongs to."""
    return [
        {"step": step.number}
        | _resource_json(step.resource)
        | {"track" if isinstance(step.group, Track) else "stage": step.group.title}
        for step in library.steps
    ]


def path_text(library: Library) -> str:
    """The whole path for people: stages, then tracks, those without resources too."""
    catalog = library.catalog
    blocks = [[click.style(catalog.title, bold=True)]]
    if catalog.prerequisites:
        blocks[0].append(f"Before you start: {'; '.join(catalog.prerequisites)}")
    for stage in catalog.stages:
        blocks.append([click.style(stage.title, bold=True), stage.goal, *_steps(library, stage)])
    if catalog.tracks_note:
        blocks.append([catalog.tracks_note])
    for track in catalog.tracks:
        steps = list(_steps(library, track)) or ["      (no resources yet)"]
        blocks.append([click.style(f"Track: {track.title}", bold=True), track.note, *steps])
    return "\n\n".join("\n".join(filter(None, block)) for block in blocks)


def _steps(library: Library, group: Stage | Track) -> Iterator[str]:
    for resource in group.resources:
        number = library.step(resource).number
        kind = click.style(f"  ({resource.kind})", dim=True) if resource.kind else ""
        yield f"{number:>4}. {resource.title}{kind}"
        yield f"      {click.style(resource.url, fg='cyan')}"
