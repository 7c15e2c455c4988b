"""Outgoing mail reaches a real relay, or the folder, and how it ended is written down."""

from __future__ import annotations

import asyncio
import mailbox
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

import mailgateway.deliver as deliver
from mailgateway.deliver import deliver_due
from mailgateway.transports import Handed
from mailgateway.transports.folder import Folder, keep
from mailgateway.transports.relay import Relay, relay_address
from storage.database import Database
from storage.errors import DatabaseUnavailable, WrongUse
from storage.outbox import Mailable, OutgoingMail, enqueue, lease_due, settle
from storage.tables import AttemptRow, ConversationRow, EventRow, OutboxRow

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
Put = Callable[..., UUID]


def a_letter(number: int = 1, *to: str, **more: Any) -> OutgoingMail:
    return OutgoingMail(
        message_id=f"<letter-{number}@example.org>",
        envelope_from=more.pop("envelope_from", "support@example.org"),
        author=Mailable("support@example.org", "Support"),
        to=tuple(Mailable(each) for each in to or ("anna@kundin.example",)),
        subject="Ihre Frage",
        text="Guten Tag,\n.\nviele Grüße\n",
        date="Tue, 24 Nov 2026 10:00:00 +0100",
        **more,
    )


@pytest.fixture
def conversation(database: Database) -> UUID:
    with database.writing() as session:
        row = ConversationRow(
            handle="anna-frage", mailbox="support@example.org", subject="Frage", canonical_subject="frage",
            opened_at=NOW, updated_at=NOW,
        )  # fmt: skip
        session.add(row)
        session.flush()
        return row.id


@pytest.fixture
def put(database: Database, conversation: UUID) -> Put:
    def into_the_outbox(mail: OutgoingMail) -> UUID:
        with database.writing() as session:
            return enqueue(
                session, mail, purpose="reply", conversation_id=conversation, message_id=None, due_at=NOW, now=NOW
            )

    return into_the_outbox


def row_of(database: Database, key: UUID) -> OutboxRow:
    with database.reading() as session:
        return session.get_one(OutboxRow, key)


def relay_to(world: Any, **options: Any) -> Relay:
    return Relay(relay_address(world.url), **options)


def test_a_mail_goes_out_once_with_all_that_it_says(database: Database, put: Put, outside_world: Any) -> None:
    key = put(a_letter())
    assert deliver_due(database, relay_to(outside_world), NOW) == {"sent": 1}
    assert deliver_due(database, relay_to(outside_world), NOW) == {}
    (received,) = outside_world.received
    assert received.mail_from == "support@example.org"
    assert received.recipients == ("anna@kundin.example",)
    assert b"Message-ID: <letter-1@example.org>" in received.data
    row = row_of(database, key)
    assert (row.state, row.maybe_twice, row.pending) == ("sent", False, [])


def test_the_null_sender_is_null_on_the_wire(database: Database, put: Put, outside_world: Any) -> None:
    put(a_letter(envelope_from=""))
    deliver_due(database, relay_to(outside_world), NOW)
    assert outside_world.received[0].mail_from == "<>"


def test_a_whole_batch_goes_over_one_relay_oldest_first(database: Database, put: Put, outside_world: Any) -> None:
    for number in range(5):
        put(a_letter(number))
    assert deliver_due(database, relay_to(outside_world), NOW, limit=3) == {"sent": 3}
    assert deliver_due(database, relay_to(outside_world), NOW) == {"sent": 2}
    assert len({each.data for each in outside_world.received}) == 5


def test_a_4xx_is_tried_again_later_and_then_goes_out(database: Database, put: Put, outside_world: Any) -> None:
    key = put(a_letter())
    outside_world.answer_data("451 4.7.1 greylisted")
    assert deliver_due(database, relay_to(outside_world), NOW) == {"deferred": 1}
    row = row_of(database, key)
    assert (row.state, row.last_answer) == ("waiting", "451 4.7.1 greylisted")
    assert NOW < row.due_at < NOW + timedelta(minutes=2)
    assert deliver_due(database, relay_to(outside_world), NOW) == {}
    outside_world.answer_data("")
    assert deliver_due(database, relay_to(outside_world), NOW + timedelta(minutes=5)) == {"sent": 1}


def test_a_5xx_is_shown_at_the_conversation(
    database: Database, put: Put, outside_world: Any, conversation: UUID
) -> None:
    key = put(a_letter())
    outside_world.answer("anna@kundin.example", "550 5.1.1 nobody of that name")
    assert deliver_due(database, relay_to(outside_world), NOW) == {"failed": 1}
    assert row_of(database, key).state == "failed"
    with database.reading() as session:
        event = session.scalars(select(EventRow).where(EventRow.conversation_id == conversation)).one()
    assert event.kind == "delivery"
    assert "anna@kundin.example" in event.because
    assert "nobody of that name" in event.because


