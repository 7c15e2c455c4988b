"""A second address of a known person is linked by an agent, once, and from then on counts."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from storage.database import Database
from storage.errors import NotThere, WrongUse
from storage.tables import AddressRow, Base, ConversationRow, MessageRow, ParticipantRow, PersonRow
from threads.arrive import Recorded

Arrives = Callable[..., Recorded]
WORK, HOME = "anna@example.com", "anna@home.example"


def state(database: Database) -> dict[str, list[Any]]:
    """Everything that says who is who, and who takes part in what."""
    with database.reading() as session:
        tables: tuple[type[Base], ...] = (PersonRow, AddressRow, ParticipantRow, ConversationRow)
        return {
            table.__tablename__: sorted(map(tuple, session.execute(select(*table.__table__.columns))), key=repr)
            for table in tables
        }


def from_both(arrives: Arrives, a_mail: Any) -> tuple[Recorded, Recorded]:
    """A conversation of each address; Ben is copied in the second."""
    one = arrives(a_mail(subject="Rechnung", message_id="<one@mail.example.com>"))
    other = arrives(
        a_mail(author=f"Anna <{HOME}>", subject="Umzug", message_id="<other@home.example>", cc="ben@example.net")
    )
    return one, other


def test_after_a_link_the_conversations_of_both_addresses_are_one_persons(
    desk: Any, arrives: Arrives, a_mail: Any
) -> None:
    one, other = from_both(arrives, a_mail)

    linked = desk.people.link(WORK, HOME)

    assert linked["addresses"] == [WORK, HOME]
    for name in (WORK, HOME, other.handle):
        shown = desk.people.customer(name)
        assert shown["addresses"] == [WORK, HOME]
        assert {each["handle"] for each in shown["conversations"]} == {one.handle, other.handle}
    assert desk.show(other.handle)[0]["customer"]["addresses"] == [WORK, HOME]


def test_later_mails_from_either_address_are_by_that_person(desk: Any, arrives: Arrives, a_mail: Any) -> None:
    one, _ = from_both(arrives, a_mail)
    desk.people.link(WORK, HOME)

    reply = arrives(
        a_mail(author=f"Anna <{HOME}>", subject="Re: Rechnung", in_reply_to="<one@mail.example.com>", text="Und?")
    )

    assert (reply.handle, reply.held) == (one.handle, False)
    [shown] = desk.show(one.handle)
    assert shown["customer"]["address"] == HOME  # answers go where they wrote from last


def test_an_address_that_never_wrote_is_linked_beforehand(desk: Any, arrives: Arrives, a_mail: Any) -> None:
    one = arrives(a_mail(subject="Rechnung", message_id="<one@mail.example.com>"))

    desk.people.link(WORK, HOME)

    reply = arrives(
        a_mail(author=f"Anna <{HOME}>", subject="Re: Rechnung", in_reply_to="<one@mail.example.com>", text="Und?")
    )
    assert (reply.handle, reply.held) == (one.handle, False)


def test_where_both_take_part_the_person_does_once_and_stays_the_customer(
    desk: Any, arrives: Arrives, a_mail: Any
) -> None:
    asked = arrives(a_mail(author=f"Anna <{HOME}>", subject="Umzug", cc=WORK))

    desk.people.link(WORK, HOME)

    people = desk.show(asked.handle)[0]["participants"]
    assert [(each["address"], each["role"]) for each in people] == [(WORK, "customer"), (HOME, "customer")]
    assert len({each["person"] for each in people}) == 1


@pytest.mark.parametrize("pair", [(WORK, HOME), (HOME, WORK), (WORK, "ben@example.net"), (WORK, "new@example.net")])
def test_undo_restores_exactly_the_state_before(
    desk: Any, arrives: Arrives, a_mail: Any, database: Database, pair: tuple[str, str]
) -> None:
    from_both(arrives, a_mail)
    arrives(a_mail(author=f"Anna <{HOME}>", subject="Beides", cc=WORK))
    arrives(a_mail(subject="Beides, andersherum", cc=HOME))
    desk.people.add_organisation("Nord AG")
    desk.people.add_member("Nord AG", HOME, sees="all", speaks=True)
    before = state(database)

    desk.people.link(*pair)
    assert state(database) != before
    undone = desk.undo()

    assert state(database) == before
    assert (undone["undone"], undone["about"]) == ("linked", pair[1])


def test_links_are_undone_in_turn(desk: Any, arrives: Arrives, a_mail: Any, database: Database) -> None:
    from_both(arrives, a_mail)
    states = [state(database)]
    for other in (HOME, "ben@example.net", "new@example.net"):
        desk.people.link(WORK, other)
        states.append(state(database))
    for _ in range(3):
        assert state(database) == states.pop()
        desk.undo()
    assert state(database) == states.pop()


def test_what_somebody_began_since_the_link_is_theirs_when_it_is_undone(
    desk: Any, arrives: Arrives, a_mail: Any
) -> None:
    one, _ = from_both(arrives, a_mail)
    desk.people.link(WORK, HOME)
    begun = arrives(a_mail(author=f"Anna <{HOME}>", subject="Neues", message_id="<new@home.example>"))
    arrives(a_mail(author=f"Anna <{HOME}>", subject="Re: Rechnung", in_reply_to="<one@mail.example.com>", text="Und?"))

    desk.undo()

    assert desk.people.customer(HOME)["addresses"] == [HOME]
    assert begun.handle in {each["handle"] for each in desk.people.customer(HOME)["conversations"]}
    assert begun.handle not in {each["handle"] for each in desk.people.customer(WORK)["conversations"]}
    assert desk.show(begun.handle)[0]["customer"]["addresses"] == [HOME]
    [shown] = desk.show(one.handle)
    assert shown["customer"]["address"] == WORK  # answers go to the customer's own again
    for at, answered in (("<new@home.example>", begun), ("<one@mail.example.com>", one)):
        reply = arrives(a_mail(author=f"Anna <{HOME}>", subject="Re: x", in_reply_to=at, text="Noch eins."))
        assert (reply.handle, reply.held) == (answered.handle, False)  # who wrote there takes part


def test_a_link_of_what_was_linked_further_is_not_undone_before_that(desk: Any, arrives: Arrives, a_mail: Any) -> None:
    from_both(arrives, a_mail)
    desk.people.link(WORK, HOME)
    desk.acting_as("ben").people.link("ben@example.net", WORK)

    with pytest.raises(WrongUse, match="linked to somebody else since"):
        desk.undo()

    desk.acting_as("ben").undo()
    desk.undo()
    assert desk.people.customer(HOME)["addresses"] == [HOME]


def test_the_conversation_tells_who_linked_whom(desk: Any, arrives: Arrives, a_mail: Any) -> None:
    _, other = from_both(arrives, a_mail)

    desk.people.link(WORK, HOME)

    [why] = [each for each in desk.why(other.handle) if each["about"] == "linked"]
    assert (why["decided"], why["because"]) == ("lena", f"lena linked {HOME} to {WORK}: both are one person's")
    desk.undo()
    [undone] = [each for each in desk.why(other.handle) if each["about"] == "linked"]
    assert (undone["undone"], undone["says"].endswith(" lena took it back.")) == (True, True)


def test_a_link_names_what_is_still_held_of_that_address(desk: Any, arrives: Arrives, a_mail: Any) -> None:
    from_both(arrives, a_mail)
    held = arrives(
        a_mail(author=f"Anna <{HOME}>", subject="Re: Rechnung", in_reply_to="<one@mail.example.com>", text="Und?")
    )
    assert held.held

    linked = desk.people.link(WORK, HOME)

    [code] = linked["held"]
    assert desk.accept(code)["handle"] == held.handle


def test_what_is_one_persons_already_is_left_as_it_is(
    desk: Any, arrives: Arrives, a_mail: Any, database: Database
) -> None:
    from_both(arrives, a_mail)
    desk.people.link(WORK, HOME)
    before = state(database)

    assert desk.people.link(HOME, WORK)["changed"] is False
    assert state(database) == before


def test_a_name_that_was_not_known_is_learnt_from_the_other(desk: Any, arrives: Arrives, a_mail: Any) -> None:
    arrives(a_mail(author="Ben Otto <ben@example.net>", cc=WORK))

    assert desk.people.link(WORK, "ben@example.net")["name"] == "Ben Otto"


@pytest.mark.parametrize(
    ("pair", "said"),
    [
        ((WORK, "support@localhost"), "mailbox of this desk"),
        (("support@localhost", WORK), "mailbox of this desk"),
        ((WORK, "Support+abc234@localhost"), "mailbox of this desk"),
        ((WORK, "lena@desk.example"), "an agent's"),
        ((WORK, "no address"), "no mail address"),
        ((WORK, ""), "address is missing"),
    ],
)
def test_what_is_no_customers_address_is_not_linked(
    desk: Any, arrives: Arrives, a_mail: Any, pair: tuple[str, str], said: str
) -> None:
    from_both(arrives, a_mail)
    desk.add_agent("third", email="lena@desk.example")
    with pytest.raises(WrongUse, match=said):
        desk.people.link(*pair)


def test_the_first_address_has_to_be_known(desk: Any) -> None:
    with pytest.raises(NotThere, match="nobody here has the address"):
        desk.people.link("nobody@example.com", "new@example.com")


def test_people_of_two_organisations_are_not_linked(
    desk: Any, arrives: Arrives, a_mail: Any, database: Database
) -> None:
    from_both(arrives, a_mail)
    for organisation, address in (("Nord AG", WORK), ("Süd GmbH", HOME)):
        desk.people.add_organisation(organisation)
        desk.people.add_member(organisation, address)
    before = state(database)

    with pytest.raises(WrongUse, match="one of them is of Nord AG, the other of Süd GmbH"):
        desk.people.link(WORK, HOME)
    assert state(database) == before


def at_once(*works: Callable[[], Any]) -> list[BaseException | None]:
    """Do it all in threads that begin together; what each of them raised."""
    begin = threading.Barrier(len(works))

    def begun(work: Callable[[], Any]) -> None:
        begin.wait(30)
        work()

    with ThreadPoolExecutor(len(works)) as threads:
        return [each.exception(90) for each in [threads.submit(begun, work) for work in works]]


def test_links_at_once_leave_every_address_with_one_person(
    desk: Any, arrives: Arrives, a_mail: Any, database: Database
) -> None:
    from_both(arrives, a_mail)
    ben, new = "ben@example.net", "new@a.example"
    pairs = ((WORK, HOME), (HOME, WORK), (WORK, ben), (ben, HOME), (HOME, new))

    assert at_once(*(partial(desk.people.link, *pair) for pair in pairs)) == [None] * len(pairs)

    shown = desk.people.customer(WORK)
    assert shown["addresses"] == sorted([WORK, HOME, ben, new])
    assert len(shown["conversations"]) == 2
    with database.reading() as session:
        assert len(session.scalars(select(PersonRow)).all()) == 1


def test_of_a_conversation_that_is_named_a_link_is_taken_back_where_it_was_last(
    desk: Any, arrives: Arrives, a_mail: Any
) -> None:
    one, other = from_both(arrives, a_mail)
    desk.note(other.handle, "ruft an")
    desk.people.link(WORK, HOME)
    desk.note(one.handle, "auch")

    assert desk.undo(other.handle)["undone"] == "linked"
    assert desk.undo(other.handle)["undone"] == "note"


def test_who_takes_part_is_not_put_back_past_a_link(desk: Any, arrives: Arrives, a_mail: Any) -> None:
    one, other = from_both(arrives, a_mail)
    desk.merge(other.handle, one.handle)
    desk.acting_as("ben").people.link(WORK, HOME)

    with pytest.raises(WrongUse, match=f"ben linked {HOME} to {WORK}"):
        desk.undo()

    desk.acting_as("ben").undo()
    desk.undo()
    assert desk.show(other.handle)[0]["handle"] == other.handle


def test_who_wrote_in_what_was_merged_since_takes_part_there_when_the_link_is_undone(
    desk: Any, arrives: Arrives, a_mail: Any
) -> None:
    one, other = from_both(arrives, a_mail)
    desk.people.link(WORK, HOME)
    desk.acting_as("ben").merge(other.handle, one.handle)

    desk.undo()

    assert {HOME, WORK} <= {each["address"] for each in desk.show(one.handle)[0]["participants"]}


def test_mails_that_come_while_addresses_are_linked_are_placed_once_each_and_have_their_person(
    desk: Any, arrives: Arrives, a_mail: Any, database: Database
) -> None:
    from_both(arrives, a_mail)

    def mails(author: str, at: str) -> None:
        for number in range(6):
            subject, answered = (f"Neues {number}", None) if number % 2 else ("Re: Rechnung", at)
            arrives(a_mail(author=author, subject=subject, in_reply_to=answered, text=f"{author} {number}"))

    def links() -> None:
        for _ in range(4):
            desk.people.link(WORK, HOME)
            desk.undo()
        desk.people.link(WORK, HOME)

    works = (partial(mails, HOME, "<other@home.example>"), partial(mails, WORK, "<one@mail.example.com>"), links)
    assert at_once(*works) == [None] * 3

    with database.reading() as session:
        persons = set(session.scalars(select(AddressRow.person_id)))
        assert set(session.scalars(select(ConversationRow.customer_id))) <= persons
        assert set(session.scalars(select(ParticipantRow.person_id))) <= persons
        writers = session.scalars(select(MessageRow.from_address).where(MessageRow.direction == "in")).all()
    assert (writers.count(HOME), writers.count(WORK)) == (7, 7)
    shown = desk.people.customer(HOME)
    assert shown["addresses"] == [WORK, HOME]
    assert len(shown["conversations"]) == 8
