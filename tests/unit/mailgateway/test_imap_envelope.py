"""The envelope of a fetched mail, out of its headers."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgateway.sources.imap_envelope import envelope_of, reached_by_detail
from threads.model import Mailbox, Source

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
OURS = (Mailbox("support@example.org"), Mailbox("sales@example.org"))


def envelope(*lines: str) -> tuple[str | None, tuple[str, ...]]:
    found = envelope_of("\r\n".join([*lines, "", "text"]).encode(), "support@example.org", OURS, NOW)
    return found.mail_from, found.recipients


@pytest.mark.parametrize(
    ("line", "mail_from"),
    [
        ("Return-Path: <anna@kundin.example>", "anna@kundin.example"),
        ("Return-Path: Anna@Kundin.example", "anna@kundin.example"),
        ("Return-Path: <>", ""),
        ("Return-Path:  < > ", None),
        ("Return-Path: nobody", None),
        ("Subject: none", None),
        ("Return-Path: <a@b.example>\r\nReturn-Path: <c@d.example>", "a@b.example"),
    ],
)
def test_the_sender_is_that_of_the_topmost_return_path(line: str, mail_from: str | None) -> None:
    assert envelope(line)[0] == mail_from


@pytest.mark.parametrize(
    ("lines", "recipients"),
    [
        (["To: sales@example.org"], ("sales@example.org",)),
        (["To: Sales+abc@Example.org"], ("sales+abc@example.org",)),
        (["To: x@else.example", "Cc: sales@example.org"], ("sales@example.org",)),
        (["Delivered-To: sales@example.org", "To: support@example.org"], ("sales@example.org", "support@example.org")),
        (["X-Original-To: sales@example.org"], ("sales@example.org",)),
        (["Envelope-To: sales@example.org"], ("sales@example.org",)),
        (["To: x@else.example"], ("support@example.org",)),
        (["To: undisclosed-recipients:;"], ("support@example.org",)),
        ([], ("support@example.org",)),
    ],
)
def test_the_recipients_are_those_of_ours_that_the_headers_name(lines: list[str], recipients: tuple[str, ...]) -> None:
    assert envelope(*lines)[1] == recipients


def test_a_header_that_names_thousands_is_bounded() -> None:
    many = ", ".join(f"support+{number}@example.org" for number in range(5000))
    assert len(envelope(*[f"To: {many}"] * 50)[1]) <= 100


@given(st.binary(max_size=500))
def test_no_mail_is_without_an_envelope(raw: bytes) -> None:
    found = envelope_of(raw, "support@example.org", OURS, NOW)
    assert found.source is Source.IMAP
    assert found.recipients


@pytest.mark.parametrize(
    ("to", "reached"),
    [
        ("support+abc@example.org", ("support+abc@example.org",)),
        ("support+abc@example.org, support@example.org", ()),
        ("sales+abc@example.org", ()),
        ("support+abc@else.example", ()),
    ],
)
def test_only_a_mail_that_names_nothing_but_the_detail_came_by_it(to: str, reached: tuple[str, ...]) -> None:
    raw = f"Delivered-To: support@example.org\r\nTo: {to}\r\n\r\n".encode()
    assert reached_by_detail(raw, "support@example.org") == reached
