"""How this desk wants things done: made once from the settings, handed down to every decision."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from threads.departments import Department
from threads.hours import Calendar
from threads.model import Address, Mailbox, Priority
from threads.priority import BUILT_IN, Rule
from threads.sla.terms import (
    NOTHING_GIVEN,
    NOTHING_MORE,
    ROUND_THE_CLOCK,
    Aim,
    Answering,
    Given,
    Promised,
    SlaPolicy,
    Terms,
    hours_of_department,
    policy_for,
    terms_of,
)
from threads.tokens import token_in
from threads.working import Chronicle

ANSWER_WITHIN: Mapping[Priority, timedelta] = MappingProxyType(
    {
        Priority.CRITICAL: timedelta(hours=1),
        Priority.HIGH: timedelta(hours=4),
        Priority.NORMAL: timedelta(hours=8),
        Priority.LOW: timedelta(hours=16),
    }
)
"""The working time after which a first answer is due, where nothing is set."""


@dataclass(frozen=True, slots=True)
class AcknowledgeLimits:
    """How often something may go out by itself. 0 is never."""

    enabled: bool = True
    once_in: timedelta = timedelta(hours=1)
    """At most one to the same address in this time."""
    address_a_day: int = 5
    domain_an_hour: int = 60
    an_hour: int = 600
    visitor_an_hour: int = 5
    """Of the contact form, for one visitor."""
    strangers: bool = False
    """Whether who is held hears that their mail has arrived."""
    without_suggestion: float = 0.0
    """The share of conversations that are quoted no answer, to compare."""
    charges: bool = True
    """Whether who declares an emergency that is none, or may not declare one, is asked if it may be charged."""


@dataclass(frozen=True, slots=True)
class Policy:
    """Everything that decides about a mail and is not in the mail."""

    mailboxes: tuple[Mailbox, ...]
    """At least one."""
    calendar: Calendar
    """When people answer."""
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    """Other hours, by the name of a calendar, by the address of a mailbox that has one, and by `hours_of_department`."""
    history: Mapping[str, Chronicle] = field(default_factory=dict)
    """Hours as they changed, by the same names and "" for `calendar`; what is not there has been as it is now for ever."""
    rules: tuple[Rule, ...] = BUILT_IN
    """The desk's own rules stand before the built-in ones: the first that fits wins, or all that fit count together."""
    match_all: bool = False
    answer_within: Mapping[Priority, timedelta] = field(default_factory=lambda: ANSWER_WITHIN)
    round_the_clock: frozenset[Priority] = frozenset({Priority.CRITICAL})
    """Priorities whose clock runs day and night."""
    sla: tuple[SlaPolicy, ...] = ()
    """What is promised beyond [answer]; the first that fits a contract class holds for it."""
    departments: tuple[Department, ...] = ()
    """Who answers what; none where a desk has no departments."""
    snoozed_pauses: bool = False
    """Whether a clock rests while an agent has put the conversation aside."""
    acknowledge: AcknowledgeLimits = AcknowledgeLimits()
    undo_for: timedelta = timedelta(seconds=10)
    """How long an agent's answer is held back."""
    reply_addresses: bool = True
    """Mail of ours carries a reply address of its own, support+<token>@."""
    reply_address_once_shown: frozenset[str] = frozenset()
    """Mailboxes whose mail does so only after mail to such an address came in: they lie on the server of another."""
    bounce_addresses: bool = True
    """An answer of ours has an envelope sender of its own, support+<token>@."""
    html: bool = True
    """Answers and acknowledgements carry their text as simple HTML, too."""
    no_reply_address: frozenset[str] = frozenset()
    """Mailboxes whose mail never does."""
    site_url: str = ""
    """How the world reaches the website, without a slash at the end; "" where it does not."""
    notify_new: bool = False
    """Whether agents are told by mail of each new conversation."""
    recent_for: timedelta = timedelta(days=30)
    """How long a subject alone can lead back to a conversation."""
    continue_after: timedelta = timedelta(0)
    """How long a conversation has to be closed for a reply to open a new one that goes on with it; 0 is never."""
    own_domains: frozenset[str] = frozenset()
    """Further domains of the desk's own people; those of the mailboxes count anyway."""
    forms: frozenset[str] = frozenset()
    """Addresses of web forms that write on behalf of the person whom they name in Reply-To."""
    trusted_authserv_id: str = ""
    """The authserv-id of a relay of ours whose topmost Authentication-Results are believed; "" is none."""

    @property
    def is_by_organisation(self) -> bool:
        """Whether an organisation may have been promised something else than everybody."""
        return bool(self.calendars) or any(each.contract for each in self.sla)

    def terms(
        self,
        aim: Aim,
        mailbox: str,
        priority: Priority,
        promised: Promised = NOTHING_MORE,
        given: Given = NOTHING_GIVEN,
    ) -> Terms | None:
        """What is owed to somebody who wrote to a mailbox (its address); None where nothing is."""
        answering = Answering(self.answer_within, self.round_the_clock)
        policy = policy_for(self.sla, promised.contract, given.sla)
        return terms_of(aim, priority, policy, answering, self._hours_for(mailbox, promised, given))

    def _hours_for(self, mailbox: str, promised: Promised, given: Given) -> str:
        """The name of the hours that count: the organisation's, else the department's, else the mailbox's."""
        if promised.calendar in {*self.calendars, ROUND_THE_CLOCK}:
            return promised.calendar
        department = hours_of_department(given.department)
        return department if given.department and department in self.calendars else mailbox

    def hours(self, name: str) -> Chronicle:
        """The hours that count, by the name that terms know them under: a calendar's, a mailbox's address, or "24/7".

        A name that the settings do not know, or know no longer, has the hours of the desk.
        """
        if name == ROUND_THE_CLOCK:
            return ALWAYS
        return self.history.get(name) or Chronicle(self.calendars.get(name, self.calendar))

    def owed_at(
        self,
        aim: Aim,
        mailbox: str,
        priority: Priority,
        since: datetime,
        promised: Promised = NOTHING_MORE,
        given: Given = NOTHING_GIVEN,
    ) -> datetime | None:
        """By when what is owed since a moment is to be there; None where nothing is owed, or nobody is there any more."""
        terms = self.terms(aim, mailbox, priority, promised, given)
        return self.hours(terms.calendar).add(since, terms.within) if terms else None

    def zone_of(self, mailbox: Mailbox) -> ZoneInfo:
        """The time zone in which the letters of a mailbox name a moment."""
        return self.calendars.get(mailbox.address.lower(), self.calendar).zone

    def mailbox_of(self, address: str) -> Mailbox | None:
        """The mailbox with this address (in lower case), or None."""
        return next((mailbox for mailbox in self.mailboxes if mailbox.address.lower() == address), None)

    def mailbox_for(self, address: str) -> Mailbox:
        """The mailbox with this address (in lower case); where the settings name it no longer, the first."""
        return self.mailbox_of(address) or self.mailboxes[0]

    def outside(self, people: Iterable[Address]) -> list[Address]:
        """Those of some people who are not the desk itself, under a mailbox or a reply address."""
        ours = self.addresses
        theirs = (each for each in people if "@" in each.address and each.address not in ours)
        return [each for each in theirs if not token_in(each.address, self.mailboxes)]

    @property
    def addresses(self) -> frozenset[str]:
        """The addresses of all mailboxes, in lower case."""
        return frozenset(mailbox.address.lower() for mailbox in self.mailboxes)


ALWAYS = Chronicle(Calendar(ROUND_THE_CLOCK, "UTC"))
"""Day and night."""
