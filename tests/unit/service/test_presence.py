"""A desk says where it listens for as long as it runs, so that the doctor tells it from others."""

from __future__ import annotations

import errno
import fcntl
import os
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import structlog

from service.check import Check, State
from service.doctor import checks
from service.doctor_network import port_checks
from service.doors import wanted
from service.ports import address_of
from service.presence import FOLDER, listening, presence, say_read_again
from service.serving import tell_of_others
from service.settings import read_settings
from storage.errors import Unavailable

SMTP = ("smtp", "127.0.0.1:2525")
WEB = ("web", "127.0.0.1:8080")


def told(data: Path) -> set[tuple[str, str]]:
    return {(each.door, each.where) for each in listening(data)}


def test_addresses_are_told_only_while_a_desk_runs(tmp_path: Path) -> None:
    assert told(tmp_path) == set()
    with presence(tmp_path, *SMTP):
        with presence(tmp_path, *WEB):
            assert told(tmp_path) == {SMTP, WEB}
        assert told(tmp_path) == {SMTP}
    assert told(tmp_path) == set()


def test_what_a_process_left_behind_tells_nothing_and_is_taken_away(tmp_path: Path) -> None:
    (tmp_path / FOLDER).mkdir()
    left = tmp_path / FOLDER / "123"
    left.write_text('["smtp", "127.0.0.1:2525"]')
    assert told(tmp_path) == set()
    with presence(tmp_path, *SMTP):
        assert not left.exists()


@pytest.mark.parametrize("door", [SMTP, ()])
def test_the_doctor_says_how_a_desk_reads_settings_again_that_were_changed_since(
    tmp_path: Path, door: tuple[str, ...]
) -> None:
    file = tmp_path / "brief.toml"
    file.write_text('[[mailbox]]\naddress = "support@localhost"\n')
    settings = read_settings(file, tmp_path / "data")

    def said() -> Check:
        return checks(settings)[0]

    assert said() == Check("settings", State.OK, str(file))
    with presence(settings.data, *door):
        assert said().state is State.OK
        os.utime(next((settings.data / FOLDER).iterdir()), (0, 0))
        assert said().state is State.WARNING
        assert f"`kill -HUP {os.getpid()}` has it read again" in said().said
        say_read_again(settings.data)
        assert said().state is State.OK
        os.utime(next((settings.data / FOLDER).iterdir()), (0, 0))
    assert said().state is State.OK


def test_a_desk_that_begins_while_another_does_takes_nothing_from_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flock = fcntl.flock

    def late(descriptor: int, operation: int) -> None:
        if operation == fcntl.LOCK_EX:  # its file is there, and not locked yet
            monkeypatch.setattr(fcntl, "flock", flock)
            with presence(tmp_path, *WEB):
                pass
        flock(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", late)
    with presence(tmp_path, *SMTP):
        assert told(tmp_path) == {SMTP}


@pytest.mark.parametrize(
    ("call", "number", "said"),
    [("fcntl.flock", errno.ENOLCK, "No locks available"), ("os.write", errno.ENOSPC, "its disk is full")],
)
def test_a_desk_that_cannot_say_where_it_listens_says_why_in_a_line_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, number: int, said: str
) -> None:
    def fail(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as broken:
        broken.setattr(call, fail)
        with pytest.raises(Unavailable, match=rf"^cannot say where .* in {tmp_path}/serving: {said}; "):
            presence(tmp_path, *SMTP).__enter__()
    assert list((tmp_path / FOLDER).iterdir()) == []


def test_desks_that_begin_at_the_same_moment_are_all_told(tmp_path: Path) -> None:
    together = threading.Barrier(9, timeout=30)

    def desk(number: int) -> None:
        together.wait()
        with presence(tmp_path, "smtp", f"127.0.0.1:{number}"):
            together.wait()
            together.wait()

    with ThreadPoolExecutor(8) as desks:
        for _ in range(20):
            done = [desks.submit(desk, number) for number in range(8)]
            together.wait()
            together.wait()
            there = told(tmp_path)
            together.wait()
            for each in done:
                each.result()
            assert there == {("smtp", f"127.0.0.1:{number}") for number in range(8)}


def test_the_doctor_tells_the_desk_that_runs_from_another_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        where = address_of(taken)
        monkeypatch.setenv("BRIEF_SMTP__LISTEN", where)
        monkeypatch.setenv("BRIEF_WEB__LISTEN", "127.0.0.1:0")
        settings = read_settings(None, tmp_path)

        foreign = port_checks(settings)[0]
        with presence(tmp_path, "smtp", where):
            ours = port_checks(settings)[0]

    assert (foreign.state, ours.state) == (State.WARNING, State.OK)
    assert "another program, or by a desk of other data" in foreign.said
    assert "by the desk that runs" in ours.said


@pytest.mark.parametrize(
    ("parts", "level"), [(("smtp", "worker"), "warning"), (("web",), "info"), (("worker",), "info")]
)
def test_a_desk_says_which_other_processes_serve_the_same_data_and_warns_of_the_same_doors(
    tmp_path: Path, parts: tuple[str, ...], level: str
) -> None:
    doors = wanted(read_settings(None, tmp_path), frozenset(parts))
    with structlog.testing.capture_logs() as logged:
        tell_of_others(listening(tmp_path), doors)
        assert logged == []
        with presence(tmp_path, *SMTP):
            tell_of_others(listening(tmp_path), doors)
    [said] = logged
    assert said["log_level"] == level
    assert said["open"] == [f"smtp at 127.0.0.1:2525 in process {os.getpid()}"]
