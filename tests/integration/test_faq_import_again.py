"""A FAQ that stands elsewhere is imported again: what is no longer there is named, and stays until a person removes it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Brief = Callable[..., Result]

THREE = ("Was kostet es?", "Wo bin ich?", "Wer antwortet?")


def a_page(*questions: str, address: str = "") -> str:
    """A page as a browser saves it, with these questions."""
    head = f'<link rel="canonical" href="{address}">' if address else ""
    asked = "".join(f"<details><summary>{each}</summary><p>Das steht hier.</p></details>" for each in questions)
    return f'<html lang="de"><head>{head}</head><body><h1>Fragen</h1>{asked}</body></html>'


def an_article(question: str) -> str:
    return f"---\nquestion: {question}\n---\nDas steht hier.\n"


def taken(run: Brief, path: Path) -> dict[str, object]:
    """What an import says with --json."""
    told: dict[str, object] = json.loads(run("faq", "import", str(path), "--json").stdout)
    return told


def listed(run: Brief) -> list[str]:
    return [json.loads(line)["id"] for line in run("faq", "list", "--json").stdout.splitlines()]


def test_what_is_gone_from_a_page_is_named_and_stays(run: Brief, tmp_path: Path) -> None:
    page = tmp_path / "faq.html"
    page.write_text(a_page(*THREE), "utf-8")
    taken(run, page)
    page.write_text(a_page(THREE[0]), "utf-8")

    again = run("faq", "import", str(page))

    assert again.exit_code == 0
    assert again.stdout == (
        "0 new, 0 changed, 1 the same\n"
        f"gone from {page}: 2; remove them with `brief faq remove faq-wer-antwortet faq-wo-bin-ich`\n"
    )
    assert listed(run) == ["faq-was-kostet-es", "faq-wer-antwortet", "faq-wo-bin-ich"]
    assert run("faq", "remove", "faq-wer-antwortet", "faq-wo-bin-ich").stdout == (
        "faq-wer-antwortet is gone\nfaq-wo-bin-ich is gone\n"
    )
    assert taken(run, page) == {"new": 0, "changed": 0, "same": 1, "bad": 0, "gone": []}


def test_a_page_with_an_address_is_the_same_page_under_another_name(run: Brief, tmp_path: Path) -> None:
    address = "https://example.org/hilfe/fragen"
    (tmp_path / "faq.html").write_text(a_page(*THREE, address=address), "utf-8")
    taken(run, tmp_path / "faq.html")
    (tmp_path / "faq (1).html").write_text(a_page(*THREE[:2], address=address), "utf-8")

    assert taken(run, tmp_path / "faq (1).html")["gone"] == ["hilfe-fragen-wer-antwortet"]


def test_a_file_that_is_gone_from_a_folder_is_named(
    run: Brief, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "faq"
    (folder / "below").mkdir(parents=True)
    (folder / "a.md").write_text(an_article("Wo?"))
    (folder / "below" / "b.md").write_text(an_article("Was?"))
    (tmp_path / "faq-2.md").write_text(an_article("Wer?"))
    taken(run, folder)
    taken(run, tmp_path / "faq-2.md")
    (folder / "below" / "b.md").unlink()
    monkeypatch.chdir(tmp_path)

    assert taken(run, Path("faq"))["gone"] == ["b"]
    assert taken(run, folder / "a.md")["gone"] == []


def test_what_an_agent_wrote_is_gone_from_nowhere(run: Brief, tmp_path: Path) -> None:
    (tmp_path / "faq").mkdir()
    (tmp_path / "faq" / "a.md").write_text(an_article("Wo?"))
    run("faq", "new", "eigen", "-q", "Und sonst?", "-m", "Nichts.")

    assert taken(run, tmp_path / "faq")["gone"] == []


def test_of_a_file_that_holds_something_bad_nothing_is_missed(run: Brief, tmp_path: Path) -> None:
    folder = tmp_path / "faq"
    folder.mkdir()
    for name in "abc":
        (folder / f"{name}.md").write_text(an_article("Wo?"))
    taken(run, folder)
    (folder / "a.md").write_text("---\nquestion: [\n---\nx")
    (folder / "c.md").unlink()

    assert taken(run, folder) == {"new": 0, "changed": 0, "same": 1, "bad": 1, "gone": ["c"]}


def test_an_article_that_moved_to_another_page_is_gone_from_neither(run: Brief, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(an_article("Wo?"))
    (tmp_path / "b.jsonl").write_text('{"id": "b", "question": "Wo?", "answer": "Hier."}\n')
    taken(run, tmp_path / "a.md")
    taken(run, tmp_path / "b.jsonl")
    (tmp_path / "b.jsonl").write_text('{"id": "a", "question": "Wo?", "answer": "Das steht hier."}\n')

    assert taken(run, tmp_path / "b.jsonl") == {"new": 0, "changed": 0, "same": 1, "bad": 0, "gone": ["b"]}
    (tmp_path / "a.md").write_text(an_article("Wohin?").replace("---\nq", "---\nid: c\nq"))
    assert taken(run, tmp_path / "a.md")["gone"] == []


def test_of_articles_to_remove_all_go_or_none(run: Brief, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(an_article("Wo?"))
    taken(run, tmp_path / "a.md")

    refused = run("faq", "remove", "a", "nie-da")

    assert refused.exit_code == 1
    assert "nie-da" in str(refused.exception)
    assert listed(run) == ["a"]
