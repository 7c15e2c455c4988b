"""The values that pass between packages: what a mail says, and what was decided about it.

Everything here is frozen and knows no database, setting or clock. Each decision carries `because`,
the sentence an agent reads in `brief why`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from knowledge.article import Suggestion

if TYPE_CHECKING:
    from threads.callbacks.planned import Planned  # it stands on what reads this

TAKEN_BACK = "taken back"
"""The kind of an answer of ours that never went out."""
BY_AGENT = frozenset({"agent", "undo"})
"""The signals of what stands where it does by an agent's word: they put it there, or took back what had put it elsewhere."""
HELD = "; held, because "
"""Stands in a message's `because` between what led it here and why it is held."""
BY_ITSELF = ("acknowledgement", "notice")
"""The kinds of what goes out of a conversation without an agent."""


class Kind(StrEnum):
    """Who wrote a mail: a person, or which sort of machine."""

    PERSON = "person"
    AUTO_REPLY = "auto-reply"
    AUTOMATIC = "automatic"
    BOUNCE = "bounce"
    DELIVERY_REPORT = "delivery-report"
    NEWSLETTER = "newsletter"
    LOOP = "loop"


class Source(StrEnum):
    """The door through which a mail came."""

    SMTP = "smtp"
    LMTP = "lmtp"
    IMAP = "imap"
    FORM = "form"
    FILE = "file"


class Priority(StrEnum):
    """How urgent a conversation is, the most urgent first."""

    CRITICAL = "critical"
    HIGH = "high"
    NORMAL = "normal"
    LOW = "low"

    @property
    def rank(self) -> int:
        """Its place among all: the most urgent has 0."""
        return list(Priority).index(self)


class Status(StrEnum):
    """Where a conversation stands."""

    OPEN = "open"
    WAITING = "waiting"
    SNOOZED = "snoozed"
    CLOSED = "closed"
    SUSPECTED = "suspected"
    """Kept apart: it may be spam, or carry a virus."""


class Direction(StrEnum):
    """Whether a message came to the desk or went out from it."""

    IN = "in"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class Address:
    """A mail address in lower case, with the name that stood beside it ("" where none did)."""

    address: str
    name: str = ""

    @property
    def domain(self) -> str:
        """What stands after the last @, "" where there is none."""
        return self.address.rpartition("@")[2] if "@" in self.address else ""

    @property
    def mailbox(self) -> str:
        """The address without the detail behind a + (RFC 5233): mail to both reaches the same mailbox."""
        local, at, domain = self.address.rpartition("@")
        return (local.partition("+")[0] or local) + at + domain


@dataclass(frozen=True, slots=True)
class Attachment:
    """What is known of an attached file; its bytes are cut from the raw mail by `part` when asked for."""

    name: str
    type: str
    size: int
    part: int
    """The number of the MIME part in depth-first order, from 0."""
    content_id: str = ""
    inline: bool = False


@dataclass(frozen=True, slots=True)
class RecipientStatus:
    """What a delivery report says of one recipient."""

    address: str
    code: str = ""
    """The enhanced status code (RFC 3463), such as "5.1.1"; "" where none is named."""
    said: str = ""
    """The words of the server that refused it, in one line."""


@dataclass(frozen=True, slots=True)
class DeliveryStatus:
    """What a delivery report says (RFC 3464) about a mail that we may have sent."""

    failed: tuple[str, ...] = ()
    delayed: tuple[str, ...] = ()
    original_message_id: str | None = None
    details: tuple[RecipientStatus, ...] = ()
    """Of those that failed or are delayed, as far as it gives a reason."""

    def of(self, address: str) -> RecipientStatus:
        """What it says of one recipient."""
        return next((each for each in self.details if each.address == address), RecipientStatus(address))


@dataclass(frozen=True, slots=True)
class Forwarded:
    """The mail inside a forwarded mail: its writer, and what they wrote."""

    author: Address
    subject: str
    text: str
    reply: str


