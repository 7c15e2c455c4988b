"""Whatever agents do with people and conversations, in whatever order: taken back in turn, each state comes back."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from sqlalchemy import or_, select, true

from storage.database import Database
from storage.errors import BriefwechselError, NotThere
from storage.tables import (
    AddressRow,
    Base,
    ConversationRow,
    MessageRow,
    OrganisationRow,
    ParticipantRow,
    PersonRow,
)
from threads.arrive import Recorded

Arrives = Callable[..., Recorded]
WRITERS = ("anna@a.example", "ben@a.example", "carl@c.example", "dora@d.example")
ADDRESSES = (*WRITERS, "anna@home.example", "copied@c.example")


def state(database: Database) -> dict[str, list[Any]]:
    """Who is who, who takes part in what, and where each message stands.

    Not the name of a conversation that is gone, and not whom nothing names: of a stranger who was let in that much stays.
    """
    takes_part = PersonRow.id.in_(select(ParticipantRow.person_id))
    named = select(PersonRow.id).where(or_(takes_part, PersonRow.organisation_id.is_not(None)))
    wanted: dict[type[Base], Any] = {
        OrganisationRow: true(),
        PersonRow: PersonRow.id.in_(named),
        AddressRow: AddressRow.person_id.in_(named),
        ParticipantRow: true(),
        ConversationRow: ConversationRow.merged_into_id.is_(None),
        MessageRow: true(),
    }
    with database.reading() as session:
        found = {}
        for table, which in wanted.items():
            columns = [each for each in table.__table__.columns if each.name != "updated_at"]
            found[table.__tablename__] = sorted(map(tuple, session.execute(select(*columns).where(which))), key=repr)
        return found


def some_mails(arrives: Arrives, a_mail: Any, dice: random.Random) -> list[str]:
    """Nine mails by four people, of which some answer others, and some copy somebody; the handles."""
    handles, ids = [], ["<0@x.example>"]
    for number in range(1, 10):
        answered = dice.choice(ids)
        reply = (
            {"subject": "Re: Frage", "in_reply_to": answered} if dice.random() < 0.5 else {"subject": f"Sache {number}"}
        )
        mail = a_mail(
            author=dice.choice(WRITERS), cc=dice.choice((*ADDRESSES, "")), message_id=f"<{number}@x.example>",
            text=f"Das ist der Text {number}.", **reply,
        )  # fmt: skip
        ids.append(f"<{number}@x.example>")
        handles.append(arrives(mail).handle)
    return list(dict.fromkeys(handles))


def acts(desk: Any, handles: list[str], codes: list[str], dice: random.Random) -> list[Callable[[], Any]]:
    """Everything that an agent may do to people and to who takes part, each with somebody or something at random."""
    one, other = dice.choice(handles), dice.choice(handles)
    who, else_ = dice.choice(ADDRESSES), dice.choice(ADDRESSES)
    name = dice.choice(("Nord AG", "Süd GmbH"))
    return [
        lambda: desk.people.link(who, else_),
        lambda: desk.people.link(who, else_),
        lambda: desk.people.add_organisation(name),
        lambda: desk.people.add_member(name, who, sees=dice.choice(("own", "all", None)), speaks=True),
        lambda: desk.people.remove_member(name, who),
        lambda: desk.people.rename_organisation(name, f"{name} neu"),
        lambda: desk.people.remove_organisation(name),
        lambda: desk.merge(one, other),
        lambda: desk.move(dice.choice(codes), other),
        lambda: desk.split(one, [dice.choice(codes)]),
        lambda: desk.accept(dice.choice(codes), new=dice.random() < 0.5),
    ]


def codes_of(database: Database) -> list[str]:
    with database.reading() as session:
        return list(
            session.scalars(select(MessageRow.code).where(MessageRow.direction == "in").order_by(MessageRow.id))
        )


@pytest.mark.parametrize("seed", range(2))
def test_every_state_comes_back_when_all_is_taken_back_in_turn(
    desk: Any, arrives: Arrives, a_mail: Any, database: Database, clock: Any, seed: int
) -> None:
    dice = random.Random(seed)
    handles = some_mails(arrives, a_mail, dice)
    codes, states = codes_of(database), list[dict[str, list[Any]]]()
    while len(states) < 10:
        before = state(database)
        clock.forward(minutes=1)
        try:
            done = dice.choice(acts(desk, handles, codes, dice))()
        except BriefwechselError:
            assert state(database) == before  # what is refused changes nothing
            continue
        if done["changed"]:
            states.append(before)
    while states:
        undone = desk.undo()
        assert state(database) == states.pop(), undone
    with pytest.raises(NotThere):
        desk.undo()


@pytest.mark.parametrize("seed", range(2))
def test_two_agents_in_any_order_leave_nobody_without_an_address(
    desk: Any, arrives: Arrives, a_mail: Any, database: Database, clock: Any, seed: int
) -> None:
    dice = random.Random(seed)
    handles, both = some_mails(arrives, a_mail, dice), (desk, desk.acting_as("ben"))
    codes = codes_of(database)
    for _ in range(40):
        clock.forward(minutes=1)
        at = dice.choice(both)
        named = dice.choice(("", *handles))
        act = dice.choice((*acts(at, handles, codes, dice), at.undo, partial(at.undo, named)))
        try:
            act()
        except BriefwechselError:
            continue
    with database.reading() as session:
        persons = set(session.scalars(select(AddressRow.person_id)))
        assert set(session.scalars(select(PersonRow.id))) == persons
        assert set(session.scalars(select(ParticipantRow.person_id))) <= persons
        assert set(session.scalars(select(ConversationRow.customer_id))) <= persons
