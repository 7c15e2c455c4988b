"""A Postfix of its own, to be measured against: it takes mail into its queue, on disk, and sends nothing on."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
mail_owner = postfix
setgid_group = postdrop
inet_interfaces = 127.0.0.1
myhostname = bench.example
mydestination =
local_recipient_maps =
relay_domains = example.org
mynetworks = 127.0.0.0/8
smtpd_recipient_restrictions = permit
smtpd_client_connection_count_limit = 0
message_size_limit = 60000000
defer_transports = smtp, relay
default_process_limit = 100
"""
MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
anvil unix - - n - 1 anvil
error unix - - n - - error
retry unix - - n - - error
smtp unix - - n - - smtp
relay unix - - n - - smtp
"""
BEGINS_WITHIN = 15.0


def why_not() -> str:
    """Why there is nothing to measure against, "" where there is."""
    if shutil.which("postfix") is None:
        return "Postfix is not installed"
    return "" if os.geteuid() == 0 else "Postfix is started by root alone"


@asynccontextmanager
async def postfix(_folder: Path) -> AsyncIterator[tuple[str, int]]:
    """A Postfix that listens on a free port, with its queue in a folder of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    folder = Path(tempfile.mkdtemp(prefix="brief-postfix-"))
    settings = _settings(folder, port)
    try:
        await _postfix(settings, "start")
        await _listens(port)
        yield "127.0.0.1", port
    finally:
        await _postfix(settings, "stop")
        shutil.rmtree(folder, ignore_errors=True)


def _settings(folder: Path, port: int) -> Path:
    """Write the settings; where they are."""
    folder.chmod(0o755)  # its processes run as another user
    settings = folder / "etc"
    for each in (settings, folder / "queue", folder / "data"):
        each.mkdir()
    shutil.chown(folder / "data", "postfix")
    (settings / "main.cf").write_text(MAIN.format(folder=folder))
    (settings / "master.cf").write_text(MASTER.format(port=port))
    return settings


async def _postfix(settings: Path, command: str) -> None:
    null = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec("postfix", "-c", str(settings), command, stdout=null, stderr=null)
    await process.wait()


async def _listens(port: int) -> None:
    async with asyncio.timeout(BEGINS_WITHIN):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.05)
            else:
                writer.close()
                return
