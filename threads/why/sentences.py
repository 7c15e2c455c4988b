"""What was decided, as a person would say it: a sentence or two each. Pure."""

from __future__ import annotations

from threads.model import BY_AGENT, HELD, Authenticity, Kind

_KINDS = {
    Kind.PERSON: "A person wrote it",
    Kind.AUTO_REPLY: "It is an automatic answer",
    Kind.AUTOMATIC: "A program sent it by itself",
    Kind.BOUNCE: "It says that a mail did not arrive",
    Kind.DELIVERY_REPORT: "It reports on a delivery",
    Kind.NEWSLETTER: "It is a newsletter",
    Kind.LOOP: "It is a mail of ours that came back",
}
_ORIGINS = {
    Authenticity.GENUINE: "It comes from where it says",
    Authenticity.FORGED: "It does not come from where it says",
    Authenticity.UNKNOWN: "Whether it comes from where it says is not known",
}
_BY_DESK = {
    "merged": "merged {handle} into it",
    "moved": "moved something here from {handle}",
    "moved off": "moved something away",
}
"""What the desk does by itself and an agent can take back."""


def sentence(text: str, *, begins_with_a_name: bool = False) -> str:
    """A clause as a sentence: with a capital, unless a name, an address or a handle begins it, and a full stop."""
    text = text.strip()
    if not begins_with_a_name and text.partition(" ")[0].strip(",:;").isalpha():
        text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."


def of_place(signal: str, because: str, *, held: bool, code: str) -> str:
    """Why a message stands where it does; of one that is held, what an agent can do."""
    led, _, stranger = because.partition(HELD)
    if held:
        accept = f"`brief accept {code}` lets it in; with --new it becomes a conversation of its own."
        return f"It is held beside this conversation, because {stranger or led}. {_led_here(led, stranger)}{accept}"
    if signal in {"written", *BY_AGENT} and not led.startswith(("it ", "its ")):
        return sentence(because, begins_with_a_name=True)
    if not signal:
        return f"It went out by itself: {sentence(led, begins_with_a_name=True)}"
    if signal == "new":
        return f"It opened this conversation: {sentence(led, begins_with_a_name=True)}"
    let_in = f" It was held at first, because {stranger}." if stranger else ""
    return f"It stands here, because {sentence(led, begins_with_a_name=True)}{let_in}"


def of_held(because: str) -> str:
    """That a message is held and why, then what led it to where it is held."""
    led, _, stranger = because.partition(HELD)
    return f"held, because {stranger}; it is here, because {led}" if stranger else f"held, because {led}"


def held_now(because: str, address: str, *, takes_part: bool) -> str:
    """Why a message is held, as it is true now: its writer may take part since, where two addresses were linked."""
    strange = f"{address} takes no part in it"
    if not takes_part or not because.endswith(strange):
        return because
    return f"{because.removesuffix(strange)}{address} took no part in it when it came, and does only since"


def _led_here(led: str, stranger: str) -> str:
    return f"What led it here: {led}. " if stranger else ""


def of_kind(kind: str, because: str) -> str:
    """What sort of mail a message was taken for."""
    said = _KINDS[Kind(kind)] if kind in list(Kind) else "A mail of ours"
    return sentence(because if because.casefold().startswith(said.casefold()) else f"{said}: {because}")


def of_origin(word: str, because: str) -> str:
    """Whether a mail comes from where it says."""
    return sentence(f"{_ORIGINS[Authenticity(word)]}: {because}" if word in list(Authenticity) else because)


def of_priority(priority: str, because: str) -> str:
    """How urgent a conversation is."""
    return sentence(f"Its priority is {priority}: {because}")


def of_suspicion(because: str, *, kept_apart: bool, code: str) -> str:
    """Why a mail was kept apart; while it is, what an agent can do."""
    accept = f" `brief accept {code}` lets it in." if kept_apart else ""
    return sentence(f"It {'is' if kept_apart else 'was'} kept apart: {because}") + accept


def of_act(kind: str, actor: str, because: str, *, handle: str = "", undone_by: str = "") -> str:
    """What an agent or the desk did; of a merge by the desk itself, what an agent can do. `handle` is of what was merged."""
    if kind in _BY_DESK and not actor:
        said = sentence(f"The desk {_BY_DESK[kind].format(handle=handle)}: {because}")
        if kind == "moved off":
            return f"{said} {undone_by} took it apart." if undone_by else said
        return f"{said} {undone_by} took it apart." if undone_by else f"{said} `brief undo {handle}` takes it apart."
    by_name = kind == "answered aside" or (bool(actor) and because.startswith(actor))
    said = sentence(because, begins_with_a_name=by_name)
    return f"{said} {undone_by} took it back." if undone_by else said
