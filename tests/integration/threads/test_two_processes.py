"""Two processes that thread mails of one conversation at the same moment: each is placed once, none is lost, none raises."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from mailgateway.receive import put_envelope
from storage.database import Database
from storage.tables import ConversationRow, EnvelopeRow, MessageRow
from threads.model import Envelope, Source

US, ANNA, BEN = "support@localhost", "anna@kunde.example", "ben@gmx.de"
WALKER = """
import json, sys
from collections import Counter
from datetime import UTC, datetime
from mailgateway.intake import walk_due
from storage.database import open_database
from threads.hours import Calendar
from threads.model import Mailbox
from threads.policy import Policy

database = open_database(sys.argv[1])
policy = Policy(mailboxes=(Mailbox("support@localhost"),), calendar=Calendar("Mo-Fr 08:00-17:00"))
print("ready", flush=True)
sys.stdin.readline()
tally = Counter()
while done := walk_due(database, policy, None, datetime.now(UTC), limit=4):
    tally.update(done)
database.close()
print(json.dumps(tally))
"""


def keep(database: Database, raws: Sequence[bytes]) -> None:
    """Accept mails, which then wait to be walked."""
    with database.writing() as session:
        for raw in raws:
            put_envelope(session, Envelope(Source.SMTP, ANNA, (US,), datetime.now(UTC)), raw)


def walked(url: str, processes: int) -> Counter[str]:
    """Have processes walk, at once, all that waits; what became of it."""
    running = [
        subprocess.Popen([sys.executable, "-c", WALKER, url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(processes)
    ]
    for each in running:
        assert each.stdout is not None
        assert each.stdout.readline() == "ready\n"
    for each in running:
        assert each.stdin is not None
        each.stdin.write("go\n")
        each.stdin.flush()
    tally: Counter[str] = Counter()
    for each in running:
        said, _ = each.communicate(timeout=100)
        assert each.returncode == 0
        tally.update(json.loads(said.splitlines()[-1]))
    return tally


def reply(a_mail: Any, number: int, answers: str, root: str) -> bytes:
    """The answer of a number, by one of the two in turn, to the question or to another answer."""
    author, other = (ANNA, BEN) if number % 2 else (BEN, ANNA)
    raw: bytes = a_mail(
        author=author, to=US, cc=other, subject="Re: Rechnung", message_id=f"<{number}.{root}@kunde.example>",
        in_reply_to=f"<{answers}.{root}@kunde.example>", references=f"<q.{root}@kunde.example> <{answers}.{root}@kunde.example>",
        text=f"Das ist die Antwort {number}.\n",
    )  # fmt: skip
    return raw


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_replies_to_one_conversation_are_each_placed_once(database: Database, database_url: str, a_mail: Any) -> None:
    keep(database, [a_mail(author=ANNA, cc=BEN, subject="Rechnung", message_id="<q.1@kunde.example>")])
    assert walked(database_url, 1) == {"done": 1}
    keep(database, [reply(a_mail, number, "q" if number < 5 else str(number - 5), "1") for number in range(30)])
    assert walked(database_url, 2) == {"done": 30}
    with database.reading() as session:
        (conversation,) = session.scalars(select(ConversationRow)).all()
        messages = session.scalars(select(MessageRow).where(MessageRow.direction == "in")).all()
        envelopes = session.scalars(select(EnvelopeRow)).all()
    assert Counter(each.message_id for each in messages).most_common(1)[0][1] == 1
    assert (len(messages), conversation.messages, any(each.held for each in messages)) == (31, 31, False)
    assert {(each.state, each.error) for each in envelopes} == {("done", "")}


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_whole_conversations_that_come_at_once_come_together(
    database: Database, database_url: str, a_mail: Any
) -> None:
    raws = []
    for root in map(str, range(6)):
        question = a_mail(author=ANNA, cc=BEN, subject=f"Rechnung {root}", message_id=f"<q.{root}@kunde.example>")
        raws += [
            question,
            *(reply(a_mail, number, "q" if number < 2 else str(number - 2), root) for number in range(4)),
        ]
    keep(database, raws)
    assert walked(database_url, 2) == {"done": 30}
    with database.reading() as session:
        rows = session.execute(
            select(MessageRow.message_id, ConversationRow.id, ConversationRow.merged_into_id)
            .join(ConversationRow, ConversationRow.id == MessageRow.conversation_id)
            .where(MessageRow.direction == "in")
        ).all()
    placed = Counter(
        (str(message_id).partition(".")[2], merged or conversation) for message_id, conversation, merged in rows
    )
    assert sorted(placed.values()) == [5] * 6
