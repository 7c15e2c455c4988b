"""The whole story through the real program: a mail, its acknowledgement, an answer, a reply, and thanks."""

from __future__ import annotations

import mailbox
import re
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.timeout(300)
"""A dozen programs start one after the other, also on a machine with much else to do."""
CUSTOMER = "anna@kundin.example"


def text_of(mail: Any) -> str:
    """What a mail says, as plain text."""
    return str(mail.get_body(("plain",)).get_content())


def sent_mails(folder: Path) -> list[EmailMessage]:
    """What went out so far, in order of its making."""
    box = folder / "var" / "sent"
    if not all((box / part).is_dir() for part in ("cur", "new", "tmp")):
        return []
    kept = mailbox.Maildir(str(box), create=False)
    mails = [message_from_bytes(kept.get_bytes(key), policy=policy.default) for key in kept.keys()]  # noqa: SIM118 - a Maildir, no dict
    return sorted(mails, key=lambda mail: mail["date"].datetime)


def a_reply_to(mail: EmailMessage, text: str, *, number: int) -> bytes:
    """What a customer's mail program makes of a reply."""
    reply = EmailMessage()
    reply["From"] = f"Anna Weber <{CUSTOMER}>"
    reply["To"] = str(mail["reply-to"] or mail["from"])
    reply["Subject"] = f"AW: {str(mail['subject']).removeprefix('Re: ')}"
    reply["Message-ID"] = f"<antwort-{number}@kundin.example>"
    reply["In-Reply-To"] = str(mail["message-id"])
    reply["References"] = f"{mail['references'] or ''} {mail['message-id']}".strip()
    reply["Date"] = "Mon, 05 Jan 2026 11:00:00 +0100"
    quoted = "\n".join(f"> {line}" for line in text_of(mail).splitlines())
    reply.set_content(f"{text}\n\nAm 05.01.26 um 10:05 schrieb Nordlicht Support:\n{quoted}\n")
    return reply.as_bytes()


def test_a_mail_is_acknowledged_answered_replied_to_and_closed_by_thanks(
    desk_process: Any, wait_until: Callable[..., Any], a_mail: Callable[..., bytes]
) -> None:
    desk = desk_process
    desk.start("--sample")
    desk.brief("agent", "add", "lena", "--name", "Lena Kruse")

    # a customer writes, and is told at once that it came, with the one answer that fits
    question = (
        "Guten Tag,\n\nwie kann ich meine Rechnungsadresse ändern? Wir sind umgezogen.\n\nViele Grüße\nAnna Weber\n"
    )
    desk.send(
        a_mail(
            author=f"Anna Weber <{CUSTOMER}>",
            to="support@localhost",
            subject="Neue Rechnungsadresse",
            text=question,
            message_id="<frage@kundin.example>",
        )
    )
    [acknowledgement] = wait_until(lambda: sent_mails(desk.folder))
    assert acknowledgement["to"].addresses[0].addr_spec == CUSTOMER
    assert acknowledgement["from"].addresses[0].addr_spec == "support@localhost"
    assert acknowledgement["auto-submitted"] == "auto-replied"
    assert acknowledgement["x-auto-response-suppress"] == "All"
    assert acknowledgement["in-reply-to"] == "<frage@kundin.example>"
    text = text_of(acknowledgement)
    assert "Rechnungs" in text
    assert "Danke, das hilft" in text
    assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}|#\d|\[.*\d.*\]", text + acknowledgement["subject"])

    # an agent sees it and answers
    [row] = desk.objects("inbox", "--json")
    assert row["customer"]["address"] == CUSTOMER
    assert row["status"] == "open"
    assert row["messages"] == 1
    shown = desk.objects("show", row["handle"], "--json")[0]
    assert shown["suggestions"]
    assert any(entry.get("because") for entry in shown["timeline"])
    desk.brief(
        "reply",
        row["handle"],
        "-m",
        "Guten Tag Frau Weber,\n\nschon erledigt: die neue Adresse gilt ab der nächsten Rechnung.",
    )
    answer = wait_until(lambda: [mail for mail in sent_mails(desk.folder) if "schon erledigt" in text_of(mail)])[0]
    assert answer["from"].addresses[0].addr_spec == "support@localhost"
    assert "auto-submitted" not in answer

    # the customer's reply comes back into the same conversation
    desk.send(a_reply_to(answer, "Gilt das auch für die zweite Domain?", number=1))
    row = wait_until(lambda: [each for each in desk.objects("inbox", "--json") if each["messages"] == 3])[0]
    assert row["conversation"] == shown["conversation"]
    assert row["status"] == "open"
    assert len(desk.objects("inbox", "--json")) == 1

    # and a thank-you that is the whole new text closes it; what is no thank-you did not
    desk.send(a_reply_to(answer, "Danke, das hilft!", number=2))
    closed = wait_until(
        lambda: [each for each in desk.objects("show", row["handle"], "--json") if each["status"] == "closed"]
    )[0]
    assert closed["messages"] == 4
    assert any(entry.get("event") == "thanks" for entry in closed["timeline"])
    assert len([mail for mail in sent_mails(desk.folder) if mail["auto-submitted"]]) == 1
    assert desk.stop() == 0


