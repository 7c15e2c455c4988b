"""A clock by its marks: single rules, and all of them against somebody who walks minute by minute."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from threads.hours import Calendar
from threads.model import Priority
from threads.sla.clock import Clock, clock_of, runs_until
from threads.sla.marks import ENDS, Mark, What, marks_from, plain, without
from threads.sla.terms import Aim, Answering, SlaPolicy, Terms, policy_for, terms_of

BERLIN = ZoneInfo("Europe/Berlin")
MINUTE = timedelta(minutes=1)
HOURS = {
    "office": Calendar("Mo-Fr 08:00-17:00"),
    "24/7": Calendar("24/7"),
    "night": Calendar("Mo-Su 22:00-06:00"),
    "odd": Calendar("Mo-Su 01:30-03:30"),
}
OPEN: dict[str, Callable[[datetime], bool]] = {
    "office": lambda at: at.weekday() < 5 and 8 <= at.hour < 17,
    "24/7": lambda _: True,
    "night": lambda at: at.hour >= 22 or at.hour < 6,
    "odd": lambda at: (1, 30) <= (at.hour, at.minute) < (3, 30),
}
"""The same said of the wall's time alone."""
MONDAY = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)  # nine in Berlin


def terms(hours: float = 8, calendar: str = "office", priority: Priority = Priority.NORMAL) -> Terms:
    return Terms(timedelta(hours=hours), calendar, priority)


def clock(*marks: Mark) -> Clock:
    return clock_of((Mark(MONDAY, What.BEGAN, "the customer waits", terms()), *marks), HOURS.__getitem__)


def at(**later: float) -> datetime:
    return MONDAY + timedelta(**later)


def test_a_clock_runs_in_working_time() -> None:
    assert clock().due_at == datetime(2026, 1, 5, 16, 0, tzinfo=UTC)
    assert clock().state == "running"


def test_what_is_answered_in_time_is_kept_and_what_is_not_is_breached() -> None:
    assert clock(Mark(at(hours=8), What.MET)).state == "kept"
    assert clock(Mark(at(hours=8, seconds=1), What.MET)).state == "breached"
    assert clock(Mark(at(hours=2), What.DROPPED)).state == "dropped"
    assert clock(Mark(at(days=2), What.DROPPED)).state == "breached"
    assert clock(Mark(at(days=2), What.VOID)).state == "dropped"


def test_a_pause_does_not_count_and_has_no_due_time() -> None:
    paused = clock(Mark(at(hours=3), What.PAUSED, "we wait for the customer"))
    assert (paused.state, paused.due_at, paused.spent) == ("paused", None, timedelta(hours=3))

    on = clock(Mark(at(hours=3), What.PAUSED), Mark(at(days=1), What.WENT_ON))
    assert on.due_at == at(days=1, hours=5)


def test_what_was_over_before_a_pause_stays_over() -> None:
    late = clock(Mark(at(days=1), What.PAUSED))
    assert late.due_at == at(hours=8)
    assert late.is_late(at(days=1))


def test_by_an_agents_word_the_new_time_counts_from_the_same_beginning() -> None:
    raised = clock(Mark(at(hours=1), What.CHANGED, "", terms(4, priority=Priority.HIGH)))
    assert (raised.due_at, raised.allowed) == (at(hours=4), timedelta(hours=4))


def test_what_passed_before_office_hours_is_counted_by_the_hours_that_held_then() -> None:
    sunday = datetime(2026, 1, 4, 10, 0, tzinfo=UTC)
    monday = datetime(2026, 1, 5, 7, 5, tzinfo=UTC)
    critical = terms(1, "24/7", Priority.CRITICAL)
    marks = (Mark(sunday, What.BEGAN, "", terms()), Mark(monday, What.CHANGED, "", critical))
    assert clock_of(marks, HOURS.__getitem__).due_at == monday + timedelta(minutes=55)


