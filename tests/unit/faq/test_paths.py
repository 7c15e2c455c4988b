from __future__ import annotations

from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faq.paths import WORDS, Paths, slug
from faq.policy import SitePolicy
from faq.search import cleaned
from storage.errors import WrongUse


def test_a_page_lies_where_its_language_says() -> None:
    assert Paths("de").article("mail-outlook") == "/de/artikel/mail-outlook"
    assert Paths("en").article("mail settings/1") == "/en/article/mail%20settings%2F1"
    assert Paths("de").search("Ärger & Co") == "/de/suche?q=%C3%84rger+%26+Co"
    assert Paths("de").contact("Frage?") == "/de/kontakt?betreff=Frage%3F"


def test_every_language_has_a_word_for_every_page() -> None:
    assert WORDS["de"].keys() == WORDS["en"].keys()


@pytest.mark.parametrize(
    ("name", "expected"),
    [("E-Mail", "e-mail"), ("Störung & Hilfe", "stoerung-hilfe"), ("???", "-"), ("日本", "日本")],
)
def test_a_topic_has_an_address_of_words(name: str, expected: str) -> None:
    assert slug(name) == expected


@given(st.text(min_size=1, max_size=80))
def test_any_id_comes_back_from_its_address(article_id: str) -> None:
    try:
        article_id.encode()
    except UnicodeEncodeError:
        return
    assert unquote(Paths("de").article(article_id).removeprefix("/de/artikel/")) == article_id


@given(st.text(max_size=3000))
def test_a_query_is_one_short_printable_line(query: str) -> None:
    short = cleaned(query)
    assert len(short) <= 300
    assert short.isprintable()
    assert short == short.strip()


def test_a_site_in_an_unknown_language_is_refused() -> None:
    with pytest.raises(WrongUse, match="speaks de and en, not fr"):
        SitePolicy(title="x", mailbox="a@example.org", visitor=str, languages=("de", "fr"))


def test_the_default_language_is_one_that_the_site_speaks() -> None:
    assert SitePolicy(title="x", mailbox="a@example.org", visitor=str, languages=("en",)).language == "en"
