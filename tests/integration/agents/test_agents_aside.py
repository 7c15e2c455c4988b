"""A third party answers: what the conversation that they were asked about learns of it, and who never sees the answer."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from service.desk_forwarding import Wanted
from storage.outgoing import OutgoingMail
from storage.tables import OutboxRow
from threads.arrive import Recorded
from threads.model import Kind

Arrives = Callable[..., Recorded]
BEN = "Ben Otto <ben@registry.example>"


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
    desk.reply(asked["side"], "Danke.")
    to = mails(desk, "reply")[-1]
    assert "anna@example.com" not in {each.address for each in to.to + to.cc}


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
def test_an_answer_and_a_further_question_at_the_same_moment_only_wait_for_each_other(
    desk: Any, asked: Any, arrives: Arrives, a_mail: Any
) -> None:
    """Both hold the side conversation before the main one; in another order one of them would be ended."""
    answers = [
        a_mail(author=BEN, in_reply_to=asked["mail"].message_id, text=f"Antwort {number}") for number in range(8)
    ]

    def ask(number: int) -> str:
        return str(desk.forward(asked["main"], f"Frage {number}", Wanted(BEN))["handle"])

    with ThreadPoolExecutor(2) as apart:
        for number, answer in enumerate(answers):
            at_once = [apart.submit(ask, number), apart.submit(lambda raw: arrives(raw).handle, answer)]
            assert [each.result(30) for each in at_once] == [asked["side"]] * 2
    [side], [main] = desk.show(asked["side"]), desk.show(asked["main"])
    assert side["messages"] == 17
    assert [each.get("event") for each in main["timeline"]].count("answered aside") == 8
