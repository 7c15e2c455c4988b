"""What an agent may change about a conversation, as pure decisions."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.errors import WrongUse
from threads.conversation import State, from_plain, plain
from threads.life import changes
from threads.model import Address, Priority, Status
from threads.outgoing.answering import Answer, answered

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
OPEN = State(
    status=Status.OPEN,
    priority=Priority.NORMAL,
    rule="",
    priority_because="no rule applies",
    assignee_id=None,
    waiting_since=NOW - timedelta(hours=1),
    due_at=NOW + timedelta(hours=7),
    snoozed_until=None,
    closed_at=None,
)


def test_who_closes_ends_all_waiting() -> None:
    change = changes.closed(OPEN, NOW, "lena")

    assert change is not None
    assert change.because == "lena closed it"
    assert change.fields == {
        "status": Status.CLOSED, "closed_at": NOW, "snoozed_until": None, "waiting_since": None, "due_at": None
    }  # fmt: skip


def test_what_is_so_already_is_no_change() -> None:
    closed = replace(OPEN, status=Status.CLOSED)

    assert changes.closed(closed, NOW, "lena") is None
    assert changes.reopened(OPEN, "lena", None, None) is None
    assert changes.assigned(replace(OPEN, assignee_id="ben"), "lena", "ben") is None
    assert changes.ranked(OPEN, "lena", Priority.NORMAL, "", None) is None


def test_a_conversation_wakes_only_when_its_time_has_come() -> None:
    asleep = replace(OPEN, status=Status.SNOOZED, snoozed_until=NOW)

    assert changes.awake(asleep, NOW - timedelta(seconds=1)) is None
    assert changes.awake(OPEN, NOW) is None
    woken = changes.awake(asleep, NOW)
    assert woken is not None
    assert woken.fields["status"] is Status.OPEN


@pytest.mark.parametrize(
    ("assignee", "said"), [("lena", "lena took it"), ("ben", "lena gave it to ben"), (None, "lena gave it back")]
)
def test_an_assignment_says_who_did_what(assignee: str | None, said: str) -> None:
    change = changes.assigned(replace(OPEN, assignee_id="carl"), "lena", assignee)

    assert change is not None
    assert change.because == said


@pytest.mark.parametrize("text", ["", " \n", "x" * (changes.LONGEST_NOTE + 1)])
def test_a_note_that_says_nothing_or_too_much_is_refused(text: str) -> None:
    with pytest.raises(WrongUse):
        changes.noted(text)


def test_who_answers_takes_what_was_nobodys_but_nothing_from_another() -> None:
    answer = Answer("Gern.")

    assert answered(answer, Status.OPEN, "lena", None, NOW).fields["assignee_id"] == "lena"
    assert "assignee_id" not in answered(answer, Status.OPEN, "lena", "ben", NOW).fields


def test_an_answer_that_leaves_the_conversation_open_leaves_its_clock_running() -> None:
    fields = answered(Answer("Wir sehen nach.", afterwards=Status.OPEN), Status.OPEN, "lena", "lena", NOW).fields

    assert "due_at" not in fields
    assert "waiting_since" not in fields


@pytest.mark.parametrize(
    "answer", [Answer(" \n"), Answer("x" * 1_000_001), Answer("Gern.", cc=(Address("a@b.example"),) * 21)]
)
def test_an_answer_that_cannot_go_out_is_refused(answer: Answer) -> None:
    with pytest.raises(WrongUse):
        answered(answer, Status.OPEN, "lena", None, NOW)


@given(st.datetimes(timezones=st.timezones()))
def test_a_time_comes_back_as_the_same_moment_out_of_an_event(at: datetime) -> None:
    try:
        expected = at.astimezone(UTC)
    except OverflowError:
        return
    assert from_plain("due_at", plain({"due_at": at})["due_at"]) == expected
