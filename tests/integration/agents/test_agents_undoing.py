"""What agents did is taken back exactly: whatever they did, each table is as it was, row by row."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from service.desk_forwarding import Wanted
from storage.database import Database
from storage.errors import BriefwechselError, NotThere, WrongUse
from storage.rows import table_of
from storage.tables import (
    AddressRow,
    ApartRow,
    Base,
    ConversationRow,
    EventRow,
    MessageRow,
    OutboxRow,
    ParticipantRow,
    PersonRow,
    SubjectRow,
    SuggestionRow,
    TokenRow,
    WordRow,
)
from threads.arrive import Recorded
from threads.regroup.merging import merge

Arrives = Callable[..., Recorded]
Act = tuple[str, int, int, bool]
ACTS = st.lists(
    st.tuples(
        st.sampled_from(["merge", "split", "move", "accept", "close", "reopen", "note", "priority", "take", "reply"]),
        st.integers(0, 30),
        st.integers(0, 30),
        st.booleans(),
    ),
    max_size=7,
)
TABLES: tuple[type[Base], ...] = (
    ConversationRow, MessageRow, EventRow, OutboxRow, TokenRow, SuggestionRow, ParticipantRow, WordRow, SubjectRow, ApartRow,
    PersonRow, AddressRow,
)  # fmt: skip


def state(database: Database, before: dict[str, Any] | None = None) -> dict[str, Any]:
    """Every row by its key. Left out is what `before` had not and nothing is to be found by: undone events, letters that
    never went out with their addresses, names that lead elsewhere, and people whom nobody speaks of."""
    with database.reading() as session:
        found = {}
        for mapped in TABLES:
            table = table_of(mapped)
            rows = [dict(row._mapping) for row in session.execute(select(table))]
            found[table.name] = {tuple(row[each.name] for each in table.primary_key): row for row in rows}
    if before is None:
        return found
    return {
        name: {key: row for key, row in rows.items() if key in before[name] or not _is_left_over(name, row)}
        for name, rows in found.items()
    }


def _is_left_over(table: str, row: dict[str, Any]) -> bool:
    if table == "conversation":
        return (row["merged_into_id"] is not None, row["messages"], row["status"]) == (True, 0, "closed")
    if table == "event":
        return row["undone_at"] is not None
    never_went_out = (row.get("kind"), row.get("state"))
    return table in ("reply_token", "person", "address") or never_went_out in (
        ("taken back", None),
        (None, "cancelled"),
    )


@pytest.fixture
def crowded(desk: Any, arrives: Arrives, a_mail: Any) -> Any:
    """A desk with three conversations of several people, answers, notes, a question to a third party, and a stranger's mail
    that is held."""
    anna = arrives(a_mail(subject="Rechnung", message_id="<a@mail.example.com>"))
    arrives(a_mail(subject="Re: Rechnung", text="Und die Steuer?", in_reply_to="<a@mail.example.com>"))
    desk.reply(anna.handle, "Anbei.")
    bernd = arrives(
        a_mail(
            author="Bernd <bernd@example.net>",
            cc="Doris <doris@example.net>",
            subject="Umzug",
            message_id="<b@b.example>",
        )
    )
    arrives(a_mail(author="Bernd <bernd@example.net>", subject="Re: Umzug", in_reply_to="<b@b.example>", text="Wann?"))
    desk.note(bernd.handle, "ruft morgen an")
    desk.forward(bernd.handle, "Was kostet das?", Wanted("gerd@registry.example"))
    arrives(a_mail(author="Carla <carla@example.org>", subject="Frage"))
    held = a_mail(
        author="Emil <emil@elsewhere.example>", subject="Re: Umzug", in_reply_to="<b@b.example>", text="Ich auch."
    )
    assert arrives(held).held
    return desk


def do(desk: Any, act: Act) -> bool:
    """Do what a random act says, to whichever conversations and messages its numbers fall on; whether it changed anything."""
    kind, one, other, flag = act
    with desk.database.reading() as session:
        rows = select(ConversationRow.handle).where(ConversationRow.merged_into_id.is_(None))
        handles = session.scalars(rows.order_by(ConversationRow.id)).all()
        messages = session.execute(
            select(MessageRow.code, ConversationRow.handle)
            .join(ConversationRow, ConversationRow.id == MessageRow.conversation_id)
            .order_by(MessageRow.id)
        ).all()
    handle, another = handles[one % len(handles)], handles[other % len(handles)]
    code, home = messages[one % len(messages)]
    acts: dict[str, Callable[[], dict[str, Any]]] = {
        "merge": lambda: desk.merge(handle, another),
        "split": lambda: desk.split(home, [code], with_answers=flag),
        "move": lambda: desk.move(code, another, with_answers=flag),
        "accept": lambda: desk.accept(code, new=flag),
        "close": lambda: desk.close_conversation(handle),
        "reopen": lambda: desk.reopen(handle),
        "note": lambda: desk.note(handle, f"Notiz {one}: Glasfaser"),
        "priority": lambda: desk.priority(handle, "critical", "eilt"),
        "take": lambda: desk.take(handle),
        "reply": lambda: desk.reply(handle, "Kommt: Liefertermin.", cc=["Fritz <fritz@example.org>"] if flag else ()),
    }
    return bool(acts[kind]().get("changed", True))


def take_back_all(desk: Any, known: int) -> None:
    """Undo one act after another, until nothing is left of what was done."""
    for _ in range(known):
        desk.undo()


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
def test_whatever_was_done_is_undone_in_reverse_to_the_state_before(crowded: Any, acts: list[Act], clock: Any) -> None:
    before = state(crowded.database)
    done = 0
    for act in acts:
        clock.forward(seconds=1)
        try:
            done += do(crowded, act)
        except BriefwechselError:
            continue

    take_back_all(crowded, done)

    assert state(crowded.database, before) == before


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
def test_whoever_takes_part_as_a_customer_is_the_customer_of_that_conversation_whatever_was_done(
    crowded: Any, acts: list[Act], clock: Any
) -> None:
    crowded.people.link("bernd@example.net", "carla@example.org")
    done = 0
    for act in acts:
        clock.forward(seconds=1)
        try:
            done += do(crowded, act)
        except BriefwechselError:
            continue
        assert as_customers(crowded.database) <= customers(crowded.database)

    take_back_all(crowded, done)

    assert as_customers(crowded.database) <= customers(crowded.database)


def as_customers(database: Database) -> set[tuple[UUID, UUID | None]]:
    """Every conversation with whoever takes part in it as its customer."""
    wanted = select(ParticipantRow.conversation_id, ParticipantRow.person_id).where(ParticipantRow.role == "customer")
    with database.reading() as session:
        return {(key, person) for key, person in session.execute(wanted)}


def customers(database: Database) -> set[tuple[UUID, UUID | None]]:
    """Every conversation with the person whose it is."""
    with database.reading() as session:
        rows = session.execute(select(ConversationRow.id, ConversationRow.customer_id))
        return {(key, person) for key, person in rows}


def test_what_the_desk_merged_is_taken_apart_by_an_agent_and_stays_so(desk: Any, arrives: Arrives, a_mail: Any) -> None:
    one, other = (arrives(a_mail(subject=subject)) for subject in ("Rechnung", "Nachtrag"))
    before = state(desk.database)
    for name in (one.handle, other.handle):
        with desk.database.writing() as session:
            merge(
                session, other.conversation, one.conversation, actor="", because="a mail names both", now=desk.clock()
            )

        undone = desk.undo(name)

        assert (undone["undone"], undone["handle"]) == ("merged", one.handle)
        assert undone["because"] == f"the desk had merged {other.handle} into it"
        after = state(desk.database, before)
        assert len(after.pop("apart")) == 2
        assert after == {name: rows for name, rows in before.items() if name != "apart"}


def test_two_that_an_agent_took_apart_are_not_made_one_by_the_next_mail_that_names_both(
    desk: Any, arrives: Arrives, a_mail: Any
) -> None:
    one = arrives(a_mail(subject="Rechnung", message_id="<one@mail.example.com>"))
    other = arrives(a_mail(subject="Nachtrag", message_id="<other@mail.example.com>"))
    both = {"in_reply_to": "<one@mail.example.com>", "references": "<other@mail.example.com> <one@mail.example.com>"}
    assert arrives(a_mail(subject="Re: Rechnung", text="Zu beidem.", **both)).handle == one.handle
    assert [row["handle"] for row in desk.inbox()] == [one.handle]

    desk.undo(one.handle)
    again = arrives(a_mail(subject="Re: Rechnung", text="Noch einmal zu beidem.", **both))

    assert again.handle == one.handle
    assert [(row["handle"], row["messages"]) for row in desk.inbox()] == [(one.handle, 3), (other.handle, 1)]


def test_what_somebody_else_merged_is_theirs_to_take_back(desk: Any, arrives: Arrives, a_mail: Any) -> None:
    one, other = (arrives(a_mail(subject=subject)).handle for subject in ("Rechnung", "Nachtrag"))
    desk.acting_as("ben").merge(other, one)

    for name in ("", one, other):
        with pytest.raises(NotThere):
            desk.undo(name)
    desk.take(one)
    assert desk.undo(other)["undone"] == "assigned"  # its name leads there


def test_a_merge_is_found_by_the_handle_that_it_took_away_whatever_was_done_since(
    desk: Any, arrives: Arrives, a_mail: Any, clock: Any
) -> None:
    one, other = (arrives(a_mail(subject=subject)).handle for subject in ("Rechnung", "Nachtrag"))
    desk.merge(other, one)
    clock.forward(minutes=1)
    desk.note(one, "beides geklärt")

    assert desk.undo(other)["undone"] == "merged"
    assert [row["messages"] for row in desk.inbox()] == [1, 1]


def test_what_went_on_into_another_conversation_is_taken_back_last_first(
    desk: Any, arrives: Arrives, a_mail: Any, clock: Any
) -> None:
    one, other, third = (arrives(a_mail(subject=subject)).handle for subject in ("Rechnung", "Nachtrag", "Umzug"))
    desk.merge(other, one)
    desk.close_conversation(one)
    clock.forward(minutes=1)
    desk.acting_as("ben").merge(one, third)

    with pytest.raises(WrongUse, match=f"stands in {third} by now; take back first"):
        desk.undo(other)
    with pytest.raises(WrongUse, match=r"stands in|changed since"):
        desk.undo()
    desk.acting_as("ben").undo()
    assert [desk.undo()["undone"] for _ in range(2)] == ["status", "merged"]


def test_what_a_third_party_is_asked_goes_along_with_the_matter_that_it_is_about_and_back(
    desk: Any, arrives: Arrives, a_mail: Any
) -> None:
    one, other = (arrives(a_mail(subject=subject)).handle for subject in ("Rechnung", "Umzug"))
    side = desk.forward(one, "Was kostet das?", Wanted("gerd@registry.example"))["handle"]
    for merged, now_in in ((desk.merge, other), (desk.undo, one)):
        merged(*((one, other) if merged == desk.merge else ()))
        assert [each["handle"] for each in desk.show(now_in)[0]["sides"]] == [side]
        assert desk.show(side)[0]["about"] == now_in


def test_whoever_wrote_since_a_merge_and_what_they_wrote_is_found_once_it_is_undone(
    desk: Any, arrives: Arrives, a_mail: Any
) -> None:
    one = arrives(a_mail(subject="Rechnung", message_id="<one@mail.example.com>"))
    other = arrives(a_mail(author="Bernd <bernd@example.net>", subject="Nachtrag", text="Umsatzsteuer"))
    desk.merge(other.handle, one.handle)
    arrives(
        a_mail(
            author="Carl <carl@example.com>",
            subject="Re: Rechnung",
            in_reply_to="<one@mail.example.com>",
            text="Umsatzsteuer?",
        )
    )

    desk.undo()

    assert {row["handle"] for row in desk.search("umsatzsteuer")} == {one.handle, other.handle}
    assert "carl@example.com" in {each["address"] for each in desk.show(one.handle)[0]["participants"]}


def test_a_note_or_an_answer_that_was_taken_back_is_found_no_more(desk: Any, arrives: Arrives, a_mail: Any) -> None:
    handle = arrives(a_mail()).handle
    for act in (desk.note, desk.reply):
        act(handle, "Glasfaser")
        assert desk.search("glasfaser") != []
        desk.undo()
        assert desk.search("glasfaser") == []


def test_what_was_undone_says_by_whom(desk: Any, arrives: Arrives, a_mail: Any) -> None:
    one, other = (arrives(a_mail(subject=subject)).handle for subject in ("Rechnung", "Nachtrag"))
    desk.merge(other, one)
    desk.undo()
    with desk.database.reading() as session:
        [event] = session.scalars(select(EventRow).where(EventRow.kind == "merged"))
    assert event.data["undone_by"] == "lena"


def test_thanks_that_closed_a_conversation_are_taken_back_by_its_name(desk: Any, arrives: Arrives, a_mail: Any) -> None:
    handle = arrives(a_mail()).handle
    with desk.database.reading() as session:
        [ours] = session.scalars(select(MessageRow.message_id).where(MessageRow.direction == "out"))
    arrives(a_mail(subject="Re: Rechnung", in_reply_to=ours, text="Danke, das hilft!"))
    [before] = desk.show(handle)
    assert before["status"] == "closed"

    taken_back = desk.undo(handle)

    [after] = desk.show(handle)
    assert (after["status"], after["messages"]) == ("open", before["messages"])
    assert after["waiting_since"] is not None
    assert "danke das hilft" in taken_back["because"]
    with pytest.raises(NotThere):
        desk.undo(handle)
