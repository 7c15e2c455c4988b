"""Whether a mail calls itself an emergency."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from threads.charge.declared import declared

DECLARED = [
    ("KRITISCH: Bestellungen", ""),
    ("[Notfall] Etiketten fehlen", ""),
    ("Notfall!!!", ""),
    ("P1 - Rechnungslauf", ""),
    ("Emergency: labels", ""),
    ("Kritisch: Shop geht nicht", ""),
    ("Frage zum Export", "Das ist ein Notfall, bitte sofort."),
    ("Export", "Hallo,\nPriorität: Kritisch\nDer Export liefert zwei Spalten zu viel."),
    ("Export", "Bitte als kritisch einstufen!"),
    ("Export", "Bitte behandeln Sie das als Notfall."),
    ("Export", "Stufen Sie das bitte als kritisch ein."),
    ("Export", "Wir haben einen Notfall: der Drucker geht nicht."),
    ("Export", "This is an emergency. Please call."),
    ("Export", "This is critical for us, please hurry."),
    ("Export", "Please treat this as an emergency."),
    ("Export", "We report an emergency."),
]
UNDECLARED = [
    ("Kein Notfall: Frage zum Export", ""),
    ("Notfallplan für das neue Jahr", "Haben Sie eine Notfallnummer?"),
    ("Dringend: Rechnung", "Es ist sehr dringend, bitte schnell!"),
    ("Critical update available for WordPress", ""),
    ("Kritische Sicherheitslücke in einem Plugin?", ""),
    ("Export", "Dies ist kein Notfall."),
    ("Export", "Das ist nicht kritisch, es eilt nicht."),
    ("Export", "Im Notfall bin ich unter 0221 1234 erreichbar."),
    ("Export", "Ist das ein Notfall?"),
    ("Export", "Wenn das ein Notfall ist, wen rufe ich an?"),
    ("Export", "This is critical to understand the bug."),
    ("Export", "Gestern war das ein Notfall."),
    ("Export", "Wir haben ein kritisches Auge auf die Rechnung geworfen."),
]


@pytest.mark.parametrize(("subject", "text"), DECLARED)
def test_who_calls_it_an_emergency_declares_one(subject: str, text: str) -> None:
    assert declared(subject, text)
    assert declared(f"Re: {subject}", text)


@pytest.mark.parametrize(("subject", "text"), UNDECLARED)
def test_what_is_denied_asked_supposed_or_only_urgent_declares_nothing(subject: str, text: str) -> None:
    assert declared(subject, text) == ""


@given(st.text(max_size=300), st.text(max_size=3000))
def test_any_text_is_read(subject: str, text: str) -> None:
    assert len(declared(subject, text)) <= 80