def test_of_a_mail_that_raised_it_the_time_counts_from_that_mail() -> None:
    critical = terms(1, "24/7", Priority.CRITICAL)
    raised = clock(Mark(at(hours=3), What.CHANGED, "", critical, anew=True))
    assert raised.due_at == at(hours=4)


def test_other_times_for_what_a_mail_raised_count_from_that_mail_too() -> None:
    raised = Mark(at(hours=7), What.CHANGED, "", terms(4, "office", Priority.HIGH), anew=True)
    moved = Mark(at(hours=7, minutes=10), What.CHANGED, "", terms(0.5, "office", Priority.HIGH))
    lowered = Mark(at(hours=7, minutes=20), What.CHANGED, "", terms(9))
    assert clock(raised, moved).due_at == at(hours=7, minutes=30)
    assert clock(raised, moved, lowered).due_at == at(days=1)  # nine hours from its beginning


@given(st.integers(0, 2000), st.sampled_from(["office", "24/7", "night", "odd"]), st.booleans())
def test_what_is_raised_is_never_due_later(minutes: int, calendar: str, anew: bool) -> None:
    before = clock()
    raised = clock(Mark(at(minutes=minutes), What.CHANGED, "", terms(16, calendar, Priority.HIGH), anew=anew))
    assert raised.due_at is not None
    assert before.due_at is not None
    assert raised.due_at <= before.due_at


def test_what_was_reopened_goes_on_and_the_time_between_does_not_count() -> None:
    on = clock(Mark(at(hours=2), What.MET), Mark(at(days=1), What.WENT_ON))
    assert (on.state, on.due_at) == ("running", at(days=1, hours=6))
    assert [each.calendar for each in runs_until(on, at(days=1, hours=1), HOURS.__getitem__)] == [
        "office", None, "office",
    ]  # fmt: skip


@pytest.mark.parametrize("end", [What.DROPPED, What.MET])
def test_what_was_raised_has_the_rest_of_its_time_once_it_is_open_again(end: What) -> None:
    raised = Mark(at(hours=3), What.CHANGED, "", terms(8, "24/7", Priority.HIGH))
    closed, on = Mark(at(hours=5), end), Mark(at(days=2), What.WENT_ON)
    assert clock(raised, closed, on).due_at == at(days=2, hours=3)
    late = Mark(at(hours=9), end)
    assert clock(raised, late, on).due_at == at(hours=8)


def test_what_was_taken_back_never_was() -> None:
    marks = (Mark(MONDAY, What.BEGAN, "", terms()), Mark(at(hours=1), What.MET), Mark(at(hours=2), What.WENT_ON))
    assert without(marks, {at(hours=1), at(hours=2)}) == marks[:1]
    assert without(marks, {MONDAY})[-1].what is What.VOID


def test_marks_that_were_taken_over_come_back_when_that_is_taken_back() -> None:
    own = (Mark(MONDAY, What.BEGAN, "", terms()), Mark(at(hours=1), What.PAUSED))
    other = Mark(at(hours=-1), What.BEGAN, "", terms())
    over = Mark(at(hours=2), What.TOOK_OVER, waits_since=at(hours=-1), before=own)
    assert without((other, over, Mark(at(hours=3), What.MET)), {at(hours=2)}) == (*own, Mark(at(hours=3), What.MET))


def test_a_clock_without_a_beginning_is_refused() -> None:
    with pytest.raises(ValueError, match="begins with its terms"):
        clock_of((Mark(MONDAY, What.MET),), HOURS.__getitem__)


# ---------------------------------------------------------------- what is promised

ANSWERING = Answering({each: timedelta(hours=8) for each in Priority}, frozenset({Priority.CRITICAL}))
GOLD = SlaPolicy("gold", "gold", first={Priority.HIGH: timedelta(hours=2)}, solution={Priority.HIGH: timedelta(days=1)})
ALL = SlaPolicy(
    "all", next={Priority.HIGH: timedelta(hours=3)}, calendar="sales@desk.example", round_the_clock=frozenset()
)


