"""What follows from being of an organisation."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest

from threads.model import Priority, Urgency
from threads.people.rights import Member, Right, Sees, as_declared, in_words, right_to_join

NORD, SUED = UUID(int=1), UUID(int=2)
BEN = "ben@nord.example"
SEES_ALL = Member(NORD, "Nord AG", Sees.ALL)
SEES_OWN = Member(NORD, "Nord AG")
EMERGENCY = Urgency(Priority.CRITICAL, "server down", 'rule "server down"')


def test_who_may_see_all_belongs_to_every_conversation_of_their_organisation() -> None:
    assert right_to_join(BEN, SEES_ALL, NORD) == Right(True, "ben@nord.example may see all conversations of Nord AG")


@pytest.mark.parametrize("organisation", [NORD, SUED, None])
def test_who_may_see_only_their_own_belongs_to_no_other(organisation: UUID | None) -> None:
    right = right_to_join(BEN, SEES_OWN, organisation)
    assert right is not None
    assert not right.belongs
    assert "may see only their own" in right.because


def test_who_may_see_all_of_one_organisation_sees_nothing_of_another() -> None:
    right = right_to_join(BEN, SEES_ALL, SUED)
    assert right is not None
    assert not right.belongs
    assert "another organisation" in right.because


@pytest.mark.parametrize(("member", "organisation"), [(None, NORD), (None, None), (SEES_ALL, None)])
def test_rights_say_nothing_where_nobody_gave_any(member: Member | None, organisation: UUID | None) -> None:
    assert right_to_join(BEN, member, organisation) is None


def test_an_emergency_by_who_may_not_declare_it_stays_one_and_says_so() -> None:
    declared = as_declared(EMERGENCY, BEN, replace(SEES_OWN, others_declare=True))
    assert declared.priority is Priority.CRITICAL
    assert declared.because.startswith(EMERGENCY.because)
    assert "ben@nord.example has no right to declare an emergency for Nord AG" in declared.because


@pytest.mark.parametrize(
    "member",
    [
        pytest.param(None, id="of no organisation"),
        pytest.param(SEES_OWN, id="nobody there has the right"),
        pytest.param(replace(SEES_OWN, may_declare=True, others_declare=True), id="they have it"),
    ],
)
def test_an_emergency_that_nobody_else_has_to_declare_is_left_as_it_is(member: Member | None) -> None:
    assert as_declared(EMERGENCY, BEN, member) == EMERGENCY


def test_what_is_no_emergency_asks_for_no_right() -> None:
    high = replace(EMERGENCY, priority=Priority.HIGH)
    assert as_declared(high, BEN, replace(SEES_OWN, others_declare=True)) == high


def test_rights_are_said_in_plain_words() -> None:
    said = in_words("all", may_declare=True, speaks=True)
    assert said == "authorised speaker, sees all conversations, may declare an emergency"
    assert in_words("own", may_declare=False, speaks=False) == "sees only their own"
