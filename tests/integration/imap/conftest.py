"""A real Dovecot for the tests of the IMAP door, and a desk that fetches from it."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from imapclient import IMAPClient
from sqlalchemy import func, select

from mailgateway.intake import walk_due
from mailgateway.receive import Keeper
from mailgateway.sources.imap import ImapDoor
from mailgateway.sources.imap_account import ImapAccount, Patience, Security
from mailgateway.sources.imap_into import Into
from storage.database import Database, open_database
from storage.group import GroupCommit
from storage.tables import ConversationRow, EnvelopeRow, ImapMailRow, OutboxRow
from threads.hours import Calendar
from threads.model import Mailbox
from threads.policy import Policy

Until = Callable[..., Any]
PASSWORD = 'geheim mit "ä" und \\'
POLICY = Policy(
    mailboxes=(Mailbox("support@localhost"), Mailbox("sales@localhost")),
    calendar=Calendar("Mo-Fr 08:00-17:00", "Europe/Berlin", "DE"),
)
QUICK = Patience(connect=10.0, answer=10.0, idle=60.0, lease=60.0, leave=2.0)

CONFIGURATION = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
default_internal_user = {internal}
default_internal_group = {internal_group}
default_login_user = {login}
first_valid_uid = 1
first_valid_gid = 1
mail_location = maildir:~/Maildir
namespace inbox {{
  inbox = yes
  mailbox Weggelegt {{
    special_use = \\Trash
  }}
  mailbox Hinausgegangen {{
    special_use = \\Sent
  }}
}}
disable_plaintext_auth = no
auth_mechanisms = plain login xoauth2 oauthbearer
auth_failure_delay = 0
auth_verbose = yes
mail_max_userip_connections = 100
ssl = yes
ssl_cert = <{certificate}
ssl_key = <{key}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
{passdb}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%u
}}
"""
STATIC = "passdb {{\n  driver = passwd-file\n  args = scheme=plain username_format=%u {folder}/users\n}}"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class ImapServer:
    """A Dovecot with configuration, users and mail in a folder of its own. Every user has the one password."""

    certificate: Path
    key: Path
    wait_until: Until
    passdb: str = STATIC
    password: str = PASSWORD
    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="brief-imap-")))
    port: int = field(default_factory=_free_port)
    tls_port: int = field(default_factory=_free_port)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it on the same ports as before, and wait until it greets."""
        self._configure()
        command = ["dovecot", "-F", "-c", str(self.folder / "dovecot.conf")]
        self.process = subprocess.Popen(command, start_new_session=True, stdin=subprocess.DEVNULL)
        self.wait_until(self._greets)

    def kill(self) -> None:
        """End it as a power cut would."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(10)
            self.process = None
            self.wait_until(self._has_let_go)  # its children may outlive it by a moment, with its ports
            shutil.rmtree(self.folder / "run", ignore_errors=True)

    def hang(self) -> None:
        """Say nothing more, and keep every connection."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGSTOP)

    def go_on(self) -> None:
        """Speak again."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGCONT)

    def remove(self) -> None:
        """Leave nothing of it."""
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    @contextlib.contextmanager
    def client(self, user: str, folder: str = "INBOX") -> Iterator[IMAPClient]:
        """A mail program of the user's own."""
        with IMAPClient("127.0.0.1", self.port, ssl=False, timeout=10) as client:
            client.plain_login(user, self.password)
            if not client.folder_exists(folder):
                client.create_folder(folder)
            client.select_folder(folder)
            yield client

    def put(self, user: str, *mails: bytes, folder: str = "INBOX", at: datetime | None = None) -> None:
        """Have mails delivered."""
        with self.client(user, folder) as client:
            for mail in mails:
                client.append(folder, mail, msg_time=at or datetime.now(UTC))

    def drop(self, user: str, *mails: bytes) -> None:
        """Have many mails delivered at once, as a mail server on the same machine does."""
        with self.client(user):
            pass  # the folder is there now
        new = self.folder / "mail" / user / "Maildir" / "new"
        owner = new.stat()
        for number, mail in enumerate(mails):
            file = new / f"{int(time.time())}.{number:06}.test"
            file.write_bytes(mail.replace(b"\r\n", b"\n"))
            os.chown(file, owner.st_uid, owner.st_gid)

    def flags(self, user: str, folder: str = "INBOX") -> dict[int, set[bytes]]:
        """The flags of every mail in a folder."""
        with self.client(user, folder) as client:
            found = client.get_flags(client.search())
        return {uid: set(flags) - {b"\\Recent"} for uid, flags in found.items()}

    def number_anew(self, user: str, uidvalidity: int, folder: str = "INBOX") -> None:
        """Begin a new life of a folder, as a server does that was restored."""
        command = ["doveadm", "-c", str(self.folder / "dovecot.conf"), "mailbox", "update", "-u", user]
        subprocess.run([*command, "--uid-validity", str(uidvalidity), folder], check=True, timeout=20)

    def _greets(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), 2) as connection:
                connection.settimeout(2)
                return connection.recv(5) == b"* OK "
        except OSError:
            return False

    def _has_let_go(self) -> bool:
        try:
            for port in (self.port, self.tls_port):
                socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            return False
        return True

    def _configure(self) -> None:
        root = os.geteuid() == 0
        me = pwd.getpwuid(os.geteuid())
        mail = pwd.getpwnam("nobody") if root else me
        self.folder.chmod(0o755)
        for name in ("run", "state", "mail"):
            (self.folder / name).mkdir(exist_ok=True)
        if root:
            os.chown(self.folder / "mail", mail.pw_uid, mail.pw_gid)
        names = [f"user{number}" for number in range(200)]
        (self.folder / "users").write_text("".join(f"{name}:{self.password}\n" for name in names), encoding="utf-8")
        for source, name in ((self.certificate, "certificate.pem"), (self.key, "key.pem")):
            shutil.copyfile(source, self.folder / name)
        text = CONFIGURATION.format(
            folder=self.folder,
            port=self.port,
            tls_port=self.tls_port,
            internal="dovecot" if root else me.pw_name,
            internal_group="dovecot" if root else str(me.pw_gid),
            login="dovenull" if root else me.pw_name,
            uid=mail.pw_uid,
            gid=mail.pw_gid,
            certificate=self.folder / "certificate.pem",
            key=self.folder / "key.pem",
            passdb=self.passdb.format(folder=self.folder),
        )
        (self.folder / "dovecot.conf").write_text(text, encoding="utf-8")


