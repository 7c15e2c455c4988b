"""Mail that is suspected: no list shows it unasked, nothing goes out for it, and an agent lets it in."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from service.terminal import console
from service.terminal_conversation import conversation
from storage.database import Database
from storage.errors import NotThere, WrongUse
from storage.tables import OutboxRow
from threads.arrive import Recorded
from threads.model import Authenticity, Suspicion, Verdict

Arrives = Callable[..., Recorded]
SPAM = Suspicion("rspamd gives it 17.0 points of 15.0: BAYES_SPAM")
VIRUS = Suspicion("clamd found Eicar-Signature in it", "Eicar-Signature")
FORGED = Verdict(
    Authenticity.FORGED,
    "nobody has signed it, and kundin.example wants it refused",
    "dmarc=fail (p=reject)",
    fails=True,
)


def handles(rows: list[dict[str, Any]]) -> list[str]:
    return [row["handle"] for row in rows]


def test_a_suspected_mail_is_kept_apart_and_nothing_goes_out(
    desk: Any, arrives: Arrives, a_mail: Any, database: Database
) -> None:
    spam = arrives(a_mail(), suspicion=SPAM)
    assert (handles(desk.inbox()), handles(desk.inbox(everything=True))) == ([], [])
    assert handles(desk.inbox(status="suspected")) == [spam.handle]
    (shown,) = desk.show(spam.handle)
    assert (shown["status"], shown["waiting_since"], shown["due_at"]) == ("suspected", None, None)
    with database.reading() as session:
        assert session.scalars(select(OutboxRow)).all() == []
    because = {each["because"] for each in desk.why(spam.handle)}
    assert {SPAM.because, f"kept apart: {SPAM.because}"} & because


def test_the_inbox_counts_what_may_be_forged(desk: Any, arrives: Arrives, a_mail: Any) -> None:
    first = arrives(a_mail(message_id="<first@mail.example.com>"))
    alone = arrives(a_mail(author="Eve <eve@kundin.example>", subject="Neues Konto"), verdict=FORGED)
    beside = arrives(a_mail(subject="Re: Rechnung", in_reply_to="<first@mail.example.com>"), verdict=FORGED)
    assert beside.handle == first.handle
    plain = arrives(a_mail(subject="Umzug", author="Bernd <bernd@other.example>"))
    counts = {row["handle"]: (row["forged"], row["held"]) for row in desk.inbox()}
    assert counts == {first.handle: (1, 1), alone.handle: (1, 0), plain.handle: (0, 0)}
    assert [row["forged"] for row in desk.search("konto")] == [1]


def test_an_agent_lets_it_in_by_its_handle_or_code_and_takes_that_back(
    desk: Any, arrives: Arrives, a_mail: Any
) -> None:
    spam = arrives(a_mail(), suspicion=SPAM)
    before = desk.show(spam.handle)[0]
    code = next(each["code"] for each in before["timeline"] if each["kind"] == "message")
    for name in (spam.handle, code):
        row = desk.accept(name)
        assert (row["status"], row["changed"], handles(desk.inbox())) == ("open", True, [spam.handle])
        assert row["waiting_since"] is not None
        assert row["due_at"] is not None
        desk.undo()
        assert handles(desk.inbox()) == []
        assert handles(desk.inbox(status="suspected")) == [spam.handle]
    after = desk.show(spam.handle)[0]
    assert (after["waiting_since"], after["due_at"]) == (None, None)


def test_what_is_not_held_or_suspected_cannot_be_let_in(desk: Any, arrives: Arrives, a_mail: Any) -> None:
    mail = arrives(a_mail())
    with pytest.raises(WrongUse, match="nothing to let in"):
        desk.accept(mail.handle)
    with pytest.raises(NotThere):
        desk.accept("nobody-nothing")


def test_a_forged_mail_is_let_in_only_by_whoever_was_asked_about_that_very_one(
    desk: Any, arrives: Arrives, a_mail: Any
) -> None:
    first = arrives(a_mail(message_id="<1@mail.example>"))
    answer = {"subject": "Re: Frage zur Rechnung", "in_reply_to": "<1@mail.example>"}
    arrives(a_mail(author="Carl <carl@third.example>", **answer))
    (harmless,) = held(desk, first.handle)
    assert (desk.forgery(first.handle).code, desk.forgery(first.handle).because) == ("", "")
    desk.accept(harmless)  # a colleague, meanwhile
    arrives(a_mail(**answer), verdict=FORGED)
    (forged,) = held(desk, first.handle)

    with pytest.raises(WrongUse, match=f"the mail {forged} may be forged: .*; --yes does it all the same"):
        desk.accept(first.handle)
    with pytest.raises(WrongUse, match=rf"was the message {harmless}, and is {forged} of .* \(may be forged\) by now"):
        desk.accept(first.handle, anyway=harmless)
    assert held(desk, first.handle) == [forged]
    doubt = desk.forgery(first.handle)
    assert (doubt.code, desk.accept(first.handle, anyway=doubt.code)["message"]) == (forged, forged)


def held(desk: Any, handle: str) -> list[str]:
    """The codes of what is held beside a conversation."""
    return [each["code"] for each in desk.show(handle)[0]["timeline"] if each.get("held")]


def test_a_suspected_answer_is_held_beside_its_conversation(desk: Any, arrives: Arrives, a_mail: Any) -> None:
    first = arrives(a_mail(message_id="<1@mail.example>"))
    spam = arrives(a_mail(subject="Re: Frage zur Rechnung", in_reply_to="<1@mail.example>"), suspicion=SPAM)
    assert (spam.conversation, spam.held) == (first.conversation, True)
    assert desk.inbox()[0]["messages"] == 1
    code = next(each["code"] for each in desk.show(first.handle)[0]["timeline"] if each.get("held"))
    assert desk.accept(code)["messages"] == 2


def test_more_that_is_suspected_brings_nothing_into_the_inbox(desk: Any, arrives: Arrives, a_mail: Any) -> None:
    first = arrives(a_mail(message_id="<1@mail.example>"), suspicion=SPAM)
    second = arrives(a_mail(subject="Re: Frage zur Rechnung", in_reply_to="<1@mail.example>"), suspicion=SPAM)
    assert (second.conversation, second.held, desk.inbox(), desk.inbox(everything=True)) == (
        first.conversation,
        True,
        [],
        [],
    )


def test_a_later_mail_that_nothing_speaks_against_opens_it(desk: Any, arrives: Arrives, a_mail: Any) -> None:
    first = arrives(a_mail(message_id="<1@mail.example>"), suspicion=SPAM)
    arrives(a_mail(subject="Re: Frage zur Rechnung", in_reply_to="<1@mail.example>"))
    assert handles(desk.inbox()) == [first.handle]


def test_an_address_with_one_open_conversation_is_not_made_unclear_by_suspected_mail(
    desk: Any, arrives: Arrives, a_mail: Any
) -> None:
    good = arrives(a_mail())
    arrives(a_mail(subject="Gewinn"), suspicion=SPAM)
    assert desk.note("anna@example.com", "ruft zurück")["handle"] == good.handle


def test_nothing_of_a_mail_with_a_virus_is_saved_without_a_clear_word(desk: Any, arrives: Arrives, a_mail: Any) -> None:
    mail = arrives(a_mail(attachments=(("rechnung.pdf", "application/pdf", b"harm"),)), suspicion=VIRUS)
    code = next(each["code"] for each in desk.show(mail.handle)[0]["timeline"] if each["kind"] == "message")
    desk.accept(mail.handle)
    with pytest.raises(WrongUse, match=r"Eicar-Signature was found in the mail .* --infected"):
        desk.attachment(code, 1)
    assert desk.attachment(code, 1, infected=True) == ("rechnung.pdf", b"harm")


def test_an_agent_sees_the_word_beside_the_sender_and_the_reason_in_why(
    desk: Any, arrives: Arrives, a_mail: Any
) -> None:
    forged = arrives(a_mail(), verdict=FORGED)
    genuine = arrives(a_mail(subject="Andere Sache"), verdict=Verdict(Authenticity.GENUINE, "signed", "dkim=pass"))
    shown = {each: _printed(desk, each.handle) for each in (forged, genuine)}
    assert shown[forged].count("forged · Anna Beispiel") == 2  # above all of it, and above the mail
    assert "forged: nobody has signed it" in shown[forged]
    assert "genuine" not in shown[genuine]
    assert desk.show(genuine.handle)[0]["timeline"][0]["origin"]["word"] == "genuine"
    (why,) = [each for each in desk.why(forged.handle) if each["about"] == "origin"]
    assert (why["decided"], why["because"]) == ("forged", f"{FORGED.because} [dmarc=fail (p=reject)]")


def _printed(desk: Any, handle: str) -> str:
    text = io.StringIO()
    conversation(console(text), desk.show(handle)[0], desk.clock(), desk.zone)
    return text.getvalue()


@pytest.mark.parametrize(("verdict", "asked"), [(FORGED, ""), (Verdict(Authenticity.UNKNOWN, ""), "eve@evil.example")])
def test_a_mail_that_fails_dmarc_leads_no_answer_elsewhere(
    desk: Any, arrives: Arrives, a_mail: Any, verdict: Verdict, asked: str
) -> None:
    mail = arrives(a_mail(headers={"Reply-To": "eve@evil.example"}), verdict=verdict)
    assert desk.begin_reply(mail.handle)["unconfirmed_reply_to"] == asked
