"""When the breaker opens, and for whom; what it drops, and what it lets wait."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from threads.outgoing.breaker import ALL, Breaker, Counted, Drops, Goes, Limits, Waits, judge

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
ANNA = "anna@kundin.example"
LIMITS = Limits(same_to_address_an_hour=3, repeated_an_hour=10, breaker_for=timedelta(minutes=30))
OPEN = Breaker(ALL, NOW - timedelta(minutes=1), NOW + timedelta(minutes=29), "a loop")


@pytest.mark.parametrize(
    ("to_address", "repeated", "breaker", "expected", "opens_for"),
    [
        (1, 0, None, Goes, None),
        (3, 10, None, Goes, None),
        (4, 10, None, Drops, ANNA),
        (2, 11, None, Waits, ALL),
        (1, 11, None, Goes, None),
        (1, 0, OPEN, Waits, None),
        (4, 4, OPEN, Drops, None),
    ],
)
def test_what_becomes_of_an_automatic_mail(
    to_address: int, repeated: int, breaker: Breaker | None, expected: type, opens_for: str | None
) -> None:
    verdict = judge(ANNA, Counted(to_address, repeated), breaker, LIMITS, NOW)
    assert isinstance(verdict, expected)
    if isinstance(verdict, Waits | Drops):
        assert (verdict.opens.address if verdict.opens else None) == opens_for
        assert verdict.because


def test_what_waits_waits_until_the_breaker_closes() -> None:
    waits = judge(ANNA, Counted(1, 0), OPEN, LIMITS, NOW)
    assert isinstance(waits, Waits)
    assert waits.until == OPEN.until
    opened = judge(ANNA, Counted(2, 11), None, LIMITS, NOW)
    assert isinstance(opened, Waits)
    assert opened.opens is not None
    assert opened.until == opened.opens.until == NOW + timedelta(minutes=30)


@pytest.mark.parametrize(
    ("counted", "setting"), [(Counted(4, 1), "same_to_address_an_hour = 3"), (Counted(2, 11), "repeated_an_hour = 10")]
)
def test_the_reason_names_the_setting_that_bounds_it(counted: Counted, setting: str) -> None:
    verdict = judge(ANNA, counted, None, LIMITS, NOW)
    assert isinstance(verdict, Waits | Drops)
    assert verdict.opens is not None
    assert f"[limits] {setting}" in verdict.because
    assert f"[limits] {setting}" in verdict.opens.because


@given(st.integers(min_value=0))
def test_the_first_mail_to_somebody_opens_nothing_however_many_others_repeat(repeated: int) -> None:
    assert judge(ANNA, Counted(1, repeated), None, LIMITS, NOW) == Goes()


def test_without_limits_everything_goes() -> None:
    assert judge(ANNA, Counted(10**6, 10**6), None, Limits(0, 0, 0), NOW) == Goes()
