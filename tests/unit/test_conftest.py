"""What is left out of a run is named at its end, and can be made to fail it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

TESTS = """
import pytest

@pytest.mark.needs("no-such-program")
def test_a(): pass

@pytest.mark.needs("sh", "no-such-program")
def test_b(): pass

@pytest.mark.needs("no-other-program")
def test_c(): pass

@pytest.mark.needs("sh")
def test_d(): pass

"""
PROOF = """
@pytest.mark.prove
def test_long(): pass
"""
SETTINGS = """
[pytest]
markers =
    needs: a program
    prove: takes long
"""


def run(folder: Path, *arguments: str, tests: str = TESTS + PROOF, **environment: str) -> tuple[int, str]:
    """Run some tests with our conftest, in a process of their own."""
    shutil.copy(Path(__file__).parents[2] / "conftest.py", folder)
    (folder / "test_some.py").write_text(tests)
    (folder / "pytest.ini").write_text(SETTINGS)
    command = [sys.executable, "-m", "pytest", "-q", "--rootdir", str(folder), "-p", "no:cacheprovider", *arguments]
    # only what is needed: the plugins of a whole run take seconds to load
    environment["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "BRIEF_"))}
    done = subprocess.run(
        command, cwd=folder, env={**inherited, **environment}, capture_output=True, text=True, timeout=100
    )
    return done.returncode, done.stdout


def test_where_all_is_asked_for_leaving_out_is_a_failure_also_with_many_workers(tmp_path: Path) -> None:
    code, said = run(tmp_path, "-p", "xdist", "-n", "2", BRIEF_TEST_ALL="1")
    assert code == 1
    assert said.endswith("left out: needs no-other-program (1), no-such-program (2)\n")


def test_programs_that_are_missing_are_named_and_long_proofs_run_when_asked_for(tmp_path: Path) -> None:
    code, said = run(tmp_path, "--prove")
    assert code == 0
    assert said.endswith("left out: needs no-other-program (1), no-such-program (2)\n")
    assert re.search(r"\b2 passed\b", said)


def test_where_nothing_is_left_out_it_is_said_and_a_long_proof_is_not_run(tmp_path: Path) -> None:
    code, said = run(tmp_path, tests=f"{TESTS.partition('@')[0]}def test_a(): pass\n{PROOF}", BRIEF_TEST_ALL="1")
    assert code == 0
    assert said.endswith("left out: nothing\n")
    assert re.search(r"\b1 passed\b.*\b1 deselected\b", said)
