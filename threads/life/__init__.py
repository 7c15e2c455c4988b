"""How a conversation goes on: by a mail, a thank-you, a report, an agent's change, a moment in time."""
