from __future__ import annotations

from dataclasses import fields
from datetime import date
from string import Formatter

import pytest

from faq.said import SAID
from faq.words import Words, date_in_words, words

NAMES = [field.name for field in fields(Words)]


def _holes(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_every_text_is_said_and_no_other() -> None:
    assert set(NAMES) == set(SAID)


@pytest.mark.parametrize("name", NAMES)
def test_a_text_has_the_same_holes_in_every_language(name: str) -> None:
    said = SAID[name]
    assert said.sie
    assert said.en
    assert _holes(said.sie) == _holes(said.en)
    assert not said.du or _holes(said.du) == _holes(said.sie)


@pytest.mark.parametrize("name", NAMES)
def test_a_text_that_addresses_someone_is_said_with_du_too(name: str) -> None:
    formal = {"Sie", "Ihnen", "Ihre", "Ihr", "Ihren", "Ihrer"}
    said = "".join(letter if letter.isalpha() else " " for letter in getattr(words("de", "du"), name)).split()
    assert not formal & set(said)


def test_a_date_is_said_as_people_say_it() -> None:
    assert date_in_words(date(2026, 3, 4), "de") == "4. März 2026"
    assert date_in_words(date(2026, 3, 4), "en") == "4 March 2026"
