"""A mail arrives in a real database: everything that follows from it is written, or nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from knowledge.article import Article, Suggestion
from knowledge.article import Found as Answer
from storage.database import Database
from storage.ids import uuid7
from storage.outbox import OutgoingMail
from storage.raw import put_raw
from storage.tables import (
    AddressRow,
    AgentRow,
    ConversationRow,
    DeliveryRow,
    EnvelopeRow,
    EventRow,
    MessageRow,
    OutboxRow,
    ParticipantRow,
    PersonRow,
    SuggestionRow,
    TokenRow,
    WordRow,
)
from threads.arrival import Found, Recorded
from threads.arrive import arrive
from threads.hours import Calendar
from threads.model import (
    Address,
    Attachment,
    Authenticity,
    Classification,
    DeliveryStatus,
    Envelope,
    Forwarded,
    InboundMail,
    Kind,
    Mailbox,
    Priority,
    Source,
    Verdict,
)
from threads.policy import AcknowledgeLimits, Policy
from threads.priority import Rule

MONDAY = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
SUPPORT = Mailbox("support@desk.example", "Support")
SALES = Mailbox("sales@desk.example", "Vertrieb")
PERSON = Classification(Kind.PERSON, acknowledge=True, because="a person wrote it")
AWAY = Classification(Kind.AUTO_REPLY, acknowledge=False, because="an out-of-office notice")
BOUNCED = Classification(Kind.BOUNCE, False, "a bounce", ("anna@kunde.example",))


class Desk:
    """A desk that mails arrive at, one after another, a minute apart."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.now = MONDAY
        limits = AcknowledgeLimits(once_in=timedelta(0), address_a_day=100)
        self.policy = Policy(mailboxes=(SUPPORT, SALES), calendar=Calendar("Mo-Fr 08:00-17:00"), acknowledge=limits)
        self._number = 0

    def mail(self, author: str = "anna@kunde.example", **fields: Any) -> InboundMail:
        """A mail as it was read; each has a Message-ID of its own."""
        self._number += 1
        text = fields.pop("text", "Guten Tag, eine Frage.")
        values: dict[str, Any] = {
            "message_id": f"<{self._number}@kunde.example>", "in_reply_to": (), "references": (), "sent_at": self.now,
            "language": "de", "author": Address(author, "Anna Berger") if author else None, "sender": None, "reply_to": (),
            "to": (Address("support@desk.example"),), "cc": (), "subject": "Rechnung", "text": text, "reply": text,
            "attachments": (), "headers": (), "content_type": "text/plain", "size": 1000,
            "content_hash": hashlib.sha256(str(self._number).encode()).hexdigest(),
        }  # fmt: skip
        return InboundMail(**{**values, **fields})

    def found(self, mail: InboundMail, *mailboxes: Mailbox, **more: Any) -> Found:
        """The mail with an envelope that was accepted."""
        mailboxes = mailboxes or (SUPPORT,)
        sender = more.pop("mail_from", mail.author.address if mail.author else "")
        recipients = tuple(each.address for each in mailboxes)
        envelope = Envelope(
            more.pop("source", Source.SMTP), sender, recipients, self.now, client=more.pop("client", "")
        )
        with self.database.writing() as session:
            raw_id = put_raw(session, b"raw", self.now)
            row = EnvelopeRow(
                id=uuid7(), raw_id=raw_id, source=envelope.source.value, mail_from=sender, recipients=list(recipients),
                client=envelope.client, received_at=self.now, due_at=self.now, state="leased",
            )  # fmt: skip
            session.add(row)
        values: dict[str, Any] = {"classification": PERSON, "verdict": Verdict(Authenticity.UNKNOWN, "")}
        return Found(row.id, raw_id, envelope, mail, mailboxes=mailboxes, **{**values, **more})

    def arrives(self, mail: InboundMail, *mailboxes: Mailbox, **more: Any) -> Recorded:
        """Let it arrive."""
        found = self.found(mail, *mailboxes, **more)
        self.now += timedelta(minutes=1)
        with self.database.writing() as session:
            return arrive(session, found, self.policy, self.now)

    def conversation(self, key: UUID) -> ConversationRow:
        """How it stands now."""
        with self.database.reading() as session:
            return session.get_one(ConversationRow, key)

    def change(self, key: UUID, **fields: Any) -> None:
        """What an agent did."""
        with self.database.writing() as session:
            row = session.get_one(ConversationRow, key)
            for name, value in fields.items():
                setattr(row, name, value)

    def all(self, table: type[Any]) -> list[Any]:
        """Every row of a table."""
        with self.database.reading() as session:
            return list(session.scalars(select(table)))

    def letters(self) -> list[OutgoingMail]:
        """What stands in the outbox."""
        rows = sorted(self.all(OutboxRow), key=lambda row: row.id)
        return [OutgoingMail.from_json(row.mail) for row in rows]

    def people(self, key: UUID) -> dict[str, str]:
        """Who takes part, and as what."""
        query = (
            select(AddressRow.address, ParticipantRow.role)
            .join(ParticipantRow, ParticipantRow.person_id == AddressRow.person_id)
            .where(ParticipantRow.conversation_id == key)
        )
        with self.database.reading() as session:
            return {row.address: row.role for row in session.execute(query)}


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


