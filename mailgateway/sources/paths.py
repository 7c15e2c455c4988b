"""The addresses in SMTP commands, and those of clients."""

from __future__ import annotations

import ipaddress

NULL_SENDER = "<>"


def path_and_rest(arg: str) -> tuple[str | None, str | None]:
    """An SMTP path such as `<a@b>` or a bare address, without its source route, and what follows; (None, None) for none.

    It takes linear time. The null sender is given back as "<>".
    """
    arg = arg.strip()
    if not arg.startswith("<"):
        address, _, rest = arg.partition(" ")
        return (address, rest) if _is_path(address) else (None, None)
    end = _closing(arg)
    if end < 0:
        return None, None
    address, rest = arg[1:end], arg[end + 1 :].strip()
    if address.startswith("@") and ":" in address:
        address = address.partition(":")[2]
    if not address:
        return NULL_SENDER, rest
    return (address, rest) if _is_path(address) else (None, None)


def client_of(peer: object) -> str:
    """The IP address of a socket's peer name, "" where it has none."""
    return str(peer[0]) if isinstance(peer, tuple) and peer else ""


def same_client(client: str) -> str:
    """What stands for all addresses of one client: of IPv6 the /64, which is what one is given."""
    address = address_in(client)
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is None:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return client


def is_loopback(client: str) -> bool:
    """Whether a client's address is of this machine."""
    address = address_in(client)
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped.is_loopback
    return address is not None and address.is_loopback


def address_in(client: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The IP address that a text is, without its zone; None where it is none."""
    try:
        return ipaddress.ip_address(client.partition("%")[0])
    except ValueError:
        return None


def _closing(arg: str) -> int:
    """Where the bracket that opens `arg` closes, a quoted local part passed over; -1: nowhere."""
    quoted = escaped = False
    for at, each in enumerate(arg):
        if escaped:
            escaped = False
        elif each == "\\" and quoted:
            escaped = True
        elif each == '"':
            quoted = not quoted
        elif each == ">" and not quoted:
            return at
    return -1


def _is_path(address: str) -> bool:
    if not 0 < len(address) <= 1000 or any(ord(each) < 0x20 or ord(each) == 0x7F for each in address):
        return False
    return address.startswith('"') or not any(each in ' <>,;"' for each in address)
