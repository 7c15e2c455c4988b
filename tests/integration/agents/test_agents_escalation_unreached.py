"""Where the mail of a step reaches nobody, all agents hear of it in their place, once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from mailgateway.deliver import deliver_due
from mailgateway.transports.relay import Relay, relay_address
from storage.database import Database
from storage.outgoing import OutgoingMail
from storage.tables import AgentRow, OutboxRow, TellingRow
from tests.two_matters import reports
from threads.escalation.ladder import Ladder, Step
from threads.escalation.plan import Plan
from threads.escalation.sweep import sweep
from threads.model import Kind, Priority
from threads.policy import Policy
from threads.store.stops import stop

BEN, LENA, MARA = "ben@desk.example", "lena@desk.example", "mara@desk.example"
Swept = Callable[[], list[str]]


@pytest.fixture
def tells(database: Database, policy: Policy, desk: Any, clock: Any) -> Callable[..., Swept]:
    """By a ladder that tells some at half of the time: who was told by the sweeps since one last looked, by address."""
    seen: set[Any] = set()
    with desk.database.writing() as session:
        for row in session.scalars(select(AgentRow)):
            row.email = f"{row.id}@desk.example"

    def by(*names: str) -> Swept:
        plan = Plan((Ladder("steep", (Step(share=0.5, tell=names),)),))

        def go() -> list[str]:
            while any(sweep(database, policy, plan, clock()).values()):
                pass
            with database.reading() as session:
                rows = session.scalars(select(OutboxRow).where(OutboxRow.purpose == "escalation")).all()
            new = sorted(each.recipient for each in rows if each.id not in seen)
            seen.update(each.id for each in rows)
            return new

        return go

    return by


@pytest.fixture
def bounces(database: Database, arrives: Any) -> Callable[..., None]:
    """The mail that told somebody went out, unless it was refused, and comes back."""

    def go(address: str) -> None:
        with database.writing() as session:
            wanted = select(OutboxRow).where(OutboxRow.purpose == "escalation", OutboxRow.recipient == address)
            sent = session.scalars(wanted.order_by(OutboxRow.id.desc()).limit(1)).one()
            if sent.state == "waiting":
                sent.state = "sent"
            mail = OutgoingMail.from_json(sent.mail)
        arrives(reports(f"<{address}>", mail.message_id), kind=Kind.BOUNCE, to=mail.envelope_from)

    return go


def letters(database: Database, address: str) -> list[str]:
    with database.reading() as session:
        wanted = select(OutboxRow).where(OutboxRow.purpose == "escalation", OutboxRow.recipient == address)
        return [" ".join(row.mail["text"].split()) for row in session.scalars(wanted.order_by(OutboxRow.id))]


def test_where_the_only_mail_comes_back_all_others_hear_of_it_once(
    desk: Any, arrives: Any, a_mail: Any, clock: Any, tells: Any, bounces: Any, database: Database
) -> None:
    go, handle = tells("agent:ben"), arrives(a_mail()).handle
    clock.forward(hours=4, minutes=1)
    assert go() == [BEN]
    bounces(BEN)
    clock.forward(minutes=1)
    assert go() == [LENA]
    assert go() == []
    [letter] = letters(database, LENA)
    assert "war per E-Mail nicht zu erreichen" in letter or "could not be reached by mail" in letter
    assert "verspätet" not in letter
    said = next(each for each in desk.show(handle)[0]["timeline"] if each.get("event") == "escalation")
    assert [(each["address"], each["because"], each["state"]) for each in said["told"]] == [
        (BEN, "named in the ladder", "bounced"),
        (LENA, "mail reaches nobody nearer", "waiting"),
    ]
    bounces(LENA)  # and nobody is left
    clock.forward(minutes=1)
    assert go() == []


def test_where_the_relay_refuses_the_only_mail_for_good_all_others_hear_of_it(
    arrives: Any, a_mail: Any, clock: Any, tells: Any, database: Database, outside_world: Any
) -> None:
    go = tells("agent:ben")
    arrives(a_mail())
    clock.forward(hours=4, minutes=1)
    assert go() == [BEN]
    outside_world.answer(BEN, "550 5.1.1 nobody of that name")
    deliver_due(database, Relay(relay_address(outside_world.url)), clock())
    clock.forward(minutes=1)
    assert go() == [LENA]


def test_where_one_of_two_is_reached_nobody_else_is_told(
    arrives: Any, a_mail: Any, clock: Any, tells: Any, bounces: Any
) -> None:
    go = tells("agent:ben", "agent:lena")
    arrives(a_mail())
    clock.forward(hours=4, minutes=1)
    assert go() == [BEN, LENA]
    bounces(BEN)
    assert go() == []


@pytest.mark.parametrize("order", [(BEN, LENA), (LENA, BEN)])
def test_where_the_mail_of_all_that_were_told_comes_back_the_others_hear_of_it_with_the_last(
    desk: Any, arrives: Any, a_mail: Any, clock: Any, tells: Any, bounces: Any, database: Database, order: Any
) -> None:
    desk.add_agent("mara", name="Mara Wolf", email=MARA)
    go = tells("agent:ben", "agent:lena")
    arrives(a_mail())
    clock.forward(hours=4, minutes=1)
    assert go() == [BEN, LENA]
    bounces(order[0])
    assert go() == []
    bounces(order[1])
    assert go() == [MARA]
    [letter] = letters(database, MARA)
    assert "Ben Otto" in letter
    assert "Lena Kruse" in letter


def test_where_a_mail_is_refused_and_comes_back_as_well_the_others_hear_of_it_once(
    arrives: Any, a_mail: Any, clock: Any, tells: Any, bounces: Any, database: Database, outside_world: Any
) -> None:
    go = tells("agent:ben")
    arrives(a_mail())
    clock.forward(hours=4, minutes=1)
    assert go() == [BEN]
    outside_world.answer(BEN, "550 5.1.1 nobody of that name")
    deliver_due(database, Relay(relay_address(outside_world.url)), clock())
    clock.forward(minutes=1)
    assert go() == [LENA]
    bounces(BEN)
    assert go() == []


def test_an_address_that_is_known_to_reach_nobody_leads_to_the_others_at_once(
    arrives: Any, a_mail: Any, clock: Any, tells: Any, database: Database
) -> None:
    go = tells("agent:ben")
    with database.writing() as session:
        stop(session, BEN, "it came back", clock())
    arrives(a_mail())
    clock.forward(hours=4, minutes=1)
    assert LENA in go()
    [letter] = letters(database, LENA)
    assert "Ben" in letter or BEN in letter


def test_nobody_is_told_of_what_somebody_has_taken_since(
    desk: Any, arrives: Any, a_mail: Any, clock: Any, tells: Any, bounces: Any
) -> None:
    go, handle = tells("agent:ben"), arrives(a_mail()).handle
    clock.forward(hours=4, minutes=1)
    assert go() == [BEN]
    desk.take(handle)
    bounces(BEN)
    assert go() == []


def test_nobody_is_told_of_what_somebody_has_answered_since(
    desk: Any, arrives: Any, a_mail: Any, clock: Any, tells: Any, bounces: Any
) -> None:
    go, handle = tells("agent:ben"), arrives(a_mail()).handle
    clock.forward(hours=4, minutes=1)
    assert go() == [BEN]
    desk.reply(handle, "Das ist erledigt.")
    bounces(BEN)
    assert go() == []


def test_the_others_are_told_although_the_conversation_became_part_of_another(
    desk: Any, arrives: Any, a_mail: Any, clock: Any, tells: Any, bounces: Any
) -> None:
    go, first = tells("agent:ben"), arrives(a_mail()).handle
    clock.forward(hours=2)
    second = arrives(a_mail(subject="Noch etwas: DNS", text="Ganz anderes, nämlich DNS.")).handle
    clock.forward(hours=2, minutes=1)
    assert go() == [BEN]
    desk.merge(first, second)
    bounces(BEN)
    assert go() == [LENA]


def test_who_hears_of_something_else_too_reads_whom_the_mail_did_not_reach(
    arrives: Any, a_mail: Any, clock: Any, database: Database, policy: Any, tells: Any
) -> None:
    tells()
    ladders = (
        Ladder("urgent", (Step(share=0.5, tell=("agent:lena",)),), priorities=frozenset((Priority.CRITICAL,))),
        Ladder("rest", (Step(share=0.5, tell=("agent:ben",)),)),
    )
    with database.writing() as session:
        stop(session, BEN, "it came back", clock())
    arrives(a_mail(author="Kim <kim@example.net>", subject="Server down", text="Unser Server ist down."))
    clock.forward(minutes=1)
    arrives(a_mail())
    clock.forward(days=3)
    while any(sweep(database, policy, Plan(ladders), clock()).values()):
        pass
    [letter] = letters(database, LENA)
    assert "Ben Otto" in letter


def test_of_several_conversations_they_hear_in_one_letter(
    arrives: Any, a_mail: Any, clock: Any, tells: Any, database: Database, outside_world: Any
) -> None:
    go = tells("agent:ben")
    handles = [arrives(a_mail(author=f"C{n} <c{n}@example{n}.net>", subject=f"Sache {n}")).handle for n in range(3)]
    clock.forward(days=3)
    assert go() == [BEN]  # all that was missed, in one letter
    outside_world.answer(BEN, "550 5.1.1 nobody of that name")
    deliver_due(database, Relay(relay_address(outside_world.url)), clock())
    clock.forward(minutes=1)
    assert go() == [LENA]
    [letter] = letters(database, LENA)
    assert all(f"brief take {handle}" in letter for handle in handles)


def test_tells_are_kept_even_where_there_is_nobody_else(
    arrives: Any, a_mail: Any, clock: Any, tells: Any, bounces: Any, database: Database
) -> None:
    go = tells("agent:ben")
    with database.writing() as session:
        for row in session.scalars(select(AgentRow).where(AgentRow.id != "ben")):
            row.disabled_at = clock()
    arrives(a_mail())
    clock.forward(hours=4, minutes=1)
    assert go() == [BEN]
    bounces(BEN)
    assert go() == []
    with database.reading() as session:
        assert [each.address for each in session.scalars(select(TellingRow))] == [BEN]
