"""Markdown files without front matter as articles: a file each, or a page with many questions."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.article import Article
from knowledge.files import BadRecord, read_articles

PAGE = """# Häufige Fragen

Hier stehen die Antworten.

## Rechnung

### Wo finde ich meine Rechnung? {#rechnung}

1. Anmelden
2. *Rechnungen* öffnen

#### Auf dem Telefon

Im Menü.

### Rechnungsadresse ändern

```
# kein Titel
```

## Vertrag

### <a name="ende"></a>Wie kündige ich?

Schriftlich.
"""


def found_in(folder: Path, **files: str) -> list[Article | BadRecord]:
    for name, text in files.items():
        (folder / f"{name}.md").write_text(text, "utf-8")
    return list(read_articles(folder))


def test_a_page_with_many_questions_is_many_articles(tmp_path: Path) -> None:
    found = [each for each in found_in(tmp_path, faq=PAGE) if isinstance(each, Article)]
    assert [(each.id, each.question, each.categories) for each in found] == [
        ("faq-rechnung", "Wo finde ich meine Rechnung?", ("Rechnung",)),
        ("faq-rechnungsadresse-aendern", "Rechnungsadresse ändern", ("Rechnung",)),
        ("faq-ende", "Wie kündige ich?", ("Vertrag",)),
    ]
    assert found[0].answer == "1. Anmelden\n2. *Rechnungen* öffnen\n\n#### Auf dem Telefon\n\nIm Menü."
    assert found[1].answer == "```\n# kein Titel\n```"
    assert {each.language for each in found} == {"de"}


def test_a_file_with_a_title_and_a_text_is_one_article_that_is_called_like_the_file(tmp_path: Path) -> None:
    text = "# Reset your password\n\nAsk for a mail.\n\n## If none comes\n\nLook into the spam folder.\n"
    assert found_in(tmp_path, password=text) == [
        Article(
            "password",
            "Reset your password",
            "Ask for a mail.\n\n## If none comes\n\nLook into the spam folder.",
            language="en",
        )
    ]


def test_a_file_that_is_broken_is_named_and_the_others_come_in(tmp_path: Path) -> None:
    found = found_in(tmp_path, a="---\nquestion: [\n---\nx\n", b="nur Text\n", c="# Wo?\n\nDa.\n")
    assert [type(each) for each in found] == [BadRecord, BadRecord, Article]
    assert str(found[0]).startswith(f"{tmp_path / 'a.md'}:2: ")
    assert str(found[1]).startswith(f"{tmp_path / 'b.md'}:1: ")


def test_a_question_without_an_answer_is_named_by_its_line(tmp_path: Path) -> None:
    page = "# FAQ\n\n## Wo?\n\nHier.\n\n### Auch hier?\n\n## Wie lange?\n\n## Wann?\n\nBald.\n"
    found = found_in(tmp_path, faq=page, topic=f"---\ncategory: Haus\n---\n{page}")
    assert [each.question for each in found if isinstance(each, Article)] == ["Wo?", "Wann?"] * 2
    named = [str(each) for each in found if isinstance(each, BadRecord)]
    assert [each.split(": ")[0] for each in named] == [f"{tmp_path / 'faq.md'}:9", f"{tmp_path / 'topic.md'}:12"]
    assert all('"Wie lange?" has no answer here' in each for each in named)


@pytest.mark.parametrize(
    "text", ["#" * 300_000, "[" * 300_000, "> " * 150_000, "# " + "*a " * 100_000, "# a?\nx\n" * 40_000]
)
def test_hostile_markdown_ends(tmp_path: Path, text: str) -> None:
    assert len(found_in(tmp_path, a=text)) <= 1
