"""What `Desk` does about calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from threads import lookup
from threads.conversation import apply, locked
from threads.life import changes
from threads.people.phone import Heard, call_of, check, set_password
from threads.store.words import add_words_of

if TYPE_CHECKING:
    from service.desk import Desk

Row = dict[str, Any]


def note(desk: Desk, name: str, text: str, *, caller: str, number: str, password: str | None) -> Row:
    """Write down what was said in a call, and whether the caller knew the phone password; None is not asked."""
    changes.noted(text, call_of(caller, number, Heard.NOT_ASKED))  # what is wrong is refused before a try is spent
    heard = Heard.NOT_ASKED if password is None else _heard(desk, name, password)
    change = changes.noted(text, call_of(caller, number, heard))
    with desk.writing() as (session, agent_id):
        row = locked(session, lookup.one(session, name).id)
        event = apply(session, row, change, actor=agent_id, now=desk.clock())
        add_words_of(session, event, text)
        return {**desk.result(session, row, event.because), "password": heard.value}


def _heard(desk: Desk, name: str, password: str) -> Heard:
    """Whether who rings knows the password of a conversation's customer: written down, whatever becomes of the note."""
    with desk.writing() as (session, agent_id):
        row = lookup.one(session, name)
        return check(session, row.customer_id, password, actor=agent_id, now=desk.clock())


def give_password(desk: Desk, address: str, password: str) -> Row:
    """Give a customer a phone password; "" takes it away."""
    with desk.writing() as (session, agent_id):
        ours = desk.policy.addresses
        return set_password(session, address, password, ours=ours, actor=agent_id, now=desk.clock())
