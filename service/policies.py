"""The settings as the decisions want them."""

from __future__ import annotations

from collections.abc import Sequence

from service.calendars import calendars_of
from service.department_settings import departments_of
from service.imap_settings import fed_with
from service.rules import rules_of
from service.settings import MailboxSettings, Settings
from service.sla_settings import policies_of
from threads.departments import Department, of_mailbox
from threads.model import Mailbox, Priority
from threads.policy import AcknowledgeLimits, Policy


def policy_of(settings: Settings) -> Policy:
    """Everything that decides about a mail and is not in the mail. Raises `WrongUse` for hours that cannot be read."""
    limits, calendars = settings.acknowledge, calendars_of(settings)
    departments = departments_of(settings.department)
    return Policy(
        mailboxes=tuple(mailbox_of(each, departments) for each in settings.mailboxes),
        calendar=calendars.hours,
        calendars=calendars.named,
        rules=rules_of(settings).rules,
        match_all=settings.rules.match == "all",
        answer_within={priority: getattr(settings.answer, priority.value) for priority in Priority},
        round_the_clock=frozenset(map(Priority, settings.answer.round_the_clock)),
        sla=policies_of(settings.sla),
        departments=departments,
        snoozed_pauses=settings.answer.snoozed_pauses,
        acknowledge=AcknowledgeLimits(
            enabled=limits.enabled,
            once_in=limits.once_in,
            address_a_day=limits.address_a_day,
            domain_an_hour=limits.domain_an_hour,
            an_hour=limits.an_hour,
            strangers=limits.strangers,
            charges=limits.charges,
            without_suggestion=settings.faq.without_suggestion,
        ),
        undo_for=settings.reply.undo_for,
        reply_addresses=settings.reply.addresses,
        bounce_addresses=settings.bounces.addresses,
        html=settings.letters.html,
        no_reply_address=frozenset(each.address for each in settings.mailboxes if not each.detail)
        | fed_with(settings, "off"),
        reply_address_once_shown=fed_with(settings, "once shown"),
        forms=frozenset(settings.forms.senders),
        site_url=settings.web.url,
        continue_after=settings.threads.continue_after,
        notify_new=settings.notices.new,
        trusted_authserv_id=settings.smtp.trusted_authserv_id,
    )


def mailbox_of(settings: MailboxSettings, departments: Sequence[Department] = ()) -> Mailbox:
    """A mailbox as every package knows it."""
    fields = settings.model_dump(exclude={"relay", "detail", "calendar"})
    return Mailbox(**fields | {"department": settings.department or of_mailbox(departments, settings.address)})
