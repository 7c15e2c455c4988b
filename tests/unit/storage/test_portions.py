"""Values in portions that one statement takes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from storage.portions import MOST, portions


@given(number=st.integers(0, 3 * MOST + 1))
def test_every_value_is_in_one_portion_in_order_and_none_is_too_large_or_empty(number: int) -> None:
    found = list(portions(range(number)))
    assert [each for portion in found for each in portion] == list(range(number))
    assert all(0 < len(portion) <= MOST for portion in found)
