"""Forms that survive restarts, as buttons do, and the one that a weekly schedule is typed into."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Self, cast

import discord

from bot.catalogs import Library
from bot.discord_io.bot import Interaction
from bot.discord_io.buttons import PersistentItem, acknowledge, answer_safely, only
from bot.discord_io.cards import Card
from bot.discord_io.text import TYPED_LIMIT, defuse, escape, readable
from bot.errors import ChoiceError, ScheduleError
from bot.language import N_, Language
from bot.schedule import Schedule, parse_day, parse_time
from bot.zones import resolve_zone

FIRST_DAY, FIRST_TIME = 0, "18:00"
"""What a new schedule begins with: the evening of the day on which a week is planned."""
DAY_VALUES = tuple("0123456")
"""The days as the values of a select, from Monday on."""
TIME_LIMIT = 12
"""Characters of a time that can be typed: "9:30 p.m." and some spaces."""
ZONE_LIMIT = 40
"""Characters of a time zone that can be typed: the longest name has 32. Both fit a custom_id beside a channel."""
TYPED = rf"(?P<day>[0-6])\|(?P<time>[^|]{{0,{TIME_LIMIT}}})\|(?P<zone>[^|]{{0,{ZONE_LIMIT}}})"
"""The part of a template that a TypedSchedule matches."""


class PersistentModal:
    """A form that is answered whatever happened since it was opened: a subclass names the template of its custom_id.

    discord.py knows only forms that this process opened, so none are registered with it (`stop` in `form`): StudyBot
    finds the class by its template. `state` is what the custom_id says, `values` what was typed or chosen by field.
    """

    template: ClassVar[re.Pattern[str]]

    def __init_subclass__(cls, *, template: str = "") -> None:
        super().__init_subclass__()
        if template:
            cls.template = re.compile(template)

    def __init__(self, state: re.Match[str], values: dict[str, list[str]]) -> None:
        self.state, self.values = state, values

    @classmethod
    def sent_by(cls, interaction: discord.Interaction[Any]) -> Self | None:
        """The form that was sent; None if it's another's."""
        data = cast(dict[str, Any], interaction.data)
        state = cls.template.fullmatch(data["custom_id"])
        return cls(state, dict(_values(data.get("components", [])))) if state is not None else None

    def value(self, name: str) -> str:
        """What was chosen or typed in a field; raises ChoiceError if it isn't there."""
        return only(self.values.get(name, ()))

    async def callback(self, interaction: Interaction) -> None:
        """Answer, or tell the member why not; never raises."""
        await answer_safely(interaction, self.state, self.submit)

    async def submit(self, interaction: Interaction, library: Library) -> None:
        """Answer a member who sent the form."""
        raise NotImplementedError


def form(custom_id: str, title: str, *labels: discord.ui.Label[Any]) -> discord.ui.Modal:
    """A form to be opened, for the PersistentModal whose template matches the custom_id."""
    modal = discord.ui.Modal(title=title, custom_id=custom_id)
    for label in labels:
        modal.add_item(label)
    modal.stop()
    return modal


def _values(components: list[dict[str, Any]]) -> Iterator[tuple[str, list[str]]]:
    for one in components:
        field = one.get("component", one)
        values = [field["value"]] if "value" in field else field.get("values", [])
        yield str(field.get("custom_id")), [readable(str(value), TYPED_LIMIT) for value in values]


