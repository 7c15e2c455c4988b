import re
import tomllib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib import resources

import pytest

from knowledge.article import Article, Suggestion
from knowledge.article import Found as Answer
from storage.outgoing import Mailable, OutgoingMail
from threads.model import Acknowledge, Address, InboundMail, Mailbox, Priority, Source, Urgency
from threads.outgoing.letters import Earlier, acknowledgement, answer, arrived, forwarding, notice, references
from threads.outgoing.wording import by_when, filled, salutation

Written = Callable[..., InboundMail]
NORMAL = Urgency(Priority.NORMAL, "", "no rule applies")


@pytest.fixture
def decided(mailbox: Mailbox, now: datetime) -> Acknowledge:
    to = Address("anna@kunde.example", "Anna Berger")
    return Acknowledge(to, mailbox, "de", (), now + timedelta(hours=5), "a person opened a conversation")


def _quoting(decided: Acknowledge) -> Acknowledge:
    article = Article("passwort-ändern", "Wie ändere ich mein Passwort?", "So.")
    return replace(
        decided, answers=(Suggestion(Answer(article, 1.0, "Klicken Sie auf Passwort vergessen. " * 20), 0.9, True),)
    )


def test_an_acknowledgement_is_threaded_and_asks_machines_to_keep_silent(
    written: Written, decided: Acknowledge, now: datetime
) -> None:
    mail = written(references=("<root@x>",))
    letter = acknowledgement(decided, mail, NORMAL, now, reply_to="support+abc@desk.example")
    assert letter.in_reply_to == "<first@kunde.example>"
    assert letter.references == ("<root@x>", "<first@kunde.example>")
    assert letter.envelope_from == ""
    assert dict(letter.headers) == {"Auto-Submitted": "auto-replied", "X-Auto-Response-Suppress": "All"}
    assert letter.reply_to == "support+abc@desk.example"
    assert (letter.author, letter.to) == (
        Mailable("support@desk.example", "Support"),
        (Mailable("anna@kunde.example", "Anna Berger"),),
    )
    assert letter.subject == "Re: Rechnung"


def test_it_speaks_as_the_mailbox_does(written: Written, decided: Acknowledge, now: datetime) -> None:
    sie = acknowledgement(decided, written(), NORMAL, now).text
    du = acknowledgement(replace(decided, mailbox=replace(decided.mailbox, tone="du")), written(), NORMAL, now).text
    english = acknowledgement(replace(decided, language="en"), written(), NORMAL, now).text
    assert "Guten Tag Anna Berger," in sie
    assert "Ihnen" in sie
    assert "Hallo Anna Berger," in du
    assert not re.search(r"\b(Sie|Ihnen|Ihre)\b", du.replace("Sie ist gut", ""))
    assert "Hello Anna Berger," in english


def test_it_says_by_when_somebody_answers_and_no_number(written: Written, decided: Acknowledge, now: datetime) -> None:
    letter = acknowledgement(decided, written(), NORMAL, now)
    assert "heute bis 14 Uhr" in letter.text.replace("\n", " ")
    later = acknowledgement(replace(decided, answer_by=None), written(), NORMAL, now)
    assert "so bald wie möglich" in later.text.replace("\n", " ")
    assert not re.search(r"[0-9a-f]{8}-|#\d|Ticket|\[", letter.text)


def test_only_with_answers_it_says_how_to_close_the_matter(
    written: Written, decided: Acknowledge, now: datetime
) -> None:
    quoting = acknowledgement(_quoting(decided), written(), NORMAL, now, site_url="https://hilfe.example/")
    assert "Wie ändere ich mein Passwort?" in quoting.text
    assert "https://hilfe.example/de/artikel/passwort-%C3%A4ndern" in quoting.text
    assert "Danke, das hilft" in quoting.text
    assert "Danke, das hilft" not in acknowledgement(decided, written(), NORMAL, now).text
    assert "http" not in acknowledgement(_quoting(decided), written(), NORMAL, now).text


def test_an_emergency_is_met_with_other_words(written: Written, decided: Acknowledge, now: datetime) -> None:
    critical = Urgency(Priority.CRITICAL, "server-down", "a server is down")
    assert "dringend" in acknowledgement(decided, written(), critical, now).text


def test_that_of_a_form_carries_nothing_the_visitor_wrote(
    written: Written, decided: Acknowledge, now: datetime
) -> None:
    mail = written(subject="Kauft bei evil.example", text="Kauft!", references=("<x@evil>",))
    to = Address("victim@x.example", "Kauft Jetzt")
    letter = acknowledgement(replace(decided, to=to), mail, NORMAL, now, source=Source.FORM)
    assert "kauft" not in f"{letter.text} {letter.subject} {letter.to}".lower()
    assert letter.subject == "Ihre Nachricht an Support"


