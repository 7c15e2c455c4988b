"""Whatever the knowledge base does, a mail goes on."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from knowledge.article import Article, Found, Suggestion
from mailgateway.mime.parse import parse
from mailgateway.suggesting import AFTER_SILENCE, Suggesting
from mailgateway.unreadable import unreadable
from threads.model import InboundMail, Mailbox

ANSWER = Suggestion(Found(Article("rechnung", "Wo ist meine Rechnung?", "Hier."), 1.0, ""), 0.99, sure=True)
MAIL, MAILBOX = unreadable(b"x", ""), Mailbox("support@example.org")


@pytest.fixture
def silence() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


def test_without_a_knowledge_base_there_are_no_suggestions() -> None:
    assert Suggesting(None).ask(MAIL, MAILBOX) == ()


@pytest.mark.parametrize(
    ("header", "body"),
    [
        (b"application/pkcs7-mime; smime-type=enveloped-data", b"MIAGCSqGSIb3DQEHA6CAMIACAQAx"),
        (b'multipart/encrypted; protocol="application/pgp-encrypted"; boundary=x', b"--x\n\nVersion: 1\n--x--\n"),
        (b"text/plain", b"-----BEGIN PGP MESSAGE-----\n\nhQEMA\n-----END PGP MESSAGE-----\n"),
    ],
    ids=["S/MIME", "PGP/MIME", "PGP"],
)
def test_nothing_answers_a_mail_of_which_only_the_subject_can_be_read(header: bytes, body: bytes) -> None:
    raw = b"From: anna@example.org\nSubject: Wo ist meine Rechnung?\nContent-Type: " + header + b"\n\n" + body
    assert Suggesting(lambda *_: [ANSWER]).ask(parse(raw), MAILBOX) == ()
    assert Suggesting(lambda *_: [ANSWER]).ask(parse(b"Subject: Wo ist meine Rechnung?\n\n"), MAILBOX) == (ANSWER,)


def test_an_error_means_none() -> None:
    def broken(mail: InboundMail, mailbox: Mailbox) -> list[Suggestion]:
        raise KeyError(mail.subject)

    assert Suggesting(broken).ask(MAIL, MAILBOX) == ()


def test_one_that_hangs_is_left_and_not_asked_again_for_a_while(silence: threading.Event) -> None:
    asked = []

    def hanging(mail: InboundMail, mailbox: Mailbox) -> list[Suggestion]:
        asked.append(mailbox)
        silence.wait(30)
        return []

    suggesting = Suggesting(hanging, within=0.05)
    assert [suggesting.ask(MAIL, MAILBOX) for _ in range(AFTER_SILENCE + 1)] == [()] * (AFTER_SILENCE + 1)
    assert asked == [MAILBOX]
    suggesting.ask(MAIL, MAILBOX)
    assert len(asked) == 2
