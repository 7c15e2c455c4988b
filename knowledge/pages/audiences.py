"""Whom the questions of a page are for, where its headings or tabs say so."""

from __future__ import annotations

import re
from collections.abc import Iterable

_FOR = re.compile(
    r"(?:fragen\s+|questions\s+|infos\s+)?(?:für|for)\s+(?:unsere\s+|our\s+)?"
    r"((?:private|business|corporate|retail|existing|new)\s+(?=customers)|)(\S{3,40})\s*[:?]?",
    re.IGNORECASE,
)
AUDIENCES = frozenset(
    {
        "kunden", "privatkunden", "geschäftskunden", "firmenkunden", "neukunden", "bestandskunden", "endkunden",
        "wiederverkäufer", "reseller", "händler", "partner", "agenturen", "mitarbeiter", "lieferanten", "mieter", "vermieter",
        "verbraucher", "unternehmen", "firmen", "selbstständige", "gewerbetreibende", "mitglieder", "gäste", "gastgeber",
        "käufer", "verkäufer", "schüler", "lehrkräfte", "eltern", "studierende", "lehrende", "ärzte", "patienten", "vereine",
        "customers", "resellers", "partners", "agencies", "employees", "suppliers", "tenants", "landlords", "buyers",
        "sellers", "students", "teachers", "parents", "doctors", "patients", "businesses", "consumers", "companies", "individuals",
        "merchants", "dealers", "retailers", "members", "guests",
    }
)  # fmt: skip
"""Whom a FAQ is parted for; any other word behind "für" is a topic, as in "Für Domains"."""


def audiences_of(above: Iterable[tuple[str, ...]]) -> dict[tuple[str, ...], str]:
    """The audience of what stands below some headings, in lower case: the nearest that one of them names.

    None where a page names fewer than two: it is for all, then.
    """
    found = {each: audience for each in set(above) if (audience := _nearest(each))}
    return found if len(set(found.values())) > 1 else {}


def _nearest(above: tuple[str, ...]) -> str:
    return next((audience for each in reversed(above) if (audience := _named(each))), "")


def _named(heading: str) -> str:
    hit = _FOR.fullmatch(heading.strip())
    word = hit[2].rstrip(":?").lower() if hit else ""
    return " ".join(f"{hit[1]}{word}".lower().split()) if hit and word in AUDIENCES else ""
