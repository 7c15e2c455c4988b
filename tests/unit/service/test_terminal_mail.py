"""How lists of mails look to people."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from rich.cells import cell_len

from service.terminal_mail import arrived, breakers, outbox, shunted, stopped
from tests.on_screen import BERLIN, NOW, screen, text_of


def outgoing(**changed: Any) -> dict[str, Any]:
    return {
        "code": "1f2e3d4c",
        "state": "sent",
        "purpose": "acknowledgement",
        "handle": "anna-rechnungsadresse",
        "to": ["anna@kundin.example"],
        "subject": "Re: Neue Rechnungsadresse",
        "due_at": NOW.isoformat(),
        "sent_at": None,
        "maybe_twice": False,
        "last_answer": "",
        **changed,
    }


def shown(lister: Any, rows: list[dict[str, Any]], width: int, *, terminal: bool = True) -> str:
    to = screen(width, terminal=terminal, coloured=False)
    lister(to, rows, NOW, BERLIN)
    return text_of(to)


@pytest.mark.parametrize("width", [80, 100, 160])
def test_the_outbox_shows_what_a_mail_is_about(width: int) -> None:
    rows = [
        outgoing(),
        outgoing(state="waiting", subject="日本語の件名がとても長い" * 9),
        outgoing(handle=None, to=["ö" * 90 + "@example.org"], maybe_twice=True),
    ]

    lines = shown(outbox, rows, width).splitlines()

    assert "Re: Neue Rechnu" in lines[1]
    assert "anna-rechnungsadresse" in lines[1]
    assert ("anna@kundin.example" in lines[1]) == (width >= 110)
    assert "öööö" in lines[3]
    assert lines[-1].endswith("it may have gone out twice")
    assert all(cell_len(each) <= width for each in lines)


def test_the_outbox_says_below_a_mail_what_was_answered_and_only_where_it_was_not_taken() -> None:
    answer = "550 5.1.1 no such user here; " * 4
    rows = [outgoing(last_answer="250 ok"), outgoing(state="failed", last_answer=answer + "\x1b[2J")]

    lines = shown(outbox, rows, 80).splitlines()

    assert "250 ok" not in " ".join(lines)
    assert [each.startswith(" " * 10 + "550") for each in lines].count(True) == 1
    assert " ".join(" ".join(lines).split()).count("550 5.1.1 no such user here") == 4
    assert all("\x1b" not in each and cell_len(each) <= 80 for each in lines)


@pytest.mark.parametrize("width", [80, 160])
def test_a_reason_that_several_mails_share_is_said_once_below_the_list(width: int) -> None:
    waits, alone = "the breaker is open: 51 mails were to go out by themselves within an hour", "451 come back later"
    rows = [outgoing(state="waiting", last_answer=each) for each in (waits, alone, waits, waits)]

    text = shown(outbox, [*rows, outgoing(last_answer=waits)], width)
    lines = text.splitlines()

    assert ["[1]" in each for each in lines if each.startswith("1f2e")] == [True, False, True, True, False]
    assert " ".join(text.split()).count(waits) == 1
    assert text.index("[1]  the breaker is open") > text.rindex("1f2e3d4c")
    assert lines[3] == " " * 10 + alone


@pytest.mark.parametrize("width", [60, 80, 110, 160])
def test_stopped_addresses_stand_in_columns(width: int) -> None:
    rows = [
        {"address": "anna@kundin.example", "since": NOW.isoformat(), "because": "550 5.1.1 no such user"},
        {"address": "ö" * 40 + "@example.org", "since": "2026-03-02T08:00:00+00:00", "because": "gone \x1b[2J" * 9},
    ]

    lines = shown(stopped, rows, width).splitlines()

    columns = [lines[0].index("since"), lines[1].index("just now")]
    assert columns[0] == columns[1]
    assert ("550 5.1.1 no such user" in lines[1]) == (width >= 110)
    assert "550 5.1.1 no such user" in " ".join(lines)
    assert "2 Mar" in " ".join(lines)
    assert all("\x1b" not in each and cell_len(each) <= width for each in lines)


@pytest.mark.parametrize("width", [60, 160])
def test_an_open_breaker_says_for_whom_until_when_and_why(width: int) -> None:
    until = (NOW + timedelta(minutes=20, seconds=1)).isoformat()
    rows = [{"address": each, "until": until, "because": "a loop"} for each in ("", "anna@kundin.example")]

    lines = shown(breakers, rows, width).splitlines()

    assert [each.split()[0] for each in lines if "in 20 min" in each] == ["all", "anna@kundin.example"]
    assert " ".join(lines).count("a loop") == 2
    assert "brief outbox breaker close" in lines[-1]


@pytest.mark.parametrize("width", [80, 100, 160])
def test_mails_that_came_are_told_in_the_agents_zone(width: int) -> None:
    row = {
        "message": "k3x9q2m",
        "at": (NOW - timedelta(hours=20)).isoformat(),
        "kind": "delivery-report",
        "handle": "anna-rechnungsadresse",
        "from": {"name": "", "address": "anna@kundin.example"},
        "subject": "Neue Rechnungsadresse " * 20,
    }

    lines = shown(arrived, [row], width).splitlines()

    assert "yesterday 18:00" in lines[1]
    assert "Neue Rech" in lines[1]
    assert all(cell_len(each) <= width for each in lines)


def test_a_mail_set_aside_shows_its_whole_reason_beside_its_code() -> None:
    row = {"code": "1f2e3d4c", "received_at": NOW.isoformat(), "mail_from": "", "because": "RuntimeError: fault " * 9}

    first, *more = shown(shunted, [row], 80, terminal=False).splitlines()

    assert first.startswith("1f2e3d4c  today 14:00  <>  RuntimeError")
    assert more
    assert all(each.startswith(" " * 10) for each in more)
