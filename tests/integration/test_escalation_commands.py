"""Commands as a step of a ladder makes them: real programs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from time import monotonic

import pytest

from service.calls import run
from service.programs import Programs, without_settings
from threads.escalation.calling import Answered


def program(folder: Path, text: str) -> tuple[str, ...]:
    file = folder / "program.py"
    file.write_text(text, encoding="utf-8")
    return (sys.executable, str(file), "$HOME; ls")


def test_a_command_gets_json_and_its_arguments_as_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRIEF_RELAY__PASSWORD", "geheim")
    text = "import json, os, sys; print(json.load(sys.stdin)['a'], sys.argv[1], any(x.startswith('BRIEF_') for x in os.environ))"
    assert run(program(tmp_path, text), b'{"a": 1}') == Answered(done=True, said="1 $HOME; ls False")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("raise SystemExit(3)", "ended with 3"),
        ("import time; time.sleep(60)", "was ended after 0.5 s"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGTERM)", "was ended by SIGTERM"),
    ],
)
def test_a_command_that_fails_or_takes_too_long_says_so(tmp_path: Path, text: str, said: str) -> None:
    answered = run(program(tmp_path, text), b"{}", within=0.5 if "sleep" in text else 20)
    assert answered == Answered(done=False, said=f"{sys.executable} {said}")


def test_settings_are_kept_from_a_command_however_they_are_written() -> None:
    environment = {"BRIEF_RELAY__PASSWORD": "a", "brief_relay__password": "b", "Brief_Data": "c", "PATH": "/bin"}
    assert without_settings(environment) == {"PATH": "/bin"}


_LEAVES = """import os, sys, time
if os.fork():
    print("off it goes", flush=True)
    os._exit(0)
os.setsid()
open(sys.argv[2], "w").write(str(os.getpid()))
while True:
    print("x" * 100)
"""


def test_a_child_that_leaves_and_keeps_talking_is_not_listened_to(tmp_path: Path) -> None:
    left = tmp_path / "left"
    before = len(os.listdir("/proc/self/fd"))
    since = monotonic()
    answered = run((*program(tmp_path, _LEAVES), str(left)), b"{}")
    took = monotonic() - since
    with suppress(OSError, ValueError):  # it was ended by its output, which nobody reads any more, or before it left
        os.kill(int(left.read_text()), signal.SIGKILL)
    assert answered.done
    assert took < 5
    assert len(answered.said) <= 4096
    assert not [each for each in threading.enumerate() if each.name == "reader"]
    assert len(os.listdir("/proc/self/fd")) == before


def test_a_desk_that_stops_leaves_no_command_behind(tmp_path: Path) -> None:
    programs, began = Programs(), tmp_path / "began"
    text = f"import pathlib, time; pathlib.Path({str(began)!r}).touch(); time.sleep(600)"
    answers: list[Answered] = []
    made = threading.Thread(target=lambda: answers.append(run(program(tmp_path, text), b"{}", 60, programs)))
    made.start()
    until = monotonic() + 20
    while not began.exists() and monotonic() < until:
        made.join(0.02)
    programs.end_all()
    made.join(20)
    assert [each.said for each in answers] == [f"{sys.executable} was ended by SIGKILL"]


_FIRST_PROCESS = """import ctypes, os, pathlib
from service.calls import run
ctypes.CDLL(None).prctl(36, 1)  # PR_SET_CHILD_SUBREAPER: orphans become its own, as those of a container do its first process's
print(run(("/bin/sh", "-c", "sleep 600 & sleep 600 & echo done"), b"{}").said)
print(pathlib.Path("/proc/self/task/" + str(os.getpid()) + "/children").read_text().split())
"""


def test_the_first_process_of_a_container_keeps_none_of_the_dead() -> None:
    """They would fill the table of processes, one with each command that starts others."""
    made = subprocess.run([sys.executable, "-c", _FIRST_PROCESS], capture_output=True, text=True, check=True)
    assert made.stdout.split("\n")[:2] == ["done", "[]"]


def test_of_what_a_command_says_only_the_beginning_is_kept(tmp_path: Path) -> None:
    answered = run(program(tmp_path, "print('x' * 10_000_000)"), b"{}")
    assert (answered.done, len(answered.said)) == (True, 4096)


def test_a_program_that_is_not_there_says_so() -> None:
    answered = run(("/nowhere/program",), b"{}")
    assert "could not be started" in answered.said
