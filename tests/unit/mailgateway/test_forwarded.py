"""Who wrote the mail inside a forwarded mail, in the forms of the common mail programs."""

from __future__ import annotations

import pytest

from mailgateway.bodies.forwarded import forwarded, is_forward
from threads.model import Address

ANNA = Address("anna.adler@kunde.example", "Anna Adler")
HEAD = "Anna Adler <anna.adler@kunde.example>"
BODY = "Guten Tag,\n\nmein Postfach ist voll.\n\nAnna Adler"

FORMS: dict[str, tuple[str, str]] = {
    "gmail": ("Fwd: Postfach", f"---------- Forwarded message ---------\nVon: {HEAD}\nDate: Mo., 5. Jan. 2026 um 09:31 Uhr\nSubject: Postfach\nTo: <info@wir.example>\n\n\n"),
    "gmail below a note": ("Fwd: Postfach", f"Kümmert ihr euch?\n\n---------- Forwarded message ---------\nFrom: {HEAD}\nDate: Mon, Jan 5, 2026\nSubject: Postfach\nTo: <i@wir.example>\n\n"),
    "thunderbird": ("Fwd: Postfach", f"\n\n-------- Weitergeleitete Nachricht --------\nBetreff: \tPostfach\nDatum: \tMon, 5 Jan 2026 09:31:00 +0100\nVon: \t{HEAD}\nAn: \tinfo@wir.example\n\n\n"),
    "apple": ("Fwd: Postfach", f"Anfang der weitergeleiteten Nachricht:\n\nVon: {HEAD}\nBetreff: Postfach\nDatum: 5. Januar 2026 um 09:31:00 MEZ\nAn: info@wir.example\n\n"),
    "outlook": ("WG: Postfach", f"Von: {HEAD}\nGesendet: Montag, 5. Januar 2026 09:31\nAn: info@wir.example\nBetreff: Postfach\n\n"),
    "outlook with mailto": ("WG: Postfach", "Bitte übernehmen.\n\nVon: Anna Adler [mailto:anna.adler@kunde.example]\nGesendet: Montag, 5. Januar 2026 09:31\nAn: info@wir.example\nBetreff: Postfach\n\n"),
    "outlook on the web": ("WG: Postfach", f"________________________________\nVon: {HEAD}\nGesendet: Montag, 5. Januar 2026 09:31\nAn: info <info@wir.example>\nBetreff: Postfach\n\n"),
    "old outlook": ("WG: Postfach", f"-----Ursprüngliche Nachricht-----\nVon: {HEAD}\nGesendet: Montag, 5. Januar 2026 09:31\nAn: info@wir.example\nBetreff: Postfach\n\n"),
    "outlook for mac": ("WG: Postfach", 'Am 05.01.2026, 09:31 schrieb "Anna Adler" <anna.adler@kunde.example>:\n\n'),
    "gmx": ("Fw: Postfach", f"Gesendet: Montag, 05. Januar 2026 um 09:31 Uhr\nVon: {HEAD}\nAn: info@wir.example\nBetreff: Postfach\n\n"),
    "yahoo": ("Fw: Postfach", f"  ----- Weitergeleitete Nachricht ----- Von: {HEAD}An: \"info@wir.example\" <info@wir.example>Gesendet: Montag, 5. Januar 2026, 09:31:00 MEZBetreff: Postfach\n"),
    "proton": ("Fw: Postfach", f"------- Forwarded Message -------\nFrom: {HEAD}\nDate: On Monday, January 5th, 2026 at 9:31 AM\nSubject: Postfach\nTo: info@wir.example <info@wir.example>\n\n\n"),
    "samsung": ("Fwd: Postfach", f"-------- Weitergeleitete Nachricht --------\nVon: {HEAD}\nDatum: 05.01.26 09:31 (GMT+01:00)\nAn: info@wir.example\nBetreff: Postfach\n\n"),
    "french": ("TR: Postfach", f"De : {HEAD}\nEnvoyé : lundi 5 janvier 2026 09:31\nÀ : info@wir.example\nObjet : Postfach\n\n"),
    "dutch": ("FW: Postfach", f"---------- Doorgestuurd bericht ---------\nVan: {HEAD}\nDatum: ma 5 jan 2026\nOnderwerp: Postfach\nAan: info@wir.example\n\n"),
    "polish": ("PD: Postfach", f"Od: {HEAD}\nWysłano: poniedziałek, 5 stycznia 2026 09:31\nDo: info@wir.example\nTemat: Postfach\n\n"),
    "czech": ("Fwd: Postfach", f"-------- Přeposlaná zpráva --------\nPředmět: Postfach\nDatum: Mon, 5 Jan 2026\nOd: {HEAD}\nKomu: info@wir.example\n\n"),
    "italian": ("I: Postfach", f"Da: {HEAD}\nInviato: lunedì 5 gennaio 2026 09:31\nA: info@wir.example\nOggetto: Postfach\n\n"),
    "danish": ("VS: Postfach", f"Fra: {HEAD}\nSendt: 5. januar 2026 09:31\nTil: info@wir.example\nEmne: Postfach\n\n"),
    "spanish": ("RV: Postfach", f"De: {HEAD}\nEnviado: lunes, 5 de enero de 2026 09:31\nPara: info@wir.example\nAsunto: Postfach\n\n"),
}  # fmt: skip

