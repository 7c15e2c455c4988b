"""A mail that is to be placed, with all that is known around it, and what one signal says of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from threads.model import InboundMail, Kind, Mailbox, SentMail
from threads.people.freemail import is_freemail
from threads.placing.known import Known, KnownConversation, KnownMessage
from threads.subjects import canonical, untagged

RECENT_FOR = timedelta(days=30)
REPORTS = frozenset({Kind.BOUNCE, Kind.DELIVERY_REPORT})


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail that is to be placed, with all that is known around it."""

    mail: InboundMail
    mailbox: Mailbox
    known: Known
    now: datetime
    kind: Kind = Kind.PERSON
    outgoing: bool = False
    """It is an answer of ours, out of an archive."""
    forged: bool = False
    """Authentication says that it does not come from where it says."""
    recent_for: timedelta = RECENT_FOR
    imported: bool = False
    """It comes out of an archive, where mails of ours lie that this desk never sent."""
    subject: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "subject", canonical(self.mail.subject))

    def conversation(self, key: UUID) -> KnownConversation:
        """What is known of a conversation."""
        return self.known.conversations[key]

    def firmly(self) -> Mail:
        """The same without what stands loosely in its conversation."""
        return replace(self, known=self.known.firm()) if self.known.loose else self

    def in_this_mailbox(self, key: UUID) -> bool:
        """Whether a conversation goes over the mailbox that this mail was sent to."""
        return self.mailbox.address.lower() in self.conversation(key).mailboxes

    def name(self, key: UUID) -> str:
        """By which words an agent names a conversation."""
        return self.conversation(key).handle

    def writer_takes_part(self, key: UUID) -> bool:
        """Whether the writer takes part in a conversation (of our own mail: whoever got it)."""
        return bool(self.known.writer & self.conversation(key).people)

    def bears_name_in(self, conversation: KnownConversation) -> bool:
        """Whether the writer has the first and last name of somebody who takes part."""
        name = self.mail.author.name if self.mail.author else ""
        return " " in name and name.casefold() in conversation.names

    def is_of_house(self, conversation: KnownConversation) -> bool:
        """Whether the writer is of the customer's own domain, which is no freemail provider's."""
        domain = self.mail.author.domain if self.mail.author else ""
        return domain in conversation.customer_domains and not is_freemail(domain)

    def is_recent(self, key: UUID) -> bool:
        """Whether a conversation's last mail lies near this one in time."""
        return abs(self.now - self.conversation(key).last_at) <= self.recent_for

    def recycles(self, key: UUID, messages: tuple[KnownMessage, ...] = ()) -> bool:
        """Whether somebody took an old mail out of a drawer for something new: old, another subject, new text."""
        conversation = self.conversation(key)
        subjects = {conversation.canonical_subject, *(message.canonical_subject for message in messages)}
        new_subject = untagged(self.subject) not in {untagged(each) for each in subjects}
        new_matter = bool(self.subject) and new_subject and bool(self.mail.reply.strip())
        return new_matter and self.now - conversation.last_at > self.recent_for


@dataclass(frozen=True, slots=True)
class Found:
    """What one signal says: a conversation with the evidence, or none; and whom it refused."""

    conversation: UUID | None = None
    because: str = ""
    rejected: tuple[str, ...] = ()
    about: SentMail | None = None
    """The mail of ours that a delivery report is about."""


Signal = Callable[[Mail], Found]
