"""A reply that stands by its subject alone, at the agents' desk: once they have decided, nothing draws it away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from service.desk_forwarding import Wanted
from service.desk_rethreading import Difference
from storage.tables import ConversationRow, EventRow, MessageRow
from tests.two_matters import URGENT, WEBSITE
from threads.arrive import Recorded

ANNA = "Anna Beispiel <anna@example.com>"
FIRST, EARLY, LATE = "<first@mail.example.com>", "<early@mail.example.com>", "<late@mail.example.com>"
CALM = "Wo ist die Rechnung vom Mai?"
BEGINS_IN_OUTLOOK = "Thread-Index: AdPLx0nYzlkZ3yMAT0eWqqv4RPHb8w=="


class Early:
    """Of two matters under one subject the first is there; of the second a reply came before the mail that it names."""

    def __init__(self, desk: Any, arrives: Callable[..., Recorded], a_mail: Callable[..., bytes]) -> None:
        self.desk, self.arrives, self.a_mail = desk, arrives, a_mail
        self.first = self._from_anna(subject="Rechnung", text="Wo ist die Rechnung vom Mai?", message_id=FIRST)
        self.reply = self._from_anna(
            subject="Re: Rechnung", text="Und die vom Juni fehlt auch.", message_id=EARLY, in_reply_to=LATE
        )
        assert self.place(self.reply) == self.first.conversation

    def _from_anna(self, **fields: Any) -> Recorded:
        return self.arrives(self.a_mail(author=ANNA, **fields))

    def beginning_comes(self, **fields: Any) -> Recorded:
        """The mail that the reply names."""
        return self._from_anna(**{"subject": "Rechnung", "text": "Noch eine fehlt.", "message_id": LATE, **fields})

    def place(self, done: Recorded) -> Any:
        """The conversation in which a mail stands now."""
        with self.desk.database.reading() as session:
            return session.get_one(MessageRow, done.message).conversation_id

    def code(self, done: Recorded) -> str:
        """How agents name a message."""
        with self.desk.database.reading() as session:
            return str(session.get_one(MessageRow, done.message).code)

    def differences(self) -> tuple[Difference, ...]:
        """What would stand elsewhere, were the archive threaded anew."""
        differences: tuple[Difference, ...] = self.desk.look_through().differences
        return differences


@pytest.fixture
def early(desk: Any, arrives: Callable[..., Recorded], a_mail: Callable[..., bytes]) -> Early:
    return Early(desk, arrives, a_mail)


def test_what_was_drawn_stands_where_an_archive_threaded_anew_has_it(early: Early) -> None:
    begun = early.beginning_comes()
    assert early.place(early.reply) == begun.conversation != early.first.conversation
    assert early.differences() == ()


@pytest.mark.parametrize(
    ("opening", "later", "left"),
    [
        (CALM, "", ("normal", "")),
        (WEBSITE, "", ("critical", "website-offline")),
        (CALM, WEBSITE, ("critical", "website-offline")),
    ],
)
def test_an_emergency_that_is_drawn_is_one_where_it_comes_to_and_those_that_stay_are_still(
    desk: Any, arrives: Any, a_mail: Any, opening: str, later: str, left: tuple[str, str]
) -> None:
    def comes(**fields: Any) -> Recorded:
        recorded: Recorded = arrives(a_mail(author=ANNA, **fields))
        return recorded

    first = comes(subject="Rechnung", text=opening, message_id=FIRST)
    early = comes(subject="Re: Rechnung", text=URGENT, message_id=EARLY, in_reply_to=LATE)
    if later:
        comes(subject="Re: Rechnung", text=later, message_id="<second@mail.example.com>", in_reply_to=FIRST)
    begun = comes(subject="Rechnung", text="Noch eine fehlt.", message_id=LATE)
    assert early.conversation == first.conversation != begun.conversation
    with desk.database.reading() as session:
        old, new = (session.get_one(ConversationRow, each.conversation) for each in (first, begun))
        assert (new.priority, new.rule) == ("critical", "server-down")
        assert (old.priority, old.rule) == left


def test_what_an_agent_answered_stays_and_an_archive_threaded_anew_has_it_there(early: Early) -> None:
    early.desk.reply(early.first.handle, "Die vom Juni kommt morgen.")
    begun = early.beginning_comes()
    assert early.place(begun) == early.place(early.reply) == early.first.conversation
    assert early.differences() == ()


def test_what_a_third_party_was_asked_about_stays(early: Early) -> None:
    wanted = Wanted(to="bank@bank.example", message=early.code(early.reply))
    early.desk.forward(early.first.handle, "Ist das Geld da?", wanted)
    early.beginning_comes()
    assert early.place(early.reply) == early.first.conversation


def test_what_an_agent_merged_stays_together(early: Early) -> None:
    other = early._from_anna(subject="Umzug", text="Wann ziehen wir um?", message_id="<move@mail.example.com>")
    early.desk.merge(early.first.handle, other.handle)
    early.beginning_comes()
    assert early.place(early.reply) == early.place(early.first) == early.place(other)


def test_what_an_agent_took_back_is_not_offered_again(early: Early) -> None:
    begun = early.beginning_comes()
    early.desk.undo(begun.handle)
    assert early.place(early.reply) == early.first.conversation
    assert early.differences() == ()


@pytest.mark.parametrize("header", ["", BEGINS_IN_OUTLOOK])
def test_a_mail_that_begins_in_outlook_begins_a_conversation_too(early: Early, header: str) -> None:
    raw = early.a_mail(author=ANNA, subject="Rechnung", text="Noch eine fehlt.", message_id=LATE)
    begun = early.arrives((header.encode() + b"\r\n" if header else b"") + raw)
    assert begun.new
    assert early.place(early.reply) == begun.conversation


def test_what_an_agent_left_behind_of_a_loose_part_stays_and_the_mail_that_comes_goes_with_what_they_took(
    early: Early,
) -> None:
    left = early._from_anna(
        subject="Re: Rechnung", text="Noch eine Frage.", in_reply_to=EARLY, references=f"{LATE} {EARLY}"
    )
    assert early.place(left) == early.first.conversation
    own = early.desk.split(early.first.handle, [early.code(early.reply)])["handle"]

    begun = early.beginning_comes()

    assert begun.handle == own
    assert early.place(left) == early.first.conversation
    assert early.differences() == ()


def test_what_an_agent_left_behind_of_a_loose_part_goes_with_the_mail_that_it_alone_names(early: Early) -> None:
    unseen = "<unseen@mail.example.com>"
    left = early._from_anna(
        subject="Re: Rechnung", text="Noch eine.", in_reply_to=EARLY, references=f"{unseen} {EARLY}"
    )
    early.desk.split(early.first.handle, [early.code(early.reply)])

    late = early.beginning_comes(message_id=unseen)

    assert early.place(late) == early.place(left) != early.first.conversation
    with early.desk.database.reading() as session:
        [moved] = session.scalars(select(EventRow).where(EventRow.kind == "moved"))
    assert moved.because.startswith(
        f"{early.code(left)} stood in {early.first.handle} with what has left it since and goes with {early.code(late)}"
    )
    assert early.differences() == ()
