"""Steps of a ladder as the sweep carries them out: once each, to the right people, and caught up after the desk was down."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from storage.database import Database
from storage.errors import DatabaseUnavailable, OutOfStep
from storage.tables import ConversationRow, OutboxRow, StepRow, TargetRow, TellingRow
from threads.escalation.calling import Answered, Call, call_due
from threads.escalation.ladder import Ladder, Step
from threads.escalation.plan import Plan
from threads.escalation.sweep import look_at_all, sweep
from threads.escalation.telling import tell
from threads.model import Priority
from threads.policy import Policy

LADDER = Ladder("steep", (Step(share=0.5, tell=("assignee",)), Step(share=1.0, tell=("agents",))))


@pytest.fixture
def plan() -> Plan:
    """Half of the time: who has it; all of it: everybody."""
    return Plan((LADDER,))


@pytest.fixture
def sweeps(database: Database, policy: Policy, plan: Plan, desk: Any, clock: Any) -> Callable[..., None]:
    """Sweeps until nothing is due, at the clock's time, as a running desk does."""
    with database.writing() as session:
        from storage.tables import AgentRow

        for row in session.scalars(select(AgentRow)):
            row.email = f"{row.id}@desk.example"

    def go(with_: Plan = plan) -> None:
        while any(sweep(database, policy, with_, clock()).values()):
            pass

    return go


@pytest.fixture
def told(database: Database) -> Callable[[], list[tuple[str, str]]]:
    """Who was told, by mail, and of which conversations, in order; each time it is asked only what is new."""
    seen: set[Any] = set()

    def look() -> list[tuple[str, str]]:
        with database.reading() as session:
            wanted = select(OutboxRow).where(OutboxRow.purpose == "escalation").order_by(OutboxRow.id)
            rows = [each for each in session.scalars(wanted) if each.id not in seen]
            about = [(each.recipient, " ".join(sorted(set(handles_of(session, each.id))))) for each in rows]
        seen.update(each.id for each in rows)
        return about

    return look


def handles_of(session: Session, mail: UUID) -> Sequence[str]:
    wanted = select(ConversationRow.handle).join(TargetRow).join(StepRow).join(TellingRow)
    return session.scalars(wanted.where(TellingRow.outbox_id == mail)).all()


def steps_of(database: Database) -> list[tuple[str, str]]:
    with database.reading() as session:
        rows = session.scalars(select(StepRow).order_by(StepRow.due_at, StepRow.step)).all()
        return [(row.step, row.state) for row in rows]


def test_each_step_is_carried_out_once_at_its_moment(
    desk: Any, arrives: Any, a_mail: Any, clock: Any, sweeps: Any, told: Any, database: Database
) -> None:
    handle = arrives(a_mail()).handle
    desk.assign(handle, "ben")
    sweeps()
    clock.forward(hours=3, minutes=59)
    sweeps()
    assert told() == []
    clock.forward(minutes=1)  # half of eight hours
    sweeps()
    sweeps()
    assert told() == [("ben@desk.example", handle)]
    clock.forward(hours=20)  # the rest of the day, the night, and one hour of the next: eight in all at nine
    sweeps()
    assert sorted(told()) == [("ben@desk.example", handle), ("lena@desk.example", handle)]
    clock.forward(days=30)
    sweeps()
    assert told() == []
    assert steps_of(database) == [("steep 50%", "done"), ("steep 100%", "done")]


def test_nobody_is_told_once_a_person_answered(
    desk: Any, arrives: Any, a_mail: Any, clock: Any, sweeps: Any, told: Any
) -> None:
    handle = arrives(a_mail()).handle
    sweeps()
    clock.forward(hours=3)
    desk.reply(handle, "Gern geschehen.")
    clock.forward(days=3)
    sweeps()
    assert told() == []


def test_who_takes_it_ends_the_ladder_and_who_is_given_it_does_not(
    desk: Any, arrives: Any, a_mail: Any, clock: Any, sweeps: Any, told: Any, database: Database
) -> None:
    taken = arrives(a_mail()).handle
    given = arrives(a_mail(author="Olaf <olaf@example.net>", subject="DNS")).handle
    desk.take(taken)
    desk.assign(given, "ben")
    clock.forward(days=3)
    sweeps()
    assert {handle for _, handle in told()} == {given}
    assert ("steep 100%", "passed") in steps_of(database)


