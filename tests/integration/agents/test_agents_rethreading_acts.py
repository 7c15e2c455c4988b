"""What agents did, and what later mails drew, once an archive is threaded anew: repeated, and told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select, update

from storage.errors import NotThere, WrongUse
from storage.tables import Base, EnvelopeRow, MessageRow
from threads.arrive import Recorded
from threads.model import Source
from threads.regroup import repeating
from threads.regroup.repeating import Act, Places, Put, repeat
from threads.regroup.splitting import move

Arrives = Callable[..., Recorded]
BERND, OTHER = "Bernd Meier <bernd@other.example>", "<other@mail.example.com>"


@pytest.fixture
def first(arrives: Arrives, a_mail: Any) -> Recorded:
    """Anna's mail."""
    return arrives(a_mail(subject="Rechnung", text="Wo ist die Rechnung vom Mai?"))


@pytest.fixture
def other(arrives: Arrives, a_mail: Any) -> Recorded:
    """Bernd's mail, who has nothing to do with her."""
    return arrives(a_mail(author=BERND, subject="Umzug", text="Wann wird umgezogen?", message_id=OTHER))


def code(desk: Any, recorded: Recorded) -> str:
    with desk.database.reading() as session:
        return str(session.get_one(MessageRow, recorded.message).code)


def stray(desk: Any, message: Recorded, into: Recorded) -> None:
    """Put a message where it does not belong, as a policy of old might have done."""
    with desk.database.writing() as session:
        elsewhere = update(MessageRow).where(MessageRow.id == message.message)
        session.execute(elsewhere.values(conversation_id=into.conversation))


def reason(desk: Any, recorded: Recorded) -> str:
    """Why the one message that would stand elsewhere would."""
    [found] = desk.look_through().differences
    [letter] = found.letters
    assert letter.code == code(desk, recorded)
    return str(letter.because)


def test_of_an_act_that_could_not_be_done_anew_no_conversation_is_remembered(
    desk: Any, first: Recorded, other: Recorded, arrives: Arrives, a_mail: Any
) -> None:
    again = arrives(a_mail(author=BERND, subject="Re: Umzug", in_reply_to=OTHER, text="Es eilt ein wenig."))
    assert again.conversation == other.conversation
    place, gone = uuid4(), uuid4()
    here = {each.conversation: each.conversation for each in (first, other)} | {gone: uuid4()}
    makes = Put((code(desk, again),), other.conversation, place)
    fails = Put((code(desk, first),), gone, other.conversation)
    with desk.database.writing() as session:
        places = Places(session, (), here)
        with pytest.raises(NotThere), session.begin_nested():
            repeat(session, Act(desk.clock(), uuid4(), "merged", "lena", "", (makes, fails), ()), places, desk.policy)
        assert (places.find(session, place), here.get(place)) == (None, None)

        repeat(session, Act(desk.clock(), uuid4(), "split", "lena", "", (makes,), ()), places, desk.policy)

        made = session.get_one(MessageRow, again.message).conversation_id
        assert made != other.conversation
        assert (places.find(session, place), here[place]) == (made, made)


@pytest.mark.parametrize("error", [WrongUse, NotThere])
def test_what_cannot_be_done_anew_is_not_half_done(
    desk: Any, first: Recorded, other: Recorded, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    def fails_late(*given: Any) -> None:
        move(*given)
        raise error("somebody was quicker")

    monkeypatch.setattr(repeating, "move", fails_late)
    here = {each.conversation: each.conversation for each in (first, other)}
    put = Put((code(desk, first),), first.conversation, other.conversation)
    before = everything(desk)
    with desk.database.writing() as session:
        act = Act(desk.clock(), uuid4(), "moved", "lena", "", (put,), ())
        repeat(session, act, Places(session, (), here), desk.policy)
    assert everything(desk) == before


def out_of_an_archive(desk: Any, recorded: Recorded, at: datetime) -> None:
    """Let a mail have come out of an archive, with a date of its own."""
    with desk.database.writing() as session:
        session.get_one(MessageRow, recorded.message).received_at = at
        came = update(EnvelopeRow).where(EnvelopeRow.message_id == recorded.message)
        session.execute(came.values(source=Source.FILE))


def test_an_old_mail_that_was_imported_after_an_act_comes_after_it(
    desk: Any, other: Recorded, arrives: Arrives, a_mail: Any, clock: Any
) -> None:
    again = arrives(a_mail(author=BERND, subject="Re: Umzug", in_reply_to=OTHER, text="Der andere eilt."))
    before_the_act = clock.forward(minutes=1)
    clock.forward(minutes=1)
    desk.split(other.handle, [code(desk, again)])

    old = arrives(a_mail(author=BERND, subject="Re: Umzug", text="Am liebsten im Mai."))
    out_of_an_archive(desk, old, before_the_act)

    assert old.new  # an agent has said that there are two matters of this subject: nobody knows which it answers
    assert desk.look_through().differences == ()


def everything(desk: Any) -> dict[str, list[Any]]:
    """Every row of every table."""
    with desk.database.reading() as session:
        return {
            table.name: sorted((tuple(row) for row in session.execute(select(table))), key=repr)
            for table in Base.metadata.sorted_tables
        }


def test_what_a_later_mail_drew_is_told_by_that_alone(
    desk: Any, first: Recorded, other: Recorded, arrives: Arrives, a_mail: Any
) -> None:
    early = arrives(a_mail(author=BERND, subject="Re: Umzug", in_reply_to="<late@x.example>", text="Sonst noch etwas?"))
    assert early.conversation == other.conversation
    late = arrives(a_mail(author=BERND, subject="Umzug", text="Ein ganz anderer.", message_id="<late@x.example>"))
    loosely = f"stood in {other.handle} by its subject alone"

    stray(desk, early, first)
    tied = f"it goes with {code(desk, late)}, as their Message-IDs show"
    assert reason(desk, early) == f"{tied}; before that came it {loosely}"

    stray(desk, early, late)
    stray(desk, late, first)
    tied = f"and goes with {code(desk, late)}, which came now, as their Message-IDs show"
    assert reason(desk, late) == f"{code(desk, early)} {loosely} {tied}"
