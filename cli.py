"""The root of the command line: it knows every command by name, and imports one only when it is called."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from service.invocation import Invocation, run
from service.lazy_group import LazyGroup

COMMANDS: dict[str, tuple[str, str]] = {
    # name: (module:attribute, the line that `brief --help` shows)
    "serve": ("service.commands.serve:serve", "Start the desk: mail, website, delivery."),
    "init": ("service.commands.init:init", "Write a commented brief.toml."),
    "doctor": ("service.commands.doctor:doctor", "Say what is wrong, and how to mend it."),
    "backup": ("service.commands.backup:backup", "Write everything into one file."),
    "restore": ("service.commands.backup:restore", "Put a backup back into an empty data directory."),
    "database": ("service.commands.database:database", "The database and its version."),
    "outbox": ("service.commands.outbox:outbox", "Mail that goes out, went out, or could not."),
    "inbox": ("service.commands.inbox:inbox", "Conversations that wait for an answer."),
    "show": ("service.commands.show:show", "A whole conversation."),
    "why": ("service.commands.show:why", "Why a conversation or message is where it is."),
    "search": ("service.commands.inbox:search", "Find conversations by words, names or addresses."),
    "suggest": ("service.commands.show:suggest", "Articles that may answer a conversation."),
    "reply": ("service.commands.reply:reply", "Answer the customer."),
    "forward": ("service.commands.forward:forward", "Ask a third party, unseen by the customer."),
    "note": ("service.commands.reply:note", "Write down something only agents see."),
    "callback": ("service.commands.callback:callback", "Customers who wish to be called."),
    "phone": ("service.commands.phone:phone", "Write down what was said in a call."),
    "assign": ("service.commands.change:assign", "Give a conversation to an agent."),
    "take": ("service.commands.change:take", "Take a conversation yourself."),
    "close": ("service.commands.change:close", "Close a conversation."),
    "reopen": ("service.commands.change:reopen", "Open a closed conversation again."),
    "snooze": ("service.commands.change:snooze", "Put a conversation aside until a time."),
    "priority": ("service.commands.change:priority", "Change how urgent a conversation is."),
    "billable": ("service.commands.billable:billable", "Say whether a conversation is charged."),
    "merge": ("service.commands.change:merge", "Make one conversation of two."),
    "split": ("service.commands.place:split", "Make a conversation of its own of some messages."),
    "move": ("service.commands.place:move", "Put a message into another conversation."),
    "accept": ("service.commands.change:accept", "Let a held message into its conversation, or make it a new one."),
    "undo": ("service.commands.change:undo", "Take back what you did last."),
    "customer": ("service.commands.customer:customer", "Who writes to the desk, and from which addresses."),
    "organisation": ("service.commands.organisation:organisation", "Several people of one customer, and their rights."),
    "agent": ("service.commands.agent:agent", "The people who answer."),
    "sla": ("service.commands.sla:sla", "By when something is owed, and what became of it."),
    "department": ("service.commands.department:department", "Who answers what."),
    "oncall": ("service.commands.oncall:oncall", "Who is on call, and until when."),
    "rules": ("service.commands.rules:rules", "What ranks a mail, and why."),
    "report": ("service.commands.report:report", "What the desk achieves, in figures."),
    "faq": ("service.commands.faq:faq", "The knowledge base."),
    "mail": ("service.commands.mail:mail", "Mail as it came: inspect, import, try again."),
}


@click.command(cls=LazyGroup, table=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--config", type=click.Path(path_type=Path), envvar="BRIEF_CONFIG", help="The settings file  [./brief.toml]"
)
@click.option("--data", type=click.Path(path_type=Path), envvar="BRIEF_DATA", help="Where everything is kept  [./var]")
@click.option("--as", "agent", envvar="BRIEF_AGENT", metavar="AGENT", help="Who acts.")
@click.version_option(package_name="briefwechsel", prog_name="brief")
@click.pass_context
def brief(context: click.Context, config: Path | None, data: Path | None, agent: str | None) -> None:
    """Briefwechsel, a support desk without tickets.

    \b
    Example:
      brief inbox
      brief show anna-rechnung
      brief reply anna-rechnung -m "Gern geschehen."
    """
    context.obj = Invocation(config=config, data=data, agent=agent)


def main() -> None:
    """Run `brief`, and exit with 0, 1 or 2 as the contract says."""
    sys.exit(run(brief))


if __name__ == "__main__":
    main()
