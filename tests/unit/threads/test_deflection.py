"""Which conversations go without a quoted answer: a share, by lot, always the same ones."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from threads.deflection import drawn

KEYS = [f"<{number}@kunde.example> support@desk.example" for number in range(4000)]


@given(st.floats(0.02, 0.5))
def test_about_the_share_that_is_set_goes_without(share: float) -> None:
    without = sum(drawn(key, share).without for key in KEYS)
    assert abs(without / len(KEYS) - share) < 0.035  # more than four standard deviations


@given(st.text(), st.floats(0, 0.5))
def test_the_same_mail_always_falls_the_same_way(key: str, share: float) -> None:
    assert drawn(key, share) == drawn(key, share)


@given(st.text(), st.floats(0, 0.5), st.floats(0, 0.5))
def test_what_goes_without_at_one_share_does_so_at_a_greater_one(key: str, one: float, other: float) -> None:
    less, more = sorted((one, other))
    assert drawn(key, more).without or not drawn(key, less).without


@given(st.text())
def test_nothing_goes_without_where_that_is_off(key: str) -> None:
    assert not drawn(key, 0.0).without


def test_the_lot_is_the_same_on_every_machine_and_after_every_restart() -> None:
    assert [number for number, key in enumerate(KEYS[:40]) if drawn(key, 0.1).without] == [3, 19]


def test_who_goes_without_is_told_why() -> None:
    because = next(lot.because for lot in (drawn(key, 0.5) for key in KEYS) if lot.without)
    assert because == "no answer is quoted: 50% of conversations go without, to compare ([faq] without_suggestion)"