def test_the_next_answer_has_steps_of_its_own(
    desk: Any, arrives: Any, a_mail: Any, clock: Any, sweeps: Any, told: Any
) -> None:
    handle = arrives(a_mail()).handle
    clock.forward(hours=1)
    desk.reply(handle, "Welche Rechnung?")
    clock.forward(hours=23)
    arrives(a_mail(text="Die vom Mai.", subject="Re: Frage zur Rechnung"))
    begun = clock()
    sweeps()
    clock.set(begun + timedelta(hours=3, minutes=58))
    sweeps()
    assert told() == []
    clock.set(begun + timedelta(hours=4, minutes=1))
    sweeps()
    assert told()


def test_of_the_steps_that_were_missed_only_the_highest_is_carried_out(
    desk: Any, arrives: Any, a_mail: Any, clock: Any, sweeps: Any, told: Any, database: Database
) -> None:
    handle = arrives(a_mail()).handle
    clock.forward(days=3)
    sweeps()
    assert sorted(told()) == [("ben@desk.example", handle), ("lena@desk.example", handle)]
    assert steps_of(database) == [("steep 50%", "missed"), ("steep 100%", "done")]
    shown = desk.show(handle)[0]["timeline"]
    said = next(each for each in shown if each.get("event") == "escalation")
    assert "missed before it: 50%" in said["because"]
    assert "nobody was there to see to it" in said["because"]


def test_where_the_step_that_is_carried_out_tells_nobody_those_of_the_missed_one_hear(
    arrives: Any, a_mail: Any, clock: Any, sweeps: Any, told: Any, database: Database
) -> None:
    silent = Step(share=1.0, webhook="https://example.org/hook")
    handle = arrives(a_mail()).handle
    clock.forward(days=4)
    sweeps(Plan((Ladder("steep", (Step(share=0.5, tell=("agent:ben",)), silent)),)))
    assert steps_of(database) == [("steep 50%", "missed"), ("steep 100%", "done")]
    assert told() == [("ben@desk.example", handle)]


def test_what_was_missed_in_many_conversations_comes_in_one_mail_to_each(
    desk: Any, arrives: Any, a_mail: Any, clock: Any, sweeps: Any, told: Any, database: Database
) -> None:
    handles = [arrives(a_mail(author=f"C{n} <c{n}@example{n}.net>", subject=f"Sache {n}")).handle for n in range(70)]
    clock.forward(days=3)
    sweeps()
    all_of_them = " ".join(sorted(handles))
    assert sorted(told()) == [("ben@desk.example", all_of_them), ("lena@desk.example", all_of_them)]
    with database.reading() as session:
        text = session.scalars(select(OutboxRow.mail).where(OutboxRow.purpose == "escalation")).all()[0]["text"]
        states = set(session.scalars(select(TellingRow.state)))
    assert all(f"brief take {handle}\n" in text for handle in handles)
    assert states == {"mailed"}


def test_a_step_raises_the_priority_and_the_clocks_follow(
    desk: Any, arrives: Any, a_mail: Any, clock: Any, sweeps: Any, database: Database
) -> None:
    ladder = Ladder(
        "up", (Step(share=0.5, tell=("agents",), raise_to=Priority.HIGH),), priorities=frozenset({Priority.NORMAL})
    )
    handle = arrives(a_mail()).handle
    before = desk.show(handle)[0]["due_at"]
    clock.forward(hours=4)
    sweeps(Plan((ladder,)))
    after = desk.show(handle)[0]
    assert after["priority"] == "high"
    assert after["due_at"] <= before
    with database.reading() as session:
        assert session.scalars(select(TargetRow.priority)).all() == ["high"]


