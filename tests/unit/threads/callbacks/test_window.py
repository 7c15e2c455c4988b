"""A wished time is cut to the hours; where nothing of it is left the next time is taken at which somebody is there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from threads.callbacks.times import said_in, spans_of
from threads.callbacks.window import SHORTEST, Window, window_for
from threads.hours import Calendar
from threads.outgoing.wording import within
from threads.working import Chronicle

BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = Calendar("Mo-Fr 08:00-12:00,13:00-17:00; PH off", "Europe/Berlin", "DE-NW")
NIGHT = Calendar("Mo-Su 22:00-06:00", "Europe/Berlin")
ALWAYS = Calendar("24/7", "Europe/Berlin")
MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=BERLIN)


def window(words: str, at: datetime = MONDAY, hours: Calendar = OFFICE, owed: datetime | None = None) -> Window:
    found = window_for(spans_of(said_in(words, at, BERLIN), at, BERLIN), Chronicle(hours), at, owed)
    assert found is not None
    return found


def shown(found: Window) -> str:
    since, until = found.from_at.astimezone(BERLIN), found.until_at.astimezone(BERLIN)
    return f"{since:%d.%m. %H:%M} - {until:%d.%m. %H:%M}"


@pytest.mark.parametrize(
    ("words", "expected", "moved"),
    [
        ("morgen zwischen 14 und 16 Uhr", "24.11. 14:00 - 24.11. 16:00", False),
        ("morgen", "24.11. 08:00 - 24.11. 17:00", False),
        ("heute ab 16:55 Uhr", "24.11. 08:00 - 24.11. 12:00", True),
        ("heute nach 15 Uhr", "23.11. 15:00 - 23.11. 17:00", False),
        ("heute abend", "24.11. 08:00 - 24.11. 12:00", True),
        ("zwischen 7 und 8 Uhr", "24.11. 08:00 - 24.11. 12:00", True),
        ("am Samstag", "30.11. 08:00 - 30.11. 12:00", True),
        ("diese Woche morgens", "23.11. 10:00 - 23.11. 12:00", False),
        ("nächste Woche", "30.11. 08:00 - 30.11. 17:00", False),
        ("am 25.12.", "28.12. 08:00 - 28.12. 12:00", True),
        ("um 12 Uhr", "23.11. 13:00 - 23.11. 17:00", True),
        ("zwischen 11 und 14 Uhr", "23.11. 11:00 - 23.11. 14:00", False),
    ],
)
def test_window_lies_in_the_hours(words: str, expected: str, moved: bool) -> None:
    found = window(words)
    assert (shown(found), found.moved) == (expected, moved)


def test_without_a_wish_it_is_due_when_an_answer_is() -> None:
    owed = datetime(2026, 11, 24, 9, 0, tzinfo=BERLIN)
    assert shown(window("", owed=owed)) == "23.11. 10:00 - 24.11. 09:00"


def test_at_night_it_begins_when_somebody_is_there() -> None:
    night = datetime(2026, 11, 23, 23, 0, tzinfo=BERLIN)
    owed = OFFICE.add(night, timedelta(hours=4))
    assert shown(window("", at=night, owed=owed)) == "24.11. 08:00 - 24.11. 12:00"


def test_round_the_clock_a_day_is_a_day() -> None:
    assert shown(window("morgen", hours=ALWAYS)) == "24.11. 00:00 - 25.11. 00:00"


@pytest.mark.parametrize(("day", "long"), [(datetime(2027, 3, 27, 12, tzinfo=BERLIN), 23), (datetime(2026, 10, 24, 12, tzinfo=BERLIN), 25)])  # fmt: skip
def test_day_on_which_summer_time_changes_has_its_own_length(day: datetime, long: int) -> None:
    found = window("morgen", at=day, hours=ALWAYS)
    assert found.until_at - found.from_at == timedelta(hours=long)


def test_hour_that_summer_time_leaves_out_is_the_next_one() -> None:
    found = window("morgen um 2:30 morgens", at=datetime(2027, 3, 27, 12, tzinfo=BERLIN), hours=ALWAYS)
    assert found.from_at == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)


_WORDS = st.sampled_from(
    ["", "morgen", "heute", "Montag vormittag", "nächste Woche", "am 29.3. um 2:30", "zwischen 1 und 4 Uhr nachts", "am Wochenende", "in 2 Stunden", "um 23:45 Uhr",
     "am 25.10. gegen 2 Uhr", "bis 8 Uhr", "ab 22 Uhr", "am 24.12.", "diese Woche abends", "in 3 Tagen"]
)  # fmt: skip


@settings(max_examples=200)
@given(
    _WORDS,
    st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - the zone follows
    st.sampled_from([OFFICE, NIGHT, ALWAYS]),
    st.integers(0, 2000),
)
def test_window_begins_and_ends_while_somebody_is_there_and_never_before_it_was_wished(
    words: str, at: datetime, hours: Calendar, minutes: int
) -> None:
    spans = spans_of(said_in(words, at, BERLIN), at, BERLIN)
    found = window_for(spans, Chronicle(hours), at, hours.add(at, timedelta(minutes=minutes)))
    assert found is not None
    assert at <= found.from_at < found.until_at
    assert hours.is_open(found.from_at)
    assert hours.between(found.from_at, found.until_at) > timedelta()
    assert found.moved or not spans or any(since <= found.from_at and found.until_at <= until for since, until in spans)


def test_promise_is_said_as_people_say_it() -> None:
    found = window("morgen zwischen 14 und 16:30 Uhr")
    since, until = found.from_at.astimezone(BERLIN), found.until_at.astimezone(BERLIN)
    assert within(since, until, MONDAY, "de") == "morgen, Dienstag, zwischen 14 und 16:30 Uhr"
    assert within(since, until, MONDAY, "en") == "tomorrow, Tuesday, between 2 pm and 4:30 pm"
    assert within(MONDAY, MONDAY.replace(hour=12), MONDAY, "de") == "heute bis 12 Uhr"


def test_shortest_is_long_enough_to_act_on() -> None:
    assert timedelta(minutes=5) <= SHORTEST
