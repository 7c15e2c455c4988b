"""The benchmark of working time runs, and it is as quick as it has to be."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
A_SECOND = 5_000


def test_working_time_is_added_and_measured_thousands_of_times_a_second() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.clock", "--smoke"], cwd=ROOT, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    swept = [(row["open"], row["due"]) for row in rows if row["what"] == "sweep"]
    assert swept == [(size, due) for size in (200, 1000) for due in (0, 1, 10, 50)]
    found = {row["what"]: row for row in rows if row["what"] != "sweep"}
    assert {"add, office hours", "between, office hours", "between, hours that change"} <= set(found)
    assert all(row["ratio_to_library"] > 0 for row in found.values())
    assert min(row["a_second"] for row in found.values()) >= A_SECOND
