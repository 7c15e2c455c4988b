"""`brief faq words`, `gaps`, `stale` and `new --from`, over each database."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from knowledge import lessons, searches, store
from knowledge.learning import Source
from knowledge.plain_words import PlainWord
from storage.database import Database

Brief = Callable[..., Result]
INVOICE = {
    "id": "rechnung",
    "question": "Wo finde ich meine Rechnung?",
    "answer": "Melden Sie sich im Kundencenter an und öffnen Sie Vertrag. Dort liegt jede Rechnung als PDF zum Herunterladen bereit.",
    "updated": datetime.now(UTC).date().isoformat(),
}
ANSWER = (
    "Guten Tag Frau Weber,\n\nx-Rechnungen verschicken wir über das Portal der Behörde, Frau Weber.\n\nViele Grüße\nBen"
)


@pytest.fixture
def run(run: Brief) -> Brief:
    """Runs `brief` on a data directory of its own, with an article and an agent."""
    assert run("faq", "import", "-", given=json.dumps(INVOICE) + "\n").exit_code == 0
    return run


@pytest.fixture
def asks(run: Brief, tmp_path: Path, a_mail: Callable[..., bytes]) -> Callable[..., str]:
    """A customer writes; the handle of the conversation."""

    def write(text: str, subject: str, author: str = "Anna Weber <anna@kunde.example>") -> str:
        (tmp_path / "mail.eml").write_bytes(
            a_mail(author=author, subject=subject, text=text, date=datetime.now(UTC) - timedelta(hours=1))
        )
        assert run("mail", "import", "mail.eml").exit_code == 0
        rows = lines(run("inbox", "--all", "--json"))
        return next(str(each["handle"]) for each in rows if each["subject"] == subject)

    return write


def lines(result: Result) -> list[dict[str, Any]]:
    assert result.exit_code == 0, (result.output, result.exception)
    assert result.stdout.isascii()
    return [json.loads(line) for line in result.stdout.splitlines()]


def pseudonym(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def search(database: Database, words: str, *, times: int, clicked: bool = False) -> None:
    with database.writing() as session:
        for number in range(times):
            searches.note(
                session, "de", [PlainWord(each, is_known=True) for each in words.split()], who=str(number),
                pseudonym=pseudonym, now=datetime.now(UTC), found=False, clicked=clicked,
            )  # fmt: skip


def test_the_words_of_an_article_are_shown_and_taken_back_and_allowed_again(run: Brief, database: Database) -> None:
    with database.writing() as session:
        for who in ("anna", "bernd"):
            said = [PlainWord("zettel", is_known=True)]
            lessons.teach(
                session, "rechnung", said, source=Source.SEARCH, who=who, pseudonym=pseudonym, now=datetime.now(UTC)
            )
    row = lines(run("faq", "words", "rechnung", "--json"))[0]
    assert (row["word"], row["counts"], row["searches"], row["answers"], row["taken_back_by"]) == (
        "zettel",
        2.0,
        2,
        0,
        None,
    )
    assert "2 searches" in run("faq", "words", "rechnung").stdout
    barred = lines(run("faq", "words", "rechnung", "--remove", "Zettel", "--json"))[0]
    assert (barred["counts"], barred["taken_back_by"]) == (0.0, "ben")
    assert lines(run("faq", "words", "rechnung", "--allow", "zettel", "--json"))[0]["counts"] == 2.0


def test_a_word_that_was_not_taken_back_and_an_article_that_is_not_there_are_told(run: Brief) -> None:
    wrong = run("faq", "words", "rechnung", "--allow", "zettel")
    assert (wrong.exit_code, '"zettel" was not taken back from "rechnung"' in str(wrong.exception)) == (1, True)
    assert 'there is no article "umzug"' in str(run("faq", "words", "umzug").exception)
    assert "It learnt no word yet" in run("faq", "words", "rechnung").stdout


def test_a_search_that_led_nowhere_and_a_mail_that_was_answered_without_an_article_are_one_gap(
    run: Brief, asks: Callable[..., str], database: Database
) -> None:
    search(database, "xrechnung behörde", times=2)
    search(database, "rechnung", times=3, clicked=True)
    handle = asks(
        "Hallo,\n\nwie verschicke ich eine X-Rechnung an die Behörde?\n\nGruß\nAnna Weber", "X-Rechnung Behörde"
    )
    assert run("reply", handle, "-m", ANSWER).exit_code == 0
    found = lines(run("faq", "gaps", "--json"))
    assert [(each["searches"], each["mails"], each["handles"]) for each in found] == [(2, 1, [handle])]
    assert "verschicken wir über das Portal der Behörde" in found[0]["answer"]
    assert "Weber" not in json.dumps(found[0]["words"]) + found[0]["answer"]
    shown = run("faq", "gaps").stdout
    assert (
        "twice searched for, and nobody went on to an article; once answered by an agent without an article"
        in " ".join(shown.split())
    )


def test_what_was_answered_with_an_article_is_no_gap(run: Brief, asks: Callable[..., str]) -> None:
    handle = asks("Wo ist meine Rechnung?", "Rechnung")
    assert run("reply", handle, "-m", "Guten Tag,", "--answer", "rechnung").exit_code == 0
    assert lines(run("faq", "gaps", "--json")) == []
    assert "Nothing was searched for in vain" in run("faq", "gaps").stdout


def test_an_answer_becomes_the_draft_of_an_article(run: Brief, asks: Callable[..., str], tmp_path: Path) -> None:
    handle = asks(
        "Hallo,\n\nwie verschicke ich eine X-Rechnung an die Behörde?\n\nGruß\nAnna Weber", "X-Rechnung Behörde"
    )
    assert "nobody has answered" in str(run("faq", "new", "--from", handle, "--save", "-").exception)
    run("reply", handle, "-m", ANSWER)
    made = run("faq", "new", "--from", handle, "--save", str(tmp_path / "draft.md"))
    assert made.exit_code == 0, made.exception
    text = (tmp_path / "draft.md").read_text("utf-8")
    assert text.startswith(
        "---\nid: wie-verschicke-ich-eine-x\nquestion: Wie verschicke ich eine X-Rechnung an die Behörde?\n"
    )
    assert "Weber" not in text
    assert "Ben" not in text
    assert run("faq", "new", "x-rechnung", "-F", str(tmp_path / "draft.md")).exit_code == 0
    assert len(lines(run("faq", "list", "--json"))) == 2
    assert run("faq", "new", "x-rechnung", "--from", handle, "--save", "-").stdout.startswith("---\nid: x-rechnung\n")


def test_a_draft_opens_in_the_editor_and_what_is_saved_there_is_the_article(
    run: Brief, asks: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    handle = asks("Wie verschicke ich eine X-Rechnung?", "X-Rechnung")
    run("reply", handle, "-m", ANSWER)
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\nsed -i "s/…/Sie/; s/^question: .*/question: Wie geht die X-Rechnung?/" "$1"\n')
    editor.chmod(0o700)
    monkeypatch.setenv("EDITOR", str(editor))
    monkeypatch.delenv("VISUAL", raising=False)
    assert run("faq", "new", "x-rechnung", "--from", handle).exit_code == 0
    shown = lines(run("faq", "show", "x-rechnung", "--json"))[0]
    assert (shown["question"], "Portal der Behörde" in shown["answer"]) == ("Wie geht die X-Rechnung?", True)


def test_what_goes_with_no_draft_is_refused(run: Brief) -> None:
    assert "--save goes with --from HANDLE" in str(run("faq", "new", "x", "--save", "f").exception)
    assert "give the article an ID" in str(run("faq", "new").exception)


def test_an_article_that_agents_say_otherwise_or_that_helps_nobody_is_stale(
    run: Brief, asks: Callable[..., str], database: Database
) -> None:
    assert lines(run("faq", "stale", "--json")) == []
    otherwise = "Melden Sie sich im Kundencenter an und öffnen Sie Rechnungen, das wurde nämlich umbenannt."
    for number, author in enumerate(("Anna <anna@kunde.example>", "Bernd <bernd@other.example>")):
        assert run("reply", asks("Wo ist sie?", f"Rechnung {number}", author), "-m", otherwise).exit_code == 0
    with database.writing() as session:
        for visitor in ("a", "b", "c"):
            store.vote(session, "rechnung", visitor, helpful=False, now=datetime.now(UTC))
    found = lines(run("faq", "stale", "--json"))
    assert [(each["article"], each["edited"], each["quoted"], each["unhelpful"]) for each in found] == [
        ("rechnung", 2, 2, 3)
    ]
    assert found[0]["because"] == [
        "2 of 2 answers that quoted it said part of it otherwise",
        "3 of 3 visitors were not helped",
    ]
    assert "3 of 3 visitors were not helped" in " ".join(run("faq", "stale").stdout.split())
