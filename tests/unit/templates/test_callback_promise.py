"""What an acknowledgement says of a call that is wished for."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest

import templates


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("tone", ["du", "Sie"])
@pytest.mark.parametrize("moved", [True, False])
def test_its_paragraph_begins_with_a_word_and_its_sentences_stand_one_blank_apart(
    language: str, tone: str, moved: bool
) -> None:
    callback = SimpleNamespace(moved=moved, when="morgen", number="0221 123", asks_number=moved)
    facts = {
        "name": "",
        "urgent": False,
        "answer_by": "",
        "answers": [],
        "more": "",
        "emergencies": "",
        "lacks": "",
        "sender": "N",
    }
    text = templates.render("acknowledgement", language, tone=tone, callback=callback, **facts)
    assert not re.search(r"^ ", text, re.MULTILINE)
    assert "  " not in text
