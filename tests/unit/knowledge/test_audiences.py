"""A page that parts its questions by whom they are for: the same question stays an article for each."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.article import Article
from knowledge.files import read_articles
from knowledge.pages.outline import Topic, above
from knowledge.store import fits

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


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Für Verbraucher", "Für Unternehmen"),
        ("For consumers", "For businesses"),
        ("Questions for private customers", "Questions for business customers:"),
    ],
)
def test_audiences_are_known_by_their_usual_names(tmp_path: Path, one: str, other: str) -> None:
    text = MARKDOWN.replace("Für Kunden", one).replace("Für Wiederverkäufer", other)
    named = [each.lower().partition("for ")[2] or each.lower().partition("für ")[2] for each in (one, other)]
    assert [each.audience for each in articles(tmp_path, "faq.md", text)] == [each.rstrip(":") for each in named]


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


NESTED = """# Häufige Fragen

## Für Händler

### Vertrag

#### Wie kündige ich?

Im Händlerbereich.

### Rechnung

#### Wann kommt sie?

Am Ersten.

## Für Kunden

### Vertrag

#### Wie kündige ich?

Im Kundencenter.

## Sonst

### Wo seid ihr?

Hier.
"""
NESTED_HTML = """<html lang="de"><body><h1>Häufige Fragen</h1>
<h2>Für Händler</h2><h3>Vertrag</h3>
<details><summary>Wie kündige ich?</summary><p>Im Händlerbereich.</p></details>
<h3>Rechnung</h3><details><summary>Wann kommt sie?</summary><p>Am Ersten.</p></details>
<h2>Für Kunden</h2><h3>Vertrag</h3>
<details><summary>Wie kündige ich?</summary><p>Im Kundencenter.</p></details>
<h2>Sonst</h2><details><summary>Wo seid ihr?</summary><p>Hier.</p></details>
</body></html>"""
OPENING = """<html lang="de"><body><h1>Häufige Fragen</h1>
<details><summary><h3>Für Händler</h3></summary><details><summary>Vertrag</summary>
<details><summary>Wie kündige ich?</summary><p>Im Händlerbereich.</p></details></details></details>
<details><summary><h3>Für Kunden</h3></summary><h4>Vertrag</h4>
<details><summary>Wie kündige ich?</summary><p>Im Kundencenter.</p></details></details>
<details><summary>Wo seid ihr?</summary><p>Hier.</p></details>
</body></html>"""


@pytest.mark.parametrize(("name", "text"), [("faq.md", NESTED), ("faq.html", NESTED_HTML)])
def test_an_audience_holds_for_all_below_it_until_a_heading_of_its_level(tmp_path: Path, name: str, text: str) -> None:
    found = articles(tmp_path, name, text)
    assert [(each.answer, each.audience) for each in found] == [
        ("Im Händlerbereich.", "händler"),
        ("Am Ersten.", "händler"),
        ("Im Kundencenter.", "kunden"),
        ("Hier.", ""),
    ]
    assert len({each.id for each in found}) == 4


def test_what_opens_for_an_audience_holds_for_all_in_it_and_nothing_behind_it(tmp_path: Path) -> None:
    found = articles(tmp_path, "faq.html", OPENING)
    assert [(each.answer, each.audience) for each in found] == [
        ("Im Händlerbereich.", "händler"),
        ("Im Kundencenter.", "kunden"),
        ("Hier.", ""),
    ]
    assert [each.categories for each in found[:2]] == [("Vertrag",), ("Vertrag",)]


def test_the_front_matter_of_a_page_speaks_for_all_of_its_questions(tmp_path: Path) -> None:
    front = "---\ntitle: FAQ\naudience: Händler\nlanguage: en\nmailboxes: [shop@example.org]\nautomatic: false\n---\n"
    found = articles(tmp_path, "faq.md", front + "# FAQ\n\n## Vertrag\n\n### Wo?\n\nHier.\n\n### Wann?\n\nNie.\n")
    assert [(each.id, each.audience, each.language, each.mailboxes, each.automatic) for each in found] == [
        ("faq-wo", "Händler", "en", ("shop@example.org",), False),
        ("faq-wann", "Händler", "en", ("shop@example.org",), False),
    ]
    assert {each.categories for each in found} == {("Vertrag",)}


def test_a_heading_that_names_an_audience_comes_before_the_front_matter(tmp_path: Path) -> None:
    found = articles(tmp_path, "faq.md", "---\naudience: alle\n---\n" + MARKDOWN + "\n## Sonst\n\n### Wo?\n\nHier.\n")
    assert [each.audience for each in found] == ["kunden", "wiederverkäufer", "alle"]


@given(st.lists(st.tuples(st.integers(1, 6), st.sampled_from("abc")), max_size=12))
def test_each_heading_stands_under_those_before_it_that_no_heading_of_their_level_ended(
    outline: list[tuple[int, str]],
) -> None:
    found = above([Topic(at, level, text) for at, (level, text) in enumerate(outline)], ())
    for at in range(len(outline)):
        over = [
            text
            for before, (higher, text) in enumerate(outline[:at])
            if all(higher < other for other, _ in outline[before + 1 : at + 1])
        ]
        assert found[at] == tuple(over)


@pytest.mark.parametrize("wanted", ["händler", "Händler", "HÄNDLER"])
@pytest.mark.parametrize("written", ["händler", "Händler"])
def test_audiences_are_compared_without_their_case(wanted: str, written: str) -> None:
    assert fits(Article("a", "Wo?", "Hier.", audience=written), audience=wanted)
    assert not fits(Article("a", "Wo?", "Hier.", audience=written), audience="kunden")