def _suggestion(*, sure: bool) -> Suggestion:
    return Suggestion(Answer(Article("a", "Wie?", "So."), 1.0, "So geht es."), 0.9, sure)


def test_a_persons_mail_becomes_a_conversation_with_one_acknowledgement(desk: Desk) -> None:
    recorded = desk.arrives(desk.mail())
    row = desk.conversation(recorded.conversation)
    assert (recorded.new, recorded.held, recorded.acknowledged) == (True, False, True)
    assert (row.handle, row.status, row.messages, row.customer_address) == (
        "anna-rechnung", "open", 1, "anna@kunde.example",
    )  # fmt: skip
    assert row.due_at == datetime(2026, 1, 6, 8, 0, tzinfo=UTC)
    assert row.waiting_since == MONDAY
    [letter] = desk.letters()
    assert letter.recipients == ("anna@kunde.example",)
    assert letter.in_reply_to == "<1@kunde.example>"
    assert letter.reply_to.startswith("support+")
    assert recorded.handle not in letter.text
    [envelope] = desk.all(EnvelopeRow)
    assert (envelope.state, envelope.message_id) == ("done", recorded.message)
    assert [event.kind for event in desk.all(EventRow)] == ["opened"]
    assert {"anna", "rechnung"} <= {word.word for word in desk.all(WordRow)}
    assert desk.people(recorded.conversation) == {"anna@kunde.example": "customer"}


@pytest.mark.parametrize("way", ["token", "own id"])
def test_a_reply_to_our_acknowledgement_comes_back_into_the_conversation(desk: Desk, way: str) -> None:
    first = desk.arrives(desk.mail())
    [letter] = desk.letters()
    reply = (
        desk.mail(subject="ganz anders", to=(Address(letter.reply_to),))
        if way == "token"
        else desk.mail(subject="ganz anders", in_reply_to=(letter.message_id,))
    )
    second = desk.arrives(reply)
    assert (second.conversation, second.new, second.acknowledged) == (first.conversation, False, False)
    assert desk.conversation(first.conversation).messages == 2
    assert {row.signal for row in desk.all(MessageRow)} >= {way}


def test_the_same_mail_again_is_one_message(desk: Desk) -> None:
    mail = desk.mail()
    first, again = desk.arrives(mail), desk.arrives(mail)
    assert again.duplicate
    assert (again.conversation, again.message) == (first.conversation, first.message)
    assert len(desk.letters()) == 1
    assert sorted(row.state for row in desk.all(EnvelopeRow)) == ["done", "duplicate"]


