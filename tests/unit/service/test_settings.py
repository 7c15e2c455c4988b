import re
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from service.checking import checks_of
from service.desk import own_zone
from service.setting_types import duration, size
from service.settings import read_settings
from storage.errors import WrongUse
from threads.arrive import due_at_for
from threads.model import Priority, Urgency


@pytest.fixture(autouse=True)
def _in_an_empty_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


def refusal(text: str) -> str:
    Path("brief.toml").write_text(text, encoding="utf-8")
    with pytest.raises(WrongUse) as raised:
        read_settings()
    return str(raised.value)


def test_a_desk_without_settings_answers_for_support_at_localhost() -> None:
    settings = read_settings()
    assert [mailbox.address for mailbox in settings.mailboxes] == ["support@localhost"]
    assert settings.database_url.startswith("sqlite:///")
    assert settings.smtp.listen.startswith("127.0.0.1:")
    assert settings.reply.undo_for == timedelta(seconds=10)


def test_settings_cannot_be_changed_once_read() -> None:
    settings = read_settings()
    with pytest.raises(ValueError, match="frozen"):
        settings.smtp = settings.smtp
    with pytest.raises(ValueError, match="frozen"):
        settings.smtp.listen = "127.0.0.1:1"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            '[smtp]\nlistne = "127.0.0.1:1"\n',
            "brief.toml, line 2: there is no setting [smtp] listne; did you mean listen?",
        ),
        ('\n\n[smpt]\nlisten = "127.0.0.1:1"\n', "brief.toml, line 3: there is no setting smpt; did you mean smtp?"),
        ('[web]\nlisten = "8080"\n', "brief.toml, line 2: [web] listen: host and port are meant"),
        ('[smtp]\nlisten = "::1:25"\n', "brief.toml, line 2: [smtp] listen: host and port are meant"),
        ('[[mailbox]]\nname = "Support"\n', "brief.toml, line 1: [mailbox] address is missing"),
        (
            '[[mailbox]]\naddress = "a@b.de"\n[[mailbox]]\naddress = "c"\n',
            "brief.toml, line 4: [mailbox] address: a mail address is meant",
        ),
        (
            '[[mailbox]]\naddress = "a@b.de"\n[[mailbox]]\naddress = "A@b.de"\n',
            "brief.toml, line 4: the mailbox a@b.de stands there twice",
        ),
        ('[reply]\nundo_for = "soon"\n', "brief.toml, line 2: [reply] undo_for: a time is meant"),
        ('[relay]\nurl = "http://relay"\n', "brief.toml, line 2: [relay] url: a URL is meant"),
        ('[relay]\nurl = "smtp://"\n', "brief.toml, line 2: [relay] url: a URL is meant"),
        (
            '[database]\nurl = "mysql://desk"\n',
            "brief.toml, line 2: [database] url: mysql is no database that brief knows; write sqlite:////srv/desk.sqlite or",
        ),
        ('[database]\nurl = "sqlite+other:///desk"\n', "brief.toml, line 2: [database] url: sqlite+other is no"),
        ("[database]\nurl = 5\n", "brief.toml, line 2: [database] url: text in quotes is meant"),
        ('[smtp]\ncertificate = "/x.pem"\n', "brief.toml, line 2: [smtp] certificate and key belong together"),
        (
            '[web]\nmailbox = "no@example.org"\n',
            "brief.toml, line 2: [web] mailbox no@example.org is none of the desk's",
        ),
        ("[web]\nlanguages = []\n", "brief.toml, line 2: [web] languages: "),
        ('[[web.footer]]\nlabel = "x"\nurl = ""\n', "brief.toml, line 3: [web] footer.url: "),
        ('[hours]\nzone = "Mars/X"\n', "brief.toml, line 2: [hours] zone: a time zone is meant"),
        ('[[rule]]\nname = "x"\nkind = ["robot"]\n', "brief.toml, line 3: [rule] kind: input should be 'person'"),
        ('[answer]\nhigh = "0 min"\n', "brief.toml, line 2: [answer] high: a time longer than 0 is meant"),
        ('[[sla]]\nname = "g"\nfirst = { low = 0 }\n', "brief.toml, line 3: [sla] first.low: a time longer than 0"),
        ('[[rule]]\nname = ""\nany_words = ["x"]\n', "brief.toml, line 2: [rule] name: it may not be empty"),
        ('[mailbox]\naddress = "a@b.de"\n', "brief.toml, line 1: mailbox: a list is meant; a section"),
        ("\nsmtp = 3\n", "brief.toml, line 2: smtp: a section is meant, as in [smtp]"),
        ('[acknowledge]\nenabled = "perhaps"\n', "line 2: [acknowledge] enabled: true or false is meant"),
        ('[acknowledge]\nan_hour = "many"\n', "line 2: [acknowledge] an_hour: a whole number is meant"),
        ("[[mailbox]]\naddress = 'a@b.de'\nname = 3\n", "line 3: [mailbox] name: text in quotes is meant"),
        ("[smtp\n", "brief.toml, line 1: "),
        ("smtp", "brief.toml, at its end: "),
    ],
)
def test_a_wrong_setting_is_refused_with_its_line_and_what_was_meant(text: str, said: str) -> None:
    assert said in refusal(text)
    assert "\n" not in refusal(text)


def test_a_name_that_is_written_wrongly_is_told_before_what_is_missing_for_it() -> None:
    said = refusal('[[mailbox]]\nadress = "hilfe@example.org"\n')
    assert said == "brief.toml, line 2: there is no setting [mailbox] adress; did you mean address?"


def test_every_wrong_setting_is_named_with_its_line_in_the_order_of_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRIEF_SMPT__LISTEN", "x")
    monkeypatch.setenv("BRIEF_WEB__LISTEN", "x")
    said = refusal(
        '[relay]\nurl = "http://relay"\n'
        '[[mailbox]]\nadress = "a@b.de"\n[[mailbox]]\ntone = "Ihr"\n'
        '[database]\nurl = "mysql://x"\n'
    )
    assert [line.partition(";")[0].partition(" (")[0] for line in said.splitlines()] == [
        "the environment variable BRIEF_SMPT__LISTEN: there is no section [smpt]",
        'the environment variable BRIEF_WEB__LISTEN: [web] listen: host and port are meant, as in "127.0.0.1:2525"',
        'brief.toml, line 2: [relay] url: a URL is meant, as in "smtps://user@relay.example.org:465"',
        "brief.toml, line 4: there is no setting [mailbox] adress",
        "brief.toml, line 5: [mailbox] address is missing",
        "brief.toml, line 6: [mailbox] tone: input should be 'du' or 'Sie'",
        "brief.toml, line 8: [database] url: mysql is no database that brief knows",
    ]


def test_everything_that_is_wrong_only_beside_other_settings_is_named() -> None:
    said = refusal(
        '[[mailbox]]\naddress = "a@b.de"\n[[mailbox]]\naddress = "a@b.de"\n'
        '[smtp]\ntls_listen = "127.0.0.1:0"\n[web]\nmailbox = "c@b.de"\n'
        '[[rule]]\nname = "x"\nmailbox = ["d@b.de"]\n[[rule]]\nname = "x"\nkind = ["loop"]\n'
    )
    assert [line.partition(":")[0] for line in said.splitlines()] == [
        f"brief.toml, line {line}" for line in (4, 6, 8, 11, 13)
    ]


def test_a_certificate_of_the_relay_that_is_not_there_is_named_with_its_setting() -> None:
    said = refusal('[relay]\nurl = "smtp+starttls://relay.example"\ncertificate = "/no/such/file"\n')
    assert said.startswith("brief.toml, line 3: [relay] certificate: there is no file /no/such/file")


def test_an_environment_variable_wins_over_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("brief.toml").write_text("[reply]\nundo_for = 20\n")
    monkeypatch.setenv("BRIEF_REPLY__UNDO_FOR", "0")
    assert read_settings().reply.undo_for == timedelta(0)


@pytest.mark.parametrize(
    ("variable", "value", "listen"),
    [
        ("BRIEF_LMTP__LISTEN", "", "127.0.0.1:2424"),
        ("BRIEF_LMTP", "", "127.0.0.1:2424"),
        ("BRIEF_LMTP", '{"listen": ""}', ""),
    ],
)
def test_an_empty_variable_leaves_the_file_as_it_is_and_json_can_empty_a_setting(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, listen: str
) -> None:
    Path("brief.toml").write_text('[lmtp]\nlisten = "127.0.0.1:2424"\n')
    monkeypatch.setenv(variable, value)
    assert read_settings().lmtp.listen == listen


