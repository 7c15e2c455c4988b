"""What German writers wrote, in the forms of the mail programs that Germans use."""

from __future__ import annotations

import pytest

from mailgateway.bodies.written import written

OWN = "Guten Tag,\n\nseit heute früh ist unser Shop nicht erreichbar.\nKönnen Sie bitte nachsehen?"
QUOTE = "> Sehr geehrte Frau Kessler,\n> \n> die Wartung ist beendet.\n"

CUT_BELOW: dict[str, str] = {
    "thunderbird": f"Am 05.01.26 um 10:12 schrieb Support Musterhost:\n{QUOTE}",
    "thunderbird with an address": f"Am 05.01.2026 um 10:12 schrieb Support <support@musterhost.example>:\n{QUOTE}",
    "gmail": f"Am Mo., 5. Jan. 2026 um 10:12 Uhr schrieb Support Musterhost <support@musterhost.example>:\n\n{QUOTE}",
    "gmail wrapped": f"Am Mo., 5. Jan. 2026 um 10:12 Uhr schrieb Support Musterhost <\nsupport@musterhost.example>:\n\n{QUOTE}",
    "gmail over three lines": f"Am Montag, 5. Januar 2026\num 10:12 Uhr schrieb Support Musterhost\n<support@musterhost.example>:\n\n{QUOTE}",
    "name first": f"Support Musterhost <support@musterhost.example> schrieb am Mo., 5. Jan. 2026,\n10:12:\n\n{QUOTE}",
    "apple mail": f"> Am 05.01.2026 um 10:12 schrieb Support <support@musterhost.example>:\n> \n{QUOTE}",
    "apple mail without marks": "Am 05.01.2026 um 10:12 schrieb Support <support@musterhost.example>:\n\nDie Wartung ist beendet.",
    "k-9": f'Am 5. Januar 2026 10:12:33 MEZ schrieb "Support" <support@musterhost.example>:\n{QUOTE}',
    "outlook": "Von: Support Musterhost <support@musterhost.example>\nGesendet: Montag, 5. Januar 2026 10:12\n"
    "An: Petra Kessler <p.kessler@blumen.example>\nBetreff: AW: Wartung\n\nSehr geehrte Frau Kessler,\n\ndie Wartung ist beendet.",
    "outlook with a rule": "________________________________\nVon: Support <support@musterhost.example>\nGesendet: Montag, 5. Januar 2026 10:12\n"
    "An: Petra Kessler <p.kessler@blumen.example>\nBetreff: AW: Wartung\n\nDie Wartung ist beendet.",
    "outlook in bold": "*Von:* Support <support@musterhost.example>\n*Gesendet:* Montag, 5. Januar 2026 10:12\n"
    "*An:* Petra Kessler\n*Betreff:* Wartung\n\nDie Wartung ist beendet.",
    "outlook with folded recipients": "Von: Support <support@musterhost.example>\nGesendet: Montag, 5. Januar 2026 10:12\n"
    "An: Petra Kessler <p.kessler@blumen.example>;\n  Uwe Kessler <u.kessler@blumen.example>\nCc: buero@blumen.example\nBetreff: Wartung\n\nText",
    "outlook with an importance": "Von: Support\nGesendet: Montag, 5. Januar 2026 10:12\nAn: Petra Kessler\nBetreff: Wartung\nWichtigkeit: Hoch\n\nText",
    "old outlook": "-----Ursprüngliche Nachricht-----\nVon: Support [mailto:support@musterhost.example]\nGesendet: Montag, 5. Januar 2026 10:12\n"
    "An: Petra Kessler\nBetreff: Wartung\n\nDie Wartung ist beendet.",
    "outlook for mac": "Von: Support <support@musterhost.example>\nDatum: Montag, 5. Januar 2026 um 10:12\nAn: Petra <p.kessler@blumen.example>\n"
    "Betreff: Wartung\nDie Wartung ist beendet.",
    "gmx": 'Gesendet: Montag, 05. Januar 2026 um 10:12 Uhr\nVon: "Support" <support@musterhost.example>\nAn: p.kessler@gmx.example\n'
    "Betreff: Wartung\n\nDie Wartung ist beendet.",
    "web.de with marks": '> Gesendet: Montag, 05. Januar 2026 um 10:12 Uhr\n> Von: "Support" <support@musterhost.example>\n> An: p@web.example\n'
    "> Betreff: Wartung\n>\n> Die Wartung ist beendet.",
    "t-online": "-----Original-Nachricht-----\nBetreff: Wartung\nDatum: 2026-01-05T10:12:33+0100\nVon: support@musterhost.example\n"
    'An: "p.kessler@t-online.example"\n\nDie Wartung ist beendet.',
    "samsung": "-------- Ursprüngliche Nachricht --------\nVon: Support <support@musterhost.example>\nDatum: 05.01.26 10:12 (GMT+01:00)\n"
    "An: p.kessler@blumen.example\nBetreff: Wartung\n\nDie Wartung ist beendet.",
    "originalnachricht alone": "--- Originalnachricht ---\n\nDie Wartung ist beendet.",
    "outlook mobile": "Outlook für Android<https://aka.ms/abc> herunterladen\n________________________________\nVon: Support <support@musterhost.example>\n"
    "Gesendet: Montag, 5. Januar 2026 10:12:33\nAn: Petra\nBetreff: Wartung\n\nText",
    "iphone": f"Von meinem iPhone gesendet\n\n> Am 05.01.2026 um 10:12 schrieb Support <support@musterhost.example>:\n> \n{QUOTE}",
    "gmx app": f"-- \nDiese Nachricht wurde von meinem Android Mobiltelefon mit GMX Mail gesendet.\nAm 05.01.26, 10:12 schrieb Support <s@m.example>:\n{QUOTE}",
    "web.de app": "Gesendet mit der WEB.DE Mail App\n\nAm 05.01.26 um 10:12 schrieb Support <s@m.example>:\n\n> Hallo",
    "telekom app": "Gesendet mit der Telekom Mail App",
    "huawei": "Von meinem Huawei-Mobiltelefon gesendet",
    "samsung phone": "Von meinem/meiner Galaxy gesendet",
    "desk's line": "## Bitte antworten Sie oberhalb dieser Linie ##\n\nIhre Anfrage wurde beantwortet.",
    "signature": "-- \nPetra Kessler\nBlumen Kessler OHG\nTel. 0221 555 01",
    "signature without the blank": "--\nPetra Kessler\nBlumen Kessler OHG",
    "formula and name": "Mit freundlichen Grüßen\nPetra Kessler",
    "formula, name and company": "Mit freundlichen Grüßen\n\ni. A. Petra Kessler\nBlumen Kessler OHG\nRosenweg 4, 50667 Köln\nTel.: +49 221 55501\n"
    "www.blumen.example\nSitz der Gesellschaft: Köln, Amtsgericht Köln HRA 1234, Geschäftsführer: P. Kessler",
    "short formula": "LG Petra",
    "another short formula": "VG\nPetra",
    "formula from a town": "Viele Grüße aus Köln\nPetra",
    "formula before a quotation": f"Beste Grüße\nPetra Kessler\n\nAm 05.01.26 um 10:12 schrieb Support:\n{QUOTE}",
    "legal footer": "Viele Grüße\nPetra\n\nDiese E-Mail enthält vertrauliche und/oder rechtlich geschützte Informationen. Wenn Sie nicht der\n"
    "richtige Adressat sind, informieren Sie bitte sofort den Absender.",
    "legal footer alone": "Der Inhalt dieser E-Mail ist vertraulich und ausschließlich für den bezeichneten Adressaten bestimmt. Jede Form der\n"
    "unautorisierten Nutzung ist unzulässig.",
    "virus scanner": "-- \nDiese E-Mail wurde von Avast-Antivirussoftware auf Viren geprüft.\nwww.avast.com",
    "horde": f"Zitat von Support <support@musterhost.example>:\n\n{QUOTE}",
    "roundcube": f"Am 2026-01-05 10:12, schrieb Support:\n{QUOTE}",
    "evolution": f"Am Montag, dem 05.01.2026 um 10:12 +0100 schrieb Support:\n{QUOTE}",
    "kmail": f"Am Montag, 5. Januar 2026, 10:12:33 CET schrieb Support:\n{QUOTE}",
    "ionos": f"Support <s@m.example> hat am 05.01.2026 10:12 CET geschrieben:\n\n{QUOTE}",
    "ionos without marks": "Support hat am 05.01.2026 10:12 CET geschrieben:\n\nGeht es wieder?",
    "tutanota": f"5. Jan. 2026, 10:12 von support@musterhost.example:\n\n{QUOTE}",
    "em client": '------ Originalnachricht ------\nVon: "Support" <s@m.example>\nAn: p@k.example\nGesendet: 05.01.2026 10:12:13\nBetreff: Re: x\n\nText',
    "protonmail": f"Gesendet mit Proton Mail.\n\nSupport <s@m.example> schrieb am Montag, 5. Januar 2026 um 10:12:\n\n{QUOTE}",
}

