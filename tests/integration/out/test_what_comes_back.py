"""A bounce finds the mail of ours that it is about, or concerns nobody; it is seen, and opens nothing that is closed."""

from __future__ import annotations

import re
from collections.abc import Callable
from email import message_from_bytes
from typing import Any

import pytest
from sqlalchemy import select

from storage.outgoing import OutgoingMail
from storage.tables import AddressRow, MessageRow, StopRow

Answered = Callable[..., Any]
WORDS = "550 5.1.1 <anna@kundin.example>: nobody of that name"


def a_report(
    *,
    action: str = "failed",
    code: str = "5.1.1",
    recipient: str = "anna@kundin.example",
    original: bytes = b"",
    enclosed: str = "message/rfc822",
    said: str = WORDS,
) -> bytes:
    """A report as RFC 3464 has it, with the mail that came back or its header."""
    enclosure = f"--b\nContent-Type: {enclosed}\n\n".encode() + original + b"\n" if original else b""
    return (
        f"""From: MAILER-DAEMON@mx.kundin.example
To: support@wir.example
Subject: Delivery Status Notification
Message-ID: <report-{abs(hash((action, code, recipient, original, said)))}@mx.kundin.example>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

Your mail has a problem.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.kundin.example

Final-Recipient: rfc822; {recipient}
Action: {action}
Status: {code}
Diagnostic-Code: smtp; {said}
""".encode()
        + enclosure
        + b"--b--\n"
    )


def header_of(mail: Any) -> bytes:
    return bytes(mail.data).partition(b"\r\n\r\n")[0].replace(b"\r\n", b"\n") + b"\n"


def stops_of(office: Any) -> dict[str, str]:
    with office.database.reading() as session:
        return {row.address: row.because for row in session.scalars(select(StopRow))}


def kinds_of(office: Any) -> list[str]:
    with office.database.reading() as session:
        return sorted(session.scalars(select(MessageRow.kind)))


def test_an_answer_has_an_envelope_sender_of_its_own_and_an_acknowledgement_none(
    office: Any, answered: Answered
) -> None:
    _, first = answered()
    _, second = answered(author="Ben <ben@kunde.example>")
    senders = {each.mail_from for each in office.world.received}
    assert "<>" in senders
    assert re.fullmatch(r"support\+[a-z2-7]{16}@wir\.example", first.mail_from)
    assert first.mail_from != second.mail_from
    text = first.data.decode()
    assert first.mail_from.partition("@")[0] not in text
    assert message_from_bytes(first.data)["From"] == "Support <support@wir.example>"


def test_a_mailbox_without_details_sends_as_itself(office: Any, answered: Answered) -> None:
    office.set(no_reply_address=frozenset({"support@wir.example"}))
    _, sent = answered()
    assert sent.mail_from == "support@wir.example"


def test_a_bounce_to_the_envelope_sender_opens_what_waits_and_says_why(office: Any, answered: Answered) -> None:
    handle, sent = answered()
    assert office.arrives(a_report(), to=sent.mail_from) == handle
    row = office.conversation(handle)
    assert (row.status, row.undelivered_at is not None, row.due_at is not None) == ("open", True, True)
    (event,) = office.events("delivery")
    assert "our answer did not reach anna@kundin.example: 550 5.1.1" in event.because
    assert "came back to the envelope sender" in event.because
    assert "open again (it was waiting)" in event.because
    assert office.outbox("reply")[0].state == "bounced"


@pytest.mark.parametrize("enclosed", ["message/rfc822", "text/rfc822-headers", "message/rfc822-headers"])
def test_a_bounce_that_encloses_our_mail_is_tied_to_it(office: Any, answered: Answered, enclosed: str) -> None:
    handle, sent = answered()
    office.arrives(a_report(original=header_of(sent), enclosed=enclosed))
    assert office.conversation(handle).status == "open"
    assert "it reports on our mail" in office.events("delivery")[0].because


def test_a_bounce_that_quotes_our_message_id_is_tied_to_it(office: Any, answered: Answered) -> None:
    handle, sent = answered()
    message_id = message_from_bytes(sent.data)["Message-ID"]
    office.arrives(
        f"""From: postmaster@kundin.example
To: support@wir.example
Subject: Undelivered Mail Returned to Sender
Message-ID: <plain@mx.kundin.example>

I'm afraid I wasn't able to deliver your message to the following addresses.
<anna@kundin.example>: 550 5.1.1 user unknown

--- Below this line is a copy of the message.

Message-ID: {message_id}
""".encode()
    )
    assert office.conversation(handle).status == "open"
    assert stops_of(office) == {
        "anna@kundin.example": "there is no such mailbox: <anna@kundin.example>: 550 5.1.1 user unknown"
    }


