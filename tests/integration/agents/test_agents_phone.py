"""Calls are written down, and who rings shows by the phone password who they are."""

from __future__ import annotations

import io
import sys
from typing import Any

import pytest
from sqlalchemy import func, select

from storage.database import Database
from storage.errors import NotThere, WrongUse
from storage.tables import OutboxRow, PersonRow
from threads.people.phone import MOST_WRONG, Heard, call_of, hashed, is_right

ANNA = "anna@kunde.example"


@pytest.fixture
def handle(arrives: Any, a_mail: Any) -> str:
    """A conversation of Anna's."""
    found: str = arrives(a_mail(author=f"Anna <{ANNA}>")).handle
    return found


def notes(desk: Any, handle: str) -> list[dict[str, Any]]:
    [shown] = desk.show(handle)
    return [each for each in shown["timeline"] if each["kind"] == "note" and not each["undone"]]


def test_a_call_is_a_note_with_who_rang(desk: Any, handle: str) -> None:
    row = desk.phone(handle, "Die Rechnung ist da.", caller="Anna  Beispiel", number="0221 123456")
    assert row["password"] == "not asked"
    [note] = notes(desk, handle)
    assert note["text"] == "Die Rechnung ist da."
    assert note["call"] == {"caller": "Anna Beispiel", "number": "0221 123456", "password": "not asked"}
    assert [each["handle"] for each in desk.search("rechnung")] == [handle]
    desk.undo(handle)
    assert notes(desk, handle) == []


def test_the_password_is_compared_and_each_try_is_written_down(desk: Any, handle: str) -> None:
    assert desk.phone(handle, "Hallo.", password="Blauer Elefant")["password"] == "none set"
    desk.people.phone_password(ANNA, "Blauer-Elefant 7")
    assert desk.phone(handle, "Hallo.", password="blauer elefant 7")["password"] == "right"
    assert desk.phone(handle, "Hallo.", password="roter elefant 7")["password"] == "wrong"
    row = desk.people.customer(ANNA)
    assert row["phone_password"]
    assert [each["result"] for each in row["phone_checks"]] == ["wrong", "right", "set"]
    assert {each["agent"] for each in row["phone_checks"]} == {"lena"}
    desk.people.phone_password(ANNA, "")
    assert desk.phone(handle, "Hallo.", password="blauer elefant 7")["password"] == "none set"


def test_passwords_cannot_be_tried_out(desk: Any, handle: str, clock: Any) -> None:
    desk.people.phone_password(ANNA, "blauer elefant")
    for number in range(MOST_WRONG):
        desk.phone(handle, "Hallo.", password=f"elefant {number}")
    with pytest.raises(WrongUse, match="none is looked at now"):
        desk.phone(handle, "Hallo.", password="blauer elefant")
    assert len(notes(desk, handle)) == MOST_WRONG
    clock.forward(hours=1, minutes=1)
    assert desk.phone(handle, "Hallo.", password="blauer elefant")["password"] == "right"


def test_a_wrong_number_spends_no_try(desk: Any, handle: str) -> None:
    desk.people.phone_password(ANNA, "blauer elefant")
    with pytest.raises(WrongUse, match="no telephone number"):
        desk.phone(handle, "Hallo.", number="ruf an!", password="falsch")
    assert [each["result"] for each in desk.people.customer(ANNA)["phone_checks"]] == ["set"]


def test_nothing_that_could_be_said_is_kept(desk: Any, handle: str, database: Database) -> None:
    desk.people.phone_password(ANNA, "blauer elefant")
    with database.reading() as session:
        [kept] = session.scalars(select(PersonRow.phone_password).where(PersonRow.phone_password != "")).all()
    assert "elefant" not in kept
    assert is_right("BLAUER elefant", kept)
    assert hashed("blauer elefant") != kept


@pytest.mark.parametrize("password", ["", "abc", "- - -", "x" * 101])
def test_a_password_that_is_too_short_or_too_long_is_refused(password: str) -> None:
    with pytest.raises(WrongUse, match="4 to 100"):
        hashed(password)


