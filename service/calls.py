"""The calls of an escalation as they are made: a webhook or a command, by the settings."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from service.programs import Programs
from service.webhook import post
from threads.escalation.calling import Answered, Call
from threads.escalation.ladder import Ladder, step_called

COMMAND_WITHIN = 30.0
"""Seconds after which a command is ended."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Makes calls as the settings say."""

    ladders: tuple[Ladder, ...]
    secret: str
    private: bool
    """Whether webhooks may lead into private networks."""
    now: Callable[[], datetime]
    programs: Programs = field(default_factory=Programs)

    def __call__(self, call: Call) -> Answered:
        """Make a call; whatever goes wrong is said, not raised."""
        step = step_called(self.ladders, call.step)
        if step is None or not (step.webhook if call.kind == "webhook" else step.command):
            return Answered(done=False, said=f"the settings name no {call.kind} for this step any more", for_good=True)
        if call.kind == "command":
            return run(step.command, _body(call), programs=self.programs)
        return post(step.webhook, _body(call), self.secret, self.now(), private=self.private)


def _body(call: Call) -> bytes:
    return json.dumps({**call.payload, "attempt": call.attempt}).encode()


def run(
    command: tuple[str, ...], body: bytes, within: float = COMMAND_WITHIN, programs: Programs | None = None
) -> Answered:
    """Run a program with a body as its input; done where it ends with 0."""
    ended = (programs or Programs()).run(command, body + b"\n", within)
    if ended.code == 0:
        return Answered(done=True, said=ended.said)
    how = f"{command[0]} {_how(ended.code, within, began=ended.began)}"
    return Answered(done=False, said=f"{how}: {ended.said}" if ended.said else how)


def _how(code: int | None, within: float, *, began: bool) -> str:
    if not began:
        return "could not be started"
    if code is None:
        return f"was ended after {within:g} s"
    return f"ended with {code}" if code > 0 else f"was ended by {_signal(-code)}"


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:  # one of those that have no name of their own
        return f"signal {number}"
