"""Calls: who rang and from where, and whether they knew the password that their customer gave for the telephone."""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import unicodedata
from base64 import b64decode, b64encode
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storage.claim import serialise
from storage.errors import NotThere, WrongUse
from storage.tables import PersonRow, PhoneCheckRow
from threads.people.addresses import person_with
from threads.people.linking import customers_own

SHORTEST, LONGEST = 4, 100
"""Letters and digits of a password."""
MOST_WRONG, WRONG_WITHIN = 5, timedelta(hours=1)
"""After so many wrong ones in that time none is looked at for a while: whoever calls must not try them out."""
_COST = {"n": 2**14, "r": 8, "p": 1}
_NUMBER = re.compile(r"\+?[\d ()/.-]+")
_LONGEST_NAME = 100


class Heard(StrEnum):
    """What came of asking for the password."""

    RIGHT = "right"
    WRONG = "wrong"
    NONE_SET = "none set"
    NOT_ASKED = "not asked"


@dataclass(frozen=True, slots=True)
class Call:
    """A call, as it is noted."""

    caller: str = ""
    number: str = ""
    password: Heard = Heard.NOT_ASKED

    def as_json(self) -> dict[str, str]:
        """In plain values."""
        return {"caller": self.caller, "number": self.number, "password": self.password.value}


def call_of(caller: str, number: str, password: Heard) -> Call:
    """A call with its number as it is dialled. Raises `WrongUse` for what is no number, or no name."""
    caller = " ".join(caller.split())
    if len(caller) > _LONGEST_NAME or not caller.isprintable():
        raise WrongUse(f"the caller's name has at most {_LONGEST_NAME} printable characters")
    number = " ".join(number.split())
    digits = sum(char.isdecimal() for char in number)
    if number and (not _NUMBER.fullmatch(number) or not 3 <= digits <= 20 or not number.isascii()):
        raise WrongUse(f'{number[:40]!r} is no telephone number; write it as in "0221 123456" or "+49 221 123456"')
    return Call(caller, number, password)


def hashed(password: str) -> str:
    """What is kept of a password: a salted hash (scrypt, RFC 7914). Raises `WrongUse` for one that is too short or too long.

    It is spoken, so capitals, blanks and hyphens do not count.
    """
    said = _said(password)
    if not SHORTEST <= len(said) <= LONGEST:
        raise WrongUse(f"a phone password has {SHORTEST} to {LONGEST} letters and digits")
    salt = os.urandom(16)
    return f"scrypt:{b64encode(salt).decode()}:{b64encode(_scrypt(said, salt)).decode()}"


def is_right(password: str, kept: str) -> bool:
    """Whether a password is the one that was hashed."""
    _, salt, digest = kept.split(":")
    return hmac.compare_digest(_scrypt(_said(password)[: LONGEST + 1], b64decode(salt)), b64decode(digest))


def _said(password: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFKC", password).casefold() if char.isalnum())


def _scrypt(said: str, salt: bytes) -> bytes:
    return hashlib.scrypt(said.encode(), salt=salt, **_COST)


def set_password(
    session: Session, address: str, password: str, *, ours: Collection[str], actor: str, now: datetime
) -> dict[str, Any]:
    """Give a customer a phone password, or with "" none; it is written down who did. Raises `NotThere` or `WrongUse`."""
    address = customers_own(session, address, ours)
    key = person_with(session, address)
    if key is None:
        raise NotThere(f"nobody with {address} is known; `brief customer list` shows all")
    person = session.get_one(PersonRow, key)
    person.phone_password = hashed(password) if password else ""
    _keep(session, key, "set" if password else "taken away", actor, now)
    return {"address": address, "phone_password": bool(password)}


def check(session: Session, person_id: UUID | None, password: str, *, actor: str, now: datetime) -> Heard:
    """Whether a caller knows a customer's password; each try is written down. Raises `WrongUse` after too many wrong ones."""
    person = session.get(PersonRow, person_id) if person_id is not None else None
    if person is None or not person.phone_password:
        return Heard.NONE_SET
    serialise(session, f"phone:{person.id}")
    if _wrong_of_late(session, person.id, now) >= MOST_WRONG:
        raise WrongUse(
            f"{MOST_WRONG} wrong phone passwords came within the hour, so none is looked at now; "
            "ring back at a number that you know, or note the call without --password"
        )
    heard = Heard.RIGHT if is_right(password, person.phone_password) else Heard.WRONG
    _keep(session, person.id, heard.value, actor, now)
    return heard


def checks_of(session: Session, person_id: UUID, most: int = 10) -> list[dict[str, Any]]:
    """What came of asking somebody for their password and of giving them one, the latest first."""
    theirs = select(PhoneCheckRow).where(PhoneCheckRow.person_id == person_id)
    rows = session.scalars(theirs.order_by(PhoneCheckRow.at.desc(), PhoneCheckRow.id.desc()).limit(most))
    return [{"at": row.at.isoformat(), "agent": row.actor, "result": row.result} for row in rows]


def _wrong_of_late(session: Session, person_id: UUID, now: datetime) -> int:
    wrong = (PhoneCheckRow.result == Heard.WRONG.value) & (PhoneCheckRow.at > now - WRONG_WITHIN)
    counted = select(func.count()).select_from(PhoneCheckRow).where(PhoneCheckRow.person_id == person_id, wrong)
    return session.scalar(counted) or 0


def _keep(session: Session, person_id: UUID, result: str, actor: str, now: datetime) -> None:
    session.add(PhoneCheckRow(person_id=person_id, at=now, actor=actor, result=result))
    session.flush()
