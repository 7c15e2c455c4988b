from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from storage.errors import WrongUse
from threads.hours import Calendar

BERLIN = ZoneInfo("Europe/Berlin")


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


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 7), ("2026-10-25", 9), ("2027-03-28", 7), ("2027-10-31", 9)])
def test_a_night_shift_in_which_the_clocks_change_is_an_hour_shorter_or_longer(day: str, hours: int) -> None:
    night = Calendar("Mo-Su 22:00-06:00")
    noon = _at(f"{day} 12:00")
    assert night.between(noon - timedelta(days=1), noon) == timedelta(hours=hours)
    began = night.next_opening(_at(f"{day} 00:00") - timedelta(hours=4))
    assert began is not None
    assert night.add(began, timedelta(hours=hours)) == _at(f"{day} 06:00")


@pytest.mark.parametrize(
    ("day", "hours"),
    [("2026-03-29", 23), ("2026-10-25", 25), ("2027-03-28", 23), ("2027-10-31", 25), ("2028-02-29", 24)],
)
def test_day_and_night_a_day_counts_as_long_as_it_is(day: str, hours: int) -> None:
    midnight = _at(f"{day} 00:00")
    following = (midnight + timedelta(days=1)).replace(tzinfo=BERLIN)
    for always in (Calendar("24/7"), Calendar("Mo-Su 00:00-24:00")):
        assert always.between(midnight, following) == timedelta(hours=hours)
        assert always.add(midnight, timedelta(hours=hours)) == following


def test_a_shift_ends_at_the_midnight_before_a_holiday_and_what_is_left_of_the_next_begins_after_it() -> None:
    night = Calendar("Mo-Fr 22:00-06:00; PH off", holidays="DE-NW")
    corpus_christi = list(night.stretches(_at("2026-06-03 12:00"), _at("2026-06-05 12:00")))
    assert [(each.since, each.until) for each in corpus_christi if each.counts] == [
        (_at("2026-06-03 22:00"), _at("2026-06-04 00:00")),
        (_at("2026-06-05 00:00"), _at("2026-06-05 06:00")),
    ]


def test_the_days_before_holidays_may_have_hours_of_their_own() -> None:
    office = Calendar("Mo-Fr 08:00-17:00; PH -1 day 08:00-12:00; PH off", holidays="DE-NW")
    assert not office.is_open(_at("2026-06-03 14:00"))  # before Corpus Christi
    assert office.is_open(_at("2026-06-03 11:00"))
    assert office.is_open(_at("2026-06-02 14:00"))
    assert not office.is_open(_at("2026-12-24 14:00"))


def test_the_clocks_of_lord_howe_change_by_half_an_hour() -> None:
    night = Calendar("Mo-Su 00:00-06:00", "Australia/Lord_Howe")
    noon = datetime(2026, 4, 5, 12, tzinfo=ZoneInfo("Australia/Lord_Howe"))
    assert night.between(noon - timedelta(days=1), noon) == timedelta(hours=6.5)
    noon = datetime(2026, 10, 4, 12, tzinfo=ZoneInfo("Australia/Lord_Howe"))
    assert night.between(noon - timedelta(days=1), noon) == timedelta(hours=5.5)


def test_a_day_that_a_place_skipped_counts_nothing() -> None:
    apia = ZoneInfo("Pacific/Apia")
    always = Calendar("Fr 00:00-24:00", "Pacific/Apia")
    before, after = datetime(2011, 12, 29, 12, tzinfo=apia), datetime(2011, 12, 31, 12, tzinfo=apia)
    assert always.between(before, after) == timedelta()
    assert Calendar("24/7", "Pacific/Apia").between(before, after) == timedelta(days=1)


def test_comments_say_nothing_of_when() -> None:
    spoken = Calendar('Mo-Fr 08:00-17:00 "call; PH, too"; PH off', holidays="DE")
    assert spoken.is_open(_at("2026-12-23 10:00"))
    assert not spoken.is_open(_at("2026-12-25 10:00"))


COMMON = {"01-01", "04-03", "04-06", "05-01", "05-14", "05-25", "10-03", "12-25", "12-26"}
"""The nine holidays of 2026 that all of Germany has."""
THREE_KINGS, WOMEN, CORPUS_CHRISTI, ASSUMPTION, CHILDREN, REFORMATION, ALL_SAINTS, REPENTANCE = (
    "01-06", "03-08", "06-04", "08-15", "09-20", "10-31", "11-01", "11-18",
)  # fmt: skip
OF_A_LAND = {
    "BW": {THREE_KINGS, CORPUS_CHRISTI, ALL_SAINTS},
    "BY": {THREE_KINGS, CORPUS_CHRISTI, ALL_SAINTS},
    "BE": {WOMEN},
    "BB": {"04-05", "05-24", REFORMATION},
    "HB": {REFORMATION},
    "HH": {REFORMATION},
    "HE": {CORPUS_CHRISTI},
    "MV": {WOMEN, REFORMATION},
    "NI": {REFORMATION},
    "NW": {CORPUS_CHRISTI, ALL_SAINTS},
    "RP": {CORPUS_CHRISTI, ALL_SAINTS},
    "SL": {CORPUS_CHRISTI, ASSUMPTION, ALL_SAINTS},
    "SN": {REFORMATION, REPENTANCE},
    "ST": {THREE_KINGS, REFORMATION},
    "SH": {REFORMATION},
    "TH": {CHILDREN, REFORMATION},
    "Augsburg": {THREE_KINGS, CORPUS_CHRISTI, "08-08", ASSUMPTION, ALL_SAINTS},
}


