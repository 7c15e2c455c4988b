from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from storage.ids import uuid7
from threads.bridging import united
from threads.known import Known, KnownConversation, KnownGhost, KnownMessage, KnownQuotation
from threads.match import match
from threads.model import Address, DeliveryStatus, InboundMail, Kind, Mailbox, Placement

Written = Callable[..., InboundMail]
ANNA = frozenset({"anna@kunde.example"})
NEW = "no signal leads to a conversation that is there"


class Stored:
    """What the desk knows, built up by a test."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.known = Known(
            writer=frozenset({"anna@kunde.example"}),
            own_addresses=frozenset({"support@desk.example"}),
            own_domains=frozenset({"desk.example"}),
            agents=frozenset({"max@private.example"}),
        )

    def conversation(self, subject: str = "rechnung", **fields: Any) -> KnownConversation:
        """A conversation with Anna, whose last mail came an hour ago."""
        values: dict[str, Any] = {
            "id": uuid7(),
            "handle": f"anna-{subject}",
            "canonical_subject": subject,
            "mailboxes": frozenset({"support@desk.example"}),
            "people": frozenset({"anna@kunde.example"}),
            "customer_domains": frozenset({"kunde.example"}),
            "last_at": self.now - timedelta(hours=1),
        }
        made = KnownConversation(**{**values, **fields})
        self.known = replace(self.known, conversations={**self.known.conversations, made.id: made})
        return made

    def message(self, message_id: str, conversation: KnownConversation, **fields: Any) -> None:
        """A message in it."""
        subject = fields.pop("subject", conversation.canonical_subject)
        made = KnownMessage(message_id, conversation.id, subject, **fields)
        self.known = replace(self.known, messages=(*self.known.messages, made))

    def by(self, address: str) -> None:
        """The mail to be placed is by somebody else."""
        self.known = replace(self.known, writer=frozenset({address}))


@pytest.fixture
def stored(now: datetime) -> Stored:
    return Stored(now)


@pytest.fixture
def place(stored: Stored, mailbox: Mailbox, now: datetime) -> Callable[..., Placement]:
    def placed(mail: InboundMail, **more: Any) -> Placement:
        return match(mail, mailbox, stored.known, now, **more)

    return placed


Place = Callable[..., Placement]


def test_a_mail_that_refers_to_nothing_opens_a_conversation(written: Written, place: Place) -> None:
    placement = place(written())
    assert (placement.conversation, placement.signal, placement.held) == (None, "new", False)


def test_our_reply_address_wins_over_every_other_signal(written: Written, place: Place, stored: Stored) -> None:
    one, other = stored.conversation(), stored.conversation("frage")
    stored.message("<other@x>", other)
    stored.known = replace(stored.known, tokens={"t" * 16: one.id})
    placement = place(written(in_reply_to=("<other@x>",)))
    assert (placement.conversation, placement.signal) == (one.id, "token")


def test_our_own_id_is_found_in_references_behind_a_foreign_in_reply_to(
    written: Written, place: Place, stored: Stored
) -> None:
    ours, foreign = stored.conversation(), stored.conversation("frage")
    stored.message("<random@desk.example>", ours, ours=True, out=True)
    stored.message("<foreign@x>", foreign)
    mail = written(in_reply_to=("<foreign@x>",), references=("<random@desk.example>", "<foreign@x>"))
    assert place(mail).conversation == ours.id
    assert place(mail).signal == "own id"


def test_in_reply_to_leads_back_whatever_the_subject_says(written: Written, place: Place, stored: Stored) -> None:
    conversation = stored.conversation()
    stored.message("<a@x>", conversation)
    placement = place(written(subject="Something else", in_reply_to=("a@x",)))
    assert (placement.conversation, placement.signal) == (conversation.id, "in-reply-to")
    assert "<a@x>" in placement.because


def test_the_newest_known_reference_decides(written: Written, place: Place, stored: Stored) -> None:
    old, new = stored.conversation(), stored.conversation("frage")
    stored.message("<old@x>", old)
    stored.message("<new@x>", new)
    stored.known = replace(stored.known, apart=frozenset({(old.id, new.id), (new.id, old.id)}))
    placement = place(written(references=("<old@x>", "<new@x>", "<unknown@x>")))
    assert (placement.conversation, placement.merges) == (new.id, ())


def test_a_mail_that_names_mails_of_two_conversations_makes_them_one(
    written: Written, place: Place, stored: Stored
) -> None:
    old, new = stored.conversation(customers=ANNA), stored.conversation("frage", customers=ANNA)
    stored.message("<old@x>", old)
    stored.message("<new@x>", new)
    placement = place(written(references=("<old@x>", "<new@x>")))
    assert (placement.conversation, placement.merges) == (new.id, (old.id,))
    one = united(placement, stored.known)
    assert (one.conversation, one.merges) == (min(old.id, new.id), (max(old.id, new.id),))
    assert "they are one now" in one.because


def test_what_was_set_apart_does_not_meet_in_a_third_conversation(
    written: Written, place: Place, stored: Stored
) -> None:
    first, second, third = (stored.conversation(each, customers=ANNA) for each in ("a", "b", "c"))
    for name, each in (("<a@x>", first), ("<b@x>", second), ("<c@x>", third)):
        stored.message(name, each)
    stored.known = replace(stored.known, apart=frozenset({(first.id, second.id), (second.id, first.id)}))
    placement = place(written(references=("<a@x>", "<b@x>", "<c@x>")))
    assert (placement.conversation, placement.merges) == (third.id, (second.id,))


def test_conversations_of_two_colleagues_never_become_one(written: Written, place: Place, stored: Stored) -> None:
    """Ben copied Anna; she answers him, and names a mail of a matter of her own that is none of his business."""
    own = stored.conversation("gehalt", customers=ANNA)
    his = stored.conversation(
        "drucker", people=ANNA | {"ben@kunde.example"}, customers=frozenset({"ben@kunde.example"})
    )
    stored.message("<own@x>", own)
    stored.message("<his@x>", his)
    assert place(written(references=("<own@x>", "<his@x>"))).merges == ()


def test_conversations_of_two_customers_never_become_one(written: Written, place: Place, stored: Stored) -> None:
    mine = stored.conversation()
    other = stored.conversation("frage", people=frozenset({"anna@kunde.example", "ben@andere.example"}),
                                customers=frozenset({"ben@andere.example"}), customer_domains=frozenset({"andere.example"}))  # fmt: skip
    stored.message("<mine@x>", mine)
    stored.message("<other@x>", other)
    assert place(written(references=("<other@x>", "<mine@x>"))).merges == ()


def test_a_message_that_stands_where_it_does_by_its_subject_alone_is_no_bridge(
    written: Written, place: Place, stored: Stored
) -> None:
    one, two = stored.conversation(customers=ANNA), stored.conversation("frage", customers=ANNA)
    stored.message("<one@x>", one, weak=True)
    stored.message("<two@x>", two)
    assert place(written(references=("<one@x>", "<two@x>"))).merges == ()


def test_what_is_quoted_most_leads_before_what_is_the_writers_own(
    written: Written, place: Place, stored: Stored
) -> None:
    """A colleague answers our mail to another, and two turns of phrase of ours stand in a conversation of their own too."""
    own = stored.conversation()
    other = stored.conversation("umzug", people=frozenset({"otto@kunde.example"}))
    stored.known = replace(
        stored.known, quotations=(KnownQuotation(own.id, "abc", 3, 8), KnownQuotation(other.id, "def", 10, 12))
    )
    assert place(written(subject="ganz anders")).conversation == other.id


def test_a_held_mail_merges_nothing(written: Written, place: Place, stored: Stored) -> None:
    one, two = stored.conversation(), stored.conversation("frage")
    stored.message("<one@x>", one)
    stored.message("<two@x>", two)
    stored.by("mallory@evil.example")
    placement = place(written(author="mallory@evil.example", references=("<one@x>", "<two@x>")))
    assert (placement.held, placement.merges) == (True, ())


def test_a_reused_old_thread_is_not_merged_with_what_it_was_reused_for(
    written: Written, place: Place, stored: Stored, now: datetime
) -> None:
    old = stored.conversation(last_at=now - timedelta(days=90))
    stored.message("<old@x>", old)
    placement = place(written(subject="Neuer Vertrag", references=("<old@x>",)))
    assert (placement.conversation, placement.recycles) == (None, (old.id,))


def test_a_mail_nobody_has_seen_leads_to_who_refers_to_it_too(written: Written, place: Place, stored: Stored) -> None:
    conversation = stored.conversation()
    stored.known = replace(
        stored.known, ghosts=(KnownGhost("<ghost@x>", conversation.id),), people=frozenset({"anna@kunde.example"})
    )
    placement = place(written(subject="ganz anders", in_reply_to=("<ghost@x>",)))
    assert (placement.conversation, placement.signal) == (conversation.id, "ghost")


def test_a_mail_nobody_has_seen_joins_no_two_customers(written: Written, place: Place, stored: Stored) -> None:
    """Two customers answer the same circular: same ID, same subject, and they have nothing to do with each other."""
    conversation = stored.conversation(people=frozenset({"ben@andere.example"}))
    stored.known = replace(
        stored.known, ghosts=(KnownGhost("<ghost@x>", conversation.id),), people=frozenset({"anna@kunde.example"})
    )
    placement = place(written(subject="AW: Rechnung", in_reply_to=("<ghost@x>",)))
    assert placement.conversation is None
    assert "nobody of this mail" in " ".join(placement.rejected)


def test_what_everybody_refers_to_leads_nowhere(written: Written, place: Place, stored: Stored) -> None:
    ghosts = tuple(KnownGhost("<yes>", stored.conversation(str(number)).id) for number in range(20))
    stored.known = replace(stored.known, ghosts=ghosts, people=frozenset({"anna@kunde.example"}))
    assert place(written(subject="neu", in_reply_to=("<yes>",))).conversation is None


def test_a_mail_that_comes_after_its_answer_joins_it(written: Written, place: Place, stored: Stored) -> None:
    conversation = stored.conversation("frage")
    stored.known = replace(
        stored.known,
        ghosts=(KnownGhost("<first@kunde.example>", conversation.id),),
        people=frozenset({"anna@kunde.example"}),
    )
    assert place(written(subject="Frage")).conversation == conversation.id


def test_a_mail_without_headers_leads_where_its_quotation_stands(
    written: Written, place: Place, stored: Stored
) -> None:
    conversation, other = stored.conversation("frage"), stored.conversation("anderes")
    quotations = (KnownQuotation(other.id, "abc", 2, 9), KnownQuotation(conversation.id, "def", 9, 9))
    stored.known = replace(stored.known, quotations=quotations)
    placement = place(written(subject="ohne Betreff"))
    assert (placement.conversation, placement.signal) == (conversation.id, "quotation")


def test_who_writes_from_another_address_and_quotes_our_mail_is_held_there(
    written: Written, place: Place, stored: Stored
) -> None:
    conversation = stored.conversation("frage", names=frozenset({"anna berger"}))
    stored.by("mallory@evil.example")
    stored.known = replace(stored.known, quotations=(KnownQuotation(conversation.id, "def", 9, 16),))
    placement = place(written(subject="ohne Betreff", author="mallory@evil.example"))
    assert (placement.conversation, placement.held) == (conversation.id, True)


def test_the_same_text_that_agents_send_to_many_leads_to_nobody_else(
    written: Written, place: Place, stored: Stored
) -> None:
    conversation = stored.conversation("frage")
    stored.by("mallory@evil.example")
    stored.known = replace(stored.known, quotations=(KnownQuotation(conversation.id, "def", 16, 16),))
    assert place(written(subject="ohne Betreff", author="mallory@evil.example")).conversation is None


def test_what_answers_a_mail_that_an_agent_moved_follows_it(written: Written, place: Place, stored: Stored) -> None:
    here, there = stored.conversation(), stored.conversation("frage")
    stored.message("<ours@x>", there, ours=True, out=True, by_agent=True)
    stored.known = replace(stored.known, tokens={"t" * 16: here.id})
    placement = place(written(in_reply_to=("<ours@x>",)))
    assert (placement.conversation, placement.signal) == (there.id, "agent")


def test_an_id_of_another_mailbox_does_not_decide(written: Written, place: Place, stored: Stored) -> None:
    other = stored.conversation(mailboxes=frozenset({"sales@desk.example"}))
    stored.message("<a@x>", other)
    placement = place(written(in_reply_to=("<a@x>",)))
    assert placement.conversation is None
    assert placement.rejected == (f"{other.handle}: <a@x> belongs to another mailbox",)


def test_an_id_that_occurs_twice_is_ambiguous_and_the_subject_decides(
    written: Written, place: Place, stored: Stored
) -> None:
    one, other = stored.conversation("umfrage"), stored.conversation("einladung")
    stored.message("<twice@x>", one)
    stored.message("<twice@x>", other)
    assert place(written(subject="Re: Einladung", in_reply_to=("<twice@x>",))).conversation == other.id
    neither = place(written(subject="Re: Rechnung", in_reply_to=("<twice@x>",)))
    assert neither.conversation is None
    assert len(neither.rejected) == 2


def test_an_ambiguous_id_with_one_subject_belongs_to_the_writers_conversation(
    written: Written, place: Place, stored: Stored
) -> None:
    other = stored.conversation("umfrage", people=frozenset({"bert@b.example"}))
    mine = stored.conversation("umfrage")
    stored.message("<twice@x>", other)
    stored.message("<twice@x>", mine)
    assert place(written(subject="Re: Umfrage", in_reply_to=("<twice@x>",))).conversation == mine.id


@pytest.mark.parametrize("nothing", ["<>", "", "<null>", "<@>"])
def test_a_placeholder_id_never_matches(written: Written, place: Place, stored: Stored, nothing: str) -> None:
    stored.message(nothing, stored.conversation())
    assert place(written(in_reply_to=(nothing,), references=(nothing,))).conversation is None


def test_an_old_thread_reused_for_a_new_matter_starts_anew(written: Written, place: Place, stored: Stored) -> None:
    old = stored.conversation(last_at=stored.now - timedelta(days=200))
    stored.message("<a@x>", old)
    again = place(written(subject="Umzug", in_reply_to=("<a@x>",), references=("<a@x>",)))
    assert again.conversation is None
    assert "an old thread" in again.rejected[0]
    assert place(written(subject="Re: Rechnung", in_reply_to=("<a@x>",))).conversation == old.id


def test_years_later_our_own_id_still_leads_back(written: Written, place: Place, stored: Stored) -> None:
    old = stored.conversation(last_at=stored.now - timedelta(days=2000))
    stored.message("<random@desk.example>", old, ours=True, out=True)
    assert place(written(subject="Umzug", in_reply_to=("<random@desk.example>",))).conversation == old.id


def test_a_reply_without_headers_is_found_by_subject_and_participant(
    written: Written, place: Place, stored: Stored
) -> None:
    conversation = stored.conversation()
    stored.known = replace(stored.known, same_subject=(conversation.id,))
    assert place(written(subject="AW: Rechnung")).signal == "subject"
    assert place(written(subject="Rechnung")).conversation is None
    assert place(written(subject="AW: Rechnung"), forged=True).conversation is None


def test_a_subject_alone_leads_back_for_thirty_days(written: Written, place: Place, stored: Stored) -> None:
    old = stored.conversation(last_at=stored.now - timedelta(days=31))
    stored.known = replace(stored.known, same_subject=(old.id,))
    assert place(written(subject="AW: Rechnung")).conversation is None


def test_of_two_conversations_with_one_subject_none_is_guessed(written: Written, place: Place, stored: Stored) -> None:
    keys = (stored.conversation().id, stored.conversation().id)
    stored.known = replace(stored.known, same_subject=keys)
    placement = place(written(subject="AW: Rechnung"))
    assert placement.conversation is None
    assert len(placement.rejected) == 1  # the two have the same handle here


@pytest.mark.parametrize("signal", ["token", "own id", "in-reply-to", "references"])
def test_a_stranger_is_held_whatever_the_signal(written: Written, place: Place, stored: Stored, signal: str) -> None:
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
    written: Written, place: Place, stored: Stored, author: str, *, held: bool
) -> None:
    stored.by(author)
    stored.message("<a@x>", stored.conversation())
    assert place(written(author=author, in_reply_to=("<a@x>",))).held is held


def test_a_shared_freemail_domain_makes_no_colleagues(written: Written, place: Place, stored: Stored) -> None:
    conversation = stored.conversation(people=frozenset({"anna@gmail.com"}), customer_domains=frozenset({"gmail.com"}))
    stored.by("eve@gmail.com")
    stored.message("<a@x>", conversation)
    assert place(written(author="eve@gmail.com", in_reply_to=("<a@x>",))).held


def test_a_mail_that_fails_authentication_never_passes_for_a_participant(
    written: Written, place: Place, stored: Stored
) -> None:
    stored.message("<a@x>", stored.conversation())
    placement = place(written(in_reply_to=("<a@x>",)), forged=True)
    assert placement.held
    assert "fails authentication" in placement.because


def test_another_address_of_a_participant_is_known(written: Written, place: Place, stored: Stored) -> None:
    stored.known = replace(stored.known, writer=frozenset({"anna@home.example", "anna@kunde.example"}))
    stored.message("<a@x>", stored.conversation())
    assert not place(written(author="anna@home.example", in_reply_to=("<a@x>",))).held


def test_a_bounce_finds_the_mail_of_ours_that_it_is_about(written: Written, place: Place, stored: Stored) -> None:
    conversation = stored.conversation()
    stored.message("<out@desk.example>", conversation, out=True)
    stored.by("mailer-daemon@mx.example")
    bounce = written(
        author="mailer-daemon@mx.example",
        status=DeliveryStatus(("anna@kunde.example",), (), "<out@desk.example>"),
    )
    placement = place(bounce, kind=Kind.BOUNCE)
    assert (placement.conversation, placement.held) == (conversation.id, False)


def test_a_bounce_about_a_mail_that_is_not_ours_finds_nothing(written: Written, place: Place, stored: Stored) -> None:
    stored.message("<in@x>", stored.conversation())
    bounce = written(author="mailer-daemon@mx.example", status=DeliveryStatus((), (), "<in@x>"))
    assert place(bounce, kind=Kind.BOUNCE).conversation is None


def test_a_mail_without_an_author_is_held(written: Written, place: Place, stored: Stored) -> None:
    stored.by("")
    stored.message("<a@x>", stored.conversation())
    assert place(written(author=None, in_reply_to=("<a@x>",))).held


def test_our_own_old_answers_are_never_held(written: Written, place: Place, stored: Stored) -> None:
    stored.message("<a@x>", stored.conversation())
    mail = written(author="support@desk.example", to=(Address("anna@kunde.example"),), in_reply_to=("<a@x>",))
    assert not place(mail, outgoing=True).held


def test_ten_thousand_references_are_borne(written: Written, place: Place, stored: Stored) -> None:
    conversation = stored.conversation()
    stored.message("<first@x>", conversation)
    mail = written(references=("<first@x>", *(f"<{each}@x>" for each in range(10_000))))
    assert place(mail).conversation == conversation.id
