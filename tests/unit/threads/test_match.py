from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from threads.model import Address, DeliveryStatus, InboundMail, Kind, Placement
from threads.placing.known import KnownGhost, KnownQuotation
from threads.placing.passages import PLENTY

Written = Callable[..., InboundMail]
NEW = "no signal leads to a conversation that is there"


Place = Callable[..., Placement]


def test_a_mail_that_refers_to_nothing_opens_a_conversation(written: Written, place: Place) -> None:
    placement = place(written())
    assert (placement.conversation, placement.signal, placement.held) == (None, "new", False)


def test_our_reply_address_wins_over_every_other_signal(written: Written, place: Place, stored: Any) -> None:
    one, other = stored.conversation(), stored.conversation("frage")
    stored.message("<other@x>", other)
    stored.known = replace(stored.known, tokens={"t" * 16: one.id})
    placement = place(written(in_reply_to=("<other@x>",)))
    assert (placement.conversation, placement.signal) == (one.id, "token")


def test_our_own_id_is_found_in_references_behind_a_foreign_in_reply_to(
    written: Written, place: Place, stored: Any
) -> None:
    ours, foreign = stored.conversation(), stored.conversation("frage")
    stored.message("<random@desk.example>", ours, ours=True, out=True)
    stored.message("<foreign@x>", foreign)
    mail = written(in_reply_to=("<foreign@x>",), references=("<random@desk.example>", "<foreign@x>"))
    assert place(mail).conversation == ours.id
    assert place(mail).signal == "own id"


def test_in_reply_to_leads_back_whatever_the_subject_says(written: Written, place: Place, stored: Any) -> None:
    conversation = stored.conversation()
    stored.message("<a@x>", conversation)
    placement = place(written(subject="Something else", in_reply_to=("a@x",)))
    assert (placement.conversation, placement.signal) == (conversation.id, "in-reply-to")
    assert "<a@x>" in placement.because


def test_the_newest_known_reference_decides(written: Written, place: Place, stored: Any) -> None:
    old, new = stored.conversation(), stored.conversation("frage")
    stored.message("<old@x>", old)
    stored.message("<new@x>", new)
    stored.known = replace(stored.known, apart=frozenset({(old.id, new.id), (new.id, old.id)}))
    placement = place(written(references=("<old@x>", "<new@x>", "<unknown@x>")))
    assert (placement.conversation, placement.merges) == (new.id, ())


def test_what_answers_a_mail_that_an_agent_moved_follows_it(written: Written, place: Place, stored: Any) -> None:
    here, there = stored.conversation(), stored.conversation("frage")
    stored.message("<ours@x>", there, ours=True, out=True, by_agent=True)
    stored.known = replace(stored.known, tokens={"t" * 16: here.id})
    placement = place(written(in_reply_to=("<ours@x>",)))
    assert (placement.conversation, placement.signal) == (there.id, "agent")


def test_an_id_of_another_mailbox_does_not_decide(written: Written, place: Place, stored: Any) -> None:
    other = stored.conversation(mailboxes=frozenset({"sales@desk.example"}))
    stored.message("<a@x>", other)
    placement = place(written(in_reply_to=("<a@x>",)))
    assert placement.conversation is None
    assert placement.rejected == (f"{other.handle}: <a@x> belongs to another mailbox",)


def test_an_id_that_occurs_twice_is_ambiguous_and_the_subject_decides(
    written: Written, place: Place, stored: Any
) -> None:
    one, other = stored.conversation("umfrage"), stored.conversation("einladung")
    stored.message("<twice@x>", one)
    stored.message("<twice@x>", other)
    assert place(written(subject="Re: Einladung", in_reply_to=("<twice@x>",))).conversation == other.id
    neither = place(written(subject="Re: Rechnung", in_reply_to=("<twice@x>",)))
    assert neither.conversation is None
    assert len(neither.rejected) == 2


def test_an_ambiguous_id_with_one_subject_belongs_to_the_writers_conversation(
    written: Written, place: Place, stored: Any
) -> None:
    other = stored.conversation("umfrage", people=frozenset({"bert@b.example"}))
    mine = stored.conversation("umfrage")
    stored.message("<twice@x>", other)
    stored.message("<twice@x>", mine)
    assert place(written(subject="Re: Umfrage", in_reply_to=("<twice@x>",))).conversation == mine.id


