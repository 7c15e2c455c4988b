"""An alarm counts where it is meant, and not where it is only asked about, wished for, past, planned or over."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from threads.model import Classification, InboundMail, Kind, Mailbox, Priority
from threads.priority import prioritise

PERSON = Classification(Kind.PERSON, acknowledge=True, because="a person wrote it")
Written = Callable[..., InboundMail]

REAL = [
    "Nach einem Fehler sind im Shop alle Bestellungen weg, und die Seite lädt nicht.",
    "Warum ist unser Server nicht erreichbar?",
    "Wieso ist meine Website seit heute Morgen offline?",
    "Ist der Server down?",
    "Kann es sein, dass der Server ausgefallen ist?",
    "Können Sie bitte prüfen, ob unser Server abgestürzt ist?",
    "Wie lange ist der Shop noch offline?",
    "Unser Server ist down. Wann ist er wieder erreichbar?",
    "Unser Server ist down, wann ist er wieder erreichbar?",
    "Der Server ist ausgefallen. Bitte sorgen Sie dafür, dass er bald wieder läuft, er muss bis 10 Uhr wieder online sein.",
    "Der Shop ist offline. Es ist noch nicht behoben.",
    "Die Website ist nicht erreichbar. Das Problem wurde nicht behoben.",
    "Der Server ist seit gestern nicht erreichbar.",
    "Gestern war noch alles gut, jetzt ist der Server down.",
    "Gestern war der Server down und heute ist er schon wieder nicht erreichbar.",
    "Gestern war der Server down. Jetzt schon wieder!",
    "Gestern Nacht ist unser Server ausgefallen.",
    "Nach der geplanten Wartung ist der Server nicht mehr erreichbar.",
    "Der Server ist nicht erreichbar. Ist das eine geplante Wartung?",
    "Der Server ist offline, ist das eine geplante Wartung?",
    "Der Server antwortet nicht. Das ist keine angekündigte Wartung.",
    "Trotz Wartungsfenster: der Server ist immer noch offline.",
    "Falls Sie es noch nicht wissen: der Server ist down!",
    "Der Server ist down, was passiert mit unseren Bestellungen?",
    "Unser Server ist nicht erreichbar. Falls Sie Fragen haben, rufen Sie an.",
    "Unsere Website ist offline. Was passiert, wenn das länger dauert?",
    "Der Server ist nicht erreichbar. Im Serverraum war ich schon, dort leuchtet alles.",
    "Der Fehler ist wieder da, der Server antwortet nicht.",
    "Wenn ich die Website aufrufe, ist sie nicht erreichbar.",
    "Warum kommt Fehler 500, wenn ich unsere Website öffne?",
    "Wenn das so bleibt, kündigen wir: der Server ist nicht erreichbar!",
    "Der Server sollte laufen, ist aber nicht erreichbar.",
    "Letzte Nacht wurde unsere Website gehackt.",
    "Wir hatten gestern angerufen, der Server ist nicht erreichbar.",
    "Ich möchte wissen, warum der Server down ist!",
    "Gestern habe ich noch gearbeitet; der Server ist nicht erreichbar.",
    "Totaler Ausfall seit heute früh, keine Mails mehr",
    "Why is our server down?",
    "Is there a problem? Our website is down.",
    "Could you check if our server is down?",
    "Do you know when our server, which is down, will be up?",
    "When will the server be back? It is not responding, the server is down.",
    "Our server is down. When will it be back online?",
    "Please get the website back online, it is down.",
    "Our website is down. It has not been resolved.",
    "The server is down. My colleague is back tomorrow.",
    "The server is unreachable. Is this scheduled maintenance?",
    "After the scheduled maintenance the server is still not responding.",
    "The server was down yesterday and is down again today.",
    "It looks as if the server is down.",
    "The problem is back: the server crashed.",
    "Our shop was hacked last night.",
    "Please back up what you can, the server crashed.",
    "Our server is down, what happens if we restart it?",
    "If you can read this, call me, the server is down!",
]

NONE = [
    "What compensation do we get if the server goes down?",
    "Gestern war der Server down, warum?",
    "Wie bekomme ich eine SMS, wenn meine Website nicht erreichbar ist?",
    "Bleibt der Shop waehrend der Wartung offline?",
    "Wer haftet, wenn der Server ausgefallen ist?",
    "Welche Entschädigung gibt es bei einem Serverausfall?",
    "Gibt es eine Gutschrift, falls der Server mal nicht erreichbar ist?",
    "Ich möchte eine E-Mail bekommen, wenn die Website nicht erreichbar ist.",
    "Sollte der Server einmal nicht erreichbar sein, wen rufen wir an?",
    "Wie schnell reagieren Sie, sobald ein Server down ist?",
    "Wie oft ist der Server ausgefallen?",
    "Letzte Woche war unsere Website offline, bekommen wir dafür eine Gutschrift?",
    "Vor drei Tagen war der Server nicht erreichbar, woran lag das?",
    "Die Seite war kurz nicht erreichbar, woran lag es?",
    "Vorgestern waren alle Server unerreichbar.",
    "Der Server war nicht erreichbar, läuft aber wieder.",
    "Der Server war nicht erreichbar. Entwarnung, er läuft wieder.",
    "Der Server ist nicht erreichbar. Bitte ignorieren, hat sich erledigt.",
    "Heute Nacht ist der Server wegen geplanter Wartung offline.",
    "Ist der Shop während der Wartung nicht verfügbar?",
    "Im Falle, dass der Server nicht erreichbar ist, rufe ich wen an?",
    "Can I get a text message when my website is down?",
    "Who do we call if the server is not responding?",
    "Would I be told in case the server goes down?",
    "I would like to be warned if our website is down.",
    "How often was your server down last year?",
    "Yesterday our website was down, what was the reason?",
    "The server was down last week, do we get a refund?",
    "The shop was briefly unavailable, why?",
    "Should the server ever be down, whom do we call?",
    "Will the website be offline during the maintenance?",
    "The server was down, but it is back online.",
    "The server was unreachable. Never mind, it is back up and running.",
    "Bitte ignorieren, wir testen nur, ob eine Mail mit dem Betreff Server down bei Ihnen ankommt.",
    "Die Domain läuft zum Jahresende aus, danach darf die Seite offline sein.",
    "Unter der Nummer auf Ihrer Website erreiche ich niemanden.",
    "How much downtime is that on your website per month?",
    "The outage: customers can log in again, and mail is flowing.",
    "The documentation says the API returns 503 during deployments. Is that still true?",
    "Ich möchte lernen, wie man abgestürzte Server wieder zum Laufen bringt.",
    "Das Update hat geklappt, der Shop ist online und der Fehler 500 ist weg.",
    "Schicken Sie uns bitte eine neue Rechnung für den Server, auf der nur die beiden Domains stehen.",
]


def critical(mail: InboundMail, mailbox: Mailbox) -> bool:
    return prioritise(mail, PERSON, mailbox).priority is Priority.CRITICAL


@pytest.mark.parametrize("text", REAL)
@pytest.mark.parametrize("subject", ["Hilfe", ""])
def test_a_real_emergency_is_never_lost(written: Written, mailbox: Mailbox, text: str, subject: str) -> None:
    assert critical(written(subject=subject, text=f"Guten Tag,\n\n{text}\n\nGruß"), mailbox)
    assert critical(written(subject=text, text="Bitte um Hilfe."), mailbox)


@pytest.mark.parametrize("text", NONE)
def test_what_is_only_asked_wished_past_planned_or_over_is_no_emergency(
    written: Written, mailbox: Mailbox, text: str
) -> None:
    assert not critical(written(subject="Frage", text=f"Guten Tag,\n\n{text}\n\nGruß"), mailbox)
    assert not critical(written(subject=text, text="Danke und Gruß"), mailbox)


@pytest.mark.parametrize("thought", NONE[:8])
def test_what_is_asked_takes_back_its_own_sentence_alone(written: Written, mailbox: Mailbox, thought: str) -> None:
    assert critical(written(subject="Frage", text=f"Unser Server ist nicht erreichbar. {thought}"), mailbox)
    assert critical(written(subject="Frage", text=f"{thought} Unser Server ist nämlich nicht erreichbar."), mailbox)
    assert critical(written(subject=thought, text="Die Frage hat einen Grund: unser Server ist down."), mailbox)


@pytest.mark.parametrize("subject", ["AW: Unser Server ist ausgefallen", "Re: Shop offline", "Re: Re: Website down"])
def test_the_subject_of_a_reply_is_an_earlier_mails_unless_the_text_says_that_it_holds(
    written: Written, mailbox: Mailbox, subject: str
) -> None:
    for text in ("Hier die gewünschte Datei.", "Ja, bitte machen.", "The log is attached.", "Thanks again!"):
        assert not critical(written(subject=subject, text=text), mailbox), text
    for text in ("Immer noch nicht.", "Schon wieder!", "Still the same.", "Hilfe!"):
        assert critical(written(subject=subject, text=text), mailbox), text


def test_a_replys_subject_still_names_what_fails(written: Written, mailbox: Mailbox) -> None:
    assert critical(written(subject="Re: Onlineshop", text="Er ist seit zehn Minuten nicht mehr erreichbar."), mailbox)


@pytest.mark.parametrize(
    "text",
    ["Stage test of the server: 1184 tests, 0 failures.", "Bitte richten Sie einen Read-only-Zugang zum System ein.",
     "Our auditor needs a read-only account for the ticket system."],
)  # fmt: skip
def test_a_word_of_failure_that_counts_none_or_names_a_right_is_none(
    written: Written, mailbox: Mailbox, text: str
) -> None:
    assert not critical(written(subject="Info", text=text), mailbox)
