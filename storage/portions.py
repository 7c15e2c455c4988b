"""Values in portions that one statement takes: a database binds only so many."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")
MOST = 500


def portions(values: Iterable[T]) -> Iterator[list[T]]:
    """All of some values in order, at most `MOST` at a time; nothing where there are none."""
    left = iter(values)
    while portion := list(islice(left, MOST)):
        yield portion
