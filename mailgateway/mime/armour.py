"""PGP inside a plain text: what is signed is read without its armour, and what is encrypted is named."""

from __future__ import annotations

from threads.model import SEALED

SIGNED = "-----BEGIN PGP SIGNED MESSAGE-----"
SIGNATURE = "-----BEGIN PGP SIGNATURE-----"
SIGNATURE_END = "-----END PGP SIGNATURE-----"
ENCRYPTED = "-----BEGIN PGP MESSAGE-----"


def without_armour(text: str) -> tuple[str, str]:
    """A text without the armour of a signature, and what its armour says ("" where there is none)."""
    if "-----BEGIN PGP " not in text:
        return text, ""
    lines = text.split("\n")
    marks = {line.rstrip(): number for number, line in reversed(list(enumerate(lines)))}
    if SIGNED in marks and marks[SIGNED] < marks.get(SIGNATURE, -1):
        return "\n".join(signed_lines(lines, marks)), "signed with PGP, the signature is not checked"
    if ENCRYPTED in marks:
        return text, f"encrypted with PGP, {SEALED}"
    return text, ""


def signed_lines(lines: list[str], marks: dict[str, int]) -> list[str]:
    """What was signed, and what stands around it; a dash that the armour set before a line is taken away (RFC 9580, 7.2)."""
    begin, end = marks[SIGNED], marks[SIGNATURE]
    body = begin + 1
    while body < end and lines[body].strip():
        body += 1
    last = marks.get(SIGNATURE_END, end)
    inner = [line.removeprefix("- ") for line in lines[body + 1 : end]]
    return [*lines[:begin], *inner, *lines[max(last, end) + 1 :]]
