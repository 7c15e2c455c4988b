"""What is known of a mail's conversation before it is placed: looked up by the store, judged by `match`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from threads.model import SentMail
from threads.people.rights import Member


@dataclass(frozen=True, slots=True)
class KnownConversation:
    """A conversation that a mail may belong to."""

    id: UUID
    handle: str
    canonical_subject: str
    mailboxes: frozenset[str]
    people: frozenset[str]
    """The addresses of everybody who takes part."""
    customer_domains: frozenset[str]
    last_at: datetime
    """When its last mail came or went."""
    customers: frozenset[str] = frozenset()
    """Every address of its customer."""
    beside: frozenset[str] = frozenset()
    """The addresses of those whose messages are held there, and whom these went to."""
    names: frozenset[str] = frozenset()
    """The names of everybody who takes part, case folded."""
    side_of: UUID | None = None
    """The conversation about which a third party is asked in this one."""
    closed_at: datetime | None = None
    organisation: UUID | None = None
    """That of its customer."""


@dataclass(frozen=True, slots=True)
class KnownMessage:
    """A message whose ID is named in a mail."""

    message_id: str
    """In brackets."""
    conversation: UUID
    canonical_subject: str
    ours: bool = False
    """We made its ID, which is random: who names it has got the mail."""
    out: bool = False
    """It went out from us, perhaps by another program before this desk."""
    by_agent: bool = False
    """An agent has put it where it is."""
    held: bool = False
    weak: bool = False
    """It stands where it does by its subject or by what it quotes alone."""
    loose: UUID | None = None
    """The part of its conversation, loose there, in which it stands; None where it stands firmly."""


@dataclass(frozen=True, slots=True)
class KnownGhost:
    """That a conversation refers to something nobody has seen."""

    ghost: str
    conversation: UUID
    held: bool = False
    """Only by a message that is held beside it."""
    loose: UUID | None = None
    """Only by a message of this part, which stands there loosely."""


@dataclass(frozen=True, slots=True)
class KnownQuotation:
    """That a mail quotes a message."""

    conversation: UUID
    code: str
    """Of the message."""
    shared: int
    """How many of its passages stand in the quotation."""
    of: int
    """How many passages of it are kept."""


@dataclass(frozen=True, slots=True)
class Known:
    """Everything stored that may decide where one mail belongs."""

    tokens: Mapping[str, UUID] = field(default_factory=dict)
    """The tokens among the mail's recipients that belong to a conversation."""
    messages: tuple[KnownMessage, ...] = ()
    conversations: Mapping[UUID, KnownConversation] = field(default_factory=dict)
    same_subject: tuple[UUID, ...] = ()
    """Conversations of the writer with this canonical subject, the newest first."""
    unanswered: frozenset[UUID] = frozenset()
    """Those of them in which nobody but the writer has said anything, where the mail answers one that nobody has seen."""
    writer: frozenset[str] = frozenset()
    """Every address of the person who wrote (for our own mail: of those who got it)."""
    member: Member | None = None
    """What the writer is to their organisation."""
    people: frozenset[str] = frozenset()
    """Every address of those who wrote and got the mail, without our own."""
    ghosts: tuple[KnownGhost, ...] = ()
    """Who refers to what the mail names, or is."""
    quotations: tuple[KnownQuotation, ...] = ()
    """Which messages a mail quotes that names no ID which is known."""
    loose: Mapping[UUID, frozenset[str]] = field(default_factory=dict)
    """The parts of conversations that stand there loosely, with the addresses of who wrote them: by a subject or a quotation
    alone, though they name a mail that had not been seen."""
    apart: frozenset[tuple[UUID, UUID]] = frozenset()
    """Conversations that are not to become one again, each pair both ways round."""
    agents: frozenset[str] = frozenset()
    """The agents' own addresses."""
    own_addresses: frozenset[str] = frozenset()
    """Those of our mailboxes."""
    own_domains: frozenset[str] = frozenset()
    """The domains of the desk's own people, freemail providers left out."""

    returned: Mapping[str, SentMail] = field(default_factory=dict)
    """The mails of ours whose envelope senders stand among the mail's recipients, by their tokens; these are in `tokens` too."""
    sent: Mapping[str, SentMail] = field(default_factory=dict)
    """For a delivery report: the mails that went out from here among `messages`, by Message-ID."""
    sent_lately: tuple[SentMail, ...] = ()
    """For a delivery report: what went to the recipients that it names, the latest first."""
    stray_token: bool = False
    """Something of the form of a token stands among the recipients, and leads nowhere."""

    def conversations_with(self, ghost: str) -> tuple[UUID, ...]:
        """The conversations that refer to something unseen."""
        return tuple(dict.fromkeys(each.conversation for each in self.ghosts if each.ghost == ghost))

    def are_apart(self, one: UUID, other: UUID) -> bool:
        """Whether an agent made two of what was one, or an old thread was reused for something new."""
        return (one, other) in self.apart

    def firm(self) -> Known:
        """The same without what stands loosely in its conversation."""
        messages = tuple(each for each in self.messages if each.loose is None)
        return replace(self, messages=messages, ghosts=tuple(each for each in self.ghosts if each.loose is None))

    def with_id(self, message_id: str) -> tuple[KnownMessage, ...]:
        """Every stored message with an ID: more than one where a program used it twice."""
        return tuple(message for message in self.messages if message.message_id == message_id)