def test_a_mail_to_two_mailboxes_is_one_message_with_two_deliveries_and_one_acknowledgement(desk: Desk) -> None:
    mail = desk.mail()
    first, second = desk.arrives(mail, SUPPORT), desk.arrives(mail, SALES)
    assert first.conversation == second.conversation
    assert {row.mailbox for row in desk.all(DeliveryRow)} == {"support@desk.example", "sales@desk.example"}
    assert len(desk.letters()) == 1
    reply = desk.mail(to=(Address("sales@desk.example"),), in_reply_to=(mail.message_id,), subject="Re: Rechnung")
    assert desk.arrives(reply, SALES).conversation == first.conversation


def test_a_stranger_is_held_beside_the_conversation_and_brings_nobody_in(desk: Desk) -> None:
    first = desk.arrives(desk.mail())
    desk.change(first.conversation, status="closed", closed_at=desk.now)
    eve = desk.mail("eve@evil.example", in_reply_to=("<1@kunde.example>",), cc=(Address("bob@evil.example"),))
    held = desk.arrives(eve)
    assert (held.conversation, held.held, held.acknowledged) == (first.conversation, True, False)
    row = desk.conversation(first.conversation)
    assert (row.status, row.messages) == ("closed", 1)
    assert desk.people(first.conversation) == {"anna@kunde.example": "customer"}
    assert "held" in {event.kind for event in desk.all(EventRow)}
    assert len(desk.letters()) == 1


def test_a_forged_participant_is_held(desk: Desk) -> None:
    desk.arrives(desk.mail())
    forged = desk.mail(in_reply_to=("<1@kunde.example>",))
    assert desk.arrives(forged, verdict=Verdict(Authenticity.FORGED, "DMARC failed")).held


def test_whoever_is_copied_takes_part_and_never_becomes_the_customer(desk: Desk) -> None:
    first = desk.arrives(desk.mail(cc=(Address("bert@partner.example", "Bert"), Address("sales@desk.example"))))
    assert desk.people(first.conversation) == {"anna@kunde.example": "customer", "bert@partner.example": "participant"}
    reply = desk.arrives(desk.mail("bert@partner.example", subject="AW: Rechnung"))
    assert (reply.conversation, reply.held) == (first.conversation, False)
    assert desk.conversation(first.conversation).customer_address == "anna@kunde.example"


def test_a_persons_reply_reopens_and_a_machines_does_not(desk: Desk) -> None:
    first = desk.arrives(desk.mail())
    for status in ("closed", "snoozed", "waiting"):
        desk.change(first.conversation, status=status, waiting_since=None, due_at=None)
        desk.arrives(desk.mail(in_reply_to=("<1@kunde.example>",)), classification=AWAY)
        assert desk.conversation(first.conversation).status == status
        desk.arrives(desk.mail(in_reply_to=("<1@kunde.example>",)))
        row = desk.conversation(first.conversation)
        assert (row.status, row.snoozed_until, row.closed_at) == ("open", None, None)
        assert row.due_at is not None
    assert desk.conversation(first.conversation).messages == 4


def test_who_waits_already_goes_on_waiting_since_then(desk: Desk) -> None:
    first = desk.arrives(desk.mail())
    before = desk.conversation(first.conversation)
    desk.arrives(desk.mail(in_reply_to=("<1@kunde.example>",)))
    after = desk.conversation(first.conversation)
    assert (after.waiting_since, after.due_at) == (before.waiting_since, before.due_at)


def test_a_machine_that_nobody_needs_starts_closed_and_is_not_answered(desk: Desk) -> None:
    recorded = desk.arrives(desk.mail(subject="Newsletter"), classification=AWAY)
    row = desk.conversation(recorded.conversation)
    assert (row.status, row.messages, row.due_at) == ("closed", 0, None)
    [event] = desk.all(EventRow)
    assert "an out-of-office notice" in event.because
    assert desk.letters() == []


def test_a_rule_opens_even_a_machines_mail(desk: Desk) -> None:
    rule = Rule("monitoring", senders=("@kunde.example",), opens=True, priority=Priority.HIGH, department="Technik")
    desk.policy = replace(desk.policy, rules=(rule,))
    row = desk.conversation(desk.arrives(desk.mail(), classification=AWAY).conversation)
    assert (row.status, row.priority, row.department) == ("open", "high", "Technik")
    assert desk.letters() == []


