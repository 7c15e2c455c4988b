"""Who takes part in a conversation, who is held beside it, and whose it is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from storage.tables import (
    AgentRow,
    EventRow,
    PersonRow,
)
from threads.model import (
    Address,
    Authenticity,
    Forwarded,
    Source,
    Verdict,
)


def test_a_stranger_is_held_beside_the_conversation_and_brings_nobody_in(desk: Any) -> None:
    first = desk.arrives(desk.mail())
    desk.change(first.conversation, status="closed", closed_at=desk.now)
    eve = desk.mail("eve@evil.example", in_reply_to=("<1@kunde.example>",), cc=(Address("bob@evil.example"),))
    held = desk.arrives(eve)
    assert (held.conversation, held.held, held.acknowledged) == (first.conversation, True, False)
    row = desk.conversation(first.conversation)
    assert (row.status, row.messages) == ("closed", 1)
    assert desk.people(first.conversation) == {"anna@kunde.example": "customer"}
    assert "held" in {event.kind for event in desk.all(EventRow)}
    assert len(desk.letters()) == 1


def test_a_forged_participant_is_held(desk: Any) -> None:
    desk.arrives(desk.mail())
    forged = desk.mail(in_reply_to=("<1@kunde.example>",))
    assert desk.arrives(forged, verdict=Verdict(Authenticity.FORGED, "DMARC failed")).held


def test_a_visitor_who_types_a_customers_address_does_not_come_into_their_conversation(desk: Any) -> None:
    first = desk.arrives(desk.mail())
    typed = desk.arrives(desk.mail(subject="AW: Rechnung"), source=Source.FORM, client="visitor-1")
    assert typed.new
    assert typed.conversation != first.conversation
    assert not typed.held


def test_whoever_is_copied_takes_part_and_never_becomes_the_customer(desk: Any) -> None:
    first = desk.arrives(desk.mail(cc=(Address("bert@partner.example", "Bert"), Address("sales@desk.example"))))
    assert desk.people(first.conversation) == {"anna@kunde.example": "customer", "bert@partner.example": "participant"}
    reply = desk.arrives(desk.mail("bert@partner.example", subject="AW: Rechnung"))
    assert (reply.conversation, reply.held) == (first.conversation, False)
    assert desk.conversation(first.conversation).customer_address == "anna@kunde.example"


def test_a_customers_mail_forwarded_by_a_colleague_is_the_customers(desk: Any) -> None:
    inner = Forwarded(Address("carl@firma.example", "Carl"), "Umzug", "Ich ziehe um.", "Ich ziehe um.")
    mail = desk.mail("chefin@desk.example", subject="WG: Umzug", forwarded=inner)
    recorded = desk.arrives(mail)
    row = desk.conversation(recorded.conversation)
    assert (row.customer_address, row.subject) == ("carl@firma.example", "Umzug")
    assert desk.people(recorded.conversation) == {
        "carl@firma.example": "customer", "chefin@desk.example": "participant",
    }  # fmt: skip
    assert desk.letters() == []


def test_a_colleague_may_be_a_customer_of_their_own_desk(desk: Any) -> None:
    first = desk.arrives(desk.mail("paul@desk.example"))
    assert first.acknowledged
    [letter] = desk.letters()
    desk.change(first.conversation, status="waiting", waiting_since=None, due_at=None)
    desk.arrives(desk.mail("paul@desk.example", in_reply_to=(letter.message_id,)))
    assert desk.conversation(first.conversation).waiting_since is not None
    desk.arrives(desk.mail("paul@desk.example", text="Danke, das hilft", in_reply_to=(letter.message_id,)))
    assert desk.conversation(first.conversation).status == "closed"


def test_an_outsider_cannot_forward_in_somebody_elses_name(desk: Any) -> None:
    inner = Forwarded(Address("carl@firma.example", "Carl"), "Umzug", "Ich ziehe um.", "Ich ziehe um.")
    recorded = desk.arrives(desk.mail("eve@evil.example", forwarded=inner))
    assert desk.conversation(recorded.conversation).customer_address == "eve@evil.example"


def test_an_agent_who_writes_by_mail_is_no_stranger_and_makes_nobody_wait(desk: Any) -> None:
    with desk.database.writing() as session:
        session.add(AgentRow(id="max", email="Max@private.example", created_at=desk.now))
    first = desk.arrives(desk.mail())
    desk.change(first.conversation, status="waiting", waiting_since=None, due_at=None)
    [letter] = desk.letters()
    recorded = desk.arrives(desk.mail("max@private.example", to=(Address(letter.reply_to),)))
    assert (recorded.conversation, recorded.held) == (first.conversation, False)
    assert desk.conversation(first.conversation).waiting_since is None


def test_a_name_is_learnt_where_none_was_known_and_never_changed_by_a_later_mail(desk: Any) -> None:
    address = "jonas@firma.example"
    for name, known in (("", ""), ("Jonas Groß", "Jonas Groß"), ("", "Jonas Groß"), ("Wer Anderes", "Jonas Groß")):
        desk.arrives(replace(desk.mail(subject=f"Frage {name}"), author=Address(address, name)))
        assert [person.name for person in desk.all(PersonRow)] == [known]
