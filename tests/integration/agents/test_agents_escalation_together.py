"""What is due at one moment: one letter to each who hears of it, the most urgent first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from storage.database import Database
from storage.outgoing import OutgoingMail
from storage.tables import AgentRow, ConversationRow, OutboxRow, StepRow, TargetRow, TellingRow
from tests.two_matters import reports
from threads.escalation.ladder import Ladder, Step
from threads.escalation.letters import About
from threads.escalation.plan import Plan
from threads.escalation.summary import summary_of
from threads.escalation.sweep import sweep
from threads.model import Kind
from threads.policy import Policy

BEN, LENA = "ben@desk.example", "lena@desk.example"
NOON = datetime(2026, 11, 24, 11, 1, tzinfo=UTC)
"""Four hours after the desk opened, and a minute."""


@dataclass(frozen=True)
class Letter:
    """A mail that tells somebody."""

    to: str
    subject: str
    text: str
    mail: OutgoingMail

    def handles(self) -> list[str]:
        """The conversations that it lists, in its order."""
        return [line.split()[-1] for line in self.text.split("\n") if line.strip().startswith("brief take ")]


Sweeps = Callable[[], list[Letter]]


@pytest.fixture
def sweeps(database: Database, policy: Policy, desk: Any, clock: Any) -> Callable[..., Sweeps]:
    """By a ladder that tells some after four hours: sweeps until nothing is due, and gives what is new."""
    seen: set[Any] = set()
    with database.writing() as session:
        for row in session.scalars(select(AgentRow)):
            row.email = f"{row.id}@desk.example"

    def by(*names: str) -> Sweeps:
        plan = Plan((Ladder("steep", (Step(after=timedelta(hours=4), tell=names),)),))

        def go() -> list[Letter]:
            while any(sweep(database, policy, plan, clock()).values()):
                pass
            with database.reading() as session:
                rows = session.scalars(select(OutboxRow).where(OutboxRow.purpose == "escalation")).all()
            new = sorted((each for each in rows if each.id not in seen), key=lambda each: each.recipient)
            seen.update(each.id for each in new)
            mails = [OutgoingMail.from_json(each.mail) for each in new]
            return [Letter(row.recipient, mail.subject, mail.text, mail) for row, mail in zip(new, mails, strict=True)]

        return go

    return by


@pytest.fixture
def many(arrives: Any, a_mail: Any, clock: Any) -> Callable[[int], list[str]]:
    """So many customers who write before eight, when the desk opens and all their clocks begin; their handles."""

    def write(count: int) -> list[str]:
        clock.set(datetime(2026, 11, 24, 5, tzinfo=UTC))
        found = [
            arrives(a_mail(author=f"C{n} <c{n}@example{n}.net>", subject=f"Sache {n}", text=f"Wie ist das mit {n}?"))
            for n in range(count)
        ]
        return [each.handle for each in found]

    return write


def test_what_is_due_at_one_moment_comes_in_one_mail_to_each(
    many: Any, clock: Any, sweeps: Any, database: Database
) -> None:
    go, handles = sweeps("agents"), many(12)
    clock.set(NOON)
    found = go()
    assert [each.to for each in found] == [BEN, LENA]
    assert all(sorted(each.handles()) == sorted(handles) for each in found)
    assert found[0].subject == "Bald fällig: 12 Konversationen warten auf uns, die dringendste ist normal"
    assert "lief eine Zeit lang nicht" not in found[0].text
    assert "Wie ist das mit" not in found[0].text  # of so many it quotes none
    with database.reading() as session:
        assert set(session.scalars(select(TellingRow.state))) == {"mailed"}
    assert go() == []


def test_of_several_the_most_urgent_comes_first_and_few_are_quoted(
    desk: Any, many: Any, clock: Any, sweeps: Any
) -> None:
    go, (first, second, third) = sweeps("agent:ben"), many(3)
    desk.priority(second, "high")
    desk.assign(third, "ben")
    clock.set(NOON)
    [letter] = go()
    assert letter.handles() == [second, *sorted((first, third))]
    assert "die dringendste ist hoch" in letter.subject
    assert "\n  > Wie ist das mit 0?\n" in letter.text
    assert "\n  zuständig: Ben Otto\n" in letter.text


def test_of_one_conversation_the_letter_is_about_that_alone(many: Any, clock: Any, sweeps: Any) -> None:
    go, (handle,) = sweeps("agent:ben"), many(1)
    clock.set(NOON)
    [letter] = go()
    assert letter.subject == f"Bald fällig (normal): {handle}"
    assert "4 Stunden Arbeitszeit sind vergangen, erlaubt sind 8 Stunden." in letter.text
    assert "\n> Wie ist das mit 0?\n" in letter.text


@pytest.mark.parametrize("act", ["reply", "take", "nothing"])
def test_of_what_somebody_saw_to_before_a_letter_could_be_written_nobody_is_told(
    desk: Any, many: Any, clock: Any, sweeps: Any, monkeypatch: pytest.MonkeyPatch, act: str
) -> None:
    go, (handle,) = sweeps("agent:ben"), many(1)
    clock.set(NOON)
    with monkeypatch.context() as patched:

        def killed(*_: Any) -> Any:
            raise KeyboardInterrupt

        patched.setattr("threads.escalation.telling.summary_of", killed)
        with pytest.raises(KeyboardInterrupt):
            go()
    if act == "reply":
        desk.reply(handle, "Das ist erledigt.")
    elif act == "take":
        desk.take(handle)
    clock.forward(minutes=6)
    assert [each.handles() for each in go()] == ([[handle]] if act == "nothing" else [])
    said = next(each for each in desk.show(handle)[0]["timeline"] if each.get("event") == "escalation")
    assert [each["state"] for each in said["told"]] == ["waiting" if act == "nothing" else "passed"]


def test_where_a_letter_about_several_comes_back_the_others_hear_of_all_of_them_and_the_report_is_kept_at_the_first(
    desk: Any, arrives: Any, many: Any, clock: Any, sweeps: Any, database: Database
) -> None:
    go, handles = sweeps("agent:ben"), many(3)
    clock.set(NOON)
    [letter] = go()
    with database.writing() as session:
        for row in session.scalars(select(OutboxRow)):
            row.state = "sent"
    report = arrives(reports(f"<{BEN}>", letter.mail.message_id), kind=Kind.BOUNCE, to=letter.mail.envelope_from)
    assert report.handle == letter.handles()[0]
    clock.forward(minutes=1)
    [instead] = go()
    assert instead.to == LENA
    assert sorted(instead.handles()) == sorted(handles)
    assert "nicht zu erreichen: Ben Otto" in instead.text


def test_a_conversation_that_cannot_be_told_of_keeps_no_other_from_being_told_of(
    many: Any, clock: Any, sweeps: Any, log: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    go, handles = sweeps("agent:ben"), many(4)

    def fails(session: Session, policy: Policy, step: StepRow, target: TargetRow, row: ConversationRow) -> About:
        if row.handle == handles[2]:
            session.execute(text("SELECT nothing FROM nowhere"))
        return summary_of(session, policy, step, target, row)

    clock.set(NOON)
    with monkeypatch.context() as patched:
        patched.setattr("threads.escalation.telling.summary_of", fails)
        told = [each for letter in go() for each in letter.handles()]
        assert sorted(told) == sorted({*handles} - {handles[2]})
        assert [each["event"] for each in log].count("somebody could not be told") == 1
        assert go() == []
    clock.forward(minutes=10)
    assert [each.handles() for each in go()] == [[handles[2]]]
