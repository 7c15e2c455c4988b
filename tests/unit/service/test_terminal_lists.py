"""How lists look to people."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.text import Text

from service.harmless import line
from service.terminal import hang
from service.terminal_lists import conversations, reasons, standing, suggestions
from tests.on_screen import BERLIN, NOW, a_row, screen, text_of


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


@pytest.mark.parametrize("width", [60, 70, 80, 100, 160])
def test_who_answers_is_never_cut_off_however_long_the_rest_is(width: int) -> None:
    back = {"status": "snoozed", "snoozed_until": (NOW + timedelta(hours=20)).isoformat(), "assignee": "katrin"}
    rows = [each | back for each in LONG]

    assert all(each.endswith("  katrin") for each in inbox(rows, width).splitlines()[1:5])


def test_the_customer_is_left_out_where_the_others_would_have_no_room() -> None:
    late = [each | {"assignee": "lena", "forged": 1, "asked": 1} for each in LONG]

    assert "customer" in inbox(late, 76)
    due = [each | {"due_at": (NOW + timedelta(hours=20)).isoformat()} for each in late]
    assert "customer" not in inbox(due, 76)
    assert "anna-rechnung  " in inbox(due, 76)


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


@given(st.text(max_size=300), st.text(max_size=30), st.integers(min_value=60, max_value=120))
def test_a_hanging_text_fits_and_loses_nothing_but_spaces(body: str, label: str, width: int) -> None:
    to = screen(width)

    hang(to, Text(line(label)), Text(line(body)))

    lines = text_of(to).splitlines()
    assert all(cell_len(each) <= max(width, cell_len(line(label)) + 20) for each in lines)
    assert "".join(text_of(to).split()) == "".join((line(label) + line(body)).split())
