"""Text of format=flowed (RFC 3676): lines that end with a blank go on in the next."""

from __future__ import annotations


def unflowed(text: str, *, delete_space: bool = False) -> str:
    """Join the lines that belong together. A change of quoting depth and `-- ` end a paragraph."""
    out: list[str] = []
    run: list[str] = []
    run_depth = 0
    for line in text.split("\n"):
        depth, body = unquoted(line)
        if run and depth != run_depth:
            out.append(requoted(run, run_depth))
            run = []
        flows = body.endswith(" ") and body != "-- "
        if body == "-- " and run:
            out.append(requoted(run, run_depth))
            run = []
        run_depth = depth
        run.append(body[:-1] if flows and delete_space else body)
        if not flows:
            out.append(requoted(run, run_depth))
            run = []
    if run:
        out.append(requoted(run, run_depth))
    return "\n".join(out)


def unquoted(line: str) -> tuple[int, str]:
    """The depth of quoting, and the line without it and without space-stuffing."""
    body = line.lstrip(">")
    return len(line) - len(body), body.removeprefix(" ")


def requoted(run: list[str], depth: int) -> str:
    """One paragraph, with its quotation marks before it."""
    body = "".join(run)
    return ">" * depth + " " * (depth > 0 and bool(body)) + body
