"""One mail on its way into the store: what intake found, what was decided, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from knowledge.article import Suggestion
from threads.callbacks.planned import NOTHING_HEARD, Heard
from threads.charge.asking import Asking
from threads.model import (
    Acknowledge,
    Address,
    Classification,
    Direction,
    Envelope,
    InboundMail,
    Mailbox,
    Placement,
    Silent,
    Source,
    Suspicion,
    Urgency,
    Verdict,
)
from threads.policy import Policy
from threads.sla.terms import NOTHING_MORE, Given, Promised


@dataclass(frozen=True, slots=True)
class Found:
    """A mail as intake has read it, before anything of the desk was asked."""

    envelope_id: UUID | None
    raw_id: UUID | None
    envelope: Envelope
    mail: InboundMail
    classification: Classification
    verdict: Verdict
    mailboxes: tuple[Mailbox, ...] = ()
    """Those of ours that it was sent to; without any the first one answers for it."""
    suggestions: tuple[Suggestion, ...] = ()
    suspicion: Suspicion | None = None
    """Why it is kept apart."""
    imported: bool = False
    """Out of an archive: nothing goes out, no clock starts, and its Date is when it came."""
    by_form: bool = False
    """A form that the settings name wrote it for whom it names as its author."""
    code: str = ""
    """How agents name it, where that is known before it is written down."""

    @property
    def typed(self) -> bool:
        """Whether it was typed into a form, ours or another's: there anybody can call any address theirs."""
        return self.by_form or self.envelope.source is Source.FORM

    @property
    def forged(self) -> bool:
        """Whether anybody may have written it in another's name: it leads into nobody's conversation."""
        return not self.verdict.acts or self.typed


@dataclass(frozen=True, slots=True)
class Arrival:
    """Everything that was decided about a mail: it only has to be written down."""

    found: Found
    policy: Policy
    mailbox: Mailbox
    direction: Direction
    at: datetime
    """When it came or, out of an archive, was sent."""
    placement: Placement
    urgency: Urgency
    decided: Acknowledge | Silent
    customer: Address | None
    """Whom a new conversation is with."""
    by_colleague: bool = False
    due_at: datetime | None = None
    """When a new conversation is to be answered."""
    promised: Promised = NOTHING_MORE
    """What the customer's organisation has been promised."""
    asked: Asking | None = None
    """What the customer is asked before it is critical."""
    heard: Heard = NOTHING_HEARD
    """Whether its writer wishes to be called."""
    ghosts: tuple[str, ...] = ()
    """What it refers to that nobody has seen."""

    @property
    def given(self) -> Given:
        """What a new conversation itself says about what is owed in it."""
        return Given(self.urgency.department or self.mailbox.department, self.urgency.sla)

    @property
    def mail(self) -> InboundMail:
        """The mail itself."""
        return self.found.mail


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of a mail."""

    message: UUID
    conversation: UUID
    handle: str
    direction: Direction
    new: bool
    """It opened the conversation."""
    held: bool
    because: str
    """Which signal decided."""
    duplicate: bool = False
    """The same mail was there already."""
    acknowledged: bool = False
