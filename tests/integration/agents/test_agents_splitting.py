"""An agent makes two conversations of one, or puts a message elsewhere; what follows goes by that."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from storage.errors import NotThere, WrongUse
from storage.tables import ApartRow, ConversationRow, MessageRow, OutboxRow, ParticipantRow, PersonRow
from tests.two_matters import PASSED_ON, URGENT
from threads.arrive import Recorded
from threads.model import RecipientStatus
from threads.outgoing.deliveries import note_failure

Arrives = Callable[..., Recorded]
ANNA, BERND = "Anna Beispiel <anna@example.com>", "Bernd Meier <bernd@example.com>"


@pytest.fixture
def melted(desk: Any, arrives: Arrives, a_mail: Any) -> dict[str, Any]:
    """A conversation of Anna's about her invoice, which was answered, into which Bernd wrote about another matter."""
    first = arrives(a_mail(author=ANNA, subject="Rechnung", text="Wo ist sie?", message_id="<first@mail.example.com>"))
    desk.reply(first.handle, "Anbei.")
    other = arrives(
        a_mail(
            author=BERND,
            subject="Re: Rechnung",
            text="Unser Umzug steht an: Glasfaser?",
            in_reply_to="<first@mail.example.com>",
            message_id="<other@mail.example.com>",
        )
    )
    assert other.conversation == first.conversation
    return {"handle": first.handle, "first": code(desk, first), "other": code(desk, other)}


def code(desk: Any, recorded: Recorded) -> str:
    with desk.database.reading() as session:
        return str(session.get_one(MessageRow, recorded.message).code)


def codes(desk: Any, handle: str) -> set[str]:
    return {entry["code"] for entry in desk.show(handle)[0]["timeline"] if entry["kind"] == "message"}


def people(desk: Any, handle: str) -> set[str]:
    return {each["address"] for each in desk.show(handle)[0]["participants"]}


def of(row: dict[str, Any], *names: str) -> tuple[Any, ...]:
    return tuple(row[name] for name in names)


def test_the_last_of_many_messages_says_how_urgent_they_are_as_well_as_the_first(
    desk: Any, arrives: Arrives, a_mail: Any, melted: dict[str, Any]
) -> None:
    later = {"subject": "Re: Rechnung", "in_reply_to": "<other@mail.example.com>", "author": BERND}
    went = [melted["other"], *(code(desk, arrives(a_mail(text=f"Noch {each}.", **later))) for each in range(50))]
    went.append(code(desk, arrives(a_mail(text=URGENT, **later))))

    made = desk.split(melted["handle"], went)

    assert made["priority"] == "critical"


def test_a_message_becomes_a_conversation_of_its_own_with_whoever_wrote_it(desk: Any, melted: dict[str, Any]) -> None:
    made = desk.split(melted["handle"], [melted["other"]])

    assert made["customer"] == {"name": "Bernd Meier", "address": "bernd@example.com"}
    assert of(made, "subject", "status", "messages", "from") == ("Rechnung", "open", 1, melted["handle"])
    assert (made["moved"], made["by_itself"]) == ([melted["other"]], [])
    assert people(desk, made["handle"]) == {"bernd@example.com"}
    assert [row["handle"] for row in desk.search("glasfaser")] == [made["handle"]]


def test_what_a_split_leaves_stands_as_if_the_message_had_never_come(desk: Any, arrives: Arrives, a_mail: Any) -> None:
    first = arrives(a_mail(author=ANNA, subject="Rechnung", message_id="<first@mail.example.com>"))
    desk.reply(first.handle, "Anbei.")
    [before] = desk.show(first.handle)
    other = arrives(a_mail(author=BERND, subject="Re: Rechnung", in_reply_to="<first@mail.example.com>", text="Umzug"))
    assert desk.show(first.handle)[0]["status"] == "open"

    desk.split(first.handle, [code(desk, other)])

    [after] = desk.show(first.handle)
    same = ("status", "waiting_since", "due_at", "messages", "priority", "participants", "customer")
    assert of(after, *same) == of(before, *same)
    assert (after["status"], desk.search("umzug")[0]["handle"] == first.handle) == ("waiting", False)


