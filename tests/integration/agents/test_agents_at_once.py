"""Two at once: a mail is threaded into a conversation while an agent splits it, merges it, moves out of it, or takes that back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import func, select, text

from storage.database import Database
from storage.errors import WrongUse
from storage.tables import ConversationRow, MessageRow
from threads.arrive import Recorded
from threads.conversation import locked

Arrives = Callable[..., Recorded]
PEOPLE = ("anna@example.com", "bernd@example.com", "clara@example.com")
MAILS_EACH = 6
ROUNDS = 5
_WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@pytest.fixture
def matter(desk: Any, arrives: Arrives, a_mail: Any) -> dict[str, Any]:
    """A conversation with two mails of Anna's, and another one of hers beside it."""
    first = arrives(a_mail(author=PEOPLE[0], subject="Rechnung", message_id="<first@mail.example.com>"))
    second = arrives(
        a_mail(author=PEOPLE[0], in_reply_to="<first@mail.example.com>", message_id="<second@mail.example.com>")
    )
    beside = arrives(a_mail(author=PEOPLE[0], subject="Umzug", message_id="<beside@mail.example.com>"))
    assert first.conversation == second.conversation
    with desk.database.reading() as session:
        code = session.get_one(MessageRow, second.message).code
    return {"handle": first.handle, "conversation": first.conversation, "second": code, "beside": beside.handle}


ACTS: dict[str, Callable[[Any, dict[str, Any]], Any]] = {
    "split": lambda desk, matter: desk.split(matter["handle"], [matter["second"]]),
    "move": lambda desk, matter: desk.move(matter["second"], matter["beside"]),
    "merge": lambda desk, matter: desk.merge(matter["handle"], matter["beside"]),
    "merge the other way": lambda desk, matter: desk.merge(matter["beside"], matter["handle"]),
}


def replies(arrives: Arrives, a_mail: Any, who: str) -> Iterator[Recorded]:
    for number in range(MAILS_EACH):
        answered = ("<first@mail.example.com>", "<second@mail.example.com>", "<beside@mail.example.com>")[number % 3]
        yield arrives(a_mail(author=who, subject="Re: Rechnung", in_reply_to=answered, message_id=f"<{number}-{who}>"))


@pytest.mark.parametrize("act", ACTS)
def test_replies_that_come_while_an_agent_puts_things_elsewhere_and_back_are_each_placed_once(
    desk: Any, matter: dict[str, Any], arrives: Arrives, a_mail: Any, act: str
) -> None:
    def to_and_fro() -> None:
        for _ in range(ROUNDS):
            ACTS[act](desk, matter)
            desk.undo()

    with ThreadPoolExecutor(len(PEOPLE) + 1) as apart:
        acting: Future[Any] = apart.submit(to_and_fro)
        placed = [apart.submit(lambda who: list(replies(arrives, a_mail, who)), who) for who in PEOPLE]
        acting.result(60)
        recorded = [each for future in placed for each in future.result(60)]

    assert len({each.message for each in recorded}) == len(PEOPLE) * MAILS_EACH
    assert_sound(desk.database, mails=3 + len(recorded))


def assert_sound(database: Database, mails: int) -> None:
    """Every mail stands once, where it is seen, and each conversation counts those that are in it."""
    with database.reading() as session:
        by_people = MessageRow.kind == "person"
        assert session.scalar(select(func.count()).where(by_people)) == mails
        for row in session.scalars(select(ConversationRow)):
            here = select(func.count()).where(
                by_people, MessageRow.conversation_id == row.id, MessageRow.held.is_(False)
            )
            held = select(func.count()).where(MessageRow.conversation_id == row.id, MessageRow.held.is_(True))
            assert row.messages == session.scalar(here), row.handle
            assert row.merged_into_id is None or (row.messages, session.scalar(held)) == (0, 0), row.handle


@pytest.mark.parametrize("act", ACTS)
def test_an_agents_act_waits_for_a_mail_that_is_being_written_down(
    desk: Any, matter: dict[str, Any], wait_until: Callable[..., Any], act: str
) -> None:
    def somebody_waits() -> bool:
        with desk.database.reading() as session:
            return bool(session.scalar(_WAITING))

    with ThreadPoolExecutor(1) as apart:
        with desk.database.writing() as session:  # as who writes a mail down does: the conversation, then its mails
            locked(session, matter["conversation"])
            acting = apart.submit(ACTS[act], desk, matter)
            wait_until(somebody_waits)
            mails = select(MessageRow).where(MessageRow.conversation_id == matter["conversation"])
            assert len(session.scalars(mails.with_for_update(nowait=True)).all()) >= 2
        acting.result(30)
    assert_sound(desk.database, mails=3)


def test_of_two_who_take_back_at_once_each_takes_back_something_else_or_is_told(
    desk: Any, matter: dict[str, Any], clock: Any
) -> None:
    desk.note(matter["beside"], "ruft morgen an")
    clock.forward(seconds=1)
    desk.merge(matter["handle"], matter["beside"])

    def undone() -> str:
        try:
            return str(desk.undo()["undone"])
        except WrongUse as error:
            return str(error)

    with ThreadPoolExecutor(2) as apart:
        told = [each.result(30) for each in [apart.submit(undone) for _ in range(2)]]

    assert told.count("merged") == 1
    assert {*told} - {"merged"} <= {"note", "somebody else has just changed it; look at it once more with `brief show`"}
    assert_sound(desk.database, mails=3)
    with desk.database.reading() as session:
        assert session.scalar(select(func.count()).where(ConversationRow.merged_into_id.is_not(None))) == 0
