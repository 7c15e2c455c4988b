"""What `Desk` does about calls."""

from __future__ import annotations

from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from sqlalchemy.orm import Session

from storage.errors import WrongUse
from threads import lookup
from threads.conversation import apply, locked
from threads.life import changes
from threads.model import Address, Classification, Kind, Mailbox, Urgency
from threads.outgoing.sending import address_of
from threads.people.addresses import person_with
from threads.people.called import Called, refuse_subject
from threads.people.called import opened as called_in
from threads.people.linking import customers_own
from threads.people.phone import Heard, call_of, check, set_password
from threads.store.words import add_words_of

if TYPE_CHECKING:
    from service.desk import Desk

Row = dict[str, Any]


class Rang(TypedDict, total=False):
    """Who rang, and how."""

    caller: str
    number: str
    password: str | None
    """The phone password as the caller said it; None is not asked."""
    subject: str
    """What a new conversation is about."""
    mailbox: str
    """Of a new conversation; without one the desk's first."""


def note(desk: Desk, name: str, text: str, **rang: Unpack[Rang]) -> Row:
    """Write down what was said in a call, and whether the caller knew the phone password; None is not asked.

    With a subject a conversation is opened for it, with the customer who has the address `name`.
    """
    caller, number, password = rang.get("caller", ""), rang.get("number", ""), rang.get("password")
    changes.noted(text, call_of(caller, number, Heard.NOT_ASKED))  # what is wrong is refused before a try is spent
    if "subject" in rang:
        return _opened(desk, name, text, rang)
    heard = Heard.NOT_ASKED if password is None else _heard(desk, name, password)
    change = changes.noted(text, call_of(caller, number, heard))
    with desk.writing() as (session, agent_id):
        row = locked(session, lookup.one(session, name).id)
        event = apply(session, row, change, actor=agent_id, now=desk.clock())
        add_words_of(session, event, text)
        return {**desk.result(session, row, event.because), "password": heard.value}


def _opened(desk: Desk, who: str, text: str, rang: Rang) -> Row:
    caller, password = rang.get("caller", ""), rang.get("password")
    to, mailbox = _customer(desk, who, caller), _mailbox(desk, rang.get("mailbox", ""))
    refuse_subject(rang["subject"])
    heard = Heard.NOT_ASKED if password is None else _heard_of(desk, to.address, password)
    called = Called(to, rang["subject"], text, call_of(caller, rang.get("number", ""), heard), mailbox)
    with desk.placing() as (session, agent_id):
        now = desk.clock()
        row = called_in(session, called, _urgency(session, desk, called, now), desk.policy, actor=agent_id, now=now)
        return {**desk.result(session, row, f"{agent_id} opened it: {to.address} rang"), "password": heard.value}


def _customer(desk: Desk, who: str, caller: str) -> Address:
    to = address_of(who)
    with desk.reading() as session:
        customers_own(session, to.address, desk.policy.addresses)
    return Address(to.address, to.name or " ".join(caller.split()))


def _mailbox(desk: Desk, address: str) -> Mailbox:
    found = desk.policy.mailbox_of(address.strip().lower()) if address else desk.policy.mailboxes[0]
    if found is None:
        there = ", ".join(sorted(desk.policy.addresses))
        raise WrongUse(f"{address[:80]} is no mailbox of this desk; there is {there}")
    return found


def _urgency(session: Session, desk: Desk, called: Called, now: datetime) -> Urgency:
    """By the same rules as a mail that says what was said."""
    from mailgateway.mime.parse import parse
    from threads.priority import prioritise
    from threads.rule import Circumstances
    from threads.store.rights import member_of

    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"] = called.who.address, called.mailbox.address
    mail["Subject"] = " ".join(called.subject.split())
    mail.set_content(called.text, charset="utf-8")
    member = member_of(session, [called.who.address])
    around = Circumstances(
        organisation=member.name if member else "",
        contract=member.promised.contract if member else "",
        at=now,
        hours=desk.policy.hours(called.mailbox.address.lower()),
    )
    kind = Classification(Kind.PERSON, acknowledge=False, because="somebody rang")
    policy = desk.policy
    return prioritise(parse(mail.as_bytes()), kind, called.mailbox, policy.rules, around, match_all=policy.match_all)


def _heard(desk: Desk, name: str, password: str) -> Heard:
    """Whether who rings knows the password of a conversation's customer: written down, whatever becomes of the note."""
    with desk.writing() as (session, agent_id):
        row = lookup.one(session, name)
        return check(session, row.customer_id, password, actor=agent_id, now=desk.clock())


def _heard_of(desk: Desk, address: str, password: str) -> Heard:
    """The same of the customer with an address."""
    with desk.writing() as (session, agent_id):
        return check(session, person_with(session, address), password, actor=agent_id, now=desk.clock())


def give_password(desk: Desk, address: str, password: str) -> Row:
    """Give a customer a phone password; "" takes it away."""
    with desk.writing() as (session, agent_id):
        ours = desk.policy.addresses
        return set_password(session, address, password, ours=ours, actor=agent_id, now=desk.clock())
