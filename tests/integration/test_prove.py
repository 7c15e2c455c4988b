"""`brief mail prove`: what was accepted adds up, and what was lost shows."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from click.testing import CliRunner
from sqlalchemy import delete, update

from cli import brief
from mailgateway.importing import import_mails
from mailgateway.intake import walk_due
from mailgateway.prove import Outcome, outcomes
from mailgateway.receive import put_envelope
from storage.database import Database, open_database
from storage.tables import DeliveryRow, EnvelopeRow, ImapMailRow, RawChunkRow
from threads.hours import Calendar
from threads.model import Envelope, Mailbox, Source
from threads.policy import Policy

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
POLICY = Policy(
    mailboxes=(Mailbox("support@localhost"),), calendar=Calendar("Mo-Fr 08:00-17:00", "Europe/Berlin", "DE")
)
AMail = Callable[..., bytes]


def kept(database: Database, raw: bytes, to: str = "support@localhost", **options: Any) -> UUID:
    envelope = Envelope(Source.SMTP, "anna@kundin.example", (to,), NOW, client="203.0.113.7")
    with database.writing() as session:
        return put_envelope(session, envelope, raw, **options).envelope_id


def proven(database: Database, **options: Any) -> list[Outcome]:
    with database.reading() as session:
        return list(outcomes(session, **options))


def test_every_mail_that_was_accepted_has_an_outcome(database: Database, a_mail: AMail) -> None:
    twice = a_mail(message_id="<twice@kundin.example>")
    kept(database, twice)
    kept(database, twice)
    kept(database, a_mail(message_id="<shunted@kundin.example>"), state="shunted")
    walk_due(database, POLICY, None, NOW)
    kept(database, a_mail(message_id="<late@kundin.example>"))
    found = proven(database, read=True)
    assert sorted(each.outcome for each in found) == ["conversation", "duplicate", "shunted", "waiting"]
    assert [each.wrong for each in found] == [""] * 4


@pytest.mark.parametrize("to", ["support@localhost", "postmaster@localhost", "postmaster"])
def test_a_mail_to_the_postmaster_or_with_nothing_in_it_adds_up(database: Database, a_mail: AMail, to: str) -> None:
    kept(database, a_mail(message_id="<one@kundin.example>"), to)
    kept(database, b"", to)
    walk_due(database, POLICY, None, NOW)
    assert [(each.outcome, each.wrong) for each in proven(database, read=True)] == [("conversation", "")] * 2


def test_a_mail_of_an_archive_that_names_none_of_our_mailboxes_adds_up(database: Database, a_mail: AMail) -> None:
    mails = [("alt.eml", a_mail(to="frueher@anderswo.example"), NOW), ("leer.eml", b"", NOW)]
    assert len(list(import_mails(database, POLICY, mails, NOW))) == 2
    assert [(each.outcome, each.wrong) for each in proven(database)] == [("conversation", "")] * 2


def _without_raw(database: Database, key: UUID) -> None:
    with database.writing() as session:
        raw_id = session.get_one(EnvelopeRow, key).raw_id
        session.execute(delete(RawChunkRow).where(RawChunkRow.raw_id == raw_id))


def _without_message(database: Database, key: UUID) -> None:
    with database.writing() as session:
        session.execute(update(EnvelopeRow).where(EnvelopeRow.id == key).values(message_id=None))


def _without_delivery(database: Database, key: UUID) -> None:
    with database.writing() as session:
        session.execute(delete(DeliveryRow))


@pytest.mark.parametrize(
    ("lose", "says"),
    [(_without_raw, "raw mail is gone"), (_without_message, "no message"), (_without_delivery, "no mailbox")],
)
def test_what_was_lost_is_a_difference(
    database: Database, a_mail: AMail, lose: Callable[[Database, UUID], None], says: str
) -> None:
    key = kept(database, a_mail())
    walk_due(database, POLICY, None, NOW)
    lose(database, key)
    [found] = proven(database)
    assert says in found.wrong


def test_a_damaged_raw_mail_shows_where_it_is_read(database: Database, a_mail: AMail) -> None:
    kept(database, a_mail())
    with database.writing() as session:
        session.execute(update(RawChunkRow).values(data=b"something else"))
    assert [each.wrong for each in proven(database)] == [""]
    assert "damaged" in proven(database, read=True)[0].wrong


@pytest.mark.parametrize(
    ("outcome", "wrong"), [("kept", True), ("too large", True), ("imported", False), ("same", False), ("unread", False)]
)
def test_a_mail_on_an_imap_server_that_counts_as_kept_has_an_envelope(
    database: Database, outcome: str, wrong: bool
) -> None:
    with database.writing() as session:
        at = {"account": "desk at imap.example", "folder": "INBOX", "uidvalidity": 1, "uid": 7}
        session.add(ImapMailRow(**at, outcome=outcome, size=10, at=NOW))
    [found] = proven(database)
    assert (found.name, found.source, found.outcome) == ("desk at imap.example/INBOX/1/7", "imap uid", outcome)
    assert bool(found.wrong) is wrong


def test_pages_leave_nothing_out(database: Database, a_mail: AMail, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailgateway.prove.PAGE", 3)
    keys = [kept(database, a_mail(message_id=f"<{each}@kundin.example>")) for each in range(8)]
    assert [each.name for each in proven(database)] == [key.hex[-8:] for key in keys]


def test_the_command_sums_up_and_fails_where_something_is_lost(
    tmp_path: Path, a_mail: AMail, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(brief, ["database", "upgrade"]).exit_code == 0
    database = open_database(f"sqlite:///{tmp_path / 'var' / 'desk.sqlite'}")
    kept(database, a_mail(message_id="<one@kundin.example>"))
    walk_due(database, POLICY, None, NOW)
    done = CliRunner().invoke(brief, ["mail", "prove", "--json"])
    assert json.loads(done.stdout) == {"accepted": 1, "by_source": {"smtp": {"conversation": 1}}, "difference": 0}
    assert "1 accepted, difference 0" in CliRunner().invoke(brief, ["mail", "prove"]).stdout
    with database.writing() as session:
        session.execute(delete(RawChunkRow))
    database.close()
    done = CliRunner().invoke(brief, ["mail", "prove", "--json"])
    assert done.exit_code == 1
    assert json.loads(done.stdout.splitlines()[0])["because"] == "its raw mail is gone"
    assert json.loads(done.stdout.splitlines()[-1])["difference"] == 1
