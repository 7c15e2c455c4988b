"""The benchmark of intake runs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_each_result_is_one_line_with_all_its_figures() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.intake", "--smoke"], cwd=ROOT, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(lines) == 9
    assert all({"n", "median", "p95", "ratio"} <= set(line) for line in lines if "left_out" not in line)
    assert len({line["what"] for line in lines}) == len(lines)
