"""Numbers as people write them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from templates.amounts import counted, lasting, size


@pytest.mark.parametrize(
    ("number", "said"), [(0, "0 mails"), (1, "1 mail"), (2, "2 mails"), (21, "21 mails"), (101, "101 mails")]
)
def test_one_is_one_and_all_else_are_many(number: int, said: str) -> None:
    assert counted(number, "mail") == said


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (timedelta(seconds=59), "0 minutes"),
        (timedelta(minutes=59), "59 minutes"),
        (timedelta(minutes=61), "1 hour"),
        (timedelta(hours=23, minutes=59), "23 hours"),
        (timedelta(hours=47), "1 day"),
        (timedelta(days=100), "100 days"),
    ],
)
def test_a_length_of_time_is_said_in_its_largest_unit(length: timedelta, said: str) -> None:
    assert lasting(length) == said


def test_what_takes_more_than_an_s_is_named() -> None:
    assert (counted(1, "address", "addresses"), counted(2, "address", "addresses")) == ("1 address", "2 addresses")


@pytest.mark.parametrize(
    ("octets", "said"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (999, "999 bytes"),
        (1_000, "1 KB"),
        (1_024, "1 KB"),
        (48_213, "47.1 KB"),
        (999 * 1024, "999 KB"),
        (1_023_999, "1 MB"),
        (1_440_000, "1.4 MB"),
        (50 * 1024**2, "50 MB"),
        (3_200_000_000, "3 GB"),
    ],
)
def test_a_size_has_the_unit_that_people_would_choose(octets: int, said: str) -> None:
    assert size(octets) == said


@given(st.integers(0, 10**12))
def test_no_size_needs_four_digits(octets: int) -> None:
    assert float(size(octets).split()[0]) < 1_000 or octets >= 10**12 * 0.999
