"""A mail is brought down to its question."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.question import ASKED, CHATTER, LONGEST, SUBJECT, TOLD, question_of, sentences, written

MAIL = """Sehr geehrte Damen und Herren,

vielen Dank für Ihre Hilfe neulich. Unser Büro ist umgezogen.
Wie ändere ich
die Rechnungsadresse?

Mit freundlichen Grüßen
Petra Lindner
Tel. 040 1234

-----Ursprüngliche Nachricht-----
Von: Support
Ihr Passwort wurde geändert.
"""


def test_greeting_signature_and_quotation_are_left_away() -> None:
    assert written(MAIL).startswith("vielen Dank")
    assert written(MAIL).endswith("die Rechnungsadresse?")


def test_quoted_lines_and_a_line_before_them_are_left_away() -> None:
    text = "Geht das?\n\nAm Mo., 3. Mai 2026 um 10:00 schrieb Support <s@example.org>:\n> Ihre Rechnung"
    assert written(text) == "Geht das?"
    assert written("Ja\n> alt\nund neu") == "Ja\nund neu"


def test_a_quoted_head_ends_the_mail() -> None:
    assert written("Geht das?\n\nVon: A\nGesendet: heute\nAn: B\nBetreff: C\n\nalt") == "Geht das?"


def test_a_single_line_that_looks_like_a_head_stays() -> None:
    assert "Von: Berlin" in written("Ich möchte umziehen.\nVon: Berlin\nNach Köln.")


def test_what_asks_counts_most_and_politeness_least() -> None:
    found = {each.text: each.weight for each in sentences(MAIL, "AW: Re: Anschrift")}
    assert found == {
        "Anschrift": SUBJECT,
        "vielen Dank für Ihre Hilfe neulich.": CHATTER,
        "Unser Büro ist umgezogen.": TOLD,
        "Wie ändere ich die Rechnungsadresse?": ASKED,
    }


def test_a_heading_counts_as_the_subject_does() -> None:
    first, *_ = sentences("Zugang gesperrt\n\nHallo,\n\nwie lange dauert das?\n\nGruß\nAnna")
    assert (first.text, first.weight) == ("Zugang gesperrt", SUBJECT)


@pytest.mark.parametrize(
    "text",
    [
        "Guten Tag\n\nwie lange dauert das?",
        "Der Zugang ist gesperrt.\n\nWie lange dauert das?",
        "Der Zugang ist\ngesperrt\n\nWie lange dauert das?",
        "> Zugang gesperrt\n\nWie lange dauert das?",
        "Zugang gesperrt " * 6 + "\n\nWie lange dauert das?",
        "Zugang gesperrt\n\n",
    ],
)
def test_greeting_sentence_quotation_or_a_long_line_is_no_heading(text: str) -> None:
    assert SUBJECT not in {each.weight for each in sentences(text)}


def test_a_mail_with_a_subject_has_no_other_heading() -> None:
    found = [
        each.text for each in sentences("Zugang gesperrt\n\nWie lange dauert das?", "Frage") if each.weight == SUBJECT
    ]
    assert found == ["Frage"]


def test_a_word_counts_by_the_sentence_that_says_most_of_it() -> None:
    counted = {each.word.text: each.weight for each in question_of("Die Domain ist da. Wo ist die Domain?").words}
    assert counted["domain"] == ASKED


def test_a_mail_that_is_only_a_greeting_is_still_read() -> None:
    assert question_of("Hallo Rechnung").words


@given(st.text(max_size=2_000), st.text(max_size=100))
def test_any_text_is_read(text: str, subject: str) -> None:
    assert len(question_of(text, subject).words) <= 400


@pytest.mark.parametrize("subject", ["", "Frage"])
def test_of_a_mail_that_only_quotes_no_more_is_read_than_of_another(subject: str) -> None:
    read = sum(len(each.text) for each in sentences("> Ein Wort. Noch eins?\n" * 50_000, subject))
    assert read <= LONGEST + len(subject)
