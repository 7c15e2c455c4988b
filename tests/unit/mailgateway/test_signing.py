"""What we sign, an independent verifier believes; and what is changed on the way, it does not."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import dkim
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailgateway.compose import compose
from mailgateway.signing import LONGEST_RECORD_STRING, Signer, SigningKey, key_file, make_key, signed
from storage.errors import OutOfStep
from storage.outgoing import Mailable, OutgoingMail

NOW = datetime(2025, 11, 24, 9, 0, tzinfo=UTC)
Keys = tuple[SigningKey, ...]


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    """One of each algorithm: making an RSA key takes a while."""
    folder = tmp_path_factory.mktemp("dkim")
    return (
        make_key(folder, "example.org", "brief", "rsa"),
        make_key(folder, "example.org", "brief-ed25519", "ed25519"),
    )


def a_letter(text: str = "Guten Tag,\n\nviele Grüße\n", subject: str = "Ihre Frage") -> OutgoingMail:
    return OutgoingMail(
        message_id="<letter@example.org>",
        envelope_from="support@example.org",
        author=Mailable("support@example.org", "Müller, Support"),
        to=(Mailable("anna@kundin.example", "Anna"),),
        subject=subject,
        text=text,
        date="Tue, 24 Nov 2026 10:00:00 +0100",
        references=tuple(f"<{number}-a-message-with-a-long-id@mail.kundin.example>" for number in range(20)),
    )


def published(keys: Sequence[SigningKey]) -> Callable[..., bytes | None]:
    """A DNS that knows these keys alone."""
    zone = {f"{key.name}.".encode(): key.record.encode() for key in keys}
    return lambda name, timeout=5: zone.get(name if isinstance(name, bytes) else name.encode())


def believed(mail: bytes, keys: Sequence[SigningKey]) -> list[bool]:
    """What dkimpy says of each signature, the topmost first."""
    return [_believed(dkim.DKIM(mail), number, keys) for number in range(len(keys))]


def _believed(verifier: dkim.DKIM, number: int, keys: Sequence[SigningKey]) -> bool:
    try:
        return bool(verifier.verify(number, dnsfunc=published(keys)))
    except dkim.ValidationError:  # how it says that the body was changed
        return False


def test_each_signature_is_believed(keys: Keys) -> None:
    mail = signed(compose(a_letter()), keys, NOW)
    assert believed(mail, keys) == [True, True]
    assert mail.count(b"DKIM-Signature:") == 2


def test_no_line_of_a_signature_is_longer_than_78_bytes(keys: Keys) -> None:
    mail = signed(compose(a_letter()), keys, NOW)
    assert max(len(line) for line in mail.partition(b"Date:")[0].split(b"\r\n")) <= 78


def test_the_mail_below_stays_as_it_was(keys: Keys) -> None:
    raw = compose(a_letter())
    assert signed(raw, keys, NOW).endswith(raw)
    assert signed(raw, (), NOW) == raw


@pytest.mark.parametrize("header", ["From", "To", "Cc", "Subject", "Date", "Reply-To", "Content-Type", "Message-ID"])
def test_a_second_header_breaks_the_signature(keys: Keys, header: str) -> None:
    mail = signed(compose(a_letter()), keys, NOW)
    added = f"{header}: eve@evil.example\r\n".encode() + mail
    assert believed(added, keys) == [False, False]


def test_another_text_breaks_the_signature(keys: Keys) -> None:
    mail = signed(compose(a_letter("Zahlen Sie an DE1")), keys, NOW)
    assert believed(mail.replace(b"DE1", b"DE2"), keys) == [False, False]


def test_what_relays_change_about_blanks_does_not(keys: Keys) -> None:
    mail = signed(compose(a_letter("Guten Tag,\n\nbis bald\n", "Ihre  Frage")), keys, NOW)
    changed = mail.replace(b"Subject: Ihre  Frage", b"SUBJECT:  Ihre Frage ").replace(b"bis bald", b"bis \t bald  ")
    assert changed != mail
    assert believed(changed + b"\r\n\r\n", keys) == [True, True]


@settings(max_examples=60)
@given(
    text=st.text(st.sampled_from(" \t\nabä.>-=\N{EURO SIGN}") | st.characters(exclude_categories=["Cs"]), max_size=200),
    subject=st.text(max_size=80),
)
def test_any_letter_of_ours_is_believed(keys: Keys, text: str, subject: str) -> None:
    assert believed(signed(compose(a_letter(text, subject)), keys, NOW), keys) == [True, True]


_VALUES = st.text(st.sampled_from("ab: ;=\t"), max_size=40)


@settings(max_examples=60)
@given(
    body=st.lists(st.text(st.sampled_from("ab \t."), max_size=20), max_size=8),
    headers=st.lists(st.tuples(st.sampled_from(["To", "SUBJECT", "cc", "X-Other"]), _VALUES, _VALUES), max_size=6),
)
def test_any_mail_is_canonicalised_as_dkimpy_does(
    keys: Keys, body: list[str], headers: list[tuple[str, str, str]]
) -> None:
    lines = ["From: support@example.org", *(f"{name}: {one}x\r\n\t{two}y" for name, one, two in headers)]
    raw = "\r\n".join([*lines, "", *body, ""]).encode()
    assert believed(signed(raw, keys, NOW), keys) == [True, True]


def test_the_same_mail_at_the_same_time_has_the_same_signature(keys: Keys) -> None:
    raw = compose(a_letter())
    assert signed(raw, keys, NOW) == signed(raw, keys, NOW)


def test_a_key_is_for_its_owner_alone_and_is_not_made_twice(tmp_path: Path) -> None:
    first = make_key(tmp_path / "dkim", "example.org", "brief", "ed25519")
    path = key_file(tmp_path / "dkim", "example.org", "brief")
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert make_key(tmp_path / "dkim", "example.org", "brief", "rsa").public == first.public


def test_the_strings_of_a_record_fit_the_dns_and_make_the_record(keys: Keys) -> None:
    for key in keys:
        strings = re.findall(r'"([^"]*)"', key.zone_line)
        assert "".join(strings) == key.record
        assert max(map(len, strings)) <= LONGEST_RECORD_STRING
        assert key.zone_line.startswith(f"{key.selector}._domainkey.example.org. IN TXT ")


def test_a_new_key_signs_as_soon_as_it_is_there(tmp_path: Path) -> None:
    signer = Signer(tmp_path, "brief", "both")
    raw = compose(a_letter())
    assert signer(raw, "example.org", NOW) == raw
    key = make_key(tmp_path, "example.org", "brief-ed25519", "ed25519")
    assert believed(signer(raw, "example.org", NOW), [key]) == [True]
    assert signer(raw, "other.example", NOW) == raw


def test_another_selector_signs_with_another_key(tmp_path: Path) -> None:
    make_key(tmp_path, "example.org", "brief", "ed25519")
    key = make_key(tmp_path, "example.org", "brief2", "ed25519")
    mail = Signer(tmp_path, "brief2")(compose(a_letter()), "example.org", NOW)
    assert b"s=brief2;" in mail
    assert believed(mail, [key]) == [True]


def test_a_file_that_holds_no_key_is_named(tmp_path: Path) -> None:
    path = key_file(tmp_path, "example.org", "brief")
    path.parent.mkdir()
    path.write_text("no key")
    with pytest.raises(OutOfStep, match=re.escape(str(path))):
        Signer(tmp_path, "brief").keys_of("example.org")


@pytest.mark.parametrize("domain", ["../../etc", "a/b", "..", "", "Bücher.example"])
def test_no_domain_leads_out_of_the_folder(tmp_path: Path, domain: str) -> None:
    path = key_file(tmp_path / "dkim", domain, "brief").resolve()
    assert path.parent.parent == (tmp_path / "dkim").resolve()
