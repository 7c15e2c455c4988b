"""An agent's answer: what goes out, when it is held, who is warned, and how it is taken back."""

from __future__ import annotations

from collections.abc import Callable
from email import message_from_bytes, policy
from typing import Any

import pytest
from sqlalchemy import event, select

from storage.errors import NotThere, WrongUse
from storage.outgoing import OutgoingMail
from storage.tables import MessageRow, OutboxRow, SuggestionRow
from tests.two_matters import send_all
from threads.arrive import Recorded

Arrives = Callable[..., Recorded]


def answers_of(desk: Any) -> list[OutboxRow]:
    with desk.database.reading() as session:
        return list(
            session.scalars(select(OutboxRow).where(OutboxRow.purpose == "reply").order_by(OutboxRow.created_at))
        )


def test_an_answer_goes_to_the_customer_in_reply_to_what_they_wrote(desk: Any, arrives: Arrives, a_mail: Any) -> None:
    handle = arrives(a_mail(message_id="<first@mail.example.com>")).handle

    sent = desk.reply(handle, "Guten Tag,\n\nschon erledigt.")

    [row] = answers_of(desk)
    mail = OutgoingMail.from_json(row.mail)
    assert [each.address for each in mail.to] == ["anna@example.com"]
    assert mail.author.address == "support@localhost"
    assert mail.in_reply_to == "<first@mail.example.com>"
    assert mail.subject == "Re: Frage zur Rechnung"
    assert mail.reply_to.startswith("support+")
    assert mail.text.startswith("Guten Tag,\n\nschon erledigt.")
    assert "Lena Kruse" in mail.text
    assert "> wo finde ich meine Rechnung?" in mail.text
    assert (sent["status"], sent["messages"], sent["waiting_since"], sent["due_at"], sent["goes_out_at"][-6:]) == (
        "waiting",
        2,
        None,
        None,
        "+00:00",
    )
    assert sent["assignee"] == "lena"


def test_an_answer_quotes_the_customers_mail_under_the_time_at_which_the_desk_lives(
    desk: Any, arrives: Arrives, a_mail: Any
) -> None:
    desk.reply(arrives(a_mail()).handle, "Gern.")  # written at 10 in Berlin, which is 9 in UTC

    [row] = answers_of(desk)
    assert "Am 24. November 2026 um 10:00 Uhr schrieb" in OutgoingMail.from_json(row.mail).text


def test_an_answer_is_held_and_can_be_taken_back_until_it_is_sent(
    desk: Any, arrives: Arrives, a_mail: Any, clock: Any
) -> None:
    handle = arrives(a_mail()).handle
    desk.reply(handle, "Zu früh abgeschickt.")
    clock.forward(seconds=9)
    send_all(desk, clock.now)
    assert answers_of(desk)[0].state == "waiting"

    undone = desk.undo()

    assert undone["text"] == "Zu früh abgeschickt."
    assert answers_of(desk)[0].state == "cancelled"
    assert [row["status"] for row in desk.inbox()] == ["open"]
    clock.forward(seconds=60)
    send_all(desk, clock.now)
    assert answers_of(desk)[0].state == "cancelled"


def test_an_answer_that_is_on_its_way_is_not_taken_back(desk: Any, arrives: Arrives, a_mail: Any, clock: Any) -> None:
    handle = arrives(a_mail()).handle
    desk.take(handle)
    desk.reply(handle, "Schon erledigt.")
    clock.forward(seconds=10)
    send_all(desk, clock.now)

    with pytest.raises(NotThere, match=r"it went out at 10:0\d: it cannot be taken back"):  # nine o'clock in UTC
        desk.undo()
    assert desk.show(handle)[0]["messages"] == 2


def test_the_next_reply_of_the_customer_comes_back_to_the_answered_conversation(
    desk: Any, arrives: Arrives, a_mail: Any
) -> None:
    handle = arrives(a_mail()).handle
    desk.reply(handle, "Schon erledigt.")
    mail = OutgoingMail.from_json(answers_of(desk)[0].mail)

    again = arrives(a_mail(subject="AW: ganz anders", in_reply_to=mail.message_id, text="Wirklich?"))

    assert again.handle == handle
    assert [row["handle"] for row in desk.inbox()] == [handle]


def test_who_was_put_in_copy_of_an_answer_that_is_taken_back_takes_no_part(
    desk: Any, arrives: Arrives, a_mail: Any, clock: Any
) -> None:
    handle = arrives(a_mail()).handle
    before = desk.show(handle)[0]["participants"]
    desk.reply(handle, "Das ging hinaus.", cc=["chef@kundin.example"])
    clock.forward(seconds=60)
    send_all(desk, clock.now)
    desk.reply(handle, "Vertippt.", cc=["bernd@elswhere.example", "chef@kundin.example"])

    desk.undo()

    addresses = {each["address"] for each in desk.show(handle)[0]["participants"]}
    assert addresses == {each["address"] for each in before} | {"chef@kundin.example"}


