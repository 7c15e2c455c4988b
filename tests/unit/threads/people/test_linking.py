"""When two names are not of one person."""

from __future__ import annotations

import pytest

from threads.people.linking import differ


@pytest.mark.parametrize(
    ("one", "other", "differs"),
    [
        ("Anna Beispiel", "Carl Dritt", True),
        ("Anna Beispiel", "Anna Dritt", True),
        ("Anna Beispiel", "anna  BEISPIEL", False),
        ("Beispiel, Anna", "Anna Beispiel", False),
        ("Anna", "Anna Beispiel", False),
        ("Dr. Anna Beispiel", "Anna Beispiel", False),
        ("", "Carl Dritt", False),
        ("", "", False),
    ],
)
def test_names_differ_where_neither_is_the_other_with_more_words(one: str, other: str, differs: bool) -> None:
    assert differ(one, other) is differs
    assert differ(other, one) is differs