def test_a_bounce_that_names_only_the_recipient_is_tied_to_the_last_mail_but_stops_nothing(
    office: Any, answered: Answered
) -> None:
    handle, _ = answered()
    office.arrives(a_report())
    assert office.conversation(handle).status == "open"
    assert "to whom a mail of ours went of late" in office.events("delivery")[0].because
    assert stops_of(office) == {}


def test_a_delay_is_shown_and_is_no_failure(office: Any, answered: Answered) -> None:
    handle, sent = answered()
    report = a_report(action="delayed", code="4.4.1", said="451 4.4.1 no answer from host")
    office.arrives(report, to=sent.mail_from)
    row = office.conversation(handle)
    assert (row.status, row.undelivered_at) == ("waiting", None)
    (event,) = office.events("delivery")
    assert "our answer has not reached yet anna@kundin.example: 451 4.4.1 no answer from host" in event.because
    (mail,) = office.outbox("reply")
    assert (mail.state, [each["failed"] for each in mail.reports]) == ("sent", [False])
    assert stops_of(office) == {}


def test_a_closed_conversation_stays_closed_and_is_named_by_the_inbox(office: Any, answered: Answered) -> None:
    handle, sent = answered("closed")
    office.arrives(a_report(), to=sent.mail_from)
    row = office.conversation(handle)
    assert (row.status, row.undelivered_at is not None) == ("closed", True)
    assert office.desk.undelivered() == [handle]
    office.desk.reply(handle, "Noch einmal.", afterwards="closed", anyway=True)
    assert office.desk.undelivered() == []


def test_what_the_relay_refuses_opens_what_waits_too(office: Any, a_mail: Any) -> None:
    handle = office.arrives(a_mail(author="anna@kundin.example"), sender="anna@kundin.example")
    office.deliver()
    office.world.answer("anna@kundin.example", "550 5.1.1 nobody of that name")
    office.desk.reply(handle, "Guten Tag.")
    assert office.deliver() == {"failed": 1}
    row = office.conversation(handle)
    assert (row.status, row.undelivered_at is not None) == ("open", True)
    assert "nobody of that name" in office.events("delivery")[0].because
    assert list(stops_of(office)) == ["anna@kundin.example"]


@pytest.mark.parametrize(
    ("to", "original"),
    [
        ("support+aaaabbbbccccdddd@wir.example", b""),
        ("support@wir.example", b"From: support@wir.example\nMessage-ID: <forged@wir.example>\nSubject: Gewinn\n"),
        ("support+aaaabbbbccccdddd@wir.example", b"Message-ID: <forged@wir.example>\n"),
    ],
)
def test_backscatter_is_kept_and_concerns_nobody(office: Any, answered: Answered, to: str, original: bytes) -> None:
    handle, _ = answered()
    office.arrives(a_report(original=original), to=to)
    assert office.conversation(handle).status == "waiting"
    assert stops_of(office) == {}
    assert office.events("delivery") == []
    assert kinds_of(office).count("bounce") == 1
    with office.database.reading() as session:
        bounce = session.scalars(select(MessageRow).where(MessageRow.kind == "bounce")).one()
    assert "did not go out from here" in bounce.because
    assert [row["status"] for row in office.desk.inbox(everything=True)] == ["waiting", "closed"]


def test_a_bounce_stops_only_whom_the_mail_went_to(office: Any, answered: Answered) -> None:
    _, sent = answered()
    office.arrives(a_report(recipient="boss@kundin.example"), to=sent.mail_from)
    assert stops_of(office) == {}


def test_the_agent_who_wrote_hears_of_it_where_agents_are_told(office: Any, answered: Answered) -> None:
    office.set(notify_new=True)
    handle, sent = answered()
    before = len(office.outbox("notice"))
    office.arrives(a_report(), to=sent.mail_from)
    notice = office.outbox("notice")[before:]
    assert [row.recipient for row in notice] == ["lena@wir.example"]
    assert notice[0].mail["subject"] == f"{handle}: nicht angekommen bei anna@kundin.example"
    assert "nobody of that name" in notice[0].mail["text"]
    assert notice[0].bounce_token is not None


def test_a_bounce_of_a_notice_opens_nothing(office: Any, a_mail: Any) -> None:
    office.set(notify_new=True)
    handle = office.arrives(a_mail(author="anna@kundin.example"), sender="anna@kundin.example")
    office.deliver()
    (notice,) = office.outbox("notice")
    office.desk.close_conversation(handle)
    office.arrives(a_report(recipient="lena@wir.example"), to=f"support+{notice.bounce_token}@wir.example")
    row = office.conversation(handle)
    assert (row.status, row.undelivered_at) == ("closed", None)
    assert list(stops_of(office)) == ["lena@wir.example"]


def test_show_tells_at_the_answer_whom_it_did_not_reach(office: Any, answered: Answered) -> None:
    handle, sent = answered()
    office.arrives(a_report(), to=sent.mail_from)
    (shown,) = office.desk.show(handle)
    (answer,) = [each for each in shown["timeline"] if each.get("mail") == "reply"]
    (report,) = answer["delivery"]["reports"]
    assert (report["address"], report["failed"], report["said"]) == ("anna@kundin.example", True, WORDS)


