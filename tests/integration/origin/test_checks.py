"""What is asked about many mails is asked at once, and a DNS that hangs delays them once, not one by one."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import Any

import pytest

import mailgateway.origin.checks as checking
from mailgateway.mime.parse import parse
from mailgateway.origin.checks import TOO_LATE, Checks
from mailgateway.origin.resolver import Resolver
from mailgateway.origin.verdict import NOT_ASKED
from threads.model import Authenticity, Envelope, Source, Verdict

AT = datetime(2026, 11, 24, tzinfo=UTC)


def envelope(client: str = "203.0.113.7") -> Envelope:
    return Envelope(Source.SMTP, "anna@kundin.example", ("support@localhost",), AT, client, "mx.example")


def test_all_mails_of_a_batch_are_asked_about_at_once(a_mail: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    together = threading.Barrier(16, timeout=60)
    genuine = Verdict(Authenticity.GENUINE, "all of them were asked about at the same time")

    def asked(*_: Any) -> Verdict:
        together.wait()
        return genuine

    monkeypatch.setattr(checking, "asked", asked)
    checks, raw = Checks(resolver=Resolver(["127.0.0.1:9"]), within=60), a_mail()
    begun = [checks.begin(parse(raw), raw, envelope()) for _ in range(16)]
    assert [each.wait().verdict for each in begun] == [genuine] * 16
    checks.close()


def test_what_does_not_end_in_time_is_left_and_the_mail_goes_on(a_mail: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()
    monkeypatch.setattr(checking, "asked", lambda *_: release.wait(60))
    checks, raw = Checks(resolver=Resolver(["127.0.0.1:9"]), within=0.1), a_mail()
    begun = [checks.begin(parse(raw), raw, envelope()) for _ in range(16)]
    assert [each.wait().verdict for each in begun] == [TOO_LATE] * 16
    assert checks.failing["dns"]
    assert not release.is_set()  # nothing of it had ended: it was the deadline that did
    release.set()
    checks.close()


def test_a_dns_that_says_nothing_ends_with_the_deadline(world: Any, a_mail: Any) -> None:
    world.silent.add("_dmarc.example.com")
    checks, raw = Checks(resolver=Resolver([world.address]), within=0.3), a_mail()
    begun = checks.begin(parse(raw), raw, envelope())
    verdict = begun.wait().verdict
    assert begun.deadline.left == 0
    assert (verdict.authenticity, verdict.acts) == ("unknown", True)
    checks.close()


@pytest.mark.parametrize("client", ["127.0.0.1", "::1", "192.168.1.2", ""])
def test_nothing_is_asked_about_what_a_host_of_ours_handed_on(world: Any, a_mail: Any, client: str) -> None:
    checks, raw = Checks(resolver=Resolver([world.address])), a_mail()
    begun = checks.begin(parse(raw), raw, envelope(client))
    assert begun.done
    assert begun.wait().verdict.authenticity is Authenticity.UNKNOWN
    assert world.asked == []


def test_nothing_is_asked_where_the_settings_say_so(a_mail: Any) -> None:
    raw = a_mail()
    assert Checks().begin(parse(raw), raw, envelope()).wait().verdict == NOT_ASKED


def test_a_check_that_breaks_is_unknown(a_mail: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def asked(*_: Any) -> Verdict:
        raise ZeroDivisionError

    monkeypatch.setattr(checking, "asked", asked)
    checks, raw = Checks(resolver=Resolver(["127.0.0.1:9"])), a_mail()
    assert checks.begin(parse(raw), raw, envelope()).wait().verdict == TOO_LATE
    checks.close()
