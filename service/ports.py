"""Sockets to listen on."""

from __future__ import annotations

import contextlib
import errno
import os
import socket
from pathlib import Path

from service.setting_types import UNIX, host_and_port
from storage.errors import Unavailable

NEXT_PORTS = 50


def open_socket(listen: str, setting: str, *, may_move: bool) -> socket.socket:
    """A bound socket for "host:port" or "unix:/path"; where the port is taken and `may_move`, one on a later port.

    `setting` is how the setting is called in the error. Raises `Unavailable`.
    """
    if listen.startswith(UNIX):
        return _open_in_file_system(listen, setting)
    host, port = host_and_port(listen)
    last: OSError | None = None
    for candidate in range(port, min(port + NEXT_PORTS, 65536)) if may_move and port else (port,):
        try:
            return _bound(host, candidate)
        except OSError as error:
            last = error
            if error.errno not in {errno.EADDRINUSE, errno.EACCES}:
                break
    reason = last.strerror or str(last) if last else "no port"
    raise Unavailable(f"cannot listen on {listen}: {reason}; set {setting} to a free address")


def address_of(bound: socket.socket) -> str:
    """ "host:port" or "unix:/path", as a person writes it."""
    if bound.family == socket.AF_UNIX:
        return f"{UNIX}{bound.getsockname()}"
    host, port = bound.getsockname()[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def leave(where: str) -> None:
    """Take away the socket of an address in the file system; a port needs nothing."""
    if where.startswith(UNIX):
        Path(where.removeprefix(UNIX)).unlink(missing_ok=True)


def _bound(host: str, port: int) -> socket.socket:
    family, kind, protocol, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    bound = socket.socket(family, kind, protocol)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
        bound.listen(1024)
        bound.setblocking(False)
    except OSError:
        bound.close()
        raise
    return bound


def _open_in_file_system(listen: str, setting: str) -> socket.socket:
    """A socket at a path, for everybody on this machine; one that nobody listens on any more gives way."""
    path = Path(listen.removeprefix(UNIX))
    bound = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        if path.is_socket() and not _is_listened_on(path):
            path.unlink()
        bound.bind(str(path))
        os.chmod(path, 0o666)  # noqa: S103 - as a port of the loopback: a mail server runs as another user
        bound.listen(1024)
        bound.setblocking(False)
    except OSError as error:
        bound.close()
        raise Unavailable(
            f"cannot listen on {listen}: {error.strerror or error}; set {setting} to a path in a folder of this user"
        ) from None
    return bound


def _is_listened_on(path: Path) -> bool:
    with contextlib.closing(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)) as knock:
        return knock.connect_ex(str(path)) != errno.ECONNREFUSED
