"""`brief why`: each decision in a sentence, with its evidence, and what an agent can do."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest

from service.terminal import console
from service.terminal_lists import reasons
from storage.tables import MessageRow
from threads.arrive import Recorded
from threads.regroup.merging import merge

Arrives = Callable[..., Recorded]


@pytest.fixture
def two(desk: Any, arrives: Arrives, a_mail: Any) -> dict[str, str]:
    """Two matters of Anna's in one conversation: its handle, and the codes of both."""
    first = arrives(a_mail(subject="Rechnung", message_id="<first@mail.example.com>"))
    other = arrives(a_mail(subject="Re: Rechnung", text="Umzug!", in_reply_to="<first@mail.example.com>"))
    return {"handle": first.handle, "first": code(desk, first), "other": code(desk, other)}


def code(desk: Any, recorded: Recorded) -> str:
    with desk.database.reading() as session:
        return str(session.get_one(MessageRow, recorded.message).code)


def place(desk: Any, name: str) -> dict[str, Any]:
    [found] = [each for each in desk.why(name) if each["about"] == "message"]
    return dict(found)


def test_a_message_says_which_signal_decided_and_with_what_evidence(desk: Any, two: dict[str, str]) -> None:
    found = place(desk, two["other"])
    assert (found["signal"], found["rejected"]) == ("in-reply-to", [])
    assert found["says"] == "It stands here, because its In-Reply-To names <first@mail.example.com>."


def test_each_other_conversation_with_the_same_subject_says_why_the_reply_is_not_there(
    desk: Any, arrives: Arrives, a_mail: Any
) -> None:
    acknowledged, *others = (arrives(a_mail(subject="Rechnung")).handle for _ in range(3))
    reply = arrives(a_mail(subject="AW: Rechnung", in_reply_to="<unseen@mail.example.com>"))

    found = place(desk, code(desk, reply))

    assert (reply.handle, found["signal"]) == (acknowledged, "subject")
    because = "nobody but its writer has said anything there, and this answers a mail that has not come"
    assert set(found["rejected"]) == {f"{each}: it has this subject, but {because}" for each in others}


def test_a_message_that_an_agent_split_off_says_who_when_and_where_the_desk_had_put_it(
    desk: Any, two: dict[str, str], clock: Any
) -> None:
    at = clock.forward(hours=1)
    made = desk.split(two["handle"], [two["other"]])["handle"]

    found = place(desk, two["other"])

    assert (found["signal"], found["at"]) == ("agent", at.isoformat())
    assert found["says"] == f"lena made it a conversation of its own, out of {two['handle']}."
    because = "it stood there, because its In-Reply-To names <first@mail.example.com>"
    assert found["rejected"] == [f"{two['handle']}: {because}"]
    [left] = [each for each in desk.why(two["handle"]) if each["about"] == "split off"]
    assert (left["decided"], left["at"]) == ("lena", at.isoformat())
    assert left["says"] == f"lena made {two['other']} a conversation of its own: {made}."


def test_what_was_taken_back_says_who_did_on_both_sides(desk: Any, two: dict[str, str]) -> None:
    desk.split(two["handle"], [two["other"]])
    desk.undo()
    desk.reply(two["handle"], "Zu früh.")
    desk.undo()

    undone = [each for each in desk.why(two["handle"]) if each.get("undone")]

    assert {each["about"] for each in undone} == {"message", "split", "split off"}
    assert {each["says"].rpartition(". ")[2] for each in undone} == {"lena took it back."}
    assert place(desk, undone[0]["code"])["says"] == "lena wrote it here. lena took it back."


def test_a_message_that_came_back_is_not_refused_where_it_stands(desk: Any, two: dict[str, str]) -> None:
    made = desk.split(two["handle"], [two["other"]])["handle"]
    desk.move(two["other"], two["handle"])

    found = place(desk, two["other"])

    assert found["says"] == f"lena moved it here from {made}."
    assert [each.partition(":")[0] for each in found["rejected"]] == [made]


def test_a_message_that_was_merged_says_so_and_what_the_desk_merged_says_how_it_is_taken_apart(
    desk: Any, arrives: Arrives, a_mail: Any
) -> None:
    one, other = (arrives(a_mail(subject=subject)) for subject in ("Rechnung", "Nachtrag"))
    because = "its References name <first@mail.example.com>"
    with desk.database.writing() as session:
        merge(session, other.conversation, one.conversation, actor="", because=because, now=desk.clock())
    for name in (one.handle, other.handle, code(desk, other)):
        [merged] = [each for each in desk.why(name) if each["about"] == "merged"]
        assert merged["says"] == (
            f"The desk merged {other.handle} into it: {because}. `brief undo {other.handle}` takes it apart."
        )
    assert [each for each in desk.why(code(desk, one)) if each["about"] == "merged"] == []

    desk.undo(other.handle)

    [undone] = [each for each in desk.why(one.handle) if each["about"] == "merged"]
    assert (undone["undone"], undone["says"].endswith("lena took it apart.")) == (True, True)


@pytest.mark.parametrize("width", [80, 60])
def test_all_of_it_is_read_at_the_width_of_a_terminal(
    desk: Any, two: dict[str, str], arrives: Arrives, a_mail: Any, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    stranger = "Carl <carl@elsewhere.example>"
    held = arrives(a_mail(author=stranger, subject="Re: Rechnung", in_reply_to="<first@mail.example.com>"))
    desk.split(two["handle"], [two["other"]])
    text = io.StringIO()

    reasons(console(text), desk.why(two["handle"]), desk.clock(), desk.zone)

    lines = text.getvalue().splitlines()
    assert max(map(len, lines)) <= width
    said = " ".join(" ".join(lines).split())
    assert "It is held beside this conversation, because carl@elsewhere.example takes no part in it." in said
    assert f"`brief accept {code(desk, held)}` lets it in; with --new it becomes a conversation of its own." in said
    assert said.count(code(desk, held)) == 2  # as a heading, and in what can be done
