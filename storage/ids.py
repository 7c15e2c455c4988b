"""Keys that sort by time of creation."""

from __future__ import annotations

import os
import threading
import time
from uuid import UUID

_lock = threading.Lock()
_last = 0


def uuid7() -> UUID:
    """A UUID of version 7 (RFC 9562, section 5.7): later ones of this process are greater.

    The 12 bits after the milliseconds count on within one (section 6.2, method 3), so keys made in one
    process never run backwards, even where the clock does.
    """
    global _last
    with _lock:
        milliseconds, rest = divmod(time.time_ns(), 1_000_000)
        ticks = _last = max(milliseconds << 12 | rest * 4096 // 1_000_000, _last + 1)
    number = (ticks >> 12) << 80 | 0x7 << 76 | (ticks & 0xFFF) << 64 | 0b10 << 62
    return UUID(int=number | int.from_bytes(os.urandom(8), "big") >> 2)
