"""The bytes of an outgoing mail: the same value always gives the same bytes.

The lines are written here and not by the standard library's policies: those encode a long References header, which
mail programs then do not read, and quote a name with a comma and an umlaut wrongly.
"""

from __future__ import annotations

import base64
import hashlib
import quopri
import re
from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import quote

from mailgateway.letter import html_of
from storage.outgoing import Enclosed, Mailable, OutgoingMail

LONGEST_LINE = 78
"""Where a header is folded, if it can be."""

LONGEST_ID = 900
"""A referenced Message-ID that is longer would not fit a line of 998 bytes: it is left out."""

_OURS = frozenset(
    ("from", "to", "cc", "bcc", "reply-to", "subject", "date", "message-id", "in-reply-to", "references",
     "mime-version", "content-type", "content-transfer-encoding", "content-language", "sender", "return-path")
)  # fmt: skip
"""Headers that the mail's own fields say; no further one may say them again."""

_NAME = re.compile(r"[!-9;-~]+")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\- ]+")
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.\-]+")
_MEDIA = re.compile(r"(?!message/|multipart/)[a-z0-9!#$&^_.+\-]{1,80}/[a-z0-9!#$&^_.+\-]{1,80}")
"""The types that a file may be sent as: not those whose bytes may not be encoded (RFC 2046)."""
_LONGEST_NAME = 80
"""Characters of a file's name: however they are encoded, they fit a line of 998 bytes."""


