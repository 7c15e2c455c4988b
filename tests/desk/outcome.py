"""How well a desk told conversations apart: which pairs of mails belong together, and which it put together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from tests.desk.letters import Letter


@dataclass(frozen=True)
class Placed:
    """Where the desk put a letter."""

    letter: Letter
    conversation: UUID
    held: bool
    because: str = ""


@dataclass(frozen=True)
class Outcome:
    """What came of an archive, in pairs of mails."""

    f1: float
    """In per cent."""
    within: int
    """Pairs put together wrongly, of one customer."""
    between: int
    """Pairs put together wrongly, of two customers."""
    held: int
    """Mails held beside the conversation that they belong to."""
    held_wrongly: int
    """Mails held beside another one."""


def outcome(placed: Iterable[Placed]) -> Outcome:
    """Count, with each letter as often as it is given. A held mail counts for `f1` where it stands, but is put together with nothing."""
    all_of_them = list(placed)
    open_ones = [each for each in all_of_them if not each.held]
    right = _pairs((each.conversation, each.letter.conversation) for each in all_of_them)
    put, belonging = (
        _pairs(each.conversation for each in all_of_them),
        _pairs(each.letter.conversation for each in all_of_them),
    )
    together = _pairs(each.conversation for each in open_ones)
    of_customer = _pairs((each.conversation, each.letter.customer) for each in open_ones)
    of_matter = _pairs((each.conversation, each.letter.conversation) for each in open_ones)
    mostly = _mostly(open_ones)
    held = [mostly.get(each.conversation) == each.letter.conversation for each in all_of_them if each.held]
    return Outcome(
        f1=round(100 * 2 * right / max(put + belonging, 1), 2),
        within=of_customer - of_matter,
        between=together - of_customer,
        held=held.count(True),
        held_wrongly=held.count(False),
    )


def _mostly(placed: Iterable[Placed]) -> dict[UUID, int]:
    """What each of the desk's conversations is about for the most part."""
    counted = Counter((each.conversation, each.letter.conversation) for each in placed)
    return {conversation: matter for (conversation, matter), _ in reversed(counted.most_common())}


def _pairs(names: Iterable[object]) -> int:
    return sum(number * (number - 1) // 2 for number in Counter(names).values())


def line(kind: str, found: Outcome) -> str:
    """A line of the table of all kinds of damage."""
    return (
        f"{kind:32} F1 {found.f1:6.2f}   false: {found.between:4} between customers, {found.within:5} of one   "
        f"held: {found.held:4} where they belong, {found.held_wrongly:3} elsewhere"
    )


def astray(placed: Iterable[Placed]) -> list[tuple[str, Placed]]:
    """The letters that do not stand with the most of their matter, and those of another matter that stand among them."""
    all_of_them = list(placed)
    counted = Counter((each.letter.conversation, each.conversation) for each in all_of_them)
    home = {matter: conversation for (matter, conversation), _ in reversed(counted.most_common())}
    mostly = _mostly(all_of_them)
    found = []
    for each in all_of_them:
        if mostly[each.conversation] != each.letter.conversation:
            found.append(("among others", each))
        elif home[each.letter.conversation] != each.conversation:
            found.append(("apart", each))
    return found