SEALED = "it cannot be read here"
"""How the defect of a mail ends that is wrapped, mostly encrypted."""


@dataclass(frozen=True, slots=True)
class InboundMail:
    """One mail as read: nothing in it is trusted, nothing in it raises."""

    message_id: str | None
    """In angle brackets, otherwise as it stood in the header: an opaque string."""
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    """Oldest first, as in the header."""
    sent_at: datetime | None
    """The Date header, aware, in UTC."""
    language: str
    """Two letters, "de" or "en" where nothing else is known."""
    author: Address | None
    """The From header; of several the first."""
    sender: Address | None
    reply_to: tuple[Address, ...]
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    subject: str
    text: str
    """The whole body as text."""
    reply: str
    """Only what the writer wrote: no quotation, no signature."""
    attachments: tuple[Attachment, ...]
    headers: tuple[tuple[str, str], ...]
    """Every header of the mail in order: the name in lower case, the value unfolded and decoded."""
    content_type: str
    """Of the whole mail, in lower case, without parameters."""
    content_hash: str
    """SHA-256, in hex, of the headers without trace, DKIM and ARC, plus the body: equal for the same mail over two relays."""
    size: int
    """Of the raw mail in bytes."""
    defects: tuple[str, ...] = ()
    forwarded: Forwarded | None = None
    status: DeliveryStatus | None = None
    """Set where the mail holds a delivery report."""
    html: str = ""
    """The sanitised HTML body, "" where there was none."""

    def header(self, name: str) -> str:
        """The first value of a header (`name` in lower case), "" where it is missing."""
        return next((value for key, value in self.headers if key == name), "")

    def all_headers(self, name: str) -> tuple[str, ...]:
        """Every value of a header (`name` in lower case), the topmost first."""
        return tuple(value for key, value in self.headers if key == name)

    @property
    def is_sealed(self) -> bool:
        """Whether what it says is wrapped, mostly encrypted, so that only its header can be read here."""
        return any(each.endswith(SEALED) for each in self.defects)

    @property
    def recipients(self) -> tuple[Address, ...]:
        """To and Cc together."""
        return self.to + self.cc

    @property
    def dedupe_key(self) -> str:
        """What makes two received mails the same mail: the Message-ID and the content hash."""
        return f"{self.message_id or ''} {self.content_hash}"


@dataclass(frozen=True, slots=True)
class Envelope:
    """What the door said of a mail, which its headers need not say."""

    source: Source
    mail_from: str | None
    """The envelope sender: "" is the null sender, None is not known (a file)."""
    recipients: tuple[str, ...]
    received_at: datetime
    client: str = ""
    """The peer's IP address; for the form the visitor's pseudonym."""
    helo: str = ""
    tls: bool = False


@dataclass(frozen=True, slots=True)
class Classification:
    """Who wrote a mail, and whether an acknowledgement may go to them."""

    kind: Kind
    acknowledge: bool
    because: str
    failed_recipients: tuple[str, ...] = ()


class Authenticity(StrEnum):
    """In one word what SPF, DKIM and DMARC say of a mail's origin."""

    GENUINE = "genuine"
    FORGED = "forged"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a mail comes from where it says."""

    authenticity: Authenticity
    because: str
    details: str = ""
    """What each check came to, in one line."""
    fails: bool = False
    """DMARC fails, also where the author's domain asks for no consequence."""

    @property
    def acts(self) -> bool:
        """Whether the mail may act for whom it claims to be from."""
        return self.authenticity is not Authenticity.FORGED and not self.fails


@dataclass(frozen=True, slots=True)
class Suspicion:
    """Why a mail is kept apart: it may be spam, or carry a virus."""

    because: str
    virus: str = ""
    """The name of what was found in it, "" where it is suspected of something else."""


