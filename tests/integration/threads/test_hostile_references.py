"""What a mail names may be empty, twice the same, endless, forged, a loop, or from another century: it is placed all the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from mailgateway.importing import import_mails
from mailgateway.intake import walk_due
from mailgateway.receive import put_envelope
from storage.database import Database, open_database
from storage.tables import ConversationRow, EnvelopeRow, MessageRow, OutboxRow
from threads.hours import Calendar
from threads.model import Envelope, Mailbox, Source
from threads.policy import Policy

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
POLICY = Policy(mailboxes=(Mailbox("support@localhost"),), calendar=Calendar("Mo-Fr 08:00-17:00"))
ANNA, EVE = "anna@kunde.example", "eve@evil.example"
NO_IDS = (
    "",
    "<>",
    "< >",
    "<@>",
    "<null>",
    "null",
    "<unknown@unknown>",
    "<none>",
    "<undefined>",
    "<-@->",
    "<<>>",
    "<\x00>",
)


@dataclass
class Office:
    """A desk at which mails arrive."""

    database: Database
    now: datetime = NOW

    def arrives(self, raw: bytes, sender: str = ANNA) -> MessageRow:
        """Take a mail in at once; the message that it became."""
        self.now += timedelta(minutes=1)
        with self.database.writing() as session:
            envelope = Envelope(Source.SMTP, sender, ("support@localhost",), self.now)
            kept = put_envelope(session, envelope, raw)
        assert walk_due(self.database, POLICY, None, self.now) == {"done": 1}
        with self.database.reading() as session:
            return session.scalars(select(MessageRow).where(MessageRow.raw_id == kept.raw_id)).one()

    def conversation(self, message: MessageRow) -> ConversationRow:
        """Where a message stands."""
        with self.database.reading() as session:
            return session.get_one(ConversationRow, message.conversation_id)


def with_headers(mail: bytes, headers: Mapping[str, str]) -> bytes:
    """A mail with headers that no mail program writes: each in one line, however long and odd."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return lines.encode("utf-8", "surrogatepass") + mail


@pytest.fixture
def office(database: Database) -> Office:
    """A desk in each database."""
    return Office(database)


@pytest.fixture
def sqlite_office(sqlite_file_url: str) -> Iterator[Office]:
    """A desk in SQLite."""
    database = open_database(sqlite_file_url)
    yield Office(database)
    database.close()


@pytest.mark.parametrize("nothing", NO_IDS)
def test_two_strangers_who_name_no_mail_in_the_same_way_have_nothing_in_common(
    sqlite_office: Office, a_mail: Any, nothing: str
) -> None:
    names = ("Message-ID", "In-Reply-To", "References")
    raws = [
        with_headers(a_mail(author=each, subject="Re: Frage", message_id=None), dict.fromkeys(names, nothing))
        for each in (ANNA, EVE)
    ]
    one, other = (sqlite_office.arrives(raw, each) for raw, each in zip(raws, (ANNA, EVE), strict=True))
    assert one.conversation_id != other.conversation_id
    assert not other.held


def test_an_id_that_two_mails_bear_leads_to_the_one_with_the_subject(office: Office, a_mail: Any) -> None:
    same = "<twice@program.example>"
    first = office.arrives(a_mail(author=ANNA, subject="Rechnung", message_id=same))
    second = office.arrives(a_mail(author=EVE, subject="Vertrag", message_id=same, text="Anders.\n"), EVE)
    assert first.conversation_id != second.conversation_id
    answer = office.arrives(a_mail(author=ANNA, subject="Re: Rechnung", in_reply_to=same, references=same))
    assert (answer.conversation_id, answer.held) == (first.conversation_id, False)


@pytest.mark.parametrize("place", [0, 4999, 9999])
def test_ten_thousand_references_are_taken_and_the_nearest_and_the_first_lead(
    office: Office, a_mail: Any, place: int
) -> None:
    first = office.arrives(a_mail(author=ANNA, subject="Rechnung", message_id="<there@kunde.example>"))
    chain = [f"<{each}@nowhere.example>" for each in range(10_000)]
    chain[place] = "<there@kunde.example>"
    answer = office.arrives(a_mail(author=ANNA, subject="Ganz anders", references=" ".join(chain)))
    assert (answer.conversation_id == first.conversation_id) is (place != 4999)


@pytest.mark.parametrize("length", [997, 5_000, 500_000])
def test_an_enormous_id_neither_stops_nor_leads(office: Office, a_mail: Any, length: int) -> None:
    enormous = f"<{'x' * length}@example.com>"
    one = office.arrives(with_headers(a_mail(author=ANNA, message_id=None), {"Message-ID": enormous}))
    other = office.arrives(with_headers(a_mail(author=EVE), {"In-Reply-To": enormous}), EVE)
    assert one.conversation_id != other.conversation_id or (length < 998 and other.held)


