"""How a conversation looks to people."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from service.terminal_conversation import conversation
from tests.on_screen import BERLIN, NOW, a_conversation, a_letter, screen, text_of


def test_a_side_conversation_says_what_it_is_about_and_the_other_how_it_stands() -> None:
    asked = {
        "at": NOW.isoformat(), "kind": "event", "event": "asked", "because": "lena asked Ben in ben-domain",
        "before": {}, "after": {}, "actor": "lena", "undone": False, "side": {"handle": "ben-domain", "status": "open"},
    }  # fmt: skip
    to = screen(120)
    conversation(to, a_conversation(asked), NOW, BERLIN)
    conversation(to, a_conversation(a_letter(), about="anna-domain", status="waiting"), NOW, BERLIN)
    conversation(to, a_conversation(a_letter(), continues="anna-alt", continued_by=["anna-neu"]), NOW, BERLIN)
    said = text_of(to)
    assert "goes on with anna-alt\nwent on in anna-neu\n" in said
    assert "asked · lena asked Ben in ben-domain · the third party has answered" in said
    assert "anna-rechnung · waits for the third party\naside from anna-domain, whose customer never sees it\n" in said


def test_a_hostile_letter_cannot_steer_the_terminal() -> None:
    letter = a_letter(
        reply="\x1b]0;gotcha\x07 \x1b[2J [red]markup[/red] :smile:",
        attachments=[{"number": 1, "name": "../../\x1b[2Jx", "size": 3}],
        **{"from": {"name": "Evil\x1b[2J\u202e", "address": ""}},
    )
    to = screen(terminal=True)

    conversation(to, a_conversation(letter, subject="\x1b]52;c;x\x07"), NOW, BERLIN)

    shown = text_of(to)
    assert "\x1b[2J" not in shown
    assert "\x1b]" not in shown
    assert "\x07" not in shown
    assert "[red]markup[/red] :smile:" in shown


@pytest.mark.parametrize("width", [40, 80, 140])
def test_a_conversation_fits_the_terminal(width: int) -> None:
    to = screen(width)
    letters = [
        a_letter(reply="Donaudampfschifffahrtsgesellschaft " * 30 + "x" * 300),
        a_letter(direction="out", mail="reply", agent_name="Lena Kruse", reply="日本語 " * 100),
        {
            "at": NOW.isoformat(),
            "kind": "note",
            "text": "w " * 200,
            "actor": "ben",
            "agent_name": "Ben",
            "undone": False,
        },
    ]

    conversation(to, a_conversation(*letters), NOW, BERLIN)

    assert all(cell_len(each.rstrip()) <= width for each in text_of(to).splitlines())


def test_quotation_is_folded_until_the_whole_is_asked_for() -> None:
    letter = a_letter(reply="Ja, bitte.", text="Ja, bitte.\n\nAm Montag schrieb Lena:\n> Soll ich?")
    folded, whole = screen(), screen()

    conversation(folded, a_conversation(letter), NOW, BERLIN)
    conversation(whole, a_conversation(letter), NOW, BERLIN, whole=True)

    assert "Soll ich?" not in text_of(folded)
    assert "--whole" in text_of(folded)
    assert "> Soll ich?" in text_of(whole)


@pytest.mark.parametrize(
    ("subject", "is_shown"),
    [
        ("Kündigung", True),
        ("AW: Kündigung", True),
        ("Re: AW: neue rechnungsadresse", False),
        ("[Extern] AW: Neue  Rechnungsadresse", False),
        ("Re:", False),
        ("", False),
    ],
)
def test_a_letter_says_its_own_subject_where_that_is_not_its_conversations(subject: str, is_shown: bool) -> None:
    to, same = screen(), screen()
    conversation(to, a_conversation(a_letter(subject=subject)), NOW, BERLIN)
    conversation(same, a_conversation(a_letter()), NOW, BERLIN)
    assert ("▎ Kündigung\n" in text_of(to)) is is_shown
    assert (text_of(to) == text_of(same)) is not is_shown


def test_an_encrypted_letter_says_why_it_shows_nothing() -> None:
    to = screen()
    letter = a_letter(reply="", text="", defects=["no Date", "encrypted with S/MIME, it cannot be read here"])
    conversation(to, a_conversation(letter), NOW, BERLIN)
    assert "encrypted with S/MIME, it cannot be read here" in text_of(to)
    assert "no Date" not in text_of(to)


def test_a_held_letter_says_why_and_how_it_is_let_in() -> None:
    to = screen()

    conversation(to, a_conversation(a_letter(held=True, because="carl is no participant")), NOW, BERLIN)

    assert "held, because carl is no participant" in text_of(to)
    assert "brief accept k3x9q2m" in text_of(to)


def test_what_was_taken_back_is_not_shown() -> None:
    to = screen()
    undone = {"at": NOW.isoformat(), "actor": "ben", "agent_name": "Ben", "undone": True}
    note = {"kind": "note", "text": "nur ein Versehen", **undone}
    event = {"kind": "event", "event": "status", "because": "ben closed it", "before": {}, "after": {}, **undone}

    conversation(to, a_conversation(note, event), NOW, BERLIN)

    assert "Versehen" not in text_of(to)
    assert "closed it" not in text_of(to)


def test_an_answer_that_could_not_be_delivered_shows_what_the_relay_said() -> None:
    delivery = {
        "state": "failed", "due_at": None, "sent_at": None, "answer": "550 5.1.1 unknown", "maybe_twice": True,
        "reports": [{"address": "anna@kundin.example", "failed": True, "said": "550 5.1.1 nobody"}],
    }  # fmt: skip
    to = screen()

    conversation(to, a_conversation(a_letter(direction="out", mail="reply", delivery=delivery)), NOW, BERLIN)

    assert "could not be delivered: 550 5.1.1 unknown" in text_of(to)
    assert "may have gone out twice" in text_of(to)
    assert "did not reach anna@kundin.example: 550 5.1.1 nobody" in text_of(to)


def test_hints_are_for_those_who_look_on() -> None:
    seen, piped = screen(terminal=True), screen()

    for to in (seen, piped):
        conversation(to, a_conversation(a_letter()), NOW, BERLIN)

    assert "brief reply | note" in text_of(seen)
    assert "brief reply" not in text_of(piped)


def test_an_event_that_takes_several_lines_hangs_below_its_first() -> None:
    because = "its In-Reply-To names <frage@kundin.example>; held, because stranger@example.org takes no part in it"
    event = {"at": NOW.isoformat(), "kind": "event", "event": "held", "because": because, "after": {}, "actor": ""}
    to = screen()

    conversation(to, a_conversation(event), NOW, BERLIN)

    first, *more = [each for each in text_of(to).splitlines()[3:] if each.strip()]
    label = first[: first.index("held")]
    assert more
    assert all(len(each) - len(each.lstrip()) == len(label) for each in more)


def test_what_a_held_letter_says_is_not_said_again_as_an_event() -> None:
    event = {"at": NOW.isoformat(), "kind": "event", "event": "held", "because": "no part", "after": {}, "actor": ""}
    to = screen()

    conversation(to, a_conversation(a_letter(held=True, because="no part"), event), NOW, BERLIN)

    assert text_of(to).count("no part") == 1


def test_that_something_is_held_is_said_once_with_the_reason_and_then_what_led_it_there() -> None:
    because = "its In-Reply-To names <a@b>; held, because carl@x.example takes no part in it"
    event = {"at": NOW.isoformat(), "kind": "event", "event": "held", "because": because, "after": {}, "actor": ""}
    letter, told = screen(120), screen(120)

    conversation(letter, a_conversation(a_letter(held=True, because=because)), NOW, BERLIN)
    conversation(told, a_conversation(event), NOW, BERLIN)

    for each in (letter, told):
        said = " ".join(text_of(each).replace("▎", " ").split())
        assert "held, because carl@x.example takes no part in it; it is here, because its In-Reply-To" in said
        assert "held · its" not in said
        assert "held: " not in said


def test_a_step_says_who_was_told_and_whether_that_arrived() -> None:
    told = [
        {"name": "Ben", "address": "ben@desk.example", "because": "assignee", "state": "sent", "answer": ""},
        {"name": "", "address": "eva@desk.example", "because": "on call", "state": "failed", "answer": "550 nobody"},
    ]
    calls = [
        {"kind": "webhook", "state": "given up", "answer": "chat.example answered 500", "maybe_twice": False},
        {"kind": "command", "state": "leased", "answer": "page ended with 1", "maybe_twice": True},
    ]
    shared = {"at": NOW.isoformat(), "actor": "", "kind": "event", "event": "escalation", "after": {}}
    to = screen()

    conversation(to, a_conversation({**shared, "because": "half is over", "told": told, "calls": calls}), NOW, BERLIN)

    said = text_of(to)
    assert "escalation · half is over" in said
    assert "Ben (assignee): told" in said
    assert "eva@desk.example (on call): could not be told: 550 nobody" in said
    assert "webhook: given up: chat.example answered 500" in said
    assert "command: is being called again, so far: page ended with 1" in said
    assert said.count("may have been called twice: a try ended without a word") == 1
