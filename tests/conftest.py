"""What tests share that needs a server: a database of each kind, and the outside world."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import ssl
import tempfile
import threading
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
import structlog
from hypothesis import settings
from sqlalchemy import Dialect, Engine, create_engine, event

from storage.database import Database, open_database, sqlite_url
from tests.postgres import PostgresServer, make_tables

# ---------------------------------------------------------------- the machine

settings.register_profile("untimed", deadline=None)  # how long an example takes says how busy the machine is
settings.load_profile("untimed")


@pytest.fixture(autouse=True)
def every_event_counts() -> None:
    """Nothing is left of a command that ran here before, and may have said that only what is critical is logged."""
    structlog.reset_defaults()


@pytest.fixture(scope="session", autouse=True)
def _no_settings_of_the_machine() -> Iterator[None]:
    """A desk of a test, in this process or another, takes nothing from whoever runs the tests."""
    with pytest.MonkeyPatch.context() as patch:
        for name in os.environ.keys() - {"BRIEF_TEST_ALL"}:  # which is no setting, and wanted when the run ends
            if name.startswith("BRIEF_"):
                patch.delenv(name)
        patch.setenv("BRIEF_FAQ__SEMANTIC", "off")  # a model for each desk of a test would keep the machine busy
        patch.setenv("BRIEF_FAQ__OPEN_THESAURUS", "off")  # only some machines have it
        yield


# ---------------------------------------------------------------- databases


@pytest.fixture(scope="session", autouse=True)
def _each_statement_is_compiled_once() -> Iterator[None]:
    """Whatever database a test opens, statements were compiled before as in a desk that runs: half its time went there."""
    dialects: dict[str, Dialect] = {}
    compiled: dict[Any, Any] = {}

    def make_engine(*where: Any, **how: Any) -> Engine:
        engine = create_engine(*where, **how)
        engine.update_execution_options(compiled_cache=compiled)
        if engine.name in dialects:
            engine.dialect = dialects[engine.name]
        else:  # known once it was asked for its version, which a server that is away cannot answer
            event.listen(engine.pool, "connect", lambda *_: dialects.setdefault(engine.name, engine.dialect))
        return engine

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("storage.database.create_engine", make_engine)
        yield


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with all tables, to be copied."""
    path = tmp_path_factory.mktemp("template") / "template.sqlite"
    make_tables(sqlite_url(path))
    return path


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[PostgresServer]:
    """A real PostgreSQL, one for each worker of a test run."""
    folder = Path(tempfile.mkdtemp(prefix="brief-pg-"))  # short: the path of a socket has at most 107 bytes
    server = PostgresServer(folder)
    yield server
    server.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgresql_url(postgresql_server: PostgresServer) -> Iterator[str]:
    """The URL of a fresh PostgreSQL database with all tables."""
    url = postgresql_server.lend()
    yield url
    postgresql_server.take_back(url)


@pytest.fixture
def empty_postgresql_url(postgresql_server: PostgresServer) -> Iterator[str]:
    """The URL of a PostgreSQL database without any table."""
    url = postgresql_server.new_database(template="template1")
    yield url
    postgresql_server.drop(url)


