"""What `Desk` does to ask a third party about a customer's matter."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from storage.tables import ConversationRow, MessageRow
from threads import lookup
from threads.outgoing.answering import refuse_stopped_addresses
from threads.people.addresses import person_with
from threads.timeline import LONGEST_TEXT

if TYPE_CHECKING:
    from service.desk import Desk
    from threads.aside.forwarding import Question

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whom an agent wants to ask, and what goes along, as they said it."""

    to: str
    message: str = ""
    """The code of the message that is forwarded; "" is the customer's last."""
    with_address: bool = False
    with_attachments: bool = False
    anyway: bool = False
    """Even to an address that mail failed for for good."""


def begin(desk: Desk, name: str, wanted: Wanted) -> Row:
    """What an agent has to know who writes to a third party: to whom, on what, and what goes along."""
    from threads.aside.forwarding import shown

    with _asking(desk, name, wanted, "") as (session, agent_id, main, message, question):
        quoted = shown(session, main, message, question, desk.policy)
        return {
            "handle": main.handle,
            "conversation": str(main.id),
            "agent": agent_id,
            "to": {"name": question.to.name, "address": question.to.address},
            "subject": message.subject,
            "customer_wrote": quoted.text[:LONGEST_TEXT],
            "attachments": [str(each["name"]) for each in message.attachments],
        }


def forward(desk: Desk, name: str, text: str, wanted: Wanted) -> Row:
    """Ask a third party. The mail is held for a while, in which `undo` takes it back."""
    from threads.aside.forwarding import forward as ask

    with _asking(desk, name, wanted, text) as (session, agent_id, main, message, question):
        side, sent = ask(
            session, main, message, question, agent_id=agent_id, policy=desk.policy, now=desk.clock()
        )  # fmt: skip
        held_for = desk.policy.undo_for.total_seconds()
        did = f"{agent_id} asked {question.to.address} about {main.handle}"
        return {**desk.result(session, side, did), **sent, "held_for": held_for}


@contextmanager
def _asking(
    desk: Desk, name: str, wanted: Wanted, text: str
) -> Iterator[tuple[Session, str, ConversationRow, MessageRow, Question]]:
    """The conversation that is meant, held, with what is asked about it; refused where that cannot be."""
    from threads.aside.forwarding import (
        Question,
        hold,
        latest_of,
        refuse_files,
        refuse_whom,
        refuse_wordless,
        to_forward,
    )
    from threads.outgoing.sending import address_of

    to = address_of(wanted.to)
    with desk.writing() as (session, agent_id):
        main = hold(session, lookup.one(session, name), to)
        refuse_whom(session, main, to.address, desk.policy)
        message = to_forward(session, main, wanted.message)
        said = _own_words(session, main, message)
        if wanted.with_attachments:
            refuse_files(message, latest_of(session, main))
        else:
            refuse_wordless(message, said)
        if not wanted.anyway:
            refuse_stopped_addresses(session, [to.address])
        question = Question(to, text, said, wanted.with_address, wanted.with_attachments)
        yield session, agent_id, main, message, question


def _own_words(session: Session, main: ConversationRow, message: MessageRow) -> str:
    """What of a message its writer wrote themselves; of a customer's mail that somebody passed on, what the customer wrote."""
    from mailgateway.bodies.forwarded import forwarded
    from mailgateway.bodies.own import certainly_own, says_something

    passed_on = forwarded(message.subject, message.text)
    customers = passed_on is not None and main.customer_id == person_with(session, passed_on.author.address)
    return certainly_own(message.reply) if customers or says_something(message.text) else ""
