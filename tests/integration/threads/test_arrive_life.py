"""What a mail does to its conversation: it opens, waits, is closed by thanks, or is raised by an emergency."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from storage.tables import (
    AddressRow,
    EventRow,
)
from threads.model import (
    Address,
    Attachment,
    Classification,
    DeliveryStatus,
    Kind,
    Priority,
)
from threads.priority import Rule

AWAY = Classification(Kind.AUTO_REPLY, acknowledge=False, because="an out-of-office notice")
BOUNCED = Classification(Kind.BOUNCE, False, "a bounce", ("anna@kunde.example",))


def test_a_persons_reply_reopens_and_a_machines_does_not(desk: Any) -> None:
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


def test_who_waits_already_goes_on_waiting_since_then(desk: Any) -> None:
    first = desk.arrives(desk.mail())
    before = desk.conversation(first.conversation)
    desk.arrives(desk.mail(in_reply_to=("<1@kunde.example>",)))
    after = desk.conversation(first.conversation)
    assert (after.waiting_since, after.due_at) == (before.waiting_since, before.due_at)


def test_a_machine_that_nobody_needs_starts_closed_and_is_not_answered(desk: Any) -> None:
    recorded = desk.arrives(desk.mail(subject="Newsletter"), classification=AWAY)
    row = desk.conversation(recorded.conversation)
    assert (row.status, row.messages, row.due_at) == ("closed", 0, None)
    [event] = desk.all(EventRow)
    assert "an out-of-office notice" in event.because
    assert desk.letters() == []


def test_a_rule_opens_even_a_machines_mail(desk: Any) -> None:
    rule = Rule("monitoring", senders=("@kunde.example",), opens=True, priority=Priority.HIGH, department="Technik")
    desk.policy = replace(desk.policy, rules=(rule,))
    row = desk.conversation(desk.arrives(desk.mail(), classification=AWAY).conversation)
    assert (row.status, row.priority, row.department) == ("open", "high", "Technik")
    assert desk.letters() == []


def test_a_bounce_stands_at_the_mail_of_ours_and_reopens_nothing(desk: Any) -> None:
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


def test_thanks_in_answer_to_our_mail_close_the_conversation(desk: Any) -> None:
    first = desk.arrives(desk.mail())
    [letter] = desk.letters()
    desk.arrives(desk.mail(text="Danke, das hilft!", in_reply_to=(letter.message_id,)))
    row = desk.conversation(first.conversation)
    assert (row.status, row.waiting_since, row.due_at, row.messages) == ("closed", None, None, 2)
    [event] = [event for event in desk.all(EventRow) if event.kind == "thanks"]
    assert event.data["before"]["status"] == "open"
    assert "danke das hilft" in event.because


def test_mere_thanks_close_only_where_nobody_waits_for_an_answer(desk: Any) -> None:
    first = desk.arrives(desk.mail())
    [letter] = desk.letters()
    desk.arrives(desk.mail(text="Vielen Dank!", in_reply_to=(letter.message_id,)))
    waits = desk.conversation(first.conversation)
    assert (waits.status, waits.waiting_since is not None) == ("open", True)

    desk.change(first.conversation, status="waiting", waiting_since=None, due_at=None)
    desk.arrives(desk.mail(text="Vielen Dank!", in_reply_to=(letter.message_id,)))
    assert desk.conversation(first.conversation).status == "closed"


@pytest.mark.parametrize("text", ["Vielen Dank!", "Hat sich erledigt", "thanks, solved"])
def test_thanks_leave_closed_what_is_closed_and_say_so(desk: Any, text: str) -> None:
    first = desk.arrives(desk.mail())
    [letter] = desk.letters()
    desk.change(first.conversation, status="closed", closed_at=desk.now, waiting_since=None, due_at=None)
    desk.arrives(desk.mail(text=text, in_reply_to=(letter.message_id,)))
    row = desk.conversation(first.conversation)
    assert (row.status, row.waiting_since, row.messages) == ("closed", None, 2)
    [event] = [event for event in desk.all(EventRow) if event.kind == "thanks"]
    assert "so it is settled" in event.because


def test_no_machine_opens_what_is_closed_whatever_proves_that_it_got_our_mail(desk: Any) -> None:
    first = desk.arrives(desk.mail())
    [letter] = desk.letters()
    desk.change(first.conversation, status="closed", closed_at=desk.now, waiting_since=None, due_at=None)
    delayed = DeliveryStatus((), ("anna@kunde.example",), letter.message_id)
    read = Classification(Kind.DELIVERY_REPORT, acknowledge=False, because="a read receipt")
    for machine, more in ((AWAY, {}), (BOUNCED, {"status": delayed}), (read, {})):
        mail = desk.mail(in_reply_to=(letter.message_id,), to=(Address(letter.reply_to),), **more)
        recorded = desk.arrives(mail, classification=machine)
        assert recorded.conversation == first.conversation
        assert desk.conversation(first.conversation).status == "closed"


@pytest.mark.parametrize("text", ["hilft leider nicht", "Danke, aber es geht nicht"])
def test_anything_else_leaves_it_open(desk: Any, text: str) -> None:
    first = desk.arrives(desk.mail())
    [letter] = desk.letters()
    desk.arrives(desk.mail(text=text, in_reply_to=(letter.message_id,)))
    assert desk.conversation(first.conversation).status == "open"


def test_thanks_close_nothing_by_a_weaker_signal_or_a_stranger_or_with_a_file(desk: Any) -> None:
    first = desk.arrives(desk.mail())
    [letter] = desk.letters()
    file = (Attachment("screenshot.png", "image/png", 1000, 1),)
    desk.arrives(desk.mail(text="Danke, das hilft", in_reply_to=("<1@kunde.example>",)))
    desk.arrives(desk.mail("eve@evil.example", text="Danke, das hilft", in_reply_to=(letter.message_id,)))
    desk.arrives(desk.mail(text="Danke, das hilft", in_reply_to=(letter.message_id,), attachments=file))
    assert desk.conversation(first.conversation).status == "open"


def test_a_later_emergency_raises_the_conversation(desk: Any) -> None:
    first = desk.arrives(desk.mail())
    desk.arrives(desk.mail(text="Jetzt ist der Server ausgefallen!", in_reply_to=("<1@kunde.example>",)))
    row = desk.conversation(first.conversation)
    assert (row.priority, row.rule) == ("critical", "server-down")
    desk.arrives(desk.mail(text="Und noch etwas.", in_reply_to=("<1@kunde.example>",)))
    assert desk.conversation(first.conversation).priority == "critical"


@pytest.mark.parametrize("status", ["open", "waiting", "closed"])
def test_an_emergency_is_due_as_one_in_whatever_state_its_conversation_is(desk: Any, status: str) -> None:
    first = desk.arrives(desk.mail(message_id="<one@x>"))
    if status != "open":
        desk.change(first.conversation, status=status, waiting_since=None, due_at=None)
    desk.arrives(desk.mail(in_reply_to=("<one@x>",), text="Unser Server ist ausgefallen!"))
    other = desk.arrives(desk.mail(message_id="<two@x>", subject="Notfall", text="Unser Server ist ausgefallen!"))
    late, at_once = desk.conversation(first.conversation), desk.conversation(other.conversation)
    assert late.priority == "critical"
    assert late.due_at <= at_once.due_at
