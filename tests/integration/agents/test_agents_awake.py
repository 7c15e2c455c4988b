"""However messages come and go, nobody's letter lies unanswered in a conversation that is put aside, waiting or closed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from storage.tables import ConversationRow, MessageRow, OutboxRow
from threads.arrive import Recorded
from threads.model import Authenticity, Verdict

Arrives = Callable[..., Recorded]
ANNA, BERND = "Anna Beispiel <anna@example.com>", "Bernd Meier <bernd@example.com>"
FORGED = Verdict(Authenticity.FORGED, "DMARC failed")
RESTING = ("snoozed", "waiting", "closed")


@pytest.fixture
def writes(desk: Any, arrives: Arrives, a_mail: Any) -> Callable[..., str]:
    """A customer writes, in answer to the first mail; the code of theirs."""

    def write(text: str, *, author: str = ANNA, answers: str = "<first@mail.example.com>", **more: Any) -> str:
        recorded = arrives(a_mail(author=author, subject="Re: Rechnung", text=text, in_reply_to=answers), **more)
        with desk.database.reading() as session:
            return str(session.get_one(MessageRow, recorded.message).code)

    return write


@pytest.fixture
def resting(desk: Any, arrives: Arrives, a_mail: Any) -> Callable[[str], str]:
    """A conversation of Anna's that was answered, and stands as asked; its handle."""

    def rest(status: str) -> str:
        first = arrives(a_mail(author=ANNA, subject="Rechnung", text="Wo?", message_id="<first@mail.example.com>"))
        desk.reply(first.handle, "Anbei.")
        if status == "snoozed":
            desk.snooze(first.handle, "in 3 Tagen")
        elif status == "closed":
            with desk.database.reading() as session:
                [mail] = session.scalars(select(OutboxRow.mail).where(OutboxRow.purpose == "reply"))
            thanks = a_mail(author=ANNA, subject="Re: Rechnung", text="Danke, das hilft.", to=mail["reply_to"])
            arrives(thanks, to=mail["reply_to"])
        assert row(desk, first.handle).status == status
        return first.handle

    return rest


@pytest.fixture
def another(arrives: Arrives, a_mail: Any) -> str:
    """A conversation of Bernd's; its handle."""
    mail = a_mail(author=BERND, subject="Umzug", text="Wann?", message_id="<bernd@mail.example.com>")
    return arrives(mail).handle


def row(desk: Any, handle: str) -> ConversationRow:
    with desk.database.reading() as session:
        found: ConversationRow = session.scalars(select(ConversationRow).where(ConversationRow.handle == handle)).one()
        return found


def standing(desk: Any, handle: str) -> tuple[Any, ...]:
    found = row(desk, handle)
    fields = ("status", "snoozed_until", "closed_at", "waiting_since", "due_at", "messages")
    return tuple(getattr(found, name) for name in fields)


def received_at(desk: Any, code: str) -> Any:
    with desk.database.reading() as session:
        return session.scalars(select(MessageRow.received_at).where(MessageRow.code == code)).one()


def is_open_since(desk: Any, handle: str, code: str) -> bool:
    found = row(desk, handle)
    assert (found.status, found.snoozed_until, found.closed_at) == ("open", None, None)
    return found.due_at is not None and found.waiting_since == received_at(desk, code)


@pytest.mark.parametrize("status", RESTING)
@pytest.mark.parametrize("act", ["split", "move"])
def test_who_wrote_again_is_waited_for_once_their_first_letter_is_elsewhere(
    desk: Any, resting: Any, writes: Any, another: str, status: str, act: str
) -> None:
    handle = resting(status)
    first, second = writes("Die Rechnung fehlt."), writes("Und die Mahnung?")

    desk.split(handle, [first]) if act == "split" else desk.move(first, another)

    assert is_open_since(desk, handle, second)


@pytest.mark.parametrize("status", RESTING)
def test_what_no_letter_woke_but_those_that_left_stands_as_before(
    desk: Any, resting: Any, writes: Any, status: str
) -> None:
    handle = resting(status)
    before = standing(desk, handle)
    both = [writes("Die Rechnung fehlt."), writes("Und die Mahnung?")]

    desk.split(handle, both)

    assert standing(desk, handle) == before


@pytest.mark.parametrize("status", RESTING)
def test_a_letter_that_an_undo_brings_back_is_waited_for(
    desk: Any, resting: Any, writes: Any, another: str, status: str
) -> None:
    handle = resting(status)
    first, second = writes("Die Rechnung fehlt."), writes("Und die Mahnung?")
    desk.move(second, another)
    desk.split(handle, [first])

    desk.undo(another)

    assert is_open_since(desk, handle, second)


@pytest.mark.parametrize("status", RESTING)
def test_who_wrote_since_a_stranger_was_let_in_is_waited_for_once_that_is_taken_back(
    desk: Any, resting: Any, writes: Any, status: str
) -> None:
    handle = resting(status)
    before = standing(desk, handle)
    held = writes("Ich bin auch dabei.", author=BERND, verdict=FORGED)
    assert standing(desk, handle) == before
    desk.accept(held, anyway=held)
    desk.undo(handle)
    assert standing(desk, handle) == before
    desk.accept(held, anyway=held)
    second = writes("Und die Mahnung?")

    desk.undo(handle)

    assert is_open_since(desk, handle, second)


@pytest.mark.parametrize("since", [True, False])
def test_a_letter_moved_to_who_waits_put_aside_wakes_it_only_where_it_came_since(
    desk: Any, arrives: Arrives, a_mail: Any, since: bool
) -> None:
    waits = arrives(a_mail(author=ANNA, subject="Rechnung", text="Wo?")).handle
    if since:
        desk.snooze(waits, "in 3 Tagen")
    came = arrives(a_mail(author=BERND, subject="Umzug", text="Wann?"))
    if not since:
        desk.snooze(waits, "in 3 Tagen")
    before = standing(desk, waits)

    with desk.database.reading() as session:
        code = str(session.get_one(MessageRow, came.message).code)
    desk.move(code, waits)

    assert row(desk, waits).status == ("open" if since else "snoozed")
    desk.undo(waits)
    assert standing(desk, waits) == before
