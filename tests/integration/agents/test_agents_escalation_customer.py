"""What a customer hears when their conversation is escalated."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from storage.database import Database
from storage.tables import OutboxRow
from threads.escalation.ladder import Ladder, Step
from threads.escalation.plan import Plan
from threads.escalation.sweep import sweep
from threads.model import Source
from threads.policy import Policy

LADDER = Ladder("steep", (Step(share=0.5, tell=("agents",)), Step(share=1.0, tell=("agents",))))


@pytest.fixture
def heard(database: Database, policy: Policy, clock: Any) -> Callable[..., list[tuple[str, str]]]:
    """Sweeps at the clock's time; whom of the customers it told, and what."""

    def go(*, tell_customer: bool = True, by: Policy = policy) -> list[tuple[str, str]]:
        while any(sweep(database, by, Plan((LADDER,), tell_customer=tell_customer), clock()).values()):
            pass
        with database.reading() as session:
            wanted = select(OutboxRow).where(OutboxRow.purpose == "notice").order_by(OutboxRow.id)
            return [(row.recipient, row.mail["text"]) for row in session.scalars(wanted)]

    return go


def test_a_customer_hears_once_by_when_somebody_answers(arrives: Any, a_mail: Any, clock: Any, heard: Any) -> None:
    arrives(a_mail())
    clock.forward(hours=4)
    [(address, text)] = heard()
    assert address == "anna@example.com"
    assert "antwortet Ihnen morgen, Mittwoch, bis 9:30 Uhr" in text.replace("\n", " ").replace("09:30", "9:30")
    clock.forward(days=1)
    assert len(heard()) == 1


def test_where_the_time_is_over_no_new_one_is_promised(arrives: Any, a_mail: Any, clock: Any, heard: Any) -> None:
    arrives(a_mail())
    clock.forward(days=3)
    [(_, text)] = heard()
    assert "so bald wie möglich" in text.replace("\n", " ")
    assert " bis " not in text


def test_it_is_off_by_default(arrives: Any, a_mail: Any, clock: Any, heard: Any) -> None:
    arrives(a_mail())
    clock.forward(hours=4)
    assert heard(tell_customer=Plan().tell_customer) == []


def test_who_was_not_acknowledged_hears_nothing(arrives: Any, a_mail: Any, clock: Any, heard: Any) -> None:
    arrives(a_mail())
    arrives(a_mail(subject="Etwas ganz anderes"))  # within an hour, so this one is not acknowledged
    clock.forward(hours=4)
    assert len(heard()) == 1


def test_a_reply_to_what_they_heard_comes_to_their_conversation(
    arrives: Any, a_mail: Any, clock: Any, heard: Any, database: Database
) -> None:
    first = arrives(a_mail())
    clock.forward(hours=4)
    heard()
    with database.reading() as session:
        ours = session.scalars(select(OutboxRow).where(OutboxRow.purpose == "notice")).one().mail["message_id"]
    assert arrives(a_mail(subject="Re: anders", in_reply_to=ours)).conversation == first.conversation


def test_in_english_to_who_wrote_english(arrives: Any, a_mail: Any, clock: Any, heard: Any) -> None:
    clock.set(datetime(2026, 11, 24, 7, 30, tzinfo=UTC))
    arrives(
        a_mail(
            subject="My invoice",
            text="Hello,\n\nwhere can I find the invoice of last month? I cannot see it.\n\nThank you\nAnna\n",
        )
    )
    clock.forward(hours=4)
    [(_, text)] = heard()
    assert "Someone will answer you today by 5 pm." in text.replace("\n", " ")


def test_who_is_called_du_is_called_du(arrives: Any, a_mail: Any, clock: Any, heard: Any, policy: Policy) -> None:
    arrives(a_mail())
    clock.forward(hours=4)
    [(_, text)] = heard(by=replace(policy, mailboxes=(replace(policy.mailboxes[0], tone="du"),)))
    assert "antwortet dir" in text.replace("\n", " ")
    assert "Ihnen" not in text


def test_whom_a_form_names_hears_nothing_that_was_typed_into_it(
    arrives: Any, a_mail: Any, clock: Any, heard: Any, database: Database
) -> None:
    arrives(a_mail(author="Buy Pills <anna@example.com>", subject="Buy pills"), source=Source.FORM)
    clock.forward(hours=4)
    assert len(heard()) == 1
    with database.reading() as session:
        letter = session.scalars(select(OutboxRow).where(OutboxRow.purpose == "notice")).one().mail
    assert "pills" not in str(letter).lower()
    assert letter["subject"] == "Re: Ihre Nachricht an Nordlicht Support"