def test_a_contract_class_has_its_own_policy_and_everybody_else_the_common_one() -> None:
    assert policy_for([ALL, GOLD], "gold") is GOLD
    assert policy_for([ALL, GOLD], "silver") is ALL
    assert policy_for([GOLD], "") is None


def test_the_policy_that_a_rule_gave_goes_before_that_of_the_contract() -> None:
    assert policy_for([ALL, GOLD], "", given=GOLD.name) is GOLD
    assert policy_for([ALL, GOLD], "gold", given="taken out of the settings") is GOLD


def test_what_a_policy_does_not_name_is_as_the_answer_settings_say() -> None:
    assert terms_of(Aim.FIRST, Priority.LOW, GOLD, ANSWERING, "a@b") == Terms(
        timedelta(hours=8), "a@b", Priority.LOW, "gold"
    )
    assert terms_of(Aim.SOLUTION, Priority.LOW, GOLD, ANSWERING, "a@b") is None
    assert terms_of(Aim.SOLUTION, Priority.HIGH, None, ANSWERING, "a@b") is None


def test_the_next_answer_has_the_time_of_the_first_where_none_is_set() -> None:
    of_gold = terms_of(Aim.NEXT, Priority.HIGH, GOLD, ANSWERING, "a@b")
    of_all = terms_of(Aim.NEXT, Priority.HIGH, ALL, ANSWERING, "a@b")
    assert of_gold is not None
    assert of_all is not None
    assert (of_gold.within, of_all.within) == (timedelta(hours=2), timedelta(hours=3))


def test_a_policy_says_whose_hours_count_and_whether_day_and_night() -> None:
    critical = terms_of(Aim.FIRST, Priority.CRITICAL, ALL, ANSWERING, "a@b")
    of_gold = terms_of(Aim.FIRST, Priority.CRITICAL, GOLD, ANSWERING, "a@b")
    assert critical is not None
    assert of_gold is not None
    assert (critical.calendar, of_gold.calendar) == ("sales@desk.example", "24/7")


# ---------------------------------------------------------------- minute by minute

STARTS = [
    datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 10, 24, 12, tzinfo=UTC), datetime(2027, 3, 27, 5, tzinfo=UTC),
    datetime(2027, 10, 30, 21, tzinfo=UTC), datetime(2026, 12, 30, 9, tzinfo=UTC), datetime(2026, 6, 4, 7, tzinfo=UTC),
]  # fmt: skip


@dataclass
class Walker:
    """Counts a clock as nobody would who had to hurry."""

    allowed: int
    terms: Terms
    counted: int = 0
    state: str = "running"
    reached: dict[int, datetime] = field(default_factory=dict)
    """When each number of minutes had passed."""
    latest: datetime | None = None
    before: int = 0
    rested: datetime | None = None

    def minute(self, at: datetime) -> None:
        if self.state == "running" and is_open(self.terms.calendar, at):
            self.reached.setdefault(0, at)
            self.counted += 1
            self.reached[self.counted] = at + MINUTE

    def mark(self, mark: Mark) -> None:
        if self.state == "ended":
            if mark.what is What.WENT_ON:
                self.state = "running"
                self.forget_latest(self.rested or mark.at)
            return
        if mark.what is What.PAUSED:
            if self.state == "running":
                self.forget_latest(mark.at)
            self.state = "paused"
        elif mark.what is What.WENT_ON:
            self.state = "running"
        elif mark.what in ENDS:
            self.state, self.rested = "ended", mark.at
        elif mark.terms is not None:
            self.change(mark, mark.terms)

    def forget_latest(self, at: datetime) -> None:
        if self.latest and self.latest > at:
            self.latest = None

    def change(self, mark: Mark, new: Terms) -> None:
        if mark.anew:
            self.before = self.counted
        elif new.priority is not self.terms.priority:
            self.before = 0
        allowed = minutes_of(new) + self.before
        raised = new.priority.rank < self.terms.priority.rank
        if raised:
            allowed = min(allowed, self.still(mark.at, new))
        self.latest = self.due(mark.at) if raised else None
        self.allowed, self.terms = allowed, new

    def still(self, at: datetime, new: Terms) -> int:
        due = self.due(at)
        if due is None or due <= at:
            return self.allowed
        return self.counted + sum(is_open(new.calendar, each) for each in minutes(at, due))

    def due(self, now: datetime) -> datetime | None:
        """When it is due, seen from a moment: by going on alone."""
        return min(filter(None, (self.latest, self.alone(now))), default=None)

    def alone(self, now: datetime) -> datetime | None:
        if self.counted >= self.allowed and self.allowed in self.reached:
            return self.reached[self.allowed]
        if self.state != "running":
            return None
        left, at = self.allowed - self.counted, now
        while left or not (self.allowed or is_open(self.terms.calendar, at)):
            left -= bool(left) and is_open(self.terms.calendar, at)
            at += MINUTE
        return at


