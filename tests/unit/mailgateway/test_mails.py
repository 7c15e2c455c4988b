"""Mails as the mail programs of the world build them, each with what a person reads in it (`tests/mails`).

A file holds a head in TOML, a line of `====`, and the mail as it comes in. `tests/mails/README.md` names what a head
can say.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from mailgateway.inspect import inspected

MAILS = sorted(Path(__file__).parents[2].glob("mails/*.mail"))
TEXTS = ("text", "reply", "subject")
"""What `..._has` and `..._lacks` can be asked of."""


def wanted_and_mail(path: Path) -> tuple[dict[str, Any], bytes]:
    """What a person reads in the mail, and the mail."""
    head, _, raw = path.read_bytes().partition(b"====\n")
    return tomllib.loads(head.decode()), raw


def shown(seen: dict[str, Any]) -> dict[str, Any]:
    """What was read, each fact under the name that a head gives it."""
    facts = dict(seen)
    facts["from_name"] = (seen["from"] or {}).get("name")
    for name in ("from", "customer"):
        facts[name] = (seen[name] or {}).get("address", "")
    facts["to"] = (seen["to"] or [{}])[0].get("address", "")
    facts["attachments"] = [each["name"] for each in seen["attachments"]]
    facts["failed"] = seen["failed_recipients"]
    return facts


def differences(wanted: dict[str, Any], seen: dict[str, Any]) -> list[str]:
    """What was not read as a person would."""
    facts, found = shown(seen), []
    for name, value in wanted.items():
        asked, _, how = name.rpartition("_")
        if how == "has":
            found += [
                f"{asked} lacks {each!r}" for each in value if not any(each in str(one) for one in listed(facts[asked]))
            ]
        elif how == "lacks":
            found += [
                f"{asked} has {each!r}" for each in value if any(each in str(one) for one in listed(facts[asked]))
            ]
        elif name not in {"binary", "why"} and facts[name] != value:
            found.append(f"{name} is {facts[name]!r}")
    return found


def listed(value: Any) -> list[Any]:
    """A value as a list."""
    return value if isinstance(value, list) else [value]


@pytest.mark.parametrize("path", MAILS, ids=lambda path: path.stem)
def test_a_mail_is_read_as_a_person_reads_it(path: Path) -> None:
    wanted, raw = wanted_and_mail(path)
    assert differences(wanted, inspected(path.name, raw)) == []


@pytest.mark.parametrize("path", MAILS, ids=lambda path: path.stem)
def test_the_line_ends_of_the_wire_change_nothing(path: Path) -> None:
    wanted, raw = wanted_and_mail(path)
    on_the_wire = raw if wanted.get("binary") else raw.replace(b"\n", b"\r\n")
    assert differences(wanted, inspected(path.name, on_the_wire)) == []


def test_there_are_mails_of_every_kind() -> None:
    heads = [wanted_and_mail(path)[0] for path in MAILS]
    assert len(MAILS) >= 150
    assert sum(path.stem.startswith("de-") for path in MAILS) >= 60
    assert {head.get("kind") for head in heads} >= {"person", "auto-reply", "automatic", "bounce", "delivery-report"}
