"""Only what our own relay found out is believed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgateway.authentication import authenticate, results_in
from mailgateway.unreadable import unreadable
from threads.model import Address, Authenticity, Envelope, InboundMail, Source

ENVELOPE = Envelope(Source.SMTP, "anna@kundin.example", ("support@example.org",), datetime(2026, 11, 2, tzinfo=UTC))
OUR = "mx.example.org"


def a_mail_with(*results: str) -> InboundMail:
    headers = tuple(("authentication-results", each) for each in results)
    return replace(unreadable(b"", ""), author=Address("anna@kundin.example"), headers=headers)


@pytest.mark.parametrize(
    ("result", "authenticity"),
    [
        ("mx.example.org; dmarc=pass header.from=kundin.example", "genuine"),
        ("MX.example.org 1; spf=fail; dmarc=fail (p=none) header.from=kundin.example", "forged"),
        ("mx.example.org; dmarc=pass header.from=other.example", "unknown"),
        ("mx.example.org; dkim=pass header.d=kundin.example", "genuine"),
        ("mx.example.org; dkim=pass header.d=other.example; spf=pass smtp.mailfrom=x@other.example", "unknown"),
        ("mx.example.org; spf=pass smtp.mailfrom=bounce@kundin.example", "genuine"),
        ("mx.example.org; spf=fail smtp.mailfrom=anna@kundin.example", "unknown"),
        ("mx.example.org; none", "unknown"),
        ("evil.example; dmarc=pass header.from=kundin.example", "unknown"),
        ("(mx.example.org; dmarc=pass) evil.example; dmarc=pass", "unknown"),
        ("", "unknown"),
    ],
)
def test_the_topmost_result_of_our_relay_decides(result: str, authenticity: str) -> None:
    assert authenticate(a_mail_with(result), ENVELOPE, OUR).authenticity == authenticity


def test_a_result_below_the_topmost_may_be_the_senders_own() -> None:
    mail = a_mail_with("other.example; dmarc=fail", "mx.example.org; dmarc=pass header.from=kundin.example")
    assert authenticate(mail, ENVELOPE, OUR).authenticity is Authenticity.UNKNOWN


def test_without_a_trusted_relay_nothing_is_known() -> None:
    mail = a_mail_with("mx.example.org; dmarc=fail header.from=kundin.example")
    assert authenticate(mail, ENVELOPE).authenticity is Authenticity.UNKNOWN


@pytest.mark.parametrize("source", [Source.FORM, Source.FILE])
def test_the_form_and_an_archive_prove_nothing(source: Source) -> None:
    mail = a_mail_with("mx.example.org; dmarc=pass header.from=kundin.example")
    verdict = authenticate(mail, replace(ENVELOPE, source=source), OUR)
    assert verdict.authenticity is Authenticity.UNKNOWN
    assert verdict.because


@given(st.text(max_size=500))
def test_no_header_raises(text: str) -> None:
    results_in(text)
