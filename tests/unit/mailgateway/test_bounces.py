"""Delivery reports of every kind: which recipients failed, which are delayed, and about which mail of ours."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mailgateway.kinds.classify import Own, classify
from mailgateway.mime.parse import parse
from threads.model import Classification, DeliveryStatus, Envelope, Kind, RecipientStatus, Source

NOBODY = Own(frozenset(), frozenset())
BACK = "Message-ID: <brief-1@wir.example>\nFrom: support@wir.example\nTo: weg@kunde.example\nSubject: Ihre Frage\n\nGuten Tag"


def report(
    action: str, status: str, *, recipient: str = "weg@kunde.example", words: str = "This is the mail system."
) -> str:
    """A report as RFC 3464 wants it."""
    return (
        "From: Mail Delivery System <MAILER-DAEMON@mx.example>\nTo: support@wir.example\nSubject: Delivery Status Notification\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
        f"--b\nContent-Type: text/plain\n\n{words}\n"
        "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n"
        f"Final-Recipient: rfc822; {recipient}\nAction: {action}\nStatus: {status}\nDiagnostic-Code: smtp; said so\n\n"
        f"--b\nContent-Type: message/rfc822\n\n{BACK}\n--b--\n"
    )


def plain(sender: str, subject: str, text: str) -> str:
    """A report in words alone."""
    return f"From: {sender}\nTo: support@wir.example\nSubject: {subject}\nContent-Type: text/plain; charset=utf-8\n\n{text}"


def judged(raw: str) -> tuple[DeliveryStatus | None, Classification]:
    mail = parse(raw.encode())
    envelope = Envelope(Source.FILE, None, (), datetime(2026, 1, 5, tzinfo=UTC))
    return mail.status, classify(mail, envelope, NOBODY)


def test_a_failed_delivery_names_its_recipient_and_our_mail() -> None:
    status, found = judged(report("failed", "5.1.1"))
    details = (RecipientStatus("weg@kunde.example", "5.1.1", "said so"),)
    assert status == DeliveryStatus(("weg@kunde.example",), (), "<brief-1@wir.example>", details)
    assert (found.kind, found.acknowledge) == (Kind.BOUNCE, False)
    assert found.failed_recipients == ("weg@kunde.example",)


def test_a_delayed_delivery_is_no_failure() -> None:
    status, found = judged(report("delayed", "4.4.1"))
    assert status is not None
    assert (status.failed, status.delayed) == ((), ("weg@kunde.example",))
    assert (found.kind, found.failed_recipients) == (Kind.DELIVERY_REPORT, ())


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded"])
def test_a_success_is_a_report_and_no_failure(action: str) -> None:
    status, found = judged(report(action, "2.0.0", words="Your message was successfully delivered."))
    assert status is not None
    assert status.failed == ()
    assert found.kind is Kind.DELIVERY_REPORT


def test_the_original_recipient_is_named_where_the_mail_was_sent_on() -> None:
    raw = report("failed", "5.2.2").replace(
        "Final-Recipient: rfc822; weg@kunde.example",
        "Original-Recipient: rfc822;weg@kunde.example\nFinal-Recipient: rfc822;tief@innen.example",
    )
    status, _ = judged(raw)
    assert status is not None
    assert status.failed == ("weg@kunde.example",)


def test_several_recipients_are_told_apart() -> None:
    more = "Final-Recipient: rfc822; spaet@kunde.example\nAction: delayed\nStatus: 4.2.0\n\n--b\nContent-Type: message/rfc822"
    status, found = judged(report("failed", "5.1.1").replace("--b\nContent-Type: message/rfc822", more))
    assert status is not None
    assert (status.failed, status.delayed) == (("weg@kunde.example",), ("spaet@kunde.example",))
    assert found.kind is Kind.BOUNCE


def test_a_read_receipt_is_a_delivery_report() -> None:
    raw = (
        "From: Anna <anna@kunde.example>\nTo: support@wir.example\nSubject: Gelesen: Ihre Frage\n"
        'Content-Type: multipart/report; report-type=disposition-notification; boundary="b"\n\n--b\n\nIhre Nachricht wurde gelesen.\n'
        "--b\nContent-Type: message/disposition-notification\n\nDisposition: manual-action; displayed\n--b--\n"
    )
    assert judged(raw)[1].kind is Kind.DELIVERY_REPORT


def test_a_feedback_report_is_automatic() -> None:
    raw = 'From: fbl@provider.example\nSubject: Beschwerde\nContent-Type: multipart/report; report-type=feedback-report; boundary="b"\n\n--b\n\nx\n--b--\n'
    assert judged(raw)[1].kind is Kind.AUTOMATIC


FAILED: dict[str, str] = {
    "qmail": plain("MAILER-DAEMON@mx.example", "failure notice", "Hi. This is the qmail-send program at mx.example.\nI'm afraid I wasn't able to deliver your message to the following addresses.\n\n"
                   f"<weg@kunde.example>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n--- Below this line is a copy of the message.\n\n{BACK}"),
    "exim": plain("Mail Delivery System <Mailer-Daemon@mx.example>", "Mail delivery failed: returning message to sender", "A message that you sent could not be delivered to one or more\nof its recipients.\n\n"
                  f"  weg@kunde.example\n    Unrouteable address\n\n------ This is a copy of the message, including all the headers. ------\n\n{BACK}"),
    "old sendmail": plain("Mail Delivery Subsystem <MAILER-DAEMON@mx.example>", "Returned mail: User unknown", "   ----- The following addresses had permanent fatal errors -----\n<weg@kunde.example>\n\n"
                          f"   ----- Original message follows -----\n\n{BACK}"),
    "exchange in german": plain("Systemadministrator <postmaster@kunde.example>", "Unzustellbar: Ihre Frage", "Ihre Nachricht hat einige oder alle Empfänger nicht erreicht.\n\nFolgende Empfänger konnten nicht erreicht werden:\n\n"
                                f"   weg@kunde.example am 05.01.2026 10:12\n   Das E-Mail-Konto existiert nicht. #5.1.1\n\n{BACK}"),
    "gmx": plain("GMX Mailer Daemon <mailer-daemon@provider.example>", "Mail delivery failed: returning message to sender", "Diese Nachricht wurde automatisch erzeugt.\n\nEine von Ihnen gesendete Nachricht konnte nicht zugestellt werden:\n\n"
                 f"weg@kunde.example:\nPostfach ist voll\n\n--- The header of the original message is following. ---\n\n{BACK}"),
    "yahoo": plain("MAILER-DAEMON@provider.example", "Failure Notice", "Sorry, we were unable to deliver your message to the following address.\n\n"
                   f"<weg@kunde.example>:\n554: delivery error: This user doesn't have an account\n\n--- Original message follows.\n\n{BACK}"),
    "a header alone": plain("admin@mx.example", "Ihre Mail", f"Leider nein.\n\n{BACK}").replace("\n\n", "\nX-Failed-Recipients: weg@kunde.example\n\n", 1),
    "an ordinary sender": plain("mailgateway@mx.example", "Undeliverable mail", f"Your message could not be delivered to weg@kunde.example: user unknown.\n\n{BACK}"),
    "a notice as json": plain("no-reply@cloud.example", "Notification", '{"notificationType":"Bounce","bounce":{"bounceType":"Permanent","bouncedRecipients":[{"emailAddress":"weg@kunde.example"}]}}'),
}  # fmt: skip


@pytest.mark.parametrize("raw", FAILED.values(), ids=FAILED)
def test_a_bounce_in_words_names_its_recipient(raw: str) -> None:
    status, found = judged(raw)
    assert (found.kind, found.acknowledge) == (Kind.BOUNCE, False), found.because
    assert found.failed_recipients == ("weg@kunde.example",)
    assert status is not None
    assert status.original_message_id == ("<brief-1@wir.example>" if "brief-1" in raw else None)


def test_a_delay_in_words_is_no_failure() -> None:
    words = "THIS IS A WARNING MESSAGE ONLY. YOU DO NOT NEED TO RESEND YOUR MESSAGE.\n\nwarte@kunde.example\n  Delivery will be retried."
    status, found = judged(plain("MAILER-DAEMON@mx.example", "Warning: message delayed 4 hours", words))
    assert found.kind is Kind.DELIVERY_REPORT
    assert status is not None
    assert (status.failed, status.delayed) == ((), ("warte@kunde.example",))


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Mails kommen nicht an", "Meine Mail an chef@kunde.example kommt zurück: 550 user unknown. Warum?"),
        (
            "Fwd: Undelivered Mail Returned to Sender",
            "Was heißt das?\n\nThe mail to weg@kunde.example could not be delivered.",
        ),
        (
            "Mail konnte nicht zugestellt werden",
            "Guten Tag,\n\nmeine Mail an chef@kunde.example konnte nicht zugestellt werden. Bitte um Hilfe.",
        ),
        ("Undeliverable mail", "Every mail to chef@kunde.example could not be delivered since Monday, can you help?"),
        ("Re: failure notice", "weg@kunde.example could not be delivered, what now?"),
    ],
)
def test_a_person_who_asks_about_a_bounce_is_none(subject: str, text: str) -> None:
    status, found = judged(plain("Anna <anna@kunde.example>", subject, text))
    assert status is None
    assert (found.kind, found.acknowledge) == (Kind.PERSON, True)


def test_a_report_without_end_is_read_in_part() -> None:
    raw = report("failed", "5.1.1", words="viel " * 30_000)
    assert judged(raw)[1].kind is Kind.BOUNCE