@pytest.mark.parametrize("nothing", ["<>", "", "<null>", "<@>"])
def test_a_placeholder_id_never_matches(written: Written, place: Place, stored: Any, nothing: str) -> None:
    stored.message(nothing, stored.conversation())
    assert place(written(in_reply_to=(nothing,), references=(nothing,))).conversation is None


def test_an_old_thread_reused_for_a_new_matter_starts_anew(written: Written, place: Place, stored: Any) -> None:
    old = stored.conversation(last_at=stored.now - timedelta(days=200))
    stored.message("<a@x>", old)
    again = place(written(subject="Umzug", in_reply_to=("<a@x>",), references=("<a@x>",)))
    assert again.conversation is None
    assert "an old thread" in again.rejected[0]
    assert place(written(subject="Re: Rechnung", in_reply_to=("<a@x>",))).conversation == old.id


def test_years_later_our_own_id_still_leads_back(written: Written, place: Place, stored: Any) -> None:
    old = stored.conversation(last_at=stored.now - timedelta(days=2000))
    stored.message("<random@desk.example>", old, ours=True, out=True)
    assert place(written(subject="Umzug", in_reply_to=("<random@desk.example>",))).conversation == old.id


def test_a_reply_without_headers_is_found_by_subject_and_participant(
    written: Written, place: Place, stored: Any
) -> None:
    conversation = stored.conversation()
    stored.known = replace(stored.known, same_subject=(conversation.id,))
    assert place(written(subject="AW: Rechnung")).signal == "subject"
    assert place(written(subject="Rechnung")).conversation is None
    assert place(written(subject="AW: Rechnung"), forged=True).conversation is None


def test_a_subject_alone_leads_back_for_thirty_days(written: Written, place: Place, stored: Any) -> None:
    old = stored.conversation(last_at=stored.now - timedelta(days=31))
    stored.known = replace(stored.known, same_subject=(old.id,))
    placement = place(written(subject="AW: Rechnung"))
    assert placement.conversation is None
    assert placement.rejected == ("anna-rechnung: it has this subject, but nothing was said there within 30 days",)


def test_where_one_of_several_with_one_subject_is_chosen_the_others_are_named(
    written: Written, place: Place, stored: Any
) -> None:
    mine = stored.conversation()
    theirs = stored.conversation(handle="bert-rechnung", people=frozenset({"bert@b.example"}))
    elsewhere = stored.conversation(handle="anna-sales", mailboxes=frozenset({"sales@desk.example"}))
    stored.known = replace(stored.known, same_subject=(mine.id, theirs.id, elsewhere.id))
    placement = place(written(subject="AW: Rechnung"))
    assert placement.conversation == mine.id
    assert placement.rejected == (
        "bert-rechnung: one of several with this subject",
        "anna-sales: it has this subject, but it goes over another mailbox",
    )


@pytest.mark.parametrize("by", ["id", "ghost", "quotation"])
def test_what_an_id_or_a_quotation_leads_to_as_well_is_named(
    written: Written, place: Place, stored: Any, by: str
) -> None:
    mine, other = stored.conversation("umfrage"), stored.conversation("rechnung")
    for each in (mine, other):
        if by == "id":
            stored.message("<twice@x>", each)
        elif by == "ghost":
            stored.known = replace(stored.known, ghosts=(*stored.known.ghosts, KnownGhost("<twice@x>", each.id)))
        else:
            quoted = KnownQuotation(each.id, "k3x9q2m", shared=PLENTY, of=PLENTY)
            stored.known = replace(stored.known, quotations=(*stored.known.quotations, quoted))
    placement = place(written(subject="Re: Umfrage", in_reply_to=("<twice@x>",)))
    assert placement.conversation == mine.id
    assert [each.partition(":")[0] for each in placement.rejected] == [other.handle]


def test_of_two_conversations_with_one_subject_none_is_guessed(written: Written, place: Place, stored: Any) -> None:
    keys = (stored.conversation().id, stored.conversation().id)
    stored.known = replace(stored.known, same_subject=keys)
    placement = place(written(subject="AW: Rechnung"))
    assert placement.conversation is None
    assert len(placement.rejected) == 1  # the two have the same handle here


