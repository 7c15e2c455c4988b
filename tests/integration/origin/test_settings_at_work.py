"""What the settings name is asked: by `brief doctor`, by a running desk, and shown by /healthz and /metrics."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from faq.given import Wellness
from service.check import State
from service.checking import asked_checks
from service.health import health_of
from service.running import Running
from service.settings import Settings, read_settings
from threads.model import Envelope, Source


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def settings_of(folder: Path, text: str) -> Settings:
    (folder / "brief.toml").write_text(f'[[mailbox]]\naddress = "support@desk.example"\n{text}\n')
    return read_settings(data=folder / "data")


def test_the_doctor_asks_what_is_set_and_nothing_else(folder: Path, world: Any, closed_port: int) -> None:
    assert asked_checks(settings_of(folder, "")) == []
    well = settings_of(folder, f'[checks]\nnameservers = ["{world.address}"]')
    assert [(check.name, check.state) for check in asked_checks(well)] == [("dns", State.OK)]
    world.failing.add("desk.example")
    text = f'[checks]\nnameservers = ["{world.address}"]\n[rspamd]\nurl = "http://127.0.0.1:{closed_port}"\n'
    ill = asked_checks(settings_of(folder, f'{text}[clamd]\naddress = "127.0.0.1:{closed_port}"'))
    assert [(check.name, check.state, check.ok) for check in ill] == [
        (name, State.WARNING, True) for name in ("dns", "rspamd", "clamd")
    ]
    assert all(check.said.endswith("; mail goes on unchecked") for check in ill)


def test_a_running_desk_checks_its_mail_counts_it_and_names_who_does_not_answer(
    folder: Path, world: Any, closed_port: int, a_mail: Any
) -> None:
    world.txt("_dmarc.example.com", "v=DMARC1; p=reject")
    text = f'[checks]\nnameservers = ["{world.address}"]\nwithin = 10\n[clamd]\naddress = "127.0.0.1:{closed_port}"'
    running = Running.open(settings_of(folder, text))
    try:
        running._warm.set()
        envelope = Envelope(
            Source.SMTP, "anna@example.com", ("support@desk.example",), datetime.now(UTC), "203.0.113.7", "mx.example"
        )
        running.keeper.keep(envelope, a_mail()).result(20)
        assert running.walk() == {"done": 1}
        how_well, lines = health_of(running)
        assert how_well is Wellness.DEGRADED
        assert any(line.startswith("clamd: warning: clamd at 127.0.0.1") for line in lines)
        metrics = running.metrics.text().decode()
    finally:
        running.close()
    assert 'brief_checks_total{outcome="forged"} 1.0' in metrics
    assert 'brief_checks_total{outcome="clamd failed"} 1.0' in metrics
