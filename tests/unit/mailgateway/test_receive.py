"""Which mail is ours to take, and what a peer is told where it cannot be kept."""

from __future__ import annotations

import pytest

from mailgateway import wire
from mailgateway.receive import is_ours
from storage.errors import BriefwechselError, DatabaseUnavailable, DiskFull, Refused, WrongUse
from threads.model import Mailbox

OURS = (Mailbox("support@example.org"), Mailbox("hilfe+web@bücher.example"))


@pytest.mark.parametrize(
    "address",
    [
        "support@example.org",
        "SUPPORT@Example.ORG",
        "support+2ab4token@example.org",
        "support@example.org.",
        "postmaster@example.org",
        "Postmaster@Bücher.example",
        "postmaster",
        "hilfe+web@bücher.example",
        "hilfe+web@xn--bcher-kva.example",
    ],
)
def test_our_mailboxes_are_ours_in_every_spelling(address: str) -> None:
    assert is_ours(address, OURS)


@pytest.mark.parametrize(
    "address",
    ["", "support", "sales@example.org", "support@example.com", "support@sub.example.org", "hilfe@bücher.example",
     "postmaster@example.com", "support%example.com@example.org", "<>", "a@b@example.org", "+support@example.org"],
)  # fmt: skip
def test_nothing_else_is(address: str) -> None:
    assert not is_ours(address, OURS)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (Refused("too large"), "554"),
        (WrongUse("no"), "451"),
        (DiskFull("/secret/path is full"), "452"),
        (DatabaseUnavailable("db.internal is away"), "451"),
        (BriefwechselError("?"), "451"),
        (KeyError("?"), "451"),
    ],
)
def test_every_error_has_its_code_and_tells_strangers_nothing_of_our_insides(error: Exception, code: str) -> None:
    reply = wire.reply_to(error)
    assert reply.startswith(code + " ")
    assert "secret" not in reply
    assert "internal" not in reply


def test_a_reply_is_one_line_of_ascii_whatever_the_error_says() -> None:
    reply = wire.reply_to(Refused("böse\r\n250 ok\x00" + "x" * 1000))
    assert reply.isascii()
    assert reply.isprintable()
    assert len(reply) < 512