def test_an_absence_notice_to_the_envelope_sender_finds_its_conversation(
    office: Any, answered: Answered, a_mail: Any
) -> None:
    handle, sent = answered()
    away = a_mail(author="anna@kundin.example", subject="Abwesend", headers={"Auto-Submitted": "auto-replied"})
    assert office.arrives(away, to=sent.mail_from) == handle
    assert office.conversation(handle).status == "waiting"


ANNAS_MAIL = {
    "author": "Anna Weber <anna@kundin.example>",
    "subject": "Rechnung",
    "message_id": "<hers@kundin.example>",
}


def answered_once(office: Any, raw: bytes, sender: str = "anna@kundin.example") -> tuple[str, str]:
    """The conversation of a mail that was answered, and the envelope sender of that answer."""
    handle = office.arrives(raw, sender=sender)
    office.desk.reply(handle, "Hier.")
    office.deliver()
    return handle, f"support+{office.outbox('reply')[-1].bounce_token}@wir.example"


def answer_of(office: Any, handle: str) -> OutgoingMail:
    """What an agent's answer is now."""
    office.desk.reply(handle, "Noch einmal.", anyway=True)
    return OutgoingMail.from_json(office.outbox("reply")[-1].mail)


def away_notice(author: str = "anna@kundin.example") -> bytes:
    return (
        f"From: {author}\nTo: support@wir.example\nSubject: Abwesend\nMessage-ID: <away@kundin.example>\n"
        "Auto-Submitted: auto-replied\n\nIch bin im Urlaub.\n"
    ).encode()


@pytest.mark.parametrize("machine", [a_report(), away_notice()], ids=["bounce", "absence notice"])
def test_an_answer_after_a_machines_mail_goes_back_to_what_the_customer_wrote(
    office: Any, a_mail: Any, machine: bytes
) -> None:
    handle, sender = answered_once(office, a_mail(text="Wo ist sie?", **ANNAS_MAIL))
    assert office.arrives(machine, to=sender) == handle
    begun = office.desk.begin_reply(handle)
    assert begun["customer_wrote"] == "Wo ist sie?"
    answer = answer_of(office, handle)
    assert [each.address for each in answer.to] == ["anna@kundin.example"]
    assert answer.subject == "Re: Rechnung"
    assert answer.in_reply_to == answer.references[-1] == "<hers@kundin.example>"
    assert "> Wo ist sie?" in answer.text


def test_an_absence_notice_moves_no_answer_to_the_address_that_it_comes_from(office: Any, a_mail: Any) -> None:
    handle, sender = answered_once(office, a_mail(**ANNAS_MAIL))
    with office.database.writing() as session:
        anna = session.get_one(AddressRow, "anna@kundin.example").person_id
        session.add(AddressRow(address="anna@privat.example", person_id=anna))
    assert office.arrives(away_notice("anna@privat.example"), to=sender) == handle
    assert [each.address for each in answer_of(office, handle).to] == ["anna@kundin.example"]


def test_where_no_person_ever_wrote_an_answer_goes_back_to_the_alarm_not_to_its_bounce(
    office: Any, a_mail: Any
) -> None:
    alarm = a_mail(author="alarm@geraet.example", subject="Alarm", message_id="<alarm@geraet.example>",
                   headers={"Auto-Submitted": "auto-generated"})  # fmt: skip
    handle, sender = answered_once(office, alarm, "alarm@geraet.example")
    assert office.arrives(a_report(recipient="alarm@geraet.example"), to=sender) == handle
    answer = answer_of(office, handle)
    assert (answer.subject, answer.in_reply_to) == ("Re: Alarm", "<alarm@geraet.example>")


def test_a_bounce_to_the_reply_address_is_about_the_mail_that_it_names(office: Any, answered: Answered) -> None:
    handle, sent = answered()
    reply_to = message_from_bytes(sent.data)["Reply-To"]
    office.arrives(a_report(original=header_of(sent)), to=reply_to)
    assert office.conversation(handle).status == "open"
    assert office.outbox("reply")[0].state == "bounced"


def test_the_lists_show_what_came_back(office: Any, answered: Answered) -> None:
    from service.outgoing import outgoing
    from service.terminal import console
    from service.terminal_mail import outbox

    _, sent = answered()
    office.arrives(a_report(), to=sent.mail_from)
    with office.database.reading() as session:
        rows = outgoing(session, states=("bounced",))
    to = console(listing=True)
    with to.capture() as shown:
        outbox(to, rows, office.now, office.now.tzinfo)
    assert [row["state"] for row in rows] == ["bounced"]
    assert "550 5.1.1 <anna@kundin.example>: nobody" in shown.get()
