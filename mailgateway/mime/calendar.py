"""An invitation (RFC 5545) in words of the mail's language: what, when, where, by whom."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

FIELDS = ("SUMMARY", "DTSTART", "DTEND", "LOCATION", "ORGANIZER", "DESCRIPTION")
LABELS = {
    "de": ("Termin", "Beginn", "Ende", "Ort", "Von", "Beschreibung"),
    "en": ("Event", "Start", "End", "Where", "Organizer", "Description"),
    "fr": ("Rendez-vous", "Début", "Fin", "Lieu", "De", "Description"),
    "es": ("Cita", "Inicio", "Fin", "Lugar", "De", "Descripción"),
    "it": ("Appuntamento", "Inizio", "Fine", "Luogo", "Da", "Descrizione"),
    "nl": ("Afspraak", "Begin", "Einde", "Plaats", "Van", "Beschrijving"),
    "pl": ("Spotkanie", "Początek", "Koniec", "Miejsce", "Od", "Opis"),
}
"""What each of `FIELDS` is called."""
METHODS = {
    "de": {
        "REQUEST": "Einladung",
        "CANCEL": "Absage",
        "REPLY": "Antwort auf die Einladung",
        "COUNTER": "Gegenvorschlag",
    },
    "en": {"REQUEST": "Invitation", "CANCEL": "Cancelled", "REPLY": "Answer to the invitation", "COUNTER": "Proposal"},
    "fr": {"REQUEST": "Invitation", "CANCEL": "Annulation", "REPLY": "Réponse à l'invitation"},
    "es": {"REQUEST": "Invitación", "CANCEL": "Cancelación", "REPLY": "Respuesta a la invitación"},
    "it": {"REQUEST": "Invito", "CANCEL": "Annullamento", "REPLY": "Risposta all'invito"},
    "nl": {"REQUEST": "Uitnodiging", "CANCEL": "Afzegging", "REPLY": "Antwoord op de uitnodiging"},
    "pl": {"REQUEST": "Zaproszenie", "CANCEL": "Odwołanie", "REPLY": "Odpowiedź na zaproszenie"},
}
"""What a calendar asks for, said in place of "event"."""
MOST_LINES = 500
LONGEST_VALUE = 2_000
DAY = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)\d\d(Z?))?")


@dataclass(slots=True)
class Calendar:
    """What a calendar part says: what it asks for, and the facts of its events."""

    method: str = ""
    facts: list[tuple[str, str, str]] = field(default_factory=list)
    """Name, parameters and value of each."""

    @property
    def asks(self) -> bool:
        """Whether it is an invitation, or an answer to one, and not a calendar that was merely sent along."""
        return self.method in METHODS["de"] and bool(self.facts)

    def words(self, language: str) -> str:
        """The facts in words, a line each."""
        chosen = language if language in LABELS else "en"
        labels = dict(zip(FIELDS, LABELS[chosen], strict=True))
        labels["SUMMARY"] = METHODS[chosen].get(self.method, labels["SUMMARY"])
        return "\n".join(f"{labels[name]}: {shown(*fact, language=chosen)}" for fact in self.facts for name in fact[:1])


def calendar_of(text: str) -> Calendar:
    """What the first events of a calendar say."""
    unfolded = text.replace("\r\n", "\n").replace("\n ", "").replace("\n\t", "")
    found, within = Calendar(), ""
    for line in unfolded.split("\n")[:MOST_LINES]:
        head, _, value = line.partition(":")
        name, _, parameters = head.upper().partition(";")
        value = value.strip()[:LONGEST_VALUE]
        if name == "BEGIN":
            within = value.upper()
        elif name == "METHOD":
            found.method = value.upper()
        elif within in {"VEVENT", "VTODO"} and name in FIELDS and value:
            found.facts.append((name, parameters, value))
    return found


def shown(name: str, parameters: str, value: str, *, language: str) -> str:
    """A value without the escapes of the format."""
    if name.startswith("DT"):
        found = DAY.fullmatch(value)
        if found:
            return moment(found, parameters, language)
    plain = value.replace("\\n", "\n").replace("\\N", "\n").replace("\\,", ",").replace("\\;", ";").strip()
    return plain.removeprefix("MAILTO:").removeprefix("mailto:")


def moment(found: re.Match[str], parameters: str, language: str) -> str:
    """A date, with time and zone where they stand."""
    day = f"{found[3]}.{found[2]}.{found[1]}" if language == "de" else f"{found[1]}-{found[2]}-{found[3]}"
    if found[4] is None:
        return day
    zone = parameters.partition("TZID=")[2].partition(";")[0].strip('"').title()
    return f"{day} {found[4]}:{found[5]} {'UTC' if found[6] else zone}".rstrip()
