"""What the rights that an agent gave mean for the mails that come."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from threads.arrive import Recorded
from threads.model import Authenticity, Verdict

Arrives = Callable[..., Recorded]
ANNA, BEN = "anna@nord.example", "ben@nord.example"
DOWN = "Unser Server ist seit heute früh komplett ausgefallen!"


@pytest.fixture
def first(desk: Any, arrives: Arrives, a_mail: Any) -> Recorded:
    """A conversation of Anna's, who is of Nord AG."""
    recorded = arrives(a_mail(author=f"Anna <{ANNA}>", subject="Vertrag", message_id="<a@nord.example>"))
    desk.people.add_organisation("Nord AG")
    desk.people.add_member("Nord AG", ANNA)
    return recorded


def answers(arrives: Arrives, a_mail: Any, author: str, **more: Any) -> Recorded:
    """Somebody answers Anna's mail."""
    mail = a_mail(author=author, subject="Re: Vertrag", in_reply_to="<a@nord.example>", text="Dazu noch etwas.")
    return arrives(mail, **more)


def test_who_sees_all_is_no_stranger_also_from_another_domain(
    desk: Any, arrives: Arrives, a_mail: Any, first: Recorded
) -> None:
    desk.people.add_member("Nord AG", "carl@berater.example", sees="all")

    answer = answers(arrives, a_mail, "carl@berater.example")

    assert (answer.handle, answer.held) == (first.handle, False)
    assert desk.show(first.handle)[0]["customer"]["addresses"] == [ANNA]  # who answers never becomes the customer


def test_who_sees_only_their_own_is_a_stranger_also_of_the_same_domain(
    desk: Any, arrives: Arrives, a_mail: Any, first: Recorded
) -> None:
    assert not answers(arrives, a_mail, "dora@nord.example").held  # of whom nothing was said
    desk.people.add_member("Nord AG", BEN)

    answer = answers(arrives, a_mail, BEN)

    assert (answer.handle, answer.held) == (first.handle, True)
    assert "of Nord AG may see only their own conversations" in answer.because


def test_who_sees_only_their_own_takes_part_where_they_do(
    desk: Any, arrives: Arrives, a_mail: Any, first: Recorded
) -> None:
    desk.people.add_member("Nord AG", BEN)
    arrives(a_mail(author=ANNA, subject="Re: Vertrag", in_reply_to="<a@nord.example>", cc=BEN, text="Ben weiss mehr."))

    assert not answers(arrives, a_mail, BEN).held


def test_who_sees_all_of_another_organisation_is_a_stranger(
    desk: Any, arrives: Arrives, a_mail: Any, first: Recorded
) -> None:
    desk.people.add_organisation("Süd GmbH")
    desk.people.add_member("Süd GmbH", "erik@nord.example", sees="all")

    assert answers(arrives, a_mail, "erik@nord.example").held


def test_a_mail_that_fails_authentication_uses_nobodys_rights(
    desk: Any, arrives: Arrives, a_mail: Any, first: Recorded
) -> None:
    desk.people.add_member("Nord AG", BEN, sees="all")
    fails = Verdict(Authenticity.UNKNOWN, "DMARC fails", fails=True)

    assert answers(arrives, a_mail, BEN, verdict=fails).held


def test_rights_hold_for_every_address_of_a_person(desk: Any, arrives: Arrives, a_mail: Any, first: Recorded) -> None:
    desk.people.add_member("Nord AG", BEN, sees="all")
    desk.people.link(BEN, "ben@home.example")

    assert not answers(arrives, a_mail, "ben@home.example").held


def test_an_emergency_by_who_may_not_declare_it_is_high_until_it_is_confirmed(
    desk: Any, arrives: Arrives, a_mail: Any, first: Recorded
) -> None:
    desk.people.add_member("Nord AG", ANNA, may_declare=True)
    desk.people.add_member("Nord AG", BEN)
    by = {who: arrives(a_mail(author=who, subject="Notfall", text=DOWN)).handle for who in (ANNA, BEN)}

    because = {who: desk.show(handle)[0]["because"] for who, handle in by.items()}
    assert {who: desk.show(handle)[0]["priority"] for who, handle in by.items()} == {ANNA: "critical", BEN: "high"}
    assert "has no right to declare an emergency for Nord AG" in because[BEN]
    assert "right to declare" not in because[ANNA]


def test_a_held_emergency_that_becomes_a_conversation_of_its_own_says_so_too(
    desk: Any, arrives: Arrives, a_mail: Any, first: Recorded
) -> None:
    desk.people.add_member("Nord AG", ANNA, may_declare=True)
    desk.people.add_member("Nord AG", BEN)
    assert arrives(a_mail(author=BEN, subject="Re: Vertrag", in_reply_to="<a@nord.example>", text=DOWN)).held

    [code] = [each["code"] for each in desk.show(first.handle)[0]["timeline"] if each.get("held")]
    own = desk.accept(code, new=True)

    assert own["priority"] == "critical"
    assert "has no right to declare an emergency for Nord AG" in own["because"]
