"""A mail arrives: what is known is looked up, everything is decided, and all of it is written, in one transaction."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from storage.claim import serialise
from threads.acknowledge import Question, acknowledge
from threads.arrival import Arrival, Found, Recorded
from threads.aside.suspicion import kept_apart
from threads.callbacks.planned import NOTHING_HEARD, Heard, Owed
from threads.charge.asking import Asking, asking, unconfirmed
from threads.conversation import PLACES
from threads.escalation.unreached import tell_others
from threads.match import match_found
from threads.model import (
    Acknowledge,
    Address,
    Direction,
    Kind,
    Mailbox,
    Placement,
    Priority,
    Silent,
    Suspicion,
    Urgency,
)
from threads.people.rights import as_declared
from threads.placing.bridging import united
from threads.placing.continuing import NEVER
from threads.placing.forms import written_for
from threads.placing.known import Known
from threads.placing.origin import from_outside
from threads.placing.references import unseen
from threads.policy import Policy
from threads.priority import Circumstances, prioritise
from threads.regroup.drawing import Rank, draw, hold_tied
from threads.sla.following import follow
from threads.sla.terms import NOTHING_MORE, Aim, Given, Promised
from threads.store.both import to_own
from threads.store.bridged import merge_bridged
from threads.store.callbacks import listen
from threads.store.history import history_for
from threads.store.known import known_for
from threads.store.record import record, record_again
from threads.store.successors import go_on

__all__ = ["Found", "Recorded", "arrive", "direction_of"]


def arrive(
    session: Session,
    found: Found,
    policy: Policy,
    now: datetime,
    *,
    decided: Placement | None = None,
    rank: Rank | None = None,
) -> Recorded:
    """Place a mail, rank it, decide whether it is acknowledged, and write all of that down.

    To be called in a writing session; nothing is written where anything raises. The same mail once more only adds
    the mailboxes that it had not reached before. Where a person `decided` where it belongs, that is not asked again.
    By `rank` the mails are read once more that it draws here out of another conversation.
    """
    found = _addressed(written_for(found, policy), policy)
    mail, mailbox = found.mail, found.mailboxes[0]
    serialise(session, f"customer:{mail.author.address if mail.author else mail.dedupe_key}", among=PLACES)
    again = record_again(session, found)
    if again is not None:
        return again
    direction, at = direction_of(found, policy), _when(found, now)
    outgoing = direction is Direction.OUT
    known = known_for(session, mail, found.envelope, policy, outgoing=outgoing)
    urgency = _urgency(found, known, mailbox, policy, at, outgoing=outgoing)
    found = _kept_apart_by_rule(found, urgency)
    placed = decided or _placed(session, found, known, policy, at, outgoing=outgoing)
    after = NEVER if found.imported or decided is not None else policy.continue_after
    apart = kept_apart(placed, found.suspicion)
    goes_on = go_on(session, apart, known, kind=found.classification.kind, now=at, after=after)
    placement = hold_tied(session, united(goes_on, known))
    colleague = _by_colleague(found, known)
    promised = _promised(known, by_colleague=colleague)
    question = _question(found, placement, mailbox, policy, now, forwarded=colleague and mail.forwarded is not None)
    asked = None if outgoing or found.imported or colleague else _asked(session, question, urgency, known)
    urgency = unconfirmed(urgency, asked) if asked else as_declared(urgency, question.address, known.member)
    due_at = None if found.imported else due_at_for(policy, mailbox, urgency, at, promised)
    owed = Owed(mailbox.address.lower(), urgency.priority, promised, _given(mailbox, urgency))
    heard = NOTHING_HEARD if outgoing else listen(session, found, placement, policy, at, owed, forwarded=colleague)
    arrival = Arrival(
        found=found,
        policy=policy,
        mailbox=mailbox,
        direction=direction,
        at=at,
        placement=placement,
        urgency=urgency,
        decided=_promising(_decided(session, found, question, due_at, asked), heard, policy),
        heard=heard,
        asked=asked,
        customer=customer_of(found, policy, outgoing=outgoing, by_colleague=colleague),
        by_colleague=colleague and not _is_customer(known, placement),
        due_at=due_at,
        promised=promised,
        ghosts=_ghosts(found, known, placement, outgoing=outgoing),
    )
    arrival = merge_bridged(session, arrival)
    recorded = record(session, arrival, now)
    draw(session, arrival, recorded, rank)
    follow(session, lambda: policy, at)
    if placement.about is not None and placement.about.purpose == "escalation":
        tell_others(session, placement.about.outbox_id, now)
    return recorded


def _promising(decided: Acknowledge | Silent, heard: Heard, policy: Policy) -> Acknowledge | Silent:
    """An acknowledgement with the call that its reader is promised; a stranger is promised nothing."""
    if heard.plan is None or not isinstance(decided, Acknowledge) or decided.to_stranger:
        return decided
    return replace(decided, callback=heard.plan.here(policy.zone_of(decided.mailbox)))


def _placed(session: Session, found: Found, known: Known, policy: Policy, at: datetime, *, outgoing: bool) -> Placement:
    """Where a mail belongs by what is known."""
    placed = match_found(found, found.mailboxes[0], known, at, policy, outgoing=outgoing)
    return placed if outgoing or found.forged else to_own(session, placed, known, found.mail)


def direction_of(found: Found, policy: Policy) -> Direction:
    """In an archive a mail from one of our mailboxes is our answer, unless its trace shows that it came from outside."""
    author = found.mail.author
    if not found.imported or author is None or author.address not in policy.addresses:
        return Direction.IN
    return Direction.IN if from_outside(found.mail, found.envelope, policy.trusted_authserv_id) else Direction.OUT


def _addressed(found: Found, policy: Policy) -> Found:
    """A mail that names none of our mailboxes, as one to the postmaster or of an archive may, came to the first of them."""
    return found if found.mailboxes else replace(found, mailboxes=policy.mailboxes[:1])


def customer_of(found: Found, policy: Policy, *, outgoing: bool, by_colleague: bool) -> Address | None:
    """Whom a conversation is with: who wrote, the writer of the mail that a colleague forwarded, or who got our mail."""
    mail = found.mail
    if outgoing:
        return next((each for each in mail.recipients if each.address not in policy.addresses), None)
    if by_colleague and mail.forwarded and mail.forwarded.author.address:
        return mail.forwarded.author
    return mail.author


def _promised(known: Known, *, by_colleague: bool) -> Promised:
    """What the customer's organisation has been promised; whose mail a colleague brought in is known only afterwards."""
    return known.member.promised if known.member is not None and not by_colleague else NOTHING_MORE


