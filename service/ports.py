"""Sockets to listen on."""

from __future__ import annotations

import errno
import socket

from service.setting_types import host_and_port
from storage.errors import Unavailable

NEXT_PORTS = 50


def open_socket(listen: str, setting: str, *, may_move: bool) -> socket.socket:
    """A bound socket for "host:port"; where the port is taken and `may_move`, one on a later port.

    `setting` is how the setting is called in the error. Raises `Unavailable`.
    """
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
    """ "host:port" as a person writes it."""
    host, port = bound.getsockname()[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


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
