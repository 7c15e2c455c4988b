"""To an address that mail failed for for good nothing goes by itself, and an answer only when an agent insists."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import cli
from storage.errors import BriefwechselError, NotThere
from threads.store import stops

ANNA = "anna@kundin.example"


def stop(office: Any, address: str = ANNA) -> None:
    with office.database.writing() as session:
        assert stops.stop(session, address, "there is no such mailbox: 550 5.1.1", office.now)
        assert not stops.stop(session, address.upper(), "once more", office.now)


def is_stopped(office: Any, address: str = ANNA) -> bool:
    with office.database.reading() as session:
        return bool(stops.stopped(session, [address]))


def test_an_answer_to_a_stopped_address_wants_anyway(office: Any, a_mail: Any) -> None:
    handle = office.arrives(a_mail(author=ANNA), sender=ANNA)
    stop(office)
    begun = office.desk.begin_reply(handle)
    assert [each["because"] for each in begun["warnings"] if each["kind"] == "stopped"] == [
        "there is no such mailbox: 550 5.1.1"
    ]
    with pytest.raises(BriefwechselError, match="failed for good") as raised:
        office.desk.reply(handle, "Guten Tag.")
    assert raised.value.exit_code == 1
    assert office.outbox("reply") == []
    office.desk.reply(handle, "Guten Tag.", anyway=True)
    assert len(office.outbox("reply")) == 1


def test_somebody_in_copy_may_be_stopped_too(office: Any, a_mail: Any) -> None:
    handle = office.arrives(a_mail(author=ANNA), sender=ANNA)
    stop(office, "ben@kunde.example")
    with pytest.raises(BriefwechselError, match=r"ben@kunde\.example"):
        office.desk.reply(handle, "Guten Tag.", cc=["ben@kunde.example"])


def test_a_stop_is_lifted_when_the_person_writes_again(office: Any, a_mail: Any) -> None:
    stop(office)
    office.arrives(a_mail(author=ANNA), sender=ANNA)
    assert not is_stopped(office)
    assert len(office.outbox("acknowledgement")) == 1


@pytest.mark.parametrize("headers", [{"Auto-Submitted": "auto-replied"}])
def test_a_machine_lifts_nothing(office: Any, a_mail: Any, headers: dict[str, str]) -> None:
    stop(office)
    office.arrives(a_mail(author=ANNA, subject="Abwesend", headers=headers), sender=ANNA)
    assert is_stopped(office)
    assert office.outbox("acknowledgement") == []


def test_no_notice_goes_to_an_agent_whose_mail_fails(office: Any, a_mail: Any) -> None:
    office.set(notify_new=True)
    stop(office, "lena@wir.example")
    office.arrives(a_mail(author=ANNA), sender=ANNA)
    assert office.outbox("notice") == []


def test_stops_are_listed_and_lifted_on_the_command_line(tmp_path: Path) -> None:
    def brief(*words: str) -> Any:
        return CliRunner().invoke(cli.brief, ["--data", str(tmp_path), *words])

    assert brief("database", "upgrade").exit_code == 0
    assert brief("outbox", "stops").stderr == "mail is stopped to nobody\n"
    from datetime import UTC, datetime

    from storage.database import open_database, sqlite_url

    database = open_database(sqlite_url(tmp_path / "desk.sqlite"))
    with database.writing() as session:
        stops.stop(session, ANNA, "550 5.1.1", datetime(2026, 1, 1, tzinfo=UTC))
    database.close()
    (row,) = [json.loads(line) for line in brief("outbox", "stops", "list", "--json").stdout.splitlines()]
    assert (row["address"], row["because"]) == (ANNA, "550 5.1.1")
    assert ANNA in brief("outbox", "stops").stdout
    assert json.loads(brief("outbox", "stops", "lift", ANNA, "--json").stdout) == {"address": ANNA, "lifted": True}
    assert isinstance(brief("outbox", "stops", "lift", ANNA).exception, NotThere)
