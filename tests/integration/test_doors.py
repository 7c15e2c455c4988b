"""The doors of a desk in this process: what they leave behind, what they show, and who is told where they are."""

from __future__ import annotations

import asyncio
import smtplib
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

import service.doors as doors
from service.check import State
from service.doctor_network import certificate_check
from service.health import health_of
from service.knowledge_base import open_knowledge_base
from service.ports import open_socket
from service.presence import listening
from service.running import Running
from service.settings import Settings, read_settings
from storage.errors import Unavailable

DOORS = (
    '[[mailbox]]\naddress = "support@localhost"\n[smtp]\nlisten = "127.0.0.1:0"\n{more}[web]\nlisten = "127.0.0.1:0"\n'
)
TLS = 'tls_listen = "127.0.0.1:0"\ncertificate = "{folder}/certificate.pem"\nkey = "{folder}/key.pem"\n'


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Callable[..., Running]]:
    """Opens a desk with these lines in [smtp]."""
    opened: list[Running] = []

    def open_desk(more: str = "") -> Running:
        opened.append(Running.open(settings_in(tmp_path, more)))
        return opened[-1]

    yield open_desk
    for each in opened:
        each.close()


def settings_in(folder: Path, more: str) -> Settings:
    (folder / "brief.toml").write_text(DOORS.format(more=more))
    return read_settings(folder / "brief.toml", folder / "var")


def door_called(name: str) -> doors.Door:
    return next(each for each in doors.DOORS if each.name == name)


async def test_a_website_that_cannot_be_made_leaves_its_address_free(
    desk: Callable[..., Running], monkeypatch: pytest.MonkeyPatch
) -> None:
    bound: list[socket.socket] = []

    def remembered(*asked: Any, **options: Any) -> socket.socket:
        bound.append(open_socket(*asked, **options))
        return bound[-1]

    def broken(_running: Running) -> Any:
        raise Unavailable("its pages cannot be made")

    monkeypatch.setattr(doors, "open_socket", remembered)
    monkeypatch.setattr(doors, "website_of", broken)
    with pytest.raises(Unavailable, match="its pages cannot be made"):
        async with door_called("web").open(desk()):
            pass
    assert [each.fileno() for each in bound] == [-1]


async def test_a_door_that_opens_later_is_told_as_the_others_are(
    desk: Callable[..., Running], wait_until: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doors, "TRY_AGAIN_AFTER", (0.02,))
    running = desk()
    async with AsyncExitStack() as stack:
        with monkeypatch.context() as broken:
            broken.setattr(doors, "website_of", _not_yet)
            opened = await doors.open_doors(stack, running, [door_called("smtp"), door_called("web")])
            told = listening(running.settings.data)
            assert [f"smtp {each.where}" for each in told] == [f"{name} {where}" for name, where in opened.items()]
        await asyncio.to_thread(wait_until, lambda: not running.shut)
        told = listening(running.settings.data)
        web = next(each.where for each in told if each.door == "web")
        assert {each.door for each in told} == {"smtp", "web"}
        socket.create_connection(("127.0.0.1", int(web.rpartition(":")[2])), 10).close()
    assert listening(running.settings.data) == frozenset()


async def test_articles_are_named_where_the_website_is_open(desk: Callable[..., Running]) -> None:
    running = desk()
    async with AsyncExitStack() as stack:
        opened = await doors.open_doors(stack, running, [door_called("web")])
        with open_knowledge_base(running.settings) as base:
            assert base.site == opened["web"]
    with open_knowledge_base(running.settings) as base:
        assert base.site == f"http://{running.settings.web.listen}"


def _not_yet(_running: Running) -> Any:
    raise Unavailable("not yet")


# ---------------------------------------------------------------- certificates


def serial_over_starttls(where: str) -> int:
    host, _, port = where.rpartition(":")
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    with smtplib.SMTP(host, int(port), timeout=30) as client:
        client.starttls(context=trusting)
        assert isinstance(client.sock, ssl.SSLSocket)
        return serial_of(client.sock)


def serial_at_once(where: str) -> int:
    host, _, port = where.rpartition(":")
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    with smtplib.SMTP_SSL(host, int(port), timeout=30, context=trusting) as client:
        assert isinstance(client.sock, ssl.SSLSocket)
        return serial_of(client.sock)


def serial_of(connection: ssl.SSLSocket) -> int:
    shown = connection.getpeercert(binary_form=True)
    assert shown
    return x509.load_der_x509_certificate(shown).serial_number


async def shown_by(opened: dict[str, str]) -> tuple[int, int]:
    """The serial numbers of the certificates that the two doors show."""
    return (
        await asyncio.to_thread(serial_over_starttls, opened["smtp"]),
        await asyncio.to_thread(serial_at_once, opened["smtps"]),
    )


async def test_a_certificate_that_was_renewed_is_shown_once_the_settings_are_read_again(
    desk: Callable[..., Running], make_certificate: Callable[..., Any], tmp_path: Path, log: list[Any]
) -> None:
    make_certificate(tmp_path, serial=11)
    running = desk(TLS.format(folder=tmp_path))
    async with AsyncExitStack() as stack:
        opened = await doors.open_doors(stack, running, [door_called("smtp"), door_called("smtps")])
        assert await shown_by(opened) == (11, 11)
        make_certificate(tmp_path, serial=12)
        assert await shown_by(opened) == (11, 11)
        running.read_again(lambda: settings_in(tmp_path, TLS.format(folder=tmp_path)))
        assert await shown_by(opened) == (12, 12)
    assert not any("restart" in each["event"] for each in log)


async def test_a_new_certificate_that_cannot_be_used_leaves_the_old_one_and_is_told(
    desk: Callable[..., Running], make_certificate: Callable[..., Any], tmp_path: Path, log: list[Any]
) -> None:
    make_certificate(tmp_path, serial=21)
    running = desk(TLS.format(folder=tmp_path))

    def read() -> Settings:
        return settings_in(tmp_path, TLS.format(folder=tmp_path))

    def lines() -> list[str]:
        return [line for line in health_of(running)[1] if line.startswith("certificate")]

    async with AsyncExitStack() as stack:
        opened = await doors.open_doors(stack, running, [door_called("smtp"), door_called("smtps")])
        old_key = (tmp_path / "key.pem").read_bytes()
        make_certificate(tmp_path, serial=22)
        (tmp_path / "key.pem").write_bytes(old_key)  # which belongs to the certificate before
        running.read_again(read)
        assert await shown_by(opened) == (21, 21)
        said = [each["because"] for each in log if each["event"] == "the certificate stays the one before"]
        assert [str(tmp_path / "certificate.pem") in each for each in said] == [True, True]
        assert len(lines()) == 2
        assert all("warning" in each and "cannot be used" in each for each in lines())
        (check,) = certificate_check(running.settings)
        assert check.state is State.WRONG
        assert "cannot be used" in check.said
        make_certificate(tmp_path, serial=23)
        running.read_again(read)
        assert await shown_by(opened) == (23, 23)
        assert lines() == []
    assert running.certificates == []


async def test_settings_that_are_wrong_keep_no_certificate_from_being_renewed(
    desk: Callable[..., Running], make_certificate: Callable[..., Any], tmp_path: Path
) -> None:
    make_certificate(tmp_path, serial=31)
    running = desk(TLS.format(folder=tmp_path))
    async with AsyncExitStack() as stack:
        opened = await doors.open_doors(stack, running, [door_called("smtp"), door_called("smtps")])
        make_certificate(tmp_path, serial=32)
        running.read_again(lambda: settings_in(tmp_path, "listne = 1\n"))
        assert await shown_by(opened) == (32, 32)
