"""Opening hours that never count because a rule after a semicolon takes their place."""

from __future__ import annotations

import pytest

from storage.errors import WrongUse
from threads.opening import Opening
from threads.replaced import replaced_rules


@pytest.mark.parametrize(
    ("hours", "lost"),
    [
        ("Mo-Fr 08:00-12:00; Mo-Fr 13:00-17:00", "Mo-Fr 08:00-12:00"),
        ("Mo-Fr 08:00-17:00; Dec 25 10:00-12:00; PH off", "Dec 25 10:00-12:00"),
        ("Sa 10:00-12:00; Mo-Fr 08:00-17:00; Sa off", "Sa 10:00-12:00"),
    ],
)
def test_a_rule_that_another_takes_the_place_of_is_named(hours: str, lost: str) -> None:
    [said] = replaced_rules(hours, "DE-BY")
    assert said.startswith(f'"{lost}" never counts: ')


@pytest.mark.parametrize(
    "hours",
    [
        "Mo-Fr 08:00-17:00; PH off",
        "Mo-Fr 08:00-12:00, Mo-Fr 13:00-17:00",
        "Mo-Fr 08:00-17:00; Fr 08:00-15:00",
        "24/7; Mo 08:00-17:00",
        "Mo-Fr 08:00-17:00; PH 10:00-12:00; Dec 24 off",
        "2027 Mo-Fr 08:00-17:00; Mo-Fr 09:00-17:00",
        "24/7",
    ],
)
def test_what_counts_on_some_day_is_not(hours: str) -> None:
    assert list(replaced_rules(hours, "DE-BY")) == []


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        ("Di-Do 08:00-17:00", "name days in German; here they are Mo, Tu, We, Th, Fr, Sa and Su"),
        ("Mo-Fr 8-17 Uhr", 'name hours in German; write it as in "Mo-Fr 08:00-17:00'),
    ],
)
def test_hours_in_german_are_refused_with_what_is_meant(hours: str, said: str) -> None:
    with pytest.raises(WrongUse, match=said):
        Opening(hours)


@pytest.mark.parametrize(
    "hours", ["week 1-10", "Mo-Fr 08:00-17:00; Dec 24-26 off", 'Mo-Fr 08:00-17:00 "Di erst ab 9 Uhr"']
)
def test_what_only_looks_german_is_read(hours: str) -> None:
    assert Opening(hours).hours == hours
