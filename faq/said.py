"""Every text of the site that is not an article, as a person would write it: German (Sie and du) and English."""

from __future__ import annotations

from typing import NamedTuple

from templates.emergencies import emergencies


class Said(NamedTuple):
    """One text. `du` is left out where the German text addresses nobody."""

    sie: str
    en: str
    du: str = ""


SAID: dict[str, Said] = {
    "skip": Said("Zum Inhalt springen", "Skip to content"),
    "home": Said("Startseite", "Home"),
    "topics": Said("Themen", "Topics"),
    "contact": Said("Kontakt", "Contact"),
    "main_navigation": Said("Hauptnavigation", "Main navigation"),
    "breadcrumbs": Said("Sie sind hier", "You are here", "Du bist hier"),
    "other_language": Said("English", "Deutsch"),
    "feed": Said("Neues als Feed", "Updates as a feed"),
    "feed_title": Said("{title}: Neues in der Hilfe", "{title}: news from the help pages"),
    "search": Said("Suchen", "Search"),
    "search_label": Said("Ihre Frage oder ein Stichwort", "Your question, or a few words", "Deine Frage oder ein Stichwort"),
    "search_hint": Said("zum Beispiel: Postfach voll", "for example: mailbox full"),
    "search_title": Said("Suche", "Search"),
    "search_empty": Said(
        "Geben Sie oben ein, wonach Sie suchen. Ein Stichwort genügt, ein ganzer Satz geht auch.",
        "Type what you are looking for. A single word will do, and so will a whole sentence.",
        "Gib oben ein, wonach du suchst. Ein Stichwort genügt, ein ganzer Satz geht auch.",
    ),
    "found_one": Said("Eine Antwort zu „{query}“", "One answer for “{query}”"),
    "found_many": Said("{count} Antworten zu „{query}“", "{count} answers for “{query}”"),
    "found_none": Said("Zu „{query}“ haben wir nichts gefunden", "We found nothing for “{query}”"),
    "found_none_hint": Said(
        "Versuchen Sie es mit einem anderen Wort, oder fragen Sie uns einfach. Ihre Worte nehmen wir gleich mit.",
        "Try another word, or simply ask us. We take your words along.",
        "Versuch es mit einem anderen Wort, oder frag uns einfach. Deine Worte nehmen wir gleich mit.",
    ),
    "meant": Said("Meinten Sie:", "Did you mean:", "Meintest du:"),
    "nothing_likely": Said("Vielleicht ist doch etwas dabei:", "Perhaps one of these helps all the same:"),
    "ask_this": Said("Diese Frage stellen", "Ask this question"),
    "other_language_only": Said(
        "Auf Deutsch haben wir dazu nichts. Vielleicht hilft Ihnen eine englische Seite:",
        "We have nothing on this in English. Perhaps a page in German helps:",
        "Auf Deutsch haben wir dazu nichts. Vielleicht hilft dir eine englische Seite:",
    ),
    "all_results": Said("Alle Ergebnisse zeigen", "Show all results"),
    "listed_one": Said("Ein Vorschlag. Mit den Pfeiltasten wählen.", "One suggestion. Use the arrow keys to choose."),
    "listed": Said("{count} Vorschläge. Mit den Pfeiltasten wählen.", "{count} suggestions. Use the arrow keys to choose."),
    "headline": Said("Wie können wir Ihnen helfen?", "How can we help?", "Wie können wir dir helfen?"),
    "intro": Said(
        "Die meisten Antworten stehen schon hier. Und wenn nicht, schreiben Sie uns.",
        "Most answers are already here. If yours is not, write to us.",
        "Die meisten Antworten stehen schon hier. Und wenn nicht, schreib uns.",
    ),
    "by_topic": Said("Nach Themen", "By topic"),
    "article_one": Said("1 Antwort", "1 answer"),
    "article_many": Said("{count} Antworten", "{count} answers"),
    "all_of_topic": Said("Alle zu {topic}", "All about {topic}"),
    "lately": Said("Zuletzt überarbeitet", "Lately revised"),
    "not_found_what": Said("Nicht dabei, was Sie suchen?", "Not what you were looking for?", "Nicht dabei, was du suchst?"),
    "not_found_offer": Said(
        "Schreiben Sie uns. Es antwortet ein Mensch, und Sie brauchen dafür keine Nummer.",
        "Write to us. A person will answer, and you need no number for it.",
        "Schreib uns. Es antwortet ein Mensch, und du brauchst dafür keine Nummer.",
    ),
    "write_us": Said("Frage stellen", "Ask a question"),
    "no_articles": Said("Hier steht noch nichts.", "There is nothing here yet."),
    "updated": Said("Zuletzt überarbeitet am {date}", "Last revised on {date}"),
    "related": Said("Das könnte auch helfen", "This may help as well"),
    "helpful": Said("War dieser Artikel hilfreich?", "Was this article helpful?"),
    "yes": Said("Ja", "Yes"),
    "no": Said("Nein", "No"),
    "thanks_yes": Said("Danke, das freut uns.", "Thank you, we are glad."),
    "thanks_no": Said("Danke, das hilft uns weiter.", "Thank you, that helps us."),
    "thanks_no_offer": Said(
        "Sollen wir Ihnen persönlich antworten?", "Would you like an answer from one of us?",
        "Sollen wir dir persönlich antworten?",
    ),
    "form_title": Said("Schreiben Sie uns", "Write to us", "Schreib uns"),
    "form_intro": Said(
        "Wir antworten per Mail. Je genauer Sie beschreiben, was Sie sehen, desto schneller können wir helfen.",
        "We answer by mail. The more exactly you describe what you see, the sooner we can help.",
        "Wir antworten per Mail. Je genauer du beschreibst, was du siehst, desto schneller können wir helfen.",
    ),
    "name": Said("Ihr Name", "Your name", "Dein Name"),
    "optional": Said("freiwillig", "optional"),
    "address": Said("Ihre Mailadresse", "Your mail address", "Deine Mailadresse"),
    "address_hint": Said("Hierhin schicken wir die Antwort.", "This is where we send the answer."),
    "phone": Said("Telefon", "Phone"),
    "phone_hint": Said(
        "Nur, wenn wir Sie zurückrufen sollen. Wann es Ihnen passt, schreiben Sie einfach in die Nachricht.",
        "Only if you would like us to call you back. Simply say in your message when it suits you.",
        "Nur, wenn wir dich zurückrufen sollen. Wann es dir passt, schreib einfach in die Nachricht.",
    ),
    "call_me": Said("Bitte rufen Sie mich zurück: {number}.", "Please call me back: {number}.", "Bitte ruft mich zurück: {number}."),
    "subject": Said("Worum geht es?", "What is it about?"),
    "message": Said("Ihre Nachricht", "Your message", "Deine Nachricht"),
    "message_hint": Said(
        "Bitte keine Passwörter, wir brauchen sie nicht.", "Please no passwords, we do not need them."
    ),
    "emergencies": Said(emergencies("de"), emergencies("en")),
    "send": Said("Absenden", "Send"),
    "trap": Said("Dieses Feld bitte leer lassen", "Please leave this field empty"),
    "mend": Said(
        "Es fehlt noch etwas. Bitte sehen Sie sich die markierten Felder an.",
        "Something is missing. Please look at the marked fields.",
        "Es fehlt noch etwas. Bitte sieh dir die markierten Felder an.",
    ),
    "privacy": Said(
        "Wir verwenden Ihre Angaben nur, um Ihnen zu antworten.",
        "We use what you enter only to answer you.",
        "Wir verwenden deine Angaben nur, um dir zu antworten.",
    ),
    "sent_title": Said("Ihre Nachricht ist angekommen", "Your message has arrived", "Deine Nachricht ist angekommen"),
    "sent": Said(
        "Gleich bekommen Sie eine Mail, in der steht, wann wir antworten. Wenn Ihnen noch etwas einfällt, antworten Sie einfach auf diese Mail.",
        "You will soon receive a mail which says when we will answer. If something else comes to your mind, just reply to it.",
        "Gleich bekommst du eine Mail, in der steht, wann wir antworten. Wenn dir noch etwas einfällt, antworte einfach auf diese Mail.",
    ),
    "sent_next": Said(
        "Kommt nichts an? Dann sehen Sie bitte im Spamordner nach.",
        "No mail? Please look in your spam folder.",
        "Kommt nichts an? Dann sieh bitte im Spamordner nach.",
    ),
    "back_home": Said("Zurück zur Startseite", "Back to the first page"),
    "correspondence": Said("E-Mail-Verlauf", "Your correspondence"),
    "ask_title": Said("Ihr E-Mail-Verlauf", "Your correspondence", "Dein E-Mail-Verlauf"),
    "ask_intro": Said(
        "Lesen Sie nach, was Sie und wir uns geschrieben haben. Geben Sie die Mailadresse ein, von der Sie uns schreiben: Dorthin schicken wir Ihnen einen Link.",
        "Read again what you and we have written to each other. Enter the mail address from which you write to us: we will send a link there.",
        "Lies nach, was du und wir uns geschrieben haben. Gib die Mailadresse ein, von der du uns schreibst: Dorthin schicken wir dir einen Link.",
    ),
    "ask_hint": Said("Der Link geht nur an diese Adresse.", "The link goes to this address and no other."),
    "ask_send": Said("Link schicken", "Send the link"),
    "ask_often": Said(
        "Der Link wurde gerade oft angefordert. Bitte versuchen Sie es später noch einmal, oder schreiben Sie an {mailbox}.",
        "The link was asked for many times just now. Please try again later, or write to {mailbox}.",
        "Der Link wurde gerade oft angefordert. Bitte versuch es später noch einmal, oder schreib an {mailbox}.",
    ),
    "asked_title": Said("Bitte sehen Sie in Ihr Postfach", "Please look in your mailbox", "Bitte sieh in dein Postfach"),
    "asked": Said(
        "Wenn wir die Adresse kennen, ist eine E-Mail mit dem Link an sie unterwegs.",
        "If we know the address, a mail with the link is on its way to it.",
    ),
    "asked_next": Said(
        "Kommt nichts an? Dann sehen Sie im Spamordner nach, oder nehmen Sie eine andere Adresse, von der Sie uns geschrieben haben.",
        "No mail? Then look in your spam folder, or try another address from which you wrote to us.",
        "Kommt nichts an? Dann sieh im Spamordner nach, oder nimm eine andere Adresse, von der du uns geschrieben hast.",
    ),
    "read_intro": Said(
        "Alles, was Sie und wir uns geschrieben haben, das Neueste zuerst. Dieser Link gilt bis {until}.",
        "All that you and we have written to each other, the newest first. This link works until {until}.",
        "Alles, was du und wir uns geschrieben haben, das Neueste zuerst. Dieser Link gilt bis {until}.",
    ),
    "archive_name": Said("E-Mail-Verlauf.mbox", "correspondence.mbox"),
    "download": Said("Alles herunterladen", "Download everything"),
    "download_hint": Said(
        "Die ganzen E-Mails mit Anhängen, als mbox-Datei für Thunderbird oder Apple Mail.",
        "The whole mails with their attachments, as an mbox file for Thunderbird or Apple Mail.",
    ),
    "no_subject": Said("Ohne Betreff", "No subject"),
    "files": Said("Anhänge", "Attachments"),
    "infected": Said(
        "In dieser E-Mail wurde ein Virus gefunden, deshalb fehlen ihre Anhänge.",
        "A virus was found in this mail, so its attachments are left out.",
    ),
    "pages": Said("Seiten", "Pages"),
    "page_of": Said("Seite {page} von {pages}", "Page {page} of {pages}"),
    "newer": Said("Neuere", "Newer"),
    "older": Said("Ältere", "Older"),
    "over_title": Said("Dieser Link gilt nicht mehr", "This link no longer works"),
    "over": Said(
        "Links zum E-Mail-Verlauf gelten nur für einige Tage. Fordern Sie einfach einen neuen an.",
        "Links to your correspondence work for some days only. Simply ask for a new one.",
        "Links zum E-Mail-Verlauf gelten nur für einige Tage. Fordere einfach einen neuen an.",
    ),
    "over_again": Said("Neuen Link anfordern", "Ask for a new link"),
    "address_missing": Said(
        "Ohne Mailadresse können wir nicht antworten.", "Without a mail address we cannot answer."
    ),
    "address_wrong": Said(
        "Das ist keine Mailadresse. Richtig wäre zum Beispiel anna@example.org.",
        "This is not a mail address. A right one would be anna@example.org.",
    ),
    "address_ours": Said("Das ist unsere eigene Adresse.", "This is our own address."),
    "subject_missing": Said("Ein paar Worte genügen.", "A few words will do."),
    "subject_long": Said("Bitte höchstens 200 Zeichen.", "At most 200 characters, please."),
    "message_missing": Said("Hier steht noch nichts.", "There is nothing here yet."),
    "message_long": Said(
        "Das ist zu lang: höchstens {most} Zeichen. Längeres schicken Sie bitte per Mail an {mailbox}.",
        "This is too long: at most {most} characters. Please send longer texts by mail to {mailbox}.",
        "Das ist zu lang: höchstens {most} Zeichen. Längeres schick bitte per Mail an {mailbox}.",
    ),
    "name_long": Said("Bitte höchstens 100 Zeichen.", "At most 100 characters, please."),
    "phone_wrong": Said(
        "Das sieht nicht wie eine Telefonnummer aus. So geht es: 0221 123456 oder +49 221 123456.",
        "This does not look like a telephone number. Try 0221 123456 or +49 221 123456.",
    ),
    "trap_filled": Said(
        "Dieses Feld füllen sonst nur Programme aus. Bitte leeren Sie es und senden Sie noch einmal.",
        "Usually only programs fill this field. Please empty it and send again.",
        "Dieses Feld füllen sonst nur Programme aus. Bitte leere es und sende noch einmal.",
    ),
    "form_too_often": Said(
        "Von hier kamen gerade viele Nachrichten. Bitte versuchen Sie es später noch einmal, oder schreiben Sie direkt an {mailbox}.",
        "Many messages came from here just now. Please try again later, or write to {mailbox}.",
        "Von hier kamen gerade viele Nachrichten. Bitte versuch es später noch einmal, oder schreib direkt an {mailbox}.",
    ),
    "form_refused": Said(
        "Diese Nachricht konnten wir nicht annehmen. Bitte schreiben Sie uns direkt an {mailbox}.",
        "We could not take this message. Please write to {mailbox}.",
        "Diese Nachricht konnten wir nicht annehmen. Bitte schreib uns direkt an {mailbox}.",
    ),
    "form_unavailable": Said(
        "Wir können Ihre Nachricht gerade nicht annehmen. Was Sie geschrieben haben, steht noch unten: Bitte senden Sie es in ein paar Minuten noch einmal ab.",
        "We cannot take your message just now. What you wrote is still below: please send it again in a few minutes.",
        "Wir können deine Nachricht gerade nicht annehmen. Was du geschrieben hast, steht noch unten: Bitte sende es in ein paar Minuten noch einmal ab.",
    ),
    "bad_title": Said("Das haben wir nicht verstanden", "We did not understand that"),
    "bad": Said("Mit dieser Anfrage konnten wir nichts anfangen.", "We could not make sense of this request."),
    "forbidden_title": Said("Das geht nur von unserer Seite aus", "This works only from our own pages"),
    "forbidden": Said(
        "Die Anfrage kam von einer fremden Website. Bitte öffnen Sie die Seite bei uns und versuchen Sie es noch einmal.",
        "The request came from another website. Please open the page here and try again.",
        "Die Anfrage kam von einer fremden Website. Bitte öffne die Seite bei uns und versuch es noch einmal.",
    ),
    "gone_title": Said("Diese Seite gibt es nicht", "There is no such page"),
    "gone": Said(
        "Vielleicht ist sie umgezogen. Mit der Suche finden Sie sie am schnellsten.",
        "It may have moved. Search is the quickest way to find it.",
        "Vielleicht ist sie umgezogen. Mit der Suche findest du sie am schnellsten.",
    ),
    "method_title": Said("So geht das hier nicht", "That does not work here"),
    "method": Said(
        "Diese Adresse nimmt solche Anfragen nicht an.", "This address does not take that kind of request."
    ),
    "late_title": Said("Das hat zu lange gedauert", "That took too long"),
    "late": Said(
        "Die Übertragung ist stecken geblieben. Bitte versuchen Sie es noch einmal.",
        "The transmission got stuck. Please try again.",
        "Die Übertragung ist stecken geblieben. Bitte versuch es noch einmal.",
    ),
    "large_title": Said("Das ist zu viel auf einmal", "That is too much at once"),
    "large": Said(
        "So große Nachrichten nimmt das Formular nicht an. Bitte schicken Sie sie per Mail an {mailbox}.",
        "The form does not take messages that large. Please send it by mail to {mailbox}.",
        "So große Nachrichten nimmt das Formular nicht an. Bitte schick sie per Mail an {mailbox}.",
    ),
    "often_title": Said("Einen Moment bitte", "One moment, please"),
    "often": Said(
        "Das waren sehr viele Anfragen in kurzer Zeit. Bitte versuchen Sie es später noch einmal.",
        "Those were very many requests in a short time. Please try again later.",
        "Das waren sehr viele Anfragen in kurzer Zeit. Bitte versuch es später noch einmal.",
    ),
    "broken_title": Said("Da ist uns etwas kaputtgegangen", "Something broke on our side"),
    "broken": Said(
        "Der Fehler liegt bei uns und ist notiert. Bitte versuchen Sie es noch einmal, oder schreiben Sie an {mailbox}.",
        "The fault is ours, and it has been noted. Please try again, or write to {mailbox}.",
        "Der Fehler liegt bei uns und ist notiert. Bitte versuch es noch einmal, oder schreib an {mailbox}.",
    ),
    "away_title": Said("Wir sind gleich wieder da", "We will be back in a moment"),
    "away": Said(
        "Die Hilfe ist gerade nicht erreichbar. Bitte versuchen Sie es in ein paar Minuten noch einmal, oder schreiben Sie an {mailbox}.",
        "The help pages are out of reach just now. Please try again in a few minutes, or write to {mailbox}.",
        "Die Hilfe ist gerade nicht erreichbar. Bitte versuch es in ein paar Minuten noch einmal, oder schreib an {mailbox}.",
    ),
}  # fmt: skip