@pytest.mark.parametrize(
    "token", ["a" * 16, "a" * 15, "a" * 5000, "A234567BCDEFGHIJ", "../../../../etc", "%00%00%00%00%00%0", "ä" * 16]
)
def test_a_reply_address_that_nobody_gave_out_is_that_of_a_new_mail(office: Office, a_mail: Any, token: str) -> None:
    there = office.arrives(a_mail(author=ANNA))
    raw: bytes = a_mail(author=EVE, to="x@localhost", subject="Re: Frage zur Rechnung")
    message = office.arrives(raw.replace(b"To: x@localhost", f"To: <support+{token}@localhost>".encode()), EVE)
    assert (message.conversation_id != there.conversation_id, message.held) == (True, False)


def test_whoever_names_our_id_without_having_part_is_held_and_changes_nothing(office: Office, a_mail: Any) -> None:
    there = office.arrives(a_mail(author=ANNA))
    with office.database.reading() as session:
        ours = session.scalars(select(OutboxRow)).one().mail["message_id"]
    before = office.conversation(there)
    forged = office.arrives(a_mail(author=EVE, in_reply_to=ours, references=ours), EVE)
    after = office.conversation(there)
    assert (forged.conversation_id, forged.held) == (there.conversation_id, True)
    assert (after.messages, after.status, after.customer_address) == (before.messages, before.status, ANNA)


def test_a_mail_that_answers_itself_is_a_new_one(office: Office, a_mail: Any) -> None:
    itself = "<itself@kunde.example>"
    message = office.arrives(
        a_mail(author=ANNA, message_id=itself, in_reply_to=itself, references=f"{itself} {itself}")
    )
    assert (message.signal, message.held) == ("new", False)


def test_mails_that_answer_each_other_in_a_ring_are_one_conversation(office: Office, a_mail: Any) -> None:
    ring = [f"<{each}@kunde.example>" for each in range(5)]
    messages = [
        office.arrives(a_mail(author=ANNA, subject=f"Brief {n}", message_id=ring[n], in_reply_to=ring[n - 1], references=" ".join(ring)))
        for n in (0, 2, 4, 1, 3)
    ]  # fmt: skip
    assert len({each.conversation_id for each in messages}) == 1


@pytest.mark.parametrize(
    "date",
    [
        "Thu, 01 Jan 1970 00:00:00 +0000",
        "Tue, 19 Jan 2038 03:14:08 +0000",
        "Fri, 31 Dec 9999 23:59:59 -1200",
        "gestern",
    ],
)
def test_a_date_that_cannot_be_makes_no_thread_old_or_new(office: Office, a_mail: Any, date: str) -> None:
    first = office.arrives(a_mail(author=ANNA, subject="Rechnung", message_id="<q@kunde.example>", date=date))
    answer = office.arrives(a_mail(author=ANNA, subject="Etwas anderes", in_reply_to="<q@kunde.example>", date=date))
    by_subject = office.arrives(a_mail(author=ANNA, subject="Re: Rechnung", date=date))
    assert {answer.conversation_id, by_subject.conversation_id} == {first.conversation_id}
    assert abs(office.conversation(first).updated_at - NOW) < timedelta(hours=1)


@pytest.mark.parametrize("date", ["Thu, 01 Jan 1970 00:00:00 +0000", "Tue, 19 Jan 2038 03:14:08 +0000"])
def test_out_of_an_archive_too(database: Database, a_mail: Any, date: str) -> None:
    """And no conversation is open until 2038 because a clock was wrong."""
    raws = [
        a_mail(author=ANNA, subject="Rechnung", message_id="<q@kunde.example>", date=date),
        a_mail(author="support@localhost", to=ANNA, subject="Re: Rechnung", in_reply_to="<q@kunde.example>", date=NOW),
    ]
    done = list(import_mails(database, POLICY, ((str(n), raw, NOW) for n, raw in enumerate(raws)), NOW))
    assert len({each.conversation for each in done}) == 1
    with database.reading() as session:
        row = session.scalars(select(ConversationRow)).one()
        assert row.updated_at <= NOW
        assert all(each.received_at <= NOW for each in session.scalars(select(MessageRow)))


_ID = st.one_of(
    st.sampled_from(NO_IDS),
    st.sampled_from(["<q@kunde.example>", "q@kunde.example", "<q@kunde.example", "<Q@KUNDE.EXAMPLE>"]),
    st.text(max_size=60),
    st.binary(max_size=60).map(lambda raw: raw.decode("latin-1")),
)


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(ids=st.lists(_ID, max_size=6), kind=st.sampled_from(["Message-ID", "In-Reply-To", "References", "Thread-Index"]))
def test_whatever_stands_in_the_headers_the_mail_is_taken(
    sqlite_office: Office, a_mail: Callable[..., bytes], ids: list[str], kind: str
) -> None:
    value = " ".join(ids).replace("\r", " ").replace("\n", " ")
    message = sqlite_office.arrives(with_headers(a_mail(author=EVE, message_id=None), {kind: value}), EVE)
    with sqlite_office.database.reading() as session:
        assert session.scalars(select(EnvelopeRow.state).where(EnvelopeRow.raw_id == message.raw_id)).one() == "done"
