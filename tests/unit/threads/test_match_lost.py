"""Where a mail belongs whose headers do not tell, and which conversations are one."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from threads.model import InboundMail, Placement
from threads.placing.bridging import united
from threads.placing.known import KnownGhost, KnownQuotation

Written = Callable[..., InboundMail]
Place = Callable[..., Placement]
ANNA = frozenset({"anna@kunde.example"})


def test_a_mail_that_names_mails_of_two_conversations_makes_them_one(
    written: Written, place: Place, stored: Any
) -> None:
    old, new = stored.conversation(customers=ANNA), stored.conversation("frage", customers=ANNA)
    stored.message("<old@x>", old)
    stored.message("<new@x>", new)
    placement = place(written(references=("<old@x>", "<new@x>")))
    assert (placement.conversation, placement.merges) == (new.id, (old.id,))
    one = united(placement, stored.known)
    assert (one.conversation, one.merges) == (min(old.id, new.id), (max(old.id, new.id),))
    assert "they are one now" in one.because


def test_what_was_set_apart_does_not_meet_in_a_third_conversation(written: Written, place: Place, stored: Any) -> None:
    first, second, third = (stored.conversation(each, customers=ANNA) for each in ("a", "b", "c"))
    for name, each in (("<a@x>", first), ("<b@x>", second), ("<c@x>", third)):
        stored.message(name, each)
    stored.known = replace(stored.known, apart=frozenset({(first.id, second.id), (second.id, first.id)}))
    placement = place(written(references=("<a@x>", "<b@x>", "<c@x>")))
    assert (placement.conversation, placement.merges) == (third.id, (second.id,))


def test_conversations_of_two_colleagues_never_become_one(written: Written, place: Place, stored: Any) -> None:
    """Ben copied Anna; she answers him, and names a mail of a matter of her own that is none of his business."""
    own = stored.conversation("gehalt", customers=ANNA)
    his = stored.conversation(
        "drucker", people=ANNA | {"ben@kunde.example"}, customers=frozenset({"ben@kunde.example"})
    )
    stored.message("<own@x>", own)
    stored.message("<his@x>", his)
    assert place(written(references=("<own@x>", "<his@x>"))).merges == ()


def test_conversations_of_two_customers_never_become_one(written: Written, place: Place, stored: Any) -> None:
    mine = stored.conversation()
    other = stored.conversation("frage", people=frozenset({"anna@kunde.example", "ben@andere.example"}),
                                customers=frozenset({"ben@andere.example"}), customer_domains=frozenset({"andere.example"}))  # fmt: skip
    stored.message("<mine@x>", mine)
    stored.message("<other@x>", other)
    assert place(written(references=("<other@x>", "<mine@x>"))).merges == ()


def test_a_message_that_stands_where_it_does_by_its_subject_alone_is_no_bridge(
    written: Written, place: Place, stored: Any
) -> None:
    one, two = stored.conversation(customers=ANNA), stored.conversation("frage", customers=ANNA)
    stored.message("<one@x>", one, weak=True)
    stored.message("<two@x>", two)
    assert place(written(references=("<one@x>", "<two@x>"))).merges == ()


def test_what_is_quoted_most_leads_before_what_is_the_writers_own(written: Written, place: Place, stored: Any) -> None:
    """A colleague answers our mail to another, and two turns of phrase of ours stand in a conversation of their own too."""
    own = stored.conversation()
    other = stored.conversation("umzug", people=frozenset({"otto@kunde.example"}))
    stored.known = replace(
        stored.known, quotations=(KnownQuotation(own.id, "abc", 3, 8), KnownQuotation(other.id, "def", 10, 12))
    )
    assert place(written(subject="ganz anders")).conversation == other.id


def test_a_held_mail_merges_nothing(written: Written, place: Place, stored: Any) -> None:
    one, two = stored.conversation(), stored.conversation("frage")
    stored.message("<one@x>", one)
    stored.message("<two@x>", two)
    stored.by("mallory@evil.example")
    placement = place(written(author="mallory@evil.example", references=("<one@x>", "<two@x>")))
    assert (placement.held, placement.merges) == (True, ())


def test_a_reused_old_thread_is_not_merged_with_what_it_was_reused_for(
    written: Written, place: Place, stored: Any, now: datetime
) -> None:
    old = stored.conversation(last_at=now - timedelta(days=90))
    stored.message("<old@x>", old)
    placement = place(written(subject="Neuer Vertrag", references=("<old@x>",)))
    assert (placement.conversation, placement.recycles) == (None, (old.id,))


def test_a_mail_nobody_has_seen_leads_to_who_refers_to_it_too(written: Written, place: Place, stored: Any) -> None:
    conversation = stored.conversation()
    stored.known = replace(
        stored.known, ghosts=(KnownGhost("<ghost@x>", conversation.id),), people=frozenset({"anna@kunde.example"})
    )
    placement = place(written(subject="ganz anders", in_reply_to=("<ghost@x>",)))
    assert (placement.conversation, placement.signal) == (conversation.id, "ghost")


def test_who_a_mail_and_an_unseen_one_have_in_common_is_named_by_the_address_in_the_mail(
    written: Written, place: Place, stored: Any
) -> None:
    both = ANNA | {"alias@never.example"}  # linked to hers
    conversation = stored.conversation(people=both)
    stored.known = replace(stored.known, ghosts=(KnownGhost("<ghost@x>", conversation.id),), people=both)
    placement = place(written(subject="ganz anders", in_reply_to=("<ghost@x>",)))
    assert placement.because.endswith(", and anna@kunde.example takes part in it")


def test_a_mail_nobody_has_seen_joins_no_two_customers(written: Written, place: Place, stored: Any) -> None:
    """Two customers answer the same circular: same ID, same subject, and they have nothing to do with each other."""
    conversation = stored.conversation(people=frozenset({"ben@andere.example"}))
    stored.known = replace(
        stored.known, ghosts=(KnownGhost("<ghost@x>", conversation.id),), people=frozenset({"anna@kunde.example"})
    )
    placement = place(written(subject="AW: Rechnung", in_reply_to=("<ghost@x>",)))
    assert placement.conversation is None
    assert "nobody of this mail" in " ".join(placement.rejected)


def test_what_everybody_refers_to_leads_nowhere(written: Written, place: Place, stored: Any) -> None:
    ghosts = tuple(KnownGhost("<yes>", stored.conversation(str(number)).id) for number in range(20))
    stored.known = replace(stored.known, ghosts=ghosts, people=frozenset({"anna@kunde.example"}))
    assert place(written(subject="neu", in_reply_to=("<yes>",))).conversation is None


def test_a_mail_that_comes_after_its_answer_joins_it(written: Written, place: Place, stored: Any) -> None:
    conversation = stored.conversation("frage")
    stored.known = replace(
        stored.known,
        ghosts=(KnownGhost("<first@kunde.example>", conversation.id),),
        people=frozenset({"anna@kunde.example"}),
    )
    assert place(written(subject="Frage")).conversation == conversation.id


def test_a_mail_without_headers_leads_where_its_quotation_stands(written: Written, place: Place, stored: Any) -> None:
    conversation, other = stored.conversation("frage"), stored.conversation("anderes")
    quotations = (KnownQuotation(other.id, "abc", 2, 9), KnownQuotation(conversation.id, "def", 9, 9))
    stored.known = replace(stored.known, quotations=quotations)
    placement = place(written(subject="ohne Betreff"))
    assert (placement.conversation, placement.signal) == (conversation.id, "quotation")


def test_who_writes_from_another_address_and_quotes_our_mail_is_held_there(
    written: Written, place: Place, stored: Any
) -> None:
    conversation = stored.conversation("frage", names=frozenset({"anna berger"}))
    stored.by("mallory@evil.example")
    stored.known = replace(stored.known, quotations=(KnownQuotation(conversation.id, "def", 9, 16),))
    placement = place(written(subject="ohne Betreff", author="mallory@evil.example"))
    assert (placement.conversation, placement.held) == (conversation.id, True)


def test_the_same_text_that_agents_send_to_many_leads_to_nobody_else(
    written: Written, place: Place, stored: Any
) -> None:
    conversation = stored.conversation("frage")
    stored.by("mallory@evil.example")
    stored.known = replace(stored.known, quotations=(KnownQuotation(conversation.id, "def", 16, 16),))
    assert place(written(subject="ohne Betreff", author="mallory@evil.example")).conversation is None