def test_a_bounce_stands_at_the_mail_of_ours_and_reopens_nothing(desk: Desk) -> None:
    first = desk.arrives(desk.mail())
    [letter] = desk.letters()
    desk.change(first.conversation, status="closed")
    report = DeliveryStatus(("anna@kunde.example",), (), letter.message_id)
    bounce = desk.mail("mailer-daemon@mx.example", status=report)
    recorded = desk.arrives(bounce, classification=BOUNCED, mail_from="")
    assert (recorded.conversation, recorded.held) == (first.conversation, False)
    assert desk.conversation(first.conversation).status == "closed"
    [event] = [event for event in desk.all(EventRow) if event.kind == "delivery"]
    assert event.data["failed"] == ["anna@kunde.example"]
    with desk.database.reading() as session:
        assert session.get_one(AddressRow, "anna@kunde.example").failed_at is not None


def test_thanks_in_answer_to_our_mail_close_the_conversation(desk: Desk) -> None:
    first = desk.arrives(desk.mail())
    [letter] = desk.letters()
    desk.arrives(desk.mail(text="Danke, das hilft!", in_reply_to=(letter.message_id,)))
    row = desk.conversation(first.conversation)
    assert (row.status, row.waiting_since, row.due_at, row.messages) == ("closed", None, None, 2)
    [event] = [event for event in desk.all(EventRow) if event.kind == "thanks"]
    assert event.data["before"]["status"] == "open"
    assert "danke das hilft" in event.because


@pytest.mark.parametrize("text", ["hilft leider nicht", "Danke, aber es geht nicht"])
def test_anything_else_leaves_it_open(desk: Desk, text: str) -> None:
    first = desk.arrives(desk.mail())
    [letter] = desk.letters()
    desk.arrives(desk.mail(text=text, in_reply_to=(letter.message_id,)))
    assert desk.conversation(first.conversation).status == "open"


def test_thanks_close_nothing_by_a_weaker_signal_or_a_stranger_or_with_a_file(desk: Desk) -> None:
    first = desk.arrives(desk.mail())
    [letter] = desk.letters()
    file = (Attachment("screenshot.png", "image/png", 1000, 1),)
    desk.arrives(desk.mail(text="Danke, das hilft", in_reply_to=("<1@kunde.example>",)))
    desk.arrives(desk.mail("eve@evil.example", text="Danke, das hilft", in_reply_to=(letter.message_id,)))
    desk.arrives(desk.mail(text="Danke", in_reply_to=(letter.message_id,), attachments=file))
    assert desk.conversation(first.conversation).status == "open"


def test_a_later_emergency_raises_the_conversation(desk: Desk) -> None:
    first = desk.arrives(desk.mail())
    desk.arrives(desk.mail(text="Jetzt ist der Server ausgefallen!", in_reply_to=("<1@kunde.example>",)))
    row = desk.conversation(first.conversation)
    assert (row.priority, row.rule) == ("critical", "server-down")
    desk.arrives(desk.mail(text="Und noch etwas.", in_reply_to=("<1@kunde.example>",)))
    assert desk.conversation(first.conversation).priority == "critical"


def test_a_customers_mail_forwarded_by_a_colleague_is_the_customers(desk: Desk) -> None:
    inner = Forwarded(Address("carl@firma.example", "Carl"), "Umzug", "Ich ziehe um.", "Ich ziehe um.")
    mail = desk.mail("chefin@desk.example", subject="WG: Umzug", forwarded=inner)
    recorded = desk.arrives(mail)
    row = desk.conversation(recorded.conversation)
    assert (row.customer_address, row.subject) == ("carl@firma.example", "Umzug")
    assert desk.people(recorded.conversation) == {
        "carl@firma.example": "customer", "chefin@desk.example": "participant",
    }  # fmt: skip
    assert desk.letters() == []


