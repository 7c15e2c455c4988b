from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from faq.marks import marked


def _hits(text: str, query: str) -> list[str]:
    return [piece for piece, hit in marked(text, query) if hit]


def test_a_word_is_marked_in_whatever_form() -> None:
    assert _hits("Ihre Postfächer und das Postfach", "postfach") == ["Postfächer", "Postfach"]


def test_another_word_that_begins_alike_is_not() -> None:
    assert _hits("Rechnungsadresse, Rechner", "Rechnung") == []


def test_short_words_are_not_marked() -> None:
    assert _hits("es ist in Ordnung", "in es") == []


@given(st.text(max_size=200), st.text(max_size=60))
def test_nothing_of_the_text_is_lost(text: str, query: str) -> None:
    assert "".join(piece for piece, _ in marked(text, query)) == text
