"""What a mail's writer certainly wrote themselves, for the eyes of a third party."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgateway.bodies.own import certainly_own, says_something
from mailgateway.bodies.written import written

BLOCK = (
    "Von: Clara Meier{}\nGesendet: Montag, 1. Februar 2026{}\nAn: Anna\nBetreff: Passwort\n\nDas Passwort ist geheim.\n"
)
MARKED = [
    "> Geheim",
    "  > Geheim",
    "| Geheim",
    "¦ Geheim",
    "MM> Geheim",
    " MM>> Geheim",
    "Clara> Geheim",
    "＞Geheim",
    "|",
]
HEADED = [
    BLOCK.format(" <clara@firma.example>", " 10:00"),
    BLOCK.format("", ""),
    "*Von:* Clara Meier\n*Gesendet:* Montag, 1. Februar\n\nGeheim.",
    "From: Clara\n\nSent: Monday\nGeheim.",
    "Von: Clara Gesendet: Montag, 1. Februar 2026 10:00 An: Anna Betreff: Passwort\n\nGeheim.",
    "*Von:* Clara *Gesendet:* Montag\nGeheim.",
]


@pytest.mark.parametrize("line", MARKED)
def test_marked_lines_are_left_out_however_they_are_marked(line: str) -> None:
    assert certainly_own(f"Was heißt das?\n{line}\nDanke!") == "Was heißt das?\nDanke!"


@pytest.mark.parametrize("mail", HEADED)
@pytest.mark.parametrize("subject", ["Umzug", "AW: Umzug"])
def test_all_that_follows_another_mails_header_is_left_out(mail: str, subject: str) -> None:
    assert certainly_own(written(f"Was heißt das?\n\n{mail}", "", subject)) == "Was heißt das?"


@pytest.mark.parametrize(
    "line",
    [
        "Menü > Einstellungen > Domains",
        "Menü>Einstellungen",
        "| Domain | Preis |",
        "Von: Berlin",
        "a -> b",
        "<b>fett</b>",
        "»Seite nicht gefunden« steht da.",
        "Von Montag bis Dienstag",
    ],
)
def test_what_only_looks_like_a_quotation_stays(line: str) -> None:
    assert certainly_own(f"Guten Tag\n{line}\nDanke!") == f"Guten Tag\n{line}\nDanke!"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Guten Tag", True),
        ("", False),
        ("> Geheim", False),
        (BLOCK.format(" <clara@firma.example>", " 10:00"), False),
        ("Bitte.\n\n" + BLOCK.format("", " 10:00"), True),
    ],
)
def test_a_mail_that_is_anothers_alone_says_nothing(text: str, says: bool) -> None:
    assert says_something(text) is says


@given(st.text(max_size=500))
def test_nothing_is_added_and_what_is_own_stays_own(text: str) -> None:
    own = certainly_own(text)
    assert set(own.split("\n")) <= {
        *text.split("\n"),
        *text.strip().split("\n"),
        own.split("\n")[0],
        own.split("\n")[-1],
    }
    assert certainly_own(own) == own