@dataclass(frozen=True, slots=True)
class TypedSchedule:
    """A day (0 is Monday), and a time and a time zone as a person typed them."""

    day: int = FIRST_DAY
    time: str = FIRST_TIME
    zone: str = ""

    @classmethod
    def of(cls, schedule: Schedule) -> TypedSchedule:
        """A schedule that was set, to be changed."""
        return cls(schedule.weekday, f"{schedule.time:%H:%M}", schedule.zone)

    @classmethod
    def changed(cls, schedule: Schedule | None, day: str | None, time: str | None, zone: str | None) -> TypedSchedule:
        """A schedule, or an empty form, with the options of a command that were given; raises ScheduleError."""
        old = cls.of(schedule) if schedule else cls()
        return cls(
            parse_day(day) if day is not None else old.day,
            time if time is not None else old.time,
            zone if zone is not None else old.zone,
        )

    @classmethod
    def read(cls, state: re.Match[str]) -> TypedSchedule:
        """What a custom_id with `TYPED` in its template holds."""
        return cls(int(state["day"]), state["time"], state["zone"])

    @property
    def written(self) -> str:
        """Itself in a custom_id."""
        time, zone = (text.replace("|", "/") for text in (self.time[:TIME_LIMIT], self.zone[:ZONE_LIMIT]))
        return f"{self.day}|{time}|{zone}"

    def parse(self, language: Language) -> Schedule:
        """The schedule that it means to who reads a language; raises ScheduleError."""
        if not self.zone.strip():
            raise ScheduleError(N_("Which time zone? A city will do, such as Berlin."))
        return Schedule(self.day, parse_time(self.time), resolve_zone(self.zone, language))


def schedule_fields(typed: TypedSchedule, language: Language) -> list[discord.ui.Label[Any]]:
    """The fields of a form in which a schedule is chosen and typed, filled in."""
    t = language.t
    days = [
        discord.SelectOption(label=language.weekday(day), value=str(day), default=day == typed.day) for day in range(7)
    ]
    time: discord.ui.TextInput[Any] = discord.ui.TextInput(
        custom_id="time", default=typed.time, placeholder=t("18:30 or 6:30 pm"), max_length=TIME_LIMIT
    )
    zone: discord.ui.TextInput[Any] = discord.ui.TextInput(
        custom_id="zone", default=typed.zone, placeholder=t("Berlin, or Europe/Berlin"), max_length=ZONE_LIMIT
    )
    return [
        discord.ui.Label(text=t("Day"), component=discord.ui.Select(custom_id="day", options=days)),
        discord.ui.Label(text=t("Time"), component=time),
        discord.ui.Label(text=t("Time zone"), description=t("A city will do."), component=zone),
    ]


class ScheduleButton(PersistentItem, template=r"(?!)"):
    """Opens the form for a schedule, filled in with what its custom_id holds: `TYPED` must be in its template.

    So the same button opens the form again after a wrong entry, with what was typed.
    """

    @property
    def typed(self) -> TypedSchedule:
        """What the form is filled in with."""
        return TypedSchedule.read(self.state)


def wrong_entry(error: ScheduleError, again: discord.ui.Button[Any], language: Language) -> Card:
    """What is wrong with what was typed, with a button that opens the form again."""
    words: discord.ui.TextDisplay[Any] = discord.ui.TextDisplay(escape(defuse(error.in_language(language))))
    return Card([words, discord.ui.ActionRow(again)])


class ScheduleModal(PersistentModal):
    """The form for a schedule; a subclass says how to save it, and how to open the form again."""

    @property
    def typed(self) -> TypedSchedule:
        """What was chosen and typed."""
        if (day := self.value("day")) not in DAY_VALUES:
            raise ChoiceError
        return TypedSchedule(int(day), self.value("time"), self.value("zone"))

    async def submit(self, interaction: Interaction, library: Library) -> None:
        """Save the schedule; what means nothing is said, with a button that opens the form again as it was typed."""
        language = interaction.client.language_for(interaction)
        try:
            schedule = self.typed.parse(language)
        except ScheduleError as error:
            card = wrong_entry(error, self.again(language.t("Try again"), language), language)
            await interaction.response.send_message(view=card, ephemeral=True)
            return
        await acknowledge(interaction)
        await self.save(interaction, library, schedule)

    def again(self, label: str, language: Language) -> discord.ui.Button[Any]:
        """The button that opens the form again."""
        raise NotImplementedError

    async def save(self, interaction: Interaction, library: Library, schedule: Schedule) -> None:
        """Save a schedule and answer; the interaction was acknowledged."""
        raise NotImplementedError
