"""Where a mail comes from, in one word with the reason: pure decisions over what was found out.

| what was found                                                | word    | acts for its sender |
| ---                                                           | ---     | ---                 |
| DKIM or SPF passes for the author's own domain                | genuine | yes                 |
| neither does, and its domain asks to reject or quarantine     | forged  | no                  |
| neither does, and its domain asks for nothing (p=none)        | unknown | no                  |
| neither does, but its domain publishes no DMARC record        | unknown | yes                 |
| the DNS did not answer, or not in time                        | unknown | yes                 |

A domain with p=none watches what would fail: much of that is its own mail, sent on by a list. So it is not called forged;
but a mail that fails DMARC never passes for a participant, whatever its domain asks for.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from functools import lru_cache

from mailgateway.origin.arc import Chain
from mailgateway.origin.dmarc import Evidence, Record, passes
from mailgateway.origin.results import judge, results_in
from threads.model import Authenticity, Envelope, InboundMail, Source, Verdict

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

NEAR: tuple[Network, ...] = tuple(
    ipaddress.ip_network(each)
    for each in ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16",
                 "::1/128", "fc00::/7", "fe80::/10")
)  # fmt: skip
"""Hosts that can only be our own: this machine, and networks that the world cannot send from."""
_ASKED = {"reject": "to be refused", "quarantine": "to be set aside"}


@dataclass(frozen=True, slots=True)
class Trust:
    """Whose word is believed."""

    authserv_id: str = ""
    """Of a relay of ours, whose topmost Authentication-Results is believed; "" where there is none."""
    imap_authserv_id: str = ""
    """Of the host that wrote it into mails that we fetch by IMAP."""
    networks: tuple[Network, ...] = ()
    """Where our relays stand, besides networks that can only be our own."""
    sealers: frozenset[str] = frozenset()
    """Domains whose ARC seals are believed."""

    def is_ours(self, client: str) -> bool:
        """Whether a peer is a host of ours: what it hands on came to it from somebody else."""
        return _is_near(client, self.networks)


@lru_cache(maxsize=1024)
def _is_near(client: str, networks: tuple[Network, ...]) -> bool:
    try:
        address = ipaddress.ip_address(client.partition("%")[0])
    except ValueError:
        return True  # it came in by no network, or by one whose peers are not known
    mapped = getattr(address, "ipv4_mapped", None) or address
    return any(mapped in each for each in (*NEAR, *networks))


NOBODY = Trust()
"""Nobody's word is believed."""
NOT_ASKED = Verdict(Authenticity.UNKNOWN, "the DNS was not asked")


def authenticate(mail: InboundMail, envelope: Envelope, trust: Trust = NOBODY) -> Verdict | None:
    """What is known without asking anybody; None where the DNS can tell."""
    if envelope.source is Source.FORM:
        return Verdict(Authenticity.UNKNOWN, "it came by the contact form, where anybody can type any address")
    if envelope.source is Source.FILE:
        return Verdict(Authenticity.UNKNOWN, "it came out of an archive")
    if envelope.source is Source.SMTP and not trust.is_ours(envelope.client):
        return None
    return _by_host_of_ours(mail, trust.imap_authserv_id if envelope.source is Source.IMAP else trust.authserv_id)


def _by_host_of_ours(mail: InboundMail, trusted: str) -> Verdict:
    """What a host of ours wrote down: everything below the topmost may have been written by the sender."""
    if not trusted:
        return Verdict(Authenticity.UNKNOWN, "it came over a host of ours, and none is named whose checks are believed")
    by, results = results_in(next(iter(mail.all_headers("authentication-results")), ""))
    if by != trusted.lower():
        return Verdict(Authenticity.UNKNOWN, f"our relay {trusted} has not written down what it found")
    author = mail.author.domain if mail.author else ""
    return unchecked(author, len(mail.all_headers("from"))) or judge(results, author, trusted)


def unchecked(author: str, authors: int) -> Verdict | None:
    """The verdict on a mail that names no author, or several: one could be checked, and another one be shown."""
    if authors > 1:
        because = "it names several authors, so who is checked may not be whom an agent sees"
        return Verdict(Authenticity.UNKNOWN, because, "dmarc=permerror", fails=True)
    return None if author else Verdict(Authenticity.UNKNOWN, "it names no sender that could be checked")


@dataclass(frozen=True, slots=True)
class Findings:
    """What the checks of one mail came to."""

    author: str
    """The domain of the From header."""
    record: Record | None = None
    evidence: tuple[Evidence, ...] = ()
    """Of signatures and hosts that could speak for the author's domain: others prove nothing."""
    chain: Chain | None = None
    missing: str = ""
    """Why something could not be found out."""


def judged(findings: Findings, trust: Trust = NOBODY) -> Verdict:
    """The verdict on what was found out."""
    author, record, details = findings.author, findings.record, in_short(findings)
    proof = passes(record, author, findings.evidence)
    if proof is not None:
        return Verdict(Authenticity.GENUINE, _proven(proof, author), details)
    if findings.missing:
        return Verdict(Authenticity.UNKNOWN, f"it could not be found out: {findings.missing}", details)
    if record is None:
        because = f"nothing confirms it, and {author} does not say what becomes of such mail (no DMARC)"
        return Verdict(Authenticity.UNKNOWN, because, details)
    return _by_chain(findings, trust, details) or _failed(record, author, details)


def _proven(proof: Evidence, author: str) -> str:
    whose = author if proof.domain == author else f"{proof.domain}, which speaks for {author}"
    return f"it is signed by {whose} (DKIM)" if proof.method == "dkim" else f"it came from a host of {whose} (SPF)"


def _failed(record: Record, author: str, details: str) -> Verdict:
    neither = f"it is neither signed by {author} nor from one of its hosts"
    if record.policy == "none":
        because = f"{neither}; {record.domain} does not ask that such mail be refused (DMARC, p=none)"
        return Verdict(Authenticity.UNKNOWN, because, details, fails=True)
    because = f"{neither}, and {record.domain} asks such mail {_ASKED[record.policy]} (DMARC)"
    return Verdict(Authenticity.FORGED, because, details, fails=True)


def _by_chain(findings: Findings, trust: Trust, details: str) -> Verdict | None:
    """What a trusted host found before the mail was changed on its way."""
    chain = findings.chain
    if chain is None or chain.result != "pass" or chain.sealer not in trust.sealers:
        return None
    _, results = results_in(chain.results)
    found = judge(results, findings.author, chain.sealer)
    return Verdict(found.authenticity, f"{found.because} (ARC)", details, fails=found.fails)


def in_short(findings: Findings) -> str:
    """Every result in one line."""
    words = [f"{each.method}={each.result} ({each.domain})" for each in findings.evidence]
    record = findings.record
    if record is not None:
        result = "pass" if passes(record, findings.author, findings.evidence) else "fail"
        words.append(f"dmarc={'temperror' if findings.missing and result == 'fail' else result} (p={record.policy})")
    elif not findings.missing:
        words.append("dmarc=none")
    if findings.chain is not None:
        words.append(f"arc={findings.chain.result} ({findings.chain.sealer or findings.chain.because})")
    return " ".join(words)[:300]
