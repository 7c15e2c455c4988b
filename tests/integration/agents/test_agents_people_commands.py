"""`brief customer` and `brief organisation` as they are typed: what they print, and how they end."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

Brief = Callable[..., str]


@pytest.fixture
def brief(typed: Brief, tmp_path: Path, a_mail: Callable[..., bytes]) -> Brief:
    """Types `brief ...` at a desk with one mail of Anna's, in copy to Ben."""
    author, cc = "Anna Beispiel <anna@nord.example>", "Ben <ben@nord.example>"
    (tmp_path / "mail.eml").write_bytes(a_mail(author=author, cc=cc, subject="Rechnung", date=datetime.now(UTC)))
    typed("mail", "import", "mail.eml")
    return typed


def objects(printed: str) -> list[dict[str, Any]]:
    assert printed.isascii()
    return [json.loads(each) for each in printed.splitlines()]


def test_an_organisation_is_made_filled_shown_and_taken_back(brief: Brief) -> None:
    assert brief("organisation", "add", "Nord AG") == "made Nord AG\n"
    brief("organisation", "member", "add", "nord", "anna@nord.example", "--sees", "all", "--speaks")
    [row] = objects(brief("organisation", "member", "add", "Nord AG", "ben@nord.example", "--may-declare", "--json"))
    assert [each["may_declare"] for each in row["members"]] == [False, True]

    shown = brief("organisation", "show", "nord")
    assert "authorised speaker, sees all conversations" in shown
    assert "sees only their own, may declare an emergency" in shown
    head = brief("show", "anna-rechnung")
    assert "Anna Beispiel is of Nord AG: authorised speaker, sees all conversations" in head
    assert "Anna Beispiel · speaks for Nord AG" in head
    assert objects(brief("organisation", "list", "--json")) == [
        {"name": "Nord AG", "contract": "", "calendar": "", "members": 2}
    ]
    assert "Nord AG: taken back" in brief("undo")
    assert "1 member" in brief("organisation", "list")
    brief("organisation", "rename", "nord", "Nord SE")
    assert "removed Nord SE" in brief("organisation", "remove", "Nord SE")
    assert "no organisation yet" in brief("organisation", "list")


def test_a_second_address_is_linked_shown_and_taken_back(brief: Brief) -> None:
    linked = brief("customer", "link", "anna@nord.example", "anna@home.example")
    assert linked == "anna@home.example, anna@nord.example are one person's\n"
    assert "nothing was changed" in brief("customer", "link", "anna@home.example", "anna@nord.example")

    assert "Anna Beispiel also writes from anna@home.example" in brief("show", "anna-rechnung")
    for name in ("anna@home.example", "anna-rechnung"):
        shown = brief("customer", "show", name)
        assert "anna@home.example, anna@nord.example" in shown
        assert "anna-rechnung" in shown
    assert [each["address"] for each in objects(brief("customer", "list", "--json"))] == ["anna@home.example"]
    [undone] = objects(brief("undo", "--json"))
    assert (undone["undone"], undone["about"]) == ("linked", "anna@home.example")
    assert "anna@home.example" not in brief("customer", "list")


def test_a_customer_who_sees_all_shows_what_others_of_their_organisation_have(brief: Brief) -> None:
    brief("organisation", "add", "Nord AG")
    brief("organisation", "member", "add", "Nord AG", "ben@nord.example", "--sees", "all")
    brief("organisation", "member", "add", "Nord AG", "carla@nord.example", "--sees", "all")
    brief("organisation", "member", "add", "Nord AG", "anna@nord.example")

    assert "Of others at Nord AG" in brief("customer", "show", "carla@nord.example")
    assert "Of others at Nord AG" not in brief("customer", "show", "ben@nord.example")  # he takes part
    [row] = objects(brief("customer", "show", "carla@nord.example", "--json"))
    assert [each["handle"] for each in row["of_organisation"]] == ["anna-rechnung"]
    assert row["conversations"] == []


@pytest.mark.parametrize(
    ("arguments", "ends", "said"),
    [
        (["customer", "show", "nobody@x.example"], 1, "nobody here has the address"),
        (["customer", "link", "anna@nord.example", "support@localhost"], 2, "mailbox of this desk"),
        (["organisation", "show", "West"], 1, "no organisation is called"),
        (["organisation", "add", " "], 2, "1 to 100 printable characters"),
        (["organisation", "member", "remove", "West", "x@y.example"], 1, "no organisation is called"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(brief: Brief, arguments: list[str], ends: int, said: str) -> None:
    told = brief(*arguments, ends=ends)
    assert told.startswith("brief: ")
    assert said in told
    assert told.count("\n") == 1
