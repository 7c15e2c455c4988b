"""What Outlook packs into a winmail.dat (TNEF): the attached files, and the text where it holds one.

Our own reader of MS-OXTNEF, and not a library's: it goes over the bytes once, so a hostile file can neither hang nor
fill the memory. Rich text (RTF) is left alone: a mail with one has its plain text beside it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from mailgateway.mime import charset

SIGNATURE = b"\x78\x9f\x3e\x22"
MOST_ATTRIBUTES = 20_000
MOST_PROPERTIES = 2_000
MOST_FILES = 200
HEADER = 6
"""Bytes before the first attribute: the signature and a key."""

IN_A_FILE = 2
"""The level of an attribute that belongs to an attached file."""
BODY, TITLE, DATA, RENDERING, PROPERTIES, FILE_PROPERTIES, CODE_PAGE = (
    0x800C, 0x8010, 0x800F, 0x9002, 0x9003, 0x9005, 0x9007,
)  # fmt: skip
PLAIN_BODY, HTML_BODY, FILE_DATA, SHORT_NAME, LONG_NAME = 0x1000, 0x1013, 0x3701, 0x3704, 0x3707
SEVERAL = 0x1000
"""Set in the type of a property that has several values."""
NAMED = 0x8000
"""Properties from here on bear a name of their own before their value."""
SIZES = {2: 4, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 10: 4, 11: 4, 20: 8, 64: 8, 72: 16}
"""The bytes of each type of a fixed size."""
COUNTED = frozenset({13, 30, 31, 258})
UNICODE = 31
OF_AN_OBJECT = 13
INTERFACE = 16
"""Bytes before an attached object that say what it is."""


class Attribute(NamedTuple):
    """One attribute of the file."""

    level: int
    name: int
    data: memoryview


class Property(NamedTuple):
    """One MAPI property."""

    name: int
    kind: int
    data: memoryview


@dataclass(slots=True)
class File:
    """An attached file."""

    name: str = ""
    data: bytes = b""


@dataclass(slots=True)
class Opened:
    """What a winmail.dat holds."""

    files: list[File] = field(default_factory=list)
    plain: str = ""
    html: str = ""
    codec: str = "cp1252"


def opened(data: bytes) -> Opened | None:
    """What the file holds; None where it is none. Never raises, in linear time."""
    if not data.startswith(SIGNATURE):
        return None
    found = Opened()
    for attribute in attributes(memoryview(data)):
        if attribute.level == IN_A_FILE:
            take_of_file(found, attribute)
        elif attribute.name == CODE_PAGE and len(attribute.data) >= 4:
            found.codec = charset.codec_of(f"cp{number(attribute.data, 0, 4)}") or found.codec
        elif attribute.name == BODY:
            found.plain = text(attribute.data, found.codec)
        elif attribute.name == PROPERTIES:
            take_texts(found, attribute.data)
    found.files = [file for file in found.files if file.data]
    return found


def attributes(data: memoryview) -> Iterator[Attribute]:
    """The attributes one after another, up to the first that is cut off."""
    at = HEADER
    for _ in range(MOST_ATTRIBUTES):
        if at + 9 > len(data):
            return
        size = number(data, at + 5, 4)
        if at + 9 + size > len(data):
            return
        yield Attribute(data[at], number(data, at + 1, 2), data[at + 9 : at + 9 + size])
        at += 9 + size + 2


def take_of_file(found: Opened, attribute: Attribute) -> None:
    """Take what an attribute says of the attached file that was begun last."""
    if attribute.name == RENDERING and len(found.files) < MOST_FILES:
        found.files.append(File())
    if not found.files:
        return
    file = found.files[-1]
    if attribute.name == TITLE:
        file.name = file.name or text(attribute.data, found.codec)
    elif attribute.name == DATA:
        file.data = bytes(attribute.data)
    elif attribute.name == FILE_PROPERTIES:
        take_file_properties(file, attribute.data, found.codec)


def take_file_properties(file: File, data: memoryview, codec: str) -> None:
    """Take the name and the bytes of an attached file out of its properties."""
    for each in properties(data):
        if each.name == LONG_NAME or (each.name == SHORT_NAME and not file.name):
            file.name = property_text(each, codec)
        elif each.name == FILE_DATA and not file.data:
            file.data = bytes(each.data[INTERFACE:] if each.kind == OF_AN_OBJECT else each.data)


def take_texts(found: Opened, data: memoryview) -> None:
    """Take the text of the mail out of its properties."""
    for each in properties(data):
        if each.name == PLAIN_BODY:
            found.plain = property_text(each, found.codec)
        elif each.name == HTML_BODY:
            found.html = html_text(each, found.codec)


def properties(data: memoryview) -> Iterator[Property]:
    """MAPI properties one after another, up to the first that is cut off or of an unknown type."""
    at = 4
    for _ in range(min(number(data, 0, 4) if len(data) >= 4 else 0, MOST_PROPERTIES)):
        if at + 4 > len(data):
            return
        kind, name = number(data, at, 2), number(data, at + 2, 2)
        at = behind_name(data, at + 4) if name >= NAMED else at + 4
        values, at = values_at(data, at, kind)
        if values is None:
            return
        yield from (Property(name, kind & ~SEVERAL, value) for value in values[:1])


def behind_name(data: memoryview, at: int) -> int:
    """Where the value of a named property begins: behind its set, and its number or its name."""
    if at + 24 > len(data):
        return len(data)
    if number(data, at + 16, 4) == 0:
        return at + 24
    return at + 24 + padded(number(data, at + 20, 4))


def values_at(data: memoryview, at: int, kind: int) -> tuple[list[memoryview] | None, int]:
    """The values of a property, and where the next one begins; None where they cannot be told."""
    plain = kind & ~SEVERAL
    count = 1
    if kind & SEVERAL or plain in COUNTED:
        if at + 4 > len(data):
            return None, at
        count, at = number(data, at, 4), at + 4
    found: list[memoryview] = []
    for _ in range(min(count, MOST_PROPERTIES)):
        size = SIZES.get(plain, -1)
        if plain in COUNTED and at + 4 <= len(data):
            size, at = number(data, at, 4), at + 4
        if size < 0 or at + size > len(data):
            return None, at
        found.append(data[at : at + size])
        at += padded(size)
    return found, at


def number(data: memoryview, at: int, size: int) -> int:
    """A number of so many bytes, the lowest first."""
    return int.from_bytes(data[at : at + size], "little")


def padded(size: int) -> int:
    """A size, filled up to whole words."""
    return size + (-size % 4)


def property_text(found: Property, codec: str) -> str:
    """The text of a property."""
    return text(found.data, "utf-16-le" if found.kind == UNICODE else codec)


def html_text(found: Property, codec: str) -> str:
    """HTML, in the charset that it names itself where it is kept as bytes."""
    if found.kind == UNICODE:
        return property_text(found, codec)
    data = bytes(found.data)
    return charset.decoded(data, charset.declared_inside(data) or codec).text


def text(data: memoryview, codec: str) -> str:
    """Text without the zero at its end."""
    return charset.cleaned(bytes(data).decode(codec, "replace").partition("\x00")[0])