def test_who_is_put_in_copy_takes_part_from_then_on(desk: Any, arrives: Arrives, a_mail: Any) -> None:
    handle = arrives(a_mail()).handle
    desk.reply(handle, "Herr Otto weiß mehr.", cc=["Bernd Otto <bernd@elsewhere.example>"])
    mail = OutgoingMail.from_json(answers_of(desk)[0].mail)

    reply = arrives(a_mail(author="bernd@elsewhere.example", in_reply_to=mail.message_id, text="Ich kläre das."))

    assert [each.address for each in mail.cc] == ["bernd@elsewhere.example"]
    assert not reply.held
    assert desk.show(handle)[0]["customer"]["address"] == "anna@example.com"


@pytest.mark.parametrize("text", ["", "  \n\t"])
def test_an_empty_answer_is_refused(desk: Any, arrives: Arrives, a_mail: Any, text: str) -> None:
    handle = arrives(a_mail()).handle

    with pytest.raises(WrongUse, match="empty"):
        desk.reply(handle, text)
    assert answers_of(desk) == []


@pytest.mark.parametrize("address", ["nobody", "a@b\r\nBcc: x@y.example", "a b@c.example"])
def test_a_copy_goes_only_to_what_is_an_address(desk: Any, arrives: Arrives, a_mail: Any, address: str) -> None:
    handle = arrives(a_mail()).handle

    with pytest.raises(WrongUse, match="no mail address"):
        desk.reply(handle, "Hallo", cc=[address])


def test_two_agents_who_answer_the_same_are_warned(desk: Any, arrives: Arrives, a_mail: Any, clock: Any) -> None:
    handle = arrives(a_mail()).handle
    begun = desk.begin_reply(handle)
    assert begun["warnings"] == []

    ben = desk.acting_as("ben")
    [writing] = ben.begin_reply(handle)["warnings"]
    assert (writing["kind"], writing["agent"]) == ("writing", "lena")

    clock.forward(minutes=1)
    ben.reply(handle, "Schon erledigt.")
    kinds = [each["kind"] for each in desk.news(begun["conversation"], begun["seen"])]
    assert kinds == ["answered"]
    desk.end_reply(begun["conversation"])
    assert [each["kind"] for each in ben.begin_reply(handle)["warnings"]] == []


def test_a_mail_that_came_while_an_agent_wrote_is_named(desk: Any, arrives: Arrives, a_mail: Any) -> None:
    handle = arrives(a_mail(message_id="<first@mail.example.com>")).handle
    begun = desk.begin_reply(handle)

    arrives(a_mail(in_reply_to="<first@mail.example.com>", text="Hat sich geändert."))

    [news] = desk.news(begun["conversation"], begun["seen"])
    assert (news["kind"], news["from"]) == ("new mail", "anna@example.com")


def test_an_editor_that_was_forgotten_warns_nobody(desk: Any, arrives: Arrives, a_mail: Any, clock: Any) -> None:
    handle = arrives(a_mail()).handle
    desk.begin_reply(handle)
    clock.forward(hours=3)

    assert desk.acting_as("ben").begin_reply(handle)["warnings"] == []


def test_a_reply_to_counts_only_after_an_agent_confirmed_it(desk: Any, arrives: Arrives, a_mail: Any) -> None:
    handle = arrives(a_mail(headers={"Reply-To": "buero@example.com"})).handle
    assert desk.begin_reply(handle)["to"]["address"] == "anna@example.com"
    assert desk.begin_reply(handle)["unconfirmed_reply_to"] == "buero@example.com"

    sent = desk.reply(handle, "Gern.", confirms="buero@example.com")

    assert [each["address"] for each in sent["to"]] == ["buero@example.com"]
    begun = desk.begin_reply(handle)
    assert (begun["to"]["address"], begun["unconfirmed_reply_to"]) == ("buero@example.com", "")
    with pytest.raises(WrongUse, match="does not ask for answers to 'other"):
        desk.reply(handle, "Gern.", confirms="other@example.com")


def test_the_mail_that_is_answered_is_looked_up_once(desk: Any, arrives: Arrives, a_mail: Any) -> None:
    handle = arrives(a_mail(headers={"Reply-To": "buero@example.com"})).handle
    looked_up: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if "CASE WHEN" in statement and "message" in statement:
            looked_up.append(statement)

    event.listen(desk.database.engine, "before_cursor_execute", note)
    desk.begin_reply(handle)
    assert len(looked_up) == 1
    desk.reply(handle, "Gern.", confirms="buero@example.com")
    assert len(looked_up) == 2


def test_a_reply_to_within_the_customers_own_mailbox_counts_at_once(desk: Any, arrives: Arrives, a_mail: Any) -> None:
    handle = arrives(a_mail(headers={"Reply-To": "anna+a7f3@example.com"})).handle

    begun = desk.begin_reply(handle)

    assert (begun["to"]["address"], begun["unconfirmed_reply_to"]) == ("anna+a7f3@example.com", "")


