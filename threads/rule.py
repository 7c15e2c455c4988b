"""A rule: conditions, all of which must hold, and what follows from them. One type for the built-in ones and a desk's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from threads.hours import Calendar
from threads.model import Kind, Priority
from threads.urgency.alarm import Emergency
from threads.working import Chronicle


@dataclass(frozen=True, slots=True)
class Rule:
    """Conditions, all of which must hold (an empty one always does), and what follows from them."""

    name: str
    mailboxes: tuple[str, ...] = ()
    """Addresses of ours."""
    senders: tuple[str, ...] = ()
    """Addresses, or domains with a leading @."""
    organisations: tuple[str, ...] = ()
    """Names, in any letter case."""
    contracts: tuple[str, ...] = ()
    """Contract classes, in any letter case."""
    kinds: tuple[Kind, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    """By name: what the header's value contains, in any letter case; "" is any value."""
    form: Mapping[str, str] = field(default_factory=dict)
    """By a field of a form: what was typed there contains; "" is any value."""
    any_words: tuple[str, ...] = ()
    """At least one of these words or phrases stands in the subject or the new text, and is not denied there."""
    all_words: tuple[str, ...] = ()
    no_words: tuple[str, ...] = ()
    emergencies: tuple[Emergency, ...] = ()
    """One of these the writer declares, and means it: not where it is only asked about, past, planned or over."""
    within: Calendar | None = None
    """It comes within these hours."""
    opening: bool | None = None
    """It comes while the mailbox is open, or while it is not."""
    priority: Priority | None = None
    opens: bool = False
    """Even a machine's mail opens a conversation."""
    department: str = ""
    tags: tuple[str, ...] = ()
    assignee: str = ""
    """The ID of an agent whose it becomes."""
    answer: str = ""
    """A block of text that the acknowledgement says as well."""
    hold: bool = False
    """It is kept apart until an agent lets it in."""
    sla: str = ""
    """The name of the SLA policy that holds for the conversation."""
    because: str = ""
    """What the rule means, in a few words."""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a rule may ask that does not stand in the mail; "" and None are not known."""

    organisation: str = ""
    """The name of the writer's."""
    contract: str = ""
    """The contract class of that organisation."""
    at: datetime | None = None
    """When the mail came."""
    hours: Chronicle | Calendar | None = None
    """When the mailbox is open."""
    typed: bool = False
    """It was typed into a form."""


UNKNOWN = Circumstances()
"""As for an unknown writer, at no known time."""
