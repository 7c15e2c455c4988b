"""The words of the three emergencies of a hosting company, German and English. Data, no code: extend it here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Emergency:
    """Things that can fail, and the ways in which people say that they do."""

    name: str
    because: str
    things: tuple[str, ...]
    failing: tuple[str, ...]
    unless: tuple[str, ...] = ()


_GONE = (
    "nicht erreichbar", "unerreichbar", "nicht zu erreichen", "erreichen nicht", "offline", "down", "ausgefallen",
    "Ausfall", "abgestürzt", "Absturz", "antwortet nicht", "reagiert nicht", "läuft nicht", "laufen nicht", "geht nicht",
    "gehen nicht", "geht nichts", "funktioniert nicht", "funktionieren nicht", "ist tot", "ist weg", "steht still",
    "nicht verfügbar", "Totalausfall", "unreachable", "not reachable", "can not be reached", "cannot be reached",
    "can not reach", "cannot reach", "can t reach", "unavailable", "not available", "not responding",
    "does not respond", "doesn t respond", "no longer responds", "stopped responding", "not working", "does not work",
    "doesn t work", "stopped working", "crashed", "outage", "is dead",
)  # fmt: skip

SERVER = Emergency(
    "server-down",
    "a server is down",
    things=("Server", "VPS", "Hypervisor", "Rechenzentrum", "data center", "datacenter", "Cluster", "Knoten",
            "Produktivsystem", "production"),
    failing=(
        *_GONE, "startet nicht", "fährt nicht hoch", "bootet nicht", "hängt", "kein Ping", "nicht pingbar",
        "does not boot", "doesn t boot", "won t boot", "does not start", "won t start", "no ping",
    ),
    unless=("Serverraum", "Server-Angebot", "Teststellung", "do I shut down", "can I shut down", "how to shut down"),
)  # fmt: skip

WEBSITE = Emergency(
    "website-offline",
    "a website or shop is offline",
    things=(
        "Website", "Webseite", "Webauftritt", "Homepage", "Internetseite", "Seite", "Seiten", "Sites", "Shop", "Shops", "Onlineshop", "Webshop", "Shopsystem",
        "Store", "site", "web page", "Landingpage", "Portal",
    ),
    failing=(
        *_GONE, "nicht aufrufbar", "nicht aufrufen", "nicht abrufbar", "lädt nicht", "laden nicht", "öffnet nicht",
        "nicht öffnen", "nicht mehr online", "weiße Seite", "nur noch weiß", "Error 500", "Fehler 500", "Error 502",
        "Error 503", "Error 504", "Internal Server Error", "Bad Gateway", "Service Unavailable", "Gateway Timeout",
        "does not load", "doesn t load", "won t load", "not loading", "white screen", "blank page", "gehackt", "hacked",
    ),
    unless=("Workshop", "offline schalten", "schalte ich offline", "schalte offline", "offline nehmen",
            "nehme ich offline", "nehme offline", "take offline"),
)  # fmt: skip

SERVICE = Emergency(
    "service-down",
    "a service that the business depends on does not work",
    things=(
        "Mail", "Mails", "E-Mail", "E-Mails", "Mailversand", "Mailempfang", "Postfächer", "Telefonanlage", "Telefonie",
        "Datenbank", "VPN", "Kasse", "Kassensystem", "Bestellsystem", "Bestellungen", "Buchungssystem",
        "Warenwirtschaft", "ERP", "CRM", "API", "Dienst", "Dienste", "DNS", "Exchange", "Nextcloud", "Zahlungen",
        "System", "Systeme", "Anwendung", "Internet", "database", "phone system", "payments", "checkout", "orders",
        "service", "services", "email", "booking system",
    ),
    failing=(
        *_GONE, "keine Mails empfangen", "keine Mails senden", "keine E-Mails", "keine Mails", "kommen nicht an",
        "kommt nicht an", "keine Bestellungen", "nicht empfangen", "nicht senden", "keine Verbindung", "gestört",
        "Störung", "can not receive", "cannot receive", "can t receive", "can not send", "cannot send", "can t send",
        "no connection", "no emails", "no orders",
    ),
)  # fmt: skip

OF_THE_BUSINESS = (
    "alle Mitarbeiter", "alle Kollegen", "alle Kunden", "alle Standorte", "ganze Firma", "gesamte Firma",
    "gesamtes Unternehmen", "ganzes Unternehmen", "ganzer Betrieb", "ganze Büro", "bei uns allen", "bei allen",
    "niemand", "keiner", "kein Kunde", "keine Kunden", "Kunden können",
    "nicht arbeiten", "arbeitsunfähig", "Betrieb steht", "Produktion steht", "Geschäft steht", "steht still", "stillsteht",
    "komplett", "vollständig", "Totalausfall", "totaler Ausfall", "geht nichts mehr", "total outage", "geschäftskritisch", "Umsatz", "verlieren", "firmenweit", "Notfall",
    "all our", "all of our", "whole company", "entire company", "whole office", "entire office", "everyone",
    "everybody", "nobody", "no one", "no customer", "our customers", "can not work", "cannot work", "can t work",
    "business is down", "losing money", "losing orders", "losing sales", "revenue", "completely", "emergency",
    "business critical", "production is down",
)  # fmt: skip
"""What shows that the business depends on it, not one person's comfort."""

OVER = (
    "wieder erreichbar", "wieder online", "wieder da", "wieder verfügbar", "wieder aufrufbar", "läuft wieder",
    "laufen wieder", "geht wieder", "gehen wieder", "funktioniert wieder", "funktionieren wieder", "wieder in Betrieb",
    "hat sich erledigt", "Entwarnung", "ist behoben", "wurde behoben", "nicht mehr offline", "nicht mehr down",
    "back online", "up again", "it is back", "it s back", "they are back", "everything is back", "server is back",
    "servers are back", "site is back", "website is back", "shop is back", "service is back", "services are back",
    "server back up", "site back up", "website back up", "s back up", "back up again", "back up and running",
    "works again", "working again", "reachable again", "available again", "running again", "is resolved",
    "has been resolved", "was resolved", "no longer down", "no longer offline",
)  # fmt: skip
"""What says that it is over: also a sentence later, or in the subject."""

PLANNED = (
    "geplante Wartung", "angekündigte Wartung", "geplante Arbeiten", "Wartungsarbeiten", "Wartungsfenster",
    "während der Wartung", "scheduled maintenance", "planned maintenance", "maintenance window", "during maintenance",
    "during the maintenance",
)  # fmt: skip
"""What says that it is meant to be so."""
