from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faq.form import TRAP, Typed, complaints, mail_address, mail_of, typed_from
from threads.callbacks.wishes import Written, wish_in

MAILBOX = "support@desk.example"
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
WHOLE = {
    "name": "Änne Müller",
    "address": "Anna@Example.org",
    "subject": "Postfach voll",
    "message": "Hilfe!\r\nBitte.",
}


def _mail(**fields: str) -> bytes:
    return mail_of(typed_from({**WHOLE, **fields}), mailbox=MAILBOX, language="de", now=NOW)


def test_the_mail_says_who_wrote_what_to_whom() -> None:
    mail = message_from_bytes(_mail(), policy=policy.default)
    assert mail["From"].addresses[0].addr_spec == "anna@example.org"
    assert mail["From"].addresses[0].display_name == "Änne Müller"
    assert mail["To"] == MAILBOX
    assert mail["Subject"] == "Postfach voll"
    assert mail["Date"].datetime == NOW
    assert mail["Content-Language"] == "de"
    assert mail.get_content() == "Hilfe!\r\nBitte.\r\n"


def test_two_questions_have_two_message_ids() -> None:
    first, second = (message_from_bytes(_mail())["Message-ID"] for _ in range(2))
    assert first != second


@given(st.fixed_dictionaries({"name": st.text(max_size=60), "subject": st.text(max_size=120), "message": st.text()}))
def test_nothing_that_is_typed_adds_a_header(fields: dict[str, str]) -> None:
    typed = typed_from({**WHOLE, **fields})
    mail = message_from_bytes(mail_of(typed, mailbox=MAILBOX, language="de", now=NOW), policy=policy.compat32)
    assert [name.lower() for name in mail] == [
        "from", "to", "subject", "date", "message-id",
        "content-type", "content-transfer-encoding", "mime-version", "content-language",
    ]  # fmt: skip
    assert len(mail.get_all("to") or []) == 1


def test_line_breaks_in_a_subject_or_name_become_blanks() -> None:
    typed = typed_from({**WHOLE, "subject": "Hallo\r\nBcc: all@example.org", "name": "A\nReply-To: x@example.org"})
    assert typed.subject == "Hallo Bcc: all@example.org"
    assert typed.name == "A Reply-To: x@example.org"


def test_a_whole_question_has_no_complaints() -> None:
    assert complaints(typed_from(WHOLE), {MAILBOX}, 1000) == {}


def test_each_field_says_what_is_wrong_with_it() -> None:
    assert complaints(Typed(), {MAILBOX}, 1000) == {
        "address": "address_missing",
        "subject": "subject_missing",
        "message": "message_missing",
    }
    long = Typed(name="n" * 101, address="anna@", subject="s" * 201, message="m" * 1001, trap="x")
    assert complaints(long, {MAILBOX}, 1000) == {
        "name": "name_long",
        "address": "address_wrong",
        "subject": "subject_long",
        "message": "message_long",
        TRAP: "trap_filled",
    }


def test_our_own_address_is_not_the_visitors() -> None:
    typed = typed_from({**WHOLE, "address": "Support@Desk.example"})
    assert complaints(typed, {MAILBOX}, 1000) == {"address": "address_ours"}


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("Anna@Example.ORG", "anna@example.org"),
        ("  anna.b+tag@mail.example.org ", "anna.b+tag@mail.example.org"),
        ("anna@müller.example", "anna@xn--mller-kva.example"),
        ("o'neil@example.org", "o'neil@example.org"),
    ],
)
def test_what_mail_can_be_sent_to_is_an_address(typed: str, address: str) -> None:
    assert mail_address(typed) == address


@pytest.mark.parametrize(
    "typed",
    [
        "", "anna", "anna@", "@example.org", "anna@localhost", "anna@example..org", "anna@-example.org", "a b@example.org",
        "anna@192.168.1.1", "anna@[192.168.1.1]", "anna@example.org, bert@example.org", "<anna@example.org>",
        ".anna@example.org", "an..na@example.org", "anna@exa mple.org", "ännä@example.org", "a" * 65 + "@example.org",
        "anna@" + "a" * 64 + ".org", "anna@" + ".".join(["label"] * 60), "anna@example.org\nbcc: x@example.org",
    ],
)  # fmt: skip
def test_what_mail_cannot_be_sent_to_is_none(typed: str) -> None:
    assert mail_address(typed) is None


@given(st.text(max_size=300))
def test_any_text_is_an_address_or_not(text: str) -> None:
    address = mail_address(text)
    assert address is None or (address.isascii() and address.count("@") == 1 and " " not in address)


def test_who_types_a_number_wishes_to_be_called() -> None:
    typed = typed_from({**WHOLE, "phone": " 0911 /\t1234567 "})
    assert complaints(typed, {MAILBOX}, 1000) == {}
    raw = mail_of(typed, mailbox=MAILBOX, language="de", now=NOW, call_me="Bitte rufen Sie mich zurück: {number}.")
    said = message_from_bytes(raw, policy=policy.default).get_content().replace("\r\n", "\n")
    assert said == "Bitte rufen Sie mich zurück: 0911 / 1234567.\n\nHilfe!\nBitte.\n"
    wish = wish_in(Written("Postfach voll", said, NOW, UTC))
    assert wish is not None
    assert wish.number == "+499111234567"


@pytest.mark.parametrize(
    "phone", ["abc", "12", "{number}", "0" * 40, "<b>0911</b> 123456", "\u0661\u0662\u0663\u0664\u0665\u0666"]
)
def test_what_is_no_number_is_named(phone: str) -> None:
    assert complaints(typed_from({**WHOLE, "phone": phone}), {MAILBOX}, 1000) == {"phone": "phone_wrong"}
