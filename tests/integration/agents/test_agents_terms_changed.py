"""What the settings promise otherwise holds for what is open, too, as soon as a desk has read them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from storage.database import Database
from threads.hours import Calendar
from threads.model import Mailbox, Priority
from threads.policy import Policy
from threads.sla.terms import SlaPolicy
from threads.sla.terms_changed import TermsChanged, told

HOUR = timedelta(hours=1)


@pytest.fixture
def policy() -> Policy:
    """Office hours, and what [answer] says."""
    return Policy((Mailbox("support@localhost", "Support"),), Calendar("Mo-Fr 08:00-17:00", "Europe/Berlin", ""))


def all_steps(changed: TermsChanged, database: Database, policy: Policy, now: datetime) -> int:
    done = 0
    while many := changed.step(database, policy, now):
        done += many
    return done


def due(desk: Any, handle: str) -> timedelta:
    [row] = desk.show(handle)
    return datetime.fromisoformat(row["due_at"]) - datetime.fromisoformat(row["waiting_since"])


def test_what_is_open_is_due_by_what_is_promised_now_and_says_so(
    desk: Any, arrives: Any, a_mail: Any, database: Database, policy: Policy, clock: Any
) -> None:
    assert all_steps(TermsChanged(), database, policy, clock()) == 0  # a desk that begins has promised nothing else
    handles = [arrives(a_mail(author=f"k{number}@kunde.example")).handle for number in range(3)]
    before = due(desk, handles[0])
    fast = replace(policy, sla=(SlaPolicy("fast", first={Priority.NORMAL: HOUR}),))
    work = TermsChanged()
    assert all_steps(work, database, fast, clock()) == 3
    assert [due(desk, each) for each in handles] == [HOUR] * 3 < [before] * 3
    [target] = desk.sla.explain(handles[0])
    assert target["policy"] == "fast"
    assert any("fast" in each["because"] for each in target["marks"])
    assert all_steps(work, database, fast, clock()) == 0
    assert all_steps(TermsChanged(), database, fast, clock()) == 0  # another process, with the same settings


def test_what_a_process_left_undone_another_does(
    desk: Any, arrives: Any, a_mail: Any, database: Database, policy: Policy, clock: Any, monkeypatch: Any
) -> None:
    all_steps(TermsChanged(), database, policy, clock())
    handles = [arrives(a_mail(author=f"k{number}@kunde.example")).handle for number in range(3)]
    monkeypatch.setattr("threads.sla.terms_changed.AT_A_TIME", 1)
    fast = replace(policy, answer_within={**policy.answer_within, Priority.NORMAL: HOUR})
    assert TermsChanged().step(database, fast, clock()) == 1  # and then it was killed
    assert all_steps(TermsChanged(), database, fast, clock()) == 3
    assert {due(desk, each) for each in handles} == {HOUR}


def test_the_same_promises_are_told_alike_and_others_are_not(policy: Policy) -> None:
    gold = SlaPolicy("gold", "gold", round_the_clock=frozenset({Priority.HIGH, Priority.CRITICAL}))
    same = SlaPolicy("gold", "gold", round_the_clock=frozenset({Priority.CRITICAL, Priority.HIGH}))
    assert told(replace(policy, sla=(gold,))) == told(replace(policy, sla=(same,)))
    assert told(replace(policy, sla=(gold,))) != told(policy)
    assert told(replace(policy, snoozed_pauses=True)) != told(policy)
