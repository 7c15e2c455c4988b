"""People who write what a careless rule takes for a machine's words (`tests/mails/people.toml`)."""

from __future__ import annotations

import tomllib
from email.header import Header
from pathlib import Path
from typing import Any

import pytest

from mailgateway.inspect import inspected

PEOPLE: list[dict[str, Any]] = tomllib.loads((Path(__file__).parents[2] / "mails/people.toml").read_text())["mail"]


def mail_of(person: dict[str, Any]) -> bytes:
    """The mail as it comes in."""
    subject = Header(person["subject"], "utf-8").encode()
    head = f"From: {person['from']}\nTo: hilfe@holzwurm.example\nSubject: {subject}\nMessage-ID: <p@example.net>\n"
    rest = "Date: Mon, 3 Nov 2025 10:41:07 +0100\nContent-Type: text/plain; charset=utf-8\n" + person.get("headers", "")
    return f"{head}{rest}\n{person['body']}\n".encode()


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person["subject"])
def test_a_person_is_taken_for_one(person: dict[str, Any]) -> None:
    seen = inspected("", mail_of(person))
    assert (seen["kind"], seen["failed_recipients"]) == ("person", []), seen["because"]


def test_there_are_enough_to_notice_a_rule_that_goes_too_far() -> None:
    assert len(PEOPLE) >= 60