def test_what_is_critical_is_escalated_at_night_too(
    desk: Any, arrives: Any, a_mail: Any, clock: Any, sweeps: Any, told: Any
) -> None:
    clock.set(datetime(2026, 11, 28, 23, 0, tzinfo=UTC))  # a Saturday
    handle = arrives(a_mail()).handle
    desk.priority(handle, "critical")
    clock.forward(minutes=16)
    sweeps(Plan())
    assert sorted(told()) == [("ben@desk.example", handle), ("lena@desk.example", handle)]


def test_the_timeline_says_who_was_told_and_whether_that_mail_was_delivered(
    desk: Any, arrives: Any, a_mail: Any, clock: Any, sweeps: Any, database: Database
) -> None:
    handle = arrives(a_mail()).handle
    desk.assign(handle, "ben")
    sweeps()
    clock.forward(hours=4)
    sweeps()
    with database.writing() as session:
        for row in session.scalars(select(OutboxRow).where(OutboxRow.purpose == "escalation")):
            row.state = "sent"
    said = next(each for each in desk.show(handle)[0]["timeline"] if each.get("event") == "escalation")
    assert [(each["address"], each["because"], each["state"]) for each in said["told"]] == [
        ("ben@desk.example", "assignee", "sent")
    ]


def test_what_was_told_of_a_conversation_is_not_told_again_once_it_is_part_of_another(
    desk: Any, arrives: Any, a_mail: Any, clock: Any, sweeps: Any, told: Any
) -> None:
    first = arrives(a_mail()).handle
    clock.forward(hours=2)
    second = arrives(a_mail(subject="Noch etwas ganz anderes", text="Etwas ganz anderes.")).handle
    clock.forward(hours=2)
    sweeps()
    assert {handle for _, handle in told()} == {first}
    desk.merge(first, second)
    sweeps()
    assert told() == []
    clock.forward(hours=20)
    sweeps()
    assert {handle for _, handle in told()} == {second}


def test_what_was_told_of_a_conversation_is_not_told_again_however_often_it_becomes_part_of_another(
    desk: Any, arrives: Any, a_mail: Any, clock: Any, sweeps: Any, told: Any
) -> None:
    first = arrives(a_mail()).handle
    clock.forward(hours=2)
    others = [
        arrives(a_mail(subject=f"Noch etwas: {each}", text=f"Ganz anderes, nämlich {each}.")).handle
        for each in ("DNS", "Umzug")
    ]
    clock.forward(hours=2)
    sweeps()
    assert {handle for _, handle in told()} == {first}
    desk.merge(first, others[0])
    clock.forward(minutes=1)
    desk.merge(others[0], others[1])
    sweeps()
    assert told() == []
    clock.forward(hours=20)
    sweeps()
    assert {handle for _, handle in told()} == {others[1]}


def test_what_a_step_calls_is_called_once_and_shown_at_it(
    desk: Any, arrives: Any, a_mail: Any, clock: Any, sweeps: Any, database: Database
) -> None:
    step = Step(share=0.5, tell=("agents",), webhook="https://hook.example/", command=("/usr/local/bin/page",))
    handle = arrives(a_mail()).handle
    clock.forward(hours=4)
    sweeps(Plan((Ladder("calls", (step,)),)))
    made: list[Call] = []

    def make(call: Call) -> Answered:
        made.append(call)
        return Answered(done=call.kind == "webhook", said="answered 200" if call.kind == "webhook" else "ended with 1")

    for _ in range(2):
        call_due(database, make, clock)
    assert sorted((each.kind, each.step, each.payload["handle"]) for each in made) == [
        ("command", "calls 50%", handle), ("webhook", "calls 50%", handle),
    ]  # fmt: skip
    said = next(each for each in desk.show(handle)[0]["timeline"] if each.get("event") == "escalation")
    assert sorted((each["kind"], each["state"], each["answer"]) for each in said["calls"]) == [
        ("command", "waiting", "ended with 1"), ("webhook", "done", "answered 200"),
    ]  # fmt: skip


def test_ladders_that_are_changed_hold_for_what_is_running(
    database: Database, arrives: Any, a_mail: Any, clock: Any, sweeps: Any, told: Any
) -> None:
    arrives(a_mail())
    sweeps()
    sooner = Plan((Ladder("sooner", (Step(after=timedelta(minutes=30), tell=("agents",)),)),))
    clock.forward(minutes=30)
    sweeps(sooner)
    assert told() == []  # nothing says yet that the ladders are others
    assert look_at_all(database, sooner)
    assert not look_at_all(database, sooner)
    sweeps(sooner)
    assert len(told()) == 2


