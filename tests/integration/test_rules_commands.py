"""`brief rules` and what rules do to what comes, at the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli import brief
from service import trying

SETTINGS = """
[[mailbox]]
address = "support@desk.example"
[[rule]]
name = "end"
any_words = ["Kündigung"]
priority = "high"
tags = ["end"]
assignee = "nobody"
[[rule]]
name = "end of anna"
any_words = ["Kündigung"]
sender = ["anna@kunde.example"]
priority = "low"
[[rule]]
name = "never"
any_words = ["x"]
time = "2019 Mo"
"""
MAIL = "From: anna@kunde.example\nTo: support@desk.example\nSubject: {}\nMessage-ID: <{}@kunde.example>\nDate: Mon, 16 Nov 2026 10:00:00 +0100\n\n{}\n"


def brief_rules(folder: Path, *words: str) -> tuple[int, list[dict[str, object]], str]:
    found = CliRunner().invoke(brief, ["--config", str(folder / "brief.toml"), "--data", str(folder / "data"), *words])
    lines = [json.loads(each) for each in found.stdout.splitlines() if each.startswith("{")]
    return found.exit_code, lines, found.output


def a_desk(folder: Path, settings: str = SETTINGS) -> Path:
    (folder / "brief.toml").write_text(settings, encoding="utf-8")
    (folder / "a.eml").write_text(MAIL.format("Vertrag", "1", "Anbei die Kündigung."), encoding="utf-8")
    return folder


def test_rules_are_listed_in_order_and_what_is_wrong_is_said(tmp_path: Path) -> None:
    code, rows, output = brief_rules(a_desk(tmp_path), "rules", "list", "--json")
    assert code == 0
    assert [row["name"] for row in rows] == ["end", "end of anna", "server-down", "website-offline", "service-down"]
    assert "brief.toml" in output
    assert "'never' is left out" in output
    assert "'end of anna' is never reached" in output


def test_a_mail_is_tried_without_a_desk(tmp_path: Path) -> None:
    folder = a_desk(tmp_path)
    code, rows, _ = brief_rules(folder, "rules", "test", "--json", str(folder / "a.eml"))
    assert code == 0
    assert rows[0]["priority"] == "high"
    assert rows[0]["tags"] == ["end"]
    assert [each["rule"] for each in rows[0]["fired"]] == ["end", "end of anna"]  # type: ignore[attr-defined]  # plain JSON
    assert not (folder / "data").exists()


def test_a_mail_that_speaks_of_an_emergency_without_one_is_told_why_it_is_none(tmp_path: Path) -> None:
    folder = a_desk(tmp_path)
    mail = folder / "over.eml"
    mail.write_text(
        "From: a@kunde.example\nSubject: Entwarnung\n\nUnser Server läuft wieder, danke.\n", encoding="utf-8"
    )
    code, rows, _ = brief_rules(folder, "rules", "test", "--json", str(mail))
    assert code == 0
    assert rows[0]["nearly"] == [{"rule": "server-down", "missing": "emergency", "words": "server: it is over"}]
    code, _, output = brief_rules(folder, "rules", "test", str(mail))
    assert "nearly: server-down, but for emergency (server: it is over)" in output


def test_a_changed_rule_is_tried_on_what_came_already(tmp_path: Path) -> None:
    folder = a_desk(tmp_path)
    assert brief_rules(folder, "mail", "import", str(folder / "a.eml"))[0] == 0
    assert brief_rules(folder, "rules", "replay", "--since", "2026-10-01", "--json")[1] == []
    a_desk(tmp_path, SETTINGS.replace('priority = "high"', 'priority = "critical"'))
    code, rows, output = brief_rules(folder, "rules", "replay", "--since", "2026-10-01", "--json")
    assert code == 0, output
    assert rows[0]["changed"] == {"priority": {"was": "high", "now": "critical"}}
    assert brief_rules(folder, "rules", "replay", "--since", "2026-11-20", "--json")[1] == []
    more = SETTINGS.replace('tags = ["end"]', 'tags = ["end", "gold"]\nsla = "fast"\nhold = true')
    a_desk(tmp_path, more + '[[sla]]\nname = "fast"\nfirst = { normal = "1 h" }\n')
    _, [changed], _ = brief_rules(folder, "rules", "replay", "--since", "2026-10-01", "--json")
    assert changed["changed"] == {
        "sla": {"was": "", "now": "fast"},
        "hold": {"was": False, "now": True},
        "tags": {"was": ["end"], "now": ["end", "gold"]},
    }
    _, _, said = brief_rules(folder, "rules", "replay", "--since", "2026-10-01")
    assert "sla none -> fast, hold no -> yes, tags end -> end, gold" in " ".join(said.split()).replace(";", ",")
    assert brief_rules(folder, "agent", "add", "nobody")[0] == 0
    _, [changed], _ = brief_rules(folder, "rules", "replay", "--since", "2026-10-01", "--json")
    assert changed["changed"]["assignee"] == {"was": "", "now": "nobody"}  # type: ignore[index]  # plain JSON
    a_desk(tmp_path, SETTINGS.replace('priority = "high"', 'priority = "critical"'))
    _, why, _ = brief_rules(folder, "rules", "why", str(rows[0]["handle"]), "--json")
    assert (why[0]["priority"], why[0]["then"]["priority"]) == ("critical", "high")  # type: ignore[index]  # plain JSON


def test_rules_that_count_together_are_behind_none_and_lines_hang_at_80_columns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(tmp_path)
    long = SETTINGS.replace(
        '["Kündigung"]\npriority', '["Kündigung", "Vertragsende", "Auflösung", "Beendigung"]\npriority', 1
    )
    folder = a_desk(tmp_path, '[rules]\nmatch = "all"\n' + long)
    _, [row], _ = brief_rules(folder, "rules", "test", "--json", str(folder / "a.eml"))
    assert row["fired"] == [{"rule": "end", "decided": True}, {"rule": "end of anna", "decided": True}]
    _, _, said = brief_rules(folder, "rules", "test", str(folder / "a.eml"))
    assert "behind one that decides" not in said
    said = brief_rules(folder, "rules", "list")[2]
    assert "   if    any_words Kündigung | Vertragsende | Auflösung | Beendigung\n" in said
    for word in ("test", "list"):
        said = brief_rules(folder, "rules", word, *["a.eml"] * (word == "test"))[2]
        lines = [each for each in said.splitlines() if ".toml, line" not in each]
        assert all(len(each) <= 80 for each in lines)
        assert not [each for each in lines if each[:1].isalpha() and "read as" not in each and "rules:" not in each]


def test_a_tag_of_a_rule_finds_the_conversation(tmp_path: Path) -> None:
    folder = a_desk(tmp_path)
    brief_rules(folder, "mail", "import", str(folder / "a.eml"))
    assert len(brief_rules(folder, "inbox", "--all", "--tag", "end", "--json")[1]) == 1
    assert brief_rules(folder, "inbox", "--all", "--tag", "other", "--json")[1] == []


def test_a_rule_that_can_never_fit_is_refused_with_its_line(tmp_path: Path) -> None:
    wrong = '[[rule]]\nname = "r"\nany_words = ["Domain"]\nno_words = ["domain"]\n'
    code, _, output = brief_rules(a_desk(tmp_path, wrong), "rules", "list")
    assert code != 0 or "never fit" in output


def test_a_replay_goes_through_mails_as_they_came_whatever_their_kind_and_stops_at_since(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trying, "AT_ONCE", 2)
    folder = a_desk(tmp_path)
    archive = folder / "archive"
    archive.mkdir()
    for number in (7, 3, 1, 6, 2, 5, 4):
        mail = MAIL.format(f"Vertrag {number}", f"k{number}", "Anbei die Kündigung.").replace(
            "16 Nov", f"{number:02} Nov"
        )
        mail = mail.replace("anna@", f"anna{number}@").replace("Mon, ", "")
        written = (
            mail.replace("\n\n", "\nList-Unsubscribe: <https://kunde.example>\nPrecedence: bulk\n\n", 1)
            if number % 2
            else mail
        )
        (archive / f"{number}.eml").write_text(written, encoding="utf-8")
    assert brief_rules(folder, "mail", "import", str(archive))[0] == 0
    a_desk(tmp_path, SETTINGS.replace('priority = "high"', 'priority = "critical"'))
    _, rows, _ = brief_rules(folder, "rules", "replay", "--since", "2026-11-03", "--json")
    assert [row["subject"] for row in rows] == [f"Vertrag {number}" for number in (3, 4, 5, 6, 7)]


@pytest.mark.parametrize(
    ("words", "name", "read_as"),
    [
        ((), "a.eml", "mail"),
        (("--form",), "a.eml", "form"),
        ((), "shop.eml", "form"),
        ((), "typed.txt", "form"),
    ],
)
def test_a_file_is_read_as_the_mail_or_the_form_that_it_is(
    tmp_path: Path, words: tuple[str, ...], name: str, read_as: str
) -> None:
    rule = '[forms]\nsenders = ["form@shop.example"]\n[[rule]]\nname = "gold"\nform = { paket = "gold" }\npriority = "high"\n'
    folder = a_desk(tmp_path, SETTINGS + rule)
    text = "Paket: Gold\nMein Wunsch: eine Domain mehr."
    mail = MAIL.format("Vertrag", "1", text)
    (folder / "a.eml").write_text(mail, encoding="utf-8")
    shop = mail.replace("From: anna@kunde.example", "From: form@shop.example\nReply-To: anna@kunde.example")
    (folder / "shop.eml").write_text(shop, encoding="utf-8")
    (folder / "typed.txt").write_text(text, encoding="utf-8")
    _, [row], _ = brief_rules(folder, "rules", "test", "--json", *words, str(folder / name))
    assert row["read_as"] == read_as
    assert row["priority"] == ("high" if read_as == "form" else "normal")
    _, _, said = brief_rules(folder, "rules", "test", *words, str(folder / name))
    told = f"{name}, read as {'typed into a form' if read_as == 'form' else 'a mail'}"
    # the name of the folder may be long, and break the line anywhere
    assert "".join(told.split()) in "".join(said.split())
