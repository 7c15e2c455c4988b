"""What an agent sees in the editor, and what of it is sent."""

from __future__ import annotations

from pathlib import Path

import pytest

from service.editor import SCISSORS, edit, template, written
from storage.errors import BriefwechselError

BEGUN = {
    "handle": "anna-rechnung",
    "to": {"name": "Anna Weber", "address": "anna@example.org"},
    "subject": "Neue\nRechnungsadresse",
    "customer_wrote": "Guten Tag,\n\x1b[2Jwir sind umgezogen.\n" + "x\n" * 500,
}


def test_only_what_stands_above_the_scissors_is_sent() -> None:
    content = template(BEGUN, "", []).replace("\n\n", "Gern geschehen.\n\n# ein Titel, der bleibt\n", 1)

    assert written(content) == "Gern geschehen.\n\n# ein Titel, der bleibt"


def test_the_customers_words_and_who_else_writes_are_seen_but_never_sent() -> None:
    content = template(BEGUN, "Entwurf", ["ben is writing an answer here"])

    assert "# > Guten Tag," in content
    assert "ben is writing" in content
    assert "\x1b" not in content
    assert "# Subject: Neue Rechnungsadresse" in content
    assert "302 more lines" in content
    assert written(content) == "Entwurf"


def test_without_the_scissors_all_of_it_is_sent() -> None:
    assert written("nur das") == "nur das"
    assert written(f"oben\n{SCISSORS}  \nunten") == "oben"


@pytest.mark.parametrize("editor", ["false", "/no/such/editor", "'unclosed"])
def test_an_editor_that_fails_says_where_the_text_is(
    editor: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VISUAL", editor)

    with pytest.raises(BriefwechselError, match=r"Your text is in .*draft"):
        edit(tmp_path / "draft")


def test_an_editor_that_takes_the_file_away_is_no_error_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VISUAL", "rm")
    draft = tmp_path / "draft"
    draft.write_text("begun")

    with pytest.raises(BriefwechselError, match="took the file away; nothing was sent"):
        edit(draft)
