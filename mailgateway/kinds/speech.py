"""How a person speaks to the one they write to, unlike a program that only reports."""

from __future__ import annotations

_FIRST = 600
"""Characters within which a person has greeted or asked."""
_GREETINGS = (
    *("hallo", "guten tag", "guten morgen", "guten abend", "sehr geehrte", "liebe", "moin", "servus", "grüß", "grüezi"),
    *("hi ", "hi,", "hi\n", "hello", "dear ", "good morning", "good afternoon", "bonjour", "hola", "buongiorno"),
    *("goedemorgen", "goedendag", "dzień dobry", "bom dia", "olá", "hej", "dobrý den", "здравствуйте", "добрый день"),
)


def speaks_to_us(text: str) -> bool:
    """Whether a text greets or asks, as people do."""
    first = text.strip()[:_FIRST].lower()
    return "?" in first or first.startswith(_GREETINGS)