def test_a_colleague_may_be_a_customer_of_their_own_desk(desk: Desk) -> None:
    first = desk.arrives(desk.mail("paul@desk.example"))
    assert first.acknowledged
    [letter] = desk.letters()
    desk.change(first.conversation, status="waiting", waiting_since=None, due_at=None)
    desk.arrives(desk.mail("paul@desk.example", in_reply_to=(letter.message_id,)))
    assert desk.conversation(first.conversation).waiting_since is not None
    desk.arrives(desk.mail("paul@desk.example", text="Danke, das hilft", in_reply_to=(letter.message_id,)))
    assert desk.conversation(first.conversation).status == "closed"


def test_an_outsider_cannot_forward_in_somebody_elses_name(desk: Desk) -> None:
    inner = Forwarded(Address("carl@firma.example", "Carl"), "Umzug", "Ich ziehe um.", "Ich ziehe um.")
    recorded = desk.arrives(desk.mail("eve@evil.example", forwarded=inner))
    assert desk.conversation(recorded.conversation).customer_address == "eve@evil.example"


def test_an_agent_who_writes_by_mail_is_no_stranger_and_makes_nobody_wait(desk: Desk) -> None:
    with desk.database.writing() as session:
        session.add(AgentRow(id="max", email="Max@private.example", created_at=desk.now))
    first = desk.arrives(desk.mail())
    desk.change(first.conversation, status="waiting", waiting_since=None, due_at=None)
    [letter] = desk.letters()
    recorded = desk.arrives(desk.mail("max@private.example", to=(Address(letter.reply_to),)))
    assert (recorded.conversation, recorded.held) == (first.conversation, False)
    assert desk.conversation(first.conversation).waiting_since is None


def test_two_matters_of_one_person_never_melt_into_one(desk: Desk) -> None:
    first, second = desk.arrives(desk.mail()), desk.arrives(desk.mail())
    assert first.conversation != second.conversation
    assert first.handle != second.handle
    ambiguous = desk.arrives(desk.mail(subject="AW: Rechnung"))
    assert ambiguous.new
    [message] = [row for row in desk.all(MessageRow) if row.id == ambiguous.message]
    assert len(message.rejected) == 2


def test_what_was_merged_leads_on(desk: Desk) -> None:
    one, other = desk.arrives(desk.mail()), desk.arrives(desk.mail(subject="Umzug"))
    letter = desk.letters()[0]
    desk.change(one.conversation, merged_into_id=other.conversation)
    reply = desk.arrives(desk.mail(to=(Address(letter.reply_to),)))
    assert reply.conversation == other.conversation


def test_suggestions_are_kept_and_the_sure_ones_quoted(desk: Desk) -> None:
    desk.policy = replace(desk.policy, site_url="https://hilfe.example")
    desk.arrives(desk.mail(), suggestions=(_suggestion(sure=True), _suggestion(sure=False)))
    rows = sorted(desk.all(SuggestionRow), key=lambda row: row.rank)
    assert [row.quoted for row in rows] == [True, False]
    assert "https://hilfe.example/de/artikel/a" in desk.letters()[0].text


def test_two_desks_that_answer_each_other_fall_silent(desk: Desk) -> None:
    desk.policy = replace(desk.policy, acknowledge=AcknowledgeLimits(once_in=timedelta(0), address_a_day=5))
    for number in range(20):
        desk.arrives(desk.mail("desk@other.example", subject=f"Ihre Anfrage {number}"))
    assert len(desk.letters()) == 5


def test_a_visitor_cannot_bomb_others_through_the_form(desk: Desk) -> None:
    for number in range(10):
        desk.arrives(desk.mail(f"victim{number}@x.example"), source=Source.FORM, client="visitor-1")
    assert len(desk.letters()) == 5


def test_a_mail_that_could_hardly_be_read_is_still_a_conversation(desk: Desk) -> None:
    mail = desk.mail("", message_id=None, subject="", text="\0\ud800", defects=("it cannot be read",), sent_at=None)
    row = desk.conversation(desk.arrives(mail).conversation)
    assert (row.handle, row.status, row.customer_id) == ("jemand-nachricht", "open", None)
    assert desk.letters() == []