STAYS: dict[str, str] = {
    "speaking of what I wrote": "Am Montag schrieb ich:\n\nIch kündige zum Monatsende.\n\nEs kam keine Antwort.",
    "speaking of a dated letter": "Am 3. Mai 2025 schrieb mir Ihr Kollege, dass folgendes zu tun sei:\nerst sichern, dann löschen.",
    "a journey": "Ich brauche ein Angebot:\nVon: Berlin\nNach: Hamburg\nmit 3 Personen",
    "a freight": "Bitte abholen:\nVon: Lager Köln\nAn: Filiale Bonn\nVielen Dank!",
    "a pasted log without an attribution": "Im Protokoll steht:\n> ERROR 500 in /kasse\n> Zeit 10:12\nWas bedeutet das?",
    "code with a mark": "Ich gebe ein:\n\nif (a > b) {\n  x = a\n}\n\nund es geht nicht.",
    "a fenced log": "Hier die Ausgabe:\n```\nVon: a@b.example\nAn: c@d.example\nBetreff: Test\n--\nrest\n```\nWas ist falsch?",
    "dashes in a list": "Es fehlen:\n-- die Rechnung\n-- der Vertrag\nBitte nachreichen.",
    "a postscript": "Es geht wieder.\n\nViele Grüße\nPetra\n\nPS: Die Rechnung vom Dezember fehlt noch.",
    "a sentence about a phone": "Von meinem iPhone gesendet kommt die Mail an, vom Rechner aus aber nicht, woran liegt das?",
    "a sentence with greetings": "Viele Grüße soll ich auch von Herrn Weber ausrichten, der Server läuft.\nWann kommt die Rechnung?",
    "a question about an appointment": "Termin:\nDatum: Mittwoch, 3. Juni\nUhrzeit: 9:00\nOrt: Köln\nPasst das?",
    "speaking of a dated mail of mine": "Hallo,\n\nam 05.01.2026 um 10:00 Uhr habe ich Ihnen geschrieben:\nkeine Antwort!",
    "a line of a log": "Fehler:\n05.01.2026 10:12:33 user@host.example:\nconnection refused\nBitte helfen.",
    "a forwarding to set up": "Neue Weiterleitung bitte:\nVon: info@kunde.example\nAn: anna@kunde.example\nDanke",
    "opening hours": "Domain: kunde.example\nDatum: 5.1.2026\nVon: 10:00 Uhr\nBis: 12:00 Uhr",
    "a link": "Siehe https://blog.example/am-5-januar-schrieb-anna: dort steht mehr.\nDanke",
}


