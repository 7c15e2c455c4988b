"""The turns of phrase that take a failure back, by the look that asks for them. Data, no code: extend it here."""

from __future__ import annotations

import re

CONDITIONS = frozenset(["wenn", "falls", "sofern", "sobald", "if", "when", "whenever"])
WHETHER = frozenset(
    ["know", "tell", "say", "check", "see", "ask", "asking", "wonder", "wondering", "sure", "verify", "confirm", "as",
     "like", "even", "since", "selbst", "auch", "als", "find", "know"]
)  # fmt: skip
CASES = ("im fall", "im falle", "fuer den fall", "in case", "in the event", "bei ausfall", "bei ausfaellen", "bei einem", "bei einer",
          "im ernstfall", "bei serverausfaellen", "bei stoerungen")  # fmt: skip
LEADING = frozenset(["sollte", "sollten", "should", "wenn", "falls", "if", "when", "als"])
SUPPOSING = frozenset(["angenommen", "gesetzt", "assuming", "suppose", "supposing", "stell", "imagine"])
"""How a sentence begins that supposes something."""
RETIRED = frozenset(
    [
        "alte",
        "alter",
        "altes",
        "alten",
        "old",
        "fruehere",
        "frueherer",
        "ehemalige",
        "ehemaliger",
        "retired",
        "ausgemusterte",
        "ausgemusterter",
        "stillgelegte",
    ]
)
"""What stands before a thing that is no longer in use."""
LASTS = frozenset(["weiterhin", "seit", "since", "noch", "immer", "still", "trotz", "trotzdem", "jetzt", "now"])
AFTER = frozenset(["nach", "nachdem", "seit", "trotz", "ausserhalb", "after", "since", "despite", "outside"])
PLURALS = frozenset(["ausfaelle", "ausfaellen", "serverausfaelle", "serverausfaellen", "outages", "stoerungen"])
OFF = frozenset(["offline", "down", "ab", "aus", "off", "betrieb"])
VERB_SECOND = frozenset(
    [
        "ist",
        "sind",
        "steht",
        "stehen",
        "geht",
        "laeuft",
        "liegt",
        "liegen",
        "kann",
        "koennen",
        "kommt",
        "kommen",
        "funktioniert",
    ]
)
"""What follows "damit" in a main clause."""
ALTHOUGH = frozenset(["obwohl", "dabei", "although", "though", "while"])
DENIED = frozenset(["kein", "keine", "nicht", "no", "not", "isnt"])
IN_A_YEAR = re.compile(r" in (?:dem jahr )?20\d\d ")
NOTHING_TO_DO = ("muessen nichts", "musst nichts", "muesst nichts", "nichts zu tun")
YEAR = re.compile(r"20\d\d")
PAST_NOW = frozenset(
    [
        "eben",
        "right",
        "ploetzlich",
        "suddenly",
        "still",
        "immer",
        "seit",
        "since",
        "jetzt",
        "now",
        "gerade",
        "currently",
    ]
)
NOTIFY = ("gewarnt werden", "benachrichtigt werden", "be warned", "be notified", "get notified", "benachrichtigung bekommen",
           "eine sms", "a text message", "eine email bekommen", "be told", "alarmiert")  # fmt: skip
MEANWHILE = ("in der zeit", "in dieser zeit", "in diesem zeitraum", "waehrenddessen", "during that time", "during this time",
              "in that time", "so lange", "solange")  # fmt: skip
ABOUT = ("zum ausfall", "zum vorfall", "bezueglich", "about the outage", "regarding the outage", "question about", "frage zu",
          "frage zum", "frage zur", "sicherstellen", "stellen sie sicher", "make sure", "ensure", "prevent", "verhindern", "vermeiden", "avoid",
          "documentation says", "docs say", "laut doku", "laut dokumentation", "laut der dokumentation", "in der dokumentation")  # fmt: skip
WISHES = ("waere schoen", "waere gut", "waere toll", "waere hilfreich", "waere super", "waere nett", "wuensche mir", "wuenschen uns",
           "would be nice", "would be great", "would be good", "would be helpful", "would love", "would like to see")  # fmt: skip
WITHOUT_NET = ("offline arbeiten", "offline nutzen", "offline nutzbar", "offline modus", "offline mode", "offline version", "work offline",
                "works offline", "working offline", "use it offline", "available offline", "offline verfuegbar", "offline lesen")  # fmt: skip
