"""The walk of a mail from kept to conversation, on both databases."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event, func, select, update

import mailgateway.intake as intake
from knowledge.article import Suggestion
from mailgateway.intake import DEATHS, walk_due
from mailgateway.read import read
from mailgateway.receive import Keeper
from mailgateway.retry import TRIES
from mailgateway.shunted import replay, shunted, shunted_mail
from storage.claim import claim_due
from storage.database import Database
from storage.errors import DatabaseUnavailable, NotThere, WrongUse
from storage.group import GroupCommit
from storage.raw import get_raw
from storage.tables import ConversationRow, EnvelopeRow, MessageRow, OutboxRow, RawChunkRow
from threads.arrive import arrive
from threads.hours import Calendar
from threads.model import Envelope, InboundMail, Mailbox, Source
from threads.policy import Policy

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
POLICY = Policy(
    mailboxes=(Mailbox("support@localhost"),), calendar=Calendar("Mo-Fr 08:00-17:00", "Europe/Berlin", "DE")
)
Keep = Callable[..., UUID]


@pytest.fixture
def keep(database: Database) -> Iterator[Keep]:
    group = GroupCommit(database)
    keeper = Keeper(group, POLICY.mailboxes)

    def put(raw: bytes, sender: str = "anna@example.com", at: datetime = NOW) -> UUID:
        envelope = Envelope(Source.SMTP, sender, ("support@localhost",), at, client="203.0.113.7")
        return keeper.keep(envelope, raw).result(20)

    yield put
    group.close()


def walk(database: Database, now: datetime = NOW, **options: Any) -> dict[str, int]:
    return dict(walk_due(database, POLICY, options.pop("suggest", None), now, **options))


def envelope_row(database: Database, key: UUID) -> EnvelopeRow:
    with database.reading() as session:
        return session.get_one(EnvelopeRow, key)


def number(database: Database, table: Any) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


class Failing:
    """Stands before `arrive` and raises as often as it is told."""

    def __init__(self, error: Exception, times: int = 10_000) -> None:
        self.real, self.error, self.left = arrive, error, times

    def __call__(self, *arguments: Any, **how: Any) -> Any:
        if self.left > 0:
            self.left -= 1
            self.real(*arguments, **how)  # what was written must be rolled back
            raise self.error
        return self.real(*arguments, **how)


def test_a_kept_mail_becomes_a_conversation_with_its_acknowledgement(
    database: Database, keep: Keep, a_mail: Any
) -> None:
    key = keep(a_mail())
    assert walk(database) == {"done": 1}
    assert walk(database) == {}
    row = envelope_row(database, key)
    with database.reading() as session:
        message = session.get_one(MessageRow, row.message_id)
        conversation = session.get_one(ConversationRow, message.conversation_id)
        letter = session.scalars(select(OutboxRow)).one()
    assert (row.state, message.from_address, conversation.status) == ("done", "anna@example.com", "open")
    assert (letter.purpose, letter.recipient) == ("acknowledgement", "anna@example.com")


def test_the_same_mail_twice_is_one_message_with_one_acknowledgement(
    database: Database, keep: Keep, a_mail: Any
) -> None:
    raw = a_mail()
    keep(raw)
    keep(raw)
    assert walk(database) == {"done": 1, "duplicate": 1}
    assert (number(database, ConversationRow), number(database, OutboxRow)) == (1, 1)


def test_two_workers_take_each_mail_in_once(database: Database, keep: Keep, a_mail: Any) -> None:
    for each in range(12):
        keep(a_mail(author=f"person{each}@example{each}.com", subject=f"Frage {each}"))
    tallies: list[dict[str, int]] = []

    def work() -> None:
        while tally := walk(database, limit=3):
            tallies.append(tally)

    workers = [threading.Thread(target=work) for _ in range(2)]
    for each_worker in workers:
        each_worker.start()
    for each_worker in workers:
        each_worker.join()
    assert sum(tally.get("done", 0) for tally in tallies) == 12
    assert number(database, ConversationRow) == 12


def test_a_step_that_fails_leaves_nothing_and_is_tried_again(
    database: Database, keep: Keep, a_mail: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = keep(a_mail())
    monkeypatch.setattr(intake, "arrive", Failing(RuntimeError("a\nfault"), times=1))
    assert walk(database) == {"put off": 1}
    row = envelope_row(database, key)
    assert (row.state, row.tries, row.error) == ("waiting", 1, "RuntimeError: a fault")
    assert number(database, ConversationRow) == 0
    assert walk(database) == {}
    assert walk(database, envelope_row(database, key).due_at) == {"done": 1}


class OneFails:
    """Stands before `arrive` and raises for the mails on one matter, whenever they come."""

    def __init__(self, subject: str) -> None:
        self.subject = subject

    def __call__(self, session: Any, found: Any, *others: Any, **how: Any) -> Any:
        recorded = arrive(session, found, *others, **how)
        if found.mail.subject == self.subject:
            raise RuntimeError("fault")
        return recorded


def test_of_mails_that_are_taken_in_together_one_that_fails_is_put_off_alone(
    database: Database, keep: Keep, a_mail: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    subjects = ("Rechnung", "Kaputt", "Vertrag")
    writers = [f"p{each}@kunde{each}.example" for each in range(3)]
    keys = [keep(a_mail(author=who, subject=each), who) for who, each in zip(writers, subjects, strict=True)]
    monkeypatch.setattr(intake, "arrive", OneFails("Kaputt"))
    assert walk(database) == {"done": 2, "put off": 1}
    rows = [envelope_row(database, key) for key in keys]
    assert [(row.state, row.error) for row in rows] == [("done", ""), ("waiting", "RuntimeError: fault"), ("done", "")]
    assert (number(database, ConversationRow), number(database, OutboxRow)) == (2, 2)


def test_of_mails_that_are_taken_in_together_one_whose_bytes_the_database_cannot_read_waits_alone(
    database: Database, keep: Keep, a_mail: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = [keep(a_mail(subject=f"Frage {number}"), sender=f"p{number}@example.com") for number in range(4)]
    damaged = envelope_row(database, keys[2]).raw_id

    def read_raw(session: Any, raw_id: UUID) -> bytes:
        if raw_id == damaged:
            raise DatabaseUnavailable("the database file is damaged")
        return get_raw(session, raw_id)

    monkeypatch.setattr(intake, "get_raw", read_raw)
    assert walk(database) == {"done": 3, "put off": 1}
    assert envelope_row(database, keys[2]).state == "waiting"


def test_where_the_commit_of_mails_fails_each_is_put_off_and_nothing_of_them_is_there(
    database: Database, keep: Keep, a_mail: Any
) -> None:
    keys = [keep(a_mail(author=f"p{each}@kunde{each}.example")) for each in range(3)]
    commits = count()
    lost = range(1, 2 if database.is_sqlite else 4)  # after that of the claim, and before those that put them off

    def lose(_connection: object) -> None:
        if next(commits) in lost:
            raise DatabaseUnavailable("the disk went away")

    event.listen(database.engine, "commit", lose)
    assert walk(database) == {"put off": 3}
    assert {envelope_row(database, key).state for key in keys} == {"waiting"}
    assert number(database, ConversationRow) == 0
    assert walk(database, max(envelope_row(database, key).due_at for key in keys)) == {"done": 3}


def test_after_the_last_try_it_is_set_aside_and_shown_and_can_be_replayed(
    database: Database, keep: Keep, a_mail: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = keep(a_mail(subject="Die Webseite"))
    monkeypatch.setattr(intake, "arrive", Failing(RuntimeError("fault"), times=TRIES))
    at = NOW
    while envelope_row(database, key).state == "waiting":
        at = max(at, envelope_row(database, key).due_at)
        walk(database, at)
    with database.reading() as session:
        (aside,) = shunted(session)
        conversation = session.scalars(select(ConversationRow)).one()
        assert shunted_mail(session, aside.code)[1].startswith(b"From: Anna")
    assert (aside.tries, aside.because) == (TRIES, "RuntimeError: fault")
    assert (conversation.status, conversation.subject) == ("open", "Die Webseite")
    assert number(database, OutboxRow) == 0
    ((_, outcome),) = replay(database, POLICY, [aside.code], at)
    assert outcome == "done"
    assert envelope_row(database, key).state == "done"
    assert number(database, MessageRow) == 3  # the one that said so, the mail itself, its acknowledgement


def test_a_replay_that_fails_is_set_aside_again_with_the_reason_and_one_that_meets_no_database_waits(
    database: Database, keep: Keep, a_mail: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = keep(a_mail())
    monkeypatch.setattr(intake, "arrive", Failing(RuntimeError("fault"), times=TRIES))
    at = NOW
    while envelope_row(database, key).state == "waiting":
        at = max(at, envelope_row(database, key).due_at)
        walk(database, at)
    monkeypatch.setattr(intake, "arrive", Failing(RuntimeError("another"), times=1))
    assert [outcome for _, outcome in replay(database, POLICY, [], at)] == ["shunted"]
    assert envelope_row(database, key).error == "RuntimeError: another"
    monkeypatch.setattr(intake, "arrive", Failing(DatabaseUnavailable("away"), times=1))
    assert [outcome for _, outcome in replay(database, POLICY, [], at)] == ["put off"]
    assert walk(database, envelope_row(database, key).due_at) == {"done": 1}


def test_a_mail_whose_bytes_are_lost_is_still_a_conversation_with_its_sender(
    database: Database, keep: Keep, a_mail: Any
) -> None:
    keys = [keep(a_mail()), keep(a_mail(subject="Noch etwas"))]
    with database.writing() as session:
        session.execute(update(RawChunkRow).values(data=b"rotten"))
    assert walk(database) == {"shunted": 2}
    assert [envelope_row(database, each).state for each in keys] == ["shunted", "shunted"]
    with database.reading() as session:
        shown = [(row.status, row.customer_address) for row in session.scalars(select(ConversationRow))]
    assert shown == [("open", "anna@example.com")] * 2


def test_a_code_that_names_nothing_is_refused(database: Database) -> None:
    with database.reading() as session:
        with pytest.raises(NotThere):
            shunted_mail(session, "abcdef01")
        with pytest.raises(WrongUse):
            shunted_mail(session, "%%%%")


def test_while_the_database_is_away_no_mail_is_set_aside(
    database: Database, keep: Keep, a_mail: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = keep(a_mail())
    monkeypatch.setattr(intake, "arrive", Failing(DatabaseUnavailable("away"), times=TRIES * 2))
    at = NOW
    for _ in range(TRIES * 2):
        assert walk(database, at) == {"put off": 1}
        at = envelope_row(database, key).due_at
    assert walk(database, at) == {"done": 1}


class Death(BaseException):
    """What ends a process in the middle of a walk."""


def test_a_desk_that_is_killed_while_it_sets_a_mail_aside_leaves_none_that_nobody_sees(
    database: Database, keep: Keep, a_mail: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = keep(a_mail())
    monkeypatch.setattr(intake, "arrive", Failing(RuntimeError("fault"), times=TRIES - 1))
    for _ in range(TRIES - 1):
        walk(database, envelope_row(database, key).due_at)
    last = iter((RuntimeError("fault"), Death()))  # when it is taken in for the last time, and when it is shown

    def arrive_no_more(*_: Any, **__: Any) -> Any:
        raise next(last)

    with monkeypatch.context() as broken:
        broken.setattr(intake, "arrive", arrive_no_more)
        with pytest.raises(Death):
            walk(database, envelope_row(database, key).due_at)
    assert (envelope_row(database, key).state, number(database, ConversationRow)) == ("leased", 0)
    assert walk(database, envelope_row(database, key).due_at + timedelta(minutes=10)) == {"done": 1}


def test_a_mail_that_takes_the_desk_down_with_it_does_not_stop_the_others(
    database: Database, keep: Keep, a_mail: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def deadly(raw: bytes, *others: Any) -> Any:
        if b"Subject: deadly" in raw:
            raise Death
        return read(raw, *others)

    monkeypatch.setattr(intake, "read", deadly)
    first = keep(a_mail(subject="deadly"))
    others = [keep(a_mail(author=f"p{each}@example{each}.com"), at=NOW + timedelta(seconds=1)) for each in range(2)]
    at = NOW + timedelta(seconds=2)
    for _ in range(DEATHS + 1):
        with pytest.raises(Death):
            walk(database, at)
        at += timedelta(minutes=2)
    assert walk(database, at) == {"shunted": 1}
    assert [envelope_row(database, each).state for each in (first, *others)] == ["shunted", "done", "done"]
    assert "set aside unread" in envelope_row(database, first).error


def test_a_mail_in_a_desk_that_is_killed_again_and_again_is_read_in_the_end(
    database: Database, keep: Keep, a_mail: Any
) -> None:
    innocent = keep(a_mail())
    at = NOW
    for _ in range(DEATHS * 3):
        with database.writing() as session:
            claim_due(session, EnvelopeRow, at, timedelta(minutes=1), 10)  # and the process is gone
        at += timedelta(minutes=2)
    assert walk(database, at) == {"done": 1}
    assert envelope_row(database, innocent).state == "done"


def test_a_walk_that_lost_its_lease_writes_nothing(database: Database, keep: Keep, a_mail: Any) -> None:
    key = keep(a_mail())

    def slow(mail: InboundMail, mailbox: Mailbox) -> Sequence[Suggestion]:
        with database.writing() as session:  # meanwhile the lease ran out, and another took it
            claim_due(session, EnvelopeRow, NOW + timedelta(hours=1), timedelta(minutes=5), 1)
        return ()

    assert walk(database, suggest=slow) == {"lost": 1}
    assert number(database, ConversationRow) == 0
    assert envelope_row(database, key).state == "leased"
    assert walk(database, NOW + timedelta(hours=2)) == {"done": 1}


def test_a_mail_that_cannot_be_read_is_a_conversation_that_says_so(
    database: Database, keep: Keep, a_mail: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unable(raw: bytes) -> InboundMail:
        raise RecursionError("too deep")

    monkeypatch.setattr("mailgateway.read.parse", unable)
    keep(a_mail(subject="Hilfe"))
    assert walk(database) == {"done": 1}
    with database.reading() as session:
        message = session.scalars(select(MessageRow)).one()
        conversation = session.scalars(select(ConversationRow)).one()
    assert "could not be read" in message.defects[0]
    assert (conversation.subject, conversation.status, message.from_address) == ("Hilfe", "open", "anna@example.com")
    assert message.raw_id is not None


@pytest.mark.parametrize("rubbish", [b"", b"\0\0\0", b"\xff" * 1000, b"From: \r\n" * 50, b"\r\n\r\n\r\n"])
def test_rubbish_is_shown_too(database: Database, keep: Keep, rubbish: bytes) -> None:
    keep(rubbish)
    assert walk(database) == {"done": 1}
    assert number(database, ConversationRow) == 1


def test_a_knowledge_base_that_breaks_costs_only_the_suggestions(database: Database, keep: Keep, a_mail: Any) -> None:
    def broken(mail: InboundMail, mailbox: Mailbox) -> Sequence[Suggestion]:
        raise OSError("no index")

    keep(a_mail())
    assert walk(database, suggest=broken) == {"done": 1}
