"""Whether a customer is asked first if an emergency that they declare may be charged: a pure decision."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from threads.acknowledge import NOT_FOR_A_QUESTION, Question, silence
from threads.charge.declared import declared
from threads.model import InboundMail, Priority, Urgency
from threads.people.rights import Member, may_declare

RULE = "declared"
"""Stands for a rule at a conversation that is only as urgent as its customer calls it."""


class Lacks(StrEnum):
    """What an emergency lacks that a customer declares."""

    DEFINITION = "definition"
    """What they tell of is none of the three emergencies."""
    RIGHT = "right"
    """Others of their organisation may declare one, they may not."""


@dataclass(frozen=True, slots=True)
class Asking:
    """A customer is to be asked whether it may be charged."""

    lacks: Lacks
    because: str


def asking(question: Question, urgency: Urgency, member: Member | None) -> Asking | None:
    """What the writer of a mail is to be asked before it is critical; None where there is nothing to ask, or nobody.

    Whoever could not be asked is not made to wait for an answer.
    """
    if not question.limits.charges or question.placement.held:
        return None
    goes_on = question.placement.conversation is not None
    lacks = lacking(question.mail, question.address, urgency, member, goes_on=goes_on)
    if lacks is None or silence(question, but=NOT_FOR_A_QUESTION):
        return None
    return lacks


def unconfirmed(urgency: Urgency, asked: Asking) -> Urgency:
    """How urgent it is until they have answered: high, not critical."""
    told = f"{asked.because}, so it is high until it is confirmed that it may be charged"
    because = "; ".join(filter(None, (urgency.because if urgency.rule else "", told)))
    if urgency.priority is Priority.HIGH:
        return replace(urgency, because=because)
    rule = urgency.rule if urgency.priority is Priority.CRITICAL else RULE
    return replace(urgency, priority=Priority.HIGH, rule=rule, because=because)


def lacking(
    mail: InboundMail, address: str, urgency: Urgency, member: Member | None, *, goes_on: bool = False
) -> Asking | None:
    """What an emergency lacks that the writer of a mail declares, whether or not they can be asked; None where it lacks nothing.

    The subject of a mail that `goes_on` with a conversation is that of an earlier one.
    """
    if urgency.priority is Priority.CRITICAL:
        if member is None or may_declare(member):
            return None
        return Asking(Lacks.RIGHT, f"{address} has no right to declare an emergency for {member.name}")
    said = declared("" if goes_on else mail.subject, mail.reply)
    if not said:
        return None
    because = f'{address} declares an emergency ("{said}"), and tells of none that is defined'
    return Asking(Lacks.DEFINITION, because)
