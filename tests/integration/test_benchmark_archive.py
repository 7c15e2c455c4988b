"""The benchmark of archives runs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_an_archive_is_measured_when_it_is_new_and_when_it_is_there() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.archive", "--smoke"], cwd=ROOT, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    first, again = (json.loads(line) for line in done.stdout.splitlines())
    assert {"n", "median", "p95", "ratio", "an_hour", "last_tenth_to_first"} <= set(first)
    assert (first["n"], again["n"]) == (50, 50)
    assert again["median"] < first["median"]
