"""Numbers as people write them: how many of something, and how large a file is."""

from __future__ import annotations

from datetime import timedelta

_UNITS = ((1024**3, "GB"), (1024**2, "MB"), (1024, "KB"))
"""As the settings mean them, and most who write them."""


def counted(number: int, one: str, many: str = "") -> str:
    """So many of something, as in "1 mail" and "3 mails"; `many` where that is more than an s at the end."""
    return f"{number} {one if number == 1 else many or f'{one}s'}"


def lasting(length: timedelta) -> str:
    """How long something took in its largest unit: "3 days", "1 hour", "0 minutes"."""
    if length >= timedelta(days=1):
        return counted(length.days, "day")
    minutes = length // timedelta(minutes=1)
    return counted(minutes // 60, "hour") if minutes >= 60 else counted(minutes, "minute")


def size(octets: int) -> str:
    """A size as file managers show it: "812 bytes", "48.2 KB", "1.4 MB"."""
    for factor, unit in _UNITS:
        # what would be rounded up to 1000 of the smaller unit is one of the larger
        if octets >= factor * 999.5 / 1024:
            amount = octets / factor
            return f"{amount:.1f} {unit}".replace(".0 ", " ") if amount < 99.95 else f"{amount:.0f} {unit}"
    return counted(octets, "byte")
