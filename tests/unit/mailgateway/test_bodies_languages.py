"""What people wrote in other languages, with the attributions, dividers and footers of their mail programs."""

from __future__ import annotations

import pytest

from mailgateway.bodies.written import written

QUOTED = "\n> first line\n> second line\n"

ATTRIBUTIONS: dict[str, str] = {
    "en gmail": "On Mon, 5 Jan 2026 at 10:12, Support Desk <support@host.example> wrote:",
    "en wrapped": "On Mon, Jan 5, 2026 at 10:12 AM, Support Desk, Example Hosting Company\n<support@host.example> wrote:",
    "en thunderbird": "On 1/5/26 10:12 AM, Support wrote:",
    "en no year": "On Jan 5, 2026, at 10:12, Support <support@host.example> wrote:",
    "en zoho": "---- On Mon, 05 Jan 2026 10:12:13 +0100 Support <support@host.example> wrote ----",
    "en date and address": '10:12 AM, January 5, 2026, "Support" <support@host.example>:',
    "fr": "Le lun. 5 janv. 2026 à 10:12, Support <support@host.example> a écrit :",
    "fr thunderbird": "Le 05/01/2026 à 10:12, Support a écrit :",
    "es": "El lun, 5 ene 2026 a las 10:12, Support (<support@host.example>) escribió:",
    "it": "Il giorno lun 5 gen 2026 alle ore 10:12 Support <support@host.example> ha scritto:",
    "nl": "Op ma 5 jan 2026 om 10:12 schreef Support <support@host.example>:",
    "nl apple": "Op 5 jan 2026, om 10:12 heeft Support <support@host.example> het volgende geschreven:",
    "pl": "pon., 5 sty 2026 o 10:12 Support <support@host.example> napisał(a):",
    "pl thunderbird": "W dniu 5.01.2026 o 10:12, Support pisze:",
    "cs": "po 5. 1. 2026 v 10:12 odesílatel Support <support@host.example> napsal:",
    "sv": "Den mån 5 jan. 2026 kl 10:12 skrev Support <support@host.example>:",
    "da": "Den man. 5. jan. 2026 kl. 10.12 skrev Support <support@host.example>:",
    "nb": "man. 5. jan. 2026 kl. 10:12 skrev Support <support@host.example>:",
    "fi": "ma 5. tammik. 2026 klo 10.12 Support (support@host.example) kirjoitti:",
    "pt": "Em seg., 5 de jan. de 2026 às 10:12, Support <support@host.example> escreveu:",
    "ru": "пн, 5 янв. 2026 г. в 10:12, Support <support@host.example>:",
    "ru verb": "5 января 2026 г., 10:12, пользователь Support <support@host.example> написал:",
    "tr": "Support <support@host.example>, 5 Oca 2026 Pzt, 10:12 tarihinde şunu yazdı:",
    "hu": "Support <support@host.example> ezt írta (időpont: 2026. jan. 5., H, 10:12):",
    "ro": "În lun., 5 ian. 2026 la 10:12, Support <support@host.example> a scris:",
    "ja": "2026年1月5日(月) 10:12 Support <support@host.example>:",
    "zh": "Support <support@host.example> 于2026年1月5日周一 10:12写道：",
    "ko": "2026년 1월 5일 (월) 오전 10:12, Support <support@host.example>님이 작성:",
}

HEADERS: dict[str, str] = {
    "en": "From: Support <s@h.example>\nSent: Monday, January 5, 2026 10:12 AM\nTo: Jo <jo@c.example>\nSubject: RE: Site",
    "fr": "De : Support <s@h.example>\nEnvoyé : lundi 5 janvier 2026 10:12\nÀ : Jo <jo@c.example>\nObjet : RE: Site",
    "es": "De: Support <s@h.example>\nEnviado: lunes, 5 de enero de 2026 10:12\nPara: Jo <jo@c.example>\nAsunto: RE: Site",
    "it": "Da: Support <s@h.example>\nInviato: lunedì 5 gennaio 2026 10:12\nA: Jo <jo@c.example>\nOggetto: R: Site",
    "nl": "Van: Support <s@h.example>\nVerzonden: maandag 5 januari 2026 10:12\nAan: Jo <jo@c.example>\nOnderwerp: RE: Site",
    "pl": "Od: Support <s@h.example>\nWysłano: poniedziałek, 5 stycznia 2026 10:12\nDo: Jo <jo@c.example>\nTemat: RE: Site",
    "cs": "Od: Support <s@h.example>\nOdesláno: pondělí 5. ledna 2026 10:12\nKomu: Jo <jo@c.example>\nPředmět: RE: Site",
    "sv": "Från: Support <s@h.example>\nSkickat: den 5 januari 2026 10:12\nTill: Jo <jo@c.example>\nÄmne: SV: Site",
    "da": "Fra: Support <s@h.example>\nSendt: 5. januar 2026 10:12\nTil: Jo <jo@c.example>\nEmne: SV: Site",
    "fi": "Lähettäjä: Support <s@h.example>\nLähetetty: maanantai 5. tammikuuta 2026 10.12\nVastaanottaja: Jo\nAihe: VS: Site",
    "pt": "De: Support <s@h.example>\nEnviado: segunda-feira, 5 de janeiro de 2026 10:12\nPara: Jo <jo@c.example>\nAssunto: RES: Site",
    "ru": "От: Support <s@h.example>\nОтправлено: 5 января 2026 г. 10:12\nКому: Jo <jo@c.example>\nТема: RE: Site",
    "tr": "Kimden: Support <s@h.example>\nGönderildi: 5 Ocak 2026 Pazartesi 10:12\nKime: Jo <jo@c.example>\nKonu: YNT: Site",
    "ja": "差出人: Support <s@h.example>\n送信日時: 2026年1月5日 10:12\n宛先: Jo <jo@c.example>\n件名: RE: Site",
    "zh": "发件人: Support <s@h.example>\n发送时间: 2026年1月5日 10:12\n收件人: Jo <jo@c.example>\n主题: 回复: Site",
}

