"""The clocks of conversations follow what customers and agents do, and what is merged, split and taken back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select

from storage.tables import ConversationRow, MessageRow, TargetRow
from threads.arrive import Recorded
from threads.hours import Calendar
from threads.life.changes import wake_due
from threads.model import Priority, RecipientStatus, Suspicion
from threads.outgoing.deliveries import note_failure
from threads.sla.following import follow
from threads.sla.marks import What
from threads.sla.terms import SlaPolicy

Arrives = Callable[..., Recorded]
URGENT = "Unser Server ist ausgefallen, nichts geht mehr!"


@pytest.fixture
def policy(policy: Any) -> Any:
    """Solutions of ordinary matters are promised, too: within two working days."""
    return replace(policy, sla=(SlaPolicy("usual", solution={Priority.NORMAL: timedelta(hours=18)}),))


@pytest.fixture
def targets(database: Any) -> Callable[[Recorded], dict[str, list[TargetRow]]]:
    """What is owed in a conversation, by its kind, without what counts as if it had never been."""

    def of(came: Recorded) -> dict[str, list[TargetRow]]:
        with database.reading() as session:
            wanted = select(TargetRow).where(TargetRow.conversation_id == came.conversation)
            found: dict[str, list[TargetRow]] = {}
            for each in session.scalars(wanted.order_by(TargetRow.started_at, TargetRow.id)):
                if each.marks[-1]["what"] != What.VOID:
                    found.setdefault(each.kind, []).append(each)
            return found

    return of


@pytest.fixture
def row(database: Any) -> Callable[[Recorded], ConversationRow]:
    def of(came: Recorded) -> ConversationRow:
        with database.reading() as session:
            found: ConversationRow = session.get_one(ConversationRow, came.conversation)
            return found

    return of


def worked(since: datetime, hours: float) -> datetime | None:
    """The moment after so many hours of the office."""
    return Calendar("Mo-Fr 08:00-17:00").add(since, timedelta(hours=hours))


def again(a_mail: Any, came: Recorded, database: Any, **fields: Any) -> bytes:
    """A mail of the customer that answers the last of a conversation."""
    with database.reading() as session:
        last = select(MessageRow.message_id).where(MessageRow.conversation_id == came.conversation)
        parent = session.scalar(last.order_by(MessageRow.received_at.desc(), MessageRow.id.desc()).limit(1))
    raw: bytes = a_mail(subject="Re: Frage zur Rechnung", in_reply_to=parent, references=parent, **fields)
    return raw


def test_a_mail_starts_the_clocks_of_its_first_answer_and_of_its_solution(
    arrives: Arrives, a_mail: Any, targets: Any, row: Any, clock: Any
) -> None:
    came = arrives(a_mail())

    [first], [solution] = targets(came)["first"], targets(came)["solution"]
    assert (first.state, first.started_at, first.policy) == ("running", clock(), "usual")
    assert (first.due_at, solution.due_at) == (worked(clock(), 8), worked(clock(), 18))
    assert row(came).due_at == first.due_at


def test_the_first_answer_ends_its_clock_and_pauses_that_of_the_solution(
    desk: Any, arrives: Arrives, a_mail: Any, targets: Any, row: Any, clock: Any
) -> None:
    came = arrives(a_mail())
    clock.forward(hours=2)
    desk.reply(came.handle, "Anbei.")

    [first], [solution] = targets(came)["first"], targets(came)["solution"]
    assert (first.state, first.done_at, first.agent_id, first.spent_for) == ("kept", clock(), "lena", 7200)
    assert (solution.state, solution.due_at, solution.spent_for) == ("paused", None, 7200)
    assert row(came).due_at is None


def test_a_note_ends_no_clock(desk: Any, arrives: Arrives, a_mail: Any, targets: Any, clock: Any) -> None:
    came = arrives(a_mail())
    clock.forward(hours=1)
    desk.note(came.handle, "ruft morgen an")
    desk.take(came.handle)
    assert targets(came)["first"][0].state == "running"


def test_an_answer_that_was_taken_back_was_none(
    desk: Any, arrives: Arrives, a_mail: Any, targets: Any, row: Any, clock: Any
) -> None:
    came = arrives(a_mail())
    before = targets(came)
    clock.forward(hours=1)
    desk.reply(came.handle, "Zu früh.")
    clock.forward(seconds=5)
    desk.undo()

    after = targets(came)
    assert [(each.state, each.due_at, each.done_at, each.agent_id) for each in after["first"]] == [
        ("running", before["first"][0].due_at, None, None)
    ]
    assert after["solution"][0].due_at == before["solution"][0].due_at
    assert row(came).due_at == before["first"][0].due_at


def test_the_next_answer_has_a_clock_from_the_customers_reply_and_the_solution_goes_on(
    desk: Any, arrives: Arrives, a_mail: Any, targets: Any, row: Any, clock: Any, database: Any
) -> None:
    came = arrives(a_mail())
    clock.forward(hours=2)
    desk.reply(came.handle, "Anbei.")
    clock.forward(days=1)
    arrives(again(a_mail, came, database, text="Danke, aber wo ist die zweite?"))

    found = targets(came)
    [next_], [solution] = found["next"], found["solution"]
    assert (next_.state, next_.started_at) == ("running", clock())
    assert solution.due_at == worked(clock(), 16)
    assert row(came).due_at == next_.due_at
    started = clock()
    clock.forward(minutes=30)
    arrives(again(a_mail, came, database, text="Noch eins."))
    assert [each.started_at for each in targets(came)["next"]] == [started]  # who waits does not wait anew


def test_an_answer_after_which_it_stays_open_is_one_and_another_is_owed(
    desk: Any, arrives: Arrives, a_mail: Any, targets: Any, clock: Any
) -> None:
    came = arrives(a_mail())
    clock.forward(hours=1)
    desk.reply(came.handle, "Wir sehen nach.", afterwards="open")
    found = targets(came)
    assert (found["first"][0].state, found["next"][0].started_at) == ("kept", clock())
    desk.undo()
    found = targets(came)
    assert (found["first"][0].state, "next" in found) == ("running", False)


def test_what_is_closed_without_an_answer_is_dropped_and_goes_on_where_it_was_once_it_is_open_again(
    desk: Any, arrives: Arrives, a_mail: Any, targets: Any, clock: Any
) -> None:
    came = arrives(a_mail())
    due = targets(came)["first"][0].due_at
    clock.forward(hours=1)
    desk.close_conversation(came.handle)
    assert [targets(came)[kind][0].state for kind in ("first", "solution")] == ["dropped", "kept"]
    clock.forward(hours=2)
    desk.reopen(came.handle)
    [first], [solution] = targets(came)["first"], targets(came)["solution"]
    assert (first.state, first.due_at) == ("running", due + timedelta(hours=2))
    assert (solution.state, solution.done_at) == ("running", None)


def test_a_close_that_is_taken_back_never_was(
    desk: Any, arrives: Arrives, a_mail: Any, targets: Any, clock: Any
) -> None:
    came = arrives(a_mail())
    due = [targets(came)[kind][0].due_at for kind in ("first", "solution")]
    clock.forward(hours=1)
    desk.close_conversation(came.handle)
    clock.forward(hours=2)
    desk.undo()
    assert [targets(came)[kind][0].due_at for kind in ("first", "solution")] == due


@pytest.mark.parametrize("rested", ["closed", "waiting"])
def test_who_wrote_since_it_was_opened_again_still_waits_once_that_is_taken_back(
    desk: Any, arrives: Arrives, a_mail: Any, targets: Any, row: Any, clock: Any, database: Any, rested: str
) -> None:
    came = arrives(a_mail())
    desk.reply(came.handle, "Anbei.")
    clock.forward(minutes=1)
    if rested == "closed":
        desk.close_conversation(came.handle)
    desk.reopen(came.handle)
    clock.forward(minutes=1)
    arrives(again(a_mail, came, database, text="Und die zweite?"))
    wrote = clock()
    clock.forward(minutes=1)
    desk.undo(came.handle)

    stands, [next_] = row(came), targets(came)["next"]
    assert (stands.status, stands.waiting_since, next_.state) == ("open", wrote, "running")
    assert stands.due_at == next_.due_at == worked(wrote, 8)
    assert [each["handle"] for each in desk.inbox()] == [came.handle]


def test_being_put_aside_pauses_only_where_the_settings_say_so(
    desk: Any, arrives: Arrives, a_mail: Any, targets: Any, row: Any, clock: Any, policy: Any
) -> None:
    came = arrives(a_mail())
    desk.snooze(came.handle, "morgen 9 Uhr")
    assert targets(came)["first"][0].state == "running"
    desk.undo()

    desk.policy = replace(policy, snoozed_pauses=True)
    desk.snooze(came.handle, "morgen 9 Uhr")
    [first] = targets(came)["first"]
    assert (first.state, first.due_at) == ("paused", None)
    assert row(came).due_at == worked(row(came).snoozed_until, 8)  # as if it went on then
    clock.forward(hours=3)
    desk.reopen(came.handle)
    [first] = targets(came)["first"]
    assert (first.state, first.due_at, row(came).due_at) == ("running", worked(clock(), 8), first.due_at)


def test_by_an_agents_word_it_is_due_by_what_it_should_have_been(
    desk: Any, arrives: Arrives, a_mail: Any, targets: Any, row: Any, clock: Any
) -> None:
    came = arrives(a_mail())
    began = clock()
    clock.forward(hours=1)
    desk.priority(came.handle, "high", "ihr Laden steht")
    [first] = targets(came)["first"]
    assert (first.priority, first.due_at, row(came).due_at) == ("high", began + timedelta(hours=4), first.due_at)
    assert targets(came)["solution"][0].state == "dropped"  # to what is high none is promised
    desk.undo()
    assert targets(came)["first"][0].due_at == worked(began, 8)
    assert targets(came)["solution"][0].state == "running"


def test_a_mail_that_raises_it_has_its_own_time(
    arrives: Arrives, a_mail: Any, targets: Any, clock: Any, database: Any
) -> None:
    came = arrives(a_mail())
    clock.forward(hours=3)
    arrives(again(a_mail, came, database, text=URGENT))
    [first] = targets(came)["first"]
    assert (first.priority, first.due_at) == ("critical", clock() + timedelta(hours=1))


@pytest.mark.parametrize("undone", [False, True])
def test_of_two_that_become_one_the_earlier_waiting_counts(
    desk: Any, arrives: Arrives, a_mail: Any, targets: Any, row: Any, clock: Any, undone: bool
) -> None:
    early = arrives(a_mail(subject="Rechnung"))
    clock.forward(hours=2)
    late = arrives(a_mail(subject="Nachtrag"))
    before = {each.handle: targets(each) for each in (early, late)}
    clock.forward(hours=1)
    desk.merge(early.handle, late.handle)

    found = targets(late)
    assert (found["first"][0].due_at, row(late).due_at) == (before[early.handle]["first"][0].due_at,) * 2
    assert found["solution"][0].started_at == before[early.handle]["solution"][0].started_at
    assert {each.state for kind in targets(early).values() for each in kind} == {"dropped"}
    if undone:
        desk.undo()
        for came in (early, late):
            for kind, [was] in before[came.handle].items():
                [now] = targets(came)[kind]
                assert (now.id, now.state, now.due_at, now.marks) == (was.id, "running", was.due_at, was.marks)


def test_a_question_that_is_split_off_has_its_own_clock_from_when_it_came(
    desk: Any, arrives: Arrives, a_mail: Any, targets: Any, clock: Any, database: Any
) -> None:
    came = arrives(a_mail())
    desk.reply(came.handle, "Anbei.")
    clock.forward(days=1)
    second = arrives(again(a_mail, came, database, text="Und etwas anderes: Glasfaser?"))
    asked = clock()
    clock.forward(hours=1)
    with database.reading() as session:
        code = session.get_one(MessageRow, second.message).code
    made = desk.split(came.handle, [code])

    assert targets(came)["next"][0].state == "dropped"
    with database.reading() as session:
        first = session.scalars(select(TargetRow).where(TargetRow.conversation_id == made_id(session, made))).all()
    assert [(each.kind, each.state, each.started_at) for each in first if each.kind != "solution"] == [
        ("first", "running", asked)
    ]
    desk.undo()
    assert [(each.state, each.started_at) for each in targets(came)["next"]] == [("running", asked)]


def made_id(session: Any, made: Any) -> Any:
    return session.scalar(select(ConversationRow.id).where(ConversationRow.handle == made["handle"]))


def test_a_suspected_mail_starts_its_clock_once_it_is_let_in_from_when_it_came(
    desk: Any, arrives: Arrives, a_mail: Any, targets: Any, clock: Any
) -> None:
    came = arrives(a_mail(), suspicion=Suspicion("it looks like spam"))
    assert targets(came) == {}
    at = clock()
    clock.forward(hours=1)
    desk.accept(came.handle)
    assert [each.started_at for each in targets(came)["first"]] == [at]


def test_thanks_end_no_clock_as_an_answer_would(
    arrives: Arrives, a_mail: Any, targets: Any, desk: Any, database: Any, clock: Any
) -> None:
    came = arrives(a_mail())
    clock.forward(hours=1)
    desk.reply(came.handle, "Anbei.")
    clock.forward(hours=1)
    arrives(again(a_mail, came, database, text="Danke, das hat geholfen!"))
    found = targets(came)
    assert "next" not in found
    assert found["solution"][0].state == "kept"


def test_what_changes_nothing_about_a_clock_asks_the_database_for_none(
    desk: Any, arrives: Arrives, a_mail: Any, database: Any
) -> None:
    came = arrives(a_mail())
    asked: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *said: asked.append(said[2]))
    arrives(again(a_mail, came, database, text="Noch eine Frage."))
    desk.note(came.handle, "ruft an")
    desk.take(came.handle)
    assert [each for each in asked if " target" in each] == []


def test_the_solution_of_an_answer_that_came_back_goes_on_and_no_clock_runs_for_what_is_to_be_seen_to_at_once(
    desk: Any, arrives: Arrives, a_mail: Any, targets: Any, row: Any, clock: Any, database: Any, policy: Any
) -> None:
    came = arrives(a_mail())
    clock.forward(hours=1)
    answer = desk.reply(came.handle, "Anbei.")
    clock.forward(hours=1)
    with database.writing() as session:
        message = session.scalars(select(MessageRow).where(MessageRow.code == answer["message"])).one()
        lost = {"anna@example.com": RecipientStatus("anna@example.com", "5.1.1", "no such user")}
        note_failure(session, came.conversation, message.id, recipients=lost, answer="550", now=clock())
        follow(session, lambda: policy, clock())

    found = targets(came)
    assert (found["solution"][0].state, found["solution"][0].due_at) == ("running", worked(clock(), 17))
    assert (found["first"][0].state, "next" in found) == ("kept", False)
    assert row(came).due_at == clock()


def test_what_was_put_aside_goes_on_when_its_time_has_come(
    desk: Any, arrives: Arrives, a_mail: Any, targets: Any, clock: Any, database: Any, policy: Any
) -> None:
    came = arrives(a_mail())
    desk.policy = replace(policy, snoozed_pauses=True)
    desk.snooze(came.handle, "morgen 9 Uhr")
    clock.forward(days=1)
    with database.writing() as session:
        wake_due(session, clock())
        follow(session, lambda: desk.policy, clock())
    assert (targets(came)["first"][0].state, targets(came)["first"][0].due_at) == ("running", worked(clock(), 8))
