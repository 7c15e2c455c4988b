"""Which tests run: what takes long only when asked for, and nothing whose program is not on this machine."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from typing import Any

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--prove` runs what takes long, too."""
    parser.addoption("--prove", action="store_true", help="run the long proofs, too")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the long proofs unless asked for, and tests whose program is not on this machine."""
    if not config.getoption("--prove"):
        proofs = [item for item in items if item.get_closest_marker("prove")]
        if proofs:
            config.hook.pytest_deselected(items=proofs)
            items[:] = [item for item in items if not item.get_closest_marker("prove")]
    for item in items:
        for marker in item.iter_markers("needs"):
            for program in marker.args:
                if shutil.which(program) is None:
                    item.add_marker(pytest.mark.skip(reason=f"needs {program}"))


def _left_out(reporter: Any) -> Counter[str]:
    """Which programs were missing, and for how many tests. Reports come here from xdist's workers, too."""
    reasons = [report.longrepr[2] for report in reporter.stats.get("skipped", []) if isinstance(report.longrepr, tuple)]
    return Counter(reason.rpartition("needs ")[2] for reason in reasons if reason.startswith("Skipped: needs "))


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Name what was left out."""
    missing = ", ".join(f"{program} ({n})" for program, n in sorted(_left_out(terminalreporter).items()))
    terminalreporter.write_line(f"left out: needs {missing}" if missing else "left out: nothing")


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """With BRIEF_TEST_ALL=1 a run that left anything out has failed."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None and os.environ.get("BRIEF_TEST_ALL") == "1" and _left_out(reporter):
        session.exitstatus = max(session.exitstatus, pytest.ExitCode.TESTS_FAILED)