@pytest.fixture
def sqlite_file_url(tmp_path: Path, sqlite_template: Path) -> str:
    """The URL of a fresh SQLite file with all tables."""
    path = tmp_path / "desk.sqlite"
    shutil.copyfile(sqlite_template, path)
    path.chmod(0o600)
    return sqlite_url(path)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of a fresh database with all tables, of each kind in turn."""
    name = "sqlite_file_url" if request.param == "sqlite" else "postgresql_url"
    url: str = request.getfixturevalue(name)
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database without any table, of each kind in turn."""
    if request.param == "sqlite":
        database = open_database(sqlite_url(tmp_path / "empty.sqlite"))
    else:
        database = open_database(request.getfixturevalue("empty_postgresql_url"))
    yield database
    database.close()


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A fresh database with all tables, of each kind in turn."""
    opened = open_database(database_url)
    yield opened
    opened.close()


# ---------------------------------------------------------------- the outside world


@dataclass(frozen=True)
class Received:
    """A mail that the outside world took."""

    mail_from: str
    recipients: tuple[str, ...]
    data: bytes
    tls: bool


@dataclass
class OutsideWorld:
    """A real SMTP server that mail of ours goes out to. It takes everything, until it is told otherwise."""

    tls: ssl.SSLContext | None = None
    received: list[Received] = field(default_factory=list)
    host: str = "127.0.0.1"
    port: int = 0
    _answers: dict[str, str] = field(default_factory=dict)
    _at_data: str = ""
    _patience: threading.Event = field(default_factory=threading.Event)
    _news: threading.Condition = field(default_factory=threading.Condition)
    hanging: threading.Event = field(default_factory=threading.Event)
    """Set while a mail hangs at the end of its DATA."""

    @property
    def url(self) -> str:
        """The relay that a desk is to be given."""
        return f"smtp://{self.host}:{self.port}"

    def answer(self, recipient: str, reply: str) -> None:
        """Answer with this reply, such as "550 5.1.1 unknown", when a recipient is named; "" takes it again."""
        self._answers[recipient] = reply

    def answer_data(self, reply: str) -> None:
        """Answer with this reply at the end of DATA; "" takes mail again."""
        self._at_data = reply

    def hang(self) -> None:
        """Keep silent at the end of DATA, until `go_on`."""
        self._patience.clear()

    def go_on(self) -> None:
        """End the silence."""
        self._patience.set()

    def wait_for(self, number: int, seconds: float = 20.0) -> list[Received]:
        """The mails that came, once there are so many. Fails where they do not come in time."""
        with self._news:
            assert self._news.wait_for(lambda: len(self.received) >= number, seconds), (
                f"{len(self.received)} of {number} mails came in {seconds} s"
            )
        return list(self.received)

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802 - aiosmtpd's name
        """What aiosmtpd asks at RCPT."""
        answer = self._answers.get(address, "")
        if not answer or answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer or "250 2.1.5 Ok"

    async def handle_DATA(self, _server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        """What aiosmtpd asks at the end of DATA."""
        if not self._patience.is_set():
            self.hanging.set()
            await asyncio.to_thread(self._patience.wait, 30)
            self.hanging.clear()
        if self._at_data:
            return self._at_data
        mail = Received(envelope.mail_from, tuple(envelope.rcpt_tos), envelope.content, session.ssl is not None)
        with self._news:
            self.received.append(mail)
            self._news.notify_all()
        return "250 2.0.0 Ok: taken"

    def start(self) -> None:
        """Open the door, on the same port as before where there was one."""
        self._patience.set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="outside-world", daemon=True)
        self._thread.start()
        self._do(self._open())

    def stop(self) -> None:
        """Be away: connections are refused."""
        self.go_on()
        self._do(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _open(self) -> None:
        from aiosmtpd.smtp import SMTP

        class Session(SMTP):
            def eof_received(self) -> bool | None:
                super().eof_received()
                return False  # hang up, too: aiosmtpd leaves that to chance

        def session() -> SMTP:
            return Session(
                self, hostname="outside.example", tls_context=self.tls, enable_SMTPUTF8=True, loop=self._loop
            )

        self._server = await self._loop.create_server(session, self.host, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        for listening in self._server.sockets:
            self._loop.remove_reader(listening.fileno())
        await self._some_turns()  # what was just accepted needs a server that is open, or asyncio forgets to close it
        self._server.close()
        await self._loop.shutdown_default_executor()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._server.wait_closed(), 2)

    async def _some_turns(self) -> None:
        for _ in range(5):
            await asyncio.sleep(0)


@pytest.fixture
def outside_world() -> Iterator[OutsideWorld]:
    """A real SMTP server which can be told to answer 250, 451, 550, or to hang."""
    world = OutsideWorld()
    world.start()
    yield world
    world.stop()


@dataclass
class Certificate:
    """A certificate for 127.0.0.1 that signs itself, so it is its own authority."""

    file: Path
    key: Path

    def server_context(self) -> ssl.SSLContext:
        """What a server shows it with."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.file, self.key)
        return context


def make_certificate(folder: Path, *, serial: int = 1) -> Certificate:
    """Write a new certificate and its key into a folder, in place of what lies there."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "outside.example")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = (
        builder.serial_number(serial).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    )
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1")), x509.DNSName("localhost")])
    made = builder.add_extension(names, False).sign(key, hashes.SHA256())
    certificate = Certificate(folder / "certificate.pem", folder / "key.pem")
    certificate.file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    certificate.key.write_bytes(key.private_bytes(*form))
    return certificate


@pytest.fixture(name="make_certificate")
def make_certificate_fixture() -> Callable[..., Certificate]:
    """Writes certificates: `make_certificate(folder, serial=12)`."""
    return make_certificate


@pytest.fixture(scope="session")
def own_certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """A certificate that holds for who is told to trust `file`, and for nobody else."""
    return make_certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def secure_outside_world(own_certificate: Certificate) -> Iterator[OutsideWorld]:
    """An outside world that offers STARTTLS with `own_certificate`."""
    world = OutsideWorld(tls=own_certificate.server_context())
    world.start()
    yield world
    world.stop()
