"""Who wrote a mail: a person, or which sort of machine; and whom the desk may answer by itself."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mailgateway.kinds.classify import Own, classify
from mailgateway.mime.parse import parse
from threads.model import Classification, Envelope, Kind, Source

OWN = Own(frozenset({"support@wir.example"}), frozenset({"briefwechsel@wir.example"}))
PERSON = {"From": "Anna Adler <anna@kunde.example>", "To": "support@wir.example", "Subject": "Postfach voll"}
TEXT = "Guten Tag,\n\nmein Postfach ist voll, was kann ich tun?\n\nAnna Adler"


def judged(headers: dict[str, str], text: str = TEXT, mail_from: str | None = None) -> Classification:
    """What is said of a mail with these headers beside those of a person's mail."""
    lines = [f"{name}: {value}" for name, value in (PERSON | headers).items() if value]
    raw = "\r\n".join([*lines, "Content-Type: text/plain; charset=utf-8", "", text.replace("\n", "\r\n")])
    envelope = Envelope(Source.SMTP, mail_from, ("support@wir.example",), datetime(2026, 1, 5, tzinfo=UTC))
    return classify(parse(raw.encode()), envelope, OWN)


MACHINES: dict[str, tuple[Kind, dict[str, str]]] = {
    "auto-generated": (Kind.AUTOMATIC, {"Auto-Submitted": "auto-generated"}),
    "auto-notified": (Kind.AUTOMATIC, {"Auto-Submitted": "auto-notified; owner-email=\"a@b.example\""}),
    "an unknown value": (Kind.AUTOMATIC, {"Auto-Submitted": "yes"}),
    "auto-replied": (Kind.AUTO_REPLY, {"Auto-Submitted": "auto-replied"}),
    "auto-replied in capitals, with a comment": (Kind.AUTO_REPLY, {"auto-submitted": "Auto-Replied (vacation)"}),
    "auto-replied behind a comment": (Kind.AUTO_REPLY, {"Auto-Submitted": "(by (our) rule) auto-replied"}),
    "precedence bulk behind a comment": (Kind.AUTOMATIC, {"Precedence": "(x) bulk"}),
    "precedence bulk": (Kind.AUTOMATIC, {"Precedence": "BULK"}),
    "precedence junk": (Kind.AUTOMATIC, {"precedence": "Junk"}),
    "precedence list without a list": (Kind.AUTOMATIC, {"Precedence": "list"}),
    "precedence auto_reply": (Kind.AUTO_REPLY, {"Precedence": "auto_reply"}),
    "suppress all": (Kind.AUTOMATIC, {"X-Auto-Response-Suppress": "All"}),
    "suppress several": (Kind.AUTOMATIC, {"X-Auto-Response-Suppress": "DR, OOF, AutoReply"}),
    "x-autoreply": (Kind.AUTO_REPLY, {"X-Autoreply": "yes"}),
    "x-autorespond": (Kind.AUTO_REPLY, {"X-Autorespond": "Re: Postfach"}),
    "x-autoresponder of a mailbox": (Kind.AUTO_REPLY, {"X-POST-MessageClass": "9; Autoresponder"}),
    "our mark": (Kind.LOOP, {"X-Loop": "briefwechsel@wir.example"}),
    "our address": (Kind.LOOP, {"From": "Support <support@wir.example>"}),
    "mailer-daemon": (Kind.BOUNCE, {"From": "MAILER-DAEMON@mx.example", "Subject": "?"}),
    "postmaster's report": (Kind.BOUNCE, {"From": "postmaster@mx.example", "Subject": "Unzustellbar: Ihre Rechnung"}),
    "noreply": (Kind.AUTOMATIC, {"From": "noreply@shop.example"}),
    "do-not-reply with a detail": (Kind.AUTOMATIC, {"From": "do-not-reply+77@shop.example"}),
    "bitte nicht antworten": (Kind.AUTOMATIC, {"From": "bitte-nicht-antworten@bank.example"}),
    "noreply within": (Kind.AUTOMATIC, {"From": "shop-noreply@shop.example"}),
    "root": (Kind.AUTOMATIC, {"From": "root@web7.example", "Subject": "Cron <root@web7> /usr/local/bin/sichern"}),
    "nagios": (Kind.AUTOMATIC, {"From": "nagios@mon.example", "Subject": "** PROBLEM Service Alert: web7/HTTP is CRITICAL **"}),
    "monitoring under a person's address": (Kind.AUTOMATIC, {"Subject": "** PROBLEM Service Alert: web7/HTTP is CRITICAL **"}),
    "a code host": (Kind.AUTOMATIC, {"From": "Anna <notifications@code.example>", "X-GitHub-Reason": "mention", "List-ID": "<a.b.example>"}),
    "a report whose parts are broken": (Kind.AUTOMATIC, {"MIME-Version": "1.0", "content-type": "Multipart/Report; report-type=x"}),
    "a newsletter": (Kind.NEWSLETTER, {"List-Unsubscribe": "<https://news.example/u/1>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}),
    "a newsletter in bulk": (Kind.NEWSLETTER, {"List-Unsubscribe": "<mailto:u@news.example>", "Precedence": "bulk", "List-Id": "<n.news.example>"}),
    "a campaign": (Kind.NEWSLETTER, {"Precedence": "bulk", "X-Campaign": "77"}),
}  # fmt: skip


@pytest.mark.parametrize(("kind", "headers"), MACHINES.values(), ids=MACHINES)
def test_a_machine_is_told_by_its_headers(kind: Kind, headers: dict[str, str]) -> None:
    found = judged(headers)
    assert (found.kind, found.acknowledge) == (kind, False)
    assert found.because


PEOPLE: dict[str, dict[str, str]] = {
    "nothing special": {},
    "auto-submitted no": {"Auto-Submitted": "no"},
    "auto-submitted no with a comment": {"Auto-Submitted": "No (a person wrote it)"},
    "precedence normal": {"Precedence": "normal"},
    "an empty header": {"X-Autoreply": "no"},
    "an answer to a notice": {"Subject": "Re: Automatische Antwort: Postfach voll"},
    "a question about a notice": {"Subject": "Frage zu Ihrer Abwesenheitsnotiz"},
    "a question how to set one up": {"Subject": "Abwesenheitsnotiz einrichten"},
    "a question with a colon": {"Subject": "Abwesenheitsnotiz: wie richte ich die ein?"},
    "out of office does not work": {"Subject": "Out of office does not work"},
    "urlaub": {"Subject": "Urlaub"},
    "a bounce that troubles someone": {"Subject": "Mail konnte nicht zugestellt werden"},
    "marked as spam": {"X-Spam-Flag": "NO", "X-Mailer": "Apple Mail"},
    "an answer to undeliverable mail": {"Subject": "Re: Undeliverable: Postfach"},
}


@pytest.mark.parametrize("headers", PEOPLE.values(), ids=PEOPLE)
def test_a_person_is_a_person_and_may_be_answered(headers: dict[str, str]) -> None:
    found = judged(headers)
    assert (found.kind, found.acknowledge) == (Kind.PERSON, True), found.because


SILENT: dict[str, dict[str, str]] = {
    "through a discussion list": {
        "List-Id": "<nutzer.liste.example>",
        "List-Post": "<mailto:nutzer@liste.example>",
        "Precedence": "list",
    },
    "through a group with a way out": {
        "List-ID": "<g.example>",
        "List-Post": "<https://g.example/post>, <mailto:g@g.example>",
        "List-Unsubscribe": "<mailto:u@g.example>",
        "Precedence": "list",
    },
    "through an old list that calls itself bulk": {
        "Precedence": "bulk",
        "X-Mailing-List": "kern@liste.example",
        "List-ID": "<kern.liste.example>",
    },
    "through a list that names its owner": {"Precedence": "bulk", "Sender": "owner-kern@liste.example"},
    "an answer through a list": {"Precedence": "bulk", "In-Reply-To": "<a@b.example>"},
    "forwarded by a rule": {"Auto-Submitted": "auto-forwarded"},
    "wants no out-of-office": {"X-Auto-Response-Suppress": "OOF"},
    "no sender": {"From": ""},
    "a form that names the person": {"From": "noreply@formular.example", "Reply-To": "Anna <anna@kunde.example>"},
    "a list's header that is seldom seen": {"List-Software": "mlmmj"},
    "it has no From, only a Reply-To": {"From": "", "Reply-To": "anna@kunde.example"},
    "the owner of a list": {"From": "owner-kern@liste.example"},
    "who takes the requests of a list": {"From": "kern-request@liste.example"},
    "a foreign loop mark": {"X-Loop": "andere@desk.example"},
}


@pytest.mark.parametrize("headers", SILENT.values(), ids=SILENT)
def test_a_person_whom_rfc_3834_protects_is_not_acknowledged(headers: dict[str, str]) -> None:
    found = judged(headers)
    assert (found.kind, found.acknowledge) == (Kind.PERSON, False), found.because


@pytest.mark.parametrize(
    "sender",
    [
        "noreply",
        "owner-kern",
        "kern-bounces+anna=kunde.example",
        "kern-request",
        "LISTSERV",
        "bounce",
        "bounces",
        "bounce+x",
        "bounces+x",
        "Bounces+7-anna=kunde.example",
        "bounce-7-anna=kunde.example",
        "bounces_1f2e",
        "bounce.77",
        "versand-bounce",
    ],
)
def test_who_is_not_read_on_the_envelope_is_not_answered_either(sender: str) -> None:
    found = judged({}, mail_from=f"{sender}@kunde.example")
    assert (found.kind, found.acknowledge) == (Kind.PERSON, False), found.because


@pytest.mark.parametrize("sender", ["bounce-house", "bouncer", "trampolin.bounce", "anna+bounces"])
def test_a_person_may_be_called_so(sender: str) -> None:
    assert judged({}, mail_from=f"{sender}@kunde.example").acknowledge is True


@pytest.mark.parametrize(
    ("header", "values"),
    [("Auto-Submitted", ("no", "auto-forwarded")), ("Precedence", ("first-class", "List")),
     ("X-Auto-Response-Suppress", ("None", "OOF"))],
)  # fmt: skip
def test_of_a_header_that_stands_twice_the_one_that_asks_for_silence_counts(
    header: str, values: tuple[str, ...]
) -> None:
    twice = {header.title(): values[0], header.upper(): values[1], "In-Reply-To": "<a@b.example>"}
    assert judged(twice).acknowledge is False


def test_a_null_envelope_sender_is_never_answered() -> None:
    assert judged({}, mail_from="").acknowledge is False
    assert judged({"Return-Path": "<>"}).acknowledge is False
    assert judged({}, mail_from="anna@kunde.example").acknowledge is True


NOTICES: dict[str, tuple[str, str]] = {
    "exchange": ("Automatische Antwort: Postfach voll", "Vielen Dank für Ihre Nachricht. Ich bin bis 12.1. nicht im Büro."),
    "outlook": ("Abwesenheitsnotiz", "Ich bin am Montag wieder da."),
    "lotus": ("Petra Kessler ist außer Haus", "Ich bin bis zum 12.01. abwesend. Dies ist eine automatische Antwort auf Ihre Nachricht."),
    "the subject of the question": ("Re: Postfach voll", "Vielen Dank für Ihre E-Mail. Ich bin bis einschließlich 12.1. nicht im Büro.\nIn dringenden Fällen wenden Sie sich bitte an Herrn Weber."),
    "absent": ("Abwesend", "Ich bin bis zum 12. Januar abwesend."),
    "english": ("Out of Office: Mailbox full", "I am away until 12 January."),
    "english without a subject": ("Re: Mailbox full", "Thank you for your email. I am out of the office with limited access to email until 12 January. For urgent matters please contact Jo."),
    "away until": ("Away until Monday", "I'm out of the office until Monday."),
    "french": ("Réponse automatique : Postfach", "Je suis absente jusqu'au 12 janvier."),
    "spanish": ("Respuesta automática: Postfach", "Estoy fuera de la oficina."),
    "italian": ("Risposta automatica: Postfach", "Sono in ferie."),
    "dutch": ("Automatisch antwoord: Postfach", "Ik ben terug op 12 januari."),
    "polish": ("Odpowiedź automatyczna: Postfach", "Jestem na urlopie."),
    "portuguese": ("Resposta automática: Postfach", "Estou de férias."),
    "swedish": ("Automatiskt svar: Postfach", "Jag är på semester."),
    "danish": ("Automatisk svar: Postfach", "Jeg er på ferie."),
    "finnish": ("Automaattinen vastaus: Postfach", "Olen lomalla."),
    "czech": ("Automatická odpověď: Postfach", "Jsem na dovolené."),
}  # fmt: skip


@pytest.mark.parametrize(("subject", "text"), NOTICES.values(), ids=NOTICES)
def test_an_out_of_office_notice_needs_no_header(subject: str, text: str) -> None:
    found = judged({"Subject": subject}, text)
    assert (found.kind, found.acknowledge) == (Kind.AUTO_REPLY, False), found.because


NO_NOTICES: dict[str, tuple[str, str]] = {
    "away, and asking": ("Re: Termin", "Ich bin bis Freitag im Urlaub. Können wir danach telefonieren?"),
    "away, and telling": (
        "Re: Wartung",
        "Ich bin bis Freitag nicht im Büro, bitte rufen Sie Herrn Weber an, wenn der Server wieder läuft.",
    ),
    "asks for a notice": (
        "Bitte um Hilfe",
        "Ich möchte eine automatische Antwort einrichten, weil ich im Urlaub bin. Wie geht das?",
    ),
    "on holiday in english": ("Invoice", "I am on holiday next week, so please send the invoice today."),
    "thanks": ("Re: Ihre Anfrage", "Vielen Dank für Ihre Nachricht! Jetzt geht alles wieder."),
    "absence in the subject": ("Abwesenheit im Januar", "Bitte leiten Sie alle Mails an Herrn Weber weiter."),
    "quotes a notice": (
        "Re: Postfach",
        "Wer ist zuständig?\n\n> Ich bin bis 12.1. nicht im Büro. In dringenden Fällen wenden Sie sich an X.",
    ),
}


@pytest.mark.parametrize(("subject", "text"), NO_NOTICES.values(), ids=NO_NOTICES)
def test_a_person_who_speaks_of_absence_is_no_machine(subject: str, text: str) -> None:
    found = judged({"Subject": subject}, text)
    assert (found.kind, found.acknowledge) == (Kind.PERSON, True), found.because
