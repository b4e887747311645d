"""SimCord's page with the demo's own controls; what the demo takes of SimCord's private parts is all here."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import simcord
from simcord.preview import _action_plans, _component_projection, _markdown, _messages, _queries, _snapshot

from bot.demo.server import StudyServer
from bot.errors import StudybotError

SCRIPT = Path(__file__).with_name("page.js")
CONTROL = "demo"
"""The kind of the actions that page.js asks for; all others are SimCord's."""
SHOWN = 10
"""Messages that the page shows at a time. SimCord publishes them all at each answer: after 60 answers that takes a
processor 30 ms, with 50 messages 150, and as SimCord does it by itself 600; at 1 an answer drives its question away."""
REMEMBERED = 2000
"""Texts whose markup is remembered: those of some hundred cards."""

Control = Callable[[str, str], Awaitable[str]]
"""Does what a button of the page is for, given its name and the id of whoever pressed it; returns what to say."""


@asynccontextmanager
async def open_page(server: StudyServer, port: int) -> AsyncIterator[simcord.Preview]:
    """Serve the page on loopback `port` (0: any free one) until exit; raises StudybotError if the port is taken."""
    _publish_less()
    preview = server.env.preview(server.channel, viewers=server.viewers, layout="channel", port=port)
    _serve_script(preview)
    try:
        await preview.__aenter__()
    except simcord.SetupError as error:
        raise StudybotError(f"The demo cannot serve its page on port {port}: {error}") from error
    try:
        yield preview
    finally:
        await preview.close()


def _serve_script(preview: simcord.Preview) -> None:
    """Serve our script in place of SimCord's, which it loads."""
    files = {**preview._server._STATIC_FILES, "/app.js": str(SCRIPT), "/simcord.js": "app.js"}
    preview._server._STATIC_FILES = files  # type: ignore[misc]


def act_in_turn(preview: simcord.Preview, server: StudyServer, control: Control) -> None:
    """Have what is done on the page wait for the clock and for each other, and our own buttons answered."""
    act = preview._action

    async def in_turn(context_id: str | None, body: Mapping[str, Any]) -> dict[str, Any]:
        if isinstance(body, Mapping) and body.get("kind") == CONTROL:
            return {"text": await control(str(body.get("control")), str(body.get("viewer_id")))}
        async with server.turn():
            return await act(context_id, body)

    preview._action = in_turn  # type: ignore[method-assign]


def _publish_less() -> None:
    """Have SimCord's pages show SHOWN messages and no others, and read the markup of a text once.

    SimCord shows 50 messages and lists all, and reads each of their texts anew for every answer.
    """
    snapshot, plans = cast(Any, _snapshot), cast(Any, _action_plans)
    if snapshot.HISTORY_WINDOW_SIZE == SHOWN:  # it is done once, for all pages
        return
    snapshot.HISTORY_WINDOW_SIZE = plans.HISTORY_WINDOW_SIZE = SHOWN
    plans.HISTORY_STEP = SHOWN // 2
    window, navigation = snapshot._history_window, snapshot._message_navigation

    def window_with_target(page: Any, visible: list[Any]) -> Any:
        # SimCord shows a message that was chosen as the 25th of its 50.
        if page.target_id is not None and page.window_end_id == page.target_id:
            later = [one.id for one in visible if one.id > page.target_id]
            page.window_end_id = later[SHOWN // 2] if len(later) > SHOWN // 2 else None
        return window(page, visible)

    snapshot._history_window = window_with_target
    snapshot._message_navigation = lambda preview, page, visible: navigation(preview, page, visible[-SHOWN:])
    tokens = _remembering(_markdown.markdown_tokens)
    for module in (_component_projection, _messages, _queries, _snapshot):
        cast(Any, module).markdown_tokens = tokens


def _remembering(parse: Callable[..., Any]) -> Callable[..., Any]:
    """A function that returns what `parse` does, computed once for the same arguments; what it returns is the caller's
    own to change."""
    remembered: dict[str, str] = {}

    def parsed(*args: Any, **kwargs: Any) -> Any:
        key = json.dumps([args, kwargs], sort_keys=True, default=str)
        if key not in remembered:
            if len(remembered) >= REMEMBERED:
                del remembered[next(iter(remembered))]
            remembered[key] = json.dumps(parse(*args, **kwargs))
        return json.loads(remembered[key])

    return parsed
