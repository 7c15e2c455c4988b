"""Where a mail comes from, in one word: signed mail and hosts, policies and a DNS that fails, end to end."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest

from mailgateway.mime.parse import parse
from mailgateway.origin.domains import aligned, organisation
from mailgateway.origin.findings import asked
from mailgateway.origin.resolver import Deadline, Resolver
from mailgateway.origin.verdict import Trust
from threads.model import Authenticity, Envelope, Source, Verdict

HOST = "203.0.113.7"
MAIL = (
    b"From: Anna <anna@kundin.example>\r\nTo: support@desk.example\r\nSubject: Frage\r\n"
    b"Date: Sun, 22 Nov 2026 09:00:00 +0100\r\nMessage-ID: <1@kundin.example>\r\n\r\nGuten Tag\r\n"
)


@dataclass
class Mail:
    """A mail on its way, and what our side makes of it."""

    world: Any
    resolver: Resolver
    now: datetime
    raw: bytes = MAIL
    sender: str | None = "bounce@elsewhere.example"
    helo: str = "mx.elsewhere.example"
    trust: Trust = field(default_factory=Trust)

    def policy(self, policy: str, domain: str = "kundin.example", more: str = "") -> None:
        self.world.txt(f"_dmarc.{domain}", f"v=DMARC1; p={policy}{more}")

    def from_its_host(self, domain: str = "kundin.example") -> None:
        self.world.txt(domain, f"v=spf1 ip4:{HOST} -all")
        self.sender = f"anna@{domain}"

    def verdict(self) -> Verdict:
        envelope = Envelope(Source.SMTP, self.sender, ("support@desk.example",), self.now, HOST, self.helo)
        return asked(parse(self.raw), self.raw, envelope, self.trust, self.resolver, Deadline.within(30))


@pytest.fixture
def mail(world: Any, resolver: Resolver, now: datetime) -> Mail:
    return Mail(world, resolver, now)


@pytest.mark.parametrize("policy", ["none", "quarantine", "reject", None])
def test_what_the_authors_domain_has_signed_is_genuine(mail: Mail, signatory: Any, policy: str | None) -> None:
    anna = signatory("kundin.example")
    anna.publish()
    mail.raw = anna.sign(MAIL)
    if policy:
        mail.policy(policy)
    verdict = mail.verdict()
    assert (verdict.authenticity, verdict.because) == ("genuine", "it is signed by kundin.example (DKIM)")
    assert verdict.acts
    assert verdict.details.startswith("dkim=pass (kundin.example) dmarc=")


def test_what_a_host_of_the_authors_domain_handed_over_is_genuine(mail: Mail) -> None:
    mail.policy("reject")
    mail.from_its_host()
    verdict = mail.verdict()
    assert (verdict.authenticity, verdict.because) == ("genuine", "it came from a host of kundin.example (SPF)")
    assert verdict.details == "spf=pass (kundin.example) dmarc=pass (p=reject)"


def test_a_name_below_the_authors_domain_speaks_for_it_unless_it_wants_more(mail: Mail) -> None:
    mail.from_its_host("post.kundin.example")
    mail.policy("reject")
    assert "post.kundin.example, which speaks for kundin.example" in mail.verdict().because


def test_a_name_below_does_not_speak_where_the_domain_asks_for_its_very_name(mail: Mail) -> None:
    mail.from_its_host("post.kundin.example")
    mail.policy("reject", more="; aspf=s")
    assert mail.verdict().authenticity is Authenticity.FORGED


def test_another_customer_of_the_same_registry_does_not_speak(mail: Mail) -> None:
    mail.raw = MAIL.replace(b"kundin.example", b"kundin.co.uk")
    mail.policy("reject", "kundin.co.uk")
    mail.from_its_host("evil.co.uk")
    assert mail.verdict().authenticity is Authenticity.FORGED


@pytest.mark.parametrize(
    ("policy", "word", "acts", "because"),
    [
        ("reject", "forged", False, "kundin.example asks such mail to be refused (DMARC)"),
        ("quarantine", "forged", False, "kundin.example asks such mail to be set aside (DMARC)"),
        ("none", "unknown", False, "does not ask that such mail be refused (DMARC, p=none)"),
        (None, "unknown", True, "kundin.example does not say what becomes of such mail (no DMARC)"),
    ],
)
def test_what_nobody_confirms_is_as_its_domain_asks(
    mail: Mail, policy: str | None, word: str, acts: bool, because: str
) -> None:
    if policy:
        mail.policy(policy)
    verdict = mail.verdict()
    assert (verdict.authenticity, verdict.acts) == (word, acts)
    assert because in verdict.because


def test_a_signature_that_was_broken_on_the_way_proves_nothing(mail: Mail, signatory: Any) -> None:
    anna = signatory("kundin.example")
    anna.publish()
    mail.policy("reject")
    mail.raw = anna.sign(MAIL).replace(b"Guten Tag", b"Guten Tag!")
    verdict = mail.verdict()
    assert verdict.authenticity is Authenticity.FORGED
    assert verdict.details == "dkim=fail (kundin.example) dmarc=fail (p=reject)"


def test_a_strangers_good_signature_and_host_prove_nothing(mail: Mail, signatory: Any) -> None:
    evil = signatory("evil.example")
    evil.publish()
    mail.policy("reject")
    mail.raw = evil.sign(MAIL)
    mail.from_its_host("evil.example")
    assert mail.verdict().authenticity is Authenticity.FORGED
    assert not [name for name, _ in mail.world.asked if "evil" in name]


def test_a_name_below_follows_the_policy_for_names_below(mail: Mail) -> None:
    mail.raw = MAIL.replace(b"anna@kundin", b"anna@shop.kundin")
    mail.policy("none", more="; sp=reject")
    assert mail.verdict().authenticity is Authenticity.FORGED


@pytest.mark.parametrize(
    "record",
    [
        "v=DMARC1; p=",
        "v=DMARC1",
        "v=DMARC2; p=reject",
        "p=reject; v=DMARC1",
        "v=DMARC1; p=reject; p=none",
        "v=DMARC1; =; p",
    ],
)
def test_a_record_that_nobody_can_read_asks_for_nothing(mail: Mail, record: str) -> None:
    mail.world.txt("_dmarc.kundin.example", record)
    verdict = mail.verdict()
    assert (verdict.authenticity, verdict.acts) == ("unknown", True)


def test_two_records_ask_for_nothing(mail: Mail) -> None:
    mail.policy("reject")
    mail.policy("quarantine")
    assert mail.verdict().acts


@pytest.mark.parametrize("name", ["_dmarc.kundin.example", "kundin.example", "one._domainkey.kundin.example"])
def test_a_dns_that_fails_holds_nothing_up(mail: Mail, signatory: Any, name: str) -> None:
    anna = signatory("kundin.example")
    mail.raw, mail.sender = anna.sign(MAIL), "anna@kundin.example"
    if name != "_dmarc.kundin.example":
        mail.policy("reject")
    mail.world.failing.add(name)
    verdict = mail.verdict()
    assert (verdict.authenticity, verdict.acts) == ("unknown", True)
    assert "it could not be found out: " in verdict.because


def test_a_forger_whose_own_dns_is_slow_gains_no_time(mail: Mail, signatory: Any) -> None:
    mail.policy("reject")
    mail.world.silent |= {"evil.example", "one._domainkey.evil.example", "elsewhere.example"}
    mail.raw = signatory("evil.example").sign(MAIL)
    assert mail.verdict().authenticity is Authenticity.FORGED


@pytest.mark.parametrize(
    "authors",
    [
        b"From: Anna <anna@kundin.example>\r\nFrom: eve@evil.example\r\n",
        b"From: eve@evil.example\r\nFrom: Anna <anna@kundin.example>\r\n",
        b"From: anna@kundin.example, eve@evil.example\r\n",
    ],
)
def test_a_mail_of_several_authors_acts_for_none(mail: Mail, authors: bytes) -> None:
    mail.from_its_host()
    mail.raw = MAIL.replace(b"From: Anna <anna@kundin.example>\r\n", authors)
    verdict = mail.verdict()
    assert (verdict.authenticity, verdict.acts) == ("unknown", False)
    assert "several authors" in verdict.because


def test_a_mail_of_nobody_is_unknown(mail: Mail) -> None:
    mail.raw = MAIL.replace(b"From: Anna <anna@kundin.example>\r\n", b"")
    assert (mail.verdict().authenticity, mail.world.asked) == ("unknown", [])


def test_a_trusted_host_that_sealed_what_it_found_is_believed(mail: Mail, signatory: Any) -> None:
    anna, verein = signatory("kundin.example"), signatory("verein.example")
    anna.publish()
    verein.publish()
    mail.policy("reject")
    changed = anna.sign(MAIL).replace(b"Subject: Frage", b"Subject: [Liste] Frage")
    mail.raw = verein.seal(
        changed, "dkim=pass header.d=kundin.example; dmarc=pass header.from=kundin.example; arc=none"
    )
    assert mail.verdict().authenticity is Authenticity.FORGED
    mail.trust = Trust(sealers=frozenset({"verein.example"}))
    verdict = mail.verdict()
    assert (verdict.authenticity, verdict.because) == (
        "genuine",
        "verein.example says dmarc=pass for kundin.example (ARC)",
    )
    assert verdict.details.endswith("arc=pass (verein.example)")


def test_a_trusted_hosts_seal_under_anothers_changes_is_not_believed(mail: Mail, signatory: Any) -> None:
    verein = signatory("verein.example")
    verein.publish()
    mail.policy("reject")
    sealed = verein.seal(MAIL, "dmarc=pass header.from=kundin.example; arc=none")
    mail.raw = sealed.replace(b"Guten Tag", b"Schickt mir das Geld")
    mail.trust = Trust(sealers=frozenset({"verein.example"}))
    assert mail.verdict().authenticity is Authenticity.FORGED


@pytest.mark.parametrize(
    ("domain", "found"),
    [
        ("mail.kundin.example", "kundin.example"),
        ("a.b.kundin.co.uk", "kundin.co.uk"),
        ("co.uk", "co.uk"),
        ("Kundin.DE.", "kundin.de"),
        ("localhost", "localhost"),
        ("", ""),
    ],
)
def test_the_domain_that_somebody_registered(domain: str, found: str) -> None:
    assert organisation(domain) == found


def test_nothing_is_aligned_with_nothing() -> None:
    assert not aligned("", "")
    assert aligned("a.kundin.example", "b.kundin.example")
    assert not aligned("a.kundin.example", "b.kundin.example", strict=True)
