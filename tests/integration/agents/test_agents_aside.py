"""A third party answers: what the conversation that they were asked about learns of it, and who never sees the answer."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text

from service.desk_forwarding import Wanted
from storage.errors import WrongUse
from storage.outgoing import OutgoingMail
from storage.tables import ConversationRow, MessageRow, OutboxRow
from threads.arrive import Recorded
from threads.conversation import locked
from threads.model import Kind

Arrives = Callable[..., Recorded]
BEN = "Ben Otto <ben@registry.example>"
_WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")


def mails(desk: Any, purpose: str) -> list[OutgoingMail]:
    """What went out for a purpose, in order."""
    with desk.database.reading() as session:
        wanted = select(OutboxRow.mail).where(OutboxRow.purpose == purpose).order_by(OutboxRow.created_at, OutboxRow.id)
        return [OutgoingMail.from_json(each) for each in session.scalars(wanted)]


@pytest.fixture
def asked(desk: Any, arrives: Arrives, a_mail: Any) -> dict[str, Any]:
    """Anna wrote, Ben was asked about it, and she was told so."""
    handle = arrives(a_mail(subject="Domain", message_id="<first@mail.example.com>")).handle
    side: dict[str, Any] = desk.forward(handle, "Was meinst du?", Wanted(BEN))
    [mail] = mails(desk, "reply")
    return {"main": handle, "side": side["handle"], "mail": mail}


def code_of(desk: Any, recorded: Recorded) -> str:
    """How an agent names a mail."""
    with desk.database.reading() as session:
        return str(session.get_one(MessageRow, recorded.message).code)


def listed(desk: Any) -> dict[str, tuple[int, int, str]]:
    """The inbox: how many were asked and have answered, and what each is about."""
    return {row["handle"]: (row["asked"], row["answered"], row["about"]) for row in desk.inbox()}


def test_what_waits_for_the_customer_is_open_again_once_the_third_party_has_answered(
    desk: Any, asked: Any, arrives: Arrives, a_mail: Any
) -> None:
    desk.reply(asked["main"], "Wir fragen nach.")
    assert listed(desk) == {}

    arrives(a_mail(author=BEN, in_reply_to=asked["mail"].message_id, text="Sie ist frei."))

    main, side = asked["main"], asked["side"]
    assert listed(desk) == {main: (0, 1, ""), side: (0, 0, main)}
    [shown] = desk.show(main)
    [event] = [each for each in shown["timeline"] if each.get("event") == "answered aside"]
    assert event["because"] == f"Ben Otto answered in {side}, so it is open again (it was waiting)"
    assert shown["waiting_since"] == event["at"]
    assert shown["due_at"] is not None
    assert [each["status"] for each in shown["sides"]] == ["open"]
    assert "Sie ist frei" not in str(shown)


def test_what_is_open_or_closed_only_says_that_an_answer_came(
    desk: Any, asked: Any, arrives: Arrives, a_mail: Any
) -> None:
    [before] = desk.show(asked["main"])
    arrives(a_mail(author=BEN, in_reply_to=asked["mail"].message_id, text="Erstens."))
    [after] = desk.show(asked["main"])
    same = ("status", "waiting_since", "due_at", "messages", "participants")
    assert [after[name] for name in same] == [before[name] for name in same]

    desk.close_conversation(asked["main"])
    arrives(a_mail(author=BEN, in_reply_to=asked["mail"].message_id, text="Zweitens."))
    [closed] = desk.show(asked["main"])
    assert closed["status"] == "closed"
    assert [each.get("event") for each in closed["timeline"]].count("answered aside") == 2
    assert listed(desk) == {asked["side"]: (0, 0, asked["main"])}


def test_an_absence_notice_and_a_stranger_tell_the_conversation_nothing(
    desk: Any, asked: Any, arrives: Arrives, a_mail: Any
) -> None:
    desk.reply(asked["main"], "Wir fragen nach.")
    own_id = asked["mail"].message_id
    arrives(a_mail(author=BEN, in_reply_to=own_id, text="Ich bin im Urlaub."), kind=Kind.AUTO_REPLY)
    held = arrives(a_mail(author="Eve <eve@evil.example>", in_reply_to=own_id, text="Ja."))
    assert (held.handle, held.held) == (asked["side"], True)
    [main] = desk.show(asked["main"])
    assert main["status"] == "waiting"
    assert [each["status"] for each in main["sides"]] == ["waiting"]


def test_the_customer_gets_into_no_side_conversation_by_a_copy(
    desk: Any, asked: Any, arrives: Arrives, a_mail: Any
) -> None:
    copy = "Anna Beispiel <anna@example.com>, Cem <cem@registry.example>"
    arrives(a_mail(author=BEN, cc=copy, in_reply_to=asked["mail"].message_id, message_id="<b@registry.example>"))
    [side] = desk.show(asked["side"])
    assert {each["address"] for each in side["participants"]} == {"ben@registry.example", "cem@registry.example"}
    stray = arrives(a_mail(in_reply_to="<b@registry.example>", text="Was ist das?"))
    assert (stray.handle, stray.held) == (asked["side"], True)
    [side] = desk.show(asked["side"])
    code = next(each["code"] for each in side["timeline"] if each.get("held"))
    with pytest.raises(WrongUse, match="takes part in the conversation that ben-domain is about"):
        desk.accept(code)
    own = desk.accept(code, new=True)
    assert (own["customer"]["address"], own["about"]) == ("anna@example.com", "")
    desk.reply(asked["side"], "Danke.")
    to = mails(desk, "reply")[-1]
    assert "anna@example.com" not in {each.address for each in to.to + to.cc}


@pytest.mark.parametrize("act", ["split", "move"])
def test_the_customer_gets_into_no_side_conversation_with_a_mail_that_an_agent_puts_there(
    desk: Any, asked: Any, arrives: Arrives, a_mail: Any, act: str
) -> None:
    answer = {"author": BEN, "in_reply_to": asked["mail"].message_id}
    first = arrives(a_mail(**answer, text="Und die Rechnung?"))
    copied = arrives(a_mail(**answer, cc="Anna <anna@example.com>", message_id="<b@registry.example>"))
    one, other = (code_of(desk, each) for each in (first, copied))
    made = desk.split(asked["side"], [other if act == "split" else one])
    if act == "move":
        desk.move(other, made["handle"])

    [shown] = desk.show(made["handle"])
    assert [each["address"] for each in shown["participants"]] == ["ben@registry.example"]
    stray = arrives(a_mail(in_reply_to="<b@registry.example>", text="Was ist das?"))
    assert (stray.handle, stray.held) == (made["handle"], True)


def test_what_the_customer_wrote_meanwhile_brings_them_into_no_side_conversation_when_its_making_is_undone(
    desk: Any, asked: Any, arrives: Arrives, a_mail: Any
) -> None:
    stray = arrives(a_mail(in_reply_to=asked["mail"].message_id, message_id="<stray@mail.example.com>"))
    own = desk.accept(code_of(desk, stray), new=True)
    assert arrives(a_mail(in_reply_to="<stray@mail.example.com>", text="Noch da?")).handle == own["handle"]

    desk.undo(own["handle"])

    [side] = desk.show(asked["side"])
    assert [each["address"] for each in side["participants"]] == ["ben@registry.example"]


def test_the_agent_whose_conversation_it_is_is_told_where_agents_are_told_of_mail(
    desk: Any, asked: Any, arrives: Arrives, a_mail: Any, policy: Any
) -> None:
    desk.add_agent("cleo", name="Cleo Vogt", email="cleo@desk.example")
    desk.acting_as("cleo").take(asked["main"])
    arrives(a_mail(author=BEN, in_reply_to=asked["mail"].message_id, text="Erstens."))
    assert mails(desk, "notice") == []

    object.__setattr__(policy, "notify_new", True)
    arrives(a_mail(author=BEN, in_reply_to=asked["mail"].message_id, text="Zweitens."))

    [notice] = mails(desk, "notice")
    assert [each.address for each in notice.to] == ["cleo@desk.example"]
    assert f"brief show {asked['side']}" in notice.text
    assert "Zweitens." in notice.text
    assert asked["main"] in notice.text
    assert replace(notice, message_id="").in_reply_to == ""


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("act", ["forward", "link"])
def test_who_acts_on_both_holds_nothing_while_an_answer_is_taken_in(
    desk: Any, asked: Any, arrives: Arrives, a_mail: Any, wait_until: Callable[..., Any], act: str
) -> None:
    """An answer holds the side conversation, then the main one: in another order one of the two would be ended."""
    side, main = (UUID(desk.show(asked[name])[0]["conversation"]) for name in ("side", "main"))
    arrives(a_mail(author="Ben Otto <ben@home.example>", subject="Anderes"))
    if act == "link":  # who takes part in both
        arrives(a_mail(in_reply_to="<first@mail.example.com>", cc=BEN))
    acts: dict[str, Callable[[], Any]] = {
        "forward": lambda: desk.forward(asked["main"], "Noch da?", Wanted(BEN)),
        "link": lambda: desk.people.link("ben@home.example", "ben@registry.example"),
    }

    def somebody_waits() -> bool:
        with desk.database.reading() as session:
            return bool(session.scalar(_WAITING))

    with ThreadPoolExecutor(1) as apart:
        with desk.database.writing() as session:
            locked(session, side)
            acting = apart.submit(acts[act])
            wait_until(somebody_waits)
            session.get(ConversationRow, main, with_for_update={"nowait": True, "key_share": True})
        acting.result(30)
    assert [each["handle"] for each in desk.show(asked["main"])[0]["sides"]] == [asked["side"]]
