"""Markdown is shown safely, as HTML and as text."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.markdown import to_html, to_text


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](JAVASCRIPT:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](//elsewhere.example/)",
        "![x](https://elsewhere.example/pixel.gif)",
        "[x](vbscript:x)",
        "<javascript:alert(1)>",
    ],
)
def test_nothing_in_it_acts(hostile: str) -> None:
    html = to_html(hostile).lower()
    for mark in ("<script", "<img", 'href="javascript', 'href="data', 'href="//', 'href="vbscript', "<a onclick"):
        assert mark not in html


def test_links_outwards_are_marked_and_own_ones_are_not() -> None:
    assert 'rel="nofollow noopener"' in to_html("[x](https://example.org)")
    assert "rel=" not in to_html("[x](/de/artikel/a)")
    assert 'href="mailto:a@example.org"' in to_html("[x](mailto:a@example.org)")


def test_a_row_of_a_table_is_a_line() -> None:
    table = "Fristen:\n\n| Tarif | Frist |\n| --- | --- |\n| Basis | *14* Tage |\n| | ab [hier](/x) |\n\nEnde"
    assert to_text(table) == "Fristen:\n\nTarif | Frist\nBasis | 14 Tage\n | ab hier (/x)\n\nEnde"


def test_tables_and_lists_are_kept() -> None:
    assert "<table>" in to_html("| a | b |\n|---|---|\n| 1 | 2 |")
    assert to_text("1. Eins\n2. Zwei\n   - tief\n\nEnde") == "1. Eins\n2. Zwei\n  - tief\n\nEnde"


def test_text_says_where_links_lead() -> None:
    assert to_text("Siehe [hier](https://example.org/a) und <https://example.org>.") == (
        "Siehe hier (https://example.org/a) und https://example.org."
    )


def test_text_has_no_marks() -> None:
    assert to_text("# Kopf\n\nein **fettes** `Wort`") == "Kopf\n\nein fettes Wort"


def test_deep_nesting_is_answered() -> None:
    assert to_html(">" * 50_000)
    assert to_text("- " * 20_000 + "x") is not None


@given(st.text(max_size=500))
def test_any_text_becomes_html_without_active_parts(text: str) -> None:
    assert "<script" not in to_html(text).lower()
    to_text(text)


PIECES = [
    *("Wort", "ä", "24", "1.", "1)", " ", "  ", "    ", "\t", "\n", "\n\n", "- ", "* ", "+", "#", "> ", "=", "---", "|", "|-|"),
    *("*", "**", "_", "[", "]", "(", ")", "](", "!", "<", ">", "&", "&amp;", "\\", "`", "~", ":", ".", "https://x.de", "„", "\xa0"),
]  # fmt: skip


@settings(max_examples=500)
@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join).filter(lambda text: not re.search("```|~~~", text)))
def test_a_plain_paragraph_reads_as_the_whole_parser_reads_it(text: str) -> None:
    # what a definition names may stand anywhere, so with one the whole text is parsed
    assert to_text(text) == to_text(f"{text}\n\n[nowhere else]: /x")


@pytest.mark.parametrize("text", ["Ein Satz.\n\n- a\n- b\n\nNoch [einer] & mehr.\n\n    tief\n\nEnde", "24 h\r\n\r\nda", "a\n\n\n\nb"])  # fmt: skip
def test_what_is_plain_may_stand_anywhere(text: str) -> None:
    assert to_text(text) == to_text(f"{text}\n\n[nowhere else]: /x")
