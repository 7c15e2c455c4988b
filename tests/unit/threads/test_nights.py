"""Nights that opening hours cut off at midnight: which rule does it, and which are meant so."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from threads.nights import cut_nights

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")


@pytest.mark.parametrize(
    ("hours", "rules", "night"),
    [
        ("Mo-Fr 22:00-06:00; Sa 10:00-12:00", ["Sa 10:00-12:00"], "Friday"),
        ("Mo-Th 22:00-06:00; Fr 09:00-17:00", ["Fr 09:00-17:00"], "Thursday"),
        ("22:00-06:00; Mo 06:00-22:00", ["Mo 06:00-22:00"], "Sunday"),
        ("22:00-06:00; Dec 25 10:00-12:00", ["Dec 25 10:00-12:00"], "Sunday"),
        ("22:00-06:00; Feb 29 10:00-12:00", ["Feb 29 10:00-12:00"], "Monday"),
        ("22:00-06:00; PH 10:00-12:00", ["PH 10:00-12:00"], "Thursday"),
        ("Mo-We 22:00-06:00; We 10:00-12:00; Fr 20:00-24:00", ["We 10:00-12:00"], "Tuesday"),
    ],
)
def test_a_rule_that_opens_drops_the_morning_of_the_night_before(hours: str, rules: list[str], night: str) -> None:
    found = list(cut_nights(hours, "DE-NW"))
    assert [each.rule for each in found] == rules
    assert f"a night from {night} to " in found[0].because


@pytest.mark.parametrize(
    "hours",
    [
        "Mo-Fr 08:00-17:00; PH off",
        "Mo-Fr 22:00-06:00, Sa 10:00-12:00",
        "22:00-06:00; PH off",
        '22:00-06:00; Sa closed "as ever"',
        "24/7; Sa 10:00-12:00",
        "Mo-Fr 08:00-17:00; Sa 22:00-06:00",
        "Mo-Fr 18:00-24:00; Sa 10:00-12:00",
        "Mo-Th 22:00-06:00; Su 10:00-12:00",
    ],
)
def test_what_is_meant_so_is_no_cut(hours: str) -> None:
    assert list(cut_nights(hours, "DE-NW")) == []


@given(st.integers(0, 6), st.integers(0, 6))
def test_only_the_day_after_a_night_can_be_cut(night: int, day: int) -> None:
    found = list(cut_nights(f"{DAYS[night]} 22:00-06:00; {DAYS[day]} 10:00-12:00"))
    assert bool(found) is (day == (night + 1) % 7)
