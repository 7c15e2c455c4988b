"""Two conversations become one, and a stranger's message is let in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.database import Database
from storage.errors import WrongUse
from storage.tables import AddressRow
from threads.arrival import Arrival
from threads.arrive import Recorded
from threads.model import Kind
from threads.regroup.merging import merge
from threads.store.record import record

Arrives = Callable[..., Recorded]


def without_times(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key not in ("updated_at", "timeline")}


def test_a_merge_moves_everything_and_later_replies_follow_it(desk: Any, arrives: Arrives, a_mail: Any) -> None:
    one = arrives(a_mail(subject="Rechnung", message_id="<one@mail.example.com>"))
    other = arrives(
        a_mail(subject="Nachtrag", message_id="<other@mail.example.com>", text="Noch etwas: die Umsatzsteuer.")
    )
    desk.note(other.handle, "gehört zusammen")

    merged = desk.merge(other.handle, one.handle)

    assert merged["handle"] == one.handle
    assert merged["messages"] == 2
    [shown] = desk.show(other.handle)  # the old handle leads to the new one
    assert shown["handle"] == one.handle
    assert any(entry["kind"] == "note" for entry in shown["timeline"])
    assert [row["handle"] for row in desk.inbox()] == [one.handle]
    assert [row["handle"] for row in desk.search("umsatzsteuer")] == [one.handle]
    reply = arrives(a_mail(subject="Re: Nachtrag", in_reply_to="<other@mail.example.com>", text="Und?"))
    assert reply.handle == one.handle


def test_a_merge_is_undone_with_everything_where_it_was(desk: Any, arrives: Arrives, a_mail: Any) -> None:
    one = arrives(a_mail(subject="Rechnung")).handle
    other = arrives(a_mail(author="Bernd <bernd@example.net>", subject="Nachtrag", text="Umsatzsteuer")).handle
    desk.priority(other, "critical", "eilt")
    before = [without_times(desk.show(handle)[0]) for handle in (one, other)]

    desk.merge(other, one)
    desk.undo()

    assert [without_times(desk.show(handle)[0]) for handle in (one, other)] == before
    assert {row["handle"] for row in desk.search("umsatzsteuer")} == {other}


def test_a_merged_conversation_keeps_what_is_more_urgent(desk: Any, arrives: Arrives, a_mail: Any) -> None:
    one = arrives(a_mail(subject="Rechnung")).handle
    other = arrives(a_mail(subject="Nachtrag")).handle
    desk.priority(other, "critical", "eilt")
    desk.take(other)

    merged = desk.merge(other, one)

    assert (merged["priority"], merged["assignee"]) == ("critical", "lena")


def test_a_mail_that_came_after_the_merge_stays_where_it_came_when_the_merge_is_undone(
    desk: Any, arrives: Arrives, a_mail: Any
) -> None:
    one = arrives(a_mail(subject="Rechnung", message_id="<one@mail.example.com>")).handle
    other = arrives(a_mail(subject="Nachtrag")).handle
    desk.merge(other, one)
    arrives(a_mail(subject="Re: Rechnung", in_reply_to="<one@mail.example.com>", text="Noch was."))

    desk.undo()

    assert [desk.show(handle)[0]["messages"] for handle in (one, other)] == [2, 1]


def test_a_mail_that_was_placed_before_a_merge_and_written_after_it_follows_it(
    desk: Any, arrives: Arrives, a_mail: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = arrives(a_mail(subject="Rechnung"))
    other = arrives(a_mail(subject="Nachtrag", message_id="<other@mail.example.com>"))

    def merged_meanwhile(session: Session, arrival: Arrival, now: datetime) -> Recorded:
        merge(session, other.conversation, one.conversation, actor="ben", because="", now=now)
        return record(session, arrival, now)

    monkeypatch.setattr("threads.arrive.record", merged_meanwhile)
    reply = arrives(a_mail(subject="Re: Nachtrag", in_reply_to="<other@mail.example.com>", text="Und?"))
    assert reply.handle == one.handle
    assert desk.show(one.handle)[0]["messages"] == 3


def test_of_two_who_merge_the_same_at_once_the_second_is_told(
    desk: Any, arrives: Arrives, a_mail: Any, database: Database
) -> None:
    one, other = (arrives(a_mail(subject=subject)).conversation for subject in ("Rechnung", "Nachtrag"))
    with database.writing() as session:
        merge(session, one, other, actor="lena", because="", now=desk.clock())
    for source, target in ((one, other), (other, one)):
        with pytest.raises(WrongUse, match="has just been merged"), database.writing() as session:
            merge(session, source, target, actor="ben", because="", now=desk.clock())
    assert [row["messages"] for row in desk.inbox()] == [2]


def test_a_conversation_is_not_merged_into_itself(desk: Any, arrives: Arrives, a_mail: Any) -> None:
    handle = arrives(a_mail()).handle

    with pytest.raises(WrongUse, match="one conversation already"):
        desk.merge(handle, handle)


def a_strangers_mail(arrives: Arrives, a_mail: Any, **more: Any) -> tuple[str, str]:
    """The handle of a conversation, and the code of a stranger's message that is held beside it."""
    first = arrives(a_mail(message_id="<first@mail.example.com>"))
    held = arrives(
        a_mail(
            author="Carl Fremd <carl@elsewhere.example>",
            subject="Re: Frage zur Rechnung",
            in_reply_to="<first@mail.example.com>",
            text="Ich habe damit auch zu tun: Zahlungsziel?",
        ),
        **more,
    )
    assert held.held
    assert held.conversation == first.conversation
    return first.handle, str(held.message)


