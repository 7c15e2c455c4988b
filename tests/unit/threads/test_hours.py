from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.errors import WrongUse
from threads.hours import Calendar

BERLIN = ZoneInfo("Europe/Berlin")
CALENDARS = [
    Calendar("Mo-Fr 08:00-17:00; PH off", holidays="DE-NW"),
    Calendar("24/7"),
    Calendar("Mo-Su 02:15-02:45"),
    Calendar("Fr-Sa 22:00-06:00; Mo-Th 01:30-03:30", holidays="DE"),
    Calendar("Mo-Fr,PH 09:00-12:00", "America/New_York", "US"),
]


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


def test_working_time_goes_on_the_next_working_day() -> None:
    office = Calendar("Mo-Fr 08:00-17:00")
    assert office.add(_at("2026-01-02 16:00"), timedelta(hours=2)) == _at("2026-01-05 09:00")
    assert office.next_opening(_at("2026-01-03 12:00")) == _at("2026-01-05 08:00")
    assert office.is_open(_at("2026-01-05 08:00"))
    assert not office.is_open(_at("2026-01-05 17:00"))


def test_a_holiday_of_one_land_is_none_of_another() -> None:
    corpus_christi = _at("2026-06-04 10:00")
    assert not Calendar("Mo-Fr 08:00-17:00; PH off", holidays="DE-NW").is_open(corpus_christi)
    assert Calendar("Mo-Fr 08:00-17:00; PH off", holidays="DE-BE").is_open(corpus_christi)
    assert Calendar("Mo-Fr 08:00-17:00; PH off").is_open(_at("2026-12-25 10:00"))


def test_hours_for_holidays_among_other_days_hold_on_both() -> None:
    surgery = Calendar("Mo-Fr 08:00-17:00; Sa,PH 10:00-12:00", holidays="DE")
    assert surgery.is_open(_at("2026-12-25 11:00"))
    assert not surgery.is_open(_at("2026-12-25 09:00"))
    assert surgery.is_open(_at("2026-12-19 11:00"))


def test_the_days_on_which_the_clocks_change_have_23_and_25_hours() -> None:
    always = Calendar("00:00-24:00")
    assert always.between(_at("2026-03-29 00:00"), _at("2026-03-30 00:00")) == timedelta(hours=23)
    assert always.between(_at("2026-10-25 00:00"), _at("2026-10-26 00:00")) == timedelta(hours=25)


def test_what_opens_in_the_hour_that_comes_twice_is_open_twice() -> None:
    assert Calendar("Mo-Su 02:15-02:45").between(_at("2026-10-25 00:00"), _at("2026-10-26 00:00")) == timedelta(hours=1)
    assert Calendar("Mo-Su 02:15-02:45").between(_at("2026-03-29 00:00"), _at("2026-03-30 00:00")) == timedelta(0)


@pytest.mark.parametrize(
    ("opening", "zone", "holidays", "said"),
    [
        ("Mo-Fr 8-17", "Europe/Berlin", "", "cannot be read at its character 7"),
        ("off", "Europe/Berlin", "", "never open"),
        ("2020 Mo-Fr 08:00-17:00", "Europe/Berlin", "", "never open"),
        ("", "Europe/Berlin", "", "empty"),
        ("Mo-Fr 08:00-17:00", "Europe/Berlyn", "", "no time zone"),
        ("Mo-Fr 08:00-17:00", "../../etc/passwd", "", "no time zone"),
        ("Mo-Fr 08:00-17:00", "Europe/Berlin", "XX", "no holidays"),
        ("Mo-Fr 08:00-17:00", "Europe/Berlin", "DE-ZZ", "no part of DE"),
        ("Mo-Fr 08:00-17:00; SH off", "Europe/Berlin", "DE", "school holidays"),
    ],
)
def test_what_cannot_be_a_calendar_is_refused_with_what_was_meant(
    opening: str, zone: str, holidays: str, said: str
) -> None:
    with pytest.raises(WrongUse, match=said):
        Calendar(opening, zone, holidays, today=date(2026, 1, 1))


def test_more_time_than_two_years_hold_has_no_end() -> None:
    assert Calendar("Mo 08:00-09:00").add(_at("2026-01-05 08:00"), timedelta(hours=200)) is None


_moments = st.integers(0, 2 * 365 * 24 * 60).map(
    lambda each: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=each)
)


def counted(calendar: Calendar, start: datetime, minutes: int) -> timedelta:
    """The working time, minute by minute."""
    return timedelta(minutes=sum(calendar.is_open(start + timedelta(minutes=each)) for each in range(minutes)))


@settings(max_examples=60)
@given(st.sampled_from(CALENDARS), _moments, st.integers(0, 4000))
def test_time_between_is_what_a_counter_of_minutes_counts(calendar: Calendar, start: datetime, minutes: int) -> None:
    assert calendar.between(start, start + timedelta(minutes=minutes)) == counted(calendar, start, minutes)


@settings(max_examples=100)
@given(st.sampled_from(CALENDARS), _moments, st.integers(1, 3000))
def test_adding_working_time_and_measuring_it_again_agree(calendar: Calendar, start: datetime, minutes: int) -> None:
    end = calendar.add(start, timedelta(minutes=minutes))
    assert end is not None
    assert calendar.between(start, end) == timedelta(minutes=minutes)


@pytest.mark.prove
@settings(max_examples=10_000)
@given(st.sampled_from(CALENDARS), _moments, st.integers(0, 4000))
def test_the_counter_of_minutes_agrees_ten_thousand_times(calendar: Calendar, start: datetime, minutes: int) -> None:
    assert calendar.between(start, start + timedelta(minutes=minutes)) == counted(calendar, start, minutes)
