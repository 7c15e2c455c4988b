"""Knows signatures, closing formulas and footers: what stands below a letter and is no part of it."""

from __future__ import annotations

from collections.abc import Sequence

from mailgateway.bodies.signature_phrases import CLOSINGS, COMPANY, DEVICES, EXCUSES, FOOTERS, LEGAL_STARTS, POSTSCRIPTS

_LONGEST_SIGNATURE = 30
_LONGEST_LIST_FOOTER = 8
_LONGEST_FOOTER = 25
"""Words of a footer that says more than from what a mail was sent."""
_WIDEST = 80
_MARKS = " \t\u00a0*_\u200b\ufeff"
_SENT = ("gesendet", "gesendet.", "lähetetty", "送信", "发送", "传送")
_FOOTERS_BEGIN = frozenset(each[:2] for each in FOOTERS)
_ENGLISH_SAYS = ("sent from ", "sent via ", "sent with ", "sent using ", "sent by ")


def is_signature_mark(lines: Sequence[str], number: int) -> bool:
    """Whether the line is "-- ", or "--" with no more than a signature below it."""
    line = lines[number].rstrip("\r\n\u00a0")
    if line == "-- ":
        return True
    if line.strip() not in ("--", "- -", "‐‐"):
        return False
    below = 0
    for other in lines[number + 1 : number + 120]:
        below += bool(other.strip()) and not other.lstrip().startswith(">")
        if below > _LONGEST_SIGNATURE:
            return False
    return True


def is_list_footer(lines: Sequence[str], number: int) -> bool:
    """Whether a mailing list's own footer begins with this line: a rule, then few lines with the list's name or address."""
    line = lines[number].strip()
    if len(line) < 2 or line.strip("_"):
        return False
    rest = [other.strip() for other in lines[number + 1 : number + 40] if other.strip()]
    text = " ".join(rest[:_LONGEST_LIST_FOOTER]).casefold()
    return 0 < len(rest) <= _LONGEST_LIST_FOOTER and any(
        word in text for word in ("mailing list", "mailingliste", "mailman", "listinfo", "unsubscribe", "abmelden")
    )


def is_footer(line: str) -> bool:
    """Whether a phone or mail program added the line ("Von meinem iPhone gesendet")."""
    text = line.strip(_MARKS + "-–—")
    if not text or len(text) > 200:
        return False
    said = text.partition("<http")[0].partition("(http")[0].strip().casefold()
    if not (said[:2] in _FOOTERS_BEGIN and said.startswith(FOOTERS)) and not said.endswith(_SENT):
        return False  # as nearly every line
    count = len(said.split())
    if count > 9 or said.endswith(("?", ",", ":")):
        return count <= _LONGEST_FOOTER and _says_more(said)
    sentence = said.endswith(".") and said.startswith(_ENGLISH_SAYS) and count > 6
    if (sentence or _is_prose(said)) and not _says_more(said):
        return False
    return any(device in said for device in DEVICES)


def _says_more(said: str) -> bool:
    """Whether a footer names a network or asks to excuse: "Sent from my BlackBerry 10 on the O2 network."."""
    if not said.startswith(FOOTERS) or said.endswith("?"):
        return False
    return said.rstrip(".").endswith(" network") or any(word in said for word in EXCUSES)


def _is_prose(said: str) -> bool:
    """Whether the words only begin as a footer: "Gesendet von Ihnen am Montag, aber ..."."""
    return ", " in said and said.endswith(".")


def without_signature(lines: Sequence[str]) -> list[str]:
    """The lines without legal footers, company details and a closing formula with a name."""
    kept = _stripped(lines)
    legal = _legal_start(kept)
    if legal:
        kept = _stripped(kept[:legal])
    closing = _closing_start(kept)
    if closing:
        kept = _stripped(kept[:closing])
    return kept


def _stripped(lines: Sequence[str]) -> list[str]:
    start, end = 0, len(lines)
    while start < end and not lines[start].strip(_MARKS):
        start += 1
    while end > start and not lines[end - 1].strip(_MARKS + "-–—=#"):
        end -= 1
    return list(lines[start:end])


def _legal_start(lines: Sequence[str]) -> int:
    """The line with which a legal footer begins after the letter, 0 where there is none."""
    for number in range(1, len(lines)):
        if lines[number - 1].strip(_MARKS + "-–—=#"):
            continue
        if lines[number].strip(_MARKS + "-–—=#|")[:100].casefold().startswith(LEGAL_STARTS):
            rest = "".join(lines[number : number + 6])
            if len(rest) >= 60 or len(lines) - number <= 3:
                return number
    return 0


def _closing_start(lines: Sequence[str]) -> int:
    """The line of a closing formula below which only a name and an address stand, 0 where there is none."""
    for number in range(max(1, len(lines) - _LONGEST_SIGNATURE), len(lines)):
        if _closes(lines[number]) and _only_a_name(lines[number + 1 :]):
            return number
    last = lines[-1].strip() if len(lines) > 1 else ""
    signed_short = last.startswith("/") and last[1:2].isupper() and last[1:].isalpha() and len(last) <= 20
    return len(lines) - 1 if signed_short else 0


def _by_letter() -> dict[str, tuple[str, ...]]:
    """The closing formulas by their first letter, in the order of the table: nearly no line begins with one."""
    return {letter: tuple(each for each in CLOSINGS if each[0] == letter) for letter in {each[0] for each in CLOSINGS}}


_CLOSINGS_BY_LETTER = _by_letter()


def _closes(line: str) -> bool:
    text = line.strip(_MARKS + ",.!;-–—")[:_WIDEST].casefold()
    begun_alike = _CLOSINGS_BY_LETTER.get(text[:1], ())
    if not text.startswith(begun_alike):
        return False
    if text in begun_alike:
        return True
    for closing in begun_alike:
        if text.startswith(closing) and text[len(closing)] in " ,!.;":
            rest = text[len(closing) :].split()
            return len(rest) <= (2 if len(closing) <= 4 else 4)
    return False


def _only_a_name(lines: Sequence[str]) -> bool:
    return all(not line.strip() or _is_contact(line.strip(_MARKS)) for line in lines)


def _is_contact(line: str) -> bool:
    """Whether a line can stand in a signature: short and no sentence, or a company's details."""
    text = line.casefold()
    if text.startswith(POSTSCRIPTS) and (len(text) < 3 or not text[2].isalpha()):
        return False
    if any(word in text for word in COMPANY) or "http" in text or "www." in text:
        return True
    words = line.split()
    if line.endswith("?") or len(line) > _WIDEST:
        return False
    return not (line.endswith((".", "!")) and len(words) >= 6)
