"""The mails that are measured with, the desk that takes them, and how a result is written down."""

from __future__ import annotations

import base64
import statistics
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from storage.database import Database, open_database, sqlite_url
from threads.hours import Calendar
from threads.model import Mailbox
from threads.policy import Policy

MAILBOX = Mailbox("support@example.org")
POLICY = Policy(mailboxes=(MAILBOX,), calendar=Calendar("Mo-Fr 08:00-17:00", "Europe/Berlin", "DE"))


def head(number: int, kind: str) -> bytes:
    """The header of a mail up to its Content-Type."""
    return (
        f"From: Person {number} <{author(number)}>\r\nTo: {MAILBOX.address}\r\n"
        f"Subject: Frage {number} zu meinem Vertrag\r\nDate: Tue, 24 Nov 2026 10:00:00 +0100\r\n"
        f"Message-ID: <{number}@kundin.example>\r\nMIME-Version: 1.0\r\nContent-Type: {kind}\r\n"
    ).encode()


def author(number: int) -> str:
    """Who wrote the mail of a number."""
    return f"person{number}@kundin{number % 97}.example"


def a_mail(size: int, number: int = 0) -> bytes:
    """A mail of about so many bytes, different for each number."""
    begun = head(number, "text/plain; charset=utf-8") + b"Content-Transfer-Encoding: 8bit\r\n\r\n"
    line = f"Guten Tag, dies ist Zeile {number} einer Frage über Größe und Gewicht.\r\n".encode()
    return begun + line * max((size - len(begun)) // len(line), 1)


def a_rich_mail(number: int = 0) -> bytes:
    """An answer with text and HTML, a quotation, and an attached file of 10 KB."""
    said = "Guten Tag,\r\n\r\ndie Lieferung ist da, nur das F=C3=BCnfte fehlt noch.\r\n\r\nViele Gr=C3=BC=C3=9Fe\r\nAnna\r\n"
    quoted = "\r\nAm 5. Januar 2026 um 10:00 schrieb Support <support@example.org>:\r\n\r\n" + "> Wie geht es?\r\n" * 12
    html = "".join(f"<p>{line}</p>\r\n" for line in said.split("\r\n")) + "<blockquote type=3D'cite'>Wie?</blockquote>"
    file = base64.encodebytes(bytes(10_000)).decode().replace("\n", "\r\n")
    parts = (
        ("text/plain; charset=utf-8", "quoted-printable", said + quoted),
        ("text/html; charset=utf-8", "quoted-printable", html),
        ("application/pdf; name=Rechnung.pdf", "base64", file),
    )
    body = "".join(
        f"--rand\r\nContent-Type: {kind}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n{content}\r\n"
        for kind, encoding, content in parts
    )
    return head(number, "multipart/mixed; boundary=rand") + f"\r\n{body}--rand--\r\n".encode()


HOSTILE = {
    "empty lines": (b"", b"\r\n"),
    "uuencoded lines": (b"begin 644 a.bin\r\n", b"#86)C\r\n"),
    "many parts": (b"", b"--rand\r\nContent-Type: text/html\r\n\r\n<p>a</p>\r\n"),
    "short words": (b"", b"a b c: d > e <f@g.h> "),
}
"""What a hostile mail begins with and then repeats."""


def a_hostile_mail(kind: str, size: int) -> bytes:
    """A mail of one kind that is long only to be dear."""
    begins, repeats = HOSTILE[kind]
    begun = head(0, "multipart/mixed; boundary=rand" if kind == "many parts" else "text/plain") + b"\r\n" + begins
    return begun + repeats * ((size - len(begun)) // len(repeats)) + b"\r\n"


def fresh_database(folder: Path) -> Database:
    """An empty SQLite database in a file of its own."""
    database = open_database(sqlite_url(folder / f"{time.time_ns()}.sqlite"))
    database.make_ready()
    return database


def result(what: str, times: Sequence[float], ratio: float, *, n: int = 0, **more: float) -> dict[str, Any]:
    """One line of results; times in milliseconds."""
    ordered = sorted(times)
    return {
        "what": what,
        "n": n or len(ordered),
        "median": round(statistics.median(ordered), 3),
        "p95": round(ordered[int(len(ordered) * 0.95)], 3),
        "ratio": round(ratio, 2),
        **more,
    }