def due_at_for(
    policy: Policy, mailbox: Mailbox, urgency: Urgency, since: datetime, promised: Promised = NOTHING_MORE
) -> datetime | None:
    """By when somebody who writes at a moment is answered, in working time, in the mailbox's zone."""
    given = _given(mailbox, urgency)
    due_at = policy.owed_at(Aim.FIRST, mailbox.address.lower(), urgency.priority, since, promised, given)
    return due_at.astimezone(policy.zone_of(mailbox)) if due_at else None


def _given(mailbox: Mailbox, urgency: Urgency) -> Given:
    return Given(urgency.department or mailbox.department, urgency.sla)


def _ghosts(found: Found, known: Known, placement: Placement, *, outgoing: bool) -> tuple[str, ...]:
    """What a person's mail refers to that nobody has seen; a machine may name anything."""
    if not outgoing and found.classification.kind is not Kind.PERSON:
        return ()
    return unseen(found.mail, known, placement.conversation)


def _urgency(found: Found, known: Known, mailbox: Mailbox, policy: Policy, at: datetime, *, outgoing: bool) -> Urgency:
    if outgoing:
        return Urgency(Priority.NORMAL, "", "our own answer is not ranked")
    around = Circumstances(
        organisation=known.member.name if known.member else "",
        contract=known.member.promised.contract if known.member else "",
        at=at,
        hours=policy.hours(mailbox.address.lower()),
        typed=found.typed,
    )
    return prioritise(found.mail, found.classification, mailbox, policy.rules, around, match_all=policy.match_all)


def _kept_apart_by_rule(found: Found, urgency: Urgency) -> Found:
    """A mail that a rule holds for an agent's consent: as a suspected one, unless it is one already."""
    if not urgency.hold or found.imported or found.suspicion is not None:
        return found
    return replace(found, suspicion=Suspicion(urgency.hold))


def _question(
    found: Found, placement: Placement, mailbox: Mailbox, policy: Policy, now: datetime, *, forwarded: bool
) -> Question:
    return Question(
        mail=found.mail,
        envelope=found.envelope,
        classification=found.classification,
        verdict=found.verdict,
        placement=placement,
        mailbox=mailbox,
        policy=policy,
        now=now,
        forwarded_by_colleague=forwarded,
        by_form=found.by_form,
        suspected=found.suspicion is not None,
    )


def _asked(session: Session, question: Question, urgency: Urgency, known: Known) -> Asking | None:
    """What the customer is asked before it is critical; what went out of late is only looked up where they are to be asked."""
    if asking(question, urgency, known.member) is None:
        return None
    return asking(_with_history(session, question), urgency, known.member)


def _decided(
    session: Session, found: Found, question: Question, due_at: datetime | None, asked: Asking | None
) -> Acknowledge | Silent:
    """Whether an acknowledgement goes out; what went out of late is only looked up where nothing else silences it."""
    if found.imported:
        return Silent("it comes out of an archive")
    first = acknowledge(question)
    if isinstance(first, Silent):
        return first
    decided = acknowledge(_with_history(session, question), found.suggestions, due_at)
    return replace(decided, lacks=asked.lacks) if asked and isinstance(decided, Acknowledge) else decided


def _with_history(session: Session, question: Question) -> Question:
    author = question.mail.author
    assert author is not None  # noqa: S101 - a rule asked
    serialise(session, f"acknowledge:{author.domain}")
    return replace(question, history=history_for(session, author, question.envelope, question.now))


def _by_colleague(found: Found, known: Known) -> bool:
    """Whether an agent wrote it, or somebody of our own domain: only they forward a customer's mail."""
    author = found.mail.author
    if author is None or not found.verdict.acts or found.classification.kind is not Kind.PERSON:
        return False
    of_ours = author.domain in known.own_domains
    return author.address not in known.own_addresses and (author.address in known.agents or of_ours)


def _is_customer(known: Known, placement: Placement) -> bool:
    """Whether the writer is the customer of the conversation: colleagues may be customers of their own desk."""
    placed = known.conversations.get(placement.conversation) if placement.conversation else None
    return placed is not None and bool(placed.customers & known.writer)


def _when(found: Found, now: datetime) -> datetime:
    """When a mail came: of one out of an archive its Date, unless that lies in the future."""
    received = found.envelope.received_at.astimezone(UTC)
    if not found.imported or found.mail.sent_at is None:
        return received
    return min(found.mail.sent_at.astimezone(UTC), now.astimezone(UTC))
