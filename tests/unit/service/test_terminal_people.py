"""How people and what they may do look to an agent."""

from __future__ import annotations

import io
from typing import Any

from rich.console import Console

from service.terminal import THEME
from service.terminal_people import beside_the_names, organisation
from tests.on_screen import screen, text_of

NORD = {"name": "Nord AG", "sees": "all", "may_declare": False, "speaks": True, "contract": "gold", "calendar": ""}
ANNA = {"name": "Anna Weber", "address": "anna@a.example", "person": "1", "organisation": NORD}
BEN = {"name": "Ben", "address": "ben@a.example", "person": "2", "organisation": None}


def shown(**changed: Any) -> dict[str, Any]:
    """What the head of a conversation of Anna's needs."""
    customer = {
        "name": "Anna Weber",
        "address": "anna@a.example",
        "addresses": ["anna@a.example"],
        "organisation": NORD,
    }
    return {"customer": customer, "participants": [ANNA, BEN], **changed}


def printed(row: dict[str, Any]) -> str:
    to = Console(file=io.StringIO(), width=100, theme=THEME)
    beside_the_names(to, row)
    assert isinstance(to.file, io.StringIO)
    return to.file.getvalue()


def test_whoever_may_do_something_for_an_organisation_is_named_once_with_it() -> None:
    twice = [ANNA, {**ANNA, "address": "anna@home.example"}, BEN]
    said = printed(shown(participants=twice))
    assert said == "Anna Weber is of Nord AG: authorised speaker, sees all conversations, contract gold\n"


def test_the_customers_other_addresses_are_named() -> None:
    customer = {**shown()["customer"], "addresses": ["anna@a.example", "anna@home.example"]}
    said = printed(shown(customer=customer, participants=[BEN]))
    assert said == "Anna Weber also writes from anna@home.example\n"


def test_what_a_mail_brought_into_a_name_does_not_steer_the_terminal() -> None:
    hostile = {**ANNA, "name": "\x1b[2JAnna", "organisation": {**NORD, "name": "Nord\x1b]0;AG"}}
    assert "\x1b" not in printed(shown(participants=[hostile]))


def test_names_and_addresses_of_members_are_whole_at_80_columns_and_rights_stand_below() -> None:
    members = [
        {"name": "Alois Azubi", "addresses": ["azubi@brauerei-huber.example"], "sees": "own", "may_declare": False, "speaks": False},
        {"name": "Franz Huber", "addresses": ["chef@brauerei-huber.example"], "sees": "all", "may_declare": True, "speaks": True},
    ]  # fmt: skip
    row = {"name": "Brauerei Huber", "contract": "gold", "calendar": "", "members": members}
    for width in (80, 120):
        to = screen(width)
        organisation(to, row)
        said = text_of(to)
        assert "Alois Azubi  azubi@brauerei-huber.example" in said
        assert "…" not in said
        assert "authorised speaker, sees all conversations, may declare an emergency" in said
        assert max(map(len, said.splitlines())) <= width
        assert len(said.splitlines()) == (6 if width == 80 else 4)