@pytest.mark.parametrize("land", OF_A_LAND)
def test_each_land_keeps_its_own_holidays(land: str) -> None:
    always = Calendar("24/7; PH off", holidays=f"DE-{land}", today=date(2026, 1, 1))
    days = [_at("2026-01-01 12:00") + timedelta(days=each) for each in range(365)]
    assert {f"{day:%m-%d}" for day in days if not always.is_open(day)} == COMMON | OF_A_LAND[land]


@pytest.mark.parametrize(
    ("holidays", "day", "name"),
    [
        ("DE-SN", "2026-11-18", "Buß- und Bettag"),
        ("DE-SN", "2027-11-17", "Buß- und Bettag"),
        ("DE-BY", "2026-06-04", "Fronleichnam"),
        ("DE-BY", "2027-05-27", "Fronleichnam"),
        ("DE-augsburg", "2026-08-08", "Augsburger Hohes Friedensfest"),
        ("de-bayern", "2026-01-06", "Heilige Drei Könige"),
        ("AT", "2026-10-26", "Nationalfeiertag"),
        ("US", "2026-11-26", "Thanksgiving Day"),
    ],
)
def test_a_closed_stretch_names_its_holiday(holidays: str, day: str, name: str) -> None:
    always = Calendar("24/7; PH off", holidays=holidays, today=date(2026, 1, 1))
    (stretch,) = always.stretches(_at(f"{day} 00:00"), _at(f"{day} 23:00"))
    assert (stretch.counts, stretch.because) == (False, f"closed: holiday {name}")


def test_every_stretch_says_why_it_counts_or_does_not_and_they_add_up() -> None:
    office = Calendar("Mo-Fr 08:00-17:00; PH off", holidays="DE-NW", off=["2026-06-05"])
    found = list(office.stretches(_at("2026-06-03 16:00"), _at("2026-06-08 09:30")))
    assert [(each.counts, each.because, each.until - each.since) for each in found] == [
        (True, "open", timedelta(hours=1)),
        (False, "closed: outside Mo-Fr 08:00-17:00", timedelta(hours=7)),
        (False, "closed: holiday Fronleichnam", timedelta(days=1)),
        (False, "closed: day off", timedelta(days=1)),
        (False, "closed: outside Mo-Fr 08:00-17:00", timedelta(hours=56)),
        (True, "open", timedelta(hours=1.5)),
    ]
    assert sum((each.counted for each in found), timedelta()) == timedelta(hours=2.5)


def test_hours_that_mind_no_holidays_are_closed_on_none() -> None:
    (stretch,) = Calendar("24/7", holidays="DE").stretches(_at("2026-12-25 00:00"), _at("2026-12-26 00:00"))
    assert stretch.because == "open"


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
        ("sunrise-sunset", "Europe/Berlin", "DE", "go by the sun"),
        ("Jan-Mar PH 10:00-12:00", "Europe/Berlin", "DE", "a rule of its own for PH"),
        ("Mo-Fr 08:00-17:00", "Europe/Berlyn", "", "did you mean Europe/Berlin"),
        ("Mo-Fr 08:00-17:00", "Europe/Berlin", "DE-NRW", "did you mean DE-NW"),
        ("24/7; PH off; 2026-2030 off", "Europe/Berlin", "DE", "never open"),
    ],
)
def test_what_cannot_be_a_calendar_is_refused_with_what_was_meant(
    opening: str, zone: str, holidays: str, said: str
) -> None:
    with pytest.raises(WrongUse, match=said):
        Calendar(opening, zone, holidays, today=date(2026, 1, 1))


@pytest.mark.parametrize(
    "off", ["2026-02-30", "24.12.2026", "2026-12-31..2026-12-24", "2026-12-24..", "..", "", "soon"]
)
def test_what_is_no_day_off_is_refused(off: str) -> None:
    with pytest.raises(WrongUse, match="is no day off; write it as in"):
        Calendar("Mo-Fr 08:00-17:00", off=["2026-12-24", off])


def test_hours_that_days_off_leave_nothing_of_are_refused() -> None:
    with pytest.raises(WrongUse, match="never open"):
        Calendar("Mo-Fr 08:00-17:00", off=["2020-01-01..2999-12-31"])


def test_more_time_than_two_years_hold_has_no_end() -> None:
    assert Calendar("Mo 08:00-09:00").add(_at("2026-01-05 08:00"), timedelta(hours=200)) is None


@pytest.mark.parametrize("hours", ["Feb 30 08:00-09:00", "Mo-Fr 08:00-17:00; Feb 31 off", "Jun 31 08:00-12:00"])
def test_a_day_that_no_year_has_is_refused(hours: str) -> None:
    with pytest.raises(WrongUse, match="a day that no year has"):
        Calendar(hours, "Europe/Berlin", "")


def test_the_day_of_a_leap_year_is_one() -> None:
    assert Calendar("Feb 29 08:00-09:00; Mo 08:00-09:00", "Europe/Berlin", "").is_open(
        datetime(2028, 2, 29, 7, 30, tzinfo=UTC)
    )