def test_a_reply_goes_where_an_agent_put_the_mail_that_it_answers_whatever_else_it_carries(
    desk: Any, melted: dict[str, Any], arrives: Arrives, a_mail: Any
) -> None:
    made = desk.split(melted["handle"], [melted["other"]])
    with desk.database.reading() as session:
        [token] = set(
            session.scalars(select(OutboxRow.mail["reply_to"].as_string()).where(OutboxRow.purpose == "reply"))
        )

    again = arrives(
        a_mail(
            author=BERND,
            to=token,
            subject="Re: Rechnung",
            in_reply_to="<other@mail.example.com>",
            references="<first@mail.example.com> <other@mail.example.com>",
            text="Und?",
        )
    )

    assert again.handle == made["handle"]
    with desk.database.reading() as session:
        signal = session.scalar(select(MessageRow.signal).where(MessageRow.code == melted["other"]))
    assert signal == "agent"


def test_the_desk_never_makes_one_again_of_what_an_agent_made_two_of(
    desk: Any, melted: dict[str, Any], arrives: Arrives, a_mail: Any
) -> None:
    made = desk.split(melted["handle"], [melted["other"]])

    both = arrives(
        a_mail(
            author=BERND,
            subject="Re: Rechnung",
            in_reply_to="<other@mail.example.com>",
            references="<first@mail.example.com>",
        )
    )

    assert both.handle == made["handle"]
    assert {row["handle"] for row in desk.inbox(everything=True)} == {melted["handle"], made["handle"]}
    with desk.database.reading() as session:
        assert len(set(session.execute(select(ApartRow.conversation_id, ApartRow.other_id)).all())) == 2


def test_an_agent_may_make_one_again_of_what_was_split(desk: Any, melted: dict[str, Any]) -> None:
    made = desk.split(melted["handle"], [melted["other"]])

    merged = desk.merge(made["handle"], melted["handle"])

    assert merged["messages"] == 3
    with desk.database.reading() as session:
        assert session.scalars(select(ApartRow)).all() == []


def test_what_answers_a_message_goes_along_where_that_is_said(
    desk: Any, melted: dict[str, Any], arrives: Arrives, a_mail: Any
) -> None:
    answer = desk.reply(melted["handle"], "Ja, Glasfaser.")["message"]
    with desk.database.reading() as session:
        own_id = session.scalar(select(MessageRow.message_id).where(MessageRow.code == answer))
    last = arrives(a_mail(author=BERND, subject="Re: Rechnung", in_reply_to=own_id, text="Wann?"))
    acknowledged = codes(desk, melted["handle"]) - {melted["first"], melted["other"], answer, code(desk, last)}

    made = desk.split(melted["handle"], [melted["other"]], with_answers=True)

    assert codes(desk, made["handle"]) == {melted["other"], answer, code(desk, last)}
    assert of(made, "messages", "status", "answers_left") == (3, "open", [])
    assert acknowledged < codes(desk, melted["handle"])


def test_a_strangers_mail_that_is_held_goes_along_with_the_mail_that_it_answers_and_is_held_there(
    desk: Any, melted: dict[str, Any], arrives: Arrives, a_mail: Any
) -> None:
    stranger = "Carl <carl@elsewhere.example>"
    held = arrives(a_mail(author=stranger, subject="Re: Rechnung", in_reply_to="<other@mail.example.com>"))
    assert held.held

    made = desk.split(melted["handle"], [melted["other"]], with_answers=True)

    assert of(made, "messages", "held") == (1, 1)
    assert "carl@elsewhere.example" not in people(desk, made["handle"])
    [why] = [each for each in desk.why(code(desk, held)) if each["about"] == "message"]
    assert "because carl@elsewhere.example takes no part in it" in why["says"]
    assert desk.accept(code(desk, held))["handle"] == made["handle"]


def test_an_acknowledgement_goes_along_with_the_mail_that_it_acknowledges(desk: Any, melted: dict[str, Any]) -> None:
    [acknowledgement] = [
        entry["code"] for entry in desk.show(melted["handle"])[0]["timeline"] if entry.get("mail") == "acknowledgement"
    ]

    made = desk.split(melted["handle"], [melted["first"]])

    assert codes(desk, made["handle"]) == {melted["first"], acknowledgement}
    assert made["by_itself"] == [acknowledgement]
    assert melted["other"] in made["answers_left"]


def test_an_acknowledgement_alone_goes_nowhere_but_with_its_mail(
    desk: Any, melted: dict[str, Any], arrives: Arrives, a_mail: Any
) -> None:
    elsewhere = arrives(a_mail(author=BERND, subject="Anderes")).handle
    [acknowledgement] = [
        entry["code"] for entry in desk.show(melted["handle"])[0]["timeline"] if entry.get("mail") == "acknowledgement"
    ]
    alone = f"{acknowledgement} went out by itself because of a mail; name that mail"
    with pytest.raises(WrongUse, match=alone):
        desk.split(melted["handle"], [acknowledgement])
    with pytest.raises(WrongUse, match=alone):
        desk.move(acknowledgement, elsewhere)

    assert desk.split(melted["handle"], [melted["first"], acknowledgement])["from"] == melted["handle"]


