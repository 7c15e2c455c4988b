"""When the breaker opens, what it drops, and what it lets wait."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from threads.breaker import Breaker, Drops, Goes, Limits, Waits, judge

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
LIMITS = Limits(same_content_an_hour=3, automatic_an_hour=10, breaker_for=timedelta(minutes=30))
OPEN = Breaker(NOW - timedelta(minutes=1), NOW + timedelta(minutes=29), "a loop")


@pytest.mark.parametrize(
    ("same", "in_all", "breaker", "expected", "opens"),
    [
        (1, 1, None, Goes, False),
        (3, 10, None, Goes, False),
        (4, 10, None, Drops, True),
        (1, 11, None, Waits, True),
        (1, 1, OPEN, Waits, False),
        (4, 4, OPEN, Drops, False),
    ],
)
def test_what_becomes_of_an_automatic_mail(
    same: int, in_all: int, breaker: Breaker | None, expected: type, opens: bool
) -> None:
    verdict = judge(same, in_all, breaker, LIMITS, NOW)
    assert isinstance(verdict, expected)
    if isinstance(verdict, Waits | Drops):
        assert (verdict.opens is not None) is opens
        assert verdict.because


def test_what_waits_waits_until_the_breaker_closes() -> None:
    waits = judge(1, 1, OPEN, LIMITS, NOW)
    assert isinstance(waits, Waits)
    assert waits.until == OPEN.until
    opened = judge(1, 11, None, LIMITS, NOW)
    assert isinstance(opened, Waits)
    assert opened.opens is not None
    assert opened.until == opened.opens.until == NOW + timedelta(minutes=30)


def test_without_limits_everything_goes() -> None:
    assert judge(10**6, 10**6, None, Limits(0, 0, 0), NOW) == Goes()