@pytest.mark.parametrize("below", CUT_BELOW.values(), ids=CUT_BELOW)
def test_only_what_stands_above_was_written(below: str) -> None:
    assert written(f"{OWN}\n\n{below}", "", "AW: Wartung") == OWN


@pytest.mark.parametrize("text", STAYS.values(), ids=STAYS)
def test_what_only_looks_like_a_quotation_stays(text: str) -> None:
    assert written(text, "", "Frage") == text


def test_an_answer_below_the_quotation_is_kept() -> None:
    text = f"Am 05.01.26 um 10:12 schrieb Support:\n{QUOTE}\nJa, danke, alles geht."
    assert written(text, "", "AW: Wartung") == "Ja, danke, alles geht."


def test_answers_between_quoted_lines_are_kept_in_order() -> None:
    text = "Hallo,\n\nAm 05.01.26 um 10:12 schrieb Support:\n> Welche Version?\n\nPHP 8.3\n\n> Seit wann?\n\nSeit gestern.\n\n> Gruß\n> Support\n"
    said = written(text, "", "AW: Fehler")
    assert [line for line in said.split("\n") if line] == ["Hallo,", "PHP 8.3", "Seit gestern."]


def test_bare_quotations_in_an_answer_are_quotations() -> None:
    text = "> Welche Version?\nPHP 8.3\n> Seit wann?\nGestern."
    assert written(text, "", "AW: Fehler") == "PHP 8.3\n\nGestern."


def test_the_rest_of_a_wrapped_quoted_line_is_no_answer() -> None:
    text = "Geht wieder.\n\nAm 05.01.26 um 10:12 schrieb Support:\n> Die Wartung ist beendet, bitte prüfen Sie Ihren Shop, und melden Sie\nsich dann.\n> Gruß"
    assert written(text, "", "AW: Wartung") == "Geht wieder."


def test_a_mail_that_is_only_another_mail_is_unwrapped() -> None:
    text = "---------- Weitergeleitete Nachricht ---------\nVon: Anna <a@b.example>\nDatum: 5. Januar 2026\nBetreff: Hilfe\n\nMein Shop ist offline."
    assert written(text, "", "WG: Hilfe") == "Mein Shop ist offline."


def test_a_mail_that_is_only_a_marked_quotation_says_nothing() -> None:
    assert written(f"Am 05.01.26 um 10:12 schrieb Support:\n{QUOTE}", "", "AW: Wartung") == ""
