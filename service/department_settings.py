"""[[department]]: who answers what."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from service.setting_errors import nearest, place_of
from service.setting_types import MailAddress, Section
from threads.departments import Department


def _agent(value: Any) -> str:
    text = str(value).strip().lower()
    if not text:
        raise ValueError('the ID of an agent is meant, as in "anna"')
    return text


Member = Annotated[str, BeforeValidator(_agent)]


class DepartmentSettings(Section):
    """[[department]]: some of the agents, who answer what is theirs."""

    name: str = Field(min_length=1, max_length=100, pattern=r"\S")
    members: tuple[Member, ...] = ()
    """The IDs of agents: they hear of what is new, and of what escalates."""
    mailbox: MailAddress | Literal[""] = ""
    """The [[mailbox]] whose mail is theirs, where neither it nor a rule names another department."""
    calendar: str = ""
    """The [[calendar]] whose hours count for what is theirs, or "24/7"; without one the mailbox's."""


def departments_of(settings: Sequence[DepartmentSettings]) -> tuple[Department, ...]:
    """Departments as the decisions want them."""
    return tuple(
        Department(each.name.strip(), tuple(dict.fromkeys(each.members)), each.mailbox.lower()) for each in settings
    )


def wrong_departments(
    departments: Sequence[DepartmentSettings],
    addresses: Collection[str],
    named: Sequence[tuple[str, tuple[int | str, ...]]],
    file: Path | None,
) -> Iterator[str]:
    """What only shows beside the other settings, a line each: a name or a mailbox twice, one that is not ours.

    `named` are the departments that mailboxes and rules name, with where: free words until there is a [[department]].
    """
    names: set[str] = set()
    mailboxes: dict[str, str] = {}
    for number, each in enumerate(departments):
        if each.name.strip().casefold() in names:
            where = place_of(file, "department", number, "name")
            yield f"{where}: the department {each.name!r} stands there twice; leave one of them out"
        names.add(each.name.strip().casefold())
        if not each.mailbox:
            continue
        where = place_of(file, "department", number, "mailbox")
        if each.mailbox not in addresses:
            there = nearest(each.mailbox, addresses)
            yield f"{where}: [department] mailbox {each.mailbox} is none of the desk's{there}; add a [[mailbox]] for it"
        if each.mailbox in mailboxes:
            yield f"{where}: the mail of {each.mailbox} is {mailboxes[each.mailbox]}'s already; it can only be one's"
        mailboxes.setdefault(each.mailbox, each.name)
    spelt = [each.name.strip() for each in departments]
    for name, place in named if departments else ():
        if name not in spelt:
            there = nearest(name, spelt)
            yield f"{place_of(file, *place)}: no [[department]] is called {name!r}{there}"
