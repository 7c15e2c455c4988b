"""Organisations: several people of one customer, what each of them may do, and what an agent finds by them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from storage.database import Database
from storage.errors import NotThere, WrongUse
from storage.tables import AddressRow, OrganisationRow, PersonRow
from threads.arrive import Recorded
from threads.model import Authenticity, Kind, Verdict
from threads.people.rights import Member, Sees
from threads.store.known_people import participants
from threads.store.rights import member_of

Arrives = Callable[..., Recorded]
ANNA, BEN = "anna@nord.example", "ben@nord.example"


@pytest.fixture
def nord(desk: Any, arrives: Arrives, a_mail: Any) -> list[str]:
    """Nord AG with Anna, who sees all and speaks for it, and Ben; the handles of a conversation of each."""
    handles = [
        arrives(a_mail(author="Anna Beispiel <anna@nord.example>", subject="Vertrag", message_id="<a@nord.example>")),
        arrives(a_mail(author="Ben Otto <ben@nord.example>", subject="Drucker")),
    ]
    desk.people.add_organisation("Nord AG")
    desk.people.add_member("Nord AG", ANNA, sees="all", speaks=True)
    desk.people.add_member("nord", BEN, may_declare=True)
    return [each.handle for each in handles]


def state(database: Database) -> list[Any]:
    """Every organisation and person."""
    with database.reading() as session:
        tables = (OrganisationRow, PersonRow, AddressRow)
        return [sorted(map(tuple, session.execute(select(*each.__table__.columns))), key=repr) for each in tables]


def test_an_organisation_shows_its_members_and_what_they_may_do(desk: Any, nord: list[str]) -> None:
    assert desk.people.organisations() == [{"name": "Nord AG", "contract": "", "calendar": "", "members": 2}]
    assert desk.people.organisation("NORD")["members"] == [
        {"name": "Anna Beispiel", "addresses": [ANNA], "sees": "all", "may_declare": False, "speaks": True},
        {"name": "Ben Otto", "addresses": [BEN], "sees": "own", "may_declare": True, "speaks": False},
    ]


def test_a_right_that_is_not_named_stays_as_it_is(desk: Any, nord: list[str]) -> None:
    desk.people.add_member("Nord AG", BEN, sees="all")

    [ben] = [each for each in desk.people.organisation("Nord AG")["members"] if each["addresses"] == [BEN]]
    assert (ben["sees"], ben["may_declare"]) == ("all", True)
    assert desk.people.add_member("Nord AG", BEN, may_declare=False)["changed"]
    assert not desk.people.add_member("Nord AG", BEN)["changed"]


def test_a_conversation_shows_what_its_people_may_do_and_for_whom_a_writer_speaks(
    desk: Any, arrives: Arrives, a_mail: Any, nord: list[str]
) -> None:
    [shown] = desk.show(nord[0])
    rights = {"name": "Nord AG", "sees": "all", "may_declare": False, "speaks": True, "contract": "", "calendar": ""}
    assert shown["customer"]["organisation"] == rights
    assert [each["organisation"] for each in shown["participants"]] == [rights]
    assert [each.get("speaks_for") for each in shown["timeline"] if each.get("direction") == "in"] == ["Nord AG"]
    [other] = desk.show(nord[1])
    assert [each.get("speaks_for") for each in other["timeline"] if each.get("direction") == "in"] == [""]


def test_who_only_claims_to_be_the_speaker_is_not_shown_as_one(
    desk: Any, arrives: Arrives, a_mail: Any, nord: list[str]
) -> None:
    fails = Verdict(Authenticity.UNKNOWN, "DMARC fails", fails=True)
    forged = a_mail(author=ANNA, subject="Re: Vertrag", in_reply_to="<a@nord.example>", text="Bitte kündigen.")
    arrives(forged, verdict=fails)

    speaks = [each["speaks_for"] for each in desk.show(nord[0])[0]["timeline"] if each.get("direction") == "in"]
    assert speaks == ["Nord AG", ""]


def test_a_search_finds_an_organisations_conversations_by_its_name(desk: Any, nord: list[str]) -> None:
    for query in ("Nord AG", "nord", "NORD  ag"):
        assert {row["handle"] for row in desk.search(query)} == set(nord)
    desk.people.rename_organisation("Nord AG", "Süd GmbH")
    assert {row["handle"] for row in desk.search("sued gmbh")} == set(nord)


def test_a_customer_who_may_see_all_shows_the_conversations_of_the_others_too(desk: Any, nord: list[str]) -> None:
    anna, ben = desk.people.customer(ANNA), desk.people.customer(BEN)
    assert [row["handle"] for row in anna["conversations"]] == [nord[0]]
    assert [row["handle"] for row in anna["of_organisation"]] == [nord[1]]
    assert [row["handle"] for row in ben["conversations"]] == [nord[1]]
    assert ben["of_organisation"] == []


def test_a_customer_is_named_by_a_beginning_that_fits_only_conversations_of_theirs(
    desk: Any, arrives: Arrives, a_mail: Any, nord: list[str]
) -> None:
    arrives(a_mail(author="Anna Beispiel <anna@nord.example>", subject="Kabel"))
    assert len(desk.people.customer("anna")["conversations"]) == 2

    arrives(a_mail(author="Anna Weber <anna@west.example>", subject="Lampe"))
    with pytest.raises(WrongUse, match="conversations of several customers: anna-"):
        desk.people.customer("anna")
    with pytest.raises(NotThere, match="no conversation is called"):
        desk.people.customer("zoe")


def test_the_list_of_customers_is_paged_and_names_each_once(
    desk: Any, arrives: Arrives, a_mail: Any, nord: list[str]
) -> None:
    arrives(a_mail(author="carl@west.example", cc="only.copied@west.example"))
    desk.people.link(ANNA, "anna@home.example")

    whole = desk.people.customers()
    assert [row["address"] for row in whole] == ["anna@home.example", BEN, "carl@west.example"]
    assert whole[0]["addresses"] == ["anna@home.example", ANNA]
    assert [row["organisation"] for row in whole] == ["Nord AG", "Nord AG", None]
    assert [row["conversations"] for row in whole] == [1, 1, 1]
    pages = [desk.people.customers(limit=1, after=after) for after in ("", *(row["address"] for row in whole))]
    assert pages == [[whole[0]], [whole[1]], [whole[2]], []]
    assert [row["address"] for row in desk.people.customers(beginning="anna@n")] == [ANNA]
    assert [row["address"] for row in desk.people.customers(organisation="nord")] == ["anna@home.example", BEN]


def test_neither_machines_nor_the_desk_itself_are_customers(desk: Any, arrives: Arrives, a_mail: Any) -> None:
    handle = arrives(a_mail(author="Anna <anna@n.example>", subject="Rechnung")).handle
    again = arrives(a_mail(author="Anna <anna@home.example>", subject="Nachtrag")).handle
    arrives(a_mail(author="news@shop.example", subject="Angebote"), kind=Kind.NEWSLETTER)
    arrives(a_mail(author="support@localhost", subject="Probe"))
    desk.merge(again, handle)

    assert [row["address"] for row in desk.people.customers()] == ["anna@home.example", "anna@n.example"]


def test_every_act_on_an_organisation_is_undone_in_turn(desk: Any, database: Database, nord: list[str]) -> None:
    states: list[Any] = []
    acts: tuple[Callable[[], Any], ...] = (
        lambda: desk.people.add_organisation("Süd GmbH"),
        lambda: desk.people.add_member("Süd GmbH", "carl@sued.example", speaks=True),
        lambda: desk.people.add_member("Nord AG", BEN, sees="all", may_declare=False),
        lambda: desk.people.rename_organisation("Nord AG", "nord ag"),
        lambda: desk.people.remove_member("nord ag", ANNA),
        lambda: desk.people.remove_organisation("nord ag"),
    )
    for act in acts:
        states.append(state(database))
        act()
        assert state(database) != states[-1]
    while states:
        undone = desk.undo()
        assert state(database) == states.pop(), undone


def test_undo_takes_back_what_was_last_on_people_or_on_a_conversation(desk: Any, nord: list[str]) -> None:
    desk.note(nord[0], "eins")
    desk.people.add_organisation("Süd GmbH")
    desk.note(nord[1], "zwei")

    assert [desk.undo()["undone"] for _ in range(3)] == ["note", "organisation", "note"]


def test_what_somebody_changed_since_is_not_undone_over_it(desk: Any, nord: list[str]) -> None:
    desk.people.add_member("Nord AG", BEN, sees="all")
    desk.acting_as("ben").people.add_member("Nord AG", BEN, speaks=True)

    with pytest.raises(WrongUse, match="has changed since"):
        desk.undo()


def test_an_organisation_that_has_members_by_now_is_not_undone_away(desk: Any, nord: list[str]) -> None:
    desk.people.add_organisation("Süd GmbH")
    desk.acting_as("ben").people.add_member("Süd GmbH", "carl@sued.example")

    with pytest.raises(WrongUse, match="has members by now"):
        desk.undo()


@pytest.mark.parametrize("name", ["nord ag", "  NORD   AG ", "", " ", "x" * 101, "Nord\x1bAG"])
def test_a_name_that_is_taken_or_none_is_refused(desk: Any, nord: list[str], name: str) -> None:
    with pytest.raises(WrongUse):
        desk.people.add_organisation(name)


def test_a_beginning_that_fits_several_organisations_is_refused_with_their_names(desk: Any, nord: list[str]) -> None:
    desk.people.add_organisation("Nordlicht")
    with pytest.raises(WrongUse, match="fits several: Nord AG, Nordlicht"):
        desk.people.organisation("nor")
    desk.people.add_organisation("Nord")
    assert desk.people.organisation("nord")["name"] == "Nord"


def test_who_is_of_one_organisation_is_not_taken_into_another(desk: Any, nord: list[str]) -> None:
    desk.people.add_organisation("Süd GmbH")
    with pytest.raises(WrongUse, match="is of Nord AG"):
        desk.people.add_member("Süd GmbH", BEN)


def test_what_is_not_there_is_said(desk: Any, nord: list[str]) -> None:
    with pytest.raises(NotThere, match="no organisation is called 'West'"):
        desk.people.organisation("West")
    with pytest.raises(NotThere, match="no member of Nord AG"):
        desk.people.remove_member("Nord AG", "carl@nord.example")
    with pytest.raises(WrongUse, match="mailbox of this desk"):
        desk.people.add_member("Nord AG", "support@localhost")


def test_the_rights_of_a_writer_are_looked_up_by_any_of_their_addresses(
    desk: Any, database: Database, nord: list[str]
) -> None:
    desk.people.link(ANNA, "anna@home.example")
    with database.reading() as session:
        [organisation] = session.scalars(select(OrganisationRow.id))
        found = member_of(session, ["anna@home.example"])
        assert found == Member(organisation, "Nord AG", Sees.ALL, speaks=True, others_declare=True)
        assert member_of(session, ["nobody@nord.example"]) is None
        conversations = [UUID(row["conversation"]) for row in desk.search("nord")]
        there = participants(session, set(conversations))
        assert {key: each.organisation for key, each in there.items()} == dict.fromkeys(conversations, organisation)