@pytest.mark.parametrize("quoting", [True, False])
@pytest.mark.parametrize("language", ["de", "en", "fr"])
@pytest.mark.parametrize("tone", ["du", "Sie"])
def test_lines_are_short_and_no_blank_lines_pile_up(
    written: Written, decided: Acknowledge, now: datetime, tone: str, language: str, *, quoting: bool
) -> None:
    decided = _quoting(decided) if quoting else decided
    mailbox = replace(decided.mailbox, tone=tone)
    letter = acknowledgement(replace(decided, mailbox=mailbox, language=language), written(), NORMAL, now)
    assert max(len(line) for line in letter.text.split("\n")) <= 72
    assert "\n\n\n" not in letter.text


def test_a_forged_name_gets_no_text_into_our_mail() -> None:
    assert salutation("Berger, Anna") == "Anna Berger"
    assert salutation("Dr. Jörg Müller-Lüdenscheid") == "Dr. Jörg Müller-Lüdenscheid"
    for forged in (
        "Win at evil.example",
        "http://evil",
        "a\nBcc: b",
        "Buy 100 now",
        "x" * 50,
        "one two three four five",
    ):
        assert salutation(forged) == "" or "\n" not in salutation(forged)
    assert salutation("Win at evil.example") == ""


@pytest.mark.parametrize(
    ("language", "tone", "said"),
    [
        (
            "de",
            "Sie",
            "Guten Tag, Ihre Nachricht ist angekommen. Jemand aus unserem Team sieht sie sich an. Freundliche",
        ),
        ("de", "du", "Hallo, deine Nachricht ist angekommen. Jemand aus unserem Team sieht sie sich an. Viele Grüße"),
        ("en", "Sie", "Hello, your message has arrived. Someone from our team will look at it. Kind regards Support"),
    ],
)
def test_what_a_stranger_is_told_holds_nothing_of_the_conversation_nor_of_what_they_wrote(
    written: Written, decided: Acknowledge, now: datetime, language: str, tone: str, said: str
) -> None:
    mailbox = replace(decided.mailbox, tone=tone)
    mail = written(references=("<root@x>", "<ours@desk.example>"), subject="AW: Kauft bei evil.example")
    letter = arrived(replace(_quoting(decided), mailbox=mailbox, language=language, to_stranger=True), mail, now)
    assert " ".join(letter.text.split()).startswith(said)
    assert letter.text.endswith("\nSupport\n")
    assert (letter.in_reply_to, letter.references) == ("<first@kunde.example>", ("<first@kunde.example>",))
    assert (letter.reply_to, letter.envelope_from, letter.author.address) == ("", "", "support@desk.example")
    assert letter.to == (Mailable("anna@kunde.example"),)
    assert "evil" not in letter.subject
    assert dict(letter.headers) == {"Auto-Submitted": "auto-replied", "X-Auto-Response-Suppress": "All"}


def test_a_question_to_a_third_party_quotes_the_whole_mail_and_names_none_of_its_ids(
    mailbox: Mailbox, now: datetime
) -> None:
    text = "\n".join(f"Zeile {number}" for number in range(100))
    letter = forwarding(
        mailbox=replace(mailbox, signature="Ihr Support"), to=Mailable("ben@registry.example"), subject="AW: Rechnung",
        text="Was meinst du?", language="de", forwarded=Earlier("", now, text, "<secret@x>", ("<root@x>",)), now=now,
        signed_by="Lena Kruse",
    )  # fmt: skip
    assert letter.text.startswith(
        "Was meinst du?\n\nLena Kruse\nIhr Support\n\nAm 5. Januar 2026 um 09:00 Uhr schrieb jemand:\n> Zeile 0\n"
    )
    assert letter.text.endswith("> Zeile 99\n")
    assert (letter.in_reply_to, letter.references, letter.subject) == ("", (), "Fwd: Rechnung")


def test_a_question_without_a_subject_says_whose_it_is(mailbox: Mailbox, now: datetime) -> None:
    said = {
        language: forwarding(
            mailbox=mailbox, to=Mailable("ben@registry.example"), subject="", text="?", language=language,
            forwarded=Earlier("", now, "?", None), now=now,
        ).subject
        for language in ("de", "en")
    }  # fmt: skip
    assert said == {"de": "Fwd: Frage von Support", "en": "Fwd: A question from Support"}


def _answered(mailbox: Mailbox, now: datetime, text: str = "Gern geschehen.") -> OutgoingMail:
    earlier = Earlier("Anna Berger", now, "Erste Zeile\nZweite Zeile", "<q@x>", ("<root@x>",))
    return answer(
        mailbox=replace(mailbox, signature="Ihr Support"),
        to=Mailable("anna@kunde.example", "Anna"),
        subject="Rechnung",
        text=text,
        language="de",
        now=now,
        earlier=earlier,
        reply_to="support+abc@desk.example",
    )


def test_an_answer_has_signature_quotation_and_thread(mailbox: Mailbox, now: datetime) -> None:
    letter = _answered(mailbox, now)
    assert letter.text == (
        "Gern geschehen.\n\nIhr Support\n\n"
        "Am 5. Januar 2026 um 09:00 Uhr schrieb Anna Berger:\n> Erste Zeile\n> Zweite Zeile\n"
    )
    assert (letter.in_reply_to, letter.references) == ("<q@x>", ("<root@x>", "<q@x>"))
    assert letter.envelope_from == "support@desk.example"
    assert letter.headers == ()


