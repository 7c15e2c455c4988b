"""When a conversation that was put aside comes back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.errors import WrongUse
from threads.life.until import until

BERLIN = ZoneInfo("Europe/Berlin")
WEDNESDAY = datetime(2026, 11, 18, 14, 30, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("morgen 9 Uhr", "2026-11-19 09:00"),
        ("tomorrow 9am", "2026-11-19 09:00"),
        ("tomorrow at 9 am", "2026-11-19 09:00"),
        ("9 Uhr morgen", "2026-11-19 09:00"),
        ("morgen", "2026-11-19 08:00"),
        ("morgen früh", "2026-11-19 08:00"),
        ("tomorrow evening", "2026-11-19 18:00"),
        ("übermorgen 14:30", "2026-11-20 14:30"),
        ("day after tomorrow", "2026-11-20 08:00"),
        ("Montag 8 Uhr", "2026-11-23 08:00"),
        ("am Montag um 8 Uhr 30", "2026-11-23 08:30"),
        ("Mo. 8.30 Uhr", "2026-11-23 08:30"),
        ("Montag morgen", "2026-11-23 08:00"),
        ("next monday 7pm", "2026-11-23 19:00"),
        ("Mittwoch 16 Uhr", "2026-11-18 16:00"),
        ("Mittwoch 9 Uhr", "2026-11-25 09:00"),
        ("nächsten Mittwoch 16 Uhr", "2026-11-25 16:00"),
        ("in 3 Tagen", "2026-11-21 14:30"),
        ("in 3 Tagen 9 Uhr", "2026-11-21 09:00"),
        ("in einer Woche", "2026-11-25 14:30"),
        ("in two weeks", "2026-12-02 14:30"),
        ("in 1 Monat", "2026-12-18 14:30"),
        ("90 min", "2026-11-18 16:00"),
        ("2h", "2026-11-18 16:30"),
        ("in einer Stunde", "2026-11-18 15:30"),
        ("nächste Woche", "2026-11-23 08:00"),
        ("next week 10:15", "2026-11-23 10:15"),
        ("nächsten Monat", "2026-12-01 08:00"),
        ("2026-12-24 10:00", "2026-12-24 10:00"),
        ("2026-12-24T10:00", "2026-12-24 10:00"),
        ("24.12.2026", "2026-12-24 08:00"),
        ("24.12. 10 Uhr", "2026-12-24 10:00"),
        ("2.1.", "2027-01-02 08:00"),
        ("24. Dezember 2026 um 10:00", "2026-12-24 10:00"),
        ("March 3", "2027-03-03 08:00"),
        ("29.2.", "2028-02-29 08:00"),
        ("16 Uhr", "2026-11-18 16:00"),
        ("9 Uhr", "2026-11-19 09:00"),
        ("heute", "2026-11-18 18:00"),
        ("heute Abend", "2026-11-18 18:00"),
        ("7 Uhr abends", "2026-11-18 19:00"),
        ("12pm tomorrow", "2026-11-19 12:00"),
        ("12 am", "2026-11-19 00:00"),
    ],
)
def test_people_say_when_in_german_and_english(text: str, meant: str) -> None:
    wanted = datetime.strptime(meant, "%Y-%m-%d %H:%M").replace(tzinfo=BERLIN)

    assert until(text, WEDNESDAY, BERLIN) == wanted


@pytest.mark.parametrize(
    "text", ["", "   ", "irgendwann", "heute 9 Uhr", "2020-01-01", "25 Uhr", "9:75", "13pm", "morgen morgen 9 9", "in 0 Tagen",
             "31.2.", "2026-13-01", "in 99999 Tagen", "9999-12-31", "12.12.9999", "in -3 Tagen", "x" * 5000, "9" * 90]
)  # fmt: skip
def test_what_is_no_time_or_is_over_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(WrongUse) as refused:
        until(text, WEDNESDAY, BERLIN)
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 400


def test_an_hour_that_summer_time_leaves_out_becomes_the_next_one() -> None:
    before = datetime(2026, 3, 28, 12, tzinfo=BERLIN)

    assert until("morgen 2:30", before, BERLIN) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_a_day_over_the_change_of_the_clocks_keeps_its_local_time() -> None:
    before = datetime(2026, 10, 24, 12, tzinfo=BERLIN)

    assert until("in 1 Tag", before, BERLIN) == datetime(2026, 10, 25, 12, tzinfo=BERLIN)


words = st.sampled_from(
    ["morgen", "heute", "montag", "fr", "9", "12", "30", "uhr", "am", "pm", ":", ".", "-", "in", "3", "tagen", "h",
     "woche", "nächste", "2026", "12", "24", "dezember", "abend", "früh", "next", "month", "29", "february", "31"]
)  # fmt: skip
moments = st.datetimes(
    min_value=datetime(2000, 1, 1),  # noqa: DTZ001 - hypothesis wants it naive
    max_value=datetime(2090, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)


@given(text=st.one_of(st.text(max_size=40), st.lists(words, max_size=6).map(" ".join)), now=moments)
def test_the_answer_is_always_in_the_future_and_never_raises_anything_else(text: str, now: datetime) -> None:
    try:
        found = until(text, now, BERLIN)
    except WrongUse:
        return
    assert now < found <= now + timedelta(days=5 * 366)
    assert found.tzinfo is UTC
