"""The Date header as programs write it: with two-digit years, zone names, no seconds, German months, or as ISO 8601."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_tz

LONGEST = 200
ISO = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(?:\.\d{1,6})?\s?(?:Z|[+-]\d\d:?\d\d)?", re.IGNORECASE)
GERMAN = {"mär": "mar", "mrz": "mar", "maerz": "mar", "märz": "mar", "mai": "may", "okt": "oct", "dez": "dec"}
WORD = re.compile(r"[^\W\d_]+")


def date_in(value: str) -> datetime | None:
    """The moment a Date header names, aware, in UTC; None where it names none."""
    text = value.strip()[:LONGEST]
    if not text:
        return None
    iso = ISO.match(text)
    try:
        return iso_date(iso[0]) if iso else rfc_date(text)
    except (ValueError, OverflowError, TypeError, IndexError, ArithmeticError):
        return None


def iso_date(text: str) -> datetime:
    """A date such as 2026-11-22T10:00:00+01:00; without a zone it is taken for UTC."""
    found = datetime.fromisoformat(text.replace(" +", "+").replace(" -", "-").replace("z", "Z"))
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def rfc_date(text: str) -> datetime | None:
    """A date in the form of RFC 5322 or one of its many relatives."""
    english = WORD.sub(lambda word: GERMAN.get(word[0].lower(), word[0]), text)
    found = parsedate_tz(english)
    if found is None:
        return None
    year, month, day, hour, minute, second = found[:6]
    naive = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
    return naive - timedelta(seconds=found[9] or 0)
