"""The language of a text, from few words."""

from __future__ import annotations

import random

import pytest

from mailgateway.language import language_of
from mailgateway.mime.charset import decoded

TEXTS = [
    ("de", "Guten Tag, meine Webseite ist seit heute nicht erreichbar. Bitte prüfen Sie das."),
    ("de", "Rechnung bitte"),
    ("de", "Wie ändere ich das Passwort?"),
    ("de", "mfg"),
    ("en", "Hello, my website is down since this morning. Please have a look."),
    ("en", "How do I change my password?"),
    ("fr", "Bonjour, je ne peux pas accéder à mon compte depuis ce matin. Merci de votre aide."),
    ("es", "Hola, no puedo entrar en mi cuenta. ¿Me pueden ayudar, por favor?"),
    ("it", "Buongiorno, non riesco ad accedere alla mia casella, potete aiutarmi? Grazie"),
    ("nl", "Goedemorgen, ik kan niet inloggen op mijn website. Kunt u mij helpen?"),
    ("pl", "Dzień dobry, nie mogę się zalogować. Proszę o pomoc."),
    ("pt", "Bom dia, não consigo entrar na minha conta. Obrigado."),
    ("sv", "Hej, jag kan inte logga in på min sida. Tack för hjälpen."),
    ("cs", "Dobrý den, nemohu se přihlásit do svého účtu. Děkuji."),
    ("ru", "Здравствуйте, не могу войти в почту."),
    ("ja", "こんにちは、ログインできません。"),
    ("zh", "您好，我无法登录。"),
    ("ja", "請求書の送付先住所変更手続依頼書在中"),
    ("ko", "내 사서함이 가득 찼습니다. 도와주세요."),
]


@pytest.mark.parametrize(("language", "text"), TEXTS)
def test_the_language_is_told(language: str, text: str) -> None:
    assert language_of(text) == language


@pytest.mark.parametrize("text", ["", "   ", "12345", "https://shop.example/", "\u0000"])
def test_where_nothing_tells_it_is_german(text: str) -> None:
    assert language_of(text) == "de"


def test_a_foreign_word_or_two_do_not_change_a_german_text() -> None:
    assert language_of("Der Provider sagt: the server is down. Was soll ich nun tun? Ich habe keine Zeit.") == "de"


@pytest.mark.parametrize("seed", range(10))
def test_rubbish_that_begins_with_a_mark_of_utf_16_is_in_no_language_of_the_east(seed: int) -> None:
    rubbish = b"\xff\xfe" + random.Random(seed).randbytes(800)
    assert language_of(decoded(rubbish).text) == "de"