def test_a_signature_that_ends_a_letter_is_marked_as_one(mailbox: Mailbox, now: datetime) -> None:
    letter = answer(
        mailbox=replace(mailbox, signature="Ihr Support"), to=Mailable("anna@kunde.example"), subject="Rechnung",
        text="Gern.", language="de", now=now,
    )  # fmt: skip

    assert letter.text == "Gern.\n\n-- \nIhr Support\n"


def test_a_list_stays_a_list_in_an_acknowledgement(written: Written, decided: Acknowledge, now: datetime) -> None:
    markdown = "So geht es\nin drei Schritten:\n\n1. Anmelden.\n2. *Rechnungen* wählen.\n3. Öffnen.\n\nFertig."
    excerpt = "So geht es in drei Schritten: 1. Anmelden. 2. Rechnungen wählen. 3. Öffnen. Fertig."
    found = Answer(Article("finden", "Wo finde ich meine Rechnung?", markdown), 1.0, excerpt)
    quoting = replace(decided, answers=(Suggestion(found, 0.9, True),))

    assert (
        "\n  So geht es in drei Schritten:\n  1. Anmelden.\n  2. Rechnungen wählen.\n  3. Öffnen.\n  Fertig.\n"
        in acknowledgement(quoting, written(), NORMAL, now).text
    )


def test_an_agents_text_is_no_template(mailbox: Mailbox, now: datetime) -> None:
    assert "{{ mailbox }} {% x" in _answered(mailbox, now, text="{{ mailbox }} {% x").text


def test_references_stay_bounded_with_the_first_and_the_newest() -> None:
    many = tuple(f"<{each}@x>" for each in range(500))
    kept = references(many, "<last@x>")
    assert len(kept) == 21
    assert (kept[0], kept[-1]) == ("<0@x>", "<last@x>")
    assert references(("<>", "<a b@x>", "<ü@x>"), None) == ()


def test_a_notice_tells_an_agent_in_the_mailboxs_language(mailbox: Mailbox, now: datetime) -> None:
    letter = notice(
        mailbox=mailbox, to=Mailable("max@desk.example"), handle="anna-rechnung", customer="Anna", subject="Rech\nnung",
        excerpt="Hallo", urgency=NORMAL, answer_by=now, now=now,
    )  # fmt: skip
    assert "brief show anna-rechnung" in letter.text
    assert "\n" not in letter.subject


@pytest.mark.parametrize(
    ("at", "german", "english"),
    [
        ((2026, 1, 5, 14, 0), "heute bis 14 Uhr", "today by 2 pm"),
        ((2026, 1, 5, 14, 1), "heute bis 14:30 Uhr", "today by 2:30 pm"),
        ((2026, 1, 6, 8, 0), "morgen, Dienstag, bis 8 Uhr", "tomorrow, Tuesday, by 8 am"),
        ((2026, 1, 12, 10, 0), "am Montag, 12. Januar, bis 10 Uhr", "on Monday, 12 January, by 10 am"),
        ((2026, 1, 5, 23, 45), "heute bis 23:45 Uhr", "today by 11:45 pm"),
        ((2026, 1, 6, 0, 0), "heute bis 24 Uhr", "today by midnight"),
        ((2026, 1, 7, 0, 0), "morgen, Dienstag, bis 24 Uhr", "tomorrow, Tuesday, by midnight"),
        ((2026, 1, 6, 0, 20), "morgen, Dienstag, bis 00:30 Uhr", "tomorrow, Tuesday, by 12:30 am"),
        ((2026, 1, 5, 12, 0), "heute bis 12 Uhr", "today by noon"),
        ((2027, 1, 4, 10, 0), "am Montag, 4. Januar 2027, bis 10 Uhr", "on Monday, 4 January 2027, by 10 am"),
    ],
)
def test_a_promise_is_in_the_words_of_a_letter(
    now: datetime, at: tuple[int, int, int, int, int], german: str, english: str
) -> None:
    moment = datetime(*at, tzinfo=UTC)
    assert by_when(moment, now, "de") == german
    assert by_when(moment, now, "en") == english


def test_links_stay_whole() -> None:
    link = "https://hilfe.example/" + "a" * 100
    assert link in filled(f"Siehe {link} bitte")


def test_the_signature_that_a_new_settings_file_proposes_greets_nobody_twice(
    written: Written, decided: Acknowledge, now: datetime
) -> None:
    proposed = resources.files("templates").joinpath("brief.toml").read_text(encoding="utf-8")
    found = re.search(r'^# (signature = (?:"""[\s\S]*?"""|".+"))$', proposed, re.MULTILINE)
    assert found
    signature = tomllib.loads(found[1].replace("\n# ", "\n"))["signature"]

    signed = replace(decided, mailbox=replace(decided.mailbox, signature=signature))
    letter = acknowledgement(signed, written(), NORMAL, now)

    assert letter.text.count("Grüße") == 1
    assert letter.text.endswith(f"Freundliche Grüße\n{signature}\n")