def test_a_5xx_is_shown_where_the_conversation_is_now(
    database: Database, put: Put, outside_world: Any, conversation: UUID
) -> None:
    put(a_letter())
    outside_world.answer("anna@kundin.example", "550 5.1.1 unknown")
    with database.writing() as session:
        into = ConversationRow(
            handle="anna-rechnung", mailbox="support@example.org", subject="", canonical_subject="",
            opened_at=NOW, updated_at=NOW,
        )  # fmt: skip
        session.add(into)
        session.flush()
        session.get_one(ConversationRow, conversation).merged_into_id = into.id  # while the mail is on its way
    deliver_due(database, relay_to(outside_world), NOW)
    with database.reading() as session:
        assert session.scalars(select(EventRow.conversation_id)).all() == [into.id]


def test_each_recipient_has_an_answer_of_its_own(
    database: Database, put: Put, outside_world: Any, conversation: UUID
) -> None:
    key = put(a_letter(1, "good@a.example", "later@a.example", "never@a.example"))
    outside_world.answer("later@a.example", "450 4.2.1 busy")
    outside_world.answer("never@a.example", "550 5.1.1 unknown")
    assert deliver_due(database, relay_to(outside_world), NOW) == {"deferred": 1}
    row = row_of(database, key)
    assert row.pending == ["later@a.example"]
    outside_world.answer("later@a.example", "")
    deliver_due(database, relay_to(outside_world), NOW + timedelta(hours=1))
    assert [each.recipients for each in outside_world.received] == [("good@a.example",), ("later@a.example",)]
    assert row_of(database, key).pending == []
    with database.reading() as session:
        events = session.scalars(select(EventRow).where(EventRow.conversation_id == conversation)).all()
    assert ["never@a.example" in each.because for each in events] == [True]


def test_a_relay_that_is_down_costs_one_try_and_all_goes_out_once_it_is_back(
    database: Database, put: Put, outside_world: Any
) -> None:
    for number in range(3):
        put(a_letter(number))
    outside_world.stop()
    assert deliver_due(database, relay_to(outside_world), NOW) == {"deferred": 1}
    outside_world.start()
    assert deliver_due(database, relay_to(outside_world), NOW + timedelta(minutes=10)) == {"sent": 3}


def test_a_relay_that_hangs_is_left_after_a_while(database: Database, put: Put, outside_world: Any) -> None:
    key = put(a_letter())
    outside_world.hang()
    assert deliver_due(database, relay_to(outside_world, timeout=0.5), NOW) == {"deferred": 1}
    assert "away" in row_of(database, key).last_answer
    outside_world.go_on()


@pytest.mark.parametrize("scheme", ["smtp", "smtp+starttls"])
def test_a_relay_whose_certificate_nobody_vouches_for_gets_no_mail_and_costs_none(
    database: Database, put: Put, secure_outside_world: Any, scheme: str
) -> None:
    key = put(a_letter())
    url = secure_outside_world.url.replace("smtp:", f"{scheme}:")
    tally = deliver_due(database, Relay(relay_address(url)), NOW)
    row = row_of(database, key)
    assert tally == {"deferred": 1}
    assert (row.state, row.pending, secure_outside_world.received) == ("waiting", ["anna@kundin.example"], [])
    assert "certificate" in row.last_answer


def test_a_relay_with_a_certificate_that_was_named_gets_the_mail_over_tls(
    database: Database, put: Put, secure_outside_world: Any, own_certificate: Any
) -> None:
    put(a_letter())
    tally = deliver_due(database, relay_to(secure_outside_world, certificate=own_certificate.file), NOW)
    assert tally == {"sent": 1}
    assert [each.tls for each in secure_outside_world.received] == [True]


def test_after_five_days_a_mail_is_given_up_and_shown(
    database: Database, put: Put, outside_world: Any, conversation: UUID
) -> None:
    key = put(a_letter())
    outside_world.answer_data("451 4.3.0 later")
    at, tallies, relay = NOW, 0, relay_to(outside_world)
    while row_of(database, key).state == "waiting":
        at = max(row_of(database, key).due_at, at)
        tallies += deliver_due(database, relay, at)["given up"]
    assert (row_of(database, key).state, tallies) == ("given up", 1)
    assert NOW + timedelta(days=5) <= at < NOW + timedelta(days=5, hours=1)
    with database.reading() as session:
        assert session.scalars(select(EventRow.kind).where(EventRow.conversation_id == conversation)).all() == [
            "delivery"
        ]


