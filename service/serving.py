"""`brief serve`: opens the doors, runs the loops, and ends cleanly when it is told to."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

import structlog

from service.doors import Door, open_doors, wanted
from service.invocation import Invocation, print_json
from service.logs import start_logging
from service.presence import Listening, listening, presence
from service.running import Running
from service.sample import put_sample
from service.setting_types import host_and_port
from service.settings import Settings
from storage.errors import Unavailable
from storage.schema import refuse_lacking

log = structlog.get_logger()

MOST_FILES = 65_536

LABELS = {"smtp": "mail", "smtps": "mail", "lmtp": "mail", "imap": "mail", "web": "website"}
"""What each door is called for people."""
_HINT = """\
Try this line in a second terminal, and then {brief} inbox:
python3 -c 'import smtplib; smtplib.SMTP("{host}", {port}).sendmail("jonas@firma.example", "{mailbox}", \
"From: jonas@firma.example\\nSubject: Umzug\\n\\nWie ändere ich meine Rechnungsadresse?".encode())'
"""


def serve_desk(invocation: Invocation, parts: frozenset[str], *, sample: bool, as_json: bool) -> None:
    """Serve until SIGINT or SIGTERM. Raises `BriefwechselError` where it cannot begin."""
    settings = invocation.settings()
    start_logging(settings.log.level, json_lines=settings.log.json_lines)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # until there is something that could read the settings again
    _allow_many_files()
    running = Running.open(settings)
    try:
        refuse_lacking(running.database)
        if sample:
            put_sample(running.database)
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            runner.run(_serve(running, parts, invocation.settings, as_json=as_json))
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):  # it is ending already: once more must not end it half way
            signal.signal(number, signal.SIG_IGN)
        running.close()


def _allow_many_files() -> None:
    """Open as many files as the system allows: each client takes one, and of the usual 1,024 idle clients leave none."""
    try:
        import resource
    except ImportError:  # not on every system
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, MOST_FILES)
    if soft not in (resource.RLIM_INFINITY, most) and soft < most:
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


async def _serve(running: Running, parts: frozenset[str], read: Callable[[], Settings], *, as_json: bool) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    loop.add_signal_handler(signal.SIGHUP, running.read_again, read)
    running.keeper.on_kept = running.kept
    async with contextlib.AsyncExitStack() as stack:
        _tell_of_itself(stack, running.settings.data)
        doors = wanted(running.settings, parts)
        tell_of_others(listening(running.settings.data), doors)
        opened = await open_doors(stack, running, doors)
        running.start(parts)
        announce(running, opened, as_json=as_json)
        await stop.wait()
        log.info("ends what is begun")
    await asyncio.to_thread(running.stop)  # here, where a second signal still ends nothing


def _tell_of_itself(stack: contextlib.AsyncExitStack, data: Path) -> None:
    """Let the doctor see this process, whether it has a door open or none; mail does not wait for that."""
    try:
        stack.enter_context(presence(data))
    except Unavailable as error:
        log.warning("brief doctor does not see this process", because=str(error))


def tell_of_others(others: Collection[Listening], doors: Collection[Door]) -> None:
    """Say which other processes serve the same data: one with the same doors may have been started by mistake."""
    there = [f"{each.door} at {each.where} in process {each.process}" for each in sorted(others)]
    if {each.door for each in others} & {door.name for door in doors}:
        log.warning(
            "another desk has such doors open on the same data; end one of them unless both are meant", open=there
        )
    elif there:
        log.info("other processes serve the same data", open=there)


def announce(running: Running, opened: Mapping[str, str], *, as_json: bool) -> None:
    """Say where the desk listens: `opened` has the doors by name."""
    addresses = [mailbox.address for mailbox in running.policy.mailboxes]
    data = str(running.settings.data)
    if as_json:
        where = {"smtp": None, "web": None, **opened}
        print_json({**where, "data": data, "mailboxes": addresses, "shut": dict(running.shut)})
    else:
        print(_announcement(running, opened, addresses, data))
    sys.stdout.flush()


def _announcement(running: Running, opened: Mapping[str, str], addresses: list[str], data: str) -> str:
    lines = [f"Briefwechsel answers for {', '.join(addresses)}"]
    lines += [_listed(running, name, opened[name]) for name in LABELS if name in opened]
    lines += [f"  {LABELS[name]:<8} shut: {because}" for name, because in running.shut.items()]
    lines += [f"  data     {data}"]
    if not running.settings.relay.url:
        lines.append(f"  outgoing mail is kept in {data}/sent until [relay] url is set (brief outbox)")
    if "smtp" in opened and not running.settings.mailbox:
        brief = str(Path(sys.argv[0]))
        host, port = host_and_port(opened["smtp"])
        lines += ["", _HINT.format(host=host, port=port, mailbox=addresses[0], brief=brief).rstrip()]
    return "\n".join([*lines, "", "Ctrl-C stops it."])


def _listed(running: Running, name: str, where: str) -> str:
    if name == "imap":
        return f"  {LABELS[name]:<8} fetched as {where}"
    shown = where if "://" in where else f"{name}://{where}"
    return f"  {LABELS[name]:<8} {shown}{_moved(running, name, where.removeprefix('http://'))}"


def _moved(running: Running, section: str, where: str) -> str:
    if section == "smtps":
        return ""
    asked = str(getattr(running.settings, section).listen)
    return "" if asked == where or asked.endswith(":0") else f"   ({asked} was taken)"


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop
