"""What stops an address, and what does not."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mailgateway.kinds.bounces import answered
from storage.ids import uuid7
from threads.life.returned import returned
from threads.model import (
    Authenticity,
    Classification,
    Kind,
    RecipientStatus,
    SentMail,
    Source,
    Status,
    Verdict,
)
from threads.model import DeliveryStatus as Report
from threads.outgoing.stops import GoesOn, Stop, judge, lifts

ANNA = "anna@kundin.example"


@pytest.mark.parametrize(
    "answer",
    [
        "550 5.1.1 <anna@kundin.example>: Recipient address rejected: User unknown in virtual mailbox table",
        "550 5.1.1 no such mailbox",
        "554 5.1.2 bad destination host",
        "556 5.1.10 the domain takes no mail",
        "550 5.2.1 the account is inactive",
        "550 5.4.4 host not found",
        "551 5.1.6 moved",
        "550 Requested action not taken: no such user here",
        "550 5.0.0 user unknown",
        "550 Benutzer unbekannt",
    ],
)
def test_what_says_that_nobody_is_there_stops_an_address(answer: str) -> None:
    verdict = judge(answered(ANNA, answer))
    assert isinstance(verdict, Stop)
    assert answer in verdict.because


@pytest.mark.parametrize(
    "answer",
    [
        "550 5.7.1 message refused by policy",
        "550 5.7.26 unauthenticated mail is not accepted: SPF and DKIM fail",
        "550 5.1.1 rejected: your address is on the Spamhaus blocklist",
        "554 5.7.0 spam",
        "552 5.2.2 mailbox full",
        "452 4.2.2 mailbox full",
        "552 5.3.4 too big",
        "550 5.2.3 too long",
        "451 4.7.1 greylisted",
        "450 4.1.1 user unknown for the moment",
        "550 5.1.8 sender's domain does not exist",
        "550 5.4.6 a routing loop",
        "550 5.0.0 no",
        "550 no",
        "554 transaction failed",
        "421 busy",
        "given up after 60 tries: the relay is away",
        "user unknown",
        "",
    ],
)
def test_what_is_about_the_mail_or_us_or_today_does_not(answer: str) -> None:
    verdict = judge(answered(ANNA, answer))
    assert isinstance(verdict, GoesOn)
    assert verdict.because


def test_an_address_is_no_status_code() -> None:
    assert answered(ANNA, "550 the host 5.1.1.7 refused").code == ""
    assert answered(ANNA, "550-5.1.1 unknown").code == "5.1.1"


@pytest.mark.parametrize(
    ("source", "kind", "authenticity", "expected"),
    [
        (Source.SMTP, Kind.PERSON, Authenticity.UNKNOWN, True),
        (Source.IMAP, Kind.PERSON, Authenticity.GENUINE, True),
        (Source.SMTP, Kind.PERSON, Authenticity.FORGED, False),
        (Source.FORM, Kind.PERSON, Authenticity.UNKNOWN, False),
        (Source.SMTP, Kind.AUTO_REPLY, Authenticity.UNKNOWN, False),
        (Source.SMTP, Kind.BOUNCE, Authenticity.UNKNOWN, False),
    ],
)
def test_a_persons_own_mail_lifts_a_stop(
    source: Source, kind: Kind, authenticity: Authenticity, expected: bool
) -> None:
    assert lifts(source, Classification(kind, True, ""), Verdict(authenticity, "")) is expected


def about(purpose: str = "reply") -> SentMail:
    return SentMail(uuid7(), uuid7(), None, purpose, ("Anna@kundin.example",))


@pytest.mark.parametrize("standing", list(Status))
@pytest.mark.parametrize("purpose", ["reply", "acknowledgement", "notice"])
def test_only_an_answer_opens_again_and_nothing_that_is_closed(standing: Status, purpose: str) -> None:
    now = datetime(2026, 11, 24, tzinfo=UTC)
    status = Report((ANNA,), (), None, (RecipientStatus(ANNA, "5.1.1", "550 5.1.1 no"),))
    found = returned(status, about(purpose), standing, now, because="so", proven=True)
    opens = purpose == "reply" and standing in {Status.WAITING, Status.SNOOZED}
    assert (found.fields.get("status") is Status.OPEN) is opens
    assert ("undelivered_at" in found.fields) is (purpose == "reply")
    assert [address for address, _ in found.stops] == [ANNA]


def test_without_proof_nothing_is_stopped() -> None:
    status = Report((ANNA,), (), None, (RecipientStatus(ANNA, "5.1.1", "550 5.1.1 no"),))
    found = returned(status, about(), Status.WAITING, datetime(2026, 1, 1, tzinfo=UTC), because="so", proven=False)
    assert found.stops == ()
    assert found.failed == (ANNA,)
