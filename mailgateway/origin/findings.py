"""What is asked of the DNS about one mail: only what could speak for its author's domain.

A stranger's own names are never asked: they could be slow on purpose, and use up the time in which a forgery shows.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from mailgateway.mime.addresses import addresses_in
from mailgateway.origin.arc import sealer_of, verify_chain
from mailgateway.origin.canonical import Signed
from mailgateway.origin.dkim import domains_in, verify
from mailgateway.origin.dmarc import Evidence, passes, record_for
from mailgateway.origin.domains import aligned
from mailgateway.origin.resolver import Deadline, NoAnswer, Resolver
from mailgateway.origin.spf import check_spf, sending_domain
from mailgateway.origin.verdict import Findings, Trust, judged, unchecked
from threads.model import Envelope, InboundMail, Verdict

_LONGEST_FROM = 10_000


def asked(
    mail: InboundMail, raw: bytes, envelope: Envelope, trust: Trust, resolver: Resolver, deadline: Deadline
) -> Verdict:
    """Where a mail comes from, as the DNS tells it until the deadline."""
    signed = Signed(raw)
    author = mail.author.domain if mail.author else ""
    doubtful = unchecked(author, _authors(signed))
    if doubtful is not None:
        return doubtful
    findings = Findings(author)
    try:
        findings = replace(findings, record=record_for(author, resolver, deadline))
    except NoAnswer as error:
        return judged(replace(findings, missing=str(error)), trust)
    findings = _by_host(findings, envelope, resolver, deadline)
    if passes(findings.record, author, findings.evidence) is None:
        findings = _by_signatures(findings, signed, envelope.received_at, resolver, deadline)
    if trust.sealers and passes(findings.record, author, findings.evidence) is None:
        findings = _by_chain(findings, signed, trust, resolver, deadline)
    return judged(findings, trust)


def _authors(signed: Signed) -> int:
    """How many authors a mail names; several addresses of one domain count as one."""
    fields = signed.named(b"from")
    domains = {each.domain for each in addresses_in(fields[0].value[:_LONGEST_FROM])} if fields else set()
    return max(len(fields), len(domains))


def _by_host(findings: Findings, envelope: Envelope, resolver: Resolver, deadline: Deadline) -> Findings:
    """Whether the host that handed the mail over may send for the author's domain."""
    domain = sending_domain(envelope.mail_from, envelope.helo)
    if not aligned(domain, findings.author):
        return findings
    found = check_spf(envelope.client, envelope.mail_from or "", envelope.helo, resolver, deadline)
    missing = found.because if found.result == "temperror" else ""
    return _with(findings, Evidence("spf", found.domain, found.result), missing=missing)


def _by_signatures(
    findings: Findings, signed: Signed, now: datetime, resolver: Resolver, deadline: Deadline
) -> Findings:
    signatures = [each for each in domains_in(signed) if aligned(each[1], findings.author)]
    for each in verify(signed, signatures, resolver, deadline, now):
        missing = each.because if each.result == "temperror" else ""
        findings = _with(findings, Evidence("dkim", each.domain, each.result), missing=missing)
    return findings


def _by_chain(findings: Findings, signed: Signed, trust: Trust, resolver: Resolver, deadline: Deadline) -> Findings:
    if sealer_of(signed) not in trust.sealers:
        return findings
    chain = verify_chain(signed, resolver, deadline)
    missing = chain.because if chain.result == "temperror" else ""
    return replace(findings, chain=chain, missing=findings.missing or missing)


def _with(findings: Findings, evidence: Evidence, *, missing: str) -> Findings:
    return replace(findings, evidence=(*findings.evidence, evidence), missing=findings.missing or missing)
