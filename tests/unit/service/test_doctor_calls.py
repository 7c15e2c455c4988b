"""What ladders call and will never reach as things stand, named with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from service.doctor_calls import uncallable
from service.settings import read_settings


def wrong(folder: Path, step: str, escalation: str = "") -> list[str]:
    """What is wrong with a ladder whose one step is this."""
    file = folder / "brief.toml"
    ladder = f'[[escalation.ladder]]\nname = "a"\nstep = [{{ at = "50%", tell = ["agents"], {step} }}]\n'
    file.write_text(f"[escalation]\n{escalation}\n{ladder}", encoding="utf-8")
    file.chmod(0o600)
    return list(uncallable(read_settings(file, folder / "data")))


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ('command = ["/nowhere/page"]', "there is no /nowhere/page, so it cannot be called"),
        ('command = ["no-such-program"]', "there is no program no-such-program on the PATH of this user"),
        ('command = ["/etc/passwd"]', "/etc/passwd is no program that this user may run"),
        ('command = ["/tmp"]', "/tmp is no program that this user may run"),
        ('webhook = "https://10.0.0.7/hook"', "10.0.0.7 lies in a private network and is not called"),
        ('webhook = "https://[::ffff:10.0.0.7]/hook"', "::ffff:10.0.0.7 lies in a private network"),
        ('webhook = "http://localhost:8000/hook"', "localhost lies in a private network"),
    ],
)
def test_what_cannot_be_called_is_named(tmp_path: Path, step: str, said: str) -> None:
    [found] = wrong(tmp_path, step)
    assert found.startswith(f'{tmp_path / "brief.toml"}, line 4: [[escalation.ladder]] "a": {said}')


@pytest.mark.parametrize(
    "step",
    [
        'command = ["/bin/sh", "-c", "true"]',
        'command = ["sh"]',
        'webhook = "https://hook.example.org/a"',
        "command = []",
    ],
)
def test_what_can_be_called_is_not_named(tmp_path: Path, step: str) -> None:
    assert wrong(tmp_path, step) == []


def test_a_private_network_that_is_allowed_is_not_named(tmp_path: Path) -> None:
    assert wrong(tmp_path, 'webhook = "https://10.0.0.7/hook"', "webhook_private = true") == []
