"""The newest conversations of somebody are found by their subject as if all of them had been read one by one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from mailgateway.mime.parse import parse
from storage.database import Database
from storage.ids import uuid7
from storage.rows import put
from storage.tables import BesideRow, ConversationRow, MessageRow, ParticipantRow, PersonRow, SubjectRow
from threads.store import known_lately
from threads.store.known_people import Correspondents

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
REPLY = parse(b"From: anna@kunde.example\r\nSubject: Re: Rechnung\r\n\r\nUnd nun?")
NEWEST, NEWEST_OF_OTHERS = 4, 3
"""So many conversations of each person are looked at here."""
ANNA, BEN, CARL = range(3)
"""Who wrote, who got a copy, and whom the mail does not concern."""


@dataclass(frozen=True)
class Made:
    """A conversation as it is to be written."""

    customer: int
    others: frozenset[int]
    subject: str
    also: frozenset[str]
    minutes: int
    """Since its last mail."""
    left: bool
    """Nobody takes part any more: a split made it, and was taken back."""
    held: bool
    """A mail of Anna's is held beside it."""

    @property
    def people(self) -> frozenset[int]:
        return frozenset() if self.left else self.others | {self.customer}

    @property
    def subjects(self) -> frozenset[str]:
        return self.also | {self.subject}


PEOPLE, SUBJECTS = st.sampled_from([ANNA, ANNA, BEN, CARL]), st.sampled_from(["rechnung", "umzug"])
RARELY = st.sampled_from([False, False, False, True])
CONVERSATIONS = st.lists(
    st.builds(
        Made,
        customer=PEOPLE,
        others=st.frozensets(PEOPLE),
        subject=SUBJECTS,
        also=st.frozensets(SUBJECTS),
        minutes=st.integers(0, 5),
        left=RARELY,
        held=RARELY,
    ),
    min_size=5,
    max_size=12,
)


@pytest.fixture(autouse=True)
def few_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits that a test can reach."""
    monkeypatch.setattr(known_lately, "_MOST_OF_WRITER", NEWEST)
    monkeypatch.setattr(known_lately, "_MOST_OF_OTHERS", NEWEST_OF_OTHERS)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(made=CONVERSATIONS)
def test_conversations_are_found_by_their_subjects_among_the_newest_of_each_person(
    database: Database, made: list[Made]
) -> None:
    people, address = [uuid7() for _ in (ANNA, BEN, CARL)], f"{uuid7()}@kunde.example"
    who = Correspondents(frozenset({address}), frozenset({address}), (people[ANNA],), (people[BEN],))
    with database.writing() as session:
        put(session, PersonRow, *({"id": each, "created_at": NOW} for each in people))
        there = {_write(session, each, people, address): each for each in made}

        found, _ = known_lately.on_subject(session, REPLY, who)

    assert found == _one_by_one(there)


def _one_by_one(there: dict[UUID, Made]) -> list[UUID]:
    """What is to be found, by looking at everything."""
    newest = {
        key
        for person, most in ((ANNA, NEWEST), (BEN, NEWEST_OF_OTHERS))
        for key in sorted((key for key, each in there.items() if person in each.people), reverse=True)[:most]
    }
    held = {key for key, each in there.items() if each.held}
    called = [key for key in newest | held if "rechnung" in there[key].subjects]
    return sorted(called, key=lambda key: (there[key].minutes, key))


def _write(session: Session, made: Made, people: list[UUID], address: str) -> UUID:
    key = uuid7()
    at = NOW - timedelta(minutes=made.minutes)
    row = {"id": key, "handle": str(key), "mailbox": "", "customer_id": people[made.customer], "opened_at": NOW}
    put(session, ConversationRow, {**row, "subject": "", "canonical_subject": made.subject, "updated_at": at})
    for each in made.people:
        part = {"conversation_id": key, "person_id": people[each], "since_at": NOW}
        put(session, ParticipantRow, {**part, "role": "customer" if each == made.customer else "participant"})
    put(session, SubjectRow, *({"conversation_id": key, "canonical_subject": each} for each in made.also))
    if made.held:
        message = _message(key)
        put(session, MessageRow, message)
        put(session, BesideRow, {"address": address, "message_id": message["id"]})
    return key


def _message(conversation: UUID) -> dict[str, Any]:
    key = uuid7()
    none: dict[str, list[str]] = {"to": [], "cc": [], "reply_to": [], "attachments": [], "defects": [], "rejected": []}
    row = {"id": key, "conversation_id": conversation, "code": str(key), "direction": "in", "kind": "person"}
    return {**row, **none, "received_at": NOW, "held": True}
