"""How results look to people."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from service.harmless import line
from service.terminal import THEME, hang
from service.terminal_conversation import conversation
from service.terminal_lists import conversations, reasons, standing, suggestions

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 24, 13, 0, tzinfo=UTC)


def a_row(**changed: Any) -> dict[str, Any]:
    return {
        "handle": "anna-rechnung",
        "conversation": "0190",
        "customer": {"name": "Anna Weber", "address": "anna@example.org"},
        "subject": "Neue Rechnungsadresse",
        "status": "open",
        "priority": "normal",
        "assignee": "lena",
        "due_at": (NOW + timedelta(hours=2)).isoformat(),
        "waiting_since": (NOW - timedelta(minutes=5)).isoformat(),
        "snoozed_until": None,
        "messages": 2,
        "held": 0,
        "forged": 0,
        "undelivered_at": None,
        "about": "",
        "continues": "",
        "continued_by": [],
        "asked": 0,
        "answered": 0,
        **changed,
    }


def a_letter(**changed: Any) -> dict[str, Any]:
    return {
        "at": (NOW - timedelta(minutes=5)).isoformat(),
        "kind": "message",
        "direction": "in",
        "code": "k3x9q2m",
        "mail": "person",
        "from": {"name": "Anna Weber", "address": "anna@example.org"},
        "to": [{"name": "", "address": "support@localhost"}],
        "cc": [],
        "reply": "Guten Tag,\n\nwir sind umgezogen.",
        "text": "Guten Tag,\n\nwir sind umgezogen.",
        "attachments": [],
        "held": False,
        "because": "no signal",
        "agent_name": "",
        "delivery": None,
        "origin": {"word": "unknown", "because": "", "checks": []},
        "speaks_for": "",
        "suspected": "",
        "defects": [],
        **changed,
    }


def a_conversation(*timeline: dict[str, Any], **changed: Any) -> dict[str, Any]:
    row = a_row()
    customer = {**row["customer"], "addresses": [row["customer"]["address"]], "organisation": None}
    empty: dict[str, Any] = {"customer": customer, "participants": [], "earlier": 0, "suggestions": []}
    return {**row, **empty, "timeline": list(timeline), **changed}


def screen(width: int = 80, *, terminal: bool = False, coloured: bool = True) -> Console:
    return Console(
        file=io.StringIO(),
        width=width,
        theme=THEME,
        force_terminal=terminal,
        color_system="standard" if terminal and coloured else None,
        highlight=False,
        markup=False,
        emoji=False,
    )


def text_of(to: Console) -> str:
    assert isinstance(to.file, io.StringIO)
    return to.file.getvalue()


def inbox(rows: list[dict[str, Any]], width: int = 80, *, terminal: bool = True) -> str:
    """The list as it looks on a terminal, without its colours."""
    to = screen(width, terminal=terminal, coloured=False)
    conversations(to, rows, NOW, BERLIN, empty="Nobody waits.", hints=["brief show HANDLE", "brief reply HANDLE"])
    return text_of(to)


LONG = [
    a_row(),
    a_row(handle="x" * 40, subject="日本語の件名がとても長い" * 9, customer={"name": "Ä" * 60, "address": ""}, held=1),
    a_row(subject="Wichtig 👩‍👩‍👧 \x1b[2J", priority="critical", assignee="agent-with-a-long-name"),
    a_row(subject="Störung " * 40, priority="high"),
]


@pytest.mark.parametrize("width", [60, 80, 100, 140, 160])
def test_no_line_of_a_list_is_wider_than_the_terminal(width: int) -> None:
    assert all(cell_len(each) <= width for each in inbox(LONG, width).splitlines())


@pytest.mark.parametrize("width", [80, 100, 160])
def test_a_list_leaves_room_for_the_subject_and_for_the_handle_that_is_typed(width: int) -> None:
    lines = inbox([a_row(subject="Neue Rechnungsadresse " * 9), *LONG], width).splitlines()

    assert "anna-rechnung  " in lines[1]
    assert "Neue Rechnun" in lines[1]


def test_when_an_answer_is_due_is_never_cut_off() -> None:
    rows = [each | {"due_at": (NOW + timedelta(hours=20)).isoformat()} for each in LONG]

    for width in (60, 80, 100, 160):
        assert inbox(rows, width).count("tomorrow 10:00") == len(rows)


@pytest.mark.parametrize("width", [60, 80, 100, 160])
def test_the_marks_of_a_list_are_explained_below_it_each_on_one_line(width: int) -> None:
    below = inbox(LONG, width).splitlines()[1 + len(LONG) :]

    parts = [part for each in below for part in each.split(" · ")]
    assert parts == ["brief show HANDLE", "brief reply HANDLE", "‼ critical", "! high", "H a stranger's mail is held"]


def test_what_may_be_forged_is_marked_whatever_else_is() -> None:
    rows = [a_row(), a_row(forged=1), a_row(forged=1, held=1), a_row(priority="critical", forged=2)]

    _, plain, forged, held, critical, *below = inbox(rows).splitlines()

    assert [each[:2] for each in (plain, forged, held, critical)] == ["  ", "F ", "HF", "‼F"]
    assert "F a mail may be forged" in " · ".join(below).split(" · ")


def test_an_answer_that_was_not_delivered_marks_its_conversation_whatever_else_does() -> None:
    at = (NOW - timedelta(minutes=9)).isoformat()
    rows = [a_row(), a_row(priority="high", undelivered_at=at), a_row(status="closed", undelivered_at=at)]

    _, plain, high, closed, *below = inbox(rows).splitlines()

    assert [each[:2] for each in (plain, high, closed)] == ["  ", "!✗", "✗ "]
    assert "✗ the last answer was not delivered" in below
    assert [standing(each, NOW, BERLIN).partition(" · the last ")[2] for each in rows[1:]] == [
        "answer was not delivered"
    ] * 2


def test_a_list_shows_who_was_asked_and_has_answered_and_what_a_side_conversation_is_about() -> None:
    rows = [a_row(asked=2), a_row(asked=1, answered=1, priority="high"), a_row(about="anna-domain", status="waiting")]

    asked, answered, side, below = inbox(rows, 100).split("\n", 4)[1:]

    assert [each[:2] for each in (asked, answered, side)] == ["→ ", "!←", "  "]
    assert "about anna-domain: " in side
    assert "→ a third party is asked" in below
    assert "← a third party has answered" in below


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


def test_a_mark_that_does_not_occur_is_not_explained() -> None:
    assert inbox([a_row()]).splitlines()[-1] == "brief show HANDLE · brief reply HANDLE"


def test_a_column_in_which_nothing_stands_gives_its_room_away() -> None:
    assert "agent" in inbox([a_row()])
    assert "agent" not in inbox([a_row(assignee=None)])


def test_no_line_ends_in_spaces_and_what_goes_into_a_pipe_has_no_headings() -> None:
    piped = inbox([a_row(), a_row(assignee=None)], terminal=False)

    assert len(piped.splitlines()) == 2
    assert all(each == each.rstrip() for each in (piped + inbox(LONG)).splitlines())


def test_columns_line_up_under_umlauts_and_wide_characters() -> None:
    rows = [
        a_row(customer={"name": name, "address": ""}) for name in ("Anna Weber", "Jörg Groß", "山田太郎", "e\u0301ric")
    ]

    lines = inbox(rows).splitlines()[1:-1]

    assert len({cell_len(each[: each.index("Neue")]) for each in lines}) == 1


def test_an_empty_inbox_says_so() -> None:
    assert inbox([]).strip() == "Nobody waits."


def test_a_late_answer_is_said_to_be_late() -> None:
    assert "3 h late" in inbox([a_row(due_at=(NOW - timedelta(hours=3)).isoformat())])


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


def test_an_encrypted_letter_says_why_it_shows_nothing() -> None:
    to = screen()
    letter = a_letter(reply="", text="", defects=["no Date", "encrypted with S/MIME, it cannot be read here"])
    conversation(to, a_conversation(letter), NOW, BERLIN)
    assert "encrypted with S/MIME, it cannot be read here" in text_of(to)
    assert "no Date" not in text_of(to)


def test_a_held_letter_says_why_and_how_it_is_let_in() -> None:
    to = screen()

    conversation(to, a_conversation(a_letter(held=True, because="carl is no participant")), NOW, BERLIN)

    assert "held: carl is no participant" in text_of(to)
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


def test_without_colour_nothing_is_coloured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    to = screen(terminal=True)

    conversations(to, [a_row(priority="critical")], NOW, BERLIN, empty="")

    assert "\x1b[3" not in text_of(to)


def test_suggestions_and_reasons_say_how_likely_and_why() -> None:
    to = screen()
    suggestion = {"rank": 1, "article": "adresse", "question": "Wie ändere ich die Adresse?", "excerpt": "Im Kundenbereich.",
                  "probability": 0.82, "because": "rechnungsadresse", "quoted": True}  # fmt: skip
    reason = {"about": "message", "code": "k3x9q2m", "at": NOW.isoformat(), "decided": "token", "because": "our reply address",
              "says": "It stands here, because of our reply address.", "rejected": ["anna-frage: closed"]}  # fmt: skip

    suggestions(to, [suggestion], "anna-rechnung")
    reasons(to, [reason], NOW, BERLIN)

    for said in (
        "82 %",
        "Wie ändere ich die Adresse?",
        "acknowledgement",
        "our reply address",
        "not: anna-frage: closed",
    ):
        assert said in text_of(to)


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


@given(st.text(max_size=300), st.text(max_size=30), st.integers(min_value=60, max_value=120))
def test_a_hanging_text_fits_and_loses_nothing_but_spaces(body: str, label: str, width: int) -> None:
    to = screen(width)

    hang(to, Text(line(label)), Text(line(body)))

    lines = text_of(to).splitlines()
    assert all(cell_len(each) <= max(width, cell_len(line(label)) + 20) for each in lines)
    assert "".join(text_of(to).split()) == "".join((line(label) + line(body)).split())
