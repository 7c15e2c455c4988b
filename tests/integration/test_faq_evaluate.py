"""`brief faq evaluate`: as scripts and as people read it, and beside what it said before."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli import brief

Brief = Callable[..., Result]

FOLDER = Path(__file__).parents[2] / "knowledge" / "sample"
QUESTIONS = [
    {"id": "1", "kind": "typed", "query": "rechnug finden", "relevant": ["rechnung-finden"]},
    {"id": "2", "kind": "mail", "mail": "Guten Tag,\n\nwo ist mein Paket?\n\nGruß", "relevant": []},
    {"id": "3", "kind": "typed", "query": "passwort vergessen", "relevant": ["passwort-vergessen"]},
]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Brief:
    """Runs `brief` at 80 columns on a desk with the sample FAQ and three questions."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    (tmp_path / "questions.jsonl").write_text("".join(json.dumps(each) + "\n" for each in QUESTIONS))

    def call(*arguments: str) -> Result:
        return CliRunner().invoke(brief, ["--data", str(tmp_path / "data"), "--as", "ben", *arguments])

    call("agent", "add", "ben")
    assert call("faq", "import", str(FOLDER)).exit_code == 0
    return call


def test_the_json_is_as_scripts_rely_on_it(run: Brief) -> None:
    printed = [json.loads(line) for line in run("faq", "evaluate", "questions.jsonl", "--json").stdout.splitlines()]
    assert [list(each) for each in printed] == [["id", "kind", "search", "suggest"]] * 3 + [["summary"]]
    figures = {"n": 2, "recall@1": 1.0, "recall@3": 1.0, "mrr@10": 1.0}
    assert figures.items() <= printed[3]["summary"]["typed"].items()
    assert list(printed[3]["summary"]["mail"]) == ["n", "recall@1", "recall@3", "mrr@10", "suggested", "right", "wrong"]


def test_people_see_each_share_with_its_interval_at_80_columns(run: Brief) -> None:
    table = run("faq", "evaluate", "questions.jsonl").stdout.splitlines()
    assert max(len(line) for line in table) <= 80
    assert table[0].split() == ["kind", "n", "recall@1", "recall@3", "mrr@10", "offered", "right", "wrong"]
    assert [line.split()[:3] for line in table if line.startswith(("typed", "all"))] == [
        ["typed", "2", "100"],
        ["all", "3", "100"],
    ]
    assert table[4].split()[:3] == ["34-100"] * 3


def test_an_article_that_went_is_named_by_the_question_that_lost_it(run: Brief, tmp_path: Path) -> None:
    (tmp_path / "before.jsonl").write_text(run("faq", "evaluate", "questions.jsonl", "--json").stdout)
    assert run("faq", "remove", "passwort-vergessen").exit_code == 0
    said = run("faq", "evaluate", "questions.jsonl", "--compare", "before.jsonl")
    assert said.exit_code == 0, said.output
    assert max(len(line) for line in said.stdout.splitlines()) <= 80
    worse = said.stdout.partition("Worse:\n")[2].splitlines()
    assert [line.split()[0] for line in worse] == ["3"]
    assert "rank 1, now -" in worse[0]
    *_, last = run("faq", "evaluate", "questions.jsonl", "--compare", "before.jsonl", "--json").stdout.splitlines()
    assert [(each["id"], each["search"]) for each in json.loads(last)["comparison"]["changed"]] == [("3", -1)]


def test_nothing_changed_is_said(run: Brief, tmp_path: Path) -> None:
    (tmp_path / "before.jsonl").write_text(run("faq", "evaluate", "questions.jsonl", "--json").stdout)
    assert (
        "3 questions in both; nothing changed."
        in run("faq", "evaluate", "questions.jsonl", "--compare", "before.jsonl").stdout
    )


def test_what_is_no_evaluation_is_refused_before_anything_is_asked(run: Brief) -> None:
    said = run("faq", "evaluate", "questions.jsonl", "--compare", "questions.jsonl")
    assert said.exit_code != 0
    assert said.stdout == ""
