"""What an attached file is called: as the mail says, made harmless, or by what it is."""

from __future__ import annotations

import re
from collections.abc import Collection
from unicodedata import normalize
from urllib.parse import unquote_to_bytes

from mailgateway.mime import charset
from mailgateway.mime.headers import read_header
from mailgateway.mime.parts import Part, declared_within

LONGEST = 200
EXTENSIONS = {
    "message/rfc822": "eml",
    "message/global": "eml",
    "message/delivery-status": "txt",
    "message/disposition-notification": "txt",
    "message/feedback-report": "txt",
    "text/rfc822-headers": "txt",
    "text/calendar": "ics",
    "text/plain": "txt",
    "text/html": "html",
    "text/csv": "csv",
    "text/vcard": "vcf",
    "text/x-vcard": "vcf",
    "text/xml": "xml",
    "image/jpeg": "jpg",
    "image/pjpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/svg+xml": "svg",
    "image/tiff": "tif",
    "image/webp": "webp",
    "image/heic": "heic",
    "audio/mpeg": "mp3",
    "audio/wav": "wav",
    "video/mp4": "mp4",
    "video/quicktime": "mov",
    "application/pdf": "pdf",
    "application/zip": "zip",
    "application/json": "json",
    "application/xml": "xml",
    "application/rtf": "rtf",
    "application/msword": "doc",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/pgp-signature": "asc",
    "application/pgp-encrypted": "asc",
    "application/pgp-keys": "asc",
    "application/pkcs7-mime": "p7m",
    "application/x-pkcs7-mime": "p7m",
    "application/pkcs7-signature": "p7s",
    "application/x-pkcs7-signature": "p7s",
    "application/ms-tnef": "dat",
}
STEMS = {
    "message/rfc822": "mail",
    "message/delivery-status": "delivery-report",
    "message/disposition-notification": "read-receipt",
    "message/feedback-report": "feedback-report",
    "text/rfc822-headers": "headers",
    "text/calendar": "calendar",
    "text/html": "document",
    "application/pgp-signature": "signature",
    "application/pgp-encrypted": "version",
    "application/pkcs7-mime": "smime",
    "application/x-pkcs7-mime": "smime",
    "application/pkcs7-signature": "smime",
    "application/x-pkcs7-signature": "smime",
    "application/ms-tnef": "winmail",
}
MAIN_STEMS = {"image": "image", "audio": "audio", "video": "video", "text": "text"}
NAMED_ID = re.compile(r"[\w-]{1,60}\.(?:jpe?g|png|gif|bmp|svg|webp|tiff?|pdf|html?)", re.IGNORECASE)
# Slashes would be a path, directional marks hide an extension, the rest no file system takes.
UNWANTED = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069/\\\\]")
BARE_TYPE = re.compile(r"[a-z0-9]{1,8}")


def attachment_name(data: bytes, part: Part, taken: Collection[str] = ()) -> str:
    """The name of an attached file, never empty; one that we make up differs from those that are `taken`."""
    for given in (part.disposition.get("filename"), part.type.get("name"), named_by_id(part)):
        name = safe_name(unquoted(given))
        if name:
            return name
    if part.media in {"message/rfc822", "message/global"}:
        return named_by_subject(data, part)
    extension = extension_of(part.media)
    described = safe_name(part_description(part))
    if described:
        return described if "." in described[-6:] else f"{described}.{extension}"
    stem = STEMS.get(part.media) or MAIN_STEMS.get(part.media.partition("/")[0], "document")
    names = (f"{stem}{number or ''}.{extension}" for number in range(len(taken) + 1))
    return next(name for name in names if name not in taken)


def unquoted(name: str) -> str:
    """A name with the percent signs undone by which some programs hide umlauts, without saying that they do."""
    if "%" not in name or not name.isascii():
        return name
    data = unquote_to_bytes(name)
    return name if data.isascii() or not charset.is_utf8(data) else data.decode()


def named_by_id(part: Part) -> str:
    """The name in a Content-ID such as `image001.jpg@01CD`, "" where it holds none."""
    stem = part.content_id.partition("@")[0]
    return stem if NAMED_ID.fullmatch(stem) else ""


def safe_name(name: str) -> str:
    """A file name without path, control characters and leading dots; its umlauts are one letter each."""
    name = name if name.isascii() else normalize("NFC", name)
    if "\\" in name and ":" in name[:3]:
        name = name.rpartition("\\")[2]
    name = " ".join(UNWANTED.sub("_" if "/" in name or "\\" in name else "", name).split()).strip()
    if len(name) > LONGEST:
        stem, dot, extension = name.rpartition(".")
        name = f"{stem[: LONGEST - 20]}.{extension[:19]}" if dot else name[:LONGEST]
    return "" if not name.strip("._ ") else name


def named_by_subject(data: bytes, part: Part) -> str:
    """An attached mail is called by its subject."""
    inner = read_header(data, part.header.body_at, part.end)
    if inner.raw_bytes:
        inner.transcode(declared_within(data, part))
    subject = next((field.text for field in inner.fields if field.name == "subject"), "")
    return f"{safe_name(subject) or STEMS['message/rfc822']}.eml"


def part_description(part: Part) -> str:
    """The Content-Description, where it may serve as a name."""
    text = next((field.text for field in part.header.fields if field.name == "content-description"), "")
    return text if len(text) <= 80 else ""


def extension_of(media: str) -> str:
    """The usual file extension of a type."""
    subtype = media.rpartition("/")[2].removeprefix("x-")
    return EXTENSIONS.get(media) or (subtype if BARE_TYPE.fullmatch(subtype) and subtype != "unknown" else "bin")
