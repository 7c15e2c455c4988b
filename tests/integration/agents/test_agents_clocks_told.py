"""What is told of clocks: every stretch of time with why, and what was kept by month."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from storage.errors import NotThere
from storage.tables import ConversationRow, MessageRow, TargetRow
from threads.arrive import Recorded
from threads.model import Kind, Priority
from threads.sla.terms import SlaPolicy

Arrives = Callable[..., Recorded]


@pytest.fixture
def policy(policy: Any) -> Any:
    """Solutions of ordinary matters are promised, too: within two working days."""
    return replace(policy, sla=(SlaPolicy("usual", solution={Priority.NORMAL: timedelta(hours=18)}),))


def again(a_mail: Any, came: Recorded, database: Any, **fields: Any) -> bytes:
    """A mail of the customer that answers the last of a conversation."""
    with database.reading() as session:
        last = select(MessageRow.message_id).where(MessageRow.conversation_id == came.conversation)
        parent = session.scalar(last.order_by(MessageRow.received_at.desc(), MessageRow.id.desc()).limit(1))
    raw: bytes = a_mail(subject="Re: Frage zur Rechnung", in_reply_to=parent, references=parent, **fields)
    return raw


def test_every_stretch_is_told_with_why_and_they_add_up(
    desk: Any, arrives: Arrives, a_mail: Any, clock: Any, database: Any
) -> None:
    came = arrives(a_mail())
    clock.forward(hours=2)
    desk.reply(came.handle, "Anbei.")
    clock.forward(days=1)
    arrives(again(a_mail, came, database, text="Danke, aber wo ist die zweite?"))
    clock.forward(hours=6)

    told = desk.sla.explain(came.handle)

    assert [each["target"] for each in told] == ["first", "solution", "next"]
    for each in told:
        assert sum(stretch["seconds"] for stretch in each["stretches"]) == each["counted_seconds"]
        edges = [
            (one["until"], other["since"]) for one, other in zip(each["stretches"], each["stretches"][1:], strict=False)
        ]
        assert all(until == since for until, since in edges)
    solution = told[1]
    assert (solution["counted_seconds"], solution["left_seconds"]) == (7 * 3600 - 120, 11 * 3600 + 120)
    assert "we wait for the customer" in [each["because"] for each in solution["stretches"]]


def test_no_clock_is_told_as_such(desk: Any, arrives: Arrives, a_mail: Any) -> None:
    came = arrives(a_mail(author="cron <cron@example.com>"), kind=Kind.AUTOMATIC)
    with pytest.raises(NotThere, match="no clock ever ran"):
        desk.sla.explain(came.handle)


def test_the_report_tells_what_was_kept_and_what_was_not(desk: Any, arrives: Arrives, a_mail: Any, clock: Any) -> None:
    for hours in (1, 2, 3):
        came = arrives(a_mail(author=f"Anna <anna{hours}@example.com>"))
        clock.forward(hours=hours)
        desk.reply(came.handle, "Anbei.")
    late = arrives(a_mail(author="Carl <carl@example.com>"))
    clock.forward(days=3)
    arrives(a_mail(author="Dora <dora@example.com>"))

    rows = desk.sla.report("2026-11", "agent")
    [lena] = [each for each in rows if each["target"] == "first" and each["of"] == "lena"]
    [nobody] = [each for each in rows if each["target"] == "first" and each["of"] == ""]
    assert (lena["kept"], lena["breached"], lena["median_seconds"], lena["p90_seconds"]) == (3, 0, 7200, 3 * 3600)
    assert (nobody["kept"], nobody["breached"], nobody["running"]) == (0, 1, 1)
    assert late.handle
    assert desk.sla.report("2026-10") == []
    assert [each["month"] for each in desk.sla.report() if each["target"] == "first"] == ["2026-11"]


@pytest.mark.parametrize("by", ["mailbox", "priority", "organisation", ""])
def test_the_report_is_told_apart_by_what_is_asked(desk: Any, arrives: Arrives, a_mail: Any, by: str) -> None:
    arrives(a_mail())
    [row] = [each for each in desk.sla.report("2026-11", by) if each["target"] == "first"]
    assert row["of"] == {"mailbox": "support@localhost", "priority": "normal"}.get(by, "")


def test_every_due_time_of_the_inbox_is_that_of_a_clock(database: Any, arrives: Arrives, a_mail: Any) -> None:
    arrives(a_mail())
    with database.reading() as session:
        due = session.scalars(select(ConversationRow.due_at)).all()
        clocks = session.scalars(select(func.min(TargetRow.due_at))).all()
    assert due == clocks
    assert all(isinstance(each, datetime) for each in due)
