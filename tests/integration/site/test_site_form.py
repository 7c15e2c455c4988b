"""The contact form over real HTTP: what is kept, what is refused, and what the visitor still has in hand."""

from __future__ import annotations

import socket
from email import message_from_bytes, policy
from typing import Any

import pytest

from storage.errors import DiskFull, Refused
from threads.model import Source

FORM = "/de/kontakt"
QUESTION = {
    "name": "Änne",
    "address": "anna@example.org",
    "subject": "Postfach",
    "message": "Mein Postfach <b>ist</b> voll.\nWas nun?",
    "website": "",
}


def test_a_question_enters_by_the_same_door_as_mail(site: Any, clock: Any) -> None:
    answer = site.client.post(FORM, data=QUESTION)
    assert (answer.status_code, answer.headers["location"]) == (303, "/de/kontakt/danke")
    assert "Ihre Nachricht ist angekommen" in site.client.get("/de/kontakt/danke").text
    [(envelope, raw)] = site.kept
    mail = message_from_bytes(raw, policy=policy.default)
    assert envelope.source is Source.FORM
    assert envelope.mail_from == "anna@example.org"
    assert envelope.recipients == ("support@desk.example",)
    assert envelope.received_at == clock()
    assert envelope.client
    assert "127.0.0.1" not in envelope.client
    assert mail["From"].addresses[0].addr_spec == "anna@example.org"
    assert mail.get_content().replace("\r\n", "\n") == "Mein Postfach <b>ist</b> voll.\nWas nun?\n"


def test_what_is_wrong_stands_beside_the_field_and_what_was_typed_is_kept(site: Any) -> None:
    answer = site.client.post(FORM, data={**QUESTION, "address": "anna@", "subject": ""})
    assert answer.status_code == 422
    assert site.kept == []
    assert 'id="wrong-address"' in answer.text
    assert 'aria-describedby="wrong-address hint-address"' in answer.text
    assert 'id="wrong-subject"' in answer.text
    assert "wrong-message" not in answer.text
    assert "Mein Postfach &lt;b&gt;ist&lt;/b&gt; voll.\nWas nun?</textarea>" in answer.text
    assert 'value="Änne"' in answer.text


def test_a_program_that_fills_in_everything_is_asked_to_look_again(site: Any) -> None:
    answer = site.client.post(FORM, data={**QUESTION, "website": "http://spam.example"})
    assert answer.status_code == 422
    assert site.kept == []
    assert "füllen sonst nur Programme aus" in answer.text
    assert 'class="row trap"' not in answer.text
    assert 'class="row trap" aria-hidden="true"' in site.client.get(FORM).text


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"}],
)
def test_another_website_cannot_send_in_a_visitors_name(site: Any, headers: dict[str, str]) -> None:
    answer = site.client.post(FORM, data=QUESTION, headers=headers)
    assert answer.status_code == 403
    assert site.kept == []


def test_nobody_can_bomb_an_address_with_acknowledgements(site: Any, clock: Any) -> None:
    statuses = [site.client.post(FORM, data=QUESTION).status_code for _ in range(3)]
    assert statuses == [303, 303, 429]
    answer = site.client.post(FORM, data={**QUESTION, "address": "ANNA@example.org"})
    assert int(answer.headers["retry-after"]) > 80_000
    assert "Was nun?</textarea>" in answer.text
    assert "support@desk.example" in answer.text
    assert len(site.kept) == 2
    clock.forward(days=1, seconds=1)
    assert site.client.post(FORM, data=QUESTION).status_code == 303


def test_a_visitor_with_many_addresses_has_a_limit_too(site: Any) -> None:
    answers = [site.client.post(FORM, data={**QUESTION, "address": f"a{n}@example.org"}) for n in range(5)]
    assert [answer.status_code for answer in answers] == [303, 303, 303, 303, 429]


def test_what_cannot_be_kept_stays_in_the_form_and_does_not_count(site: Any) -> None:
    site.refuse = DiskFull("there is no room")
    answers = [site.client.post(FORM, data=QUESTION) for _ in range(4)]
    assert {answer.status_code for answer in answers} == {503}
    assert "Was nun?</textarea>" in answers[0].text
    assert "no room" not in answers[0].text
    assert answers[0].headers["retry-after"] == "120"
    site.refuse = None
    assert site.client.post(FORM, data=QUESTION).status_code == 303