def test_a_conversation_whose_customers_mails_went_is_with_whoever_wrote_what_stays(
    desk: Any, melted: dict[str, Any]
) -> None:
    [answer] = [entry["code"] for entry in desk.show(melted["handle"])[0]["timeline"] if entry.get("mail") == "reply"]

    made = desk.split(melted["handle"], [melted["first"], answer])

    [old] = desk.show(melted["handle"])
    assert (made["customer"]["address"], old["customer"]["address"]) == ("anna@example.com", "bernd@example.com")
    assert people(desk, melted["handle"]) == {"bernd@example.com"}
    assert (made["status"], old["status"]) == ("waiting", "open")


def test_a_matter_that_a_colleague_passed_on_stays_its_customers_whatever_else_leaves_it(
    desk: Any, arrives: Arrives, a_mail: Any
) -> None:
    carls = arrives(a_mail(author="Ben Otto <ben@localhost>", subject="Fwd: Kaputt", text=PASSED_ON))
    others = [arrives(a_mail(author=each, subject="Frage", text="Was kostet es?")) for each in (ANNA, BERND)]
    for each in others:
        desk.merge(each.handle, carls.handle)

    desk.split(carls.handle, [code(desk, others[1])])

    assert desk.show(carls.handle)[0]["customer"]["address"] == "carl@kunde.example"


def test_nothing_is_split_off_that_would_leave_nothing_that_is_held_or_that_stands_elsewhere(
    desk: Any, melted: dict[str, Any], arrives: Arrives, a_mail: Any
) -> None:
    alone = arrives(a_mail(subject="Anderes"))
    with pytest.raises(WrongUse, match="nothing would stay"):
        desk.split(alone.handle, [code(desk, alone)])
    with pytest.raises(NotThere, match=f"not in {melted['handle']}; it is in {alone.handle}"):
        desk.split(melted["handle"], [code(desk, alone)])
    with pytest.raises(WrongUse, match=f"is in {alone.handle} already"):
        desk.move(code(desk, alone), alone.handle)
    held = arrives(
        a_mail(author="Carl <carl@elsewhere.example>", subject="Re: Rechnung", in_reply_to="<first@mail.example.com>")
    )
    assert held.held
    with pytest.raises(WrongUse, match="is held; `brief accept"):
        desk.split(melted["handle"], [code(desk, held)])


def test_a_message_is_moved_into_a_conversation_that_is_there_and_its_replies_follow(
    desk: Any, melted: dict[str, Any], arrives: Arrives, a_mail: Any
) -> None:
    there = arrives(a_mail(author=BERND, subject="Umzug")).handle
    desk.reply(there, "Wohin?", afterwards="closed")

    moved = desk.move(melted["other"], there)

    assert of(moved, "handle", "status", "messages") == (there, "open", 3)
    assert of(desk.show(melted["handle"])[0], "status", "messages") == ("waiting", 2)
    again = arrives(a_mail(author=BERND, subject="Re: Rechnung", in_reply_to="<other@mail.example.com>", text="Und?"))
    assert again.handle == there


def test_answers_go_to_the_address_that_the_customer_wrote_from_in_the_mail_that_was_moved(
    desk: Any, arrives: Arrives, a_mail: Any
) -> None:
    there = arrives(a_mail(author=ANNA, subject="Umzug"))
    alone = arrives(a_mail(author="Anna <anna@home.example>", subject="Nachtrag"))
    desk.people.link("anna@home.example", "anna@example.com")

    moved = desk.move(code(desk, alone), there.handle)

    assert moved["customer"]["address"] == "anna@home.example"
    desk.undo()
    assert desk.show(there.handle)[0]["customer"]["address"] == "anna@example.com"


def test_a_conversation_that_is_empty_then_leads_where_its_last_message_went(
    desk: Any, arrives: Arrives, a_mail: Any
) -> None:
    there = arrives(a_mail(subject="Umzug")).handle
    alone = arrives(a_mail(subject="Nachtrag", message_id="<alone@mail.example.com>"))

    desk.move(code(desk, alone), there)

    assert [row["handle"] for row in desk.show(alone.handle)] == [there]
    assert [row["handle"] for row in desk.inbox()] == [there]
    assert desk.show(there)[0]["messages"] == 2
    desk.undo(alone.handle)
    assert [row["messages"] for row in desk.inbox()] == [1, 1]