def test_a_crash_between_the_relays_250_and_our_commit_is_marked(
    database: Database, put: Put, outside_world: Any
) -> None:
    key = put(a_letter())
    with database.writing() as session:
        lease_due(session, NOW, timedelta(minutes=10), 1)  # the process that leased it is gone
    assert deliver_due(database, relay_to(outside_world), NOW + timedelta(minutes=1)) == {}
    assert deliver_due(database, relay_to(outside_world), NOW + timedelta(minutes=11)) == {"sent": 1}
    assert row_of(database, key).maybe_twice
    with database.reading() as session:
        attempts = session.scalars(select(AttemptRow).order_by(AttemptRow.number)).all()
    assert [(each.number, each.outcome) for each in attempts] == [(1, ""), (2, "sent")]


def test_a_fault_of_ours_defers_the_mail(database: Database, put: Put) -> None:
    class Broken:
        async def hand_over(self, mail: OutgoingMail, recipients: tuple[str, ...], data: bytes) -> Handed:
            raise RuntimeError("not what was meant")

        async def close(self) -> None: ...

    key = put(a_letter())
    assert deliver_due(database, Broken(), NOW) == {"deferred": 1}
    assert "RuntimeError" in row_of(database, key).last_answer


def test_the_folder_keeps_each_mail_once_however_often_it_is_tried(
    database: Database, put: Put, tmp_path: Path
) -> None:
    put(a_letter())
    folder = Folder(tmp_path / "sent")
    assert deliver_due(database, folder, NOW) == {"sent": 1}
    again = asyncio.run(folder.hand_over(a_letter(), ("anna@kundin.example",), b"again"))
    assert again.accepted
    kept = mailbox.Maildir(tmp_path / "sent")
    assert [each["Message-ID"] for each in kept] == ["<letter-1@example.org>"]
    assert list((tmp_path / "sent" / "tmp").iterdir()) == []


def test_a_mail_that_was_read_meanwhile_is_not_kept_again(tmp_path: Path) -> None:
    place = keep(tmp_path, "<a@b>", b"x")
    read = tmp_path / "cur" / f"{place.name}:2,S"
    place.rename(read)
    assert keep(tmp_path, "<a@b>", b"x") == read
    assert list((tmp_path / "new").iterdir()) == []


def test_a_folder_that_cannot_be_written_defers(database: Database, put: Put, tmp_path: Path) -> None:
    (tmp_path / "sent").write_text("a file where the folder should be")
    key = put(a_letter())
    assert deliver_due(database, Folder(tmp_path / "sent"), NOW) == {"deferred": 1}
    assert "cannot write" in row_of(database, key).last_answer


@pytest.mark.parametrize(
    ("url", "port", "tls", "starttls", "user", "password"),
    [
        ("smtp://mail.example", 25, False, None, "", ""),
        ("smtp://mail.example:2526?tls=never", 2526, False, False, "", ""),
        ("smtps://u%40a:p%3Aw@mail.example", 465, True, None, "u@a", "p:w"),
        ("smtp+starttls://u@mail.example", 587, False, True, "u", ""),
    ],
)
def test_a_url_names_the_relay(url: str, port: int, tls: bool, starttls: bool | None, user: str, password: str) -> None:
    address = relay_address(url)
    assert (address.port, address.tls, address.starttls) == (port, tls, starttls)
    assert (address.user, address.password) == (user, password)
    assert "p:w" not in repr(address)


@pytest.mark.parametrize(
    "url", ["", "mail.example:25", "http://mail.example", "smtp://", "smtp://host:port", "smtp://[::1"]
)
def test_a_url_that_names_none_is_refused(url: str) -> None:
    with pytest.raises(WrongUse, match="relay"):
        relay_address(url)


def test_how_a_mail_ended_is_written_once_the_database_is_back(
    database: Database, put: Put, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = put(a_letter())
    monkeypatch.setattr(deliver, "SETTLE_AGAIN_AFTER", (0.0, 0.0))
    away = iter([True, True, False])

    def settling(*arguments: Any, **options: Any) -> bool:
        if next(away):
            raise DatabaseUnavailable("away")
        return settle(*arguments, **options)

    monkeypatch.setattr(deliver, "settle", settling)
    assert deliver_due(database, Folder(tmp_path / "sent"), NOW) == {"sent": 1}
    with database.reading() as session:
        row = session.get_one(OutboxRow, key)
        assert (row.state, row.maybe_twice) == ("sent", False)