def test_what_the_door_refuses_for_good_stays_in_the_form(site: Any) -> None:
    site.refuse = Refused("no")
    answer = site.client.post(FORM, data=QUESTION)
    assert answer.status_code == 422
    assert "direkt an support@desk.example" in answer.text
    assert "Was nun?</textarea>" in answer.text


def test_a_long_message_is_refused_with_the_way_to_send_it(site: Any) -> None:
    answer = site.client.post(FORM, data={**QUESTION, "message": "a" * 20_001})
    assert answer.status_code == 422
    assert "höchstens 20000 Zeichen" in answer.text


def test_a_form_that_is_sent_twice_is_one_mail(site: Any, clock: Any) -> None:
    site.client.post(FORM, data=QUESTION)
    clock.forward(minutes=2)
    assert site.client.post(FORM, data=QUESTION).status_code == 303
    site.client.post(FORM, data={**QUESTION, "address": "ben@example.org"})
    [(_, first), (_, again), (_, other)] = site.kept
    assert first == again
    assert message_from_bytes(first)["Message-ID"] != message_from_bytes(other)["Message-ID"]


def test_a_form_that_is_sent_again_much_later_is_another_mail(site: Any, clock: Any) -> None:
    site.client.post(FORM, data=QUESTION)
    clock.forward(minutes=20)
    site.client.post(FORM, data=QUESTION)
    assert len({message_from_bytes(raw)["Message-ID"] for _, raw in site.kept}) == 2


@pytest.mark.parametrize("address", ["sales@desk.example", "Support+x@desk.example"])
def test_nobody_writes_from_an_address_of_ours(site: Any, address: str) -> None:
    site.stop()
    site.start(ours=("support@desk.example", "sales@desk.example"))
    assert site.client.post(FORM, data={**QUESTION, "address": address}).status_code == 422
    assert site.kept == []


@pytest.mark.parametrize("size", [300_000, 5_000_000, 30_000_000])
def test_a_body_that_is_too_large_is_not_read(site: Any, size: int) -> None:
    answer = site.client.post(FORM, data={**QUESTION, "message": "a" * size})
    assert answer.status_code == 413
    assert "Das ist zu viel auf einmal" in answer.text


def test_a_body_without_an_end_is_not_read(site: Any) -> None:
    answer = site.client.post(
        FORM,
        content=(b"message=" + b"a" * 100_000 for _ in range(5)),
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"a=1&" * 100, "application/x-www-form-urlencoded", 400),
        (b"{}", "application/json", 415),
        (b"--x\r\n\r\n--x--", "multipart/form-data; boundary=x", 415),
        (b"\xff\xfe%ff%00", "application/x-www-form-urlencoded", 422),
        (b"", "application/x-www-form-urlencoded", 422),
        (b"address=a&address=b", "application/x-www-form-urlencoded; charset=utf-7", 422),
    ],
)
def test_a_strange_body_is_refused_in_the_house_style(site: Any, body: bytes, kind: str, status: int) -> None:
    answer = site.client.post(FORM, content=body, headers={"Content-Type": kind})
    assert answer.status_code == status
    assert 'class="brand"' in answer.text
    assert site.kept == []


def test_a_body_that_never_comes_is_given_up(site: Any) -> None:
    head = b"POST /de/kontakt HTTP/1.1\r\nHost: x.example\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    with socket.create_connection((site.client.base_url.host, site.client.base_url.port), timeout=10) as slow:
        slow.sendall(head + b"Content-Length: 1000\r\n\r\nname=")
        assert slow.recv(100).startswith(b"HTTP/1.1 408")


def test_a_question_in_english_says_so(site: Any) -> None:
    answer = site.client.post("/en/contact", data=QUESTION)
    assert answer.headers["location"] == "/en/contact/thanks"
    assert message_from_bytes(site.kept[0][1])["Content-Language"] == "en"
    assert "Your message has arrived" in site.client.get("/en/contact/thanks").text