def test_a_reply_to_that_was_confirmed_with_an_answer_is_taken_back_with_it(
    desk: Any, arrives: Arrives, a_mail: Any
) -> None:
    handle = arrives(a_mail(headers={"Reply-To": "buero@example.com"})).handle
    desk.reply(handle, "Gern.", confirms="buero@example.com")

    desk.undo()

    begun = desk.begin_reply(handle)
    assert (begun["to"]["address"], begun["unconfirmed_reply_to"]) == ("anna@example.com", "buero@example.com")


def test_an_answer_can_close_or_leave_open(desk: Any, arrives: Arrives, a_mail: Any) -> None:
    one, other = arrives(a_mail(subject="Eins")).handle, arrives(a_mail(subject="Zwei")).handle

    assert desk.reply(one, "Erledigt.", afterwards="closed")["status"] == "closed"
    assert desk.reply(other, "Wir sehen nach.", afterwards="open")["status"] == "open"
    with pytest.raises(WrongUse):
        desk.reply(other, "Hm.", afterwards="snoozed")


def test_the_raw_mail_and_its_attachments_come_out_as_they_went_in(desk: Any, arrives: Arrives, a_mail: Any) -> None:
    raw = a_mail(attachments=(("Rechnung März.pdf", "application/pdf", b"%PDF-1.7 \x00\xff"),))
    handle = arrives(raw).handle
    [letter] = [
        entry for entry in desk.show(handle)[0]["timeline"] if entry["kind"] == "message" and entry["direction"] == "in"
    ]

    assert desk.raw(letter["code"]) == raw
    assert desk.attachment(letter["code"], 1) == ("Rechnung März.pdf", b"%PDF-1.7 \x00\xff")
    with pytest.raises(NotThere, match="1 attachment, none"):
        desk.attachment(letter["code"], 2)


def test_an_answer_can_be_seen_as_it_goes_out(desk: Any, arrives: Arrives, a_mail: Any) -> None:
    handle = arrives(a_mail()).handle
    sent = desk.reply(handle, "Schöne Grüße aus Köln.")

    mail: Any = message_from_bytes(desk.raw(sent["message"]), policy=policy.default)

    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert all("Schöne Grüße aus Köln." in part.get_content() for part in mail.iter_parts())


def test_an_article_comes_by_its_id_as_plain_text(desk: Any, arrives: Arrives, a_mail: Any, clock: Any) -> None:
    from knowledge.article import Article
    from knowledge.store import put_articles

    handle = arrives(a_mail()).handle
    with desk.database.writing() as session:
        put_articles(
            session, [Article("rechnung-finden", "Wo?", "Im **Kundenbereich** unter *Rechnungen*.")], clock.now
        )

    assert desk.article(handle, "rechnung-finden") == "Im Kundenbereich unter Rechnungen."
    with pytest.raises(NotThere, match="no article '7'"):
        desk.article(handle, "7")


def test_a_suggestion_is_put_in_by_the_number_that_suggest_shows(
    desk: Any, arrives: Arrives, a_mail: Any, clock: Any
) -> None:
    from knowledge.article import Article
    from knowledge.store import put_articles

    handle = arrives(a_mail()).handle
    with desk.database.writing() as session:
        message = session.scalar(select(MessageRow).where(MessageRow.direction == "in"))
        session.add(
            SuggestionRow(
                message_id=message.id, rank=1, conversation_id=message.conversation_id, article_id="finden",
                question="Wo finde ich meine Rechnung?", excerpt="Im Kundenbereich.", probability=0.8, quoted=False, because="Rechnung",
            )
        )  # fmt: skip
        put_articles(session, [Article("finden", "Wo finde ich meine Rechnung?", "Im **Kundenbereich**.")], clock.now)

    assert [(row["rank"], row["article"]) for row in desk.suggest(handle)] == [(1, "finden")]
    assert desk.article(handle, "1") == "Im Kundenbereich."


def test_where_nothing_was_suggested_the_knowledge_base_is_asked_now(desk: Any, arrives: Arrives, a_mail: Any) -> None:
    handle = arrives(a_mail()).handle

    assert desk.suggest(handle) == []  # it holds no article yet


def test_what_is_asked_now_is_for_the_mailbox_and_in_the_language_of_the_mail(
    desk: Any, arrives: Arrives, a_mail: Any, clock: Any
) -> None:
    from knowledge.article import Article
    from knowledge.store import put_articles

    handle = arrives(a_mail(text="Guten Tag, wo finde ich meine Rechnung als PDF?", subject="Rechnung")).handle
    [mailbox] = {each.address for each in desk.policy.mailboxes[:1]}
    both = ("Wo finde ich meine Rechnung?", "Ihre Rechnung liegt als PDF im Kundencenter.")
    articles = [Article("hier", *both, mailboxes=(mailbox,)), Article("dort", *both, mailboxes=("x@y.example",))]
    with desk.database.writing() as session:
        put_articles(session, articles, clock.now)

    assert [each["article"] for each in desk.suggest(handle)] == ["hier"]
