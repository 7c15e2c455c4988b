"""The benchmark of threading runs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.prove)])
def test_each_result_is_one_line_with_all_its_figures(database: str) -> None:
    asked = [sys.executable, "-m", "benchmarks.thread", "--smoke", "--databases", database]
    done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, timeout=110)
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(lines) == 10, "two stores, two kinds of mail, two times for each, and two inboxes"
    assert all({"n", "median", "p95", "p99", "ratio"} <= set(line) for line in lines)
    asking = [line for line in lines if line["what"].startswith("asking")]
    assert len(asking) == 4
    if database == "postgresql":
        assert all(line["to_bare"] > 1 for line in asking), "more is found than one row by its key"
    assert len({line["what"] for line in lines}) == len(lines)
