"""What agents change about a conversation, and how it comes back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from storage.errors import NotThere, WrongUse
from threads.arrive import Recorded
from threads.life.changes import wake_due

Arrives = Callable[..., Recorded]


def test_a_closed_conversation_waits_for_nobody_and_undo_brings_back_what_it_was(
    desk: Any, arrives: Arrives, a_mail: Any
) -> None:
    handle = arrives(a_mail()).handle
    [before] = desk.inbox()

    closed = desk.close_conversation(handle)

    assert (closed["status"], closed["waiting_since"], closed["due_at"]) == ("closed", None, None)
    assert desk.inbox() == []
    desk.undo()
    [after] = desk.inbox()
    assert {**after, "updated_at": ""} == {**before, "updated_at": ""}


@pytest.mark.parametrize(
    "act",
    [
        lambda desk, handle: desk.close_conversation(handle),
        lambda desk, handle: desk.snooze(handle, "morgen 9 Uhr"),
        lambda desk, handle: desk.priority(handle, "high", "ihr Laden steht"),
        lambda desk, handle: desk.take(handle),
        lambda desk, handle: desk.assign(handle, "ben"),
        lambda desk, handle: desk.note(handle, "ruft morgen an"),
        lambda desk, handle: desk.reply(handle, "Schon erledigt."),
        lambda desk, handle: desk.reply(handle, "Schon erledigt.", afterwards="closed"),
    ],
)
def test_every_act_is_undone_to_the_state_before(
    desk: Any, arrives: Arrives, a_mail: Any, act: Callable[[Any, str], Any]
) -> None:
    handle = arrives(a_mail()).handle
    before = {key: value for key, value in desk.show(handle)[0].items() if key not in ("updated_at", "timeline")}

    act(desk, handle)
    desk.undo()

    after = {key: value for key, value in desk.show(handle)[0].items() if key not in ("updated_at", "timeline")}
    assert after == before


def test_undo_takes_back_one_act_after_another_and_then_says_that_there_is_none(
    desk: Any, arrives: Arrives, a_mail: Any, clock: Any
) -> None:
    handle = arrives(a_mail()).handle
    desk.take(handle)
    clock.forward(seconds=1)
    desk.close_conversation(handle)

    assert desk.undo()["undone"] == "status"
    assert desk.undo()["undone"] == "assigned"
    with pytest.raises(NotThere, match="could be taken back"):
        desk.undo()


def test_nobody_undoes_what_another_agent_did(desk: Any, arrives: Arrives, a_mail: Any) -> None:
    handle = arrives(a_mail()).handle
    desk.acting_as("ben").close_conversation(handle)

    with pytest.raises(NotThere):
        desk.undo()


def test_what_has_changed_since_is_not_undone(desk: Any, arrives: Arrives, a_mail: Any, clock: Any) -> None:
    handle = arrives(a_mail()).handle
    desk.close_conversation(handle)
    clock.forward(seconds=1)
    desk.acting_as("ben").reopen(handle)

    with pytest.raises(WrongUse, match="changed since"):
        desk.undo()
    assert desk.show(handle)[0]["status"] == "open"


def test_a_conversation_put_aside_comes_back_when_its_time_has_come(
    desk: Any, arrives: Arrives, a_mail: Any, clock: Any
) -> None:
    handle = arrives(a_mail()).handle
    desk.snooze(handle, "in 2 Stunden")
    assert desk.inbox() == []

    with desk.database.writing() as session:
        assert wake_due(session, clock.forward(minutes=119)) == 0
        assert wake_due(session, clock.forward(minutes=1)) == 1

    assert [row["handle"] for row in desk.inbox()] == [handle]
    assert "time until which" in desk.show(handle)[0]["timeline"][-1]["because"]


def test_a_customers_reply_brings_back_what_was_put_aside(desk: Any, arrives: Arrives, a_mail: Any) -> None:
    handle = arrives(a_mail(message_id="<first@mail.example.com>")).handle
    desk.snooze(handle, "nächste Woche")

    again = arrives(a_mail(subject="Re: Frage zur Rechnung", in_reply_to="<first@mail.example.com>", text="Und?"))

    assert again.handle == handle
    assert [row["handle"] for row in desk.inbox()] == [handle]


def test_a_reopened_conversation_waits_since_the_mail_that_nobody_answered(
    desk: Any, arrives: Arrives, a_mail: Any
) -> None:
    handle = arrives(a_mail()).handle
    [before] = desk.inbox()
    desk.close_conversation(handle)

    again = desk.reopen(handle)

    assert (again["waiting_since"], again["due_at"]) == (before["waiting_since"], before["due_at"])


def test_another_priority_moves_the_time_by_which_an_answer_is_due(desk: Any, arrives: Arrives, a_mail: Any) -> None:
    handle = arrives(a_mail()).handle
    [before] = desk.inbox()

    after = desk.priority(handle, "critical", "der Server steht")

    assert after["due_at"] < before["due_at"]
    assert after["because"] == "lena decided it: der Server steht"


def test_the_same_twice_changes_nothing(desk: Any, arrives: Arrives, a_mail: Any) -> None:
    handle = arrives(a_mail()).handle
    desk.take(handle)

    assert desk.take(handle)["changed"] is False
    assert len([entry for entry in desk.show(handle)[0]["timeline"] if entry.get("event") == "assigned"]) == 1


def test_only_an_agent_who_may_act_gets_a_conversation(desk: Any, arrives: Arrives, a_mail: Any) -> None:
    handle = arrives(a_mail()).handle
    desk.disable_agent("ben")

    with pytest.raises(WrongUse, match="disabled"):
        desk.assign(handle, "ben")
    with pytest.raises(WrongUse, match="no agent is called 'nobody'"):
        desk.assign(handle, "nobody")


def test_a_closed_conversation_is_not_put_aside(desk: Any, arrives: Arrives, a_mail: Any) -> None:
    handle = arrives(a_mail()).handle
    desk.close_conversation(handle)

    with pytest.raises(WrongUse, match="closed"):
        desk.snooze(handle, "morgen")


def test_an_empty_note_is_refused(desk: Any, arrives: Arrives, a_mail: Any) -> None:
    handle = arrives(a_mail()).handle

    with pytest.raises(WrongUse, match="empty"):
        desk.note(handle, "  \n ")


def test_a_due_conversation_is_woken_once(desk: Any, arrives: Arrives, a_mail: Any, clock: Any) -> None:
    handle = arrives(a_mail()).handle
    desk.snooze(handle, "in 1 Stunde")
    later = clock.now + timedelta(hours=2)

    with desk.database.writing() as session:
        assert [wake_due(session, later), wake_due(session, later)] == [1, 0]
