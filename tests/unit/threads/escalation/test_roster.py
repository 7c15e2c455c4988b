"""Who is on call, over handovers, changes of summer time, exceptions and gaps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from threads.escalation.roster import Roster, Shift, duties, gaps, on_call

BERLIN = ZoneInfo("Europe/Berlin")
WEEKLY = Roster("weekly", BERLIN, ("anna", "ben"), datetime.fromisoformat("2026-10-19T09:00"))


def berlin(day: str) -> datetime:
    return datetime.fromisoformat(day).replace(tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("at", "agent"),
    [
        ("2026-10-19T08:59", ""),
        ("2026-10-19T09:00", "anna"),
        ("2026-10-26T08:59", "anna"),  # summer time has ended on the day before
        ("2026-10-26T09:00", "ben"),
        ("2026-11-02T09:00", "anna"),
        ("2027-04-05T08:59", "ben"),
        ("2027-04-05T09:00", "anna"),
    ],
)
def test_the_handover_is_at_nine_on_the_clock_of_the_wall(at: str, agent: str) -> None:
    assert WEEKLY.agent_at(berlin(at).astimezone(UTC)) == agent


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25", "2027-03-28", "2027-10-31"])
@pytest.mark.parametrize("handover", ["01:30", "02:00", "02:30", "03:00"])
@pytest.mark.parametrize("single", [False, True])
def test_in_the_nights_of_summer_time_there_is_one_handover(day: str, handover: str, single: bool) -> None:
    turn = datetime.fromisoformat(f"{day}T{handover}")
    shifts = (Shift("dora", turn, turn + timedelta(days=1)),) if single else ()
    order = () if single else ("anna", "ben")
    roster = Roster("nightly", BERLIN, order, turn - timedelta(days=7), timedelta(days=7), shifts=shifts)
    midnight = berlin(f"{day}T00:00").astimezone(UTC)
    said = [roster.agent_at(midnight + timedelta(minutes=each)) for each in range(360)]
    assert sum(one != two for one, two in pairwise(said)) == 1
    told = duties(roster, midnight, midnight + timedelta(hours=6))
    assert said == [
        each.agent
        for each in told
        for _ in range(int((each.until.timestamp() - each.since.timestamp()) // 60))
    ]  # fmt: skip


def test_a_single_shift_goes_before_the_rotation() -> None:
    shift = Shift("cem", datetime.fromisoformat("2026-12-24T12:00"), datetime.fromisoformat("2026-12-27T09:00"))
    roster = Roster("weekly", BERLIN, WEEKLY.order, WEEKLY.start, shifts=(shift,))
    found = duties(roster, berlin("2026-12-21T12:00"), berlin("2026-12-29T00:00"))
    assert [(each.agent, f"{each.since:%d %H:%M}") for each in found] == [
        ("ben", "21 12:00"), ("cem", "24 12:00"), ("ben", "27 09:00"), ("anna", "28 09:00"),
    ]  # fmt: skip


def test_shifts_alone_leave_gaps() -> None:
    shifts = (
        Shift("anna", datetime.fromisoformat("2026-11-23T00:00"), datetime.fromisoformat("2026-11-30T00:00")),
        Shift("ben", datetime.fromisoformat("2026-12-01T00:00"), datetime.fromisoformat("2026-12-07T00:00")),
    )
    found = gaps(Roster("single", BERLIN, shifts=shifts), berlin("2026-11-24T00:00"))
    assert [(f"{each.since:%d.%m.}", f"{each.until:%d.%m.}") for each in found] == [
        ("30.11.", "01.12."), ("07.12.", "22.02."),
    ]  # fmt: skip
    assert gaps(WEEKLY, berlin("2026-11-24T00:00")) == []


def test_a_department_with_a_roster_of_its_own_has_that_alone() -> None:
    own = Roster("tech", BERLIN, ("cem",), WEEKLY.start, departments=frozenset({"tech"}))
    at = berlin("2026-11-24T00:00")
    assert on_call([WEEKLY, own], "tech", at) == ("cem",)
    assert on_call([WEEKLY, own], "sales", at) == on_call([WEEKLY, own], "", at) == (WEEKLY.agent_at(at),)


@given(
    st.integers(1, 30 * 24),
    st.lists(st.sampled_from(["anna", "ben", "cem", ""]), min_size=1, max_size=4),
    st.lists(st.tuples(st.sampled_from(["dora", ""]), st.integers(0, 2000), st.integers(1, 300)), max_size=4),
    st.integers(0, 60 * 24 * 60),
)
def test_duties_say_of_every_moment_who_is_on_call(
    every: int, order: list[str], shifts: list[tuple[str, int, int]], minute: int
) -> None:
    start = datetime.fromisoformat("2026-10-12T09:00")
    made = tuple(
        Shift(agent, start + timedelta(hours=begin), start + timedelta(hours=begin + length))
        for agent, begin, length in shifts
    )
    roster = Roster("any", BERLIN, tuple(order), start, timedelta(hours=every), shifts=made)
    since = berlin("2026-10-01T00:00")
    found = duties(roster, since, since + timedelta(days=60))
    assert (found[0].since, found[-1].until.timestamp()) == (since, (since + timedelta(days=60)).timestamp())
    assert all(
        one.until.timestamp() == two.since.timestamp() and one.agent != two.agent for one, two in pairwise(found)
    )
    at = datetime.fromtimestamp(since.timestamp() + minute * 60, UTC)
    if at.timestamp() < found[-1].until.timestamp():
        [duty] = [each for each in found if each.since.timestamp() <= at.timestamp() < each.until.timestamp()]
        assert duty.agent == roster.agent_at(at)