def counted(clock: Clock, until: datetime) -> timedelta:
    return sum((each.counted for each in runs_until(clock, until, HOURS.__getitem__)), timedelta())


def is_open(calendar: str, at: datetime) -> bool:
    return OPEN[calendar](at.astimezone(BERLIN))


def minutes(start: datetime, end: datetime) -> Iterator[datetime]:
    while start < end:
        yield start
        start += MINUTE


def minutes_of(terms: Terms) -> int:
    return int(terms.within / MINUTE)


TERMS = st.builds(
    Terms,
    st.integers(1, 1500).map(lambda each: each * MINUTE),
    st.sampled_from(sorted(HOURS)),
    st.sampled_from(Priority),
)
STEPS = st.lists(
    st.tuples(
        st.integers(0, 1500),
        st.sampled_from([What.PAUSED, What.WENT_ON, What.CHANGED, What.CHANGED, What.MET]),
        TERMS,
        st.booleans(),
    ),
    max_size=7,
)
STORY = (st.sampled_from(STARTS), st.integers(0, 2000), TERMS, STEPS, st.integers(0, 1500))


def walk_along(
    start: datetime, later: int, first: Terms, steps: list[tuple[int, What, Terms, bool]], rest: int
) -> None:
    start += later * MINUTE
    marks, moment = [Mark(start, What.BEGAN, "", first)], start
    walker = Walker(minutes_of(first), first)
    for wait, what, changed, anew in steps:
        for each in minutes(moment, moment + wait * MINUTE):
            walker.minute(each)
        moment += wait * MINUTE
        mark = Mark(moment, what, "", changed if what is What.CHANGED else None, anew=anew)
        marks.append(mark)
        due = walker.due(moment)
        was = walker.state
        walker.mark(mark)
        found = clock_of(marks_from(plain(marks)), HOURS.__getitem__)
        if walker.state == "ended" and was == "ended":
            continue
        assert found.due_at == (due if walker.state == "ended" else walker.due(moment))
        assert counted(found, moment) == walker.counted * MINUTE
    end = moment + rest * MINUTE
    for each in minutes(moment, end):
        walker.minute(each)
    found = clock_of(marks, HOURS.__getitem__)
    runs = runs_until(found, end, HOURS.__getitem__)
    assert counted(found, end) == walker.counted * MINUTE
    assert [each.since for each in runs[1:]] == [each.until for each in runs[:-1]]
    assert not runs or (runs[0].since, runs[-1].until) == (start, found.done_at or end)


@settings(max_examples=150)
@given(*STORY)
def test_no_clock_differs_from_who_counts_minute_by_minute(
    start: datetime, later: int, first: Terms, steps: list[tuple[int, What, Terms, bool]], rest: int
) -> None:
    walk_along(start, later, first, steps, rest)


@pytest.mark.prove
@pytest.mark.timeout(2400)
@settings(max_examples=10_000)
@given(*STORY)
def test_none_of_ten_thousand_clocks_differs_from_who_counts_minute_by_minute(
    start: datetime, later: int, first: Terms, steps: list[tuple[int, What, Terms, bool]], rest: int
) -> None:
    walk_along(start, later, first, steps, rest)
