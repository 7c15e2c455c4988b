"""Which tests run, and what each of them may use without any server: patience, a clock, and mails.

What takes long runs only when asked for, and nothing whose program is not on this machine.
"""

from __future__ import annotations

import gc
import os
import shutil
import time
from collections import Counter
from collections.abc import Callable, Generator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP as CRLF
from typing import Any

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--prove` runs what takes long, too."""
    parser.addoption("--prove", action="store_true", help="run the long proofs, too")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Two more than there are cores: half of the time a test waits for a server or another program."""
    return (os.cpu_count() or 1) + 2


def pytest_collection_finish() -> None:
    """What stays until the end is looked through no more: a twelfth of the time went into searching it for garbage."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the long proofs unless asked for, and tests whose program is not on this machine.

    What runs whole programs comes first, in any order: no worker is left alone with it at the end.
    """
    items.sort(key=lambda item: "acceptance" not in item.path.parts)
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


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> Generator[None]:
    """The very last line names what was left out; with BRIEF_TEST_ALL=1 a run that left anything out has failed."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    left_out = _left_out(reporter) if reporter is not None else Counter()
    if left_out and os.environ.get("BRIEF_TEST_ALL") == "1":
        session.exitstatus = max(session.exitstatus, pytest.ExitCode.TESTS_FAILED)
    yield
    if reporter is not None:
        missing = ", ".join(f"{program} ({n})" for program, n in sorted(left_out.items()))
        reporter.write_line(f"left out: needs {missing}" if missing else "left out: nothing")


# ---------------------------------------------------------------- patience


@pytest.fixture(scope="session")
def wait_until() -> Callable[..., Any]:
    """Waits until a fact is one, as in `wait_until(lambda: log.exists(), within=5)`; what the fact was then.

    For what another process makes, or another thread without a sign: there is nothing else to wait on.
    """

    def wait(fact: Callable[[], Any], within: float = 30.0) -> Any:
        end = time.monotonic() + within
        while not (found := fact()):
            if time.monotonic() >= end:
                pytest.fail(f"was not so within {within} s")
            time.sleep(0.02)
        return found

    return wait


# ---------------------------------------------------------------- time


class Clock:
    """A clock that stands still until a test moves it. Calling it gives the time, aware and in UTC."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        """The time that it shows."""
        return self.now

    def set(self, now: datetime) -> None:
        """Move it to a time, given with its zone."""
        self.now = now.astimezone(UTC)

    def forward(self, **by: float) -> datetime:
        """Move it on, as in `forward(minutes=5)`; the new time."""
        self.now += timedelta(**by)
        return self.now


@pytest.fixture
def clock() -> Clock:
    """A settable clock, which begins on a Tuesday at ten in Berlin."""
    return Clock(datetime(2026, 11, 24, 9, 0, tzinfo=UTC))


# ---------------------------------------------------------------- mails


@dataclass
class MailMaker:
    """Makes mails as mail programs write them: call it with what matters to the test."""

    made: int = 0

    def __call__(
        self,
        author: str = "Anna Beispiel <anna@example.com>",
        to: str = "support@localhost",
        cc: str = "",
        subject: str = "Frage zur Rechnung",
        text: str = "Guten Tag,\n\nwo finde ich meine Rechnung?\n\nViele Grüße\nAnna\n",
        html: str = "",
        message_id: str | None = "",
        in_reply_to: str = "",
        references: str = "",
        headers: dict[str, str] | None = None,
        date: datetime | str | None = "",
        attachments: tuple[tuple[str, str, bytes], ...] = (),
    ) -> bytes:
        """The bytes of a mail. None for `message_id` or `date` leaves that header out; "" makes a fresh one."""
        self.made += 1
        mail = EmailMessage(policy=CRLF)
        standard = {
            "From": author,
            "To": to,
            "Cc": cc,
            "Subject": subject,
            "Date": self._date(date),
            "Message-ID": None if message_id is None else message_id or f"<mail-{self.made}@mail.example.com>",
            "In-Reply-To": in_reply_to,
            "References": references,
        }
        for name, value in {**standard, **(headers or {})}.items():
            if value:
                mail[name] = value
        mail.set_content(text)
        if html:
            mail.add_alternative(html, subtype="html")
        for name, kind, data in attachments:
            main, _, sub = kind.partition("/")
            mail.add_attachment(data, maintype=main, subtype=sub, filename=name)
        return mail.as_bytes()

    def _date(self, date: datetime | str | None) -> str | None:
        if date == "":
            date = datetime(2026, 11, 24, 9, 0, tzinfo=UTC) + timedelta(minutes=self.made)
        return date.strftime("%a, %d %b %Y %H:%M:%S %z") if isinstance(date, datetime) else date


@pytest.fixture
def a_mail() -> MailMaker:
    """Makes the bytes of a mail: `a_mail(subject="...", in_reply_to="<...>")`."""
    return MailMaker()
