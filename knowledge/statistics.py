"""How sure a figure is: intervals of shares and means, and whether a difference is more than chance.

Every interval covers 95 %. Sources: E. B. Wilson, Probable inference, the law of succession, and statistical inference
(1927); R. G. Newcombe, Interval estimation for the difference between independent proportions (1998), method 10;
Q. McNemar, Note on the sampling error of the difference between correlated proportions (1947), here by the exact
binomial; R. A. Fisher, The Design of Experiments (1935), section 21, for the test that flips signs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import comb, gcd, hypot, lcm, sqrt

import numpy as np

Z = 1.959963984540054
"""How many standard deviations of a normal distribution hold 95 %."""
SAMPLES = 10_000
"""Samples of a bootstrap."""
CHANCE = 0.05
"""Below this likelihood a difference counts as more than chance."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure, and the interval that it lies in with 95 %."""

    value: float
    low: float
    high: float


def share(hits: int, n: int) -> Estimate | None:
    """Hits out of n, with Wilson's interval; None of nothing."""
    if not n:
        return None
    return _wilson(hits / n, n)


def mean(values: Sequence[float]) -> Estimate | None:
    """The mean of values from 0 to 1, by bootstrap: the same values give the same interval; None of nothing.

    Where all values are equal there is nothing to draw from. Then Wilson's interval serves, as no mean of such values varies
    more than a share.
    """
    if not values:
        return None
    often = Counter(values)
    if len(often) == 1:
        return _wilson(values[0], len(values))
    n = len(values)
    drawn = np.random.default_rng(0).multinomial(n, [each / n for each in often.values()], SAMPLES)
    low, high = np.percentile(drawn @ np.array(list(often)) / n, (2.5, 97.5))
    return Estimate(sum(values) / n, float(low), float(high))


def difference(hits: int, n: int, other_hits: int, other_n: int) -> Estimate | None:
    """The share of one group less that of another, with Newcombe's interval; None where a group is empty."""
    one, other = share(hits, n), share(other_hits, other_n)
    if one is None or other is None:
        return None
    value = one.value - other.value
    below = hypot(one.value - one.low, other.high - other.value)
    above = hypot(one.high - one.value, other.value - other.low)
    return Estimate(value, value - below, value + above)


def mcnemar(gained: int, lost: int) -> float:
    """How likely chance alone parts as many pairs that changed at least so unevenly: two-sided and exact."""
    n, fewer = gained + lost, min(gained, lost)
    tail = sum(comb(n, each) for each in range(fewer + 1))
    return min(1.0, float(Fraction(2 * tail, 2**n)))


def sign_flips(differences: Sequence[Fraction]) -> float:
    """How likely the sum of paired differences is as far from 0 where each might as well have the other sign: exact.

    The sums are whole numbers of the smallest unit, and their distribution is the inverse Fourier transform of a product
    of cosines.
    """
    changed = [each for each in differences if each]
    if not changed:
        return 1.0
    whole = lcm(*(each.denominator for each in changed))
    units = [int(each * whole) for each in changed]
    step = gcd(*units)
    sizes = Counter(abs(each) // step for each in units)
    room = 2 * sum(size * often for size, often in sizes.items()) + 1
    turns = 2 * np.pi * np.arange(room // 2 + 1) / room
    product = np.ones(len(turns))
    for size, often in sizes.items():
        product *= np.cos(turns * size) ** often
    chances = np.fft.irfft(product, room)
    far = abs(sum(units)) // step
    return float(min(1.0, max(0.0, 2 * chances[far : room // 2 + 1].sum() if far else 1.0)))


def _wilson(value: float, n: int) -> Estimate:
    middle = (value + Z * Z / (2 * n)) / (1 + Z * Z / n)
    half = Z * sqrt(value * (1 - value) / n + Z * Z / (4 * n * n)) / (1 + Z * Z / n)
    return Estimate(value, max(0.0, min(value, middle - half)), min(1.0, max(value, middle + half)))
