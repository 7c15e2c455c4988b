"""A mail finds its conversation in a real database where its headers do not lead there."""

from __future__ import annotations

import base64
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import update

from storage.tables import AliasRow, ApartRow, ConversationRow, EventRow, GhostRow, MessageRow, PassageRow
from threads.model import Address, Authenticity, Suspicion, Verdict
from threads.placing.passages import COMMONPLACE
from threads.store.ghosts import exchange_root_of

SAID = (
    "Die Rechnung für den Oktober liegt seit gestern nicht mehr im Kundenkonto, obwohl ich sie dort am Montag noch gesehen habe, "
    "und unsere Buchhaltung braucht sie bis zum Ende der Woche für die Voranmeldung beim Finanzamt in Kassel."
)


def quoting(said: str, new: str = "Dazu noch etwas.") -> dict[str, str]:
    """A text that quotes, as it was read."""
    return {"text": f"{new}\n\n> {said}", "reply": new}


def thread_index(last: bytes = b"") -> tuple[tuple[str, str], ...]:
    return (("thread-index", base64.b64encode(bytes(range(1, 23)) + last).decode()),)


def test_a_colleague_who_answers_a_mail_nobody_saw_joins_the_one_who_did_too(desk: Any) -> None:
    ben, carla = Address("ben@partner.example", "Ben"), Address("carla@andere.example", "Carla")
    first = desk.arrives(desk.mail("ben@partner.example", in_reply_to=("<unseen@x>",), cc=(carla,), subject="Umzug"))
    second = desk.arrives(
        desk.mail("carla@andere.example", in_reply_to=("<unseen@x>",), cc=(ben,), subject="Ganz anders")
    )
    assert (second.conversation, second.held) == (first.conversation, False)
    assert "<unseen@x>" in second.because


def test_two_customers_who_answer_one_circular_stay_two(desk: Any) -> None:
    circular = {"in_reply_to": ("<circular@x>",), "subject": "AW: Wartung am Sonntag"}
    first = desk.arrives(desk.mail("anna@kunde.example", **circular))
    ben = replace(desk.mail(**circular), author=Address("ben@andere.example", "Ben Kaiser"))
    second = desk.arrives(ben)
    assert second.conversation != first.conversation
    assert second.new


def test_the_mail_that_was_answered_may_come_last(desk: Any) -> None:
    anna = Address("anna@kunde.example", "Anna")
    answer = desk.arrives(desk.mail("ben@partner.example", to=(anna,), in_reply_to=("<late@x>",), subject="AW: Umzug"))
    late = desk.arrives(desk.mail(message_id="<late@x>", subject="Umzug"))
    assert (late.conversation, late.new) == (answer.conversation, False)


def test_an_exchange_mail_without_references_is_found_by_its_thread_index(desk: Any) -> None:
    first = desk.arrives(desk.mail(headers=thread_index()))
    again = desk.arrives(desk.mail(subject="Noch etwas", headers=thread_index(b"12345")))
    assert again.conversation == first.conversation
    assert again.because.startswith(
        "it names an Exchange conversation by its Thread-Index, as this conversation does, and"
    )
    [ghost] = {row.ghost for row in desk.all(GhostRow)}
    assert ghost.endswith("@thread-index>")
    assert ("Thread-Index", dict(thread_index())["thread-index"]) in desk.letters()[0].headers
    with desk.database.reading() as session:
        assert exchange_root_of(session, first.conversation) == ghost


def test_a_mail_without_headers_is_found_by_what_it_quotes_after_years(desk: Any) -> None:
    first = desk.arrives(desk.mail(text=SAID))
    desk.now += timedelta(days=900)
    again = desk.arrives(desk.mail(subject="Rechnung", **quoting(SAID)))
    assert again.conversation == first.conversation
    assert "quotes" in again.because


def test_a_colleague_without_headers_is_found_by_what_they_quote(desk: Any) -> None:
    first = desk.arrives(desk.mail(text=SAID))
    colleague = desk.arrives(desk.mail("otto@kunde.example", subject="Fwd: Rechnung", **quoting(SAID)))
    assert (colleague.conversation, colleague.held) == (first.conversation, False)


def test_a_quotation_by_somebody_else_leads_nowhere(desk: Any) -> None:
    first = desk.arrives(desk.mail(text=SAID))
    mallory = replace(
        desk.mail(subject="Rechnung", **quoting(SAID)), author=Address("mallory@evil.example", "Mallory Klein")
    )
    assert desk.arrives(mallory).conversation != first.conversation


def test_a_customer_who_writes_from_an_unknown_address_and_quotes_us_is_held(desk: Any) -> None:
    first = desk.arrives(desk.mail(text=SAID))
    again = desk.arrives(desk.mail("anna.berger@privat.example", subject="Rechnung", **quoting(SAID)))
    assert (again.conversation, again.held) == (first.conversation, True)


def test_an_id_that_a_provider_gave_our_mail_leads_back(desk: Any) -> None:
    first = desk.arrives(desk.mail())
    [ours] = [row for row in desk.all(MessageRow) if row.direction == "out"]
    with desk.database.writing() as session:
        session.add(AliasRow(alias="<0102-x@eu-west-1.amazonses.com>", message_id=ours.id))
    reply = desk.arrives(desk.mail(subject="Anders", in_reply_to=("<0102-x@eu-west-1.amazonses.com>",)))
    assert (reply.conversation, reply.held) == (first.conversation, False)
    assert "our own Message-ID" in reply.because


