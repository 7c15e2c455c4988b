"""Intervals and tests against published figures, and against counting every possibility."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.statistics import difference, mcnemar, mean, share, sign_flips

RANKS = st.sampled_from([Fraction(0), *(Fraction(1, rank) for rank in range(1, 11))])


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [
        (
            81,
            263,
            0.2553,
            0.3662,
        ),  # these four: Newcombe, Two-sided confidence intervals for the single proportion (1998)
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (10, 10, 0.7225, 1.0),
    ],
)
def test_a_share_lies_in_the_published_interval(hits: int, n: int, low: float, high: float) -> None:
    found = share(hits, n)
    assert found is not None
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-4)


@pytest.mark.parametrize(
    ("counts", "low", "high"),
    [
        ((56, 70, 48, 80), 0.0524, 0.3339),  # all: Newcombe (1998), table II, method 10
        ((9, 10, 3, 10), 0.1705, 0.8090),
        ((6, 7, 2, 7), 0.0582, 0.8062),
        ((5, 56, 0, 29), -0.0381, 0.1926),
        ((0, 10, 0, 20), -0.1611, 0.2775),
        ((10, 10, 0, 20), 0.6791, 1.0),
    ],
)
def test_a_difference_lies_in_the_published_interval(
    counts: tuple[int, int, int, int], low: float, high: float
) -> None:
    found = difference(*counts)
    assert found is not None
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-4)


@pytest.mark.parametrize(
    ("gained", "lost", "p"),
    [(0, 0, 1.0), (1, 0, 1.0), (5, 1, 0.21875), (0, 6, 0.03125), (10, 10, 1.0), (2, 14, 274 / 65536)],
)
def test_an_uneven_change_is_as_unlikely_as_the_binomial_says(gained: int, lost: int, p: float) -> None:
    assert mcnemar(gained, lost) == pytest.approx(p)


def test_nothing_has_no_share_and_no_mean() -> None:
    assert share(0, 0) is None
    assert mean([]) is None
    assert difference(1, 2, 0, 0) is None


@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_an_interval_holds_its_share_and_a_share_of_more_is_surer(counted: tuple[int, int]) -> None:
    hits, n = counted
    few, many = share(hits, n), share(hits * 10, n * 10)
    assert few is not None
    assert many is not None
    assert 0 <= few.low <= few.value <= few.high <= 1
    assert many.high - many.low < few.high - few.low


@given(st.tuples(st.integers(0, 30), st.integers(30, 60), st.integers(0, 30), st.integers(30, 60)))
def test_a_difference_the_other_way_round_is_its_negative(counts: tuple[int, int, int, int]) -> None:
    one, other = difference(*counts), difference(*counts[2:], *counts[:2])
    assert one is not None
    assert other is not None
    assert (one.value, one.low, one.high) == pytest.approx((-other.value, -other.high, -other.low))
    assert -1 <= one.low <= one.value <= one.high <= 1


@given(st.lists(st.tuples(RANKS, RANKS), max_size=9))
def test_flipped_signs_are_counted_exactly(pairs: list[tuple[Fraction, Fraction]]) -> None:
    differences = [now - before for before, now in pairs]
    changed = [each for each in differences if each]
    sums = [
        sum((sign * each for sign, each in zip(signs, changed, strict=True)), Fraction(0))
        for signs in product((1, -1), repeat=len(changed))
    ]
    as_far = sum(abs(each) >= abs(sum(changed, Fraction(0))) for each in sums) / len(sums)
    assert sign_flips(differences) == pytest.approx(as_far, abs=1e-9)


def test_a_thousand_changes_are_tested_at_once() -> None:
    assert sign_flips([Fraction(1, 7)] * 600 + [Fraction(-1, 10)] * 400) < 1e-6
    assert sign_flips([Fraction(1, 3), Fraction(-1, 3)] * 500) == 1.0


@given(st.lists(RANKS.map(float), min_size=1, max_size=60))
def test_a_mean_lies_in_its_interval_each_time_the_same(values: list[float]) -> None:
    found = mean(values)
    assert found is not None
    assert 0 <= found.low <= found.value + 1e-12
    assert found.value - 1e-12 <= found.high <= 1
    assert mean(values) == found


def test_the_interval_of_a_mean_is_near_that_of_its_share() -> None:
    found, known = mean([1.0] * 30 + [0.0] * 70), share(30, 100)
    assert found is not None
    assert known is not None
    assert (found.low, found.high) == pytest.approx((known.low, known.high), abs=0.02)
