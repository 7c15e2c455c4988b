"""The archive by today's policy: what differs is found, shown, and put right where an agent wants it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from service.desk_forwarding import Wanted
from service.desk_rethreading import CHANGED, Difference, Look, Outcome, apply, look
from storage.errors import Unavailable
from storage.tables import ApartRow, Base, EventRow, MessageRow, OutboxRow
from threads.arrive import Recorded
from threads.model import Authenticity, Verdict
from threads.policy import Policy
from threads.regroup.regrouping import Becomes

Arrives = Callable[..., Recorded]
ANNA, BERND = "Anna Beispiel <anna@example.com>", "Bernd Meier <bernd@other.example>"
FIRST, OTHER = "<first@mail.example.com>", "<other@mail.example.com>"


def differences(desk: Any, since: datetime | None = None) -> tuple[Difference, ...]:
    found: Look = desk.look_through(since)
    assert found.unread == ()
    return found.differences


def put_right(desk: Any) -> list[Outcome]:
    return list(apply(desk, differences(desk)))


def code(desk: Any, recorded: Recorded) -> str:
    with desk.database.reading() as session:
        return str(session.get_one(MessageRow, recorded.message).code)


def codes(desk: Any, handle: str) -> set[str]:
    return {entry["code"] for entry in desk.show(handle)[0]["timeline"] if entry["kind"] == "message"}


def everything(desk: Any) -> dict[str, list[Any]]:
    """Every row of every table."""
    with desk.database.reading() as session:
        return {
            table.name: sorted((tuple(row) for row in session.execute(select(table))), key=repr)
            for table in Base.metadata.sorted_tables
        }


def stray(desk: Any, message: Recorded, into: Recorded) -> None:
    """Put a message where it does not belong, as a policy of old might have done."""
    with desk.database.writing() as session:
        elsewhere = update(MessageRow).where(MessageRow.id == message.message)
        session.execute(elsewhere.values(conversation_id=into.conversation))


def forgotten(desk: Any) -> None:
    """Nobody remembers what an agent did: it stands there as if the desk itself had put it so."""
    with desk.database.writing() as session:
        session.execute(update(MessageRow).where(MessageRow.signal == "agent").values(signal="new"))
        session.execute(delete(ApartRow))
        session.execute(delete(EventRow))


@pytest.fixture
def policy(policy: Policy) -> Policy:
    """What was closed for three months is not opened again."""
    return replace(policy, continue_after=timedelta(days=90))


@pytest.fixture
def talk(arrives: Arrives, a_mail: Callable[..., bytes], desk: Any) -> dict[str, Recorded]:
    """Anna's question with our answer and her reply; and Bernd's, who has nothing to do with her."""
    first = arrives(a_mail(author=ANNA, subject="Rechnung", text="Wo ist die Rechnung vom Mai?", message_id=FIRST))
    other = arrives(a_mail(author=BERND, subject="Umzug", text="Wann wird umgezogen?", message_id=OTHER))
    desk.reply(first.handle, "Sie liegt in Ihrem Konto.")
    with desk.database.reading() as session:
        sent = session.scalar(select(OutboxRow.mail).where(OutboxRow.purpose == "reply"))
    reply = arrives(
        a_mail(author=ANNA, subject="Re: Rechnung", in_reply_to=sent["message_id"], text="Dort ist nichts zu sehen.")
    )
    again = arrives(a_mail(author=BERND, subject="Re: Umzug", in_reply_to=OTHER, text="Es eilt ein wenig."))
    assert (reply.conversation, again.conversation) == (first.conversation, other.conversation)
    return {"first": first, "other": other, "reply": reply, "again": again}


def test_what_stands_where_todays_policy_puts_it_stays(desk: Any, talk: dict[str, Recorded]) -> None:
    before = everything(desk)

    assert differences(desk) == ()
    assert everything(desk) == before
    assert not (desk.data / "rethread").exists()


def test_a_mail_that_went_astray_is_found_with_the_reason_and_put_right(desk: Any, talk: dict[str, Recorded]) -> None:
    stray(desk, talk["again"], talk["first"])
    before = everything(desk)

    [found] = differences(desk)

    assert (found.what.becomes, found.source, found.target) == (
        Becomes.MOVED,
        talk["first"].handle,
        talk["other"].handle,
    )
    [letter] = found.letters
    assert (letter.code, letter.author, letter.subject) == (
        code(desk, talk["again"]),
        "bernd@other.example",
        "Re: Umzug",
    )
    assert (letter.because, letter.held_there) == (f"its In-Reply-To names {OTHER}", False)
    assert everything(desk) == before

    [done] = list(apply(desk, [found]))

    assert (done.applied, done.to, done.left) == (True, talk["other"].handle, "")
    assert letter.code in codes(desk, talk["other"].handle)
    assert differences(desk) == ()
    assert desk.undo()["undone"] == "moved"
    assert [each.what for each in differences(desk)] == [found.what]


def test_an_answer_of_ours_goes_with_the_mail_that_it_answers(
    desk: Any, talk: dict[str, Recorded], arrives: Arrives, a_mail: Any
) -> None:
    matter = arrives(a_mail(author=ANNA, subject="Etwas ganz anderes", text="Haben Sie freitags auf?"))
    desk.reply(matter.handle, "Ja, bis drei.")
    of_both = codes(desk, matter.handle)
    with desk.database.writing() as session:
        melted = update(MessageRow).where(MessageRow.conversation_id == matter.conversation)
        session.execute(melted.values(conversation_id=talk["first"].conversation))
        session.execute(delete(EventRow).where(EventRow.conversation_id == matter.conversation))

    [done] = put_right(desk)

    assert (done.difference.what.becomes, done.applied) == (Becomes.OWN, True)
    assert codes(desk, str(done.to)) == of_both
    assert differences(desk) == ()


def test_one_matter_in_two_conversations_becomes_one(
    desk: Any, talk: dict[str, Recorded], arrives: Arrives, a_mail: Any
) -> None:
    made = desk.split(talk["first"].handle, [code(desk, talk["reply"])])
    forgotten(desk)

    [done] = put_right(desk)

    assert (done.difference.what.becomes, done.applied) == (Becomes.MERGED, True)
    assert (done.difference.source, done.to) == (made["handle"], talk["first"].handle)
    assert any("by today's policy" in each["because"] for each in desk.why(talk["first"].handle))
    assert differences(desk) == ()
    desk.undo()
    assert codes(desk, made["handle"]) == {code(desk, talk["reply"])}


def test_what_agents_decided_stays_and_what_follows_it_follows_it(
    desk: Any, talk: dict[str, Recorded], arrives: Arrives, a_mail: Any
) -> None:
    made = desk.split(talk["first"].handle, [code(desk, talk["reply"])])
    later = arrives(
        a_mail(author=BERND, subject="Noch etwas", text="Eine andere Frage.", message_id="<later@x.example>")
    )
    desk.move(code(desk, later), talk["other"].handle)
    arrives(a_mail(author=BERND, subject="Re: Noch etwas", in_reply_to="<later@x.example>", text="Und zwar diese."))
    one = arrives(a_mail(author=ANNA, subject="Drittes", text="Eine dritte Sache."))
    desk.merge(one.handle, made["handle"])
    desk.forward(talk["other"].handle, "Wissen Sie das?", Wanted("technik@third.example"))

    assert differences(desk) == ()


def test_a_mail_that_an_agent_puts_before_the_beginning_of_another_conversation_is_one_with_it(
    desk: Any, talk: dict[str, Recorded], arrives: Arrives, a_mail: Any
) -> None:
    desk.move(code(desk, talk["first"]), talk["other"].handle)

    assert [each.what.becomes for each in differences(desk)] == []


def test_whom_an_agent_let_in_and_whom_they_asked_aside_write_where_they_wrote(
    desk: Any, talk: dict[str, Recorded], arrives: Arrives, a_mail: Any
) -> None:
    carl, dora = "Carl <carl@third.example>", "Dora <dora@fourth.example>"
    stranger = arrives(a_mail(author=carl, subject="Re: Umzug", in_reply_to=OTHER, text="Ich helfe."))
    desk.accept(code(desk, stranger))
    welcome = arrives(a_mail(author=carl, subject="Re: Umzug", in_reply_to=OTHER, text="Wann denn?"))
    desk.forward(talk["other"].handle, "Was meinst du?", Wanted(dora))
    with desk.database.reading() as session:
        asked = session.scalars(select(OutboxRow.mail).order_by(OutboxRow.id.desc())).first()
    aside = arrives(a_mail(author=dora, subject="Re: Umzug", text="Im Mai."), to=asked["reply_to"])
    again = arrives(a_mail(author=dora, subject="Re: Umzug", text="Oder im Juni."), to=asked["reply_to"])
    assert (welcome.held, aside.held, aside.conversation == again.conversation) == (False, False, True)
    assert differences(desk) == ()

    stray(desk, welcome, talk["first"])
    stray(desk, again, talk["first"])

    assert {(each.code, each.held_there) for found in differences(desk) for each in found.letters} == {
        (code(desk, welcome), False),
        (code(desk, again), False),
    }


def test_a_conversation_that_goes_on_with_one_closed_for_long_stays_one(
    desk: Any, talk: dict[str, Recorded], arrives: Arrives, a_mail: Any, clock: Any
) -> None:
    desk.close_conversation(talk["other"].handle)
    clock.forward(days=100)
    later = arrives(a_mail(author=BERND, subject="Re: Umzug", in_reply_to=OTHER, text="Nun ist es so weit."))
    assert later.new
    arrives(a_mail(author=BERND, subject="Re: Umzug", in_reply_to=OTHER, text="Danke schon einmal."))
    more = arrives(a_mail(author=BERND, subject="Kartons", text="Haben Sie welche?"))
    desk.move(code(desk, more), later.handle)

    assert differences(desk) == ()


def test_only_what_came_since_is_asked_about(desk: Any, talk: dict[str, Recorded]) -> None:
    stray(desk, talk["again"], talk["first"])

    assert differences(desk, since=desk.clock().replace(year=2100)) == ()
    assert len(differences(desk, since=desk.clock().replace(year=2000))) == 1


def test_what_would_be_held_is_moved_by_an_agent_alone(
    desk: Any, talk: dict[str, Recorded], arrives: Arrives, a_mail: Any
) -> None:
    stranger = arrives(a_mail(author="Carl <carl@third.example>", subject="Re: Umzug", in_reply_to=OTHER, text="Nanu?"))
    assert (stranger.held, stranger.conversation) == (True, talk["other"].conversation)
    with desk.database.writing() as session:
        let_loose = update(MessageRow).where(MessageRow.id == stranger.message)
        session.execute(let_loose.values(conversation_id=talk["first"].conversation, held=False))

    [done] = put_right(desk)

    assert not done.applied
    assert done.left == f"would be held there, so an agent has to move it: {code(desk, stranger)}"
    assert code(desk, stranger) in codes(desk, talk["first"].handle)


def test_a_mail_that_fails_authentication_is_judged_as_it_was(
    desk: Any, talk: dict[str, Recorded], arrives: Arrives, a_mail: Any
) -> None:
    forged = Verdict(Authenticity.FORGED, "DMARC fails")
    mail = arrives(a_mail(author=BERND, subject="Re: Umzug", in_reply_to=OTHER, text="Bitte anrufen."), verdict=forged)
    assert mail.held
    with desk.database.writing() as session:
        session.execute(
            update(MessageRow).where(MessageRow.id == mail.message).values(conversation_id=talk["first"].conversation)
        )

    [done] = put_right(desk)

    assert (done.applied, done.to) == (True, talk["other"].handle)
    with desk.database.reading() as session:
        assert session.get_one(MessageRow, mail.message).held


def test_what_somebody_changed_since_it_was_looked_at_is_left(desk: Any, talk: dict[str, Recorded]) -> None:
    stray(desk, talk["again"], talk["first"])
    found = differences(desk)
    desk.split(talk["first"].handle, [code(desk, talk["again"])])

    [done] = list(apply(desk, found))

    assert (done.applied, done.left) == (False, CHANGED)


def test_mail_that_comes_meanwhile_is_placed_as_ever_and_nothing_is_lost(
    desk: Any, talk: dict[str, Recorded], arrives: Arrives, a_mail: Any
) -> None:
    made = desk.split(talk["first"].handle, [code(desk, talk["reply"])])
    forgotten(desk)
    found = differences(desk)
    new = arrives(a_mail(author=ANNA, subject="Re: Rechnung", in_reply_to=FIRST, text="Noch da?"))

    [done] = list(apply(desk, found))

    assert done.applied
    assert codes(desk, talk["first"].handle) >= {code(desk, new), code(desk, talk["reply"]), code(desk, talk["first"])}
    assert desk.show(made["handle"])[0]["handle"] == talk["first"].handle


def test_a_mail_whose_bytes_are_gone_stays_and_is_named(desk: Any, talk: dict[str, Recorded]) -> None:
    stray(desk, talk["again"], talk["first"])
    with desk.database.writing() as session:
        session.execute(update(MessageRow).where(MessageRow.id == talk["again"].message).values(raw_id=None))

    found = desk.look_through()

    assert found.differences == ()
    assert [(each.code, each.because) for each in found.unread] == [
        (code(desk, talk["again"]), "nothing of its mail is kept")
    ]


def test_whoever_interrupts_leaves_nothing_behind(desk: Any, talk: dict[str, Recorded]) -> None:
    @contextmanager
    def interrupted(_word: str, _total: int) -> Iterator[Callable[[int], None]]:
        def advance(_number: int) -> None:
            assert (desk.data / "rethread" / "scratch.sqlite").stat().st_mode & 0o777 == 0o600
            raise KeyboardInterrupt

        yield advance

    with pytest.raises(KeyboardInterrupt):
        look(desk, None, interrupted)

    assert not (desk.data / "rethread").exists()


def test_two_at_once_are_refused_and_what_a_killed_one_left_is_no_hindrance(
    desk: Any, talk: dict[str, Recorded]
) -> None:
    (desk.data / "rethread").mkdir()
    (desk.data / "rethread" / "scratch.sqlite").write_bytes(b"half")

    @contextmanager
    def meanwhile(_word: str, _total: int) -> Iterator[Callable[[int], None]]:
        with pytest.raises(Unavailable, match="another `brief mail rethread` is at work"):
            desk.look_through()
        yield lambda _: None

    assert look(desk, None, meanwhile).differences == ()


@pytest.mark.parametrize("older", [ANNA, BERND])
def test_what_an_agent_made_one_is_one_from_then_on_and_no_earlier(
    desk: Any, arrives: Arrives, a_mail: Any, older: str
) -> None:
    younger = ANNA if older == BERND else BERND
    one = arrives(a_mail(author=older, subject="Umzug", text="Wann wird umgezogen?", message_id=OTHER))
    two = arrives(a_mail(author=younger, subject="Rechnung", text="Wo ist die Rechnung?", message_id=FIRST))
    early = arrives(a_mail(author=younger, subject="Re: Umzug", in_reply_to=OTHER, text="Ich ziehe mit um."))
    assert (early.held, early.conversation) == (True, one.conversation)
    desk.merge(one.handle, two.handle)
    more = arrives(a_mail(author=older, subject="Kartons", text="Haben Sie welche?", message_id="<more@x.example>"))
    both = arrives(
        a_mail(
            author=older, subject="Re: Kartons", in_reply_to="<more@x.example>", references=f"{OTHER} <more@x.example>"
        )
    )
    assert more.conversation == both.conversation != two.conversation

    assert differences(desk) == ()


def test_who_wrote_beside_it_before_an_agent_let_them_in_is_held_there_still(
    desk: Any, talk: dict[str, Recorded], arrives: Arrives, a_mail: Any
) -> None:
    carl = "Carl <carl@third.example>"
    early = arrives(a_mail(author=carl, subject="Re: Umzug", in_reply_to=OTHER, text="Ich helfe."))
    later = arrives(a_mail(author=carl, subject="Re: Umzug", in_reply_to=OTHER, text="Noch da?"))
    desk.accept(code(desk, later))

    assert differences(desk) == ()
    stray(desk, early, talk["first"])

    [found] = differences(desk)
    assert [(each.code, each.held_there) for each in found.letters] == [(code(desk, early), True)]


def test_what_would_be_one_is_told_by_the_mail_that_shows_it(
    desk: Any, talk: dict[str, Recorded], arrives: Arrives, a_mail: Any
) -> None:
    matter = arrives(a_mail(author=ANNA, subject="Mahnung", text="Wofür ist die?", message_id="<matter@x.example>"))
    both = arrives(
        a_mail(author=ANNA, subject="Re: Mahnung", in_reply_to="<matter@x.example>", references=f"{FIRST} <matter@x.example>")
    )  # fmt: skip
    assert both.conversation == talk["first"].conversation
    desk.undo(matter.handle)
    forgotten(desk)
    stray(desk, both, talk["first"])

    [found] = differences(desk)

    [letter] = found.letters
    assert (found.what.becomes, letter.code) == (Becomes.MERGED, code(desk, matter))
    assert letter.because == (
        f"a later mail shows that both are one: {code(desk, both)}, a mail from anna@example.com, belongs to "
        f"{matter.handle} and to {talk['first'].handle}: its In-Reply-To names <matter@x.example>, "
        f"and it names <first@mail.example.com>"
    )
