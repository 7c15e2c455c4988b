"""Web forms of others, which write on behalf of the person whom they name in Reply-To."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from storage.tables import MessageRow
from threads.model import Address, Authenticity, Classification, Direction, Kind, Source, Verdict

FORM = "formular@website.example"
PROGRAM = Classification(Kind.AUTOMATIC, acknowledge=False, because="a program wrote it")


@pytest.fixture
def formed(desk: Any) -> Any:
    """A desk that knows a form."""
    desk.policy = replace(desk.policy, forms=frozenset({FORM}))
    return desk


def of_form(desk: Any, **fields: Any) -> Any:
    """What the form sends for Bernd."""
    return desk.mail(FORM, reply_to=(Address("bernd@kunde.example", "Bernd"),), subject="Kontaktformular", **fields)


def test_who_filled_in_a_form_is_the_customer_and_is_acknowledged(formed: Any) -> None:
    recorded = formed.arrives(of_form(formed), classification=PROGRAM, mail_from="www@website.example")
    assert formed.people(recorded.conversation) == {"bernd@kunde.example": "customer"}
    assert recorded.acknowledged
    [letter] = formed.letters()
    assert [each.address for each in letter.to] == ["bernd@kunde.example"]


def test_two_people_who_filled_in_the_same_form_have_two_conversations(formed: Any) -> None:
    first = formed.arrives(of_form(formed), classification=PROGRAM)
    other = formed.mail(FORM, reply_to=(Address("anna@kunde.example"),), subject="AW: Kontaktformular")
    assert formed.arrives(other, classification=PROGRAM).conversation != first.conversation


def test_a_form_does_not_lead_into_the_conversation_of_whom_it_names(formed: Any) -> None:
    first = formed.arrives(formed.mail("bernd@kunde.example", subject="Rechnung"))
    typed = formed.mail(FORM, reply_to=(Address("bernd@kunde.example"),), subject="AW: Rechnung")
    assert formed.arrives(typed).conversation != first.conversation


@pytest.mark.parametrize(
    "more",
    [
        {"verdict": Verdict(Authenticity.FORGED, "DMARC failed")},
        {"classification": Classification(Kind.BOUNCE, acknowledge=False, because="a mail came back")},
    ],
)
def test_what_only_claims_to_be_a_form_names_nobody(formed: Any, more: Any) -> None:
    recorded = formed.arrives(of_form(formed), **more)
    assert "bernd@kunde.example" not in formed.people(recorded.conversation)
    assert not recorded.acknowledged


def test_who_only_names_a_form_as_its_sender_is_not_believed(formed: Any) -> None:
    mail = formed.mail("bernd@kunde.example", sender=Address(FORM))
    assert not formed.arrives(mail, mail_from="x@evil.example").acknowledged


def test_a_form_that_is_not_named_is_the_writer_itself(desk: Any) -> None:
    recorded = desk.arrives(of_form(desk))
    assert desk.people(recorded.conversation) == {FORM: "customer"}


def test_what_was_typed_into_a_form_ours_or_another_is_written_down_as_such(formed: Any) -> None:
    formed.arrives(of_form(formed), classification=PROGRAM)
    formed.arrives(formed.mail("carla@kunde.example", subject="Frage"), source=Source.FORM, client="visitor-1")
    formed.arrives(formed.mail("dora@kunde.example", subject="Bitte"))
    rows = formed.all(MessageRow)
    typed = {each.from_address: each.by_form for each in rows if each.direction == Direction.IN}
    assert typed == {"bernd@kunde.example": True, "carla@kunde.example": True, "dora@kunde.example": False}
