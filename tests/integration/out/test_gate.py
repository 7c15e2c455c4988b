"""What may go out: so many a minute to a domain, and nothing by itself while the breaker is open."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from mailgateway.gate import Gate
from service.doctor import State, mail_checks
from service.figures import figures
from storage.outbox import Mailable, OutgoingMail, enqueue
from storage.tables import AttemptRow, OutboxRow
from threads.breaker import Limits
from threads.model import Source
from threads.store.breaker import open_breaker


def put(
    office: Any, number: int, *, to: str = "", purpose: str = "acknowledgement", text: str = "Danke, 10:15 Uhr."
) -> UUID:
    mail = OutgoingMail(
        message_id=f"<letter-{number}@wir.example>",
        envelope_from="",
        author=Mailable("support@wir.example", "Support"),
        to=(Mailable(to or f"anna-{number}@kundin-{number}.example"),),
        subject="Re: Gewinn",
        text=text,
        date="Tue, 24 Nov 2026 10:00:00 +0100",
    )
    with office.database.writing() as session:
        return enqueue(
            session, mail, purpose=purpose, conversation_id=None, message_id=None, due_at=office.now, now=office.now
        )


def states(office: Any) -> list[str]:
    with office.database.reading() as session:
        return list(session.scalars(select(OutboxRow.state).order_by(OutboxRow.id)))


def breaker_of(office: Any) -> Any:
    with office.database.reading() as session:
        return open_breaker(session, office.now)


def test_what_says_the_same_too_often_is_dropped_and_the_rest_waits_for_the_breaker(office: Any) -> None:
    gate = Gate(Limits(same_content_an_hour=2, breaker_for=timedelta(minutes=30)))
    for number in range(3):
        put(office, number)
    other = put(office, 3, text="Etwas anderes")
    answer = put(office, 4, purpose="reply")
    assert office.deliver(gate=gate) == {"dropped": 1, "put back": 3, "sent": 1}
    breaker = breaker_of(office)
    assert "3 mails that say the same" in breaker.because
    with office.database.reading() as session:
        row = session.get_one(OutboxRow, other)
        assert (row.state, row.tries, row.due_at) == ("waiting", 0, breaker.until)
        assert session.scalars(select(AttemptRow.outbox_id)).all() == [answer]
    assert states(office).count("cancelled") == 1
    office.now = breaker.until
    assert breaker_of(office) is None
    assert office.deliver(gate=gate)["sent"] == 3


def test_many_who_fill_in_the_form_are_all_acknowledged_though_that_always_says_the_same(
    office: Any, a_mail: Any
) -> None:
    for number in range(3):
        author = f"anna@kundin-{number}.example"
        office.arrives(a_mail(author=author), sender=author, source=Source.FORM)
    assert office.deliver(gate=Gate(Limits(same_content_an_hour=2))) == {"sent": 3}


def test_doctor_and_metrics_show_that_it_is_open(office: Any) -> None:
    for number in range(3):
        put(office, number)
    office.deliver(gate=Gate(Limits(automatic_an_hour=2)))
    (check,) = [each for each in mail_checks(office.database, office.now) if each.name == "breaker"]
    assert check.state is State.WARNING
    assert "nothing goes out by itself" in check.said
    assert figures(office.database)["addresses_stopped"] == 0


def test_while_it_is_open_nobody_is_acknowledged(office: Any, a_mail: Any) -> None:
    for number in range(3):
        put(office, number)
    office.deliver(gate=Gate(Limits(automatic_an_hour=2)))
    office.arrives(a_mail(author="ben@kunde.example"), sender="ben@kunde.example")
    (event,) = office.events("not acknowledged")
    assert "too much went out by itself" in event.because


def test_a_domain_gets_so_many_a_minute_and_the_others_are_not_held_up(office: Any) -> None:
    gate = Gate(Limits(domain_a_minute=2))
    for number in range(5):
        put(office, number, to=f"anna-{number}@kundin.example", text=f"{'x' * number}", purpose="reply")
    put(office, 9, to="ben@kunde.example", purpose="reply")
    assert office.deliver(gate=gate) == {"sent": 3, "put back": 3}
    assert [each.recipients for each in office.world.received][-1] == ("ben@kunde.example",)
    with office.database.reading() as session:
        waiting = session.scalars(select(OutboxRow).where(OutboxRow.state == "waiting")).all()
    assert {row.tries for row in waiting} == {0}
    office.now += timedelta(minutes=1)
    assert office.deliver(gate=gate) == {"sent": 2, "put back": 1}
