"""What counts as an emergency, in the words that customers read: the three definitions, here and nowhere else."""

from __future__ import annotations

from types import MappingProxyType

DEFINITIONS = MappingProxyType(
    {
        "en": MappingProxyType(
            {
                "server": "a server is down",
                "service": "a service which the business depends on does not work",
                "website": "a website or shop is offline",
            }
        ),
        "de": MappingProxyType(
            {
                "server": "ein Server ist ausgefallen",
                "service": "ein Dienst, auf den der Betrieb angewiesen ist, funktioniert nicht",
                "website": "eine Website oder ein Shop ist offline",
            }
        ),
    }
)
"""By language, then by the name of the emergency; each is a clause."""
_SENTENCES = {
    "en": "An emergency is when {0}, when {1}, or when {2}.",
    "de": "Als Notfall gilt bei uns: {0}; {1}; {2}.",
}


def emergencies(language: str) -> str:
    """All three in one sentence, in English for a language that has no words of its own here."""
    known = language if language in DEFINITIONS else "en"
    said = DEFINITIONS[known]
    return _SENTENCES[known].format(said["server"], said["service"], said["website"])
