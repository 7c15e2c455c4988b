"""An archive is brought in: oldest first, both directions, as often as one likes."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from sqlalchemy import func, select

import mailgateway.importing as importing
from mailgateway.again import read_again
from mailgateway.compose import compose
from mailgateway.importing import Imported, Report, Spill, date_of, import_mails, stands_in
from mailgateway.intake import walk_due
from mailgateway.mime.parse import parse
from mailgateway.prove import outcomes
from mailgateway.receive import put_envelope
from storage.database import Database
from storage.facts import fact_once
from storage.outgoing import Mailable, OutgoingMail
from storage.tables import ConversationRow, EnvelopeRow, MessageRow, OutboxRow
from threads.arrive import arrive
from threads.hours import Calendar
from threads.model import Direction, Envelope, InboundMail, Mailbox, Source
from threads.policy import Policy

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
POLICY = Policy(
    mailboxes=(Mailbox("support@localhost"),), calendar=Calendar("Mo-Fr 08:00-17:00", "Europe/Berlin", "DE")
)
Import = Callable[..., list[Imported]]


@pytest.fixture
def bring_in(database: Database) -> Import:
    def run(raws: Sequence[bytes]) -> list[Imported]:
        spill = Spill()
        for number, raw in enumerate(raws):
            spill.add(f"box#{number}", raw)
        done = list(import_mails(database, POLICY, spill.by_date(), NOW))
        spill.close()
        return done

    return run


@pytest.fixture
def exchange(a_mail: Any) -> list[bytes]:
    """A question, our answer and the thanks for it, lying in the wrong order."""
    question = a_mail(message_id="<q@example.com>", date=NOW - timedelta(days=2), subject="Rechnung")
    answer = a_mail(
        author="support@localhost", to="anna@example.com", message_id="<a@localhost>", in_reply_to="<q@example.com>",
        date=NOW - timedelta(days=1), subject="Re: Rechnung",
    )  # fmt: skip
    thanks = a_mail(in_reply_to="<a@localhost>", date=NOW - timedelta(hours=3), subject="Re: Rechnung")
    return [thanks, answer, question]


def number(database: Database, table: Any) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_an_archive_with_our_own_answers_adds_up(bring_in: Import, exchange: list[bytes], database: Database) -> None:
    bring_in(exchange)
    with database.reading() as session:
        assert [(each.outcome, each.wrong) for each in outcomes(session)] == [("conversation", "")] * 3


def test_an_exchange_is_one_conversation_in_both_directions(
    database: Database, bring_in: Import, exchange: list[bytes]
) -> None:
    done = bring_in(exchange)
    assert [each.source for each in done] == ["box#2", "box#1", "box#0"]
    assert [each.direction for each in done] == [Direction.IN, Direction.OUT, Direction.IN]
    assert len({each.conversation for each in done}) == 1
    assert all(each.new and not each.held for each in done)
    assert number(database, OutboxRow) == 0
    with database.reading() as session:
        conversation = session.scalars(select(ConversationRow)).one()
    assert conversation.due_at is None
    assert conversation.opened_at == NOW - timedelta(days=2)


def test_run_again_it_changes_nothing(database: Database, bring_in: Import, exchange: list[bytes]) -> None:
    first = bring_in(exchange[1:])
    again = bring_in(exchange)
    assert [each.new for each in again] == [False, False, True]
    assert {each.conversation for each in again} == {each.conversation for each in first}
    assert (number(database, MessageRow), number(database, EnvelopeRow)) == (3, 3)


def test_what_this_desk_sent_itself_is_there_already(database: Database, bring_in: Import, a_mail: Any) -> None:
    with database.writing() as session:
        put_envelope(session, Envelope(Source.SMTP, "anna@example.com", ("support@localhost",), NOW), a_mail())
    assert walk_due(database, POLICY, None, NOW) == {"done": 1}
    with database.reading() as session:
        row = session.scalars(select(OutboxRow)).one()
    (again,) = bring_in([compose(OutgoingMail.from_json(row.mail))])
    assert (again.direction, again.new, again.conversation) == (Direction.OUT, False, row.conversation_id)
    assert number(database, MessageRow) == 2
    copied = compose(replace(OutgoingMail.from_json(row.mail), author=Mailable("eve@evil.example")))
    assert bring_in([copied])[0].new, "whoever copies our Message-ID does not make a mail vanish"


def test_an_old_conversation_is_closed(database: Database, bring_in: Import, a_mail: Any) -> None:
    bring_in([a_mail(date=NOW - timedelta(days=40))])
    with database.reading() as session:
        assert session.scalars(select(ConversationRow.status)).one() == "closed"


def test_a_mail_without_a_date_is_as_old_as_the_one_before_it(
    database: Database, bring_in: Import, a_mail: Any
) -> None:
    old = NOW - timedelta(days=100)
    done = bring_in([a_mail(date=old), a_mail(date=None, subject="Ohne"), a_mail(date=NOW - timedelta(days=1))])
    assert [each.source for each in done] == ["box#0", "box#1", "box#2"]
    with database.reading() as session:
        message = session.scalars(select(MessageRow).where(MessageRow.subject == "Ohne")).one()
    assert message.received_at == old


def test_one_mail_that_fails_is_set_aside_and_shown_and_the_others_go_in(
    database: Database, bring_in: Import, exchange: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(session: Any, found: Any, policy: Any, now: Any, **how: Any) -> Any:
        if found.mail.message_id == "<a@localhost>":
            raise RuntimeError("fault")
        return arrive(session, found, policy, now, **how)

    monkeypatch.setattr(importing, "arrive", failing)
    done = bring_in(exchange)
    assert [each.because == "RuntimeError: fault" for each in done] == [False, True, False]
    with database.reading() as session:
        states = sorted(session.scalars(select(EnvelopeRow.state)))
    assert states == ["done", "done", "shunted"]


def test_many_mails_go_in_over_several_transactions(database: Database, bring_in: Import, a_mail: Any) -> None:
    raws = [a_mail(author=f"p{each}@example.com", subject=f"Frage {each}") for each in range(importing.BATCH + 5)]
    assert len(bring_in(raws)) == importing.BATCH + 5
    assert number(database, ConversationRow) == importing.BATCH + 5


def test_conversations_that_a_mail_brings_together_are_no_younger_than_it(
    database: Database, bring_in: Import, a_mail: Any
) -> None:
    """Or whoever writes on an old thread of theirs about something new would seem to go on with it."""
    last = NOW - timedelta(days=100)
    one = a_mail(message_id="<1@example.com>", subject="Rechnung", date=last - timedelta(days=2))
    other = a_mail(message_id="<2@example.com>", subject="Vertrag", date=last - timedelta(days=1))
    both = a_mail(
        in_reply_to="<2@example.com>", references="<1@example.com> <2@example.com>", subject="Re: Vertrag", date=last
    )
    done = bring_in([one, other, both])
    assert len(set(stands_in(database, [each.message for each in done]).values())) == 1
    with database.reading() as session:
        live = session.scalars(select(ConversationRow).where(ConversationRow.merged_into_id.is_(None))).one()
    assert live.updated_at == last


def test_the_report_names_where_each_mail_is_in_the_end(database: Database, bring_in: Import, a_mail: Any) -> None:
    """Also of a reply that came before what it answers, and stood in another conversation until then."""
    mine = {"subject": "Rechnung", "to": "support@localhost"}
    first = a_mail(message_id="<1@example.com>", date=NOW - timedelta(days=4), **mine)
    answer = a_mail(
        author="support@localhost", to="anna@example.com", message_id="<2@localhost>", in_reply_to="<1@example.com>",
        subject="Re: Rechnung", date=NOW - timedelta(days=3),
    )  # fmt: skip
    early = a_mail(in_reply_to="<3@example.com>", date=NOW - timedelta(days=2), **{**mine, "subject": "Re: Rechnung"})
    late = a_mail(message_id="<3@example.com>", date=NOW - timedelta(days=1), **mine)
    report = Report()
    for each in bring_in([first, answer, early, late]):
        report.add(each)
    lines = list(report.lines(database))
    conversations = [each["conversation"] for each in lines]
    assert conversations[0] == conversations[1] != conversations[2] == conversations[3]
    assert set(lines[0]) == {"source", "message_id", "direction", "conversation", "new", "held", "because"}
    assert json.dumps(lines[0])
    report.close()


def test_reading_again_follows_the_bytes_and_moves_nothing(
    database: Database, bring_in: Import, exchange: list[bytes]
) -> None:
    bring_in(exchange)
    with database.writing() as session:
        message = session.scalars(select(MessageRow).where(MessageRow.message_id == "<q@example.com>")).one()
        right, message.reply, message.signal = message.reply, "misread", "agent"
        code = message.code
    changed = [each for each in read_again(database) if each.changed]
    assert [(each.code, each.changed) for each in changed] == [(code, ("reply",))]
    with database.reading() as session:
        message = session.scalars(select(MessageRow).where(MessageRow.code == code)).one()
    assert (message.reply, message.signal) == (right, "agent")
    assert [each.changed for each in read_again(database, [code])] == [()]


def test_mail_comes_in_while_others_are_read_again(
    database: Database, bring_in: Import, exchange: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    bring_in(exchange)
    kept: list[str] = []

    def slow(raw: bytes) -> InboundMail:
        with ThreadPoolExecutor(1) as other:
            kept.append(other.submit(keep_a_fact).result(10))
        return parse(raw)

    def keep_a_fact() -> str:
        with database.writing() as session:
            return fact_once(session, "kept meanwhile", "yes")

    monkeypatch.setattr("mailgateway.again.parse", slow)
    assert len(list(read_again(database))) == len(kept) == len(exchange)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"Date: Tue, 24 Nov 2026 10:00:00 +0100\r\n\r\n", NOW),
        (b"Subject: x\nDATE:\n Tue, 24 Nov 2026 10:00:00 +0100\n\nbody", NOW),
        (b"Subject: x\n\nDate: Tue, 24 Nov 2026 10:00:00 +0100\n", None),
        (b"Date: Thu, 01 Jan 1970 00:00:00 +0000\n\n", None),
        (b"Date: \xff\xfe\n\n", None),
        (b"", None),
    ],
)
def test_the_date_is_read_without_the_rest(raw: bytes, expected: datetime | None) -> None:
    assert date_of(raw) == expected
    assert format_datetime(NOW)
