"""A reply that comes before the mail that it names stands by its subject until then, and goes to that mail when it comes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from storage.tables import ConversationRow, EventRow, MessageRow
from threads.arrival import Recorded
from threads.regroup.splitting import By
from threads.timeline import whole
from threads.undo.conversations import undo
from threads.undo.merges import Since
from threads.why.reasons import why_of_message

BEN = "ben@kunde.example"


class Early:
    """Two matters of one customer under one subject: the first is there, of the second a reply comes before its beginning."""

    def __init__(self, desk: Any) -> None:
        self.desk = desk
        self.first = desk.arrives(desk.mail(BEN, message_id="<one@kunde.example>"))
        self.reply = desk.arrives(
            desk.mail(subject="Re: Rechnung", message_id="<reply@kunde.example>", in_reply_to=("<two@kunde.example>",),
                      cc=(desk.mail(BEN).author,))
        )  # fmt: skip

    def beginning_comes(self, **fields: Any) -> Recorded:
        """The mail that the reply names, from Anna."""
        return self.desk.arrives(self.desk.mail(**{"message_id": "<two@kunde.example>", **fields}))  # type: ignore[no-any-return]

    def place_of(self, done: Recorded) -> UUID:
        """The conversation in which a mail stands now."""
        return self.row(done).conversation_id

    def row(self, done: Recorded) -> MessageRow:
        """A mail as it stands now."""
        with self.desk.database.reading() as session:
            return session.get_one(MessageRow, done.message)  # type: ignore[no-any-return]

    def undo(self, conversation: UUID) -> dict[str, Any]:
        """An agent takes back what was done last to a conversation."""
        with self.desk.database.writing() as session:
            return undo(session, By("lena", self.desk.policy, self.desk.now), lambda *_: Since(), conversation)


@pytest.fixture
def early(desk: Any) -> Early:
    made = Early(desk)
    row = made.row(made.reply)
    assert (row.signal, made.place_of(made.reply)) == ("subject", made.first.conversation)
    return made


def test_it_goes_to_the_mail_that_it_names_once_that_comes(early: Early) -> None:
    begun = early.beginning_comes()
    assert begun.new
    assert early.place_of(early.reply) == begun.conversation
    left, there = (early.desk.conversation(key) for key in (early.first.conversation, begun.conversation))
    assert (left.messages, there.messages) == (1, 2)


def test_what_hangs_on_it_by_ids_goes_along(early: Early) -> None:
    after = early.desk.arrives(early.desk.mail(subject="Re: Rechnung", in_reply_to=("<reply@kunde.example>",)))
    assert early.place_of(after) == early.first.conversation
    begun = early.beginning_comes()
    assert {early.place_of(each) for each in (early.reply, after)} == {begun.conversation}
    assert early.row(after).because == "its In-Reply-To names <reply@kunde.example>"


def test_it_goes_to_the_conversation_in_which_that_mail_stands(early: Early) -> None:
    other = early.desk.arrives(early.desk.mail(message_id="<other@kunde.example>", subject="Frage"))
    begun = early.beginning_comes(subject="Re: Frage", in_reply_to=("<other@kunde.example>",))
    assert early.place_of(begun) == early.place_of(early.reply) == other.conversation


def test_what_is_tied_to_both_by_ids_makes_them_one(early: Early) -> None:
    both = early.desk.arrives(
        early.desk.mail(subject="Re: Rechnung", references=("<one@kunde.example>", "<reply@kunde.example>"))
    )
    begun = early.beginning_comes()
    assert {early.place_of(each) for each in (both, early.reply, begun)} == {early.first.conversation}


def test_it_says_what_happened_and_why(early: Early) -> None:
    begun = early.beginning_comes()
    with early.desk.database.reading() as session:
        reply, code = session.get_one(MessageRow, early.reply.message), session.get_one(MessageRow, begun.message).code
        here, there = (session.get_one(ConversationRow, each.conversation) for each in (begun, early.first))
        told = {
            row.handle: [
                each["because"] for each in whole(session, row)["timeline"] if "moved" in each.get("event", "")
            ]
            for row in (here, there)
        }
        loosely = "by its subject alone"
        tied = f"and goes with {code}, which came now, as their Message-IDs show"
        assert told == {
            here.handle: [f"{reply.code} stood in {there.handle} {loosely} {tied}"],
            there.handle: [f"{reply.code} stood here {loosely} {tied}: to {here.handle}"],
        }
        says = [each["says"] for each in why_of_message(session, reply)]
    stood = f"before that came it stood in {there.handle} {loosely}"
    assert says[0] == f"It stands here, because it goes with {code}, as their Message-IDs show; {stood}."
    assert says[-1].endswith(f"`brief undo {there.handle}` takes it apart.")


def test_an_agent_takes_it_back_and_that_holds(early: Early) -> None:
    begun = early.beginning_comes()
    taken = early.undo(begun.conversation)
    assert taken["because"] == f"the desk had moved something here from {early.first.handle}"
    assert (early.place_of(early.reply), early.row(early.reply).signal) == (early.first.conversation, "undo")
    again = early.desk.arrives(
        early.desk.mail(in_reply_to=("<reply@kunde.example>",), references=("<two@kunde.example>",))
    )
    assert early.place_of(again) == early.first.conversation
    assert early.place_of(early.reply) == early.first.conversation
    assert [each.undone_at is None for each in early.desk.all(EventRow) if "moved" in each.kind] == [False, False]


def test_what_an_agent_answered_there_stays(early: Early) -> None:
    """They took both for one, and what follows comes to where their answer was written."""
    with early.desk.database.writing() as session:
        session.add(
            MessageRow(
                conversation_id=early.first.conversation,
                code="answer",
                direction="out",
                kind="reply",
                to=[],
                cc=[],
                reply_to=[],
                attachments=[],
                defects=[],
                rejected=[],
                received_at=early.desk.now,
                signal="written",
            )
        )
    begun = early.beginning_comes()
    assert early.place_of(begun) == early.place_of(early.reply) == early.first.conversation


def test_a_stranger_who_calls_a_mail_by_that_id_draws_nothing(early: Early) -> None:
    begun = early.beginning_comes(author="mallory@evil.example")
    assert begun.held
    assert early.place_of(early.reply) == early.first.conversation


def test_a_stranger_who_names_a_mail_that_may_still_come_is_not_held_by_a_subject(early: Early) -> None:
    mail = early.desk.mail("clara@andere.example", subject="Re: Rechnung", in_reply_to=("<three@x.example>",),
                           to=(early.desk.mail(BEN).author,))  # fmt: skip
    done = early.desk.arrives(mail)
    assert (done.new, done.held) == (True, False)
