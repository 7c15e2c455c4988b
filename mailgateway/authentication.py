"""Whether a mail comes from where it says, as far as a relay of ours has found out.

Only the topmost Authentication-Results (RFC 8601) is read, and only where it carries the authserv-id that the settings
trust: everything below it may have been written by the sender.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mailgateway.mime.comments import without_comments
from threads.model import Authenticity, Envelope, InboundMail, Source, Verdict

_LONGEST = 10_000


@dataclass(frozen=True, slots=True)
class Result:
    """One method's result, such as dmarc=pass, with what it is about."""

    method: str
    result: str
    properties: tuple[tuple[str, str], ...] = ()

    def about(self, name: str) -> str:
        """A property such as header.from, "" where it is missing."""
        return next((value for key, value in self.properties if key == name), "")


def authenticate(mail: InboundMail, envelope: Envelope, trusted: str = "") -> Verdict:
    """In one word where a mail comes from, with the reason; `trusted` is the authserv-id of our own relay."""
    if envelope.source is Source.FORM:
        return Verdict(Authenticity.UNKNOWN, "it came by the contact form, where anybody can type any address")
    if envelope.source is Source.FILE:
        return Verdict(Authenticity.UNKNOWN, "it came out of an archive")
    if not trusted:
        return Verdict(Authenticity.UNKNOWN, "no relay is named whose checks are believed")
    header = next(iter(mail.all_headers("authentication-results")), "")
    by, results = results_in(header)
    if by != trusted.lower():
        return Verdict(Authenticity.UNKNOWN, f"our relay {trusted} has not written down what it found")
    return judge(results, mail.author.domain if mail.author else "", trusted)


def judge(results: tuple[Result, ...], domain: str, trusted: str) -> Verdict:
    """What a trusted relay's results say of a mail that claims to be from `domain`."""
    if not domain:
        return Verdict(Authenticity.UNKNOWN, "it names no sender that could be checked")
    for each in results:
        if each.method == "dmarc" and each.result in {"pass", "fail"} and each.about("header.from") in {"", domain}:
            found = Authenticity.GENUINE if each.result == "pass" else Authenticity.FORGED
            return Verdict(found, f"{trusted} says dmarc={each.result} for {domain}")
    for each in results:
        if each.result == "pass" and _signs_for(each, domain):
            return Verdict(Authenticity.GENUINE, f"{trusted} says {each.method}=pass for {domain}")
    return Verdict(Authenticity.UNKNOWN, f"{trusted} could neither confirm nor deny the sender")


def _signs_for(result: Result, domain: str) -> bool:
    """Whether DKIM or SPF passed for exactly the domain of the From header."""
    if result.method == "dkim":
        return result.about("header.d").lower() == domain
    if result.method == "spf":
        return result.about("smtp.mailfrom").lower().rpartition("@")[2] == domain
    return False


def results_in(header: str) -> tuple[str, tuple[Result, ...]]:
    """The authserv-id and the results of an Authentication-Results header; ("", ()) where there are none."""
    parts = without_comments(header[:_LONGEST]).split(";")
    words = parts[0].split()
    return (words[0].lower() if words else ""), tuple(_results(parts[1:]))


def _results(parts: list[str]) -> Iterator[Result]:
    for part in parts[:50]:
        pairs = [each.partition("=") for each in part.split() if "=" in each]
        if pairs:
            method, _, result = pairs[0]
            properties = tuple((name.lower(), value.strip('"').lower()) for name, _, value in pairs[1:])
            yield Result(method.lower().partition("/")[0], result.lower(), properties)
