"""Two matters of one customer at a desk with agents, for tests that join them and take them apart again."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from storage.outbox import Sent, lease_due, settle
from storage.tables import (
    ConversationRow,
    EventRow,
    MessageRow,
    OutboxRow,
    ParticipantRow,
    PersonRow,
    SubjectRow,
    WordRow,
)
from threads.arrive import Recorded
from threads.store.asked import tags_of
from threads.store.belongings import set_apart

Arrives = Callable[..., Recorded]
ONE, OTHER = 0, 1
FIRST = (("Rechnung", "Wo ist die Rechnung vom Mai?"), ("Invoice for June", "Where is the one for June, please?"))
URGENT = "Unser Server ist ausgefallen, nichts geht mehr!"
WEBSITE = "Unsere Website ist seit heute früh komplett offline."
PASSED_ON = (
    "Bitte kümmern.\n\n---------- Forwarded message ---------\nFrom: Carl Kunde <carl@kunde.example>\n"
    "Date: Mon, 23 Nov 2026 09:00:00 +0100\nSubject: Kaputt\nTo: ben@localhost\n\nMein Router ist kaputt.\n"
)
"""A matter of Carl's, as a colleague passes it on."""
NUMBERS = itertools.count(1)
_REPORT = """From: MAILER-DAEMON@mx.example
To: support@localhost
Subject: Undelivered Mail Returned to Sender
Date: Tue, 24 Nov 2026 10:00:00 +0100
Message-ID: <report@mx.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; {address}
Action: failed
Status: 5.1.1
{original}
--b--
"""


@dataclass
class Matters:
    """Two matters of one customer, who writes of both in one mail."""

    desk: Any
    arrives: Arrives
    a_mail: Callable[..., bytes]
    number: int = field(default_factory=lambda: next(NUMBERS))
    came: dict[str, Recorded] = field(default_factory=dict)

    @property
    def author(self) -> str:
        return f"Anna Beispiel <anna@kunde{self.number}.example>"

    def id_of(self, name: str) -> str:
        return f"<{name}@kunde{self.number}.example>"

    def comes(self, name: str, subject: str, text: str, *refers_to: str) -> Recorded:
        """A mail of the customer; it answers the first that it refers to."""
        named = [self.id_of(each) for each in refers_to]
        headers = {"in_reply_to": named[0], "references": " ".join(reversed(named))} if named else {}
        raw = self.a_mail(author=self.author, subject=subject, text=text, message_id=self.id_of(name), **headers)
        self.came[name] = self.arrives(raw)
        return self.came[name]

    def begin(self) -> None:
        for name, (subject, text) in zip(("one", "other"), FIRST, strict=True):
            self.comes(name, subject, text)

    def both_in_one(self, home: int = ONE, text: str = "Zu beidem noch etwas.") -> Recorded:
        """The mail that names mails of both; without the other it belongs to `home`."""
        named = ("one", "other") if home == ONE else ("other", "one")
        return self.comes("both", FIRST[home][0], text, *named)

    @property
    def handles(self) -> tuple[str, str]:
        return self.came["one"].handle, self.came["other"].handle

    def place(self, name: str) -> str:
        """Where a mail stands now."""
        with self.desk.database.reading() as session:
            key = session.get_one(MessageRow, self.came[name].message).conversation_id
            return str(session.get_one(ConversationRow, key).handle)

    def code(self, name: str) -> str:
        with self.desk.database.reading() as session:
            return str(session.get_one(MessageRow, self.came[name].message).code)

    def received_at(self, name: str) -> datetime:
        with self.desk.database.reading() as session:
            found: datetime = session.get_one(MessageRow, self.came[name].message).received_at
            return found

    def row(self, which: int) -> ConversationRow:
        with self.desk.database.reading() as session:
            found: ConversationRow = session.get_one(ConversationRow, self.came[("one", "other")[which]].conversation)
            return found

    def set_apart(self) -> None:
        with self.desk.database.writing() as session:
            set_apart(session, self.came["one"].conversation, self.came["other"].conversation)

    def state(self) -> dict[str, Any]:
        """All that an agent finds of both, in words that are the same for another customer."""
        return {name: self._state(self.came[name].conversation) for name in ("one", "other")}

    def _state(self, key: Any) -> Any:
        fields = ("status", "priority", "rule", "priority_because", "messages", "waiting_since", "due_at", "snoozed_until",
                  "closed_at", "updated_at", "assignee_id", "customer_address", "merged_into_id", "department", "sla",
                  "billable_at")  # fmt: skip
        with self.desk.database.reading() as session:
            row = session.get_one(ConversationRow, key)
            messages = session.scalars(select(MessageRow).where(MessageRow.conversation_id == key)).all()
            people = (
                select(PersonRow.name, ParticipantRow.role, ParticipantRow.since_at)
                .join(ParticipantRow, ParticipantRow.person_id == PersonRow.id)
                .where(ParticipantRow.conversation_id == key)
            )
            words = session.scalars(select(WordRow.word).where(WordRow.conversation_id == key))
            subjects = session.scalars(select(SubjectRow.canonical_subject).where(SubjectRow.conversation_id == key))
            events = session.scalars(select(EventRow).where(EventRow.conversation_id == key)).all()
            found = {
                **{name: getattr(row, name) for name in fields},
                "mails": sorted((each.received_at, each.subject, each.direction, each.held) for each in messages),
                "people": sorted(map(tuple, session.execute(people))),
                "words": sorted(words),
                "subjects": sorted(subjects),
                "tags": tags_of(session, key),
                "events": sorted(each.kind for each in events if each.undone_at is None),
            }
        return without_number(found, self.number)


def without_number(value: Any, number: int) -> Any:
    if isinstance(value, dict):
        return {key: without_number(each, number) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [without_number(each, number) for each in value]
    return value.replace(f"kunde{number}", "kunde") if isinstance(value, str) else value


def reason(matters: Matters, name: str) -> Any:
    """By which signal a mail stands where it does, and why."""
    with matters.desk.database.reading() as session:
        row = session.get_one(MessageRow, matters.came[name].message)
        return without_number([row.signal, row.because], matters.number)


def differences(desk: Any) -> tuple[Any, ...]:
    """What an archive threaded anew would have elsewhere."""
    found = desk.look_through()
    assert found.unread == ()
    return tuple(found.differences)


def last_sent(desk: Any) -> dict[str, Any]:
    """What went out last."""
    with desk.database.reading() as session:
        [ours] = session.scalars(select(OutboxRow).order_by(OutboxRow.id.desc()).limit(1))
        return dict(ours.mail)


def reports(who: str, message_id: str = "") -> bytes:
    """A report that a mail to somebody failed, which may name that mail."""
    original = f"\n--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: {message_id}\n" if message_id else ""
    address = who.partition("<")[2].rstrip(">")
    return _REPORT.format(address=address, original=original).replace("\n", "\r\n").encode()


def send_all(desk: Any, now: datetime) -> int:
    """Hand every mail that is due to a relay that takes it."""
    with desk.database.writing() as session:
        leased = lease_due(session, now, timedelta(minutes=5), 100)
        for each in leased:
            settle(session, each, Sent("250 2.0.0 taken"), now)
    return len(leased)
