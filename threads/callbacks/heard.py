"""Whether a mail is one in which somebody can wish to be called, and what they wrote that is read for it."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from threads.arrival import Found
from threads.callbacks.numbers import Number
from threads.callbacks.wishes import Wish, Written, number_given, wish_in
from threads.model import Kind, Placement

_LONGEST_SIGNATURE = 15
"""Lines beneath what somebody wrote that are taken for their signature."""
_OTHERS = re.compile(
    r"\s*(?:>|\||-{4,}|_{5,}|(?:Von|From|Gesendet|Sent|De|Da)\s*:)|.{0,200}\b(?:schrieb|wrote|geschrieben)\b.{0,80}:?\s*$"
)
"""Where what others wrote begins."""


def can_wish(found: Found, placement: Placement) -> bool:
    """Whether a mail is believed when it asks for a call: a person's, who is no stranger there and not suspected of anything."""
    apart = found.imported or found.suspicion is not None or placement.held or not found.verdict.acts
    return not apart and found.classification.kind is Kind.PERSON


def wish_of(found: Found, at: datetime, zone: ZoneInfo, country: str, *, new: bool, forwarded: bool) -> Wish | None:
    """The wish to be called that a mail holds, or the mail that a colleague `forwarded` in it; None where it holds none."""
    wish = wish_in(written_in(found, at, zone, country, new=new))
    inside = found.mail.forwarded
    if wish is not None or not forwarded or inside is None:
        return wish
    beneath = signature_in(inside.text, inside.reply)
    return wish_in(Written(inside.subject, inside.reply or inside.text, at, zone, country, beneath))


def number_of(found: Found, at: datetime, zone: ZoneInfo, country: str) -> Number | None:
    """The number that a mail gives without a wish."""
    return number_given(written_in(found, at, zone, country, new=False))


def written_in(found: Found, at: datetime, zone: ZoneInfo, country: str, *, new: bool) -> Written:
    """What a mail is read for; the subject only of one that opens a conversation, as any other has it from before."""
    mail = found.mail
    return Written(mail.subject if new else "", mail.reply, at, zone, country, signature_in(mail.text, mail.reply))


def signature_in(text: str, reply: str) -> str:
    """What stands in a mail beneath what its writer wrote, up to what others did."""
    last = next((line.strip() for line in reversed(reply[-2000:].split("\n")) if line.strip()), "")
    place = text.find(last) if last else -1
    if place < 0:
        return ""
    kept: list[str] = []
    for line in text[place + len(last) : place + len(last) + 3000].split("\n")[1 : _LONGEST_SIGNATURE + 1]:
        if _OTHERS.match(line):
            break
        kept.append(line)
    return "\n".join(kept)
