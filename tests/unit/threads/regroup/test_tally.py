"""How a conversation stands once messages left it or came to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from threads.conversation import State
from threads.model import Direction, Kind, Priority, Status
from threads.regroup.tally import (
    Said,
    counted,
    joined_by,
    left_with,
    made_of,
    still_waiting,
    unanswered_since,
    woken,
)

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
OPEN = State(Status.OPEN, Priority.NORMAL, "", "", None, NOON, NOON + timedelta(hours=8), None, None)
WAITING = replace(OPEN, status=Status.WAITING, waiting_since=None, due_at=None)
CLOSED = replace(WAITING, status=Status.CLOSED, closed_at=NOON)


def hour(number: int) -> datetime:
    return NOON + timedelta(hours=number)


def question(at: int = 0, **more: bool) -> Said:
    return Said(Direction.IN, Kind.PERSON, hour(at), **more)


def answer(at: int = 0) -> Said:
    return Said(Direction.OUT, "reply", hour(at))


def machine(at: int = 0) -> Said:
    return Said(Direction.IN, Kind.AUTOMATIC, hour(at))


def due(since: datetime) -> datetime:
    return since + timedelta(hours=8)


SAID = st.builds(
    Said,
    st.sampled_from(Direction),
    st.sampled_from(["person", "reply", "acknowledgement", "automatic", "taken back"]),
    st.integers(0, 9).map(hour),
    st.booleans(),
    st.booleans(),
)


def test_only_mails_of_people_count_and_held_ones_do_not() -> None:
    acknowledgement = Said(Direction.OUT, "acknowledgement", NOON)
    taken_back = Said(Direction.OUT, "taken back", NOON)
    assert counted([question(), question(held=True), answer(), machine(), acknowledgement, taken_back]) == 2


@pytest.mark.parametrize(
    ("messages", "since"),
    [
        ([question(0), question(1)], hour(0)),
        ([question(2), answer(1), question(0)], hour(2)),
        ([question(0), answer(1)], None),
        ([question(0, by_colleague=True), machine(1), question(2, held=True)], None),
        ([], None),
    ],
)
def test_who_waits_does_so_since_the_first_question_behind_our_last_answer(
    messages: list[Said], since: datetime | None
) -> None:
    assert unanswered_since(messages) == since


def test_what_is_made_of_an_open_question_is_open_and_of_an_answered_one_waits_for_the_customer() -> None:
    asked = made_of(WAITING, [question(1)], due)
    assert (asked["status"], asked["waiting_since"], asked["due_at"]) == (Status.OPEN, hour(1), hour(9))
    answered = made_of(OPEN, [question(1), answer(2)], due)
    assert (answered["status"], answered["waiting_since"], answered["messages"]) == (Status.WAITING, None, 2)


def test_what_only_machines_wrote_is_open_since_an_agent_wants_it_looked_at() -> None:
    assert made_of(OPEN, [machine(3), machine(2)], due)["waiting_since"] == hour(2)


@pytest.mark.parametrize("status", [Status.CLOSED, Status.SUSPECTED])
def test_what_is_made_of_a_settled_conversation_is_settled(status: Status) -> None:
    made = made_of(replace(CLOSED, status=status), [question()], due)
    assert (made["status"], made["waiting_since"], made["closed_at"]) == (status, None, NOON)


def test_what_came_out_of_an_archive_starts_no_clock() -> None:
    archived = replace(OPEN, due_at=None)
    assert made_of(archived, [question(1)], due)["due_at"] is None
    assert left_with(archived, [question(0)], [question(1)], due)["due_at"] is None


def test_a_conversation_stands_as_it_did_while_the_mail_that_is_waited_for_stays() -> None:
    assert left_with(OPEN, [question(1)], [question(0)], due) == {"messages": 1}


def test_a_conversation_whose_answer_went_waits_for_it_again() -> None:
    left = left_with(WAITING, [answer(2)], [question(0), question(1)], due)
    assert (left["status"], left["waiting_since"]) == (Status.OPEN, hour(0))


def test_a_conversation_from_which_the_open_question_went_waits_for_the_customer() -> None:
    left = left_with(OPEN, [question(0)], [question(-2), answer(-1)], due)
    assert (left["status"], left["waiting_since"], left["due_at"]) == (Status.WAITING, None, None)


def test_what_was_put_aside_stays_so() -> None:
    aside = replace(OPEN, status=Status.SNOOZED)
    assert left_with(aside, [question(0)], [question(1)], due)["status"] is Status.SNOOZED


@given(st.lists(SAID), st.lists(SAID, min_size=1))
def test_nothing_that_goes_opens_what_was_closed(went: list[Said], stay: list[Said]) -> None:
    assert left_with(CLOSED, went, stay, due) == {"messages": counted(stay)}
    assert still_waiting(CLOSED, went, stay) is None


def test_an_open_question_opens_the_conversation_that_it_is_moved_to() -> None:
    waiting = still_waiting(OPEN, [question(0)], [answer(5)])  # the answer there was to something else
    joined = joined_by(CLOSED, [answer(5)], [question(0)], waiting, due)
    assert (joined["status"], joined["waiting_since"], joined["closed_at"]) == (Status.OPEN, hour(0), None)


def test_a_question_that_was_answered_opens_nothing() -> None:
    waiting = still_waiting(WAITING, [question(0), answer(1)], [])
    assert waiting is None
    assert joined_by(CLOSED, [], [question(0), answer(1)], waiting, due) == {"messages": 2}


def test_an_answer_that_is_moved_to_its_question_is_one() -> None:
    joined = joined_by(OPEN, [question(0)], [answer(1)], None, due)
    assert (joined["status"], joined["waiting_since"]) == (Status.WAITING, None)


@given(st.lists(SAID), st.lists(SAID, min_size=1), st.sampled_from([OPEN, WAITING, CLOSED]))
def test_whoever_waited_for_an_answer_waits_no_shorter_after_a_move(
    there: list[Said], came: list[Said], was: State
) -> None:
    waiting = still_waiting(OPEN, came, there)
    joined = joined_by(was, there, came, waiting, due)
    if waiting is not None:
        assert min(filter(None, (joined.get("waiting_since"), was.waiting_since))) <= waiting
    assert joined["messages"] == counted(there) + counted(came)


PUT_ASIDE = replace(OPEN, status=Status.SNOOZED, snoozed_until=hour(20))


def test_what_was_put_aside_waits_for_its_customer_once_an_answer_to_what_they_wrote_comes_to_it() -> None:
    answered = {"status": Status.WAITING, "snoozed_until": None, "waiting_since": None, "due_at": None}
    assert joined_by(PUT_ASIDE, [question(0)], [answer(1)], None, due) == {"messages": 2, **answered}


@pytest.mark.parametrize("was", [replace(PUT_ASIDE, waiting_since=None, due_at=None), WAITING, CLOSED])
def test_who_wrote_since_it_was_put_so_is_waited_for(was: State) -> None:
    opened = {"status": Status.OPEN, "snoozed_until": None, "closed_at": None}
    assert woken(was, [question(1), question(2)], due) == {**opened, "waiting_since": hour(1), "due_at": hour(9)}
    assert woken(was, [question(1, by_colleague=True)], due) == opened


def test_who_waited_before_it_was_put_aside_waits_since_then() -> None:
    assert "waiting_since" not in woken(PUT_ASIDE, [question(1)], due)


@pytest.mark.parametrize(
    "later",
    [[], [machine(1)], [question(1, held=True)], [question(1), answer(2)]],
    ids=["none", "machine", "held", "ours"],
)
def test_nothing_that_waits_for_no_answer_wakes_what_was_put_aside(later: list[Said]) -> None:
    assert woken(PUT_ASIDE, later, due) == {}


def test_who_was_answered_since_it_was_put_aside_until_they_write_is_waited_for_no_longer() -> None:
    was = replace(PUT_ASIDE, waiting_since=None, due_at=None)
    waits = {"status": Status.WAITING, "snoozed_until": None, "waiting_since": None, "due_at": None}
    assert woken(was, [question(1), answer(2)], due) == waits
    assert woken(replace(was, status=Status.CLOSED), [question(1), answer(2)], due) == {}