def test_everything_is_written_or_nothing(desk: Desk) -> None:
    class Broken(Exception):
        pass

    found = desk.found(desk.mail())

    def work() -> None:
        with desk.database.writing() as session:
            arrive(session, found, desk.policy, desk.now)
            raise Broken

    with pytest.raises(Broken):
        work()
    assert [len(desk.all(table)) for table in (ConversationRow, MessageRow, OutboxRow, EventRow, PersonRow)] == [0] * 5


def test_mails_of_one_conversation_at_the_same_moment_are_each_placed_once(desk: Desk) -> None:
    first = desk.arrives(desk.mail(cc=tuple(Address(f"p{each}@partner.example") for each in range(6))))
    replies = [
        desk.found(
            desk.mail(f"p{each}@partner.example", in_reply_to=("<1@kunde.example>",), cc=(Address("new@x.example"),))
        )
        for each in range(6)
    ]

    def work(found: Found) -> Recorded:
        with desk.database.writing() as session:
            return arrive(session, found, desk.policy, desk.now)

    with ThreadPoolExecutor(6) as pool:
        recorded = list(pool.map(work, replies))
    assert {each.conversation for each in recorded} == {first.conversation}
    assert desk.conversation(first.conversation).messages == 7


def test_the_same_mail_at_the_same_moment_over_two_connections_is_one(desk: Desk) -> None:
    mail = desk.mail()
    twice = [desk.found(mail, SUPPORT), desk.found(mail, SALES)]

    def work(found: Found) -> Recorded:
        with desk.database.writing() as session:
            return arrive(session, found, desk.policy, desk.now)

    with ThreadPoolExecutor(2) as pool:
        recorded = list(pool.map(work, twice))
    assert sorted(each.duplicate for each in recorded) == [False, True]
    assert len(desk.letters()) == 1


# ---------------------------------------------------------------- archives


def test_an_archive_comes_in_in_both_directions_and_sends_nothing(desk: Desk) -> None:
    question = desk.mail(sent_at=MONDAY - timedelta(days=400))
    answer = desk.mail(
        "support@desk.example", to=(Address("anna@kunde.example"),), in_reply_to=("<1@kunde.example>",),
        subject="Re: Rechnung", sent_at=MONDAY - timedelta(days=399),
    )  # fmt: skip
    one = desk.arrives(question, imported=True, source=Source.FILE, mail_from=None)
    two = desk.arrives(answer, imported=True, source=Source.FILE, mail_from=None)
    assert (one.direction, two.direction) == ("in", "out")
    assert one.conversation == two.conversation
    row = desk.conversation(one.conversation)
    assert (row.status, row.messages, row.due_at, row.waiting_since) == ("closed", 2, None, None)
    assert row.opened_at == question.sent_at
    assert desk.letters() == []


def test_a_recent_conversation_of_an_archive_is_open_or_waits_for_the_customer(desk: Desk) -> None:
    recent = desk.arrives(desk.mail(sent_at=MONDAY - timedelta(days=2)), imported=True, mail_from=None)
    assert desk.conversation(recent.conversation).status == "open"
    answer = desk.mail("support@desk.example", to=(Address("anna@kunde.example"),), in_reply_to=("<1@kunde.example>",))
    desk.arrives(answer, imported=True, mail_from=None)
    row = desk.conversation(recent.conversation)
    assert (row.status, row.waiting_since, row.due_at) == ("waiting", None, None)


def test_our_old_answer_alone_opens_a_conversation_with_who_got_it(desk: Desk) -> None:
    mail = desk.mail("support@desk.example", to=(Address("anna@kunde.example", "Anna"),))
    recorded = desk.arrives(mail, imported=True, mail_from=None)
    assert desk.conversation(recorded.conversation).customer_address == "anna@kunde.example"
    reply = desk.arrives(desk.mail(in_reply_to=(mail.message_id,)), imported=True, mail_from=None)
    assert (reply.conversation, reply.held) == (recorded.conversation, False)


