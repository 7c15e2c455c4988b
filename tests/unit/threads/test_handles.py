from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from threads.handles import LONGEST, handles

JANUARY = datetime(2026, 1, 5)  # noqa: DTZ001 - only its month is read


@pytest.mark.parametrize(
    ("name", "address", "subject", "handle"),
    [
        ("Anna Berger", "anna@x.example", "Rechnung", "anna-rechnung"),
        ("Berger, Anna", "anna@x.example", "AW: Re: Frage zur Rechnung", "anna-rechnung"),
        ("Dr. Jörg Müller", "j@x.example", "Größe der Domain", "joerg-groesse"),
        ("", "karl.weiss@x.example", "Umzug", "karl-umzug"),
        ("", "info@mueller-bau.example", "Umzug", "mueller-umzug"),
        ("Иван Петров", "ivan@x.example", "Проблема", "ivan-problema"),
        ("李小龙", "li@x.example", "", "li-nachricht"),
        ("", "", "", "jemand-nachricht"),
        ("123", "456@7.8", "9", "jemand-nachricht"),
    ],
)
def test_a_handle_is_the_person_and_the_matter(name: str, address: str, subject: str, handle: str) -> None:
    assert next(handles(name, address, subject, JANUARY)) == handle


def test_where_two_would_be_the_same_more_words_or_the_month_tell_them_apart() -> None:
    several = list(dict.fromkeys(handles("Anna Berger", "a@x.example", "Rechnung Domain", JANUARY)))
    assert several[:4] == [
        "anna-rechnung",
        "anna-rechnung-domain",
        "anna-berger-rechnung",
        "anna-berger-rechnung-domain",
    ]
    assert "anna-rechnung-januar" in several


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=200))
def test_every_handle_is_letters_and_hyphens_and_bounded(name: str, address: str, subject: str) -> None:
    for handle in handles(name, address, subject, JANUARY):
        assert handle.replace("-", "").isascii()
        assert handle.replace("-", "").isalpha()
        assert handle == handle.lower()
        assert not handle.startswith("-")
        assert not handle.endswith("-")
        assert len(handle) <= LONGEST