"""Offline by purpose: what needs no connection."""
GOES_OFF = (
    "geht offline",
    "gehen offline",
    "goes offline",
    "go offline",
    "vom netz gehen",
    "geht vom netz",
    "offline gehen",
)
ONE_PERSON = re.compile(
    r" (?:(?:one of (?:our|the|my)|(?:our|the|unsere?|der|die) (?:new|neuer?)|an?|eine?[rsm]? (?:von )?(?:unsere[rn]?|deren|meine[rn]?)|one|single|my|mein|meine|ein|eine|einzelne[rn]?) (?:\w+ )?"
    r"(?:users?|customers?|clients?|employees?|colleagues?|nutzer|nutzerin|benutzer|benutzerin|kunde|kundin|kunden|kundinnen|mitarbeiter|"
    r"mitarbeiterin|kollege|kollegin|kollegen|kolleginnen)|(?:frau|herr|mr|mrs|ms) \w+) (?:\w+ )?(?:kann|cannot|cant|can|is|kommt|hat|has|gets|bekommt|sieht|sees) "
)
"""Somebody who alone has it: "one of our users cannot log in"."""
ONE_TELLS = re.compile(
    r" (?:one|ein|eine|a|der|die|the) (?:\w+ )?(?:customer|client|user|kunde|kundin|nutzer|nutzerin|kollege|kollegin|colleague|mitarbeiter|mitarbeiterin) "
    r"(?:schreibt|sagt|sagte|meldet|meldete|beschwert|berichtet|says|said|writes|wrote|reports|complains) "
)
THEY = frozenset(["er", "sie", "he", "she", "dass", "that"])
ASK_WHETHER = frozenset(["ist", "is", "war", "was", "hat", "has", "habt", "haben", "gibt", "macht", "machen", "do", "did", "are", "laeuft", "laufen",
                          "sind", "have", "seid"])  # fmt: skip
NOT_YET = (
    "noch offline",
    "noch nicht online",
    "noch nicht live",
    "noch nicht erreichbar",
    "still offline",
    "not live yet",
    "not online yet",
)
NEW = frozenset(["subdomain", "neue", "neuer", "neues", "neuen", "new"])
IN_GENERAL = frozenset(["ueberhaupt", "eigentlich", "grundsaetzlich", "generell", "generally", "typically"])
WHY = frozenset(["warum", "weshalb", "wieso", "why"])
BY_WHAT = frozenset(["woran", "wodurch"])
NOTICED = ("how do i know", "how do we know", "how can i tell", "how can we tell", "how would i know", "how do i tell", "wie erkenne ich",
            "how do i find out", "how do we find out", "how can i find out", "how can we find out", "how will i know", "how will we know",
            "how would we know", "how do i notice", "how do we notice", "wie finde ich heraus", "wie finden wir heraus", "wie stelle ich fest",
            "wie stellen wir fest", "wie kann ich erkennen", "wie koennen wir erkennen", "woher weiss ich", "woher wissen wir", "wie erkennen wir",
            "wie bemerke ich", "wie bemerken wir", "wie merke ich", "wie erfahre ich", "wie erfahren wir", "wie merken wir", "wie sehe ich")  # fmt: skip
SPELLING = frozenset(
    [
        "tippfehler",
        "rechtschreibfehler",
        "schreibfehler",
        "typo",
        "typos",
        "misspelt",
        "misspelled",
        "spelling",
        "textvorschlag",
        "formulierung",
        "wording",
        "entwurf",
    ]
)
BEGIN_ASKING = frozenset(["ist", "sind", "is", "are", "war", "was", "wurde", "wurden", "has", "have"])
MAY_NOT = frozenset(["darf", "duerfen", "must", "duerfte"])
THEN = frozenset(["dann", "dabei", "then", "be", "minuten", "minutes"])
WE_DO = ("wir starten", "wir fahren", "wir schalten", "wir ziehen", "wir spielen", "wir tauschen", "wir werden", "we restart",
          "well restart", "we will", "were restarting", "well reboot", "we are rebooting", "well shut", "we are moving",
          "we are releasing", "were releasing", "were moving", "well move", "were going to")  # fmt: skip
