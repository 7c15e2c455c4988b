"""Which changed settings want a restart."""

from __future__ import annotations

from pathlib import Path

import pytest

from service.restart import AT_START, wants_a_restart
from service.settings import Settings, read_settings

IMAP = '[[imap]]\nserver = "mail.example.org"\nuser = "support@localhost"\npassword = "x"\n'


def settings(folder: Path, text: str) -> Settings:
    file = folder / "brief.toml"
    file.write_text(text)
    return read_settings(file, folder / "data")


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("", '[smtp]\ntrusted_authserv_id = "mx.example.org"\n', []),
        ("", '[smtp]\ntrusted_authserv_id = "mx.example.org"\nhostname = "a.example"\n', ["[smtp] hostname"]),
        ("", "[reply]\nundo_for = 60\n", []),
        (IMAP, IMAP + 'reply_addresses = "off"\n', []),
        (IMAP, IMAP + "idle = false\n", ["[[imap]]"]),
        (IMAP, IMAP + IMAP.replace("support", "zwei"), ["[[imap]]"]),
        ("", '[web]\ntitle = "Hilfe"\n[log]\nlevel = "debug"\n', ["[web] title", "[log] level"]),
        ("", '[database]\nurl = "postgresql://u:secret@db/x"\n', ["[database] url"]),
    ],
)
def test_what_wants_a_restart_is_named_and_nothing_else(
    tmp_path: Path, before: str, after: str, said: list[str]
) -> None:
    assert wants_a_restart(settings(tmp_path, before), settings(tmp_path, after)) == said


def test_what_is_taken_over_at_once_is_a_setting_of_its_section() -> None:
    for section, at_once in AT_START.items():
        of_section = Settings.model_fields[section].annotation
        kind = getattr(of_section, "__args__", [of_section])[0]
        assert at_once <= kind.model_fields.keys()
