"""An account as the command line names it: of the settings, or by a URL, and never with its password."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from mailgateway.sources.imap_account import Security
from service.imap_address import PASSWORD, Named, account_at, account_called, is_url
from service.settings import Settings, read_settings
from storage.errors import WrongUse

SETTINGS = """
[[mailbox]]
address = "support@example.org"
[[mailbox]]
address = "sales@example.org"
[[imap]]
server = "Mail.example.org"
user = "support@example.org"
password = "of the settings"
folders = ["INBOX", "Anfragen"]
[[imap]]
server = "mail.example.org"
user = "twice"
password = "one"
[[imap]]
server = "other.example.org"
user = "twice"
password = "two"
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    file = tmp_path / "brief.toml"
    file.write_text(SETTINGS, encoding="utf-8")
    return read_settings(file, tmp_path / "data")


@pytest.fixture
def at(settings: Settings) -> Callable[..., Named]:
    """The account at a URL, where a person would type "typed"."""

    def found(url: str, *, typed: str = "typed", **environment: str) -> Named:
        return account_at(settings, url, environment, lambda _what: typed)

    return found


def test_an_account_of_the_settings_is_taken_with_all_that_they_say(at: Callable[..., Named]) -> None:
    for url in ("imaps://support@example.org@mail.example.org", "imaps://support%40example.org@MAIL.example.org:993/"):
        named = at(url, typed="")
        assert (named.account.password, named.served) == ("of the settings", ("INBOX", "Anfragen"))


@pytest.mark.parametrize(
    ("url", "port", "security"),
    [
        ("imaps://sales@example.org@mail.example.org", 993, Security.TLS),
        ("imaps://sales@example.org@mail.example.org:9930", 9930, Security.TLS),
        ("imap://sales@example.org@mail.example.org", 143, Security.STARTTLS),
        ("imap://sales@example.org@127.0.0.1:1143", 1143, Security.PLAIN),
        ("imap://sales@example.org@localhost", 143, Security.PLAIN),
    ],
)
def test_no_password_goes_over_a_network_unsecured(
    at: Callable[..., Named], url: str, port: int, security: Security
) -> None:
    named = at(url)
    account = named.account
    assert (account.port, account.security, account.user) == (port, security, "sales@example.org")
    assert (account.mailbox, account.password, named.served) == ("sales@example.org", "typed", ())


def test_the_environment_spares_the_question_and_another_user_feeds_the_first_mailbox(
    at: Callable[..., Named],
) -> None:
    account = at("imaps://anna@mail.example.org", **{PASSWORD: "of the environment"}).account
    assert (account.password, account.mailbox) == ("of the environment", "support@example.org")


def test_a_url_may_name_a_folder(at: Callable[..., Named]) -> None:
    assert at("imaps://anna@mail.example.org/Kunden/Gesendete%20Objekte").folder == "Kunden/Gesendete Objekte"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("imaps://anna:geheim@mail.example.org", "a password does not belong on the command line"),
        ("imaps://mail.example.org", "imaps://user@mail.example.org is meant"),
        ("imaps://anna@", "imaps://user@mail.example.org is meant"),
        ("imaps://anna@mail.example.org:port", "imaps://user@mail.example.org is meant"),
        ("imaps://anna@[::1", "imaps://user@mail.example.org is meant"),
        ("imaps://anna@mail.example.org?tls=never", "imaps://user@mail.example.org is meant"),
    ],
)
def test_what_is_no_account_is_refused_and_no_password_is_repeated(
    at: Callable[..., Named], url: str, said: str
) -> None:
    with pytest.raises(WrongUse) as refused:
        at(url)
    assert said in str(refused.value)
    assert "geheim" not in str(refused.value)


def test_where_nobody_can_be_asked_it_is_said_how_a_password_is_given(at: Callable[..., Named]) -> None:
    with pytest.raises(WrongUse, match=r"no password for anna at mail.example.org: set BRIEF_IMAP_PASSWORD"):
        at("imaps://anna@mail.example.org", typed="")


def test_an_account_is_called_by_its_user_or_by_its_whole_name(settings: Settings) -> None:
    assert account_called(settings, "SUPPORT@example.org").served == ("INBOX", "Anfragen")
    assert account_called(settings, "twice at other.example.org").account.password == "two"
    with pytest.raises(
        WrongUse, match=r"several accounts are called twice; there are: twice at mail.example.org, twice at"
    ):
        account_called(settings, "twice")
    with pytest.raises(
        WrongUse, match=r"no account of the settings is called nobody; there are: support@example.org at"
    ):
        account_called(settings, "nobody")


def test_a_file_is_no_account() -> None:
    assert [is_url(each) for each in ("imaps://a@b", "IMAP://a@b", "imap.mbox", "-", "a:b")] == [
        True, True, False, False, False,
    ]  # fmt: skip
