"""People on the terminal: a customer with what is known of them, and organisations with their members."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from service.harmless import line
from service.terminal import READABLE, hang, hint, parse_time, person, stamp
from service.terminal_grid import Column, grid
from service.terminal_lists import conversations
from templates.amounts import counted
from threads.people.rights import in_words

_LEAST_BESIDE = 46
"""Columns that a name and its addresses want beside something else."""


def beside_the_names(to: Console, shown: Mapping[str, Any]) -> None:
    """Below the head of a conversation: the customer's other addresses, and who may do what for which organisation."""
    customer = shown["customer"]
    others = [each for each in customer["addresses"] if each != customer["address"]]
    if others:
        hang(to, Text(), Text(f"{person(customer)} also writes from {', '.join(map(line, others[:6]))}", "quiet"))
    members = {each["person"]: each for each in shown["participants"] if each["organisation"]}
    for each in list(members.values())[:6]:
        hang(to, Text(), Text(f"{person(each)} is {_rights(each['organisation'])}", "quiet"), widest=READABLE)


def _rights(organisation: Mapping[str, Any]) -> str:
    """The organisation that somebody is of, and what they may do for it."""
    may = in_words(organisation["sees"], may_declare=organisation["may_declare"], speaks=organisation["speaks"])
    return ", ".join([f"of {line(organisation['name'])}: {may}", *_promised(organisation)])


def _promised(organisation: Mapping[str, Any]) -> list[str]:
    """What an organisation was promised."""
    promised = [f"contract {line(organisation['contract'])}"] * bool(organisation["contract"])
    return promised + [f"hours of {line(organisation['calendar'])}"] * bool(organisation["calendar"])


def customer(to: Console, row: Mapping[str, Any], now: datetime, zone: tzinfo) -> None:
    """Somebody with their addresses, their organisation, and their conversations."""
    to.print(Text(line(row["name"]) or line(row["addresses"][0]), "customer.name"))
    hang(to, Text(), Text(", ".join(map(line, row["addresses"]))))
    if row["organisation"]:
        hang(to, Text(), Text(_rights(row["organisation"]), "quiet"), widest=READABLE)
    if row["phone_password"]:
        hang(to, Text(), Text("has a phone password", "quiet"))
    for each in row["phone_checks"]:
        at = parse_time(each["at"])
        when = stamp(at, now, zone) if at else ""
        said = f"phone password {each['result']} · {line(each['agent'])}  {when}"
        hang(to, Text(), Text(said, "late" if each["result"] == "wrong" else "quiet"))
    to.print()
    conversations(to, row["conversations"], now, zone, empty="Takes part in no conversation.")
    _more(to, row["more_conversations"])
    if row["of_organisation"]:
        to.print()
        to.print(Text(f"Of others at {line(row['organisation']['name'])}", "bold"))
        conversations(to, row["of_organisation"], now, zone, empty="")
        _more(to, row["more_of_organisation"])


def _more(to: Console, number: int) -> None:
    if number:
        to.print(Text(f"… and {counted(number, 'older one')}", "quiet"))


def customers(to: Console, rows: Sequence[Mapping[str, Any]]) -> None:
    """A line for each customer."""
    columns = [
        Column("address", 20),
        Column("name", 12),
        Column("organisation", 10),
        Column("conversations", right=True),
    ]
    cells = []
    for row in rows:
        more = len(row["addresses"]) - 1
        address = f"{line(row['address'])}{f' (+{more})' if more else ''}"
        values = (address, row["name"], row["organisation"] or "", row["conversations"])
        cells.append([Text(line(value), style) for value, style in zip(values, ("handle", "", "", ""), strict=True)])
    grid(to, columns, cells)
    hint(to, "brief customer show ADDRESS")


def organisations(to: Console, rows: Sequence[Mapping[str, Any]]) -> None:
    """A line for each organisation."""
    cells = [[Text(line(row["name"]), "handle"), Text(counted(row["members"], "member"))] for row in rows]
    grid(to, [Column("organisation", 20), Column("members")], cells)
    hint(to, "brief organisation show NAME")


def organisation(to: Console, row: Mapping[str, Any]) -> None:
    """An organisation with its members, and what each of them may do."""
    to.print(Text(line(row["name"]), "bold"))
    if _promised(row):
        to.print(Text(", ".join(_promised(row))))
    if not row["members"]:
        to.print(Text("has no members yet", "quiet"))
    _members(to, row["members"])
    hint(to, f'brief organisation member add "{line(row["name"])}" ADDRESS')


def _members(to: Console, members: Sequence[Mapping[str, Any]]) -> None:
    """A line for each member; what they may do stands below where it finds no room beside."""
    cells, rights = [], []
    for each in members:
        cells.append([Text(line(each["name"])), Text(", ".join(map(line, each["addresses"])), "handle")])
        rights.append(Text(in_words(each["sees"], may_declare=each["may_declare"], speaks=each["speaks"])))
    columns = [Column("name", 12), Column("addresses", 30)]
    if all(_LEAST_BESIDE + cell_len(each.plain) <= to.width for each in rights):
        beside = [[*cell, may] for cell, may in zip(cells, rights, strict=True)]
        grid(to, [*columns, Column("rights")], beside)
    else:
        grid(to, columns, cells, under=dict(enumerate(rights)))


def done(to: Console, row: Mapping[str, Any], text: str) -> None:
    """Say what was changed, and that it can be taken back."""
    if not row["changed"]:
        to.print(line(f"{row['did']}, nothing was changed"), soft_wrap=True)
        return
    to.print(line(text), soft_wrap=True)
    hint(to, "brief undo takes it back")
