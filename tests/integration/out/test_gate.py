"""What may go out: so many a minute to a domain, and nothing by itself while the breaker is open."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from click.testing import CliRunner
from sqlalchemy import select

import cli
from mailgateway import deliver
from mailgateway.gate import Gate
from service.check import State
from service.doctor import mail_checks
from service.figures import figures
from storage.database import open_database, sqlite_url
from storage.errors import DatabaseUnavailable, NotThere
from storage.outbox import Mailable, OutgoingMail, enqueue
from storage.tables import AttemptRow, BreakerRow, OutboxRow
from threads.model import Source
from threads.outgoing.breaker import ALL, Breaker, Limits
from threads.store.breaker import close, keep_open, open_breakers

BEN = "ben@kunde.example"


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


def open_now(office: Any) -> list[str]:
    """The addresses for which a breaker is open; "" is all."""
    with office.database.reading() as session:
        return [each.address for each in open_breakers(session, office.now)]


def four_to_ben(office: Any, a_mail: Any) -> list[str]:
    """Ben opens four matters within minutes, as his machine would; the conversations of each."""
    return [office.arrives(a_mail(author=BEN, subject=each), sender=BEN) for each in ("Eins", "Zwei", "Drei", "Vier")]


def test_an_outage_that_everybody_writes_about_opens_nothing(office: Any) -> None:
    for number in range(120):
        put(office, number)
    assert office.deliver(gate=Gate(Limits()), limit=200) == {"sent": 120}
    assert open_now(office) == []


def test_an_agent_hears_of_every_conversation_of_an_outage(office: Any, a_mail: Any) -> None:
    office.set(notify_new=True)
    for number in range(6):
        author = f"anna-{number}@kundin-{number}.example"
        office.arrives(a_mail(author=author), sender=author)
    assert office.deliver(gate=Gate(Limits())) == {"sent": 12}
    assert {each.state for each in office.outbox("notice")} == {"sent"}


def test_many_who_fill_in_the_form_are_all_acknowledged_though_that_always_says_the_same(
    office: Any, a_mail: Any
) -> None:
    for number in range(5):
        author = f"anna@kundin-{number}.example"
        office.arrives(a_mail(author=author), sender=author, source=Source.FORM)
    assert office.deliver(gate=Gate(Limits())) == {"sent": 5}


def test_two_desks_that_answer_each_other_are_stopped_early_and_nobody_else_is(office: Any, a_mail: Any) -> None:
    gate = Gate(Limits())
    for number in range(8):
        office.arrives(a_mail(author=BEN, subject=f"[#{number}] Ihre Anfrage", text=f"{number}"), sender=BEN)
        office.arrives(a_mail(author=f"anna@kundin-{number}.example"), sender=f"anna@kundin-{number}.example")
        office.deliver(gate=gate)
    acknowledged = [each.recipients[0] for each in office.world.received]
    assert (acknowledged.count(BEN), len(acknowledged)) == (3, 11)
    assert open_now(office) == [BEN]


def test_a_dropped_acknowledgement_is_said_at_its_conversation_which_was_not_acknowledged(
    office: Any, a_mail: Any
) -> None:
    handles = four_to_ben(office, a_mail)
    assert office.deliver(gate=Gate(Limits())) == {"sent": 3, "dropped": 1}
    assert [office.conversation(each).acknowledged_at is not None for each in handles] == [True, True, True, False]
    (event,) = office.events("not acknowledged")
    assert event.conversation_id == office.conversation(handles[3]).id
    assert "the acknowledgement was dropped: 4 mails of one kind were to go to ben@kunde.example" in event.because
    assert "[limits] same_to_address_an_hour = 3" in event.because
    assert "`brief outbox breaker`" in event.because
    (shown,) = office.desk.show(handles[3])
    (dropped,) = [each for each in shown["timeline"] if each.get("mail") == "acknowledgement"]
    assert dropped["delivery"]["state"] == "cancelled"


def test_nothing_is_lost_or_claimed_where_the_process_ends_before_a_mail_is_dropped(
    office: Any, a_mail: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    handle = four_to_ben(office, a_mail)[-1]
    with monkeypatch.context() as patched:
        patched.setattr(deliver, "drop", fails)
        with pytest.raises(DatabaseUnavailable):
            office.deliver(gate=Gate(Limits()))
    last = office.outbox("acknowledgement")[-1]
    assert (last.state, last.tries, last.maybe_twice) == ("waiting", 0, False)
    assert office.conversation(handle).acknowledged_at is not None
    office.now = last.due_at
    assert office.deliver(gate=Gate(Limits())) == {"dropped": 1}
    assert office.conversation(handle).acknowledged_at is None


def fails(*_given: Any) -> Any:
    raise DatabaseUnavailable("the database does not answer")


def test_what_may_have_gone_out_already_is_not_said_to_be_dropped(office: Any, a_mail: Any) -> None:
    handle = four_to_ben(office, a_mail)[-1]
    with office.database.writing() as session:
        session.get_one(OutboxRow, office.outbox("acknowledgement")[-1].id).maybe_twice = True
    assert office.deliver(gate=Gate(Limits())) == {"sent": 3, "put back": 1}
    assert office.conversation(handle).acknowledged_at is not None
    assert office.events("not acknowledged") == []


def test_while_it_is_open_for_an_address_only_that_one_is_not_acknowledged_and_agents_answers_go(
    office: Any, a_mail: Any
) -> None:
    gate = Gate(Limits())
    handle = four_to_ben(office, a_mail)[-1]
    office.deliver(gate=gate)
    office.arrives(a_mail(author=BEN, subject="Fünf"), sender=BEN)
    assert "too much went out by itself" in office.events("not acknowledged")[-1].because
    office.arrives(a_mail(author="anna@kundin.example"), sender="anna@kundin.example")
    office.desk.reply(handle, "Guten Tag.")
    assert office.deliver(gate=gate) == {"sent": 2}
    assert {each.recipients[0] for each in office.world.received[-2:]} == {BEN, "anna@kundin.example"}


def test_too_many_repetitions_in_all_open_it_for_all_until_its_time_is_over(office: Any) -> None:
    gate = Gate(Limits(repeated_an_hour=2, breaker_for=timedelta(minutes=30)))
    for number in range(6):
        put(office, number, to=f"anna@kundin-{number % 3}.example")
    first = put(office, 6)
    answer = put(office, 7, purpose="reply")
    assert office.deliver(gate=gate) == {"sent": 6, "put back": 2}
    assert open_now(office) == [ALL]
    with office.database.reading() as session:
        row = session.get_one(OutboxRow, first)
        assert (row.state, row.tries) == ("waiting", 0)
        assert answer in session.scalars(select(AttemptRow.outbox_id)).all()
    office.now = row.due_at
    assert open_now(office) == []
    assert office.deliver(gate=gate) == {"sent": 2}


def test_one_that_an_agent_closes_lets_go_what_waits_and_counts_anew(office: Any) -> None:
    gate = Gate(Limits())
    for number in range(4):
        put(office, number, to=BEN)
    put(office, 4, to=BEN, purpose="notice")
    assert office.deliver(gate=gate) == {"sent": 3, "dropped": 1, "put back": 1}
    with office.database.writing() as session:
        (breaker,) = open_breakers(session, office.now)
        assert close(session, breaker, office.now) == 1
    put(office, 5, to=BEN)
    assert open_now(office) == []
    assert office.deliver(gate=gate) == {"sent": 2}


def test_a_breaker_is_forgotten_when_another_opens_long_after(office: Any) -> None:
    for address in (BEN, "anna@kundin.example"):
        for number in range(4):
            put(office, number, to=address)
        office.deliver(gate=Gate(Limits()))
        office.now += timedelta(days=1)
    with office.database.reading() as session:
        assert session.scalars(select(BreakerRow.address)).all() == ["anna@kundin.example"]


def test_doctor_says_what_is_open_and_how_to_close_it(office: Any) -> None:
    for number in range(4):
        put(office, number, to=BEN)
    office.deliver(gate=Gate(Limits()))
    (check,) = [each for each in mail_checks(office.database, office.now) if each.name == "breaker"]
    assert check.state is State.WARNING
    assert f"open for {BEN} until" in check.said
    assert "[limits] same_to_address_an_hour = 3" in check.said
    assert "`brief outbox breaker close`" in check.said


def test_breakers_are_listed_and_closed_on_the_command_line(tmp_path: Path) -> None:
    def brief(*words: str) -> Any:
        return CliRunner().invoke(cli.brief, ["--data", str(tmp_path), *words])

    assert brief("database", "upgrade").exit_code == 0
    assert brief("outbox", "breaker").stderr == "no breaker is open\n"
    now = datetime.now(UTC)
    database = open_database(sqlite_url(tmp_path / "desk.sqlite"))
    with database.writing() as session:
        for address in (ALL, BEN):
            keep_open(session, Breaker(address, now, now + timedelta(hours=1), "a loop"))
    assert figures(database)["breaker_open"] == 2
    database.close()
    listed = [json.loads(line) for line in brief("outbox", "breaker", "--json").stdout.splitlines()]
    assert [(row["address"], row["because"]) for row in listed] == [(ALL, "a loop"), (BEN, "a loop")]
    assert BEN in brief("outbox", "breaker").stdout
    (closed,) = brief("outbox", "breaker", "close", BEN, "--json").stdout.splitlines()
    assert json.loads(closed) == {"address": BEN, "closed": True, "waited": 0}
    assert isinstance(brief("outbox", "breaker", "close", BEN).exception, NotThere)
    assert "\nall " in "\n" + brief("outbox", "breaker").stdout
    assert brief("outbox", "breaker", "close", "all").stderr == "mail goes out by itself to all again; 0 waited\n"
    assert brief("outbox", "breaker", "close").stderr == "no breaker is open\n"


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
