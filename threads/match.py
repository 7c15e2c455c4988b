"""Which conversation a mail belongs to: an ordered list of signals, the first that decides wins.

A token or an ID proves the conversation, never the person: a sender who takes no part in it is a stranger, and
their mail is held beside it. Nothing here reads the database or a clock.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from threads.model import HELD, InboundMail, Kind, Mailbox, Placement
from threads.placing.bridging import bridged, recycled
from threads.placing.known import Known
from threads.placing.loose import on_firm, on_loose, with_ties
from threads.placing.mail import RECENT_FOR, Found, Mail, Signal
from threads.placing.strangers import stranger_because
from threads.signals.addressed import by_recipient, by_report, by_token, is_backscatter
from threads.signals.decision import by_decision
from threads.signals.ghosts import by_ghost
from threads.signals.identifiers import by_in_reply_to, by_own_id, by_references
from threads.signals.quotation import by_quotation
from threads.signals.subject import by_subject

if TYPE_CHECKING:
    from threads.arrival import Found as Intake
    from threads.policy import Policy  # its calendars load every country's holidays

SIGNALS: tuple[tuple[str, Signal], ...] = (
    ("agent", by_decision),
    ("token", by_token),
    ("own id", by_report),
    ("own id", by_own_id),
    ("in-reply-to", on_firm(by_in_reply_to)),
    ("references", on_firm(by_references)),
    ("ghost", on_firm(by_ghost)),
    ("in-reply-to", on_loose(by_in_reply_to)),
    ("references", on_loose(by_references)),
    ("ghost", on_loose(by_ghost)),
    ("recipient", by_recipient),
    ("quotation", by_quotation),
    ("subject", by_subject),
)
"""In order: the first that decides wins. A mail that none of them places opens a conversation."""


def match(
    mail: InboundMail,
    mailbox: Mailbox,
    known: Known,
    now: datetime,
    *,
    kind: Kind = Kind.PERSON,
    outgoing: bool = False,
    forged: bool = False,
    recent_for: timedelta = RECENT_FOR,
    imported: bool = False,
) -> Placement:
    """Where a mail belongs, why, and whether it is held there until an agent lets it in."""
    placed = Mail(mail, mailbox, known, now, kind, outgoing, forged, recent_for, imported)
    rejected: list[str] = []
    for name, signal in SIGNALS:
        found = signal(placed)
        rejected += found.rejected
        if found.conversation is not None:
            return _placement(placed, name, found, tuple(dict.fromkeys(rejected)))
        if signal is by_own_id and is_backscatter(placed):
            return Placement(None, "new", "it reports on a mail that did not go out from here")
    because = (
        "no signal leads to a conversation that is there" if rejected else "nothing in it refers to a conversation"
    )
    opens = Placement(None, "new", because, rejected=tuple(dict.fromkeys(rejected)), recycles=recycled(placed))
    return with_ties(placed, opens)


def match_found(
    found: Intake, mailbox: Mailbox, known: Known, now: datetime, policy: Policy, *, outgoing: bool = False
) -> Placement:
    """The same of a mail as intake found it."""
    return match(
        found.mail,
        mailbox,
        known,
        now,
        kind=found.classification.kind,
        outgoing=outgoing,
        forged=found.forged,
        recent_for=policy.recent_for,
        imported=found.imported,
    )


def _placement(placed: Mail, name: str, found: Found, rejected: tuple[str, ...]) -> Placement:
    assert found.conversation is not None  # noqa: S101 - the caller asked
    stranger = stranger_because(placed, name, placed.conversation(found.conversation))
    because = f"{found.because}{HELD}{stranger}" if stranger else found.because
    placement = Placement(found.conversation, name, because, held=bool(stranger), rejected=rejected, about=found.about)
    return with_ties(placed, bridged(placed, placement))
