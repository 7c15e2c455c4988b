"""Telephone numbers in a text, as they are dialled from anywhere (E.164), and as people of one country read them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from storage.errors import WrongUse

if TYPE_CHECKING:
    from threads.hours import Calendar  # it loads every country's holidays

MOST = 12
"""Numbers that are looked at in one text."""
_LONGEST, _FEWEST = 32, 5
_BLANK = "[ \u00a0\u202f\u2009\t]"
_SHAPE = re.compile(
    rf"(?<![\w.,/:+-])(?:\+|00)?[(\d](?:[\d()/.–‑-]|{_BLANK}(?!{_BLANK})){{5,{_LONGEST}}}(?<=[\d])(?![\w:]|[.,]\d)"
)
_NOT_ONE = re.compile(r"^(?:\d{1,2}[./]\s?\d{1,2}[./]\s?\d{2,4}|\d{4}-\d{2}-\d{2}|(?:\d{1,3}\.){3}\d{1,3})\b")
"""A date, or the address of a machine."""
_CALLS_IT_SO = re.compile(
    r"\b(?:tel(?:efon|\.)?(?:nr|nummer)?|fon|phone|telephone|mobil(?:e|funk|nummer|telefon)?|handy(?:nr|nummer)?|cell(?:phone)?|"
    r"durchwahl|direct|büro|festnetz|rufnummer|rückrufnummer|nummer|number|landline|unter|under|erreichbar|erreichen|reach|reachable|"
    r"call|anrufen|rückruf|zurück|at|on|is|ist|lautet|[tm])(?:\W{1,4}|\s*[:.]\s*|\W+(?:nr|no|number|me|my|der|meiner|die|sie|mich|uns|is|ist|number)\W+){0,2}$",
    re.IGNORECASE,
)
_ANOTHER = re.compile(
    r"\b(?:fax|telefax|iban|bic|konto\w*|kunden\w*|rechnung\w*|bestell\w*|auftrag\w*|vertrag\w*|vorgang\w*|ticket\w*|artikel\w*|serien\w*|"
    r"serial|invoice|order|customer|account|contract|reference|ref|case|ust\W?id\w*|steuer\w*|hrb|plz|art|sn|imei|id)"
    r"(?:\W{0,3}(?:nr|no|nummer|number|id|ist|is|lautet)){0,2}\W{0,4}$",
    re.IGNORECASE,
)
_BEFORE = 40
"""Characters before a number that may say what it is."""
_OF_ZONE: Mapping[str, str] = MappingProxyType(
    {"Europe/Vienna": "AT", "Europe/Zurich": "CH", "Europe/London": "GB", "Europe/Dublin": "IE", "Europe/Luxembourg": "LU",
     "Europe/Amsterdam": "NL", "Europe/Brussels": "BE", "Europe/Paris": "FR", "Europe/Rome": "IT", "Europe/Madrid": "ES",
     "America/New_York": "US", "America/Chicago": "US", "America/Los_Angeles": "US"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Number:
    """A telephone number where it stands in a text."""

    dialled: str
    """As E.164 has it ("+499111234567"); as it was written where that cannot be said."""
    begin: int
    end: int
    named: bool = False
    """What stands before it says that it is one to ring."""
    costly: bool = False
    """Whoever rings it pays more than for a call."""


def country_of(calendar: Calendar) -> str:
    """Whose numbers are written without a country: where the holidays of a calendar are, else where its zone is."""
    return calendar.holidays[:2].upper() or _OF_ZONE.get(calendar.zone.key, "DE")


def numbers_in(text: str, country: str) -> list[Number]:
    """The telephone numbers of a text in order, without those that are said to be something else. Takes linear time."""
    found: list[Number] = []
    for shape in _SHAPE.finditer(text):
        if len(found) >= MOST:
            break
        before = text[max(0, shape.start() - _BEFORE) : shape.start()]
        if _NOT_ONE.match(shape[0]) or _ANOTHER.search(before):
            continue
        named = bool(_CALLS_IT_SO.search(before))
        read = _read(shape[0], country, certain=not named and not shape[0].startswith(("+", "00")))
        if read is not None:
            dialled, costly = read
            found.append(Number(dialled, *shape.span(), named, costly))
    return found


def number_said(text: str, country: str) -> str:
    """The number that somebody typed, as it is dialled. Raises `WrongUse` for what is none."""
    text = " ".join(text.split())
    read = _read(text, country, certain=False) if len(text) <= _LONGEST + 4 and any(map(str.isdigit, text)) else None
    if read is None:
        raise WrongUse(f'{text[:40]!r} is no telephone number; write it as in "0221 123456" or "+49 221 123456"')
    return read[0]


def shown(dialled: str, country: str) -> str:
    """A number as somebody of a country reads it: "0911 1234567", "+43 1 234567"."""
    import phonenumbers

    try:
        number = phonenumbers.parse(dialled, country)
    except phonenumbers.NumberParseException:
        return dialled
    abroad = phonenumbers.region_code_for_number(number) not in {country, None}
    form = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(number, form.INTERNATIONAL if abroad else form.NATIONAL)


def best(numbers: Iterable[Number]) -> Number | None:
    """Which of some numbers is rung: the first that is called one, else the first."""
    there = list(numbers)
    return next((each for each in there if each.named), there[0] if there else None)


def _read(text: str, country: str, *, certain: bool) -> tuple[str, bool] | None:
    """A number as it is dialled, and whether it costs more; `certain` wants one of those that are given out, with its 0."""
    import phonenumbers  # 3 MB, and most mails hold no number

    digits = [char for char in text if char.isdecimal()]
    if certain and digits[:1] != ["0"]:
        return None
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None
    valid = phonenumbers.is_valid_number(number)
    possible = phonenumbers.is_possible_number_with_reason(number) == phonenumbers.ValidationResult.IS_POSSIBLE
    if len(digits) < _FEWEST or (not valid and (certain or not possible)):
        return None
    costly = phonenumbers.number_type(number) in (
        phonenumbers.PhoneNumberType.PREMIUM_RATE, phonenumbers.PhoneNumberType.SHARED_COST,
    )  # fmt: skip
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164), costly