@pytest.mark.parametrize(
    ("variable", "said"),
    [
        (
            "BRIEF_SMTP__LISTNE",
            "the environment variable BRIEF_SMTP__LISTNE: there is no setting [smtp] listne; did you mean listen?",
        ),
        (
            "BRIEF_SMPT__LISTEN",
            "the environment variable BRIEF_SMPT__LISTEN: there is no section [smpt]; did you mean smtp?",
        ),
    ],
)
def test_an_unknown_environment_variable_is_refused(monkeypatch: pytest.MonkeyPatch, variable: str, said: str) -> None:
    monkeypatch.setenv(variable, "127.0.0.1:1")
    with pytest.raises(WrongUse) as raised:
        read_settings()
    assert said in str(raised.value)


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("BRIEF_WEB__FOOTER", '[{"label": "x"}]', ": [web] footer.url is missing"),
        ("BRIEF_MAILBOX", '{"address": "a@b.de"}', ": mailbox: a list is meant"),
        ("BRIEF_DATABASE__URL", "mysql://desk", ": [database] url: mysql is no database that brief knows"),
    ],
)
def test_a_variable_that_holds_what_is_not_meant_is_named(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, said: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(WrongUse) as raised:
        read_settings()
    assert str(raised.value).startswith(f"the environment variable {variable}{said}")


@pytest.mark.parametrize(
    ("variable", "value"), [("BRIEF_MAILBOX", "support@example.org"), ("BRIEF_WEB__LANGUAGES", "de")]
)
def test_a_variable_that_should_hold_json_is_named(monkeypatch: pytest.MonkeyPatch, variable: str, value: str) -> None:
    monkeypatch.setenv("BRIEF_SMTP__HOSTNAME", "mx.example.org")  # no JSON, and none is meant
    monkeypatch.setenv(variable, value)
    with pytest.raises(WrongUse, match=f"the environment variable {variable}: JSON is meant"):
        read_settings()


@pytest.mark.parametrize(
    "text",
    [
        '[relay]\nurl = "smpt://desk:53cr3t@relay.example.org"',
        "[relay]\npassword = 530373",
        '[relay]\nurl = "smtp://desk:530373@:x"',
        '[database]\nurl = "mysql://desk:53cr3t@host/desk"',
        '[database]\nurl = "postgresql://desk:53cr3t@host:530373x/desk"',
        '[database]\nurl = "53cr3t"',
    ],
)
def test_what_may_hold_a_password_is_not_said_again_where_it_is_wrong(text: str) -> None:
    said = refusal(f"{text}\n")
    assert "line 2" in said
    assert "53" not in said


@pytest.mark.parametrize(("code", "alone"), [("BY", "Belarus"), ("be", "Belgium"), ("NW", "no country")])
def test_the_holidays_of_a_land_without_its_country_are_refused_where_germany_is_meant(code: str, alone: str) -> None:
    said = refusal(f'[hours]\nopening = "Mo-Fr 08:00-17:00"\nholidays = "{code}"\n')
    assert said.startswith(f'brief.toml, line 3: [hours] holidays: a Land is written "DE-{code.upper()}" (')
    assert f'"{code.upper()}" alone is {alone}' in said


@pytest.mark.parametrize(
    ("zone", "holidays"), [("Europe/Minsk", "BY"), ("Europe/Berlin", "DE-BY"), ("Europe/Berlin", "AT-9"), ("UTC", "NI")]
)
def test_other_holidays_are_those_of_the_country_that_is_named(zone: str, holidays: str) -> None:
    Path("brief.toml").write_text(f'[hours]\nzone = "{zone}"\nholidays = "{holidays}"\n')
    assert read_settings().policy().calendar.holidays == holidays


@pytest.mark.parametrize(("name", "value"), [("opening", "whenever"), ("holidays", "DE-XX"), ("holidays", "Mars")])
def test_hours_that_cannot_be_read_are_refused_with_their_file_and_line(name: str, value: str) -> None:
    Path("brief.toml").write_text(f'[hours]\nzone = "Europe/Berlin"\n{name} = "{value}"\n')
    with pytest.raises(WrongUse, match=rf"^brief\.toml, line 3: \[hours\] .*{value}"):
        read_settings().policy()


@pytest.mark.parametrize("zone", ["CET-1CEST,M3.5.0", ":/etc/localtime", "../../etc/passwd", ""])
def test_a_tz_that_is_no_name_of_a_zone_leaves_the_zone_of_the_settings(
    monkeypatch: pytest.MonkeyPatch, zone: str
) -> None:
    monkeypatch.setenv("TZ", zone)
    assert own_zone("Europe/Berlin") == "Europe/Berlin"
    monkeypatch.setenv("TZ", ":America/Lima")
    assert own_zone("Europe/Berlin") == "America/Lima"


def test_a_settings_file_that_is_missing_is_named() -> None:
    with pytest.raises(WrongUse, match=r"cannot read the settings nowhere\.toml"):
        read_settings(Path("nowhere.toml"))


def test_a_password_is_never_shown() -> None:
    Path("brief.toml").write_text('[relay]\nurl = "smtp://relay.example.org"\npassword = "s3cret"\n')
    assert "s3cret" not in repr(read_settings())


def test_the_commented_file_shows_every_setting_with_its_default(monkeypatch: pytest.MonkeyPatch) -> None:
    text = (Path(__file__).parents[3] / "templates" / "brief.toml").read_text(encoding="utf-8")
    shown = {line.lstrip("# ").split("=")[0].strip() for line in text.splitlines() if "=" in line}
    shown |= {
        line.lstrip("# ").strip("[]").rpartition(".")[2]
        for line in text.splitlines()
        if line.lstrip("# ").startswith("[")
    }
    from service import settings as module
    from service.setting_types import Section
    from service.settings import Settings

    for each in Section.__subclasses__():
        for name in each.model_fields:
            assert name in shown, f"{each.__name__}.{name} is not in templates/brief.toml"
    # what stands behind "#" for a plain default is the default
    defaults = module.read_settings()
    section = ""
    for line in text.splitlines():
        bare = line.removeprefix("# ")
        if bare.startswith("["):
            section = bare.strip("[] ")
        if line.startswith("# ") and " = " in bare and section in {"hours", "answer", "reply", "log", "acknowledge"}:
            name, value = (part.strip() for part in bare.split("=", 1))
            given = tomllib.loads(f"x = {value}")["x"]
            kind = type(getattr(defaults, section))
            assert getattr(kind(**{name: given}), name) == getattr(getattr(defaults, section), name), line
    assert isinstance(defaults, Settings)


@pytest.mark.parametrize(("text", "seconds"), [("90", 90), (1.5, 1.5), ("2 min", 120), ("4h", 14400), ("2 d", 172800)])
def test_a_time_may_be_written_with_its_unit(text: object, seconds: float) -> None:
    assert duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "-1", "1 week", True, "1e9", "nan"])
