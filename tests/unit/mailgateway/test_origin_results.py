"""Only what our own relay found out is believed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgateway.mime.parse import parse
from mailgateway.origin.results import results_in
from mailgateway.origin.verdict import Trust, authenticate
from mailgateway.unreadable import unreadable
from threads.model import Address, Authenticity, Envelope, InboundMail, Source, Verdict

ENVELOPE = Envelope(Source.SMTP, "anna@kundin.example", ("support@example.org",), datetime(2026, 11, 2, tzinfo=UTC))
OUR = "mx.example.org"
TRUST = Trust(authserv_id=OUR)


def verdict_on(mail: InboundMail, envelope: Envelope = ENVELOPE, trust: Trust = TRUST) -> Verdict:
    verdict = authenticate(mail, envelope, trust)
    assert verdict is not None
    return verdict


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
    assert verdict_on(a_mail_with(result)).authenticity == authenticity


def test_a_result_below_the_topmost_may_be_the_senders_own() -> None:
    mail = a_mail_with("other.example; dmarc=fail", "mx.example.org; dmarc=pass header.from=kundin.example")
    assert verdict_on(mail).authenticity is Authenticity.UNKNOWN


def test_without_a_trusted_relay_nothing_is_known() -> None:
    mail = a_mail_with("mx.example.org; dmarc=fail header.from=kundin.example")
    assert verdict_on(mail, trust=Trust()).authenticity is Authenticity.UNKNOWN


@pytest.mark.parametrize("source", [Source.FORM, Source.FILE])
def test_the_form_and_an_archive_prove_nothing(source: Source) -> None:
    mail = a_mail_with("mx.example.org; dmarc=pass header.from=kundin.example")
    verdict = verdict_on(mail, replace(ENVELOPE, source=source))
    assert verdict.authenticity is Authenticity.UNKNOWN
    assert verdict.because


@given(st.text(max_size=500))
def test_no_header_raises(text: str) -> None:
    results_in(text)


@pytest.mark.parametrize(
    "client", ["127.0.0.1", "::1", "::ffff:10.1.2.3", "192.168.0.7", "fe80::1%eth0", "198.51.100.7"]
)
def test_what_a_host_of_ours_wrote_is_believed(client: str) -> None:
    mail = a_mail_with(f"{OUR}; dmarc=pass header.from=kundin.example")
    trust = replace(TRUST, networks=(ip_network("198.51.100.0/24"),))
    assert verdict_on(mail, replace(ENVELOPE, client=client), trust).authenticity is Authenticity.GENUINE


def test_what_a_stranger_wrote_in_the_name_of_our_relay_is_not_believed() -> None:
    mail = a_mail_with(f"{OUR}; dmarc=pass header.from=kundin.example")
    assert authenticate(mail, replace(ENVELOPE, client="203.0.113.9"), TRUST) is None


def test_mail_fetched_by_imap_has_a_host_of_its_own_that_is_believed() -> None:
    mail = a_mail_with("mx.provider.example; dmarc=fail header.from=kundin.example")
    fetched = replace(ENVELOPE, source=Source.IMAP)
    assert verdict_on(mail, fetched).authenticity is Authenticity.UNKNOWN
    verdict = verdict_on(mail, fetched, Trust(imap_authserv_id="mx.provider.example"))
    assert (verdict.authenticity, verdict.acts) == (Authenticity.FORGED, False)


def test_a_mail_of_several_authors_does_not_act_for_the_one_that_was_checked() -> None:
    mail = a_mail_with(f"{OUR}; dmarc=pass header.from=kundin.example")
    two = replace(mail, headers=(*mail.headers, ("from", "anna@kundin.example"), ("from", "eve@evil.example")))
    assert not verdict_on(two).acts


@pytest.mark.parametrize(
    "header",
    [
        'mx.example.org; spf=pass smtp.mailfrom="x; dmarc=pass header.from=bank.example; y"@evil.example',
        'mx.example.org; spf=pass smtp.helo="a\\"; dmarc=pass header.from=bank.example; \\"b"',
        'mx.example.org; spf=pass (sender is "x) (y; dmarc=pass header.from=bank.example")',
        "mx.example.org; spf=pass (a \\) ; dmarc=pass header.from=bank.example; (b))",
    ],
)
def test_what_the_sender_chose_and_the_relay_quoted_is_no_result(header: str) -> None:
    by, results = results_in(header)
    assert by == "mx.example.org"
    assert [each.method for each in results] == ["spf"]


def test_a_bracket_in_quotes_hides_no_result_behind_it() -> None:
    _, results = results_in(
        'mx.example.org; spf=pass smtp.mailfrom="a(b"@evil.example; dmarc=fail header.from=bank.example'
    )
    assert [str(each) for each in results] == ["spf=pass", "dmarc=fail"]


def test_a_host_whose_name_only_looks_like_ours_is_another() -> None:
    assert results_in("mx.\N{KELVIN SIGN}.example; dmarc=pass")[0] != "mx.k.example"
    assert results_in("mx.ex\N{CYRILLIC SMALL LETTER A}mple.org; dmarc=pass")[0] == ""


def test_a_relay_is_not_named_by_an_encoded_word() -> None:
    """A relay that takes forged fields away looks for its name as it stands there."""
    raw = b"From: a@bank.example\r\nAuthentication-Results: =?utf-8?q?mx.example.org?=; dmarc=pass\r\n\r\nx\r\n"
    assert results_in(parse(raw).all_headers("authentication-results")[0])[0] != "mx.example.org"