def test_nobody_unknown_and_no_agent_has_one(desk: Any, handle: str) -> None:
    with pytest.raises(NotThere, match="is known"):
        desk.people.phone_password("nobody@example.net", "elefant")
    with pytest.raises(WrongUse, match="a mailbox of this desk"):
        desk.people.phone_password("support@localhost", "elefant")


@pytest.mark.parametrize("number", ["12", "0221-12+3", "٠٢٢١١٢٣", "0221 " + "1" * 20, "+"])
def test_what_is_no_number_is_refused(number: str) -> None:
    with pytest.raises(WrongUse, match="no telephone number"):
        call_of("", number, Heard.NOT_ASKED)


def test_the_commands_read_the_password_unseen(typed: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n"))
    assert "--none takes one away" in typed("customer", "phone-password", ANNA, ends=2)
    assert "what was said" in typed("phone", "anna", "--password", ends=2)
    assert "read from stdin" in typed("phone", "anna", "--password", "-F", "-", ends=2)


def test_a_call_opens_a_conversation_in_which_the_customer_waits_and_nothing_is_sent(
    desk: Any, arrives: Any, a_mail: Any, database: Database
) -> None:
    before = arrives(a_mail(author=f"Anna Weber <{ANNA}>")).handle
    desk.people.phone_password(ANNA, "blauer elefant")
    with database.reading() as session:
        sent = session.scalar(select(func.count()).select_from(OutboxRow))
    row = desk.phone(ANNA, "Fragt, wann wir umziehen.", subject="Umzug", caller="Anna", password="blauer elefant")
    handle = row["handle"]
    assert handle != before
    assert (row["status"], row["messages"], row["password"]) == ("open", 0, "right")
    assert row["due_at"]
    assert row["customer"]["address"] == ANNA
    [shown] = desk.show(handle)
    assert [each["text"] for each in notes(desk, handle)] == ["Fragt, wann wir umziehen."]
    assert any(f"{ANNA} rang" in each.get("because", "") for each in shown["timeline"])
    [target] = desk.sla.explain(handle)
    assert (target["target"], target["due_at"]) == ("first", row["due_at"])
    assert handle in [each["handle"] for each in desk.inbox()]
    assert [each["handle"] for each in desk.search("umziehen")] == [handle]
    assert handle in [each["handle"] for each in desk.search("weber")]
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(OutboxRow)) == sent
    assert desk.why(handle)


def test_what_was_said_on_the_telephone_is_answered_by_mail(desk: Any) -> None:
    handle = desk.phone("Anna Weber <anna@neu.example>", "Bitte die Rechnung noch einmal.", subject="Rechnung")[
        "handle"
    ]
    desk.reply(handle, "Anbei die Rechnung.")
    [shown] = desk.show(handle)
    [letter] = [each for each in shown["timeline"] if each["kind"] == "message"]
    assert letter["subject"] == "Rechnung"
    assert [each["address"] for each in letter["to"]] == ["anna@neu.example"]
    [target] = desk.sla.explain(handle)
    assert target["state"] == "kept"


def test_an_emergency_on_the_telephone_is_one(desk: Any) -> None:
    row = desk.phone(ANNA, "Unser Server ist komplett ausgefallen!", subject="Server")
    assert row["priority"] == "critical"


def test_a_conversation_by_a_call_that_is_taken_back_is_closed_and_empty(desk: Any) -> None:
    handle = desk.phone(ANNA, "Frage.", subject="Frage")["handle"]
    desk.undo(handle)
    [shown] = desk.show(handle)
    assert shown["status"] == "closed"
    assert notes(desk, handle) == []
    assert handle not in [each["handle"] for each in desk.inbox()]


@pytest.mark.parametrize(
    ("who", "more", "said"),
    [
        ("support@localhost", {"subject": "x"}, "mailbox of this desk"),
        ("anna", {"subject": "x"}, "mail address"),
        (ANNA, {"subject": " "}, "what is it about"),
        (ANNA, {"subject": "x" * 201}, "longer than 200"),
        (ANNA, {"subject": "x", "mailbox": "other@localhost"}, "is no mailbox of this desk"),
    ],
)
def test_what_cannot_be_opened_is_refused(desk: Any, who: str, more: dict[str, str], said: str) -> None:
    with pytest.raises(WrongUse, match=said):
        desk.phone(who, "Frage.", **more)