def compose(mail: OutgoingMail, files: Sequence[bytes] = ()) -> bytes:
    """A mail as it goes over the wire, its lines ended by CRLF. Nothing in it can begin a header of its own.

    `files` are the bytes of what it encloses, in order. A local part that is not ASCII is written as it is (RFC 6532);
    `needs_utf8` says so to the one who hands it over.
    """
    kind, body = _alternatives(mail) if mail.html else _part(mail.text, "plain")
    if mail.enclosed:
        enclosed = [_file(each, data) for each, data in zip(mail.enclosed, files, strict=True)]
        kind, body = _several(mail, "mixed", [(kind, body), *enclosed])
    lines = [
        *_header("Date", [_plain(mail.date)]),
        *_header("From", _mailboxes([mail.author])),
        *_header("To", _mailboxes(mail.to)),
        *_header("Cc", _mailboxes(mail.cc)),
        *_header("Reply-To", _mailboxes([Mailable(mail.reply_to)] if mail.reply_to else [])),
        *_header("Subject", _text(mail.subject, len("Subject: "))),
        *_header("Message-ID", _ids([mail.message_id])),
        *_header("In-Reply-To", _ids([mail.in_reply_to])),
        *_header("References", _ids(mail.references)),
        *_further(mail.headers),
        "MIME-Version: 1.0",
        *kind,
        *_header("Content-Language", _text(mail.language, 0)),
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body


def _part(text: str, kind: str) -> tuple[list[str], bytes]:
    """The headers of a text, and its bytes."""
    encoding, body = _body(text)
    return [f'Content-Type: text/{kind}; charset="utf-8"', f"Content-Transfer-Encoding: {encoding}"], body


def _alternatives(mail: OutgoingMail) -> tuple[list[str], bytes]:
    """The text, and the same as HTML for those who would rather see that."""
    parts = [_part(mail.text, "plain"), _part(html_of(mail.text, _plain(mail.language)), "html")]
    return _several(mail, "alternative", parts)


def _several(mail: OutgoingMail, kind: str, parts: Iterable[tuple[list[str], bytes]]) -> tuple[list[str], bytes]:
    """Parts as one. The same mail always has the same boundaries, and those of a part are others."""
    salt = "" if kind == "alternative" else kind
    boundary = "=_" + hashlib.sha256(f"{salt}{mail.message_id}".encode("utf-8", "replace")).hexdigest()[:32]
    pieces = [f"--{boundary}\r\n".encode() + "\r\n".join([*headers, "", ""]).encode() + body for headers, body in parts]
    return (
        [f'Content-Type: multipart/{kind}; boundary="{boundary}"'],
        b"\r\n".join([*pieces, f"--{boundary}--\r\n".encode()]),
    )


def _file(file: Enclosed, data: bytes) -> tuple[list[str], bytes]:
    """The headers of an enclosed file, and its bytes."""
    kind = file.type.lower() if _MEDIA.fullmatch(file.type.lower()) else "application/octet-stream"
    headers = [
        f"Content-Type: {kind}",
        *_header("Content-Disposition", ["attachment;", _file_name(file.name)]),
        "Content-Transfer-Encoding: base64",
    ]
    return headers, base64.encodebytes(data).replace(b"\n", b"\r\n")


def _file_name(name: str) -> str:
    """A file's name as a parameter (RFC 2231), its extension kept where it is shortened."""
    plain = _plain(name) or "file"
    if len(plain) > _LONGEST_NAME:
        stem, _, extension = plain.rpartition(".")
        plain = f"{stem[: _LONGEST_NAME - 21]}.{extension[:20]}" if stem else plain[:_LONGEST_NAME]
    if plain.isascii():
        return f"filename={_quoted(plain)}"
    return f"filename*=utf-8''{quote(plain, safe='', errors='replace')}"


def needs_utf8(mail: OutgoingMail) -> bool:
    """Whether an address in it can only go over a relay that speaks SMTPUTF8."""
    everyone = [mail.author, *mail.to, *mail.cc, Mailable(mail.reply_to), Mailable(mail.envelope_from)]
    return any(not ascii_domain(each.address).isascii() for each in everyone)


def ascii_domain(address: str) -> str:
    """An address with its domain in ASCII; its local part stays as it is."""
    local, at, domain = _plain(address).replace(" ", "").rpartition("@")
    if domain.isascii():
        return f"{local}{at}{domain}"
    try:
        return f"{local}{at}{domain.encode('idna').decode()}"
    except UnicodeError:
        return f"{local}{at}{domain}"


def _header(name: str, units: Iterable[str]) -> Iterator[str]:
    """A header, folded between its units where it grows too long; nothing where there are none."""
    line = f"{name}:"
    empty = True
    for unit in units:
        if not empty and len(line) + 1 + len(unit) > LONGEST_LINE:
            yield line
            line = ""
        line += " " + unit
        empty = False
    if not empty:
        yield line


def _further(headers: Iterable[tuple[str, str]]) -> Iterator[str]:
    for name, value in headers:
        if _NAME.fullmatch(name) and name.lower() not in _OURS:
            yield from _header(name, _text(value, len(name) + 2))


def _mailboxes(people: Iterable[Mailable]) -> list[str]:
    """Names and addresses as units, a comma after each person but the last."""
    units: list[str] = []
    for person in people:
        if units:
            units[-1] += ","
        units.extend(_mailbox(person))
    return units


def _mailbox(person: Mailable) -> list[str]:
    address = _quoted_local(ascii_domain(person.address))
    name = _plain(person.name)[:200].strip()
    if not name:
        return [address]
    if not name.isascii():
        return [*_encoded_words(name, 0), f"<{address}>"]
    if _ATOMS.fullmatch(name) and "=?" not in name:
        return [f"{name} <{address}>"]
    return [f"{_quoted(name)} <{address}>"]


def _quoted_local(address: str) -> str:
    """An address whose local part is quoted where it holds what would end it."""
    local, at, domain = address.rpartition("@")
    domain = "".join(each for each in domain if each not in '<>,;:"()\\')
    if not at or _LOCAL.fullmatch(local) or not local.isascii():
        return f"{_harmless(local)}{at}{domain}"
    if len(local) > 1 and local.startswith('"') and local.endswith('"'):
        local = local[1:-1].replace("\\", "")
    return f"{_quoted(local)}@{domain}"


def _harmless(local: str) -> str:
    return "".join(each for each in local if each not in '<>,;:"()\\')


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _ids(ids: Iterable[str]) -> list[str]:
    """Message-IDs that can stand in a header as they are."""
    plain = (_plain(each) for each in ids)
    return [each for each in plain if each and each.isascii() and len(each) <= LONGEST_ID]


def _text(text: str, before: int) -> list[str]:
    """The units of an unstructured header; `before` characters stand on its first line already."""
    plain = _plain(text).strip()
    if plain.isascii() and "=?" not in plain and all(len(each) <= 400 for each in plain.split(" ")):
        return plain.split(" ") if plain else []
    return _encoded_words(plain, before)


def _encoded_words(text: str, before: int) -> list[str]:
    """RFC 2047: whole characters in words of at most 75, the first shorter by what stands before it."""
    words: list[str] = []
    piece = b""
    room = max(45 - before, 12)
    for each in text:
        coded = each.encode()
        if len(piece) + len(coded) > room:
            words.append(piece.decode())
            piece, room = b"", 45
        piece += coded
    words.append(piece.decode())
    return [f"=?utf-8?b?{base64.b64encode(each.encode()).decode()}?=" for each in words if each]


def _plain(text: str) -> str:
    """Without line ends, other control characters and lone surrogates: each becomes a blank."""
    clean = "".join(" " if _breaks(each) else each for each in text)
    return clean.strip()


def _breaks(character: str) -> bool:
    code = ord(character)
    return code < 0x20 or 0x7F <= code <= 0x9F or 0xD800 <= code <= 0xDFFF or code in {0x2028, 0x2029}


def _body(text: str) -> tuple[str, bytes]:
    """The transfer encoding, and the text in it: 7bit where that is enough, otherwise the shorter one that every relay passes on."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    data = (lines if lines.endswith("\n") else lines + "\n").encode("utf-8", "replace")
    if data.isascii() and all(len(line) <= 990 for line in data.split(b"\n")):
        return "7bit", data.replace(b"\n", b"\r\n")
    printable = quopri.encodestring(data)
    packed = base64.encodebytes(data.replace(b"\n", b"\r\n"))
    if len(printable) <= len(packed) * 5 // 4:
        return "quoted-printable", printable.replace(b"\n", b"\r\n")
    return "base64", packed.replace(b"\n", b"\r\n")
