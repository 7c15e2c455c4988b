"""An invitation (RFC 5545) in words: what, when, where, who."""

from __future__ import annotations

import re

LABELS = {
    "SUMMARY": "Summary",
    "DTSTART": "Start",
    "DTEND": "End",
    "LOCATION": "Location",
    "ORGANIZER": "Organizer",
    "DESCRIPTION": "Description",
}
MOST_LINES = 500
DAY = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)\d\d(Z?))?")


def readable_calendar(text: str) -> str:
    """The first events of a calendar, a line for each fact; "" where there is none."""
    unfolded = text.replace("\n ", "").replace("\n\t", "")
    out: list[str] = []
    in_event = False
    for line in unfolded.split("\n")[:MOST_LINES]:
        head, _, value = line.partition(":")
        name, _, parameters = head.upper().partition(";")
        if name == "BEGIN":
            in_event = value.strip().upper() in {"VEVENT", "VTODO"}
        elif in_event and name in LABELS and value.strip():
            out.append(f"{LABELS[name]}: {shown(name, parameters, value)}")
    return "\n".join(out)


def shown(name: str, parameters: str, value: str) -> str:
    """A value without the escapes of the format."""
    if name.startswith("DT"):
        found = DAY.fullmatch(value.strip())
        if found:
            return moment(found, parameters)
    plain = value.replace("\\n", "\n").replace("\\N", "\n").replace("\\,", ",").replace("\\;", ";").strip()
    return plain.removeprefix("MAILTO:").removeprefix("mailto:")


def moment(found: re.Match[str], parameters: str) -> str:
    """A date, with time and zone where they stand."""
    day = f"{found[1]}-{found[2]}-{found[3]}"
    if found[4] is None:
        return day
    zone = parameters.partition("TZID=")[2].partition(";")[0].title()
    return f"{day} {found[4]}:{found[5]} {'UTC' if found[6] else zone}".rstrip()