FOOTERS = (
    *("Sent from my iPhone", "Sent from my Samsung Galaxy smartphone.", "Get Outlook for iOS", "Envoyé de mon iPhone"),
    *(
        "Enviado desde mi iPhone",
        "Inviato da iPhone",
        "Verstuurd vanaf mijn iPhone",
        "Wysłane z iPhone'a",
        "Skickat från min iPhone",
    ),
    *("Sendt fra min iPhone", "Lähetetty iPhonesta", "Отправлено с iPhone", "Sent with Proton Mail secure email."),
)

STAYS: dict[str, str] = {
    "on a host": "On the remote host I run:\n\n  telnet 127.0.0.1 25\n\nand it hangs.",
    "sent from my desk": "Sent from my desk, this would have been easier than from my phone.",
    "regards in a sentence": "With regards to the invoice:\nit is wrong.",
    "markdown rule": "Here are two points\n\n----\n\nfirst\n\n====\n\nsecond",
    "english closing": "It works again.\n\nThanks,\nJo",
    "the writer's own words": "On 3 May 2025 I wrote:\nplease cancel.\nNobody answered.",
    "prompt of python": "I type:\n>>> import this\n>>> this.s\nand get an error.",
}


@pytest.mark.parametrize("line", ATTRIBUTIONS.values(), ids=ATTRIBUTIONS)
def test_an_attribution_begins_the_quotation(line: str) -> None:
    assert written(f"It works again, thank you!\n\n{line}\n{QUOTED}", "", "Re: Site") == "It works again, thank you!"


@pytest.mark.parametrize("line", ATTRIBUTIONS.values(), ids=ATTRIBUTIONS)
def test_what_stands_below_the_marked_quotation_is_kept(line: str) -> None:
    assert written(f"{line}\n{QUOTED}\nIt works again.", "", "Re: Site") == "It works again."


@pytest.mark.parametrize("block", HEADERS.values(), ids=HEADERS)
@pytest.mark.parametrize("rule", ["", "________________________________\n"], ids=["bare", "ruled"])
def test_a_header_block_begins_the_quotation(rule: str, block: str) -> None:
    assert written(f"It works again.\n\n{rule}{block}\n\nHello Jo,\nis it better?", "", "Re: Site") == "It works again."


@pytest.mark.parametrize("footer", FOOTERS)
def test_the_footer_of_a_phone_is_left_out(footer: str) -> None:
    assert written(f"It works again.\n\n{footer}") == "It works again."


@pytest.mark.parametrize("text", STAYS.values(), ids=STAYS)
def test_what_only_looks_like_a_quotation_stays(text: str) -> None:
    assert written(text, "", "Question") == text


def test_own_words_on_the_line_of_an_attribution_are_kept() -> None:
    assert (
        written("Fine with me On Mon, Jan 5, 2026 at 10:12 AM, a@b.example wrote:\n> ok?", "", "Re: x")
        == "Fine with me"
    )


def test_the_footer_of_a_mailing_list_is_left_out() -> None:
    text = "Is there a mirror?\n\n_______________________________________________\nusers mailing list\nusers@lists.example\n"
    assert written(text) == "Is there a mirror?"


def test_nested_quotations_are_left_out_together() -> None:
    text = "Yes.\n\nOn Jan 5, 2026, at 10:12, A <a@b.example> wrote:\n> No?\n>\n> On Jan 4, 2026, at 9:00, C <c@d.example> wrote:\n>> Well?\n"
    assert written(text, "", "Re: x") == "Yes."
