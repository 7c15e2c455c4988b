"""Whether a mail from one of our own addresses is an answer of ours, or came in from outside under our name."""

from __future__ import annotations

import ipaddress
import re

from threads.model import Envelope, InboundMail

_AUTHENTICATED = frozenset(
    ["esmtpa", "esmtpsa", "asmtp", "smtpa", "smtpsa", "lmtpa", "utf8smtpa", "utf8smtpsa", "http", "https", "mapi", "local"]
)  # fmt: skip
_ADDRESS = re.compile(r"\[(?:ipv6:)?([0-9a-f.:]{2,45})\]")
_WITH = re.compile(r"\bwith ([a-z0-9]{1,20})\b")
_HOST = re.compile(r"^from ([a-z0-9.-]{1,253})")
_NEAR = tuple(
    ipaddress.ip_network(each)
    for each in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "::1/128", "fc00::/7", "fe80::/10")
)
"""Networks of one's own: `is_private` would also name those that documents use for anybody's."""
_MOST_HOPS = 50
_LONGEST_HOP = 2000


def from_outside(mail: InboundMail, envelope: Envelope, believed: str = "") -> str | None:
    """What shows that a mail from our own address is not ours, as a sentence; None where nothing does.

    A copy out of a Sent folder has no trace at all, or one that begins with somebody who logged in. What anybody
    could have written themselves (a Received line of an authenticated hop, an Authentication-Results without the
    authserv-id that is `believed`) never outweighs a hop from outside.
    """
    author = mail.author
    if author is None:
        return None
    results = mail.header("authentication-results").lower()
    written_by = results.partition(";")[0].split()[:1]
    if believed and written_by == [believed.lower()] and "dmarc=pass" in results:
        return None
    if "dmarc=fail" in results or "spf=fail" in results or "spf=softfail" in results:
        return "its Authentication-Results say that it is not from where it says"
    if mail.header("received-spf").lower().lstrip().startswith(("fail", "softfail")):
        return "its Received-SPF says that its sender may not use our domain"
    return _by_sender(mail, envelope, author.domain) or _by_hops(mail, author.domain)


def _by_sender(mail: InboundMail, envelope: Envelope, domain: str) -> str | None:
    sender = (envelope.mail_from or mail.header("return-path")).strip().strip("<>").lower()
    return (
        None
        if "@" not in sender or _within(sender.rpartition("@")[2], domain)
        else f"its envelope sender is {sender[:100]}"
    )


def _by_hops(mail: InboundMail, domain: str) -> str | None:
    for hop in mail.all_headers("received")[:_MOST_HOPS]:
        host = _foreign_host(hop[:_LONGEST_HOP].lower().strip(), domain)
        if host:
            return f"it came in from {host}"
    return None


def _foreign_host(hop: str, domain: str) -> str | None:
    """The host that handed a mail over without logging in, where it is neither of our domain nor of our own network."""
    named = _HOST.match(hop)
    if named is None:
        return None
    protocol = _WITH.search(hop)
    if protocol and protocol[1] in _AUTHENTICATED:
        return None
    host = named[1].strip(".")
    ours = _within(host, domain) or host == "localhost" or any(_is_near(each) for each in _ADDRESS.findall(hop[:500]))
    return None if ours else host


def _within(host: str, domain: str) -> bool:
    return host == domain or host.endswith("." + domain)


def _is_near(address: str) -> bool:
    try:
        return any(ipaddress.ip_address(address) in network for network in _NEAR)
    except ValueError:
        return False
