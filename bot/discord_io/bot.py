"""The bot as every feature sees it: its lists, its store and its clock."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any, Protocol, Self, cast

import discord
from discord import app_commands
from discord.ext import commands

from bot.catalogs import Catalogs, Library
from bot.discord_io.delivery_loop import Delivery
from bot.discord_io.failures import answer_failure
from bot.discord_io.limits import Gate
from bot.discord_io.membership import Membership
from bot.discord_io.refusals import ENTRY_POINT, REQUEST_ERRORS
from bot.discord_io.requests import CheckedClock, request_trace
from bot.discord_io.text import TYPED_LIMIT, readable
from bot.discord_io.translator import CommandTranslator, translations
from bot.errors import StoreError
from bot.jobs.worker import monotonic
from bot.language import Language, language
from bot.settings import Settings
from bot.store import Store

log = logging.getLogger(__name__)

ENTRY_POINT_TYPE = 4
"""Discord's number for the kind of command that starts an Activity; discord.py doesn't know it."""
Interaction = discord.Interaction["StudyBot"]
"""An interaction with this bot: `interaction.client` is a StudyBot."""
Feature = Callable[["StudyBot"], Awaitable[None]]
"""What adds a feature's cogs and buttons to the bot when it starts: each feature's `setup`."""


class Form(Protocol):
    """A form that is answered whatever happened since it was opened: `modals.PersistentModal`."""

    @classmethod
    def sent_by(cls, interaction: Interaction) -> Self | None:
        """The form that was sent; None if it's another's."""

    async def callback(self, interaction: Interaction) -> None:
        """Answer."""


class Tree(app_commands.CommandTree["StudyBot"]):
    """The commands; the gate decides who is answered."""

    async def interaction_check(self, interaction: Interaction, /) -> bool:
        """Whether a command, an entry of a menu or a keystroke is answered; what was typed is cut before it is read."""
        _cut(cast(dict[str, Any], interaction.data))
        return await interaction.client.gate.admits(interaction, costly=_is_costly(interaction))


def _cut(data: dict[str, Any]) -> None:
    """Cut the texts among the options of a command, and of a subcommand in it."""
    for option in data.get("options", ()):
        _cut(option)
        if isinstance(value := option.get("value"), str):
            option["value"] = readable(value, TYPED_LIMIT)


def _is_costly(interaction: Interaction) -> bool:
    # Nothing is drawn while an option is typed.
    typing = interaction.type is discord.InteractionType.autocomplete
    return not typing and interaction.command is not None and "costly" in interaction.command.extras


class StudyBot(commands.AutoShardedBot):
    """The bot. `catalogs` are the lists it serves, `store` is its state, `clock` returns the present as an aware
    datetime, `gate` limits what a member may ask, `membership` knows who is on which server, `delivery` posts what is
    due; `settings` are its host's."""

    pending_notice: Callable[[Interaction], Awaitable[None]]
    """Shows a member, once, what they must know: that their reminder paused itself. Raises StoreError."""
    language_of: Callable[[str], Language]
    """The language for a locale of Discord's, such as "en-US"."""
    sleep: Callable[[float], Awaitable[object]]
    """What the loops wait with between two rounds: a simulated Discord has a time of its own."""

    def __init__(
        self,
        settings: Settings,
        catalogs: Catalogs,
        store: Store,
        clock: Callable[[], datetime],
        features: Sequence[Feature] = (),
    ) -> None:
        self.clock = checked = CheckedClock(clock, monotonic)
        super().__init__(
            # Slash commands alone; a prefix is required all the same, and a mention needs no privileged intent.
            commands.when_mentioned,
            intents=discord.Intents.default(),
            allowed_mentions=discord.AllowedMentions.none(),
            # Commands that only a server can answer say so themselves.
            allowed_installs=app_commands.AppInstallationType(guild=True, user=True),
            allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True),
            help_command=None,
            tree_cls=Tree,
            http_trace=request_trace(checked.hear),
        )
        self.settings = settings
        self.catalogs = catalogs
        self.store = store
        self.sleep = asyncio.sleep
        chosen = settings.language
        self.language_of = language if chosen is None else lambda _: language(chosen)
        # Not `clock`, which may be set back. Looked up at each call: a simulated Discord has a time of its own.
        self.gate = Gate(lambda: time.monotonic())
        self.membership = Membership(self.clock)
        self.delivery = Delivery(self, store, catalogs, self.clock, lambda seconds: self.sleep(seconds))
        self._features = features
        self._modals: list[type[Form]] = []
        self.tree.error(answer_failure)

    def add_modals(self, *modals: type[Form]) -> None:
        """Have forms of these classes answered."""
        self._modals.extend(modals)

    async def on_interaction(self, interaction: Interaction) -> None:
        """Answer a form that was sent. Commands and buttons are found by discord.py; of forms it knows only those that
        this process opened."""
        if interaction.type is discord.InteractionType.modal_submit:
            sent = filter(None, (modal.sent_by(interaction) for modal in self._modals))
            if (modal := next(sent, None)) is not None:
                await modal.callback(interaction)

    async def on_app_command_completion(self, interaction: Interaction, command: object) -> None:
        """After a command: what the member must know beside its answer."""
        try:
            await self.pending_notice(interaction)
        except StoreError as error:
            log.info("Whether a member has a notice to read is not known: %s", error)

    def language_for(self, interaction: discord.Interaction[Any]) -> Language:
        """The language that a member reads; ask once and pass it on."""
        return self.language_of(str(interaction.locale))

    def library_for(self, interaction: Interaction) -> Library:
        """The list that answers an interaction; ask once and pass it on."""
        return self.catalogs.for_server(interaction.guild_id)

    async def setup_hook(self) -> None:
        """Add the features, and tell Discord about the commands if they changed."""
        for add_to in self._features:
            await add_to(self)
        await self.add_cog(self.delivery)
        await self.tree.set_translator(CommandTranslator())
        await self._sync()

    async def _sync(self) -> None:
        """Discord takes 200 new commands a day and has no diff of its own: ask only when something changed."""
        key = f"commands:{self.application_id}"
        # Not the translated commands: no language is loaded before its first use.
        payload = [command.to_dict(self.tree) for command in self.tree.get_commands()]
        written = json.dumps(payload, sort_keys=True).encode()
        digest = hashlib.sha256(b"".join((written, *await asyncio.to_thread(translations)))).hexdigest()
        try:
            if await self.store.state.get(key) == digest and await self._discord_has_them():
                return
            await self._send_commands()
            await self.store.state.put(key, digest)
        except (*REQUEST_ERRORS, app_commands.AppCommandError, StoreError) as error:
            # The commands of the last start are there still; the next start tries again.
            log.warning("Discord did not take the list of commands: %s", error)

    async def _discord_has_them(self) -> bool:
        """Whether the commands are there by name: they may have been removed, or the token used for another bot."""
        there = await self.http.get_global_commands(self._id)
        names = {command["name"] for command in there if command["type"] != ENTRY_POINT_TYPE}
        return names == {command.name for command in self.tree.get_commands()}

    async def _send_commands(self) -> None:
        """Replace Discord's list of the commands; an Entry Point command, which starts an Activity, stays as it is."""
        try:
            await self.tree.sync()
        except discord.HTTPException as error:
            if error.code != ENTRY_POINT:
                raise
            there: Sequence[Any] = await self.http.get_global_commands(self._id)
            kept = [command for command in there if command["type"] == ENTRY_POINT_TYPE]
            translator = CommandTranslator()
            ours = [await one.get_translated_payload(self.tree, translator) for one in self.tree.get_commands()]
            await self.http.bulk_upsert_global_commands(self._id, [*ours, *kept])

    @property
    def _id(self) -> int:
        assert self.application_id is not None  # noqa: S101 - known since the login
        return self.application_id
