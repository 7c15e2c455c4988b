"""[[sla]]: what is promised to customers with a contract class, by priority."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Self

from pydantic import Field, model_validator

from service.setting_errors import nearest, place_of
from service.setting_types import PriorityName, Section, SomeTime
from threads.model import Priority
from threads.sla.terms import ROUND_THE_CLOCK, SlaPolicy

_AIMS = ("first", "next", "solution")


class SlaSettings(Section):
    """[[sla]]: an SLA policy; what it does not name is as [answer] says."""

    name: str = Field(min_length=1, max_length=100)
    contract: str = Field(default="", max_length=100)
    """The contract class that it is for; without one it is for everybody."""
    first: dict[PriorityName, SomeTime] = Field(default_factory=dict)
    """By priority the working time after which a first answer is due."""
    next: dict[PriorityName, SomeTime] = Field(default_factory=dict)
    """The same for each further answer; without one as for the first."""
    solution: dict[PriorityName, SomeTime] = Field(default_factory=dict)
    """The same until the conversation is closed; without one nothing is promised."""
    calendar: str = ""
    """The [[calendar]] whose hours count, or "24/7"; without one the mailbox's."""
    round_the_clock: tuple[PriorityName, ...] | None = None
    """Whose clock runs day and night; without it as [answer] says."""

    @model_validator(mode="after")
    def _promises_something(self) -> Self:
        if not any(getattr(self, aim) for aim in _AIMS) and not self.calendar and self.round_the_clock is None:
            raise ValueError('it promises nothing; give it times, as in first = { critical = "30 min" }')
        return self


def policies_of(settings: Sequence[SlaSettings]) -> tuple[SlaPolicy, ...]:
    """SLA policies as the decisions want them, in order."""
    return tuple(_policy(each) for each in settings)


def _policy(settings: SlaSettings) -> SlaPolicy:
    times = {aim: {Priority(name): time for name, time in getattr(settings, aim).items()} for aim in _AIMS}
    always = settings.round_the_clock
    return SlaPolicy(
        settings.name,
        settings.contract,
        calendar=settings.calendar,
        round_the_clock=frozenset(map(Priority, always)) if always is not None else None,
        **times,
    )


def wrong_policies(policies: Sequence[SlaSettings], calendars: Collection[str], file: Path | None) -> Iterator[str]:
    """What only shows beside the other settings, a line each: a name or a contract twice, hours that nobody keeps."""
    names: set[str] = set()
    contracts: dict[str, str] = {}
    for number, each in enumerate(policies):
        if each.name in names:
            yield f"{place_of(file, 'sla', number, 'name')}: the SLA policy {each.name!r} stands there twice; name one anew"
        elif each.contract in contracts:
            whom = f"the contract class {each.contract!r}" if each.contract else "everybody"
            where = place_of(file, "sla", number, "contract")
            yield f"{where}: {contracts[each.contract]!r} above it is for {whom}, so {each.name!r} would never hold"
        if each.calendar and each.calendar not in {*calendars, ROUND_THE_CLOCK}:
            there = nearest(each.calendar, {*calendars, ROUND_THE_CLOCK})
            where = place_of(file, "sla", number, "calendar")
            yield f'{where}: [sla] calendar: there is no calendar "{each.calendar}"{there}'
        names.add(each.name)
        contracts.setdefault(each.contract, each.name)