def test_what_is_no_time_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match="a time is meant"):
        duration(text)


def test_a_size_may_be_written_with_its_unit() -> None:
    assert size("50 MB") == 50 * 1024 * 1024


def test_a_firm_without_sunday_duty_promises_nothing_for_a_sunday() -> None:
    Path("brief.toml").write_text("[answer]\nround_the_clock = []\n")
    settings = read_settings()
    mailbox = settings.policy().mailboxes[0]
    sunday = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
    due_at = due_at_for(settings.policy(), mailbox, Urgency(Priority.CRITICAL, "", ""), sunday)
    assert due_at is not None
    assert due_at.isoformat() == "2026-11-23T09:00:00+01:00"


def test_every_setting_is_read_somewhere() -> None:
    from service.setting_types import Section
    from service.settings import AnswerSettings

    root = Path(__file__).parents[3]
    modules = [path for name in ("service", "threads", "mailgateway", "faq") for path in (root / name).rglob("*.py")]
    sources = [path.read_text(encoding="utf-8") for path in modules if path.name not in {"settings.py", "policy.py"}]
    read = set(re.findall(r"\.(\w+)", "\n".join(sources)))
    sections = [
        each for each in Section.__subclasses__() if each is not AnswerSettings
    ]  # read by the name of a priority
    unread = [f"{each.__name__}.{name}" for each in sections for name in each.model_fields if name not in read]
    assert unread == []


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ('[checks]\nnameservers = ["dns.example"]', "the IP address of a DNS server is meant"),
        ('[checks]\nwithin = "1 min"', "a time of at most 10 s is meant"),
        ('[checks]\nwithin = "0 s"', "a time of at most 10 s is meant"),
        ('[checks]\nour_networks = ["here"]', "is meant"),
        ('[checks]\ntrusted_sealers = ["a b"]', "a domain is meant"),
        ('[rspamd]\nurl = "127.0.0.1:11333"', "a URL is meant"),
        ('[clamd]\naddress = "clamd"', "host and port are meant"),
    ],
)
def test_what_is_asked_about_mail_is_refused_where_it_cannot_be_asked(text: str, meant: str) -> None:
    Path("brief.toml").write_text(text + "\n")
    with pytest.raises(WrongUse, match=meant) as error:
        read_settings()
    assert "brief.toml" in str(error.value)


def test_what_is_asked_about_mail_follows_the_settings() -> None:
    Path("brief.toml").write_text(
        '[checks]\nnameservers = ["192.0.2.53"]\nour_networks = ["198.51.100.7"]\ntrusted_sealers = ["Lists.Example.org"]\n'
        '[rspamd]\nurl = "http://127.0.0.1:11333/"\n[clamd]\naddress = "unix:/run/clamd"\n'
    )
    checks = checks_of(read_settings())
    assert checks.trust.is_ours("198.51.100.7")
    assert not checks.trust.is_ours("198.51.100.8")
    assert checks.trust.sealers == {"lists.example.org"}
    assert (checks.within, checks.rspamd and checks.rspamd.url) == (2.0, "http://127.0.0.1:11333")
    assert checks.clamd is not None
    assert checks.clamd.address == "/run/clamd"
    checks.close()
    Path("brief.toml").write_text("[checks]\ndns = false\n")
    assert checks_of(read_settings()).resolver is None
