"""The hours of the settings as clocks run by them; what cannot be used is left out and named, and [hours] holds in its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from service.hours_settings import CalendarSettings
from service.setting_errors import nearest, place_of
from service.setting_types import holidays_in
from service.settings import Settings
from storage.database import Database
from storage.errors import WrongUse
from threads.days_off import day_off
from threads.hours import Calendar
from threads.nights import cut_nights
from threads.opening import holidays_of
from threads.policy import Policy
from threads.replaced import replaced_rules
from threads.sla.terms import ROUND_THE_CLOCK, hours_of_department
from threads.store.calendars import differs, keep_hours, with_history

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Calendars:
    """All hours of the settings."""

    hours: Calendar
    """[hours]."""
    named: Mapping[str, Calendar]
    """By the name of a calendar, by the address of a mailbox that has one, and by `hours_of_department`."""
    left_out: tuple[str, ...] = ()
    """What could not be used, a line each: where it stands, what is wrong, and what holds instead."""


def calendars_of(settings: Settings) -> Calendars:
    """When people answer. Raises `WrongUse` where [hours] cannot be used."""
    return _Reading(settings).calendars()


def hardly_meant(settings: Settings) -> Iterator[str]:
    """Where hours end a night at midnight, or say what never counts, a line each: where it stands, and how to mend it."""
    hours = settings.hours
    written: list[tuple[tuple[str | int, ...], str, str]] = [(("hours",), hours.opening, hours.holidays)]
    for number, each in enumerate(settings.calendar):
        holidays = hours.holidays if each.holidays is None else each.holidays
        written.append((("calendar", number), each.opening or "", holidays))
    for section, opening, holidays in written:
        try:
            found = _hardly_meant(opening, holidays) if opening else []
        except WrongUse:  # that it cannot be used is said elsewhere
            continue
        for said in found:
            yield f"{place_of(settings.file, *section, 'opening')}: [{section[0]}] opening: {said}"


def _hardly_meant(opening: str, holidays: str) -> list[str]:
    return [*(each.because for each in cut_nights(opening, holidays)), *replaced_rules(opening, holidays)]


def hours_kept(database: Database, settings: Settings, policy: Policy, now: datetime) -> Policy:
    """The policy with its hours as they changed, which are kept for running clocks; what was left out is named in the log.

    Raises `Unavailable`.
    """
    for said in calendars_of(settings).left_out:
        log.warning("left out of the settings", because=said)
    with database.reading() as session:
        if not differs(session, policy):  # as nearly always: then nobody who writes is waited for
            return with_history(session, policy, now)
    with database.writing() as session:
        policy, changed = keep_hours(session, policy, now)
    if changed:
        log.info(
            "hours changed: what passes from now on counts by the new ones", of=[each or "[hours]" for each in changed]
        )
    return policy


@dataclass
class _Reading:
    """Hours on their way out of the settings."""

    settings: Settings
    hours: Calendar = field(init=False)
    named: dict[str, Calendar] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)

    def calendars(self) -> Calendars:
        """All of them."""
        self.hours = _hours(self.settings)
        for number, each in enumerate(self.settings.calendar):
            self._name(number, each)
        mailboxes = {}
        for number, mailbox in enumerate(self.settings.mailboxes):
            found = self._wanted("mailbox", number, mailbox.calendar, f"[hours] holds for {mailbox.address}")
            if found is not None:
                mailboxes[mailbox.address] = found
        departments = {}
        for number, department in enumerate(self.settings.department):
            name = department.name.strip()
            found = self._wanted("department", number, department.calendar, f"the mailbox's hours hold for {name}")
            if found is not None:
                departments[hours_of_department(name)] = found
        return Calendars(self.hours, {**self.named, **mailboxes, **departments}, tuple(self.left_out))

    def _name(self, number: int, settings: CalendarSettings) -> None:
        same = next((name for name in self._names(number) if name.casefold() == settings.name.casefold()), None)
        if same is not None:
            twice = f'the name "{settings.name}" is taken by "{same}" above it; give it another'
            self._leave_out(number, "name", twice, "it is left out")
            return
        off = self._days_off(number, settings)
        try:
            self.named[settings.name] = self._checked(settings, off)
        except _Wrong as wrong:
            self._leave_out(number, wrong.setting, wrong.said, "[hours] holds in its place")

    def _names(self, number: int) -> list[str]:
        return [each.name for each in self.settings.calendar[:number]]

    def _days_off(self, number: int, settings: CalendarSettings) -> tuple[str, ...]:
        """The days off that are days."""
        sound = []
        for each in settings.off or ():
            try:
                day_off(each)
            except WrongUse as error:
                self._leave_out(number, "off", str(error), "the others hold")
            else:
                sound.append(each)
        return tuple(sound) if settings.off is not None else self.hours.off

    def _checked(self, settings: CalendarSettings, off: tuple[str, ...]) -> Calendar:
        """The calendar. Raises `_Wrong` with the setting that is."""
        hours = self.settings.hours
        zone = hours.zone if settings.zone is None else settings.zone
        holidays = hours.holidays if settings.holidays is None else settings.holidays
        opening = hours.opening if settings.opening is None else settings.opening
        try:
            holidays_of(holidays_in(zone, holidays))
        except (WrongUse, ValueError) as error:
            raise _Wrong("holidays", str(error)) from None
        try:
            return Calendar(opening, zone, holidays, off)
        except WrongUse as error:
            raise _Wrong("zone" if "no time zone" in str(error) else "opening", str(error)) from None

    def _wanted(self, section: str, number: int, wanted: str, otherwise: str) -> Calendar | None:
        """The hours of its own that a mailbox or a department names, None where it names none that are there."""
        wanted = wanted.strip()
        if not wanted:
            return None
        if wanted == ROUND_THE_CLOCK:
            return Calendar(wanted, self.hours.zone.key)
        if wanted not in self.named:
            if wanted not in self._names(len(self.settings.calendar)):
                there = {ROUND_THE_CLOCK, *self._names(len(self.settings.calendar))}
                said = f'there is no calendar "{wanted}"{nearest(wanted, there)}'
                self._say(section, number, "calendar", said, otherwise)
            return None
        return self.named[wanted]

    def _leave_out(self, number: int, setting: str, said: str, instead: str) -> None:
        self._say("calendar", number, setting, said, instead)

    def _say(self, section: str, number: int, setting: str, said: str, instead: str) -> None:
        where = place_of(self.settings.file, section, number, setting)
        end = "" if said.endswith("?") else "."
        self.left_out.append(f"{where}: [{section}] {setting}: {said}{end} Until then {instead}")


class _Wrong(Exception):
    """A setting that cannot be used."""

    def __init__(self, setting: str, said: str) -> None:
        super().__init__(said)
        self.setting, self.said = setting, said


def _hours(settings: Settings) -> Calendar:
    """[hours]. Raises `WrongUse` with file and line where it cannot be used."""
    hours = settings.hours
    try:
        return Calendar(hours.opening, hours.zone, hours.holidays, hours.off)
    except WrongUse as error:
        name = "holidays" if hours.holidays and f'"{hours.holidays}"' in str(error) else "opening"
        raise WrongUse(f"{place_of(settings.file, 'hours', name)}: [hours] {error}") from None
