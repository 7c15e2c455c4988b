"""The page about what becomes of a word says what the chains do."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from knowledge.languages.analysis import SAID, WORDS, page, rows
from knowledge.languages.chains import chain

PAGE = Path(__file__).parents[3] / "docs" / "analysis.md"
MEND = "python -m knowledge.languages.analysis > docs/analysis.md"


def test_the_page_says_what_each_chain_does() -> None:
    assert PAGE.read_text("utf-8") == page(), f"write it anew: {MEND}"


@pytest.mark.parametrize("language", WORDS)
def test_each_step_does_something_to_one_of_ten_words(language: str) -> None:
    assert len(WORDS[language]) == 10
    changed = {"words"}
    for word in WORDS[language]:
        shown = list(rows(chain(language), word))
        changed |= {name for (_, before), (name, after) in pairwise(shown) if before != after}
    assert {name for name, _ in chain(language).steps} <= changed


@pytest.mark.parametrize("language", WORDS)
def test_what_is_left_at_the_end_is_what_is_indexed(language: str) -> None:
    for word in WORDS[language]:
        *_, (_, left) = rows(chain(language), word)
        assert [each.text for each in left] == chain(language).terms(word)


def test_every_step_is_told() -> None:
    assert {name for language in WORDS for name, _ in chain(language).steps} == set(SAID)
