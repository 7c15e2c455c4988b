"""What the writer wrote, in the forms of many programs and languages (`tests/mails/replies.toml`)."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from mailgateway.bodies.written import written

MAILS: list[dict[str, Any]] = tomllib.loads((Path(__file__).parents[2] / "mails/replies.toml").read_text())["mail"]


@pytest.mark.parametrize("mail", MAILS, ids=lambda mail: mail["name"])
def test_only_what_the_writer_wrote_is_left(mail: dict[str, Any]) -> None:
    assert written(mail["text"], "", mail.get("subject", "Re: Bestellung")) == mail["reply"]


@pytest.mark.parametrize("mail", MAILS, ids=lambda mail: mail["name"])
def test_what_is_left_needs_nothing_taken_away(mail: dict[str, Any]) -> None:
    subject = mail.get("subject", "Re: Bestellung")
    assert written(mail["reply"], "", subject) == mail["reply"]


def test_there_are_ten_languages_besides_german_and_english() -> None:
    assert len({mail["name"].split()[0] for mail in MAILS} - {"de", "en"}) >= 10
