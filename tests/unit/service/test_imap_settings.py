"""[[imap]]: what is refused, with its line and what was meant, and what the gateway gets."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mailgateway.oauth import OAuth
from mailgateway.sources.imap_account import After, Misconfigured, Security
from service.imap_settings import accounts_of
from service.settings import Settings, read_settings
from storage.errors import WrongUse

ACCOUNT = '[[imap]]\nserver = "imap.example.org"\nuser = "Support@example.org"\n'
MAILBOXES = '[[mailbox]]\naddress = "sales@example.org"\n[[mailbox]]\naddress = "support@example.org"\n'


@pytest.fixture(autouse=True)
def _in_an_empty_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


def read(text: str) -> Settings:
    Path("brief.toml").write_text(text, encoding="utf-8")
    return read_settings()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (ACCOUNT, "brief.toml, line 1: "),
        (ACCOUNT, "one of password, password_file and [imap.oauth] is meant"),
        (f'{ACCOUNT}password = "a"\npassword_file = "b"\n', "one of password, password_file and [imap.oauth] is meant"),
        (f'{ACCOUNT}password = "a"\nsecurity = "plain"\n', "would show the password to the network"),
        (f'{ACCOUNT}password = "a"\nafter = "move"\n', "belong together"),
        (f'{ACCOUNT}password = "a"\nafter = "move"\nmove_to = "INBOX"\n', "move_to INBOX is read itself"),
        (f'{ACCOUNT}password = "a"\nafter = "delete"\n', "brief.toml, line 5: [imap] after: "),
        (f'{ACCOUNT}password = "a"\nfolders = []\n', "brief.toml, line 5: [imap] folders: "),
        (f'{ACCOUNT}password = "a"\nfolders = ["A", "A"]\n', "each once"),
        (f'{ACCOUNT}password = "a"\nport = 70000\n', "brief.toml, line 5: [imap] port: "),
        (f'{ACCOUNT}password = "a"\npoll = "1 h"\n', "brief.toml, line 5: [imap] poll: "),
        (f'{ACCOUNT}password = "a"\nsince = "soon"\n', "brief.toml, line 5: [imap] since: "),
        (f'{ACCOUNT}password = "a"\nfolder = "INBOX"\n', "there is no setting [imap] folder; did you mean folders?"),
        (f'{ACCOUNT}password = "a"\nmailbox = "else@example.org"\n', "mailbox else@example.org is none of the desk's"),
        (f'{ACCOUNT}password = "a"\n{ACCOUNT}password = "b"\n', "stands there twice; name all folders in one"),
        (f'{ACCOUNT}[imap.oauth]\ntoken_url = "http://login.example"\nclient_id = "x"\n', "https:// is meant"),
    ],
)
def test_an_account_that_cannot_be_meant_is_refused(text: str, said: str) -> None:
    with pytest.raises(WrongUse) as raised:
        read(text)
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_secret_of_the_wrong_kind_is_not_said_again() -> None:
    with pytest.raises(WrongUse) as raised:
        read(f'{ACCOUNT}[imap.oauth]\ntoken_url = "https://x.example/"\nclient_id = "x"\nrefresh_token = 4711\n')
    assert "4711" not in str(raised.value)


def test_what_is_not_set_is_the_usual() -> None:
    (account,) = accounts_of(read(f'{MAILBOXES}{ACCOUNT}password = "a"\n'))
    assert (account.port, account.security, account.folders) == (993, Security.TLS, ("INBOX",))
    assert account.mailbox == "support@example.org"  # that of its user
    assert (account.after, account.since_at, account.idle) == (After.MARK, None, True)
    assert account.poll == timedelta(minutes=1)
    assert "password" not in repr(account).replace("password_file", "")


def test_an_account_of_another_name_feeds_the_first_mailbox_unless_it_says_which() -> None:
    other = ACCOUNT.replace("Support@", "anybody@") + 'password = "a"\n'
    assert accounts_of(read(MAILBOXES + other))[0].mailbox == "sales@example.org"
    assert accounts_of(read(f'{MAILBOXES}{other}mailbox = "support@example.org"\n'))[0].mailbox == "support@example.org"


def test_what_is_set_reaches_the_gateway() -> None:
    text = f'{ACCOUNT}security = "starttls"\nsince = 2026-11-01\nafter = "move"\nmove_to = "Erledigt"\n'
    text += '[imap.oauth]\ntoken_url = "https://login.example/"\nclient_id = "me"\nrefresh_token = "r"\n'
    (account,) = accounts_of(read(text))
    assert (account.port, account.after, account.move_to) == (143, After.MOVE, "Erledigt")
    assert account.since_at == datetime(2026, 10, 31, 23, 0, tzinfo=UTC)  # midnight in Berlin
    assert account.oauth == OAuth("https://login.example/", "me", "", "r")


def test_a_password_lies_in_a_file_of_its_own(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    (account,) = accounts_of(read(f'{ACCOUNT}password_file = "{file}"\n'))
    with pytest.raises(Misconfigured, match=r"password_file .* cannot be read: it is not there"):
        account.secret()
    file.write_bytes(b"\n")
    with pytest.raises(Misconfigured, match="is empty"):
        account.secret()
    file.write_bytes(b"\xff")
    with pytest.raises(Misconfigured, match="no UTF-8"):
        account.secret()
    file.write_text(" geheim ä \n", encoding="utf-8")
    assert account.secret() == " geheim ä "


@pytest.mark.parametrize(
    ("set_to", "once_shown", "never"),
    [("", True, False), ("on", False, False), ("off", False, True), ("once shown", True, False)],
)
def test_reply_addresses_are_used_once_shown_always_or_never(set_to: str, once_shown: bool, never: bool) -> None:
    line = f'reply_addresses = "{set_to}"\n' if set_to else ""
    policy = read(f'{MAILBOXES}{ACCOUNT}password = "a"\n{line}').policy()
    assert ("support@example.org" in policy.reply_address_once_shown) is once_shown
    assert ("support@example.org" in policy.no_reply_address) is never
    assert "sales@example.org" not in policy.reply_address_once_shown


def test_accounts_can_stand_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRIEF_IMAP", '[{"server": "imap.example.org", "user": "x", "password": "y"}]')
    assert accounts_of(read_settings())[0].name == "x at imap.example.org"
