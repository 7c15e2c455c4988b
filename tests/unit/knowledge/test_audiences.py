"""A page that parts its questions by whom they are for: the same question stays an article for each."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.article import Article
from knowledge.files import read_articles

BOTH = [
    ("Wie kündige ich?", "kunden", "Im Kundencenter."),
    ("Wie kündige ich?", "wiederverkäufer", "Im Händlerbereich."),
]
MARKDOWN = """# Häufige Fragen

## Für Kunden

### Wie kündige ich?

Im Kundencenter.

## Für Wiederverkäufer

### Wie kündige ich?

Im Händlerbereich.
"""
HTML = """<html lang="de"><body><h1>Häufige Fragen</h1>
<h2>Fragen für unsere Kunden</h2><details><summary>Wie kündige ich?</summary><p>Im Kundencenter.</p></details>
<h2>Für Wiederverkäufer:</h2><details><summary>Wie kündige ich?</summary><p>Im Händlerbereich.</p></details>
</body></html>"""


def articles(folder: Path, name: str, text: str) -> list[Article]:
    (folder / name).write_text(text, "utf-8")
    return [each for each in read_articles(folder / name) if isinstance(each, Article)]


@pytest.mark.parametrize(("name", "text"), [("faq.md", MARKDOWN), ("faq.html", HTML)])
def test_the_same_question_of_two_audiences_is_an_article_for_each(tmp_path: Path, name: str, text: str) -> None:
    found = articles(tmp_path, name, text)
    assert [(each.question, each.audience, each.answer) for each in found] == BOTH
    assert len({each.id for each in found}) == 2


def test_a_page_that_names_one_audience_is_for_all(tmp_path: Path) -> None:
    found = articles(tmp_path, "faq.md", MARKDOWN.replace("Für Wiederverkäufer", "Allgemeines"))
    assert [each.audience for each in found] == ["", ""]


def test_what_is_answered_to_two_audiences_alike_is_one_article_for_all(tmp_path: Path) -> None:
    found = articles(tmp_path, "faq.md", MARKDOWN.replace("Im Händlerbereich", "Im Kundencenter"))
    assert [each.audience for each in found] == [""]


def test_a_topic_is_no_audience(tmp_path: Path) -> None:
    text = MARKDOWN.replace("Für Kunden", "Für Domains").replace("Für Wiederverkäufer", "Für Webspace")
    assert [each.audience for each in articles(tmp_path, "faq.md", text)] == ["", ""]


def test_the_questions_beside_those_of_two_audiences_are_for_all(tmp_path: Path) -> None:
    more = MARKDOWN + "\n## Allgemeines\n\n### Wann ist jemand da?\n\nMontags.\n"
    assert [each.audience for each in articles(tmp_path, "faq.md", more)] == ["kunden", "wiederverkäufer", ""]
