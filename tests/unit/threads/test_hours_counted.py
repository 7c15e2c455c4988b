"""Working time agrees with a counter of minutes that knows nothing of how it is reckoned."""

from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.errors import WrongUse
from tests.minutes import DAY, Plain, differences, moments, plain
from threads.working import Chronicle

TWO_WEEKS = 14 * 24 * 60


def agrees(hours: Plain, start: datetime, minutes: int, wanted: int) -> None:
    try:
        calendar = hours.calendar
    except WrongUse:  # it says that they never open
        assert not any(hours.flags(datetime.fromisoformat("2026-01-01T00:00Z"), 400 * 24 * 60))
        return
    assert [*differences(calendar, hours.flags(start, minutes), start, wanted)] == []


def agrees_across_a_change(before: Plain, after: Plain, start: datetime, spans: tuple[int, int], wanted: int) -> None:
    changed_at = start + timedelta(minutes=spans[0])
    try:
        chronicle = Chronicle(before.calendar, ((changed_at, after.calendar),))
    except WrongUse:
        return
    flags = before.flags(start, spans[0]) + after.flags(changed_at, spans[1])
    assert [*differences(chronicle, flags, start, wanted)] == []


@settings(max_examples=150)
@given(plain, moments, st.integers(0, TWO_WEEKS // 3), st.integers(0, TWO_WEEKS))
def test_any_hours_are_what_a_counter_of_minutes_counts(
    hours: Plain, start: datetime, minutes: int, wanted: int
) -> None:
    agrees(hours, start, minutes, wanted)


@settings(max_examples=60)
@given(plain, plain, moments, st.tuples(st.integers(0, 4000), st.integers(0, 4000)), st.integers(0, TWO_WEEKS))
def test_hours_that_change_on_the_way_are_what_a_counter_of_minutes_counts(
    before: Plain, after: Plain, start: datetime, spans: tuple[int, int], wanted: int
) -> None:
    agrees_across_a_change(before, after, start, spans, wanted)


@settings(max_examples=100)
@given(plain, moments, st.tuples(st.integers(0, 20 * 86_400_000_000), st.integers(0, 20 * 86_400_000_000)))
def test_two_times_in_a_row_add_up_to_the_microsecond(hours: Plain, start: datetime, lasting: tuple[int, int]) -> None:
    try:
        calendar = hours.calendar
    except WrongUse:
        return
    middle = start + timedelta(microseconds=lasting[0])
    end = middle + timedelta(microseconds=lasting[1])
    whole = calendar.between(start, middle) + calendar.between(middle, end)
    assert calendar.between(start, end) == whole
    assert sum((each.counted for each in calendar.stretches(start, end)), timedelta()) == whole
    if whole:
        reached = calendar.add(start, whole)
        assert reached is not None
        assert reached <= end
        assert calendar.between(start, reached) == whole


@pytest.mark.prove
@settings(max_examples=10_000, suppress_health_check=[HealthCheck.too_slow])
@given(plain, moments, st.integers(0, TWO_WEEKS), st.integers(0, TWO_WEEKS))
def test_ten_thousand_hours_are_what_a_counter_of_minutes_counts(
    hours: Plain, start: datetime, minutes: int, wanted: int
) -> None:
    agrees(hours, start, minutes, wanted)


@pytest.mark.prove
@settings(max_examples=3_000, suppress_health_check=[HealthCheck.too_slow])
@given(plain, plain, moments, st.tuples(st.integers(0, 9000), st.integers(0, 9000)), st.integers(0, TWO_WEEKS))
def test_three_thousand_changes_are_what_a_counter_of_minutes_counts(
    before: Plain, after: Plain, start: datetime, spans: tuple[int, int], wanted: int
) -> None:
    agrees_across_a_change(before, after, start, spans, wanted)


@pytest.mark.prove
@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(plain, moments, st.integers(0, TWO_WEEKS))
def test_whole_years_are_what_a_counter_of_minutes_counts(hours: Plain, start: datetime, wanted: int) -> None:
    agrees(hours, start - 200 * DAY, 400 * 24 * 60, wanted)
