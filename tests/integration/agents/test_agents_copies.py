"""Who gets a copy of an answer: whoever takes part and wrote last, and nobody else unasked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from service.drafts import draft_file, keep_text, own_draft
from storage.errors import NotThere, WrongUse
from threads.arrive import Recorded
from threads.model import Kind

Arrives = Callable[..., Recorded]
KARL = "Karl Weber <karl@example.com>"


@pytest.fixture
def handle(arrives: Arrives, a_mail: Any) -> str:
    """A conversation of Anna's in which Karl takes part, and wrote last."""
    first = arrives(a_mail(message_id="<first@mail.example.com>", cc=(KARL,)))
    again = arrives(a_mail(author=KARL, in_reply_to="<first@mail.example.com>", text="Es eilt."))
    assert again.handle == first.handle
    return first.handle


def copies(desk: Any, handle: str, **how: Any) -> list[str]:
    return [each["address"] for each in desk.reply(handle, "Schon erledigt.", **how)["cc"]]


def test_who_takes_part_and_wrote_last_gets_a_copy(desk: Any, handle: str) -> None:
    assert desk.begin_reply(handle)["last_writer"] == {"name": "Karl Weber", "address": "karl@example.com"}
    assert copies(desk, handle) == ["karl@example.com"]


def test_a_copy_is_not_doubled_and_can_be_left_out(desk: Any, handle: str) -> None:
    assert copies(desk, handle, cc=["karl@example.com"]) == ["karl@example.com"]
    assert copies(desk, handle, only_customer=True) == []


def test_a_copy_that_is_taken_back_leaves_them_taking_part(desk: Any, handle: str) -> None:
    copies(desk, handle)
    desk.undo()

    assert "karl@example.com" in {each["address"] for each in desk.show(handle)[0]["participants"]}


def test_a_draft_that_is_there_stays_beside_the_answer_that_is_taken_back(desk: Any, handle: str) -> None:
    conversation = desk.begin_reply(handle)["conversation"]
    draft = draft_file(desk.data, conversation, "lena")
    draft.write_text("Was ich vorhin begann.")
    desk.reply(handle, "Zu früh.")

    kept, former = keep_text(desk, desk.undo())
    desk.reply(handle, "Zu früh.")
    assert keep_text(desk, desk.undo()) == (kept, "")

    assert Path(kept).read_text() == "Zu früh."
    assert Path(former).read_text() == "Was ich vorhin begann."


def test_an_answer_that_is_taken_back_while_an_editor_is_open_stands_beside_its_draft(desk: Any, handle: str) -> None:
    conversation = desk.begin_reply(handle)["conversation"]
    with own_draft(desk.data, conversation, "lena") as open_one:
        open_one.write_text("Was ich gerade schreibe.")
        desk.reply(handle, "Zu früh.")
        kept, former = keep_text(desk, desk.undo())

    assert (Path(kept).read_text(), former) == ("Zu früh.", "")
    assert open_one.read_text() == "Was ich gerade schreibe."


def test_why_marks_an_answer_that_was_taken_back(desk: Any, handle: str) -> None:
    code = desk.reply(handle, "Zu früh.")["message"]
    assert [each["undone"] for each in desk.why(code) if each["about"] == "message"] == [False]
    desk.undo()

    assert [each["undone"] for each in desk.why(code) if each["about"] == "message"] == [True]


def test_a_message_of_another_conversation_is_not_shown_as_one_of_this(
    desk: Any, arrives: Arrives, a_mail: Any, handle: str
) -> None:
    other = arrives(a_mail(author="Bernd <bernd@example.org>", subject="Anderes")).handle
    code = desk.show(other)[0]["timeline"][0]["code"]

    assert desk.raw(code, other)
    with pytest.raises(NotThere, match=f"is not in '{handle}'; it is in {other}"):
        desk.raw(code, handle)
    with pytest.raises(NotThere, match="is not in"):
        desk.attachment(code, 1, within=handle)


def test_an_agent_who_is_not_there_is_wrong_use_wherever_they_are_named(desk: Any, handle: str) -> None:
    with pytest.raises(WrongUse, match="'nix'"):
        desk.disable_agent("nix")
    with pytest.raises(WrongUse, match="'nix'"):
        desk.assign(handle, "nix")


def test_once_the_customer_writes_again_they_alone_get_the_answer(
    desk: Any, arrives: Arrives, a_mail: Any, handle: str
) -> None:
    arrives(a_mail(in_reply_to="<first@mail.example.com>", text="Von mir auch."))

    assert copies(desk, handle) == []


def test_a_machine_that_wrote_last_gets_no_copy(desk: Any, arrives: Arrives, a_mail: Any) -> None:
    first = arrives(a_mail(message_id="<first@mail.example.com>", cc=(KARL,)))
    arrives(a_mail(author=KARL, in_reply_to="<first@mail.example.com>", text="Bin im Urlaub."), kind=Kind.AUTO_REPLY)

    assert copies(desk, first.handle) == []


def test_an_agent_who_wrote_last_by_mail_gets_no_copy(desk: Any, handle: str) -> None:
    desk.add_agent("karl", email="karl@example.com")

    assert copies(desk, handle) == []
