"""[hours] and [[calendar]]: when people answer."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator

from service.setting_types import DayOff, Section, holidays_in, zone_of


def _written(value: Any) -> Any:
    """A date that stands there without quotes, as it would stand there with them."""
    return value.isoformat() if isinstance(value, date) else value


class HoursSettings(Section):
    """[hours]: when people answer."""

    opening: str = "Mo-Fr 08:00-17:00; PH off"
    zone: str = "Europe/Berlin"
    holidays: str = "DE"
    off: tuple[DayOff, ...] = ()
    """Further days on which nobody does."""

    @field_validator("zone")
    @classmethod
    def _is_a_zone(cls, zone: str) -> str:
        if zone_of(zone) is None:
            raise ValueError('a time zone is meant, as in "Europe/Berlin"')
        return zone

    @field_validator("holidays")
    @classmethod
    def _are_of_the_zone(cls, holidays: str, info: ValidationInfo) -> str:
        return holidays_in(info.data.get("zone", ""), holidays)


class CalendarSettings(Section):
    """[[calendar]]: other hours, by a name. What it leaves out is that of [hours].

    What is wrong in its values is found where they are put to use (`service.calendars`): it is left out, and the desk runs on.
    """

    name: str = Field(min_length=1, max_length=100)
    opening: str | None = None
    zone: str | None = None
    holidays: str | None = None
    off: tuple[Annotated[str, BeforeValidator(_written)], ...] | None = None

    @field_validator("name")
    @classmethod
    def _is_a_name(cls, name: str) -> str:
        if "@" in name or name.strip() in {"", "24/7"}:
            raise ValueError('a name of your own is meant, as in "hotline"; "24/7" is there anyway')
        return name.strip()
