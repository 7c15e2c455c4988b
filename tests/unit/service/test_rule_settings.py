from pathlib import Path

import pytest

from service.settings import read_settings
from storage.errors import WrongUse

MAILBOX = '[[mailbox]]\naddress = "support@example.org"\n'


@pytest.fixture(autouse=True)
def _in_an_empty_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


def written(*lines: str) -> None:
    Path("brief.toml").write_text(MAILBOX + "\n".join(["[[rule]]", 'name = "vip"', *lines, ""]), encoding="utf-8")


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([], "it fits every mail; give it a condition"),
        (['priority = "critical"'], "it fits every mail; give it a condition"),
        (['any_words = [""]'], "at least one letter or digit"),
        (['no_words = ["!!!"]'], "at least one letter or digit"),
        (['sender = ["nagios"]'], 'as in "nagios@example.org" or "@example.org"'),
        (['sender = ["example.org"]'], 'as in "nagios@example.org" or "@example.org"'),
        (['mailbox = ["sales@example.org"]'], "line 5: [rule] mailbox sales@example.org is none of the desk's"),
        (
            ['any_words = ["a"]', "[[rule]]", 'name = "vip"', 'any_words = ["b"]'],
            "line 7: the rule 'vip' stands there twice",
        ),
    ],
)
def test_a_rule_that_could_never_fit_or_always_would_is_refused(lines: list[str], said: str) -> None:
    written(*lines)
    with pytest.raises(WrongUse) as raised:
        read_settings()
    assert said in str(raised.value)
    assert str(raised.value).startswith("brief.toml, line ")


def test_a_rule_may_name_addresses_whole_domains_and_mailboxes_of_ours() -> None:
    written('sender = ["Nagios@Example.org", "@Müller.example"]', 'mailbox = ["support@example.org"]', "opens = true")
    (rule,) = read_settings().rule
    assert rule.sender == ("nagios@example.org", "@xn--mller-kva.example")


def test_settings_that_a_windows_editor_saved_are_read() -> None:
    Path("brief.toml").write_text(MAILBOX, encoding="utf-8-sig")
    assert [mailbox.address for mailbox in read_settings().mailboxes] == ["support@example.org"]