def test_what_came_to_a_conversation_goes_along_when_its_making_is_undone(
    desk: Any, melted: dict[str, Any], arrives: Arrives, a_mail: Any
) -> None:
    made = desk.split(melted["handle"], [melted["other"]])
    last = arrives(a_mail(author=BERND, subject="Re: Rechnung", in_reply_to="<other@mail.example.com>", text="Wann?"))
    assert last.handle == made["handle"]

    undone = desk.undo()

    assert undone["handle"] == melted["handle"]
    [shown] = desk.show(melted["handle"])
    assert of(shown, "messages", "status") == (4, "open")
    assert code(desk, last) in codes(desk, melted["handle"])
    assert desk.show(made["handle"])[0]["handle"] == melted["handle"]


def test_what_was_urgent_about_a_message_goes_with_it(desk: Any, arrives: Arrives, a_mail: Any) -> None:
    calm = arrives(a_mail(author=ANNA, subject="Rechnung", message_id="<calm@mail.example.com>"))
    [before] = desk.show(calm.handle)
    alarm = arrives(
        a_mail(
            author=ANNA,
            subject="Re: Rechnung",
            in_reply_to="<calm@mail.example.com>",
            text="NOTFALL! Unser Server ist seit heute Morgen komplett ausgefallen, alle Seiten sind nicht erreichbar!",
        )
    )
    urgent = desk.show(calm.handle)[0]["priority"]
    assert urgent != before["priority"]

    made = desk.split(calm.handle, [code(desk, alarm)])

    assert made["priority"] == urgent
    same = ("priority", "because", "due_at", "waiting_since")
    assert of(desk.show(calm.handle)[0], *same) == of(before, *same)


def test_that_an_answer_did_not_arrive_is_said_where_an_agent_put_it_while_it_was_under_way(
    desk: Any, melted: dict[str, Any]
) -> None:
    answer = desk.reply(melted["handle"], "Ja, Glasfaser.")["message"]
    made = desk.split(melted["handle"], [melted["other"], answer])
    with desk.database.writing() as session:
        message = session.scalar(select(MessageRow.id).where(MessageRow.code == answer))
        nobody = {"bernd@example.com": RecipientStatus("bernd@example.com", "5.1.1")}
        old = id_of(session, melted["handle"])
        note_failure(session, old, message, recipients=nobody, answer="550", now=desk.clock())

    said = {name: [each["event"] for each in desk.show(name)[0]["timeline"] if each.get("event") == "delivery"]
            for name in (melted["handle"], made["handle"])}  # fmt: skip
    assert said == {melted["handle"]: [], made["handle"]: ["delivery"]}


def test_a_mail_of_a_closed_matter_stays_closed(desk: Any, melted: dict[str, Any]) -> None:
    desk.close_conversation(melted["handle"])

    made = desk.split(melted["handle"], [melted["other"]])

    assert (made["status"], desk.show(melted["handle"])[0]["status"]) == ("closed", "closed")


def test_a_side_conversation_is_never_one_with_what_its_customer_sees(desk: Any, arrives: Arrives, a_mail: Any) -> None:
    main, side = (arrives(a_mail(subject=subject)) for subject in ("Rechnung", "Rückfrage"))
    with desk.database.writing() as session:
        session.get_one(ConversationRow, side.conversation).side_of_id = main.conversation

    with pytest.raises(WrongUse, match="side conversation"):
        desk.merge(side.handle, main.handle)
    with pytest.raises(WrongUse, match="side conversation"):
        desk.move(code(desk, side), main.handle)


def test_whoever_was_in_copy_of_the_message_alone_takes_part_no_more(desk: Any, arrives: Arrives, a_mail: Any) -> None:
    first = arrives(a_mail(author=ANNA, subject="Rechnung", message_id="<first@mail.example.com>"))
    copied = arrives(
        a_mail(
            author=ANNA, cc="Doris <doris@example.net>", in_reply_to="<first@mail.example.com>", subject="Re: Rechnung"
        )
    )

    made = desk.split(first.handle, [code(desk, copied)])

    assert people(desk, first.handle) == {"anna@example.com"}
    assert people(desk, made["handle"]) == {"anna@example.com", "doris@example.net"}
    with desk.database.reading() as session:
        roles = select(ParticipantRow.role, PersonRow.name).join(PersonRow, PersonRow.id == ParticipantRow.person_id)
        in_made = roles.where(ParticipantRow.conversation_id == id_of(session, made["handle"]))
        assert set(session.execute(in_made)) == {("customer", "Anna Beispiel"), ("participant", "Doris")}


def id_of(session: Any, handle: str) -> Any:
    return session.scalar(select(ConversationRow.id).where(ConversationRow.handle == handle))
