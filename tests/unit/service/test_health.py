"""How well a desk says that it is."""

from __future__ import annotations

import pytest

from faq.given import Wellness
from service.check import State
from service.health import wellness


@pytest.mark.parametrize(
    ("states", "said"),
    [
        ([], Wellness.OK),
        ([State.OK, State.OK], Wellness.OK),
        ([State.OK, State.WARNING], Wellness.DEGRADED),
        ([State.WARNING, State.WRONG, State.OK], Wellness.FAILING),
    ],
)
def test_a_desk_is_as_well_as_the_worst_that_was_found(states: list[State], said: Wellness) -> None:
    assert wellness(states) is said
