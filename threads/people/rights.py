"""What somebody may see and say because they are of an organisation: pure decisions, each with its sentence."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

from threads.model import Priority, Urgency
from threads.sla.terms import NOTHING_MORE, Promised


class Sees(StrEnum):
    """Which of their organisation's conversations somebody may see."""

    OWN = "own"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of an organisation, with what they may do for it."""

    organisation: UUID
    name: str
    """Of the organisation."""
    sees: Sees = Sees.OWN
    may_declare: bool = False
    """They may declare an emergency."""
    speaks: bool = False
    """They are an authorised speaker."""
    others_declare: bool = False
    """Somebody of the organisation may declare an emergency."""
    promised: Promised = NOTHING_MORE
    """To the organisation."""


@dataclass(frozen=True, slots=True)
class Right:
    """Whether somebody who takes no part in a conversation belongs to it all the same, as their rights say."""

    belongs: bool
    because: str
    """The end of a sentence: "ben@firma.example may see only ..."."""


def right_to_join(address: str, member: Member | None, organisation: UUID | None) -> Right | None:
    """What their rights say of a writer in a conversation of which they are no participant; None where they say nothing.

    `organisation` is that of the conversation's customer. What rights do not say is told by the domain of an address.
    """
    if member is None:
        return None
    if member.sees is Sees.OWN:
        return Right(False, f"{address} takes no part in it, and of {member.name} may see only their own conversations")
    if organisation is None:
        return None
    if member.organisation != organisation:
        return Right(False, f"{address} is of {member.name}, and this conversation is with another organisation")
    return Right(True, f"{address} may see all conversations of {member.name}")


def may_declare(member: Member) -> bool:
    """Whether somebody may declare an emergency for their organisation: where nobody was given that right, all may."""
    return member.may_declare or not member.others_declare


def as_declared(urgency: Urgency, address: str, member: Member | None) -> Urgency:
    """The urgency of the mail of a writer who cannot be asked, which says where they have no right to declare the
    emergency that it reports.

    It stays an emergency: a night of theirs that is lost costs more than one of ours that is disturbed.
    """
    if urgency.priority is not Priority.CRITICAL or member is None or may_declare(member):
        return urgency
    said = f"{address} has no right to declare an emergency for {member.name}: ask somebody there who has"
    return replace(urgency, because=f"{urgency.because}; {said}")


def in_words(sees: str, *, may_declare: bool, speaks: bool) -> str:
    """What somebody may do for their organisation, as an agent reads it."""
    said = [
        "authorised speaker" if speaks else "",
        "sees all conversations" if sees == Sees.ALL else "sees only their own",
        "may declare an emergency" if may_declare else "",
    ]
    return ", ".join(filter(None, said))
