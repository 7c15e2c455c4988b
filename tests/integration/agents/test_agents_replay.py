"""`brief rules replay`: with the same rules nothing would be otherwise, whatever was asked, decided or moved since."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from service.trying import replayed
from threads.departments import Department
from threads.hours import Calendar
from threads.model import Mailbox, Priority
from threads.policy import Policy
from threads.rule import Rule

ANNA = "anna@kunde.example"


@pytest.fixture
def policy() -> Policy:
    """What is said of bills is urgent, and for those who keep the till."""
    mailbox = Mailbox("support@localhost", "Support")
    office = Calendar("Mo-Fr 08:00-17:00", "Europe/Berlin", "")
    bill = Rule("bill", any_words=("Rechnung",), priority=Priority.HIGH, department="Kasse")
    return Policy((mailbox,), office, rules=(bill,), departments=(Department("Technik"), Department("Kasse")))


def differences(desk: Any, policy: Policy, since: datetime) -> list[dict[str, Any]]:
    with desk.reading() as session:
        return list(replayed(session, since, policy, lambda _: None))


@pytest.mark.parametrize("answer", ["", "Ja, bitte."])
def test_who_was_asked_about_a_charge_would_be_asked_again(
    desk: Any, arrives: Any, a_mail: Any, clock: Any, policy: Policy, answer: str
) -> None:
    since = clock() - timedelta(days=1)
    mail = a_mail(author=ANNA, subject="Notfall", text="Wann sind Sie da?", message_id="<a@kunde.example>")
    handle = arrives(mail).handle
    if answer:
        arrives(a_mail(author=ANNA, subject="Re: Notfall", in_reply_to="<a@kunde.example>", text=answer))
    [row] = desk.show(handle)
    assert (row["charge"]["asked_at"] is not None, row["priority"]) == (True, "critical" if answer else "high")
    assert differences(desk, policy, since) == []


def test_what_an_agent_ranked_or_moved_is_no_difference(
    desk: Any, arrives: Any, a_mail: Any, clock: Any, policy: Policy
) -> None:
    since = clock() - timedelta(days=1)
    handle = arrives(a_mail(author=ANNA, subject="Rechnung")).handle
    desk.priority(handle, "low", "es eilt nicht")
    desk.move_to(handle, "Technik")
    assert differences(desk, policy, since) == []
    [changed] = differences(desk, replace(policy, rules=()), since)
    assert changed["changed"]["department"] == {"was": "Kasse", "now": ""}