def test_a_mail_under_our_name_from_outside_is_not_our_answer(desk: Desk) -> None:
    desk.arrives(desk.mail(), imported=True, mail_from=None)
    trace = (("received", "from mail.evil.example ([198.51.100.9]) by mx.desk.example with ESMTP"),)
    forged = desk.mail("support@desk.example", in_reply_to=("<1@kunde.example>",), headers=trace)
    recorded = desk.arrives(forged, imported=True, mail_from=None)
    assert (recorded.direction, recorded.held) == ("in", True)


def test_an_archive_twice_changes_nothing(desk: Desk) -> None:
    mails = [desk.mail(sent_at=MONDAY - timedelta(days=each)) for each in range(5)]
    for _ in range(2):
        for mail in mails:
            desk.arrives(mail, imported=True, mail_from=None)
    assert len(desk.all(ConversationRow)) == len(desk.all(MessageRow)) == 5


def test_a_date_in_the_future_or_in_1970_is_borne(desk: Desk) -> None:
    future = desk.arrives(desk.mail(sent_at=datetime(2038, 1, 19, tzinfo=UTC)), imported=True, mail_from=None)
    assert desk.conversation(future.conversation).opened_at <= desk.now
    past = desk.arrives(desk.mail(sent_at=datetime(1970, 1, 1, tzinfo=UTC)), imported=True, mail_from=None)
    assert desk.conversation(past.conversation).status == "closed"


def test_a_mail_reaches_its_conversation_in_a_bounded_number_of_statements(
    desk: Desk, counted: Callable[[Session], list[str]]
) -> None:
    desk.arrives(desk.mail())
    found = desk.found(desk.mail(in_reply_to=("<1@kunde.example>",)))
    with desk.database.writing() as session:
        statements = counted(session)
        arrive(session, found, desk.policy, desk.now)
    assert len(statements) <= 40


@pytest.fixture
def counted() -> Callable[[Session], list[str]]:
    """Records every statement of a session's connection from now on."""
    from sqlalchemy import event

    def listen(session: Session) -> list[str]:
        statements: list[str] = []
        event.listen(
            session.connection(), "before_cursor_execute", lambda *each: statements.append(each[2]), named=False
        )
        return statements

    return listen


def test_tokens_are_made_once_a_conversation(desk: Desk) -> None:
    desk.arrives(desk.mail())
    with desk.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(TokenRow)) == 1


@pytest.fixture
def agents(desk: Desk) -> None:
    with desk.database.writing() as session:
        for key, email in (("lena", "lena@desk.example"), ("ole", "ole@desk.example"), ("mute", "")):
            session.add(AgentRow(id=key, name=key, email=email, created_at=MONDAY))
        session.add(AgentRow(id="gone", email="gone@desk.example", created_at=MONDAY, disabled_at=MONDAY))


@pytest.mark.usefixtures("agents")
def test_no_agent_is_told_by_mail_until_that_is_set(desk: Desk) -> None:
    desk.arrives(desk.mail())
    assert [row.purpose for row in desk.all(OutboxRow)] == ["acknowledgement"]


@pytest.mark.usefixtures("agents")
def test_agents_are_told_of_a_new_conversation_once_that_is_set(desk: Desk) -> None:
    desk.policy = replace(desk.policy, notify_new=True)
    desk.arrives(desk.mail())
    desk.arrives(desk.mail(in_reply_to=("<1@kunde.example>",)))
    notices = [row for row in desk.all(OutboxRow) if row.purpose == "notice"]
    assert sorted(row.recipient for row in notices) == ["lena@desk.example", "ole@desk.example"]
    letter = OutgoingMail.from_json(notices[0].mail)
    assert dict(letter.headers)["Auto-Submitted"] == "auto-generated"
    assert letter.envelope_from == ""
    assert "brief show anna-rechnung" in letter.text


@pytest.mark.usefixtures("agents")
def test_nobody_is_told_of_a_machines_mail_or_of_their_own(desk: Desk) -> None:
    desk.policy = replace(desk.policy, notify_new=True)
    desk.arrives(desk.mail(author="roboter@kunde.example"), classification=AWAY)
    desk.arrives(desk.mail(author="lena@desk.example"))
    assert [row.recipient for row in desk.all(OutboxRow) if row.purpose == "notice"] == ["ole@desk.example"]
