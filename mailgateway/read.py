"""One mail read and judged, before anything is looked up: all of it outside any transaction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import structlog

from mailgateway.kinds.classify import Own, classify
from mailgateway.mime.parse import parse
from mailgateway.origin.verdict import NOT_ASKED, authenticate
from mailgateway.receive import plain_domain
from mailgateway.retry import in_one_line
from mailgateway.unreadable import unreadable
from threads.model import Classification, Envelope, InboundMail, Kind, Mailbox, Verdict
from threads.policy import Policy

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Read:
    """What a mail says, who wrote it, and what is known of where it comes from before anybody is asked."""

    mail: InboundMail
    classification: Classification
    verdict: Verdict


def read(raw: bytes, envelope: Envelope, policy: Policy) -> Read:
    """Read and judge a mail; one that cannot be read is shown as such, and never acknowledged."""
    try:
        mail = parse(raw)
    except (
        Exception,
        RecursionError,
        MemoryError,
    ) as error:  # reading never raises; if it does, nobody may miss a mail
        log.exception("a mail could not be read", size=len(raw))
        return read_at_least(raw, envelope, in_one_line(error))
    return Read(mail, classify(mail, envelope, own_of(policy)), authenticate(mail, envelope) or NOT_ASKED)


def read_at_least(raw: bytes, envelope: Envelope, because: str) -> Read:
    """What is shown of a mail that could not be taken in: no more than that it came, from whom, and why it failed."""
    mail = unreadable(raw, because, envelope.mail_from or "")
    shown = Classification(Kind.PERSON, acknowledge=False, because="it could not be read: a person has to look at it")
    return Read(mail, shown, authenticate(mail, envelope) or NOT_ASKED)


def own_of(policy: Policy) -> Own:
    """What is ours, for telling a loop."""
    return Own(addresses=policy.addresses, marks=frozenset())


def mailboxes_of(recipients: Iterable[str], policy: Policy) -> tuple[Mailbox, ...]:
    """The mailboxes of ours among some addresses, with or without a "+detail", each once."""
    found = (_mailbox(each.lower(), policy) for each in recipients)
    return tuple(dict.fromkeys(each for each in found if each is not None))


def _mailbox(address: str, policy: Policy) -> Mailbox | None:
    local, _, domain = address.rpartition("@")
    domain = plain_domain(domain)
    for mailbox in policy.mailboxes:
        own, _, own_domain = mailbox.address.lower().rpartition("@")
        if plain_domain(own_domain) == domain and own in {local, local.partition("+")[0]}:
            return mailbox
    return None
