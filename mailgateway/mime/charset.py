"""Bytes to text: what a mail declares of its charset is a hint, and it never makes reading fail.

Declared, then strict UTF-8, then Windows-1252. A guess by statistics was tried and was wrong on half of short
German texts.
"""

from __future__ import annotations

import codecs
import re
from functools import lru_cache
from typing import NamedTuple

ALIASES = {
    # Where mail says one thing and means its superset, as browsers read it (WHATWG Encoding Standard).
    "ascii": "cp1252",
    "us-ascii": "cp1252",
    "ansi_x3.4-1968": "cp1252",
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "iso_8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "iso-8859-9": "cp1254",
    "iso-8859-8-i": "iso-8859-8",
    "gb2312": "gb18030",
    "gb_2312-80": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "big5": "cp950",
    "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
    "ks_c_5601": "cp949",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "x-sjis": "cp932",
    "tis-620": "cp874",
    "windows-874": "cp874",
    "x-mac-roman": "mac_roman",
    "macintosh": "mac_roman",
    "unicode-1-1-utf-7": "utf-7",
    "utf8mb4": "utf-8",
    "unicode": "utf-16",
}
WESTERN = frozenset({"cp1252", "iso8859-15", "iso8859-2", "cp1250", "cp1254", "mac-roman"})
"""One byte a letter: what is valid UTF-8 beyond ASCII was never meant as one of these."""
# Python codecs that are no charset of mail: slow on hostile input, or they read escapes.
NOT_FOR_MAIL = frozenset({"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"})
BYTE_ORDER_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
ERRORS = "briefwechsel-windows"
MOST_MIXED = 20_000
NAME = re.compile(r"[A-Za-z0-9_.:+-]{1,40}")
UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
JAPANESE_ESCAPE = re.compile(rb"\x1b(\$[@B]|\([BJI]|\$\([DQO])")


class Text(NamedTuple):
    """Decoded text, and what was wrong with its charset ("" where nothing was)."""

    text: str
    defect: str = ""


def cleaned(text: str) -> str:
    """Text without control characters, lone surrogates and non-characters; line ends are LF."""
    if text.isascii() and text.isprintable():
        return text
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return UNWANTED.sub("", text)


@lru_cache(maxsize=256)
def codec_of(declared: str) -> str | None:
    """The name of Python's codec for a declared charset, None where there is none for text."""
    name = declared.strip().strip("\"'").lower()
    if not NAME.fullmatch(name):
        return None
    try:
        found = codecs.lookup(ALIASES.get(name, name))
    except (LookupError, ValueError, ImportError, UnicodeError):
        return None
    textual = getattr(found, "_is_text_encoding", True)
    return found.name if textual and found.name.replace("-", "_") not in NOT_FOR_MAIL else None


def decoded(data: bytes, declared: str = "") -> Text:
    """Text of bytes. Never raises; the defect says in plain words where the declaration did not hold."""
    if data.isascii() and b"\x1b" not in data and not declared.lower().startswith(("utf-7", "utf-16", "utf-32", "hz")):
        return Text(cleaned(data.decode("ascii")))
    for mark, codec in BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return Text(cleaned(data.decode(codec, "replace")))
    if not declared:
        return Text(cleaned(undeclared(data)))
    known = codec_of(declared)
    if known is None:
        return Text(cleaned(undeclared(data)), f"unknown charset {shown(declared)}")
    return by_declaration(data, declared, known)


def declared_inside(data: bytes) -> str:
    """The charset that HTML names in its own head, "" where it names none."""
    head = data[:2_000].lower()
    at = head.find(b"charset=")
    if at < 0 or b"<meta" not in head[:at]:
        return ""
    rest = head[at + 8 : at + 50].strip(b"\"' ")
    end = next((number for number, byte in enumerate(rest) if byte in b"\"' ;/>"), len(rest))
    return rest[:end].decode("latin-1")


def by_declaration(data: bytes, declared: str, codec: str) -> Text:
    """Text by the declared charset, unless the bytes say otherwise."""
    if codec in WESTERN and is_utf8(data):
        return Text(cleaned(data.decode("utf-8")), f"declared as {shown(declared)}, but it is UTF-8")
    if codec in {"iso2022_jp", "iso2022_jp_1", "iso2022_jp_2", "iso2022_jp_ext", "iso2022_jp_3"}:
        return Text(cleaned(japanese(data)))
    try:
        return Text(cleaned(data.decode(codec)))
    except (UnicodeError, ValueError):
        pass
    if codec.startswith(("cp", "iso8859", "koi8", "mac")):
        return Text(cleaned(data.decode(codec, "replace")))
    if is_utf8(data):
        return Text(cleaned(data.decode("utf-8")), f"declared as {shown(declared)}, but it is UTF-8")
    replaced = undeclared(data) if codec == "utf-8" else data.decode(codec, "replace")
    return Text(cleaned(replaced), f"not all of it is {shown(declared)}")


def undeclared(data: bytes) -> str:
    """Text of bytes of which nothing was said: UTF-8, and what of it is none is Windows-1252."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    replaced = data.decode("utf-8", "replace")
    if mostly_good(replaced):
        return replaced
    bad = replaced.count("\ufffd")
    return data.decode("utf-8", ERRORS) if bad < MOST_MIXED else data.decode("cp1252", "replace")


def as_windows(error: UnicodeError) -> tuple[str, int]:
    """Read the bytes that are no UTF-8 as Windows-1252: two charsets in one text are usual where a footer was added."""
    assert isinstance(error, UnicodeDecodeError)  # noqa: S101 - the handler is named for decoding alone
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error(ERRORS, as_windows)


def mostly_good(replaced: str) -> bool:
    """Whether text read as UTF-8 with replacements is UTF-8 that was merely damaged."""
    bad = replaced.count("\ufffd")
    good = sum(1 for letter in replaced if letter > "\x7f") - bad
    return good > 2 * bad


def is_utf8(data: bytes) -> bool:
    """Whether bytes are valid UTF-8."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def shown(declared: str) -> str:
    """A declared charset, fit to be printed in a sentence."""
    return cleaned(declared).replace("\n", " ")[:40]


def japanese(data: bytes) -> str:
    """ISO-2022-JP with the letters that Windows adds (①, ㈱, half-width kana), which Python's codec refuses."""
    pieces, at, state = [], 0, b"(B"
    for escape in JAPANESE_ESCAPE.finditer(data):
        pieces.append(japanese_run(data[at : escape.start()], state))
        at, state = escape.end(), escape[1]
    pieces.append(japanese_run(data[at:], state))
    return "".join(pieces)


def japanese_run(data: bytes, state: bytes) -> str:
    """The text of one run between two escapes."""
    if state in {b"$B", b"$@", b"$(Q", b"$(O"}:
        lines = data.split(b"\n")
        high = [bytes(byte | 0x80 for byte in line if byte > 0x20) for line in lines]
        return "\n".join(line.decode("euc_jis_2004", "replace") for line in high)
    if state == b"(I":
        return bytes(byte | 0x80 for byte in data).decode("cp932", "replace")
    if state == b"$(D":
        high_pairs = b"".join(
            b"\x8f" + bytes((a | 0x80, b | 0x80)) for a, b in zip(data[::2], data[1::2], strict=False)
        )
        return high_pairs.decode("euc_jp", "replace")
    return data.decode("cp932", "replace")
