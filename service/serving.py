"""`brief serve`: opens the doors, runs the loops, and ends cleanly when it is told to."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import ssl
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import structlog

from mailgateway.sources.smtp import SmtpDoor
from service.invocation import Invocation, print_json
from service.logs import start_logging
from service.ports import address_of, open_socket
from service.running import Running
from service.sample import put_sample
from service.setting_types import host_and_port
from service.settings import Settings
from service.website import serve_website, website_of
from storage.errors import Unavailable, WrongUse

log = structlog.get_logger()

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
    running = Running.open(settings)
    try:
        if sample:
            put_sample(running.database)
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            runner.run(_serve(running, parts, invocation.settings, as_json=as_json))
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):  # it is ending already: once more must not end it half way
            signal.signal(number, signal.SIG_IGN)
        running.close()


async def _serve(running: Running, parts: frozenset[str], read: Callable[[], Settings], *, as_json: bool) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    loop.add_signal_handler(signal.SIGHUP, running.read_again, read)
    running.keeper.on_kept = running.kept
    async with contextlib.AsyncExitStack() as doors:
        smtp = await doors.enter_async_context(_mail_door(running)) if "smtp" in parts else ""
        web = await doors.enter_async_context(_web_door(running)) if "web" in parts else ""
        running.start(parts)
        announce(running, smtp, web, as_json=as_json)
        await stop.wait()
        log.info("ends what is begun")
    await asyncio.to_thread(running.stop)  # here, where a second signal still ends nothing


@contextlib.asynccontextmanager
async def _mail_door(running: Running) -> AsyncIterator[str]:
    smtp = running.settings.smtp
    tls = tls_of(smtp.certificate, smtp.key)
    with open_socket(smtp.listen, "[smtp] listen", may_move=is_default(running.settings, "smtp")) as bound:
        door = SmtpDoor(running.keeper, hostname=smtp.hostname, tls=tls, bound=bound)
        await door.start()
        try:
            yield address_of(bound)
        finally:
            await door.stop()


@contextlib.asynccontextmanager
async def _web_door(running: Running) -> AsyncIterator[str]:
    bound = open_socket(running.settings.web.listen, "[web] listen", may_move=is_default(running.settings, "web"))
    where = address_of(bound)
    website = website_of(running)
    serving = asyncio.create_task(serve_website(website, bound))
    while not (website.ready or serving.done()):  # noqa: ASYNC110 - uvicorn says by a flag alone that it listens
        await asyncio.sleep(0.01)
    if not website.ready:
        await serving
        raise Unavailable(f"the website at {where} did not start; its reason stands above")
    try:
        yield f"http://{where}"
    finally:
        website.should_exit = True
        await serving


def is_default(settings: Settings, section: str) -> bool:
    """Whether nobody set the section's `listen`: then another port may be taken."""
    part: object = getattr(settings, section)
    return section not in settings.model_fields_set or "listen" not in getattr(part, "model_fields_set", ())


def tls_of(certificate: Path | None, key: Path | None) -> ssl.SSLContext | None:
    """What STARTTLS is done with, None where no certificate is set. Raises `WrongUse` where it cannot be read."""
    if certificate is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(certificate, key)
    except (OSError, ssl.SSLError) as error:
        raise WrongUse(f"[smtp] certificate {certificate} with key {key} cannot be used: {error}") from None
    return context


def announce(running: Running, smtp: str, web: str, *, as_json: bool) -> None:
    """Say where the desk listens."""
    addresses = [mailbox.address for mailbox in running.policy.mailboxes]
    data = str(running.settings.data)
    if as_json:
        print_json({"smtp": smtp or None, "web": web or None, "data": data, "mailboxes": addresses})
    else:
        print(_announcement(running, smtp, web, addresses, data))
    sys.stdout.flush()


def _announcement(running: Running, smtp: str, web: str, addresses: list[str], data: str) -> str:
    lines = [f"Briefwechsel answers for {', '.join(addresses)}"]
    lines += [f"  mail     smtp://{smtp}{_moved(running, 'smtp', smtp)}"] if smtp else []
    lines += [f"  website  {web}{_moved(running, 'web', web.removeprefix('http://'))}"] if web else []
    lines += [f"  data     {data}"]
    if not running.settings.relay.url:
        lines.append(f"  outgoing mail is kept in {data}/sent until [relay] url is set (brief outbox)")
    if smtp and not running.settings.mailbox:
        brief = str(Path(sys.argv[0]))
        host, port = host_and_port(smtp)
        lines += ["", _HINT.format(host=host, port=port, mailbox=addresses[0], brief=brief).rstrip()]
    return "\n".join([*lines, "", "Ctrl-C stops it."])


def _moved(running: Running, section: str, where: str) -> str:
    asked = str(getattr(running.settings, section).listen)
    return "" if asked == where or asked.endswith(":0") else f"   ({asked} was taken)"


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop
