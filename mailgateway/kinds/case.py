"""What a rule about a mail may look at, and what is known of the addresses that lists and programs write from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from mailgateway.kinds.machine_phrases import NOREPLY, PROGRAMS
from mailgateway.mime.comments import without_comments
from threads.model import Address, Envelope, InboundMail

NO = frozenset({"", "no", "none", "false", "0", "n"})
"""Values by which a header says that it does not apply."""
PRECEDENCES = frozenset({"bulk", "junk", "list"})
"""Values of Precedence that ask for silence."""
_LONGEST = 2000
"""Characters of a header's value that are looked at."""
_LIST_SERVERS = frozenset({"listserv", "majordomo", "mailman", "ezmlm", "sympa"})
_BOUNCES = frozenset({"bounce", "bounces"})


@dataclass(frozen=True, slots=True)
class Own:
    """What is ours: addresses in lower case, and the marks that our own mails bear in X-Loop."""

    addresses: frozenset[str]
    marks: frozenset[str]


@dataclass(frozen=True)
class Case:
    """What a rule may look at; what several look at is found once."""

    mail: InboundMail
    envelope: Envelope
    own: Own

    def values(self, name: str) -> tuple[str, ...]:
        """Every value of a header in lower case, without comments and parameters: both may stand anywhere (RFC 3834)."""
        found = (without_comments(value[:_LONGEST]) for value in self.mail.all_headers(name))
        return tuple(value.partition(";")[0].strip().lower() for value in found)

    @cached_property
    def precedence(self) -> str:
        """What Precedence says; of several the one that asks for silence."""
        said = self.values("precedence")
        return next((each for each in said if each in PRECEDENCES), next(iter(said), ""))

    @cached_property
    def suppressed(self) -> frozenset[str]:
        """Which automatic answers X-Auto-Response-Suppress does not want."""
        values = ",".join(self.mail.all_headers("x-auto-response-suppress"))[:_LONGEST].replace(";", ",").split(",")
        return frozenset(value.strip().lower() for value in values) - NO

    @cached_property
    def local(self) -> str:
        """The local part of From, without a detail ("+...")."""
        return local_of(self.mail.author)

    @cached_property
    def subject(self) -> str:
        """The subject in lower case, its blanks made single."""
        return " ".join(self.mail.subject.lower().split())

    @cached_property
    def said(self) -> str:
        """The subject and the beginning of the text in lower case, blanks made single."""
        return f"{self.subject} {' '.join(self.mail.text[:_LONGEST].lower().split())}"

    @property
    def links(self) -> bool:
        """Whether a link stands in what is `said`."""
        return "http" in self.subject or "http" in self.mail.text[:_LONGEST].lower()

    @cached_property
    def null_sender(self) -> bool:
        """Whether the mail may not be answered at all: the envelope sender is null, or the trace says that it was."""
        if self.envelope.mail_from is not None:
            return self.envelope.mail_from.strip() in ("", "<>")
        return self.mail.header("return-path").strip().lower() in ("<>", "<mailer-daemon>")


def local_of(address: Address | None) -> str:
    """The local part of an address without a detail, "" where there is none."""
    return local_part(address.address) if address else ""


def local_part(address: str) -> str:
    """The local part of an address in lower case, without a detail ("+...")."""
    return address.rpartition("@")[0].partition("+")[0].lower()


def of_a_list(local: str) -> bool:
    """Whether a local part is that of a mailing list's program."""
    return (
        local.startswith("owner-")
        or local.endswith(("-owner", "-bounce", "-bounces", "-request"))
        or local in _LIST_SERVERS
    )


def ends_noreply(local: str) -> bool:
    """Whether a local part itself says that nobody reads it."""
    return any(
        mark in local for mark in ("noreply", "no-reply", "no_reply", "donotreply", "do-not-reply", "nichtantworten")
    )


def takes_bounces(local: str) -> bool:
    """Whether a program takes what comes back there: it says "bounces", or is marked as VERP does, "bounce-7-anna=..."."""
    first, mark, rest = local.replace("_", "-").replace(".", "-").partition("-")
    return first in _BOUNCES and (not mark or not rest.isalpha())  # of letters alone it may be a name, "bounce-house"


def is_unread(local: str) -> bool:
    """Whether nobody reads what is sent to a local part: it is a program's, or says so itself."""
    return local in NOREPLY or local in PROGRAMS or ends_noreply(local) or takes_bounces(local)