@pytest.mark.parametrize("signal", ["token", "own id", "in-reply-to", "references"])
def test_a_stranger_is_held_whatever_the_signal(written: Written, place: Place, stored: Any, signal: str) -> None:
    conversation = stored.conversation()
    stored.by("eve@evil.example")
    stored.message("<a@x>", conversation, ours=signal == "own id", out=True)
    if signal == "token":
        stored.known = replace(stored.known, tokens={"t" * 16: conversation.id})
    header = {"references": ("<a@x>",)} if signal == "references" else {"in_reply_to": ("<a@x>",)}
    placement = place(written(author="eve@evil.example", **header))
    assert (placement.conversation, placement.signal, placement.held) == (conversation.id, signal, True)
    assert "eve@evil.example takes no part in it" in placement.because


@pytest.mark.parametrize(
    ("author", "held"),
    [
        ("kollege@kunde.example", False),
        ("max@private.example", False),
        ("chefin@desk.example", False),
        ("support@desk.example", True),
        ("anna@evil.example", True),
    ],
)
def test_who_belongs_to_the_customer_or_to_us_is_no_stranger(
    written: Written, place: Place, stored: Any, author: str, *, held: bool
) -> None:
    stored.by(author)
    stored.message("<a@x>", stored.conversation())
    assert place(written(author=author, in_reply_to=("<a@x>",))).held is held


def test_a_shared_freemail_domain_makes_no_colleagues(written: Written, place: Place, stored: Any) -> None:
    conversation = stored.conversation(people=frozenset({"anna@gmail.com"}), customer_domains=frozenset({"gmail.com"}))
    stored.by("eve@gmail.com")
    stored.message("<a@x>", conversation)
    assert place(written(author="eve@gmail.com", in_reply_to=("<a@x>",))).held


def test_a_mail_that_fails_authentication_never_passes_for_a_participant(
    written: Written, place: Place, stored: Any
) -> None:
    stored.message("<a@x>", stored.conversation())
    placement = place(written(in_reply_to=("<a@x>",)), forged=True)
    assert placement.held
    assert "fails authentication" in placement.because


def test_another_address_of_a_participant_is_known(written: Written, place: Place, stored: Any) -> None:
    stored.known = replace(stored.known, writer=frozenset({"anna@home.example", "anna@kunde.example"}))
    stored.message("<a@x>", stored.conversation())
    assert not place(written(author="anna@home.example", in_reply_to=("<a@x>",))).held


def test_a_bounce_finds_the_mail_of_ours_that_it_is_about(written: Written, place: Place, stored: Any) -> None:
    conversation = stored.conversation()
    stored.message("<out@desk.example>", conversation, out=True)
    stored.by("mailer-daemon@mx.example")
    bounce = written(
        author="mailer-daemon@mx.example",
        status=DeliveryStatus(("anna@kunde.example",), (), "<out@desk.example>"),
    )
    placement = place(bounce, kind=Kind.BOUNCE)
    assert (placement.conversation, placement.held) == (conversation.id, False)


def test_a_bounce_about_a_mail_that_is_not_ours_finds_nothing(written: Written, place: Place, stored: Any) -> None:
    stored.message("<in@x>", stored.conversation())
    bounce = written(author="mailer-daemon@mx.example", status=DeliveryStatus((), (), "<in@x>"))
    assert place(bounce, kind=Kind.BOUNCE).conversation is None


def test_a_mail_without_an_author_is_held(written: Written, place: Place, stored: Any) -> None:
    stored.by("")
    stored.message("<a@x>", stored.conversation())
    assert place(written(author=None, in_reply_to=("<a@x>",))).held


def test_our_own_old_answers_are_never_held(written: Written, place: Place, stored: Any) -> None:
    stored.message("<a@x>", stored.conversation())
    mail = written(author="support@desk.example", to=(Address("anna@kunde.example"),), in_reply_to=("<a@x>",))
    assert not place(mail, outgoing=True).held


def test_ten_thousand_references_are_borne(written: Written, place: Place, stored: Any) -> None:
    conversation = stored.conversation()
    stored.message("<first@x>", conversation)
    mail = written(references=("<first@x>", *(f"<{each}@x>" for each in range(10_000))))
    assert place(mail).conversation == conversation.id
