"""Articles as files."""

from __future__ import annotations

import io
import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.article import Article, Wrong
from knowledge.files import BadRecord, as_json_line, as_markdown, from_markdown, read_articles, write_articles
from storage.errors import WrongUse

FULL = Article(
    "a.1/ü",
    "Wo: finde ich – „das“?",
    "1. Eins\n2. Zwei\n\n---\n\nEnde",
    ("Rechnung", "Zahlung"),
    "firma",
    "en",
    date(2026, 1, 2),
    False,
    ("hosting@firma.example", "support@firma.example"),
)


def from_json(*lines: str) -> list[Article | BadRecord]:
    return list(read_articles("-", io.BytesIO("\n".join(lines).encode())))


def test_markdown_and_json_bring_back_what_they_were_made_of() -> None:
    assert from_markdown(as_markdown(FULL)) == FULL
    assert from_json(as_json_line(FULL)) == [FULL]


line = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=20)


@given(
    st.builds(
        Article,
        id=line,
        question=line,
        answer=line,
        categories=st.lists(line, max_size=3, unique=True).map(tuple),
        audience=line,
    )
)
def test_every_article_survives_being_exported_and_imported(article: Article) -> None:
    assert from_markdown(as_markdown(article)) == article
    assert from_json(as_json_line(article)) == [article]


def test_an_exported_folder_holds_every_article(tmp_path: Path) -> None:
    other = Article("..", "Zwei Punkte?", "Ja.")
    assert write_articles([FULL, other], tmp_path) == 2
    assert [each for each in read_articles(tmp_path) if isinstance(each, Article)] == [other, FULL]


def test_a_markdown_file_without_an_id_has_its_name(tmp_path: Path) -> None:
    (tmp_path / "rechnung.md").write_text("---\nquestion: Wo?\n---\nHier.\n")
    assert list(read_articles(tmp_path)) == [Article("rechnung", "Wo?", "Hier.")]


def test_an_empty_field_is_none() -> None:
    empty = '{"id": "a", "question": "q", "answer": "x", "category": "", "audience": "", "language": "", "updated": ""}'
    assert from_json(empty) == [Article("a", "q", "x")]


@pytest.mark.parametrize("code", ["de", "EN", "de-AT", "es-419"])
def test_a_language_is_two_letters_and_may_have_a_region(code: str) -> None:
    assert from_json(f'{{"id": "a", "question": "q", "answer": "x", "language": "{code}"}}') == [
        Article("a", "q", "x", language=code.lower())
    ]


def test_mailboxes_are_addresses_in_lower_case_each_once() -> None:
    lines = ['{"id": "a", "question": "Q", "answer": "A", "mailboxes": ["Support@A.example", "support@a.example"]}']
    assert [each.mailboxes for each in from_json(*lines) if isinstance(each, Article)] == [("support@a.example",)]
    [bad] = from_json('{"id": "a", "question": "Q", "answer": "A", "mailboxes": ["hosting"]}')
    assert isinstance(bad, BadRecord)
    assert bad.because == '"mailboxes" must be mail addresses of the desk, and "hosting" is none'


@pytest.mark.parametrize(
    ("mistyped", "meant"),
    [
        ("automtic", "automatic"),
        ("langauge", "language"),
        ("mailbox", "mailboxes"),
        ("ID", "id"),
        ("Audience", "audience"),
    ],
)
def test_a_field_that_is_nearly_called_as_one_is_named_with_its_line(tmp_path: Path, mistyped: str, meant: str) -> None:
    [of_line] = from_json(f'{{"id": "a", "question": "Wo?", "answer": "Hier.", "{mistyped}": "x"}}')
    (tmp_path / "one.md").write_text(f"---\nquestion: Wo?\n{mistyped}: x\n---\nHier.\n")
    (tmp_path / "topic.md").write_text(f"---\n{mistyped}: x\ncategory: Haus\n---\n## Wo?\nHier.\n")
    said = f'"{mistyped}" is none of the fields; did you mean "{meant}"?'
    assert isinstance(of_line, BadRecord)
    assert of_line.because == said
    assert [str(each) for each in read_articles(tmp_path)] == [
        f"{tmp_path / 'one.md'}:3: {said}",
        f"{tmp_path / 'topic.md'}:2: {said}",
    ]


def test_fields_of_other_programs_are_passed_over() -> None:
    others = (
        '"title": 1, "tags": 2, "date": 3, "weight": 4, "slug": 5, "draft": 6, "url": 7, "author": 8, "updated_at": 9'
    )
    more = ", ".join(f'"{number}": 0' for number in range(2_000))
    assert from_json(f'{{"id": "a", "question": "Wo?", "answer": "Hier.", {others}, {more}}}') == [
        Article("a", "Wo?", "Hier.")
    ]


def test_what_is_wrong_in_front_matter_is_named_by_the_line_of_its_field(tmp_path: Path) -> None:
    (tmp_path / "one.md").write_text("---\nquestion: Wo?\ncategory: Haus\nautomatic: vielleicht\n---\nHier.\n")
    assert [str(each) for each in read_articles(tmp_path)] == [
        f'{tmp_path / "one.md"}:4: "automatic" must be true or false'
    ]


def test_a_category_may_be_one_or_several() -> None:
    one, several = from_json(
        '{"id": "a", "question": "q", "answer": "x", "category": "eins"}',
        '{"id": "b", "question": "q", "answer": "x", "category": ["eins", "zwei"]}',
    )
    assert isinstance(one, Article)
    assert one.categories == ("eins",)
    assert isinstance(several, Article)
    assert several.categories == ("eins", "zwei")


