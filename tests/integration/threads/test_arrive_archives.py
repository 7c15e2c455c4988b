"""Mails out of an archive: both directions, nothing sent, nothing twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from storage.tables import (
    ConversationRow,
    MessageRow,
)
from threads.model import (
    Address,
    Source,
)

MONDAY = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def test_an_archive_comes_in_in_both_directions_and_sends_nothing(desk: Any) -> None:
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


def test_a_recent_conversation_of_an_archive_is_open_or_waits_for_the_customer(desk: Any) -> None:
    recent = desk.arrives(desk.mail(sent_at=MONDAY - timedelta(days=2)), imported=True, mail_from=None)
    assert desk.conversation(recent.conversation).status == "open"
    answer = desk.mail("support@desk.example", to=(Address("anna@kunde.example"),), in_reply_to=("<1@kunde.example>",))
    desk.arrives(answer, imported=True, mail_from=None)
    row = desk.conversation(recent.conversation)
    assert (row.status, row.waiting_since, row.due_at) == ("waiting", None, None)


def test_our_old_answer_alone_opens_a_conversation_with_who_got_it(desk: Any) -> None:
    mail = desk.mail("support@desk.example", to=(Address("anna@kunde.example", "Anna"),))
    recorded = desk.arrives(mail, imported=True, mail_from=None)
    assert desk.conversation(recorded.conversation).customer_address == "anna@kunde.example"
    reply = desk.arrives(desk.mail(in_reply_to=(mail.message_id,)), imported=True, mail_from=None)
    assert (reply.conversation, reply.held) == (recorded.conversation, False)


def test_a_mail_under_our_name_from_outside_is_not_our_answer(desk: Any) -> None:
    desk.arrives(desk.mail(), imported=True, mail_from=None)
    trace = (("received", "from mail.evil.example ([198.51.100.9]) by mx.desk.example with ESMTP"),)
    forged = desk.mail("support@desk.example", in_reply_to=("<1@kunde.example>",), headers=trace)
    recorded = desk.arrives(forged, imported=True, mail_from=None)
    assert (recorded.direction, recorded.held) == ("in", True)


def test_an_archive_twice_changes_nothing(desk: Any) -> None:
    mails = [desk.mail(sent_at=MONDAY - timedelta(days=each)) for each in range(5)]
    for _ in range(2):
        for mail in mails:
            desk.arrives(mail, imported=True, mail_from=None)
    assert len(desk.all(ConversationRow)) == len(desk.all(MessageRow)) == 5


def test_a_date_in_the_future_or_in_1970_is_borne(desk: Any) -> None:
    future = desk.arrives(desk.mail(sent_at=datetime(2038, 1, 19, tzinfo=UTC)), imported=True, mail_from=None)
    assert desk.conversation(future.conversation).opened_at <= desk.now
    past = desk.arrives(desk.mail(sent_at=datetime(1970, 1, 1, tzinfo=UTC)), imported=True, mail_from=None)
    assert desk.conversation(past.conversation).status == "closed"
