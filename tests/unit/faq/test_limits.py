from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from faq.limits import Budget, Limit, Window

START = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_the_window_is_full_until_the_oldest_is_an_hour_ago() -> None:
    window = Window(Limit(2, HOUR))
    window.add("anna", START)
    window.add("anna", START + timedelta(minutes=10))
    assert window.wait("anna", START + timedelta(minutes=20)) == timedelta(minutes=40)
    assert window.wait("anna", START + HOUR) == timedelta()


def test_one_key_does_not_count_for_another() -> None:
    window = Window(Limit(1, HOUR))
    window.add("anna", START)
    assert not window.wait("bert", START)


def test_what_came_to_nothing_is_not_counted() -> None:
    window = Window(Limit(1, HOUR))
    window.add("anna", START)
    window.take_back("anna")
    assert not window.wait("anna", START)


def test_a_limit_of_none_never_has_room() -> None:
    assert Window(Limit(0, HOUR)).wait("anna", START) == HOUR


def test_the_memory_is_bounded_and_forgets_who_came_longest_ago() -> None:
    window = Window(Limit(1, HOUR), keys=3)
    for name in ("a", "b", "c", "d"):
        window.add(name, START)
    assert len(window) == 3
    assert not window.wait("a", START)
    assert window.wait("d", START)


def test_a_budget_counts_nothing_where_one_window_is_full() -> None:
    budget = Budget(address=Window(Limit(1, HOUR)), visitor=Window(Limit(5, HOUR)))
    assert not budget.take(START, address="anna@example.org", visitor="v")
    for _ in range(10):
        assert budget.take(START, address="anna@example.org", visitor="v") == HOUR
    assert not budget.take(START, address="bert@example.org", visitor="v")


@given(st.lists(st.integers(0, 600), max_size=60), st.integers(1, 5))
def test_never_more_than_the_limit_in_any_window(pauses: list[int], most: int) -> None:
    window, now, taken = Window(Limit(most, timedelta(minutes=10))), START, []
    for pause in pauses:
        now += timedelta(seconds=pause)
        if not window.wait("k", now):
            window.add("k", now)
            taken.append(now)
    for first in taken:
        assert sum(first <= each < first + timedelta(minutes=10) for each in taken) <= most
