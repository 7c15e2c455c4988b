"""Where mail goes that is fetched from an IMAP server."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from mailgateway.receive import Keeper
from storage.database import Database
from threads.policy import Policy


@dataclass(frozen=True, slots=True)
class Into:
    """The desk that it goes into."""

    keeper: Keeper
    database: Database
    policy: Callable[[], Policy]
    clock: Callable[[], datetime]