ANYWAY = frozenset(["ohnehin", "sowieso", "anyway", "eh"])
WHETHER_ANY = frozenset(["ob", "whether", "if"])
INDEFINITE = frozenset(["ein", "eine", "einer", "a", "an", "any", "irgendein", "irgendeine"])
SHOWS = (
    "steht da",
    "steht nur",
    "nur noch",
    "says",
    "shows",
    "angezeigt",
    "es kommt",
    "zeigt",
    "sagt",
    "sagen",
    "da steht",
    "hinweis",
)
HOW = frozenset(["oft", "often", "schalte", "do", "kann", "man", "much", "many", "viel", "viele"])
SHOULD = frozenset(["soll", "sollen", "should"])
LATELY = ("for the last", "over the last", "in the last", "for the past", "in den letzten minuten", "in der letzten stunde",
           "letzte stunde", "last hour", "last half hour", "last few minutes", "den letzten stunden", "gestern nacht",
           "letzte nacht", "last night", "gestern abend", "seit")  # fmt: skip
GOES_ON = ("schon wieder", "immer noch", "noch immer", "wieder nicht", "erneut", "jetzt wieder", "heute wieder", "still down",
            "down again", "same again", "happening again", "again today")  # fmt: skip
MAY, STAY = (
    frozenset(["darf", "duerfen", "may"]),
    frozenset(["sein", "bleiben", "werden", "be", "stay", "offline", "down"]),
)
"""Together they allow it: "danach darf die Seite offline sein"."""
WITHOUT = frozenset(["ohne", "without"])
ALLOWED = ("are fine", "is fine", "is ok", "are ok", "is okay", "are okay", "ist ok", "sind ok", "ist okay", "sind okay", "sind in ordnung", "ist in ordnung",
           "kein problem", "no problem", "is acceptable", "are acceptable", "macht nichts", "stoert nicht", "stoeren nicht")  # fmt: skip
"""What allows a failure: "a few minutes of downtime are fine"."""
CALLED = ("call you", "called you", "calling you", "reach you", "ring you", "phone you", "phoned you", "rang you", "sie angerufen", "euch angerufen", "dich angerufen",
          "bei ihnen angerufen", "bei euch angerufen", "sie anzurufen", "euch anzurufen", "sie telefonisch", "euch telefonisch", "your hotline",
          "ihrer hotline", "eurer hotline", "ihre hotline", "eure hotline")  # fmt: skip
"""What speaks of reaching the desk itself."""
WRITTEN = frozenset(["anleitung", "dokumentation", "doku", "docs", "documentation", "manual", "handbuch", "artikel", "article", "blog", "blogbeitrag", "faq",
                     "tutorial", "howto", "agb", "agbs", "vertrag", "contract", "terms", "changelog", "hilfeseite", "hilfeartikel", "kapitel"])  # fmt: skip
"""Where it may be written what happens in general."""
READ = frozenset(
    [
        "steht",
        "stand",
        "heisst",
        "says",
        "said",
        "say",
        "states",
        "laut",
        "gelesen",
        "lese",
        "read",
        "reading",
        "according",
        "schreibt",
        "gemaess",
    ]
)
OLD_DEVICE = re.compile(
    r" (?:unter|auf|im|in|on|with|mit|am|beim) (?:(?:my |meinem |dem |einem |an )?(?:alte[nmr]?|old|veralteten?) \w+|"
    r"(?:android|ios|safari|firefox|edge|chrome|opera|explorer|windows|macos) \d+) "
)
"""A device or a browser that is named because others are well."""
FINISHED = frozenset(
    [
        "vorbei",
        "beendet",
        "fertig",
        "abgeschlossen",
        "zuende",
        "over",
        "finished",
        "done",
        "complete",
        "completed",
        "ended",
    ]
)
"""What says of planned work that it is no more."""
INTENDED = ("so gewollt", "passt so", "das passt", "thats fine", "that is fine", "thats expected", "as expected", "wie erwartet",
            "so gewuenscht", "so richtig", "richtig so", "auch richtig", "beabsichtigt", "absichtlich", "mit absicht", "so vorgesehen", "so abgesprochen", "so soll es", "so sollte es", "soll auch so", "soll so bleiben", "ist ja auch richtig",
            "wie abgesprochen", "on purpose", "intended", "intentional", "intentionally", "deliberate", "deliberately", "by design", "as agreed", "as it should")  # fmt: skip
"""What says that it is to be so."""
WHICH = frozenset(["welcher", "welche", "welches", "welchen", "which"])
UNREAL = frozenset(["waere", "waeren"])
"""Verbs of what is not so: "ohne euch wäre der Shop noch tot"."""
MEANS = frozenset(["means", "meaning", "bedeutet", "bedeutung", "defines", "defined", "definition", "definiert"])
"""What asks for the meaning of a quotation."""
