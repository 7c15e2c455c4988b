"""An emergency that is none is charged only where the customer says so, or an agent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC
from typing import Any

import pytest
from sqlalchemy import select

from service.terminal_conversation import conversation
from storage.database import Database
from storage.errors import WrongUse
from storage.tables import MessageRow, OutboxRow
from tests.on_screen import screen, text_of
from threads.arrive import Recorded
from threads.model import Authenticity, Kind, Source, Verdict

Arrives = Callable[..., Recorded]
ANNA, BEN, CARL = "anna@nord.example", "ben@nord.example", "carl@west.example"
EXPORT = "Der Export hat zwei Spalten zu viel. Das ist ein Notfall, bitte sofort!"
DOWN = "Unser Server ist seit heute früh komplett ausgefallen!"
ID = "<a@nord.example>"


@pytest.fixture
def asked(arrives: Arrives, a_mail: Any) -> str:
    """A conversation whose customer was asked."""
    mail = a_mail(author=f"Anna Beispiel <{ANNA}>", subject="Export", text=EXPORT, message_id=ID)
    return arrives(mail).handle


def says(arrives: Arrives, a_mail: Any, text: str, *, author: str = ANNA, **more: Any) -> Recorded:
    """Somebody answers the question."""
    return arrives(a_mail(author=author, subject="Re: Export", in_reply_to=ID, text=text), **more)


def shown(desk: Any, handle: str) -> dict[str, Any]:
    [row] = desk.show(handle)
    return dict(row)


def said(letter: dict[str, Any]) -> str:
    """The text of a letter, as if no line was wrapped."""
    return " ".join(letter["text"].split())


def sent(desk: Any, handle: str, kind: str) -> list[dict[str, Any]]:
    return [each for each in shown(desk, handle)["timeline"] if each["kind"] == "message" and each["mail"] == kind]


def test_who_declares_what_is_none_is_asked_in_the_acknowledgement(desk: Any, asked: str) -> None:
    row = shown(desk, asked)
    assert row["priority"] == "high"
    assert "declares an emergency" in row["because"]
    assert row["charge"]["asked_at"]
    [acknowledged] = sent(desk, asked, "acknowledgement")
    assert "„kostenpflichtig: ja“" in said(acknowledged)
    assert "ein Server ist ausgefallen" in said(acknowledged)
    assert sent(desk, asked, "notice") == []


def test_a_yes_makes_it_critical_and_billable_and_is_confirmed(
    desk: Any, arrives: Arrives, a_mail: Any, asked: str, clock: Any
) -> None:
    answer = says(arrives, a_mail, "Ja, bitte sofort anfangen.")
    row = shown(desk, asked)
    assert (row["priority"], row["because"]) == ("critical", f"{ANNA} confirmed that it may be charged")
    assert row["charge"]["billable_by"] == ANNA
    assert row["charge"]["because"].startswith(f"{ANNA} confirmed that it may be charged")
    assert answer.handle == asked
    [confirmed] = sent(desk, asked, "notice")
    assert "rund um die Uhr" in said(confirmed)
    [first] = [each for each in desk.sla.explain(asked) if each["target"] == "first"]
    assert first["due_at"] == row["due_at"]
    [line] = desk.charges.report(clock().strftime("%Y-%m"))
    assert (line["handle"], line["billable_by"]) == (asked, ANNA)


def test_a_no_leaves_it_high_and_is_shown(desk: Any, arrives: Arrives, a_mail: Any, asked: str, clock: Any) -> None:
    says(arrives, a_mail, "Nein danke, dann morgen.")
    row = shown(desk, asked)
    assert (row["priority"], row["charge"]["billable_at"]) == ("high", None)
    assert any("does not want it to be charged" in each.get("because", "") for each in row["timeline"])
    assert desk.charges.report() == []
    to = screen()
    conversation(to, row, clock(), UTC)
    assert "asked whether it may be charged: anna@nord.example does not want it" in " ".join(text_of(to).split())


@pytest.mark.parametrize("text", ["Ja, aber was kostet das?", "Der Export ist immer noch falsch. Das ist ein Notfall!"])
def test_what_is_no_clear_yes_changes_nothing_and_nobody_is_asked_twice(
    desk: Any, arrives: Arrives, a_mail: Any, asked: str, text: str
) -> None:
    says(arrives, a_mail, text)
    row = shown(desk, asked)
    assert (row["priority"], row["charge"]["billable_at"]) == ("high", None)
    assert sent(desk, asked, "notice") == []


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({"kind": Kind.AUTO_REPLY}, id="a machine"),
        pytest.param({"verdict": Verdict(Authenticity.FORGED, "DMARC fails", fails=True)}, id="a forger"),
    ],
)
def test_no_machine_and_no_forger_confirms(
    desk: Any, arrives: Arrives, a_mail: Any, asked: str, more: dict[str, Any]
) -> None:
    says(arrives, a_mail, "Ja", **more)
    assert shown(desk, asked)["charge"]["billable_at"] is None


def test_a_stranger_does_not_confirm(desk: Any, arrives: Arrives, a_mail: Any, asked: str) -> None:
    says(arrives, a_mail, "kostenpflichtig: ja", author="fremd@anders.example")
    assert shown(desk, asked)["charge"]["billable_at"] is None


def test_a_yes_to_what_an_agent_asked_meanwhile_is_no_yes_to_the_charge(
    desk: Any, arrives: Arrives, a_mail: Any, asked: str, clock: Any
) -> None:
    clock.forward(minutes=1)
    desk.reply(asked, "Meinen Sie die Spalten A und B?")
    says(arrives, a_mail, "Ja.")
    assert shown(desk, asked)["charge"]["billable_at"] is None
    says(arrives, a_mail, "kostenpflichtig: ja")
    assert shown(desk, asked)["charge"]["billable_by"] == ANNA


def test_who_may_not_declare_one_is_asked_and_told_why(desk: Any, arrives: Arrives, a_mail: Any) -> None:
    arrives(a_mail(author=ANNA, subject="Vertrag"))
    desk.people.add_organisation("Nord AG")
    desk.people.add_member("Nord AG", ANNA, may_declare=True)
    arrives(a_mail(author=BEN, subject="Frage"))
    desk.people.add_member("Nord AG", BEN)

    handle = arrives(a_mail(author=BEN, subject="Server", text=DOWN)).handle

    row = shown(desk, handle)
    assert row["priority"] == "high"
    assert f"{BEN} has no right to declare an emergency for Nord AG" in row["because"]
    asked = [*sent(desk, handle, "acknowledgement"), *sent(desk, handle, "notice")]
    assert len(asked) == 1
    assert "dürfen das nur bestimmte Personen" in said(asked[0])


def test_in_a_conversation_that_goes_on_they_are_asked_by_a_letter_of_its_own(
    desk: Any, arrives: Arrives, a_mail: Any, database: Database
) -> None:
    handle = arrives(a_mail(author=ANNA, subject="Export", text="Frage zum Export.", message_id=ID)).handle
    says(arrives, a_mail, "Bitte als kritisch einstufen!")
    row = shown(desk, handle)
    assert row["priority"] == "high"
    [letter] = sent(desk, handle, "notice")
    assert "„kostenpflichtig: ja“" in said(letter)
    with database.reading() as session:
        query = select(OutboxRow).join(MessageRow, MessageRow.id == OutboxRow.message_id)
        [out] = session.scalars(query.where(MessageRow.kind == "notice"))
        assert [each["address"] for each in out.mail["to"]] == [ANNA]


def test_what_is_an_emergency_is_critical_at_once(desk: Any, arrives: Arrives, a_mail: Any) -> None:
    row = shown(desk, arrives(a_mail(author=ANNA, subject="NOTFALL", text=DOWN)).handle)
    assert (row["priority"], row["charge"]["asked_at"]) == ("critical", None)


def test_an_agent_decides_otherwise_with_a_reason_and_takes_it_back(
    desk: Any, arrives: Arrives, a_mail: Any, asked: str
) -> None:
    says(arrives, a_mail, "kostenpflichtig: ja")
    with pytest.raises(WrongUse, match="say why"):
        desk.charges.mark(asked, charged=False, because=" ")
    desk.charges.mark(asked, charged=False, because="es war unser Fehler")
    assert desk.charges.report() == []
    with pytest.raises(WrongUse, match="not billable already"):
        desk.charges.mark(asked, charged=False, because="noch einmal")
    desk.undo(asked)
    assert [each["billable_by"] for each in desk.charges.report()] == [ANNA]


def test_what_is_billable_stays_so_through_a_merge_and_its_undo(
    desk: Any, arrives: Arrives, a_mail: Any, asked: str
) -> None:
    other = arrives(a_mail(author=ANNA, subject="Nachtrag", text="Noch etwas.")).handle
    desk.charges.mark(asked, charged=True, because="am Telefon vereinbart")
    desk.merge(asked, other)
    assert [each["handle"] for each in desk.charges.report()] == [other]
    desk.undo(other)
    assert [each["handle"] for each in desk.charges.report()] == [asked]


@pytest.mark.parametrize("into", ["the other", "it"])
def test_what_was_asked_and_agreed_since_a_merge_stays_with_the_matter_once_that_is_taken_back(
    desk: Any, arrives: Arrives, a_mail: Any, into: str
) -> None:
    matter = arrives(a_mail(author=f"Anna Beispiel <{ANNA}>", subject="Export", text="Wie geht das?", message_id=ID))
    other = arrives(a_mail(author=f"Carl Kunde <{CARL}>", subject="Umzug", text="Wann?")).handle
    one, target = (other, matter.handle) if into == "it" else (matter.handle, other)
    desk.merge(one, target)
    says(arrives, a_mail, EXPORT)
    says(arrives, a_mail, "Ja, bitte.")
    before = ("priority", "because", "charge")
    agreed = {name: shown(desk, target)[name] for name in before}
    assert agreed["priority"] == "critical"

    desk.undo()

    assert {name: shown(desk, matter.handle)[name] for name in before} == agreed
    left = shown(desk, other)
    assert (left["priority"], left["charge"]["billable_at"]) == ("normal", None)


def test_a_letter_to_whom_a_form_names_carries_nothing_else_of_it(
    arrives: Arrives, a_mail: Any, database: Database
) -> None:
    typed = f"Buy Pills <{ANNA}>"
    arrives(a_mail(author=typed, subject="Etwas anderes", text="Eine Frage."), source=Source.FORM)
    arrives(a_mail(author=typed, subject="Buy pills", text=EXPORT), source=Source.FORM)  # not acknowledged: too soon
    with database.reading() as session:
        letters = session.scalars(select(OutboxRow).order_by(OutboxRow.id)).all()
        assert [each.purpose for each in letters] == ["acknowledgement", "notice"]
        for each in letters:
            assert "pills" not in str(each.mail).lower()
        assert letters[1].mail["subject"] == "Re: Ihre Nachricht an Nordlicht Support"