def test_a_third_party_is_asked_answers_aside_and_the_customer_learns_of_neither(
    desk_process: Any, wait_until: Callable[..., Any], a_mail: Callable[..., bytes]
) -> None:
    desk = desk_process
    desk.start()
    desk.brief("agent", "add", "lena", "--name", "Lena Kruse")
    contract = ("Vertrag.pdf", "application/pdf", b"%PDF\x00" * 1000)
    text = f"Guten Tag,\n\nbitte ziehen Sie meine Domain um. Ich bin unter {CUSTOMER} erreichbar.\n"
    desk.send(a_mail(author=f"Anna Weber <{CUSTOMER}>", subject="Umzug der Domain", text=text, attachments=(contract,)))
    [row] = wait_until(lambda: desk.objects("inbox", "--json"))
    main = row["handle"]

    # the registry is asked, sees what was forwarded with the file, and nothing that leads to the customer
    ben = "ben@registry.example"
    asked = desk.objects("forward", main, "--to", f"Ben <{ben}>", "-m", "Geht das?", "--with-attachments", "--json")[0]
    question = wait_until(lambda: [mail for mail in sent_mails(desk.folder) if str(mail["to"]) == f"Ben <{ben}>"])[0]
    assert "bitte ziehen Sie meine Domain um" in text_of(question)
    assert [each.get_content() for each in question.iter_attachments()] == [contract[2]]
    assert CUSTOMER not in text_of(question) + str(question.items())
    assert question["in-reply-to"] is None

    # the customer is told something meanwhile, and the conversation waits
    told = desk.objects("reply", main, "-m", "Wir kümmern uns darum.", "--json")[0]
    assert told["status"] == "waiting"

    # the answer comes back aside, and brings the customer's conversation back to the desk
    reply = a_reply_to(question, "Ja: Geheimwort 4711.", number=3).replace(CUSTOMER.encode(), ben.encode())
    desk.send(reply, sender=ben)
    rows = wait_until(lambda: {each["handle"]: each for each in desk.objects("inbox", "--json")})
    assert {handle: (each["about"], each["answered"]) for handle, each in rows.items()} == {
        main: ("", 1), asked["handle"]: (main, 0),
    }  # fmt: skip
    side = desk.objects("show", asked["handle"], "--json")[0]
    assert [each["address"] for each in side["participants"]] == [ben]
    assert any("4711" in each.get("reply", "") for each in side["timeline"])

    # what the customer gets says nothing of it
    desk.brief("reply", main, "-m", "Die Domain zieht morgen um.", "--close")
    final = wait_until(lambda: [mail for mail in sent_mails(desk.folder) if "zieht morgen um" in text_of(mail)])[0]
    assert str(final["to"].addresses[0].addr_spec) == CUSTOMER
    assert "4711" not in str(final)
    assert str(question["message-id"]) not in str(final)
    shown = desk.objects("show", main, "--json")[0]
    assert [each["address"] for each in shown["participants"]] == [CUSTOMER]
    assert "4711" not in str(shown)
    assert desk.stop() == 0
