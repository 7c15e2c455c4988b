"""The only SQL about a mail's arrival: what is known before it is placed, and everything that is written of it."""

from threads.store.history import history_for
from threads.store.known import known_for
from threads.store.record import record, record_again
from threads.store.tokens import reply_address_of

__all__ = ["history_for", "known_for", "record", "record_again", "reply_address_of"]
