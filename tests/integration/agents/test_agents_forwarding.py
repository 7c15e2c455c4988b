"""A third party is asked about a customer's matter: what they see, where their answer comes, and who sees that."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from mailgateway.compose import compose
from mailgateway.deliver import deliver_due
from mailgateway.transports.folder import Folder
from service.desk_forwarding import Wanted
from service.drafts import asking, draft_file, keep_text
from storage.errors import BriefwechselError, NotThere, WrongUse
from storage.outbox import Sent, lease_due, settle
from storage.outgoing import OutgoingMail
from storage.tables import ApartRow, OutboxRow
from threads.arrive import Recorded
from threads.store.stops import stop

Arrives = Callable[..., Recorded]
BEN = "Ben Otto <ben@registry.example>"
ADDRESS = "ben@registry.example"
SECRET = "support+abcdefghijklmnop@localhost"
ASKED = "Guten Tag,\n\nist die Domain frei?\nErreichbar bin ich unter Anna@Example.com, nicht über " + SECRET + ".\n"


def outgoing(desk: Any) -> list[OutgoingMail]:
    """What agents wrote, in order."""
    with desk.database.reading() as session:
        wanted = select(OutboxRow.mail).where(OutboxRow.purpose == "reply").order_by(OutboxRow.created_at, OutboxRow.id)
        return [OutgoingMail.from_json(each) for each in session.scalars(wanted)]


def without_times(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key not in ("updated_at", "timeline")}


@pytest.fixture
def asked(desk: Any, arrives: Arrives, a_mail: Any) -> dict[str, Any]:
    """Anna wrote, and Ben was asked about it."""
    handle = arrives(a_mail(subject="AW: Domain", text=ASKED, message_id="<first@mail.example.com>")).handle
    row: dict[str, Any] = desk.forward(handle, "Hallo Ben, was meinst du?", Wanted(BEN))
    return {**row, "main": handle}


def test_a_third_party_sees_what_was_forwarded_and_no_address_of_the_customers(desk: Any, asked: Any) -> None:
    [mail] = outgoing(desk)
    assert [(each.name, each.address) for each in mail.to] == [("Ben Otto", ADDRESS)]
    assert mail.text.startswith("Hallo Ben, was meinst du?\n\nLena Kruse\nNordlicht Hosting\n\nAm 24. November 2026 um")
    assert "schrieb Anna Beispiel:\n> Guten Tag,\n>\n> ist die Domain frei?\n" in mail.text
    assert "> Erreichbar bin ich unter […], nicht über support@localhost.\n" in mail.text
    assert mail.subject == "Fwd: Domain"
    assert "anna@example.com" not in compose(mail).decode().lower()


def test_nothing_in_what_a_third_party_gets_leads_into_the_customers_conversation(
    desk: Any, asked: Any, arrives: Arrives, a_mail: Any
) -> None:
    [mail] = outgoing(desk)
    assert (mail.in_reply_to, mail.references) == ("", ())
    desk.reply(asked["main"], "Wir klären das.")
    [_, answer] = outgoing(desk)
    assert mail.reply_to != answer.reply_to
    [main] = desk.show(asked["main"])
    assert [each["address"] for each in main["participants"]] == ["anna@example.com"]
    # whoever answers the customer's thread all the same is a stranger there
    stray = arrives(a_mail(author=BEN, references="<first@mail.example.com>", text="Ja."))
    assert (stray.handle, stray.held) == (asked["main"], True)


def test_the_customers_address_and_files_go_along_where_the_agent_says_so(
    desk: Any, arrives: Arrives, a_mail: Any, tmp_path: Path, clock: Any
) -> None:
    file = ("Ausweis Größe 1.pdf", "application/pdf", b"%PDF\x00" * 50_000)
    handle = arrives(a_mail(text=ASKED, attachments=(file,))).handle
    row = desk.forward(handle, "Bitte prüfen.", Wanted(BEN, with_address=True, with_attachments=True))

    [mail] = outgoing(desk)
    assert "schrieb Anna Beispiel <anna@example.com>:" in mail.text
    assert "unter Anna@Example.com, nicht über support@localhost" in mail.text
    clock.forward(seconds=11)
    assert deliver_due(desk.database, Folder(tmp_path / "sent"), clock.now) == {"sent": 2}  # the acknowledgement, too
    kept = [message_from_bytes(each.read_bytes(), policy=policy.default) for each in (tmp_path / "sent/new").iterdir()]
    [sent] = [each for each in kept if each["to"].addresses[0].addr_spec == ADDRESS]
    [enclosed] = sent.iter_attachments()
    assert (enclosed.get_filename(), enclosed.get_content()) == ("Ausweis Größe 1.pdf", file[2])
    assert desk.attachment(row["message"], 1) == ("Ausweis Größe 1.pdf", file[2])
    assert message_from_bytes(desk.raw(row["message"]), policy=policy.default)["message-id"] == sent["message-id"]


@pytest.mark.parametrize("with_address", [False, True])
def test_a_third_party_sees_no_address_of_whoever_else_takes_part(
    desk: Any, arrives: Arrives, a_mail: Any, with_address: bool
) -> None:
    said = "Bitte fragt Clara unter Clara@Firma.example."
    first = a_mail(subject="Für clara@firma.example", cc="Clara <clara@firma.example>", text=said)
    handle = arrives(first).handle
    desk.forward(handle, "Was meinst du?", Wanted(BEN, with_address=with_address))

    [mail] = outgoing(desk)
    assert "> Bitte fragt Clara unter […]." in mail.text
    assert "clara@firma.example" not in compose(mail).decode().lower()


def test_a_message_that_only_quotes_is_not_forwarded_but_for_its_files(
    desk: Any, arrives: Arrives, a_mail: Any
) -> None:
    quoted = "Am 1.2.2026 schrieb Clara <clara@firma.example>:\n> Das Passwort ist geheim.\n> Clara\n"
    file = ("Plan.pdf", "application/pdf", b"%PDF")
    handle = arrives(a_mail(text=quoted, attachments=(file,))).handle
    for refused in (desk.begin_forward, lambda name, wanted: desk.forward(name, "Was meinst du?", wanted)):
        with pytest.raises(WrongUse, match=r"says nothing but what it quotes.*--message"):
            refused(handle, Wanted(BEN))
    assert outgoing(desk) == []

    desk.forward(handle, "Was meinst du?", Wanted(BEN, with_attachments=True))

    [mail] = outgoing(desk)
    assert [each.name for each in mail.enclosed] == ["Plan.pdf"]
    assert "Passwort" not in mail.text


def test_what_a_first_mail_quotes_without_saying_whom_goes_to_no_third_party(
    desk: Any, arrives: Arrives, a_mail: Any
) -> None:
    handle = arrives(
        a_mail(subject="Umzug", text="Was heißt das?\n> Das Passwort\n| ist geheim\nMM> Clara\nDanke!")
    ).handle
    begun = desk.begin_forward(handle, Wanted(BEN))
    desk.forward(handle, "Was meinst du?", Wanted(BEN))

    [mail] = outgoing(desk)
    assert "Passwort" not in begun["customer_wrote"] + mail.text
    assert mail.text.rstrip().endswith("> Was heißt das?\n> Danke!")
    only = arrives(a_mail(subject="Anderes", text="> Das Passwort ist geheim.\n> Clara\n")).handle
    with pytest.raises(WrongUse, match="says nothing but what it quotes"):
        desk.forward(only, "Was meinst du?", Wanted(BEN))


def test_what_another_wrote_goes_to_no_third_party_where_nothing_else_is_said(
    desk: Any, arrives: Arrives, a_mail: Any
) -> None:
    block = "Von: Clara <clara@firma.example>\nGesendet: Montag, 1. Februar 2026 10:00\nAn: Anna\nBetreff: Passwort\n\nGeheim."
    handle = arrives(a_mail(subject="Passwort", text=block)).handle
    with pytest.raises(WrongUse, match="says nothing but what it quotes"):
        desk.forward(handle, "Was meinst du?", Wanted(BEN))


def test_what_a_customer_wrote_goes_along_where_somebody_passed_it_on(desk: Any, arrives: Arrives, a_mail: Any) -> None:
    text = (
        "---------- Forwarded message ---------\nVon: Anna <anna@example.com>\nDate: Mo., 1. Feb. 2026 um 10:00 Uhr\n"
    )
    text += "Subject: Umzug\nTo: <carl@localhost>\n\nWir ziehen um.\n"
    handle = arrives(a_mail("Carl <carl@localhost>", subject="Fwd: Umzug", text=text)).handle
    [shown] = desk.show(handle)
    assert shown["customer"]["address"] == "anna@example.com"
    desk.forward(handle, "Was meinst du?", Wanted(BEN))

    [mail] = outgoing(desk)
    assert mail.text.rstrip().endswith("> Wir ziehen um.")


def test_the_files_of_an_earlier_mail_are_pointed_to(desk: Any, arrives: Arrives, a_mail: Any) -> None:
    scan = (("scan.pdf", "application/pdf", b"%PDF-1.4 scanned"),)
    handle = arrives(a_mail(text="Anbei.", attachments=scan, message_id="<one@mail.example.com>")).handle
    arrives(a_mail(text="Kam das an?", in_reply_to="<one@mail.example.com>"))
    [shown] = desk.show(handle)
    code = next(each["code"] for each in shown["timeline"] if each.get("reply", "").startswith("Anbei"))
    with pytest.raises(WrongUse, match=f"{code} has: name that one with --message {code}"):
        desk.forward(handle, "Was ist das?", Wanted(BEN, with_attachments=True))


def test_the_answer_comes_into_the_side_conversation_and_nothing_of_it_to_the_customer(
    desk: Any, asked: Any, arrives: Arrives, a_mail: Any
) -> None:
    [mail] = outgoing(desk)
    answer = arrives(a_mail(author=BEN, subject="AW: Fwd: Domain", in_reply_to=mail.message_id, text="Geheimwort: ja."))
    assert (answer.handle, answer.held, answer.acknowledged) == (asked["handle"], False, False)

    desk.reply(asked["main"], "Sie ist frei.")

    to_anna = outgoing(desk)[-1]
    assert [each.address for each in to_anna.to + to_anna.cc] == ["anna@example.com"]
    assert "Geheimwort" not in to_anna.text
    assert mail.message_id not in to_anna.references
    [main] = desk.show(asked["main"])
    assert "Geheimwort" not in str(main)


def test_who_shows_a_conversation_sees_what_was_asked_aside_and_of_that_what_it_is_about(desk: Any, asked: Any) -> None:
    [main], [side] = desk.show(asked["main"]), desk.show(asked["handle"])
    [named] = main["sides"]
    assert (named["handle"], named["status"], named["with"]) == (
        asked["handle"], "waiting", {"name": "Ben Otto", "address": ADDRESS},
    )  # fmt: skip
    [event] = [each for each in main["timeline"] if each.get("event") == "asked"]
    assert event["because"] == f"lena asked Ben Otto about it in {asked['handle']}"
    assert event["side"] == named
    assert (side["about"], side["sides"], main["about"]) == (asked["main"], [], "")
    [row] = desk.inbox()
    assert (row["handle"], row["asked"], row["answered"]) == (asked["main"], 1, 0)


def test_a_question_is_taken_back_while_it_is_held_and_nothing_of_it_is_left(
    desk: Any, arrives: Arrives, a_mail: Any
) -> None:
    handle = arrives(a_mail(text=ASKED)).handle
    [before] = desk.show(handle)
    for name in ("", "main", "side"):
        side = desk.forward(handle, "Zu früh.", Wanted(BEN))["handle"]
        undone = desk.undo({"": "", "main": handle, "side": side}[name])
        assert undone["text"] == "Zu früh."
        assert undone["asked"]["handle"] == handle
        [after] = desk.show(handle)
        assert without_times(after) == without_times(before)
        [row] = desk.inbox()
        assert (row["asked"], row["answered"]) == (0, 0)
    with desk.database.reading() as session:
        assert set(session.scalars(select(OutboxRow.state).where(OutboxRow.purpose == "reply"))) == {"cancelled"}
    kept, _ = keep_text(desk, undone)
    assert Path(kept) == draft_file(desk.data, asking(before["conversation"], ADDRESS), "lena")
    with pytest.raises(NotThere):
        desk.undo(handle)


def test_who_takes_back_a_question_that_has_gone_out_reads_that_it_was_one_to_a_third_party(
    desk: Any, asked: Any, clock: Any
) -> None:
    clock.forward(seconds=10)
    with desk.database.writing() as session:
        for each in lease_due(session, clock.now, timedelta(minutes=5), 100):
            settle(session, each, Sent("250 2.0.0 taken"), clock.now)
    what = f"your last act {{}}is the question to {ADDRESS} about {asked['main']}, and it went out at "

    for name in ("main", "handle"):
        with pytest.raises(NotThere) as refused:
            desk.undo(asked[name])
        assert str(refused.value).startswith(what.format("there "))
        assert str(refused.value).endswith(": it cannot be taken back")
    with pytest.raises(NotThere) as refused:
        desk.undo()
    assert str(refused.value).startswith(what.format(""))
    assert str(refused.value).endswith("; to take back something on another conversation, say `brief undo HANDLE`")


def test_somebody_who_was_asked_before_is_asked_in_the_same_side_conversation_and_somebody_else_in_another(
    desk: Any, asked: Any, arrives: Arrives, a_mail: Any
) -> None:
    [first] = outgoing(desk)
    arrives(
        a_mail(author=BEN, in_reply_to=first.message_id, text="Welche Domain?", message_id="<ben@registry.example>")
    )
    again = desk.forward(asked["main"], "Die in ihrer Mail.", Wanted(ADDRESS))
    other = desk.forward(asked["main"], "Und du?", Wanted("cem@bank.example"))

    assert again["handle"] == asked["handle"]
    assert other["handle"] != asked["handle"]
    [_, second, third] = outgoing(desk)
    assert (second.in_reply_to, third.in_reply_to, third.references) == ("<ben@registry.example>", "", ())
    assert second.reply_to == first.reply_to != third.reply_to
    [main] = desk.show(asked["main"])
    assert [each["handle"] for each in main["sides"]] == [asked["handle"], other["handle"]]


def test_a_message_that_is_named_is_forwarded_else_the_customers_last(desk: Any, arrives: Arrives, a_mail: Any) -> None:
    handle = arrives(a_mail(text="Erstens.", message_id="<one@mail.example.com>", cc="Cleo <cleo@example.com>")).handle
    arrives(a_mail(text="Zweitens.", in_reply_to="<one@mail.example.com>"))
    arrives(a_mail(author="Cleo <cleo@example.com>", text="Drittens.", in_reply_to="<one@mail.example.com>"))
    [shown] = desk.show(handle)
    code = next(each["code"] for each in shown["timeline"] if each.get("reply", "").startswith("Erstens"))

    desk.forward(handle, "Bitte.", Wanted(BEN))
    desk.forward(handle, "Bitte.", Wanted(BEN, message=code))

    said = [mail.text for mail in outgoing(desk)]
    assert ["> Zweitens." in said[0], "> Erstens." in said[1], "> Zweitens." in said[1]] == [True, True, False]


def test_what_would_show_a_conversation_to_the_wrong_people_is_refused(
    desk: Any, asked: Any, arrives: Arrives, a_mail: Any
) -> None:
    other = arrives(a_mail(author="Dora <dora@example.net>", subject="Anderes")).handle
    [shown] = desk.show(other)
    code = shown["timeline"][0]["code"]
    of_side = asked["message"]
    by_itself = next(each["code"] for each in shown["timeline"] if each.get("mail") == "acknowledgement")
    refused: list[tuple[Callable[[], Any], str]] = [
        (lambda: desk.forward(asked["main"], "?", Wanted("anna@example.com")), "takes part in .* already"),
        (lambda: desk.forward(asked["main"], "?", Wanted("support@localhost")), "a mailbox of this desk"),
        (lambda: desk.forward(asked["handle"], "?", Wanted("cem@bank.example")), "is a side conversation itself"),
        (lambda: desk.forward(asked["main"], "?", Wanted("no address")), "address"),
        (
            lambda: desk.forward(asked["main"], " ", Wanted("cem@bank.example")),
            "the question is empty; nothing was sent",
        ),
        (lambda: desk.forward(asked["main"], "?", Wanted(BEN, with_attachments=True)), "has no attachment"),
        (lambda: desk.forward(asked["main"], "?", Wanted(BEN, message=code)), f"it is in {other}"),
        (lambda: desk.forward(other, "?", Wanted(BEN, message=by_itself)), "went out by itself"),
        (lambda: desk.reply(asked["handle"], "?", cc=["anna@example.com"]), "takes part in the conversation"),
        (lambda: desk.merge(asked["handle"], asked["main"]), "may see; the two stay apart"),
        (lambda: desk.merge(asked["main"], asked["handle"]), "may see; the two stay apart"),
        (lambda: desk.merge(other, asked["handle"]), "may see; the two stay apart"),
        (lambda: desk.move(of_side, asked["main"]), "may see; the two stay apart"),
        (lambda: desk.move(code, asked["handle"]), "may see; the two stay apart"),
    ]
    sent = len(outgoing(desk))
    for refuse, because in refused:
        with pytest.raises((WrongUse, NotThere), match=because):
            refuse()
    assert len(outgoing(desk)) == sent
    [main] = desk.show(asked["main"])
    assert len(main["sides"]) == 1


def test_the_desk_never_merges_what_is_apart_by_itself(desk: Any, asked: Any) -> None:
    with desk.database.reading() as session:
        assert {str(each.conversation_id) for each in session.scalars(select(ApartRow))} == {
            asked["conversation"], desk.show(asked["main"])[0]["conversation"],
        }  # fmt: skip


def test_an_address_that_failed_for_good_is_asked_only_where_the_agent_insists(
    desk: Any, asked: Any, clock: Any
) -> None:
    with desk.database.writing() as session:
        stop(session, ADDRESS, "550 5.1.1 unknown", clock.now)
    with pytest.raises(BriefwechselError, match=r"failed for good .*--anyway"):
        desk.forward(asked["main"], "Noch da?", Wanted(BEN))
    desk.forward(asked["main"], "Noch da?", Wanted(BEN, anyway=True))


def test_side_conversations_follow_what_they_are_about_into_a_merge_and_back(
    desk: Any, asked: Any, arrives: Arrives, a_mail: Any
) -> None:
    other = arrives(a_mail(subject="Nachtrag")).handle
    desk.merge(asked["main"], other)
    [merged], [side] = desk.show(other), desk.show(asked["handle"])
    assert ([each["handle"] for each in merged["sides"]], side["about"]) == ([asked["handle"]], other)
    desk.undo()
    [merged], [side] = desk.show(other), desk.show(asked["handle"])
    assert (merged["sides"], side["about"]) == ([], asked["main"])


def test_what_an_agent_makes_of_a_part_of_a_side_conversation_is_one_too(
    desk: Any, asked: Any, arrives: Arrives, a_mail: Any
) -> None:
    [first] = outgoing(desk)
    arrives(
        a_mail(author=BEN, in_reply_to=first.message_id, text="Und die Rechnung?", message_id="<ben@registry.example>")
    )
    [side] = desk.show(asked["handle"])
    code = next(each["code"] for each in side["timeline"] if each.get("direction") == "in")
    made = desk.split(asked["handle"], [code])
    assert made["about"] == asked["main"]
    [main] = desk.show(asked["main"])
    assert [each["handle"] for each in main["sides"]] == [asked["handle"], made["handle"]]
    desk.undo()
    [main] = desk.show(asked["main"])
    assert [each["handle"] for each in main["sides"]] == [asked["handle"]]


def test_a_mail_of_files_alone_goes_along_with_its_files_or_is_refused(
    desk: Any, arrives: Arrives, a_mail: Any
) -> None:
    scan = (("scan.pdf", "application/pdf", b"%PDF-1.4 scanned"),)
    handle = arrives(a_mail(subject="Kündigung", text="\n", attachments=scan)).handle
    with pytest.raises(WrongUse, match="has no words, only files; its files go along with --with-attachments, or name"):
        desk.forward(handle, "Was ist das?", Wanted(BEN))

    desk.forward(handle, "Was ist das?", Wanted(BEN, with_attachments=True))

    [mail] = outgoing(desk)
    assert [each.name for each in mail.enclosed] == ["scan.pdf"]
