"""A provider gives our mail an ID of its own: it is learnt, and an answer that names nothing else finds its way."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import func, select

from mailgateway.importing import Imported, import_mails
from storage.tables import AliasRow, MessageRow

Answered = Callable[..., Any]
GIVEN = "<AM0PR05MB1234ABCD@AM0PR05MB1234.eurprd05.prod.outlook.com>"


def aliases(office: Any) -> dict[str, str]:
    """Every alias, with the ID that we gave the mail."""
    with office.database.reading() as session:
        found = select(AliasRow.alias, MessageRow.message_id).join(MessageRow, MessageRow.id == AliasRow.message_id)
        return {row.alias: row.message_id for row in session.execute(found)}


def messages(office: Any) -> int:
    with office.database.reading() as session:
        return session.scalar(select(func.count()).select_from(MessageRow)) or 0


def message_id_of(raw: bytes) -> str:
    return next(line for line in raw.decode().splitlines() if line.startswith("Message-ID:")).partition(": ")[2]


def bring_in(office: Any, raw: bytes) -> Imported:
    (imported,) = import_mails(office.database, office.policy, [("Sent 1", raw, None)], datetime.now(UTC))
    return imported


@pytest.fixture
def copy(office: Any, answered: Answered) -> bytes:
    """Our answer as the provider put it into the Sent folder: under its own ID, and with a Date of its own."""
    _, received = answered()
    own: str = message_id_of(received.data)
    given: bytes = received.data.replace(own.encode(), GIVEN.encode())
    return given


def test_an_id_that_the_relay_names_is_one_of_our_mails(office: Any, a_mail: Any) -> None:
    office.world.answer_data(f"250 2.6.0 {GIVEN} [InternalId=7] Queued mail for delivery")
    handle = office.arrives(a_mail(author="anna@kundin.example"), sender="anna@kundin.example")
    assert office.deliver() == {"sent": 1}
    (sent,) = office.outbox("acknowledgement")
    assert aliases(office) == {GIVEN: sent.mail["message_id"]}
    reply = a_mail(author="anna@kundin.example", subject="Noch etwas", in_reply_to=GIVEN)
    assert office.arrives(reply, sender="anna@kundin.example") == handle


def test_a_relay_that_names_no_id_teaches_none(office: Any, answered: Answered) -> None:
    answered()
    assert aliases(office) == {}


def test_a_mail_that_the_relay_does_not_take_gets_no_other_id(office: Any, a_mail: Any) -> None:
    office.world.answer_data(f"451 4.3.0 {GIVEN} try again")
    office.arrives(a_mail(author="anna@kundin.example"), sender="anna@kundin.example")
    assert office.deliver() == {"deferred": 1}
    assert aliases(office) == {}


def test_a_sent_copy_under_another_id_is_the_same_mail(office: Any, copy: bytes, a_mail: Any) -> None:
    before = messages(office)
    imported = bring_in(office, copy)
    assert (imported.new, imported.direction.value, messages(office)) == (False, "out", before)
    assert "under the ID that a provider gave it" in imported.because
    assert list(aliases(office)) == [GIVEN]
    again = bring_in(office, copy)
    assert (again.new, again.conversation, list(aliases(office))) == (False, imported.conversation, [GIVEN])
    reply = a_mail(author="anna@kundin.example", subject="Noch etwas", in_reply_to=GIVEN)
    handle = office.arrives(reply, sender="anna@kundin.example")
    assert office.conversation(handle).id == imported.conversation


def test_a_copy_under_an_id_that_the_relay_named_is_the_same_mail_whatever_the_provider_made_of_it(
    office: Any, a_mail: Any
) -> None:
    office.world.answer_data(f"250 2.6.0 {GIVEN} Queued")
    office.arrives(a_mail(author="anna@kundin.example"), sender="anna@kundin.example")
    office.deliver()
    before = messages(office)
    (sent,) = office.outbox("acknowledgement")
    changed = a_mail(author="support@wir.example", to="anna@kundin.example", message_id=GIVEN, text="<converted>")
    imported = bring_in(office, changed)
    assert (imported.new, imported.conversation, messages(office)) == (False, sent.conversation_id, before)


def test_a_sent_notice_to_an_agent_opens_no_conversation(office: Any, a_mail: Any) -> None:
    office.set(notify_new=True)
    office.arrives(a_mail(author="anna@kundin.example"), sender="anna@kundin.example")
    office.deliver()
    before = messages(office)
    (notice,) = [each for each in office.world.received if "lena@wir.example" in each.recipients]
    own = message_id_of(notice.data)
    for copy in (notice.data, notice.data.replace(own.encode(), GIVEN.encode())):
        imported = bring_in(office, copy)
        assert (imported.new, imported.direction.value, messages(office)) == (False, "out", before)
    assert aliases(office) == {}


def test_a_sent_mail_with_other_words_is_another_mail(office: Any, copy: bytes) -> None:
    assert bring_in(office, copy.replace(b"schon erledigt", b"noch nicht")).new
    assert aliases(office) == {}


def test_who_forges_a_copy_from_outside_teaches_no_id(office: Any, copy: bytes) -> None:
    imported = bring_in(office, b"Return-Path: <eve@evil.example>\r\n" + copy)
    assert imported.direction.value == "in"
    assert aliases(office) == {}
