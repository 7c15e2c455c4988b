"""Whether anybody heard of a call: at its conversation, in the log, and by the doctor."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from service.check import State
from service.doctor_calls import calls_checks
from storage.database import Database
from threads.escalation.calling import LEASE_FOR, PAUSES, Answered, Call, call_due
from threads.escalation.ladder import Ladder, Step
from threads.escalation.plan import Plan
from threads.escalation.sweep import sweep
from threads.policy import Policy

PAGES = Plan((Ladder("calls", (Step(share=0.5, tell=("agents",), command=("/usr/local/bin/page",)),)),))


@pytest.fixture
def handle(database: Database, policy: Policy, arrives: Any, a_mail: Any, clock: Any) -> str:
    """A conversation of which somebody is to be paged now."""
    found: str = arrives(a_mail()).handle
    clock.forward(hours=4)
    while any(sweep(database, policy, PAGES, clock()).values()):
        pass
    return found


@pytest.fixture
def shown(desk: Any, handle: str) -> Callable[[], dict[str, Any]]:
    """What the conversation says of the call."""

    def look() -> dict[str, Any]:
        steps = [each for each in desk.show(handle)[0]["timeline"] if each.get("event") == "escalation"]
        found: dict[str, Any] = steps[-1]["calls"][0]
        return found

    return look


def works(_: Call) -> Answered:
    return Answered(done=True, said="paged")


def fails(_: Call) -> Answered:
    return Answered(done=False, said="page ended with 1:\nno line")


def killed(_: Call) -> Answered:
    raise KeyboardInterrupt


@pytest.fixture
def given_up(database: Database, clock: Any, handle: str) -> None:
    """All tries of the call fail."""
    for pause in (*PAUSES, timedelta()):
        call_due(database, fails, clock)
        clock.forward(seconds=pause.total_seconds())


def test_a_call_whose_process_was_killed_is_made_again_and_said_to_be_maybe_twice(
    database: Database, clock: Any, shown: Callable[[], dict[str, Any]]
) -> None:
    with pytest.raises(KeyboardInterrupt):
        call_due(database, killed, clock)
    clock.forward(seconds=LEASE_FOR.total_seconds() + 1)
    call_due(database, works, clock)
    assert (shown()["state"], shown()["tries"], shown()["maybe_twice"]) == ("done", 2, True)


def test_a_call_that_failed_and_is_made_again_is_no_riddle(
    database: Database, clock: Any, shown: Callable[[], dict[str, Any]]
) -> None:
    meanwhile: list[bool] = []

    def looks(_: Call) -> Answered:
        meanwhile.append(shown()["maybe_twice"])
        return Answered(done=True, said="")

    call_due(database, fails, clock)
    clock.forward(minutes=1)
    call_due(database, looks, clock)
    assert (meanwhile, shown()["tries"], shown()["maybe_twice"]) == ([False], 2, False)


def test_what_came_of_a_call_is_logged(database: Database, clock: Any, handle: str, log: list[Any]) -> None:
    call_due(database, fails, clock)
    clock.forward(minutes=1)
    call_due(database, works, clock)
    said = [
        {name: each.get(name) for name in ("log_level", "kind", "step", "tries", "outcome", "because")}
        for each in log
        if each["event"] in ("call made", "call failed")
    ]
    which = {"kind": "command", "step": "calls 50%"}
    assert said == [
        {**which, "log_level": "warning", "tries": 1, "outcome": "call_deferred", "because": "page ended with 1: no line"},
        {**which, "log_level": "info", "tries": 2, "outcome": "called", "because": None},
    ]  # fmt: skip


@pytest.mark.usefixtures("given_up")
def test_a_call_that_was_given_up_is_told_of_by_the_doctor_for_two_weeks(
    database: Database, clock: Any, handle: str
) -> None:
    [check] = calls_checks(database, clock(), named=True)
    assert check.state is State.WARNING
    assert check.said == (
        "1 webhook or command of a ladder was given up in the last 14 days; "
        f'the newest is the command of "calls 50%": `brief show {handle}`'
    )
    assert list(calls_checks(database, clock() + timedelta(days=15), named=True)) == []


@pytest.mark.usefixtures("given_up")
def test_who_may_be_a_stranger_reads_of_a_lost_call_and_not_of_whom_it_was_about(
    database: Database, clock: Any, handle: str
) -> None:
    [check] = calls_checks(database, clock(), named=False)
    assert "1 webhook or command" in check.said
    assert handle not in check.said


def test_a_call_that_nobody_could_make_for_a_quarter_of_an_hour_is_told_of(
    database: Database, clock: Any, handle: str
) -> None:
    call_due(database, fails, clock)
    assert list(calls_checks(database, clock() + timedelta(minutes=10), named=True)) == []
    [check] = calls_checks(database, clock() + timedelta(minutes=20), named=True)
    assert check.said.startswith("1 webhook or command of a ladder waits for too long")


def test_of_calls_that_were_made_the_doctor_says_nothing(database: Database, clock: Any, handle: str) -> None:
    call_due(database, works, clock)
    assert list(calls_checks(database, clock() + timedelta(hours=1), named=True)) == []