def test_a_mail_that_belongs_to_two_conversations_makes_them_one(desk: Any) -> None:
    first = desk.arrives(desk.mail(message_id="<one@x>"))
    second = desk.arrives(desk.mail(message_id="<two@x>", subject="Nachtrag"))
    both = desk.arrives(desk.mail(references=("<one@x>", "<two@x>"), subject="Nachtrag"))
    assert both.conversation == first.conversation
    assert "they are one now" in both.because
    assert desk.conversation(second.conversation).merged_into_id == first.conversation
    assert {row.conversation_id for row in desk.all(MessageRow)} == {first.conversation}
    assert [event.actor for event in desk.all(EventRow) if event.kind == "merged"] == [""]
    assert desk.arrives(desk.mail(in_reply_to=("<two@x>",))).conversation == first.conversation


def test_what_an_agent_set_apart_stays_apart(desk: Any) -> None:
    first = desk.arrives(desk.mail(message_id="<one@x>"))
    second = desk.arrives(desk.mail(message_id="<two@x>", subject="Nachtrag"))
    with desk.database.writing() as session:
        session.add(ApartRow(conversation_id=first.conversation, other_id=second.conversation))
        session.add(ApartRow(conversation_id=second.conversation, other_id=first.conversation))
    third = desk.arrives(desk.mail(references=("<one@x>", "<two@x>"), subject="Nachtrag"))
    assert third.conversation == second.conversation
    assert desk.conversation(second.conversation).merged_into_id is None


def test_a_reused_old_thread_stays_a_matter_of_its_own(desk: Any) -> None:
    old = desk.arrives(desk.mail(message_id="<old@x>"))
    desk.now += timedelta(days=400)
    new = desk.arrives(desk.mail(message_id="<new@x>", in_reply_to=("<old@x>",), subject="Kündigung"))
    assert new.conversation != old.conversation
    desk.arrives(desk.mail(in_reply_to=("<old@x>",), subject="AW: Rechnung"))  # and the old one wakes
    both = desk.arrives(desk.mail(references=("<old@x>", "<new@x>"), subject="AW: Kündigung"))
    assert both.conversation == new.conversation
    assert desk.conversation(new.conversation).merged_into_id is None


def test_what_answers_a_mail_that_an_agent_moved_goes_where_it_is_now(desk: Any) -> None:
    first = desk.arrives(desk.mail(message_id="<one@x>"))
    second = desk.arrives(desk.mail(message_id="<two@x>", subject="Umzug"))
    with desk.database.writing() as session:
        moved = update(MessageRow).where(MessageRow.message_id == "<one@x>")
        session.execute(moved.values(conversation_id=second.conversation, signal="agent"))
    [letter, _] = desk.letters()
    reply = desk.arrives(desk.mail(to=(Address(letter.reply_to),), in_reply_to=("<one@x>",)))
    assert reply.conversation == second.conversation != first.conversation


def test_a_forged_mail_merges_nothing_and_leads_nowhere_unheld(desk: Any) -> None:
    first = desk.arrives(desk.mail(message_id="<one@x>", text=SAID))
    desk.arrives(desk.mail(message_id="<two@x>", subject="Nachtrag"))
    forged = {"verdict": Verdict(Authenticity.FORGED, "DMARC fails", fails=True)}
    both = desk.arrives(desk.mail(references=("<one@x>", "<two@x>"), subject="Nachtrag"), **forged)
    assert both.held
    assert not [row for row in desk.all(ConversationRow) if row.merged_into_id]
    assert desk.arrives(desk.mail(subject="Rechnung", **quoting(SAID)), **forged).held
    assert first.conversation


def test_the_subject_of_a_later_mail_leads_back_too(desk: Any) -> None:
    first = desk.arrives(desk.mail(message_id="<one@x>"))
    desk.arrives(desk.mail(in_reply_to=("<one@x>",), subject="AW: Rechnung, und noch der Umzug"))
    again = desk.arrives(desk.mail(subject="Re: Rechnung, und noch der Umzug"))
    assert again.conversation == first.conversation


def test_a_stranger_who_writes_again_without_headers_is_held_there_again(desk: Any) -> None:
    first = desk.arrives(desk.mail(message_id="<one@x>"))
    desk.arrives(desk.mail("otto@fremd.example", in_reply_to=("<one@x>",)))
    again = desk.arrives(desk.mail("otto@fremd.example", subject="AW: Rechnung"))
    assert (again.conversation, again.held) == (first.conversation, True)


def test_a_text_that_is_sent_to_many_is_kept_for_a_few_and_drowns_nothing(desk: Any) -> None:
    canned = (
        "Wir haben von Montag bis Freitag von acht bis siebzehn Uhr geöffnet und antworten in der Regel am selben Tag. Wenn es "
        "sehr eilig ist, rufen Sie uns bitte unter der Nummer an, die auf jeder Rechnung steht, und halten Sie Ihre "
        "Kundennummer bereit, damit wir Sie gleich mit den richtigen Kollegen verbinden können."
    )
    for number in range(COMMONPLACE + 5):
        desk.arrives(desk.mail(f"kunde{number}@kunde{number}.example", text=canned, subject=f"Frage {number}"))
    rows = Counter(row.hash for row in desk.all(PassageRow))
    assert max(rows.values()) == COMMONPLACE
    first = desk.arrives(desk.mail(text=f"{SAID} {canned}", subject="Oktober"))
    again = desk.arrives(desk.mail(subject="ohne", **quoting(f"{canned} {SAID}")))
    assert again.conversation == first.conversation


def test_a_suspected_mail_merges_nothing(desk: Any) -> None:
    desk.arrives(desk.mail(message_id="<one@x>"))
    desk.arrives(desk.mail(message_id="<two@x>", subject="Nachtrag"))
    spam = desk.arrives(desk.mail(references=("<one@x>", "<two@x>")), suspicion=Suspicion("it looks like spam"))
    assert spam.held
    assert not [row for row in desk.all(ConversationRow) if row.merged_into_id]