def code_of_held(desk: Any, handle: str) -> str:
    [code] = [entry["code"] for entry in desk.show(handle)[0]["timeline"] if entry.get("held")]
    return str(code)


def test_a_held_message_is_seen_in_the_inbox_and_counts_once_it_is_let_in(
    desk: Any, arrives: Arrives, a_mail: Any
) -> None:
    handle, _ = a_strangers_mail(arrives, a_mail)
    [row] = desk.inbox()
    assert (row["held"], row["messages"]) == (1, 1)

    accepted = desk.accept(code_of_held(desk, handle))

    assert (accepted["held"], accepted["messages"]) == (0, 2)
    [shown] = desk.show(handle)
    assert "carl@elsewhere.example" in [each["address"] for each in shown["participants"]]
    assert shown["customer"]["address"] == "anna@example.com"


def test_a_held_message_shows_its_conversation_in_the_inbox_whatever_its_status(
    desk: Any, arrives: Arrives, a_mail: Any
) -> None:
    handle, _ = a_strangers_mail(arrives, a_mail)

    desk.close_conversation(handle)

    assert [(row["handle"], row["status"]) for row in desk.inbox()] == [(handle, "closed")]


def test_a_held_message_becomes_a_conversation_of_its_own(desk: Any, arrives: Arrives, a_mail: Any) -> None:
    handle, _ = a_strangers_mail(arrives, a_mail)

    own = desk.accept(code_of_held(desk, handle), new=True)

    assert own["handle"] != handle
    assert own["customer"] == {"name": "Carl Fremd", "address": "carl@elsewhere.example"}
    assert own["messages"] == 1
    assert desk.show(handle)[0]["messages"] == 1
    assert [row["handle"] for row in desk.search("zahlungsziel")][:1] == [own["handle"]]


@pytest.mark.parametrize(("new", "counted"), [(False, 1), (True, 0)])
def test_a_machines_mail_that_is_let_in_counts_as_no_mail_of_a_person(
    desk: Any, arrives: Arrives, a_mail: Any, new: bool, counted: int
) -> None:
    handle, _ = a_strangers_mail(arrives, a_mail, kind=Kind.AUTO_REPLY)
    assert desk.accept(code_of_held(desk, handle), new=new)["messages"] == counted


@pytest.mark.parametrize("new", [False, True])
def test_what_was_accepted_is_held_again_after_undo(desk: Any, arrives: Arrives, a_mail: Any, new: bool) -> None:
    handle, _ = a_strangers_mail(arrives, a_mail)
    before = without_times(desk.show(handle)[0])
    code = code_of_held(desk, handle)

    desk.accept(code, new=new)
    desk.undo()

    assert code_of_held(desk, handle) == code
    assert without_times(desk.show(handle)[0]) == before
    assert len(desk.inbox()) == 1


@pytest.mark.parametrize("new", [False, True])
def test_a_held_message_that_nobody_signed_lets_nobody_in(desk: Any, arrives: Arrives, a_mail: Any, new: bool) -> None:
    handle = arrives(a_mail(message_id="<first@mail.example.com>")).handle
    lines = a_mail(in_reply_to="<first@mail.example.com>").split(b"\r\n")
    held = arrives(b"\r\n".join(each for each in lines if not each.lower().startswith(b"from:")))
    assert (held.handle, held.held) == (handle, True)

    with pytest.raises(WrongUse, match="names no sender"):
        desk.accept(code_of_held(desk, handle), new=new)

    with desk.database.reading() as session:
        assert list(session.scalars(select(AddressRow.address).where(AddressRow.address == ""))) == []


def test_a_message_that_is_not_held_is_not_accepted(desk: Any, arrives: Arrives, a_mail: Any) -> None:
    handle = arrives(a_mail()).handle
    code = desk.show(handle)[0]["timeline"][0]["code"]

    with pytest.raises(WrongUse, match="not held"):
        desk.accept(code)
