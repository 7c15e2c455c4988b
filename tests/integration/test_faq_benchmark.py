"""The benchmark of the search runs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_search_benchmark_measures_against_fts5() -> None:
    command = [sys.executable, "-m", "benchmarks.search", "--smoke"]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=True, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert {"build", "typed prefix", "keystroke with typos", "sentence", "suggestion for a mail"} <= {
        row["what"] for row in rows
    }
    assert all(row["cpu_p99_to_fts5"] > 0 for row in rows if row["what"] == "sentence")
    mail = next(row for row in rows if row["what"] == "suggestion for a mail")
    assert mail["wanted"].keys() <= mail.keys()
    assert mail["cpu_p99_first_ms"] > 0