@contextlib.contextmanager
def _running(server: ImapServer) -> Iterator[ImapServer]:
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture(scope="session")
def shared_imap_server(own_certificate: Any, wait_until: Until) -> Iterator[ImapServer]:
    """One Dovecot for all tests that leave it alone."""
    with _running(ImapServer(own_certificate.file, own_certificate.key, wait_until)) as server:
        yield server


@pytest.fixture
def imap_server(own_certificate: Any, wait_until: Until) -> Iterator[ImapServer]:
    """A Dovecot of a test's own, to be killed and stopped."""
    with _running(ImapServer(own_certificate.file, own_certificate.key, wait_until)) as server:
        yield server


_users = iter(range(200))


@pytest.fixture
def user() -> str:
    """A user of the server who has no mail yet."""
    return f"user{next(_users)}"


@dataclass
class Desk:
    """What fetches: a keeper over a database, and the doors that were opened."""

    database: Database
    wait_until: Until
    policy: Policy = POLICY
    largest: int = 1_000_000
    ahead: timedelta = timedelta()
    doors: list[ImapDoor] = field(default_factory=list)
    woken: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.group = GroupCommit(self.database)
        self.keeper = Keeper(self.group, self.policy.mailboxes, largest=self.largest, on_kept=self.woken.set)
        self.into = Into(self.keeper, self.database, lambda: self.policy, self.now)

    def now(self) -> datetime:
        """The desk's clock."""
        return datetime.now(UTC) + self.ahead

    def fetch(self, account: ImapAccount, **options: Any) -> ImapDoor:
        """Open the door to an account."""
        door = ImapDoor(account, self.into, **options)
        self.doors.append(door)
        door.start()
        return door

    def connect(self, account: ImapAccount, **options: Any) -> ImapDoor:
        """Open the door to an account, and wait until every folder of every account is listened to."""
        door = self.fetch(account, **options)
        self.wait_until(self.connected)
        return door

    def connected(self) -> bool:
        """Whether every folder of every account is listened to."""
        return all(state.connected for door in self.doors for state in door.states)

    def stop(self) -> None:
        """Close every door."""
        for door in self.doors:
            assert door.stop() == []
        self.doors.clear()

    def close(self) -> None:
        """Close every door, and what stands behind them."""
        self.stop()
        self.group.close()

    def walk(self) -> Counter[str]:
        """Work through all that was kept."""
        total: Counter[str] = Counter()
        while tally := walk_due(self.database, self.policy, None, self.now()):
            total += tally
        return total

    def outcomes(self) -> Counter[str]:
        """What became of the mails on the server."""
        with self.database.reading() as session:
            return Counter(session.scalars(select(ImapMailRow.outcome)).all())

    def number(self, table: type[ConversationRow | OutboxRow | EnvelopeRow]) -> int:
        """How many rows there are."""
        with self.database.reading() as session:
            return session.scalar(select(func.count()).select_from(table)) or 0


@pytest.fixture
def make_desk(wait_until: Until) -> Iterator[Callable[..., Desk]]:
    """Makes desks: `make_desk(database, largest=1000)`."""
    made: list[Desk] = []

    def make(database: Database, **options: Any) -> Desk:
        made.append(Desk(database, wait_until, **options))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def desk_of(database: Database, make_desk: Callable[..., Desk]) -> Callable[..., Desk]:
    """Makes desks of a test's own on one database."""
    return partial(make_desk, database)


@pytest.fixture
def desk(desk_of: Callable[..., Desk]) -> Desk:
    """A desk that fetches, on both databases."""
    return desk_of()


@pytest.fixture
def sqlite_database(sqlite_file_url: str) -> Iterator[Database]:
    """An SQLite file alone, for what no database matters to."""
    database = open_database(sqlite_file_url)
    yield database
    database.close()


@pytest.fixture
def sqlite_desk(sqlite_database: Database, make_desk: Callable[..., Desk]) -> Desk:
    """A desk on SQLite alone."""
    return make_desk(sqlite_database)


@pytest.fixture
def account_of() -> Callable[..., ImapAccount]:
    """Makes accounts: `account_of(server, user, after=After.MOVE)`."""

    def make(server: ImapServer, user: str, **options: Any) -> ImapAccount:
        usual = {
            "server": "127.0.0.1",
            "user": user,
            "mailbox": "support@localhost",
            "port": server.port,
            "security": Security.PLAIN,
            "password": server.password,
            "poll": timedelta(seconds=0.1),
            "patience": QUICK,
        }
        return ImapAccount(**{**usual, **options})

    return make
