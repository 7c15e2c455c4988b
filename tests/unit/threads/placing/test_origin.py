from collections.abc import Callable
from datetime import datetime

import pytest

from threads.model import Envelope, InboundMail, Source
from threads.placing.origin import from_outside

Written = Callable[..., InboundMail]


def _shown(written: Written, now: datetime, *headers: tuple[str, str], mail_from: str | None = None) -> str | None:
    mail = written(author="support@desk.example", headers=headers)
    return from_outside(mail, Envelope(Source.FILE, mail_from, (), now))


@pytest.mark.parametrize(
    "headers",
    [
        (),
        (("received", "from laptop ([192.168.1.7]) by mail.desk.example with ESMTP id 1; Mon"),),
        (
            (
                "received",
                "from laptop.lan (p5.dip0.provider.example [203.0.113.5]) by smtp.provider.example with ESMTPSA",
            ),
        ),
        (("received", "from mail.desk.example by mx.desk.example with ESMTP"),),
        (("received", "by mail.desk.example (Postfix, from userid 33) id 1"),),
        (("return-path", "<support@desk.example>"),),
        (("return-path", "<>"),),
    ],
)
def test_a_mail_out_of_our_sent_folder_is_ours(
    written: Written, now: datetime, headers: tuple[tuple[str, str], ...]
) -> None:
    assert _shown(written, now, *headers) is None


@pytest.mark.parametrize(
    "headers",
    [
        (
            (
                "received",
                "from mail.evil.example (mail.evil.example [198.51.100.9]) by mx.desk.example with ESMTP id 1; Mon",
            ),
        ),
        (
            ("received", "from mail.evil.example by mx.desk.example with ESMTPS"),
            ("received", "from laptop by mail.desk.example with ESMTPSA"),
        ),
        (("authentication-results", "mx.desk.example; spf=fail smtp.mailfrom=desk.example"),),
        (("authentication-results", "mx.desk.example; dmarc=fail header.from=desk.example"),),
        (("received-spf", "Fail (mx: domain of desk.example does not designate ...)"),),
        (("return-path", "<eve@evil.example>"),),
    ],
)
def test_a_trace_from_outside_shows_that_it_is_not(
    written: Written, now: datetime, headers: tuple[tuple[str, str], ...]
) -> None:
    assert _shown(written, now, *headers)


def test_a_foreign_envelope_sender_shows_it_too(written: Written, now: datetime) -> None:
    assert _shown(written, now, mail_from="eve@evil.example")
    assert _shown(written, now, mail_from="support@desk.example") is None


PASSED = (
    ("authentication-results", "MX.desk.example 1; dmarc=pass header.from=desk.example"),
    ("received", "from out.provider.example by mx.desk.example with ESMTPS"),
)


def test_only_a_relay_that_is_named_vouches_for_a_mail_under_our_name(written: Written, now: datetime) -> None:
    mail, envelope = written(author="support@desk.example", headers=PASSED), Envelope(Source.FILE, None, (), now)
    assert from_outside(mail, envelope, "mx.desk.example") is None
    assert from_outside(mail, envelope, "mx.other.example")
    assert from_outside(mail, envelope), "anybody can write such a header"


def test_a_network_that_documents_use_is_not_our_own(written: Written, now: datetime) -> None:
    assert _shown(written, now, ("received", "from mail.evil.example ([203.0.113.5]) by mx.desk.example with ESMTP"))
    assert not _shown(written, now, ("received", "from laptop ([10.1.2.3]) by mx.desk.example with ESMTP"))
