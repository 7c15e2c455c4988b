"""Mails out of an archive: an .eml file, an mbox, a Maildir, a folder of them, or standard input; one at a time.

An mbox of any size is read as a stream: only one of its mails is in memory.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from mailgateway.mime.headers import WELL_KNOWN, read_header
from storage.errors import WrongUse
from storage.reasons import in_words

LARGEST_MAIL = 200_000_000
"""A longer mail is cut: what an archive holds is not to be trusted either."""
LONGEST_LINE = 1_000_000
HEADER_LOOKED_AT = 256 * 1024
DEEPEST_FOLDER = 30
MAIL_SUFFIXES = frozenset({".eml", ".mbox", ".mbx", ".mail", ".msg", ".txt", ".box", ""})
LONGEST_FROM_LINE = 500
FROM_NOBODY = re.compile(rb"From (?:-|MAILER-DAEMON)[ \r\n]")
CLOCK = re.compile(rb"\d:\d\d")
YEAR = re.compile(rb"\d{4}")
NEAR = 50
QUOTED_FROM = re.compile(rb">+From ")


def mails_in(path: str) -> Iterator[tuple[str, bytes]]:
    """Each mail with a label of where it was found. Raises `WrongUse` where the path cannot be read."""
    if path == "-":
        yield from in_stream(sys.stdin.buffer, "-", always_mbox=False)
        return
    place = Path(path)
    try:
        yield from in_folder(place) if place.is_dir() else in_file(place)
    except OSError as error:
        raise WrongUse(f"{path} cannot be read: {in_words(error)}") from error


def mails_to_keep(path: str, pass_over: Callable[[str], None]) -> Iterator[tuple[str, bytes]]:
    """As `mails_in`, but the empty ones, each of which is told to `pass_over`.

    Raises `WrongUse` for a file that was named by itself and is clearly no mail, as /etc/passwd is none, and where no mail is.
    """
    by_itself = str(Path(path)) if path != "-" and Path(path).is_file() else None
    found = False
    for label, raw in mails_in(path):
        if label == by_itself and (why := no_mail(Path(path), raw)):
            raise WrongUse(f"{path} is no mail: {why}")
        if is_empty(raw):
            pass_over(f"{label}: it is empty")
            continue
        found = True
        yield label, raw
    if not found:
        there = "standard input" if path == "-" else path
        raise WrongUse(f"{there} holds no mail; name an .eml file, an mbox, a Maildir or a folder of them")


def no_mail(file: Path, raw: bytes) -> str:
    """Why a file is no mail, as far as that is clear; "" where it may be one."""
    if is_empty(raw):
        return "it is empty"
    if is_one_mail(file) or has_a_header(raw):
        return ""
    return "it has no header such as From or Subject; a mail without any is named .eml"


def is_empty(raw: bytes) -> bool:
    """Whether nothing stands in a mail, not even a header."""
    return not raw or raw.isspace()


def has_a_header(raw: bytes) -> bool:
    """Whether a line above the first blank one is a field that mails have."""
    fields = read_header(raw, 0, min(len(raw), HEADER_LOOKED_AT)).fields
    return any(WELL_KNOWN.match(each.name.encode() + b":") for each in fields)


def in_folder(folder: Path) -> Iterator[tuple[str, bytes]]:
    """The mails of a folder, sorted by name, with its sub-folders; a Maildir's are in `cur` and `new`."""
    pending = [(folder, 0)]
    while pending:
        place, depth = pending.pop()
        if place.is_dir():
            if depth > DEEPEST_FOLDER or (depth and place.is_symlink()):
                continue
            children = maildir_files(place) if is_maildir(place) else visible(place)
            pending.extend((child, depth + 1) for child in reversed(children))
        elif place.is_file() and (depth == 0 or wanted(place)):
            yield from in_file(place)


def is_maildir(place: Path) -> bool:
    """Whether a folder is a Maildir."""
    return (place / "cur").is_dir() and (place / "new").is_dir()


def maildir_files(place: Path) -> list[Path]:
    """The mails of a Maildir in the order of their names (they begin with the time), then its sub-folders."""
    mails = [each for name in ("cur", "new") for each in (place / name).iterdir() if each.is_file()]
    folders = [each for each in place.iterdir() if each.is_dir() and each.name not in {"cur", "new", "tmp"}]
    return sorted(mails, key=lambda each: each.name) + sorted(folders)


def visible(place: Path) -> list[Path]:
    """What lies in a folder, sorted by name, without hidden files."""
    return sorted(each for each in place.iterdir() if not each.name.startswith("."))


def wanted(file: Path) -> bool:
    """Whether a file of a folder is a mail: by its ending, or one of a Maildir."""
    return file.suffix.lower() in MAIL_SUFFIXES or file.parent.name in {"cur", "new"}


def is_one_mail(file: Path) -> bool:
    """Whether a file is one mail by its name, whatever it holds."""
    return file.suffix.lower() == ".eml" or file.parent.name in {"cur", "new"}


def in_file(file: Path) -> Iterator[tuple[str, bytes]]:
    """The mails of one file: several only in an mbox. A file named .eml is one mail."""
    with file.open("rb") as stream:
        if is_one_mail(file):
            yield str(file), stream.read(LARGEST_MAIL)
        else:
            yield from in_stream(stream, str(file), always_mbox=file.suffix.lower() in {".mbox", ".mbx"})


def in_stream(stream: BinaryIO, label: str, *, always_mbox: bool) -> Iterator[tuple[str, bytes]]:
    """The mails of a stream, which is an mbox if its first line says so, otherwise one mail."""
    first = stream.readline(LONGEST_LINE)
    if is_from_line(first) or (always_mbox and first.startswith(b"From ")):
        for number, mail in enumerate(in_mbox(stream), start=1):
            yield f"{label}#{number}", mail
    elif first or not always_mbox:
        yield label, first + stream.read(LARGEST_MAIL)


def is_from_line(line: bytes) -> bool:
    """Whether a line begins a mail, as `From anna@example.org Mon Nov 22 10:00:00 2026` does.

    A line of text that merely begins with "From " has no time of day with a year behind it.
    """
    if not line.startswith(b"From "):
        return False
    line = line[:LONGEST_FROM_LINE]
    clock = CLOCK.search(line)
    return bool(FROM_NOBODY.match(line) or (clock and YEAR.search(line, clock.end(), clock.end() + NEAR)))


def in_mbox(stream: BinaryIO) -> Iterator[bytes]:
    """The mails of an mbox whose first `From ` line has been read. `>From ` loses one `>` again (mboxrd)."""
    lines: list[bytes] = []
    size, blank_before = 0, True
    begins = True
    while line := stream.readline(LONGEST_LINE):
        if begins and blank_before and is_from_line(line):
            yield joined(lines)
            lines, size = [], 0
            continue
        if begins and QUOTED_FROM.match(line):
            line = line[1:]
        if size < LARGEST_MAIL:
            lines.append(line)
            size += len(line)
        blank_before = begins and line in (b"\n", b"\r\n")
        begins = line.endswith(b"\n")
    yield joined(lines)


def joined(lines: list[bytes]) -> bytes:
    """One mail of an mbox, without the blank line that separates it from the next."""
    if lines and lines[-1] in (b"\n", b"\r\n"):
        lines = lines[:-1]
    return b"".join(lines)