@pytest.mark.parametrize(
    ("bad", "because"),
    [
        ('{"id": x}', "no JSON from its character 8 on"),
        ("[1]", "an object"),
        ('{"question": "q", "answer": "a"}', '"id" is missing'),
        ('{"id": "x", "answer": "a"}', '"question" is missing'),
        ('{"id": "x", "question": "q", "answer": ""}', '"answer" is missing'),
        ('{"id": "x", "question": "q", "answer": "a", "updated": "gestern"}', "a date such as"),
        ('{"id": "x", "question": "q", "answer": "a", "language": "../de"}', '"language"'),
        ('{"id": "x", "question": "q", "answer": "a", "language": "deutsch"}', "the code of a language, such as"),
        ('{"id": "x", "question": "q", "answer": "a", "language": "xx"}', "not 'xx'"),
        ('{"id": "x", "question": "q", "answer": "a", "language": "de-"}', "not 'de-'"),
        ('{"id": "x", "question": "q", "answer": "a", "language": "en-europe"}', "not 'en-europe'"),
        ('{"id": "x", "question": "q", "answer": "a", "automatic": "no"}', "true or false"),
        ("[" * 100_000, "no JSON that can be read"),
        ('{"id": "good", "question": "q", "answer": "a"}', "stands already in standard input:1"),
    ],
)
def test_a_bad_record_is_named_and_the_others_go_in(bad: str, because: str) -> None:
    good = {"id": "good", "question": "q", "answer": "a"}
    first, second, third = from_json(json.dumps(good), bad, json.dumps({**good, "id": "last"}))
    assert isinstance(first, Article)
    assert isinstance(third, Article)
    assert isinstance(second, BadRecord)
    assert (second.source, second.line) == ("standard input", 2)
    assert because in second.because


def test_a_line_that_is_too_long_is_passed_over() -> None:
    found = from_json('{"id": "' + "x" * 2_000_000 + '"}', '{"id": "a", "question": "q", "answer": "a"}')
    assert [type(each) for each in found] == [BadRecord, Article]


@pytest.mark.parametrize(
    "text",
    [
        "no front matter",
        "---\nquestion: a",
        "---\n- a list\n---\nx",
        "---\nquestion: [\n---\nx",
        "---\na: &a [x, x]\nb: &b [*a, *a]\nquestion: *b\n---\nx",
        "---\nquestion: " + "[" * 15_000 + "\n---\nx",
        "---\nquestion: !!python/object/apply:os.system [ls]\n---\nx",
        "---\nquestion: q\n---\n",
        "---\n" + "a: b\n" * 10_000 + "---\nx",
    ],
)
def test_hostile_front_matter_is_refused(text: str) -> None:
    with pytest.raises(Wrong):
        from_markdown(text, "a")


@pytest.mark.parametrize(
    ("front", "line", "because"),
    [
        ("question: Wo: nun?", 3, "stands in quotes"),
        ('question: "Wo?', 3, "stands in quotes"),
        ("question: [Wo", 3, "stands in quotes"),
        ("question: Wo?\naudience @firma", 4, "stands in quotes"),
        ("question: Wo?\r\naudience: @firma\r", 4, "stands in quotes"),
        ("question: Wo?\naudience: \x01", 4, "stands in quotes"),
        ("question: Wo?\naudience: *firma", 4, "aliases are not taken"),
        ("question: Wo?\nupdated: 2026-02-30", 4, "this value cannot be what it looks like"),
        ("question: Wo?\nautomatic: !!bool perhaps", 4, "this value cannot be what it looks like"),
        ("question: " + "[" * 15_000, 1, "nested too deeply"),
    ],
)
def test_broken_front_matter_is_named_by_its_line_in_words_of_ours(
    tmp_path: Path, front: str, line: int, because: str
) -> None:
    (tmp_path / "a.md").write_text(f"---\nid: a\n{front}\n---\nx", newline="")
    (tmp_path / "b.md").write_text("---\nquestion: Wo?\n---\nHier.\n")
    bad, good = read_articles(tmp_path)
    assert isinstance(bad, BadRecord)
    assert str(bad).startswith(f"{tmp_path}/a.md:{line}: ")
    assert because in str(bad)
    assert "unicode string" not in str(bad)
    assert isinstance(good, Article)


@given(st.text("ab:!&*#[]{}|>%@`?-=\"' \n\t\r019._~<intfloatbynsm", max_size=40))
def test_any_front_matter_is_an_article_or_wrong_in_one_of_its_lines(front: str) -> None:
    text = f"---\n{front}\n---\nx"
    try:
        said, line = from_markdown(text, "a").answer, 1
    except Wrong as wrong:
        said, line = str(wrong), wrong.line
    assert "\n" not in said
    assert 1 <= line <= len(text.splitlines())  # a lone carriage return ends a line in editors, too


def test_where_nothing_is_to_be_read_is_said(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "gone"):
        with pytest.raises(WrongUse, match=r"\.jsonl"):
            list(read_articles(path))


def test_a_file_that_is_no_utf8_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_bytes(b"---\nquestion: \xe4\n---\nx")
    assert [str(each) for each in read_articles(tmp_path)] == [f"{tmp_path}/a.md:1: it is not in UTF-8"]
