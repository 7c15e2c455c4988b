"""Hours that change: what has passed counts by those that held then."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from threads.hours import Calendar
from threads.working import Chronicle

BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = Calendar("Mo-Fr 08:00-17:00")
LATE = Calendar("Mo-Fr 12:00-20:00")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


NOON = at("2026-01-07 12:00")
CHANGED = Chronicle(OFFICE, ((NOON.astimezone(UTC), LATE),))


def test_what_passed_before_a_change_counts_by_the_hours_of_then() -> None:
    assert CHANGED.between(at("2026-01-07 08:00"), at("2026-01-08 12:00")) == timedelta(hours=4 + 8)
    assert CHANGED.add(at("2026-01-07 08:00"), timedelta(hours=4)) == NOON
    assert CHANGED.add(at("2026-01-07 08:00"), timedelta(hours=5)) == at("2026-01-07 13:00")
    assert CHANGED.add(at("2026-01-07 08:00"), timedelta(hours=13)) == at("2026-01-08 13:00")


def test_the_stretches_of_both_hours_stand_in_one_row() -> None:
    found = list(CHANGED.stretches(at("2026-01-07 07:00"), at("2026-01-07 21:00")))
    assert [(each.counts, each.because) for each in found] == [
        (False, "closed: outside Mo-Fr 08:00-17:00"),
        (True, "open"),
        (False, "closed: outside Mo-Fr 12:00-20:00"),
    ]
    assert [each.since for each in found[1:]] == [at("2026-01-07 08:00"), at("2026-01-07 20:00")]


def test_hours_that_open_at_the_moment_they_change_open_by_the_new_ones() -> None:
    assert CHANGED.next_opening(at("2026-01-07 11:59")) == at("2026-01-07 11:59")
    assert CHANGED.next_opening(NOON) == NOON
    to_late = Chronicle(LATE, ((at("2026-01-07 20:00"), OFFICE),))
    assert to_late.next_opening(at("2026-01-07 20:00")) == at("2026-01-08 08:00")
    assert not to_late.is_open(at("2026-01-07 20:00"))


def test_a_change_to_the_same_hours_is_none() -> None:
    moments = [at("2026-01-05 08:00"), at("2026-01-06 08:00"), NOON]
    same = Chronicle.of(zip(moments, [OFFICE, Calendar("Mo-Fr 08:00-17:00"), LATE], strict=True))
    assert same == Chronicle(OFFICE, ((NOON, LATE),))
    assert same.then(NOON, LATE) is same


def test_other_hours_never_hold_before_the_last_ones_began() -> None:
    later = CHANGED.then(at("2026-01-06 09:00"), OFFICE)
    assert [since for since, _ in later.changes] == [NOON, NOON]
    assert later.newest == OFFICE


def test_no_hours_make_no_chronicle() -> None:
    with pytest.raises(ValueError, match="wants hours"):
        Chronicle.of([])


def test_time_is_counted_right_where_its_ends_have_the_zone_of_the_hours() -> None:
    always = Chronicle(Calendar("24/7"))
    before, after = datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN), datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN, fold=1)
    assert always.between(before, after) == timedelta(hours=1)
    (stretch,) = always.stretches(before, after)
    assert stretch.counted == timedelta(hours=1)
