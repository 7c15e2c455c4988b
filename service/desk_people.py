"""What `Desk` does about people: who somebody is, which addresses are theirs, and the organisations that they are of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from service import desk_phone
from threads.people import customers, linking, organisations
from threads.people.promising import Offers
from threads.sla.terms import is_of_department

if TYPE_CHECKING:
    from service.desk import Desk

Row = dict[str, Any]


class People:
    """What an agent can do about people and organisations: plain values in, plain values out."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def customer(self, name: str) -> Row:
        """Everything about the person with an address, or the customer of a conversation."""
        with self._desk.reading() as session:
            return customers.whole(session, customers.find(session, name))

    def customers(self, *, beginning: str = "", organisation: str = "", limit: int = 50, after: str = "") -> list[Row]:
        """A page of the customers, in the order of their addresses."""
        ours = self._desk.policy.addresses
        with self._desk.reading() as session:
            return customers.listing(
                session, beginning=beginning, organisation=organisation, limit=limit, after=after, ours=ours
            )

    def names(self, address: str, other: str) -> list[str]:
        """What the persons with two addresses are called, "" for one that is not known."""
        with self._desk.reading() as session:
            return linking.names(session, address, other)

    def phone_password(self, address: str, password: str) -> Row:
        """Give a customer a phone password; "" takes it away."""
        return desk_phone.give_password(self._desk, address, password)

    def link(self, address: str, other: str) -> Row:
        """Say that two addresses are one person's; `names` are what they were called before."""
        with self._desk.placing() as (session, agent_id):
            ours, names = self._desk.policy.addresses, linking.names(session, address, other)
            row = linking.link(session, address, other, ours=ours, actor=agent_id, now=self._desk.clock())
            return {**row, "names": names}

    def organisations(self) -> list[Row]:
        """Every organisation."""
        with self._desk.reading() as session:
            return organisations.listing(session)

    def organisation(self, name: str) -> Row:
        """An organisation with its members and what they may do."""
        with self._desk.reading() as session:
            return organisations.whole(session, organisations.find(session, name))

    def add_organisation(self, name: str) -> Row:
        """Make an organisation."""
        with self._desk.writing() as (session, agent_id):
            return organisations.add(session, name, actor=agent_id, now=self._desk.clock())

    def rename_organisation(self, which: str, name: str) -> Row:
        """Call an organisation otherwise."""
        with self._desk.writing() as (session, agent_id):
            return organisations.rename(session, which, name, actor=agent_id, now=self._desk.clock())

    def promise(self, which: str, *, contract: str | None = None, calendar: str | None = None) -> Row:
        """Give an organisation another contract class or calendar; what is None stays, "" is none. Its clocks follow."""
        policy = self._desk.policy
        contracts = tuple(each.contract for each in policy.sla if each.contract)
        named = tuple(each for each in policy.calendars if "@" not in each and not is_of_department(each))
        offers = Offers(contracts, named)
        with self._desk.writing() as (session, agent_id):
            now = self._desk.clock()
            return organisations.promise(
                session, which, offers, contract=contract, calendar=calendar, actor=agent_id, now=now
            )

    def remove_organisation(self, which: str) -> Row:
        """End an organisation; its members stay as people."""
        with self._desk.writing() as (session, agent_id):
            return organisations.remove(session, which, actor=agent_id, now=self._desk.clock())

    def add_member(
        self,
        which: str,
        address: str,
        *,
        sees: str | None = None,
        may_declare: bool | None = None,
        speaks: bool | None = None,
    ) -> Row:
        """Make somebody a member of an organisation, or change what one may do; what is None stays as it is."""
        given = organisations.Given(sees, may_declare, speaks)
        with self._desk.writing() as (session, agent_id):
            ours, now = self._desk.policy.addresses, self._desk.clock()
            return organisations.join(session, which, address, given, ours=ours, actor=agent_id, now=now)

    def remove_member(self, which: str, address: str) -> Row:
        """Somebody is a member of an organisation no more."""
        with self._desk.writing() as (session, agent_id):
            return organisations.leave(session, which, address, actor=agent_id, now=self._desk.clock())