NONE: dict[str, tuple[str, str]] = {
    "an ordinary mail": ("Postfach", BODY),
    "an answer by outlook": ("AW: Postfach", f"Danke!\n\nVon: {HEAD}\nGesendet: Montag, 5. Januar 2026 09:31\nAn: i@wir.example\nBetreff: Postfach\n\nText"),
    "an answer by thunderbird": ("Re: Postfach", f"Danke!\n\nAm 05.01.26 um 09:31 schrieb {HEAD}:\n> Text"),
    "talk of forwarding": ("Weiterleitung", "Bitte richten Sie eine weitergeleitete Nachricht ein:\nVon: Berlin\nAn: Hamburg"),
    "a forward of a server's mail about another": ("Fwd: Returned mail", f"---------- Forwarded message ---------\nFrom: Mail Delivery <MAILER-DAEMON>\nDate: Mon, Jan 5, 2026\nSubject: Returned\n\nfailed\n\nFrom: {HEAD}\nTo: x@y.example\nSubject: Hi\n\nHi"),
    "a forward without an address": ("WG: Postfach", "Von: Anna\nGesendet: Montag\nAn: info\nBetreff: Postfach\n\nText"),
}  # fmt: skip


@pytest.mark.parametrize(("subject", "head"), FORMS.values(), ids=FORMS)
def test_the_original_writer_is_found(subject: str, head: str) -> None:
    found = forwarded(subject, head + BODY)
    assert found is not None
    assert found.author.address == ANNA.address
    assert found.reply.startswith("Guten Tag,")


@pytest.mark.parametrize(
    "name", ["gmail", "thunderbird", "apple", "outlook", "outlook with mailto", "gmx", "french", "yahoo"]
)
def test_the_name_and_subject_of_the_original_are_found(name: str) -> None:
    found = forwarded(FORMS[name][0], FORMS[name][1] + BODY)
    assert found is not None
    assert (found.author, found.subject) == (ANNA, "Postfach")


@pytest.mark.parametrize("name", ["apple", "gmail", "thunderbird"])
def test_a_forward_that_is_quoted_line_by_line_is_read_as_well(name: str) -> None:
    subject, head = FORMS[name]
    found = forwarded(subject, "\n".join(f"> {line}" for line in (head.strip() + "\n\n" + BODY).split("\n")))
    assert found is not None
    assert found.author.address == ANNA.address
    assert found.text.endswith("mein Postfach ist voll.\n\nAnna Adler")


@pytest.mark.parametrize(("subject", "text"), NONE.values(), ids=NONE)
def test_other_mail_forwards_nothing(subject: str, text: str) -> None:
    assert forwarded(subject, text) is None


def test_of_a_chain_the_last_writer_before_the_forward_is_the_customer() -> None:
    inner = "-----Ursprüngliche Nachricht-----\nVon: Support <s@wir.example>\nGesendet: Sonntag, 4. Januar 2026 08:00\nAn: Anna\nBetreff: Hallo\n\nHallo"
    found = forwarded(FORMS["outlook"][0], FORMS["outlook"][1] + BODY + "\n\n" + inner)
    assert found is not None
    assert found.author == ANNA
    assert "Hallo\n" not in found.reply


@pytest.mark.parametrize("subject", ["WG: x", "Fwd: x", "FW: x", "Tr : x", "[Fwd: x]", "Doorst: x", "VS: x"])
def test_the_prefix_of_a_forward_is_known(subject: str) -> None:
    assert is_forward(subject)


@pytest.mark.parametrize("subject", ["", "Re: x", "Weg: x", "Frage: Weiterleitung", "AW: WG"])
def test_other_subjects_are_none(subject: str) -> None:
    assert not is_forward(subject)
