"""A wish to be called is found with its number and its time, and nothing else is taken for one."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.threads.callbacks.examples import MORE_WISHES, NO_WISHES, SUBJECTS, WISHES
from threads.callbacks.wishes import Wish, Written, number_given, wish_in

BERLIN = ZoneInfo("Europe/Berlin")
WRITTEN = datetime(2026, 11, 23, 10, 0, tzinfo=BERLIN)


def read(text: str, subject: str = "", **more: str) -> Wish | None:
    return wish_in(Written(subject, text, WRITTEN, BERLIN, **more))


def first(wish: Wish) -> str:
    if not wish.spans:
        return ""
    since, until = (each.astimezone(BERLIN) for each in wish.spans[0])
    ends = "24:00" if until.date() > since.date() else f"{until:%H:%M}"
    return f"{since:%d %H:%M}-{ends}"


@pytest.mark.parametrize(("text", "number", "window"), WISHES)
def test_wish_is_found_with_its_number_and_its_time(text: str, number: str, window: str) -> None:
    wish = read(text)
    assert wish is not None
    assert (wish.number, first(wish)) == (number, window)
    assert wish.because


@pytest.mark.parametrize("text", MORE_WISHES)
def test_other_words_for_the_same_wish_are_understood(text: str) -> None:
    assert read(text) is not None


@pytest.mark.parametrize("text", NO_WISHES)
def test_what_only_sounds_like_a_wish_is_none(text: str) -> None:
    assert read(text) is None


@pytest.mark.parametrize("subject", SUBJECTS)
def test_subject_alone_can_wish_for_a_call(subject: str) -> None:
    assert read("Es geht um den Vertrag.", subject) is not None


def test_subject_of_an_answer_is_nobodys_new_wish() -> None:
    assert read("Danke, das hat geholfen.", "Re: Bitte um Rückruf") is None


def test_enough_examples_of_both() -> None:
    assert len(WISHES) >= 80
    assert len(NO_WISHES) >= 60


def test_number_in_the_signature_serves_where_the_wish_names_none() -> None:
    wish = read("Bitte um Rückruf.", signature="Anna Berger\nTel. 0911 1234567\nFax 0911 1234568")
    assert wish is not None
    assert wish.number == "+499111234567"
    assert "signature" in wish.because


def test_fax_and_invoice_numbers_are_not_rung() -> None:
    wish = read("Bitte um Rückruf zur Rechnung Nr. 0911 7654321. Fax: 0911 1234568")
    assert wish is not None
    assert wish.number == ""


def test_number_that_is_named_goes_before_another() -> None:
    wish = read("Unsere Zentrale hat 030 901820, bitte rufen Sie mich an. Mobil: 0171 1234567")
    assert wish is not None
    assert wish.number == "+491711234567"


def test_number_that_is_named_beside_the_wish_goes_before_one_that_is_named_elsewhere() -> None:
    wish = read("Meine Durchwahl ist 0911 1234567. Bitte rufen Sie mich morgen unter 0171 1234567 an.")
    assert wish is not None
    assert wish.number == "+491711234567"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "Unsere Zentrale hat 030 901820. Bitte rufen Sie mich unter 0171/1234567 zurück!",
            "Bitte rufen Sie mich unter 0171/1234567 zurück!",
        ),
        ("Bitte rufen Sie mich zurück, 0911 123456.", "Bitte rufen Sie mich zurück, 0911 123456."),
    ],
)
def test_words_of_the_wish_are_shown_as_they_were_written(text: str, said: str) -> None:
    wish = read(text)
    assert wish is not None
    assert wish.words == said


@pytest.mark.parametrize(
    ("text", "window"),
    [
        ("Bitte rufen Sie mich an Heiligabend um 10 Uhr an.", "24 10:00-10:30"),
        ("Ruft mich bitte Silvester zwischen 10 und 12 zurück!", "31 10:00-12:00"),
        ("Please call me back on Christmas Eve at 10am.", "24 10:00-10:30"),
    ],
)
def test_days_that_have_a_name_are_known(text: str, window: str) -> None:
    wish = read(text)
    assert wish is not None
    assert first(wish) == window
    assert wish.spans[0][0].month == 12


def test_number_without_a_country_is_one_of_the_desks() -> None:
    wish = read("Bitte um Rückruf unter 01 5134567.", country="AT")
    assert wish is not None
    assert wish.number == "+4315134567"


def test_number_that_costs_more_is_marked() -> None:
    wish = read("Bitte um Rückruf unter 0900 1234567.")
    assert wish is not None
    assert wish.costly


def test_quoted_words_and_links_wish_for_nothing() -> None:
    assert read('Auf der Seite steht "rufen Sie mich an", das soll weg.') is None
    assert read("Siehe https://example.org/please-call-me-back für Details.") is None


def test_mere_number_answers_the_question_for_it() -> None:
    asked = Written("Re: Rückruf", "0171 1234567", WRITTEN, BERLIN)
    given_number = number_given(asked)
    assert given_number is not None
    assert given_number.dialled == "+491711234567"


_BITS = st.sampled_from(
    ["rufen", "Sie", "mich", "an", "bitte", "zurück", "Rückruf", "call", "me", "back", "please", "um", "zwischen", "und", "14", "16", "Uhr", "morgen",
     "Montag", "5.1.", "29.2.", "31.12.", "24:00", "99", "in", "Stunden", "nächste", "Woche", "am", "pm", "0911", "1234567", "+49", "(", ")", "-", ",",
     ".", "?", "\n", "☎", "nicht", "vor", "ab", "bis", "halb", "seit", "\u00a0", "0", "１４", "²", "\ud83d\ude00", "\x00", "İ"]
)  # fmt: skip


@given(st.lists(_BITS, max_size=60).map(" ".join), st.datetimes(datetime(2000, 1, 1), datetime(2090, 1, 1)))  # noqa: DTZ001 - the zone follows
def test_whatever_is_written_the_windows_lie_ahead_and_in_order(text: str, at: datetime) -> None:
    written = at.replace(tzinfo=BERLIN)
    wish = wish_in(Written(text[:80], text, written, BERLIN, signature=text))
    for since, until in wish.spans if wish else ():
        assert written.astimezone(UTC) <= since < until
        assert until - written.astimezone(UTC) < timedelta(days=400)


@given(st.text(max_size=400))
def test_any_text_can_be_read(text: str) -> None:
    wish_in(Written(text, "bitte rufen Sie mich an " + text, WRITTEN, BERLIN, signature=text))


@pytest.mark.parametrize(
    "bit",
    ["rufen sie ", "bitte ", "call me ", "koennen mich ", ", ", "um rueckruf ", "a", "ruf\n\n", '"ruf', "call@", "x.", "1 ", "+49 ", "(", "wenn fragen ",
     "zwischen 1 und 2 ", "in der naechsten ", "nicht vor ", "☎", "0911 1234567 ", "please call ", "\n ", "\n\t-"],
)  # fmt: skip
def test_hostile_text_takes_no_time(bit: str) -> None:
    text = (bit * 200_000)[:1_000_000]
    began = time.process_time()
    wish_in(Written(text, f"bitte rufen sie mich an {text}", WRITTEN, BERLIN, signature=text))
    assert time.process_time() - began < 3
