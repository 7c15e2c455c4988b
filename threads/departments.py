"""Departments: who answers what, from which mailbox, and in which hours."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from storage.errors import WrongUse


@dataclass(frozen=True, slots=True)
class Department:
    """Some of the desk's agents, who answer what is theirs."""

    name: str
    members: tuple[str, ...] = ()
    """The IDs of agents."""
    mailbox: str = ""
    """The address whose mail is theirs, where nothing else says whose it is; "" is none."""


def known(departments: Iterable[Department], name: str) -> Department | None:
    """The department of that name, in any letter case, or None."""
    wanted = name.strip().casefold()
    return next((each for each in departments if each.name.casefold() == wanted), None)


def named(departments: Sequence[Department], name: str) -> Department:
    """The same. Raises `WrongUse` where there is none."""
    found = known(departments, name)
    if found is None:
        there = f"there is {', '.join(each.name for each in departments)}" if departments else "add a [[department]]"
        raise WrongUse(f"no department of this desk is called {name.strip()[:80]!r}; {there}")
    return found


def members_of(departments: Iterable[Department], name: str) -> tuple[str, ...]:
    """The IDs of the agents of a department; none where there is no such department."""
    found = known(departments, name) if name else None
    return found.members if found else ()


def of_mailbox(departments: Iterable[Department], address: str) -> str:
    """The name of the department that the mail of an address belongs to, "" where it is none's."""
    return next((each.name for each in departments if each.mailbox == address.lower()), "")
