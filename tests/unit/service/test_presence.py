"""A desk says where it listens for as long as it runs, so that the doctor tells it from others."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from service.doctor import State
from service.doctor_network import port_checks
from service.ports import address_of
from service.presence import FOLDER, listening, presence
from service.settings import read_settings


def test_addresses_are_told_only_while_a_desk_runs(tmp_path: Path) -> None:
    assert listening(tmp_path) == set()
    with presence(tmp_path, ["127.0.0.1:2525", "127.0.0.1:8080"]):
        assert listening(tmp_path) == {"127.0.0.1:2525", "127.0.0.1:8080"}
    assert listening(tmp_path) == set()


def test_what_a_process_left_behind_tells_nothing_and_is_taken_away(tmp_path: Path) -> None:
    (tmp_path / FOLDER).mkdir()
    left = tmp_path / FOLDER / "123"
    left.write_text('["127.0.0.1:2525"]')
    assert listening(tmp_path) == set()
    with presence(tmp_path, []):
        assert not left.exists()


def test_the_doctor_tells_the_desk_that_runs_from_another_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        where = address_of(taken)
        monkeypatch.setenv("BRIEF_SMTP__LISTEN", where)
        monkeypatch.setenv("BRIEF_WEB__LISTEN", "127.0.0.1:0")
        settings = read_settings(None, tmp_path)

        foreign = port_checks(settings)[0]
        with presence(tmp_path, [where]):
            ours = port_checks(settings)[0]

    assert (foreign.state, ours.state) == (State.WARNING, State.OK)
    assert "another program, or by a desk of other data" in foreign.said
    assert "by the desk that runs" in ours.said
