"""What was looked at, and how it is: a line for a person, values for a script."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

TOO_LONG = timedelta(minutes=15)
"""How long a mail may wait to be worked through, or to be handed over, or a call to be made, before somebody should look."""
LATELY = timedelta(days=14)
"""For how long a mail that could not be sent, or a call that was given up, is told of here; after that its conversation alone does."""


class State(StrEnum):
    """How a check ended."""

    OK = "ok"
    WARNING = "warning"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    name: str
    state: State
    said: str
    publish: tuple[str, ...] = ()
    """Lines of a zone file that mend it."""

    @property
    def ok(self) -> bool:
        """Whether the desk can work; a warning does not hinder it."""
        return self.state is not State.WRONG

    def __str__(self) -> str:
        return f"{self.name}: {self.said}" if self.state is State.OK else f"{self.name}: {self.state}: {self.said}"

    def as_json(self) -> dict[str, Any]:
        """Plain values; what is to be published only where something is."""
        return {name: value for name, value in asdict(self).items() if name != "publish" or value}
