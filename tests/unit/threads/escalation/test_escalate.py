"""Which steps are due: by tables, and by properties against the clock itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from threads.escalation.escalate import Climb, escalate, reckoned_since
from threads.escalation.ladder import BUILT_IN, Ladder, Matter, Step, faults, ladder_for
from threads.hours import Calendar
from threads.model import Priority
from threads.policy import ANSWER_WITHIN
from threads.sla.clock import clock_of, reached_at
from threads.sla.marks import Mark, What
from threads.sla.terms import Aim, Terms

OFFICE = Calendar("Mo-Fr 08:00-17:00", "Europe/Berlin")
ALWAYS = Calendar("24/7", "UTC")
MONDAY = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
"""08:00 in Berlin."""
LADDER = Ladder(
    "steep",
    (
        Step(share=0.5, tell=("assignee",)),
        Step(after=timedelta(hours=6), tell=("oncall",)),
        Step(share=1.5, tell=("agents",)),
    ),
)


def hours(name: str) -> Calendar:
    return ALWAYS if name == "24/7" else OFFICE


def began(
    at: datetime = MONDAY, within: float = 8, calendar: str = "office", priority: Priority = Priority.NORMAL
) -> Mark:
    return Mark(at, What.BEGAN, "", Terms(timedelta(hours=within), calendar, priority))


def climb(*marks: Mark, done: frozenset[str] = frozenset(), taken_by: str = "", aim: Aim = Aim.FIRST) -> Climb:
    return Climb(aim, clock_of(marks, hours), reckoned_since(marks), done, taken_by)


@pytest.mark.parametrize(
    ("passed", "carried", "missed", "next_in"),
    [
        (3.9, None, [], 4),
        (4, "50%", [], 6),
        (
            6,
            "360min",
            ["50%"],
            27,
        ),  # an hour and a half of the share are left at the end of the day, and the night passes
        (28, "150%", ["50%", "360min"], None),
    ],
)
def test_the_highest_due_step_is_carried_out_and_those_before_it_are_missed(
    passed: float, carried: str | None, missed: list[str], next_in: float | None
) -> None:
    found = escalate(climb(began()), LADDER, MONDAY + timedelta(hours=passed), hours)
    assert (found.carried.step.moment if found.carried else None) == carried
    assert [each.step.moment for each in found.missed] == missed
    assert found.next_at == (MONDAY + timedelta(hours=next_in) if next_in else None)


def test_a_step_that_is_written_down_is_not_due_again() -> None:
    done = frozenset({"steep 50%", "steep 360min"})
    found = escalate(climb(began(), done=done), LADDER, MONDAY + timedelta(hours=7), hours)
    assert found.carried is None
    assert found.missed == ()


def test_nothing_is_due_once_it_was_answered() -> None:
    answered = Mark(MONDAY + timedelta(hours=3), What.MET)
    found = escalate(climb(began(), answered), LADDER, MONDAY + timedelta(days=30), hours)
    assert (found.carried, found.next_at) == (None, None)


def test_a_pause_shifts_what_is_still_to_come() -> None:
    marks = began(), Mark(MONDAY + timedelta(hours=3), What.PAUSED), Mark(MONDAY + timedelta(hours=5), What.WENT_ON)
    found = escalate(climb(*marks), LADDER, MONDAY + timedelta(hours=5), hours)
    assert found.next_at == MONDAY + timedelta(hours=6)


def test_while_it_is_paused_nothing_is_due() -> None:
    marks = began(), Mark(MONDAY + timedelta(hours=3), What.PAUSED)
    assert escalate(climb(*marks), LADDER, MONDAY + timedelta(days=9), hours).carried is None


def test_who_took_it_ends_the_steps_of_an_answer_but_not_those_of_a_solution() -> None:
    later = MONDAY + timedelta(hours=4)
    answer = escalate(climb(began(), taken_by="anna"), LADDER, later, hours)
    assert (answer.carried, [each.step.moment for each in answer.passed]) == (None, ["50%"])
    assert answer.because == "anna took it"
    assert escalate(climb(began(), taken_by="anna", aim=Aim.SOLUTION), LADDER, later, hours).carried is not None


def test_what_was_raised_has_missed_no_step_of_before() -> None:
    raised_at = MONDAY + timedelta(hours=7)
    raised = Mark(raised_at, What.CHANGED, "", Terms(timedelta(hours=1), "24/7", Priority.CRITICAL), anew=False)
    found = escalate(climb(began(), raised), LADDER, raised_at, hours)
    assert found.carried is not None
    assert not found.carried.is_late(raised_at)


def test_the_night_does_not_count_but_for_what_is_critical() -> None:
    evening = MONDAY + timedelta(hours=12)
    tomorrow = escalate(climb(began(evening)), LADDER, evening, hours)
    tonight = escalate(climb(began(evening, 1, "24/7", Priority.CRITICAL)), LADDER, evening, hours)
    assert tomorrow.next_at == MONDAY + timedelta(days=1, hours=4)
    assert tonight.next_at == evening + timedelta(minutes=30)


@given(
    st.integers(0, 60 * 24 * 14),
    st.lists(st.tuples(st.integers(1, 2000), st.integers(1, 2000)), max_size=4),
    st.integers(1, 60 * 20),
)
def test_a_moment_is_reached_when_the_clock_has_counted_so_much(
    start: int, pauses: list[tuple[int, int]], minutes: int
) -> None:
    at = MONDAY + timedelta(minutes=start)
    marks = [began(at)]
    for ran, rested in pauses:
        marks.append(Mark(marks[-1].at + timedelta(minutes=ran), What.PAUSED))
        marks.append(Mark(marks[-1].at + timedelta(minutes=rested), What.WENT_ON))
    clock = clock_of(marks, hours)
    moment = reached_at(clock, timedelta(minutes=minutes), hours)
    assert moment is not None
    counted = clock_of([*(each for each in marks if each.at < moment), Mark(moment, What.MET)], hours)
    assert counted.spent == timedelta(minutes=minutes)


@given(st.integers(1, 60 * 24 * 20), st.sets(st.sampled_from(LADDER.steps), max_size=3))
def test_every_step_is_either_written_or_due_or_still_to_come(minutes: int, done: set[Step]) -> None:
    now = MONDAY + timedelta(minutes=minutes)
    keys = frozenset(LADDER.key(each) for each in done)
    found = escalate(climb(began(), done=keys), LADDER, now, hours)
    due = {each.key for each in (*found.missed, *([found.carried] if found.carried else []))}
    assert not due & keys
    assert found.next_at is None or found.next_at > now
    assert bool({LADDER.key(each) for each in LADDER.steps} - due - keys) == (found.next_at is not None)


def test_the_first_ladder_that_fits_is_climbed() -> None:
    own = Ladder("own", (Step(share=0.9, tell=("agents",)),), mailboxes=frozenset({"a@example.org"}))
    assert ladder_for([own], Matter(Aim.FIRST, Priority.LOW, "a@example.org")) is own
    other = ladder_for([own], Matter(Aim.NEXT, Priority.LOW, "b@example.org"))
    assert other is BUILT_IN[-1]
    critical = ladder_for([], Matter(Aim.FIRST, Priority.CRITICAL))
    assert critical is BUILT_IN[0]
    assert ladder_for([own], Matter(Aim.SOLUTION, Priority.CRITICAL)) is None


@pytest.mark.parametrize("ladder", BUILT_IN)
def test_the_built_in_ladders_can_be_climbed(ladder: Ladder) -> None:
    assert list(faults(ladder, ANSWER_WITHIN)) == []
    assert not any(step.webhook or step.command for step in ladder.steps)


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        ((), "has no steps"),
        ((Step(share=0.5),), "tells nobody and does nothing"),
        ((Step(share=0.5, webhook="https://a.example"),), "tells nobody at any step"),
        ((Step(share=1.0, tell=("oncall",)), Step(share=0.5, tell=("oncall",))), "comes before the one at 100%"),
        ((Step(share=0.5, tell=("oncall",)), Step(share=0.5, tell=("agents",))), "no later than the one at 50%"),
        (
            (Step(after=timedelta(minutes=45), tell=("oncall",)), Step(share=0.5, tell=("oncall",))),
            "comes before the one at 45min above it (critical has 1 hour)",
        ),
        ((Step(share=0.5, tell=("oncall",), raise_to=Priority.LOW),), "raises to low"),
    ],
)
def test_a_ladder_that_cannot_be_climbed_says_why(steps: tuple[Step, ...], said: str) -> None:
    assert any(said in each for each in faults(Ladder("odd", steps), ANSWER_WITHIN))
