"""`brief faq` as scripts and people use it, over each database."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

Brief = Callable[..., Result]

FOLDER = Path(__file__).parents[2] / "knowledge" / "sample"
GOOD = '{"id": "rechnung", "question": "Wo finde ich meine Rechnung?", "answer": "Im **Kundencenter**.", "category": "Zahlung"}\n'


def lines(result: Result) -> list[dict[str, Any]]:
    assert result.exit_code == 0, (result.output, result.exception)
    assert result.stdout.isascii()
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_a_bad_record_is_named_and_the_others_go_in(run: Brief, tmp_path: Path) -> None:
    file = tmp_path / "faq.jsonl"
    file.write_text(GOOD + "{\n" + GOOD.replace("rechnung", "beleg"))
    result = run("faq", "import", str(file))
    assert result.exit_code == 1
    assert f"{file}:2: " in result.stderr
    assert [each["id"] for each in lines(run("faq", "list", "--json"))] == ["beleg", "rechnung"]


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ("Zahlungen", "there is no category 'Zahlungen'; did you mean Zahlung?"),
        ("zahlung", "there is no category 'zahlung'; did you mean Zahlung?"),
        ("Xyz", "there is no category 'Xyz'; there is Zahlung"),
    ],
)
def test_a_category_that_is_not_there_is_told_with_those_that_are_called_nearly_so(
    run: Brief, tmp_path: Path, wanted: str, said: str
) -> None:
    run("faq", "import", "-", given=GOOD)

    listed = run("faq", "list", "--category", wanted, "--json")

    assert (listed.exit_code, listed.stdout, listed.stderr) == (0, "", said + "\n")


@pytest.mark.parametrize("filters", [("--language", "xx"), ("--category", "Zahlungen")])
def test_filters_that_no_article_passes_are_told_from_words_that_none_holds(
    run: Brief, filters: tuple[str, ...]
) -> None:
    run("faq", "import", "-", given=GOOD)

    assert len(lines(run("faq", "search", "rechnung", "--language", "DE", "--json"))) == 1
    searched = run("faq", "search", "rechnung", *filters)
    unknown = run("faq", "search", "xylophon", "--language", "de")

    assert searched.exit_code == unknown.exit_code == 0
    assert searched.stderr.startswith("no article passes these filters")
    assert "No article holds any of these words" in unknown.stdout


def test_where_nothing_can_be_read_nothing_is_said_of_others(run: Brief, tmp_path: Path) -> None:
    (tmp_path / "bad.jsonl").write_text("{\n{\n")
    imported, asked = (run("faq", command, str(tmp_path / "bad.jsonl")) for command in ("import", "evaluate"))
    assert imported.exit_code == asked.exit_code == 1
    assert "2 of 2 records could not be taken; nothing came in" in imported.stderr
    assert "2 of 2 questions could not be read; nothing was asked" in asked.stderr
    assert "recall" not in asked.stdout


@pytest.mark.parametrize("how", [("-",), ("--mail", "-")])
def test_a_mail_on_standard_input_is_read_as_one(
    run: Brief, a_mail: Callable[..., bytes], tmp_path: Path, how: tuple[str, ...]
) -> None:
    run("faq", "import", str(FOLDER))
    text = "ich möchte eine Domain zu Ihnen umziehen. Wo bekomme ich den AuthCode dafür her?"
    mail = a_mail(subject="Frage zum Umzug", text=text)
    (tmp_path / "mail.eml").write_bytes(mail)

    found = lines(run("faq", "suggest", "--all", "--json", *how, given=mail))

    assert found
    assert found == lines(run("faq", "suggest", "--all", "--json", "--mail", "mail.eml"))
    assert found != lines(run("faq", "suggest", "--all", "--json", "--text", "-", given=mail))


@pytest.mark.parametrize(
    "text",
    [
        "Guten Tag,\n\nwo ist meine Rechnung?",
        "Frage: wo ist meine Rechnung?\nVon: Anna",
        "From: ich\nwo ist sie?\n",
        "",
    ],
)
def test_a_text_on_standard_input_is_no_mail(text: str) -> None:
    from service.commands.faq_ask import _begins_with_headers

    assert not _begins_with_headers(text.encode())


def test_importing_again_changes_nothing_and_export_gives_it_back(run: Brief, tmp_path: Path) -> None:
    assert lines(run("faq", "import", str(FOLDER), "--json"))[0]["new"] >= 40
    assert lines(run("faq", "import", str(FOLDER), "--json"))[0] == {
        "new": 0,
        "changed": 0,
        "same": 61,
        "bad": 0,
        "gone": [],
    }
    assert run("faq", "export", str(tmp_path / "out")).exit_code == 0
    assert lines(run("faq", "import", str(tmp_path / "out"), "--json"))[0]["same"] == 61
    exported = run("faq", "export", "-")
    assert lines(run("faq", "import", "-", "--json", given=exported.stdout))[0]["same"] == 61


def test_a_web_page_comes_in_as_articles_and_coming_in_again_changes_nothing(run: Brief, tmp_path: Path) -> None:
    page = Path(__file__).parents[1] / "pages" / "de-wordpress-yoast.html"
    assert lines(run("faq", "import", str(page), "--json")) == [
        {"new": 4, "changed": 0, "same": 0, "bad": 0, "gone": []}
    ]
    assert lines(run("faq", "import", str(page), "--json")) == [
        {"new": 0, "changed": 0, "same": 4, "bad": 0, "gone": []}
    ]
    assert lines(run("faq", "search", "hund", "--json"))[0]["question"] == "Darf ich meinen Hund mitbringen?"
    changed = tmp_path / page.name
    changed.write_text(page.read_text("utf-8").replace("Ab <strong>15 Uhr", "Ab <strong>14 Uhr"), "utf-8")
    assert lines(run("faq", "import", str(changed), "--json")) == [
        {"new": 0, "changed": 1, "same": 3, "bad": 0, "gone": []}
    ]


def test_an_empty_knowledge_base_is_written_too_or_refused_where_it_cannot_be(run: Brief, tmp_path: Path) -> None:
    assert lines(run("faq", "export", "--json", str(tmp_path / "out")))[0]["articles"] == 0
    assert list((tmp_path / "out").iterdir()) == []
    (tmp_path / "file").write_text("in the way")
    assert run("faq", "export", str(tmp_path / "file")).exit_code == 1


def test_search_and_suggest_answer_as_the_contract_says(run: Brief) -> None:
    run("faq", "import", str(FOLDER))
    first = lines(run("faq", "search", "rechnug", "finden", "--json", "--limit", "2"))
    assert len(first) == 2
    assert first[0]["article"] == "rechnung-finden"
    assert {"article", "question", "score", "url", "excerpt"} <= set(first[0])
    assert first[0]["url"].endswith("/de/artikel/rechnung-finden")
    mail = "Guten Tag,\n\nich habe das Passwort für das Kundencenter vergessen. Was nun?\n\nGruß\nAnna"
    assert lines(run("faq", "suggest", "--json", "-", given=mail))[0]["article"] == "passwort-vergessen"
    assert lines(run("faq", "suggest", "--json", "-", given="Wann kommt mein Paket mit den Schuhen?")) == []
    head = "From: anna@example.org\nTo: support@localhost\nSubject: Passwort für das Kundencenter vergessen\n\n"
    assert lines(run("faq", "suggest", "--json", "-", given=f"{head}Was nun?"))[0]["article"] == "passwort-vergessen"
    sealed = f"{head}-----BEGIN PGP MESSAGE-----\n\nhQEMA\n-----END PGP MESSAGE-----\n"
    assert lines(run("faq", "suggest", "--json", "-", given=sealed)) == []


def test_questions_are_evaluated_one_a_line_and_summed_up(run: Brief, tmp_path: Path) -> None:
    run("faq", "import", str(FOLDER))
    file = tmp_path / "questions.jsonl"
    file.write_text(
        '{"id": "1", "kind": "k", "query": "rechnug finden", "relevant": ["rechnung-finden"]}\n'
        '{"id": "2", "kind": "n", "mail": "Guten Tag,\\n\\nwo ist mein Paket?\\n\\nGruß", "relevant": []}\n'
    )
    one, other, end = lines(run("faq", "evaluate", str(file), "--json"))
    assert one["search"][0] == "rechnung-finden"
    assert (other["id"], other["suggest"]) == ("2", [])
    assert end["summary"]["k"]["recall@1"] == 1.0
    table = run("faq", "evaluate", str(file))
    assert "recall@3" in table.stdout


def test_articles_are_written_changed_and_taken_away(run: Brief) -> None:
    new = run("faq", "new", "fax", "-q", "Haben Sie ein Fax?", "-m", "Nein.", "--category", "Kontakt", "--json")
    assert lines(new) == [{"article": "fax", "did": "is new"}]
    assert run("faq", "new", "fax", "-q", "x", "-m", "y").exit_code != 0
    assert run("faq", "edit", "fax", "-m", "Ja, seit heute.").exit_code == 0
    shown = lines(run("faq", "show", "fax", "--json"))[0]
    assert (shown["answer"], shown["category"], shown["revisions"]) == ("Ja, seit heute.", "Kontakt", 2)
    assert lines(run("faq", "search", "faxgerät fax", "--json"))[0]["article"] == "fax"
    assert run("faq", "remove", "fax").exit_code == 0
    assert run("faq", "show", "fax").exit_code != 0
    assert lines(run("faq", "search", "fax", "--json")) == []


def test_mailboxes_audience_and_categories_are_taken_back_by_an_empty_value(run: Brief) -> None:
    run("faq", "import", "-", given=GOOD)
    run("faq", "edit", "rechnung", "--mailbox", "a@example.org", "--mailbox", "b@example.org", "--audience", "Händler")
    before = lines(run("faq", "show", "rechnung", "--json"))[0]
    assert (before["mailboxes"], before["audience"]) == (["a@example.org", "b@example.org"], "Händler")

    for option in ("--mailbox", "--audience", "--category"):
        assert run("faq", "edit", "rechnung", option, "").stdout == "rechnung is changed\n"
        assert run("faq", "edit", "rechnung", option, "").stdout == "rechnung stays as it is\n"

    after = lines(run("faq", "show", "rechnung", "--json"))[0]
    assert not after.keys() & {"mailboxes", "audience", "category"}
    assert after["answer"] == before["answer"]


def test_an_article_is_written_in_the_editor(run: Brief, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    editor = tmp_path / "editor.sh"
    editor.write_text(
        "#!/bin/sh\nsed -i 's/^question:.*/question: Aus dem Editor?/' \"$1\"\necho 'Die Antwort.' >> \"$1\"\n"
    )
    editor.chmod(0o700)
    monkeypatch.setenv("EDITOR", str(editor))
    monkeypatch.delenv("VISUAL", raising=False)
    assert run("faq", "new", "neu").exit_code == 0
    assert lines(run("faq", "show", "neu", "--json"))[0]["question"] == "Aus dem Editor?"
    monkeypatch.setenv("EDITOR", "true")
    assert run("faq", "edit", "neu").exit_code != 0


def test_what_is_shown_to_people_fits_and_is_harmless(run: Brief, tmp_path: Path) -> None:
    file = tmp_path / "faq.jsonl"
    file.write_text(
        json.dumps({"id": "a", "question": "Evil \x1b[31m?", "answer": "Red \x1b]0;title\x07 [bold]"}) + "\n"
    )
    run("faq", "import", str(file))
    for command in (["faq", "list"], ["faq", "show", "a"], ["faq", "search", "evil"]):
        assert "\x1b" not in run(*command).stdout


@pytest.mark.parametrize("arguments", [["suggest"], ["suggest", "x"], ["import", "/gone"], ["search"]])
def test_wrong_use_is_refused(run: Brief, arguments: list[str]) -> None:
    assert run("faq", *arguments).exit_code != 0