@dataclass(frozen=True, slots=True)
class SentMail:
    """A mail of ours that a delivery report may be about."""

    outbox_id: UUID
    conversation: UUID
    message: UUID | None
    purpose: str
    """"reply", "acknowledgement" or "notice"."""
    recipients: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a mail belongs. `conversation` None opens a new one."""

    conversation: UUID | None
    signal: str
    """Which signal decided: "token", "own id", "in-reply-to", "references", "ghost", "recipient", "quotation",
    "subject", "new", "agent", or "undo"; of an answer of ours "written"."""
    because: str
    held: bool = False
    merges: tuple[UUID, ...] = ()
    """The conversations that the mail belongs to as well: they become one with it."""
    shown: tuple[str, ...] = ()
    """What shows that the mail belongs to each of these as well, a clause each."""
    alone: Placement | None = None
    """Of a mail that makes conversations one: where it would stand, and why, had they stayed apart."""
    ties: tuple[tuple[UUID, UUID], ...] = ()
    """What stands loosely somewhere, by its subject or by a quotation alone, and goes with the mail by their IDs: it comes to
    it. Each part by the message because of which it stands there, with that conversation."""
    loose_with: UUID | None = None
    """With which such part of its conversation the mail stands there: nothing else leads to that conversation."""
    recycles: tuple[UUID, ...] = ()
    """The conversations of which an old mail was reused for this new one."""
    continues: UUID | None = None
    """The conversation, closed for long, with which this new one goes on."""
    rejected: tuple[str, ...] = ()
    """A sentence for each candidate that was considered and refused."""
    about: SentMail | None = None
    """The mail of ours that a delivery report is about."""

    @property
    def proven(self) -> bool:
        """Whether only who got our mail could know what led here."""
        return self.signal in {"token", "own id"}


@dataclass(frozen=True, slots=True)
class Urgency:
    """A priority with the rule that gave it."""

    priority: Priority
    rule: str
    because: str
    opens: bool = False
    """A rule asked that even a machine's mail opens a conversation for the agents."""
    department: str = ""
    """Who is to answer, where the rule says so."""
    tags: tuple[str, ...] = ()
    assignee: str = ""
    """The ID of the agent whose it becomes, where a rule names one."""
    answer: str = ""
    """A block of text for the acknowledgement."""
    hold: str = ""
    """Why a rule keeps the mail apart, "" where none does."""
    sla: str = ""
    """The name of the SLA policy that a rule gives the conversation."""


@dataclass(frozen=True, slots=True)
class Mailbox:
    """An address the desk answers for."""

    address: str
    name: str = ""
    language: str = "de"
    tone: str = "Sie"
    """How German customers are addressed: "du" or "Sie"."""
    signature: str = ""
    department: str = ""
    audience: str = ""
    """Only articles for this audience (or for all) are suggested; "" is no filter."""
    acknowledge: bool = True

    @property
    def domain(self) -> str:
        """The domain of the address."""
        return self.address.rpartition("@")[2]


@dataclass(frozen=True, slots=True)
class Silent:
    """Nothing goes out by itself, because ..."""

    because: str


@dataclass(frozen=True, slots=True)
class Acknowledge:
    """One acknowledgement goes to `to`, quoting `answers` (at most three, often none)."""

    to: Address
    mailbox: Mailbox
    language: str
    answers: tuple[Suggestion, ...]
    answer_by: datetime | None
    """When a person will have answered, in working time; aware, in the mailbox's zone."""
    because: str
    to_stranger: bool = False
    """Of a mail that is held: it says that it has arrived, and nothing of the conversation."""
    withheld: tuple[Suggestion, ...] = ()
    """Answers that it would quote, but that the conversation goes without them, to compare."""
    lacks: str = ""
    """What an emergency lacks that the customer is asked about: "definition" or "right"; "" where they are not asked."""
    callback: Planned | None = None
    """The call that they are promised, its times in the mailbox's zone."""
