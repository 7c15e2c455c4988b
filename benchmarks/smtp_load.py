"""Clients that send mails to an SMTP server at the same time, and say how long each waited.

    python benchmarks/smtp_load.py HOST PORT FOLDER-OF-MAILS CONNECTIONS

It needs nothing but the standard library, so that it starts at once, in a process of its own.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

BEFORE = (
    (b"MAIL FROM:<a@b.example>", b"250"),
    (b"RCPT TO:<support@example.org>", b"250"),
    (b"DATA", b"354"),
)


async def client(host: str, port: int, mails: Sequence[bytes], waits: list[float]) -> None:
    """Send mails one after another over one connection."""
    reader, writer = await asyncio.open_connection(host, port)

    async def answer(code: bytes) -> None:
        while (line := await reader.readline())[3:4] == b"-":
            pass
        if not line.startswith(code):
            raise SystemExit(f"the server said {line!r} instead of {code.decode()}")

    await answer(b"220")
    writer.write(b"EHLO bench\r\n")
    await answer(b"250")
    for mail in mails:
        begun = time.perf_counter()
        for command, code in BEFORE:
            writer.write(command + b"\r\n")
            await answer(code)
        writer.write(mail + b".\r\n")
        await writer.drain()
        await answer(b"250")
        waits.append(time.perf_counter() - begun)
    writer.write(b"QUIT\r\n")
    await answer(b"221")
    writer.close()


async def clients(host: str, port: int, mails: Sequence[bytes], connections: int) -> dict[str, Any]:
    """Send all mails over so many connections."""
    waits: list[float] = []
    begun = time.perf_counter()
    await asyncio.gather(*(client(host, port, mails[each::connections], waits) for each in range(connections)))
    return {"seconds": time.perf_counter() - begun, "waits": waits}


def main() -> None:
    """Send, and print the figures as one line of JSON."""
    host, port, folder, connections = sys.argv[1:]
    mails = [each.read_bytes() for each in sorted(Path(folder).iterdir())]
    print(json.dumps(asyncio.run(clients(host, int(port), mails, int(connections)))))


if __name__ == "__main__":
    main()
