"""Numbers as people write them: how many of something, and how large a file is."""

from __future__ import annotations

_UNITS = ((1024**3, "GB"), (1024**2, "MB"), (1024, "KB"))
"""As the settings mean them, and most who write them."""


def counted(number: int, one: str, many: str = "") -> str:
    """So many of something, as in "1 mail" and "3 mails"; `many` where that is more than an s at the end."""
    return f"{number} {one if number == 1 else many or f'{one}s'}"


def size(octets: int) -> str:
    """A size as file managers show it: "812 bytes", "48.2 KB", "1.4 MB"."""
    for factor, unit in _UNITS:
        # what would be rounded up to 1000 of the smaller unit is one of the larger
        if octets >= factor * 999.5 / 1024:
            amount = octets / factor
            return f"{amount:.1f} {unit}".replace(".0 ", " ") if amount < 99.95 else f"{amount:.0f} {unit}"
    return counted(octets, "byte")