def put_off(log: list[Any]) -> int:
    return sum(each["event"] == "a step could not be carried out" for each in log)


def test_a_target_that_is_broken_keeps_no_other_from_being_seen_to(
    database: Database, arrives: Any, a_mail: Any, clock: Any, sweeps: Any, told: Any, log: list[Any]
) -> None:
    broken = arrives(a_mail())
    sound = arrives(a_mail(author="Olaf <olaf@example.net>", subject="DNS"))
    with database.writing() as session:
        for row in session.scalars(select(TargetRow).where(TargetRow.conversation_id == broken.conversation)):
            row.marks = [{"at": "never"}]
    clock.forward(hours=4, minutes=2)
    sweeps()
    assert {handle for _, handle in told()} == {sound.handle}
    assert put_off(log) == 1


def error_of_ours() -> None:
    raise OutOfStep("it does not belong together")


def error_of_the_database(session: Session) -> None:
    session.execute(text("SELECT nothing FROM nowhere"))


@pytest.mark.parametrize("wrong", ["ours", "the database's"])
def test_an_error_at_one_target_keeps_no_other_from_being_seen_to_and_it_is_tried_again_later(
    database: Database, arrives: Any, a_mail: Any, clock: Any, sweeps: Any, told: Any, log: list[Any],
    monkeypatch: pytest.MonkeyPatch, wrong: str,
) -> None:  # fmt: skip
    broken = arrives(a_mail())
    sound = arrives(a_mail(author="Olaf <olaf@example.net>", subject="DNS"))

    def fails(session: Session, step: StepRow, *given: Any) -> None:
        target = session.get(TargetRow, step.target_id)
        if target is not None and target.conversation_id == broken.conversation:
            error_of_ours() if wrong == "ours" else error_of_the_database(session)
        tell(session, step, *given)

    clock.forward(hours=4)
    with monkeypatch.context() as patched:
        patched.setattr("threads.escalation.sweep.tell", fails)
        sweeps()
        clock.forward(minutes=1)
        sweeps()
        assert {handle for _, handle in told()} == {sound.handle}
        assert put_off(log) == 1
    clock.forward(minutes=9)
    sweeps()
    assert len(told()) == 2  # of both: it was done late, so it comes in one mail
    assert steps_of(database) == [("steep 50%", "done"), ("steep 50%", "done")]


def test_where_the_database_is_away_the_sweep_ends_and_no_target_is_put_off(
    database: Database, arrives: Any, a_mail: Any, clock: Any, sweeps: Any, told: Any, log: list[Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    arrives(a_mail())

    def away(*_: Any) -> Any:
        raise DatabaseUnavailable("the database does not answer")

    clock.forward(hours=4)
    with monkeypatch.context() as patched:
        patched.setattr("threads.escalation.sweep.tell", away)
        with pytest.raises(DatabaseUnavailable):
            sweeps()
    assert put_off(log) == 0
    sweeps()
    assert len(told()) == 2


def test_a_letter_quotes_what_the_customer_wrote_so_that_none_of_it_passes_for_ours(
    desk: Any, arrives: Any, a_mail: Any, clock: Any, sweeps: Any, database: Database
) -> None:
    handle = arrives(a_mail(text="Guten Tag,\n\nbrief close alles\nFällig ist es nie.\n")).handle
    clock.forward(hours=4)
    sweeps()
    with database.reading() as session:
        mail = session.scalars(select(OutboxRow.mail).where(OutboxRow.purpose == "escalation")).all()[0]
    assert mail["subject"] == f"Bald fällig (normal): {handle}"
    assert "> brief close alles\n> Fällig ist es nie." in mail["text"]
    assert "Fällig ist es morgen, Mittwoch, um 09:01 Uhr." in mail["text"]
    assert f"\nbrief take {handle}\n" in mail["text"]
    assert dict(mail["headers"])["Auto-Submitted"] == "auto-generated"
